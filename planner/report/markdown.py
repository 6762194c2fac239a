"""The report as Markdown for a pull request: the decision, a Mermaid diagram, compact tables."""

from __future__ import annotations

from collections.abc import Iterator

from planner.models.plan import Plan
from planner.render.targets import ORDER
from planner.render.words import amount, counted, dollars, duration, percent, readable, share
from planner.report.architecture import Node, Picture, picture
from planner.report.decision import FirstPage, down, first_page
from planner.report.markup import inert, label, table
from planner.report.material import Material
from planner.report.recovering import timelines
from planner.report.tables import bill, ranked, trace

TOP = 10


def markdown(material: Material) -> str:
    """Return the report; every text of the document is shown literally."""
    plan, first = material.plan, first_page(material)
    parts = (
        _head(first), _figures(first), _diagram(plan, material), _bill(plan), _targets(plan), _requirements(plan), _know(first),
        _sign(material, first),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(first: FirstPage) -> Iterator[str]:
    yield f"# {inert(first.name)}: architecture decision"
    yield ""
    if first.about:
        yield from (inert(first.about), "")
    yield from (f"**{inert(first.sentence)}**", "", f"{inert(first.proof)}.", "")


def _figures(first: FirstPage) -> Iterator[str]:
    yield from table(("", "", ""), ((tile.label.replace("_", " "), tile.figure, tile.note) for tile in first.tiles), right=(1,))


def _diagram(plan: Plan, material: Material) -> Iterator[str]:
    """Yield production as a Mermaid flowchart; ids are numbers, so that no name can end one."""
    shown = picture(plan, next(one for one in plan.environments if one.name == "production"), material.services)
    yield from ("## Architecture", "", "```mermaid", "flowchart LR", '  users(("Users"))')
    for number, _ in enumerate(shown.sites):
        yield from _site(shown, number)
    if len(shown.sites) > 1:
        yield f'  s0 {"<" if shown.both else ""}-. "{label(shown.copied)}" .-> s1'
    yield from ("```", "")


def _site(shown: Picture, number: int) -> Iterator[str]:
    site = shown.sites[number]
    ids = {"users": "users"} | {node.key: f"n{number}_{place}" for place, node in enumerate(site.nodes)}
    role = "takes over" if number and not shown.both else "serves users"
    yield f'  subgraph s{number}["{label(site.region)}, {counted(site.zones, "zone")}, {role}"]'
    yield from (f"    {ids[node.key]}{_shape(node)}" for node in site.nodes)
    yield "  end"
    arrow = '-. "after failover" .->' if number and not shown.both else "-->"
    yield from (f"  {ids[flow.source]} {arrow if flow.source == 'users' else '-->'} {ids[flow.target]}" for flow in site.flows)


def _shape(node: Node) -> str:
    words = f'"{"<br/>".join(label(part) for part in (node.title, *node.lines) if part)}"'
    return f"[({words})]" if node.tier == "data" else f"[{words}]"


def _bill(plan: Plan) -> Iterator[str]:
    names = [environment.name for environment in plan.environments]
    yield from ("## Bill", "", "Dollars a month, mean of all months, before tax.", "")
    rows = [(row.component, row.choice, *(amount(usd) for usd in row.cells), amount(row.usd)) for row in bill(plan)]
    totals = ("total", "", *(amount(plan.totals.by_environment[name]) for name in names), amount(plan.totals.monthly_usd))
    yield from table(("component", "choice", *map(inert, names), "total"), [*rows, totals], right=range(2, len(names) + 3))
    services = ranked(plan.totals.by_service)[:TOP]
    yield from table(
        ("service", "$ a month", "share"), ((n, amount(u), share(u, plan.totals.monthly_usd)) for n, u in services), right=(1, 2)
    )


def _targets(plan: Plan) -> Iterator[str]:
    if plan.recovery:
        yield from ("## Recovery", "")
        yield from table(
            ("loss of", "back in", "asked", "data lost", "asked", "how"), (_recovery(plan, name) for name in ORDER if name in plan.recovery)
        )
    if plan.availability:
        yield from ("## Availability", "")
        rows = (
            (name, percent(result.achieved), "-" if result.target is None else percent(result.target), duration(down(result.achieved)))
            for name, result in plan.availability.items()
        )
        yield from table(("journey", "reached", "asked", "down a month"), rows, right=(1, 2, 3))


def _recovery(plan: Plan, name: str) -> tuple[str, ...]:
    line = next(one for one in timelines(plan) if one.disruption == name)
    found = line.result
    lost = duration(found.rpo_seconds, "all"), duration(found.rpo_target_seconds, "-")
    return name.replace("_", " "), duration(found.rto_seconds), duration(found.rto_target_seconds, "-"), *lost, line.words


def _requirements(plan: Plan) -> Iterator[str]:
    yield from ("## Requirements", "", "<details><summary>Each with what it is met by, in dollars a month</summary>", "")
    rows = (
        (row.result.id, row.result.stakeholder, row.result.asked, readable(row.result.achieved), "✓" if row.result.satisfied else "✗",
         amount(row.usd))
        for row in trace(plan)
    )  # fmt: skip
    yield from table(("requirement", "stakeholder", "asked", "reached", "", "$ a month"), rows, right=(5,))
    yield from ("</details>", "")


def _know(first: FirstPage) -> Iterator[str]:
    if first.levers:
        yield from (f"## {first.levers_title}", "")
        yield from table(("$ a month", "what", "why"), ((dollars(one.usd), one.what, one.why) for one in first.levers), right=(0,))
        yield from (inert(first.levers_note), "")
    if first.risks:
        yield from ("## What to know before signing", "")
        yield from (f"- **{inert(kind)}** {inert(words)}" for kind, words in first.risks)
        yield ""


def _sign(material: Material, first: FirstPage) -> Iterator[str]:
    yield from ("## Sign-off", "")
    rows = ((one.stakeholder, one.persons, f"{one.met} of {one.asked}" if one.asked else "-", one.signed) for one in first.signers)
    yield from table(("stakeholder", "named in the document", "met", "signed"), rows)
    yield f"Plan `{material.digest}`"
