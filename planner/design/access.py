"""IAM roles with least privilege: what a component's dependencies need, and what AWS needs for a part (docs/model.md §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design.backups import backups
from planner.design.granting import RELEASES, Statements, copied, images, named, other_site, released, releases, sent, sid
from planner.design.healing import healing
from planner.design.network import inside, reached
from planner.design.place import FLEETS, part_of
from planner.design.secrecy import DELIVERY, key_of, keys, secret_names
from planner.models.accounts import apart
from planner.models.design import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.design.place import Place
    from planner.models.design import Topic
    from planner.models.plan import Resource
    from planner.models.rules import GrantRule, RoleRule, ServiceRule

ARTIFACTS, PIPELINES = "@delivery/artifacts", "@delivery/pipelines"
ALERTS, ROLES = "@observability/operator-alerts", "@security/roles"
ACCOUNT = "account:"
SHARED = frozenset({"automated", "backed-up", "copied"})
"""What one role serves, however many resources there are."""
OWN_ROLE = "own-role:"


def kind_of(resource: Resource) -> str:
    """Return what a resource is, as rules name it: `service/part`."""
    return f"{resource.service}/{part_of(resource)}"


def roles(place: Place, topics: Sequence[Topic] = ()) -> list[Role]:
    """Return the roles of a site, by name; `topics` are those that people are told over."""
    if place.find("@security", "roles") is None:
        return []
    known = frozenset(key.name for key in keys(place))
    told = [f"topic:{topic.severity}" for topic in topics if topic.region == place.region][:1]
    found = [*_components(place, known), *_services(place, known, told)]
    return sorted(found, key=lambda role: role.name)


def _components(place: Place, known: frozenset[str]) -> Iterator[Role]:
    rules = place.catalog.rules.permissions.runtimes
    for name in sorted(place.document.development.components):
        for part in place.working(name):
            if "hosted_by" not in part.properties:
                for rule in rules.get(kind_of(part), ()):
                    guests = _guests(place, name) if "shared_with" in part.properties else []
                    yield _component_role(place, [name, *guests], rule, known)


def _guests(place: Place, host: str) -> list[str]:
    """Return the components that run on the machines of another, which have one role for all."""
    names = sorted(place.document.development.components)
    return [name for name in names if (runner := place.runs(name)) is not None and runner.properties.get("hosted_by") == host]


def _component_role(place: Place, members: list[str], rule: RoleRule, known: frozenset[str]) -> Role:
    made, name = Statements(place, known), members[0]
    components = place.document.development.components
    because = []
    for member in members:
        for grant in rule.grants:
            _own(place, made, member, grant)
        because.append(f"development.components.{member}.kind")
        if rule.works:
            _work(place, made, member)
            because += [f"development.components.{member}.depends_on"] if components[member].depends_on else []
    return Role.model_construct(
        name=f"{name}-{rule.suffix}",
        component=name,
        kind=rule.kind,
        principal=rule.principal,
        grants=made.done(),
        managed_policies=[],
        because=because,
    )


def _own(place: Place, made: Statements, name: str, rule: GrantRule) -> None:
    """Add what a component needs where it runs."""
    runner = place.runs(name)
    if runner is None or (rule.inside and not inside(place, name, runner)) or (rule.after and not _places(place, name, rule.after)):
        return
    if rule.on == "secret":
        if name in _secrets(place):
            made.add(sid(rule.sid, name), rule, [f"secret:{name}"])
            made.key_of_secret(name, rule.key)
    elif rule.on == ARTIFACTS:
        made.add(rule.sid, rule, released(place))
        if released(place):
            near = place.find("@delivery", "artifacts") is not None
            made.key(DELIVERY if near else f"production/{place.primary_region}/{DELIVERY}", rule.key)
    elif rule.on == "roles":
        own = [r for r in place.catalog.rules.permissions.runtimes[kind_of(runner)] if r.kind != "service"]
        made.add(rule.sid, rule, [f"role:{name}-{r.suffix}" for r in own if runner.service == "fargate"])
    else:
        made.add(sid(rule.sid, name) if "/" in rule.on else rule.sid, rule, _places(place, name, rule.on))


def _places(place: Place, name: str, reference: str) -> list[str]:
    if reference == "*" or reference.startswith("managed-rule:"):
        return [reference]
    if reference == "image":
        return [f"image:{name}"]
    return [r.id for r in place.of(name) if kind_of(r) == reference]


def _secrets(place: Place) -> list[str]:
    if place.find("@security", "secrets") is None:
        return []
    return secret_names(place.document, copies_only=place.copies_only)


def _work(place: Place, made: Statements, name: str) -> None:
    """Add what a component's code does: with its secret, what it depends on, traces and metrics."""
    permissions, components = place.catalog.rules.permissions, place.document.development.components
    kind, asked = components[name].kind, place.document.technology.observability
    ends = reached(components[name])
    readable = [other for other in (name, *ends) if other in _secrets(place)]
    own_or_store = [other for other in readable if other == name or components[other].kind in {"relational_db", "cache"}]
    for other in own_or_store:
        made.add(sid(permissions.secret.sid, other), permissions.secret, [f"secret:{other}"])
        made.key_of_secret(other, permissions.secret.key)
    for other, end in ends.items():
        for rule in permissions.dependencies:
            things = [r for r in place.of(other) if rule.service in {r.service, kind_of(r)} and components[other].kind in rule.kinds]
            if kind in rule.callers and end == rule.end and things:
                made.allow(sid(rule.sid, other), rule.actions, [r.id for r in things])
                made.key_of(things, rule.key)
    if asked.tracing:
        made.add(permissions.traces.sid, permissions.traces, ["*"])
    if asked.custom_metrics_per_component:
        made.add(permissions.metrics.sid, permissions.metrics, ["*"])


