"""Lines of the network, security, audit, visibility and delivery (docs/model.md, sections 7 to 9)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Compute, Job, StaticSite
from planner.verify.arithmetic import MONTH_HOURS, ONE, ZERO, ceiling
from planner.verify.design_alarms import alarm_metrics, scaling_alarms
from planner.verify.design_secrecy import key_names, secret_names
from planner.verify.frame import GLOBAL, Spot
from planner.verify.lines_audit import management_events
from planner.verify.lines_edge import fetches
from planner.verify.settings import brought
from planner.verify.wanted import Lines, Wanted


def balancer(lines: Lines) -> list[Wanted]:
    """Return the hours of a load balancer."""
    return [lines.line("AWSELB/alb-hour", MONTH_HOURS)]


def _outgoing(spot: Spot) -> Decimal:
    return spot.values["nat_gib_per_component"] * len(spot.frame.compute_names) * spot.running


def gateways(lines: Lines) -> list[Wanted]:
    """Return the lines of NAT gateways, one a zone."""
    spot = lines.spot
    return [
        lines.line("AmazonEC2/nat-gateway-hour", spot.zones * MONTH_HOURS),
        lines.line("AmazonEC2/nat-gateway-gb", _outgoing(spot)),
    ]


def endpoint_count(spot: Spot) -> int:
    """Return the interface endpoints of a site, each in every zone."""
    return ceiling(spot.values["interface_endpoints"])


def endpoints(lines: Lines) -> list[Wanted]:
    """Return the lines of interface endpoints, some in every zone."""
    spot = lines.spot
    hours = endpoint_count(spot) * spot.zones * MONTH_HOURS
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
    return [lines.line("AmazonVPC/public-ipv4-in-use-hour", MONTH_HOURS * address_count(lines.spot))]


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
    return len(key_names(spot))


def keys(lines: Lines) -> list[Wanted]:
    """Return the lines of KMS keys."""
    count = Decimal(key_count(lines.spot))
    return [
        lines.line("awskms/customer-key-month", count),
        lines.line("awskms/request-symmetric", count * lines.spot.values["kms_requests_per_key"]),
    ]


def secret_count(spot: Spot) -> int:
    """Return the secrets of a site."""
    return len(secret_names(spot))


def secrets(lines: Lines) -> list[Wanted]:
    """Return the lines of stored secrets."""
    spot, count = lines.spot, Decimal(secret_count(lines.spot))
    return [
        lines.line("AWSSecretsManager/secret-month", count),
        lines.line("AWSSecretsManager/api-request", count * spot.values["secret_requests_per_secret"] * spot.running),
    ]


def acl_count(spot: Spot) -> int:
    """Return the web ACLs of a site."""
    return int(has_public(spot)) + (len(spot.frame.distributions) if spot.primary else 0)


def rule_groups(spot: Spot) -> list[str]:
    """Return the managed rule groups of every web ACL."""
    rules = spot.frame.catalog.rules.protection
    databases = any(item.kind == "relational_db" for item in spot.frame.components.values())
    return list(rules.rule_groups) + list(rules.with_relational_db) * databases


def acl_rules(spot: Spot) -> int:
    """Return the rules of a web ACL: its groups and the rate limit."""
    return len(rule_groups(spot)) + 1


def firewall_logged(spot: Spot) -> bool:
    """Return whether the web firewall's decisions are recorded."""
    return "access_trail" in spot.frame.features or "waf" in brought(spot.frame)


def web_acl(lines: Lines) -> list[Wanted]:
    """Return the lines of the web application firewall."""
    spot, count = lines.spot, Decimal(acl_count(lines.spot))

    def requests(step: int) -> Decimal:
        entry = spot.calls("", step) if has_public(spot) else ZERO
        served = spot.frame.distributions if spot.primary else ()
        return entry + sum((fetches(spot, name, step) for name in served), ZERO)

    found = [
        lines.line("awswaf/web-acl-month", count),
        lines.line("awswaf/rule-month", count * acl_rules(spot)),
        lines.line("awswaf/request", requests),
    ]
    if firewall_logged(spot):
        each = spot.values["waf_blocked_share"] * spot.values["waf_log_gib_per_record"]
        found.append(lines.line("AmazonCloudWatch/vended-logs-gb-to-s3", lambda k: requests(k) * each))
    return found


def detector(lines: Lines) -> list[Wanted]:
    """Return the lines of GuardDuty."""
    return [
        lines.line("AmazonGuardDuty/cloudtrail-mgmt-event", management_events(lines.spot)),
        lines.line("AmazonGuardDuty/vpc-flow-dns-gb", sum((spot.flow_gib() for spot in lines.spot.covered), ZERO)),
    ]


def hub(lines: Lines) -> list[Wanted]:
    """Return the checks of Security Hub."""
    return [lines.line("AWSSecurityHub/security-check", lines.spot.values["security_checks_per_month"])]


def shield(lines: Lines) -> list[Wanted]:
    """Return the fee of Shield Advanced; Shield Standard is free."""
    if lines.resource.type != "advanced":
        return []
    return [lines.line("AWSShield/advanced-monthly-fee", ONE, GLOBAL)]


def alarms(lines: Lines) -> list[Wanted]:
    """Return the CloudWatch alarms of a component, by the metrics they read, and the metrics that exist for them."""
    found: list[Wanted] = []
    spot, name = lines.spot, lines.resource.component
    scaled = {spot.region: scaling_alarms(spot, name)}
    for region, (read, billed) in ({spot.region: (0, 0)} | alarm_metrics(spot, name)).items():
        found.append(lines.line("AmazonCloudWatch/alarm-month-standard", Decimal(read + scaled.get(region, 0)), region))
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
