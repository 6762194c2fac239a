"""Facts that are no prices: regions, services, assumptions, controls and rules, each read on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from planner.catalog import readers
from planner.catalog.naming import Naming
from planner.catalog.practices import Practices
from planner.catalog.rules import RuleFiles
from planner.catalog.yamls import FactFiles
from planner.errors import CatalogError
from planner.models.compliance import Element, Feature, Framework, Threat
from planner.models.facts import (
    AlarmRule,
    Assumption,
    Configuration,
    ExportFacts,
    Free,
    HealingRule,
    Lifecycle,
    Limit,
    RecoveryFact,
    Region,
    ScalingFacts,
    Service,
    Sla,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


F = TypeVar("F")


class Facts:
    """The facts of a catalog folder's YAML files."""

    def __init__(self, files: FactFiles) -> None:
        """Take the files; none is read yet."""
        self._facts = files
        self.rules = RuleFiles(files)
        self.practices = Practices(files)
        self._services: dict[str, Service] = {}

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """The AWS Regions of the catalog by id."""
        return readers.regions(self._facts.get("regions.yaml"))

    @cached_property
    def assumptions(self) -> Mapping[str, Assumption]:
        """Values we filled in, by id."""
        return readers.assumptions(self._facts.get("assumptions.yaml"))

    @cached_property
    def frameworks(self) -> Mapping[str, Framework]:
        """Compliance frameworks by id."""
        return {name: readers.framework(self._facts.get(f"controls/{name}.yaml")) for name in self._facts.names("controls")}

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """Architecture elements that meet controls, by id."""
        return readers.elements(self._facts.get("elements.yaml"))

    @cached_property
    def threats(self) -> Mapping[str, Threat]:
        """Threats that data classes imply, by id."""
        return readers.threats(self._facts.get("threats.yaml"))

    @cached_property
    def features(self) -> Mapping[str, Feature]:
        """What a platform can have beside its components, by id."""
        return readers.features(self._facts.get("features.yaml"))

    @cached_property
    def exports(self) -> ExportFacts:
        """What exports set that is neither planned nor priced: versions, images, policies, regions of resource types."""
        return readers.exports(self._facts.get("exports.yaml"))

    @cached_property
    def alarms(self) -> Mapping[tuple[str, str], tuple[AlarmRule, ...]]:
        """Alarms by the service and part that bring them."""
        return readers.alarms(self._facts.get("alarms.yaml"))

    @cached_property
    def scaling(self) -> ScalingFacts:
        """What changes how many copies run."""
        return readers.scaling(self._facts.get("scaling.yaml"))

    @cached_property
    def healing(self) -> Mapping[tuple[str, str], tuple[HealingRule, ...]]:
        """What heals without people, by service and part."""
        return readers.healing(self._facts.get("healing.yaml"))

    @cached_property
    def alarm_properties(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Properties that the alarms and policies of a service and part, by its name in words, depend on; `type` for its type."""
        found = {named: {rule.each for rule in rules if rule.each} for named, rules in self.alarms.items()}
        conditions = [(named, rule.only) for named, rules in self.alarms.items() for rule in rules]
        conditions += [(named, rule.only) for named, rules in self.scaling.policies.items() for rule in rules]
        for named, tests in conditions:
            found.setdefault(named, set()).update(test.property for test in tests)
        return {(service, part.replace("-", " ")): tuple(sorted(names)) for (service, part), names in found.items()}

    @cached_property
    def lifecycle(self) -> Mapping[str, Lifecycle]:
        """Services and features that have ended, close or came back, by id."""
        return readers.lifecycle(self._facts.get("lifecycle.yaml"))

    @cached_property
    def naming(self) -> Naming:
        """What a document means by the name of a service."""
        names, unplanned = (self._facts.get(f"{file}.yaml") for file in ("names", "unplanned"))
        return Naming(map(self.service, self.services()), readers.names(names), self.lifecycle, readers.unplanned(unplanned))

    @cached_property
    def free(self) -> Mapping[str, Free]:
        """Resources that AWS does not bill, by `service/part`."""
        return readers.free(self._facts.get("free.yaml"))

    @cached_property
    def configuration(self) -> Configuration:
        """What Systems Manager keeps on the machines it manages."""
        return readers.configuration(self._facts.get("configuration.yaml"))

    def framework(self, framework_id: str) -> Framework:
        """Return a framework by its id or one of its aliases.

        Raises:
            CatalogError: it is unknown.
        """
        wanted = framework_id.lower()
        for framework in self.frameworks.values():
            if wanted == framework.id or wanted in framework.aliases:
                return framework
        raise CatalogError(f"no framework {framework_id!r} in the catalog; known: {', '.join(self.frameworks)}")

    def services(self) -> tuple[str, ...]:
        """Return the ids of all services, sorted."""
        return self._facts.names("services")

    def service(self, service_id: str) -> Service:
        """Return a service with its facts.

        Raises:
            CatalogError: it is unknown.
        """
        if service_id not in self._services:
            if service_id not in self.services():
                raise CatalogError(f"no service {service_id!r} in the catalog")
            self._services[service_id] = readers.service(self._facts.get(f"services/{service_id}.yaml"))
        return self._services[service_id]

    def sla(self, service_id: str, sla_id: str) -> Sla:
        """Return an uptime commitment, percent of a month.

        Raises:
            CatalogError: it is unknown.
        """
        return _named(self.service(service_id).sla, service_id, "SLA", sla_id)

    def recovery(self, service_id: str, recovery_id: str) -> RecoveryFact:
        """Return what AWS says a recovery mechanism reaches.

        Raises:
            CatalogError: it is unknown.
        """
        return _named(self.service(service_id).recovery, service_id, "recovery mechanism", recovery_id)

    def limit(self, service_id: str, limit_id: str) -> Limit:
        """Return a documented limit or unit size.

        Raises:
            CatalogError: it is unknown.
        """
        return _named(self.service(service_id).limits, service_id, "limit", limit_id)

    def assumption(self, assumption_id: str) -> Assumption:
        """Return an assumption.

        Raises:
            CatalogError: it is unknown.
        """
        if assumption_id not in self.assumptions:
            raise CatalogError(f"no assumption {assumption_id!r} in the catalog")
        return self.assumptions[assumption_id]


def _named(facts: Mapping[str, F], service_id: str, what: str, fact_id: str) -> F:
    if fact_id not in facts:
        known = ", ".join(facts) or "none"
        raise CatalogError(f"no {what} {fact_id!r} of {service_id} in the catalog; known: {known}")
    return facts[fact_id]
