"""Functions on Lambda (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.candidates.running import architectures, balanced, option, public, slot_counts
from planner.costing.compute import function_lines
from planner.costing.load import MIB_PER_GIB, ONE, ZERO, ceiling

if TYPE_CHECKING:
    from planner.costing.bill import Charge
    from planner.costing.load import Usage
    from planner.models.components import Compute

LARGEST_LAMBDA_MIB = 10_240


def functions(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    """Yield functions, or why a component cannot be one."""
    least = max(128, ceiling(component.memory_per_instance * MIB_PER_GIB))
    for memory in sorted({least, max(least, ceiling(slot.values["lambda_mib_per_vcpu"]))}):
        billed = _billed_ms(component, memory, slot.values["lambda_mib_per_vcpu"])
        refused = _unfit(slot, component, memory, billed)
        if refused:
            yield Refusal("lambda", refused)
            return
        for architecture in architectures(component):
            yield _function(slot, component, architecture, memory, billed)


def _billed_ms(component: Compute, memory: int, mib_per_vcpu: Decimal) -> int:
    duration = component.request_duration or component.cpu_per_request
    waiting = duration - component.cpu_per_request
    return ceiling(waiting + component.cpu_per_request / min(ONE, memory / mib_per_vcpu))


def _unfit(slot: Slot, component: Compute, memory: int, billed_ms: int) -> str:
    """Return why a component cannot be a function, or nothing."""
    limit = slot.catalog.limit
    if component.stateful:
        return "it keeps state between calls, which a function does not"
    if component.disk_per_instance is not None:
        return "it needs a disk of its own"
    if component.runtime == "binary":
        return "its runtime is a binary that expects a server"
    if memory > LARGEST_LAMBDA_MIB:
        return f"it needs {memory} MiB; a function has {LARGEST_LAMBDA_MIB} MiB at most"
    if billed_ms > limit("lambda", "timeout_seconds").value * 1000:
        return f"a call takes {billed_ms / 1000:.0f} s; a function runs {limit('lambda', 'timeout').value} s at most"
    demand, payload = slot.document.business.demand, limit("lambda", "payload_mb").value / MIB_PER_GIB
    if public(component) and balanced(component) and max(demand.request_size or ZERO, demand.response_size or ZERO) > payload:
        return "its payloads are larger than a function takes"
    allowed = max(limit("lambda", "concurrency").value, Decimal(slot.document.technology.existing.quotas.get("lambda", 0)))
    needed = max(rate.peak for rate in slot.usage.rates(component)) * billed_ms / 1000
    if needed > allowed:
        return f"{ceiling(needed)} calls run at once at the peak; the quota is {allowed} (technology.existing.quotas.lambda)"
    return ""


def _function(slot: Slot, component: Compute, architecture: str, memory: int, billed: int) -> Offer:
    def lines(usage: Usage) -> list[Charge]:
        return function_lines(slot.region, architecture, memory, billed, usage.calls(component)) if usage.share else []

    part = Part(
        "function",
        "lambda",
        f"{memory} MiB",
        {"memory_mib": memory, "architecture": architecture, "billed_ms": billed, "encrypted": True},
        slot_counts(slot),
        lines,
        ("sla:lambda.regional",),
    )
    label = f"function with {memory} MiB {architecture} (Lambda)"
    key = f"lambda {memory} MiB {architecture}"
    return option(slot, component, "lambda", key, label, part, None, gib_per_lcu_hour=Decimal("0.4"))
