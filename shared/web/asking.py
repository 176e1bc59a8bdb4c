"""What a request says besides its body: who asks, under which key it may be repeated, which version it knows, what it waits for."""

import hashlib
import uuid
from contextlib import suppress
from copy import copy
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response

from shared.deciding import Act, Outcome, request_key
from shared.eventlog import LogUnavailable, LogWentBack
from shared.facts import EDITION, must_go_on
from shared.parts import Parts
from shared.refusals import Invalid, Refused, VersionNeeded
from shared.security import Principal, TokenRefused
from shared.web.rehearsal import CONCERNS


async def _parts(request: Request) -> Parts:
    # Like every dependency here it is async: FastAPI runs a plain function in a thread, which costs more than it does.
    parts: Parts = request.app.state.parts
    return parts


PartsHere = Annotated[Parts, Depends(_parts)]


async def signed_in(request: Request) -> Principal:
    """Whoever shows a valid token, as often as a caller may ask. Every route depends on this or on `public`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("sign in first: send a Bearer token", "silakan masuk dahulu: kirim token Bearer")
    parts = await _parts(request)  # no dependency: to FastAPI each is a round of its own
    principal = await parts.verifier.principal(token.strip())
    request.app.state.clients.take(principal.id)
    return principal


SignedIn = Annotated[Principal, Depends(signed_in)]


async def public() -> None:
    """Marks a route that anybody may ask."""


async def perhaps_signed_in(request: Request) -> Principal | None:
    """Anybody; who shows a token is known by it, and a bad one is refused."""
    return await signed_in(request) if "authorization" in request.headers else None


PerhapsSignedIn = Annotated[Principal | None, Depends(perhaps_signed_in)]

WHO_MAY_ASK: set[Any] = {signed_in, public, perhaps_signed_in}
"""Every route depends on one of these; the pages add theirs."""


async def reached(
    parts: PartsHere, at_least: Annotated[int | None, Query(ge=0, description="Wait for this position")] = None
) -> None:
    """A query's `?at_least=POSITION`: answer only when that position is counted. Refused after five seconds, and at once where
    the log has no such position."""
    if at_least is None or parts.runner.position >= at_least:
        return
    with suppress(LogUnavailable, LogWentBack):
        if at_least > (end := await parts.event_log.position()):
            raise Refused(
                f"position {at_least} is not counted yet, for the log ends at {end}. Ask for a position that an answer has named",
                f"posisi {at_least} belum dihitung, karena log berakhir di {end}. Mintalah posisi yang disebut oleh suatu jawaban",
            )
    if not await parts.runner.reached(at_least):
        raise Refused(
            f"position {at_least} is not counted yet; it has reached {parts.runner.position}. Ask again in a moment",
            f"posisi {at_least} belum dihitung; baru sampai {parts.runner.position}. Coba lagi sebentar",
        )


ENDING_WITH_THEIR_EDITION = ("screening", "judging")
"""Services in which nothing more is done once an edition is cancelled. Registration's own rules say so; letters and roles go on."""


class Asking:
    """One command request. `carry_out` decides its acts under the caller's name and Idempotency-Key."""

    def __init__(self, request: Request, response: Response, parts: Parts, principal: Principal, key: str, body: str):
        self.principal = principal
        self.parts = parts
        self._request = request
        self._response = response
        self.key = key
        """Of this request and no other: principal, method, path and Idempotency-Key, hashed."""
        self.body = body
        """Digest of the request's body."""

    def new_id(self) -> str:
        """The id of what this request creates: a UUID (version 8) of the request itself, so that a repeat, however late,
        means the same thing and creates no second one."""
        number = int(self.key, 16) & ~(0xF << 76 | 0b11 << 62) | 8 << 76 | 0b10 << 62
        return str(uuid.UUID(int=number))

    def part(self, name: str) -> "Asking":
        """A further command of the same request, with a key that follows from the request's own. Its answer's headers are not told."""
        one = copy(self)
        one.key, one._response = request_key(self.key, name), Response()
        return one

    @property
    def if_match(self) -> int | None:
        """The version that is edited; None: whichever. Raises Invalid."""
        return named_version(self._request)

    async def carry_out(self, *acts: Act, edition: str | None) -> Outcome:
        """The outcome; `Makmal-Position` and, for an edit, the ETag go into the answer's headers."""
        ends_with_edition = self.parts.event_log.service in ENDING_WITH_THEIR_EDITION
        self._request.scope[CONCERNS] = edition
        outcome = await self.parts.desk.carry_out(
            *acts,
            actor=self.principal.id,
            edition=edition,
            request=self.key,
            body=self.body,
            if_match=self.if_match,
            guards=((EDITION(edition), must_go_on),) if edition and ends_with_edition else (),
        )
        self._response.headers["Makmal-Position"] = str(outcome.position)
        subject = acts[0].aggregate.subject
        if versions := [e.envelope.version for e in outcome.events if e.subject == subject]:
            self._response.headers["ETag"] = f'"{versions[-1]}"'
        self.parts.runner.wake()
        return outcome


def named_version(request: Request) -> int | None:
    """The version in `If-Match`; None: whichever. Raises Invalid."""
    tag = request.headers.get("if-match")
    if tag is None or tag.strip() == "*":
        return None
    number = tag.strip().strip('"')
    if not (number.isdecimal() and len(number) < 20):
        raise Invalid(
            'If-Match takes the ETag of an earlier answer, like "3"',
            'If-Match berisi ETag dari jawaban sebelumnya, mis. "3"',
        )
    return int(number)


SHORTEST_KEY, LONGEST_KEY = 8, 200


def idempotent(key: str) -> bool:
    """Whether this can be an Idempotency-Key."""
    return SHORTEST_KEY <= len(key) <= LONGEST_KEY


async def asking(
    request: Request,
    response: Response,
    principal: SignedIn,
    idempotency_key: Annotated[
        str, Header(min_length=SHORTEST_KEY, max_length=LONGEST_KEY, description="A new one for each new request")
    ],
) -> Asking:
    key = request_key(principal.id, request.method, request.scope["path"], idempotency_key)
    body = hashlib.sha256(await request.body()).hexdigest()[:32]
    return Asking(request, response, await _parts(request), principal, key, body)


Asked = Annotated[Asking, Depends(asking)]
"""Parameter type of every command endpoint."""


async def version_named(
    principal: SignedIn, if_match: Annotated[str | None, Header(description="The ETag of what is edited")] = None
) -> None:
    """An edit names the version that it edits. Raises VersionNeeded (428), to those who are signed in."""
    if if_match is None:
        raise VersionNeeded(
            "say which version you edit: send its ETag as If-Match",
            "sebutkan versi yang Anda ubah: kirim ETag-nya sebagai If-Match",
        )
