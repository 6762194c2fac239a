"""One module of a layer: its resources, typed variables and outputs, collected while the layer is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.export import hcl, naming
from planner.export.hcl import Block, Code, Value
from planner.export.layers import ExportError, Layer, layer_of
from planner.export.parameters import Parameter
from planner.export.targets import part_of
from planner.export.terraform import skips
from planner.models.plan import Resource

if TYPE_CHECKING:
    from planner.export.terraform.site import Site

PROVIDER_VERSION = ">= 6.62, < 7.0"
TERRAFORM_VERSION = ">= 1.9"
RESOURCE_TAG = "planner:resource"
"""What names the resource of the plan; `planner reconcile` reads it."""
_ALONE = re.compile(r"\$\{([^{}]+)\}")
WAITING = "waiting"
"""Part of what the other site runs and this one would: no resource of the plan, since nothing of it runs."""
TYPES: Mapping[str, str] = {"string": "string", "image": "string", "number": "number", "boolean": "bool", "list": "list(string)"}


@dataclass(frozen=True)
class Check:
    """What the value of a variable must be; `{}` in the condition stands for the variable."""

    condition: str
    message: str


@dataclass(frozen=True)
class Variable:
    """A variable of a module: a decision of the plan with its value, or what another module hands over."""

    name: str
    type: str
    description: str
    value: Value = None
    source: Code | None = None
    check: Check | None = None

    def block(self, prefix: str = "") -> Block:
        """Return the declaration; that of the environment has the site's prefix."""
        name = f"{prefix}{self.name}"
        made = Block("variable", (name,)).set(type=Code(self.type), description=self.description)
        if self.check:
            made.add("validation", condition=Code(self.check.condition.replace("{}", f"var.{name}")), error_message=self.check.message)
        return made


