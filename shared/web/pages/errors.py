"""Errors on a page: the same problems that the API answers, as a sentence, with all that was typed."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from shared.eventlog import LogUnavailable, LogWentBack
from shared.parts import Parts
from shared.refusals import Forbidden, Refused
from shared.security import Principal, TokenRefused
from shared.web.pages import cookies
from shared.web.pages.forms import Form
from shared.web.pages.visit import SignInFirst, Visit


async def drawn(request: Request, problem: JSONResponse) -> Response:
    """The problem as a page. What a form sent is shown, and can be sent once more."""
    body: Mapping[str, object] = json.loads(bytes(problem.body))
    visit = Visit(request, await _who(request), getattr(request.state, "form", Form()))
    page = await visit.render(
        "error.html",
        status=problem.status_code,
        problem=Refused(str(body["detail"]), str(body.get("detail_id", body["detail"]))),
        title=str(body["title"]),
        retry=problem.headers.get("retry-after", ""),
        renew=_door("renew", visit.here) if problem.status_code == 403 and visit.principal and request.method == "GET" else "",
    )
    for name in ("retry-after", "allow"):
        if name in problem.headers:
            page.headers[name] = problem.headers[name]
    return page


async def sign_in_first(request: Request, error: Exception) -> Response:
    """To the sign-in and back again; but a form that was sent stays, to be sent again afterwards."""
    assert isinstance(error, SignInFirst)
    visit = Visit(request, None, getattr(request.state, "form", Form()))
    back = visit.here if request.method == "GET" else request.headers.get("referer", "/")
    door = _door("renew" if error.stale else "sign-in", back)
    if request.method == "GET":
        return RedirectResponse(door, 303)
    ended = Forbidden(
        "you are signed out. Sign in again in another tab; what you typed is kept here, and you can then send it",
        "Anda sudah keluar. Masuk kembali di tab lain; isian Anda tersimpan di sini dan dapat dikirim setelahnya",
    )
    return await visit.render("error.html", status=401, problem=ended, title="Unauthorized", retry="", renew="", door=door)


def _door(way: str, back: str) -> str:
    """Where one is signed in anew and led back."""
    return f"/identity/{way}?next={quote(back, safe='/')}"


async def _who(request: Request) -> Principal | None:
    parts: Parts = request.app.state.parts
    try:
        return await parts.verifier.principal(request.cookies.get(cookies.SESSION, ""))
    except (TokenRefused, LogUnavailable, LogWentBack):
        return None
