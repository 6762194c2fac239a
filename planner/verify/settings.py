"""Properties that every plan sets by itself where `set_when` of an element says so (docs/model.md, section 15)."""

from __future__ import annotations

from planner.models.compliance import Proof
from planner.verify.frame import Frame, Spot


def stands_in(spot: Spot, sites: str) -> bool:
    """Return whether a proof that is restricted to some sites covers this one."""
    covered = {
        "all": True,
        "primary": spot.primary,
        "standing": not spot.copies_only,
        "serving": spot.active,
        "production": spot.production,
        "home": spot.production and spot.primary,
    }
    return covered[sites]


def brought(frame: Frame) -> frozenset[str]:
    """Return the elements of the frameworks in force."""
    names = () if "security.frameworks" in frame.given_up else frame.document.security.frameworks
    return frozenset().union(*(frame.catalog.framework(name).elements for name in names))


def concerns(spot: Spot, proof: Proof, component: str) -> bool:
    """Return whether a proof reads the data of a component: all, or only what exists nowhere else."""
    return not proof.only or spot.authoritative(component)


class Settings:
    """The properties that the parts of one site must have besides those of docs/model.md, section 13."""

    def __init__(self, spot: Spot) -> None:
        """Find the proofs in force here."""
        frame, elements = spot.frame, brought(spot.frame)
        self._spot = spot
        self._proofs = [
            proof
            for name, element in frame.catalog.elements.items()
            for proof in element.proofs
            if proof.equals is not None and _in_force(frame, elements, name, proof) and stands_in(spot, proof.sites)
        ]

    def of(self, service: str, part: str, component: str) -> dict[str, str | bool]:
        """Return what a part of a component must have, by name of the property."""
        return {
            proof.property: proof.equals
            for proof in self._proofs
            if proof.equals is not None
            and any(of == service and which in {part, "*"} for of, which in proof.on)
            and concerns(self._spot, proof, component)
        }


def _in_force(frame: Frame, elements: frozenset[str], name: str, proof: Proof) -> bool:
    if proof.set_when == "forced":
        return name in elements
    return proof.set_when == "always" or proof.set_when in frame.features
