"""A site of the plan while its modules are written: what was decided there, and which module makes what."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from planner.export import naming
from planner.export.hcl import Code
from planner.export.layers import ExportError, Layer
from planner.export.parameters import Parameter, parameters
from planner.export.targets import Target, all_targets
from planner.export.terraform.module import Module, snake
from planner.models.design import Details, Role
from planner.models.facts import ExportFacts
from planner.models.plan import Resource


@dataclass(eq=False)
class Site:
    """One region of an environment."""

    target: Target
    facts: ExportFacts
    modules: dict[Layer, Module] = field(default_factory=dict)
    twin: Site | None = None
    role_layers: dict[str, Layer] = field(default_factory=dict)

    @property
    def details(self) -> Details:
        """Design of the site."""
        return self.target.site.details

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every decision by name."""
        return parameters(self.target, self.facts)

    @property
    def recovery(self) -> bool:
        """Whether this is a recovery site."""
        return self.target.role == "recovery"

    @cached_property
    def prefix(self) -> str:
        """What names begin with; a recovery site has its own, since some names are global."""
        parts = ("recovery",) if self.recovery else ()
        return naming.physical("project", self.target.project, self.target.environment, *parts)

    def module(self, layer: Layer) -> Module:
        """Return the module of a layer, begun when it is asked for the first time."""
        return self.modules.setdefault(layer, Module(self, layer))

    def call(self, layer: Layer) -> str:
        """Return the name of a layer's module call in the environment."""
        return f"recovery_{layer}" if self.recovery else layer

    def locate(self, resource_id: str) -> tuple[Site, Resource]:
        """Return a resource of this or the other site by its id.

        Raises:
            ExportError: the design names a resource that is in no site of the environment.
        """
        for site in (self, self.twin):
            for resource in site.target.site.resources if site else ():
                if resource.id == resource_id and site:
                    return site, resource
        raise ExportError(
            f"{resource_id}: the design of {self.target.environment} in {self.target.region} names it, the plan has no such resource"
        )

    def elsewhere(self, resource_id: str) -> tuple[Site, Resource]:
        """Return a resource of another environment, whose files are not at hand when this one is deployed.

        Raises:
            ExportError: the plan has no such resource.
        """
        for target in all_targets(self.target.plan, self.target.document):
            for resource in target.site.resources:
                if resource.id == resource_id:
                    return Site(target, self.facts), resource
        raise ExportError(f"{resource_id}: the design of {self.target.environment} names it, the plan has no such resource")

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {resource: key.name for key in self.details.keys for resource in key.encrypts}

    def key_of(self, resource_id: str) -> str | None:
        """Return the name of the key that encrypts a resource."""
        return self._keys.get(resource_id)

    def key_arn(self, name: str) -> Code:
        """Return the ARN of a key inside the layer that makes it."""
        existing = naming.camel(name) + "KeyArn"
        if existing in self.parameters:
            return self.module("security").p(existing)
        return Code(f"aws_kms_key.key_{snake(name)}.arn")

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by name."""
        return {role.name: role for role in self.details.roles}

    @cached_property
    def groups(self) -> frozenset[str]:
        """Names of the security groups."""
        return frozenset(group.name for group in self.details.security_groups)

    @property
    def least_zones(self) -> int:
        """Zones that subnets lie in: load balancers and database subnet groups need two."""
        return max(2, self.target.zones)

    def subnets(self) -> bool:
        """Return whether anything lies in a VPC."""
        return self.target.has("vpc", "vpc")