@dataclass
class Module:
    """A layer of one site as a module."""

    site: Site
    layer: Layer
    items: list[hcl.Item] = field(default_factory=list)
    sources: dict[tuple[str, str], Block] = field(default_factory=dict)
    locals: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    outputs: dict[str, tuple[Value, str]] = field(default_factory=dict)
    waits: dict[str, list[Value]] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    arns: dict[str, Code] = field(default_factory=dict)
    roles: dict[str, None] = field(default_factory=dict)

    def resource(self, type_: str, name: str, of: Resource | None = None, /, **values: Value) -> Block:
        """Add a resource and return it; with `of` its tags say which resource of the plan it stands for."""
        block = Block("resource", (type_, name))
        if said := skips.lines(type_, name, self.site):
            block.note(*said)
        block.set(**values)
        if of is not None:
            block.set(tags=tags(of))
        self.items.append(block)
        return block

    def data(self, type_: str, name: str, /, **values: Value) -> Block:
        """Return a data source, added when it is asked for the first time."""
        return self.sources.setdefault((type_, name), Block("data", (type_, name)).set(**values))

    def account(self) -> str:
        """Return the account that is deployed to, as part of a string."""
        self.data("aws_caller_identity", "current")
        return "${data.aws_caller_identity.current.account_id}"

    def region(self) -> str:
        """Return the region that is deployed to, as part of a string."""
        self.data("aws_region", "current")
        return "${data.aws_region.current.region}"

    def partition(self) -> str:
        """Return the partition, as part of a string."""
        self.data("aws_partition", "current")
        return "${data.aws_partition.current.partition}"

    def var(self, name: str, type_: str, description: str, value: Value, check: Check | None = None) -> Code:
        """Declare a decision as a variable and return the reference to it."""
        self.variables.setdefault(name, Variable(name, type_, description, value, check=check))
        return Code(f"var.{name}")

    def p(self, name: str) -> Code:
        """Declare a parameter of the site as a variable and return the reference to it."""
        return self.parameter(self.site.parameters[name])

    def asked(self, resource: Resource, suffix: str) -> Code | None:
        """Return the reference to a parameter of a component, None where the plan takes no such decision."""
        found = self.site.parameters.get(naming.camel(resource.component) + suffix)
        return self.parameter(found) if found else None

    def parameter(self, found: Parameter) -> Code:
        """Declare a parameter as a variable and return the reference to it."""
        value: Value = list(found.value) if isinstance(found.value, tuple) else found.value
        return self.var(naming.snake(found.name), TYPES[found.type], found.description, value, _check(found))

    def given(self, name: str, type_: str, description: str, source: str) -> Code:
        """Declare what another module hands over and return the reference to it."""
        self.variables.setdefault(name, Variable(name, type_, description, source=Code(source)))
        return Code(f"var.{name}")

    def take(self, layer: Layer, output: str, type_: str = "string", site: Site | None = None) -> Code:
        """Return an output of another layer of this site, or of another site, as a variable."""
        where = site or self.site
        prefix = "" if where is self.site else f"{where.target.role}_"
        whose = "" if where is self.site else f" of the {where.target.role} site"
        return self.given(
            f"{prefix}{output}",
            type_,
            f"{output.replace('_', ' ').capitalize()}{whose}, from layer {layer}.",
            f"module.{where.call(layer)}.{output}",
        )

    def out(self, name: str, value: Value, description: str, after: Sequence[Code] = ()) -> None:
        """Declare an output; what takes it waits for what is named in `after`, too."""
        self.outputs[name] = (value, description)
        self.waits[name] = list(after)

    def stands(self, resource: Resource, arn: Code) -> None:
        """Say which ARN a resource of the plan has; other layers can then ask for it."""
        self.arns[resource.id] = arn
        if part_of(resource) == WAITING:
            return
        self.out(f"{label(resource)}_arn", arn, f"ARN of {resource.component}/{part_of(resource)}.")

    def arn(self, resource_id: str) -> Code:
        """Return the ARN of a resource of the plan, wherever it is made."""
        if resource_id in self.arns:
            return self.arns[resource_id]
        where, resource = self.site.locate(resource_id)
        if (resource.service, part_of(resource)) == ("dynamodb", "replica"):
            return self._replica_arn(where, resource)
        layer = layer_of(resource)
        if where is self.site and layer == self.layer:
            return Code(f"local.{label(resource)}_arn")
        return self.take(layer or "data", f"{label(resource)}_arn", site=where)

    def _replica_arn(self, where: Site, resource: Resource) -> Code:
        """Return the ARN of a table's replica: that of the table but for the region."""
        table = where.twin.target.find(resource.component, "table") if where.twin else None
        if table is None:
            raise ExportError(f"{resource.id} is a replica of a table that the other site does not have")
        source = self.arn(table.id)
        here = self.var("primary_region", "string", "Region of the primary site.", self.site.target.plan.region)
        there = self.var("recovery_region", "string", "Region of the recovery site.", where.target.region)
        return Code(f"replace({source.text}, {here.text}, {there.text})")

    def key(self, resource: Resource) -> Code | None:
        """Return the ARN of the customer managed key that encrypts a resource, None where AWS's own does."""
        name = self.site.key_of(resource.id)
        return (
            None
            if name is None
            else self.take("security", f"key_{snake(name)}_arn")
            if self.layer != "security"
            else self.site.key_arn(name)
        )

    def named_key(self, name: str) -> Code | None:
        """Return the ARN of the site's key of a name, None where the design has no such key."""
        if not any(key.name == name for key in self.site.details.keys):
            return None
        return self.site.key_arn(name) if self.layer == "security" else self.take("security", f"key_{snake(name)}_arn")

    def prefix(self) -> str:
        """Return what names begin with, as part of a string."""
        value = self.site.prefix
        check = Check('can(regex("^[a-z][a-z0-9-]*$", {}))', "Lower-case letters, digits and hyphens, beginning with a letter.")
        self.var("prefix", "string", "What names of resources begin with.", value, check)
        return "${var.prefix}"

    def named(self, suffix: str) -> Code:
        """Return a name that begins with the prefix."""
        return template(f"{self.prefix()}-{suffix}")

    def short(self, kind: str, suffix: str) -> Code:
        """Return a name where AWS takes only short ones: a variable, since what does not fit is cut and numbered."""
        value = naming.shortened(f"{self.site.prefix}-{suffix}", naming.LIMITS[kind])
        check = Check(f"length({{}}) <= {naming.LIMITS[kind]}", f"At most {naming.LIMITS[kind]} characters.")
        return self.var(f"{snake(suffix)}_{kind}_name", "string", f"Name of the {kind.replace('_', ' ')} {suffix}.", value, check)

    def vpc_id(self) -> Code:
        """Return the VPC of the site: an existing one, or that of layer network."""
        if self.layer != "network":
            return self.take("network", "vpc_id")
        vpc = self.site.target.find("@network", "vpc")
        return self.p("VpcId") if "VpcId" in self.site.parameters or vpc is None else ref("aws_vpc", label(vpc))

    def files(self) -> dict[str, str]:
        """Return the files of the module by name."""
        aliases: dict[str, Value] = (
            {"configuration_aliases": [Code(f"aws.{name}") for name in sorted(self.aliases)]} if self.aliases else {}
        )
        begin: list[hcl.Item] = [block for _, block in sorted(self.sources.items())]
        if self.locals:
            begin.append(Block("locals", (), list(self.locals.items())))
        outputs = sorted(self.outputs.items())
        return {
            "main.tf": hcl.document([*begin, *self.items]),
            "variables.tf": hcl.document([variable.block() for _, variable in sorted(self.variables.items())]),
            "outputs.tf": hcl.document(
                [
                    Block("output", (name,)).set(description=text, value=value, depends_on=[*self.waits[name]] or None)
                    for name, (value, text) in outputs
                ]
            ),
            "versions.tf": hcl.document([versions(aliases)]),
        }


