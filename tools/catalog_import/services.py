"""`services/<id>.yaml` from the collected fact tables, as `tools/service_map.yaml` says."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from catalog_import.rows import PriceRow, plain

Table = list[dict[str, str]]
Facts = dict[str, Any]

COLLECTED = "2026-11-22"

OWN_SOURCE = (
    "name and scope: own reading of the service's SLA and documentation; resource types: CloudFormation template "
    "reference (April 2026) and Terraform names in checkov and infracost (August 2026) where brief_services.md lists "
    "them, otherwise the providers' own names"
)

NOT_LISTED = "not in AWS's tables of services in maintenance, sunset or shutdown (docs.aws.amazon.com/general/latest/gr/)"

COMPLIANCE = {
    "hipaa_2025_04": "hipaa_eligible_2025_04_16",
    "pci_2021_09": "pci_scope_2021_09",
    "soc_2021_09": "soc_scope_2021_09",
    "iso27001_2021_09": "iso27001_scope_2021_09",
    "fedramp_moderate_2025_12": "fedramp_moderate_2025_12_third_party",
}


class FactError(ValueError):
    """The map asks for something that the tables do not hold."""


class Tables:
    """The collected tables, and what is asked of them."""

    def __init__(self, tables: dict[str, Table], brief: str, prices: dict[tuple[str, str], PriceRow]) -> None:
        """Take the tables by file name, the text of brief_services.md, and a price with a note by dimension."""
        self.tables = tables
        self.brief = brief
        self.prices = prices

    def row(self, table: str, first: tuple[str, str], then: tuple[str, str]) -> dict[str, str]:
        """Return the one row with `first` equal and `then` starting as given; an exact match goes first.

        Raises:
            FactError: none or several.
        """
        rows = [row for row in self.tables[table] if row[first[0]] == first[1]]
        exact = [row for row in rows if row[then[0]] == then[1]]
        found = exact or [row for row in rows if row[then[0]].startswith(then[1])]
        if not found or (len(found) > 1 and not exact):
            raise FactError(f"{table}: {len(found)} rows for {first[1]!r}, {then[1]!r}")
        return found[0]


def service_facts(service_id: str, spec: Facts, tables: Tables) -> Facts:
    """Return the content of one service file."""
    facts: Facts = {
        "service": service_id,
        "name": spec["name"],
        "service_code": spec["code"],
        "scope": spec["scope"],
        "source": OWN_SOURCE,
        "as_of": COLLECTED,
        "status": status(spec, tables),
        "sla": {key: sla(item, tables) for key, item in spec.get("sla", {}).items()},
        "recovery": {key: recovery(item, tables) for key, item in spec.get("recovery", {}).items()},
        "limits": {key: limit(item, tables) for key, item in spec.get("limits", {}).items()},
    }
    if "sizes" in spec:
        facts["sizes"] = task_sizes(tables)
    facts["compliance"] = compliance(spec["compliance"], tables)
    facts["prices"] = price_uses(spec.get("prices", {}))
    facts["iac"] = resource_types(spec, tables)
    return facts


def status(spec: Facts, tables: Tables) -> Facts:
    """Return where a service stands in its life."""
    if "lifecycle" not in spec:
        return {"state": "live", "source": NOT_LISTED, "as_of": "2026-10-07"}
    row = tables.row("service_lifecycle", ("service", spec["lifecycle"]), ("status", ""))
    facts = {"state": spec["state"], "stated": row["status"], "source": row["source"], "as_of": row["as_of"]}
    if row["end_of_support"]:
        facts["ended"] = row["end_of_support"]
    if spec.get("successors"):
        facts["successors"] = spec["successors"]
    return facts


def sla(item: list[str], tables: Tables) -> Facts:
    """Return an uptime commitment."""
    row = tables.row("sla", ("service", item[0]), ("scope_or_configuration", item[1]))
    return {
        "percent": plain(row["monthly_uptime_percent"]),
        "covers": row["scope_or_configuration"],
        "source": row["source"],
        "as_of": row["as_of"],
        "confidence": row["confidence"],
    }


def recovery(item: list[str], tables: Tables) -> Facts:
    """Return what a mechanism recovers within; null where AWS gives no number."""
    row = tables.row("data_replication", ("data_store", item[0]), ("mechanism", item[1]))
    return {
        "mechanism": row["mechanism"],
        "rto_seconds": int(row["rto_seconds_typical"]) if row["rto_seconds_typical"] else None,
        "rpo_seconds": int(row["rpo_seconds_typical"]) if row["rpo_seconds_typical"] else None,
        "stated": f"RPO: {row['rpo'] or 'not stated'}; RTO: {row['rto'] or 'not stated'}; {row['stated_numbers']}",
        "source": row["source"],
        "as_of": row["as_of"],
        "basis": row["seconds_basis"] or "no number stated by AWS",
        "confidence": row["confidence"],
    }


def limit(item: list[str] | Facts, tables: Tables) -> Facts:
    """Return a limit; its value must stand in the row it is taken from, or it was read on a page that it names.

    Raises:
        FactError: it does not.
    """
    if isinstance(item, dict):
        return {key: item[key] for key in ("value", "unit", "source", "as_of", "note")}
    *place, value, unit = item
    text, source, as_of = _limit_source(place, tables)
    numbers = {plain(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))}
    if plain(value) not in numbers:
        raise FactError(f"{place}: the row does not hold {value}: {text}")
    return {"value": plain(value), "unit": unit, "source": source, "as_of": as_of, "note": text.strip("; ")}


def _limit_source(place: list[str], tables: Tables) -> tuple[str, str, str]:
    if place[0] == "replication":
        row = tables.row("data_replication", ("data_store", place[1]), ("mechanism", place[2]))
        return row["stated_numbers"], row["source"], row["as_of"]
    if place[0] == "price":
        price = tables.prices[(place[1], place[2])]
        return price.note, f"note of the price {place[1]} {place[2]}: {price.source}", price.as_of
    row = tables.row("sizing_facts", ("service", place[0]), ("dimension", place[1]))
    matching = [other for other in tables.tables["sizing_facts"] if _same_limit(other, row)]
    return "; ".join(_limit_text(other) for other in matching), row["source"], row["as_of"]


def _limit_text(row: dict[str, str]) -> str:
    adjustable = f"adjustable: {row['adjustable']}" if row["adjustable"] not in {"n/a", "no"} else ""
    parts = (f"{row['value']} {row['unit']}", row["rule_or_note"], adjustable, row["note"])
    return "; ".join(part for part in parts if part)


def _same_limit(one: dict[str, str], other: dict[str, str]) -> bool:
    return (one["service"], one["dimension"]) == (other["service"], other["dimension"])


def task_sizes(tables: Tables) -> list[Facts]:
    """Return the Fargate CPU sizes and the memory sizes each takes, GB."""
    rows = [row for row in tables.tables["sizing_facts"] if row["service"] == "Fargate"]
    return [
        {
            "vcpus": plain(row["value"]),
            "memory_gb": memory_sizes(row["rule_or_note"]),
            "source": row["source"],
            "as_of": row["as_of"],
        }
        for row in rows
    ]


def memory_sizes(rule: str) -> list[str]:
    """Return the memory sizes of a rule like `memory: 2-8 GB in 1 GB steps` or `memory: 0.5, 1, 2 GB`.

    >>> memory_sizes("memory: 16-60 GB in 4 GB steps (Linux platform 1.4.0+)")[:3]
    ['16', '20', '24']
    """
    stepped = re.match(r"memory: (\d+)-(\d+) GB in (\d+) GB steps", rule)
    if stepped:
        low, high, step = map(int, stepped.groups())
        return [str(size) for size in range(low, high + 1, step)]
    listed = re.match(r"memory: ([\d., ]+) GB", rule)
    if not listed:
        raise FactError(f"no memory sizes in {rule!r}")
    return [str(Decimal(size.strip())) for size in listed.group(1).split(",")]


def compliance(name: str, tables: Tables) -> Facts:
    """Return the scope of a service in each list: yes, no or unknown."""
    rows = [row for row in tables.tables["compliance_services"] if row["service"] == name]
    if name and not rows:
        raise FactError(f"compliance_services: no {name!r}")
    if not rows:
        return {**dict.fromkeys(COMPLIANCE, "unknown"), "source": "not an AWS service: its own scope is yours to show"}
    answers = {key: _answer(rows[0][column]) for key, column in COMPLIANCE.items()}
    return {**answers, "source": rows[0]["sources"]}


def _answer(text: str) -> str:
    """Return yes, no or unknown: a list that does not name the service says nothing."""
    return text if text in {"yes", "no"} else "unknown"


def price_uses(spec: dict[str, list[str]]) -> list[Facts]:
    """Return the price dimensions a service is billed by."""
    uses = []
    for place, dimensions in spec.items():
        code, _, where = place.partition(" ")
        uses += [{"service_code": code, "dimension": dimension, "where": where or "region"} for dimension in dimensions]
    return uses


def resource_types(spec: Facts, tables: Tables) -> Facts:
    """Return the CloudFormation and Terraform types, from the brief's section if one is named."""
    if "brief" not in spec:
        return {key: spec.get(key, []) for key in ("cloudformation", "terraform")}
    section = tables.brief.split(f"\n## {spec['brief']}\n", 1)[1].split("\n## ", 1)[0]
    types = {}
    for key, label in (("cloudformation", "CloudFormation"), ("terraform", "Terraform")):
        line = next(line for line in section.splitlines() if line.startswith(f"{label}: "))
        types[key] = re.findall(r"`([^`]+)`", line)
    return types
