"""Visibility: dashboards, application metrics, traces, alerts to operators (docs/model.md §8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.offer import Offer, Part, Property, Refusal, Slot
from planner.candidates.platform import copies_only, home, only, part
from planner.costing.operations import alert_lines, dashboard_lines, metric_lines, trace_lines
from planner.units import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

ALERT_BY = "technology.observability.alert_by"
METRICS = "technology.observability.custom_metrics_per_component"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the visibility of a site."""
    if "sms" in slot.document.technology.observability.alert_by and home(slot):
        yield Refusal("sms alerts", f"SNS bills text messages by country and carrier, and the catalog has no such price ({ALERT_BY})")
    yield only(slot, () if copies_only(slot) else _parts(slot), "the views and alerts that the requirements ask for")


def _parts(slot: Slot) -> Iterator[Part]:
    asked, components = slot.document.technology.observability, len(slot.document.development.components)
    if asked.dashboards and home(slot):
        yield _dashboards(slot, asked.dashboards)
    if asked.custom_metrics_per_component:
        metrics = asked.custom_metrics_per_component * components
        measured = partial(metric_lines, slot.region, metrics)
        yield part(
            slot, "custom metrics", "cloudwatch", "custom metric", {"metrics": metrics}, count=metrics, lines=measured, because=(METRICS,)
        )
    if asked.tracing and slot.usage.share:
        sampled: dict[str, Property] = {"sampling_rate": plain(slot.values["trace_sample"])}
        yield part(slot, "traces", "x_ray", "traces", sampled, lines=trace_lines, because=("technology.observability.tracing",))
    yield from _alerts(slot)


def _dashboards(slot: Slot, dashboards: int) -> Part:
    lines = partial(dashboard_lines, dashboards)
    because = ("technology.observability.dashboards",)
    return part(slot, "dashboards", "cloudwatch", "dashboard", {"dashboards": dashboards}, count=dashboards, lines=lines, because=because)


def _alerts(slot: Slot) -> Iterator[Part]:
    """Yield the topic that tells operators by every protocol with a price."""
    asked = slot.document.technology.observability.alert_by
    protocols: tuple[str, ...] = tuple(protocol for protocol in ("email", "http") if protocol in asked)
    if protocols:
        properties: dict[str, Property] = {"protocols": list(protocols), "encrypted": True}
        lines = partial(alert_lines, slot.region, protocols)
        yield part(slot, "operator alerts", "sns", "standard", properties, lines=lines, because=(ALERT_BY,))
