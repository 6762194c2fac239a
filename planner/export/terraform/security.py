"""Layer security: keys, secrets, certificates, threat detection, and the audit trail with its buckets."""

from __future__ import annotations

from planner.export.hcl import Code, Value
from planner.export.terraform import buckets, keys
from planner.export.terraform.module import Module, inside, label, ref, template
from planner.models.plan import Resource

STANDARDS = {"cis_aws": "cis-aws-foundations-benchmark/v/3.0.0", "pci_dss_4": "pci-dss/v/4.0.1", "nist_800_53_r5": "nist-800-53/v/5.0.0"}
BEST_PRACTICES = "aws-foundational-security-best-practices/v/1.0.0"


def write(m: Module) -> None:
    """Write the layer."""
    target = m.site.target
    keys.write_keys(m)
    keys.write_secrets(m)
    for part, writer in {
        "certificates": certificate,
        "detector": _detector,
        "hub": _hub,
        "scanning": _scanning,
        "access-logs": _access_logs,
    }.items():
        found = next((r for r in m.site.target.of_layer("security") if r.id.endswith(f"/{part}")), None)
        if found:
            writer(m, found)
    trail = target.find("@audit", "trail")
    if trail:
        _trail(m, trail)
    recorder = target.find("@audit", "recorder")
    if recorder:
        _recorder(m, recorder)
    flows = target.find("@audit", "flow-logs")
    if flows:
        _flow_logs(m, flows)


def certificate(m: Module, resource: Resource) -> None:
    """Write the certificate of the environment's domain and prove it by DNS."""
    name = label(resource)
    domain = m.p("DomainName")
    m.resource("aws_acm_certificate", name, resource, domain_name=domain, validation_method="DNS").set(
        subject_alternative_names=[template(f"*.{inside(domain)}")]
    ).add("lifecycle", create_before_destroy=True)
    m.out("certificate_arn", proven(m, name), "Certificate.")


def proven(m: Module, name: str, provider: Code | None = None) -> Code:
    """Prove a certificate by DNS and return its ARN; the domain and its wildcard share one record."""
    zone = zone_id(m)
    if zone is None:
        return ref("aws_acm_certificate", name, "arn")
    option = f"tolist(aws_acm_certificate.{name}.domain_validation_options)[0]"
    m.resource("aws_route53_record", name, zone_id=zone, allow_overwrite=True, ttl=300).set(
        name=Code(f"{option}.resource_record_name"),
        type=Code(f"{option}.resource_record_type"),
        records=[Code(f"{option}.resource_record_value")],
    )
    m.resource("aws_acm_certificate_validation", name, provider=provider, certificate_arn=ref("aws_acm_certificate", name, "arn")).set(
        validation_record_fqdns=[ref("aws_route53_record", name, "fqdn")]
    )
    return ref("aws_acm_certificate_validation", name, "certificate_arn")


def zone_id(m: Module) -> Code | None:
    """Return the hosted zone of the environment, which the primary site makes."""
    for site in (m.site, m.site.twin):
        if site and site.target.has("route53", "zone"):
            return m.take("network", "zone_id", site=site)
    return None


def _detector(m: Module, resource: Resource) -> None:
    m.resource("aws_guardduty_detector", label(resource), resource, enable=True, finding_publishing_frequency="FIFTEEN_MINUTES")
    m.resource(
        "aws_guardduty_detector_feature", label(resource), detector_id=ref("aws_guardduty_detector", label(resource)), name="S3_DATA_EVENTS"
    ).set(status="DISABLED")


def _hub(m: Module, resource: Resource) -> None:
    """Switch Security Hub on with AWS's own standard and those of the document's frameworks that it knows."""
    m.resource("aws_securityhub_account", label(resource), enable_default_standards=False, auto_enable_controls=True)
    names = [BEST_PRACTICES, *(STANDARDS[f] for f in m.site.target.document.security.frameworks if f in STANDARDS)]
    standards = m.var("security_standards", "list(string)", "Standards that Security Hub checks.", list(dict.fromkeys(names)))
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


