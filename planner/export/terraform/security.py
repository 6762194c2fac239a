"""Layer security: keys, secrets, certificates, threat detection, and the audit trail with its buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import shared
from planner.export.hcl import Call, Code
from planner.export.layers import ExportError, Kind, kind_of
from planner.export.terraform import audit, keys
from planner.export.terraform.module import Module, inside, label, ref, template
from planner.models.plan import Resource


def write(m: Module) -> None:
    """Write the layer."""
    keys.write_keys(m)
    keys.write_secrets(m)
    for resource in m.site.target.of_layer("security"):
        kind = kind_of(resource)
        if kind not in WRITERS:
            raise ExportError(f"{resource.id}: the Terraform export does not know {kind[1]} of {resource.service}")
        WRITERS[kind](m, resource)


def certificate(m: Module, resource: Resource) -> None:
    """Write the certificate of the load balancers."""
    m.out("certificate_arn", certified(m, label(resource), m.site.target.all("alb", "target"), resource), "Certificate.")


def certified(m: Module, name: str, named: list[Resource], of: Resource | None = None, provider: Code | None = None) -> Code:
    """Write a certificate of the environment's domain and of components below it, prove each name by DNS and return its ARN."""
    domain = m.p("DomainName")
    others = [template(f"{below}.{inside(domain)}") for below in shared.certified(named)]
    made = m.resource("aws_acm_certificate", name, of, provider=provider, domain_name=domain, validation_method="DNS")
    made.set(subject_alternative_names=others or None).add("lifecycle", create_before_destroy=True)
    zone = zone_id(m)
    if zone is None:
        return ref("aws_acm_certificate", name, "arn")
    record = m.resource("aws_route53_record", name, for_each=Call("toset", ([domain, *others],)), zone_id=zone)
    record.set(allow_overwrite=True, ttl=300)  # a wildcard has the record of its domain, and each region that of the other
    options = f"for o in aws_acm_certificate.{name}.domain_validation_options"
    option = f"one([{options} : o if o.domain_name == each.value])"
    record.set(name=Code(f"{option}.resource_record_name"), type=Code(f"{option}.resource_record_type"))
    record.set(records=[Code(f"{option}.resource_record_value")])
    m.resource("aws_acm_certificate_validation", name, provider=provider, certificate_arn=ref("aws_acm_certificate", name, "arn")).set(
        validation_record_fqdns=Code(f"[for r in aws_route53_record.{name} : r.fqdn]")
    )
    return ref("aws_acm_certificate_validation", name, "certificate_arn")


def zone_id(m: Module) -> Code | None:
    """Return the hosted zone of the environment, which the primary site makes."""
    for site in (m.site, m.site.twin):
        if site and site.target.has("route53", "zone"):
            return m.take("network", "zone_id", site=site)
    return None


def _detector(m: Module, resource: Resource) -> None:
    """Switch GuardDuty on, for the account, or for the organization where this account administers it."""
    name = label(resource)
    m.resource("aws_guardduty_detector", name, resource, enable=True, finding_publishing_frequency="FIFTEEN_MINUTES")
    for unpaid in shared.UNPAID_FEATURES:
        feature = m.resource("aws_guardduty_detector_feature", name, detector_id=ref("aws_guardduty_detector", name), name=unpaid)
        feature.set(status="DISABLED")
    administers = m.var(
        "organization_administrator", "bool", "Whether this account administers GuardDuty of the organization.", value=False
    )
    members = m.resource("aws_guardduty_organization_configuration", name, count=Code(f"{administers.text} ? 1 : 0"))
    members.set(detector_id=ref("aws_guardduty_detector", name), auto_enable_organization_members="ALL")


def _hub(m: Module, resource: Resource) -> None:
    """Switch Security Hub on with AWS's own standard and those of the document's frameworks that it knows."""
    m.resource("aws_securityhub_account", label(resource), enable_default_standards=False, auto_enable_controls=True)
    names = shared.standards(m.site.target.document)
    standards = m.var("security_standards", "list(string)", "Standards that Security Hub checks.", names)
    m.resource("aws_securityhub_standards_subscription", label(resource), for_each=Code(f"toset({standards.text})")).set(
        standards_arn=template(f"arn:{m.partition()}:securityhub:{m.region()}::standards/${{each.value}}"),
        depends_on=[Code(f"aws_securityhub_account.{label(resource)}")],
    )


def _scanning(m: Module, resource: Resource) -> None:
    kinds = resource.properties["resources"]
    m.resource(
        "aws_inspector2_enabler",
        label(resource),
        account_ids=[template(m.account())],
        resource_types=list(kinds) if isinstance(kinds, list) else [],
    )


def _listed(m: Module, resource: Resource) -> None:
    """Keys and secrets are written as the design lists them, the flow log with its VPC."""
    del m, resource


WRITERS: Mapping[Kind, Callable[[Module, Resource], None]] = {
    ("kms", "keys"): _listed,
    ("secrets_manager", "secrets"): _listed,
    ("acm", "certificates"): certificate,
    ("guardduty", "detector"): _detector,
    ("security_hub", "hub"): _hub,
    ("inspector", "scanning"): _scanning,
    ("cloudtrail", "trail"): audit.trail,
    ("s3", "trail-bucket"): audit.trail_bucket,
    ("cloudwatch", "trail-log"): audit.trail_log,
    ("s3", "access-logs"): audit.access_logs,
    ("s3", "configuration-history"): audit.history,
    ("config", "recorder"): audit.recorder,
    ("cloudwatch", "flow-logs"): _listed,
    ("eventbridge", "deployment-events"): audit.deployment_events,
}
