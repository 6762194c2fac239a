"""Every stack of a plan as files: templates, parameters, the order of deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from planner.export import parameters as decisions
from planner.export.cloudformation import compute, data, network, security
from planner.export.cloudformation.stack import Stack
from planner.export.layers import LAYERS, Layer, layer_of
from planner.export.targets import Target, stack_order, targets, variants
from planner.models.facts import ExportFacts
from planner.models.plan import Plan
from planner.models.requirements import Document

BUILDERS: Mapping[Layer, Callable[[Stack], None]] = {
    "network": network.build,
    "security": security.build,
    "data": data.build,
    "compute": compute.build,
}
ROOT = "cloudformation"


def files(plan: Plan, document: Document, facts: ExportFacts, environments: Collection[str] = ()) -> dict[str, str]:
    """Return every file of the CloudFormation form by its path in the bundle.

    Raises:
        ExportError: the plan holds something that exports do not know.
        InputError: the plan has no environment of a name.
    """
    chosen = targets(plan, document, environments)
    stacks = {(target, layer): stack for target in chosen for layer, stack in _stacks(target, facts)}
    texts = {key: stack.text() for key, stack in stacks.items()}
    places = _places(texts)
    written: dict[str, str] = {}
    entries: list[dict[str, Any]] = []
    for key in stack_order(chosen):
        if key in stacks:
            template = f"templates/{places[key]}/{key[1]}.yaml"
            written[f"{ROOT}/{template}"] = texts[key]
            entries.append(_entry(stacks[key], template, written))
    written[f"{ROOT}/stacks.json"] = _json(entries)
    return dict(sorted(written.items()))


def _stacks(target: Target, facts: ExportFacts) -> list[tuple[Layer, Stack]]:
    """Return the stacks of a site that make something."""
    for resource in target.site.resources:
        layer_of(resource)
    decided = decisions.parameters(target, facts)
    found = []
    for layer in LAYERS:
        if layer in BUILDERS:
            stack = Stack(target, layer, decided, facts)
            BUILDERS[layer](stack)
            if stack.resources or stack.outputs:
                found.append((layer, stack))
    return found


def _places(texts: Mapping[tuple[Target, Layer], str]) -> dict[tuple[Target, Layer], str]:
    """Return the folder of each stack's template; equal texts share one."""
    places: dict[tuple[Target, Layer], str] = {}
    for layer in LAYERS:
        keys = [key for key in texts if key[1] == layer]
        named = variants([(target, texts[target, layer]) for target, _ in keys])
        places |= dict(zip(keys, named, strict=True))
    return places


def _entry(stack: Stack, template: str, written: dict[str, str]) -> dict[str, Any]:
    """Write a stack's parameters and policy, and return its line in the order of deployment."""
    target, layer = stack.target, stack.layer
    parameters = f"parameters/{target.environment}/{target.region}/{layer}.json"
    written[f"{ROOT}/{parameters}"] = _json(stack.parameter_values())
    policy = None
    if stack.holds_data:
        policy = f"stack-policies/{layer}.json"
        written[f"{ROOT}/{policy}"] = _json(POLICY)
    wired = [
        {"parameter": item.name, "region": item.region, "stack_name": item.stack_name, "output": item.output}
        for item in sorted(stack.wired.values(), key=lambda item: item.name)
    ]
    return {
        "environment": target.environment,
        "region": target.region_of(layer),
        "site": target.region,
        "layer": layer,
        "stack_name": target.stack(layer),
        "template": template,
        "parameters": parameters,
        "stack_policy": policy,
        "from_outputs": wired,
    }


KEPT = (
    "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::ElastiCache::ReplicationGroup", "AWS::KMS::Key",
    "AWS::Kinesis::Stream", "AWS::Logs::LogGroup", "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance",
    "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::SQS::Queue", "AWS::Backup::BackupVault", "AWS::CodeCommit::Repository",
    "AWS::ECR::Repository",
)  # fmt: skip
"""Types that hold data or what data cannot be read without."""
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
