"""What the design of a plan needs of a document: data classes that somebody answers for, free names, free addresses."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import islice

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import listed, shown, suggestion
from planner.models.accounts import apart

TAKEN = ("cloudfront", "endpoints", "internal-balancer", "internet", "jenkins", "jenkins-home", "public-balancer", "rotation")
"""Names of security groups and of the outside that no component has."""


KEYED = ("customer_managed_keys", "at_rest")
"""Leaves of `security.encryption` that bring keys of one's own."""


def data_classes_are_stated(stated: Stated) -> Iterator[Finding]:
    """A component holds only data of the classes that the Security Office lists."""
    known = stated.document.security.data_classes
    for name, component in stated.document.development.components.items():
        for index, kind in enumerate(component.data_classes):
            if kind not in known:
                path = ("development", "components", name, "data_classes", index)
                message = f"{shown(kind)} is not under security.data_classes, which lists {listed(known) if known else 'none'}"
                yield Finding(path, message, suggestion(kind, known))


def names_are_not_taken(stated: Stated) -> Iterator[Finding]:
    """No component is called like a part of the network."""
    for name in stated.document.development.components:
        if name in TAKEN:
            path = ("development", "components", name)
            yield Finding(path, f"{shown(name)} is the name of a part of the network", "names that are taken: " + listed(TAKEN))


def address_ranges_leave_room(stated: Stated) -> Iterator[Finding]:
    """The ranges in use leave one for every VPC that the plan may need: each environment's, and a recovery site's."""
    in_use = stated.document.technology.existing.vpc_cidrs
    if not in_use:
        return
    from planner import catalog  # noqa: PLC0415 - only for documents that name ranges

    rules, wanted = catalog.load().rules.network.addresses, len(stated.environments) + 1
    try:
        used = [IPv4Network(cidr, strict=False) for cidr in in_use]
    except ValueError:
        return  # said by the check of the ranges themselves
    candidates = (network for block in rules.blocks for network in IPv4Network(block).subnets(new_prefix=rules.vpc_prefix))
    free = sum(1 for _ in islice((n for n in candidates if not any(n.overlaps(other) for other in used)), wanted))
    if free < wanted:
        message = f"the ranges in use leave room for {free} of the {wanted} VPCs (/{rules.vpc_prefix} each) that the plan may need"
        yield Finding(("technology", "existing", "vpc_cidrs"), message, "planned from: " + listed(rules.blocks))


def other_accounts_read_releases(stated: Stated) -> Iterator[Finding]:
    """Releases into another account lie under a key of one's own: AWS managed keys admit nobody from outside."""
    document = stated.document
    away, asked = apart(document), document.security.encryption
    if not away or any(getattr(asked, leaf) and stated.binds(f"security.encryption.{leaf}") for leaf in KEYED):
        return
    from planner import catalog  # noqa: PLC0415 - only for documents that name accounts

    brought = {element for name in document.security.frameworks for element in catalog.load().framework(name).elements}
    features = catalog.load().features
    if not brought & {*features["customer_managed_keys"].elements, *features["encryption_at_rest"].elements}:
        message = (
            f"pipelines release to {listed(away)} in another account than production's, which cannot read what AWS managed keys encrypt"
        )
        hint = "security.encryption.customer_managed_keys: true, or one account"
        yield Finding(("project", "accounts", away[0]), message, hint)
