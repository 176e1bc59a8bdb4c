"""What jurors read stays as it was nominated, also when registration is reopened for others. On the real broker."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from shared.events.screening import DossierItem, Nominated, ShortlistConfirmed
from shared.facts import record_digest
from tests.golden.examples import example
from tests.services.registration.made_up import record, record_json
from tests.services.registration.office import Office, innovation_of, problem

FIXED = "whose dossier is fixed"


async def test_a_nominated_innovation_is_neither_revised_nor_withdrawn_in_a_reopened_registration(office: Office) -> None:
    path = await innovation_of(office)
    other = await innovation_of(office, record=record_json(name="Antrean Lain"))
    id = path.rpartition("/")[2]
    await office.post("committee", "/editions/test/registration/closing", {})
    dossier = (DossierItem(innovation=id, revision=1, digest=record_digest(record())),)
    nominated = replace(example(Nominated), entry=f"test.digital.{id}", institution="opd-01", dossier=dossier)
    confirmed = ShortlistConfirmed(category="digital", entries=(nominated.entry,))
    await office.world.record("shortlist/test.digital", nominated, confirmed)
    later = {"closes": (datetime.now(UTC) + timedelta(hours=2)).isoformat(), "reason": "Banjir"}
    assert (await office.post("committee", "/editions/test/registration/reopening", later)).status_code == 200

    revision = {"record": record_json(name="Antrean Baru")}
    assert FIXED in problem(await office.put("operator", path, revision, **{"If-Match": "*"}), 409)
    assert FIXED in problem(await office.post("operator", f"{path}/withdrawal", {"reason": "Keliru"}), 409)
    assert (await office.put("operator", other, revision, **{"If-Match": "*"})).status_code == 200
