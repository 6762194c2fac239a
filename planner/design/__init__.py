"""What follows from the chosen resources: roles, rules, keys, alarms, healing, backups, releases, recovery steps.

Read by `candidates` for what has a price (alarms, keys, rules) and by `compose`; `verify` derives it again on its own.
"""

from planner.design.completing import completed
from planner.design.continuity import continuity
from planner.design.controls import controls
from planner.design.details import details
from planner.design.place import Place, Whole
from planner.design.risks import risks

__all__ = ["Place", "Whole", "completed", "continuity", "controls", "details", "risks"]
