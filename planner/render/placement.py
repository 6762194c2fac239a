"""A placement as people read it: which machines, what on each, what all cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.placement.models import Application, Offer, Placement
from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import clean, counted
from planner.units import plain


def show_placement(screen: Screen, application: Application, offers: Sequence[Offer], placement: Placement) -> None:
    """Print the total with its proof, the machines by kind, and how often each component runs."""
    total = plain(placement.total_price)
    screen.print(joined((clean(application.name), "head"), (f"  {total}", "money"), f" for {counted(len(placement.machines), 'machine')}"))
    screen.print(joined((f"{screen.marks.yes} optimal: ", "good"), f"no placement is cheaper; lower bound {plain(placement.lower_bound)}"))
    _machines(screen, application, offers, placement)
    _instances(screen, application, placement)


def _machines(screen: Screen, application: Application, offers: Sequence[Offer], placement: Placement) -> None:
    heading(screen, "Machines")
    names = {component.id: component.label for component in application.components}
    known = {offer.id: offer for offer in offers}
    grid = table("machines", "offer", "carries", "cpu", "memory MB", "price", right=(0, 3, 4, 5), fold=(1, 2))
    for (offer, components), many in Counter((one.offer, one.components) for one in placement.machines).items():
        size, carried = known[offer], [one for one in application.components if one.id in components]
        grid.add_row(
            f"{many:,} x",
            text(offer, "name"),
            text(", ".join(names[name] for name in components)),
            f"{sum(one.cpu for one in carried)}/{size.cpu}",
            f"{sum(one.memory_mb for one in carried):,}/{size.memory_mb:,}",
            plain(size.price * many),
        )
    screen.print(grid)


def _instances(screen: Screen, application: Application, placement: Placement) -> None:
    heading(screen, "Instances")
    counts = {one.id: sum(one.id in machine.components for machine in placement.machines) for one in application.components}
    grid = table("component", "instances", "cpu", "memory MB", "storage MB", right=(1, 2, 3, 4), fold=(0,))
    for one in application.components:
        count = f"{counts[one.id]:,}" if counts[one.id] else "not deployed"
        grid.add_row(text(one.label, "name"), count, f"{one.cpu}", f"{one.memory_mb:,}", f"{one.storage_mb:,}")
    screen.print(grid)
