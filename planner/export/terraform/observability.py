"""Layer observability: topics, alarms, dashboards and traces as the design of the site states them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming
from planner.export.hcl import Block, Code, Value
from planner.export.layers import ExportError, Layer, layer_of
from planner.export.terraform import healing
from planner.export.terraform.buckets import allow
from planner.export.terraform.module import Module, encoded, label, ref, snake, tags, template
from planner.export.terraform.site import Site
from planner.models.design import Alarm, Dashboard
from planner.models.plan import Resource

COMPARISON = {"above": "GreaterThanThreshold", "below": "LessThanThreshold"}
BASIC = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
NAMED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS/AutoScaling": (("AutoScalingGroupName", "group"),),
    "AWS/EC2": (("AutoScalingGroupName", "group"),),
    "AWS/ECS": (("ClusterName", "=cluster_name"), ("ServiceName", "service")),
    "AWS/Lambda": (("FunctionName", "name"),),
    "AWS/RDS": (("DBInstanceIdentifier", "identifier"),),
    "AWS/Scheduler": (("ScheduleGroup", "schedule_group"),),
    "AWS/SQS": (("QueueName", "name"),),
    "AWS/SNS": (("TopicName", "name"),),
    "AWS/Kinesis": (("StreamName", "name"),),
    "AWS/Firehose": (("DeliveryStreamName", "delivery_stream"),),
    "AWS/ES": (("DomainName", "identifier"),),
    "AWS/DynamoDB": (("TableName", "name"),),
    "AWS/S3": (("BucketName", "bucket"),),
    "AWS/EFS": (("FileSystemId", "id"),),
    "AWS/CloudFront": (("DistributionId", "id"),),
    "AWS/Route53": (("HealthCheckId", "=health_check_ids"),),
    "AWS/NATGateway": (("NatGatewayId", "=nat_gateway_ids"),),
    "AWS/WAFV2": (("WebACL", "=public_web_acl_name"),),
    "AWS/Athena": (("WorkGroup", "name"),),
    "AWS/EMRServerless": (("ApplicationId", "identifier"),),
    "AWS/States": (("StateMachineArn", "arn"),),
    "Glue": (("JobName", "name"),),
}
"""Dimensions that name the resource, and the output that has the value: of the resource, or with `=` of its layer."""
LISTS = frozenset({"health_check_ids", "nat_gateway_ids"})


def write(m: Module) -> None:
    """Write the layer."""
    operator = m.site.target.find("@observability", "operator-alerts")
    for topic in m.site.details.topics:
        _topic(m, topic.severity, topic.region, list(topic.protocols), operator)
    for alarm in m.site.details.alarms:
        _alarm(m, alarm, m.site.target.find(alarm.component, "alarms"))
    boards = m.site.target.find("@observability", "dashboards")
    for dashboard in m.site.details.dashboards:
        _dashboard(m, dashboard, boards)
    traces = m.site.target.find("@observability", "traces")
    if traces:
        _traces(m, traces)
    healing.write(m)


def provider(m: Module, region: str) -> Code | None:
    """Return the alias of the provider in another region, None in the site's own."""
    if region == m.site.target.region:
        return None
    m.aliases.add(snake(region))
    return Code(f"aws.{snake(region)}")


def topic_label(m: Module, severity: str, region: str) -> str:
    """Return the label of a topic."""
    return f"topic_{severity}" if region == m.site.target.region else f"topic_{severity}_{snake(region)}"


def _topic(m: Module, severity: str, region: str, protocols: list[str], operator: Resource | None) -> None:
    name, where = topic_label(m, severity, region), provider(m, region)
    key = m.key(operator) if operator and where is None else None
    made = m.resource("aws_sns_topic", name, provider=where, name=m.named(severity), kms_master_key_id=key or "alias/aws/sns")
    made.set(tags=tags(operator) if operator else {"Component": "observability"})
    own: Value = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
    arn = ref("aws_sns_topic", name, "arn")
    statements: list[Value] = [
        allow(sid, service, "sns:Publish", arn, own)
        for sid, service in (("Alarms", "cloudwatch.amazonaws.com"), ("Events", "events.amazonaws.com"))
    ]
    m.resource("aws_sns_topic_policy", name, provider=where, arn=arn, policy=encoded({"Version": "2012-10-17", "Statement": statements}))
    if "email" in protocols:
        m.resource(
            "aws_sns_topic_subscription", f"{name}_email", provider=where, topic_arn=arn, protocol="email", endpoint=m.p("AlertEmail")
        )
    if "http" in protocols:
        m.resource("aws_sns_topic_subscription", f"{name}_https", provider=where, topic_arn=arn, protocol="https", endpoint=m.p("AlertUrl"))
    m.out(f"{name}_arn", arn, f"Topic of alarms of severity {severity}.")


