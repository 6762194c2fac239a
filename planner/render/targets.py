"""What was asked and what the plan reaches: recovery, availability, and each stakeholder's requirements."""

from __future__ import annotations

from math import ceil

from rich.text import Text

from planner.models.plan import AvailabilityResult, PathStep, Plan, RecoveryResult, RequirementResult
from planner.models.requirements import STAKEHOLDERS
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import clean, counted, duration, percent, readable
from planner.units import SECONDS_PER_MONTH

ORDER = ("deployment", "data_corruption", "infrastructure", "zone", "region")
WEAKEST = 3


def mark(screen: Screen, *, kept: bool) -> Text:
    """Return the sign for kept or not."""
    return text(screen.marks.yes, "good") if kept else text(screen.marks.no, "bad")


def show_recovery(screen: Screen, plan: Plan) -> None:
    """Print how fast the workload is back from each disruption, how much data is lost, and the longest path."""
    if not plan.recovery:
        return
    heading(screen, "Recovery", "time to be back (RTO) and data lost (RPO): reached, of what was asked")
    grid = table("loss of", "RTO", "asked", "RPO", "asked", "", fold=())
    known = [name for name in ORDER if name in plan.recovery]
    for name in [*known, *sorted(set(plan.recovery) - set(known))]:
        result = plan.recovery[name]
        grid.add_row(
            text(name.replace("_", " "), "name"),
            duration(result.rto_seconds),
            _asked(result.rto_target_seconds),
            duration(result.rpo_seconds, "all"),
            _asked(result.rpo_target_seconds),
            _kept(screen, result),
        )
    screen.print(grid)
    paths = [(text(name.replace("_", " "), "name"), _path(screen, plan.recovery[name].path)) for name in known if plan.recovery[name].path]
    screen.print()
    screen.print(listing(*paths))


def show_recovery_by_component(screen: Screen, plan: Plan) -> None:
    """Print when each component is back from each disruption, and how much of its data is lost; a dash where it takes no part."""
    known = [name for name in ORDER if name in plan.recovery]
    components = sorted({name for result in plan.recovery.values() for name in result.components})
    if not components:
        return
    heading(screen, "Recovery by component", "back after, and data lost")
    grid = table("component", *(name.replace("_", " ") for name in known), fold=tuple(range(1, len(known) + 1)))
    for component in components:
        grid.add_row(text(component, "name"), *(_component(plan.recovery[name], component) for name in known))
    screen.print(grid)


def _component(result: RecoveryResult, component: str) -> Text:
    own = result.components.get(component)
    if own is None:
        return text("-", "soft")
    lost = own["rpo_seconds"]
    back = duration(own["recover_seconds"])
    return joined(back, ("" if lost == 0 else f", loses {duration(lost, 'all')}", "soft"))


def _asked(seconds: int | None) -> Text:
    return text(duration(seconds, "-"), "soft")


def _kept(screen: Screen, result: RecoveryResult) -> Text:
    pairs = ((result.rto_seconds, result.rto_target_seconds), (result.rpo_seconds, result.rpo_target_seconds))
    asked = [(reached, target) for reached, target in pairs if target is not None]
    if not asked:
        return Text()
    return mark(screen, kept=all(reached is not None and reached <= target for reached, target in asked))


def _path(screen: Screen, path: list[PathStep]) -> Text:
    steps = (f"{step.phase} {step.component or ''}".strip() + f" {duration(step.seconds)}" for step in path if step.seconds)
    return text(f" {screen.marks.then} ".join(steps), "soft")


def show_availability(screen: Screen, plan: Plan) -> None:
    """Print the availability of each journey and what limits it."""
    if not plan.availability:
        return
    heading(screen, "Availability", "of what users do, from AWS's commitments")
    grid = table("journey", "reached", "asked", "down a month", "limited most by", "", fold=(4,))
    for name, result in plan.availability.items():
        kept = mark(screen, kept=result.achieved >= result.target) if result.target is not None else Text()
        asked = percent(result.target) if result.target is not None else "-"
        grid.add_row(
            text(name, "name"), percent(result.achieved), text(asked, "soft"), duration(_down(result)), text(_limits(result), "soft"), kept
        )
    screen.print(grid)


def _down(result: AvailabilityResult) -> int:
    return ceil((1 - result.achieved) * SECONDS_PER_MONTH)


def _limits(result: AvailabilityResult) -> str:
    weakest = sorted((factor for factor in result.factors if factor.availability < 1), key=lambda factor: factor.availability)
    return ", ".join(f"{factor.component} {percent(factor.availability)}" for factor in weakest[:WEAKEST])


def show_stakeholders(screen: Screen, plan: Plan) -> None:
    """Print what each stakeholder asked and what they get; what is simply as asked is only counted."""
    heading(screen, "What each stakeholder asked")
    groups: dict[str, list[RequirementResult]] = {}
    for requirement in plan.requirements:
        groups.setdefault(requirement.stakeholder, []).append(requirement)
    for stakeholder in sorted(groups, key=_rank):
        results = groups[stakeholder]
        met = sum(result.satisfied for result in results)
        screen.print(joined((clean(stakeholder), "head"), f"  {met} of {len(results)} met"))
        rows = [_result(screen, result) for result in results if not _as_asked(result)]
        rest = len(results) - len(rows)
        if rest:
            rows.append((Text(), text(f"{'and ' if rows else ''}{counted(rest, 'requirement')} met as stated", "soft")))
        screen.print(listing(*rows))


def _rank(stakeholder: str) -> tuple[int, str]:
    known = list(STAKEHOLDERS.values())
    return (known.index(stakeholder) if stakeholder in known else len(known), stakeholder)


def _as_asked(result: RequirementResult) -> bool:
    return result.satisfied and result.asked == result.achieved


def _result(screen: Screen, result: RequirementResult) -> tuple[Text, Text]:
    wish = "" if result.priority == "must" else f" ({result.priority})"
    line = joined((f"{clean(result.id)}{wish} ", "name"), clean(result.asked))
    line.append(f" {screen.marks.then} {readable(clean(result.achieved))}", style="soft" if result.satisfied else "warn")
    return mark(screen, kept=result.satisfied), line
