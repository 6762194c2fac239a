"""A stack under construction: declares the parameters, conditions and imports that its resources use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.export import naming
from planner.export.cloudformation.intrinsics import Json, ref, sub
from planner.export.layers import Layer
from planner.export.parameters import Parameter
from planner.export.targets import Target
from planner.models.facts import ExportFacts
from planner.models.plan import Resource

TYPES = {
    "string": "String",
    "number": "Number",
    "boolean": "String",
    "list": "CommaDelimitedList",
    "image": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
}
PROPAGATED = "PropagateAtLaunch"


@dataclass(frozen=True)
class Wired:
    """A parameter that the deployer fills from an output of a stack elsewhere."""

    name: str
    region: str
    stack_name: str
    output: str


@dataclass(eq=False)
class Stack:
    """One layer of one site."""

    target: Target
    layer: Layer
    parameters: Mapping[str, Parameter]
    facts: ExportFacts
    resources: dict[str, Json] = field(default_factory=dict)
    outputs: dict[str, Json] = field(default_factory=dict)
    conditions: dict[str, Json] = field(default_factory=dict)
    mappings: dict[str, Json] = field(default_factory=dict)
    used: dict[str, Parameter] = field(default_factory=dict)
    wired: dict[str, Wired] = field(default_factory=dict)
    holds_data: bool = False
    away: str | None = None
    """Region that it is deployed to, where that is not its layer's: for alarms on what another region measures."""
    transform: str = ""
    """Macro of AWS that writes more into the template, where one is used."""

    def value(self, name: str) -> Json:
        """Return a decision, and declare its parameter."""
        self.used[name] = self.parameters[name]
        return ref(name)

    def of(self, resource: Resource, suffix: str) -> Json:
        """Return a decision about a component's resource."""
        return self.value(naming.camel(resource.component) + suffix)

    def decided(self, name: str) -> bool:
        """Return whether the plan takes a decision."""
        return name in self.parameters

    def from_elsewhere(self, name: str, description: str, of: Target, layer: Layer, output: str) -> Json:
        """Return a value that a stack of another region gives."""
        self.wired[name] = Wired(name, of.region_of(layer), of.stack(layer), output)
        self.used[name] = Parameter(name, "string", "-", f"{description} Filled in by the deployer.")
        return ref(name)

    def prefixed(self) -> None:
        """Declare what `${Project}` and `${Environment}` in a text stand for."""
        self.value("Project")
        self.value("Environment")

    def named(self, text: str) -> Json:
        """Return a text that begins with project and environment."""
        self.prefixed()
        return sub(f"${{Project}}-${{Environment}}-{text}" if not text.startswith("/") else f"/${{Project}}/${{Environment}}{text}")

    @property
    def name(self) -> str:
        """Name of the stack."""
        return self.target.stack(self.layer, away=self.away is not None)

    @property
    def region(self) -> str:
        """Region that it is deployed to."""
        return self.away or self.target.region_of(self.layer)

    def imported(self, layer: Layer, output: str) -> Json:
        """Return what another layer of the same site gives."""
        if self.target.region_of(layer) != self.region:
            return self.from_elsewhere(f"{layer.capitalize()}{output}", "From another region.", self.target, layer, output)
        return {"Fn::ImportValue": self.named(f"{layer}-{output}")}

    def give(self, output: str, value: Any, description: str, *, condition: str | None = None) -> None:
        """Give a value to the other layers."""
        entry: Json = {"Description": description} | ({"Condition": condition} if condition else {})
        self.outputs[output] = entry | {"Value": value, "Export": {"Name": self.named(f"{self.layer}-{output}")}}

    def condition(self, name: str, rule: Json) -> str:
        """Declare a condition."""
        self.conditions[name] = rule
        return name

    def is_true(self, parameter: str) -> str:
        """Return the condition that a truth value holds."""
        return self.condition(f"{parameter}IsTrue", {"Fn::Equals": [self.value(parameter), "true"]})

    def add(
        self,
        name: str,
        kind: str,
        properties: Json,
        *,
        of: Resource | None = None,
        standby: bool = False,
        keep: str | None = None,
        condition: str | None = None,
        after: Iterable[str] = (),
        skip: Mapping[str, str] | None = None,
    ) -> str:
        """Add a resource and return its logical id.

        Args:
            name: Logical id, unique in the stack.
            kind: Resource type.
            properties: As CloudFormation takes them.
            of: Resource of the plan that it stands for.
            standby: Whether it is the other site's resource, which would run here if that site were lost.
            keep: Deletion policy of what holds data: Retain, Snapshot or RetainExceptOnCreate.
            condition: Condition of the stack.
            after: Logical ids that must exist before.
            skip: checkov checks that do not apply, with the reason.
        """
        if name in self.resources:
            raise ValueError(f"{self.layer}: two resources are called {name}")
        entry: Json = {"Type": kind} | ({"Condition": condition} if condition else {})
        if after:
            entry["DependsOn"] = list(after)
        if keep:
            self.holds_data = True
            entry |= {"DeletionPolicy": keep, "UpdateReplacePolicy": keep}
        metadata = self._metadata(of, skip, "standby" if standby else "resource")
        if metadata:
            entry["Metadata"] = metadata
        self.resources[name] = entry | ({"Properties": properties} if properties else {})
        return name

    def _metadata(self, of: Resource | None, skip: Mapping[str, str] | None, word: str) -> Json:
        """Return what a resource stands for, and which of checkov's checks do not apply to it."""
        metadata: Json = {} if of is None else {"planner": {word: self.target.id_of(of)}}
        if skip:
            metadata["checkov"] = {"skip": [{"id": check, "comment": reason} for check, reason in sorted(skip.items())]}
        return metadata

    def tags(self, of: Resource | None = None, *, component: str | None = None, name: str | None = None) -> list[Json]:
        """Return the tags of a resource: what it belongs to, whose it is, which plan made it, and why."""
        pairs = self.tag_map(of, component=component)
        if name:
            pairs = {"Name": self.named(name), **pairs}
        return [{"Key": key, "Value": value} for key, value in pairs.items()]

    def tag_map(self, of: Resource | None = None, *, component: str | None = None) -> Json:
        """Return the tags as a mapping."""
        owner = component or (of.component if of is not None else f"@{self.layer}")
        tags: Json = {
            "planner:component": owner,
            "planner:environment": self.value("Environment"),
            "planner:owner": self.value("Owner"),
            "planner:plan-digest": self.value("PlanDigest"),
            "planner:requirements": self.because(of),
        }
        if of is not None:
            tags["planner:resource"] = self.target.id_of(of)
        document = self.target.document.project
        own = {naming.tag_key(key): naming.tag_value(value) for key, value in document.tags.items()}
        return {**own, **tags}

    def because(self, of: Resource | None) -> Any:
        """Return the requirements behind a resource; the environment's own id is written so that mirrors share a template."""
        ids = list(of.because) if of is not None else ["development.components"]
        own = f"development.environments.{self.target.environment}"
        text = naming.joined_ids(name for name in ids if name != own)
        if own not in ids:
            return text
        self.value("Environment")
        room = naming.TAG_VALUE - len("development.environments. ") - 40
        return sub(f"development.environments.${{Environment}} {text[:room]}".strip())

    def template(self) -> Json:
        """Return the template."""
        where = f"{self.layer} of {self.target.structure}"
        parts: Json = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": self.transform,
            "Description": f"{where}. Written by planner export from a verified plan; what differs by environment is a parameter.",
            "Parameters": {name: self._declared(self.used[name]) for name in sorted(self.used)},
            "Mappings": self.mappings,
            "Conditions": dict(sorted(self.conditions.items())),
            "Resources": self.resources,
            "Outputs": self.outputs,
        }
        return {key: value for key, value in parts.items() if value}

    def _declared(self, parameter: Parameter) -> Json:
        declared: Json = {"Type": TYPES[parameter.type], "Description": parameter.description}
        if parameter.type == "boolean":
            declared["AllowedValues"] = ["true", "false"]
        elif parameter.allowed:
            numbers = parameter.type == "number"
            declared["AllowedValues"] = [int(value) if numbers else value for value in parameter.allowed]
        elif parameter.pattern and parameter.type == "string":
            declared["AllowedPattern"] = parameter.pattern
        if parameter.minimum is not None:
            declared["MinValue"] = parameter.minimum
        if self.target.production and parameter.name not in self.wired:
            declared["Default"] = parameter.value if isinstance(parameter.value, int) and parameter.type == "number" else parameter.text
        return declared

    def parameter_values(self) -> list[dict[str, str]]:
        """Return the parameter file's content."""
        return [{"ParameterKey": name, "ParameterValue": self.used[name].text} for name in sorted(self.used)]
