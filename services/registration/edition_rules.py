"""What the parts of an edition must be to each other: names that exist, sums, orders. Each rule is a function in `RULES`.

They read the document as it is, not the checked form, so that one misspelt field hides no other fault; values of a wrong type
are the form's matter and are passed over here.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin, get_type_hints

from services.registration.edition_faults import one_of
from services.registration.edition_form import Finding
from services.registration.toml_lines import Path
from shared.events.registration import InnovationRecord

LAST_RUNGS = ("pairwise", "vote")
CLOSED_FIELDS = {
    field: tuple(str(value) for value in get_args(hint))
    for field, hint in get_type_hints(InnovationRecord).items()
    if get_origin(hint) is Literal
}
"""The fields of an innovation that take one value of a short list: those that a category's `where` may name."""
OFFSETS = {"WIB": 7, "WITA": 8, "WIT": 9}
"""Hours before UTC of Indonesia's times (Keppres 41/1987); none has summer time."""


class Part:
    """A value of the document and its place."""

    def __init__(self, value: Any, path: Path = ()) -> None:
        self.value = value
        self.path = path

    def part(self, key: str) -> "Part":
        return Part(self.value.get(key) if isinstance(self.value, dict) else None, (*self.path, key))

    def parts(self, key: str) -> "list[Part]":
        """The elements of the list under `key`."""
        found = self.part(key)
        return [Part(v, (*found.path, i)) for i, v in enumerate(found.value)] if isinstance(found.value, list) else []

    def text(self, key: str) -> str | None:
        value = self.part(key).value
        return value if isinstance(value, str) else None

    def number(self, key: str) -> Decimal | None:
        value = self.part(key).value
        return Decimal(value) if type(value) is int or (isinstance(value, Decimal) and value.is_finite()) else None

    def ids(self, key: str, id: str = "id") -> list[str]:
        return [name for part in self.parts(key) if (name := part.text(id)) is not None]


def ids_are_unique(edition: Part) -> Iterator[Finding]:
    lists = [(edition, "kind", "id"), (edition, "category", "id"), (edition, "rubric", "id"), (edition, "reason", "code")]
    lists += [(edition, "eligibility", "code"), (edition, "obligation", "kind")]
    lists += [(rubric, "criterion", "id") for rubric in edition.parts("rubric")]
    for owner, key, id in lists:
        yield from _repeated(key, [part.part(id) for part in owner.parts(key)])
    yield from _repeated("ladder", edition.parts("ladder"))
    for category in edition.parts("category"):
        yield from _repeated("category.kinds", category.parts("kinds"))


def _repeated(what: str, parts: list[Part]) -> Iterator[Finding]:
    seen = set()
    for part in parts:
        if isinstance(part.value, str):
            if part.value in seen:
                en = f"{what}: {part.value} occurs more than once; name each only once"
                yield part.path, en, f"{what}: {part.value} muncul lebih dari sekali; sebut masing-masing satu kali"
            seen.add(part.value)


def kinds_exist(edition: Part) -> Iterator[Finding]:
    kinds = edition.ids("kind")
    for category in edition.parts("category"):
        for kind in category.parts("kinds"):
            yield from _unknown("category.kinds", kind, "kind", "jenis", kinds)
    for obligation in edition.parts("obligation"):
        yield from _unknown("obligation.kind", obligation.part("kind"), "kind", "jenis", kinds)


def rubrics_exist(edition: Part) -> Iterator[Finding]:
    for category in edition.parts("category"):
        yield from _unknown("category.rubric", category.part("rubric"), "rubric", "rubrik", edition.ids("rubric"))


def _unknown(what: str, part: Part, en: str, id: str, known: list[str]) -> Iterator[Finding]:
    if isinstance(part.value, str) and part.value not in known:
        in_english = f"{what}: this edition defines no {en} {part.value}; write {one_of(known, 'or')}"
        yield part.path, in_english, f"{what}: gelaran ini tidak memuat {id} {part.value}; tulis {one_of(known, 'atau')}"


