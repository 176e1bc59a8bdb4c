"""Who may record what of registration, screening, notification and identity: what their endpoints ask of the caller.

A permit looks at an act before it is counted, and answers with a refusal or None.
"""

from makmal.verify.deed import Deed, Permit, Refusal
from services.registration.enrolment import ENROLMENT, Enrolled
from services.screening.shortlist import SHORTLIST
from shared import facts


def committee(deed: Deed) -> Refusal | None:
    return deed.by("committee")


def machine(*actors: str) -> Permit:
    return lambda deed: deed.is_machine(*actors)


def himself(field: str) -> Permit:
    return lambda deed: deed.is_of(getattr(deed.event, field))


# registration

ENTERS = ("service", "operator", "head", "committee")
WRITES = "innovations:write"


def closed(deed: Deed) -> Refusal | None:
    if deed.event.by == "calendar" and deed.envelope.actor == "calendar/registration":
        return None
    return deed.by("committee")


def committee_apart(deed: Deed) -> Refusal | None:
    """Not of the institution that the event is about."""
    return deed.by("committee", apart=(deed.event.institution,))


def renamed(deed: Deed) -> Refusal | None:
    return deed.by("committee", apart=(deed.id,))


def merged(deed: Deed) -> Refusal | None:
    event = deed.event
    other = getattr(event, "previous", "") or getattr(event, "into", "")
    return deed.by("committee", apart=(deed.id.rpartition(".")[2], other))


def submitted(deed: Deed) -> Refusal | None:
    event = deed.event
    if event.recorded_by and (refusal := deed.is_of(event.recorded_by)):
        return refusal
    return deed.by(*ENTERS, of=(event.institution,), scope=WRITES)


def entered(deed: Deed) -> Refusal | None:
    """For the institution that entered it, or the one that this is merged into."""
    return deed.by(*ENTERS, of=_answering(deed), scope=WRITES)


def evidence(deed: Deed) -> Refusal | None:
    return deed.by(*ENTERS, of=_answering(deed), scope="evidence:write")


def _answering(deed: Deed) -> list[str]:
    code, found = deed.event.institution, []
    while code and code not in found:
        found.append(code)
        enrolled = deed.book.of(ENROLMENT, f"{deed.edition}.{code}")
        code = enrolled.into if isinstance(enrolled, Enrolled) else ""
    return found


def endorsed(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.endorsed_by) or deed.by("head", of=(deed.event.institution,))


def imported(deed: Deed) -> Refusal | None:
    return deed.by("committee") if deed.event.kind == "institutions" else deed.by("operator", "head", "committee")


# screening


def _home(deed: Deed) -> facts.InnovationFacts:
    return deed.book.of(facts.INNOVATION, deed.event.innovation)


def on_the_desk(*roles: str) -> Permit:
    return lambda deed: deed.by(*roles, apart=(_home(deed).institution,))


def screened(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.screener) or deed.by("screener", apart=(_home(deed).institution,))


def returned(deed: Deed) -> Refusal | None:
    if not deed.event.screener:
        return deed.by("committee", apart=(_home(deed).institution,))
    return screened(deed)


def recused(deed: Deed) -> Refusal | None:
    if deed.is_of(deed.event.screener) is None:
        return deed.by("screener", "committee")
    return deed.by("committee", apart=(_home(deed).institution,))


def disqualified(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.disqualified_by) or deed.by("committee", apart=(_home(deed).institution,))


def objected(deed: Deed) -> Refusal | None:
    event, home = deed.event, _home(deed)
    if event.recorded_by:
        if not (home.pic == event.filed_by or deed.offices.speaks_for(event.filed_by, deed.edition, home.institution)):
            return "actor", {"actor": deed.envelope.actor, "said": event.filed_by}
        return deed.is_of(event.recorded_by) or deed.by("committee", apart=(home.institution,))
    if refusal := deed.is_of(event.filed_by):
        return refusal
    return None if home.pic == event.filed_by else deed.by("head", "operator", of=(home.institution,))


def decided(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.decided_by) or deed.by("committee", apart=(_home(deed).institution,))


def nominated(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.nominated_by) or deed.by("committee", apart=(deed.event.institution,))


def confirmed(deed: Deed) -> Refusal | None:
    nominated = deed.book.of(SHORTLIST, deed.id).nominated.values()
    return deed.is_of(deed.event.confirmed_by) or deed.by("committee", apart={n.institution for n in nominated})


def revoked(deed: Deed) -> Refusal | None:
    nominated = deed.book.of(SHORTLIST, deed.id).nominated.get(deed.event.entrant)
    return deed.by("committee", apart=(nominated.institution,) if nominated else ())


def assigned(deed: Deed) -> Refusal | None:
    if deed.event.cause == "gap":  # one more is called by the score that lies far from the others
        return deed.by("screener", apart=(_home(deed).institution,))
    return deed.by("committee")


# notification


def acknowledged(deed: Deed) -> Refusal | None:
    event = deed.event
    if event.recorded_by:
        return deed.is_of(event.recorded_by) or deed.by("committee")
    return deed.is_of(event.person) or deed.by("head", "operator", of=(event.institution,))


def queued(deed: Deed) -> Refusal | None:
    """By a reaction of notification, and about the event that it answers."""
    actor = deed.envelope.actor
    if not actor.startswith("reaction/notification."):
        return "actor", {"actor": actor, "said": "reaction/notification.…"}
    if deed.event.cause != deed.cause_position:
        return "unfounded", {"causes": f"#{deed.event.cause}", "cause": f"#{deed.cause_position}"}
    return None


# identity


def administrator(deed: Deed) -> Refusal | None:
    return deed.by_system("administrator")


def invited(deed: Deed) -> Refusal | None:
    """The first administrator is appointed by the service itself, when there has never been one."""
    if len(deed.events) > 1:
        refusal = deed.is_machine("service/identity")
        return refusal or (("role", _FIRST | {"actor": deed.envelope.actor}) if deed.offices.administrated else None)
    return deed.by_anywhere("committee", "administrator")


_FIRST = {"roles": "-", "edition": "the system", "whom": ""}


def rotated(deed: Deed) -> Refusal | None:
    return None if deed.is_machine("service/identity") is None else administrator(deed)


def himself_or_administrator(deed: Deed) -> Refusal | None:
    return None if deed.is_of(deed.event.person) is None else administrator(deed)
