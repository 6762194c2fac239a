"""Keys and secrets of a site, derived again (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.models.components import AnyComponent, Cache, Compute, DataPipeline, RelationalDb
from planner.models.plan import Resource
from planner.verify.design_equal import Entry, check_equal
from planner.verify.findings import Findings
from planner.verify.frame import Spot, part_of
from planner.verify.lines_audit import has_database_logs
from planner.verify.lines_relational import is_global
from planner.verify.released import keeps_releases

OF_LOGS, OF_BUILDS, OF_DATA = "logs", "delivery", "data"
RUN_ONLY = frozenset({"batch", "scheduled", "data_pipeline"})
MESSAGES = frozenset({"queue", "topic", "stream"})


def class_of(spot: Spot, name: str) -> str:
    """Return the class of data that decides a component's key."""
    document = spot.frame.document
    said = set(document.development.components[name].data_classes or document.security.data_classes)
    ranked = [kind for kind in spot.frame.catalog.rules.protection.data_classes if kind in said]
    return ranked[0] if ranked else OF_DATA


def has_secret(spot: Spot, name: str) -> bool:
    """Return whether a component has a secret at a site."""
    item = spot.frame.components[name]
    if isinstance(item, RelationalDb):
        return not spot.copies_only
    return isinstance(item, Compute) or (isinstance(item, Cache) and item.engine != "memcached")


def secret_names(spot: Spot) -> list[str]:
    """Return the secrets of a site."""
    return [name for name in sorted(spot.frame.components) if has_secret(spot, name)]


def _lies_here(spot: Spot, name: str, item: AnyComponent) -> bool:
    if spot.primary or has_secret(spot, name):
        return True
    kind = item.kind
    if kind in MESSAGES:
        return not spot.copies_only
    if kind in RUN_ONLY or kind == "cache":
        return spot.runs_compute
    if kind == "search":
        return spot.runs_compute or (spot.strategy == "pilot_light" and spot.authoritative(name))
    return kind != "log_analytics" or spot.authoritative(name)


def _writes(item: AnyComponent) -> bool:
    """Return whether runs may write to a log group: not those that only move data as it comes."""
    return not isinstance(item, DataPipeline) or item.vcpus is not None


def key_names(spot: Spot) -> list[str]:
    """Return the keys of a site; none where nobody asks for encryption."""
    return spot.once("keys", lambda: _key_names(spot))


def _key_names(spot: Spot) -> list[str]:
    frame = spot.frame
    if not frame.features & {"encryption_at_rest", "customer_managed_keys"}:
        return []
    classes = {class_of(spot, name) for name, item in frame.components.items() if _lies_here(spot, name, item)}
    ordered = [kind for kind in frame.catalog.rules.protection.data_classes if kind in classes]
    ordered += [OF_DATA] * (OF_DATA in classes)
    trailed = spot.primary and spot.carries and bool(frame.features & {"change_trail", "data_events"})
    told = {"email", "http"} & set(frame.document.technology.observability.alert_by)
    runs = spot.runs_compute and any(item.kind in RUN_ONLY and _writes(item) for item in frame.components.values())
    logging = not spot.copies_only and (bool(told) or bool(frame.compute_names) or runs)
    released = spot.primary and spot.production and bool(frame.document.security.audit.deployments)
    ordered += [OF_LOGS] * (trailed or logging or released or has_database_logs(spot))
    return ordered + [OF_BUILDS] * keeps_releases(spot)


def key_for(spot: Spot, resource: Resource) -> str | None:
    """Return the key of a resource."""
    properties = resource.properties
    if properties.get("encrypted") is not True or properties.get("encryption") is not None:
        return None
    if resource.component in spot.frame.components:
        return OF_LOGS if (resource.service, part_of(resource)) == ("cloudwatch", "logs") else class_of(spot, resource.component)
    return OF_BUILDS if resource.component == "@delivery" else OF_LOGS


def _keys(spot: Spot) -> Iterator[Entry]:
    owner = spot.find("@security", "keys")
    rules = spot.frame.catalog.rules.protection
    for name in key_names(spot):
        mine = [item.id for item in spot.site.resources if key_for(spot, item) == name]
        mine += [f"secret:{secret}" for secret in secret_names(spot) if class_of(spot, secret) == name]
        yield {
            "name": name,
            "data_class": name if name in rules.data_classes else None,
            "encrypts": mine,
            "rotation_days": rules.rotation_days,
            "because": list(owner.because) if owner else [],
        }


def _rotated(spot: Spot, name: str) -> bool:
    """Return whether RDS itself keeps the password: of no source of read replicas, and of no global cluster."""
    if not isinstance(spot.frame.components[name], RelationalDb):
        return False
    primary = spot.frame.primary
    live = spot.production and spot.strategy not in {"none", "backup_restore"}
    database = next((item for item in spot.resources(name) if item.service in {"rds", "aurora"}), None)
    if database is None:
        return False
    if database.service == "aurora":
        return not (live and primary is not None and is_global(spot))
    return not live and database.properties.get("readers") in {0, None}


def _days(spot: Spot, by: str | None) -> int | None:
    if by is None:
        return None
    rules = spot.frame.catalog.rules.protection
    return rules.managed_rotation_days if by == "rds" else rules.function_rotation_days


def by_function(spot: Spot) -> list[str]:
    """Return the databases whose secrets a function rotates here: where RDS does not, and the secret is no copy."""
    if not spot.primary or spot.find("@security", "secrets") is None:
        return []
    return [name for name in secret_names(spot) if isinstance(spot.frame.components[name], RelationalDb) and not _rotated(spot, name)]


def _secrets(spot: Spot) -> Iterator[Entry]:
    components, plan = spot.frame.components, spot.plan
    for name in secret_names(spot):
        item, rotated = components[name], _rotated(spot, name)
        by = "rds" if rotated else "function" if isinstance(item, RelationalDb) else None
        kind = "database" if isinstance(item, RelationalDb) else "cache" if isinstance(item, Cache) else "application"
        users = [other for other in sorted(components) if name in components[other].depends_on]
        copied = spot.production and plan.recovery_region is not None and not rotated
        by = None if copied and not spot.primary else by
        yield {
            "name": name,
            "component": name,
            "kind": kind,
            "rotation_days": _days(spot, by),
            "rotated_by": by,
            "read_by": [name] if kind == "application" else users,
            "replica_region": plan.recovery_region if copied and spot.primary else None,
            "replica_of": plan.region if copied and not spot.primary else None,
        }


def check_secrecy(spot: Spot, findings: Findings) -> None:
    """Check the keys and secrets of a site."""
    check_equal(f"environments.{spot.place}keys", spot.site.details.keys, list(_keys(spot)), findings)
    check_equal(f"environments.{spot.place}secrets", spot.site.details.secrets, list(_secrets(spot)), findings)
