"""From the content of fact files to the nouns of `models.facts`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from planner.models.compliance import Control, Element, Feature, Framework, Proof, ScopeList, Threat
from planner.models.facts import (
    AlarmRule,
    Assumption,
    Condition,
    Configuration,
    ExportedEngine,
    ExportFacts,
    Free,
    HealingRule,
    Lifecycle,
    Limit,
    PriceUse,
    RecoveryFact,
    Region,
    ScalingFacts,
    ScalingRule,
    Service,
    ServiceNames,
    Sla,
    TaskSize,
    Unplanned,
)

if TYPE_CHECKING:
    from planner.catalog.yamls import Facts


def regions(facts: Facts) -> dict[str, Region]:
    """Return `regions.yaml` by id."""
    return {
        key: Region(
            id=key,
            name=region["name"],
            geography=region["geography"],
            country=region["country"],
            residency=tuple(region["residency"]),
            partition=region["partition"],
            zones=region["zones"],
            edge_geography=region["edge_geography"],
            edge_request_prefix=region["edge_request_prefix"],
        )
        for key, region in facts["regions"].items()
    }


def service(facts: Facts) -> Service:
    """Return one `services/<id>.yaml`."""
    status = facts["status"]
    return Service(
        id=facts["service"],
        name=facts["name"],
        service_code=facts["service_code"],
        scope=facts["scope"],
        status=status["state"],
        ended=status.get("ended", ""),
        successors=tuple(status.get("successors", ())),
        sla={key: _sla(item) for key, item in facts["sla"].items()},
        recovery={key: _recovery(item) for key, item in facts["recovery"].items()},
        limits={key: _limit(item) for key, item in facts["limits"].items()},
        sizes=tuple(_task_size(item) for item in facts.get("sizes", ())),
        compliance={key: value for key, value in facts["compliance"].items() if key != "source"},
        prices=tuple(PriceUse(item["service_code"], item["dimension"], item["where"]) for item in facts["prices"]),
        cloudformation=tuple(facts["iac"]["cloudformation"]),
        terraform=tuple(facts["iac"]["terraform"]),
        source=facts["source"],
        as_of=facts["as_of"],
    )


def _sla(item: Facts) -> Sla:
    return Sla(Decimal(item["percent"]), item["source"], item["as_of"], item["confidence"])


def _recovery(item: Facts) -> RecoveryFact:
    return RecoveryFact(
        rto_seconds=item["rto_seconds"],
        rpo_seconds=item["rpo_seconds"],
        stated=item["stated"],
        source=item["source"],
        as_of=item["as_of"],
        basis=item["basis"],
        confidence=item["confidence"],
    )


def _limit(item: Facts) -> Limit:
    return Limit(Decimal(item["value"]), item["unit"], item["source"], item["as_of"], item.get("note", ""))


def _task_size(item: Facts) -> TaskSize:
    memory = tuple(Decimal(size) for size in item["memory_gb"])
    return TaskSize(Decimal(item["vcpus"]), memory, item["source"], item["as_of"])


def assumptions(facts: Facts) -> dict[str, Assumption]:
    """Return `assumptions.yaml` by id; a missing range is the value itself, a missing date the file's."""
    listed = facts["assumptions"]
    return {
        key: Assumption(
            id=key,
            value=_number(item["value"]),
            unit=item["unit"],
            low=_number(item.get("low", item["value"])),
            high=_number(item.get("high", item["value"])),
            kind=item["kind"],
            source=item["source"],
            as_of=item.get("as_of", facts["as_of"]),
            note=item.get("note", ""),
        )
        for key, item in listed.items()
    }


def _number(text: object) -> Decimal | str:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return str(text)


def elements(facts: Facts) -> dict[str, Element]:
    """Return `elements.yaml` by id."""
    return {key: _element(key, item) for key, item in facts["elements"].items()}


def _element(key: str, item: Facts) -> Element:
    plan = item["plan"]
    return Element(
        id=key,
        description=item["description"],
        cloudformation=item["cloudformation"],
        terraform=item["terraform"],
        config_rules=tuple(item["config_rules"]),
        checkov=tuple(item["checkov"]),
        source=item["source"],
        proofs=tuple(_proof(proof) for proof in plan.get("tests", ())),
        needed=tuple(map(_kind, plan.get("needed", ()))),
        second_region=plan.get("second_region", False),
        customer=plan.get("customer", ""),
        absent=plan.get("absent", ""),
    )


def _proof(item: Facts) -> Proof:
    return Proof(
        on=tuple(map(_kind, item["on"])),
        sites=item.get("sites", "all"),
        property=item.get("property", ""),
        equals=item.get("equals"),
        at_least=item.get("at_least"),
        names=tuple(item.get("names", ())),
        includes=item.get("includes", ""),
        detail=item.get("detail", ""),
        only=item.get("only", ""),
        set_when=item.get("set_when", ""),
    )


def _kind(text: str) -> tuple[str, str]:
    service, _, part = text.partition("/")
    return service, part


def framework(item: Facts) -> Framework:
    """Return one `controls/<framework>.yaml`."""
    elements: dict[str, list[str]] = {}
    for control in item["controls"]:
        for name in control["elements"]:
            elements.setdefault(name, []).append(control["id"])
    scope = item["scope"]
    return Framework(
        id=item["framework"],
        name=item["name"],
        version=item["version"],
        aliases=tuple(item["aliases"]),
        partial=item["partial"],
        scope=None if scope is None else ScopeList(scope["column"], scope["as_of"], scope["current"]),
        regions=tuple(item["regions"]),
        elements={name: tuple(ids) for name, ids in elements.items()},
        controls=tuple(_control(control) for control in item["controls"]),
        source=item["source"],
        as_of=item["as_of"],
    )


