"""Submit an innovation with its evidence, and follow it to its announced place. It needs httpx and knows no address but the
gateway's: paths, headers and media types come from each service's openapi.json.

    export MAKMAL_URL=https://makmal.kota.example MAKMAL_CLIENT=… MAKMAL_SECRET=… MAKMAL_EDITION=batam-2023
    python makmal_client.py register INSTITUTION NUMBER innovation.json evidence.pdf     prints the innovation's id
    python makmal_client.py follow INNOVATION CATEGORY                                   prints its place
"""

import hashlib
import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

EDITION = os.environ["MAKMAL_EDITION"]


class Makmal:
    """One client for all services. `service.operation` names what is called."""

    def __init__(self) -> None:
        self._http = httpx.Client(base_url=os.environ["MAKMAL_URL"], timeout=30)
        self._documents: dict[str, Any] = {}
        self._token = ""

    def call(self, service: str, operation: str, content: bytes = b"", media: str = "", **said: Any) -> Any:
        """The JSON answer. `said` fills the path; `body` is sent as JSON, `content` as a file of the type `media`."""
        document = self._document(service)
        path, method, described = next(
            (path, method, described)
            for path, methods in document["paths"].items()
            for method, described in methods.items()
            if described["operationId"] == operation
        )
        headers = {}
        if described["security"]:
            headers["Authorization"] = f"Bearer {self._token or self._sign_in(document)}"
        if any(parameter["name"] == "idempotency-key" for parameter in described.get("parameters", [])):
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if content:
            assert media in described["requestBody"]["content"]
            headers["Content-Type"] = media
        url = document["servers"][0]["url"] + path.format(**said)
        return self._send(method.upper(), url, headers=headers, content=content or None, json=said.get("body"))

    def _document(self, service: str) -> Any:
        if service not in self._documents:
            self._documents[service] = self._send("GET", f"/{service}/v1/openapi.json")
        return self._documents[service]

    def _sign_in(self, document: Any) -> str:
        flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
        form = {"client_id": os.environ["MAKMAL_CLIENT"], "client_secret": os.environ["MAKMAL_SECRET"]}
        answer = self._send("POST", flow["tokenUrl"], data={"grant_type": "client_credentials", **form})
        self._token = answer["access_token"]
        return self._token

    def _send(self, method: str, url: str, **request: Any) -> Any:
        """Repeat what was not answered or came too fast, with the same Idempotency-Key: nothing is done twice."""
        print(f"> {method} {url}", file=sys.stderr)
        for _ in range(5):
            answer = self._http.request(method, url, **request)
            if answer.status_code not in (429, 503):
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        if answer.is_error:
            raise SystemExit(f"{answer.status_code}: {answer.json()['detail']}")
        return answer.json()


def register(institution: str, number: str, record: str, evidence: str) -> None:
    makmal = Makmal()
    # The person in charge: his name goes to the vault, and nowhere else.
    pic = makmal.call("identity", "register", body={"name": "PIC Demo", "email": "pic-2@demo.invalid"})["person"]
    file = Path(evidence).read_bytes()
    digest = hashlib.sha256(file).hexdigest()
    makmal.call("registration", "upload_evidence", sha256=digest, content=file, media="application/pdf")
    innovation = makmal.call(
        "registration",
        "submit_innovation",
        edition=EDITION,
        body={
            "institution": institution,
            "pic": pic,
            "external_reference": number,
            "record": json.loads(Path(record).read_text(encoding="utf-8")),
        },
    )["innovation"]
    makmal.call(
        "registration",
        "attach_evidence",
        innovation=innovation,
        body={
            "indicator": 1,
            "parameter": 1,
            "letter_number": "000/DEMO/2023",
            "letter_date": "2023-01-31",
            "subject": "Keputusan kepala dinas",
            "sha256": digest,
        },
    )
    print(innovation)


def follow(innovation: str, category: str) -> None:
    makmal = Makmal()
    standing = makmal.call("screening", "standing", innovation=innovation)
    print("screening:", standing["state"])
    results = makmal.call("judging", "show_results", edition=EDITION)
    announced = [place for one in results["categories"] if one["category"] == category for place in one["winners"]]
    ours = [place for place in announced if place["entry"].endswith(f".{innovation}")]
    print(f"place {ours[0]['place']} with {ours[0]['score']}" if ours else "no place is announced for it")


if __name__ == "__main__":
    {"register": register, "follow": follow}[sys.argv[1]](*sys.argv[2:])
