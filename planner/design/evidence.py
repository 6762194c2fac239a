"""Whether a plan shows the elements that meet controls: what holds, what fails, what it does not speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planner.design.frameworks import least
from planner.design.settings import Settings, Spot, kind_of
from planner.models.accounts import carrier
from planner.models.design import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.catalog import Element
    from planner.design.place import Whole
    from planner.models.compliance import Proof
    from planner.models.design import Details, Role
    from planner.models.plan import Resource

State = Literal["holds", "fails", "absent", "customer"]
Kind = tuple[str, str]
EVERYWHERE: Kind = ("*", "*")
ADMIN_PORTS = frozenset({22, 3389})
WEB_PORTS = frozenset({80, 443})
DETAIL_OF = {
    "no_admin_ports": "security_groups",
    "only_web_ports": "security_groups",
    "least_privilege": "roles",
    "backed_up": "backups",
    "databases_rotate": "secrets",
    "under_key": "keys",
    "secrets_under_keys": "keys",
}
"""The detail of a site that a check reads."""


@dataclass(frozen=True)
class Shown:
    """What a plan shows of an element, and where; `why` it fails, is absent or stays with the customer."""

    state: State
    by: tuple[Evidence, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Stand:
    """A site with its resources by kind."""

    spot: Spot
    resources: Mapping[Kind, list[Resource]]
    details: Details
    elsewhere: frozenset[Kind]
    """What the account has once, in another environment's stacks."""

    def of(self, kind: Kind) -> list[Resource]:
        """Return the resources of a service and part; any part where it is `*`."""
        if kind[1] != "*":
            return self.resources.get(kind, [])
        return [resource for (service, _), found in self.resources.items() if service == kind[0] for resource in found]

    def has(self, kinds: tuple[Kind, ...]) -> bool:
        """Return whether any of the kinds stands here; every site has `*/*`."""
        return any(kind == EVERYWHERE or self.of(kind) for kind in kinds)


class Observer:
    """Looks at one plan; every element is judged once."""

    def __init__(self, whole: Whole) -> None:
        """Sort the resources of all sites."""
        self._whole = whole
        self._settings = Settings(whole.document, whole.catalog)
        self._stands = tuple(self._all_stands())
        self._known: dict[str, Shown] = {}

    def _all_stands(self) -> Iterator[Stand]:
        for environment in self._whole.environments:
            for site in environment.regions:
                strategy = self._whole.strategy if environment.name == "production" else "none"
                kinds: dict[Kind, list[Resource]] = {}
                for resource in site.resources:
                    kinds.setdefault(kind_of(resource), []).append(resource)
                yield Stand(Spot(environment.name, site.role, strategy), kinds, site.details, self._elsewhere(environment.name))

    def _elsewhere(self, environment: str) -> frozenset[Kind]:
        carries = carrier(self._whole.document, environment) == environment
        return frozenset() if carries else self._whole.catalog.practices.parts.account_wide

    def element(self, name: str) -> Shown:
        """Return what the plan shows of an element."""
        if name not in self._known:
            self._known[name] = self._judge(self._whole.catalog.elements[name])
        return self._known[name]

    def _judge(self, element: Element) -> Shown:
        if element.customer:
            return Shown("customer", why=element.customer)
        if element.absent:
            return Shown("absent", why=element.absent)
        if element.second_region and not self._whole.recovery_region:
            return Shown("customer", why="no second Region is asked for")
        seen: list[tuple[Stand, Evidence]] = []
        for stand in self._stands:
            for proof in element.proofs:
                if stand.spot.within(proof.sites) and (missed := self._prove(element, proof, stand, seen)):
                    return Shown("fails", why=missed)
        return _shown(element, seen)

    def _prove(self, element: Element, proof: Proof, stand: Stand, seen: list[tuple[Stand, Evidence]]) -> str:
        """Return what does not hold at a site, empty where all does; what shows it joins `seen`."""
        found = [resource for kind in proof.on for resource in stand.of(kind) if self._reads(proof, resource)]
        if not found and stand.has(element.needed) and not stand.elsewhere.issuperset(proof.on):
            return f"{stand.spot.environment} has no {'/'.join(proof.on[0])}"
        for resource in found:
            value = self._value(element, proof, stand, resource)
            if value is False:
                return f"{resource.id} does not show {proof.property or proof.detail}"
            if value is not None:
                seen.append((stand, Evidence.model_construct(resource=resource.id, property=_property(proof), value=value)))
        return ""

    def _reads(self, proof: Proof, resource: Resource) -> bool:
        return bool(proof.names) or self._settings.speaks_of(proof, resource.component)

    def _value(self, element: Element, proof: Proof, stand: Stand, resource: Resource) -> str | Literal[False] | None:
        """Return the value that shows it, False where it does not hold, None where there is nothing to hold."""
        if proof.detail:
            return DETAILS[proof.detail](stand.details, resource)
        found = resource.properties.get(proof.property)
        if proof.equals is not None:
            return _said(found) if found == proof.equals and type(found) is type(proof.equals) else False
        if proof.at_least is not None:
            wanted = max(proof.at_least, least(self._whole.document, self._whole.catalog, element.id))
            number = int(found) if isinstance(found, (int, str)) and str(found).isdigit() else 0
            return _said(found) if number >= wanted else False
        if proof.includes:
            return proof.includes if isinstance(found, list) and proof.includes in found else False
        wanted_names = self._names(proof, stand)
        if not wanted_names:
            return None
        return _said(found) if isinstance(found, list) and wanted_names <= {str(item) for item in found} else False

    def _names(self, proof: Proof, stand: Stand) -> set[str]:
        if proof.names == ("frameworks",):
            return set(self._whole.document.security.frameworks)
        kinds = (name.split("/") for name in proof.names)
        found = (resource.component for service, part in kinds for resource in stand.of((service, part)))
        return {component for component in found if self._settings.speaks_of(proof, component)}


