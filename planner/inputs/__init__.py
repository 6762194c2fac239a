"""Requirement documents: YAML, JSON or plain data -> `Requirements`, with every problem placed.

>>> from planner import inputs
>>> requirements = inputs.load("samples/storefront.yaml")  # doctest: +SKIP
"""

from planner.inputs.known import Known, Names
from planner.inputs.loading import from_data, load, loads
from planner.inputs.problems import CODES, render_problem

__all__ = ["CODES", "Known", "Names", "from_data", "load", "loads", "render_problem"]
