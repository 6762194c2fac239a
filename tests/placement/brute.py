"""Placement by trying every way: multisets of (offer, set of components), checked by the definitions of the README alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement
from typing import Any

Vm = tuple[int, frozenset[int]]


def cheapest(app: dict[str, Any], offers: list[dict[str, Any]]) -> int | None:
    """Return the least price, None when no multiset of at most `max_vms` machines meets everything."""
    ids = [component["id"] for component in app["components"]]
    machines = list(_machines(app, offers, ids))
    best = None
    for many in range(app["max_vms"] + 1):
        for leased in combinations_with_replacement(machines, many):
            price = sum(offers[k]["price"] for k, _ in leased)
            if (best is None or price < best) and _counted(app, [on_it for _, on_it in leased]):
                best = price
    return best


def _machines(app: dict[str, Any], offers: list[dict[str, Any]], ids: list[int]) -> Iterator[Vm]:
    sizes = {component["id"]: component for component in app["components"]}
    for number in range(1, len(ids) + 1):
        for chosen in combinations(ids, number):
            on_it = frozenset(chosen)
            if not all(_alone(constraint, on_it) for constraint in app["constraints"]):
                continue
            for k, offer in enumerate(offers):
                if all(sum(sizes[i][size] for i in on_it) <= offer[size] for size in ("cpu", "memory_mb", "storage_mb")):
                    yield k, on_it


def _alone(constraint: dict[str, Any], on_it: frozenset[int]) -> bool:
    kind = constraint["type"]
    if kind == "conflict":
        return not (constraint["component"] in on_it and any(other in on_it for other in constraint["with"]))
    if kind == "colocation":
        return all(name in on_it for name in constraint["components"]) or not any(name in on_it for name in constraint["components"])
    if kind == "full_deployment":
        return (constraint["component"] in on_it) is not any(other in on_it for other in constraint["except_with"])
    return True


def _counted(app: dict[str, Any], leased: list[frozenset[int]]) -> bool:  # noqa: C901 - one branch per kind of constraint
    n = {component["id"]: sum(component["id"] in on_it for on_it in leased) for component in app["components"]}
    for constraint in app["constraints"]:
        kind = constraint["type"]
        if kind.endswith("_bound"):
            total = sum(n[name] for name in constraint["components"])
            if kind != "upper_bound" and total < constraint["bound"]:
                return False
            if kind != "lower_bound" and total > constraint["bound"]:
                return False
        elif kind == "require_provide":
            if constraint["per_consumer"] * n[constraint["consumer"]] > constraint["per_provider"] * n[constraint["provider"]]:
                return False
        elif kind == "provide":
            if not 0 < constraint["per_provider"] * n[constraint["provider"]] - n[constraint["consumer"]] <= constraint["per_provider"]:
                return False
        elif kind == "exclusive":
            one, other = (n[name] for name in constraint["components"])
            if (one > 0) == (other > 0):
                return False
        elif kind == "deploy_at_least_once" and any(n[name] == 0 for name in constraint["components"]):
            return False
    return True
