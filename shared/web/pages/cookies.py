"""The cookies of the pages. All are `__Host-`: sent to this host only, over a secure connection (or to this machine itself)."""

from starlette.responses import Response

SESSION = "__Host-makmal"
"""The access token of who is signed in; no script can read it."""
FORM = "__Host-formulir"
"""Random; every form carries a token made from it, so that another site's form is known."""
LANGUAGE = "__Host-bahasa"
THEME = "__Host-tema"
SAID = "__Host-kabar"
"""A sentence for the next page, shown once."""

YEAR = 365 * 24 * 3600


def put(response: Response, name: str, value: str, seconds: int | None = YEAR) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
