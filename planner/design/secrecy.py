"""KMS keys by data class, and secrets (docs/model.md §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from planner.design.pipelines import brought
from planner.design.place import part_of
from planner.models.components import Cache, Compute, DataPipeline, Job, LogAnalytics, Queue, RelationalDb, Search, Stream, Topic
from planner.models.design import Key, Secret
from planner.models.requirements import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.design.place import Place
    from planner.models.components import AnyComponent
    from planner.models.plan import Resource
    from planner.models.requirements import Document

DATA, LOGS, DELIVERY = "data", "logs", "delivery"
AUDITED = ("trail bucket", "configuration history", "database logs", "deployment events")
GLOBAL_WRITES = ("AmazonRDS", "aurora-global-replicated-write-io")


def data_class(document: Document, name: str, order: Sequence[str]) -> str:
    """Return the most sensitive class that a component holds: its own, else the document's; `data` where none is stated."""
    stated = document.development.components[name].data_classes or document.security.data_classes
    return next((kind for kind in order if kind in stated), DATA)


def held(component: AnyComponent, strategy: str, *, recovery: bool) -> bool:
    """Return whether something of a component lies at a site that a key of its class encrypts."""
    if not recovery:
        return True
    authoritative, runs = getattr(component, "durability", "") == "authoritative", strategy in {"warm_standby", "active_active"}
    if isinstance(component, Queue | Topic | Stream):
        return strategy != "backup_restore"
    if isinstance(component, Job | DataPipeline):
        return runs
    if isinstance(component, Search):
        return runs or (strategy == "pilot_light" and authoritative)
    if isinstance(component, Cache) and component.engine == "memcached":
        return runs
    return authoritative if isinstance(component, LogAnalytics) else True


def _logs(component: AnyComponent, strategy: str, *, recovery: bool) -> bool:
    """Return whether a component may have a log group: code, and runs where they lie, of jobs and of pipelines that transform."""
    runs = isinstance(component, Job) or (isinstance(component, DataPipeline) and component.vcpus is not None)
    return isinstance(component, Compute) or (runs and held(component, strategy, recovery=recovery))


def key_names(document: Document, order: Sequence[str], strategy: str, *, recovery: bool, home: bool, audited: bool) -> list[str]:
    """Return the keys of a site: one a data class that lies there, one for logs, one for what is built."""
    components = document.development.components
    classes = {data_class(document, name, order) for name, item in components.items() if held(item, strategy, recovery=recovery)}
    copies_only = recovery and strategy == "backup_restore"
    told = bool({"email", "http"} & set(document.technology.observability.alert_by))
    logged = told or any(_logs(item, strategy, recovery=recovery) for item in components.values())
    names = [kind for kind in (*order, DATA) if kind in classes]
    names += [LOGS] if audited or (logged and not copies_only) else []
    return names + ([DELIVERY] if _keeps_releases(document, strategy, recovery=recovery, home=home) else [])


def _keeps_releases(document: Document, strategy: str, *, recovery: bool, home: bool) -> bool:
    """Return whether releases lie at a site: where production is at home, and in the Region that they are brought to."""
    return (home and document.development.delivery != Delivery()) or (recovery and bool(brought(document, strategy)))


def keys(place: Place) -> list[Key]:
    """Return the keys of a site, data classes from the most sensitive on, then `logs` and `delivery`."""
    resource = place.find("@security", "keys")
    if resource is None:
        return []
    rules = place.catalog.rules.protection
    names = key_names(
        place.document, rules.data_classes, place.strategy, recovery=place.recovery, home=place.home, audited=is_audited(place)
    )
    under: dict[str, list[str]] = {name: [] for name in names}
    for thing, name in _encrypted(place):
        under[name].append(thing)
    because = list(resource.because)
    return [
        Key.model_construct(
            name=name,
            data_class=name if name in rules.data_classes else None,
            encrypts=under[name],
            rotation_days=rules.rotation_days,
            because=because,
        )
        for name in names
    ]


def is_audited(place: Place) -> bool:
    """Return whether records of an auditor's interest lie in the site's own buckets and log groups under a customer's key."""
    return any(place.find("@audit", part) is not None for part in AUDITED)