def _control(item: Facts) -> Control:
    return Control(
        id=item["id"],
        title=item["title"],
        elements=tuple(item["elements"]),
        basis=item["basis"],
        process=item.get("process", ""),
        at_least={name: int(number) for name, number in item.get("at_least", {}).items()},
    )


def threats(facts: Facts) -> dict[str, Threat]:
    """Return `threats.yaml` by id."""
    return {
        key: Threat(key, item["threat"], tuple(item["data_classes"]), tuple(item["elements"]), item["residual"], facts["owner"])
        for key, item in facts["threats"].items()
    }


def features(facts: Facts) -> dict[str, Feature]:
    """Return `features.yaml` by id."""
    return {key: Feature(key, item["leaf"], tuple(item["elements"])) for key, item in facts["features"].items()}


def exports(facts: Facts) -> ExportFacts:
    """Return `exports.yaml`."""
    names = ExportedEngine._fields
    engines = {key: {name: item[name] for name in names} for key, item in facts["engines"].items()}
    return ExportFacts(
        engines={key: ExportedEngine(**{**item, "logs": tuple(item["logs"])}) for key, item in engines.items()},
        versions=_values(facts["versions"]),
        machine_images=_values(facts["machine_images"]),
        runtimes=_values(facts["runtimes"]),
        firewall_rules=tuple(item["value"] for item in facts["firewall_rules"]),
        regions_with={key: frozenset(item["regions"]) for key, item in facts["regions_with"].items()},
        config_rule_inputs={key: item["inputs"] for key, item in facts["config_rule_inputs"].items()},
        log_retention_days=tuple(facts["log_retention_days"]["days"]),
    )


def _values(facts: Facts) -> dict[str, str]:
    return {key: item["value"] for key, item in facts.items()}


def _conditions(item: Facts) -> tuple[Condition, ...]:
    return tuple(Condition(test["property"], test["is"], test.get("value", "")) for test in item.get("only", ()))


def scaling(facts: Facts) -> ScalingFacts:
    """Return `scaling.yaml`: policies and what is off by service and part, in the file's order."""
    rules: dict[tuple[str, str], tuple[ScalingRule, ...]] = {}
    for key, item in facts["policies"].items():
        rule = ScalingRule(**{"id": key, "consumes": "", **item, "only": _conditions(item)})
        named = (rule.service, rule.part)
        rules[named] = (*rules.get(named, ()), rule)
    surge = tuple((step["above_percent"], step["add_percent"]) for step in facts["surge"]["steps"])
    return ScalingFacts(rules, {(item["service"], item["part"]): item["how"] for item in facts["off"]}, surge)


def healing(facts: Facts) -> dict[tuple[str, str], tuple[HealingRule, ...]]:
    """Return `healing.yaml` by the service and part that heals, in the file's order."""
    rules: dict[tuple[str, str], tuple[HealingRule, ...]] = {}
    for key, item in facts["healing"].items():
        rule = HealingRule(**{"id": key, "failover": "", **item, "only": _conditions(item), "seconds": tuple(item["seconds"])})
        named = (rule.service, rule.part)
        rules[named] = (*rules.get(named, ()), rule)
    return rules


def alarms(facts: Facts) -> dict[tuple[str, str], tuple[AlarmRule, ...]]:
    """Return `alarms.yaml` by the service and part that the alarms come with, in the file's order."""
    rules: dict[tuple[str, str], tuple[AlarmRule, ...]] = {}
    for key, item in facts["alarms"].items():
        named = (item["service"], item["part"])
        rules[named] = (*rules.get(named, ()), _alarm(key, item))
    return rules


def _alarm(key: str, item: Facts) -> AlarmRule:
    unstated = {"each": "", "region": "here", "of": "", "ratio_of": "", "dimensions": {}, "value": "", "custom_metrics": 0, "filter": ""}
    return AlarmRule(**{"id": key, **unstated, **item, "only": _conditions(item)})


def lifecycle(facts: Facts) -> dict[str, Lifecycle]:
    """Return `lifecycle.yaml` by id."""
    return {
        key: Lifecycle(
            id=key,
            name=item["name"],
            state=item["state"],
            aliases=tuple(item["aliases"]),
            successor_services=tuple(item["successor_services"]),
            concerns=tuple(item["concerns"]),
            status=item["status"],
            end=item["end"],
            closed=item["closed"],
            successor=item["successor"],
            rule=item["rule"],
            source=item["source"],
            as_of=item["as_of"],
        )
        for key, item in facts["lifecycle"].items()
    }


def unplanned(facts: Facts) -> dict[str, Unplanned]:
    """Return `unplanned.yaml` by id."""
    return {key: Unplanned(key, item["name"], item["source"], item["as_of"]) for key, item in facts["unplanned"].items()}


def names(facts: Facts) -> dict[str, ServiceNames]:
    """Return `names.yaml` by service."""
    return {
        key: ServiceNames(tuple(item.get("aliases", ())), item["through"], tuple(item.get("within", ())))
        for key, item in facts["names"].items()
    }


def free(facts: Facts) -> dict[str, Free]:
    """Return `free.yaml` by resource."""
    return {key: Free(item["why"], item["basis"], item["source"], item["as_of"]) for key, item in facts["free"].items()}


def configuration(facts: Facts) -> Configuration:
    """Return `configuration.yaml`."""
    return Configuration(
        {key: (item["document"], item["schedule"]) for key, item in facts["associations"].items()},
        facts["patch_baseline"]["document"],
        {key: item["schedule"] for key, item in facts["patch_windows"].items()},
    )
