"""Protection: roles, keys, secrets, web firewall, detection, scanning, posture, Shield (docs/model.md §8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.context import because_of_feature
from planner.candidates.platform import (
    CODE,
    computes,
    copies_only,
    distributions,
    entered,
    home,
    jobs,
    moves,
    only,
    part,
    running,
    serves,
)
from planner.costing.load import ceiling
from planner.costing.security import acl_lines, detector_lines, hub_lines, key_lines, secret_lines, shield_lines
from planner.models.components import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.candidates.offer import Offer, Part, Refusal, Slot

SPARE_KEYS = 2
"""One for volumes, one for logs and the trail."""
WITH_SECRET = CODE | {"relational_db", "cache"}
DDOS = "security.ddos_protection"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the protection of a site."""
    yield only(slot, _parts(slot), "protection that the requirements ask for")


def _parts(slot: Slot) -> Iterator[Part]:
    yield from _keys(slot)
    if copies_only(slot):
        return
    if not slot.recovery:
        roles = computes(slot.document) + jobs(slot.document) + moves(slot.document)
        if roles:
            yield part(slot, "roles", "iam", "role", {"roles": roles}, count=roles)
    yield from _secrets(slot)
    if serves(slot):
        yield from _acls(slot)
    yield from _detection(slot)
    if home(slot):
        yield from _shield(slot)


def _because(slot: Slot, feature: str) -> tuple[str, ...]:
    return because_of_feature(slot.document, slot.catalog, feature)


def _count(slot: Slot, kinds: frozenset[str]) -> int:
    return sum(component.kind in kinds for component in slot.document.development.components.values())


def _keys(slot: Slot) -> Iterator[Part]:
    asked = dict.fromkeys(_because(slot, "customer_managed_keys") + _because(slot, "encryption_at_rest"))
    if not asked:
        return
    keys = sum(isinstance(component, Stored) for component in slot.document.development.components.values()) + SPARE_KEYS
    properties = {"keys": keys, "rotation": True}
    lines = partial(key_lines, slot.region, keys)
    yield part(slot, "keys", "kms", "symmetric key", properties, count=keys, lines=lines, because=tuple(asked))


def _secrets(slot: Slot) -> Iterator[Part]:
    secrets = _count(slot, WITH_SECRET)
    if secrets:
        lines = partial(secret_lines, slot.region, secrets)
        yield part(slot, "secrets", "secrets_manager", "secret", {"secrets": secrets}, count=secrets, lines=lines)


def _acls(slot: Slot) -> Iterator[Part]:
    """Yield the web ACLs of what stands here; distributions are global and stand in the primary site."""
    because = _because(slot, "web_firewall")
    entry = entered(slot.document, from_internet=True)
    served = () if slot.recovery else distributions(slot.document)
    acls = entry + len(served)
    if not because or not acls:
        return
    rules = ceiling(slot.values["waf_rules"])
    lines = partial(acl_lines, slot.region, acls, rules, served, entry=entry)
    properties = {"acls": acls, "rules": rules, "load_balancer": entry, "distributions": len(served)}
    yield part(slot, "web acl", "waf", "web ACL", properties, count=acls, lines=lines, because=because)


def _detection(slot: Slot) -> Iterator[Part]:
    if because := _because(slot, "threat_detection"):
        lines = partial(detector_lines, slot.region, computes(slot.document), running(slot))
        yield part(slot, "detector", "guardduty", "detector", lines=lines, because=because)
    if because := _because(slot, "vulnerability_scanning"):
        yield part(slot, "scanning", "inspector", "enabler", {"resources": ["EC2", "ECR", "LAMBDA"]}, because=because)
    if because := _because(slot, "posture_management"):
        yield part(slot, "hub", "security_hub", "hub", lines=partial(hub_lines, slot.region), because=because)


def _shield(slot: Slot) -> Iterator[Part]:
    asked = slot.document.security.ddos_protection
    if asked == "advanced":
        yield part(slot, "ddos protection", "shield", asked, lines=shield_lines, because=(DDOS,))
    elif asked == "standard":
        yield part(slot, "ddos protection", "shield", asked, because=(DDOS,))
