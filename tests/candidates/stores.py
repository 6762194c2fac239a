"""Components that keep, carry or show data, as slots the tests of their builders fill.

The document: 10 calls/s on average, 40/s at the peak, no growth, one growth step. So N = 10 x 730 h x 3600 s =
26,280,000 calls a month; h = min(4, 24 x 10/40) = 4 hours a day at the peak, H_p = 730 x 4/24 = 121.666667 h and
H_b = 608.333333 h; off the peak b = (24 x 10 - 4 x 40)/20 = 4 calls/s.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from planner.candidates import analytics, cache, files, jobs, key_value, messaging, objects, search
from planner.candidates.offer import Offer, Refusal, Slot
from planner.catalog import Catalog
from planner.costing.load import Usage, Values, environment_load, growth_steps
from planner.models.requirements import Document, Strategy

CATALOG = Catalog(Path(__file__).parents[2] / "catalogs")
HERE, THERE = "us-east-1", "eu-west-1"
BUILDERS: dict[str, ModuleType] = {
    "key_value": key_value, "cache": cache, "object_store": objects, "static_site": objects, "file_share": files,
    "queue": messaging, "topic": messaging, "stream": messaging, "search": search, "log_analytics": analytics, "batch": jobs,
}  # fmt: skip
KEPT = {"storage": "100 GiB", "durability": "authoritative", "change_per_day": "1%"}
COMPONENTS: dict[str, dict[str, Any]] = {
    "key_value": {**KEPT, "item_size": "3 KiB", "reads_per_request": 2, "writes_per_request": 1},
    "cache": {"memory": "10 GiB", "durability": "authoritative"},
    "object_store": {**KEPT, "object_size": "1 MiB", "reads_per_request": 1, "writes_per_request": "0.1"},
    "static_site": {"storage": "2 GiB", "response_size": "100 KiB", "cache_hit_ratio": "80%"},
    "file_share": {**KEPT, "read_per_request": "32 KiB", "write_per_request": "8 KiB"},
    "queue": {"message_size": "4 KiB"},
    "topic": {"message_size": "4 KiB", "subscribers": {"sqs": 2, "http": 1}},
    "stream": {"record_size": "5 KiB", "consumers": 3},
    "search": {**KEPT, "durability": "rebuildable", "cpu_per_request": "20ms"},
    "log_analytics": {**KEPT, "ingest_per_day": "24 GiB", "scanned_per_day": "240 GiB", "retention": "73d"},
    "batch": {"runs_per_day": 24, "run_duration": "5m", "vcpus": 1, "memory": "3 GiB", "arm_compatible": False},
}
WAITING: tuple[Strategy, ...] = ("backup_restore", "pilot_light", "warm_standby")
RECOVERING: tuple[Strategy, ...] = (*WAITING, "active_active")


def document(kind: str, demand: dict[str, str] | None = None, growth: str = "0%", months: int = 6, **changes: Any) -> Document:
    component = {"kind": kind, **COMPONENTS[kind], **changes}
    return Document.model_validate({
        "schema_version": "1",
        "project": {"name": "shop"},
        "business": {
            "demand": demand or {"average": "10/s", "peak": "40/s"}, "growth_per_year": growth, "horizon_months": months,
            "audience": {"locations": ["us"]},
        },
        "development": {
            "components": {"it": {key: value for key, value in component.items() if value is not None}},
            "environments": {"production": {}, "test": {"scale": "10%"}},
        },
    })  # fmt: skip


def slot_of(read: Document, strategy: Strategy = "none", *, zones: int = 2, environment: str = "production", half: bool = False) -> Slot:
    """Return a slot in the primary region, or with a strategy in the recovery region."""
    values = Values(read.assumptions, CATALOG.assumptions)
    share = {"none": "0.5" if half else "1", "active_active": "0.5"}.get(strategy, "0")
    load = environment_load(read, environment, values)
    usage = Usage(read, values, growth_steps(read, 6), load, Decimal(share))
    region, role = (HERE, "primary") if strategy == "none" else (THERE, "recovery")
    return Slot("it", read.development.components["it"], read, CATALOG, values, usage, region, zones, role, strategy, HERE)


def slot(
    kind: str, strategy: Strategy = "none", *, zones: int = 2, environment: str = "production", half: bool = False, **changes: Any
) -> Slot:
    return slot_of(document(kind, **changes), strategy, zones=zones, environment=environment, half=half)


def options(at: Slot) -> list[Offer | Refusal]:
    kind = cast("Any", at.component).kind
    return list(BUILDERS[kind].offers(at))


def offered(at: Slot) -> dict[str, Offer]:
    """Return the first offer of each family."""
    found: dict[str, Offer] = {}
    for option in options(at):
        if isinstance(option, Offer):
            found.setdefault(option.family, option)
    return found


def refused(at: Slot) -> dict[str, str]:
    return {option.option: option.reason for option in options(at) if isinstance(option, Refusal)}


def quantities(offer: Offer, at: Slot) -> dict[tuple[str, str, str], Decimal]:
    """Return the quantity in the first step by part, region and dimension."""
    return {(part.name, line.region, line.dimension): line.quantities[0] for part in offer.parts for line in part.lines(at.usage)}


def bill(kind: str, family: str, strategy: Strategy = "none", *, half: bool = False, **changes: Any) -> dict[str, Decimal]:
    """Return quantities by `part dimension`, those of another region than the site's with the region in front."""
    at = slot(kind, strategy, half=half, **changes)
    found = quantities(offered(at)[family], at)
    return {
        f"{part} {dimension}" if region in {at.region, "global"} else f"{region}: {dimension}": n
        for (part, region, dimension), n in found.items()
    }


def back(offer: Offer) -> dict[str, tuple[int | None, int | None]]:
    return {disruption: (time.seconds, time.rpo) for disruption, time in offer.times.items()}
