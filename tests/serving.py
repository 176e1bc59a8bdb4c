"""A service on a real socket, in a thread of its own, for clients that are not async."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI


@contextlib.contextmanager
def serving(app: FastAPI, patience: float = 30) -> Iterator[str]:
    """Its base URL on loopback; ended with the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="on", ws="none", log_config=None, access_log=False))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name="a service", daemon=True)
        thread.start()
        try:
            end = time.monotonic() + patience
            while not server.started:
                assert thread.is_alive() and time.monotonic() < end, "the service did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(patience)
