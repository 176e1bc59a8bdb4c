"""Asking identity about people, in the name of who looks at a page. The service that asks learns a person's ID and nothing else.

The session of who asks is shown to identity, which lets him or does not; there is no secret between the services.
"""

from typing import Any

import httpx

from shared.parts import Parts
from shared.refusals import Refused
from shared.web.pages import cookies
from shared.web.pages.visit import Visit

PATIENCE = 5.0
"""Seconds."""


async def person_with(visit: Visit, email: str) -> str:
    """The ID of the person behind an e-mail address. Raises Refused, also with what identity says."""
    away = Refused(
        "people cannot be looked up just now; what you typed stands here, try again in a moment",
        "pencarian orang belum dapat dilakukan saat ini; ketikan Anda tetap ada, coba lagi sebentar",
    )
    unwritten = Refused("write the e-mail address as name@domain", "tulis alamat surel seperti nama@domain")
    return await _person(visit, away, "GET", params={"email": email}, unwritten=unwritten)


async def person_of(visit: Visit, name: str, email: str) -> str:
    """The ID that somebody has by this name and address, or a new one: he is entered into the vault. Raises Refused as above."""
    away = Refused(
        "new people cannot be entered just now; what you typed stands here, try again in a moment",
        "orang baru belum dapat didaftarkan saat ini; ketikan Anda tetap ada, coba lagi sebentar",
    )
    key = {"Idempotency-Key": visit.asked("person").key}
    return await _person(visit, away, "POST", json={"name": name, "email": email}, headers=key)


async def _person(
    visit: Visit,
    away: Refused,
    method: str,
    *,
    headers: dict[str, str] | None = None,
    unwritten: Refused | None = None,
    **said: Any,
) -> str:
    session = visit.request.cookies.get(cookies.SESSION, "")
    shown = {"Authorization": f"Bearer {session}", **(headers or {})}
    if not visit.parts.settings.identity_url:
        raise away
    try:
        async with _client(visit.parts) as client:
            answer = await client.request(method, "/v1/persons", headers=shown, **said)
    except httpx.HTTPError as error:
        raise away from error
    told: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.is_success:
        return str(told["person"])
    if answer.status_code == 422 and unwritten:
        raise unwritten
    if answer.status_code >= 500 or "detail" not in told:
        raise away
    raise Refused(str(told["detail"]), str(told.get("detail_id", told["detail"])))


def _client(parts: Parts) -> httpx.AsyncClient:
    url = parts.settings.identity_url
    if url.startswith("unix:"):
        transport = httpx.AsyncHTTPTransport(uds=url.removeprefix("unix:"))
        return httpx.AsyncClient(base_url="http://identity", transport=transport, timeout=PATIENCE)
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE)
