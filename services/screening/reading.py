"""Queries on the projections: the worklist, at a glance and in full, and the shortlist of a category with its candidates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, case, func, or_, select

from services.screening.candidates import Candidate, Innovation, Institution, candidates
from services.screening.categories import competes
from services.screening.evidence_projection import claims_of
from services.screening.projections import DeskScoreRow, InnovationRow, SeatRow
from services.screening.shortlist_projection import CategoryRow, InstitutionRow, NominationRow
from shared.database import table
from shared.events.screening import Nominated
from shared.rulebook import Category

_innovations, _scores, _seats = table(InnovationRow), table(DeskScoreRow), table(SeatRow)
_categories, _institutions, _nominations = table(CategoryRow), table(InstitutionRow), table(NominationRow)
_institution_of = and_(
    _institutions.c.edition == _innovations.c.edition, _institutions.c.institution == _innovations.c.institution
)


class Shortlist(Struct, frozen=True, kw_only=True):
    category: Category
    confirmed: bool
    despite: str
    """Why it was confirmed although a disqualification might still fall."""
    candidates: tuple[Candidate, ...]
    nominated: tuple[Nominated, ...]
    """In the order of nomination."""
    revoked: tuple[tuple[Nominated, str], ...]
    """With the reason."""
    to_assess: int
    """Innovations competing here that are not assessed at their present revision."""
    scored_by: Mapping[str, frozenset[str]]
    """Innovation → who has scored it."""

    def hidden_from(self, screener: str) -> frozenset[str]:
        """The entrants whose desk score he must not see yet: those with an innovation that he has not scored himself, for he may
        still be asked to. Nothing is hidden once the shortlist is confirmed."""
        if self.confirmed:
            return frozenset()
        return frozenset(
            candidate.entrant
            for candidate in self.candidates
            if any(screener not in self.scored_by.get(innovation, ()) for innovation in candidate.innovations)
        )


class OnTheDesk(Struct, frozen=True):
    """One innovation of the worklist."""

    row: Any
    """Of `InnovationRow`."""
    scores: dict[str, Decimal]
    """The counting ones, by screener."""
    screeners: tuple[str, ...]
    """To whom it is assigned."""
    claims: Mapping[int, int | None] = {}
    """Indicator that it claims with evidence → the parameter that is verified; None: not yet."""


def glance(connection: Connection, edition: str, person: str, mine: bool) -> Sequence[Any]:
    """The whole desk in the order of submission, of each innovation only how it stands: its columns but for the long ones, the name
    of its institution (NULL: unknown), `seats`, `scores` (the counting ones) and whether this `person` has `scored` it. `mine`: only
    what is assigned to him."""
    seats = select(func.count()).where(_seats.c.innovation == _innovations.c.innovation)
    seated = seats.where(_seats.c.screener == _scores.c.screener).correlate(_innovations, _scores).scalar_subquery()
    number = seats.correlate(_innovations).scalar_subquery()
    scores = select(func.count()).where(_scores.c.innovation == _innovations.c.innovation)
    rows = select(
        *(column for column in _innovations.c if column.name not in ("fields", "criteria", "reasons", "note")),
        _institutions.c.name.label("institution_name"),
        number.label("seats"),
        scores.where(or_(seated > 0, number == 0)).scalar_subquery().label("scores"),
        scores.where(_scores.c.screener == person).scalar_subquery().label("scored"),
    ).select_from(_innovations.outerjoin(_institutions, _institution_of))
    rows = rows.where(_innovations.c.edition == edition)
    if mine:
        rows = rows.where(_innovations.c.innovation.in_(_assigned_to(person)))
    return connection.execute(rows.order_by(_innovations.c.position)).all()


def worklist(
    connection: Connection, edition: str, after: int, limit: int, state: str | None = None, mine: str | None = None
) -> list[OnTheDesk]:
    """From the submission after this position on; `mine`: only what is assigned to this screener."""
    rows = select(_innovations).where(_innovations.c.edition == edition, _innovations.c.position > after)
    if state is not None:
        rows = rows.where(_innovations.c.state == state)
    if mine is not None:
        rows = rows.where(_innovations.c.innovation.in_(_assigned_to(mine)))
    return _in_full(connection, connection.execute(rows.order_by(_innovations.c.position).limit(limit)).all())


def items(connection: Connection, innovations: Sequence[str]) -> list[OnTheDesk]:
    """These, in the order of submission."""
    rows = select(_innovations).where(_innovations.c.innovation.in_(innovations)).order_by(_innovations.c.position)
    return _in_full(connection, connection.execute(rows).all())


def _assigned_to(screener: str) -> Any:
    return select(_seats.c.innovation).where(_seats.c.screener == screener)


def _in_full(connection: Connection, found: Sequence[Any]) -> list[OnTheDesk]:
    these = [row.innovation for row in found]
    seats = seats_of(connection.execute(select(_seats).where(_seats.c.innovation.in_(these)).order_by(_seats.c.place)))
    scores = _scores_of(connection.execute(select(_scores).where(_scores.c.innovation.in_(these))), seats)
    claims = claims_of(connection, these)
    return [OnTheDesk(row, scores[row.innovation], seats[row.innovation], claims[row.innovation]) for row in found]


def seats_of(rows: Iterable[Any]) -> Mapping[str, tuple[str, ...]]:
    """Innovation → its screeners."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.innovation] += (row.screener,)
    return found


