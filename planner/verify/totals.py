"""Whether every sum of the bill is the sum of its lines, and the proof that of the objective."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from planner.models.plan import LineItem
from planner.models.requirements import STAKEHOLDERS
from planner.verify.arithmetic import ZERO
from planner.verify.findings import Findings
from planner.verify.frame import Frame

MICROS = 1_000_000


def month_costs(frame: Frame, environment: str | None = None) -> list[Decimal]:
    """Return the bill of each month of the horizon, of all environments or of one."""
    bill: list[Decimal] = []
    for k, months in enumerate(frame.timeline.months_by_step):
        lines = (item for item in frame.plan.line_items if environment in (None, item.environment))
        cost = sum((item.monthly_usd_by_step[k] for item in lines if k < len(item.monthly_usd_by_step)), ZERO)
        bill.extend([cost] * months)
    return bill


def check_totals(frame: Frame, findings: Findings) -> None:
    """Check totals, months, decisions and the proof."""
    lines, totals = frame.plan.line_items, frame.plan.totals
    _owners(frame, findings)
    findings.equal("totals.monthly_usd", totals.monthly_usd, _sum(lines, lambda item: item.monthly_usd))
    findings.equal("totals.monthly_usd_low", totals.monthly_usd_low, _sum(lines, lambda item: item.monthly_usd_low))
    findings.equal("totals.monthly_usd_high", totals.monthly_usd_high, _sum(lines, lambda item: item.monthly_usd_high))
    services = {item.id: item.service for spot in frame.spots for item in spot.site.resources}
    by_service = _groups(lines, lambda item: services.get(item.resource, ""))
    if dict(totals.by_service) != _groups(lines, lambda item: item.service_code):
        _compare("by_service", totals.by_service, by_service, findings)
    _compare("by_environment", totals.by_environment, _groups(lines, lambda item: item.environment), findings)
    _compare("by_component", totals.by_component, _groups(lines, lambda item: item.component), findings)
    _compare("by_basis", totals.by_basis, _groups(lines, lambda item: item.price_basis), findings)
    _compare("by_stakeholder", totals.by_stakeholder, _groups(lines, _payer), findings)
    _months(frame, findings)
    _decisions(frame, findings)
    _proof(frame, findings)


def _sum(lines: list[LineItem], amount: Callable[[LineItem], Decimal]) -> Decimal:
    return sum((amount(item) for item in lines), ZERO)


def _groups(lines: list[LineItem], key: Callable[[LineItem], str]) -> dict[str, Decimal]:
    groups: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for item in lines:
        groups[key(item)] += item.monthly_usd
    return dict(groups)


def _payer(line: LineItem) -> str:
    section = line.because[0].split(".", 1)[0] if line.because else ""
    return STAKEHOLDERS.get(section, STAKEHOLDERS["security"])


def _compare(name: str, found: Mapping[str, Decimal], derived: Mapping[str, Decimal], findings: Findings) -> None:
    for key in sorted(found.keys() | derived.keys()):
        findings.equal(f"totals.{name}.{key}", found.get(key, ZERO), derived.get(key, ZERO))
        findings.that(key in derived or found.get(key) == ZERO, f"totals.{name}", f"{key} has no lines")


def _owners(frame: Frame, findings: Findings) -> None:
    owners = {item.id: (spot.environment, item.component) for spot in frame.spots for item in spot.site.resources}
    for k, line in enumerate(frame.plan.line_items):
        if line.resource not in owners:
            findings.add(f"line_items[{k}].resource", f"{line.resource} is no resource of the plan")
            continue
        findings.equal(f"line_items[{k}].environment", line.environment, owners[line.resource][0])
        findings.equal(f"line_items[{k}].component", line.component, owners[line.resource][1])


def _months(frame: Frame, findings: Findings) -> None:
    totals, bill = frame.plan.totals, month_costs(frame)
    findings.equal("totals.months", len(totals.months), len(bill))
    for k, (month, cost) in enumerate(zip(totals.months, bill, strict=False)):
        findings.equal(f"totals.months[{k}].month", month.month, frame.timeline.label(k + 1))
        findings.equal(f"totals.months[{k}].usd", month.usd, cost)
    most = max(bill)
    findings.equal("totals.first_month_usd", totals.first_month_usd, bill[0])
    findings.equal("totals.peak_month_usd", totals.peak_month_usd, most)
    findings.equal("totals.peak_month", totals.peak_month, frame.timeline.label(1 + bill.index(most)))


PLATFORM = ("@network", "@edge", "@security", "@audit", "@observability", "@delivery")


def _decisions(frame: Frame, findings: Findings) -> None:
    costs = _groups(frame.plan.line_items, lambda item: item.component)
    names = [item.component for item in frame.plan.decisions]
    findings.equal("decisions", sorted(names), sorted([*frame.components, *PLATFORM]))
    for k, item in enumerate(frame.plan.decisions):
        findings.equal(f"decisions[{k}].monthly_usd", item.monthly_usd, costs.get(item.component, ZERO))
        kind = frame.components[item.component].kind if item.component in frame.components else None
        if kind is not None:
            findings.equal(f"decisions[{k}].kind", item.kind, kind)


def _proof(frame: Frame, findings: Findings) -> None:
    proof, plan = frame.plan.proof, frame.plan
    worth = sum((item.worth_usd for item in plan.given_up), ZERO)
    findings.equal("proof.objective_micro_usd", proof.objective_micro_usd, int((plan.totals.monthly_usd + worth) * MICROS))
    bound, objective = proof.lower_bound_micro_usd, proof.objective_micro_usd
    findings.that(0 <= bound <= objective, "proof.lower_bound_micro_usd", f"{bound} is not between 0 and the objective")
    if plan.status == "optimal":
        findings.equal("proof.lower_bound_micro_usd", bound, objective)
    gap = Decimal(objective - bound) / objective if objective else ZERO
    findings.that(abs(proof.gap - gap) <= Decimal("0.000001"), "proof.gap", f"is {proof.gap}, but {gap:.6f} was derived")
    fewer = 0 <= proof.options_after_pruning <= proof.options_considered
    findings.that(fewer, "proof.options_after_pruning", "more options after pruning than before")
    findings.that(proof.variables >= 0 and proof.constraints >= 0, "proof", "a count is negative")
