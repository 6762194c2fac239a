"""Delivery: pipelines, builds, releases, artefacts, configuration; once, where production is at home (docs/model.md §9)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import configuration, context, nodes
from planner.candidates.offer import Offer, Part, Property, Refusal, Slot
from planner.candidates.platform import computes, home, jobs, only, part, stated
from planner.costing.load import MIB_PER_GIB, ceiling
from planner.costing.operations import artifact_lines, build_lines, jenkins_lines, pipeline_lines, repository_lines
from planner.design.pipelines import release_method, released
from planner.models.requirements import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.models.facts import InstanceType

LEAF = "development.delivery"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield how code reaches production and what keeps it as described."""
    if not home(slot):
        yield only(slot, configuration.parts(slot), "configuration kept as described")
        return
    jenkins = slot.document.development.delivery.build == "jenkins"
    machine = _jenkins_machine(slot) if jenkins else None
    if jenkins and machine is None:
        yield Refusal(
            "jenkins", f"no instance type of {slot.region} has the vCPUs and memory that jenkins_vcpus and jenkins_memory_gib name"
        )
        return
    managing = context.managing(slot.document, slot.catalog)
    reason = ""
    if managing is not None and managing.ended is not None:
        reason = configuration.instead(slot, managing.ended)
        yield Refusal(managing.ended.id, reason)
    yield only(slot, _parts(slot, machine), "delivery that the requirements ask for", reason)


def _jenkins_machine(slot: Slot) -> InstanceType | None:
    """Return the cheapest machine for Jenkins; its vCPUs count in full, since it builds now and then."""
    vcpus, memory = slot.values["jenkins_vcpus"], slot.values["jenkins_memory_gib"] * MIB_PER_GIB
    fits = (m for m in slot.catalog.instance_types(slot.region) if m.vcpus >= vcpus and m.memory_mib >= memory)
    return min(fits, key=lambda m: (m.price.tiers[0].usd, m.name), default=None)


def _parts(slot: Slot, machine: InstanceType | None) -> Iterator[Part]:
    asked, document = slot.document.development.delivery, slot.document
    carried, code = len(released(document)), computes(document) + jobs(document)
    if asked.source == "codecommit":
        yield _repository(slot, asked.committers or 0)
    if asked.pipeline is not None and carried:
        yield _pipelines(slot, carried, asked.source or "s3_archive")
    if asked.build == "codebuild":
        lines = partial(build_lines, slot.region)
        because = stated(document, f"{LEAF}.build", f"{LEAF}.deploys_per_day")
        yield part(slot, "builds", "codebuild", "linux general1.medium", lines=lines, because=because)
    if machine is not None:
        yield _jenkins(slot, machine)
        yield from nodes.managed_nodes(slot)
    if code:
        because = stated(document, f"{LEAF}.deploy", "technology.recovery.deployment.rto", "security.audit.deployments")
        yield part(slot, "deployments", "codedeploy", "deployment group", {"method": release_method(document)}, because=because)
    if asked != Delivery():
        lines = partial(artifact_lines, slot.region)
        because = stated(document, f"{LEAF}.source", f"{LEAF}.pipeline", f"{LEAF}.build", f"{LEAF}.deploy", f"{LEAF}.deploys_per_day")
        yield part(slot, "artifacts", "s3", "standard", {"encrypted": True, "versioned": True}, lines=lines, because=because)
    yield from configuration.parts(slot)


def _repository(slot: Slot, committers: int) -> Part:
    lines = partial(repository_lines, committers)
    because = stated(slot.document, f"{LEAF}.source", f"{LEAF}.committers")
    return part(slot, "repository", "codecommit", "repository", {"committers": committers}, lines=lines, because=because)


def _pipelines(slot: Slot, pipelines: int, source: str) -> Part:
    lines = partial(pipeline_lines, slot.region, pipelines)
    properties: dict[str, Property] = {"pipelines": pipelines, "source": source}
    because = (f"{LEAF}.pipeline",)
    return part(slot, "pipelines", "codepipeline", "V1", properties, count=pipelines, lines=lines, because=because)


def _jenkins(slot: Slot, machine: InstanceType) -> Part:
    volume = ceiling(slot.values["jenkins_volume_gib"])
    lines = partial(jenkins_lines, slot.region, machine.name, volume)
    properties: dict[str, Property] = {"architecture": machine.architecture, "volume_gib": volume, "encrypted": True}
    if slot.document.development.delivery.pipeline is not None:
        properties |= {"plugin": "CodePipeline", "job_worker": True, "provider_name": "Jenkins"}
    return part(slot, "jenkins", "ec2", machine.name, properties, lines=lines, because=(f"{LEAF}.build",))
