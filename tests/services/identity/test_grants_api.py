"""Roles granted and revoked, clients registered, over HTTP on a real log."""

import asyncio
from typing import Any

from shared.events.identity import ClientRegistered, RoleGranted, RoleRevoked
from shared.security import Grant
from tests.services.identity.office_hours import DECREE, identity
from tests.world import World, bearer

JUROR = {"role": "juror", "edition": "batam-2023", "employer": "opd-05", **DECREE}
SIPD: dict[str, Any] = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:read"], "institutions": ["opd-01"]}


async def test_a_granted_role_is_recorded_in_its_edition_and_shown(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        person = await here.account(administrator, "ani@kota.example")
        headers = bearer(administrator)
        answer = await here.client.post("/v1/roles", json={"person": person, **JUROR}, headers=headers)
        assert answer.json() == {"person": person, **JUROR, "institutions": []} and answer.headers["etag"] == '"3"'
        position = answer.headers["makmal-position"]
        repeated = await here.client.post("/v1/roles", json={"person": person, **JUROR}, headers=headers)
        assert (repeated.status_code, repeated.json()) == (201, answer.json())

        shown = await here.client.get(f"/v1/persons/{person}/roles?at_least={position}", headers=headers)
        (role,) = shown.json()["roles"]
        assert {**role, "since": ""} == {**JUROR, "institutions": [], "since": ""} and role["since"]
        (granted,) = [e for e in await world.all_events() if isinstance(e.event, RoleGranted) and e.event.role == "juror"]
        assert granted.envelope.edition == "batam-2023" and granted.position == int(position)


async def test_a_changed_and_a_revoked_role_are_shown_as_they_stand(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        person = await here.account(administrator, "ani@kota.example", JUROR)
        operator = {"person": person, "role": "operator", "edition": "batam-2023", **DECREE}
        await here.post("/v1/roles", administrator, {**operator, "institutions": ["opd-01"]})
        await here.post("/v1/roles", administrator, {**operator, "institutions": ["opd-01", "kel-02"]})
        answer = await here.client.post(
            "/v1/roles/revocation",
            json={"person": person, "role": "juror", "edition": "batam-2023", "reason": "moved away"},
            headers=bearer(administrator),
        )
        assert answer.status_code == 200
        path = f"/v1/persons/{person}/roles?at_least={answer.headers['makmal-position']}"
        himself = await here.token("ani@kota.example")
        shown = (await here.client.get(path, headers=bearer(himself))).json()["roles"]
        assert [(role["role"], role["institutions"]) for role in shown] == [("operator", ["kel-02", "opd-01"])]


async def test_only_administrators_grant_and_revoke_and_only_some_may_look(world: World) -> None:
    async with identity(world) as here:
        # Somebody whose token still says administrator, but whose account does not.
        former = await world.token(f"person/{'f' * 32}", Grant("administrator"))
        administrator = await here.administrator()
        person = await here.account(administrator, "ani@kota.example", {**JUROR, "role": "committee"})
        committee = await here.token("ani@kota.example")
        await here.post("/v1/roles", committee, {"person": person, **JUROR}, 403)
        revocation = {"person": person, "role": "committee", "edition": "batam-2023", "reason": "x"}
        await here.post("/v1/roles/revocation", committee, revocation, 403)
        await here.post("/v1/clients", committee, SIPD, 403)
        await here.post("/v1/roles", former, {"person": person, **JUROR}, 403)
        path = f"/v1/persons/{person}/roles"
        assert (await here.client.get(path, headers=bearer(committee))).status_code == 200
        juror = await world.token(f"person/{'e' * 32}", Grant("juror", "batam-2023"))
        assert (await here.client.get(path, headers=bearer(juror))).status_code == 403
        assert (await here.client.get(path)).status_code == 401


async def test_two_administrators_who_revoke_each_other_at_once_leave_one(world: World) -> None:
    async with identity(world) as here:
        first = await here.administrator()
        second_person = await here.account(first, "ani@kota.example", {"role": "administrator"})
        second = await here.token("ani@kota.example")
        first_person = (await here.parts.verifier.principal(first)).person

        async def revoke(token: str, person: str) -> int:
            body = {"person": person, "role": "administrator", "reason": "a race"}
            return (await here.client.post("/v1/roles/revocation", json=body, headers=bearer(token))).status_code

        statuses = await asyncio.gather(revoke(first, second_person), revoke(second, first_person))
        assert sorted(statuses) == [200, 403]
        assert sum(isinstance(event.event, RoleRevoked) for event in await world.all_events()) == 1


async def test_a_malformed_grant_is_refused(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        for wrong in ({"edition": "../etc"}, {"institutions": [""]}, {"person": "somebody"}, {"since": "2023-01-01"}):
            await here.post("/v1/roles", administrator, {"person": "0" * 32, **JUROR, **wrong}, 422)


async def test_a_client_is_told_its_secret_once(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        first = await here.post("/v1/clients", administrator, SIPD, key="the same key")
        assert first == {**SIPD, "client_secret": first["client_secret"]} and len(first["client_secret"]) == 43
        assert await here.post("/v1/clients", administrator, SIPD, key="the same key") == first
        again = await here.post("/v1/clients", administrator, SIPD, 409)
        assert "its secret is shown only once" in again["detail"]
        other = await here.post("/v1/clients", administrator, {**SIPD, "institutions": []}, 409)
        assert "is registered with other terms" in other["detail"]
        (registered,) = [e for e in await world.all_events() if isinstance(e.event, ClientRegistered)]
        assert (registered.subject, registered.envelope.edition) == ("client/sipd", "batam-2023")


async def test_a_client_whose_registration_broke_off_after_its_event_gets_its_secret(world: World) -> None:
    async with identity(world) as here:
        event = ClientRegistered(client="sipd", edition="batam-2023", scopes=("innovations:read",), institutions=("opd-01",))
        await world.record("client/sipd", event)
        answer = await here.post("/v1/clients", await here.administrator(), SIPD)
        form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": answer["client_secret"]}
        assert (await here.client.post("/v1/token", data=form)).status_code == 200
