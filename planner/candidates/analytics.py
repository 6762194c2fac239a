"""Log analytics options: Logs Insights, Athena or EMR on an archive, OpenSearch (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, cast

from planner.candidates.context import kept_days, log_retention_days
from planner.candidates.durability import stated, times
from planner.candidates.log_machines import UPLIFT, clusters, copies, domains
from planner.candidates.offer import AT_ONCE, Offer, Part, Property, Refusal, Slot, Times
from planner.candidates.running import slot_counts
from planner.costing.analytics import (
    Machines,
    alert_lines,
    archive_copy_lines,
    athena_lines,
    cluster_lines,
    emr_lines,
    insights_lines,
    log_domain_lines,
)
from planner.costing.load import ceiling
from planner.costing.messaging import DAY
from planner.costing.stores import Copy

if TYPE_CHECKING:
    from planner.models.components import LogAnalytics
    from planner.models.requirements import Disruption

FIGURES = {
    "logs_insights": "cloudwatch.service",
    "athena": "athena.service",
    "emr_serverless": "emr.service",
    "emr_cluster": "emr.service",
    "opensearch": "opensearch.domain",
}
"""Families of options, each with the SLA figure of its service."""
LABELS = {
    "logs_insights": "CloudWatch Logs Insights",
    "athena": "archive on S3, queries with Athena",
    "emr_serverless": "archive on S3, batch analysis with EMR Serverless",
}
BATCH = frozenset({"emr_serverless", "emr_cluster"})


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of log analytics at a site, or why one does not fit."""
    component = cast("LogAnalytics", slot.component)
    for family in FIGURES:
        reason = _unfit(slot, component, family)
        if reason:
            yield Refusal(family, reason)
        elif slot.recovery:
            yield _waiting(slot, component, family)
        elif family == "emr_cluster":
            yield from _clusters(slot, component)
        elif family == "opensearch":
            yield from _domains(slot, component)
        else:
            yield _offer(slot, family, family, LABELS[family], _running(slot, component, family))


def _unfit(slot: Slot, component: LogAnalytics, family: str) -> str:
    """Return why a family does not give what is asked, or nothing."""
    if component.full_text and family != "opensearch":
        return "it has no index of all words (full_text)"
    if family in BATCH:
        if component.interactive:
            return "it answers when its batch has run, not within seconds (interactive)"
        if component.job_vcpu_hours_per_day is None or component.job_memory_gib_hours_per_day is None:
            return "the batch analysis is not stated (job_vcpu_hours_per_day, job_memory_gib_hours_per_day)"
    if component.alerts_within is not None:
        seconds = slot.values.seconds(f"log_alert_seconds_{family}")
        if seconds > component.alerts_within:
            return f"alerts come {seconds} s after a record; {component.alerts_within} s are asked (alerts_within)"
    longest = slot.catalog.exports.log_retention_days[-1]
    if family == "logs_insights" and _days(component) > longest:
        return f"CloudWatch keeps the logs of a group {longest} days at most, or for ever; {_days(component)} days are asked (retention)"
    if family == "opensearch" and slot.production and slot.zones < 2:
        return "a domain in one zone is lost with it, which the other services outlast"
    return ""


def _offer(slot: Slot, family: str, key: str, label: str, parts: Iterator[Part]) -> Offer:
    service, _, figure = FIGURES[family].partition(".")
    home, elsewhere = partial(_home, slot), partial(_elsewhere, slot)
    return Offer(family, key, label, tuple(parts), slot.sla(service, figure), (f"sla:{FIGURES[family]}",), times(slot, home, elsewhere))


def _waiting(slot: Slot, component: LogAnalytics, family: str) -> Offer:
    label = "copy of the archive (S3)" if slot.authoritative else "not running"
    return _offer(slot, family, family, label, _copied(slot, component))


def _days(component: LogAnalytics) -> int:
    return ceiling(Decimal(component.retention) / DAY)


def _kept(component: LogAnalytics) -> dict[str, Property]:
    return {"retention_days": _days(component), "encrypted": True}


def _running(slot: Slot, component: LogAnalytics, family: str) -> Iterator[Part]:
    """Yield what collects, keeps and reads the logs, and what sends findings out."""
    kept, sla = _kept(component), (f"sla:{FIGURES[family]}",)
    part = partial(Part, counts=slot_counts(slot))
    if family == "logs_insights":
        days = kept_days(slot.catalog, _days(component))
        lines = partial(insights_lines, slot.region, component, days)
        yield part("log analytics", "cloudwatch", "log group", kept | {"retention_days": days}, lines=lines, facts=sla)
    elif family == "athena":
        queried = partial(athena_lines, slot.region, component)
        yield part("workgroup", "athena", "workgroup", kept | {"firehose": True}, lines=queried, facts=sla)
    else:
        firehose = not _archived_by_stream(slot, component)
        batch = partial(emr_lines, slot.region, component, firehose=firehose)
        properties: dict[str, Property] = kept | {"firehose": firehose, "architecture": "x86_64"}
        yield part("application", "emr", "serverless", properties, lines=batch, facts=sla)
    yield from _alerts(slot, component)


