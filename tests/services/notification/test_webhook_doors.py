"""At which doors a webhook may knock."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from services.notification.webhook_doors import ClosedDoor, Door, Doors, is_public
from shared.settings import Misconfigured


def leading_to(*addresses: str, private: Sequence[str] = ()) -> Doors:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return Doors([ip_network(network) for network in private], resolve)


async def test_a_public_address_is_an_open_door() -> None:
    door = await leading_to("93.184.215.14").find("https://office.example/makmal?x=1")
    assert door == Door("https", "office.example", 443, "93.184.215.14", "/makmal?x=1")
    assert (door.url, door.host_header) == ("https://93.184.215.14:443/makmal?x=1", "office.example")
    other = await leading_to("2606:2800:21f:cb07:6820:80da:af6b:8b2c").find("https://office.example:8443")
    assert other.url == "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/"
    assert other.host_header == "office.example:8443"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
async def test_no_webhook_knocks_at_a_private_address(address: str) -> None:
    with pytest.raises(ClosedDoor, match="no public address"):
        await leading_to(address).find("https://office.example/")
    with pytest.raises(ClosedDoor):
        await leading_to("93.184.215.14", address).find("https://office.example/")


def test_an_address_that_wraps_a_public_one_is_public() -> None:
    assert is_public(ip_address("93.184.215.14"))
    assert not is_public(ip_address("::ffff:127.0.0.1"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://office.example/",
        "office.example",
        "https://",
        "https://user:secret@office.example/",
        "https://office.example/#part",
        "https://office.example:99999/",
        "file:///etc/passwd",
    ],
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ClosedDoor, match="is no address for a webhook"):
        await leading_to("93.184.215.14").find(url)


async def test_over_the_internet_nothing_goes_unencrypted() -> None:
    with pytest.raises(ClosedDoor, match="over https"):
        await leading_to("93.184.215.14").find("http://office.example/")


async def test_the_operator_lists_private_networks_that_are_open() -> None:
    doors = leading_to("10.20.0.7", private=["10.20.0.0/16"])
    assert (await doors.find("http://office.city/x")).url == "http://10.20.0.7:80/x"
    with pytest.raises(ClosedDoor):
        await leading_to("10.21.0.7", private=["10.20.0.0/16"]).find("https://office.city/")


async def test_a_name_without_address_is_tried_again_later() -> None:
    with pytest.raises(OSError, match="has no address"):
        await leading_to().find("https://office.example/")


async def test_numbers_are_names_as_well() -> None:
    for url in ("https://127.0.0.1/", "https://[::1]/", "https://2130706433/"):
        with pytest.raises(ClosedDoor):
            await Doors().find(url)


def test_the_setting_lists_networks() -> None:
    Doors.from_text("")
    Doors.from_text("10.20.0.0/16, 192.168.7.9")
    with pytest.raises(Misconfigured):
        Doors.from_text("office.city")
