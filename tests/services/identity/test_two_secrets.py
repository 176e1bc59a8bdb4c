"""A client changes over to a new secret without a pause: for a while both hold."""

from datetime import UTC, datetime, timedelta

import httpx

from services.identity.client import CLIENT, EndFormerSecret, Registered, RotateClientSecret
from shared.events.identity import ClientRegistered, ClientRevoked, ClientSecretRotated, FormerSecretEnded
from shared.refusals import Unknown
from shared.security import TokenRefused
from shared.security.tokens import Verifier
from tests.services.identity.office_hours import Identity, identity
from tests.specification import NOON, specification
from tests.world import World

given = specification(CLIENT)

SIPD = ClientRegistered(client="sipd", edition="batam-2023", scopes=("people:write",))
TOMORROW = NOON + timedelta(days=1)
SECOND = ClientSecretRotated(client="sipd", secret="two", former_until=TOMORROW)
THIRD = ClientSecretRotated(client="sipd", secret="three", former_until=TOMORROW)


def state_after(*events: object) -> Registered:
    state = given(*events).state
    assert isinstance(state, Registered)
    return state


def test_the_old_secret_holds_beside_the_new_one_for_as_long_as_was_said() -> None:
    given(SIPD).when(RotateClientSecret("sipd", "two", TOMORROW)).then(SECOND)
    rotated = state_after(SIPD, SECOND)
    assert rotated.holding("two", NOON) == (2, None)
    assert rotated.holding("", NOON) == (1, TOMORROW)
    assert rotated.holding("", TOMORROW) is None
    assert rotated.holding(None, NOON) is None and rotated.holding("three", NOON) is None


def test_without_a_while_the_old_secret_holds_no_longer() -> None:
    at_once = ClientSecretRotated(client="sipd", secret="two")
    given(SIPD).when(RotateClientSecret("sipd", "two")).then(at_once)
    assert state_after(SIPD, at_once).holding("", NOON) is None


def test_two_secrets_hold_and_never_three() -> None:
    twice = state_after(SIPD, SECOND, THIRD)
    assert [twice.holding(secret, NOON) for secret in ("three", "two", "")] == [(3, None), (2, TOMORROW), None]


def test_the_old_secret_can_be_ended_before_its_time() -> None:
    ended = FormerSecretEnded(client="sipd", secret="")
    given(SIPD, SECOND).when(EndFormerSecret("sipd")).then(ended)
    given(SIPD, SECOND, ended).when(EndFormerSecret("sipd")).then()
    after = state_after(SIPD, SECOND, ended)
    assert after.holding("", NOON) is None and after.holding("two", NOON) == (3, None)


def test_where_there_is_no_old_secret_nothing_is_ended() -> None:
    given(SIPD).when(EndFormerSecret("sipd")).then()
    given(SIPD, SECOND, ClientRevoked(client="sipd", reason="off")).when(EndFormerSecret("sipd")).then()
    given().when(EndFormerSecret("sipd")).is_refused("there is no client sipd; register it first", Unknown)


NEW = {"client": "sipd", "edition": "batam-2023", "scopes": ["people:write"]}


async def sign_in(here: Identity, secret: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret}
    return await here.client.post("/v1/token", data=form)


async def token(here: Identity, secret: str) -> str:
    answer = await sign_in(here, secret)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def holds(world: World, here: Identity, token: str) -> bool:
    """As another service sees it."""
    try:
        await Verifier(here.parts.event_log, world.keys.log).principal(token)
    except TokenRefused:
        return False
    return True


async def test_a_client_changes_over_without_a_refusal(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        old = (await here.post("/v1/clients", root, NEW))["client_secret"]
        before = await token(here, old)
        rotated = await here.post("/v1/clients/sipd/secret", root, {}, key="rotation")
        until = datetime.fromisoformat(rotated["former_until"])
        assert timedelta(hours=23) < until - datetime.now(UTC) < timedelta(hours=25)
        assert await here.post("/v1/clients/sipd/secret", root, {}, key="rotation") == rotated
        by_old, by_new = await token(here, old), await token(here, rotated["client_secret"])
        assert [await holds(world, here, one) for one in (before, by_old, by_new)] == [True] * 3

        assert await here.post("/v1/clients/sipd/former-secret/ending", root, {}, 200) == {"client": "sipd"}
        assert [await holds(world, here, one) for one in (before, by_old, by_new)] == [False, False, True]
        assert (await sign_in(here, old)).status_code == 401
        await token(here, rotated["client_secret"])


async def test_a_token_got_by_the_old_secret_ends_with_it_at_the_latest(world: World) -> None:
    async with identity(world, environment={"MAKMAL_TOKEN_SECONDS": "3600"}) as here:
        root = await here.administrator()
        old = (await here.post("/v1/clients", root, NEW))["client_secret"]
        refused = await here.post("/v1/clients/sipd/secret", root, {"former_holds_seconds": 3599}, 422)
        assert refused["detail"] == "a token holds for 3600 s; let the former secret hold at least so long, or not at all (0)"
        await here.post("/v1/clients/sipd/secret", root, {"former_holds_seconds": 3600})
        assert (await sign_in(here, old)).json()["expires_in"] <= 3600


async def test_a_third_secret_ends_the_first_and_what_was_got_by_it(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        secrets = [(await here.post("/v1/clients", root, NEW))["client_secret"]]
        tokens = [await token(here, secrets[0])]
        for _ in range(2):
            secrets.append((await here.post("/v1/clients/sipd/secret", root, {}))["client_secret"])
            tokens.append(await token(here, secrets[-1]))
        assert [await holds(world, here, one) for one in tokens] == [False, True, True]
        assert [(await sign_in(here, secret)).status_code for secret in secrets] == [401, 200, 200]


async def test_only_an_administrator_ends_a_secret(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        secret = (await here.post("/v1/clients", root, NEW))["client_secret"]
        await here.post("/v1/clients/sipd/former-secret/ending", await token(here, secret), {}, 403)
        await here.post("/v1/clients/nobody/former-secret/ending", root, {}, 404)
