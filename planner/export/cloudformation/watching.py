"""What an alarm's metric is about: the dimensions that name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.export import naming
from planner.export.cloudformation.arns import bucket_parameter, given
from planner.export.cloudformation.intrinsics import ACCOUNT, Json, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Kind, kind_of
from planner.models.design import Alarm
from planner.models.plan import Resource

Dimensions = Callable[[Stack, Resource, Alarm], Json]


def _data(dimension: str, suffix: str) -> Dimensions:
    return lambda stack, resource, _: {dimension: given(stack, resource, suffix)}


def _compute(dimension: str, suffix: str) -> Dimensions:
    return lambda stack, resource, _: {dimension: stack.imported("compute", naming.camel(resource.component) + suffix)}


def _certificate(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del resource, alarm
    return {"CertificateArn": stack.imported("security", "CertificateArn")}


def _gateway(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del resource
    number = alarm.name.rpartition("-")[2]
    return {"NatGatewayId": stack.imported("network", f"NatGateway{number if number.isdigit() else 1}Id")}


def _balancer(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    name = "PublicBalancer" if resource.id.endswith("/public") else "InternalBalancer"
    return {"LoadBalancer": stack.imported("compute", f"{name}FullName")}


def _target(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    name = "PublicBalancer" if resource.properties.get("public") is True else "InternalBalancer"
    group = stack.imported("compute", f"{naming.camel(resource.component)}TargetsFullName")
    return {"TargetGroup": group, "LoadBalancer": stack.imported("compute", f"{name}FullName")}


def _queue(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    return {"QueueName": given(stack, resource, "AsideName" if alarm.of == "dead letters" else "Name")}


def _domain(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    return {"DomainName": given(stack, resource, "Name"), "ClientId": ACCOUNT}


def _node(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    return {"CacheClusterId": sub("${Id}-0001-001", {"Id": given(stack, resource, "Id")})}


def _tasks(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    service = stack.imported("compute", f"{naming.camel(resource.component)}ServiceName")
    return {"ClusterName": stack.imported("compute", "ClusterName"), "ServiceName": service}


def _distribution(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    return {"DistributionId": stack.imported("edge", f"{naming.camel(resource.component)}DistributionId")}


def _check(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del resource
    number = alarm.name.rpartition("-")[2]
    return {"HealthCheckId": stack.imported("edge", f"HealthCheck{number if number.isdigit() else 1}Id")}


def _copied_bucket(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    parameter = bucket_parameter(resource)
    stack.value(parameter)
    stack.value("OtherRegion")
    there = sub(f"${{{parameter}}}-${{AWS::AccountId}}-${{OtherRegion}}")
    here = sub(f"${{{parameter}}}-${{AWS::AccountId}}-${{AWS::Region}}")
    return {"SourceBucket": there, "DestinationBucket": here, "RuleId": "other-region"}


def _schedule(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del stack, resource, alarm
    return {"ScheduleGroup": "default"}


def _file_copy(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    twin = stack.target.twin
    assert twin is not None  # noqa: S101 - a copy has a source
    name = naming.camel(resource.component)
    source = stack.from_elsewhere(f"{name}Source", "File system that is copied.", twin, "data", f"{name}Id")
    return {"FileSystemId": source, "DestinationFileSystemId": given(stack, resource, "Id")}


def _table_copy(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del alarm
    return {"TableName": stack.named(naming.slug(resource.component)), "ReceivingRegion": stack.target.region}


def _server(stack: Stack, resource: Resource, alarm: Alarm) -> Json:
    del stack, alarm
    if resource.service == "ec2":
        return {"AutoScalingGroupName": ref("JenkinsGroup")}
    return {"ClusterName": ref("JenkinsCluster"), "ServiceName": att("JenkinsService", "Name")}


BY_KIND: Mapping[tuple[str, Kind], Dimensions] = {
    ("AWS/RDS", ("rds", "database")): _data("DBInstanceIdentifier", "Id"),
    ("AWS/RDS", ("rds", "replica")): _data("DBInstanceIdentifier", "Id"),
    ("AWS/RDS", ("aurora", "cluster")): _data("DBClusterIdentifier", "Id"),
    ("AWS/RDS", ("aurora", "replica")): _data("DBClusterIdentifier", "Id"),
    ("AWS/CertificateManager", ("acm", "certificates")): _certificate,
    ("AWS/NATGateway", ("nat_gateway", "gateways")): _gateway,
    ("AWS/ApplicationELB", ("alb", "public")): _balancer,
    ("AWS/ApplicationELB", ("alb", "internal")): _balancer,
    ("AWS/ApplicationELB", ("alb", "target")): _target,
    ("AWS/Lambda", ("lambda", "function")): _compute("FunctionName", "FunctionName"),
    ("AWS/Lambda", ("lambda", "job")): _compute("FunctionName", "FunctionName"),
    ("AWS/Lambda", ("lambda", "step")): _compute("FunctionName", "FunctionName"),
    ("AWS/EC2", ("ec2", "instances")): _compute("AutoScalingGroupName", "GroupName"),
    ("AWS/EC2", ("ec2", "jenkins")): _server,
    ("AWS/AutoScaling", ("ec2", "jenkins")): _server,
    ("AWS/ECS", ("fargate", "jenkins-task")): _server,
    ("AWS/AutoScaling", ("ec2", "instances")): _compute("AutoScalingGroupName", "GroupName"),
    ("AWS/SQS", ("sqs", "queue")): _queue,
    ("AWS/CloudFront", ("cloudfront", "distribution")): _distribution,
    ("AWS/ES", ("opensearch", "domain")): _domain,
    ("AWS/ES", ("opensearch", "replica")): _domain,
    ("AWS/ElastiCache", ("elasticache", "nodes")): _node,
    ("AWS/ElastiCache", ("elasticache", "replica")): _node,
    ("AWS/ECS", ("fargate", "tasks")): _tasks,
    ("AWS/Route53", ("route53", "health-checks")): _check,
    ("AWS/S3", ("s3", "replica")): _copied_bucket,
    ("AWS/Events", ("fargate", "job")): _schedule,
    ("AWS/Scheduler", ("fargate", "job")): _schedule,
    ("AWS/Scheduler", ("lambda", "job")): _schedule,
    ("AWS/EFS", ("efs", "file-system")): _data("FileSystemId", "Id"),
    ("AWS/EFS", ("efs", "replica")): _file_copy,
    ("AWS/DynamoDB", ("dynamodb", "table")): _data("TableName", "Name"),
    ("AWS/DynamoDB", ("dynamodb", "replica")): _table_copy,
    ("AWS/SNS", ("sns", "topic")): _data("TopicName", "Name"),
    ("AWS/SNS", ("sns", "alerts")): _data("TopicName", "AlertsName"),
    ("AWS/Kinesis", ("kinesis", "stream")): _data("StreamName", "Name"),
    ("AWS/States", ("step_functions", "workflow")): _compute("StateMachineArn", "WorkflowArn"),
    ("AWS/Firehose", ("athena", "workgroup")): _data("DeliveryStreamName", "DeliveryName"),
    ("AWS/Firehose", ("emr", "application")): _data("DeliveryStreamName", "DeliveryName"),
    ("AWS/Firehose", ("emr", "job-cluster")): _compute("DeliveryStreamName", "DeliveryName"),
    ("AWS/Firehose", ("opensearch", "domain")): _data("DeliveryStreamName", "DeliveryName"),
    ("AWS/Firehose", ("firehose", "delivery-stream")): _compute("DeliveryStreamName", "DeliveryName"),
    ("Glue", ("glue", "etl")): _compute("JobName", "JobName"),
}


def dimensions(stack: Stack, alarm: Alarm) -> list[dict[str, Any]]:
    """Return the dimensions of an alarm's metric; none where nothing but the metric's name is known."""
    resource = next((r for r in stack.target.site.resources if r.id == alarm.resource), None)
    maker = None if resource is None else BY_KIND.get((alarm.namespace, kind_of(resource)))
    found = {} if maker is None or resource is None else maker(stack, resource, alarm)
    return [{"Name": name, "Value": value} for name, value in {**found, **alarm.dimensions}.items()]
