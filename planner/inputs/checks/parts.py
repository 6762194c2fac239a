"""Environments and components that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import shown, suggestion
from planner.models.components import Compute, LogAnalytics
from planner.units import format_percent, plain

_ALL_WEEK = 168
BATCH = frozenset({"emr_serverless", "emr_cluster"})


def production_is_whole(stated: Stated) -> Iterator[Finding]:
    """Production carries all of the demand, all of the data, all the time."""
    production = stated.document.development.environments.get("production")
    if production is None:
        return
    path = ("development", "environments", "production")
    for field, share in (("scale", production.scale), ("storage_scale", production.storage_scale)):
        if share is not None and share < 100:
            yield Finding((*path, field), f"production carries 100%, not {format_percent(share)}; the others are shares of it")
    if production.hours_per_week is not None and production.hours_per_week < _ALL_WEEK:
        message = f"production runs all {_ALL_WEEK} hours of the week, not {plain(production.hours_per_week)}"
        yield Finding((*path, "hours_per_week"), message)


def durability_is_consistent(stated: Stated) -> Iterator[Finding]:
    """Ephemeral data is not built again, and a relational database is not ephemeral."""
    for name, component in stated.document.development.components.items():
        path = ("development", "components", name)
        if getattr(component, "durability", None) != "ephemeral":
            continue
        if getattr(component, "rebuild_time", None) is not None:
            message = "rebuild_time is stated, but ephemeral data is not built again"
            yield Finding((*path, "rebuild_time"), message, "durability: rebuildable if losing it costs time")
        if component.kind == "relational_db":
            message = "a relational database is authoritative or rebuildable, not ephemeral"
            yield Finding((*path, "durability"), message, "use kind: cache for data that may vanish")


def workers_are_private(stated: Stated) -> Iterator[Finding]:
    """Workers take work from queues; what the internet reaches is an api or web."""
    for name, component in stated.document.development.components.items():
        if isinstance(component, Compute) and component.kind == "worker" and component.public:
            yield Finding(("development", "components", name, "public"), "a worker cannot be public", "use kind: api or web")


def log_platforms_do_what_is_asked(stated: Stated) -> Iterator[Finding]:
    """A platform that a log analytics names gives what its other leaves ask for."""
    for name, component in stated.document.development.components.items():
        if not isinstance(component, LogAnalytics) or not component.platform:
            continue
        path, said = ("development", "components", name), " or ".join(component.platform)
        place = ".".join(path)
        if component.full_text and "opensearch" not in component.platform and stated.binds(f"{place}.platform", f"{place}.full_text"):
            message = f"{said} has no index of all words, which {place}.full_text asks for"
            yield Finding((*path, "platform"), message, "add opensearch, or leave full_text out")
        batch = BATCH.issuperset(component.platform)
        if component.interactive and batch and stated.binds(f"{place}.platform", f"{place}.interactive"):
            message = f"{said} answers when its batch has run, where {place}.interactive asks for seconds"
            yield Finding((*path, "platform"), message, "add athena, logs_insights or opensearch, or leave interactive out")


def frameworks_are_no_wish(stated: Stated) -> Iterator[Finding]:
    """What a law or a contract asks for is not given up when it costs too much."""
    if not stated.binds("security.frameworks"):
        message = "a framework applies or it does not; it cannot be a wish"
        yield Finding(("security", "frameworks"), message, "leave priority out, or leave out the framework")


def risks_are_mitigated_by_elements(stated: Stated) -> Iterator[Finding]:
    """What mitigates a risk is something that a plan can show."""
    for name, risk in stated.document.security.risks.items():
        for index, element in enumerate(risk.mitigated_by):
            if element not in stated.known.elements:
                path = ("security", "risks", name, "mitigated_by", index)
                yield Finding(path, f"{shown(element)} is no element of the catalog", suggestion(element, sorted(stated.known.elements)))


def jenkins_has_a_place(stated: Stated) -> Iterator[Finding]:
    """Where builds run is a question of Jenkins alone: CodeBuild runs nowhere of one's own."""
    delivery = stated.document.development.delivery
    if delivery.build_on is not None and delivery.build != "jenkins":
        message = f"{shown(delivery.build_on)} is where Jenkins would run, and build does not ask for Jenkins"
        yield Finding(("development", "delivery", "build_on"), message, "build: jenkins, or leave it out")
