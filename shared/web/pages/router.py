"""The router of a service's pages: HTML, outside of the API and its document, forms besides links."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from shared.web.guard import takes

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
AT_MOST = 1 << 20


class PageRouter(APIRouter):
    def __init__(self) -> None:
        super().__init__(include_in_schema=False, default_response_class=HTMLResponse)

    def post(self, path: str, *, at_most: int = AT_MOST, **more: Any) -> Callable[..., Any]:
        """`at_most`: bytes of what is sent, files included."""
        return super().post(path, openapi_extra=takes(*FORMS, at_most=at_most), response_model=None, **more)

    def get(self, path: str, **more: Any) -> Callable[..., Any]:
        return super().get(path, response_model=None, **more)