def _alarm(m: Module, alarm: Alarm, stands_for: Resource | None) -> None:
    name = snake(alarm.name)
    made = m.resource("aws_cloudwatch_metric_alarm", name, provider=provider(m, alarm.region), alarm_name=m.named(naming.slug(alarm.name)))
    made.set(
        alarm_description=f"{alarm.signal.capitalize()} of {alarm.component}; from {alarm.basis}",
        comparison_operator=COMPARISON[alarm.comparison],
    )
    made.set(evaluation_periods=alarm.periods, threshold=_threshold(m, alarm), treat_missing_data="notBreaching")
    dimensions = {**_dimensions(m, alarm), **alarm.dimensions}
    if alarm.ratio_of:
        _ratio(made, alarm, dimensions)
    else:
        made.set(namespace=alarm.namespace, metric_name=alarm.metric, period=alarm.period_seconds, dimensions=dimensions)
        made.set(**{"statistic" if alarm.statistic in BASIC else "extended_statistic": alarm.statistic})
    if any(topic.severity == alarm.severity and topic.region == alarm.region for topic in m.site.details.topics):
        arn = ref("aws_sns_topic", topic_label(m, alarm.severity, alarm.region), "arn")
        made.set(alarm_actions=[arn, *_started(m, alarm)], ok_actions=[arn])
    elif started := _started(m, alarm):
        made.set(alarm_actions=started)
    if stands_for:
        made.set(tags={**tags(stands_for), "Component": alarm.component.removeprefix("@"), "Severity": alarm.severity})
    m.out(f"alarm_{name}", ref("aws_cloudwatch_metric_alarm", name, "alarm_name"), f"Alarm {alarm.name}.")


def _started(m: Module, alarm: Alarm) -> list[Code]:
    """Return the scaling policies that an alarm starts."""
    return [m.take("compute", f"{snake(item.name)}_policy_arn") for item in m.site.details.scaling if item.alarm == alarm.name]


def _threshold(m: Module, alarm: Alarm) -> Code:
    value = Code(alarm.threshold)
    return m.var(
        f"{snake(alarm.name)}_threshold", "number", f"{alarm.name}: {alarm.unit.lower()} at which it fires, {alarm.comparison} it.", value
    )


def _ratio(made: Block, alarm: Alarm, dimensions: dict[str, Value]) -> None:
    """Write an alarm on one metric in percent of another."""
    made.add(
        "metric_query",
        id="percent",
        expression="100 * part / whole",
        label=f"{alarm.metric} in percent of {alarm.ratio_of}",
        return_data=True,
    )
    for identifier, metric in (("part", alarm.metric), ("whole", alarm.ratio_of)):
        query = made.add("metric_query", id=identifier)
        query.add(
            "metric",
            namespace=alarm.namespace,
            metric_name=metric,
            period=alarm.period_seconds,
            stat=alarm.statistic,
            dimensions=dimensions,
        )


def _dimensions(m: Module, alarm: Alarm) -> dict[str, Value]:
    """Return the dimensions that name what an alarm watches.

    Raises:
        ExportError: no export knows the dimensions of such metrics.
    """
    site, resource = m.site.locate(alarm.resource)
    layer = layer_of(resource)
    special = SPECIAL.get((alarm.namespace, resource.service, resource.id.rsplit("/", 1)[-1])) or SPECIAL.get((alarm.namespace, "", ""))
    if special:
        return special(m, site, resource)
    if alarm.namespace not in NAMED:
        raise ExportError(f"{alarm.resource}: exports do not know the dimensions of {alarm.namespace}, which alarm {alarm.name} watches")
    found: dict[str, Value] = {}
    for dimension, output in NAMED[alarm.namespace]:
        found[dimension] = _value(m, alarm, layer or "data", output if output.startswith("=") else f"{label(resource)}_{output}")
    return found


def _value(m: Module, alarm: Alarm, layer: Layer, output: str) -> Code:
    site, _ = m.site.locate(alarm.resource)
    name = output.removeprefix("=")
    if alarm.of == "dead letters":
        name = name.removesuffix("_name") + "_dead_name"
    if alarm.of == "delivery stream":
        name = f"{snake(m.site.locate(alarm.resource)[1].component)}_delivery_stream"
    if name not in LISTS:
        return m.take(layer, name, site=site)
    last = alarm.name.rsplit("-", 1)[-1]
    index = int(last) - 1 if last.isdigit() else 0
    return Code(f"element({m.take(layer, name, 'list(string)', site=site).text}, {index})")