def _access_logs(m: Module, resource: Resource) -> None:
    """Write the bucket that takes the access logs of balancers, distributions and buckets, and the flow logs."""
    name = buckets.bucket(m, resource, versioned="Enabled", owner="BucketOwnerPreferred")
    buckets.expire(m, name, days=m.p("AccessLogRetentionDays"), old_days=m.p("AccessLogRetentionDays"))
    arn = f"${{aws_s3_bucket.{name}.arn}}"
    own: Value = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
    acl: Value = {"StringEquals": {"aws:SourceAccount": template(m.account()), "s3:x-amz-acl": "bucket-owner-full-control"}}
    statements: list[Value] = [
        buckets.allow("Balancers", "logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", template(f"{arn}/alb/*")),
        buckets.allow("Buckets", "logging.s3.amazonaws.com", "s3:PutObject", template(f"{arn}/s3/*"), own),
        buckets.allow("Delivery", "delivery.logs.amazonaws.com", "s3:PutObject", template(f"{arn}/*"), acl),
        buckets.allow("DeliveryCheck", "delivery.logs.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), template(arn), own),
    ]
    buckets.policy(m, name, statements)
    m.out(f"{name}_domain", ref("aws_s3_bucket", name, "bucket_domain_name"), "Domain name of the access log bucket.")


def _trail(m: Module, resource: Resource) -> None:
    """Write the trail, its bucket and, where the plan has it, its log group."""
    name, bucket = label(resource), m.site.target.find("@audit", "trail-bucket")
    group = m.site.target.find("@audit", "trail-log")
    if bucket:
        _trail_bucket(m, bucket, name)
    if group:
        _trail_log(m, group)
    made = m.resource(
        "aws_cloudtrail", name, resource, name=template(m.prefix()), s3_bucket_name=ref("aws_s3_bucket", label(bucket)) if bucket else None
    )
    made.set(is_multi_region_trail=bool(resource.properties["multi_region"]), include_global_service_events=True, enable_logging=True)
    made.set(enable_log_file_validation=bool(resource.properties["log_validation"]), kms_key_id=m.key(bucket or resource))
    if group:
        made.set(
            cloud_watch_logs_group_arn=template(f"${{aws_cloudwatch_log_group.{label(group)}.arn}}:*"),
            cloud_watch_logs_role_arn=_role(m, "trail"),
        )
    made.set(depends_on=[Code(f"aws_s3_bucket_policy.{label(bucket)}")] if bucket else None)
    _data_events(m, made, resource)
    m.stands(resource, ref("aws_cloudtrail", name, "arn"))


def _role(m: Module, name: str) -> Code | None:
    from planner.export.terraform import roles  # noqa: PLC0415 - roles name resources of every layer

    return roles.arn(m, name)


def _trail_log(m: Module, group: Resource) -> None:
    m.resource("aws_cloudwatch_log_group", label(group), group, name=template(f"/aws/cloudtrail/{m.prefix()}")).set(
        retention_in_days=m.p("TrailLogRetentionDays")
        if "TrailLogRetentionDays" in m.site.parameters
        else int(str(group.properties["retention_days"])),
        kms_key_id=m.key(group),
    )
    m.stands(group, ref("aws_cloudwatch_log_group", label(group), "arn"))


def _trail_bucket(m: Module, bucket: Resource, trail: str) -> None:
    del trail
    name = buckets.bucket(m, bucket, versioned="Enabled", lock=True)
    buckets.expire(m, name, days=m.p("AuditRetentionDays"), old_days=m.p("AuditRetentionDays"))
    lock = m.resource("aws_s3_bucket_object_lock_configuration", name, bucket=ref("aws_s3_bucket", name))
    lock.add("rule").add("default_retention", mode="GOVERNANCE", days=m.p("AuditRetentionDays"))
    arn = f"${{aws_s3_bucket.{name}.arn}}"
    source: Value = {
        "StringEquals": {"aws:SourceArn": template(f"arn:{m.partition()}:cloudtrail:{m.region()}:{m.account()}:trail/{m.prefix()}")}
    }
    own: Value = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
    statements: list[Value] = [
        buckets.allow("TrailCheck", "cloudtrail.amazonaws.com", "s3:GetBucketAcl", template(arn), source),
        buckets.allow("TrailWrite", "cloudtrail.amazonaws.com", "s3:PutObject", template(f"{arn}/AWSLogs/{m.account()}/*"), source),
    ]
    if m.site.target.has("config", "recorder") and not m.site.target.find("@audit", "configuration-history"):
        statements += [
            buckets.allow("ConfigCheck", "config.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), template(arn), own),
            buckets.allow("ConfigWrite", "config.amazonaws.com", "s3:PutObject", template(f"{arn}/AWSLogs/{m.account()}/Config/*"), own),
        ]
    buckets.policy(m, name, statements)


def _data_events(m: Module, trail: object, resource: Resource) -> None:
    """Record the reads and writes of the components that the plan names; everything else by management events."""
    recorded = resource.properties["data_events"]
    components = [str(name) for name in recorded] if isinstance(recorded, list) else []
    if not components or not hasattr(trail, "add"):
        return
    management = trail.add("advanced_event_selector", name="Management events")
    management.add("field_selector", field="eventCategory", equals=["Management"])
    for component in components:
        store = next(r for r in m.site.target.site.resources if r.component == component and r.service in {"s3", "dynamodb"})
        kind = "AWS::S3::Object" if store.service == "s3" else "AWS::DynamoDB::Table"
        arn = m.arn(store.id) if store.id.rsplit("/", 1)[-1] != "replica" or store.service == "s3" else None
        selector = trail.add("advanced_event_selector", name=f"Data events of {component}")
        selector.add("field_selector", field="eventCategory", equals=["Data"])
        selector.add("field_selector", field="resources.type", equals=[kind])
        if arn:
            selector.add(
                "field_selector", field="resources.ARN", starts_with=[template(f"{inside(arn)}/") if store.service == "s3" else arn]
            )


def _recorder(m: Module, resource: Resource) -> None:
    """Write the recorder, where it delivers to, and the managed rules that watch the plan's controls."""
    name, target = label(resource), m.site.target
    history = target.find("@audit", "configuration-history")
    if history:
        made = buckets.bucket(m, history, versioned="Enabled")
        buckets.expire(m, made, days=m.p("AuditRetentionDays") if "AuditRetentionDays" in m.site.parameters else 365)
        own: Value = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
        arn = f"${{aws_s3_bucket.{made}.arn}}"
        buckets.policy(m, made, [
            buckets.allow("ConfigCheck", "config.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), template(arn), own),
            buckets.allow("ConfigWrite", "config.amazonaws.com", "s3:PutObject", template(f"{arn}/AWSLogs/{m.account()}/Config/*"), own),
        ])  # fmt: skip
    bucket = history or target.find("@audit", "trail-bucket")
    role = _role(m, "config") or template(
        f"arn:{m.partition()}:iam::{m.account()}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    )
    recorder = m.resource("aws_config_configuration_recorder", name, name=template(m.prefix()), role_arn=role)
    recorder.add("recording_group", all_supported=True, include_global_resource_types=not m.site.recovery)
    m.resource(
        "aws_config_delivery_channel",
        name,
        name=template(m.prefix()),
        s3_bucket_name=ref("aws_s3_bucket", label(bucket)) if bucket else None,
    ).set(depends_on=[Code(f"aws_config_configuration_recorder.{name}")])
    m.resource(
        "aws_config_configuration_recorder_status", name, name=ref("aws_config_configuration_recorder", name, "name"), is_enabled=True
    ).set(depends_on=[Code(f"aws_config_delivery_channel.{name}")])
    rules = sorted({rule for control in target.plan.controls for rule in control.config_rules})
    watched = m.var("config_rules", "list(string)", "AWS Config managed rules.", rules)
    made_rules = m.resource(
        "aws_config_config_rule",
        name,
        for_each=Code(f"toset({watched.text})"),
        name=template(f'{m.prefix()}-${{lower(replace(each.value, "_", "-"))}}'),
    )
    made_rules.set(depends_on=[Code(f"aws_config_configuration_recorder.{name}")])
    made_rules.add("source", owner="AWS", source_identifier=Code('upper(replace(each.value, "-", "_"))'))


def _flow_logs(m: Module, resource: Resource) -> None:
    logs = m.site.target.find("@audit", "access-logs")
    m.resource(
        "aws_flow_log", label(resource), resource, vpc_id=m.take("network", "vpc_id"), traffic_type=str(resource.properties["traffic"])
    ).set(
        log_destination_type="s3",
        log_destination=template(f"${{aws_s3_bucket.{label(logs)}.arn}}/flow/") if logs else None,
        max_aggregation_interval=600,
    ).add("destination_options", file_format="parquet", hive_compatible_partitions=False, per_hour_partition=False)
