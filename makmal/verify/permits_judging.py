"""Who may record what of judging: what its endpoints ask of the caller."""

from makmal.verify.deed import Deed, Permit, Refusal
from services.judging.category import CATEGORY
from services.judging.docket import Docket, State, Unlocked, institutions
from services.judging.naming import home_of
from shared import facts


def _docket(state: State) -> Docket | None:
    return None if isinstance(state, Unlocked) else state.docket


def _competing(deed: Deed) -> tuple[str, ...]:
    docket = _docket(deed.book.of(CATEGORY, deed.id))
    return institutions(docket) if docket else ()


def _of_entry(deed: Deed, entry: str) -> tuple[str, ...]:
    """The institution of an entry, also of an excluded one."""
    docket = _docket(deed.book.of(CATEGORY, ".".join(home_of(entry))))
    if docket is None:
        return ()
    admitted = docket.entries.get(entry) or (docket.excluded[entry][0] if entry in docket.excluded else None)
    return (admitted.institution,) if admitted else ()


def apart_from_category(*roles: str, said: str = "") -> Permit:
    def permit(deed: Deed) -> Refusal | None:
        if said and (refusal := deed.is_of(getattr(deed.event, said))):
            return refusal
        return deed.by(*roles, apart=_competing(deed))

    return permit


def panel(deed: Deed) -> Refusal | None:
    if deed.leader == "JurorReplaced":
        return deed.by("committee", apart=_of_entry(deed, deed.event.entry))
    return deed.by("committee", "chair", apart=_competing(deed))


def reopened(deed: Deed) -> Refusal | None:
    if deed.leader in ("ConflictDeclared", "JurorReplaced", "JurorRecused"):  # it follows from what is on record of the juror
        return deed.is_of(deed.event.reopened_by)
    return deed.is_of(deed.event.reopened_by) or deed.by("chair", "committee", apart=_competing(deed))


def objected_to_result(deed: Deed) -> Refusal | None:
    event = deed.event
    home = (event.institution,)
    if not event.recorded_by:
        return deed.is_of(event.filed_by) or deed.by("head", "operator", of=home)
    if not deed.offices.speaks_for(event.filed_by.partition("/")[2], deed.edition, event.institution):
        return "actor", {"actor": deed.envelope.actor, "said": event.filed_by}
    return deed.is_of(event.recorded_by) or deed.by("committee", apart=home)


def of_entry(*roles: str) -> Permit:
    return lambda deed: deed.by(*roles, apart=_of_entry(deed, deed.event.entry))


def replaced(deed: Deed) -> Refusal | None:
    """By somebody apart from every entry that the juror sits on."""
    rulebook, person = deed.book.of(facts.EDITION, deed.edition).rulebook, deed.event.juror
    homes = set()
    for category in rulebook.categories if rulebook else ():
        if docket := _docket(deed.book.of(CATEGORY, f"{deed.edition}.{category.id}")):
            homes |= {admitted.institution for entry, admitted in docket.entries.items() if (entry, person) in docket.seats}
    return deed.by("committee", apart=homes)


def tied(deed: Deed) -> Refusal | None:
    if deed.is_of(deed.event.juror) is None:
        return deed.by("juror", "chair", "committee")
    return deed.by("chair", "committee", apart=(deed.event.institution,))


def tie_proposed(deed: Deed) -> Refusal | None:
    anybody = ("committee", "chair", "juror", "screener", "auditor", "head", "operator")
    return deed.is_of(deed.event.proposed_by) or deed.by(*anybody)


def tie_dismissed(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.dismissed_by) or deed.by("chair", "committee", apart=(deed.event.institution,))


def juror_himself(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.juror) or deed.by("juror", "chair")


def on_own_sheet(deed: Deed) -> Refusal | None:
    """By the juror whose sheet it is; one typed from paper, by the committee."""
    entry, _, person = deed.id.rpartition(".")
    if typist := getattr(deed.events[-1], "recorded_by", ""):
        return deed.is_of(typist) or deed.by("committee", apart=_of_entry(deed, entry))
    return deed.is_of(person) or deed.by("juror", "chair", apart=_of_entry(deed, entry))


def sheet_reopened(deed: Deed) -> Refusal | None:
    return deed.is_of(deed.event.reopened_by) or deed.by("chair", apart=_of_entry(deed, deed.event.entry))


def sheet_voided(deed: Deed) -> Refusal | None:
    """It follows from what is on record of the juror; by himself, or by whoever put that on record."""
    if deed.is_of(deed.event.juror) is None:
        return deed.by("juror", "chair", "committee")
    return deed.by("chair", "committee")
