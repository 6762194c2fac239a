"""What is replicated, and when recoveries are rehearsed (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from planner.models.plan import Resource
from planner.models.practices import Rehearsal
from planner.verify.findings import Findings
from planner.verify.frame import PRODUCTION, Frame, Spot, part_of
from planner.verify.listed import check_listed
from planner.verify.recovery import Outcome

Entry = dict[str, object]
FIRST_YEAR = range(1, 13)


def check_continuity(frame: Frame, outcomes: dict[str, Outcome], findings: Findings) -> None:
    """Check the replication and the rehearsals."""
    plan = frame.plan.continuity
    expected = list(_replicated(frame, outcomes["region"])) if frame.primary and frame.recovery else []
    check_listed("continuity.replication", plan.replication, expected, findings)
    known = {fact.id for fact in frame.plan.facts} | {f"assumption:{item.id}" for item in frame.plan.assumptions} | {"unstated"}
    for k, item in enumerate(plan.replication):
        findings.that(item.basis in known, f"continuity.replication[{k}].basis", f"{item.basis} is not among the plan's grounds")
    days = chain.from_iterable(_days(frame, item, outcomes[item.disruption]) for item in frame.catalog.practices.rehearsals)
    check_listed(
        "continuity.game_days", plan.game_days, sorted(days, key=lambda day: (str(day["month"]), str(day["disruption"]))), findings
    )


def _replicated(frame: Frame, region: Outcome) -> Iterator[Entry]:
    home, away = frame.primary, frame.recovery
    if home is None or away is None:
        return
    for name in sorted(frame.components):
        for copy in away.resources(name):
            yield from _fed(frame, region, home, copy)
    running = {item.service for item in home.site.resources if item.component in frame.components}
    for copied in frame.catalog.practices.unpriced:
        if copied.service in running:
            yield _unstated(copied.what, copied.mechanism) | {"priced": False, "note": copied.note}
    pair = home.find("@security", "secrets"), away.find("@security", "secrets")
    if pair[0] is not None and pair[1] is not None:
        yield _unstated("secrets", "Secrets Manager replica secrets") | {"source": pair[0].id, "target": pair[1].id}
    yield _unstated("parameters", "Systems Manager parameters, written to both Regions by the deployment")


def _fed(frame: Frame, region: Outcome, home: Spot, copy: Resource) -> Iterator[Entry]:
    mechanism = frame.catalog.practices.mechanisms.get((copy.service, part_of(copy), str(copy.properties.get("replication") or "")))
    authoritative = home.authoritative(copy.component)
    if mechanism is None or (copy.service in {"elasticache", "sqs", "sns", "kinesis"} and not authoritative):
        return
    source, back = next(iter(home.resources(copy.component)), None), region.components.get(copy.component)
    yield {
        "what": copy.component,
        "mechanism": mechanism.mechanism,
        "source": source.id if source else None,
        "target": copy.id,
        "rpo_seconds": back.lost if back is not None and authoritative else None,
        "basis": mechanism.basis,
        "priced": True,
        "note": None,
    }


def _unstated(what: str, mechanism: str) -> Entry:
    found: Entry = {"what": what, "mechanism": mechanism, "source": None, "target": None, "rpo_seconds": None}
    return found | {"basis": "unstated", "priced": True, "note": None}


def _days(frame: Frame, rehearsal: Rehearsal, outcome: Outcome) -> Iterator[Entry]:
    target = getattr(frame.document.technology.recovery, rehearsal.disruption)
    stated = [kind for kind in ("rto", "rpo") if getattr(target, kind) is not None]
    if not stated or outcome.rto is None:
        return
    goal = f"{rehearsal.goal}; back within {in_words(outcome.rto)} as planned"
    goal += f", losing at most {in_words(outcome.rpo)}" if outcome.rpo else ""
    for month in FIRST_YEAR:
        if month >= rehearsal.first_month and (month - rehearsal.first_month) % rehearsal.every_months == 0 and month <= _horizon(frame):
            yield {
                "month": _calendar(frame.document.project.start, month),
                "disruption": rehearsal.disruption,
                "environment": PRODUCTION if rehearsal.where == PRODUCTION else _largest(frame),
                "goal": goal,
                "because": [f"technology.recovery.{rehearsal.disruption}.{kind}" for kind in stated],
            }


def _horizon(frame: Frame) -> int:
    return frame.document.business.horizon_months


def _largest(frame: Frame) -> str:
    """Return the mirror with the most demand, the first by name of equals; production where there is none."""
    scales = sorted((-spot.scale, spot.environment) for spot in frame.spots if not spot.production)
    return scales[0][1] if scales else PRODUCTION


def in_words(seconds: int) -> str:
    """Return a duration in minutes rounded up, in hours where there are some; below a minute in seconds."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = (seconds + 59) // 60
    hours = f"{minutes // 60} h" if minutes >= 60 else ""
    rest = f"{minutes % 60} min" if minutes % 60 else ""
    return f"{hours} {rest}".strip()


def _calendar(start: str, number: int) -> str:
    months = int(start[:4]) * 12 + int(start[5:]) - 1 + number - 1
    return f"{months // 12:04}-{months % 12 + 1:02}"
