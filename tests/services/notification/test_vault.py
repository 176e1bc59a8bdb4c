"""Asking identity, the real one, for a person's address."""

import asyncio

import httpx
import pytest

from services.notification.letters import Recipient
from services.notification.vault import HEADER, NobodyThere, Vault, VaultAway, open_vault
from shared.security import Grant
from shared.settings import Misconfigured
from tests.services.identity.office_hours import identity
from tests.services.notification.post import VaultDesk
from tests.world import World

ANI = {"name": "Demo Ani", "email": "ani@kota.example", "language": "en"}


async def test_identity_gives_the_address_to_whoever_has_the_secret(world: World) -> None:
    async with identity(world) as here:
        committee = await world.token("person/" + "c" * 32, Grant("committee", "test"))
        person = (await here.post("/v1/persons", committee, ANI))["person"]
        transport = here.client._transport
        async with httpx.AsyncClient(
            transport=transport, base_url="http://identity", headers={HEADER: "vault-secret"}
        ) as client:
            assert await Vault(client).recipient(person) == Recipient("Demo Ani", "ani@kota.example", "en")
            with pytest.raises(NobodyThere):
                await Vault(client).recipient("0" * 32)
        async with httpx.AsyncClient(transport=transport, base_url="http://identity", headers={HEADER: "guessed"}) as client:
            with pytest.raises(VaultAway, match="403"):
                await Vault(client).recipient(person)


async def test_letters_in_a_burst_ask_once(vault: VaultDesk) -> None:
    vault.knows("budi", "budi@demo.test")
    async with open_vault(vault.url, "vault-secret") as asked:
        assert {(await asked.recipient("budi")).email for _ in range(3)} == {"budi@demo.test"}
    assert vault.asked == ["budi"]


async def test_letters_that_go_out_together_ask_together(vault: VaultDesk) -> None:
    for n in range(250):
        vault.knows(f"p{n}", f"p{n}@demo.test")
    async with open_vault(vault.url, "vault-secret") as asked:
        found = await asyncio.gather(*(asked.recipient(f"p{n}") for n in range(250)))
    assert [recipient.email for recipient in found] == [f"p{n}@demo.test" for n in range(250)]
    assert len(vault.asked) == 250 and vault.requests <= 4


async def test_an_address_that_is_none_is_nobodys(vault: VaultDesk) -> None:
    async with open_vault(vault.url, "vault-secret") as asked:
        for address in ("", "budi", "a@b@c", "budi@demo.test\r\nRCPT TO:<all@demo.test>"):
            vault.knows("budi", address)
            with pytest.raises(NobodyThere):
                await asked.recipient("budi")


async def test_a_vault_that_is_not_there_is_away() -> None:
    async with open_vault("unix:/nowhere/vault.sock", "vault-secret") as asked:
        with pytest.raises(VaultAway):
            await asked.recipient("budi")


async def test_mail_without_a_way_to_the_vault_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(Misconfigured):
        async with open_vault("", ""):
            pass
