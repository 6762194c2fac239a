"""The risk register: threats that the document names or its data classes imply, what mitigates each, what remains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design.evidence import Observer
from planner.models.design import Risk
from planner.models.requirements import STAKEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.design.place import Whole
    from planner.models.compliance import Threat
    from planner.models.security import StatedRisk

CLASSES = "security.data_classes"
RISKS = "security.risks"


def risks(whole: Whole) -> list[Risk]:
    """Return the risks by id; a stated one replaces the one of that name that the data classes imply."""
    observer = Observer(whole)
    stated = whole.document.security.risks
    implied = (threat for threat in whole.catalog.threats.values() if threat.id not in stated)
    found = [_stated(observer, name, risk) for name, risk in stated.items()]
    found += [_implied(observer, threat) for threat in implied if set(threat.data_classes) & set(whole.document.security.data_classes)]
    return sorted(found, key=lambda risk: risk.id)


def _implied(observer: Observer, threat: Threat) -> Risk:
    open_ends = list(_open(observer, threat.elements))
    residual = f"not mitigated: {', '.join(open_ends)}; {threat.residual}" if open_ends else threat.residual
    return Risk.model_construct(
        id=threat.id,
        threat=threat.threat,
        implied_by=CLASSES,
        controls=_holding(observer, threat.elements),
        mitigated_by=_resources(observer, threat.elements),
        residual=residual,
        owner=threat.owner,
    )


def _stated(observer: Observer, name: str, risk: StatedRisk) -> Risk:
    owner = risk.owner or STAKEHOLDERS["security"]
    by = _resources(observer, risk.mitigated_by)
    open_ends = list(_open(observer, risk.mitigated_by))
    said = ["mitigated" if by else "nothing in the plan mitigates it"]
    said += [f"not mitigated: {', '.join(open_ends)}"] if open_ends else []
    said += [f"what remains is accepted by {owner}"] if risk.accepted else ["what remains is not accepted yet"]
    return Risk.model_construct(
        id=name,
        threat=risk.threat,
        implied_by=f"{RISKS}.{name}",
        controls=_holding(observer, risk.mitigated_by),
        mitigated_by=by,
        residual="; ".join(said),
        owner=owner,
    )


def _holding(observer: Observer, elements: Iterable[str]) -> list[str]:
    return [name for name in elements if observer.element(name).state == "holds"]


def _resources(observer: Observer, elements: Iterable[str]) -> list[str]:
    shown = (observer.element(name) for name in elements)
    return sorted({evidence.resource for found in shown if found.state == "holds" for evidence in found.by})


def _open(observer: Observer, elements: Iterable[str]) -> Iterator[str]:
    """Yield the elements that the plan should show and does not."""
    return (name for name in elements if observer.element(name).state in {"fails", "customer"})
