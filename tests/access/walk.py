"""Who may ask what: every operation asked by everybody, and the answers as one table."""

import asyncio
import importlib
import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI

from shared import samples
from shared.eventlog import SERVICES
from shared.security import Grant
from shared.security.principal import ROLES
from shared.web.openapi import operations
from tests.access.ground import ADMINISTRATOR, EDITION, ELSEWHERE, OWN, PERSON, SOMEBODY, lay, rules
from tests.world import World, bearer, eventually

BOUND = ("head", "operator", "service")
"""Roles that are held for institutions."""
COLUMNS = ("anybody", "signed in", *ROLES)

PLACES = {"position": 1, "path": "0/000", "kind": "institutions", "form": "csv"}
"""What stands in paths, where the documentation's example is not there in so small a world."""
SAID: dict[str, dict[str, Any]] = {
    "open_edition": {"rulebook": msgspec.to_builtins(rules(), str_keys=True)},
    "replace": {"person": SOMEBODY},
}
"""What bodies say instead of the documentation's example: operation -> fields."""

TURNS = {"PUT /v1/evidence-files/{sha256}": -1, "POST /v1/signing-keys/rotation": 1}
"""Asked before the edition is cancelled, which is one of the operations; and last, for nobody's token holds afterwards."""

PAGES = "Pages of {service}"
"""The section of a service's pages."""

Table = dict[tuple[str, str], dict[str, str]]
"""(service, "METHOD /path") -> column -> "yes", "own" (for the own institution only), "any" (whatever the edition), ""."""


