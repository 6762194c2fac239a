"""From the rules of `permissions.yaml` to statements: which resources a rule is about at a site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.design.pipelines import brought, provider_at
from planner.design.pipelines import released as carried
from planner.design.place import part_of
from planner.design.secrecy import data_class, key_of
from planner.models.accounts import apart
from planner.models.design import Grant
from planner.models.requirements import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.design.place import Place
    from planner.models.plan import Resource
    from planner.models.rules import GrantRule

KEY_SID = "Key"
COPIED = frozenset({"bucket", "site"})
RELEASES = "releases:"


def sid(*words: str) -> str:
    """Return a statement's id: letters and digits only."""
    return "".join(part[:1].upper() + part[1:] for word in words for part in word.replace("/", "-").split("-"))


@dataclass
class Statements:
    """Collects the statements of one role; what they need of keys becomes one statement a key."""

    place: Place
    keys: frozenset[str]
    told: list[str] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    of_keys: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, rule: GrantRule, on: list[str]) -> None:
        """Add a statement over some resources; none where there are none."""
        if not on:
            return
        key, _, value = rule.condition.partition("=")
        only = {key: value or self.place.document.project.name} if key else {}
        self.allow(name, rule.actions, on, rule.unscoped or None, only)

    def allow(
        self, name: str, actions: Iterable[str], on: list[str], unscoped: str | None = None, only: Mapping[str, str] | None = None
    ) -> None:
        """Add a statement as it is, once."""
        if any(grant.sid == name for grant in self.grants):
            return
        self.grants.append(
            Grant.model_construct(sid=name, actions=sorted(actions), on=sorted(on), unscoped=unscoped, only_where=dict(only or {}))
        )

    def key(self, name: str, actions: Iterable[str]) -> None:
        """Note what is done with a key; keys are named only where the site's data lies under keys of its own."""
        wanted = set(actions)
        if wanted and self.keys and ("/" in name or name in self.keys):
            self.of_keys.setdefault(name, set()).update(wanted)

    def key_of(self, things: Iterable[Resource], actions: Iterable[str]) -> None:
        """Note what is done with the keys of some resources, those of another site by its environment and region."""
        here = (self.place.environment, self.place.region)
        for resource in things:
            name, site = key_of(self.place, resource), resource.id.split("/", 2)[:2]
            if name is not None:
                self.key(name if tuple(site) == here else "/".join((*site, name)), actions)

    def key_of_secret(self, component: str, actions: Iterable[str]) -> None:
        """Note what is done with the key of a component's secret."""
        self.key(data_class(self.place.document, component, self.place.catalog.rules.protection.data_classes), actions)

    def done(self) -> list[Grant]:
        """Return the statements, those about keys at the end."""
        for name, actions in sorted(self.of_keys.items()):
            self.allow(sid(KEY_SID, name), actions, [f"key:{name}"])
        return self.grants


def named(place: Place, reference: str) -> list[Resource]:
    """Return the resources of `COMPONENT/part`: here, else in the environment's primary site."""
    component, _, part = reference.partition("/")
    found = [r for r in place.resources if r.component == component and part_of(r) == part]
    return found or [r for r in place.primary_resources if r.component == component and part_of(r) == part]


def released(place: Place) -> list[str]:
    """Return the bucket that releases come from: the site's own, else that of production's primary site."""
    if place.document.development.delivery == Delivery():
        return []
    own = place.find("@delivery", "artifacts")
    return [own.id if own is not None else f"production/{place.primary_region}/@delivery/artifacts"]


def sent(place: Place) -> list[str]:
    """Return the bucket of the recovery Region that pipelines put releases into, where they bring them there."""
    there = place.home and place.recovery_region and brought(place.document, place.strategy)
    return [f"{other_site(place)}/@delivery/artifacts"] if there else []


def copied(place: Place) -> list[Resource]:
    """Return the buckets that are replicated to production's other site: from the primary, in active/active objects both ways."""
    if not place.production or not place.recovery_region:
        return []
    buckets = [r for r in place.resources if r.service == "s3" and not r.component.startswith("@")]
    if not place.recovery:
        return [r for r in buckets if part_of(r) in COPIED]
    components = place.document.development.components
    back = place.strategy == "active_active"
    return [r for r in buckets if back and part_of(r) == "replica" and components[r.component].kind == "object_store"]


def other_site(place: Place) -> str:
    """Return where the copies of a site's buckets lie, as the beginning of their ids."""
    return f"production/{place.primary_region if place.recovery else place.recovery_region}"


def releases(place: Place, reference: str) -> list[str]:
    """Return `release:ENVIRONMENT/COMPONENT` for what pipelines release by providers: `releases:A+B`, `@SERVICE` for what runs on it."""
    providers, _, service = reference.removeprefix(RELEASES).partition("@")
    return [
        f"release:{environment}/{name}"
        for name in carried(place.document)
        for environment in _released_from(place)
        if provider_at(place, name, environment) in providers.split("+") and service in {"", *(r.service for r in place.of(name))}
    ]


def _released_from(place: Place) -> list[str]:
    """Return the environments that roles of a site release to: those of the account from where the pipelines are, else its own."""
    away = apart(place.document)
    if place.find("@delivery", "pipelines") is not None:
        return [name for name in place.document.development.environments if name not in away]
    return [place.environment] if place.environment in away else []


def images(place: Place) -> list[str]:
    """Return the components that run from container images."""
    names = sorted(place.document.development.components)
    return [name for name in names if (runner := place.runs(name)) is not None and runner.service == "fargate"]


__all__ = ["RELEASES", "Statements", "copied", "images", "named", "other_site", "released", "releases", "sent", "sid"]
