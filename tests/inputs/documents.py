"""Documents that the tests of `inputs` read: a small one, and one that uses every section."""

from __future__ import annotations

from planner import inputs
from planner.errors import InputError, Problem
from planner.inputs import Names

KNOWN = Names(
    regions={
        "us-east-1": ("us",),
        "us-west-2": ("us",),
        "eu-west-1": ("eu", "ie"),
        "eu-central-1": ("eu", "de"),
        "eu-west-2": ("uk",),
    },
    services=("rds", "aurora", "dynamodb", "lambda", "ec2", "opsworks", "s3"),
    assumptions=("headroom", "mirror_scale", "peak_hours_per_day"),
    elements=("backup", "waf"),
)

SMALL = """\
schema_version: "1"
project:
  name: shop
business:
  demand:
    average: 10/s
    peak: 40/s
development:
  components:
    api:
      kind: api
      cpu_per_request: 12ms
      memory_per_instance: 1 GiB
"""

FULL = """\
# Every section, with bare and with stated leaves.
schema_version: "1"
project:
  name: storefront
  owner: Jane Doe
  description: "Sells things: online"
  start: 2027-03
  accounts: {production: "012345678901", staging: "123456789012"}
  tags: {cost-center: "4711", value: plain, priority: also plain}
business:
  audience:
    users: 250000
    locations: [us, europe]
  journeys:
    browse:
      needs: [site, web, catalog]
      degrades: [search, session]
      availability: 99.9%
    pay:
      needs: [web, orders]
      degrades: [events]
      availability: {value: 99.95%, priority: should, worth_usd_per_month: 400, by: Jane Doe, on: 2026-10-01, note: contract}
      latency: 300 ms at the 95th percentile
  demand:
    average: 120/s
    peak: 900/s
    peak_hours_per_day: 2.5
    request_size: 2 KiB
    response_size: 30 KiB
    new_connections_per_request: 0.1
  growth_per_year: 25%
  seasonality: {nov: 180%, dec: {value: 220%, note: Christmas}}
  horizon_months: {value: 36, by: CFO}
  dependencies:
    payment-provider: {on: Payment team, needed_by: 2027-02-01}
security:
  frameworks: [pci_dss_4, gdpr]
  data_classes: [personal, cardholder]
  residency: [eu]
  audit: {changes: true, deployments: true, access: true, data_events: false, retention: 1y}
  encryption: {in_transit: true, at_rest: true, customer_managed_keys: {value: true, priority: could}}
  web_firewall: true
  ddos_protection: standard
  threat_detection: true
  vulnerability_scanning: false
  posture_management: true
technology:
  recovery:
    deployment: {rto: 15m, rpo: 0}
    data_corruption: {rto: 4h, rpo: 5m}
    infrastructure: {rto: 5m, rpo: 0s}
    zone: {rto: 5m, rpo: 0}
    region: {rto: {value: 1h, priority: should}, rpo: 1m}
    failover: manual
    strategies: [pilot_light, warm_standby]
  availability: 99.9%
  regions: {allowed: [eu-central-1, eu-west-1], preferred: [eu-central-1], forbidden: [us-east-1]}
  services: {mandated: [dynamodb], forbidden: [opsworks]}
  multi_region: true
  zones: 2
  headroom: 20%
  auto_scaling: true
  auto_healing: true
  on_call: {hours: 24x7, response: 15m}
  observability:
    dashboards: 3
    detailed_metrics: true
    custom_metrics_per_component: 10
    tracing: true
    log_retention: 30d
    alert_by: [email]
  existing:
    vpc_cidrs: [10.0.0.0/16, 10.1.0.0/16]
    landing_zone: false
    quotas: {lambda: 3000, L-1216C47A: {value: 640, by: AWS support}}
development:
  components:
    site: {kind: static_site, storage: 2 GiB, response_size: 100 KiB, cache_hit_ratio: 95%}
    web:
      kind: web
      runtime: {value: java, by: Dev lead}
      cpu_per_request: 20ms
      memory_per_instance: 1.5 GiB
      request_duration: 0.1s
      depends_on: [catalog, session]
      min_instances: 2
      placement: {apart_from: [mailer]}
    orders:
      kind: relational_db
      engine: postgres
      storage: 120 GiB
      durability: authoritative
      cpu_per_request: 4ms
      memory: 16 GiB
      read_share: 80%
      calls_per_request: 0.2
      backup_retention: 7d
    catalog:
      kind: key_value
      storage: 50 GiB
      durability: authoritative
      item_size: 2 KiB
      reads_per_request: 3
      writes_per_request: 0.01
    documents:
      kind: document_db
      storage: 5 GiB
      durability: rebuildable
      rebuild_time: 2h
      item_size: 4 KiB
      reads_per_request: 1
      writes_per_request: 1
    session: {kind: cache, memory: 4 GiB, engine: valkey, durability: {value: ephemeral, note: the default}}
    images: {kind: object_store, storage: 2 TiB, durability: authoritative, object_size: 300 KiB, reads_per_request: 1, writes_per_request: 0.001}
    share: {kind: file_share, storage: 10 GiB, durability: rebuildable, read_per_request: 1 KiB, write_per_request: 0 KiB}
    events: {kind: queue, message_size: 2 KiB, ordered: true}
    notices: {kind: topic, message_size: 1 KiB, subscribers: {sqs: 2, lambda: {value: 1, by: Dev lead}}}
    clicks: {kind: stream, record_size: 1 KiB, consumers: 2, retention: 2d}
    search: {kind: search, storage: 20 GiB, durability: rebuildable, rebuild_time: 3h, cpu_per_request: 5ms}
    logs: {kind: log_analytics, storage: 100 GiB, durability: rebuildable, ingest_per_day: 20 GiB, scanned_per_day: 5 GiB, retention: 90d}
    mailer: {kind: worker, cpu_per_request: 30ms, memory_per_instance: 512 MiB, average_rate: 2/s, peak_rate: 600/min}
    report: {kind: batch, runs_per_day: 4, run_duration: 20m, vcpus: 2, memory: 4 GiB}
    nightly: {kind: scheduled, runs_per_day: 1, run_duration: 10m, vcpus: 0.5, memory: 1 GiB, platform: [lambda]}
  environments:
    production: {}
    staging: {scale: 20%, storage_scale: 50%, hours_per_week: 60, zones: 1}
    dev:
  delivery:
    source: github
    pipeline: codepipeline
    build: codebuild
    deploy: blue_green
    deploys_per_day: 3.5
    build_minutes: 12
    committers: 8
    artifact_size: 200 MiB
  configuration_management: systems_manager
finance:
  monthly_budget: {value: 9000, by: CFO, priority: must, note: all environments}
  upfront_budget: $20,000
  environment_budgets: {staging: 900 EUR}
  currency: {code: EUR, usd_per_unit: 1.08, as_of: 2026-11-01, source: ECB}
  commitments: {term: 1y, kinds: [reserved, compute_savings_plan], payment: no_upfront}
  negotiated_discount: 5%
  support: business
  migration_cost: 40_000
  parallel_run_months: 2
  on_premises: {servers: 12, server_price: 8000, refresh_years: 4, monthly_opex: 7000}
  downtime_cost_per_hour: 2500
assumptions:
  headroom: 0.15
  mirror_scale: {value: 0.2, by: Dev lead}
"""


def edited(*changes: tuple[str, str], text: str = FULL) -> str:
    """Return a document with pieces of its text replaced; each piece must be there once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the document"
        text = text.replace(old, new)
    return text


def problems(text: str, file: str = "doc.yaml") -> list[Problem]:
    """Return the problems of a text; none means that it loads."""
    try:
        inputs.loads(text, file, known=KNOWN)
    except InputError as error:
        return error.problems
    return []


def found(text: str) -> list[tuple[str, str]]:
    """Return code and path of the problems of a text."""
    return [(problem.code, problem.path) for problem in problems(text)]
