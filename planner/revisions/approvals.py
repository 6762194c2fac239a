"""Who has signed a plan, kept in a file beside it; a signature holds while what its stakeholder answers for stays the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner import files
from planner.controls.matrix import digest
from planner.errors import InputError, Problem
from planner.models.plan import Plan
from planner.models.requirements import STAKEHOLDERS
from planner.models.revision import APPROVALS_SCHEMA_VERSION, Approval, Approvals, Standing

Reading = Callable[[Plan], object]


def beside(plan_file: Path) -> Path:
    """Return where the signatures under a plan are kept.

    >>> beside(Path("plans/plan.json")).as_posix()
    'plans/plan.approvals.json'
    """
    return plan_file.with_suffix(".approvals.json")


def signatories(plan: Plan) -> tuple[str, ...]:
    """Return the sections whose stakeholders have to sign: every one that the document holds, and finance, who pays in any case."""
    return tuple(name for name in STAKEHOLDERS if name in {*plan.document, "finance"} and name not in {"project", "assumptions"})


def read(path: Path) -> Approvals:
    """Return the signatures in a file; none where there is no file.

    Raises:
        InputError: it is no record of signatures.
    """
    if not path.exists():
        return Approvals(schema_version=APPROVALS_SCHEMA_VERSION, approvals=[])
    try:
        return Approvals.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _refused(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _refused(path, f"is no record of approvals: {where + ': ' if where else ''}{first['msg'].lower()}") from error


def _refused(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, "F003", "", message, "take the last good version of the file from your repository")])


def record(path: Path, plan: Plan, section: str, *, by: str, on: str, note: str | None = None) -> Standing:
    """Write somebody's signature under a plan, after those that are there, and return where they stand.

    Raises:
        InputError: the file is no record of signatures, or cannot be written.
    """
    signed = Approval(stakeholder=section, by=by, on=on, note=note, plan_digest=digest(plan), concerns=concerns(plan, section))
    with files.alone(path):
        known = read(path)
        made = known.model_copy(update={"approvals": [*known.approvals, signed]})
        files.write(path, json.dumps(made.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n")
    return _standing(plan, section, made.approvals)


def standings(plan: Plan, approvals: Approvals) -> list[Standing]:
    """Return where each stakeholder of the document stands with a plan."""
    return [_standing(plan, section, approvals.approvals) for section in signatories(plan)]


def _standing(plan: Plan, section: str, approvals: Sequence[Approval]) -> Standing:
    last = next((approval for approval in reversed(approvals) if approval.stakeholder == section), None)
    lost = _touched(last.concerns, concerns(plan, section)) if last else []
    return Standing(
        stakeholder=section,
        name=STAKEHOLDERS[section],
        state="waiting" if last is None else "lost" if lost else "approved",
        by=last and last.by,
        on=last and last.on,
        note=last and last.note,
        lost=lost,
    )


def _touched(signed: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name in dict.fromkeys([*signed, *now]) if signed.get(name) != now.get(name)]


def concerns(plan: Plan, section: str) -> dict[str, str]:
    """Return the SHA-256 of each part of a plan that a section's stakeholder answers for, by the part's name."""
    mine: dict[str, Reading] = {"what they asked for": lambda made: made.document.get(section), "what they get": _results(section)}
    return {name: _digest(reading(plan)) for name, reading in {**mine, **CONCERNS.get(section, {})}.items()}


def _digest(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _results(section: str) -> Reading:
    """Return a reading of what became of a section's requirements; what they are worth and who gives them is no part of it."""
    return lambda plan: [
        [result.id, result.asked, result.achieved, result.satisfied] for result in plan.requirements if result.id.startswith(f"{section}.")
    ]


def _dumped(plan: Plan, *fields: str) -> dict[str, Any]:
    return plan.model_dump(mode="json", include=set(fields))


def _access(plan: Plan) -> object:
    kinds = ("roles", "security_groups", "keys", "secrets")
    return [site.details.model_dump(mode="json", include=set(kinds)) for place in plan.environments for site in place.regions]


def _architecture(plan: Plan) -> object:
    places = [plan.region, plan.zones, plan.strategy, plan.recovery_region]
    return [*places, *([decision.component, decision.option, decision.summary] for decision in plan.decisions)]


def _environments(plan: Plan) -> object:
    return [
        [place.name, site.region, item.id, item.service, item.type, item.count_by_step]
        for place in plan.environments
        for site in place.regions
        for item in site.resources
    ]


CONCERNS: Mapping[str, Mapping[str, Reading]] = {
    "business": {"availability": lambda plan: _dumped(plan, "availability"), "growth": lambda plan: _dumped(plan, "steps")},
    "security": {
        "controls and risks": lambda plan: _dumped(plan, "controls", "risks"),
        "access": _access,
        "places": lambda plan: [plan.region, plan.recovery_region],
    },
    "technology": {
        "architecture": _architecture,
        "recovery": lambda plan: _dumped(plan, "recovery", "continuity"),
        "availability": lambda plan: _dumped(plan, "availability"),
    },
    "development": {
        "environments": _environments,
        "delivery": lambda plan: [pipeline.model_dump(mode="json") for pipeline in plan.continuity.pipelines],
    },
    "finance": {"bill": lambda plan: _dumped(plan, "totals"), "commitments": lambda plan: _dumped(plan, "commitments")},
}
"""What each section's stakeholder answers for beside their own requirements."""