def _services(place: Place, known: frozenset[str], told: list[str]) -> Iterator[Role]:
    for rule in place.catalog.rules.permissions.services:
        for served in _served(place, rule.serves):
            yield _service_role(place, rule, served, Statements(place, known, told))


def _served(place: Place, reference: str) -> list[Resource]:
    """Return what a service role is for: one role each."""
    if reference.startswith("@"):
        component, _, part = reference.partition("/")
        return [r for r in place.resources if r.component == component and part_of(r) == part]
    if reference == "apart" or reference.startswith(RELEASES):
        return _releasing(place, reference)
    if reference == "started":
        return [r for r in named(place, PIPELINES) if r in place.resources and r.properties["source"] != "github"]
    if reference == "copied":
        return copied(place)[:1]
    if reference == "backed-up":
        kept = {item.resource for item in backups(place) if item.mechanism == "aws_backup"}
        return [r for r in place.resources if r.id in kept][:1]
    if reference == "automated":
        healed = {item.resource for item in healing(place) if item.by == "eventbridge_ssm"}
        return [r for r in place.resources if r.id in healed][:1]
    if reference.startswith("firehose:"):
        filled = [r for r in place.resources if r.properties.get("firehose") is True]
        return [r for r in filled if (r.service == "opensearch") == (reference == "firehose:opensearch")]
    return [r for r in place.resources if kind_of(r) == reference]


def _releasing(place: Place, reference: str) -> list[Resource]:
    """Return what a role is for that releases: the pipelines, or the roles of a site that pipelines of another account release to."""
    if reference == "apart":
        return named(place, ROLES) if place.environment in apart(place.document) else []
    return (named(place, PIPELINES) or named(place, ROLES))[:1] if releases(place, reference) else []


