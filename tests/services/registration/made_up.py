"""What the tests of registration start from: a small edition, institutions and innovations, all made up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from shared.events.registration import (
    EditionOpened,
    InnovationRecord,
    InstitutionEnrolled,
    ObligationSet,
    RulebookPublished,
)
from shared.rulebook import (
    Calendar,
    Category,
    Criterion,
    InstitutionKind,
    Obligation,
    Reason,
    Rubric,
    Rulebook,
    Text,
)

OPENS = datetime(2023, 2, 1, 8, 0, tzinfo=UTC)
NOON = datetime(2023, 3, 1, 12, 0, tzinfo=UTC)
CLOSES = datetime(2023, 3, 31, 16, 0, tzinfo=UTC)
JUDGED = datetime(2023, 5, 31, 16, 0, tzinfo=UTC)
LATER = CLOSES + timedelta(days=7)
SECOND = timedelta(seconds=1)


def both(text: str) -> Text:
    return Text(text, text)


def rulebook(edition: str = "test", opens: datetime = OPENS, closes: datetime = CLOSES, **more: Any) -> Rulebook:
    """A sound rulebook: agencies owe one innovation with a PIC, wards owe nothing."""
    values: dict[str, Any] = {
        "edition": edition,
        "name": Text("Lomba rekaan", "Made-up competition"),
        "authority": "Kota Rekaan",
        "calendar": Calendar(registration_opens=opens, registration_closes=closes, judging_closes=JUDGED),
        "kinds": (InstitutionKind("opd", both("OPD")), InstitutionKind("kelurahan", both("Kelurahan"))),
        "obligations": (Obligation("opd", 1),),
        "categories": (
            Category(
                id="digital",
                name=both("Digital"),
                entrant="innovation",
                kinds=("opd", "kelurahan"),
                where={"type": "digital"},
                nominees=3,
                places=3,
                rubric="idea",
            ),
        ),
        "rubrics": (Rubric("idea", (Criterion(id="novelty", name=both("Kebaharuan"), weight=Decimal(100)),)),),
        "ladder": ("novelty", "vote"),
        "quorum": 3,
        "eligibility": (Reason("renewal", both("Pembaharuan")),),
    }
    return Rulebook(**{**values, **more})


def opened(rules: Rulebook | None = None) -> tuple[EditionOpened, RulebookPublished]:
    rules = rules or rulebook()
    digest = rules.digest()
    first = EditionOpened(
        name=rules.name, authority=rules.authority, rehearsal=rules.rehearsal, rules_version=1, rulebook=digest
    )
    return first, RulebookPublished(digest=digest, rulebook=rules)


ENROLLED = InstitutionEnrolled(institution="opd-01", kind="opd", name="Dinas Rekaan")
OWES_ONE = ObligationSet(institution="opd-01", innovations=1, pic=True)

DESIGN = " ".join(f"kata{n}" for n in range(300))


def record(name: str = "Antrean Tanpa Antre", **more: Any) -> InnovationRecord:
    values: dict[str, Any] = {
        "name": name,
        "stage": "penerapan",
        "initiator": "ASN",
        "type": "digital",
        "form": "pelayanan publik",
        "theme": "non tematik",
        "main_affair": "kesehatan",
        "trial_date": date(2022, 1, 10),
        "implementation_date": date(2022, 6, 1),
        "design": DESIGN,
        "purpose": "Antrean yang pendek",
        "benefit": "Warga tidak menunggu",
        "result": "Rata-rata sepuluh menit",
    }
    return InnovationRecord(**{**values, **more})


def record_json(name: str = "Antrean Tanpa Antre", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record(name, **more)))
    return found
