"""Names must name something: components, environments, list entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import shown, suggestion
from planner.inputs.strip import Path
from planner.models.components import Compute, Placement


def _unknown(names: tuple[str, ...], known: Collection[str], what: str, path: Path) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name not in known:
            yield Finding((*path, index), f"{shown(name)} is not {what}", suggestion(name, known))


def journeys_name_components(stated: Stated) -> Iterator[Finding]:
    """What a journey needs, and what it degrades without, is a component."""
    for name, journey in stated.document.business.journeys.items():
        for field, names in (("needs", journey.needs), ("degrades", journey.degrades)):
            yield from _unknown(names, stated.components, "a component", ("business", "journeys", name, field))


def journeys_need_or_degrade(stated: Stated) -> Iterator[Finding]:
    """A journey that fails without a component does not merely get worse without it."""
    for name, journey in stated.document.business.journeys.items():
        for index, component in enumerate(journey.degrades):
            if component in journey.needs:
                message = f"{shown(component)} is also under needs: without it the journey fails, or it only gets worse, not both"
                yield Finding(("business", "journeys", name, "degrades", index), message)


def dependencies_exist(stated: Stated) -> Iterator[Finding]:
    """A component depends on other components of the document."""
    for name, component in stated.document.development.components.items():
        path = ("development", "components", name, "depends_on")
        others = [other for other in stated.components if other != name]
        for index, wanted in enumerate(component.depends_on):
            if wanted == name:
                yield Finding((*path, index), f"{shown(name)} depends on itself")
            elif wanted not in others:
                yield Finding((*path, index), f"{shown(wanted)} is not a component", suggestion(wanted, others))


def _placements(stated: Stated) -> Iterator[tuple[str, Placement]]:
    for name, component in stated.document.development.components.items():
        if isinstance(component, Compute) and component.placement:
            yield name, component.placement


def placements_exist(stated: Stated) -> Iterator[Finding]:
    """Placement rules name other components that run on instances."""
    kinds = {name: part.kind for name, part in stated.document.development.components.items()}
    for name, placement in _placements(stated):
        others = [other for other in stated.components if other != name and kinds.get(other, "web") in ("web", "api", "worker")]
        for field, names in (("share_with", placement.share_with), ("apart_from", placement.apart_from)):
            path = ("development", "components", name, "placement", field)
            yield from _unknown(names, others, "another component of kind web, api or worker", path)


def placements_agree(stated: Stated) -> Iterator[Finding]:
    """Two components cannot share instances and be kept apart, whichever of them says so."""
    apart = {frozenset((name, other)): name for name, placement in _placements(stated) for other in placement.apart_from}
    for name, placement in _placements(stated):
        for index, other in enumerate(placement.share_with):
            if owner := apart.get(frozenset((name, other))):
                rule = f"development.components.{owner}.placement.apart_from"
                message = f"{shown(other)} may share instances here, but {rule} keeps the two apart"
                yield Finding(("development", "components", name, "placement", "share_with", index), message)


def production_exists(stated: Stated) -> Iterator[Finding]:
    """Every other environment is a share of production."""
    if "production" not in stated.environments:
        path = ("development", "environments")
        yield Finding(path, "there is no environment called production", suggestion("production", stated.environments))


def environments_exist(stated: Stated) -> Iterator[Finding]:
    """Accounts and budgets belong to environments of the document."""
    named = (
        (("project", "accounts"), stated.document.project.accounts),
        (("finance", "environment_budgets"), stated.document.finance.environment_budgets),
    )
    for path, names in named:
        for name in names:
            if name not in stated.environments:
                yield Finding((*path, name), f"{shown(name)} is not an environment", suggestion(name, stated.environments))


def lists_without_repetition(stated: Stated) -> Iterator[Finding]:
    """A list names each thing once."""
    yield from _repeated(stated.values, ())


def _repeated(values: Any, path: Path) -> Iterator[Finding]:  # plain values of any shape
    if isinstance(values, dict):
        for key, inner in values.items():
            yield from _repeated(inner, (*path, key))
    elif isinstance(values, list):
        seen: set[Any] = set()
        for index, item in enumerate(values):
            if item in seen:
                yield Finding((*path, index), f"{shown(item)} stands in this list twice")
            seen.add(item)
