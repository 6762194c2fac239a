"""Write catalogs/list_prices.csv and the priced cases of tests/pricing: python tools/import_list_prices.py UNIT_PRICES.csv [CASES.json].

UNIT_PRICES.csv holds exact unit prices in the vocabulary of the AWS Price List; CASES.json line items that another tool priced from it.
"""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "service,region,product_family,attributes,unit,tier_from,tier_to,price_usd,pack,pack_size,as_of,basis,source"
AS_OF = "2026-08-21"
CASE_FIELDS = (
    "id", "kind", "service", "product_family", "region", "attributes", "quantity", "unit", "native_quantity", "native_unit", "tier",
    "monthly_usd", "unit_price_exact",
)  # fmt: skip


def listed(row: dict[str, str]) -> list[str]:
    """Return a row of the catalog; `pack` is the unit as bills print it, and how many units it holds."""
    attributes = ";".join(f"{key}={value}" for key, value in sorted(json.loads(row["attributes"] or "{}").items()))
    size = (
        (Decimal(row["displayed_unit_price_usd"]) / Decimal(row["unit_price_usd"])).normalize()
        if Decimal(row["unit_price_usd"])
        else Decimal(1)
    )
    source = f"Infracost golden outputs of {AS_OF}, {row['source']}: {row['basis']}"
    ends = (row["tier_from"] or "0", row["tier_to"])
    basics = (row["service"], row["region"] or "global", row["product_family"], attributes, row["unit"])
    return [*basics, *ends, row["unit_price_usd"], row["displayed_unit"], f"{size:f}", AS_OF, "recorded", source]


def main(prices: Path, cases: Path | None) -> None:
    """Write the catalog's file, and the cases of the tests where they are given."""
    with prices.open(encoding="utf-8", newline="") as stream:
        rows = sorted(map(listed, csv.DictReader(stream)))
    with (ROOT / "catalogs" / "list_prices.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS.split(","))
        writer.writerows(rows)
    print(f"{len(rows)} list prices")
    if cases is None:
        return
    known = json.loads(cases.read_text(encoding="utf-8"))["cases"]
    kept = ",\n".join(json.dumps({name: case[name] for name in CASE_FIELDS}) for case in known)
    (ROOT / "tests" / "pricing" / "cases.json").write_text('{"cases": [\n' + kept + "\n]}\n", encoding="utf-8")
    print(f"{len(known)} cases")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
