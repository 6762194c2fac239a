"""The risk register derived again from the document, the catalog and what the plan shows of every element."""

from __future__ import annotations

from collections.abc import Sequence

from planner.models.requirements import STAKEHOLDERS
from planner.verify.design_controls import Judgement, judge
from planner.verify.findings import Findings
from planner.verify.frame import Frame

Row = dict[str, object]


def check_risks(frame: Frame, findings: Findings) -> None:
    """Check that every threat stated or implied is listed with what mitigates it and what remains."""
    wanted = {str(row["id"]): row for row in (*_implied(frame), *_stated(frame))}
    findings.equal("risks", [risk.id for risk in frame.plan.risks], sorted(wanted))
    for k, risk in enumerate(frame.plan.risks):
        for name, value in wanted.get(risk.id, {}).items():
            findings.equal(f"risks[{k}].{name}", getattr(risk, name), value)


def _implied(frame: Frame) -> list[Row]:
    held = frozenset(frame.document.security.data_classes)
    rows: list[Row] = []
    for threat in frame.catalog.threats.values():
        if held.isdisjoint(threat.data_classes):
            continue
        judged = {name: judge(frame, frame.catalog.elements[name]) for name in threat.elements}
        lacking = _lacking(judged)
        before = f"not mitigated: {', '.join(lacking)}; " if lacking else ""
        rows.append(
            {
                "id": threat.id,
                "threat": threat.threat,
                "implied_by": "security.data_classes",
                "controls": _holding(judged),
                "mitigated_by": _by(list(judged.values())),
                "residual": before + threat.residual,
                "owner": threat.owner,
            }
        )
    return rows


def _stated(frame: Frame) -> list[Row]:
    rows: list[Row] = []
    for name, risk in frame.document.security.risks.items():
        judged = {element: judge(frame, frame.catalog.elements[element]) for element in risk.mitigated_by}
        owner = risk.owner or STAKEHOLDERS["security"]
        by, lacking = _by(list(judged.values())), _lacking(judged)
        remains = f"what remains is accepted by {owner}" if risk.accepted else "what remains is not accepted yet"
        parts = ["mitigated" if by else "nothing in the plan mitigates it", *([f"not mitigated: {', '.join(lacking)}"] if lacking else [])]
        rows.append(
            {
                "id": name,
                "threat": risk.threat,
                "implied_by": f"security.risks.{name}",
                "controls": _holding(judged),
                "mitigated_by": by,
                "residual": "; ".join([*parts, remains]),
                "owner": owner,
            }
        )
    return rows


def _by(judged: Sequence[Judgement]) -> list[str]:
    return sorted({resource for found in judged if not found.against for resource, _, _ in found.evidence})


def _holding(judged: dict[str, Judgement]) -> list[str]:
    return [name for name, found in judged.items() if found.evidence and not found.against]


def _lacking(judged: dict[str, Judgement]) -> list[str]:
    return [name for name, found in judged.items() if found.against or found.customer]
