"""Lines of the network, security, audit, visibility and delivery (docs/model.md, sections 7 to 9)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Cache, Compute, Job, KeyValue, ObjectStore, RelationalDb, StaticSite
from planner.verify.arithmetic import MONTH_DAYS, MONTH_HOURS, ONE, ZERO, ceiling
from planner.verify.design_alarms import alarm_metrics
from planner.verify.frame import GLOBAL, Frame, Spot, keeps_data
from planner.verify.lines_edge import fetches, miss_share
from planner.verify.settings import brought
from planner.verify.wanted import Lines, Wanted


def balancer(lines: Lines) -> list[Wanted]:
    """Return the hours of a load balancer."""
    return [lines.line("AWSELB/alb-hour", lines.spot.hours)]


def _outgoing(spot: Spot) -> Decimal:
    return spot.values["nat_gib_per_component"] * len(spot.frame.compute_names) * spot.running


def gateways(lines: Lines) -> list[Wanted]:
    """Return the lines of NAT gateways, one a zone."""
    spot = lines.spot
    return [
        lines.line("AmazonEC2/nat-gateway-hour", spot.zones * spot.hours),
        lines.line("AmazonEC2/nat-gateway-gb", _outgoing(spot)),
    ]


def endpoint_count(spot: Spot) -> int:
    """Return the interface endpoints of a site, each in every zone."""
    return ceiling(spot.values["interface_endpoints"])


def endpoints(lines: Lines) -> list[Wanted]:
    """Return the lines of interface endpoints, some in every zone."""
    spot = lines.spot
    hours = endpoint_count(spot) * spot.zones * spot.hours
    return [
        lines.line("AmazonVPC/interface-endpoint-hour", hours),
        lines.line("AmazonVPC/interface-endpoint-gb", _outgoing(spot)),
    ]


def has_public(spot: Spot) -> bool:
    """Return whether anything behind a load balancer is reached from the internet."""
    return "public" in spot.frame.balancers.values()


def address_count(spot: Spot) -> int:
    """Return the public addresses of a site: one a zone for the public load balancer and for each NAT gateway."""
    with_nat = spot.find("@network", "gateways") is not None
    return spot.zones * (int(has_public(spot)) + int(with_nat))


def addresses(lines: Lines) -> list[Wanted]:
    """Return the hours of public IPv4 addresses."""
    return [lines.line("AmazonVPC/public-ipv4-in-use-hour", lines.spot.hours * address_count(lines.spot))]


def internet(lines: Lines) -> list[Wanted]:
    """Return what responses send to the internet."""
    spot = lines.spot
    if not has_public(spot):
        return []
    stated = spot.frame.document.business.demand.response_size
    each = spot.values["response_gib"] if stated is None else stated
    return [lines.line("AWSDataTransfer/internet-egress-gb", lambda k: spot.calls("", k) * each)]


def key_count(spot: Spot) -> int:
    """Return the customer keys of a site."""
    return 2 + sum(keeps_data(item) for item in spot.frame.components.values())


def keys(lines: Lines) -> list[Wanted]:
    """Return the lines of KMS keys."""
    count = Decimal(key_count(lines.spot))
    return [
        lines.line("awskms/customer-key-month", count),
        lines.line("awskms/request-symmetric", count * lines.spot.values["kms_requests_per_key"]),
    ]


def secret_count(spot: Spot) -> int:
    """Return the secrets of a site."""
    return sum(isinstance(item, RelationalDb | Cache | Compute) for item in spot.frame.components.values())


def secrets(lines: Lines) -> list[Wanted]:
    """Return the lines of stored secrets."""
    spot, count = lines.spot, Decimal(secret_count(lines.spot))
    return [
        lines.line("AWSSecretsManager/secret-month", count),
        lines.line("AWSSecretsManager/api-request", count * spot.values["secret_requests_per_secret"] * spot.running),
    ]


def acl_count(spot: Spot) -> int:
    """Return the web ACLs of a site."""
    return int(has_public(spot)) + (len(spot.distributions()) if spot.primary else 0)


def web_acl(lines: Lines) -> list[Wanted]:
    """Return the lines of the web application firewall."""
    spot, count = lines.spot, Decimal(acl_count(lines.spot))

    def requests(step: int) -> Decimal:
        entry = spot.calls("", step) if has_public(spot) else ZERO
        served = spot.distributions() if spot.primary else ()
        return entry + sum((fetches(spot, name, step) for name in served), ZERO)

    return [
        lines.line("awswaf/web-acl-month", count),
        lines.line("awswaf/rule-month", count * ceiling(spot.values["waf_rules"])),
        lines.line("awswaf/request", requests),
    ]


def detector(lines: Lines) -> list[Wanted]:
    """Return the lines of GuardDuty."""
    return [
        lines.line("AmazonGuardDuty/cloudtrail-mgmt-event", lines.spot.values["trail_events_per_month"]),
        lines.line("AmazonGuardDuty/vpc-flow-dns-gb", lines.spot.flow_gib()),
    ]


def hub(lines: Lines) -> list[Wanted]:
    """Return the checks of Security Hub."""
    return [lines.line("AWSSecurityHub/security-check", lines.spot.values["security_checks_per_month"])]


def shield(lines: Lines) -> list[Wanted]:
    """Return the fee of Shield Advanced; Shield Standard is free."""
    if lines.resource.type != "advanced":
        return []
    return [lines.line("AWSShield/advanced-monthly-fee", ONE, GLOBAL)]


def watched_stores(spot: Spot) -> dict[str, ObjectStore | KeyValue]:
    """Return the stores whose data events are recorded: objects, and tables where the document itself asks."""
    tables = spot.frame.document.security.audit.data_events is True
    kinds = (ObjectStore, KeyValue) if tables else (ObjectStore,)
    return {name: item for name, item in spot.frame.components.items() if isinstance(item, kinds) and spot.authoritative(name)}


def _recorded_per_call(spot: Spot, name: str, item: ObjectStore | KeyValue) -> Decimal:
    """Return reads and writes of one call that reach the store; the CDN answers the other reads."""
    cached = isinstance(item, ObjectStore) and item.served_to_internet
    return item.reads_per_request * (miss_share(spot, name) if cached else Decimal(1)) + item.writes_per_request


def trail(lines: Lines) -> list[Wanted]:
    """Return the data events of a trail; the first copy of management events is free."""
    spot = lines.spot
    if "data_events" not in spot.frame.features:
        return []
    watched = {name: _recorded_per_call(spot, name, item) for name, item in watched_stores(spot).items()}

    def events(step: int) -> Decimal:
        return sum((spot.calls(name, step) * each for name, each in watched.items()), ZERO)

    return [lines.line("AWSCloudTrail/data-event", events)]


def trail_bucket(lines: Lines) -> list[Wanted]:
    """Return the storage of the trail."""
    kept = lines.spot.values["trail_gib_per_month"] * lines.spot.frame.audit_days / MONTH_DAYS
    return [lines.line("AmazonS3/standard-gb-month", kept)]


def watching_rules(frame: Frame) -> list[str]:
    """Return the AWS Config managed rules of the frameworks' elements; without frameworks those of the features that are on."""
    known, names = frame.catalog.elements, brought(frame)
    if not names:
        names = frozenset(name for feature in frame.features for name in frame.catalog.features[feature].elements)
    return sorted({rule for name in names if known[name].proofs for rule in known[name].config_rules})


