"""What the mandates became, in one glance: controls, access, keys, alarms, backups, releases, rehearsals, mirrors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table

from planner.models.design import ControlResult, Details
from planner.models.plan import Plan
from planner.render.screen import Screen, heading, text
from planner.render.words import clean, counted, listed

STATES = {"met": "met", "process": "your own process", "unmet": "NOT met"}


def show_design(screen: Screen, plan: Plan) -> None:
    """Print what the plan designs beside machines and stores; nothing where there is nothing."""
    rows = [*_controls(plan), *_protection(plan), *_watching(screen, plan), *_keeping(plan), *_changing(screen, plan), *_mirrors(plan)]
    if not rows:
        return
    heading(screen, "Designed with it", "production; planner controls and planner runbook show each")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="soft", no_wrap=True)
    grid.add_column()
    for name, said in rows:
        grid.add_row(text(name), text(said))
    screen.print(grid)


def _production(plan: Plan) -> list[Details]:
    return [site.details for place in plan.environments if place.name == "production" for site in place.regions]


def _controls(plan: Plan) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(control.framework for control in plan.controls):
        mine = [control for control in plan.controls if control.framework == name]
        yield clean(name), f"{counted(len(mine), 'control')}: {_states(mine)}; {_rules(mine)}"


def _states(controls: Sequence[ControlResult]) -> str:
    found = Counter[str](control.state for control in controls)
    return ", ".join(f"{found[state]} {words}" for state, words in STATES.items() if found[state])


def _rules(controls: Sequence[ControlResult]) -> str:
    rules = {rule for control in controls if control.state == "met" for rule in control.config_rules}
    return f"watched by {counted(len(rules), 'AWS Config rule')}"


def _protection(plan: Plan) -> Iterator[tuple[str, str]]:
    sites = _production(plan)
    roles = [role for site in sites for role in site.roles]
    groups = [group for site in sites for group in site.security_groups]
    if roles:
        grants = [grant for role in roles for grant in role.grants]
        open_ones = sum(grant.unscoped is not None for grant in grants)
        wide = f", {open_ones} of them where AWS takes no narrower resource" if open_ones else ""
        yield "access", f"{counted(len(roles), 'role')} with {counted(len(grants), 'statement')}{wide}"
    if groups:
        flows = sum(len(group.flows) for group in groups)
        yield "traffic", f"{counted(len(groups), 'security group')}, {counted(flows, 'rule')} along the dependencies"
    keys, secrets = {key.name for site in sites for key in site.keys}, {secret.name for site in sites for secret in site.secrets}
    if keys or secrets:
        yield "secrecy", f"{counted(len(keys), 'key')} in KMS ({listed(sorted(keys), 6)}), {counted(len(secrets), 'secret')}"


def _watching(screen: Screen, plan: Plan) -> Iterator[tuple[str, str]]:
    alarms = [alarm for site in _production(plan) for alarm in site.alarms]
    if alarms:
        told = sorted({clean(way) for site in _production(plan) for topic in site.topics for way in topic.protocols})
        critical = sum(alarm.severity == "critical" for alarm in alarms)
        tell = f" {screen.marks.then} {', '.join(told)}" if told else ", which tell nobody: technology.observability.alert_by is empty"
        yield "alarms", f"{counted(len(alarms), 'alarm')}, {critical} of them critical{tell}"
    healing = sum(len(site.healing) for site in _production(plan))
    scaling = sum(len(site.scaling) for site in _production(plan))
    if healing or scaling:
        yield "by itself", f"{counted(healing, 'failure')} healed, {counted(scaling, 'scaling policy', 'scaling policies')}"


def _keeping(plan: Plan) -> Iterator[tuple[str, str]]:
    backups = [backup for site in _production(plan) for backup in site.backups]
    if backups:
        stores, unpriced = {backup.component for backup in backups}, sum(not backup.priced for backup in backups)
        said = f"{counted(len(backups), 'backup')} of {counted(len(stores), 'store')}"
        yield "backups", said + (f", {unpriced} of them without a price" if unpriced else "")
    replication = plan.continuity.replication
    if replication:
        yield "replicated", listed(dict.fromkeys(clean(item.what) for item in replication), 8)
    days = Counter[str](day.disruption for day in plan.continuity.game_days)
    if days:
        yield "rehearsals", ", ".join(f"{clean(name.replace('_', ' '))} {number} times" for name, number in days.items()) + " in the plan"


def _changing(screen: Screen, plan: Plan) -> Iterator[tuple[str, str]]:
    pipelines = plan.continuity.pipelines
    if pipelines:
        way = next((stages for pipeline in pipelines if (stages := [s.environment for s in pipeline.stages if s.environment])), [])
        arrow = f" {screen.marks.then} "
        through = f" through {arrow.join(dict.fromkeys(clean(name) for name in way))}" if way else ""
        yield "releases", f"{counted(len(pipelines), 'pipeline')}{through}"


def _mirrors(plan: Plan) -> Iterator[tuple[str, str]]:
    for mirror in plan.continuity.mirrors:
        what = listed(dict.fromkeys(clean(item.what) for item in mirror.dropped), 3)
        hours = f"{clean(mirror.scale_percent)}% of the demand, {clean(mirror.hours_per_week)} h a week"
        yield clean(mirror.environment), f"{hours}; differs in {counted(len(mirror.dropped), 'point')}: {what}" if what else hours
