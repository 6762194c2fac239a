"""The controls of the document's frameworks, and what meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from planner.design.evidence import Observer, Shown
from planner.design.frameworks import FRAMEWORKS, forced, named
from planner.models.design import ControlResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.catalog import Catalog, Framework
    from planner.design.place import Whole
    from planner.models.compliance import Control
    from planner.models.requirements import Document


def config_rules(document: Document, catalog: Catalog, features: Iterable[str]) -> tuple[str, ...]:
    """Return the AWS Config managed rules that watch a document's plan, sorted.

    Those of the elements that its frameworks bring and a plan can show; without frameworks those of the elements
    of the features that are on.
    """
    elements = forced(document, catalog) or {name for feature in features for name in catalog.features[feature].elements}
    shown = (catalog.elements[name] for name in elements if catalog.elements[name].proofs)
    return tuple(sorted({rule for element in shown for rule in element.config_rules}))


def controls(whole: Whole) -> list[ControlResult]:
    """Return every control, in the order of the document's frameworks and of their own text."""
    observer = Observer(whole)
    return [
        _result(whole, observer, framework, control) for framework in named(whole.document, whole.catalog) for control in framework.controls
    ]


def _result(whole: Whole, observer: Observer, framework: Framework, control: Control) -> ControlResult:
    shown = {name: observer.element(name) for name in control.elements}
    holding = [whole.catalog.elements[name] for name, found in shown.items() if found.state == "holds"]
    return ControlResult.model_construct(
        framework=framework.id,
        id=control.id,
        title=control.title,
        state=_state(control, shown.values()),
        elements=list(control.elements),
        by=[evidence for found in shown.values() if found.state == "holds" for evidence in found.by],
        config_rules=sorted({rule for element in holding for rule in element.config_rules}),
        checkov=sorted({check for element in holding for check in element.checkov}),
        left=list(_left(control, shown)),
        asked_by=FRAMEWORKS,
        basis=control.basis,
        source=framework.source,
    )


def _state(control: Control, shown: Iterable[Shown]) -> Literal["met", "process", "unmet"]:
    """Return `met` only where something present shows it, nothing fails and nothing stays with the customer."""
    states = {found.state for found in shown}
    if "fails" in states:
        return "unmet"
    return "process" if control.process or "customer" in states or "holds" not in states else "met"


def _left(control: Control, shown: dict[str, Shown]) -> Iterator[str]:
    """Yield what stays with the customer, does not hold, or is not there to hold."""
    if control.process:
        yield control.process
    for name, found in shown.items():
        if found.state != "holds":
            yield f"{name}: {found.why}"
