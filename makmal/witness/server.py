"""The witness over HTTP, with Python's own server: one thread per connection, which may be kept alive."""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from makmal.witness.witness import PLAIN, Answer, Witness
from shared.transparency.witnessing import MAX_REQUEST_SIZE, PATH

IDLE = 60.0
"""Seconds after which a connection on which nothing comes is closed."""


class WitnessServer(ThreadingHTTPServer):
    """Listens on `address`; `serve_forever` answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness):
        self.witness = witness
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "makmal-witness", ""
    timeout = IDLE
    server: WitnessServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(Answer(411, "say how long the request is (Content-Length)\n", "no Content-Length"), close=True)
        elif int(length) > MAX_REQUEST_SIZE:
            self._answer(Answer(413, f"a request has at most {MAX_REQUEST_SIZE} bytes\n", "too large"), close=True)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                known = self.path.rstrip("/") == PATH
                self._answer(self.server.witness.add_checkpoint(body) if known else Answer(404, f"POST to {PATH}\n"))

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(Answer(200, _described(self.server.witness)))
        else:
            self._answer(Answer(405 if self.path == PATH else 404, f"POST a checkpoint to {PATH}\n"))

    def _answer(self, answer: Answer, *, close: bool = False) -> None:
        if answer.why:
            _say(f"{answer.status} {answer.why}")
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type or PLAIN)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Refusals are told by `_answer`; the rest is silent."""


def _described(witness: Witness) -> str:
    lines = [f"witness {witness.vkey}"]
    for origin, last in witness.seen().items():
        lines.append(f"log {origin}: {f'{last.size} entries cosigned' if last else 'nothing seen yet'}")
    return "\n".join(lines) + "\n"


def _say(line: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {line}", file=sys.stderr, flush=True)
