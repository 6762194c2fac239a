"""OpEx against CapEx: the plan beside the servers it replaces, from the CFO's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from planner.models.requirements import Finance
    from planner.money.forecast import Forecast
    from planner.units import Money

YEAR = 12
NEEDED = ("servers", "server_price", "refresh_years", "monthly_opex")


@dataclass(frozen=True, slots=True)
class Flow:
    """Cash of one month on both ways, USD; depreciation is no cash and stands beside it."""

    month: str
    cloud_usd: Decimal
    owned_usd: Decimal
    owned_capex_usd: Decimal
    depreciation_usd: Decimal


@dataclass(frozen=True, slots=True)
class Ownership:
    """The comparison. `break_even` is the first month by whose end the cloud has cost no more in all; None within the horizon."""

    flows: tuple[Flow, ...]
    break_even: str | None
    rate_percent: Decimal | None
    cloud_npv_usd: Decimal | None
    owned_npv_usd: Decimal | None
    one_off_usd: Decimal
    parallel_months: int
    residual_usd: Decimal

    @property
    def cloud_usd(self) -> Decimal:
        """Return all cash of the cloud over the horizon."""
        return sum((flow.cloud_usd for flow in self.flows), Decimal(0))

    @property
    def owned_usd(self) -> Decimal:
        """Return all cash of owning over the horizon."""
        return sum((flow.owned_usd for flow in self.flows), Decimal(0))


def compare(finance: Finance, series: Forecast, rate_percent: Decimal | None, next_refresh: int = 0) -> Ownership:
    """Return the plan beside the servers of `finance.on_premises`.

    Args:
        finance: What the CFO stated of today.
        series: Its months.
        rate_percent: Discount rate a year; no net present value without one.
        next_refresh: Months until servers are bought anew.

    Raises:
        InputError: the document does not say what owning costs; names each missing figure.
    """
    today = _figures(finance)
    capex, life = today["servers"] * today["server_price"], int(today["refresh_years"] * YEAR)
    one_off, parallel = _usd(finance.migration_cost), finance.parallel_run_months or 0
    flows = []
    for index, month in enumerate(series.months):
        bought = capex if index >= next_refresh and (index - next_refresh) % life == 0 else Decimal(0)
        both = today["monthly_opex"] if index < parallel else Decimal(0)
        cloud = month.usd + month.upfront_usd + both + (one_off if index == 0 else Decimal(0))
        flows.append(Flow(month.month, cloud, today["monthly_opex"] + bought, bought, capex / life))
    cloud_npv, owned_npv = (_npv(cash, rate_percent) for cash in ([f.cloud_usd for f in flows], [f.owned_usd for f in flows]))
    residual = _residual(flows, capex, life)
    return Ownership(tuple(flows), _break_even(flows), rate_percent, cloud_npv, owned_npv, one_off, parallel, residual)


def _figures(finance: Finance) -> dict[str, Decimal]:
    today = finance.on_premises
    lacking = [name for name in NEEDED if getattr(today, name, None) is None]
    if today is None or lacking:
        hint = "planner never fills in what owning costs"
        message = "missing for the comparison: " + ", ".join(f"finance.on_premises.{name}" for name in lacking)
        raise InputError([Problem("document", 0, 0, "R016", f"finance.on_premises.{lacking[0]}", message, hint)])
    counts = {"servers": Decimal(today.servers), "refresh_years": Decimal(today.refresh_years or 0)}
    return counts | {"server_price": _usd(today.server_price), "monthly_opex": _usd(today.monthly_opex)}


def _usd(money: Money | None) -> Decimal:
    return Decimal(0) if money is None else money.amount


def _npv(cash: list[Decimal], rate_percent: Decimal | None) -> Decimal | None:
    """Return the value at the start of payments at the beginning of each month; None without a rate."""
    if rate_percent is None:
        return None
    monthly = (1 + rate_percent / 100) ** (Decimal(1) / YEAR)
    return sum((amount / monthly**index for index, amount in enumerate(cash)), Decimal(0))


def _break_even(flows: list[Flow]) -> str | None:
    """Return the first month from whose end on the cloud has cost no more in all, to the end of the horizon."""
    ahead, found = Decimal(0), None
    for flow in flows:
        ahead += flow.owned_usd - flow.cloud_usd
        found = (found or flow.month) if ahead >= 0 else None
    return found


def _residual(flows: list[Flow], capex: Decimal, life: int) -> Decimal:
    """Return what the servers bought within the horizon are still worth on the books at its end."""
    bought = [index for index, flow in enumerate(flows) if flow.owned_capex_usd]
    return sum((capex * max(0, life - (len(flows) - index)) / life for index in bought), Decimal(0))
