"""Controls derived again: what the plan's own resources and design show of every element (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from planner.models.compliance import Control, Element, Framework, Proof
from planner.models.design import ControlResult, Details
from planner.models.plan import Resource
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of
from planner.verify.settings import brought, concerns, stands_in

FRAMEWORKS = "security.frameworks"
ANY = "*"
MET, PROCESS, UNMET = "met", "process", "unmet"
DETAIL_OF: Mapping[str, str] = {
    "no_admin_ports": "security_groups",
    "only_web_ports": "security_groups",
    "least_privilege": "roles",
    "backed_up": "backups",
    "databases_rotate": "secrets",
    "under_key": "keys",
    "secrets_under_keys": "keys",
}
Shown = tuple[str, str, str]
"""A resource, its property or detail, and the value there."""


@dataclass
class Judgement:
    """What was found of one element: what shows it at home and elsewhere, what speaks against it, what stays open."""

    home: list[Shown] = field(default_factory=list)
    elsewhere: list[Shown] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    customer: str = ""

    @property
    def evidence(self) -> list[Shown]:
        """What shows it: in production's primary site where anything does."""
        return self.home or self.elsewhere


def check_controls(frame: Frame, findings: Findings) -> None:
    """Check that every control is listed as derived, and that none that can be met is not."""
    given_up = FRAMEWORKS in frame.given_up
    names = () if given_up else frame.document.security.frameworks
    judged = {name: judge(frame, frame.catalog.elements[name]) for name in brought(frame)}
    wanted = [
        _expected(frame.catalog.elements, judged, framework, control)
        for framework in map(frame.catalog.framework, names)
        for control in framework.controls
    ]
    findings.equal("controls", len(frame.plan.controls), len(wanted))
    for k, (found, expected) in enumerate(zip(frame.plan.controls, wanted, strict=False)):
        for name, value in expected.items():
            got = getattr(found, name)
            if name == "by":
                got = [(item.resource, item.property, item.value) for item in found.by]
            findings.equal(f"controls[{k}].{name}", got, value)
        said = f"{found.framework} {found.id} is not met: {_against(found, judged)}"
        findings.that(expected["state"] != UNMET, f"controls[{k}].state", said)


def _against(found: ControlResult, judged: Mapping[str, Judgement]) -> str:
    return "; ".join(said for name in found.elements if name in judged for said in judged[name].against[:1])


def _expected(
    elements: Mapping[str, Element], judged: Mapping[str, Judgement], framework: Framework, control: Control
) -> dict[str, object]:
    mine = {name: judged[name] for name in control.elements}
    holding = [elements[name] for name, found in mine.items() if found.evidence and not found.against]
    open_ends = [control.process] if control.process else []
    open_ends += [f"{name}: {_open(elements[name], found)}" for name, found in mine.items() if found.against or not found.evidence]
    if any(found.against for found in mine.values()):
        state = UNMET
    elif control.process or any(found.customer for found in mine.values()) or not holding:
        state = PROCESS
    else:
        state = MET
    return {
        "framework": framework.id,
        "id": control.id,
        "title": control.title,
        "state": state,
        "elements": list(control.elements),
        "by": [shown for name, found in mine.items() if not found.against for shown in found.evidence],
        "config_rules": sorted({rule for element in holding for rule in element.config_rules}),
        "checkov": sorted({check for element in holding for check in element.checkov}),
        "left": open_ends,
        "asked_by": FRAMEWORKS,
        "basis": control.basis,
        "source": framework.source,
    }


def _open(element: Element, found: Judgement) -> str:
    if found.against:
        return found.against[0]
    return found.customer or element.absent or f"nothing is planned that it speaks of: {element.description}"


def judge(frame: Frame, element: Element) -> Judgement:
    """Return what a plan shows of an element."""
    found = Judgement(customer=element.customer)
    if element.second_region and frame.recovery is None:
        found.customer = "no second Region is asked for"
    if found.customer or element.absent:
        return found
    for spot in frame.spots:
        wanted = any(kind == (ANY, ANY) or any(_of(spot, kind)) for kind in element.needed)
        for proof in element.proofs:
            if stands_in(spot, proof.sites):
                _prove(spot, element, proof, found, wanted=wanted)
    return found


