"""How the projections of notification read subjects."""

from shared.eventlog import Recorded


def id_of(recorded: Recorded) -> str:
    """The subject without its kind."""
    return recorded.subject.partition("/")[2]
