"""Events of the audit service."""

from shared.events.event import Event


class NotaryKeyRotated(Event, frozen=True, kw_only=True):
    """Subject `notary`. The verifier key of the checkpoints from now on (C2SP signed-note)."""

    vkey: str


class PositionVoided(Event, frozen=True, kw_only=True):
    """Subject `position/<position>`. Fills a gap that a rogue tore; stands at the missing position itself."""

    position: int
    reason: str


class InconsistencyFound(Event, frozen=True, kw_only=True):
    """Subject `notary`."""

    position: int
    what: str
