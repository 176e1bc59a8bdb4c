"""Asking identity, in the name of who looks at a page, who stands behind an e-mail address. Judging learns the person's ID alone."""

from typing import Any

import httpx

from shared.parts import Parts
from shared.refusals import Refused
from shared.web.pages import Visit, cookies

PATIENCE = 5.0
"""Seconds."""


async def person_with(visit: Visit, email: str) -> str:
    """The person's ID. Raises Refused, also with what identity says.

    The session of who asks is shown to identity, which lets him or does not; there is no secret between the services.
    """
    session = visit.request.cookies.get(cookies.SESSION, "")
    try:
        async with _client(visit.parts) as client:
            answer = await client.get("/v1/persons", params={"email": email}, headers={"Authorization": f"Bearer {session}"})
    except httpx.HTTPError as error:
        raise _away() from error
    told: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.status_code == 200:
        return str(told["person"])
    if answer.status_code == 422:
        raise Refused("write the e-mail address as name@domain", "tulis alamat surel seperti nama@domain")
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
        "people cannot be looked up just now; what you typed stands here, try again in a moment",
        "pencarian orang belum dapat dilakukan saat ini; ketikan Anda tetap ada, coba lagi sebentar",
    )
