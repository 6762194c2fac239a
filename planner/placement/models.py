"""An application to place, the machines on offer, and the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from planner.models.base import Model

Whole = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Positive = Annotated[int, Field(ge=1, le=10**6, strict=True)]
Id = Annotated[int, Field(strict=True)] | Annotated[str, Field(min_length=1, max_length=200)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1)]


class Component(Model):
    """What one instance takes: cores, MB of memory, MB of storage."""

    id: Id
    name: str = Field("", max_length=200)
    cpu: Whole
    memory_mb: Whole
    storage_mb: Whole = 0

    @property
    def label(self) -> str:
        """Return what a person calls it."""
        return self.name or str(self.id)


class Conflict(Model):
    """No machine carries `component` together with any of `with`."""

    type: Literal["conflict"]
    component: Id
    with_: Ids = Field(alias="with")


class Colocation(Model):
    """A machine carries all of them or none."""

    type: Literal["colocation"]
    components: Annotated[tuple[Id, ...], Field(min_length=2)]


class FullDeployment(Model):
    """A leased machine carries `component` exactly when it carries none of `except_with`."""

    type: Literal["full_deployment"]
    component: Id
    except_with: tuple[Id, ...] = ()


class Bound(Model):
    """All instances of `components` together are at least, at most or exactly `bound`."""

    type: Literal["lower_bound", "upper_bound", "equal_bound"]
    components: Ids
    bound: Whole


class RequireProvide(Model):
    """`per_consumer` x N(consumer) <= `per_provider` x N(provider)."""

    type: Literal["require_provide"]
    consumer: Id
    provider: Id
    per_consumer: Positive
    per_provider: Positive


class Provide(Model):
    """0 < `per_provider` x N(provider) - N(consumer) <= `per_provider`."""

    type: Literal["provide"]
    provider: Id
    consumer: Id
    per_provider: Positive


class Exclusive(Model):
    """Exactly one of the two is deployed."""

    type: Literal["exclusive"]
    components: Annotated[tuple[Id, ...], Field(min_length=2, max_length=2)]


class DeployAtLeastOnce(Model):
    """Each of `components` is deployed."""

    type: Literal["deploy_at_least_once"]
    components: tuple[Id, ...]


Constraint = Annotated[
    Conflict | Colocation | FullDeployment | Bound | RequireProvide | Provide | Exclusive | DeployAtLeastOnce, Field(discriminator="type")
]


class Application(Model):
    """Components, what must hold, and how many machines may be leased."""

    name: str = Field("application", max_length=200)
    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    constraints: tuple[Constraint, ...] = ()
    max_vms: Positive | None = None
    source: str = ""


class Offer(Model):
    """A machine that can be leased any number of times; `price` in any unit of money per time."""

    id: Id
    cpu: Whole
    memory_mb: Whole
    storage_mb: Whole = 0
    price: Annotated[Decimal, Field(ge=0, le=10**7, decimal_places=6)]


class Offers(Model):
    """A list of offers."""

    name: str = ""
    price_unit: str = ""
    offers: Annotated[tuple[Offer, ...], Field(min_length=1)]
    source: str = ""


class Machine(Model):
    """A leased machine and the ids of the components on it."""

    offer: Id
    components: tuple[Id, ...]


class Placement(Model):
    """The answer: `lower_bound` equals `total_price`, which proves that nothing is cheaper."""

    status: Literal["optimal"]
    total_price: Decimal
    lower_bound: Decimal
    machines: tuple[Machine, ...]
    sets: int = Field(description="Sets of components that one machine may carry.")
