"""The rulebook of an edition: categories, rubrics, tie ladder, calendar and duties as data, so that no edition needs code.

It is written in an edition folder (`editions/<id>/edition.toml`), published once in `RulebookPublished`, named by its digest
ever after, and read by every service from that event.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import Struct

RULES_VERSION = 1
"""The version of the rules that the deciders implement; `EditionOpened` names it."""


class Text(Struct, frozen=True):
    """A name shown to people, in Bahasa Indonesia and English."""

    id: str
    en: str


class InstitutionKind(Struct, frozen=True):
    id: str
    name: Text


class Obligation(Struct, frozen=True):
    """Every institution of this kind registers at least so many innovations, each with a PIC where `pic` is set."""

    kind: str
    innovations: int
    pic: bool = True


class Category(Struct, frozen=True, kw_only=True):
    """What is competed for. An entrant is an institution (with its portfolio of admitted innovations) or one innovation."""

    id: str
    name: Text
    entrant: Literal["institution", "innovation"]
    kinds: tuple[str, ...]
    where: dict[str, str] = {}
    """Fields of the innovation that must have these values, e.g. `{"type": "digital"}`; entrant `innovation` only."""
    nominees: int
    places: int
    ties: Literal["share", "ladder"] = "ladder"
    rubric: str


class Anchor(Struct, frozen=True):
    """What a score of about so many points means, so that jurors mean the same by it."""

    score: int
    words: Text


class Criterion(Struct, frozen=True, kw_only=True):
    """One line of a rubric. Weights are per cent; a rubric's weights add up to 100."""

    id: str
    name: Text
    weight: Decimal
    computed: Literal["count", "maturity"] | None = None
    """None: jurors score it 0-100. Else 100 x min(n, full_at) / full_at, where n is for `count` the number of the entry's admitted
    innovations, for `maturity` the mean of their verified points in the catalogue."""
    full_at: int = 1
    anchors: tuple[Anchor, ...] = ()
    """Shown beside the criterion, the highest first; they bind nobody."""


class Rubric(Struct, frozen=True):
    id: str
    criteria: tuple[Criterion, ...]

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """The criteria that jurors score."""
        return tuple(c for c in self.criteria if c.computed is None)


class Aggregation(Struct, frozen=True, kw_only=True):
    """How jurors' scores become an entry's score: `mean` on a complete panel, `severity` on an incomplete one."""

    complete: Literal["mean"] = "mean"
    incomplete: Literal["severity"] = "severity"
    shrinkage: str = "4/9"
    """λ = variance of noise / variance of severity, as an exact fraction (4/9 = 4² / 6², see docs)."""


class Reason(Struct, frozen=True):
    """A reason code for finding an innovation ineligible or disqualifying it."""

    code: str
    name: Text


class Calendar(Struct, frozen=True, kw_only=True):
    registration_opens: datetime
    registration_closes: datetime
    judging_closes: datetime | None = None


class Publish(Struct, frozen=True, kw_only=True):
    """How much of the scores is told once results are announced."""

    scores: Literal["winners", "nominees", "none"] = "winners"
    """Whose final scores are public."""
    own_scores: bool = True
    """Whether an institution sees what each juror gave its own entries, without the juror's name."""
    own_comments: bool = True
    """Whether it sees the jurors' comments as well."""
    events: bool = False
    """Whether anybody may have the events themselves, once the results of every category are announced: each score and comment
    under its juror's ID. Otherwise they stay with the auditors, and the public has their hashes and its receipts."""


class Indicator(Struct, frozen=True):
    """One indicator of maturity (*satuan inovasi*, Indeks Inovasi Daerah). Points are weight x parameter, 1 to 3."""

    number: int
    name: str
    weight: Decimal
    mandatory: bool
    parameters: tuple[str, ...]


class Catalogue(Struct, frozen=True):
    """The indicators of one year, for which an innovation claims parameters with evidence."""

    id: str
    year: int
    indicators: tuple[Indicator, ...]

    def indicator(self, number: int) -> Indicator | None:
        return next((i for i in self.indicators if i.number == number), None)


class Rulebook(Struct, frozen=True, kw_only=True):
    edition: str
    name: Text
    authority: str
    legal_basis: tuple[str, ...] = ()
    rehearsal: bool = False
    rules_version: int = RULES_VERSION
    calendar: Calendar
    kinds: tuple[InstitutionKind, ...]
    obligations: tuple[Obligation, ...] = ()
    categories: tuple[Category, ...]
    rubrics: tuple[Rubric, ...]
    aggregation: Aggregation = Aggregation()
    ladder: tuple[str, ...] = ()
    """Rungs that break a tie, in order: ids of scored criteria, then `pairwise`, then `vote`."""
    quorum: int
    """Submitted scoresheets that every entry needs before winners are decided."""
    reasons: tuple[Reason, ...] = ()
    eligibility: tuple[Reason, ...]
    """The checklist of PP 38/2017 art. 6: what makes an innovation eligible."""
    minimum_words: int = 300
    """Least length of an innovation's design (rancang bangun), in words."""
    retention_years: int = 5
    """So long after the edition's end its record is kept, and nobody whom it names is erased."""

    endorsement: bool = False
    """Whether an innovation counts only once the head of its institution has endorsed it."""
    unit_meets_parent: bool = False
    """Whether a unit's innovation meets the duty of the institution that the unit belongs to."""
    screeners_per_innovation: int = 2
    """Screeners who assess and score each innovation, each without knowing the others' scores."""
    desk_gap: Decimal = Decimal(15)
    """Desk scores of one innovation that lie further apart than this call for one more screener."""
    objection_days: int = 3
    """Days within which an institution may object to a disqualification."""
    result_objection_days: int = 3
    """Days after the announcement within which an institution whose entry was judged may object to the result."""
    day_seconds: int = 86_400
    """How long a day of these rules lasts; rehearsals may shorten it."""
    reminders: tuple[int, ...] = (7, 3, 1)
    """Days before a deadline on which those whom it concerns are reminded; on the last also the committee hears who is behind."""
    publish: Publish = Publish()
    catalogue: Catalogue | None = None
    """None: no evidence is asked for."""

    def category(self, id: str) -> Category | None:
        return next((c for c in self.categories if c.id == id), None)

    def rubric(self, id: str) -> Rubric:
        """Raises StopIteration for an unknown id: a checked rulebook has none."""
        return next(r for r in self.rubrics if r.id == id)

    def digest(self) -> str:
        """What a rulebook that is published now is named by. One that is on record bears its digest beside it, whatever fields
        have come since: that is never computed anew from what is read, only by `digest_of` from what is written."""
        return digest_of(msgspec.json.encode(self))


def digest_of(raw: bytes | msgspec.Raw) -> str:
    """SHA-256 (hex) of a rulebook's JSON in canonical form: keys sorted, no white space. Of whatever fields it was written with."""
    return hashlib.sha256(msgspec.json.encode(msgspec.json.decode(raw), order="sorted")).hexdigest()
