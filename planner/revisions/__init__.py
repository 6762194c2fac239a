"""Two plans compared, and the signatures under one: plain functions of finished plans."""

from planner.revisions.approvals import beside, read, record, signatories, standings
from planner.revisions.comparing import compare, digest

__all__ = ["beside", "compare", "digest", "read", "record", "signatories", "standings"]
