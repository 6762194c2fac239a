"""A bundle: every form of a plan with its README, scripts and tests, as files by path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from planner import inputs
from planner.catalog import Catalog
from planner.errors import PlannerError
from planner.export.forms import FORMS, form
from planner.export.readme import readme
from planner.export.smoke import expectations
from planner.export.staging import finish
from planner.export.targets import targets
from planner.export.writing import Written, digest, write
from planner.models.accounts import carrier
from planner.models.plan import Plan, Site
from planner.models.requirements import Document

STACKS = "cloudformation/stacks.json"
NOBODYS = "example.com"
"""What a document leaves open gets a name under the domain that is reserved for examples."""
SCRIPTS = ("tests/smoke.sh", "tests/drill-restore.sh", "tests/drill-failover.sh", "tests/.checkov.yaml", "scripts/lib.sh")
DEPLOYMENT = ("deploy.sh", "destroy.sh")


@dataclass(frozen=True)
class Choice:
    """What a bundle is for: forms and environments by name, all where none is named."""

    forms: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def export(folder: Path, text: str, catalog: Catalog, choice: Choice, read: Callable[[str], Plan]) -> list[Written]:
    """Write a bundle into a folder, new or existing, and return what became of each file.

    Args:
        folder: The bundle's folder.
        text: A verified plan as JSON.
        catalog: The catalog it was made with.
        choice: Which forms and environments.
        read: Makes a plan of its text; also of the one that lies in the folder, should something there be edited.

    Raises:
        InputError: a name is unknown, or the folder cannot be written.
        ExportError: the plan holds something that exports do not know.
    """
    plan = read(text)
    made = contents(plan, text, catalog, choice)
    finish(folder)
    before = _previous(folder)
    base = None if before is None else lambda: _again(before[0], before[1], catalog, read)
    return write(folder, made, _about(plan, text, choice), base)


def as_written(folder: Path, plan: Plan, text: str, catalog: Catalog) -> dict[str, str] | None:
    """Return the files of the bundle in a folder as they would be written today; None where it was made from another plan."""
    before = _previous(folder)
    if before is None or before[1].get("plan_digest") != digest(text):
        return None
    return contents(plan, text, catalog, _choice(before[1]))


def contents(plan: Plan, text: str, catalog: Catalog, choice: Choice) -> dict[str, str]:
    """Return every file of a bundle but `bundle.json`, by path; the same plan gives the same bytes."""
    document = inputs.from_data(plan.document, regions=tuple(catalog.regions)).document
    chosen = choice.forms or tuple(FORMS)
    made: dict[str, str] = {"plan.json": text}
    for name in chosen:
        made |= form(name)(plan, document, catalog.exports, choice.environments)
    names = list(dict.fromkeys(target.environment for target in targets(plan, document, choice.environments)))
    stacks = json.loads(made[STACKS]) if STACKS in made else []
    if stacks:
        made |= _deployment(plan, document, stacks)
    made |= {path: _script(path) for path in (*SCRIPTS, *(DEPLOYMENT if stacks else ()))}
    made |= expectations(plan, document, names)
    counts = {name: sum(stack["environment"] == name for stack in stacks) for name in names}
    made["README.md"] = readme(plan, digest(text), chosen, names, _asked(made, stacks), counts)
    return dict(sorted(made.items()))


def _about(plan: Plan, text: str, choice: Choice) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "project": plan.document["project"]["name"],
        "plan_digest": digest(text),
        "catalog_digest": plan.catalog.digest,
        "forms": sorted(choice.forms or FORMS),
        "environments": sorted(choice.environments or [environment.name for environment in plan.environments]),
        "growth_step": 1,
    }


def _script(path: str) -> str:
    return resources.files("planner.export").joinpath("scripts", path.rsplit("/", 1)[-1]).read_text(encoding="utf-8")


def _deployment(plan: Plan, document: Document, stacks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the shell reads in place of `stacks.json`, and the input of StackSets where several accounts are named."""
    rows = [
        (
            s["environment"],
            s["region"],
            s["site"],
            s["layer"],
            s["stack_name"],
            *(_placed(s[k]) for k in ("template", "parameters", "stack_policy")),
        )
        for s in stacks
    ]
    wired = [
        (s["stack_name"], s["region"], item["parameter"], item["region"], item["stack_name"], item["output"])
        for s in stacks
        for item in s.get("from_outputs", ())
    ]
    there = {(s["environment"], s["region"]) for s in stacks}
    networks = {(s["environment"], s["site"]): s["stack_name"] for s in stacks if s["layer"] == "network"}
    after = [
        (environment.name, site.region, task, networks.get((environment.name, site.region), "-"))
        for environment in plan.environments
        for site in environment.regions
        if (environment.name, site.region) in there
        for task in _beside_stacks(site, carries=site.role == "recovery" or carrier(document, environment.name) == environment.name)
    ]
    made = {
        "cloudformation/stacks.tsv": _table(rows),
        "cloudformation/outputs.tsv": _table(wired),
        "cloudformation/after.tsv": _table(after),
    }
    accounts = document.project.accounts
    if len(set(accounts.values())) > 1:
        made["cloudformation/stacksets.json"] = json.dumps(_stack_sets(stacks, accounts), indent=2, ensure_ascii=False) + "\n"
    return made


def _beside_stacks(site: Site, *, carries: bool) -> list[str]:
    """Return what a site needs that CloudFormation has no resource for, as the deploy script names it.

    An account's settings in a Region are made once, with the site that `carries` them.
    """
    resources = site.resources
    needed = {
        "inspector": carries and any(resource.service == "inspector" for resource in resources),
        "ebs": carries and any(resource.properties.get("ebs_encryption_by_default") is True for resource in resources),
        "default-group": any("default_security_group" in r.properties and "existing" not in r.properties for r in resources),
    }
    return [task for task, wanted in needed.items() if wanted]


def _placed(path: str | None) -> str:
    return f"cloudformation/{path}" if path else "-"


def _table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines with tabs, for the shell."""
    return "".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) + "\n" for row in rows)


def _stack_sets(stacks: Sequence[Mapping[str, Any]], accounts: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "StackSetName": f"{stack['stack_name']}-{stack['region']}",
            "Template": stack["template"],
            "Parameters": stack["parameters"],
            "Accounts": [accounts[stack["environment"]]],
            "Regions": [stack["region"]],
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "PermissionModel": "SELF_MANAGED",
        }
        for stack in stacks
        if stack["environment"] in accounts
    ]


def _asked(made: Mapping[str, str], stacks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the parameters whose values are placeholders."""
    found = {
        str(item["ParameterKey"])
        for stack in stacks
        if stack["parameters"]
        for item in json.loads(made[_placed(stack["parameters"])])
        if NOBODYS in str(item["ParameterValue"])
    }
    return sorted(found)


def _previous(folder: Path) -> tuple[str, Mapping[str, Any]] | None:
    """Return the plan and the description of the bundle that lies in a folder, as they are before anything is written."""
    try:
        return (folder / "plan.json").read_text(encoding="utf-8"), json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _choice(about: Mapping[str, Any]) -> Choice:
    return Choice(tuple(about.get("forms", ())), tuple(about.get("environments", ())))


def _again(text: str, about: Mapping[str, Any], catalog: Catalog, read: Callable[[str], Plan]) -> dict[str, str]:
    """Return the files of an earlier plan as they are made today; none where that plan cannot be read or exported any more."""
    try:
        return contents(read(text), text, catalog, _choice(about))
    except PlannerError:
        return {}
