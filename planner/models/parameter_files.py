"""What parameter files of an export look like once they are parsed: the models behind their JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from planner.models.base import Model

PARAMETER_FILES_VERSION = "1"
Scalar = str | int | bool
Value = Scalar | list[str]
LogicalName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=255)]
SnakeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ShellName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
ConfigName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*$")]
SsmName = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_.-]+){3,15}$", max_length=1011)]


class StackParameter(Model):
    """A parameter of a CloudFormation stack."""

    ParameterKey: LogicalName
    ParameterValue: Annotated[str, Field(max_length=4096)]


class StackParameters(RootModel[list[StackParameter]]):
    """Parameters of CloudFormation stacks: `cloudformation.json`."""


class TerraformVariables(RootModel[dict[SnakeName, Value]]):
    """Values of Terraform variables: `terraform.tfvars.json`."""


class Decisions(Model):
    """The decisions of one site, for the code of a CDK application."""

    project: str
    environment: str
    region: str
    parameters: dict[LogicalName, Value]


class CdkContext(Model):
    """Context of a CDK application: `cdk.context.json`."""

    planner: Decisions


class PulumiConfig(Model):
    """Configuration of a Pulumi stack: `pulumi.yaml`, to be copied to `Pulumi.STACK.yaml`."""

    config: dict[ConfigName, Value]


class SsmParameter(Model):
    """A parameter of Systems Manager, as `aws ssm put-parameter --cli-input-json` takes it."""

    Name: SsmName
    Description: Annotated[str, Field(max_length=1024)]
    Value: Annotated[str, Field(min_length=1, max_length=4096)]
    Type: Literal["String", "StringList"]
    Overwrite: Literal[True]


class SsmParameters(RootModel[list[SsmParameter]]):
    """Parameters of Systems Manager: `ssm.json`, one call each."""


class ShellVariables(RootModel[dict[ShellName, str]]):
    """Variables of a shell or a container: `.env`."""


FILES: Mapping[str, type[BaseModel]] = {
    "cloudformation": StackParameters,
    "terraform": TerraformVariables,
    "cdk": CdkContext,
    "pulumi": PulumiConfig,
    "ssm": SsmParameters,
    "env": ShellVariables,
}
"""By form."""
