"""Checks across fields: a document whose every value is fine can still contradict itself.

Each rule is a function from what was stated to findings, and has a code of its own (`CODES`).
"""

from __future__ import annotations

from collections.abc import Mapping

from planner.inputs.checks import demand, money, names, parts, pipelines, protection, recovery, where
from planner.inputs.checks.base import Finding, Rule, Stated
from planner.inputs.known import Known
from planner.inputs.problems import Source
from planner.inputs.strip import Path, Stripped, dotted
from planner.inputs.validate import STAND_IN
from planner.models.requirements import Document

__all__ = ["RULES", "Finding", "Rule", "Stated", "check"]

RULES: Mapping[str, Rule] = {
    "R030": names.journeys_name_components,
    "R031": names.journeys_need_or_degrade,
    "R032": names.dependencies_exist,
    "R033": names.placements_exist,
    "R034": names.placements_agree,
    "R035": names.production_exists,
    "R036": names.environments_exist,
    "R037": names.lists_without_repetition,
    "R040": demand.peak_is_highest,
    "R041": demand.peak_fits_the_average,
    "R042": demand.own_rates_are_whole,
    "R043": demand.own_peak_is_highest,
    "R044": demand.rates_are_real,
    "R045": demand.calls_take_their_cpu_time,
    "R046": demand.months_have_demand,
    "R047": demand.availability_can_be_reached,
    "R050": recovery.recovery_takes_time,
    "R051": recovery.copies_take_time,
    "R052": recovery.larger_disruptions_are_not_stricter,
    "R053": recovery.region_targets_have_a_strategy,
    "R054": recovery.second_region_has_a_strategy,
    "R055": recovery.second_region_is_allowed,
    "R056": recovery.on_call_responds,
    "R060": where.regions_exist,
    "R061": where.regions_allowed_or_forbidden,
    "R062": where.preferred_regions_are_allowed,
    "R063": where.residency_leaves_regions,
    "R064": where.services_exist,
    "R065": where.services_mandated_or_forbidden,
    "R070": money.currencies_have_a_rate,
    "R071": money.environment_budgets_fit,
    "R072": money.assumptions_exist,
    "R073": money.assumptions_are_quantities,
    "R074": money.address_ranges_are_apart,
    "R080": parts.production_is_whole,
    "R081": parts.durability_is_consistent,
    "R082": parts.workers_are_private,
    "R083": pipelines.pipelines_join_stores,
    "R084": pipelines.pipelines_state_their_work,
    "R085": protection.data_classes_are_stated,
    "R086": protection.names_are_not_taken,
    "R087": protection.address_ranges_leave_room,
    "R088": parts.frameworks_are_no_wish,
    "R089": parts.risks_are_mitigated_by_elements,
    "R090": parts.jenkins_has_a_place,
    "R091": parts.log_platforms_do_what_is_asked,
    "R092": protection.other_accounts_read_releases,
}


def check(document: Document, stripped: Stripped, known: Known, source: Source) -> None:
    """Record every contradiction of a document; `document` may lack what has errors of its own."""
    stated = Stated(
        document=document,
        known=known,
        components=_named(stripped, ("development", "components"), document.development.components),
        environments=_named(stripped, ("development", "environments"), document.development.environments),
        statements=stripped.statements,
        values=stripped.values,
    )
    for code, rule in RULES.items():
        for finding in rule(stated):
            if source.is_full():
                return
            if not _is_doubtful(finding, stripped):
                source.add(code, stripped.mark(finding.path), dotted(finding.path), finding.message, finding.hint)


def _named(stripped: Stripped, section: Path, valid: Mapping[str, object]) -> tuple[str, ...]:
    written = {str(path[-1]) for path in stripped.key_marks if len(path) == len(section) + 1 and path[:-1] == section}
    return tuple(sorted(written | (set(valid) - {STAND_IN})))


def _is_doubtful(finding: Finding, stripped: Stripped) -> bool:
    """Whether something beside the finding's place was left out for an error of its own.

    The contradiction may be no more than that gap; the error itself has been said.
    """
    place = tuple(part for part in finding.path if isinstance(part, str))
    return any(left[: len(place) - 1] == place[:-1] or place[: len(left)] == left for left in stripped.left_out)
