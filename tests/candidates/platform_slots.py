"""Slots of what stands around the components of `platform.json`, and what is offered for them."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from planner.candidates import audit, delivery, edge, network, observability, security
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.catalog import Catalog
from planner.costing.load import Usage, Values, environment_load, growth_steps
from planner.models.requirements import Document

MODULES: dict[str, ModuleType] = {
    "@network": network,
    "@edge": edge,
    "@security": security,
    "@audit": audit,
    "@observability": observability,
    "@delivery": delivery,
}
CATALOG = Catalog(Path(__file__).parents[2] / "catalogs")
N = Decimal(262_800_000)
DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent / "platform.json").read_text())


def document(**changes: object) -> dict[str, Any]:
    """Return the document with leaves changed; `__` stands for a dot, None removes."""
    made = copy.deepcopy(DOCUMENT)
    for path, value in changes.items():
        *parents, leaf = path.split("__")
        place = made
        for key in parents:
            place = place.setdefault(key, {})
        if value is None:
            del place[leaf]
        else:
            place[leaf] = value
    return made


def slot(
    name: str, strategy: str = "none", *, environment: str = "production", zones: int = 3, share: str | None = None, **changes: object
) -> Slot:
    """Return a slot in us-east-1; with a strategy it is production's recovery site."""
    read = Document.model_validate(document(**changes))
    values = Values(read.assumptions, CATALOG.assumptions)
    usual = {"none": "1", "active_active": "0.5"}.get(strategy, "0")
    load = environment_load(read, environment, values)
    usage = Usage(read, values, growth_steps(read, 6), load, Decimal(share or usual))
    role = "primary" if strategy == "none" else "recovery"
    return Slot(name, None, read, CATALOG, values, usage, "us-east-1", zones, role, strategy, "us-west-2")  # type: ignore[arg-type]


def offered(at: Slot) -> dict[str, Offer]:
    return {offer.key: offer for offer in MODULES[at.name].offers(at) if isinstance(offer, Offer)}


def refused(at: Slot) -> dict[str, str]:
    return {refusal.option: refusal.reason for refusal in MODULES[at.name].offers(at) if isinstance(refusal, Refusal)}


def parts(at: Slot, key: str = "") -> dict[str, Part]:
    offers = offered(at)
    own = at.name.removeprefix("@")
    return {part.name: part for part in offers[key or (own if own in offers else "jenkins on ec2")].parts}


def quantities(part: Part, at: Slot) -> dict[str, Decimal]:
    """Return the part's quantities by dimension, without the lines that count nothing."""
    return {line.dimension: line.quantities[0] for line in part.lines(at.usage) if any(line.quantities)}


def bill(at: Slot, key: str = "") -> dict[str, dict[str, Decimal]]:
    return {name: found for name, part in parts(at, key).items() if (found := quantities(part, at))}
