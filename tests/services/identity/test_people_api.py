"""People in the vault, invitations and activations, over HTTP on a real log."""

import asyncio

import pytest

from services.identity.office import Office
from shared.events.identity import AccountActivated, AccountInvited
from shared.security import Grant
from tests.services.identity.office_hours import PASSWORD, Identity, identity
from tests.world import World, bearer

ANI = {"name": "Demo Ani", "email": "ani@kota.example", "phone": "+62 1", "nip": "1987", "language": "en"}


async def committee(world: World) -> str:
    return await world.token("person/" + "c" * 32, Grant("committee", "batam-2023"))


async def activate(here: Identity, invitation: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = await here.client.post("/v1/accounts/activation", json={"invitation": invitation, "password": password})
    return answer.status_code, answer.json().get("detail", "")


# -- the vault


async def test_a_registered_person_is_known_by_an_opaque_id_and_the_log_has_nothing_of_him(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        person = (await here.post("/v1/persons", token, ANI))["person"]
        found = await here.client.get(f"/v1/persons/{person}", headers=bearer(token))
        assert found.json() == {"person": person, "name": "Demo Ani", "email": "ani@kota.example", "language": "en"}
        await here.post("/v1/accounts", token, {"person": person})
        recorded = b"".join(event.raw for event in await world.all_events())
        assert person.encode() in recorded
        for secret in ("Ani", "ani@kota", "1987"):
            assert secret.encode() not in recorded


async def test_a_repeated_registration_gives_the_same_person(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        first = await here.post("/v1/persons", token, ANI, key="the same key")
        assert await here.post("/v1/persons", token, ANI, key="the same key") == first
        other = await here.post("/v1/persons", token, {**ANI, "email": "b@kota.example"}, 422, key="the same key")
        assert other["type"] == "urn:makmal:problem:idempotency-key-reused"


async def test_a_person_without_an_address_signs_in_with_his_nip_or_his_id(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        with_nip = await here.post("/v1/accounts", token, {"person": await _without_address(here, token, nip="1987 01")})
        assert await activate(here, with_nip["invitation"]) == (200, "")
        assert (await here.sign_in("1987 01")).status_code == 200
        without = await here.post("/v1/accounts", token, {"person": await _without_address(here, token, name="Demo Budi")})
        assert await activate(here, without["invitation"]) == (200, "")
        assert (await here.sign_in(without["person"])).status_code == 200
        assert await _without_address(here, token, nip="1987 01") == with_nip["person"]
        other = {"name": "Demo Citra", "nip": "1987 01"}
        assert "registered under another name" in (await here.post("/v1/persons", token, other, 409))["detail"]


async def _without_address(here: Identity, token: str, **more: str) -> str:
    return str((await here.post("/v1/persons", token, {"name": "Demo Ani", **more}))["person"])


async def test_notification_looks_up_many_people_at_once_with_the_vaults_secret_alone(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        persons = [(await here.post("/v1/persons", token, {**ANI, "email": f"a{n}@kota.example"}))["person"] for n in range(3)]
        query = {"person": [*persons, "0" * 32, "nobody"]}
        secret = {"Makmal-Vault-Secret": "vault-secret"}
        found = (await here.client.get("/v1/vault", params=query, headers=secret)).json()
        assert {each["person"]: each["login"] for each in found} == {
            person: f"a{n}@kota.example" for n, person in enumerate(persons)
        }
        for headers in ({}, {"Makmal-Vault-Secret": "guessed"}, bearer(token)):
            assert (await here.client.get("/v1/vault", params=query, headers=headers)).status_code == 403
        assert (await here.client.get("/v1/vault", params={"person": ["x"] * 101}, headers=secret)).status_code == 422


async def test_an_address_belongs_to_one_person(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        first = await here.post("/v1/persons", token, ANI)
        assert await here.post("/v1/persons", token, {**ANI, "name": "demo  ANI", "email": "Ani@Kota.example"}) == first
        refused = await here.post("/v1/persons", token, {**ANI, "name": "Demo Budi"}, 409)
        assert "registered under another name" in refused["detail"]


@pytest.mark.parametrize("name", ["", "  ", "Demo\nBcc: all", "Demo\0"])
async def test_a_name_is_one_line_of_text(world: World, name: str) -> None:
    async with identity(world) as here:
        await here.post("/v1/persons", await committee(world), {**ANI, "name": name}, 422)


@pytest.mark.parametrize("email", ["ani", "ani@", "a b@kota.example", "Ani <ani@kota.example>", "a@b@c"])
async def test_what_is_no_address_is_refused(world: World, email: str) -> None:
    async with identity(world) as here:
        refused = await here.post("/v1/persons", await committee(world), {**ANI, "email": email}, 422)
        assert refused["detail"].startswith(f"{email} is not an e-mail address")


async def test_who_may_register_and_read_people(world: World) -> None:
    async with identity(world) as here:
        for role, status in [("operator", 201), ("service", 201), ("committee", 201), ("juror", 403), ("head", 201)]:
            token = await world.token(f"person/{role}", Grant(role, "batam-2023", ("opd-01",)))
            await here.post("/v1/persons", token, {"name": f"Demo {role}", "email": f"{role}@kota.example"}, status)
        without = await world.token("client/sipd", Grant("service", "batam-2023"), scopes=["innovations:write"])
        await here.post("/v1/persons", without, {"name": "Demo", "email": "demo@kota.example"}, 403)
        person = (await here.post("/v1/persons", await committee(world), ANI))["person"]
        path = f"/v1/persons/{person}"
        operator = await world.token("person/o", Grant("operator", "batam-2023", ("opd-01",)))
        himself = await world.token(f"person/{person}")
        for headers, status in [
            (bearer(await committee(world)), 200),
            (bearer(himself), 200),
            (bearer(operator), 403),
            (bearer(await world.token(f"client/{person}")), 403),
            ({"Makmal-Vault-Secret": "vault-secret"}, 200),
            ({"Makmal-Vault-Secret": "vault-secrets"}, 403),
            ({"Makmal-Vault-Secret": ""}, 403),
            ({}, 401),
        ]:
            assert (await here.client.get(path, headers=headers)).status_code == status, headers
        nobody = await here.client.get(f"/v1/persons/{'0' * 32}", headers=bearer(await committee(world)))
        assert nobody.status_code == 404


async def test_without_a_secret_in_the_settings_no_secret_opens_the_vault(world: World) -> None:
    async with identity(world, vault_secret="") as here:
        person = (await here.post("/v1/persons", await committee(world), ANI))["person"]
        answer = await here.client.get(f"/v1/persons/{person}", headers={"Makmal-Vault-Secret": ""})
        assert answer.status_code == 403


# -- accounts


async def test_an_invited_person_chooses_a_password_and_signs_in(world: World) -> None:
    async with identity(world) as here:
        new = {"name": "Demo Ani", "email": "ani@kota.example"}
        invited = await here.post("/v1/accounts", await committee(world), new)
        assert (await here.sign_in("ani@kota.example")).status_code == 400
        assert await activate(here, invited["invitation"]) == (200, "")
        await here.token("ani@kota.example")
        events = [e for e in await world.all_events() if e.subject == f"account/{invited['person']}"]
        assert [type(e.event) for e in events] == [AccountInvited, AccountActivated]
        assert [e.envelope.actor for e in events] == ["person/" + "c" * 32, f"person/{invited['person']}"]


async def test_a_repeated_invitation_gives_the_same_answer(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        new = {"name": "Demo Ani", "email": "ani@kota.example"}
        first = await here.post("/v1/accounts", token, new, key="the same key")
        assert await here.post("/v1/accounts", token, new, key="the same key") == first
        again = await here.post("/v1/accounts", token, {"person": first["person"]}, 422, key="the same key")
        assert again["type"] == "urn:makmal:problem:idempotency-key-reused"
        await activate(here, first["invitation"])
        assert await here.post("/v1/accounts", token, new, key="the same key") == first


async def test_an_invitation_serves_once(world: World) -> None:
    async with identity(world) as here:
        invited = await here.post("/v1/accounts", await committee(world), {"name": "Demo Ani", "email": "a@kota.example"})
        both = await asyncio.gather(
            activate(here, invited["invitation"], "the first password"),
            activate(here, invited["invitation"], "the other password"),
        )
        assert sorted(status for status, _ in both) == [200, 409]
        assert (await activate(here, invited["invitation"]))[1].startswith("this invitation has been taken up")
        signed_in = [
            (await here.sign_in("a@kota.example", p)).status_code for p in ("the first password", "the other password")
        ]
        assert sorted(signed_in) == [200, 400]


async def test_a_newer_invitation_replaces_the_earlier(world: World) -> None:
    async with identity(world) as here:
        token = await committee(world)
        first = await here.post("/v1/accounts", token, {"name": "Demo Ani", "email": "ani@kota.example"})
        second = await here.post("/v1/accounts", token, {"person": first["person"]})
        assert second["invitation"] != first["invitation"]
        assert (await activate(here, first["invitation"]))[1].startswith("a newer invitation has replaced this one")
        assert (await activate(here, second["invitation"]))[0] == 200
        refused = await here.post("/v1/accounts", token, {"person": first["person"]}, 409)
        assert refused["detail"].startswith("this account is active")


async def test_an_invitation_ends(world: World) -> None:
    async with identity(world, environment={"MAKMAL_INVITATION_SECONDS": "1"}) as here:
        invited = await here.post("/v1/accounts", await committee(world), {"name": "Demo Ani", "email": "a@kota.example"})
        await asyncio.sleep(1.05)
        assert (await activate(here, invited["invitation"]))[1].startswith("this invitation has ended")
        assert (await here.sign_in("a@kota.example")).status_code == 400


async def test_a_short_password_and_a_made_up_invitation_are_refused(world: World) -> None:
    async with identity(world) as here:
        invited = await here.post("/v1/accounts", await committee(world), {"name": "Demo Ani", "email": "a@kota.example"})
        status, why = await activate(here, invited["invitation"], "elevenchars")
        assert (status, why[:41]) == (422, "a password has at least 12 characters; a ")
        assert (await activate(here, "made-up"))[0] == 404
        assert (await activate(here, invited["invitation"], "twelve chars"))[0] == 200


async def test_an_activation_that_broke_off_after_its_event_is_done_again(world: World) -> None:
    async with identity(world) as here:
        invited = await here.post("/v1/accounts", await committee(world), {"name": "Demo Ani", "email": "a@kota.example"})
        await world.record(f"account/{invited['person']}", AccountActivated(person=invited["person"]), edition=None)
        assert await activate(here, invited["invitation"]) == (200, "")
        await here.token("a@kota.example")


async def test_who_may_invite_and_whom(world: World) -> None:
    async with identity(world) as here:
        operator = await world.token("person/o", Grant("operator", "batam-2023", ("opd-01",)))
        await here.post("/v1/accounts", operator, {"name": "Demo Ani", "email": "a@kota.example"}, 403)
        token = await committee(world)
        await here.post("/v1/accounts", token, {"person": "0" * 32}, 404)
        for body in ({}, {"name": "Demo Ani"}, {"person": "0" * 32, "name": "Demo Ani", "email": "a@kota.example"}):
            await here.post("/v1/accounts", token, body, 422)


async def test_neither_passwords_nor_invitations_nor_client_secrets_are_stored(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        new = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:read"]}
        secret = (await here.post("/v1/clients", administrator, new))["client_secret"]
        invited = await here.post("/v1/accounts", administrator, {"name": "Demo Ani", "email": "a@kota.example"})
        await activate(here, invited["invitation"])
        office: Office = here.parts.own["office"]
        assert office.derivation.secret("client", "x") != office.derivation.secret("invitation", "x")
    directory = world.settings("identity").data
    stored = b"".join(file.read_bytes() for file in directory.glob("identity.db*"))
    assert b"a@kota.example" in stored
    for text in (secret, invited["invitation"], PASSWORD):
        assert text.encode() not in stored
    recorded = b"".join(event.raw for event in await world.all_events())
    assert secret.encode() not in recorded and invited["invitation"].encode() not in recorded