def filters_name_fields(edition: Part) -> Iterator[Finding]:
    """`where` restricts innovations by a field with a closed vocabulary; institutions have none."""
    for category in edition.parts("category"):
        where = category.part("where")
        if not isinstance(where.value, dict):
            continue
        if category.text("entrant") == "institution" and where.value:
            en = "category.where: only a category of innovations may restrict them; remove it"
            yield where.path, en, "category.where: hanya kategori inovasi yang dapat membatasi isian; hapus"
        for field, value in where.value.items():
            yield from _unknown("category.where", Part(field, (*where.path, field)), "field", "isian", list(CLOSED_FIELDS))
            if isinstance(value, str) and value not in (allowed := CLOSED_FIELDS.get(field, (value,))):
                en = f"category.where: {field} is never {value}; write {one_of(allowed, 'or')}"
                yield (*where.path, field), en, f"category.where: {field} tidak pernah {value}; tulis {one_of(allowed, 'atau')}"


def places_fit_nominees(edition: Part) -> Iterator[Finding]:
    for category in edition.parts("category"):
        places, nominees = category.number("places"), category.number("nominees")
        if places and nominees and places > nominees:
            en = f"category.places: {places} places need as many nominees; write {nominees} or less"
            yield (
                category.part("places").path,
                en,
                f"category.places: {places} juara perlu nominasi sebanyak itu; tulis {nominees} atau kurang",
            )


def weights_add_to_100(edition: Part) -> Iterator[Finding]:
    for rubric in edition.parts("rubric"):
        weights = [criterion.number("weight") for criterion in rubric.parts("criterion")]
        known = [weight for weight in weights if weight is not None]
        if known and len(known) == len(weights) and (total := sum(known)) != 100:
            name = rubric.text("id") or ""
            en = f"rubric {name}: the weights add up to {total}; make them add up to 100"
            yield rubric.path, en, f"rubrik {name}: jumlah bobot {total}; jadikan jumlahnya 100"


def computed_criteria_have_a_portfolio(edition: Part) -> Iterator[Finding]:
    """`count` counts an institution's admitted innovations, `maturity` takes the mean of their verified points in the catalogue;
    each says at how many it reaches 100; jurors score the rest."""
    counting = set()
    for rubric in edition.parts("rubric"):
        criteria = rubric.parts("criterion")
        for criterion in criteria:
            computed, full_at = criterion.part("computed"), criterion.part("full_at")
            if computed.value == "count":
                counting.add(rubric.text("id"))
            if computed.value == "maturity" and edition.part("catalogue").value is None:
                en = "criterion.computed: maturity is counted in points of a catalogue, and the edition names none; add catalogue"
                id = "criterion.computed: kematangan dihitung dari poin katalog, dan gelaran belum menyebutnya; tambahkan catalogue"
                yield computed.path, en, id
            if computed.value is not None and full_at.value is None:
                en = "criterion.full_at: a computed criterion needs the number that earns 100; add full_at"
                yield (
                    full_at.path,
                    en,
                    "criterion.full_at: kriteria terhitung memerlukan jumlah bernilai 100; tambahkan full_at",
                )
            elif computed.value is None and full_at.value is not None:
                en = 'criterion.full_at: only a computed criterion has it; add computed = "count" or remove full_at'
                id = 'criterion.full_at: hanya untuk kriteria terhitung; tambahkan computed = "count" atau hapus full_at'
                yield full_at.path, en, id
        if criteria and all(criterion.part("computed").value is not None for criterion in criteria):
            name = rubric.text("id") or ""
            en = f"rubric {name}: jurors have nothing to score; add a criterion without computed"
            yield rubric.path, en, f"rubrik {name}: tidak ada yang dinilai juri; tambahkan kriteria tanpa computed"
    for category in edition.parts("category"):
        if category.text("entrant") == "innovation" and category.text("rubric") in counting:
            en = "category.rubric: this rubric counts a portfolio, which an innovation has not; use another"
            yield (
                category.part("rubric").path,
                en,
                "category.rubric: rubrik ini menghitung portofolio, yang tidak dimiliki inovasi; pakai rubrik lain",
            )