def _check(found: Parameter) -> Check | None:
    """Return what the value of a parameter must be."""
    if found.pattern:
        return Check(f"can(regex({hcl.quoted(found.pattern)}, {{}}))", f"Must match {found.pattern}.")
    if found.allowed:
        choices = [int(value) for value in found.allowed] if found.type == "number" else list(found.allowed)
        return Check(f"contains({hcl.expression(choices)}, {{}})", f"One of {', '.join(found.allowed)}.")
    if found.minimum is not None:
        return Check(f"{{}} >= {found.minimum}", f"At least {found.minimum}.")
    return None


def versions(aliases: Mapping[str, Value] | None = None) -> Block:
    """Return the versions that a module or an environment needs."""
    block = Block("terraform").set(required_version=TERRAFORM_VERSION)
    block.add("required_providers", aws={"source": "hashicorp/aws", "version": PROVIDER_VERSION} | dict(aliases or {}))
    return block


def tags(resource: Resource, **more: Value) -> dict[str, Value]:
    """Return the tags that say what a resource stands for and who asked for it; the provider adds those of the environment."""
    stands = {} if part_of(resource) == WAITING else {RESOURCE_TAG: f"{resource.component}/{part_of(resource)}"}
    asked = [name for name in resource.because if not name.startswith("development.environments.")]  # the tag Environment says it
    return {"Component": resource.component.removeprefix("@"), "Requirements": naming.joined_ids(asked), **stands, **more}


def snake(name: str) -> str:
    """Return a name of the document as part of an identifier: `orders-db` as `orders_db`."""
    return name.removeprefix("@").replace("-", "_").replace(" ", "_").replace(".", "_").lower()


def label(resource: Resource) -> str:
    """Return the label of a resource's main block, `COMPONENT_PART`."""
    return f"{snake(resource.component)}_{snake(part_of(resource))}"


def template(text: str) -> Code:
    """Return a string with references in it, or the reference itself where there is nothing else; the text is ours, never a document's."""
    alone = _ALONE.fullmatch(text)
    return Code(alone[1] if alone else f'"{text}"')


def ref(type_: str, name: str, attribute: str = "id") -> Code:
    """Return a reference to an attribute of a resource of the same module."""
    return Code(f"{type_}.{name}.{attribute}")


def inside(code: Code) -> str:
    """Return an expression as part of a string; what is a string with references already stays as it is."""
    quotes = code.text.startswith('"') and code.text.endswith('"')
    return code.text[1:-1] if quotes else f"${{{code.text}}}"


def encoded(value: Value) -> hcl.Call:
    """Return a value as JSON text."""
    return hcl.Call("jsonencode", (value,))