def recorder(lines: Lines) -> list[Wanted]:
    """Return the lines of AWS Config."""
    spot = lines.spot
    items = spot.values["config_items_per_component"] * len(spot.frame.components)
    return [
        lines.line("AWSConfig/configuration-item-continuous", items),
        lines.line("AWSConfig/rule-evaluation", items * len(watching_rules(spot.frame))),
    ]


def flow_logs(lines: Lines) -> list[Wanted]:
    """Return the delivery of VPC flow logs."""
    return [lines.line("AmazonCloudWatch/vended-logs-gb-to-s3", lines.spot.flow_gib())]


def access_logs(lines: Lines) -> list[Wanted]:
    """Return the storage of flow and access logs."""
    spot = lines.spot
    each, flow = spot.values["access_log_gib_per_request"], spot.flow_gib()
    kept = spot.values["log_compression"] * spot.frame.audit_days / MONTH_DAYS
    return [lines.line("AmazonS3/standard-gb-month", lambda k: (flow + spot.calls("", k) * each) * kept)]


def alarms(lines: Lines) -> list[Wanted]:
    """Return the CloudWatch alarms of a component, by the metrics they read, and the metrics that exist for them."""
    found: list[Wanted] = []
    for region, (read, billed) in alarm_metrics(lines.spot, lines.resource.component).items():
        found.append(lines.line("AmazonCloudWatch/alarm-month-standard", Decimal(read), region))
        found.append(lines.line("AmazonCloudWatch/custom-metric-month", Decimal(billed), region))
    return found


