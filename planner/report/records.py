"""Architecture decision records: one a decision, from what the solver weighed; the form is that of MADR."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from planner.models.plan import Decision, Plan
from planner.render.summary import leaf
from planner.render.words import counted, dollars, duration, readable
from planner.report.decision import first_page, limits
from planner.report.markup import inert, table
from planner.report.material import Material
from planner.report.tables import Refused, refused, statement

MOST_REFUSED = 40
ELSEWHERE = (
    "Every other Region, recovery Region, strategy and number of zones was part of the same proof. What a faster or slower recovery would "
    "cost: `planner frontier FILE --over cost,region.rto`; another Region: `planner whatif FILE --set technology.regions.allowed=`."
)
PLACE = ("technology.", "business.journeys.", "security.residency")
_NAME = re.compile(r"[^a-z0-9]+")


def records(material: Material) -> Mapping[str, str]:
    """Return the text of each record by its file's name, and `README.md` that lists them; equal plans give equal texts."""
    plan = material.plan
    made = {_file(1, "region and recovery"): _place(material)}
    for number, decision in enumerate(plan.decisions, 2):
        made[_file(number, decision.component)] = _component(material, decision, number)
    return {**made, "README.md": _index(material, made)}


def _file(number: int, title: str) -> str:
    return f"{number:04}-{_NAME.sub('-', title.lower()).strip('-')[:60] or 'decision'}.md"


def _index(material: Material, made: Mapping[str, str]) -> str:
    name = inert(leaf(material.plan.document, "project.name") or "plan")
    lines = [f"# Decisions of {name}", "", f"Plan `{material.digest}`. `planner adr` writes these files anew from a plan.", ""]
    lines += [f"- [{text.splitlines()[0].removeprefix('# ')}]({file})" for file, text in made.items()]
    return "\n".join(lines) + "\n"


def _place(material: Material) -> str:
    plan = material.plan
    asked = [result.id for result in plan.requirements if result.id.startswith(PLACE)]
    lines = [
        *_head(material, 1, "Where it runs and how it survives the loss of a Region", asked),
        *("## Decision", "", inert(first_page(material).sentence), ""),
        *_proof(plan),
        *("## Alternatives refused", "", ELSEWHERE, ""),
        *("## Consequences", ""),
        *(f"- {inert(one.what)}: {inert(one.reached)} of {inert(one.asked)}." for one in limits(plan)),
        *(f"- {inert(warning)}" for warning in plan.warnings),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _component(material: Material, decision: Decision, number: int) -> str:
    plan, name = material.plan, decision.component
    asked = list(dict.fromkeys(found for resource in _resources(plan, name) for found in resource))
    lines = [
        *_head(material, number, f"What runs {name}", asked),
        *("## Decision", "", f"{inert(decision.summary)}: {inert(decision.reason)}.", ""),
        *_proof(plan),
        *_others(plan, [name, f"{name} (recovery)"]),
        *("## Consequences", "", f"- {inert(dollars(decision.monthly_usd))} a month in all environments, mean of all months."),
        *_recovers(plan, name),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _resources(plan: Plan, component: str) -> Iterator[list[str]]:
    for environment in plan.environments:
        for site in environment.regions:
            yield from (resource.because for resource in site.resources if resource.component == component)


def _head(material: Material, number: int, title: str, asked: list[str]) -> Iterator[str]:
    """Yield title, status, who decides, and the requirements behind the decision."""
    plan = material.plan
    results = {result.id: result for result in plan.requirements}
    mine = [result for key, result in results.items() if any(key == one or key.startswith(f"{one}.") for one in asked)]
    people = dict.fromkeys(result.stakeholder for result in mine)
    yield from (f"# {number}. {inert(title)}", "", "- Status: proposed, until the stakeholders sign the plan")
    yield f"- Deciders: {inert(', '.join(people) or 'Development')}"
    yield from (f"- Plan: `{material.digest}`", f"- Prices: as of {_dates(plan)}", "", "## Context", "")
    if mine:
        rows = ((r.id, r.stakeholder, r.asked, readable(r.achieved), *statement(plan.document, r.id)) for r in mine)
        yield from table(("requirement", "stakeholder", "asked", "reached", "stated by", "note"), rows)
    others = [one for one in asked if not any(key == one or key.startswith(f"{one}.") for key in results)]
    if others:
        yield from (f"Also asked for by: {', '.join(inert(one) for one in others)}.", "")
    if not asked:
        yield from ("No requirement asks for it by itself.", "")


def _dates(plan: Plan) -> str:
    dates = sorted(plan.catalog.prices_as_of.values())
    return f"{dates[0]} to {dates[-1]}" if dates else "no price"


def _proof(plan: Plan) -> Iterator[str]:
    if plan.status == "optimal":
        yield f"No cheaper plan meets every requirement: proven over {counted(plan.proof.options_considered, 'option')}."
    else:
        yield "A cheaper plan may exist: the search ended before a proof."
    yield ""


def _others(plan: Plan, components: list[str]) -> Iterator[str]:
    yield from ("## Alternatives refused", "")
    found = [(name, one) for name, options in refused(plan) if name in components for one in options]
    if not found:
        yield from ("There was no other way that the catalog knows and the requirements allow.", "")
        return
    rows = ((one.option, "recovery" if name.endswith("(recovery)") else "", _money(one), one.reason) for name, one in found[:MOST_REFUSED])
    yield from table(("option", "where", "$ a month", "why not"), rows, right=(2,))
    if len(found) > MOST_REFUSED:
        yield from (f"And {len(found) - MOST_REFUSED} more; the plan lists them.", "")


def _money(one: Refused) -> str:
    return "-" if one.usd is None else f"{'+' if one.usd > 0 else ''}{dollars(one.usd)}"


def _recovers(plan: Plan, component: str) -> Iterator[str]:
    """Yield how long the component itself takes to come back from each disruption, and what it loses."""
    for name, result in plan.recovery.items():
        own = result.components.get(component)
        if own is not None:
            back, lost = duration(own["recover_seconds"]), duration(own["rpo_seconds"], "all")
            yield f"- Loss of {inert(name.replace('_', ' '))}: its own way back takes {back}, {lost} of its data lost at most."
