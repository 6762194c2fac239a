"""The control matrix of a plan, for people, programs and auditors (OSCAL)."""

from planner.controls.matrix import FrameworkView, as_dict, digest, matrix, with_framework
from planner.controls.oscal import component_definition

__all__ = ["FrameworkView", "as_dict", "component_definition", "digest", "matrix", "with_framework"]
