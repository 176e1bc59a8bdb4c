"""A rehearsal edition is the sandbox, and every answer about it says so: `Makmal-Rehearsal: true`."""

from collections import OrderedDict
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.eventlog import SERVICES, LogUnavailable, LogWentBack
from shared.facts import EDITION, INNOVATION
from shared.parts import Parts

HEADER = "Makmal-Rehearsal"
CONCERNS = "makmal.edition"
"""Key of the ASGI scope under which is noted the edition that a request turned out to concern."""
KEPT = 10_000
"""Innovations whose edition is remembered."""


def concerns(request: Request, edition: str) -> None:
    """Note the edition of what was asked for, where neither the address nor a command says it."""
    request.scope[CONCERNS] = edition


class Rehearsal:
    """ASGI middleware. It looks at the edition that the address names (by itself, by an entry, an innovation or a position of the
    log), or that a command concerned, or that was noted by `concerns`."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._known: dict[str, bool] = {}
        """Open editions: whether each is a rehearsal, which never changes."""
        self._innovations: OrderedDict[str, str] = OrderedDict()
        """Innovation -> its edition, which never changes either."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and await self._rehearses(scope):
                MutableHeaders(scope=message)[HEADER] = "true"
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)

    async def _rehearses(self, scope: Scope) -> bool:
        app: FastAPI = scope["app"]
        try:
            edition = await self._edition(scope, app)
            if not edition or edition in self._known:
                return self._known.get(edition, False)
            parts: Parts = app.state.parts
            known, _ = await parts.desk.state(EDITION(edition))
        except (LogUnavailable, LogWentBack):
            return False
        if known.rulebook is None:
            return False
        return self._known.setdefault(edition, known.rulebook.rehearsal)

    async def _edition(self, scope: Scope, app: FastAPI) -> str:
        """Empty where it concerns none."""
        path = scope.get("path_params", {})
        if named := scope.get(CONCERNS) or path.get("edition"):
            return str(named)
        if entry := path.get("entry"):
            return str(entry).partition(".")[0]
        if innovation := path.get("innovation"):
            return await self._of_innovation(str(innovation), app.state.parts)
        position, parts = path.get("position", ""), app.state.parts
        if str(position).isdecimal():
            page = await parts.event_log.read(int(position) - 1, SERVICES, 1)
            there: list[str] = [e.envelope.edition or "" for e in page.events if e.position == int(position)]
            return there[0] if there else ""
        return str(parse_qs(scope["query_string"].decode("latin-1")).get("edition", [""])[0])

    async def _of_innovation(self, innovation: str, parts: Parts) -> str:
        if innovation in self._innovations:
            return self._innovations[innovation]
        state, _ = await parts.desk.state(INNOVATION(innovation))
        if state.edition:
            self._innovations[innovation] = state.edition
            if len(self._innovations) > KEPT:
                self._innovations.popitem(last=False)
        return state.edition
