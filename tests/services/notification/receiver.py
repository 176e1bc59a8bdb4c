"""A receiver of webhooks: a real HTTP server on loopback that answers as planned."""

import threading
import time
from typing import Any, Self

import uvicorn
from standardwebhooks import Webhook


class Receiver:
    """`answers` are the statuses of the next deliveries, one after another; then 204. `redirect` is the place that 3xx names."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.redirect = ""
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        """(path, headers, body)."""
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, host="127.0.0.1", port=0, interface="asgi3", lifespan="off", log_level="critical")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.port = 0

    def read(self, secret: str) -> list[Any]:
        """What was delivered, each signature checked. Raises WebhookVerificationError."""
        return [Webhook(secret).verify(body, headers) for _, headers, body in self.got]

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.got.append((scope["path"], headers, body))
        status = self.answers.pop(0) if self.answers else 204
        more = [(b"location", self.redirect.encode())] if 300 <= status < 400 else []
        await send({"type": "http.response.start", "status": status, "headers": [*more, (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
