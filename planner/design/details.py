"""The design of one site: one module a concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design import access, alarms, backups, dashboards, healing, network, scaling, secrecy
from planner.models.design import Details

if TYPE_CHECKING:
    from planner.design.place import Place


def details(place: Place) -> Details:
    """Return the design of a site, everything in a fixed order."""
    watched = alarms.alarms(place)
    told = alarms.topics(place, watched)
    return Details.model_construct(
        roles=access.roles(place, told),
        security_groups=network.security_groups(place),
        keys=secrecy.keys(place),
        secrets=secrecy.secrets(place),
        alarms=watched,
        topics=told,
        dashboards=dashboards.dashboards(place, watched),
        scaling=scaling.scaling(place),
        healing=healing.healing(place),
        backups=backups.backups(place),
    )
