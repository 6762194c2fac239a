"""`controls/`, `elements.yaml` and `lifecycle.yaml` from the collected tables."""

from __future__ import annotations

import re
from typing import Any

Table = list[dict[str, str]]
Facts = dict[str, Any]

FRAMEWORKS = {
    "pci_dss_4": ("PCI DSS v4.0.1", "PCI DSS", "4.0.1", ["pci", "pci-dss", "pci dss", "pci_dss", "pci dss 4"]),
    "hipaa": ("HIPAA Security Rule", "HIPAA Security Rule", "45 CFR 164 Subpart C", ["hipaa security rule"]),
    "soc2": ("SOC 2 (TSC 2017)", "SOC 2", "TSC 2017", ["soc 2", "soc-2", "soc_2"]),
    "iso27001": ("ISO/IEC 27001:2022", "ISO/IEC 27001", "2022", ["iso 27001", "iso-27001", "iso_27001"]),
    "nist_800_53_r5": ("NIST SP 800-53 Rev. 5", "NIST SP 800-53", "Rev. 5", ["nist", "nist 800-53", "nist_800_53"]),
    "gdpr": ("GDPR", "GDPR", "Regulation (EU) 2016/679", ["eu gdpr"]),
    "cis_aws": ("CIS AWS Foundations v3.0.0", "CIS AWS Foundations", "3.0.0", ["cis", "cis aws", "cis-aws"]),
}
"""By id: the name in compliance_controls.csv, name, version, aliases."""

PROWLER = "mapped by AWS or Prowler"
FEDRAMP_SOURCE = (
    "FedRAMP takes its controls from NIST SP 800-53 Rev. 5; which of them a Moderate or High baseline asks for is not "
    "in the collected tables (gaps.md), so every mapped NIST control is listed; Moderate is had in US East and West, High in GovCloud, "
    "which is not planned"
)
FEDRAMP_PARTIAL = "no list of the controls of a baseline is at hand; every mapped control of NIST SP 800-53 Rev. 5 is listed"


def element_facts(rows: Table, evidence: Facts) -> Facts:
    """Return `elements.yaml`: how each element is built and watched, and how a plan shows it."""
    known = {row["element_id"]: _element(row) for row in rows}
    shown: Facts = evidence["elements"]
    missing = sorted(known.keys() - shown.keys())
    if missing:
        raise ValueError(f"nothing says how a plan shows {', '.join(missing)}")
    made = {}
    for name, how in shown.items():
        of = {key: how[key] for key in ("description", "config_rules") if key in how}
        made[name] = {**known[how.get("of", name)], **of, "plan": _plan(how)}
    return {"elements": made}


def _element(row: dict[str, str]) -> Facts:
    return {
        "description": row["architecture_element"],
        "cloudformation": row["cloudformation"],
        "terraform": row["terraform"],
        "config_rules": _split(row["aws_config_rule_identifiers"]),
        "checkov": _split(row["checkov_ids"]),
        "source": row["source"],
        "as_of": "2026-08",
    }


def _plan(how: Facts) -> Facts:
    """Return how a plan shows an element, without what the row of the table says."""
    return {key: value for key, value in how.items() if key not in {"of", "description", "config_rules"}}


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def framework_facts(rows: Table, evidence: Facts) -> dict[str, Facts]:
    """Return `controls/<framework>.yaml` by framework; FedRAMP is the NIST mapping, marked partial."""
    frameworks = {}
    for key, (label, name, version, aliases) in FRAMEWORKS.items():
        frameworks[key] = _framework([row for row in rows if row["framework"] == label], key, evidence)
        frameworks[key] = {"framework": key, "name": name, "version": version, "aliases": aliases, **frameworks[key]}
    frameworks["fedramp"] = {
        **frameworks["nist_800_53_r5"],
        "framework": "fedramp",
        "name": "FedRAMP (partial: by NIST SP 800-53)",
        "aliases": ["fedramp moderate", "fedramp_moderate", "fedramp-moderate", "fedramp high"],
        "source": FEDRAMP_SOURCE,
        "partial": FEDRAMP_PARTIAL,
        "scope": evidence["scope"]["fedramp"],
        "regions": evidence["regions"]["fedramp"],
    }
    return frameworks


