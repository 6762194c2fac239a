"""Security groups of a component, as other layers name them."""

from __future__ import annotations

from planner.export.cloudformation.intrinsics import NO_VALUE, Json
from planner.export.cloudformation.security import group_output
from planner.export.cloudformation.stack import Stack


def groups_of(stack: Stack, *names: str) -> Json | list[Json]:
    """Return the security groups of components or balancers; where the plan has none, nothing, and AWS takes the VPC's own."""
    known = {group.name for group in stack.target.site.details.security_groups}
    return [stack.imported("security", group_output(name)) for name in names if name in known] or NO_VALUE
