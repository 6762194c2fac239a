"""The security layer: keys, groups, secrets, certificate, detection."""

from __future__ import annotations

import json
from typing import Any

from planner.export import naming, shared
from planner.export.cloudformation import audit, keys, roles, secrets
from planner.export.cloudformation.arns import other_key
from planner.export.cloudformation.intrinsics import ACCOUNT, Json, att, policy, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.export.parameters import starts_machines
from planner.models.design import Flow, Key, Secret, SecurityGroup
from planner.models.plan import Resource

PASSWORD_LENGTH = 32
DELETION_DAYS = 30
"""Days in which a key that somebody deletes can be brought back."""
REFUSED = "\"@/\\'` "
"""Characters that engines or shells do not take in a password."""
PLAIN_PORT = 80
MANY_NAMES = {"CKV2_AWS_71": "ACM takes ten names in a certificate; there are more components."}
REDIRECT = {"CKV_AWS_260": "The load balancer answers on port 80 with a redirect to HTTPS and nothing else."}
SERVICES = (
    "cloudtrail.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "config.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "events.amazonaws.com",
    "s3.amazonaws.com",
    "sns.amazonaws.com",
)
"""Services that write encrypted records or messages on their own."""


def build(stack: Stack) -> None:
    """Add the security layer of a site."""
    for key in stack.target.site.details.keys:
        _key(stack, key)
    for group in stack.target.site.details.security_groups:
        _group(stack, group)
    for group in stack.target.site.details.security_groups:
        for index, flow in enumerate(group.flows, 1):
            _flow(stack, group, flow, index)
    for secret in stack.target.site.details.secrets:
        _secret(stack, secret)
    roles.add(stack)
    _certificate(stack)
    _detection(stack)
    audit.build(stack)


def _key(stack: Stack, key: Key) -> None:
    if stack.decided(f"{naming.camel(key.name)}KeyArn"):
        return
    resource = stack.target.find("@security", "keys")
    name = f"Key{naming.camel(key.name)}"
    properties: Json = {
        "Description": stack.named(f"{key.name} data at rest"),
        "EnableKeyRotation": True,
        "RotationPeriodInDays": key.rotation_days,
        "PendingWindowInDays": DELETION_DAYS,
        "KeyPolicy": _key_policy(
            fleets=starts_machines(stack.target, key.encrypts), readers=keys.reading_accounts(stack) if key.name == "delivery" else []
        ),
        "Tags": stack.tags(resource),
    }
    stack.add(name, "AWS::KMS::Key", properties, of=resource, keep="Retain")
    stack.add(f"{name}Alias", "AWS::KMS::Alias", {"AliasName": _alias(stack, key), "TargetKeyId": ref(name)})
    stack.give(keys.output_of(key.name), att(name, "Arn"), f"Key for {key.name}.")


def _alias(stack: Stack, key: Key) -> Json:
    stack.prefixed()
    return sub(f"alias/${{Project}}-${{Environment}}-{naming.slug(key.name)}")


