"""Queues, topics and streams."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.cloudformation import keys
from planner.export.cloudformation.intrinsics import Json, att, ref
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.stores import kept
from planner.models.plan import Resource

TRIES = 5
"""Receipts after which a message goes aside, so that one bad message never blocks the rest."""
ASIDE_SECONDS = 14 * 24 * 3600
"""The longest that SQS keeps a message."""


def queue(stack: Stack, resource: Resource) -> None:
    """Add a queue, with another for messages that nobody could handle."""
    name = naming.camel(resource.component)
    common: Json = {"MessageRetentionPeriod": ASIDE_SECONDS, "Tags": stack.tags(resource)}
    key = keys.key_of(stack, resource)
    common |= {"SqsManagedSseEnabled": True} if key is None else {"KmsMasterKeyId": key}
    if resource.type == "fifo":
        common["FifoQueue"] = True
    keep = kept(stack, resource.component)
    stack.add(f"{name}Aside", "AWS::SQS::Queue", common, of=resource, keep=keep)
    redrive = {"deadLetterTargetArn": att(f"{name}Aside", "Arn"), "maxReceiveCount": TRIES}
    more: Json = {"VisibilityTimeout": shared.VISIBILITY_SECONDS}
    if resource.type == "fifo":
        more["ContentBasedDeduplication"] = True
    stack.add(name, "AWS::SQS::Queue", {**common, **more, "RedrivePolicy": redrive}, of=resource, keep=keep)
    for queue_name in (name, f"{name}Aside"):
        plain: Json = {"Sid": "RefusePlainConnections", "Effect": "Deny", "Principal": "*", "Action": "sqs:*"}
        plain |= {"Resource": att(queue_name, "Arn"), "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        policy: Json = {"Queues": [ref(queue_name)], "PolicyDocument": {"Version": "2012-10-17", "Statement": [plain]}}
        stack.add(f"{queue_name}Policy", "AWS::SQS::QueuePolicy", policy)
    stack.give(f"{name}AsideName", att(f"{name}Aside", "QueueName"), f"Queue of what {resource.component} could not deliver, for alarms.")
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")
    stack.give(f"{name}Url", ref(name), f"Address of {resource.component}.")
    stack.give(f"{name}Name", att(name, "QueueName"), f"Name of {resource.component}, for alarms.")


def topic(stack: Stack, resource: Resource) -> None:
    """Add a topic."""
    part = resource.id.rsplit("/", 1)[-1]
    name = naming.camel(resource.component) + ("Alerts" if part == "alerts" else "")
    properties: Json = {"KmsMasterKeyId": keys.key_of(stack, resource) or "alias/aws/sns", "Tags": stack.tags(resource)}
    stack.add(name, "AWS::SNS::Topic", properties, of=resource)
    stack.give(f"{name}Arn", ref(name), f"ARN of {resource.component}.")
    stack.give(f"{name}Name", att(name, "TopicName"), f"Name of {resource.component}, for alarms.")


def stream(stack: Stack, resource: Resource) -> None:
    """Add a stream."""
    name = naming.camel(resource.component)
    fixed = resource.type == "provisioned"
    properties: Json = {
        "RetentionPeriodHours": stack.of(resource, "RetentionHours"),
        "StreamModeDetails": {"StreamMode": "PROVISIONED" if fixed else "ON_DEMAND"},
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": keys.key_of(stack, resource) or "alias/aws/kinesis"},
        "Tags": stack.tags(resource),
    }
    if fixed:
        properties["ShardCount"] = stack.of(resource, "Shards")
    stack.add(name, "AWS::Kinesis::Stream", properties, of=resource, keep=kept(stack, resource.component))
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")
    stack.give(f"{name}Name", ref(name), f"Name of {resource.component}.")
