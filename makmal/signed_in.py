"""Somebody signed in at the services, for commands that ask them over HTTP."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Annotated, Any

import httpx
import typer

from shared.refusals import Refused

Username = Annotated[str, typer.Option(prompt=True, help="E-mail address of an administrator.")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="MAKMAL_PASSWORD")]
Url = Annotated[str, typer.Option(help="The gateway.")]
GATEWAY = "http://localhost:8000"
PATIENCE = 60.0
"""Seconds for which what a busy service refuses is sent again."""


class SignedIn:
    def __init__(self, http: httpx.Client, token: str):
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        return answer(self._http.get(path, params=query, headers=self._headers))

    def post(self, path: str, body: Any) -> Any:
        """Each call is a new request."""
        headers = {**self._headers, "Idempotency-Key": os.urandom(16).hex()}
        return answer(self._http.post(path, json=body, headers=headers))

    def send(self, path: str, key: str, headers: Mapping[str, str] = MappingProxyType({}), **content: Any) -> httpx.Response:
        """Post what may be sent again under the same key; waits as long as a busy service asks (429, 503)."""
        headers = {**self._headers, **headers, "Idempotency-Key": key}
        end = time.monotonic() + PATIENCE
        while True:
            response = self._http.post(path, headers=headers, **content)
            if response.status_code not in (429, 503) or time.monotonic() > end:
                return response
            time.sleep(float(response.headers.get("Retry-After", 1)))


@contextmanager
def unsigned(url: str) -> Iterator[httpx.Client]:
    """Raises Refused if nobody answers there."""
    try:
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
            yield http
    except httpx.TransportError as error:
        raise Refused(
            f"Nobody answers at {url} ({error}): start Makmal, or name another gateway with --url.",
            f"Tidak ada jawaban di {url} ({error}): jalankan Makmal, atau sebutkan gerbang lain dengan --url.",
        ) from error


@contextmanager
def signed_in(username: str, password: str, url: str) -> Iterator[SignedIn]:
    """Raises Refused if nobody answers there, or the password is wrong."""
    with unsigned(url) as http:
        form = {"grant_type": "password", "username": username, "password": password}
        yield SignedIn(http, answer(http.post("/identity/v1/token", data=form))["access_token"])


def answer(response: httpx.Response) -> Any:
    """What the service answered. Raises Refused with its sentences."""
    if response.is_success:
        return response.json()
    problem = response.json() if "json" in response.headers.get("content-type", "") else {}
    en = problem.get("detail", f"the service answered {response.status_code}")
    raise Refused(en, problem.get("detail_id", f"layanan menjawab {response.status_code}"))
