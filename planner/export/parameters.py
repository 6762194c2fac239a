"""The decisions of a plan as typed parameters: one name for one decision in every form.

Templates and modules hold the structure; what differs from one environment to another is here. `parameters` gives every
decision of a site; a form declares those it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from planner.export import naming
from planner.export.layers import kind_of
from planner.export.targets import Target
from planner.models.facts import ExportFacts
from planner.models.plan import Resource

Type = Literal["string", "number", "boolean", "list", "image"]
"""`image` is the name of an SSM public parameter that holds the id of a machine image."""
Value = str | int | bool | tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """One decision."""

    name: str
    type: Type
    value: Value
    description: str
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    by_step: tuple[int, ...] = ()
    resource: str | None = None

    @property
    def text(self) -> str:
        """The value as CloudFormation takes it."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return ",".join(self.value) if isinstance(self.value, tuple) else str(self.value)


@dataclass(frozen=True)
class Place:
    """What a decision is read from."""

    target: Target
    resource: Resource
    facts: ExportFacts

    def text(self, name: str) -> str:
        """Return a property as text."""
        return str(self.resource.properties[name])

    def steps(self, name: str) -> tuple[int, ...]:
        """Return a property that follows growth."""
        value = self.resource.properties[name]
        return tuple(int(item) for item in value) if isinstance(value, list) else ()

    def first(self, name: str) -> int:
        """Return a property that follows growth, in the first step."""
        return self.steps(name)[0]


@dataclass(frozen=True)
class Spec:
    """How a decision is named and read."""

    suffix: str
    type: Type
    read: Callable[[Place], Value | None]
    description: str
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    by_step: Callable[[Place], tuple[int, ...]] | None = None

    def parameter(self, place: Place) -> Parameter | None:
        """Return the decision; None where the plan does not take it."""
        value = self.read(place)
        if value is None:
            return None
        component = place.resource.component
        prefix = "" if component.startswith("@") else naming.camel(component)
        steps = self.by_step(place) if self.by_step else ()
        whom = f"{component}: " if prefix else ""
        text = f"{whom}{self.description}"
        of = place.target.id_of(place.resource)
        return Parameter(prefix + self.suffix, self.type, value, text, self.pattern, self.allowed, self.minimum, steps, of)


def parameters(target: Target, facts: ExportFacts) -> dict[str, Parameter]:
    """Return every decision of a site by name, sorted."""
    from planner.export.decisions import SPECS, site_parameters  # noqa: PLC0415 - the tables are written in the terms of this module

    found = {parameter.name: parameter for parameter in site_parameters(target, facts)}
    for resource in [*waiting(target), *target.site.resources]:
        place = Place(target, resource, facts)
        for spec in SPECS.get(kind_of(resource), ()):
            parameter = spec.parameter(place)
            if parameter is not None:
                found[parameter.name] = parameter
                found |= {growth.name: growth for growth in _growth(parameter)}
    return dict(sorted(found.items()))


def _growth(parameter: Parameter) -> Iterator[Parameter]:
    """Yield what a decision becomes as demand grows, for people to read; stacks are brought up with the first step."""
    if len(set(parameter.by_step)) > 1:
        text = f"{parameter.description} By growth step of the plan."
        yield Parameter(f"{parameter.name}ByStep", "string", " ".join(str(n) for n in parameter.by_step), text, resource=parameter.resource)


def starts_machines(target: Target, encrypted: Iterable[str]) -> bool:
    """Return whether Auto Scaling starts machines at a site whose volumes a key with these resources encrypts."""
    listed = any(name.endswith(("/instances", "@delivery/jenkins")) for name in encrypted)
    return listed or any(resource.service == "ec2" for resource in waiting(target))


def waiting(target: Target) -> list[Resource]:
    """Return what the other site runs and this one would have to: described, but with nothing running until it takes over."""
    twin = target.twin
    if target.role == "primary" or twin is None or not target.has("vpc", "vpc"):
        return []
    return [_asleep(resource) for resource in twin.site.resources if kind_of(resource) in RUNS and not _runs(target, resource)]


RUNS = frozenset({("ec2", "instances"), ("fargate", "tasks"), ("lambda", "function")})


def _runs(target: Target, resource: Resource) -> bool:
    return any(target.find(resource.component, part) is not None for _, part in RUNS)


def _asleep(resource: Resource) -> Resource:
    bases = resource.properties.get("base_count_by_step")
    none = {"base_count_by_step": [0] * len(bases)} if isinstance(bases, list) else {}
    return resource.model_copy(update={"properties": {**resource.properties, **none}})


def growing(parameters_of_site: dict[str, Parameter]) -> Iterator[Parameter]:
    """Yield the decisions that later growth steps change."""
    return (parameter for parameter in parameters_of_site.values() if len(set(parameter.by_step)) > 1)
