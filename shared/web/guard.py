"""What is looked at before a request is read: how often its sender asks, how long its body is, and of what media type.

A route that takes anything but a JSON document of usual length says so: `@router.post(…, openapi_extra=takes("text/csv", at_most=…))`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Draw, TooLarge, of_a_page, too_large, too_many, unspeakable, unsupported
from shared.web.rates import Buckets, TooMany, address

JSON = "application/json"
AT_MOST = 1 << 20
"""Bytes of a body, where the route says nothing else."""
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
NOT_COUNTED = ("/livez", "/readyz", "/metrics")
_LONGEST = "x-at-most"


def takes(*types: str, at_most: int = AT_MOST, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A route's `openapi_extra`: its body is of one of these media types (`image/*` is all of a kind), of so many bytes at most."""
    described = dict(schema or {"type": "string", "format": "binary"})
    content = {type: {"schema": described} for type in types}
    return {"requestBody": {"required": True, "content": content}, _LONGEST: at_most}


class _Door:
    """What one kind of request may carry."""

    __slots__ = ("at_most", "methods", "path", "types")

    def __init__(self, route: APIRoute, path: re.Pattern[str]):
        extra = route.openapi_extra or {}
        self.path = path
        self.methods = route.methods or set()
        self.types = tuple(str(type).lower() for type in extra.get("requestBody", {}).get("content", {JSON: {}}))
        self.at_most = int(extra.get(_LONGEST, AT_MOST))


def doors(routes: Iterable[Any]) -> list[_Door]:
    """Of the routes (contexts) that take something else than JSON of usual length."""
    return [_Door(r.original_route, r.path_regex) for r in routes if getattr(r.original_route, "openapi_extra", None)]


class Guard:
    """ASGI middleware. Answers 413, 415, 429, and 422 to a NUL in the address, itself."""

    def __init__(self, app: ASGIApp, addresses: Buckets, doors: list[_Door], draw: Draw):
        self._app = app
        self._draw = draw
        self._addresses = addresses
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in NOT_COUNTED:
            try:
                self._addresses.take(address((scope.get("client") or ("",))[0]))
            except TooMany as many:
                await self._answer(too_many(many), scope, receive, send)
                return
        if "\0" in path or b"%00" in scope["query_string"]:
            await self._answer(unspeakable(), scope, receive, send)
            return
        if scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in _LOOKED_AT}
        door = next((d for d in self._doors if scope["method"] in d.methods and d.path.match(path)), None)
        at_most = door.at_most if door else AT_MOST
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > at_most:
            await self._answer(too_large(at_most), scope, receive, send)
            return
        if b"transfer-encoding" in headers or (length and length != b"0"):
            types = door.types if door else (JSON,)
            if headers.get(b"content-encoding", b"identity") != b"identity" or not _is_one_of(
                headers.get(b"content-type", b"").decode("latin-1"), types
            ):
                await self._answer(unsupported(types), scope, receive, send)
                return
        await self._app(scope, receive if length.isdigit() else _at_most(at_most, receive), send)

    async def _answer(self, problem: JSONResponse, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._draw(request, problem) if of_a_page(request) else problem
        await answer(scope, receive, send)


_LOOKED_AT = {b"content-length", b"content-type", b"content-encoding", b"transfer-encoding"}


def _is_one_of(given: str, types: tuple[str, ...]) -> bool:
    given = given.partition(";")[0].strip().lower()
    if JSON in types and given.startswith("application/") and given.endswith("+json"):
        return True
    return any(given == one or (one.endswith("/*") and given.startswith(one[:-1])) or one == "*/*" for one in types)


def _at_most(most: int, receive: Receive) -> Receive:
    """The same body, as long as it is no longer; its length was not told beforehand."""
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge(most)
        return message

    return take
