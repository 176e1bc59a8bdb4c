"""A rehearsal edition is the sandbox, and every answer about it says so: `Makmal-Rehearsal: true`."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.eventlog import LogUnavailable, LogWentBack
from shared.facts import EDITION
from shared.parts import Parts

HEADER = "Makmal-Rehearsal"
CONCERNS = "makmal.edition"
"""Key of the ASGI scope under which a command notes the edition that it concerns."""


class Rehearsal:
    """ASGI middleware. It looks at the edition that the path names (by itself or by an entry), or that a command concerned."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._known: dict[str, bool] = {}
        """Open editions: whether each is a rehearsal, which never changes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and await self._rehearses(scope):
                MutableHeaders(scope=message)[HEADER] = "true"
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)

    async def _rehearses(self, scope: Scope) -> bool:
        path = scope.get("path_params", {})
        edition = str(scope.get(CONCERNS) or path.get("edition") or str(path.get("entry", "")).partition(".")[0])
        if not edition or edition in self._known:
            return self._known.get(edition, False)
        app: FastAPI = scope["app"]
        parts: Parts = app.state.parts
        try:
            known, _ = await parts.desk.state(EDITION(edition))
        except (LogUnavailable, LogWentBack):
            return False
        if known.rulebook is None:
            return False
        return self._known.setdefault(edition, known.rulebook.rehearsal)
