"""Signing in, the tokens given, the keys they are checked by, and the waiting after wrong passwords."""

import asyncio
import stat
import time
from base64 import b64encode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from services.identity import lockout
from services.identity.office import Office
from shared.security import Grant, TokenRefused, Verifier
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.world import World, bearer, eventually


def office(here: Identity) -> Office:
    found: Office = here.parts.own["office"]
    return found


async def test_a_token_says_who_it_is_for_and_which_roles_he_holds(world: World) -> None:
    async with identity(world, environment={"MAKMAL_TOKEN_SECONDS": "60"}) as here:
        juror = {"role": "juror", "edition": "batam-2023", "employer": "opd-03", **DECREE}
        operator = {"role": "operator", "edition": "batam-2023", "institutions": ["opd-02", "opd-01"], **DECREE}
        person = await here.account(await here.administrator(), "Demo.Ani@kota.example", juror, operator)
        answer = await here.sign_in("demo.ani@KOTA.example")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 60)

        keys = (await here.client.get("/v1/jwks")).json()
        token = jwt.decode(answer.json()["access_token"], KeySet.import_key_set(keys), algorithms=["Ed25519"])
        assert token.header == {"typ": "JWT", "alg": "Ed25519", "kid": keys["keys"][0]["kid"]}
        claims = token.claims
        assert (claims["iss"], claims["sub"]) == (world.keys.log, f"person/{person}")
        assert claims["exp"] - claims["iat"] == 60 and abs(claims["iat"] - time.time()) < 5 and len(claims["jti"]) == 22
        principal = await here.parts.verifier.principal(answer.json()["access_token"])
        assert principal.grants == (
            Grant("juror", "batam-2023", employer="opd-03"),
            Grant("operator", "batam-2023", ("opd-01", "opd-02")),
        )


async def test_a_revoked_role_is_not_in_the_next_token(world: World) -> None:
    async with identity(world) as here:
        administrator = await here.administrator()
        person = await here.account(administrator, "ani@kota.example", {"role": "juror", "edition": "e", **DECREE})
        revocation = {"person": person, "role": "juror", "edition": "e", "reason": "moved away"}
        await here.post("/v1/roles/revocation", administrator, revocation, 200)
        principal = await here.parts.verifier.principal(await here.token("ani@kota.example"))
        assert principal.grants == ()


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password", "username": "nobody@kota.example", "password": PASSWORD}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody@kota.example"}, 400, "invalid_request"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": ["password", "password"]}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "x\0", "password": PASSWORD}, 400, "invalid_request"),
        ({"username": "x"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "sipd", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "sipd"}, 400, "invalid_request"),
    ],
)
async def test_a_refused_sign_in_is_a_problem_document_with_the_error_of_oauth(
    world: World, form: dict[str, object], status: int, error: str
) -> None:
    async with identity(world) as here:
        answer = await here.client.post("/v1/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] and answer.json()["detail_id"] and answer.headers["cache-control"] == "no-store"


async def test_only_a_form_is_taken(world: World) -> None:
    async with identity(world) as here:
        assert (await here.client.post("/v1/token", json={"grant_type": "password"})).status_code == 415
        answer = await here.client.post("/v1/token", data={"grant_type": "password", "username": "x" * 20_000})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer_after_the_same_work(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), "ani@kota.example")

        async def timed(email: str) -> tuple[float, int, str]:
            start = time.perf_counter()
            answer = await here.sign_in(email, "not the password")
            return time.perf_counter() - start, answer.status_code, answer.text

        known, unknown = [], []
        for _ in range(lockout.FREE):  # in turns, so that whatever else the machine does slows both
            known.append(await timed("ani@kota.example"))
            unknown.append(await timed("nobody@kota.example"))
        assert {answer[1:] for answer in known} == {answer[1:] for answer in unknown}
        fastest_known, fastest_unknown = min(known)[0], min(unknown)[0]
        assert 0.5 < fastest_known / fastest_unknown < 2


@pytest.mark.parametrize("email", ["ani@kota.example", "nobody@kota.example"])
async def test_after_repeated_failures_a_name_waits_even_with_the_right_password(world: World, email: str) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), "ani@kota.example")
        wrong = [await here.sign_in(email, "not the password") for _ in range(lockout.FREE)]
        assert {answer.status_code for answer in wrong} == {400}
        refused = await here.sign_in(email)
        assert (refused.status_code, refused.json()["error"]) == (429, "invalid_grant")
        assert 0 < int(refused.headers["retry-after"]) <= 2


async def test_a_rush_of_wrong_passwords_counts_one_by_one(world: World) -> None:
    async with identity(world) as here:
        rush = await asyncio.gather(*(here.sign_in("nobody@kota.example", f"guess {i}") for i in range(12)))
        assert [answer.status_code for answer in rush].count(400) == lockout.FREE


