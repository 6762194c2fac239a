"""Amounts, assumptions and address ranges."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from ipaddress import IPv4Network, ip_network

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import shown, suggestion
from planner.inputs.strip import Path
from planner.models.base import Model
from planner.models.requirements import Finance
from planner.units import Money, plain


def _amounts(section: Model, path: Path) -> Iterator[tuple[Path, Money]]:
    for name, value in section:
        if isinstance(value, Money):
            yield (*path, name), value
        elif isinstance(value, Model):
            yield from _amounts(value, (*path, name))
        elif isinstance(value, dict):
            yield from (((*path, name, key), amount) for key, amount in value.items() if isinstance(amount, Money))


def currencies_have_a_rate(stated: Stated) -> Iterator[Finding]:
    """An amount that is not in US dollars needs the one stated rate."""
    finance = stated.document.finance
    if finance.currency is None and "currency" in stated.values.get("finance", {}):
        return  # a rate is stated; what is wrong with it has been said
    known = {"USD", finance.currency.code} if finance.currency else {"USD"}
    for path, amount in _amounts(finance, ("finance",)):
        if amount.currency not in known:
            stated_rate = f"the rate stated is for {finance.currency.code}" if finance.currency else "state its rate under finance.currency"
            yield Finding(path, f"{amount} is in {amount.currency}, for which there is no rate", stated_rate)


def _in_usd(amount: Money, finance: Finance) -> Decimal | None:
    if amount.currency == "USD":
        return amount.amount
    if finance.currency and finance.currency.code == amount.currency:
        return amount.amount * finance.currency.usd_per_unit
    return None


def environment_budgets_fit(stated: Stated) -> Iterator[Finding]:
    """An environment may not cost more than all of them together."""
    finance = stated.document.finance
    most = _in_usd(finance.monthly_budget, finance) if finance.monthly_budget else None
    for name, budget in finance.environment_budgets.items():
        usd = _in_usd(budget, finance)
        binds = stated.binds("finance.monthly_budget", f"finance.environment_budgets.{name}")
        if most is not None and usd is not None and usd > most and binds:
            message = f"{budget} for {name} alone is more than the {finance.monthly_budget} of finance.monthly_budget for all environments"
            yield Finding(("finance", "environment_budgets", name), message)


def assumptions_exist(stated: Stated) -> Iterator[Finding]:
    """Only the planner's own assumptions can be overridden."""
    for name in stated.document.assumptions:
        if name not in stated.known.assumptions:
            message = f"{shown(name)} is not an assumption of the planner"
            yield Finding(("assumptions", name), message, suggestion(name, sorted(stated.known.assumptions)))


def assumptions_are_quantities(stated: Stated) -> Iterator[Finding]:
    """Every assumption is a quantity; none is negative."""
    for name, value in stated.document.assumptions.items():
        if value < 0:
            yield Finding(("assumptions", name), f"{plain(value)} is negative; an assumption is a quantity")


def address_ranges_are_apart(stated: Stated) -> Iterator[Finding]:
    """Ranges in use are ranges, and each address is in one of them."""
    earlier: list[IPv4Network] = []
    for index, text in enumerate(stated.document.technology.existing.vpc_cidrs):
        path = ("technology", "existing", "vpc_cidrs", index)
        network = _network(text)
        if network is None:
            yield Finding(path, f"{shown(text)} is not an IPv4 range", "four numbers up to 255 and a length up to 32, such as 10.0.0.0/16")
            continue
        if text != str(network):
            yield Finding(path, f"{shown(text)} is an address within a range, not a range", f"the range is {network}")
        for other in earlier:
            if network.overlaps(other) and network != other:
                yield Finding(path, f"{shown(text)} overlaps {other}")
        earlier.append(network)


def _network(text: str) -> IPv4Network | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network if isinstance(network, IPv4Network) else None
