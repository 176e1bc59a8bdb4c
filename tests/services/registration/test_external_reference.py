"""Another system finds what it submitted by its own number."""

from tests.services.registration.made_up import record_json
from tests.services.registration.office import Office


async def test_an_innovation_is_found_by_the_callers_own_number(office: Office) -> None:
    ours = await office.submit(external_reference="SIPD/42")
    assert ours.status_code == 201
    other = {"institution": "opd-01", "record": record_json(name="Lapor Jalan"), "external_reference": "SIPD/43"}
    assert (await office.post("operator", "/editions/test/innovations", other)).status_code == 201
    reached = (await office.post("operator", "/editions/test/innovations", other)).status_code
    assert reached == 409, "its name is taken: nothing is recorded twice"

    found = await office.get("operator", "/editions/test/innovations", external_reference="SIPD/42")
    assert [one["innovation"] for one in found.json()] == [ours.json()["innovation"]]
    assert (await office.get("operator", "/editions/test/innovations", external_reference="SIPD/4")).json() == []
