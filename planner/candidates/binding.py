"""What a single requirement rules out by itself: scenarios and offers that miss it, whatever else is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from planner.candidates import outcomes
from planner.candidates.context import used
from planner.candidates.controls import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.candidates.asked import Asked
    from planner.candidates.offer import Offer
    from planner.candidates.problem import Scenario
    from planner.catalog import Catalog
    from planner.costing.load import Values
    from planner.models.compliance import Proof
    from planner.models.requirements import Disruption, Document

Miss = Literal["meets", "slow", "slower", "misses"]
"""`slow`: met only with fast health checks or an accelerator; `slower`: met only with an accelerator."""
BY_OFFER = frozenset({"platform", "services_forbidden", "scope", "controls", "rto", "rpo"})
BY_SCENARIO = frozenset(
    {"zones", "multi_region", "strategies", "regions_allowed", "regions_forbidden", "regions_preferred", "residency", "framework_regions"}
)


class Spot(NamedTuple):
    """Where an offer would stand."""

    name: str
    environment: str
    role: str
    strategy: str


def outside(catalog: Catalog, scenario: Scenario, item: Asked) -> bool:
    """Return whether a scenario misses a requirement by itself."""
    used = [scenario.region, *([scenario.recovery_region] if scenario.recovery_region else [])]
    value = cast("Sequence[str]", item.value)
    match item.kind:
        case "zones":
            return scenario.zones < int(str(item.value))
        case "multi_region":
            return not scenario.recovery_region
        case "rto" | "rpo":
            return item.subject == "region" and not scenario.recovery_region
        case "strategies":
            return scenario.strategy not in value
        case "regions_allowed" | "framework_regions":
            return any(region not in value for region in used)
        case "regions_forbidden":
            return any(region in value for region in used)
        case "regions_preferred":
            return scenario.region not in value
        case "residency":
            return any(not set(value) & set(catalog.regions[region].residency) for region in used)
        case _:
            return False


def misses(document: Document, catalog: Catalog, values: Values, item: Asked, spot: Spot, offer: Offer) -> Miss:
    """Return whether an offer misses a requirement by itself; what has no part in a requirement meets it."""
    match item.kind:
        case "platform":
            ruled_out = spot.name == item.subject and offer.platform not in cast("Sequence[str]", item.value)
        case "services_forbidden":
            ruled_out = bool(used(catalog, offer) & set(cast("Sequence[str]", item.value)))
        case "scope":
            ruled_out = any(catalog.service(name).compliance.get(item.subject) == "no" for name in offer.services)
        case "controls":
            at_home = spot.environment == "production" and spot.role == "primary"
            ruled_out = at_home and breaks(document, cast("Sequence[Proof]", item.value), spot.name, offer)
        case "rto" | "rpo":
            return _recovery(document, catalog, values, item, spot, offer)
        case _:
            return "meets"
    return "misses" if ruled_out else "meets"


def _recovery(document: Document, catalog: Catalog, values: Values, item: Asked, spot: Spot, offer: Offer) -> Miss:
    disruption = cast("Disruption", item.subject)
    role = "recovery" if disruption == "region" else "primary"
    if spot.environment != "production" or spot.role != role:
        return "meets"
    if disruption != "region":
        return "misses" if _late(document, values, item, spot, offer, outcomes.STANDARD) else "meets"
    for watch, answer in zip(_watches(document, catalog, values), ANSWERS, strict=False):
        if not _late(document, values, item, spot, offer, watch):
            return answer
    return "misses"


def _watches(document: Document, catalog: Catalog, values: Values) -> tuple[str, ...]:
    if "watches" not in values.memo:
        values.memo["watches"] = len(outcomes.watches(document, catalog))
    return outcomes.WATCHES[: values.memo["watches"]]


ANSWERS: tuple[Miss, ...] = ("meets", "slow", "slower")


def _late(document: Document, values: Values, item: Asked, spot: Spot, offer: Offer, watch: str) -> bool:
    disruption, target = cast("Disruption", item.subject), int(str(item.value))
    times = offer.times.get(disruption)
    if item.kind == "rpo":
        return times is not None and (times.rpo is None or times.rpo > target)
    if times is not None and times.seconds is None:
        return True
    if times is None and spot.name != "@edge":
        return False
    key = (disruption, spot.strategy, watch)
    if key not in values.memo:
        phases = outcomes.before(document, values, disruption, spot.strategy, watch) + outcomes.after(values, disruption, watch)
        values.memo[key] = outcomes.total(phases)
    return values.memo[key] + (times.seconds or 0 if times else 0) > target