async def test_waiting_ends_and_a_success_forgets_the_failures(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), "ani@kota.example")
        now = here.parts.event_log.now().timestamp()
        for _ in range(lockout.FREE):
            await here.parts.database.write(lambda c: lockout.failed(c, "ani@kota.example", now - 2.1))
        await here.token("ani@kota.example")
        standing = await here.parts.database.read(lambda c: lockout.standing(c, "ani@kota.example", now))
        assert standing == (0, 0.0)


def test_the_pause_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [lockout.pause(n) for n in (0, 4, 5, 6, 7, 13, 14, 5000)] == [0, 0, 2, 4, 8, 512, 900, 900]


async def test_failures_are_forgotten_after_a_day(world: World) -> None:
    async with identity(world) as here:
        for _ in range(9):
            await here.parts.database.write(lambda c: lockout.failed(c, "ani", 0.0))
        assert await here.parts.database.read(lambda c: lockout.standing(c, "ani", 10.0)) == (9, 22.0)
        assert await here.parts.database.read(lambda c: lockout.standing(c, "ani", 24 * 3600 + 1.0)) == (0, 0.0)


async def test_a_client_gets_a_token_by_http_basic_or_by_form(world: World) -> None:
    async with identity(world) as here:
        new = {
            "client": "sipd",
            "edition": "batam-2023",
            "scopes": ["innovations:read", "innovations:write"],
            "institutions": ["opd-01"],
        }
        secret = (await here.post("/v1/clients", await here.administrator(), new))["client_secret"]
        basic = b64encode(f"sipd:{secret}".encode()).decode()
        by_basic = await here.client.post(
            "/v1/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
        )
        form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret, "scope": "innovations:read"}
        by_form = await here.client.post("/v1/token", data=form)
        assert (by_basic.json()["scope"], by_form.json()["scope"]) == ("innovations:read innovations:write", "innovations:read")
        for answer in (by_basic, by_form):
            principal = await here.parts.verifier.principal(answer.json()["access_token"])
            assert principal.id == "client/sipd"
            assert principal.grants == (Grant("service", "batam-2023", ("opd-01",)),)

        beyond = await here.client.post("/v1/token", data={**form, "scope": "innovations:read delete"})
        assert (beyond.status_code, beyond.json()["error"]) == (400, "invalid_scope")
        wrong = await here.client.post("/v1/token", data={**form, "client_secret": secret[:-1]})
        assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, 'Basic realm="makmal"')
        garbled = await here.client.post("/v1/token", data=form | {"x": ""}, headers={"Authorization": "Basic %%%"})
        assert (garbled.status_code, garbled.json()["error"]) == (400, "invalid_request")


async def test_after_a_rotation_old_tokens_hold_until_their_key_is_retired(world: World) -> None:
    async with identity(world) as here:
        keyring = office(here).keyring
        before = await here.administrator()
        kid = await keyring.rotate()
        after = await here.administrator()
        keys = (await here.client.get("/v1/jwks")).json()["keys"]
        assert len(keys) == 2 and keys[-1]["kid"] == kid and all("d" not in key for key in keys)

        async def holds(token: str) -> bool:
            try:
                await Verifier(here.parts.event_log, world.keys.log).principal(token)
            except TokenRefused:
                return False
            return True

        assert await holds(before) and await holds(after)
        await keyring.rotate()
        assert not await holds(before) and await holds(after)
        await keyring.rotate(retire_all=True)
        assert not await holds(after)
        assert len((await here.client.get("/v1/jwks")).json()["keys"]) == 1


async def test_private_keys_are_readable_by_their_owner_alone_and_gone_when_retired(world: World) -> None:
    async with identity(world) as here:
        directory = here.parts.settings.data / "signing-keys"
        (directory / "never-published.json").write_text("{}")
        await office(here).keyring.rotate(retire_all=True)
        (file,) = directory.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((here.parts.settings.data / "derivation-key").stat().st_mode) == 0o600


async def test_a_restarted_service_signs_with_the_same_key_and_with_a_new_one_if_its_directory_was_lost(world: World) -> None:
    async with identity(world) as here:
        (first,) = (await here.client.get("/v1/jwks")).json()["keys"]
    async with identity(world) as here:
        assert (await here.client.get("/v1/jwks")).json()["keys"] == [first]
        (here.parts.settings.data / "signing-keys" / f"{first['kid']}.json").unlink()
    async with identity(world) as here:
        keys = (await here.client.get("/v1/jwks")).json()["keys"]
        assert keys[0] == first and len(keys) == 2
        await here.administrator()


async def test_the_service_is_ready_and_its_token_serves_at_its_own_routes(world: World) -> None:
    async with identity(world) as here:

        async def ready() -> bool:
            return (await here.client.get("/readyz")).status_code == 200

        await eventually(ready)
        answer = await here.client.post("/v1/persons", json={}, headers=bearer(await here.administrator()))
        assert answer.status_code == 422
