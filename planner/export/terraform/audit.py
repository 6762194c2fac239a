"""The audit trail: who changed, released and reached what, kept where nobody can rewrite it."""

from __future__ import annotations

from collections.abc import Iterable

from planner.export import naming
from planner.export.hcl import Block, Code, Value
from planner.export.targets import Target
from planner.export.terraform import buckets, roles
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, template
from planner.models.plan import Resource


def own(m: Module) -> Value:
    """Return the condition that only this account's resources may deliver."""
    return {"StringEquals": {"aws:SourceAccount": template(m.account())}}


def access_logs(m: Module, resource: Resource) -> None:
    """Write the bucket of access logs: balancers, distributions, buckets, web ACLs, which ask for this beginning of its name, and flows."""
    name = buckets.bucket(m, resource, versioned="Enabled", owner="BucketOwnerPreferred", begin="aws-waf-logs")
    buckets.expire(m, name, days=m.p("AccessLogRetentionDays"), old_days=1)
    arn = f"${{aws_s3_bucket.{name}.arn}}"
    acl: Value = {"StringEquals": {"aws:SourceAccount": template(m.account()), "s3:x-amz-acl": "bucket-owner-full-control"}}
    statements: list[Value] = [
        buckets.allow("Balancers", "logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", template(f"{arn}/alb/*")),
        buckets.allow("Buckets", "logging.s3.amazonaws.com", "s3:PutObject", template(f"{arn}/s3/*"), own(m)),
        buckets.allow("Delivery", "delivery.logs.amazonaws.com", "s3:PutObject", template(f"{arn}/*"), acl),
        buckets.allow("DeliveryCheck", "delivery.logs.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), template(arn), own(m)),
    ]
    buckets.policy(m, name, statements)
    m.out(f"{name}_domain", ref("aws_s3_bucket", name, "bucket_domain_name"), "Domain name of the access log bucket.")


def trail(m: Module, resource: Resource) -> None:
    """Write the trail; it delivers to the environment's bucket, or to that of the account which audits."""
    name, bucket = label(resource), m.site.target.find("@audit", "trail-bucket")
    made = m.resource("aws_cloudtrail", name, resource, name=template(m.prefix()), s3_bucket_name=_trail_bucket_name(m, bucket))
    made.set(is_multi_region_trail=bool(resource.properties["multi_region"]), include_global_service_events=True, enable_logging=True)
    made.set(enable_log_file_validation=bool(resource.properties["log_validation"]), kms_key_id=m.key(resource))
    made.set(sns_topic_name=_deliveries(m, resource))
    group = m.site.target.find("@audit", "trail-log")
    if group:
        made.set(cloud_watch_logs_group_arn=template(f"${{aws_cloudwatch_log_group.{label(group)}.arn}}:*"))
        made.set(cloud_watch_logs_role_arn=roles.arn(m, "trail"))
    made.set(depends_on=[Code(f"aws_s3_bucket_policy.{label(bucket)}")] if bucket else None)
    _data_events(m, made, resource)
    m.stands(resource, ref("aws_cloudtrail", name, "arn"))


def _deliveries(m: Module, resource: Resource) -> Code:
    """Write the topic that says when a log file was delivered; whoever analyses the trail subscribes to it."""
    name = f"{label(resource)}_deliveries"
    arn = ref("aws_sns_topic", name, "arn")
    m.resource("aws_sns_topic", name, name=m.named("trail"), kms_master_key_id=m.key(resource), tags={"Component": "audit"})
    publish = buckets.allow("Trail", "cloudtrail.amazonaws.com", "sns:Publish", arn, own(m))
    m.resource("aws_sns_topic_policy", name, arn=arn, policy=encoded({"Version": "2012-10-17", "Statement": [publish]}))
    return arn


def _trail_bucket_name(m: Module, bucket: Resource | None) -> Value:
    if bucket:
        return ref("aws_s3_bucket", label(bucket))
    return m.var(
        "audit_bucket_name", "string", "Bucket of the auditing account that takes the trail.", f"{m.site.target.project}-audit-trail"
    )


def trail_bucket(m: Module, bucket: Resource) -> None:
    """Write the bucket of the trail; what lies there cannot be changed or deleted before its time."""
    name = buckets.bucket(m, bucket, versioned="Enabled", lock=True)
    buckets.expire(m, name, days=m.p("AuditRetentionDays"), old_days=1)
    lock = m.resource("aws_s3_bucket_object_lock_configuration", name, bucket=ref("aws_s3_bucket", name))
    mode = str(bucket.properties.get("object_lock", "governance")).upper()
    lock.add("rule").add("default_retention", mode=mode, days=m.p("AuditRetentionDays"))
    arn = f"${{aws_s3_bucket.{name}.arn}}"
    trail_arn = template(f"arn:{m.partition()}:cloudtrail:{m.region()}:{m.account()}:trail/{m.prefix()}")
    source: Value = {"StringEquals": {"aws:SourceArn": trail_arn}}
    statements: list[Value] = [
        buckets.allow("TrailCheck", "cloudtrail.amazonaws.com", "s3:GetBucketAcl", template(arn), source),
        buckets.allow("TrailWrite", "cloudtrail.amazonaws.com", "s3:PutObject", template(f"{arn}/AWSLogs/{m.account()}/*"), source),
    ]
    buckets.policy(m, name, statements)


def log_group(m: Module, resource: Resource, name: Value, tag: str | None = None) -> None:
    """Write a log group of the audit trail."""
    title = tag or label(resource)
    days = m.var(
        "audit_log_retention_days", "number", "Days that logs of the audit trail are kept.", int(str(resource.properties["retention_days"]))
    )
    m.resource("aws_cloudwatch_log_group", title, resource, name=name, retention_in_days=days, kms_key_id=m.key(resource))


def trail_log(m: Module, resource: Resource) -> None:
    """Write the log group in which the trail can be searched and alarmed on."""
    log_group(m, resource, template(f"/aws/cloudtrail/{m.prefix()}"))
    group = ref("aws_cloudwatch_log_group", label(resource), "name")
    for alarm in m.site.details.alarms:
        if alarm.resource == resource.id and alarm.filter:
            name = f"audit_alarms_{snake(alarm.name.removeprefix('audit-'))}"
            made = m.resource("aws_cloudwatch_log_metric_filter", name, name=m.named(alarm.name), log_group_name=group)
            made.set(pattern=alarm.filter)
            made.add("metric_transformation", namespace=alarm.namespace, name=alarm.metric, value="1", unit=alarm.unit)
    m.stands(resource, ref("aws_cloudwatch_log_group", label(resource), "arn"))


def deployment_events(m: Module, resource: Resource) -> None:
    """Keep what CodePipeline, CodeBuild and CodeDeploy say of every release."""
    name, sources = label(resource), resource.properties["sources"]
    log_group(m, resource, template(f"/aws/events/{m.prefix()}-deployments"))
    pattern = encoded({"source": list(sources) if isinstance(sources, list) else []})
    m.resource("aws_cloudwatch_event_rule", name, resource, name=m.named("deployments"), event_pattern=pattern).set(
        description="Every release"
    )
    m.resource(
        "aws_cloudwatch_event_target",
        name,
        rule=ref("aws_cloudwatch_event_rule", name, "name"),
        arn=ref("aws_cloudwatch_log_group", name, "arn"),
    )
    allowed: dict[str, Value] = {
        "Sid": "Events", "Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": template(f"${{aws_cloudwatch_log_group.{name}.arn}}:*"),
        "Condition": own(m),
    }  # fmt: skip
    m.resource("aws_cloudwatch_log_resource_policy", name, policy_name=m.named("deployments")).set(
        policy_document=encoded({"Version": "2012-10-17", "Statement": [allowed]})
    )


def _data_events(m: Module, made: Block, resource: Resource) -> None:
    """Record the reads and writes of the components that the plan names; everything else by management events."""
    recorded = resource.properties["data_events"]
    components = [str(name) for name in recorded] if isinstance(recorded, list) else []
    if not components:
        return
    made.add("advanced_event_selector", name="Management events").add("field_selector", field="eventCategory", equals=["Management"])
    for component in components:
        stores = [r for r in m.site.target.site.resources if r.component == component and r.service in {"s3", "dynamodb"}][:1]
        others = [(other, resource) for other, resource in m.site.target.recorded_elsewhere if resource.component == component]
        arns = [m.arn(store.id) for store in stores] + [_arn_elsewhere(m, other, resource) for other, resource in others]
        objects = stores[0].service == "s3"
        selector = made.add("advanced_event_selector", name=f"Data events of {component}")
        selector.add("field_selector", field="eventCategory", equals=["Data"])
        selector.add("field_selector", field="resources.type", equals=["AWS::S3::Object" if objects else "AWS::DynamoDB::Table"])
        begins = [template(f"{inside(arn)}/") if objects else arn for arn in arns]
        selector.add("field_selector", field="resources.ARN", starts_with=begins)


def _arn_elsewhere(m: Module, other: Target, store: Resource) -> Code:
    """Return the ARN of a store of another environment in the account, by its name."""
    if store.service == "s3":
        return buckets.arn_elsewhere(m, store.id)
    name = f"{other.project}-{naming.slug(other.environment)}-{naming.slug(store.component)}"
    return template(f"arn:{m.partition()}:dynamodb:{m.region()}:{m.account()}:table/{name}")


def history(m: Module, resource: Resource) -> None:
    """Write the bucket of the configuration history; the recorders of both regions deliver to it."""
    name = buckets.bucket(m, resource, versioned="Enabled")
    kept = m.var(
        "configuration_history_days",
        "number",
        "Days that the configuration history is kept.",
        int(str(resource.properties["retention_days"])),
    )
    buckets.expire(m, name, days=kept, old_days=1)
    arn = f"${{aws_s3_bucket.{name}.arn}}"
    statements: list[Value] = [
        buckets.allow("ConfigCheck", "config.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), template(arn), own(m)),
        buckets.allow("ConfigWrite", "config.amazonaws.com", "s3:PutObject", template(f"{arn}/AWSLogs/{m.account()}/Config/*"), own(m)),
    ]
    buckets.policy(m, name, statements)


def recorder(m: Module, resource: Resource) -> None:
    """Write the recorder, where it delivers to, and the managed rules that watch the plan's controls."""
    name = label(resource)
    bucket, key = _delivery(m)
    recording = m.resource("aws_config_configuration_recorder", name, name=template(m.prefix()), role_arn=roles.arn(m, "config") or "")
    recording.add("recording_group", all_supported=True, include_global_resource_types=True)
    m.resource("aws_config_delivery_channel", name, name=template(m.prefix()), s3_bucket_name=bucket, s3_kms_key_arn=key).set(
        depends_on=[Code(f"aws_config_configuration_recorder.{name}")]
    )
    m.resource(
        "aws_config_configuration_recorder_status", name, name=ref("aws_config_configuration_recorder", name, "name"), is_enabled=True
    ).set(depends_on=[Code(f"aws_config_delivery_channel.{name}")])
    listed = resource.properties["rule_names"]
    watched = m.var("config_rules", "list(string)", "AWS Config managed rules.", list(listed) if isinstance(listed, list) else [])
    rules = m.resource("aws_config_config_rule", name, resource, for_each=Code(f"toset({watched.text})"))
    rules.set(
        name=template(f'{m.prefix()}-${{lower(replace(each.value, "_", "-"))}}'),
        depends_on=[Code(f"aws_config_configuration_recorder.{name}")],
    )
    rules.add("source", owner="AWS", source_identifier=Code("each.value"))


def _delivery(m: Module) -> tuple[Value, Value]:
    """Return the bucket of the configuration history and its key; a recovery site delivers to that of the primary."""
    for site in (m.site, m.site.twin):
        resource = site.target.find("@audit", "configuration-history") if site else None
        if site is m.site and resource:
            return ref("aws_s3_bucket", label(resource)), m.key(resource)
        if site and resource:
            key = site.key_of(resource.id)
            return m.take("security", f"{label(resource)}_bucket", site=site), m.take(
                "security", f"key_{key}_arn", site=site
            ) if key else None
    return m.var(
        "configuration_bucket_name", "string", "Bucket that takes the configuration history.", f"{m.site.target.project}-configuration"
    ), None


def database_logs(m: Module, resource: Resource) -> None:
    """Write the log groups that databases export to, so that they are encrypted and kept as long as the audit asks."""
    listed = resource.properties["databases"]
    for component in [str(name) for name in listed] if isinstance(listed, list) else []:
        for title, name in exported(m, component):
            log_group(m, resource, name, f"{label(resource)}_{title}")


def exported(m: Module, component: str) -> Iterable[tuple[str, Value]]:
    """Yield label and name of each log group that a database of the site exports to."""
    from planner.export.terraform.databases import engine_of, identifier  # noqa: PLC0415 - databases write themselves, and this names their logs

    for resource in m.site.target.site.resources:
        if resource.component == component and resource.service in {"rds", "aurora"} and not resource.id.endswith("/backup-copy"):
            kind = "cluster" if resource.service == "aurora" else "instance"
            for log in engine_of(m, resource).logs:
                yield f"{label(resource)}_{log}", template(f"/aws/rds/{kind}/{inside(identifier(m, component))}/{log}")
