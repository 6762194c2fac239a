"""Whether the security that was asked for shows on every resource: encryption, features."""

from __future__ import annotations

from planner.verify.features import FRAMEWORKS
from planner.verify.findings import Findings
from planner.verify.frame import Frame

STORES = frozenset({"rds", "aurora", "dynamodb", "elasticache", "s3", "efs", "sqs", "kinesis", "opensearch"})


def check_protection(frame: Frame, findings: Findings) -> None:
    """Check encryption at rest on every store, and that the listed features are on."""
    asked = "encryption_at_rest" in frame.features
    for spot in frame.spots:
        for resource in spot.site.resources:
            stated = resource.properties.get("encrypted")
            place = f"environments.{resource.id}.properties.encrypted"
            if asked and resource.service in STORES:
                findings.that(stated is True, place, "the data is not encrypted at rest, which was asked for")
            findings.that(stated in (None, True), place, "everything that can be encrypted is")
    for k, used in enumerate(frame.plan.features):
        place = f"features[{k}]"
        if used.feature not in frame.features:
            findings.add(f"{place}.feature", f"{used.feature} is not asked for")
            continue
        findings.equal(f"{place}.because", used.because, _because(frame, used.feature))
    listed = [used.feature for used in frame.plan.features]
    findings.equal("features", listed, [name for name in frame.catalog.features if name in frame.features])


def _because(frame: Frame, feature: str) -> list[str]:
    """Return the leaves that turn a feature on: its own, and the frameworks when one brings it."""
    known = frame.catalog.features[feature]
    asked = [known.leaf] if frame.asked(known.leaf) is True else []
    frameworks = () if FRAMEWORKS in frame.given_up else frame.document.security.frameworks
    brought = any(set(known.elements) & set(frame.catalog.framework(name).elements) for name in frameworks)
    return asked + [FRAMEWORKS] * brought
