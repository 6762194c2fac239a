"""The controls of a plan by framework, with what the catalog says of each framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.catalog import Catalog, Framework
    from planner.models.design import ControlResult
    from planner.models.plan import Plan

STATES = ("met", "process", "unmet")


@dataclass(frozen=True)
class FrameworkView:
    """One framework in a plan. `outside` are services that its list does not hold, which only a current list forbids."""

    framework: Framework
    controls: tuple[ControlResult, ...]
    outside: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many controls are met, the customer's process, unmet, and watched by AWS Config."""
        found = {state: sum(control.state == state for control in self.controls) for state in STATES}
        return found | {"watched": sum(bool(control.config_rules) for control in self.controls)}


def digest(plan: Plan) -> str:
    """Return the SHA-256 of a plan, whatever form it was read from; the time it took is no part of it."""
    data = plan.model_dump(mode="json")
    del data["proof"]["wall_seconds"]
    return sha256(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def matrix(plan: Plan, catalog: Catalog) -> tuple[FrameworkView, ...]:
    """Return the frameworks of a plan in the order of its document."""
    names = dict.fromkeys(control.framework for control in plan.controls)
    services = sorted({item.service for place in plan.environments for site in place.regions for item in site.resources})
    return tuple(_view(plan, catalog, catalog.framework(name), services) for name in names)


def _view(plan: Plan, catalog: Catalog, framework: Framework, services: Iterable[str]) -> FrameworkView:
    column = framework.scope.column if framework.scope else ""
    outside = tuple(name for name in services if column and catalog.service(name).compliance.get(column) != "yes")
    return FrameworkView(framework, tuple(control for control in plan.controls if control.framework == framework.id), outside)


def with_framework(views: Sequence[FrameworkView], name: str) -> tuple[FrameworkView, ...]:
    """Return the framework of a name or an alias alone.

    Raises:
        InputError: the plan is not under it.
    """
    wanted = name.strip().lower()
    found = tuple(view for view in views if wanted == view.framework.id or wanted in view.framework.aliases)
    if not found:
        known = ", ".join(view.framework.id for view in views) or "none, its document names no framework"
        raise InputError([Problem("--framework", 0, 0, "R019", "", f"'{name}' is no framework of this plan", f"there are: {known}")])
    return found


def as_dict(views: Iterable[FrameworkView]) -> dict[str, object]:
    """Return the matrix as JSON has it."""
    return {"frameworks": [_framework(view) for view in views]}


def _framework(view: FrameworkView) -> dict[str, object]:
    known = view.framework
    scope = None if known.scope is None else {**known.scope._asdict(), "services_not_on_it": list(view.outside)}
    return {
        "id": known.id,
        "name": known.name,
        "version": known.version,
        "partial": bool(known.partial),
        "partial_because": known.partial or None,
        "scope": scope,
        "counts": dict(view.counts),
        "controls": [_control(control) for control in view.controls],
    }


def _control(control: ControlResult) -> dict[str, object]:
    return {
        "id": control.id,
        "title": control.title,
        "state": control.state,
        "by": [evidence.model_dump() for evidence in control.by],
        "config_rule": control.config_rules,
        "checkov": control.checkov,
        "left": control.left,
        "asked_by": control.asked_by,
        "basis": control.basis,
        "source": control.source,
    }
