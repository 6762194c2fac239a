"""Checks across fields: per rule a row on the boundary and one step past it."""

from __future__ import annotations

import pytest
from documents import FULL, edited, found

from planner.inputs import CODES, checks

C = "development.components"
Edits = list[tuple[str, str]]
WEB = "      depends_on: [catalog, session]\n"
REGIONS = "allowed: [eu-central-1, eu-west-1], preferred: [eu-central-1], forbidden: [us-east-1]"
ZONE = "zone: {rto: 5m, rpo: 0}"
REGION = "region: {rto: {value: 1h, priority: should}, rpo: 1m}"
SESSION = "durability: {value: ephemeral, note: the default}"
NIGHTLY = "vcpus: 0.5, memory: 1 GiB, platform: [lambda]}\n"


LOGS = "scanned_per_day: 5 GiB, retention: 90d"


def moving(source: str, target: str, work: str = "run_duration: 30m, vcpus: 4, memory: 16 GiB") -> tuple[str, str]:
    """An edit that adds a data pipeline."""
    pipe = f"kind: data_pipeline, source: {source}, target: {target}, runs_per_day: 1, data_per_run: 4 GiB, {work}"
    return NIGHTLY, f"{NIGHTLY}    move: {{{pipe}}}\n"


CONDITIONS = [
    ("R030", [("needs: [web, orders]", "needs: [web, orders, share]")], [("needs: [web, orders]", "needs: [web, order]")], "business.journeys.pay.needs[1]"),
    ("R030", [("degrades: [events]", "degrades: []")], [("degrades: [events]", "degrades: [event]")], "business.journeys.pay.degrades[0]"),
    ("R031", [("degrades: [events]", "degrades: [events, clicks]")], [("degrades: [events]", "degrades: [events, web]")], "business.journeys.pay.degrades[1]"),
    ("R032", [(WEB, WEB.replace("session", "orders"))], [(WEB, WEB.replace("session", "sessions"))], f"{C}.web.depends_on[1]"),
    ("R032", [(WEB, "")], [(WEB, WEB.replace("session", "web"))], f"{C}.web.depends_on[1]"),
    ("R033", [("apart_from: [mailer]", "share_with: [mailer]")], [("apart_from: [mailer]", "apart_from: [orders]")], f"{C}.web.placement.apart_from[0]"),
    ("R033", [("apart_from: [mailer]", "apart_from: []")], [("apart_from: [mailer]", "share_with: [web]")], f"{C}.web.placement.share_with[0]"),
    (
        "R034",
        [("peak_rate: 600/min", "peak_rate: 600/min, placement: {apart_from: [web]}")],
        [("peak_rate: 600/min", "peak_rate: 600/min, placement: {share_with: [web]}")],
        f"{C}.mailer.placement.share_with[0]",
    ),
    (
        "R035",
        [("    production: {}\n", "    production:\n")],
        [("    production: {}\n", "    prod: {}\n"), ('production: "012345678901", ', "")],
        "development.environments",
    ),
    ("R036", [('staging: "12', 'dev: "12')], [('staging: "12', 'stage: "12')], "project.accounts.stage"),
    ("R036", [("{staging: 900 EUR}", "{dev: 900 EUR}")], [("{staging: 900 EUR}", "{devel: 900 EUR}")], "finance.environment_budgets.devel"),
    ("R037", [("[us, europe]", "[us, europe, japan]")], [("[us, europe]", "[us, europe, us]")], "business.audience.locations[2]"),
    ("R040", [("peak: 900/s\n    peak_hours_per_day: 2.5", "peak: 120/s")], [("peak: 900/s\n    peak_hours_per_day: 2.5", "peak: 119/s")], "business.demand.peak"),
    ("R041", [("day: 2.5", "day: 3.2")], [("day: 2.5", "day: 3.21")], "business.demand.peak_hours_per_day"),
    ("R042", [("average_rate: 2/s, peak_rate: 600/min", "calls_per_request: 1")], [("average_rate: 2/s, ", "")], f"{C}.mailer.peak_rate"),
    ("R042", [(", average_rate: 2/s, peak_rate: 600/min", "")], [("average_rate: 2/s", "average_rate: 2/s, calls_per_request: 1")], f"{C}.mailer.calls_per_request"),
    ("R043", [("average_rate: 2/s", "average_rate: 10/s")], [("average_rate: 2/s", "average_rate: 10.01/s")], f"{C}.mailer.peak_rate"),
    ("R044", [("peak_rate: 600/min", "peak_rate: 1_000_000_000/s")], [("peak_rate: 600/min", "peak_rate: 1_000_000_001/s")], f"{C}.mailer.peak_rate"),
    ("R045", [("request_duration: 0.1s", "request_duration: 20ms")], [("request_duration: 0.1s", "request_duration: 19ms")], f"{C}.web.request_duration"),
    ("R046", [("nov: 180%", "nov: 1%")], [("nov: 180%", "nov: 0%")], "business.seasonality.nov"),
    ("R047", [("availability: 99.9%\n  regions", "availability: 99.999%\n  regions")], [("availability: 99.9%\n  regions", "availability: 99.9991%\n  regions")], "technology.availability"),
    ("R047", [("value: 99.95%", "value: 99.999%")], [("value: 99.95%", "value: 100%")], "business.journeys.pay.availability"),
    ("R050", [("{rto: 15m, rpo: 0}", "{rto: 1s, rpo: 0}")], [("{rto: 15m, rpo: 0}", "{rto: 0, rpo: 0}")], "technology.recovery.deployment.rto"),
    ("R051", [("rpo: 5m}", "rpo: 1s}")], [("rpo: 5m}", "rpo: 0}")], "technology.recovery.data_corruption.rpo"),
    ("R051", [("rpo: 1m}", "rpo: 1s}")], [("rpo: 1m}", "rpo: 0s}")], "technology.recovery.region.rpo"),
    ("R052", [(REGION, "region: {rto: 5m, rpo: 1m}")], [(REGION, "region: {rto: 299s, rpo: 1m}")], "technology.recovery.region.rto"),
    ("R052", [(ZONE, "zone: {rto: 5m, rpo: 1m}")], [(ZONE, "zone: {rto: 5m, rpo: 61s}")], "technology.recovery.region.rpo"),
    ("R052", [(ZONE, "zone: {rto: 5m, rpo: 0}")], [(ZONE, "zone: {rto: 4m, rpo: 0}")], "technology.recovery.zone.rto"),
    ("R052", [(REGION, "region: {rto: {value: 1m, priority: should}, rpo: 1m}")], [(REGION, "region: {rto: 1m, rpo: 1m}")], "technology.recovery.region.rto"),
    (
        "R053",
        [("[pilot_light, warm_standby]", "[backup_restore]")],
        [("[pilot_light, warm_standby]", "[none]"), ("multi_region: true", "multi_region: false")],
        "technology.recovery.region.rpo",
    ),
    (
        "R054",
        [(REGION, "region: {}"), ("[pilot_light, warm_standby]", "[none, pilot_light]")],
        [(REGION, "region: {}"), ("[pilot_light, warm_standby]", "[none]")],
        "technology.multi_region",
    ),
    ("R055", [(REGIONS, "allowed: [eu-central-1, eu-west-1]")], [(REGIONS, "allowed: [eu-central-1]")], "technology.multi_region"),
    ("R056", [("{hours: 24x7, response: 15m}", "{hours: none}")], [("{hours: 24x7, response: 15m}", "{hours: none, response: 1s}")], "technology.on_call.response"),
    ("R056", [("response: 15m", "response: 1s")], [("{hours: 24x7, response: 15m}", "{hours: 24x7}")], "technology.on_call.response"),
    ("R060", [("forbidden: [us-east-1]", "forbidden: [us-west-2]")], [("forbidden: [us-east-1]", "forbidden: [us-east-9]")], "technology.regions.forbidden[0]"),
    ("R060", [("forbidden: [us-east-1]", "forbidden: []")], [("forbidden: [us-east-1]", "forbidden: [mars-1]")], "technology.regions.forbidden[0]"),
    ("R061", [("forbidden: [us-east-1]", "forbidden: [eu-west-2]")], [(REGIONS, "allowed: [eu-central-1, eu-west-1, us-east-1], forbidden: [us-east-1]"), ("residency: [eu]", "residency: [eu, us]")], "technology.regions.forbidden[0]"),
    ("R062", [("preferred: [eu-central-1]", "preferred: [eu-west-1]")], [("preferred: [eu-central-1]", "preferred: [us-west-2]"), ("residency: [eu]", "residency: [eu, us]")], "technology.regions.preferred[0]"),
    ("R062", [(REGIONS, "preferred: [eu-west-1]")], [(REGIONS, "preferred: [eu-west-1], forbidden: [eu-west-1]")], "technology.regions.preferred[0]"),
    ("R063", [("residency: [eu]", "residency: [de, ie]")], [("residency: [eu]", "residency: [de]")], "technology.regions.allowed[1]"),
    ("R063", [("residency: [eu]", "residency: [eu, uk]")], [("residency: [eu]", "residency: [eu, fr]")], "security.residency[1]"),
    ("R063", [("residency: [eu]", "residency: {value: [de], priority: should}")], [(REGIONS, "preferred: [us-west-2]")], "technology.regions.preferred[0]"),
    ("R064", [("mandated: [dynamodb]", "mandated: [rds]")], [("mandated: [dynamodb]", "mandated: [dynamo]")], "technology.services.mandated[0]"),
    ("R065", [("forbidden: [opsworks]", "forbidden: [lambda]")], [("forbidden: [opsworks]", "forbidden: [dynamodb]")], "technology.services.forbidden[0]"),
    ("R070", [("{staging: 900 EUR}", "{staging: 900}")], [("{staging: 900 EUR}", "{staging: 900 GBP}")], "finance.environment_budgets.staging"),
    ("R070", [("server_price: 8000", "server_price: 8000 EUR")], [("server_price: 8000", "server_price: 8000 CHF")], "finance.on_premises.server_price"),
    ("R071", [("staging: 900 EUR", "staging: 8333.33 EUR")], [("staging: 900 EUR", "staging: 8333.34 EUR")], "finance.environment_budgets.staging"),
    ("R072", [("  headroom: 0.15", "  peak_hours_per_day: 3")], [("  headroom: 0.15", "  head_room: 0.15")], "assumptions.head_room"),
    ("R073", [("  headroom: 0.15", "  headroom: 0")], [("  headroom: 0.15", "  headroom: -0.01")], "assumptions.headroom"),
    ("R074", [("10.1.0.0/16", "10.1.0.0/32")], [("10.1.0.0/16", "10.0.255.0/24")], "technology.existing.vpc_cidrs[1]"),
    ("R074", [("10.1.0.0/16", "192.168.0.0/16")], [("10.1.0.0/16", "10.1.0.1/16")], "technology.existing.vpc_cidrs[1]"),
    ("R074", [("10.1.0.0/16", "255.0.0.0/8")], [("10.1.0.0/16", "256.0.0.0/8")], "technology.existing.vpc_cidrs[1]"),
    ("R080", [("production: {}", "production: {scale: 100%, hours_per_week: 168}")], [("production: {}", "production: {scale: 99.9%}")], "development.environments.production.scale"),
    ("R080", [("production: {}", "production: {storage_scale: 100%}")], [("production: {}", "production: {hours_per_week: 167.5}")], "development.environments.production.hours_per_week"),
    ("R081", [(SESSION, "durability: rebuildable, rebuild_time: 5m")], [(SESSION, "rebuild_time: 5m")], f"{C}.session.rebuild_time"),
    ("R081", [("120 GiB\n      durability: authoritative", "120 GiB\n      durability: rebuildable")], [("120 GiB\n      durability: authoritative", "120 GiB\n      durability: ephemeral")], f"{C}.orders.durability"),
    ("R082", [("kind: worker", "kind: worker, public: false")], [("kind: worker", "kind: worker, public: true")], f"{C}.mailer.public"),
    ("R083", [moving("orders", "share")], [moving("orders", "shares")], f"{C}.move.target"),
    ("R083", [moving("catalog", "images")], [moving("web", "images")], f"{C}.move.source"),
    ("R083", [moving("images", "orders")], [moving("orders", "orders")], f"{C}.move.target"),
    ("R084", [moving("orders", "images")], [moving("orders", "images", "vcpus: 4, memory: 16 GiB")], f"{C}.move.vcpus"),
    ("R084", [moving("clicks", "images", "steps: 1")], [moving("clicks", "share", "steps: 1")], f"{C}.move.kind"),
    ("R085", [("kind: worker,", "kind: worker, data_classes: [personal],")], [("kind: worker,", "kind: worker, data_classes: [health],")], f"{C}.mailer.data_classes[0]"),
    ("R086", [("    mailer: {kind", "    jenkins-mailer: {kind"), ("apart_from: [mailer]", "apart_from: []")], [("    mailer: {kind", "    jenkins: {kind"), ("apart_from: [mailer]", "apart_from: []")], f"{C}.jenkins"),
    ("R087", [("[10.0.0.0/16, 10.1.0.0/16]", "[10.0.0.0/8]")], [("[10.0.0.0/16, 10.1.0.0/16]", "[10.0.0.0/8, 172.16.0.0/12]")], "technology.existing.vpc_cidrs"),
    ("R088", [("[pci_dss_4, gdpr]", "{value: [pci_dss_4], by: CISO}")], [("[pci_dss_4, gdpr]", "{value: [pci_dss_4], priority: should}")], "security.frameworks"),
    ("R089", [("frameworks: [pci_dss_4, gdpr]", "frameworks: [pci_dss_4, gdpr]\n  risks: {flood: {threat: water, mitigated_by: [backup]}}")], [("frameworks: [pci_dss_4, gdpr]", "frameworks: [pci_dss_4, gdpr]\n  risks: {flood: {threat: water, mitigated_by: [backups]}}")], "security.risks.flood.mitigated_by[0]"),
    ("R090", [("    build: codebuild", "    build: jenkins\n    build_on: ecs")], [("    build: codebuild", "    build: codebuild\n    build_on: ecs")], "development.delivery.build_on"),
    ("R091", [(LOGS, f"{LOGS}, full_text: true, platform: [athena, opensearch]")], [(LOGS, f"{LOGS}, full_text: true, platform: [athena, logs_insights]")], f"{C}.logs.platform"),
    ("R091", [(LOGS, f"{LOGS}, full_text: {{value: true, priority: should}}, platform: [athena]")], [(LOGS, f"{LOGS}, interactive: true, platform: [emr_cluster]")], f"{C}.logs.platform"),
    ("R092", [("[pci_dss_4, gdpr]", "[]")], [("[pci_dss_4, gdpr]", "[]"), ("at_rest: true", "at_rest: false")], "project.accounts.staging"),
    ("R092", [("[pci_dss_4, gdpr]", "[]"), ("at_rest: true", "at_rest: false"), ('staging: "123456789012"', 'staging: "012345678901"')], [("[pci_dss_4, gdpr]", "[]"), ("at_rest: true", "at_rest: false")], "project.accounts.staging"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "passing", "failing", "path"), CONDITIONS, ids=[f"{row[0]}-{number}" for number, row in enumerate(CONDITIONS)]
)
def test_boundary(code: str, passing: Edits, failing: Edits, path: str) -> None:
    assert found(edited(*passing)) == []
    assert found(edited(*failing)) == [(code, path)]


