"""Packing components on machine offers: read, find the sets that may share a machine, solve, check.

Every constraint is either about one machine or about totals. So the sets of components that one machine may carry are
listed, each priced with its cheapest offer, and the solver only counts sets: no machine has a number, and what makes
such models slow - the same solution with its machines renumbered - is gone.
"""

from planner.placement.check import check
from planner.placement.models import Application, Machine, Offer, Placement
from planner.placement.placing import as_dict, place
from planner.placement.reading import load_application, load_offers

__all__ = ["Application", "Machine", "Offer", "Placement", "as_dict", "check", "load_application", "load_offers", "place"]
