"""What each institution of an edition owed at a moment, and how it was met: registration's ledger, out of the events alone."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from services.registration.enrolment import Enrolled
from shared.facts import EditionFacts, InnovationFacts


class Owed(Struct, frozen=True):
    institution: str
    name: str
    owed: int
    """Innovations."""
    pic: bool
    """Whether each needs a PIC."""
    registered: int
    """Innovations that count for it."""
    with_pic: int
    met: bool
    waived: str
    """Why nothing is owed any more; empty: it is."""


def owed(
    editions: Mapping[str, EditionFacts], enrolments: Mapping[str, Any], innovations: Mapping[str, InnovationFacts]
) -> dict[str, list[Owed]]:
    """By edition, the institutions that have ever owed something, in the order of their codes. All by subject.

    An innovation counts for who entered it, or for whom that is merged into; besides, where the edition says so, for the
    institution that a unit belongs to. Where the edition asks for it, only endorsed ones count (`services/registration/ledger.py`).
    """
    enrolled = {s.partition("/")[2]: state for s, state in enrolments.items() if isinstance(state, Enrolled)}
    found: dict[str, list[Owed]] = {}
    for subject, edition in sorted(editions.items()):
        if edition.rulebook is None:
            continue
        name = subject.partition("/")[2]
        own = {id.partition(".")[2]: state for id, state in enrolled.items() if id.partition(".")[0] == name}
        meeting: dict[str, list[InnovationFacts]] = defaultdict(list)
        for innovation in innovations.values():
            if innovation.edition != name or innovation.withdrawn or innovation.record is None:
                continue
            if edition.rulebook.endorsement and not innovation.endorsed:
                continue
            entrant = own.get(innovation.institution)
            meeting[entrant.into if entrant and entrant.into else innovation.institution].append(innovation)
            if edition.rulebook.unit_meets_parent and entrant and entrant.enrolled.parent:
                meeting[entrant.enrolled.parent].append(innovation)
        duties = [_owed(code, state, meeting[code]) for code, state in sorted(own.items()) if state.owes or state.carried]
        if duties:
            found[name] = duties
    return found


def _owed(code: str, state: Enrolled, meeting: list[InnovationFacts]) -> Owed:
    innovations, pic = state.owed
    with_pic = sum(bool(innovation.pic) for innovation in meeting)
    return Owed(
        institution=code,
        name=state.enrolled.name,
        owed=innovations,
        pic=pic,
        registered=len(meeting),
        with_pic=with_pic,
        met=(with_pic if pic else len(meeting)) >= innovations,
        waived=state.waived.reason if state.waived else "",
    )
