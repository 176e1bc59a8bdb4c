"""The edition that the notification service's tests write letters about."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from shared.events.registration import InnovationRecord
from shared.rulebook import Calendar, Category, Criterion, InstitutionKind, Reason, Rubric, Rulebook, Text

WIB = timezone(timedelta(hours=7))

RULEBOOK = Rulebook(
    edition="test",
    name=Text("Lomba", "Competition"),
    authority="Kota Demo",
    calendar=Calendar(
        registration_opens=datetime(2023, 1, 31, tzinfo=WIB), registration_closes=datetime(2023, 7, 7, 23, 59, tzinfo=WIB)
    ),
    kinds=(InstitutionKind("opd", Text("OPD", "agency")),),
    categories=(
        Category(
            id="digital",
            name=Text("Inovasi digital terbaik", "Best digital innovation"),
            entrant="innovation",
            kinds=("opd",),
            nominees=5,
            places=3,
            rubric="juri",
        ),
    ),
    rubrics=(Rubric("juri", (Criterion(id="novelty", name=Text("kebaharuan", "novelty"), weight=Decimal(100)),)),),
    quorum=1,
    reasons=(Reason("careless", Text("jawaban asal-asalan", "careless answers")),),
    eligibility=(Reason("renewal", Text("pembaharuan", "renewal")),),
)


def record_named(name: str) -> InnovationRecord:
    return InnovationRecord(
        name=name,
        stage="penerapan",
        initiator="ASN",
        type="digital",
        form="pelayanan publik",
        theme="non tematik",
        main_affair="sosial",
        trial_date=date(2022, 1, 1),
        implementation_date=date(2022, 2, 1),
        design="rancang bangun",
        purpose="tujuan",
        benefit="manfaat",
        result="hasil",
    )
