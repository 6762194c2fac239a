"""Log analytics options: Logs Insights, Athena on an archive, EMR Serverless on an archive (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.compute import slot_counts
from planner.candidates.durability import stated, times
from planner.candidates.offer import AT_ONCE, Offer, Part, Property, Refusal, Slot, Times
from planner.costing.analytics import alert_lines, archive_copy_lines, athena_lines, emr_lines, insights_lines
from planner.costing.load import ceiling
from planner.costing.messaging import DAY
from planner.costing.stores import Copy

if TYPE_CHECKING:
    from planner.models.components import LogAnalytics
    from planner.models.requirements import Disruption

SERVICES = {"logs_insights": "cloudwatch", "athena": "athena", "emr_serverless": "emr"}
LABELS = {
    "logs_insights": "CloudWatch Logs Insights",
    "athena": "archive on S3, queries with Athena",
    "emr_serverless": "archive on S3, batch analysis with EMR Serverless",
}


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of log analytics at a site."""
    component = cast("LogAnalytics", slot.component)
    yield _offer(slot, component, "logs_insights")
    yield _offer(slot, component, "athena")
    if component.job_vcpu_hours_per_day is None or component.job_memory_gib_hours_per_day is None:
        reason = "the batch analysis is not stated (job_vcpu_hours_per_day, job_memory_gib_hours_per_day)"
        yield Refusal("emr_serverless", reason)
    else:
        yield _offer(slot, component, "emr_serverless")


def _offer(slot: Slot, component: LogAnalytics, family: str) -> Offer:
    parts = tuple(_copied(slot, component) if slot.recovery else _running(slot, component, family))
    service = SERVICES[family]
    waiting = "copy of the archive (S3)" if parts else "not running"
    return Offer(
        family,
        family,
        waiting if slot.recovery else LABELS[family],
        parts,
        slot.sla(service, "service"),
        (f"sla:{service}.service",),
        times(slot, partial(_home, slot), partial(_elsewhere, slot)),
    )


def _running(slot: Slot, component: LogAnalytics, family: str) -> Iterator[Part]:
    """Yield what collects, keeps and reads the logs, and what sends findings out."""
    kept: dict[str, Property] = {"retention_days": ceiling(Decimal(component.retention) / DAY), "encrypted": True}
    part, sla = partial(Part, counts=slot_counts(slot)), (f"sla:{SERVICES[family]}.service",)
    if family == "logs_insights":
        lines = partial(insights_lines, slot.region, component)
        yield part("log analytics", "cloudwatch", "log group", kept, lines=lines, facts=sla)
    elif family == "athena":
        queried = partial(athena_lines, slot.region, component)
        yield part("workgroup", "athena", "workgroup", kept | {"firehose": True}, lines=queried, facts=sla)
    else:
        firehose = not _archived_by_stream(slot, component)
        batch = partial(emr_lines, slot.region, component, firehose=firehose)
        properties: dict[str, Property] = kept | {"firehose": firehose, "architecture": "x86_64"}
        yield part("application", "emr", "serverless", properties, lines=batch, facts=sla)
    if component.alerts:
        because = (f"development.components.{slot.name}.alerts",)
        told = partial(alert_lines, slot.region)
        yield part("alerts", "sns", "standard", {"encrypted": True}, lines=told, facts=("sla:sns.regional",), because=because)


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
