"""Protection: roles, keys, secrets, web firewall, detection, scanning, posture, Shield (docs/model.md §8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.audit import keeps_records
from planner.candidates.context import because_of_feature
from planner.candidates.platform import carries, computes, copies_only, covered, distributions, entered, home, only, part, running
from planner.costing.load import ceiling
from planner.costing.security import acl_lines, detector_lines, hub_lines, key_lines, secret_lines, shield_lines
from planner.design.frameworks import forced
from planner.design.secrecy import key_names, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.candidates.offer import Offer, Part, Property, Refusal, Slot

DDOS = "security.ddos_protection"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the protection of a site."""
    yield only(slot, _parts(slot), "protection that the requirements ask for")


def _parts(slot: Slot) -> Iterator[Part]:
    yield from _keys(slot)
    yield part(slot, "roles", "iam", "role")
    yield from _secrets(slot)
    if copies_only(slot):
        return
    yield from _acls(slot)
    yield from _detection(slot)
    if home(slot):
        yield from _shield(slot)


def _because(slot: Slot, feature: str) -> tuple[str, ...]:
    return because_of_feature(slot.document, slot.catalog, feature)


def _keys(slot: Slot) -> Iterator[Part]:
    asked = dict.fromkeys(_because(slot, "customer_managed_keys") + _because(slot, "encryption_at_rest"))
    if not asked:
        return
    order = slot.catalog.rules.protection.data_classes
    names = key_names(slot.document, order, slot.strategy, recovery=slot.recovery, home=home(slot), audited=keeps_records(slot))
    if names:
        properties: dict[str, Property] = {"keys": len(names), "names": names, "rotation": True}
        lines = partial(key_lines, slot.region, len(names))
        yield part(slot, "keys", "kms", "symmetric key", properties, count=len(names), lines=lines, because=tuple(asked))


def _secrets(slot: Slot) -> Iterator[Part]:
    names = secret_names(slot.document, copies_only=copies_only(slot))
    if names:
        lines = partial(secret_lines, slot.region, len(names))
        properties: dict[str, Property] = {"secrets": len(names), "names": names}
        yield part(slot, "secrets", "secrets_manager", "secret", properties, count=len(names), lines=lines)


def _acls(slot: Slot) -> Iterator[Part]:
    """Yield the web ACLs of what stands here; distributions are global and stand in the primary site."""
    because = _because(slot, "web_firewall")
    entry = entered(slot.document, from_internet=True)
    served = () if slot.recovery else distributions(slot.document)
    acls = entry + len(served)
    if not because or not acls:
        return
    groups = _rule_groups(slot)
    logged = bool(_because(slot, "access_trail")) or "waf" in forced(slot.document, slot.catalog)
    rules = len(groups) + 1  # the rate limit
    lines = partial(acl_lines, slot.region, acls, rules, served, entry=entry, logged=logged)
    properties: dict[str, Property] = {
        "acls": acls,
        "rules": rules,
        "rule_groups": groups,
        "rate_limit": _rate_limit(slot),
        "load_balancer": entry,
        "distributions": len(served),
        "logging": logged,
        "log_filter": ["BLOCK", "COUNT"] if logged else [],
    }
    yield part(slot, "web acl", "waf", "web ACL", properties, count=acls, lines=lines, because=because)


def _rule_groups(slot: Slot) -> list[str]:
    """Return AWS's managed rule groups: those for every web entry, and against SQL injection where there is a database."""
    known = slot.catalog.rules.protection
    databases = any(component.kind == "relational_db" for component in slot.document.development.components.values())
    return [*known.rule_groups, *(known.with_relational_db if databases else ())]


def _rate_limit(slot: Slot) -> int:
    """Return the requests that one address may send in the window: its share of the highest peak."""
    known, peak = slot.catalog.rules.protection, max(rate.peak for rate in slot.usage.entry)
    asked = ceiling(peak * known.rate_limit_window_seconds * slot.values["waf_heaviest_address_share"])
    return max(known.least_rate_limit, asked)


def _detection(slot: Slot) -> Iterator[Part]:
    """Yield what an account has once in a Region."""
    if not carries(slot):
        return
    if because := _because(slot, "threat_detection"):
        lines = partial(detector_lines, slot.region, computes(slot.document), running(slot), covered(slot))
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
