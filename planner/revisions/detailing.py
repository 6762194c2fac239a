"""What is different between two plans beside their resources: the details of each site, and the continuity plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.models.design import Model
from planner.models.plan import Plan
from planner.models.revision import DetailChange

NAMED_BY = {
    "roles": ("name",),
    "security_groups": ("name",),
    "keys": ("name",),
    "secrets": ("name",),
    "alarms": ("name",),
    "topics": ("severity", "region"),
    "dashboards": ("name",),
    "scaling": ("name",),
    "healing": ("resource", "failure"),
    "backups": ("resource", "mechanism"),
    "replication": ("what", "mechanism"),
    "game_days": ("month", "disruption"),
    "pipelines": ("component",),
    "mirrors": ("environment",),
}
"""The fields that tell one entry from another, by the list it stands in."""
ELSEWHERE = "REGION"


def details(before: Plan, after: Plan) -> Iterator[DetailChange]:
    """Yield, for each site and kind, which entries came, went or are different."""
    old, new = _lists(before), _lists(after)
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key, {}), new.get(key, {})
        if one != other:
            environment, role, kind = key
            yield DetailChange(
                environment=environment,
                role="recovery" if role == "recovery" else "primary" if role else "",
                kind=kind,
                added=[name for name in other if name not in one],
                removed=[name for name in one if name not in other],
                changed=[name for name in one if name in other and one[name] != other[name]],
            )


def _lists(plan: Plan) -> Mapping[tuple[str, str, str], Mapping[str, str]]:
    """Return the entries of each list by what names them, as text; those of the continuity plan belong to no environment."""
    found: dict[tuple[str, str, str], Mapping[str, str]] = {}
    for place in plan.environments:
        for site in place.regions:
            for kind in type(site.details).model_fields:
                found[place.name, site.role, kind] = _entries(kind, getattr(site.details, kind), site.region)
    for kind in ("replication", "game_days", "pipelines", "mirrors"):
        found["", "", kind] = _entries(kind, getattr(plan.continuity, kind), plan.region)
    found["", "", "runbook"] = {
        name: "\n".join(step.model_dump_json() for step in steps).replace(plan.region, ELSEWHERE)
        for name, steps in plan.continuity.runbook.items()
    }
    return found


def _entries(kind: str, entries: Sequence[Model], region: str) -> Mapping[str, str]:
    """Return entries by name; a site that moves keeps its entries, so its region is no difference."""
    return {
        " ".join(str(getattr(entry, field)) for field in NAMED_BY[kind]).replace(region, ELSEWHERE): entry.model_dump_json().replace(
            region, ELSEWHERE
        )
        for entry in entries
    }
