"""Whether the design of every site and of the plan is what the document and the resources ask for; one module a concern."""

from __future__ import annotations

from planner.verify.design_access import check_access
from planner.verify.design_alarms import check_alarms
from planner.verify.design_backups import check_backups
from planner.verify.design_continuity import check_continuity
from planner.verify.design_controls import check_controls
from planner.verify.design_healing import check_healing
from planner.verify.design_mirrors import check_mirrors
from planner.verify.design_network import check_network
from planner.verify.design_pipelines import check_pipelines
from planner.verify.design_risks import check_risks
from planner.verify.design_runbook import check_runbook
from planner.verify.design_scaling import check_scaling
from planner.verify.design_secrecy import check_secrecy
from planner.verify.findings import Findings
from planner.verify.frame import Frame
from planner.verify.recovery import recovery


def check_design(frame: Frame, findings: Findings) -> None:
    """Derive roles, rules, keys, alarms, scaling, healing, backups, releases, recovery steps, controls and risks again."""
    check_controls(frame, findings)
    check_risks(frame, findings)
    check_alarms(frame, findings)
    outcomes = recovery(frame)
    check_runbook(frame, outcomes, findings)
    check_continuity(frame, outcomes, findings)
    check_mirrors(frame, findings)
    check_backups(frame, findings)
    check_pipelines(frame, findings)
    for spot in frame.spots:
        check_access(spot, findings)
        check_network(spot, findings)
        check_secrecy(spot, findings)
    check_scaling(frame, findings)
    check_healing(frame, findings)
