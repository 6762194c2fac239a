"""What the controls of a document's frameworks demand of the choice, and which of its own leaves speak against them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.candidates.context import banned
from planner.candidates.platform import distributions, entered
from planner.design.frameworks import FRAMEWORKS, forced, leaf, named, stated_least
from planner.models.components import ObjectStore
from planner.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.candidates.offer import Offer, Part
    from planner.catalog import Catalog, Framework
    from planner.models.compliance import Proof
    from planner.models.requirements import Document

SECONDS_PER_DAY = 86_400
FORBIDDEN = "technology.services.forbidden"
CHOSEN = "home"
"""Proofs of production's primary site whose property the planner does not set by itself bind what is chosen there."""
RETENTIONS = (("security.audit.retention", "s3_lifecycle"), ("technology.observability.log_retention", "logs_ret"))


class Against(NamedTuple):
    """A leaf that speaks against a control: what it says, what would agree, and who asks for the control."""

    path: str
    said: str
    agrees: str
    frameworks: tuple[str, ...]


def demanded(document: Document, catalog: Catalog) -> tuple[Proof, ...]:
    """Return what must hold of what is chosen for production's primary site."""
    elements = (catalog.elements[name] for name in sorted(forced(document, catalog)))
    return tuple(
        proof for element in elements for proof in element.proofs if proof.sites == CHOSEN and proof.property and not proof.set_when
    )


def breaks(document: Document, proofs: Iterable[Proof], component: str, offer: Offer) -> bool:
    """Return whether a part of an offer does not show what must hold."""
    durability = getattr(document.development.components.get(component), "durability", None)
    return any(
        not _shows(part, proof)
        for proof in proofs
        for part in offer.parts
        if (part.service, part.name.replace(" ", "-")) in proof.on and (not proof.only or proof.only == durability)
    )


def _shows(part: Part, proof: Proof) -> bool:
    found = part.properties.get(proof.property)
    if proof.at_least is None:
        return found == proof.equals
    return isinstance(found, int) and found >= proof.at_least


def against(document: Document, catalog: Catalog) -> Iterator[Against]:
    """Yield the leaves that speak against a control of the document's frameworks, by path."""
    for feature in catalog.features.values():
        asking = _bringing(document, catalog, feature.elements)
        if asking and leaf(document, feature.leaf) is False:
            yield Against(feature.leaf, f"no, which {', '.join(asking)} forbids", "yes", asking)
    for path, element in RETENTIONS:
        yield from _kept_too_short(document, catalog, path, element)
    yield from _forbidden(document, catalog)


def _bringing(document: Document, catalog: Catalog, elements: Iterable[str]) -> tuple[str, ...]:
    wanted = set(elements)
    return tuple(_with_control(framework, wanted) for framework in named(document, catalog) if not wanted.isdisjoint(framework.elements))


def _with_control(framework: Framework, elements: set[str]) -> str:
    """Return a framework with the first of its controls that asks for an element."""
    control = next(control.id for control in framework.controls if not elements.isdisjoint(control.elements))
    return f"{framework.id} {control}"


def _kept_too_short(document: Document, catalog: Catalog, path: str, element: str) -> Iterator[Against]:
    stated = leaf(document, path)
    longest = max(
        ((days, f"{framework.id} {control}") for framework, control, days in stated_least(document, catalog, element)), default=None
    )
    if longest is not None and isinstance(stated, int) and stated < longest[0] * SECONDS_PER_DAY:
        days, asking = longest
        yield Against(path, f"{format_duration(stated)}, where {asking} asks for {days}d", f"{days}d", (asking,))


def _forbidden(document: Document, catalog: Catalog) -> Iterator[Against]:
    needed = forced_services(document, catalog)
    if needed:
        asking = dict.fromkeys(name for service in needed for name in _bringing(document, catalog, _shown_by(document, catalog, service)))
        services = ", ".join(needed)
        yield Against(FORBIDDEN, f"not {services}, which {', '.join(asking)} needs", f"without {services}", tuple(asking))


def forced_services(document: Document, catalog: Catalog) -> tuple[str, ...]:
    """Return the services that the document forbids and a framework needs all the same, by name."""
    return tuple(sorted(service for service in set(banned(document, catalog)) if _shown_by(document, catalog, service)))


def _shown_by(document: Document, catalog: Catalog, service: str) -> list[str]:
    """Return the elements brought that a plan of the document shows by a service and by no other."""
    return [name for name in sorted(forced(document, catalog)) if _needs(document, catalog, name, service)]


def _needs(document: Document, catalog: Catalog, element: str, service: str) -> bool:
    """Return whether a plan of the document shows an element by a service and by no other."""
    known = catalog.elements[element]
    by = {kind[0] for proof in known.proofs for kind in proof.on}
    return by == {service} and any(_stands(document, kind) for kind in known.needed)


def _stands(document: Document, kind: tuple[str, str]) -> bool:
    """Return whether a plan of the document has a part beside which an element is needed, whatever is chosen."""
    match kind:
        case ("alb", which):
            return entered(document, from_internet=which == "public")
        case ("cloudfront", _):
            return bool(distributions(document))
        case ("s3", "bucket"):
            return any(isinstance(component, ObjectStore) for component in document.development.components.values())
        case ("ec2", _):
            return False
        case _:
            return True


def regions(document: Document, catalog: Catalog) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the frameworks that hold in some Regions only, with those."""
    for framework in named(document, catalog):
        if framework.regions:
            yield framework.id, framework.regions


__all__ = ["FRAMEWORKS", "Against", "against", "breaks", "demanded", "forced_services", "regions"]
