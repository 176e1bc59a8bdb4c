"""The mandate of every act can be traced: who held which role by which decree when."""

from typing import Any

from tests.services.identity.office_hours import DECREE, Identity, identity
from tests.world import World, bearer

EDITION = "batam-2023"
FIRST = {"role": "operator", "edition": EDITION, "institutions": ["opd-01"], **DECREE}
SECOND = {**FIRST, "institutions": ["opd-01", "opd-02"], "decree": "SK-2/2023", "decree_date": "2023-03-01"}


async def mandates(here: Identity, token: str, position: str = "0", status: int = 200, **asked: Any) -> list[dict[str, Any]]:
    answer = await here.client.get("/v1/mandates", params={"at_least": position, **asked}, headers=bearer(token))
    assert answer.status_code == status, answer.text
    return list(answer.json().get("mandates", []))


async def asked(here: Identity, token: str, path: str, body: dict[str, Any]) -> str:
    """Position reached."""
    answer = await here.client.post(path, json=body, headers=bearer(token))
    assert answer.is_success, answer.text
    return answer.headers["makmal-position"]


async def test_every_mandate_of_a_person_stays_on_record_with_its_decree_and_its_end(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example")
        first = await asked(here, root, "/v1/roles", {"person": person, **FIRST})
        second = await asked(here, root, "/v1/roles", {"person": person, **SECOND})
        revocation = {"person": person, "role": "operator", "edition": EDITION, "reason": "moved away"}
        last = await asked(here, root, "/v1/roles/revocation", revocation)
        actor = (await here.parts.verifier.principal(root)).id

        narrow, wide = await mandates(here, root, last, person=person)
        assert (narrow["institutions"], narrow["decree"], narrow["position"]) == (["opd-01"], "SK-1/2023", int(first))
        assert (narrow["ended_position"], narrow["until"], narrow["reason"]) == (int(second), wide["since"], "")
        assert (wide["decree_date"], wide["holder"]) == ("2023-03-01", f"person/{person}")
        assert (wide["granted_by"], wide["ended_by"], wide["reason"]) == (actor, actor, "moved away")
        assert (await here.client.get(f"/v1/persons/{person}/roles", headers=bearer(root))).json() == {"roles": []}

        for moment, held in ((narrow["since"], [narrow]), (wide["since"], [wide]), (wide["until"], [])):
            assert await mandates(here, root, person=person, at=moment) == held
        for position, held in ((first, [narrow]), (second, [wide]), (last, [])):
            assert await mandates(here, root, person=person, at_position=position) == held


async def test_mandates_are_listed_by_edition_and_role_page_by_page(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        for n in range(3):
            await here.account(root, f"juror{n}@kota.example", {"role": "juror", "edition": EDITION, **DECREE})
        await here.account(root, "other@kota.example", {"role": "juror", "edition": "batam-2024", **DECREE})
        new = {"client": "sipd", "edition": EDITION, "scopes": ["innovations:write"]}
        position = await asked(here, root, "/v1/clients", new)

        assert len(await mandates(here, root, position, edition=EDITION, role="juror")) == 3
        (client,) = await mandates(here, root, client="sipd")
        assert (client["holder"], client["role"], client["edition"]) == ("client/sipd", "service", EDITION)
        query = f"?edition={EDITION}&limit=3"
        answer = await here.client.get(f"/v1/mandates{query}", headers=bearer(root))
        following = answer.headers["link"].partition("<")[2].partition(">")[0]
        rest = await here.client.get(f"/v1/mandates{following}", headers=bearer(root))
        assert [m["role"] for m in rest.json()["mandates"]] == ["service"] and "link" not in rest.headers


async def test_committee_and_auditors_look_into_their_own_edition_and_everybody_at_himself(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        tokens = {}
        for role in ("committee", "auditor", "juror"):
            await here.account(root, f"{role}@kota.example", {"role": role, "edition": EDITION, **DECREE})
            tokens[role] = await here.token(f"{role}@kota.example")
        own = (await here.parts.verifier.principal(tokens["juror"])).person
        for role in ("committee", "auditor"):
            assert await mandates(here, tokens[role], edition=EDITION)
            await mandates(here, tokens[role], "0", 403, edition="batam-2024")
            await mandates(here, tokens[role], "0", 403)
        await mandates(here, tokens["juror"], "0", 403, edition=EDITION)
        assert [m["role"] for m in await mandates(here, tokens["juror"], person=own)] == ["juror"]
        assert (await here.client.get("/v1/mandates")).status_code == 401
