"""Which shape each fact file has."""

from __future__ import annotations

from catalog_import.naming_shapes import AllNamesShape, ConfigurationShape, FreesShape, UnplannedsShape
from catalog_import.practice_shapes import ContinuityShape, RunbookShape
from catalog_import.rule_shapes import NetworkShape, PermissionsShape, ProtectionShape
from catalog_import.shapes import (
    AssumptionsShape,
    ElementsShape,
    ExportsShape,
    FeaturesShape,
    FrameworkShape,
    LifecyclesShape,
    ReadbackShape,
    RegionsShape,
    ServiceShape,
    Shape,
    ThreatsShape,
)
from catalog_import.watching_shapes import AlarmsShape, HealingsShape, ScalingsShape

SHAPES: dict[str, type[Shape]] = {
    "configuration": ConfigurationShape,
    "free": FreesShape,
    "names": AllNamesShape,
    "unplanned": UnplannedsShape,
    "alarms": AlarmsShape,
    "assumptions": AssumptionsShape,
    "continuity": ContinuityShape,
    "controls": FrameworkShape,
    "elements": ElementsShape,
    "exports": ExportsShape,
    "features": FeaturesShape,
    "healing": HealingsShape,
    "lifecycle": LifecyclesShape,
    "network": NetworkShape,
    "permissions": PermissionsShape,
    "protection": ProtectionShape,
    "readback": ReadbackShape,
    "regions": RegionsShape,
    "runbook": RunbookShape,
    "scaling": ScalingsShape,
    "service": ServiceShape,
    "threats": ThreatsShape,
}


def shape_of(name: str) -> type[Shape]:
    """Return the shape of a fact file by its path below `catalogs/`."""
    folder, _, file = name.rpartition("/")
    return SHAPES[{"services": "service"}.get(folder, folder) or file.removesuffix(".yaml")]
