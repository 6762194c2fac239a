"""Write `catalogs/services/`, frameworks, elements, life cycles and Regions from the collected fact tables.

    python tools/import_facts.py ../shared

Run after `tools/import_prices.py` (limits that stand in a price's note are read from the price files) and before
`tools/compile_catalog.py`. `tools/service_map.yaml` says which row becomes which fact; a value that its row does not
hold is an error.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from catalog_import import compliance, regions, services
from catalog_import.rows import PriceRow, read_table
from catalog_import.yaml_form import write_yaml

from planner.catalog.yamls import read_yaml

HERE = Path(__file__).resolve().parent
CATALOGS = HERE.parent / "catalogs"
NOTED_IN = ("global", "us-east-1", "eu-west-2")
"""Where to look for the note of a price, in this order."""


def priced_notes(root: Path) -> dict[tuple[str, str], PriceRow]:
    """Return a price with a note for each (service code, dimension)."""
    found: dict[tuple[str, str], PriceRow] = {}
    for path in _note_files(root):
        for row in read_table(path):
            if row["note"]:
                found.setdefault((path.stem, row["dimension"]), PriceRow(**row))
    return found


def _note_files(root: Path) -> list[Path]:
    places = [root / "prices" / place for place in NOTED_IN]
    others = [place for place in sorted((root / "prices").iterdir()) if place not in places]
    files = [path for place in places + others for path in sorted(place.glob("*.csv"))]
    return [path for path in files if "." not in path.stem]


def run(shared: Path, target: Path) -> None:
    """Import everything and write it."""
    facts = shared / "facts"
    names = ("sla", "data_replication", "sizing_facts", "compliance_services", "service_lifecycle")
    loaded = {name: read_table(facts / f"{name}.csv") for name in names}
    brief = (facts / "brief_services.md").read_text(encoding="utf-8")
    tables = services.Tables(loaded, brief, priced_notes(target))
    shutil.rmtree(target / "services", ignore_errors=True)
    for service_id, spec in read_yaml(HERE / "service_map.yaml").items():
        content = services.service_facts(service_id, spec, tables)
        write_yaml(target / "services" / f"{service_id}.yaml", content)
    _compliance(facts, target)
    _life_cycles(loaded, target)
    priced = sorted(path.name for path in (target / "prices").iterdir() if path.name != "global")
    write_yaml(target / "regions.yaml", regions.region_facts(priced, services.COLLECTED))


def _compliance(facts: Path, target: Path) -> None:
    """Write `controls/` and `elements.yaml`; `compliance_evidence.yaml` says how a plan shows an element."""
    evidence = read_yaml(HERE / "compliance_evidence.yaml")
    for name, framework in compliance.framework_facts(read_table(facts / "compliance_controls.csv"), evidence).items():
        write_yaml(target / "controls" / f"{name}.yaml", framework)
    write_yaml(target / "elements.yaml", compliance.element_facts(read_table(facts / "compliance_elements.csv"), evidence))


PART_OF_ANOTHER = {"Amazon ECS", "Amazon EBS", "CloudWatch Logs", "Amazon S3 Glacier"}
"""Rows of the compliance lists that `names.yaml` and `lifecycle.yaml` answer to as another service's names."""


def _life_cycles(loaded: dict[str, services.Table], target: Path) -> None:
    """Write what has ended and what the planner cannot choose."""
    life = compliance.lifecycle_facts(loaded["service_lifecycle"], read_yaml(HERE / "lifecycle_map.yaml"))
    write_yaml(target / "lifecycle.yaml", life)
    planned = {spec["compliance"] for spec in read_yaml(HERE / "service_map.yaml").values()}
    rows = loaded["compliance_services"]
    write_yaml(target / "unplanned.yaml", compliance.unplanned_facts(rows, planned, life, PART_OF_ANOTHER))


def main() -> None:
    """Run the import."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shared", type=Path, help="folder that holds facts/")
    parser.add_argument("--to", type=Path, default=CATALOGS, help="folder to write into")
    arguments = parser.parse_args()
    run(arguments.shared, arguments.to)


if __name__ == "__main__":
    main()