def no_single_sheet_is_published(edition: Part) -> Iterator[Finding]:
    """The published score of an entry that one juror has scored would be that juror's own."""
    if edition.number("quorum") == 1 and edition.part("publish").text("scores") != "none":
        en = "quorum: with one sheet an entry's published score would be its juror's own; write 2 or more, or publish.scores none"
        id = "quorum: dengan satu lembar, nilai yang diumumkan adalah nilai jurinya; tulis 2 atau lebih, atau publish.scores none"
        yield edition.part("quorum").path, en, id


def ladder_leads_to_a_decision(edition: Part) -> Iterator[Finding]:
    """Criteria that every rubric under the ladder scores, then `pairwise`, then `vote`, which always decides."""
    climbing = {c.text("rubric") for c in edition.parts("category") if c.part("ties").value in (None, "ladder")}
    rubrics = [rubric for rubric in edition.parts("rubric") if rubric.text("id") in climbing]
    scored: Counter[str | None] = Counter()
    for rubric in rubrics:
        scored.update({c.text("id"): 1 for c in rubric.parts("criterion") if c.part("computed").value is None})
    common = [id for id, times in scored.items() if id is not None and times >= len(rubrics)]
    rungs = edition.parts("ladder")
    for rung in rungs:
        if isinstance(rung.value, str) and rung.value not in (*common, *LAST_RUNGS):
            known = [*common, *LAST_RUNGS]
            en = (
                f"ladder: {rung.value} is scored in no or not in every rubric that uses the ladder; write {one_of(known, 'or')}"
            )
            id = f"ladder: {rung.value} tidak dinilai di setiap rubrik yang memakai tangga ini; tulis {one_of(known, 'atau')}"
            yield rung.path, en, id
    ranks = [(LAST_RUNGS.index(rung.value) + 1 if rung.value in LAST_RUNGS else 0) for rung in rungs]
    ladder = edition.part("ladder")
    if ranks != sorted(ranks):
        en = "ladder: write criteria first, then pairwise, then vote"
        yield ladder.path, en, "ladder: tulis kriteria dahulu, lalu pairwise, lalu vote"
    if climbing and (not rungs or "vote" not in [rung.value for rung in rungs]):
        en = "ladder: a tie could stay unbroken; end the ladder with vote"
        yield ladder.path, en, "ladder: nilai seri bisa tidak terpecahkan; akhiri tangga dengan vote"


def dates_are_in_order(edition: Part) -> Iterator[Finding]:
    """Times are in the edition's time zone, written with its offset or without any; each comes after the one before."""
    calendar = edition.part("calendar")
    zone = edition.text("timezone")
    hours = OFFSETS.get(zone or "")
    earlier: tuple[str, datetime] | None = None
    for key in ("registration_opens", "registration_closes", "judging_closes"):
        time = calendar.part(key).value
        if not isinstance(time, datetime):
            continue
        offset = time.utcoffset()
        if hours is not None and offset is not None and offset.total_seconds() != hours * 3600:
            en = f"calendar.{key}: {zone} is +0{hours}:00; write the time with this offset"
            yield (*calendar.path, key), en, f"calendar.{key}: {zone} adalah +0{hours}:00; tulis waktu dengan selisih ini"
        local = time.replace(tzinfo=None)
        if earlier and local <= earlier[1]:
            en = f"calendar.{key}: write a time after {earlier[0]} ({earlier[1].isoformat(' ')})"
            yield (*calendar.path, key), en, f"calendar.{key}: tulis waktu sesudah {earlier[0]} ({earlier[1].isoformat(' ')})"
        earlier = (key, local)


RULES: tuple[Callable[[Part], Iterator[Finding]], ...] = (
    ids_are_unique,
    kinds_exist,
    rubrics_exist,
    filters_name_fields,
    places_fit_nominees,
    weights_add_to_100,
    computed_criteria_have_a_portfolio,
    no_single_sheet_is_published,
    ladder_leads_to_a_decision,
    dates_are_in_order,
)
