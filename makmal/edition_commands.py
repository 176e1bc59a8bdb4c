"""`makmal edition …`: checking an edition folder, and opening the edition that it describes.

Exit codes: 0 done, 1 the folder has faults (all of them are listed), 3 refused.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from services.registration.edition_faults import FaultyEdition
from services.registration.edition_folder import Edition, read_edition
from shared.deciding import request_key
from shared.refusals import Refused

edition = typer.Typer(help="Check an edition folder, or open its edition.", no_args_is_help=True, add_completion=False)

Folder = Annotated[Path, typer.Argument(help="A folder with edition.toml and institutions.csv.")]


@edition.command()
def check(
    folder: Folder, json: Annotated[bool, typer.Option("--json", help="Print the rulebook as the API takes it.")] = False
) -> None:
    """Read the folder and list every fault with its file and line."""
    found = _read(folder)
    if json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found.rulebook)) + b"\n")
        return
    rulebook = found.rulebook
    print(f"{rulebook.edition}: {rulebook.name.id}")
    print(f"{len(found.roster)} institutions, {len(rulebook.categories)} categories, rulebook {rulebook.digest()}")


@edition.command("open")
def open_edition(
    folder: Folder,
    username: Annotated[str, typer.Option(prompt=True, help="E-mail address of somebody of the edition's committee.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="MAKMAL_PASSWORD")],
    url: Annotated[str, typer.Option(help="The gateway.")] = "http://localhost:8000",
) -> None:
    """Open the edition and enrol its institutions. Given again after a break, it goes on where it stopped."""
    found = _read(folder)
    try:
        _open(found, username, password, url)
    except httpx.TransportError as error:
        raise Refused(
            f"Nobody answers at {url} ({error}): start Makmal, or name another gateway with --url.",
            f"Tidak ada jawaban di {url} ({error}): jalankan Makmal, atau sebutkan gerbang lain dengan --url.",
        ) from error


def _open(found: Edition, username: str, password: str, url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        form = {"grant_type": "password", "username": username, "password": password}
        token = _answer(http.post("/identity/v1/token", data=form))["access_token"]
        rulebook = found.rulebook
        base = "/registration/v1/editions"
        _post(http, token, base, {"rulebook": msgspec.to_builtins(rulebook)})
        for number, institution in enumerate(found.roster, 1):
            body = msgspec.to_builtins(institution)
            del body["source"]
            _post(http, token, f"{base}/{rulebook.edition}/institutions", body)
            print(f"\r{number} of {len(found.roster)} institutions are enrolled", end="", flush=True)
    print(f"\n{rulebook.name.id} is open: {url}{base}/{rulebook.edition}")


def _read(folder: Path) -> Edition:
    try:
        return read_edition(folder)
    except FaultyEdition as faulty:
        print(faulty, file=sys.stderr)
        raise typer.Exit(1) from faulty


def _post(http: httpx.Client, token: str, path: str, body: Any) -> Any:
    """The key follows from what is sent, so that the same command again repeats nothing."""
    content = msgspec.json.encode(body, order="deterministic")
    key = request_key(path, content.decode())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    return _answer(http.post(path, content=content, headers=headers))


def _answer(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    en = problem.get("detail", f"the service answered {answer.status_code}")
    raise Refused(en, problem.get("detail_id", f"layanan menjawab {answer.status_code}"))
