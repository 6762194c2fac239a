"""Compliance in the catalog: frameworks, controls, elements that meet them and how a plan shows those, threats, features."""

from __future__ import annotations

from typing import NamedTuple


class Proof(NamedTuple):
    """What must hold of every part of a plan that shows an element; `on` is (service, part), `*` for any part.

    Either `property` is `equals`, is `at_least`, is a list with `includes` or with all that `names` stands for, or
    `detail` names a check of the site's design. `set_when` says when the planner sets the property itself: `always`,
    `forced` by a framework, a feature.
    """

    on: tuple[tuple[str, str], ...]
    sites: str
    property: str
    equals: str | bool | None
    at_least: int | None
    names: tuple[str, ...]
    includes: str
    detail: str
    only: str
    set_when: str


class Element(NamedTuple):
    """A property of an architecture that meets controls, and how a plan shows it.

    `needed` names parts beside which it must be there. `customer` or `absent` say why no plan can show it.
    """

    id: str
    description: str
    cloudformation: str
    terraform: str
    config_rules: tuple[str, ...]
    checkov: tuple[str, ...]
    source: str
    proofs: tuple[Proof, ...]
    needed: tuple[tuple[str, str], ...]
    second_region: bool
    customer: str
    absent: str


class Control(NamedTuple):
    """One control of a framework and the elements that meet it; `process`: why it is the customer's own whatever is planned."""

    id: str
    title: str
    elements: tuple[str, ...]
    basis: str
    process: str
    at_least: dict[str, int]


class ScopeList(NamedTuple):
    """The list of services in scope at hand: its name among a service's `compliance`; only a current one forbids."""

    column: str
    as_of: str
    current: bool


class Framework(NamedTuple):
    """A compliance framework: which elements of an architecture meet which of its controls; no `regions`: had in all."""

    id: str
    name: str
    version: str
    aliases: tuple[str, ...]
    partial: str
    scope: ScopeList | None
    regions: tuple[str, ...]
    elements: dict[str, tuple[str, ...]]
    controls: tuple[Control, ...]
    source: str
    as_of: str


class Threat(NamedTuple):
    """A threat that data classes imply, the elements that mitigate it, and what remains when they all hold."""

    id: str
    threat: str
    data_classes: tuple[str, ...]
    elements: tuple[str, ...]
    residual: str
    owner: str


class Feature(NamedTuple):
    """What a platform can have beside its components: on when its leaf or a control's element asks for it."""

    id: str
    leaf: str
    elements: tuple[str, ...]