def dashboards(lines: Lines) -> list[Wanted]:
    """Return CloudWatch dashboards."""
    count = lines.spot.frame.document.technology.observability.dashboards or 0
    return [lines.line("AmazonCloudWatch/dashboard-month", Decimal(count), GLOBAL)]


def custom_metrics(lines: Lines) -> list[Wanted]:
    """Return the application's own metrics."""
    each = lines.spot.frame.document.technology.observability.custom_metrics_per_component or 0
    return [lines.line("AmazonCloudWatch/custom-metric-month", Decimal(each * len(lines.spot.frame.components)))]


def traces(lines: Lines) -> list[Wanted]:
    """Return recorded traces."""
    spot, share = lines.spot, lines.spot.values["trace_sample"]
    return [lines.line("AWSXRay/trace-recorded", lambda k: spot.calls("", k) * share, GLOBAL)]


def operator_alerts(lines: Lines) -> list[Wanted]:
    """Return the messages to operators."""
    by, count = lines.spot.frame.document.technology.observability.alert_by, lines.spot.values["alerts_per_month"]
    return [lines.line(f"AmazonSNS/{way}-notification", count) for way in ("email", "http") if way in by]


def pipeline_count(spot: Spot) -> int:
    """Return the pipelines: one for each component that runs code or is a static site."""
    return sum(isinstance(item, Compute | Job | StaticSite) for item in spot.frame.components.values())


def pipelines(lines: Lines) -> list[Wanted]:
    """Return delivery pipelines, one a component that is released."""
    return [lines.line("AWSCodePipeline/v1-active-pipeline-month", Decimal(pipeline_count(lines.spot)))]


def _deploys(spot: Spot) -> Decimal:
    return (spot.frame.document.development.delivery.deploys_per_day or ZERO) * ONE


def build(lines: Lines) -> list[Wanted]:
    """Return build minutes."""
    stated = lines.spot.frame.document.development.delivery.build_minutes
    minutes = lines.spot.values["build_minutes"] if stated is None else stated
    return [lines.line("CodeBuild/linux-general1.medium-minute", _deploys(lines.spot) * MONTH_DAYS * minutes)]


def jenkins(lines: Lines) -> list[Wanted]:
    """Return the lines of a Jenkins server."""
    return [
        lines.line("AmazonEC2/instance-hour", MONTH_HOURS, instance_type=lines.resource.type, os="linux"),
        lines.line("AmazonEC2/ebs-gp3-gb-month", Decimal(ceiling(lines.spot.values["jenkins_volume_gib"]))),
    ]


def repository(lines: Lines) -> list[Wanted]:
    """Return the people who commit to CodeCommit."""
    count = lines.spot.frame.document.development.delivery.committers or 0
    return [lines.line("AWSCodeCommit/active-user-month", Decimal(count), GLOBAL)]


def artifacts(lines: Lines) -> list[Wanted]:
    """Return the storage of build output."""
    stated = lines.spot.frame.document.development.delivery.artifact_size
    size = lines.spot.values["artifact_gib"] if stated is None else stated
    return [lines.line("AmazonS3/standard-gb-month", size * _deploys(lines.spot) * lines.spot.values["artifact_days"])]
