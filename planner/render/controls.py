"""The control matrix and the risk register as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.controls.matrix import FrameworkView
from planner.models.design import ControlResult, Evidence, Risk
from planner.models.requirements import stakeholder
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import clean, counted

MOST = {False: 2, True: 3}
"""Pieces of evidence and rules named for a control, in a narrow and in a wide terminal; the rest is counted."""
WORDS = {"met": "met", "process": "yours", "unmet": "NOT MET"}
STYLES = {"met": "good", "process": "warn", "unmet": "bad"}


def show_controls(screen: Screen, views: Sequence[FrameworkView]) -> None:
    """Print every framework: its counts, what is met and by what, and what stays with the customer."""
    if not views:
        screen.print(text("The document names no framework under security.frameworks; there is nothing to show.", "soft"))
    for view in views:
        _framework(screen, view)


def _framework(screen: Screen, view: FrameworkView) -> None:
    known, counts = view.framework, view.counts
    heading(screen, f"{known.name} {known.version}", f"{counted(len(view.controls), 'control')}, asked for by {_asked(view)}")
    said = [(f"{screen.marks.yes} {counts['met']} met", "good"), (f"  {counts['process']} your own process", "warn")]
    if counts["unmet"]:
        said.append((f"  {screen.marks.no} {counts['unmet']} not met", "bad"))
    screen.print(joined(*said, (f"  {counts['watched']} watched by AWS Config", "soft")))
    if known.partial:
        screen.print(text(f"Partial: {known.partial}.", "warn"))
    met = [control for control in view.controls if control.state != "process"]
    if met:
        _met(screen, met)
    own = [control for control in view.controls if control.state == "process"]
    if own:
        _own(screen, own)
    _scope(screen, view)


def _asked(view: FrameworkView) -> str:
    return ", ".join(dict.fromkeys(f"{stakeholder(control.asked_by)} ({control.asked_by})" for control in view.controls))


def _met(screen: Screen, controls: Sequence[ControlResult]) -> None:
    heads = ("control", "", "met by", "watched by") if screen.wide else ("control", "", "met by")
    grid = table(*heads, fold=(0, 2))
    for control in controls:
        name = joined((clean(control.id), "name"), (f"\n{clean(control.title)}", "soft"))
        state = text(WORDS[control.state], STYLES[control.state])
        by = _evidence(control.by, MOST[screen.wide]) if control.by else text("; ".join(control.left), "bad")
        watched = _watched(control, MOST[screen.wide])
        cells = (by, watched) if screen.wide else (joined(by, "\n", (_counts(control), "soft")),)
        grid.add_row(name, state, *cells)
    screen.print(grid)


def _evidence(by: Sequence[Evidence], most: int) -> Text:
    """Return what shows a control: each property once, with its first value and how many resources have it."""
    found: dict[str, list[Evidence]] = {}
    for evidence in by:
        found.setdefault(evidence.property, []).append(evidence)
    lines = [_line(name, mine) for name, mine in list(found.items())[:most]]
    rest = list(found)[most:]
    return Text("\n").join([*lines, *([text(f"and {', '.join(rest)}", "soft")] if rest else [])])


def _line(name: str, mine: Sequence[Evidence]) -> Text:
    where = clean("/".join(mine[0].resource.split("/")[2:]))
    others = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
    return joined((f"{clean(name)} ", ""), (_short(clean(mine[0].value)), "good"), (f" on {where}{others}", "soft"))


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:37] + "..."


def _watched(control: ControlResult, most: int) -> Text:
    """Return the first AWS Config rules, how many more there are, and how many checkov checks."""
    names, rest = control.config_rules[:most], len(control.config_rules) - most
    more = [f"and {rest} more"] if rest > 0 else []
    checks = [counted(len(control.checkov), "checkov check")] if control.checkov else []
    return Text("\n".join([*map(clean, names), *([", ".join([*more, *checks])] if more or checks else [])]), style="soft")


def _counts(control: ControlResult) -> str:
    return f"{counted(len(control.config_rules), 'Config rule')}, {counted(len(control.checkov), 'checkov check')}"


def _own(screen: Screen, controls: Sequence[ControlResult]) -> None:
    screen.print(joined(("\nYour own process", "head"), ("  never counted as met; what is planned only supports it", "soft")))
    grid = table("control", "what stays with you", fold=(0, 1))
    for control in controls:
        left = Text("\n").join([text(said) for said in control.left])
        if control.by:
            left = joined(left, (f"\nsupported by {counted(len(control.by), 'property', 'properties')} of the plan", "soft"))
        grid.add_row(joined((clean(control.id), "name"), (f"\n{clean(control.title)}", "soft")), left)
    screen.print(grid)


def _scope(screen: Screen, view: FrameworkView) -> None:
    scope = view.framework.scope
    if scope is None:
        screen.print(Padding(text("No list of services in scope is published for it.", "soft"), (1, 0, 0, 0)))
        return
    kind = "the current list" if scope.current else "a list that is not current, ask the auditor"
    outside = f"not on it: {', '.join(view.outside)}" if view.outside else "every service planned is on it"
    style = "warn" if view.outside else "soft"
    screen.print(Padding(text(f"Services in scope, {kind} of {scope.as_of}: {outside}.", style), (1, 0, 0, 0)))


def show_risks(screen: Screen, risks: Sequence[Risk]) -> None:
    """Print the risk register: each threat, what mitigates it, what remains, whose it is."""
    if not risks:
        screen.print(text("No risk is named under security.risks, and no data class of the document implies one.", "soft"))
        return
    heading(screen, "Risk register", counted(len(risks), "risk"))
    if screen.wide:
        screen.print(_register(risks))
        return
    for risk in risks:
        _stacked(screen, risk)


def _register(risks: Sequence[Risk]) -> Table:
    grid = table("risk", "mitigated by", "what remains", "owner", fold=(0, 1, 2))
    for risk in risks:
        name = joined((clean(risk.id), "name"), (f"\n{clean(risk.threat)}", ""), (f"\n{clean(risk.implied_by)}", "soft"))
        grid.add_row(name, _mitigated(risk), text(risk.residual), text(risk.owner))
    return grid


def _stacked(screen: Screen, risk: Risk) -> None:
    """Print one risk as a block: four columns would break its words in a narrow terminal."""
    screen.print(joined("\n", (clean(risk.id), "name"), f"  {clean(risk.owner)}", (f", {clean(risk.implied_by)}", "soft")))
    said = (
        ("threat", text(risk.threat)),
        ("controls", text(", ".join(risk.controls) or "none")),
        ("mitigated by", _mitigated(risk)),
        ("remains", text(risk.residual)),
    )
    screen.print(listing(*((text(label, "soft"), value) for label, value in said)))


def _mitigated(risk: Risk) -> Text:
    """Return the first resources that mitigate a risk, and how many more there are."""
    by = ["/".join(resource.split("/")[2:]) for resource in risk.mitigated_by[: MOST[True]]]
    rest = len(risk.mitigated_by) - len(by)
    return text(", ".join(by) + (f" and {rest} more" if rest else "")) if by else text("nothing", "bad")
