"""The form of `edition.toml`: which fields it has and of what types. The meaning of each stands in `shared.rulebook`.

Names in the file are singular where a table is repeated (`[[category]]`), and the rulebook's plural here.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from services.registration.edition_faults import one_of
from services.registration.toml_lines import Path

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Words = Annotated[str, StringConstraints(pattern=r"\S", max_length=300)]
Count = Annotated[int, Field(ge=1, le=100_000)]


def _exact(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


Weight = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=100)]


class Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TextForm(Form):
    id: Words
    en: Words


class KindForm(Form):
    id: Identifier
    name: TextForm


class ObligationForm(Form):
    kind: Identifier
    innovations: Count
    pic: bool = True


class CategoryForm(Form):
    id: Identifier
    name: TextForm
    entrant: Literal["institution", "innovation"]
    kinds: Annotated[list[Identifier], Field(min_length=1)]
    where: dict[str, str] = {}
    nominees: Count
    places: Count
    ties: Literal["share", "ladder"] = "ladder"
    rubric: Identifier


class AnchorForm(Form):
    score: Annotated[int, Field(ge=0, le=100)]
    words: TextForm


class CriterionForm(Form):
    id: Identifier
    name: TextForm
    weight: Weight
    computed: Literal["count", "maturity"] | None = None
    full_at: Count = 1
    anchors: Annotated[list[AnchorForm], Field(alias="anchor", max_length=10)] = []


class RubricForm(Form):
    id: Identifier
    criteria: Annotated[list[CriterionForm], Field(alias="criterion", min_length=1)]


class AggregationForm(Form):
    complete: Literal["mean"] = "mean"
    incomplete: Literal["severity"] = "severity"
    shrinkage: Annotated[str, StringConstraints(pattern=r"^[0-9]+(/0*[1-9][0-9]*)?$", max_length=20)] = "4/9"


class ReasonForm(Form):
    code: Identifier
    name: TextForm


class CalendarForm(Form):
    registration_opens: datetime
    registration_closes: datetime
    judging_closes: datetime | None = None


class PublishForm(Form):
    scores: Literal["winners", "nominees", "none"] = "winners"
    own_scores: bool = True
    own_comments: bool = True
    events: bool = False


class EditionForm(Form):
    edition: Annotated[Identifier, Field(alias="id")]
    name: TextForm
    authority: Words
    timezone: Literal["WIB", "WITA", "WIT"]
    rehearsal: bool = False
    legal_basis: list[Words] = []
    quorum: Count
    ladder: list[Identifier] = []
    minimum_words: Count = 300
    retention_years: Annotated[int, Field(ge=0, le=100)] = 5
    endorsement: bool = False
    unit_meets_parent: bool = False
    screeners_per_innovation: Annotated[int, Field(ge=1, le=9)] = 2
    desk_gap: Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=100)] = Decimal(15)
    objection_days: Annotated[int, Field(ge=0, le=365)] = 3
    result_objection_days: Annotated[int, Field(ge=0, le=365)] = 3
    day_seconds: Annotated[int, Field(ge=1, le=86_400)] = 86_400
    reminders: Annotated[list[Annotated[int, Field(ge=1, le=90)]], Field(max_length=10)] = [7, 3, 1]
    catalogue: Identifier | None = None
    calendar: CalendarForm
    aggregation: AggregationForm = AggregationForm()
    publish: PublishForm = PublishForm()
    kinds: Annotated[list[KindForm], Field(alias="kind", min_length=1)]
    obligations: Annotated[list[ObligationForm], Field(alias="obligation")] = []
    categories: Annotated[list[CategoryForm], Field(alias="category", min_length=1)]
    rubrics: Annotated[list[RubricForm], Field(alias="rubric", min_length=1)]
    reasons: Annotated[list[ReasonForm], Field(alias="reason")] = []
    eligibility: Annotated[list[ReasonForm], Field(min_length=1)]


Finding = tuple[Path, str, str]
"""Where in the document, what is wrong and right in English, and in Bahasa Indonesia."""


def findings_of(error: ValidationError) -> Iterator[Finding]:
    """One finding for each field that is missing, unknown or of the wrong type or size."""
    for detail in error.errors(include_url=False):
        path: Path = detail["loc"]
        en, id = _sentence(detail, path)
        name = ".".join(part for part in path if isinstance(part, str))
        yield path, f"{name}: {en}", f"{name}: {id}"


def _sentence(detail: ErrorDetails, path: Path) -> tuple[str, str]:
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "this field is missing; add it", "isian ini belum ada; tambahkan"
        case "extra_forbidden":
            return _unknown_field(path)
        case "string_type":
            return 'write a text, in quotes ("…")', 'tulis teks, di antara tanda kutip ("…")'
        case "int_type" | "int_from_float" | "decimal_type":
            return "write a number, without quotes", "tulis angka, tanpa tanda kutip"
        case "finite_number":
            return "write an ordinary number", "tulis angka biasa"
        case "bool_type":
            return "write true or false", "tulis true atau false"
        case "datetime_type":
            return (
                "write a date with its time: 2023-02-01T08:00:00+07:00",
                "tulis tanggal beserta waktunya: 2023-02-01T08:00:00+07:00",
            )
        case "list_type":
            if path[-1] in _REPEATED:
                return (
                    f"write a table for each, headed [[{path[-1]}]]",
                    f"tulis satu tabel untuk masing-masing, berjudul [[{path[-1]}]]",
                )
            return "write a list, in square brackets", "tulis daftar, di antara kurung siku"
        case "model_type" | "dict_type":
            return "write a table, { … } or [ … ] with its fields", "tulis tabel, { … } atau [ … ] beserta isiannya"
        case "literal_error":
            expected = str(limits["expected"]).replace("'", '"')
            return f"write {expected}", f"tulis {expected.replace(' or ', ' atau ')}"
        case "string_pattern_mismatch":
            return _PATTERNS[str(limits["pattern"])]
        case "string_too_long":
            return f"write at most {limits['max_length']} characters", f"tulis paling banyak {limits['max_length']} karakter"
        case "too_short":
            return "write at least one", "tulis sedikitnya satu"
        case "greater_than_equal":
            return f"write {limits['ge']} or more", f"tulis {limits['ge']} atau lebih"
        case "greater_than":
            return f"write more than {limits['gt']}", f"tulis lebih dari {limits['gt']}"
        case "less_than_equal":
            return f"write {limits['le']} or less", f"tulis {limits['le']} atau kurang"
    return f"not what belongs here ({detail['msg']})", f"bukan isian yang benar ({detail['msg']})"


_REPEATED = ("kind", "obligation", "category", "rubric", "criterion", "reason", "eligibility")

_PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": (
        "use lower-case letters and digits, with single hyphens between them",
        "gunakan huruf kecil dan angka, dengan satu tanda hubung di antaranya",
    ),
    r"\S": ("write at least one word", "tulis sedikitnya satu kata"),
    r"^[0-9]+(/0*[1-9][0-9]*)?$": (
        'write an exact fraction as a text, as "4/9" or "1"',
        'tulis pecahan tepat sebagai teks, seperti "4/9" atau "1"',
    ),
}


def _unknown_field(path: Path) -> tuple[str, str]:
    known = _fields_at(path[:-1])
    close = get_close_matches(str(path[-1]), known, n=1)
    fields_en, fields_id = one_of(close or known, "or"), one_of(close or known, "atau")
    if close:
        return f"no field has this name; did you mean {fields_en}?", f"tidak ada isian bernama ini; maksudnya {fields_id}?"
    return f"no field has this name; write {fields_en}", f"tidak ada isian bernama ini; tulis {fields_id}"


def _fields_at(path: Path) -> list[str]:
    """The fields of the table at `path`, by the names that the file uses."""
    model: type[BaseModel] = EditionForm
    for part in path:
        if isinstance(part, str):
            field = next(f for name, f in model.model_fields.items() if (f.alias or name) == part)
            model = _model_in(field.annotation)
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel]:
    """The form of a table or of the elements of a list of tables."""
    return cast(type[BaseModel], getattr(annotation, "__args__", (annotation,))[0])