def test_every_rule_has_a_row_and_a_code() -> None:
    assert {row[0] for row in CONDITIONS} == set(checks.RULES)
    assert set(checks.RULES) == {code for code in CODES if code >= "R030"}


def test_the_full_document_is_in_order() -> None:
    assert found(FULL) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param([("kind: queue", "kind: queues")], [("R022", f"{C}.events.kind")], id="a-journey-may-name-a-component-of-unknown-kind"),
        pytest.param([("average_rate: 2/s", "average_rate: 2")], [("R018", f"{C}.mailer.average_rate")], id="peak-rate-is-not-alone-only-because-the-average-is-unreadable"),
        pytest.param([("code: EUR", "code: euro")], [("R018", "finance.currency.code")], id="amounts-wait-for-the-currency"),
        pytest.param([("average: 120/s", "average: lots"), ("nov: 180%", "nov: 0%")], [("R018", "business.demand.average"), ("R046", "business.seasonality.nov")], id="value-and-cross-field-problems-together"),
        pytest.param([("  name: storefront\n", ""), ("needs: [web, orders]", "needs: [web, order]")], [("R016", "project.name"), ("R030", "business.journeys.pay.needs[1]")], id="a-missing-field-hides-nothing-elsewhere"),
    ],
)  # fmt: skip
def test_one_error_does_not_cause_others(edits: Edits, expected: list[tuple[str, str]]) -> None:
    assert found(edited(*edits)) == expected
