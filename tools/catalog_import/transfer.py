"""Data transfer between Regions and out to the internet.

The sources hold, per source Region, the standard rate measured on one destination, and some exact pairs. AWS lists
one rate per source Region with few exceptions, so every other destination in the partition gets the standard rate
with basis `rule`. sa-east-1 is left out: its two records disagree (regional_gaps.md).
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

from catalog_import.regional import FILE, name_of, to_row
from catalog_import.rows import Place, PriceRow, Refusal, plain

SERVICE = "AWSDataTransfer"
DIMENSION = "inter-region-egress-gb"
UNRESOLVED = "sa-east-1"
UNRESOLVED_REASON = (
    "unresolved: 0.138 measured to us-west-1 against 0.16 transcribed to us-west-2 (regional_gaps.md); "
    "no standard rate of this Region is known"
)


def import_transfer(sources: list[dict[str, str]], priced_regions: list[str]) -> tuple[dict[str, list[PriceRow]], list[Refusal]]:
    """Return inter-region prices by source Region, one per destination, and refusals."""
    exact: dict[str, dict[str, PriceRow]] = defaultdict(dict)
    standard: dict[str, tuple[str, PriceRow]] = {}
    refusals: list[Refusal] = []
    ranked = sorted(sources, key=lambda source: (source["basis"] != "recorded", source["component"]))
    for source in ranked:
        region, row, to, refused = _read(source)
        if refused:
            refusals.append(Refusal(FILE, name_of(region, SERVICE, row), refused))
        elif to in exact[region]:
            reason = "given more than once; the recorded one is kept"
            refusals.append(Refusal(FILE, name_of(region, SERVICE, row), reason))
        else:
            exact[region][to] = row
            if source["component"] == DIMENSION and region != UNRESOLVED:
                standard.setdefault(region, (to, row))
    prices = {region: list(rows.values()) for region, rows in exact.items() if rows}
    for region, (measured_to, row) in standard.items():
        others = [to for to in priced_regions if _same_partition(region, to) and to != region]
        prices[region] += [_by_rule(row, measured_to, to) for to in others if to not in exact[region]]
    return prices, refusals


def _read(source: dict[str, str]) -> tuple[str, PriceRow, str, str]:
    """Return (source Region, row, destination, why it is refused or "")."""
    region = source["region"]
    attributes = json.loads(source["attributes"])
    to = attributes.get("to") or attributes["measured_to"]
    row = replace(to_row(source), dimension=DIMENSION, attributes=f"to={to}", note=attributes.get("note", ""))
    if to == region:
        return region, row, to, "a Region has no inter-region rate to itself"
    if region == UNRESOLVED:
        return region, row, to, UNRESOLVED_REASON if to == "us-west-2" else ""
    return region, replace(row, note=""), to, ""


def _same_partition(one: str, other: str) -> bool:
    return one.startswith("us-gov-") == other.startswith("us-gov-")


def _by_rule(row: PriceRow, measured_to: str, to: str) -> PriceRow:
    note = f"standard rate of the source region, measured to {measured_to}; AWS lists one rate per source region with few exceptions"
    return replace(row, attributes=f"to={to}", basis="rule", note=note)


def import_egress(sources: list[dict[str, str]], already: set[str]) -> tuple[dict[Place, list[PriceRow]], list[Refusal]]:
    """Return internet egress of the Regions that `regional_prices.csv` does not hold."""
    by_region: dict[str, list[dict[str, str]]] = defaultdict(list)
    for source in sources:
        by_region[source["region"]].append(source)
    prices: dict[Place, list[PriceRow]] = {}
    refusals = []
    for region, tiers in by_region.items():
        if region in already:
            reason = "regional_prices.csv holds this Region's internet egress"
            refusals.append(Refusal("internet_egress.csv", region, reason))
            continue
        tiers.sort(key=lambda tier: float(tier["tier_from_gb"]))
        ends = [plain(tier["tier_from_gb"]) for tier in tiers[1:]] + [""]
        prices[(region, SERVICE)] = [_egress_row(tier, end) for tier, end in zip(tiers, ends, strict=True)]
    return prices, refusals


def _egress_row(tier: dict[str, str], end: str) -> PriceRow:
    return PriceRow(
        dimension="internet-egress-gb",
        attributes="",
        unit="GB",
        tier_from=plain(tier["tier_from_gb"]),
        tier_to=end,
        price_usd=plain(tier["usd_per_gb"]),
        term="on_demand",
        as_of=tier["as_of"],
        basis="recorded",
        trust="a",
        source=tier["source"],
    )
