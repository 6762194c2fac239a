"""Every stack of a plan as files: templates, parameters, the order of deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from planner.export import parameters as decisions
from planner.export.cloudformation import budgets, compute, data, delivery, edge, network, observability, recovery, security
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.yamltext import to_yaml
from planner.export.layers import LAYERS, Kind, Layer, layer_of
from planner.export.targets import Target, stack_order, targets, variants
from planner.models.facts import ExportFacts
from planner.models.plan import Plan
from planner.models.requirements import Document

BUILDERS: Mapping[Layer, Callable[[Stack], None]] = {
    "network": network.build,
    "security": security.build,
    "data": data.build,
    "compute": compute.build,
    "edge": edge.build,
    "observability": observability.build,
    "delivery": delivery.build,
    "recovery": recovery.build,
    "budgets": budgets.build,
}
ROOT = "cloudformation"
NO_TYPE: Mapping[Kind, str] = {
    ("inspector", "scanning"): "CloudFormation has no type that turns Inspector on; deploy.sh does it after the last stack",
    ("shield", "ddos-protection"): "Shield Standard protects every account; Advanced is a protection of each distribution",
    ("codedeploy", "deployments"): "functions are released by a stack of their own, and groups are made where CodeDeploy releases",
    ("systems_manager", "configuration"): "the associations of the machines",
    ("secrets_manager", "secrets"): "copies in a recovery region are made by the secret that they are copied from",
}
"""What a site may list without a resource in its templates, with the reason; beside what no form has a resource for."""


def files(plan: Plan, document: Document, facts: ExportFacts, environments: Collection[str] = ()) -> dict[str, str]:
    """Return every file of the CloudFormation form by its path in the bundle.

    Raises:
        ExportError: the plan holds something that exports do not know.
        InputError: the plan has no environment of a name.
    """
    chosen = targets(plan, document, environments)
    by_place: dict[tuple[Target, Layer], list[Stack]] = {}
    for target in chosen:
        for stack in _stacks(target, facts):
            by_place.setdefault((target, stack.layer), []).append(stack)
    stacks = [stack for key in stack_order(chosen) for stack in by_place.get(key, ())]
    texts = _texts(stacks)
    written: dict[str, str] = {}
    entries: list[dict[str, Any]] = []
    for stack, text, place in zip(stacks, texts, _places(stacks, texts), strict=True):
        template = f"templates/{place}/{_file(stack)}.yaml"
        written[f"{ROOT}/{template}"] = text
        entries.append(_entry(stack, template, written))
    written[f"{ROOT}/stacks.json"] = _json(entries)
    return dict(sorted(written.items()))


def _texts(stacks: list[Stack]) -> list[str]:
    """Return the templates as texts; what mirrors share is written once."""
    known: dict[tuple[str, str], list[tuple[dict[str, Any], str]]] = {}
    texts = []
    for stack in stacks:
        template = stack.template()
        before = known.setdefault((_file(stack), stack.target.structure), [])
        text = next((text for other, text in before if other == template), None)
        if text is None:
            text = to_yaml(template)
            before.append((template, text))
        texts.append(text)
    return texts


def _file(stack: Stack) -> str:
    return stack.layer if stack.away is None else f"{stack.layer}-{stack.away}"


def _stacks(target: Target, facts: ExportFacts) -> Iterator[Stack]:
    """Yield the stacks of a site that make something."""
    for resource in target.site.resources:
        layer_of(resource)
    decided = decisions.parameters(target, facts)
    for layer in LAYERS:
        others = observability.regions_elsewhere(target) if layer == "observability" else ()
        for away in (None, *others):
            stack = Stack(target, layer, decided, facts, away=away)
            BUILDERS[layer](stack)
            if stack.resources or stack.outputs:
                yield stack


def _places(stacks: list[Stack], texts: list[str]) -> list[str]:
    """Return the folder of each stack's template; equal texts share one."""
    places = [""] * len(stacks)
    for name in {_file(stack) for stack in stacks}:
        members = [index for index, stack in enumerate(stacks) if _file(stack) == name]
        for index, place in zip(members, variants([(stacks[i].target, texts[i]) for i in members]), strict=True):
            places[index] = place
    return places


def _entry(stack: Stack, template: str, written: dict[str, str]) -> dict[str, Any]:
    """Write a stack's parameters and policy, and return its line in the order of deployment."""
    target, layer = stack.target, stack.layer
    parameters = f"parameters/{target.environment}/{target.region}/{_file(stack)}.json"
    written[f"{ROOT}/{parameters}"] = _json(stack.parameter_values())
    policy = None
    if stack.holds_data or (layer == "network" and target.production):
        policy = f"stack-policies/{layer}.json"
        written[f"{ROOT}/{policy}"] = _json(POLICY)
    wired = [
        {"parameter": item.name, "region": item.region, "stack_name": item.stack_name, "output": item.output}
        for item in sorted(stack.wired.values(), key=lambda item: item.name)
    ]
    return {
        "environment": target.environment,
        "region": stack.region,
        "site": target.region,
        "layer": layer,
        "stack_name": stack.name,
        "template": template,
        "parameters": parameters,
        "stack_policy": policy,
        "from_outputs": wired,
    }


KEPT = (
    "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::ElastiCache::ReplicationGroup", "AWS::KMS::Key",
    "AWS::Kinesis::Stream", "AWS::Logs::LogGroup", "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance",
    "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::SQS::Queue", "AWS::Backup::BackupVault", "AWS::CodeCommit::Repository",
    "AWS::ECR::Repository", "AWS::EC2::Subnet", "AWS::EC2::VPC",
)  # fmt: skip
"""Types that hold data, what data cannot be read without, and the network that all of production stands in."""
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": sorted(KEPT)}},
        },
    ]
}
"""An update never replaces or deletes what holds data."""


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
