"""What an institution owes, has and should do next, read together for its desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from services.registration import drafts, ledger, listings
from services.registration.api_drafts import DraftBody
from services.registration.evidence_projection import EvidenceRow
from services.registration.our_place import Place
from services.registration.our_standing import Ours, screened, standing
from services.registration.our_words import step_of
from shared.database import table
from shared.parts import Parts
from shared.web.pages import Visit

MOST = 500
"""Innovations of one institution that its desk shows; none has as many."""


class DraftOnDesk(Struct, frozen=True):
    id: str
    name: str
    changed: datetime
    lacking: int
    """How many fields are still to be filled in or mended."""
    step: str
    """Where to go on."""


class Desk(Struct, frozen=True):
    innovations: list[Ours]
    drafts: list[DraftOnDesk]
    owed: Any
    """The row of the ledger; None: institutions of this kind owe nothing."""
    counting: tuple[str, ...]
    """IDs of the innovations that count for what is owed."""
    from_units: tuple[Any, ...]
    """Rows of those among them that other institutions entered."""
    evidence: dict[str, int]
    """Innovation -> indicators that it has evidence for."""
    mandatory: dict[str, int]
    """Innovation -> mandatory indicators that it has none for."""

    def of(self, *situations: str) -> list[Ours]:
        return [one for one in self.innovations if one.situation in situations]


async def desk(parts: Parts, here: Place, actor: str) -> Desk:
    read = parts.database.read
    rows = await read(listings.innovations(here.edition, (here.institution,), "", "", 0, MOST))
    innovations = standing(rows, await screened(parts, [row.innovation for row in rows]), here.rules, here.now)
    waiting = await read(drafts.listed(here.edition, (here.institution,), actor, "", MOST))
    owed = await read(ledger.obligations(here.edition, (here.institution,), None, "", MOST))
    counting = await read(ledger.meeting(here.edition, [here.institution]))
    own = {one.id for one in innovations}
    indicators = await read(_indicators([one.id for one in innovations]))
    mandatory = {i.number for i in here.rules.catalogue.indicators if i.mandatory} if here.rules.catalogue else set()
    return Desk(
        innovations=innovations,
        drafts=[_draft(row, here) for row in waiting if row["institution"] == here.institution and not row["submitted"]],
        owed=next((row for row in owed if row.institution == here.institution), None),
        counting=tuple(row.innovation for row in counting),
        from_units=tuple([await read(listings.innovation(row.innovation)) for row in counting if row.innovation not in own]),
        evidence={one.id: len(indicators.get(one.id, ())) for one in innovations},
        mandatory={one.id: len(mandatory - indicators.get(one.id, set())) for one in innovations},
    )


def _draft(row: dict[str, Any], here: Place) -> DraftOnDesk:
    content = DraftBody.model_validate_json(row["content"])
    lacking = list(drafts.missing(content.record.__dict__, here.rules))
    step = step_of(lacking[0][0]) if lacking else "review"
    changed = datetime.fromisoformat(row["changed"])
    return DraftOnDesk(row["draft"], content.record.name or "", changed, len(lacking), step)


def _indicators(innovations: Sequence[str]) -> Any:
    """A query: innovation -> numbers of the indicators that it has evidence for."""
    rows = table(EvidenceRow)
    query = select(rows.c.innovation, rows.c.indicator).where(rows.c.innovation.in_(innovations), rows.c.stands.is_(True))

    def ask(connection: Any) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for row in connection.execute(query):
            found.setdefault(row.innovation, set()).add(row.indicator)
        return found

    return ask


class NextStep(Struct, frozen=True):
    """The one thing to do now, in a sentence, and where."""

    sentence: str
    label: str = ""
    address: str = ""
    kind: str = "info"
    """good: nothing is to be done; warn: it presses."""


def next_step(visit: Visit, here: Place, desk: Desk) -> NextStep:
    """What presses most comes first."""
    _, words = visit._, visit.words
    if here.into:
        into = f"/registration/e/{here.edition}/our/{here.into}"
        return NextStep(
            _("This institution is merged into another one, which answers for its innovations now."),
            _("To its successor"),
            into,
        )
    if returned := sorted(desk.of("returned"), key=lambda one: str(one.until)):
        first = returned[0]
        sentence = _(
            "Screening has returned “%(name)s”. Revise it by %(until)s.", name=first.row.name, until=words.moment(first.until)
        )
        return NextStep(sentence, _("Read what is asked for, and revise"), f"{here.address}/innovations/{first.id}", "warn")
    waiting = desk.of("waiting")
    if here.is_head and waiting:
        many = words.ngettext(
            "%(num)s innovation waits for your endorsement.", "%(num)s innovations wait for your endorsement.", len(waiting)
        )
        return NextStep(many % {"num": len(waiting)}, _("Read and endorse"), "#endorse", "warn")
    return _while_open(visit, here, desk, waiting) if here.closed is None else _when_closed(visit, here, desk)


def _while_open(visit: Visit, here: Place, desk: Desk, waiting: list[Ours]) -> NextStep:
    _, words = visit._, visit.words
    until = words.moment(here.closes)
    for draft in sorted(desk.drafts, key=lambda one: one.lacking):
        at = f"{here.address}/drafts/{draft.id}/{draft.step}"
        named = draft.name or _("without a name yet")
        if not draft.lacking:
            return NextStep(
                _("The draft “%(name)s” is complete. Submit it by %(until)s.", name=named, until=until),
                _("Look it over and submit"),
                at,
                "warn",
            )
        many = words.ngettext(
            "The draft “%(name)s” lacks %(num)s thing. Submit it by %(until)s.",
            "The draft “%(name)s” lacks %(num)s things. Submit it by %(until)s.",
            draft.lacking,
        )
        return NextStep(many % {"name": named, "num": draft.lacking, "until": until}, _("Go on with the draft"), at, "warn")
    owed = desk.owed
    live = [one for one in desk.innovations if not one.row.withdrawn]
    new = f"{here.address}/new"
    if not live:
        if owed and owed.owed and not owed.met:
            return NextStep(_("Enter your first innovation by %(until)s.", until=until), _("Enter an innovation"), new, "warn")
        return NextStep(_("You may enter innovations until %(until)s.", until=until), _("Enter an innovation"), new)
    if owed and not owed.met:
        if waiting:
            return NextStep(
                _("“%(name)s” counts once the head has endorsed it. Ask for it.", name=waiting[0].row.name),
                _("See what waits"),
                f"{here.address}/innovations/{waiting[0].id}",
                "warn",
            )
        nobody = next((one for one in live if owed.pic_owed and not one.row.pic), None)
        if nobody:
            return NextStep(
                _("“%(name)s” counts once somebody is in charge of it.", name=nobody.row.name),
                _("Appoint a person in charge"),
                f"{here.address}/innovations/{nobody.id}/pic",
                "warn",
            )
        many = words.ngettext(
            "%(num)s more innovation is owed by %(until)s.",
            "%(num)s more innovations are owed by %(until)s.",
            owed.owed - owed.registered,
        )
        return NextStep(many % {"num": owed.owed - owed.registered, "until": until}, _("Enter an innovation"), new, "warn")
    bare = next((one for one in live if desk.mandatory[one.id] and one.situation != "disqualified"), None)
    if bare:
        many = words.ngettext(
            "“%(name)s” has no evidence yet for %(num)s mandatory indicator.",
            "“%(name)s” has no evidence yet for %(num)s mandatory indicators.",
            desk.mandatory[bare.id],
        )
        return NextStep(
            many % {"name": bare.row.name, "num": desk.mandatory[bare.id]},
            _("Attach evidence"),
            f"{here.address}/innovations/{bare.id}/evidence",
        )
    return NextStep(_("All that is owed is in. You may add to it until %(until)s.", until=until), kind="good")


def _when_closed(visit: Visit, here: Place, desk: Desk) -> NextStep:
    _, words = visit._, visit.words
    if here.now < here.opens:
        return NextStep(
            _("Registration opens on %(opens)s. Prepare your innovations until then.", opens=words.moment(here.opens))
        )
    if desk.owed and not desk.owed.met:
        return NextStep(
            _(
                "Registration is closed and not all that is owed is in. Speak with the committee: "
                "only it can let you enter late."
            ),
            kind="warn",
        )
    if not desk.innovations:
        return NextStep(_("Registration is closed. Your institution has entered nothing, and owes nothing."))
    return NextStep(
        _("Registration is closed. Your innovations are being screened and judged; letters tell you what happens."),
        _("Our results"),
        f"/judging/e/{here.edition}/our/{here.institution}",
        "good",
    )
