"""Write `catalogs/price_list.csv`: which products of the AWS Price List hold which of our prices.

    python tools/import_price_list.py ../shared

Reads `prices/price_list_keys.csv` under the given folder and `tools/price_list_uses.csv`, and what `tools/price_list_more.csv`
adds by hand; needs the package installed. Run
`python tools/compile_catalog.py` afterwards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_import import price_list
from catalog_import.rows import read_table, write_table

TOOLS = Path(__file__).resolve().parent
TARGET = TOOLS.parent / "catalogs" / "price_list.csv"


def main() -> None:
    """Run the import."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shared", type=Path, help="folder that holds prices/")
    parser.add_argument("--to", type=Path, default=TARGET, help="file to write")
    arguments = parser.parse_args()
    uses = read_table(TOOLS / price_list.USES)
    more = [tuple(row[column] for column in price_list.COLUMNS) for row in read_table(TOOLS / price_list.MORE)]
    rules = sorted([*price_list.import_rules(uses, read_table(arguments.shared / "prices" / price_list.FILE)), *more])
    write_table(arguments.to, price_list.COLUMNS, rules)
    print(f"{len(rules)} rules")


if __name__ == "__main__":
    main()
