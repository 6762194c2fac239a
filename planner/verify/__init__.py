"""The independent check: a finished plan -> accepted, or every reason against it.

Shares no arithmetic with the solver: both are written from docs/model.md. Nothing is printed or
exported that it rejects.
"""

from planner.verify.checking import digest, verify
from planner.verify.findings import Finding, Verdict
from planner.verify.reading import load_plan, read_plan

__all__ = ["Finding", "Verdict", "digest", "load_plan", "read_plan", "verify"]
