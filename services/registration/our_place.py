"""What every page of an institution starts from: who looks, for which institution, and until when it may enter and change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from services.registration.api_innovations import must_enter_for, no_innovation
from services.registration.edition import EDITION
from services.registration.edition_state import Registering
from services.registration.enrolment import ENROLMENT, Enrolled
from services.registration.innovation_state import ComesLate, may_enter
from services.registration.institution_projection import EnrolmentRow
from services.registration.listings import innovation as innovation_row
from shared.database import table
from shared.refusals import Refused, Unknown
from shared.rulebook import Rulebook
from shared.web.pages import Visit

HOLDERS = ("head", "operator", "committee")
"""Who acts for an institution; the committee for any, where somebody needs help."""


class Place(Struct, frozen=True):
    """An institution in an edition, as somebody who acts for it finds it."""

    edition: str
    institution: str
    name: str
    rules: Rulebook
    now: datetime
    opens: datetime
    closes: datetime
    """The deadline of this institution: the edition's, or its own by late permission."""
    late: bool
    into: str
    """Whom it is merged into; empty: it is not."""
    closed: Refused | None
    """Why nothing can be entered now; None: it can."""
    others: tuple[tuple[str, str], ...]
    """(code, name) of all institutions that he acts for, this one included."""
    is_head: bool

    @property
    def address(self) -> str:
        return f"/registration/e/{self.edition}/our/{self.institution}"


async def place(visit: Visit, edition: str, institution: str) -> Place:
    """Raises Forbidden to who does not act for it, Unknown for an institution that is not enrolled."""
    visit.me.must_hold(edition, *HOLDERS, institution=institution)
    desk, now = visit.parts.desk, visit.parts.event_log.now()
    rules, facts = await visit.rules(edition), await visit.facts(edition)
    enrolled, _ = await desk.state(ENROLMENT(f"{edition}.{institution}"))
    if not isinstance(enrolled, Enrolled):
        raise Unknown(
            f"{institution} is not enrolled in this edition; the committee enrols it",
            f"{institution} belum terdaftar pada gelaran ini; panitia yang mendaftarkannya",
        )
    state, _ = await desk.state(EDITION(edition))
    closed = None
    try:
        may_enter(state, enrolled, now)
    except ComesLate:
        pass
    except Refused as refused:
        closed = refused
    closes = state.closes if isinstance(state, Registering) else facts.closes or rules.calendar.registration_closes
    late = enrolled.late is not None and enrolled.late.until > closes
    if enrolled.late and late:
        closes = enrolled.late.until
    return Place(
        edition=edition,
        institution=institution,
        name=enrolled.enrolled.name,
        rules=rules,
        now=now,
        opens=rules.calendar.registration_opens,
        closes=closes,
        late=late,
        into=enrolled.into,
        closed=closed,
        others=await held(visit, edition),
        is_head=any(g.edition == edition and g.role == "head" and institution in g.institutions for g in visit.me.grants),
    )


async def held(visit: Visit, edition: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of the institutions that he heads or enters for, by name."""
    codes = {i for g in visit.me.grants if g.edition == edition and g.role in ("head", "operator") for i in g.institutions}
    rows = table(EnrolmentRow)
    query = select(rows.c.institution, rows.c.name).where(rows.c.edition == edition, rows.c.institution.in_(sorted(codes)))
    found = await visit.parts.database.read(lambda c: c.execute(query.order_by(rows.c.name)).all())
    return tuple((row.institution, row.name) for row in found)


async def our_innovation(visit: Visit, here: Place, innovation: UUID) -> Any:
    """The innovation's row with its record. Raises Unknown, also where it is another institution's; Forbidden."""
    row = await visit.parts.database.read(innovation_row(str(innovation)))
    if row is None or row.edition != here.edition:
        raise no_innovation(innovation)
    if row.institution != here.institution:
        await must_enter_for(visit.parts, visit.me, row.edition, row.institution, "")
        enrolled, _ = await visit.parts.desk.state(ENROLMENT(f"{row.edition}.{row.institution}"))
        if not isinstance(enrolled, Enrolled) or enrolled.into != here.institution:
            raise no_innovation(innovation)
    return row
