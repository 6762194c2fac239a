"""Answers other than a plan: a conflict, a verdict, what a region lacks, why a choice was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from rich.text import Text

from planner.models.conflict import Conflict, Member
from planner.models.facts import Coverage, Region
from planner.models.plan import Decision, Plan
from planner.models.requirements import DISRUPTIONS, Document, Requirements
from planner.render.notes import costs_more, show_given_up
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.summary import show_head
from planner.render.targets import show_recovery_by_component
from planner.render.words import clean, counted, dollars, harmless, listed, share

REASONS, OPTIONS = 12, 4


class Finding(Protocol):
    """What a verifier found wrong, and where in the plan."""

    @property
    def path(self) -> str:
        """Where in the plan."""

    @property
    def message(self) -> str:
        """What is wrong there."""


def show_conflict(screen: Screen, message: str, conflict: Conflict) -> None:
    """Print requirements that cannot hold together, why, and each way out."""
    screen.print(joined(("error[C001] ", "bad"), clean(message)))
    if conflict.members:
        screen.print(listing(*(_member(screen, member) for member in conflict.members)))
    if conflict.story:
        screen.print(Text(harmless(conflict.story)))
    if conflict.ways_out:
        screen.print("Either change alone is enough:" if len(conflict.ways_out) > 1 else "This is enough:")
    for way in conflict.ways_out:
        changes = ", ".join(f"{change.id}: {change.old} {screen.marks.then} {change.new}" for change in way.changes)
        screen.print(listing(("-", joined((clean(changes), "name"), f"  {clean(way.summary)}, {dollars(way.monthly_usd)} a month"))))


def _member(screen: Screen, member: Member) -> tuple[Text, Text]:
    place = f"{member.file}:{member.line}" if member.line else member.file
    apart = "" if not place else "  " if screen.wide else "\n"
    return text(member.stakeholder), joined((clean(member.id), "name"), f" {clean(member.value)}{apart}", (clean(place), "soft"))


def show_verdict(screen: Screen, verdict: str, findings: Sequence[Finding]) -> None:
    """Print whether a plan withstands the check, and everything that does not."""
    if verdict == "accepted":
        screen.print(
            joined((f"{screen.marks.yes} accepted", "good"), ": every price, total, time and share was derived again and is the same")
        )
        return
    screen.print(joined((f"{screen.marks.no} rejected", "bad"), f": {counted(len(findings), 'finding')}"))
    for finding in findings:
        screen.print(listing((text(screen.marks.dot), joined((clean(finding.path), "name"), f"  {clean(finding.message)}"))))


def show_regions(screen: Screen, regions: Mapping[str, Region], coverages: Mapping[str, Coverage]) -> None:
    """Print what can be priced in each region."""
    grid = table("region", "name", "zones", "services", "prices", "recorded", right=(2, 3, 4, 5), fold=(1,))
    for name, coverage in coverages.items():
        rows = sum(coverage.by_basis.values())
        grid.add_row(
            text(name, "name"),
            text(regions[name].name),
            str(regions[name].zones),
            _of(len(set(coverage.priced) - set(coverage.missing)), len(set(coverage.priced) | set(coverage.missing))),
            _of(_size(coverage.priced), _size(coverage.priced) + _size(coverage.missing)),
            _share_of_rows(coverage.by_basis.get("recorded", 0), rows),
        )
    screen.print(grid)
    screen.print(
        text("services: those that can be priced completely; prices: dimensions they are billed by; recorded: quoted, not inferred", "soft")
    )
    screen.print(text("what a region lacks: planner regions REGION", "soft"))


def _size(dimensions: Mapping[str, Sequence[str]]) -> int:
    return sum(map(len, dimensions.values()))


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}"


def _share_of_rows(part: int, whole: int) -> str:
    return share(Decimal(part), Decimal(whole))


def show_region(screen: Screen, region: Region, coverage: Coverage) -> None:
    """Print what a region lacks, service by service."""
    residency = ", ".join(region.residency)
    screen.print(joined((clean(region.id), "head"), f"  {clean(region.name)}, {counted(region.zones, 'zone')}, residency {residency}"))
    basis = ", ".join(f"{number:,} {name}" for name, number in coverage.by_basis.items())
    screen.print(text(f"{_size(coverage.priced)} dimensions have a price; price rows: {basis or 'none'}"))
    if coverage.missing:
        heading(screen, "Without a price here", "an option that needs one of them is not offered in this region")
        screen.print(listing(*((text(service, "name"), text(", ".join(lacking))) for service, lacking in coverage.missing.items())))
    else:
        screen.print(text("nothing is missing"))


def show_document(screen: Screen, file: str, requirements: Requirements) -> None:
    """Print that a document is valid and what it holds, in a line."""
    facts = ", ".join(document_facts(requirements.document))
    screen.print(listing((text(screen.marks.yes, "good"), joined((clean(file), "name"), f"  {facts}")), indent=0))


def show_samples(screen: Screen, stories: Mapping[str, str]) -> None:
    """Print the sample documents and what each is about."""
    screen.print(listing(*((text(name, "name"), text(story)) for name, story in stories.items()), indent=0))


def document_facts(document: Document) -> list[str]:
    """Return what a document holds: components, journeys, environments, targets."""
    targets = sum(getattr(document.technology.recovery, name).rto is not None for name in DISRUPTIONS)
    facts = [
        counted(len(document.development.components), "component"),
        counted(len(document.business.journeys), "journey"),
        counted(len(document.development.environments), "environment"),
        counted(targets, "recovery target"),
    ]
    return [fact for fact in facts if not fact.startswith("0 ")]


def show_explanation(screen: Screen, plan: Plan) -> None:
    """Print each choice, what made it necessary, and why every other option was not taken."""
    show_head(screen, plan)
    for decision in plan.decisions:
        _show_decision(screen, plan, decision)
    show_recovery_by_component(screen, plan)
    show_given_up(screen, plan)


def _show_decision(screen: Screen, plan: Plan, decision: Decision) -> None:
    kind = "" if decision.component.startswith("@") else decision.kind.replace("_", " ")
    heading(screen, decision.component, ", ".join(part for part in (kind, f"{dollars(decision.monthly_usd)} a month") if part))
    rows = [("chosen", text(decision.summary)), ("because", text(decision.reason))]
    asked = _asked_by(plan, decision.component)
    if asked:
        rows.append(("asked by", text(listed(asked, 6), "soft")))
    rows += [("not", line) for line in _not_chosen(plan, decision.component)]
    screen.print(listing(*((text(head, "soft"), body) for head, body in rows)))


def _not_chosen(plan: Plan, component: str) -> list[Text]:
    """Return why each other option was not taken: what it misses first, then what it costs more, the nearest first."""
    reasons: dict[str, list[str]] = {}
    for option in plan.rejected:
        if option.component == component:
            reasons.setdefault(option.reason, []).append(option.option)
    ranked = sorted(reasons.items(), key=lambda pair: (costs_more(pair[0]) or Decimal(0), pair[0]))
    lines = [joined(listed(map(clean, options), OPTIONS), (f": {clean(why)}", "soft")) for why, options in ranked[:REASONS]]
    rest = len(ranked) - REASONS
    return [*lines, text(f"options for {rest} more reasons: plan.json lists them", "soft")] if rest > 0 else lines


def _asked_by(plan: Plan, component: str) -> list[str]:
    sites = (site for environment in plan.environments for site in environment.regions)
    resources = (resource for site in sites for resource in site.resources if resource.component == component)
    return list(dict.fromkeys(clean(requirement) for resource in resources for requirement in resource.because))