def _scores_of(rows: Iterable[Any], seats: Mapping[str, tuple[str, ...]]) -> Mapping[str, dict[str, Decimal]]:
    """Innovation → screener → score; where it is assigned, only those of its screeners."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        if not (screeners := seats[row.innovation]) or row.screener in screeners:
            found[row.innovation][row.screener] = Decimal(row.score)
    return found


def shortlist(connection: Connection, edition: str, id: str) -> Shortlist | None:
    """None where the edition has no such category."""
    this = select(_categories).where(_categories.c.edition == edition, _categories.c.category == id)
    found = connection.execute(this).one_or_none()
    if found is None:
        return None
    category = msgspec.convert(found.rules, Category)
    # Only what may compete: rows of other kinds of institutions are most of an edition.
    enrolled = select(_institutions).where(_institutions.c.edition == edition, _institutions.c.kind.in_(category.kinds))
    institutions = {row.institution: Institution(row.institution, row.kind, row.name) for row in connection.execute(enrolled)}
    here = (_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False), _innovations.c.state != "disqualified")
    columns = ("innovation", "institution", "name", "fields", "revision", "state", "assessed_revision")
    may_compete = (
        select(*(_innovations.c[name] for name in columns))
        .select_from(_innovations.join(_institutions, _institution_of))
        .where(*here, _institutions.c.kind.in_(category.kinds))
    )
    to_assess = 0
    eligible = []
    for row in connection.execute(may_compete):
        if competes(category, institutions[row.institution].kind, row.fields):
            if row.assessed_revision != row.revision:
                to_assess += 1
            elif row.state == "eligible":
                eligible.append(row)
    these = [row.innovation for row in eligible]
    seats = seats_of(connection.execute(select(_seats).where(_seats.c.innovation.in_(these))))
    scores = _scores_of(connection.execute(select(_scores).where(_scores.c.innovation.in_(these))), seats)
    competing = [_competing(row, scores[row.innovation], seats[row.innovation]) for row in eligible]
    entries = select(_nominations).where(_nominations.c.edition == edition, _nominations.c.category == id)
    nominated, revoked = [], []
    for row in connection.execute(entries.order_by(_nominations.c.position)):
        event = msgspec.convert(row.nominated, Nominated, strict=False)
        if row.revoked:
            revoked.append((event, row.revoked))
        else:
            nominated.append(event)
    return Shortlist(
        category=category,
        confirmed=bool(found.confirmed),
        despite=found.despite,
        candidates=candidates(category, institutions, competing),
        nominated=tuple(nominated),
        revoked=tuple(revoked),
        to_assess=to_assess,
        scored_by={innovation: frozenset(own) for innovation, own in scores.items()},
    )


def _competing(row: Any, scores: Mapping[str, Decimal], screeners: tuple[str, ...]) -> Innovation:
    """It counts with its scores once each of its screeners has given his."""
    complete = not screeners or scores.keys() == {*screeners}
    return Innovation(
        id=row.innovation,
        institution=row.institution,
        name=row.name,
        fields=row.fields,
        scores=tuple(scores.values()) if complete else (),
    )


def short_of_screeners(connection: Connection, edition: str, wanted: int, limit: int) -> list[Any]:
    """Innovations, in the order of their submission, that have fewer screeners than are wanted (one more where one was called)."""
    number = select(func.count()).where(_seats.c.innovation == _innovations.c.innovation).scalar_subquery()
    due = wanted + case((_innovations.c.called, 1), else_=0)
    rows = select(_innovations.c.innovation, _innovations.c.institution).where(
        _innovations.c.edition == edition, _innovations.c.withdrawn.is_(False), number < due
    )
    return [*connection.execute(rows.order_by(_innovations.c.position).limit(limit))]


def is_assigned(connection: Connection, edition: str) -> bool:
    """Whether any innovation of the edition has a screener of its own."""
    joined = _seats.join(_innovations, _innovations.c.innovation == _seats.c.innovation)
    one = select(_seats.c.innovation).select_from(joined).where(_innovations.c.edition == edition).limit(1)
    return connection.execute(one).first() is not None


class Load(Struct, frozen=True):
    screener: str
    assigned: int
    scored: int
    open: int
    """Assigned innovations that wait for his score: not those withdrawn, returned for revision, or found ineligible."""


def loads(connection: Connection, edition: str) -> list[Load]:
    """How many innovations each screener has, how many of these he has scored, and how many wait for him."""
    scored = and_(_scores.c.innovation == _seats.c.innovation, _scores.c.screener == _seats.c.screener)
    joined = _seats.join(_innovations, _innovations.c.innovation == _seats.c.innovation).outerjoin(_scores, scored)
    waits = and_(
        _scores.c.screener.is_(None),
        _innovations.c.withdrawn.is_(False),
        _innovations.c.returned == "",
        _innovations.c.state.in_(("unassessed", "eligible")),
    )
    counted = select(
        _seats.c.screener, func.count(), func.count(_scores.c.screener), func.sum(case((waits, 1), else_=0))
    ).select_from(joined)
    rows = connection.execute(
        counted.where(_innovations.c.edition == edition).group_by(_seats.c.screener).order_by(_seats.c.screener)
    )
    return [Load(*row) for row in rows]
