"""What the Security Office asks for: frameworks, data classes, audit, encryption, threats."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.models.base import Model, Name, Text
from planner.models.components import DataClass
from planner.models.quantities import Count, Flag, Seconds

Framework = Literal["pci_dss_4", "hipaa", "soc2", "iso27001", "nist_800_53_r5", "fedramp", "gdpr", "cis_aws"]
Residency = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)*$")]


class Activity(Model):
    """What is done in production in a month, where it is known."""

    api_calls_per_month: Count | None = Field(None, description="Calls that change or read the environment (management events).")
    sessions_per_month: Count | None = Field(None, description="Sessions of operators on machines.")


class AuditTrail(Model):
    """What auditors must be able to see."""

    changes: Flag | None = Field(None, description="Every change to the environment (CloudTrail, Config).")
    deployments: Flag | None = Field(None, description="Every deployment.")
    access: Flag | None = Field(None, description="User access to every layer (flow, load balancer and CDN logs).")
    data_events: Flag | None = Field(None, description="Reads and writes of sensitive data.")
    alerts: Flag | None = Field(None, description="Alarms on what the trail records.")
    retention: Seconds | None = Field(None, description="How long the trail is kept.")
    activity: Activity = Field(default_factory=Activity, description="How much there is to record.")


class Encryption(Model):
    """Encryption of sensitive data."""

    in_transit: Flag | None = Field(None, description="TLS everywhere.")
    at_rest: Flag | None = Field(None, description="Every store encrypted.")
    customer_managed_keys: Flag | None = Field(None, description="Keys in KMS under your own policy.")


class StatedRisk(Model):
    """A threat that somebody named."""

    threat: Text = Field(description="What may happen.")
    owner: Text | None = Field(None, description="Who answers for it; the Security Office when left out.")
    accepted: Flag | None = Field(None, description="Whether what remains is accepted.")
    mitigated_by: tuple[Text, ...] = Field((), description="Elements of the catalog that mitigate it, such as waf or s3_bpa.")


class Security(Model):
    """Compliance, audit, encryption and threats."""

    frameworks: tuple[Framework, ...] = Field((), description="Frameworks that apply.")
    data_classes: tuple[DataClass, ...] = Field((), description="Kinds of data held.")
    residency: tuple[Residency, ...] = Field((), description="Where data may lie: us, eu, uk, de, ...")
    audit: AuditTrail = Field(default_factory=AuditTrail, description="Audit trail.")
    encryption: Encryption = Field(default_factory=Encryption, description="Encryption.")
    web_firewall: Flag | None = Field(None, description="Web application firewall on public entries (WAF).")
    ddos_protection: Literal["standard", "advanced"] | None = Field(None, description="Shield.")
    threat_detection: Flag | None = Field(None, description="GuardDuty.")
    vulnerability_scanning: Flag | None = Field(None, description="Inspector.")
    posture_management: Flag | None = Field(None, description="Security Hub.")
    risks: dict[Name, StatedRisk] = Field({}, description="Risk register: threats by name, beside those that the data classes imply.")