def _prove(spot: Spot, element: Element, proof: Proof, found: Judgement, *, wanted: bool) -> None:
    everywhere = [resource for kind in proof.on for resource in _of(spot, kind)]
    parts = everywhere if proof.names else [item for item in everywhere if concerns(spot, proof, item.component)]
    account_has_it = not spot.carries and set(proof.on) <= spot.frame.catalog.practices.parts.account_wide
    if wanted and not parts and not account_has_it:
        found.against.append(f"{spot.environment} has no {'/'.join(proof.on[0])}")
    for resource in parts:
        held = _held(spot, element, proof, resource)
        if held is None:
            continue
        what = proof.property or DETAIL_OF[proof.detail]
        if held is False:
            found.against.append(f"{resource.id} does not show {proof.property or proof.detail}")
        else:
            (found.home if spot.production and spot.primary else found.elsewhere).append((resource.id, what, str(held)))


def _of(spot: Spot, kind: tuple[str, str]) -> Iterator[Resource]:
    service, part = kind
    return (item for item in spot.by_service.get(service, ()) if part in {ANY, part_of(item)})


def _held(spot: Spot, element: Element, proof: Proof, resource: Resource) -> str | bool | None:
    """Return the value as text where a proof holds, False where it does not, None where there is nothing to prove."""
    if proof.detail:
        return CHECKS[proof.detail](spot.site.details, resource)
    stated = resource.properties.get(proof.property)
    if proof.names:
        names = _named(spot, proof)
        holds = isinstance(stated, list) and names.issubset(map(str, stated))
        return None if not names else holds and ", ".join(map(str, stated if isinstance(stated, list) else []))
    if proof.includes:
        return isinstance(stated, list) and proof.includes in stated and proof.includes
    if proof.at_least is not None:
        return _enough(spot.frame, element, proof.at_least, stated)
    same = stated == proof.equals and isinstance(stated, bool) == isinstance(proof.equals, bool)
    return same and (str(stated).lower() if isinstance(stated, bool) else str(stated))


def _enough(frame: Frame, element: Element, least: int, stated: object) -> str | bool:
    floor = max(least, frame.least(element.id))
    if isinstance(stated, bool) or not isinstance(stated, int | str):
        return False
    text = str(stated)
    return text.isdigit() and int(text) >= floor and text


def _named(spot: Spot, proof: Proof) -> set[str]:
    if "frameworks" in proof.names:
        return set(spot.frame.document.security.frameworks)
    found: set[str] = set()
    for name in proof.names:
        service, _, part = name.partition("/")
        found |= {item.component for item in _of(spot, (service, part)) if concerns(spot, proof, item.component)}
    return found


def _from_internet(details: Details) -> set[int]:
    return {flow.port for group in details.security_groups for flow in group.flows if (flow.direction, flow.peer) == ("in", "internet")}


def _groups(details: Details, *, holds: bool) -> str | bool | None:
    if not details.security_groups:
        return None
    said = ", ".join(str(port) for port in sorted(_from_internet(details))) or "nothing"
    return holds and f"{len(details.security_groups)} groups, from the internet: {said}"


def _roles(details: Details, _: Resource) -> str | bool | None:
    for role in details.roles:
        for grant in role.grants:
            broad = any(action == ANY or action.partition(":")[2] == ANY for action in grant.actions)
            if broad or (ANY in grant.on and not grant.unscoped):
                return False
    return bool(details.roles) and f"{len(details.roles)} roles without *"


def _backups(details: Details, resource: Resource) -> str | bool | None:
    mine = [f"{item.mechanism} {item.retention_days} days" for item in details.backups if item.resource == resource.id]
    return bool(mine) and "; ".join(mine)


def _rotation(details: Details, _: Resource) -> str | bool | None:
    turning = sum(item.kind == "database" and bool(item.rotation_days or item.replica_of) for item in details.secrets)
    if not turning:
        return None if details.secrets else False
    return f"{turning} rotate"


def _own_key(details: Details, resource: Resource) -> str | bool:
    names = [key.name for key in details.keys for held in key.encrypts if held == resource.id]
    return bool(names) and ", ".join(names)


def _secret_keys(details: Details, _: Resource) -> str | bool:
    names = set()
    for secret in details.secrets:
        holding = [key.name for key in details.keys if f"secret:{secret.name}" in key.encrypts]
        if not holding:
            return False
        names.update(holding)
    return bool(names) and ", ".join(sorted(names))


CHECKS: Mapping[str, Callable[[Details, Resource], str | bool | None]] = {
    "no_admin_ports": lambda details, _: _groups(details, holds=not _from_internet(details) & {22, 3389}),
    "only_web_ports": lambda details, _: _groups(details, holds=_from_internet(details) <= {80, 443}),
    "least_privilege": _roles,
    "backed_up": _backups,
    "databases_rotate": _rotation,
    "under_key": _own_key,
    "secrets_under_keys": _secret_keys,
}
