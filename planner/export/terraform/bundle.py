"""The Terraform files of a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from planner.export.layers import LAYERS, Layer, layer_of
from planner.export.targets import Target, targets, variants
from planner.export.terraform import (
    budgets,
    compute,
    data,
    delivery,
    edge,
    environment,
    groups,
    network,
    observability,
    recovery,
    roles,
    security,
)
from planner.export.terraform.module import Module
from planner.export.terraform.site import Site
from planner.models.facts import ExportFacts
from planner.models.plan import Plan
from planner.models.requirements import Document

WRITERS: Mapping[Layer, Callable[[Module], None]] = {
    "network": network.write,
    "security": security.write,
    "data": data.write,
    "compute": compute.write,
    "edge": edge.write,
    "observability": observability.write,
    "delivery": delivery.write,
    "recovery": recovery.write,
    "budgets": budgets.write,
}
FOLDER = "terraform"


def files(plan: Plan, document: Document, facts: ExportFacts, environments: Collection[str] = ()) -> dict[str, str]:
    """Return the text of every file by its path in the bundle.

    Raises:
        ExportError: the plan has something that the export does not know.
    """
    sites = [_site(target, facts) for target in targets(plan, document, environments)]
    _pair(sites)
    for site in sites:
        _write(site)
    folders, written = _shared(sites)
    for name in dict.fromkeys(site.target.environment for site in sites):
        of = [site for site in sites if site.target.environment == name]
        environment.check(of)
        calls = {(site.target.role, layer): folders[id(site.modules[layer])] for site in of for layer in site.modules}
        for file, text in environment.files(of, calls).items():
            written[f"{FOLDER}/environments/{name}/{file}"] = text
    return written


def _site(target: Target, facts: ExportFacts) -> Site:
    for resource in target.site.resources:
        layer_of(resource)
    return Site(target, facts)


def _pair(sites: list[Site]) -> None:
    """Let the two sites of an environment know each other."""
    for site in sites:
        site.twin = next((other for other in sites if other is not site and other.target.environment == site.target.environment), None)


def _write(site: Site) -> None:
    """Write the modules of a site; a layer without anything has none."""
    for layer in LAYERS:
        WRITERS[layer](site.module(layer))
        groups.write(site.module(layer))
        roles.write(site.module(layer))
    for layer in LAYERS:
        if not site.module(layer).items and not site.module(layer).outputs:
            del site.modules[layer]


def _shared(sites: list[Site]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the folder of each module, and the files of those that differ: equal modules of mirrors are one."""
    folders: dict[int, str] = {}
    written: dict[str, str] = {}
    for layer in LAYERS:
        modules = [site.modules[layer] for site in sites if layer in site.modules]
        contents = [module.files() for module in modules]
        names = variants([(module.site.target, "\0".join(content.values())) for module, content in zip(modules, contents, strict=True)])
        for module, content, name in zip(modules, contents, names, strict=True):
            folders[id(module)] = name
            for file, text in content.items():
                written[f"{FOLDER}/modules/{name}/{layer}/{file}"] = text
    return folders, written
