"""What others do leads to letters: one reaction for each line of the audience's table, one append for all letters of a cause."""

from services.notification.audience import AUDIENCE, Line
from services.notification.message import MESSAGE, QueueMessage, message_id
from shared.deciding import Act
from shared.eventlog import Recorded
from shared.runner import Hand, Reaction

LETTERS_PER_APPEND = 200


def _reaction(log: str, line: Line) -> Reaction:
    async def write(cause: Recorded, hand: Hand) -> None:
        addressees = await line.who(cause, cause.event, hand)
        caused = cause.envelope.time

        def letter(person: str, facts: dict[str, str]) -> Act:
            id = message_id(log, cause.position, person, line.template)
            return Act(
                MESSAGE(id),
                lambda at: QueueMessage(person, line.template, cause.subject, cause.position, caused, at, facts),
            )

        acts = [letter(person, facts) for person, facts in sorted(addressees.items())]
        for first in range(0, len(acts), LETTERS_PER_APPEND):
            await hand.carry_out(*acts[first : first + LETTERS_PER_APPEND])

    name = line.template.replace("_", "-")
    return Reaction(name, line.events, write, subject=lambda cause: f"{line.template}/{cause.subject}")


def reactions(log: str) -> list[Reaction]:
    """Letters of different kinds do not wait for each other."""
    return [_reaction(log, line) for line in AUDIENCE]
