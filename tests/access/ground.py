"""A small edition in which everything that the examples of the documentation name is there: so that nobody is denied by absence."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from shared import samples
from shared.events.identity import AccountActivated, AccountInvited, RoleGranted
from shared.events.judging import EntryAdmitted, JudgingOpened, JurorAppointed, PanelAssigned
from shared.events.notification import CircularAcknowledged, CircularIssued, MessageQueued
from shared.events.registration import (
    EditionOpened,
    InnovationRecord,
    InnovationSubmitted,
    InstitutionEnrolled,
    RulebookPublished,
)
from shared.events.screening import DossierItem, EligibilityAssessed, Nominated, ShortlistConfirmed
from shared.facts import record_digest
from shared.rulebook import Rulebook
from tests.golden.examples import example
from tests.services.judging import competition
from tests.world import World

EDITION, PERSON, INNOVATION, ENTRY = samples.EDITION, samples.PERSON, samples.INNOVATION, samples.ENTRY
OWN, ELSEWHERE = samples.INSTITUTION, "opd-99"
CATEGORY = "digital"
ADMINISTRATOR, SOMEBODY = "9" * 32, "6" * 32
"""Who runs the machine, by the log's own account; and a person of whom the log says nothing."""

RECORD = InnovationRecord(
    name="Antrean Sehat dari Rumah",
    stage="penerapan",
    initiator="ASN",
    type="digital",
    form="pelayanan publik",
    theme="non tematik",
    main_affair="kesehatan",
    trial_date=date(2022, 1, 1),
    implementation_date=date(2022, 6, 1),
    design="Demo.",
    purpose="Demo.",
    benefit="Demo.",
    result="Demo.",
)


def rules(rehearsal: bool = False) -> Rulebook:
    """Of an edition in which registration is open today."""
    now = datetime.now(UTC)
    calendar = replace(
        competition.RULEBOOK.calendar, registration_opens=now - timedelta(days=1), registration_closes=now + timedelta(days=1)
    )
    return replace(competition.RULEBOOK, edition=EDITION, calendar=calendar, rehearsal=rehearsal)


async def lay(world: World, rehearsal: bool = False) -> None:
    """Record it: an open edition, an enrolled institution, its innovation nominated and before a juror, a circular, a message."""
    rulebook = rules(rehearsal)
    opened = EditionOpened(
        name=rulebook.name, authority=rulebook.authority, rehearsal=rehearsal, rules_version=1, rulebook=rulebook.digest()
    )
    dossier = (DossierItem(innovation=INNOVATION, revision=1, digest=record_digest(RECORD)),)

    async def record(subject: str, *events: object) -> None:
        await world.record(subject, *events, edition=EDITION)  # type: ignore[arg-type]

    await record(f"edition/{EDITION}", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    await record(f"enrolment/{EDITION}.{OWN}", InstitutionEnrolled(institution=OWN, kind="opd", name="Demo Agency"))
    await record(f"innovation/{INNOVATION}", InnovationSubmitted(edition=EDITION, institution=OWN, record=RECORD))
    assessed = EligibilityAssessed(innovation=INNOVATION, institution=OWN, criteria={}, eligible=True, screener=PERSON)
    await record(f"assessment/{INNOVATION}", assessed)
    nominated = Nominated(
        category=CATEGORY,
        entry=ENTRY,
        entrant=INNOVATION,
        kind="innovation",
        institution=OWN,
        name=RECORD.name,
        dossier=dossier,
        desk_score=Decimal(70),
    )
    await record(f"shortlist/{EDITION}.{CATEGORY}", nominated, ShortlistConfirmed(category=CATEGORY, entries=(ENTRY,)))
    await record(f"juror/{EDITION}.{PERSON}", JurorAppointed(juror=PERSON, university="Universitas Contoh"))
    locked = competition.locked(CATEGORY)
    admitted = EntryAdmitted(entry=ENTRY, institution=OWN, name=RECORD.name, dossier=dossier)
    panel = PanelAssigned(entry=ENTRY, jurors=(PERSON,))
    await record(f"category/{EDITION}.{CATEGORY}", locked, admitted, panel, JudgingOpened(entries=(ENTRY,)))
    on_paper = CircularAcknowledged(institution=OWN, person=PERSON, recorded_by=SOMEBODY, scan=samples.DIGEST)
    await record(f"circular/{INNOVATION}", replace(example(CircularIssued), edition=EDITION, institutions=(OWN,)), on_paper)
    await record(f"message/{INNOVATION}", example(MessageQueued))
    administrator = RoleGranted(person=ADMINISTRATOR, role="administrator")
    await record(
        f"account/{ADMINISTRATOR}", AccountInvited(person=ADMINISTRATOR), AccountActivated(person=ADMINISTRATOR), administrator
    )