def _shown(element: Element, seen: list[tuple[Stand, Evidence]]) -> Shown:
    """Return that an element holds, by what stands in production's primary site, or elsewhere where nothing does."""
    if not seen:
        return Shown("absent", why=f"nothing is planned that it speaks of: {element.description}")
    at_home = [evidence for stand, evidence in seen if stand.spot.within("home")]
    return Shown("holds", tuple(at_home or [evidence for _, evidence in seen]))


def _property(proof: Proof) -> str:
    return proof.property or DETAIL_OF[proof.detail]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _internet_ports(details: Details) -> list[int]:
    flows = (flow for group in details.security_groups for flow in group.flows)
    return sorted({flow.port for flow in flows if flow.direction == "in" and flow.peer == "internet"})


def _no_admin_ports(details: Details, _: Resource) -> str | Literal[False] | None:
    return _ports_said(details, holds=ADMIN_PORTS.isdisjoint(_internet_ports(details)))


def _only_web_ports(details: Details, _: Resource) -> str | Literal[False] | None:
    return _ports_said(details, holds=WEB_PORTS.issuperset(_internet_ports(details)))


def _ports_said(details: Details, *, holds: bool) -> str | Literal[False] | None:
    if not details.security_groups:
        return None
    ports = ", ".join(map(str, _internet_ports(details)))
    return f"{len(details.security_groups)} groups, from the internet: {ports or 'nothing'}" if holds else False


def _least_privilege(details: Details, _: Resource) -> str | Literal[False]:
    narrow = bool(details.roles) and all(_narrow(role) for role in details.roles)
    return f"{len(details.roles)} roles without *" if narrow else False


def _narrow(role: Role) -> bool:
    """Return whether a role allows no whole service, and every resource only where AWS takes no narrower one."""
    actions = [action for grant in role.grants for action in grant.actions]
    named = all(action != "*" and not action.endswith(":*") for action in actions)
    return named and all("*" not in grant.on or grant.unscoped for grant in role.grants)


def _backed_up(details: Details, resource: Resource) -> str | Literal[False]:
    found = [backup for backup in details.backups if backup.resource == resource.id]
    return "; ".join(f"{backup.mechanism} {backup.retention_days} days" for backup in found) or False


def _databases_rotate(details: Details, _: Resource) -> str | Literal[False] | None:
    """Return how many credentials of databases rotate, copies with their source; there is nothing to show where no database has one."""
    rotating = [secret for secret in details.secrets if secret.kind == "database" and (secret.rotation_days or secret.replica_of)]
    if details.secrets and not rotating:
        return None
    return f"{len(rotating)} rotate" if rotating else False


def _under_key(details: Details, resource: Resource) -> str | Literal[False]:
    return ", ".join(key.name for key in details.keys if resource.id in key.encrypts) or False


def _secrets_under_keys(details: Details, _: Resource) -> str | Literal[False]:
    under = {name: key.name for key in details.keys for name in key.encrypts}
    found = [under.get(f"secret:{secret.name}", "") for secret in details.secrets]
    return ", ".join(sorted(set(found))) if found and all(found) else False


DETAILS = {
    "no_admin_ports": _no_admin_ports,
    "only_web_ports": _only_web_ports,
    "least_privilege": _least_privilege,
    "backed_up": _backed_up,
    "databases_rotate": _databases_rotate,
    "under_key": _under_key,
    "secrets_under_keys": _secrets_under_keys,
}
