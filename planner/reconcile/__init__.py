"""A bundle's files against the plan: accepted, or every difference with what it costs.

Reads CloudFormation and Terraform as files, rebuilds the bill of materials and prices it. Shares no code with what wrote
the bundle: both keep to docs/exports.md.
"""

from planner.reconcile.checking import reconcile
from planner.reconcile.outcome import Edit, Finding, FormOutcome, Outcome

__all__ = ["Edit", "Finding", "FormOutcome", "Outcome", "reconcile"]
