"""Asking identity, in the name of who looks at a page, to put somebody into the vault. Registration learns the person's ID alone."""

from typing import Any

import httpx

from shared.parts import Parts
from shared.refusals import Refused
from shared.web.pages import Visit, cookies

PATIENCE = 5.0
"""Seconds."""


async def person_of(visit: Visit, name: str, email: str) -> str:
    """The person's ID: the one that he has by this name and address, or a new one. Raises Refused, also with what identity says.

    The session of who asks is shown to identity, which lets him or does not; there is no secret between the services.
    """
    session = visit.request.cookies.get(cookies.SESSION, "")
    headers = {"Authorization": f"Bearer {session}", "Idempotency-Key": visit.asked("person").key}
    try:
        async with _client(visit.parts) as client:
            answer = await client.post("/v1/persons", json={"name": name, "email": email}, headers=headers)
    except httpx.HTTPError as error:
        raise _away() from error
    told: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.status_code == 201:
        return str(told["person"])
    if answer.status_code >= 500 or "detail" not in told:
        raise _away()
    raise Refused(str(told["detail"]), str(told.get("detail_id", told["detail"])))


def _client(parts: Parts) -> httpx.AsyncClient:
    url = parts.settings.identity_url
    if not url:
        raise _away()
    if url.startswith("unix:"):
        transport = httpx.AsyncHTTPTransport(uds=url.removeprefix("unix:"))
        return httpx.AsyncClient(base_url="http://identity", transport=transport, timeout=PATIENCE)
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE)


def _away() -> Refused:
    return Refused(
        "new people cannot be entered just now; what you typed stands here, try again in a moment",
        "orang baru belum dapat didaftarkan saat ini; ketikan Anda tetap ada, coba lagi sebentar",
    )
