"""Which doors a webhook may knock at: addresses of the public Internet, and such private ones as the operator lists.

A name is resolved and every address of it checked, when the webhook is registered and again before each delivery; the delivery then
goes to the address that was checked, so that a name that changes its mind in between leads nowhere.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from shared.refusals import Refused
from shared.settings import Misconfigured

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

NAT64 = ip_network("64:ff9b::/96")


class ClosedDoor(Refused):
    """The address is none that a webhook may knock at."""


@dataclass(frozen=True)
class Door:
    """Where a delivery goes: `address` is checked; `host` is for TLS and the Host header."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        usual = {"https": 443, "http": 80}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Doors:
    """`private` are networks that the operator allows besides the public ones (`MAKMAL_WEBHOOK_NETWORKS`); there also plain HTTP."""

    def __init__(self, private: Sequence[IPv4Network | IPv6Network] = (), resolve: Resolve = resolve):
        self._private = tuple(private)
        self._resolve = resolve

    @classmethod
    def from_text(cls, networks: str) -> "Doors":
        """`10.20.0.0/16, 192.168.7.9`. Raises Misconfigured."""
        try:
            return cls([ip_network(one.strip()) for one in networks.split(",") if one.strip()])
        except ValueError as error:
            raise Misconfigured(f"MAKMAL_WEBHOOK_NETWORKS lists networks like 10.20.0.0/16: {error}") from error

    async def find(self, url: str) -> Door:
        """The door, all addresses checked. Raises ClosedDoor; OSError where the name cannot be resolved just now."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise _no_url(url) from error
        host = parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host or parts.username or parts.password or parts.fragment:
            raise _no_url(url)
        port = port or (443 if parts.scheme == "https" else 80)
        addresses = [ip_address(found.partition("%")[0]) for found in await self._resolve(host, port)]
        if not addresses:
            raise OSError(f"{host} has no address")
        for address in addresses:
            listed = any(address in network for network in self._private)
            if not listed and not is_public(address):
                raise ClosedDoor(
                    f"{host} leads to {address}, which is no public address; give one that can be reached from the Internet, "
                    "or ask the operator to list the network",
                    f"{host} mengarah ke {address}, yang bukan alamat publik; gunakan alamat yang dapat dicapai dari Internet, "
                    "atau minta operator mendaftarkan jaringannya",
                )
            if not listed and parts.scheme != "https":
                raise ClosedDoor(
                    "a webhook is delivered over https; give an address that begins with https://",
                    "webhook dikirim lewat https; berikan alamat yang diawali https://",
                )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Door(parts.scheme, host, port, str(addresses[0]), path)


def is_public(address: Address) -> bool:
    """Whether the address is one of the public Internet, also the one that an IPv6 address wraps."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None and not is_public(wrapped):
            return False
    return address.is_global and not address.is_multicast


def _no_url(url: str) -> ClosedDoor:
    return ClosedDoor(
        f"{url[:200]} is no address for a webhook; it looks like https://office.example/makmal",
        f"{url[:200]} bukan alamat webhook; contohnya https://kantor.example/makmal",
    )
