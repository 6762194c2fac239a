"""What is promised to AWS: what it saves, when it pays, and what is at stake when less runs."""

from __future__ import annotations

from decimal import Decimal

from planner.models.plan import Commitment, Plan
from planner.render.screen import Screen, heading, table, text
from planner.render.words import amount, clean, counted, dollars
from planner.units import format_percent

KINDS = {
    "reserved": "reserved", "compute_savings_plan": "Compute Savings Plan", "ec2_savings_plan": "EC2 Savings Plan",
}  # fmt: skip
PAYMENTS = {"no_upfront": "nothing in advance", "all_upfront": "all in advance"}
MACHINE = ("instance_type", "instance_class", "node_type")


def show_commitments(screen: Screen, plan: Plan) -> None:
    """Print every commitment; nothing where none was made."""
    if not plan.commitments:
        return
    saved = sum((item.saves_usd for item in plan.commitments), Decimal(0))
    heading(screen, "Commitments", f"save {dollars(saved)} a month against on demand")
    heads = ("for", "machines promised", "saves a month", "pays off from", "30 % less runs")
    grid = table(*heads, right=(2, 3, 4), fold=(0, 1))
    for item in plan.commitments:
        then = item.saves_usd_if_30_percent_lower
        grid.add_row(
            text(_place(item), "name"),
            text(f"{_counts(item)} {_machine(item)}, {KINDS[item.kind]}, {counted(item.years, 'year')}, {PAYMENTS[item.payment]}"),
            amount(item.saves_usd),
            format_percent((item.break_even * 100).normalize()),
            text(f"{'saves' if then >= 0 else 'loses'} {dollars(abs(then))}", "good" if then >= 0 else "warn"),
        )
    screen.print(grid)
    advance = [(index, paid) for index, paid in enumerate(plan.totals.upfront_usd_by_year) if paid]
    if advance:
        paid = ", ".join(f"{dollars(usd)} in {clean(plan.totals.months[12 * year].month)}" for year, usd in advance)
        screen.print(text(f"  Paid in advance: {paid}; the monthly figures spread it over the term.", "soft"))


def _place(item: Commitment) -> str:
    environment, region, component, _ = clean(item.resource).split("/", 3)
    return f"{component} ({environment}, {region})"


def _counts(item: Commitment) -> str:
    counts = [str(bought.count) for bought in item.purchases]
    return counts[0] if len(set(counts)) == 1 else ", then ".join(counts)


def _machine(item: Commitment) -> str:
    name = next((clean(item.attributes[key]) for key in MACHINE if key in item.attributes), "machine")
    return f"{name} {clean(item.attributes['deployment'])}" if "deployment" in item.attributes else name
