"""How operations are done, as the catalog states it: steps of coming back, replication, rehearsals, what a mirror may leave out.

Plain named tuples, as in `facts`: the files they come from are validated when they are compiled.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Who = Literal["automatic", "people"]


class StepText(NamedTuple):
    """What is done in a phase; `{component}`, `{here}`, `{there}` and `{names}` stand for names of the plan."""

    who: Who
    action: str
    check: str
    command: str = ""


class Mechanism(NamedTuple):
    """What keeps a part of the recovery site up to date; `basis` gives the loss: a fact or an assumption."""

    service: str
    part: str
    variant: str
    mechanism: str
    basis: str


class Unpriced(NamedTuple):
    """What is copied to the recovery Region for components on a service, and what of it the bill lacks."""

    what: str
    service: str
    mechanism: str
    note: str


class Rehearsal(NamedTuple):
    """How often a recovery is rehearsed once its target is stated; months count from 1."""

    disruption: str
    every_months: int
    first_month: int
    where: Literal["production", "mirror"]
    goal: str


class Difference(NamedTuple):
    """A kind of difference between a mirror and production.

    It is one of `properties`, or the size of one of `parts`. Where a framework brings one of `elements`, the difference is forbidden
    if they bind, and else allowed `despite` them.
    """

    kind: str
    properties: tuple[str, ...]
    parts: tuple[str, ...]
    elements: tuple[str, ...]
    binds: bool
    allowed: str
    despite: str
    brought_back_by: str


class ReleaseOrder(NamedTuple):
    """Ranks of environments by a word in their names; `otherwise` for names without such a word."""

    ranks: dict[str, int]
    otherwise: int


class PartDifference(NamedTuple):
    """Whole parts that a mirror leaves out: the elements that forbid it by part, and the words when nothing does.

    `shared` names platform parts that serve every environment from production; `account_wide` are the parts (service, part) that an
    account has once, and `account_wide_watched` the components whose alarms watch them.
    """

    elements: dict[str, tuple[str, ...]]
    allowed: str
    brought_back_by: str
    shared: frozenset[str]
    shared_allowed: str
    account_wide: frozenset[tuple[str, str]]
    account_wide_watched: frozenset[str]
    account_wide_allowed: str
    account_wide_brought_back_by: str

    def once(self, service: str, part: str, component: str) -> bool:
        """Return whether an account has a part of a component once."""
        return (service, part) in self.account_wide or (part == "alarms" and component in self.account_wide_watched)


class BackupKind(NamedTuple):
    """How a kind of store is backed up, for data that is authoritative, other, or any.

    `days` is `property:NAME` of the resource, `assumption:ID`, `limit:SERVICE.ID` or a number. `needs` is a property that must be
    true, or `no NAME` that must not.
    """

    service: str
    part: str
    only: Literal["any", "authoritative", "other"]
    needs: str
    mechanism: Literal["point_in_time", "native_snapshot", "aws_backup", "versioning"]
    frequency: str
    days: str
    days_elsewhere: str
    priced: bool
    note: str


class Action(NamedTuple):
    """What carries a stage of a release: the provider of its action, and what it does in words."""

    provider: str
    action: str
