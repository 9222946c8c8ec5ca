"""How much one address may ask for: a bucket for each, kept in the memory of this process only. Pure but for its state.

Addresses are never written down. An IPv6 address counts with its /64, which is one household or one machine.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

__all__ = ["MOST", "Rates", "neighbourhood"]

MOST: Final = 100_000
"""Buckets that are kept: those used longest ago are forgotten first, which is generous and bounded."""


class Rates:
    """Buckets that hold `burst` requests (1 or more) and refill by `each_second`. For one thread."""

    def __init__(self, *, burst: int, each_second: float, most: int = MOST) -> None:
        self._burst = float(burst)
        self._each_second = each_second
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float, cost: float = 1.0) -> int:
        """Take `cost` requests for `name` at `now` (seconds of a clock that only goes forward).

        Returns 0 when they were there, else after how many whole seconds they will be.
        """
        level, seen = self._buckets.pop(name, (self._burst, now))
        level = min(self._burst, level + (now - seen) * self._each_second)
        cost = min(cost, self._burst)
        missing = cost - level
        self._buckets[name] = (level if missing > 0 else level - cost, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return max(1, math.ceil(missing / self._each_second)) if missing > 0 else 0


def neighbourhood(address: str) -> str:
    """Return the name under which an address is counted."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped) if found.ipv4_mapped else found.exploded[:19]
