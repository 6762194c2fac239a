"""Which machine sizes no other one beats: the staircase in price, sustained vCPUs and memory.

A size that costs no less and gives no more than another can never be part of a cheapest plan, as long as only
price, vCPUs and memory are read. Sizes of another architecture, or burstable against not, are never compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


class Size(NamedTuple):
    """A machine size as the comparison sees it; `kind` keeps apart what must not be compared."""

    kind: tuple[str, bool]
    usd: Decimal
    vcpus: Decimal
    memory_mib: int
    name: str


def staircase(sizes: Iterable[Size]) -> list[str]:
    """Return the names of the sizes that no other of their kind beats or equals, cheapest first.

    Of several sizes that are equal in everything, the first by name stays.
    """
    ranked = sorted(sizes, key=lambda size: (size.usd, -size.vcpus, -size.memory_mib, size.name))
    kept: dict[tuple[str, bool], list[Size]] = {}
    for size in ranked:
        cheaper = kept.setdefault(size.kind, [])
        if not any(other.vcpus >= size.vcpus and other.memory_mib >= size.memory_mib for other in cheaper):
            cheaper.append(size)
    return [size.name for size in ranked if size in kept[size.kind]]
