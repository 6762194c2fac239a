"""Applications and offers from JSON files; what refers to something that is not there is a problem at its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.inputs.models import dotted, load_json, mark_of, refuse
from planner.inputs.nodes import Node
from planner.inputs.problems import Source, shown, suggestion
from planner.placement.models import Application, Offer, Offers

REFERENCES = ("component", "with", "components", "except_with", "consumer", "provider")


def load_application(path: Path | str) -> tuple[Application, dict[str, tuple[str, int]]]:
    """Return the application of a JSON file, and file and line of each constraint and of `max_vms`.

    Raises:
        InputError: it cannot be read, is none, or names components that it does not have.
    """
    application: Application
    application, source, root = load_json(path, Application, "an application to place")
    known = [component.id for component in application.components]
    _once(known, "components", source, root)
    for place, named in _named(application):
        if named not in known:
            source.add(
                "R019", mark_of(root, place), dotted(place), f"there is no component {shown(named)}", suggestion(named, map(str, known))
            )
    refuse(source)
    leaves: list[tuple[int | str, ...]] = [("max_vms",), *(("constraints", index) for index in range(len(application.constraints)))]
    return application, {dotted(leaf): (source.file, mark_of(root, leaf).line) for leaf in leaves}


def load_offers(path: Path | str) -> tuple[Offer, ...]:
    """Return the offers of a JSON file: a list, or a mapping with the list under `offers`.

    Raises:
        InputError: it cannot be read or holds no offers.
    """
    kind: Any = tuple[Offer, ...] if _is_list(Path(path)) else Offers
    found, source, root = load_json(path, kind, "a list of offers")
    offers = found.offers if isinstance(found, Offers) else found
    _once([offer.id for offer in offers], "offers", source, root)
    refuse(source)
    return tuple(offers)


def _is_list(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
    except (OSError, ValueError):
        return False


def _once(ids: list[int | str], name: str, source: Source, root: Node) -> None:
    many = Counter(ids)
    for index, found in enumerate(ids):
        if many[found] > 1 and found in ids[:index]:
            place = (name, index, "id") if name in getattr(root, "entries", {}) else (index, "id")
            source.add("R037", mark_of(root, place), dotted(place), f"the id {shown(found)} stands twice")


def _named(application: Application) -> Iterator[tuple[tuple[int | str, ...], int | str]]:
    """Yield every component that a constraint names, with its path."""
    for index, constraint in enumerate(application.constraints):
        for field, value in constraint.model_dump(by_alias=True).items():
            if field not in REFERENCES:
                continue
            if isinstance(value, tuple):
                for k, one in enumerate(value):
                    yield ("constraints", index, field, k), one
            else:
                yield ("constraints", index, field), value
