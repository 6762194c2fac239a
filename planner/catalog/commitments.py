"""Rates of commitments: what a machine hour costs when its use is promised for one or three years.

The price files hold effective hourly rates (what is paid in advance spread over the term). How a partial
upfront payment splits is not recorded, so only nothing and everything in advance are offered. AWS states that
EC2 Instance Savings Plans discount like standard and Compute Savings Plans like convertible Reserved Instances of
the same term and payment (aws.amazon.com/savingsplans/faqs); rates that rest on it have the basis `parity`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.models.facts import Price, ReservedRates, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

LIKE_RESERVED = "AWS states that Savings Plans discount like Reserved Instances of the same term and payment"
DIMENSIONS = {
    "AmazonEC2": "instance-hour",
    "AmazonRDS": "instance-hour",
    "AmazonElastiCache": "node-hour",
    "AmazonES": "instance-hour",
}
"""The price dimension of each service that can be committed to."""
NODES = {"1y no_upfront": "ri_1yr_no_upfront", "1y all_upfront": "ri_1yr_all_upfront_effective",
         "3y no_upfront": "ri_3yr_no_upfront", "3y all_upfront": "ri_3yr_all_upfront_effective"}  # fmt: skip
COLUMNS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("AmazonEC2", "reserved"): {
        "1y no_upfront": "std_1y_no", "1y all_upfront": "std_1y_all", "3y no_upfront": "std_3y_no", "3y all_upfront": "std_3y_all",
    },
    ("AmazonEC2", "compute_savings_plan"): {
        "1y no_upfront": "conv_1y_no", "1y all_upfront": "conv_1y_all", "3y no_upfront": "conv_3y_no", "3y all_upfront": "conv_3y_all",
    },
    ("AmazonEC2", "convertible"): {"1y no_upfront": "conv_1y_no", "3y no_upfront": "conv_3y_no"},
    ("AmazonRDS", "reserved"): {"1y no_upfront": "Reserved-1yr-NoUpfront"},
    ("AmazonElastiCache", "reserved"): NODES,
    ("AmazonES", "reserved"): NODES,
}  # fmt: skip
"""The column of a rate by service, kind and terms; an EC2 Instance Savings Plan reads the reserved one."""


class Terms(NamedTuple):
    """A commitment: its kind, years and payment; `name` is how prices and plans spell it."""

    kind: str
    years: int
    payment: str

    @property
    def name(self) -> str:
        """Return the spelling, for example `reserved 1y no_upfront`."""
        return f"{self.kind} {self.years}y {self.payment}"


def terms_of(name: str) -> Terms:
    """Return the terms behind a spelling.

    Raises:
        ValueError: it is none.
    """
    kind, years, payment = name.split(" ")
    return Terms(kind, int(years.removesuffix("y")), payment)


def committed_price(rates: ReservedRates, listed: Price, name: str) -> Price | None:
    """Return the price of a machine hour under a commitment, None where no rate is recorded.

    Args:
        rates: The reserved rates of the machine.
        listed: Its on-demand price.
        name: The commitment's spelling.
    """
    kind, _, rest = name.partition(" ")
    like = "reserved" if kind == "ec2_savings_plan" and listed.service_code == "AmazonEC2" else kind
    column = COLUMNS.get((listed.service_code, like), {}).get(rest)
    usd = dict(rates.terms).get(column) if column else None
    if usd is None:
        return None
    savings_plan = kind.endswith("savings_plan")
    return Price(
        service_code=listed.service_code,
        region=listed.region,
        dimension=listed.dimension,
        attributes=tuple(sorted((*listed.attributes, ("commitment", name)))),
        unit=listed.unit,
        tiers=(Tier(listed.tiers[0].start, None, usd),),
        term=name,
        as_of=rates.as_of,
        basis="parity" if savings_plan else rates.basis,
        trust=listed.trust,
        source=f"{rates.source}; {LIKE_RESERVED}" if savings_plan else rates.source,
    )
