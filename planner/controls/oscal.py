"""The matrix as an OSCAL 1.1 component definition (https://pages.nist.gov/OSCAL/reference/1.1.2/component-definition/).

One component is the plan, with one control implementation a framework. Every control of it is an implemented
requirement; its evidence, AWS Config rules and checkov checks are properties, and what stays with the customer is in
its remarks. Identifiers follow from the plan alone, so that the same plan gives the same bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.controls.matrix import FrameworkView
    from planner.models.design import ControlResult
    from planner.models.plan import Plan

OSCAL_VERSION = "1.1.2"
PROPERTIES = "https://planner.example/ns/oscal"
"""Names the properties that are ours, as OSCAL asks for those it does not know."""
STATUS = {"met": "implemented", "process": "planned", "unmet": "partial"}
SAID = {
    "met": "The planned architecture meets the control; the properties name the resources that show it.",
    "process": "The control is the customer's own process; the planned architecture only supports it.",
    "unmet": "The planned architecture does not meet the control.",
}
NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""That of URLs (RFC 4122)."""


class Ids:
    """Identifiers that follow from a plan's digest and a path."""

    def __init__(self, digest: str) -> None:
        """Keep the plan's digest."""
        self._root = uuid5(NAMESPACE, f"{PROPERTIES}/{digest}")

    def of(self, *path: str) -> str:
        """Return the identifier of a place."""
        return str(uuid5(self._root, "/".join(path)))


def component_definition(plan: Plan, views: Iterable[FrameworkView], digest: str) -> dict[str, object]:
    """Return the component definition of a plan.

    A plan carries no time of its own, so `last-modified` is the newest date of its prices.

    Args:
        plan: The plan.
        views: Its frameworks.
        digest: SHA-256 of the plan's bytes.
    """
    ids, name, shown = Ids(digest), str(plan.document["project"]["name"]), tuple(views)
    return {
        "component-definition": {
            "uuid": ids.of("definition"),
            "metadata": {
                "title": f"Controls of {name}",
                "last-modified": f"{_newest(plan)}T00:00:00+00:00",
                "version": digest[:12],
                "oscal-version": OSCAL_VERSION,
                "props": [_prop("plan-digest", digest)],
            },
            "components": [_component(plan, name, ids, shown)],
            **({"back-matter": {"resources": [_resource(view, ids) for view in shown]}} if shown else {}),
        }
    }


def _newest(plan: Plan) -> str:
    days = (line.price_as_of for line in plan.line_items)
    return max((day for day in days if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day)), default="1970-01-01")


def _resource(view: FrameworkView, ids: Ids) -> dict[str, object]:
    known = view.framework
    return {"uuid": ids.of("source", known.id), "title": f"{known.name} {known.version}", "description": f"Mapped by: {known.source}"}


def _component(plan: Plan, name: str, ids: Ids, views: tuple[FrameworkView, ...]) -> dict[str, object]:
    where = plan.region + (f", {plan.strategy.replace('_', ' ')} in {plan.recovery_region}" if plan.recovery_region else "")
    made: dict[str, object] = {
        "uuid": ids.of("component"),
        "type": "service",
        "title": name,
        "description": f"The planned AWS architecture of {name} in {where}.",
    }
    implementations = [_implementation(view, ids) for view in views]
    return made | ({"control-implementations": implementations} if implementations else {})


def _implementation(view: FrameworkView, ids: Ids) -> dict[str, object]:
    known = view.framework
    partial = f" Partial: {known.partial}." if known.partial else ""
    return {
        "uuid": ids.of(known.id),
        "source": f"#{ids.of('source', known.id)}",
        "description": f"{known.name} {known.version}.{partial}",
        "props": [_prop(name, str(count)) for name, count in view.counts.items()],
        "implemented-requirements": [_requirement(known.id, control, ids) for control in view.controls],
    }


def _requirement(framework: str, control: ControlResult, ids: Ids) -> dict[str, object]:
    made: dict[str, object] = {
        "uuid": ids.of(framework, control.id),
        "control-id": token(control.id),
        "description": f"{control.title}. {SAID[control.state]}",
        "props": list(_props(control)),
    }
    if control.by:
        shown = "; ".join(f"{evidence.resource}: {evidence.property} = {evidence.value}" for evidence in control.by)
        statement = f"{token(control.id)}_smt"
        made["statements"] = [{"statement-id": statement, "uuid": ids.of(framework, control.id, "smt"), "description": shown}]
    return made | ({"remarks": "\n".join(f"- {said}" for said in control.left)} if control.left else {})


def _props(control: ControlResult) -> Iterator[dict[str, str]]:
    yield _prop("label", control.id)
    yield _prop("implementation-status", STATUS[control.state])
    yield _prop("asked-by", control.asked_by)
    for evidence in control.by:
        yield _prop("evidence", f"{evidence.property} = {evidence.value}", evidence.resource)
    for rule in control.config_rules:
        yield _prop("config-rule", rule)
    for check in control.checkov:
        yield _prop("checkov", check)


def _prop(name: str, value: str, remarks: str = "") -> dict[str, str]:
    return {"name": name, "ns": PROPERTIES, "value": value} | ({"remarks": remarks} if remarks else {})


def token(control: str) -> str:
    """Return the identifier of a control as OSCAL takes it: it begins with a letter and holds no brackets or spaces.

    >>> token("164.312(a)(1)"), token("AC-17(2)"), token("Art. 44-46")
    ('c-164.312.a.1', 'ac-17.2', 'art.44-46')
    """
    plain = re.sub(r"\.+", ".", re.sub(r"[^a-z0-9._-]+", ".", control.lower())).strip(".")
    return plain if plain[0].isalpha() else f"c-{plain}"