def _framework(rows: Table, key: str, evidence: Facts) -> Facts:
    instead, least = evidence["instead"].get(key, {}), evidence["at_least"].get(key, {})
    controls: dict[str, Facts] = {}
    for row in rows:
        control = controls.setdefault(row["control_id"], _control(row))
        control["elements"].append(instead.get(row["control_id"], {}).get(row["element_id"], row["element_id"]))
        if row["basis"] not in control["basis"]:
            control["basis"] += f"; {row['basis']}"
    for name, more in evidence["also"].get(key, {}).items():
        controls[name]["elements"] += more
    controls = _with_added(controls, evidence["added"].get(key, {}))
    for name, why in evidence["process"].get(key, {}).items():
        controls[name]["process"] = why
    for name, numbers in least.items():
        controls[name]["at_least"] = numbers
    return {
        "source": rows[0]["source"],
        "as_of": rows[0]["as_of"],
        "partial": "",
        "scope": evidence["scope"].get(key),
        "regions": evidence["regions"].get(key, []),
        "controls": list(controls.values()),
    }


def _with_added(controls: dict[str, Facts], added: Facts) -> dict[str, Facts]:
    """Return the controls with those that the table leaves out, each before the first one that comes after it."""
    ordered = list(controls.values())
    for name, control in added.items():
        place = next((k for k, other in enumerate(ordered) if _order(other["id"]) > _order(name)), len(ordered))
        ordered.insert(
            place, {"id": name, "title": control["title"], "elements": control["elements"], "basis": control.get("basis", PROWLER)}
        )
    return {control["id"]: control for control in ordered}


def _order(control: str) -> list[tuple[int, str]]:
    """Return what sorts ids of controls as people do: 4.2 before 4.10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", control)]


def _control(row: dict[str, str]) -> Facts:
    return {"id": row["control_id"], "title": row["control_in_short"], "elements": [], "basis": row["basis"]}


STATES = (
    ("shut down", "ended"),
    ("sunset (end-of-support date passed)", "ended"),
    ("sunset", "sunset"),
    ("closed to new customers", "closed_to_new"),
    ("no new launch configurations", "closed_to_new"),
    ("available again", "live"),
    ("maintenance mode (SDK/daemon), service live", "live"),
)
"""How a status begins, and the state it means; the first that fits."""


def lifecycle_facts(rows: Table, spec: dict[str, Facts]) -> Facts:
    """Return `lifecycle.yaml`: every service or feature that ended, closes or came back; `spec` is tools/lifecycle_map.yaml."""
    return {
        "lifecycle": {
            slug(row["service"]): {
                "name": row["service"],
                "state": _state(row["status"]),
                "aliases": spec.get(slug(row["service"]), {}).get("aliases", []),
                "successor_services": spec.get(slug(row["service"]), {}).get("successor_services", []),
                "concerns": spec.get(slug(row["service"]), {}).get("concerns", []),
                "status": row["status"],
                "end": row["end_of_support"],
                "closed": row["closed_to_new_customers"],
                "successor": row["successor"].strip("-"),
                "rule": row["planner_rule"],
                "source": row["source"],
                "as_of": row["as_of"],
                "confidence": row["confidence"],
            }
            for row in rows
        }
    }


def _state(status: str) -> str:
    """Return the state that a status means.

    Raises:
        ValueError: a status that is not known yet.
    """
    for begins, state in STATES:
        if status.startswith(begins):
            return state
    raise ValueError(f"no state for the status {status!r}")


def unplanned_facts(rows: Table, planned: set[str], lifecycle: Facts, elsewhere: set[str]) -> Facts:
    """Return `unplanned.yaml`: AWS services of the compliance lists that the planner cannot choose.

    Args:
        rows: The compliance lists.
        planned: Names in them of the services the planner knows.
        lifecycle: The content of `lifecycle.yaml`.
        elsewhere: Names in them that another entry answers to, such as a part of a service.
    """
    ended = {entry["name"] for entry in lifecycle["lifecycle"].values()}
    return {
        "unplanned": {
            slug(row["service"]): {"name": row["service"], "source": row["sources"], "as_of": "2025-12"}
            for row in rows
            if row["service"] not in planned | ended | elsewhere
        }
    }


def slug(name: str) -> str:
    """Return a service's name as an id.

    >>> slug("AWS OpsWorks Stacks")
    'opsworks_stacks'
    """
    text = re.sub(r"^(AWS|Amazon) ", "", name)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
