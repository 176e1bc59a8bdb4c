"""The vault is for the work of an edition: who worked for one that is over has no business in it any more."""

from datetime import date

import pytest

from shared.events.registration import EditionCancelled, EditionConcluded, EditionOpened, RulebookPublished
from shared.security import Grant
from tests.access.ground import rules
from tests.services.identity.office_hours import DECREE, identity
from tests.world import World, bearer

OVER = [EditionConcluded(), EditionCancelled(reason="there was no budget", effective=date(2023, 4, 1))]
ANI = {"name": "Demo Ani", "email": "ani@kota.example"}
REFUSED = "batam-2023 is over, and your role ended with its work; ask an administrator, or somebody of an edition that goes on"


async def open_edition(world: World) -> None:
    rulebook = rules()
    opened = EditionOpened(
        name=rulebook.name, authority=rulebook.authority, rehearsal=False, rules_version=1, rulebook=rulebook.digest()
    )
    published = RulebookPublished(rulebook=rulebook, digest=rulebook.digest())
    await world.record("edition/batam-2023", opened, published, edition="batam-2023")


@pytest.mark.parametrize("end", OVER, ids=["concluded", "cancelled"])
async def test_after_an_edition_its_people_register_find_and_invite_nobody(
    world: World, end: EditionConcluded | EditionCancelled
) -> None:
    async with identity(world) as here:
        committee = Grant("committee", "batam-2023")
        token = await world.token("person/" + "c" * 32, committee)
        await open_edition(world)
        person = (await here.post("/v1/persons", token, ANI))["person"]
        await world.record("edition/batam-2023", end, edition="batam-2023")

        assert (await here.post("/v1/persons", token, ANI, 403))["detail"] == REFUSED
        assert (await here.post("/v1/accounts", token, {"person": person}, 403))["detail"] == REFUSED
        found = await here.client.get("/v1/persons", params={"email": ANI["email"]}, headers=bearer(token))
        assert (found.status_code, found.json()["detail"]) == (403, REFUSED)
        # A name on its record is still read, and who is of a later edition too goes on.
        named = await here.client.get(f"/v1/persons/{person}", headers=bearer(token))
        assert (named.status_code, named.json()["name"]) == (200, "Demo Ani")
        both = await world.token("person/" + "d" * 32, committee, Grant("committee", "batam-2024"))
        await here.post("/v1/persons", both, {**ANI, "email": "budi@kota.example"})


async def test_a_committee_sees_the_roles_of_a_person_in_its_own_edition(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        roles = [{"role": "juror", "edition": edition, **DECREE} for edition in ("batam-2023", "batam-2024")]
        person = await here.account(root, "ani@kota.example", *roles)
        own = await here.token("ani@kota.example")

        async def editions(token: str) -> list[str]:
            position = len(await world.all_events())
            path = f"/v1/persons/{person}/roles?at_least={position}"
            answer = await here.client.get(path, headers=bearer(token))
            assert answer.status_code == 200, answer.text
            return [role["edition"] for role in answer.json()["roles"]]

        await here.account(root, "committee@kota.example", {"role": "committee", "edition": "batam-2024", **DECREE})
        committee = await here.token("committee@kota.example")
        assert await editions(committee) == ["batam-2024"]
        assert await editions(own) == await editions(root) == ["batam-2023", "batam-2024"]
