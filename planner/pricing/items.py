"""What a line of a bill of materials says."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from planner.models.base import Model

MOST = Decimal(10) ** 15
"""No service bills more than a quadrillion units a month: what is larger is a slip of units."""

Quantity = Annotated[Decimal, Field(ge=0, le=MOST)]


class TierRange(Model):
    """The tier that the whole quantity lies in, in units of the price; `to` is left out where it is open."""

    start: Decimal = Field(alias="from", ge=0, description="First unit of the tier.")
    end: Decimal | None = Field(None, alias="to", description="Last unit of the tier.")
    name: str | None = Field(None, description="How a bill calls it.")


class Item(Model):
    """One line: a service, what decides the price, and how much of it a month."""

    id: str | None = Field(None, description="Name of the line.")
    service: str = Field(description="Service code of the AWS Price List, for example AmazonEC2.")
    region: str = Field(description="Region code, or `global`.")
    product_family: str | None = Field(None, description="Product family of the Price List.")
    dimension: str | None = Field(None, description="Price dimension of the catalog, instead of attributes of the Price List.")
    attributes: dict[str, str] = Field({}, description="What decides the price.")
    quantity: Quantity | None = Field(None, description="Units a month for each; left out where it depends on usage.")
    usage: Quantity | None = Field(None, description="The same as quantity.")
    unit: str | None = Field(None, description="What the quantity counts; the price's own unit when left out.")
    count: Annotated[int, Field(ge=0, le=10**9)] = Field(1, description="How many of them.")
    term: str = Field("on_demand", description="on_demand, or a commitment such as `reserved 1y no_upfront`.")
    tier: TierRange | None = Field(None, description="The tier that the whole quantity lies in.")
    steps: tuple[tuple[int, Quantity], ...] = Field((), description="Months and units a month of each growth step, instead of quantity.")
    component: str | None = Field(None, description="What it belongs to.")

    @field_validator("attributes", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """Take whole numbers and true/false for the texts that the Price List has."""
        if not isinstance(value, dict):
            return value
        return {
            name: str(found).lower() if isinstance(found, bool) else str(found) if isinstance(found, int) else found
            for name, found in value.items()
        }

    @property
    def asked(self) -> Decimal | None:
        """Return the units a month for each, None where they depend on usage."""
        return self.usage if self.quantity is None else self.quantity
