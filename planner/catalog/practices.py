"""How operations are done: `runbook.yaml` and `continuity.yaml`, read on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.errors import CatalogError
from planner.models.practices import Action, BackupKind, Difference, Mechanism, PartDifference, Rehearsal, ReleaseOrder, StepText, Unpriced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.catalog.yamls import FactFiles

ANY = "any"


class Releases:
    """How a release travels from its source through a build and every environment."""

    def __init__(self, files: FactFiles) -> None:
        """Point at the fact files; nothing is read yet."""
        self._files = files

    @cached_property
    def order(self) -> ReleaseOrder:
        """In which order a release passes the environments."""
        facts = self._facts
        ranks = {word: item["rank"] for item in facts["release_order"] for word in item["words"]}
        return ReleaseOrder(ranks, facts["release_order_otherwise"])

    @property
    def _facts(self) -> Mapping[str, Any]:
        return self._files.get("continuity.yaml")

    def source(self, name: str) -> Action:
        """Return where a release comes from."""
        return self._named("sources", name)

    def build(self, name: str) -> Action:
        """Return what builds a release."""
        return self._named("builds", name)

    def _named(self, section: str, name: str) -> Action:
        return next(Action(item["provider"], item["action"]) for item in self._facts[section] if item["name"] == name)

    def approval(self, *, told: bool) -> str:
        """Return what happens before production, and whether somebody is told over SNS."""
        return str(self._facts["approval_told" if told else "approval"])

    @property
    def mirror_method(self) -> str:
        """How mirrors take a release."""
        return str(self._facts["mirror_method"])

    @property
    def rollback_signals(self) -> frozenset[str]:
        """Signals of a component's alarms that roll its release back."""
        return frozenset(self._facts["rollback_signals"])

    def deploy(self, platform: str, method: str, *, balanced: bool) -> Action:
        """Return what deploys a release to a platform.

        Raises:
            CatalogError: nothing does.
        """
        for item in self._facts["deploys"]:
            if (item["platform"], item["method"]) == (platform, method) and item["balanced"] in {ANY, "yes" if balanced else "no"}:
                return Action(item["provider"], item["action"])
        raise CatalogError(f"continuity.yaml knows no way to deploy {platform} {method}")


class Practices:
    """Steps of coming back, replication, rehearsals, the order of releases, and what a mirror may leave out."""

    def __init__(self, files: FactFiles) -> None:
        """Point at the fact files; nothing is read yet."""
        self._files = files
        self.releases = Releases(files)

    @cached_property
    def _steps(self) -> Mapping[tuple[str, str, str], StepText]:
        listed = self._files.get("runbook.yaml")["steps"]
        return {
            (s["disruption"], s["phase"], s["service"]): StepText(s["who"], s["action"], s["check"], s.get("command", "")) for s in listed
        }

    def step(self, disruption: str, phase: str, service: str) -> StepText:
        """Return the most specific text for a phase of a disruption.

        Raises:
            CatalogError: there is none.
        """
        for key in ((disruption, phase, service), (disruption, phase, ANY), (ANY, phase, service), (ANY, phase, ANY)):
            if key in self._steps:
                return self._steps[key]
        raise CatalogError(f"runbook.yaml says nothing for {disruption}, {phase}, {service}")

    @cached_property
    def mechanisms(self) -> Mapping[tuple[str, str, str], Mechanism]:
        """What keeps parts of the recovery site up to date, by service, part and variant."""
        listed = (Mechanism(**item) for item in self._files.get("continuity.yaml")["replication"])
        return {(item.service, item.part, item.variant): item for item in listed}

    @cached_property
    def accelerator_geographies(self) -> Mapping[str, tuple[str, ...]]:
        """Geographies of Global Accelerator's prices, by where the audience is."""
        listed = self._files.get("continuity.yaml")["accelerator_geographies"]
        return {place: tuple(names) for place, names in listed.items()}

    @cached_property
    def unpriced(self) -> tuple[Unpriced, ...]:
        """What is copied to the recovery Region and not in the bill."""
        return tuple(Unpriced(**item) for item in self._files.get("continuity.yaml")["unpriced"])

    @cached_property
    def rehearsals(self) -> tuple[Rehearsal, ...]:
        """How often each recovery is rehearsed."""
        listed = self._files.get("continuity.yaml")["rehearsals"]
        return tuple(Rehearsal(r["disruption"], r["every_months"], r["first_month"], r["where"], r["goal"]) for r in listed)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Kinds of differences between a mirror and production."""
        listed = self._files.get("continuity.yaml")["differences"]
        return tuple(Difference(**(d | {name: tuple(d[name]) for name in ("properties", "parts", "elements")})) for d in listed)

    def difference(self, kind: str) -> Difference:
        """Return a kind of difference.

        Raises:
            CatalogError: it is unknown.
        """
        for item in self.differences:
            if item.kind == kind:
                return item
        raise CatalogError(f"continuity.yaml knows no difference {kind!r}")

    @cached_property
    def parts(self) -> PartDifference:
        """What forbids that a mirror leaves a whole part out."""
        facts = self._files.get("continuity.yaml")
        elements = {item["part"]: tuple(item["elements"]) for item in facts["parts"]}
        words = (facts["part_allowed"], facts["part_brought_back_by"])
        once = frozenset((item["service"], item["part"]) for item in facts["account_wide"])
        shared = (frozenset(facts["shared"]), facts["shared_allowed"])
        said = (facts["account_wide_allowed"], facts["account_wide_brought_back_by"])
        return PartDifference(elements, *words, *shared, once, frozenset(facts["account_wide_watched"]), *said)

    @cached_property
    def backups(self) -> tuple[BackupKind, ...]:
        """How each kind of store is backed up."""
        listed = self._files.get("continuity.yaml")["backups"]
        return tuple(BackupKind(**{name: item[name] for name in BackupKind._fields}) for item in listed)

    @cached_property
    def vault_lock(self) -> frozenset[str]:
        """Elements that lock the vault of AWS Backup."""
        return frozenset(self._files.get("continuity.yaml")["vault_lock"])
