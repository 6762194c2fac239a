"""Machine attributes: EC2 types, and the RDS, ElastiCache and OpenSearch sizes named after them.

Rule (basis `rule` in the files): an RDS class has the hardware of the EC2 type of the same name. A burstable size
whose baseline is not among the facts is not offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog_import.rows import Refusal, plain

NOT_OFFERED = re.compile(r"^(mac|hpc|u-|u\d|trn|inf|dl|vt|f\d)")
"""Families for one purpose: Mac hosts, HPC, high memory, accelerators and FPGAs."""

ARCHITECTURES = {"x86_64": "x86_64", "i386+x86_64": "x86_64", "arm64": "arm64"}

AS_OF = "2026-10"
SOURCE = "DescribeInstanceTypes as recorded in moto 5.2.5"


@dataclass(frozen=True)
class Machine:
    """What an EC2 instance type is; `baseline` is percent per vCPU, empty when not burstable or unknown."""

    name: str
    vcpus: int
    memory_mib: int
    architecture: str
    burstable: bool
    baseline: str
    current: bool
    bare_metal: bool
    gpus: int
    extras: tuple[str, ...]

    def why_not(self) -> str:
        """Return why the type is not offered, or an empty string."""
        family = self.name.split(".")[0]
        reasons = {
            "previous generation": not self.current,
            "GPU": self.gpus > 0,
            "bare metal": self.bare_metal,
            "sustained CPU baseline of flex types is not in the catalog": family.endswith("-flex"),
            "special-purpose family": bool(NOT_OFFERED.match(family)),
            "Mac": self.architecture not in {"x86_64", "arm64"},
            "burstable without a known baseline": self.burstable and not self.baseline,
        }
        return "; ".join(reason for reason, holds in reasons.items() if holds)

    @property
    def effective_vcpus(self) -> Decimal:
        """Return the vCPUs the type sustains."""
        share = Decimal(self.baseline or 100) / 100
        return self.vcpus * share


EXTRAS = ("ebs_baseline_mbps", "ebs_baseline_iops", "network_baseline_gbps", "max_enis", "ipv4_per_eni")

INSTANCE_COLUMNS = (
    "instance_type", "vcpus", "memory_mib", "architecture", "burstable", "baseline_percent_per_vcpu",
    "current_generation", "bare_metal", "gpus", *EXTRAS, "offered", "why_not", "as_of", "source",
)  # fmt: skip

SIZE_COLUMNS = (
    "name", "vcpus", "memory_mib", "architecture", "burstable", "baseline_percent_per_vcpu",
    "current_generation", "as_of", "basis", "source",
)  # fmt: skip


def read_baselines(facts: list[dict[str, str]]) -> dict[str, str]:
    """Return the CPU baseline, percent per vCPU, by EC2 type, from `sizing_facts.csv`."""
    suffix = " baseline per vCPU"
    return {
        fact["dimension"].removesuffix(suffix): plain(fact["value"])
        for fact in facts
        if fact["service"] == "EC2 burstable" and fact["dimension"].endswith(suffix)
    }


def read_machines(types: list[dict[str, str]], baselines: dict[str, str]) -> dict[str, Machine]:
    """Return the EC2 instance types by name."""
    return {row["instance_type"]: _machine(row, baselines) for row in types}


def _machine(row: dict[str, str], baselines: dict[str, str]) -> Machine:
    burstable = row["burstable"] == "1"
    return Machine(
        name=row["instance_type"],
        vcpus=int(row["vcpus"]),
        memory_mib=int(row["memory_mib"]),
        architecture=ARCHITECTURES.get(row["architectures"], row["architectures"]),
        burstable=burstable,
        baseline=baselines.get(row["instance_type"], "") if burstable else "",
        current=row["current_generation"] == "1",
        bare_metal=row["bare_metal"] == "1",
        gpus=int(row["gpus"] or 0),
        extras=tuple(row[column] for column in EXTRAS),
    )


def instance_table(machines: dict[str, Machine], priced: set[str]) -> list[tuple[str, ...]]:
    """Return the rows of `ec2_instance_types.csv`: every type with a price somewhere."""
    rows = []
    for name in sorted(priced & set(machines)):
        machine = machines[name]
        why_not = machine.why_not()
        flags = (str(int(machine.current)), str(int(machine.bare_metal)), str(machine.gpus))
        offered = str(int(not why_not))
        rows.append((*_base(machine), *flags, *machine.extras, offered, why_not, AS_OF, SOURCE))
    return rows


def _base(machine: Machine) -> tuple[str, ...]:
    return (
        machine.name,
        str(machine.vcpus),
        str(machine.memory_mib),
        machine.architecture,
        str(int(machine.burstable)),
        machine.baseline,
    )


def db_table(classes: set[str], machines: dict[str, Machine]) -> tuple[list[tuple[str, ...]], list[Refusal]]:
    """Return the rows of `db_classes.csv`, and the classes that no EC2 type is named like."""
    rows, refusals = [], []
    for name in sorted(classes):
        machine = machines.get(name.removeprefix("db."))
        if machine is None:
            reason = "no EC2 type of this name, so its vCPUs and memory are not known: priced, not offered"
            refusals.append(Refusal("rds_on_demand.csv, aurora_on_demand.csv", name, reason))
            continue
        source = f"hardware of the EC2 type of the same name: {SOURCE}"
        rows.append((name, *_base(machine)[1:], str(int(machine.current)), AS_OF, "rule", source))
    return rows, refusals


def node_table(rows: list[dict[str, str]], key: str, machines: dict[str, Machine], base: str) -> list[tuple[str, ...]]:
    """Return sizes with their own vCPUs and usable memory; `base` is the pattern around the EC2 type's name.

    Architecture, generation and baseline are those of the EC2 type of the same name and empty where there is none
    (such sizes are priced, not offered).
    """
    table = {}
    for row in rows:
        name = row[key]
        prefix, suffix = base.split("*")
        machine = machines.get(name.removeprefix(prefix).removesuffix(suffix))
        memory_mib = int(Decimal(row["memory_gib"]) * 1024)
        known = (machine.architecture, str(int(machine.burstable)), machine.baseline) if machine else ("", "0", "")
        current = str(int(machine.current)) if machine else ""
        fact = (row["as_of"], "recorded", row["source"])
        table[name] = (name, plain(row["vcpus"]), str(memory_mib), *known, current, *fact)
    return [table[name] for name in sorted(table)]