def _encrypted(place: Place) -> Iterator[tuple[str, str]]:
    """Yield every encrypted thing of a site with the name of its key."""
    order = place.catalog.rules.protection.data_classes
    for resource in place.resources:
        if (name := key_of(place, resource)) is not None:
            yield resource.id, name
    for name in secret_names(place.document, copies_only=place.copies_only):
        yield f"secret:{name}", data_class(place.document, name, order)


def key_of(place: Place, resource: Resource) -> str | None:
    """Return the name of the key that encrypts a resource, None where AWS's own does or nothing is stored."""
    if resource.properties.get("encrypted") is not True or "encryption" in resource.properties:
        return None
    if resource.component == "@delivery":
        return DELIVERY
    if resource.component.startswith("@") or (resource.service == "cloudwatch" and part_of(resource) == "logs"):
        return LOGS
    return data_class(place.document, resource.component, place.catalog.rules.protection.data_classes)


def secret_names(document: Document, *, copies_only: bool) -> list[str]:
    """Return the components with a secret at a site, sorted; databases get a new one when they are restored."""
    kinds: tuple[type, ...] = (Compute, Cache) if copies_only else (Compute, Cache, RelationalDb)
    return sorted(
        name
        for name, item in document.development.components.items()
        if isinstance(item, kinds) and not (isinstance(item, Cache) and item.engine == "memcached")
    )


def secrets(place: Place) -> list[Secret]:
    """Return the secrets of a site, by name."""
    if place.find("@security", "secrets") is None:
        return []
    return [_secret(place, name) for name in secret_names(place.document, copies_only=place.copies_only)]


def _secret(place: Place, name: str) -> Secret:
    components = place.document.development.components
    kind = _kind(components[name])
    by = rotated_by(place, name)
    elsewhere = None if by == "rds" else place.recovery_region or None
    if place.recovery and elsewhere:
        by = None
    readers = [name] if kind == "application" else sorted(other for other, item in components.items() if name in item.depends_on)
    return Secret.model_construct(
        name=name,
        component=name,
        kind=kind,
        rotation_days=_rotation_days(place, by),
        rotated_by=by,
        read_by=readers,
        replica_region=None if place.recovery else elsewhere,
        replica_of=place.primary_region if place.recovery and elsewhere else None,
    )


def rotated_by(place: Place, name: str) -> Literal["rds", "function"] | None:
    """Return what rotates a secret: RDS where it keeps it, else a function of Secrets Manager, which AWS has for databases only."""
    if not isinstance(place.document.development.components[name], RelationalDb):
        return None
    return "rds" if _managed(place, name) else "function"


def turned(place: Place) -> list[str]:
    """Return the databases whose secrets a function rotates at a site; copies follow their source in the other region."""
    if place.recovery or place.find("@security", "secrets") is None:
        return []
    return [name for name in secret_names(place.document, copies_only=place.copies_only) if rotated_by(place, name) == "function"]


def _rotation_days(place: Place, by: str | None) -> int | None:
    rules = place.catalog.rules.protection
    return {"rds": rules.managed_rotation_days, "function": rules.function_rotation_days}.get(by or "")


def _kind(component: AnyComponent) -> Literal["database", "cache", "application"]:
    if isinstance(component, RelationalDb):
        return "database"
    return "cache" if isinstance(component, Cache) else "application"


def _managed(place: Place, name: str) -> bool:
    """Return whether RDS keeps and rotates a database's password: it does not where one is read by replicas or a global cluster."""
    database = next(r for r in place.of(name) if r.service in {"rds", "aurora"})
    replicated = bool(place.recovery_region) and place.strategy != "backup_restore"
    if database.service == "rds":
        return not replicated and not database.properties.get("readers")
    return not (replicated and place.catalog.find_price(place.primary_region, *GLOBAL_WRITES) is not None)


__all__ = ["DELIVERY", "data_class", "held", "is_audited", "key_names", "key_of", "keys", "rotated_by", "secret_names", "secrets", "turned"]