def _service_role(place: Place, rule: ServiceRule, served: Resource, made: Statements) -> Role:
    for grant in rule.grants:
        _for_service(place, made, grant, served)
    own = not served.component.startswith("@") and rule.serves not in SHARED
    platforms = {r.service for r in place.resources if part_of(r) in FLEETS}
    by_platform = [policy for service, policy in rule.by_platform.items() if service in platforms]
    return Role.model_construct(
        name=f"{served.component}-{rule.name}" if own else rule.name,
        component="@security" if rule.serves in SHARED else served.component,
        kind="service",
        principal=_principal(place, rule.principal),
        grants=made.done(),
        managed_policies=[*rule.managed_policies, *by_platform],
        because=list(served.because),
    )


def _principal(place: Place, stated: str) -> str:
    """Return what assumes a role: a service, or the account of `account:ENVIRONMENT`."""
    return place.document.project.accounts[stated.removeprefix(ACCOUNT)] if stated.startswith(ACCOUNT) else stated


def _for_service(place: Place, made: Statements, rule: GrantRule, served: Resource) -> None:
    if (rule.images and not images(place)) or (rule.after and not (named(place, rule.after) or releases(place, rule.after))):
        return
    if rule.on == "copies":
        made.add(rule.sid, rule, [_copy(place, r) for r in copied(place)])
        for resource in copied(place):
            made.key(f"{other_site(place)}/{key_of(place, resource)}", rule.key)
        return
    if rule.on == "archive":
        made.add(rule.sid, rule, released(place))
        made.key(f"production/{place.primary_region}/{DELIVERY}", rule.key)
        return
    if rule.on == "sent":
        made.add(rule.sid, rule, sent(place))
        made.key(f"{other_site(place)}/{DELIVERY}", rule.key if sent(place) else ())
        return
    if rule.on == "approvals":
        made.add(rule.sid, rule, made.told)
        made.key_of(named(place, ALERTS) if made.told else [], rule.key)
        return
    things = _things(place, rule.on, served)
    made.add(rule.sid, rule, [r.id for r in things] or _words(place, rule.on, served.component))
    made.key_of(things, rule.key)
    if rule.key and rule.on.startswith(RELEASES):
        _released(place, made, rule)


def _released(place: Place, made: Statements, rule: GrantRule) -> None:
    """Note the keys of what is released to, in each environment."""
    for release in releases(place, rule.on):
        environment, _, name = release.removeprefix("release:").partition("/")
        for key in {key_of(place, r) for r in place.of(name)} - {None}:
            made.key(str(key) if environment == place.environment else f"{environment}/{place.region}/{key}", rule.key)


def _copy(place: Place, source: Resource) -> str:
    return f"{other_site(place)}/{source.component}/{'bucket' if place.recovery else 'replica'}"


def _things(place: Place, reference: str, served: Resource) -> list[Resource]:
    if reference == "served":
        return [served]
    if reference == "copied":
        return copied(place)
    if reference == "tasks":
        return [r for r in place.resources if part_of(r) == "tasks"]
    return named(place, reference) if reference.startswith("@") else []


def _words(place: Place, reference: str, component: str) -> list[str]:
    """Return what is not a resource of the plan: images, roles, the connection to GitHub, everything."""
    if reference.startswith(RELEASES):
        return releases(place, reference)
    if reference.startswith(OWN_ROLE):
        return [f"role:{component}-{reference.removeprefix(OWN_ROLE)}"]
    if reference == "*" or reference.startswith(("document:", "role:")):
        return [reference]
    if reference == "deploy-roles":
        return [f"role:{name}/deploy" for name in apart(place.document)]
    if reference == "images":
        return [f"image:{name}" for name in images(place)]
    if reference == "task-roles":
        suffixes = [rule.suffix for rule in place.catalog.rules.permissions.runtimes["fargate/tasks"]]
        tasks = sorted(r.component for r in place.resources if part_of(r) == "tasks")
        return [f"role:{name}-{suffix}" for name in tasks for suffix in suffixes]
    if reference == "connection" and place.document.development.delivery.source == "github":
        return ["connection:github"]
    return []


__all__ = ["roles"]
