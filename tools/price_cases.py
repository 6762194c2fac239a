"""Price line items that another tool priced from the AWS Price List: python tools/price_cases.py FILE [--format json].

FILE is JSON with `cases`, each with service, product_family, region, attributes, native_quantity, native_unit and tier. Prints
per case what it should cost, what it costs here, or why it is not priced. A wrong price would be worse than none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner import catalog, pricing
from planner.catalog import Catalog
from planner.errors import PlannerError


def item_of(case: dict[str, Any]) -> pricing.Item:
    """Return the line of a bill of materials that a case means."""
    return pricing.Item(
        id=case["id"],
        service=case["service"],
        region=case["region"] or "global",
        product_family=case["product_family"] or "",
        attributes=case["attributes"] or {},
        quantity=case["native_quantity"],
        unit=case["native_unit"],
        tier=case["tier"],
    )


def answer(known: Catalog, case: dict[str, Any]) -> dict[str, Any]:
    """Return what a case should cost and what it costs here; `monthly_usd` is None with the reason where it has no price."""
    told: dict[str, Any] = {"id": case["id"], "expected_usd": _number(case.get("monthly_usd")), "monthly_usd": None, "reason": ""}
    try:
        priced = pricing.price(known, item_of(case))
    except (PlannerError, ValueError) as error:
        hint = getattr(error, "hint", "")
        return told | {"reason": f"{error}; {hint}" if hint else str(error)}
    if priced.cents is None:
        return told | {"reason": f"depends on usage: {priced.used[0].usd:f} USD per {priced.found.unit}"}
    return told | {"monthly_usd": _number(priced.cents), "reason": priced.found.source}


def _number(amount: object) -> float | None:
    return None if amount is None else float(Decimal(str(amount)))


def table(cases: list[dict[str, Any]], answers: list[dict[str, Any]]) -> str:
    """Return the coverage by service, and each case that is off or has no price."""
    counts: dict[str, Counter[str]] = {}
    lines = []
    for case, told in zip(cases, answers, strict=True):
        kind = verdict(told)
        counts.setdefault(case["service"], Counter())[kind] += 1
        if kind in {"off", "no price"}:
            lines.append(f"{kind:9} {told['id']}: {told['monthly_usd']} instead of {told['expected_usd']}; {told['reason']}")
    kinds = ("exact", "unit price", "no price", "off")
    rows = [f"{service:26}" + "".join(f"{found[kind]:>12}" for kind in kinds) for service, found in sorted(counts.items())]
    total = Counter[str]()
    for found in counts.values():
        total += found
    head = f"{'service':26}" + "".join(f"{kind:>12}" for kind in kinds)
    return "\n".join([head, *rows, f"{'all':26}" + "".join(f"{total[kind]:>12}" for kind in kinds), "", *lines])


def verdict(told: dict[str, Any]) -> str:
    """Return exact, unit price (the quantity depends on usage), no price, or off."""
    if told["monthly_usd"] is None:
        return "unit price" if told["reason"].startswith("depends on usage") else "no price"
    return "exact" if told["monthly_usd"] == told["expected_usd"] else "off"


def main() -> int:
    """Price the cases of a file and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    arguments = parser.parse_args()
    cases = json.loads(arguments.file.read_text(encoding="utf-8"), parse_float=Decimal)["cases"]
    known = catalog.load()
    answers = [answer(known, case) for case in cases]
    print(json.dumps({"cases": answers}, indent=1) if arguments.format == "json" else table(cases, answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
