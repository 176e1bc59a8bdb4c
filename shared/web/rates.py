"""How many requests one caller may send: a bucket of them for each, which fills up again at a steady rate.

A bucket is counted in the process that serves: with several processes of a service, each gives as much.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address

from shared.settings import Misconfigured


class TooMany(Exception):
    """Too many requests of one caller. Another may be sent after `wait` seconds."""

    def __init__(self, wait: float):
        super().__init__(f"wait {wait:.1f} s")
        self.wait = wait

    @property
    def retry_after(self) -> str:
        """For the header: whole seconds, one at least."""
        return str(max(1, math.ceil(self.wait)))


class Buckets:
    """`rate` requests a second for each caller, and at most `burst` at once. A rate of 0 limits nobody.

    Callers are forgotten, the longest silent first, when there are more than `kept` of them.
    """

    def __init__(self, rate: float, burst: float, kept: int = 20_000, clock: Callable[[], float] = time.monotonic):
        self._rate = rate
        self._burst = burst
        self._kept = kept
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Caller -> requests left, and when that was so."""

    def take(self, caller: str) -> None:
        """Count a request. Raises TooMany, and then counts nothing."""
        if not self._rate:
            return
        now = self._clock()
        left, at = self._left.get(caller, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        if left < 1:
            raise TooMany((1 - left) / self._rate)
        self._left[caller] = (left - 1, now)
        self._left.move_to_end(caller)
        if len(self._left) > self._kept:
            self._left.popitem(last=False)


ADDRESS, CLIENT = "MAKMAL_RATE_PER_ADDRESS", "MAKMAL_RATE_PER_CLIENT"
USUAL = {ADDRESS: "1000 10000", CLIENT: "500 10000"}
"""Generous: a whole city office behind one address and the last day's submissions of one client pass; a runaway loop does not."""


def from_environment(environment: Mapping[str, str], name: str) -> Buckets:
    """The setting is `RATE BURST`: requests a second, and requests at once. Raises Misconfigured."""
    text = environment.get(name, "") or USUAL[name]
    try:
        rate, burst = (float(number) for number in text.split())
    except ValueError:
        raise Misconfigured(f"{name} is two numbers, requests a second and requests at once, not {text!r}") from None
    if not (0 <= rate < math.inf and 1 <= burst < math.inf):
        raise Misconfigured(f"{name} is a rate from 0 on and a burst from 1 on, not {text!r}")
    return Buckets(rate, burst)


def address(host: str) -> str:
    """What counts as one caller's address: an IPv4 address; of IPv6 the /64, for a household has all of those."""
    try:
        known = ip_address(host)
    except ValueError:
        return host
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return known.exploded[:19]
    return host