def _key_policy(*, fleets: bool, readers: list[Json]) -> Json:
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    account = {
        "Sid": "AccountManages",
        "Effect": "Allow",
        "Principal": {"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    logs = {
        "Sid": "LogsEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": sub("logs.${AWS::Region}.${AWS::URLSuffix}")},
        "Action": use,
        "Resource": "*",
        "Condition": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")}
        },
    }
    services = {
        "Sid": "ServicesOfThisAccountEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": list(SERVICES)},
        "Action": use,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    content = {
        "Sid": "CloudFrontReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringLike": {"aws:SourceArn": sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*")}},
    }
    read = [keys.readable(readers, ["kms:Decrypt", "kms:DescribeKey"], "*")] if readers else []
    return policy(account, logs, services, content, *(_fleets(use) if fleets else ()), *read)


def _fleets(use: list[str]) -> tuple[Json, Json]:
    """Return what lets Auto Scaling start machines whose volumes the key encrypts."""
    role = sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    common: Json = {"Effect": "Allow", "Principal": {"AWS": role}, "Resource": "*"}
    granted: Json = {"Action": "kms:CreateGrant", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
    return {"Sid": "FleetsEncrypt", "Action": use, **common}, {"Sid": "FleetVolumes", **granted, **common}


def group_output(name: str) -> str:
    """Return the output that gives a security group."""
    return f"Group{naming.camel(name)}"


def _group(stack: Stack, group: SecurityGroup) -> None:
    name = group_output(group.name)
    properties: Json = {
        "GroupDescription": f"{group.name}: what dependencies in the plan need and nothing else.",
        "VpcId": stack.imported("network", "VpcId"),
        "Tags": stack.tags(component=group.component, name=naming.slug(group.name)),
    }
    if not any(flow.direction == "out" for flow in group.flows):
        nothing = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32", "Description": "Refuses all."}
        properties["SecurityGroupEgress"] = [nothing]
    stack.add(name, "AWS::EC2::SecurityGroup", properties)
    stack.give(name, att(name, "GroupId"), f"Security group of {group.name}.")


def _flow(stack: Stack, group: SecurityGroup, flow: Flow, index: int) -> None:
    inward = flow.direction == "in"
    properties: Json = {
        "GroupId": att(group_output(group.name), "GroupId"),
        "IpProtocol": flow.protocol,
        "FromPort": flow.port,
        "ToPort": flow.port,
        "Description": naming.tag_value(flow.why)[:255],
        **_peer(stack, flow, inward=inward),
    }
    skip = REDIRECT if inward and flow.peer == "internet" and flow.port == PLAIN_PORT else None
    kind = "AWS::EC2::SecurityGroupIngress" if inward else "AWS::EC2::SecurityGroupEgress"
    stack.add(f"{group_output(group.name)}{'In' if inward else 'Out'}{index}", kind, properties, skip=skip)


def _peer(stack: Stack, flow: Flow, *, inward: bool) -> Json:
    if flow.peer == "internet":
        return {"CidrIp": "0.0.0.0/0"}
    known = {group.name for group in stack.target.site.details.security_groups}
    if flow.peer not in known:
        return {"CidrIp": stack.imported("network", "VpcCidr")}
    peer = att(group_output(flow.peer), "GroupId")
    return {"SourceSecurityGroupId": peer} if inward else {"DestinationSecurityGroupId": peer}


def _secret(stack: Stack, secret: Secret) -> None:
    resource = stack.target.find("@security", "secrets")
    if secret.replica_of is not None or secrets.kept_by_rds(secret):
        return
    name = f"Secret{naming.camel(secret.name)}"
    properties: Json = {
        "Name": stack.named(f"/{naming.slug(secret.name)}"),
        "Description": f"{secret.kind} secret of {secret.component}; the value is made by AWS.",
        "GenerateSecretString": _generated(secret),
        "Tags": stack.tags(resource, component=secret.component),
    }
    properties = keys.with_key(properties, "KmsKeyId", keys.key_of_secret(stack, secret.name))
    if secret.replica_region is not None:
        properties["ReplicaRegions"] = [_replica(stack, secret)]
    stack.add(name, "AWS::SecretsManager::Secret", properties, of=resource, keep="Retain")
    stack.give(secrets.security_output(secret.name), ref(name), f"Secret {secret.name}.")


def _replica(stack: Stack, secret: Secret) -> Json:
    """Return where a secret is copied to, and the key that it is under there."""
    replica: Json = {"Region": stack.value("OtherRegion")}
    twin = stack.target.twin
    key = None if twin is None else next((key for key in twin.site.details.keys if f"secret:{secret.name}" in key.encrypts), None)
    return replica if twin is None or key is None else keys.with_key(replica, "KmsKeyId", other_key(stack, twin, key.name))


def _generated(secret: Secret) -> Json:
    """Return how AWS makes the value; that of a database holds the user too, as rotation wants it."""
    made: Json = {"PasswordLength": PASSWORD_LENGTH, "ExcludeCharacters": REFUSED}
    if secret.kind != "database":
        return made
    return {**made, "GenerateStringKey": "password", "SecretStringTemplate": json.dumps({"username": shared.MASTER_USER})}


def certificate(stack: Stack, title: str, zone: Any, named: list[Resource], of: Resource | None) -> None:
    """Add a certificate for the environment's domain and the names of components below it."""
    domain = stack.value("DomainName")
    below = shared.certified(named)
    others = [sub(f"{name}.${{DomainName}}") for name in below]
    properties: Json = {
        "DomainName": domain,
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": name, "HostedZoneId": zone} for name in (domain, *others)],
        "Tags": stack.tags(stack.target.find("@edge", "certificates"), component="@edge"),
    }
    if others:
        properties["SubjectAlternativeNames"] = others
    skip = MANY_NAMES if shared.WILDCARD in below else None
    stack.add(title, "AWS::CertificateManager::Certificate", properties, of=of, skip=skip)


def _certificate(stack: Stack) -> None:
    resource = stack.target.find("@edge", "certificates")
    if resource is None:
        return
    zone: Any
    if stack.target.role == "primary":
        zone = stack.imported("network", "HostedZoneId")
    else:
        assert stack.target.twin is not None  # noqa: S101 - a recovery site has a primary one
        zone = stack.from_elsewhere("HostedZoneId", "Hosted zone.", stack.target.twin, "network", "HostedZoneId")
    certificate(stack, "Certificate", zone, stack.target.all("alb", "target"), resource)
    stack.give("CertificateArn", ref("Certificate"), "Certificate of the environment's domain.")


def _detection(stack: Stack) -> None:
    detector = stack.target.find("@security", "detector")
    if detector is not None:
        properties: Json = {"Enable": True, "FindingPublishingFrequency": "FIFTEEN_MINUTES", "Tags": stack.tags(detector)}
        properties["Features"] = [{"Name": name, "Status": "DISABLED"} for name in shared.UNPAID_FEATURES]
        stack.add("Detector", "AWS::GuardDuty::Detector", properties, of=detector)
    hub = stack.target.find("@security", "hub")
    if hub is not None:
        properties = {"AutoEnableControls": True, "EnableDefaultStandards": False, "Tags": stack.tag_map(hub)}
        stack.add("SecurityHub", "AWS::SecurityHub::Hub", properties, of=hub)
        for index, name in enumerate(shared.standards(stack.target.document)):
            standard = sub(f"arn:${{AWS::Partition}}:securityhub:${{AWS::Region}}::standards/{name}")
            called = f"SecurityStandard{index + 1 if index else ''}"
            stack.add(called, "AWS::SecurityHub::Standard", {"StandardsArn": standard}, after=["SecurityHub"])
