"""Sending one message: a job of the work queue, done once however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any

import msgspec
import structlog

from services.notification.courier import Courier, Delivery, NotOurs, PutOff, RefusedForGood, Taken, Unknown
from services.notification.letters import Sender, write
from services.notification.message import (
    MESSAGE,
    Outcome,
    RecordAbandoned,
    RecordBounced,
    RecordSent,
    RecordUncertain,
)
from services.notification.outbox import OUTCOMES, Entry, Outbox
from services.notification.vault import NobodyThere, Vault, VaultAway
from shared.deciding import Act, Desk

log = structlog.get_logger()

ACTOR = "worker/notification.mail"


@dataclass(frozen=True)
class Patience:
    """How long is waited for what; seconds."""

    job: float = 30.0
    """That one job may take: a message that has been `sending` for longer has lost its worker."""
    retry: float = 2.0
    """Before the first retry; twice as long before each further one, up to `longest_retry`."""
    longest_retry: float = 3600.0
    give_up: float = 3 * 24 * 3600.0
    """A message that could not be sent for so long is abandoned."""
    hand_again: float = 90.0
    """After which a message that was handed to the workers and has no outcome is handed to them again."""

    def before_retry(self, tries: int) -> float:
        return min(self.longest_retry, self.retry * 2.0 ** min(tries, 20))


class StillSending(Exception):
    """Another worker is at it. If it has died, the job comes back and tells."""


class Sending:
    def __init__(self, desk: Desk, outbox: Outbox, vault: Vault, courier: Courier, sender: Sender, patience: Patience):
        self._desk = desk
        self._outbox = outbox
        self._vault = vault
        self._courier = courier
        self._sender = sender
        self._patience = patience

    async def handle(self, job: Mapping[str, Any]) -> None:
        """Send the job's message if it waits, and put on record what became of it."""
        entry = await self._outbox.look(job["message"], job["attempt"])
        if entry is None:
            return
        if entry.state == "waiting":
            await self._send(entry)
        elif entry.state == "sending":
            await self._doubt(entry)
        elif entry.state in OUTCOMES:
            await self._record(entry, entry.state, entry.message_id, entry.code, entry.answer)

    async def give_up(self, job: Mapping[str, Any], why: str) -> None:
        """The queue has buried the job: something is wrong with this message that no repetition mends."""
        entry = await self._outbox.look(job.get("message", ""), job.get("attempt", 0))
        if entry is None:
            return
        if entry.state == "waiting":
            await self._settle(entry, "waiting", "abandoned", answer=why)
        elif entry.state == "sending":
            await self._settle(entry, "sending", "uncertain", message_id=entry.message_id)
        else:
            await self._record(entry, entry.state, entry.message_id, entry.code, entry.answer)

    async def _doubt(self, entry: Entry) -> None:
        if time() - entry.since < self._patience.job:
            raise StillSending(entry.message)
        await self._settle(entry, "sending", "uncertain", message_id=entry.message_id)

    async def _send(self, entry: Entry) -> None:
        try:
            recipient = await self._vault.recipient(entry.person)
        except NobodyThere:
            await self._settle(entry, "waiting", "abandoned", answer="there is no e-mail address for this person (any more)")
            return
        except VaultAway as away:
            await self._put_off(entry, "waiting", f"the vault cannot be asked: {away}")
            return
        message_id = entry.message_id or f"<{entry.message}@{self._sender.domain}>"
        facts = msgspec.json.decode(entry.facts, type=dict[str, str])
        letter = write(entry.template, facts, recipient, self._sender, message_id, datetime.now(UTC))

        async def begin() -> bool:
            return await self._outbox.move(entry, "waiting", "sending", message_id=message_id)

        await self._answer(entry, await self._courier.deliver(letter, begin), message_id)

    async def _answer(self, entry: Entry, delivery: Delivery, message_id: str) -> None:
        match delivery:
            case Taken():
                await self._settle(entry, "sending", "sent", message_id=message_id)
            case Unknown():
                await self._settle(entry, "sending", "uncertain", message_id=message_id)
            case RefusedForGood(code, answer):
                before = await self._where(entry)
                await self._settle(entry, before, "bounced", code=code, answer=answer)
            case PutOff(why):
                await self._put_off(entry, await self._where(entry), why)
            case NotOurs():
                log.info("another worker took the message", message=entry.message)

    async def _where(self, entry: Entry) -> str:
        """Whether the server's no came before DATA or after it."""
        now = await self._outbox.look(entry.message, entry.attempt)
        return now.state if now is not None else ""

    async def _put_off(self, entry: Entry, before: str, why: str) -> None:
        if time() - entry.created > self._patience.give_up:
            await self._settle(entry, before, "abandoned", answer=f"it could not be sent in time: {why}")
            return
        due = time() + self._patience.before_retry(entry.tries)
        log.warning("message put off", message=entry.message, tries=entry.tries + 1, why=why)
        await self._outbox.move(entry, before, "waiting", tries=entry.tries + 1, due=due, handed=0.0, answer=why)

    async def _settle(
        self, entry: Entry, before: str, outcome: str, *, message_id: str = "", code: int = 0, answer: str = ""
    ) -> None:
        if await self._outbox.move(entry, before, outcome, message_id=message_id, code=code, answer=answer):
            await self._record(entry, outcome, message_id, code, answer)

    async def _record(self, entry: Entry, outcome: str, message_id: str, code: int, answer: str) -> None:
        """Put the outcome on record. Whoever sees it in the row again does so again: the decider takes it once."""
        command = _command(entry.attempt, outcome, message_id or f"<{entry.message}@{self._sender.domain}>", code, answer)
        await self._desk.carry_out(Act(MESSAGE(entry.message), command), actor=ACTOR, edition=entry.edition or None)


def _command(attempt: int, outcome: str, message_id: str, code: int, answer: str) -> Outcome:
    match outcome:
        case "sent":
            return RecordSent(attempt, message_id)
        case "uncertain":
            return RecordUncertain(attempt, message_id)
        case "bounced":
            return RecordBounced(attempt, code, answer)
        case "abandoned":
            return RecordAbandoned(attempt, answer)
    raise ValueError(f"{outcome} is no outcome")
