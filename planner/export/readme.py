"""The README of a bundle: what it is, what it costs, how to deploy, fail over and change it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from planner.export import naming
from planner.models.plan import Plan

_MARKUP = re.compile(r"([\\`*_{}\[\]()#!|~$])")
CENT = Decimal("0.01")
ARTIFACTS: Mapping[str, str] = {
    "CodeDeploy": "`appspec.yml` and the files that it installs",
    "CodeDeployToECS": "`taskdef.json` and `appspec.yaml`",
    "ECS": "`images.json`",
    "S3": "the files themselves",
    "CloudFormation": "`release.yaml` with the next revision of the task definition",
}
"""What a build hands to each provider of a deploy action."""
FUNCTION = "`release.yaml` with a custom resource of yours (see below)"


def inert(value: object) -> str:
    """Return a text of the document so that Markdown shows it and does nothing else with it."""
    return _MARKUP.sub(r"\\\1", naming.line(str(value))).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readme(
    plan: Plan, digest: str, forms: Collection[str], environments: Sequence[str], asked: Sequence[str], stacks: Mapping[str, int]
) -> str:
    """Return the README of a bundle.

    Args:
        plan: The plan.
        digest: SHA-256 of its text.
        forms: Forms that the bundle holds.
        environments: Environments that it is for, in the order of deployment.
        asked: Parameters that must be set before the first deployment.
        stacks: Number of stacks by environment.
    """
    engine = Environment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - Markdown: `inert` escapes
    engine.filters["inert"] = inert
    text = resources.files("planner.export").joinpath("templates/README.md.j2").read_text(encoding="utf-8")
    project = plan.document["project"]
    return engine.from_string(text).render(
        project=project["name"],
        accounts=project.get("accounts") or {},
        digest=digest,
        forms=sorted(forms),
        environments=[_row(plan, name, stacks.get(name, 0)) for name in environments],
        asked=list(asked),
        summary=_summary(plan),
        strategy=plan.strategy.replace("_", " "),
        recovery_region=plan.recovery_region,
        releases=_releases(plan),
        functions=any(release["artifact"] == FUNCTION for release in _releases(plan)),
        **_failover(plan),
    )


def _summary(plan: Plan) -> str:
    where = f"{plan.region}, {plan.zones} {'zone' if plan.zones == 1 else 'zones'}"
    return f"{where}; {plan.strategy.replace('_', ' ')} in {plan.recovery_region}." if plan.recovery_region else f"{where}."


def _row(plan: Plan, name: str, stacks: int) -> dict[str, Any]:
    regions = [site.region for environment in plan.environments if environment.name == name for site in environment.regions]
    first = sum((line.monthly_usd_by_step[0] for line in plan.line_items if line.environment == name), Decimal(0))
    return {
        "name": name,
        "regions": regions,
        "stacks": stacks,
        "mean": _dollars(plan.totals.by_environment[name]),
        "first": _dollars(first),
    }


def _releases(plan: Plan) -> list[dict[str, str]]:
    """Return what the build of each pipeline has to hand over, by component; nothing where no pipeline carries it."""
    parts = [resource for environment in plan.environments for site in environment.regions for resource in site.resources]
    if not any(resource.id.endswith("@delivery/pipelines") for resource in parts):
        return []
    functions = {resource.component for resource in parts if resource.service == "lambda"}
    found = []
    for pipeline in plan.continuity.pipelines:
        provider = pipeline.stages[-1].provider
        by_function = provider == "CloudFormation" and pipeline.component in functions
        found.append({"component": pipeline.component, "artifact": FUNCTION if by_function else ARTIFACTS.get(provider, provider)})
    return found


def _dollars(usd: Decimal) -> str:
    return f"{usd.quantize(CENT, ROUND_HALF_UP):,}"


def _failover(plan: Plan) -> dict[str, Any]:
    steps = plan.continuity.runbook.get("region", []) if plan.recovery_region else []
    return {
        "runbook": [
            {"order": step.order, "who": step.who, "action": step.action, "check": step.check, "time": span(step.seconds)} for step in steps
        ],
        "rto": span(sum(step.seconds for step in steps)),
    }


def span(seconds: int) -> str:
    """Return a duration in the two largest units that it has."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{amount} {unit}" for amount, unit in ((hours, "h"), (minutes, "min"), (left, "s")) if amount]
    return " ".join(parts[:2]) or "0 s"