def _balancer(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    """Return load balancer and, for a component, its targets, as CloudWatch calls them."""
    if resource.component == "@network":
        return {"LoadBalancer": m.take("compute", f"{label(resource)}_suffix", site=site)}
    balancer = "public" if resource.properties["public"] else "internal"
    return {"LoadBalancer": m.take("compute", f"network_{balancer}_suffix"), "TargetGroup": m.take("compute", f"{label(resource)}_suffix")}


def _cluster(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    return {"DBClusterIdentifier": m.take(layer_of(resource) or "data", f"{label(resource)}_identifier", site=site)}


def _nodes(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    name = "CacheClusterId" if resource.properties["engine"] == "memcached" else "ReplicationGroupId"
    return {name: m.take("data", f"{label(resource)}_identifier", site=site)}


def _certificate(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    """Return the certificate that a distribution or a load balancer shows."""
    if resource.service == "cloudfront":
        return {"CertificateArn": m.take("edge", "distribution_certificate_arn", site=site)}
    return {"CertificateArn": m.take("security", "certificate_arn", site=site)}


def _copied_bucket(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    """Return the dimensions of a replication: from the other site's bucket to this one."""
    twin = site.twin
    source = twin.target.find(resource.component, "bucket", "site") if twin else None
    if source is None or twin is None:
        raise ExportError(f"{resource.id} is a copy of a bucket that the other site does not have")
    origin = m.take("data", f"{label(source)}_bucket", site=twin)
    return {"SourceBucket": origin, "DestinationBucket": m.take("data", f"{label(resource)}_bucket", site=site), "RuleId": "all"}


def _copied_table(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    twin = site.twin
    source = twin.target.find(resource.component, "table") if twin else None
    if source is None or twin is None:
        raise ExportError(f"{resource.id} is a copy of a table that the other site does not have")
    region = m.var("receiving_region", "string", "Region whose replicas are watched.", site.target.region)
    return {"TableName": m.take("data", f"{label(source)}_name", site=twin), "ReceivingRegion": region}


def _copied_files(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    twin = site.twin
    source = twin.target.find(resource.component, "file-system") if twin else None
    if source is None or twin is None:
        raise ExportError(f"{resource.id} is a copy of a file system that the other site does not have")
    copy = m.take("data", f"{label(resource)}_id", site=site)
    return {"FileSystemId": m.take("data", f"{label(source)}_id", site=twin), "DestinationFileSystemId": copy}


def _build_server(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    del resource
    return {"AutoScalingGroupName": m.take("delivery", "jenkins_group", site=site)}


def _build_task(m: Module, site: Site, resource: Resource) -> dict[str, Value]:
    del resource
    cluster = m.take("delivery", "jenkins_cluster", site=site)
    return {"ClusterName": cluster, "ServiceName": m.take("delivery", "jenkins_service", site=site)}


SPECIAL: Mapping[tuple[str, str, str], Callable[[Module, Site, Resource], dict[str, Value]]] = {
    ("AWS/ApplicationELB", "", ""): _balancer,
    ("AWS/EC2", "ec2", "jenkins"): _build_server,
    ("AWS/AutoScaling", "ec2", "jenkins"): _build_server,
    ("AWS/ECS", "fargate", "jenkins-task"): _build_task,
    ("AWS/RDS", "aurora", "cluster"): _cluster,
    ("AWS/RDS", "aurora", "replica"): _cluster,
    ("AWS/ElastiCache", "", ""): _nodes,
    ("AWS/S3", "s3", "replica"): _copied_bucket,
    ("AWS/DynamoDB", "dynamodb", "replica"): _copied_table,
    ("AWS/EFS", "efs", "replica"): _copied_files,
    ("AWS/CertificateManager", "", ""): _certificate,
    ("AWS/Backup", "", ""): lambda _m, _site, _resource: {},
    ("Trail", "", ""): lambda _m, _site, _resource: {},
}
"""Where dimensions are more than an output of the resource, by namespace, service and part; without both: of every one."""


def _dashboard(m: Module, dashboard: Dashboard, stands_for: Resource | None) -> None:
    """Write a dashboard; its graphs search the metrics of a component by the environment's names."""
    del stands_for
    widgets: list[Value] = []
    for number, widget in enumerate(dashboard.widgets):
        metrics: list[Value] = []
        for listed, path in enumerate(widget.metrics):
            namespace, _, metric = path.rpartition("/")
            search = f"SEARCH('Namespace=\\\"{namespace}\\\" MetricName=\\\"{metric}\\\" {m.prefix()}', 'Average', 300)"
            metrics.append([{"expression": template(search), "id": f"e{listed}"}])
        properties: dict[str, Value] = {"title": widget.component, "region": template(m.region()), "metrics": metrics, "view": "timeSeries"}
        place = {"x": 12 * (number % 2), "y": 6 * (number // 2), "width": 12, "height": 6}
        widgets.append({"type": "metric", **place, "properties": properties})
    m.resource(
        "aws_cloudwatch_dashboard", f"observability_dashboards_{snake(dashboard.name)}", dashboard_name=m.named(naming.slug(dashboard.name))
    ).set(dashboard_body=encoded({"widgets": widgets}))


def _traces(m: Module, resource: Resource) -> None:
    share = next((a.value for a in m.site.target.plan.assumptions if a.id == "trace_sample"), "0.05")
    rate = m.var("trace_share", "number", "Share of requests that are traced.", Code(share))
    m.resource("aws_xray_sampling_rule", label(resource), resource, rule_name=m.short("balancer", "traces"), priority=1000, version=1).set(
        reservoir_size=1, fixed_rate=rate, url_path="*", host="*", http_method="*", service_type="*", service_name="*", resource_arn="*"
    )