def _alerts(slot: Slot, component: LogAnalytics) -> Iterator[Part]:
    if component.alerts:
        because = (f"development.components.{slot.name}.alerts",)
        told = partial(alert_lines, slot.region)
        properties: dict[str, Property] = {"encrypted": True}
        yield Part("alerts", "sns", "standard", properties, slot_counts(slot), lines=told, facts=("sla:sns.regional",), because=because)


def _clusters(slot: Slot, component: LogAnalytics) -> Iterator[Offer | Refusal]:
    """Yield EMR clusters that are started for each day's run and ended after it."""
    firehose, volume = not _archived_by_stream(slot, component), ceiling(slot.values["root_volume_gib"])
    none = True
    for cluster in clusters(slot, component):
        none = False
        machines = Machines(cluster.instance_type, cluster.nodes, (volume,) * len(cluster.nodes))
        properties = _kept(component) | {
            "firehose": firehose,
            "architecture": cluster.architecture,
            "core_by_step": list(cluster.core),
            "volume_gib": volume,
        }
        lines = partial(cluster_lines, slot.region, component, machines, firehose=firehose)
        part = Part("job cluster", "emr", cluster.instance_type, properties, cluster.nodes, lines, (f"sla:{FIGURES['emr_cluster']}",))
        label = f"archive on S3, a run a day on {_many(cluster.nodes)} of {cluster.instance_type} (EMR)"
        yield _offer(slot, "emr_cluster", f"emr_cluster {part.type}", label, chain((part,), _alerts(slot, component)))
    if none:
        yield Refusal("emr_cluster", f"the catalog has no price of EMR on EC2 in {slot.region} (ElasticMapReduce {UPLIFT})")


def _domains(slot: Slot, component: LogAnalytics) -> Iterator[Offer | Refusal]:
    """Yield OpenSearch domains that Firehose fills."""
    none = True
    for domain in domains(slot, component):
        none = False
        machines = Machines(domain.instance_type, domain.nodes, domain.volume_gib)
        properties = _kept(component) | {
            "firehose": True,
            "archived": slot.authoritative,
            "replicas": copies(slot) - 1,
            "nodes_by_step": list(domain.nodes),
            "storage_gib_by_step": list(domain.volume_gib),
            "zones": slot.zones,
        }
        log_days = log_retention_days(slot.document, slot.catalog, slot.values)
        lines = partial(log_domain_lines, slot.region, component, machines, log_days, archive=slot.authoritative)
        part = Part("domain", "opensearch", domain.instance_type, properties, domain.nodes, lines, (f"sla:{FIGURES['opensearch']}",))
        label = f"{_many(domain.nodes)} of {domain.instance_type}, filled by Firehose (OpenSearch)"
        yield _offer(slot, "opensearch", f"opensearch {part.type}", label, chain((part,), _alerts(slot, component)))
    if none:
        yield Refusal("opensearch", f"no instance type of {slot.region} holds the logs within the nodes of one domain")


def _many(nodes: tuple[int, ...]) -> str:
    low, high = min(nodes), max(nodes)
    return f"{low} node{'s' if low > 1 else ''}" if low == high else f"{low}-{high} nodes"


def _archived_by_stream(slot: Slot, component: LogAnalytics) -> bool:
    return any(slot.document.development.components[name].kind == "stream" for name in component.depends_on)


def _copied(slot: Slot, component: LogAnalytics) -> Iterator[Part]:
    if slot.authoritative:
        lines = partial(archive_copy_lines, Copy(slot.region, slot.primary_region), component)
        facts = ("sla:s3.standard", "recovery:s3.replication")
        yield Part("backup copy", "s3", "standard", {"encrypted": True}, slot_counts(slot), lines, facts)


def _home(slot: Slot) -> dict[Disruption, Times]:
    if slot.authoritative:
        restored = stated(slot, (slot.waits("restore", "restore_objects_seconds"),), "s3", "versioning")
    else:
        restored = Times(slot.rebuild())
    return {"data_corruption": restored, "infrastructure": AT_ONCE, "zone": AT_ONCE}


def _elsewhere(slot: Slot) -> Times:
    """Return how the analysis comes back: from the copy, or set up and filled again where there is none."""
    if slot.authoritative:
        return stated(slot, (), "s3", "replication")
    return Times((slot.waits("provision", "iac_provision_seconds"), *slot.rebuild()))
