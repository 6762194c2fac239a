"""Delivery: pipelines, builds, releases, artefacts, configuration; once, where production is at home (docs/model.md §9)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import configuration, context, jenkins
from planner.candidates.offer import Offer, Part, Property, Refusal, Slot
from planner.candidates.platform import computes, home, jobs, only, part, stated
from planner.costing.operations import artifact_lines, build_lines, pipeline_lines, repository_lines
from planner.design.pipelines import brought, release_method, released
from planner.models.requirements import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator


LEAF = "development.delivery"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield how code reaches production and what keeps it as described."""
    if not home(slot):
        yield only(slot, _elsewhere(slot), "configuration kept as described")
        return
    managing = context.managing(slot.document, slot.catalog)
    reason = ""
    if managing is not None and managing.ended is not None:
        reason = configuration.instead(slot, managing.ended)
        yield Refusal(managing.ended.id, reason)
    label = "delivery that the requirements ask for"
    if slot.document.development.delivery.build != "jenkins":
        yield only(slot, _parts(slot), label, reason)
        return
    for server in jenkins.servers(slot):
        if isinstance(server, Refusal):
            yield server
        else:
            parts = tuple(_parts(slot, server.parts))
            yield Offer("delivery", server.key, f"{label}; {server.label}", parts, needs_vpc=True, reason=reason)


def _parts(slot: Slot, builder: tuple[Part, ...] = ()) -> Iterator[Part]:
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
    yield from builder
    if code:
        yield _deployments(slot)
    if asked != Delivery():
        yield _artifacts(slot)
    yield from configuration.parts(slot)


def _elsewhere(slot: Slot) -> Iterator[Part]:
    """Yield what other sites need; releases are brought to a recovery Region whose code runs."""
    if slot.recovery and brought(slot.document, slot.strategy):
        yield _deployments(slot)
        yield _artifacts(slot)
    yield from configuration.parts(slot)


def _deployments(slot: Slot) -> Part:
    because = stated(slot.document, f"{LEAF}.deploy", "technology.recovery.deployment.rto", "security.audit.deployments")
    return part(slot, "deployments", "codedeploy", "deployment group", {"method": release_method(slot.document)}, because=because)


def _artifacts(slot: Slot) -> Part:
    lines = partial(artifact_lines, slot.region, slot.primary_region if slot.recovery else slot.region)
    because = stated(slot.document, *(f"{LEAF}.{leaf}" for leaf in ("source", "pipeline", "build", "deploy", "deploys_per_day")))
    return part(slot, "artifacts", "s3", "standard", {"encrypted": True, "versioned": True}, lines=lines, because=because)


def _repository(slot: Slot, committers: int) -> Part:
    lines = partial(repository_lines, committers)
    because = stated(slot.document, f"{LEAF}.source", f"{LEAF}.committers")
    return part(slot, "repository", "codecommit", "repository", {"committers": committers}, lines=lines, because=because)


def _pipelines(slot: Slot, pipelines: int, source: str) -> Part:
    lines = partial(pipeline_lines, slot.region, pipelines)
    properties: dict[str, Property] = {"pipelines": pipelines, "source": source}
    because = (f"{LEAF}.pipeline",)
    return part(slot, "pipelines", "codepipeline", "V1", properties, count=pipelines, lines=lines, because=because)