def asked(document: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(operation, method, address, request) of every operation, filled with the documentation's own examples."""
    for path, method, operation in operations(document):
        parameters = operation.get("parameters", ())
        address, query = path, {}
        for parameter in parameters:
            name, value = parameter["name"], parameter.get("example")
            if parameter["in"] == "path":
                value = PLACES.get(name, samples.WORDS.get(name, value))
                address = address.replace(f"{{{name}}}", str(value))
            elif parameter["in"] == "query" and parameter["required"]:
                query[name] = value
        request: dict[str, Any] = {"params": query}
        for type, media in operation.get("requestBody", {}).get("content", {}).items():
            if type.endswith("json"):
                request["json"] = {**media["example"], **SAID.get(operation["operationId"], {})}
            else:
                request |= {"content": b"%PDF-1.7", "headers": {"Content-Type": type}}
            break
        request["headers"] = {**request.get("headers", {}), "If-Match": "*"}
        yield f"{method.upper()} {path}", method.upper(), address, request


class Walk:
    """`table` after `everywhere()`; `faults` lists answers that no order of columns can show."""

    section = "{service}"
    """Where in the table its rows stand."""

    def __init__(self, world: World):
        self.world = world
        self.table: Table = {}
        self.faults: list[str] = []

    def requests(self, app: FastAPI) -> list[tuple[str, str, str, dict[str, Any]]]:
        """What is asked, in its order."""
        return sorted(asked(app.openapi()), key=lambda one: TURNS.get(one[0], 0))

    async def ask(
        self, client: httpx.AsyncClient, method: str, address: str, request: dict[str, Any], token: str
    ) -> httpx.Response:
        """`token`: empty for nobody's."""
        headers = {**request.get("headers", {}), **(bearer(token) if token else {"Idempotency-Key": "of-nobody"})}
        return await client.request(method, address, **{**request, "headers": headers})

    def edition(self, service: str) -> str:
        """Where roles are held. Identity comes last, when registration's own operations have cancelled and concluded the edition;
        its paths name none."""
        return "batam-2024" if service == "identity" else EDITION

    def denied(self, answer: httpx.Response) -> bool:
        return answer.status_code in (401, 403)

    async def everywhere(self) -> None:
        await self.world.token("person/nobody")  # the signing key stands in the log before anything else
        await lay(self.world)
        for service in [*(s for s in SERVICES if s != "identity"), "identity"]:
            app = importlib.import_module(f"services.{service}.app").create_app(self.world.settings(service))
            async with self.world.running(app) as client:
                await eventually(lambda: self._ready(client), timeout=20)
                for name, method, address, request in self.requests(app):
                    self.table[self.section.format(service=service), name] = await self._row(
                        service, client, f"{service} {name}", method, address, request
                    )

    async def _ready(self, client: httpx.AsyncClient) -> bool:
        answer = await client.get("/readyz")
        assert "failed" not in answer.json()["why"], answer.json()
        return answer.status_code == 200

    async def _row(
        self, service: str, client: httpx.AsyncClient, name: str, method: str, address: str, request: dict[str, Any]
    ) -> dict[str, str]:
        async def allowed(*grants: Grant, token: str | None = None, expired: bool = False) -> bool:
            kind = "client" if any(g.role == "service" for g in grants) else "person"
            who = (
                ADMINISTRATOR if grants and grants[0].role == "administrator" else SOMEBODY if service == "identity" else PERSON
            )
            if token is None:
                token = await self.world.token(f"{kind}/{who}", *grants, seconds=-5 if expired else 600)
            answer = await self.ask(client, method, address, request, token)
            if answer.status_code in (405, 413, 415, 429) or answer.status_code >= 500 or "problem:malformed" in answer.text:
                self.faults.append(f"{name}: {answer.status_code} {answer.text[:300]}")
            return not self.denied(answer)

        def grant(role: str, edition: str = self.edition(service), institution: str = OWN) -> Grant:
            return Grant(role, "" if role == "administrator" else edition, (institution,) if role in BOUND else ())

        anybody = await allowed(token="")
        if anybody:
            return dict.fromkeys(COLUMNS, "yes")
        if await allowed(grant("committee"), expired=True):
            self.faults.append(f"{name}: an expired token is taken")
        row = {"anybody": "", "signed in": "yes" if await allowed() else ""}
        if row["signed in"]:
            return {**row, **dict.fromkeys(ROLES, "yes")}
        held = await asyncio.gather(*(allowed(grant(role)) for role in ROLES))
        for role, yes in zip(ROLES, held, strict=True):
            row[role] = "yes" if yes else ""
            if not yes:
                continue
            if role in BOUND and not await allowed(grant(role, institution=ELSEWHERE)):
                row[role] = "own"
            elif role != "administrator" and await allowed(grant(role, edition="another-2023")):
                row[role] = "any"
        return row


def page(table: Table) -> str:
    """`docs/access.md`."""
    lines = [*_INTRODUCTION]
    for service in (*SERVICES, *(PAGES.format(service=service) for service in SERVICES)):
        lines += _OF_PAGES if service == PAGES.format(service=SERVICES[0]) else ()
        lines += ["", f"## {service}", "", f"| | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
        for (of, name), row in table.items():
            if of == service:
                lines.append(f"| `{name}` | {' | '.join(row[column] for column in COLUMNS)} |")
    return "\n".join([*lines, ""])


def read(text: str) -> Table:
    """The table of a page."""
    table: Table = {}
    service = ""
    for line in text.splitlines():
        if line.startswith("## "):
            service = line.removeprefix("## ")
        elif found := re.match(r"\| `([^`]+)` \|(.*)\|$", line):
            cells = [cell.strip() for cell in found[2].split("|")]
            table[service, found[1]] = dict(zip(COLUMNS, cells, strict=True))
    return table


_OF_PAGES = (
    "",
    "## Pages",
    "",
    "What people see in the browser, and the forms there. Denied is who is led to the sign-in, or told that the page is not for him.",
    "A form is sent with nothing in it: who may not give it is denied before anything of the page is drawn.",
)
_INTRODUCTION = (
    "# Who may ask what",
    "",
    "What stands empty is denied. `yes`: may ask; whether the rules allow it then is another matter. `own`: only for what is of",
    "the institution that the role is held for. `any`: the role counts in whichever edition it is held. Otherwise a role counts in",
    "the edition that is asked about and in no other (the administrator's is held in none). A token that has ended counts nowhere.",
    "",
    "*anybody* needs no token. *signed in* is whoever has one, whatever his roles: what he gets is his own alone. `service` is an",
    "API client with all scopes; without the scope of an operation it is denied. Beyond this table people see and end their own",
    "sessions, nobody acts on what concerns his own employer, and scores are sealed: the table shows a category while it is judged.",
    "",
    "A test asks every operation as everybody and holds this page to the answers. After a change that is meant:",
    "`python -m tests.access > docs/access.md`, and read what changed.",
)
