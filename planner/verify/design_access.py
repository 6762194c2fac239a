"""Roles of a site, derived again from the dependency graph and `permissions.yaml` (docs/model.md, section 15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from planner.models.plan import Resource
from planner.models.rules import GrantRule, RoleRule, ServiceRule
from planner.verify.design_equal import Entry, check_equal
from planner.verify.design_network import calls, in_vpc, runner_of
from planner.verify.design_secrecy import OF_BUILDS, class_of, has_secret, key_for, key_names
from planner.verify.findings import Findings
from planner.verify.frame import PRODUCTION, Spot, part_of
from planner.verify.released import apart, brought, keeps_releases

FLEETS = frozenset({"instances", "tasks", "function"})
SECRET_KINDS = frozenset({"relational_db", "cache"})
ARCHIVE = "@delivery/artifacts"


def _words(*names: str) -> str:
    pieces = "-".join(names).replace("/", "-").split("-")
    return "".join(piece[:1].upper() + piece[1:] for piece in pieces)


def _kind(item: Resource) -> str:
    return f"{item.service}/{part_of(item)}"


class Policy:
    """The statements of one role; the first with an id counts, keys come last."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._own_keys = set(key_names(spot))
        self._statements: dict[str, Entry] = {}
        self._of_keys: defaultdict[str, set[str]] = defaultdict(set)

    def state(self, sid: str, actions: Iterable[str], on: Iterable[str], rule: GrantRule | None = None) -> None:
        """Add a statement over something; none over nothing, and each id once."""
        targets = sorted(on)
        if targets and sid not in self._statements:
            limit, _, stated = (rule.condition if rule else "").partition("=")
            self._statements[sid] = {
                "sid": sid,
                "actions": sorted(actions),
                "on": targets,
                "unscoped": (rule.unscoped or None) if rule else None,
                "only_where": {limit: stated or self._spot.frame.document.project.name} if limit else {},
            }

    def use_key(self, key: str, actions: Iterable[str]) -> None:
        """Note what is done with a key of one's own."""
        if self._own_keys and (key in self._own_keys or "/" in key):
            self._of_keys[key] |= set(actions)

    def use_keys_of(self, items: Iterable[Resource], actions: Iterable[str]) -> None:
        """Note what is done with the keys of resources; another site's is named by where it lies."""
        for item in items:
            key = key_for(self._spot, item)
            if key is not None:
                self.use_key(key if item.id.startswith(self._spot.place) else "/".join([*item.id.split("/")[:2], key]), actions)

    def done(self) -> list[Entry]:
        """Return the statements."""
        found = list(self._statements.values())
        for key, actions in sorted(self._of_keys.items()):
            if actions:
                sid = _words("Key", key)
                found.append({"sid": sid, "actions": sorted(actions), "on": [f"key:{key}"], "unscoped": None, "only_where": {}})
        return found


def _at(spot: Spot, reference: str) -> list[Resource]:
    """Return the platform part of a reference, here or in the environment's primary site."""
    component, _, part = reference.partition("/")
    homes = [other for other in spot.frame.spots if other.environment == spot.environment and other.primary]
    for site in (spot, *homes):
        found = site.find(component, part)
        if found is not None:
            return [found]
    return []


def _parts(spot: Spot, name: str) -> list[Resource]:
    if spot.copies_only:
        return []
    here, runner = list(spot.resources(name)), runner_of(spot, name)
    return here if runner is None or any(item.id == runner.id for item in here) else [*here, runner]


def _guests(spot: Spot, host: str) -> list[str]:
    pairs = ((name, runner_of(spot, name)) for name in sorted(spot.frame.components))
    return [name for name, runner in pairs if runner is not None and runner.properties.get("hosted_by") == host]


def _of_components(spot: Spot) -> Iterator[Entry]:
    rules = spot.frame.catalog.rules.permissions.runtimes
    for name in sorted(spot.frame.components):
        for item in _parts(spot, name):
            if item.properties.get("hosted_by") is None:
                for rule in rules.get(_kind(item), ()):
                    yield _of_component(spot, name, rule)


def _of_component(spot: Spot, host: str, rule: RoleRule) -> Entry:
    policy, because = Policy(spot), []
    for name in (host, *_guests(spot, host)):
        for grant in rule.grants:
            _basics(spot, policy, name, grant)
        because.append(f"development.components.{name}.kind")
        if rule.works:
            _work(spot, policy, name)
            if spot.frame.components[name].depends_on:
                because.append(f"development.components.{name}.depends_on")
    return {
        "name": f"{host}-{rule.suffix}",
        "component": host,
        "kind": rule.kind,
        "principal": rule.principal,
        "grants": policy.done(),
        "managed_policies": [],
        "because": because,
    }


def _basics(spot: Spot, policy: Policy, name: str, rule: GrantRule) -> None:
    runner = runner_of(spot, name)
    if runner is None or (rule.inside and not in_vpc(spot, name, runner)):
        return
    if rule.after and all(_kind(item) != rule.after for item in spot.resources(name)):
        return
    if rule.on in {"*", "image"} or rule.on.startswith("managed-rule:"):
        policy.state(rule.sid, rule.actions, [f"image:{name}" if rule.on == "image" else rule.on], rule)
    elif rule.on == "secret":
        _secret(spot, policy, name, rule)
    elif rule.on == ARCHIVE:
        if spot.frame.document.development.delivery.model_dump(exclude_defaults=True):
            near = keeps_releases(spot)
            home = f"{PRODUCTION}/{spot.region if near else spot.plan.region}"
            policy.state(rule.sid, rule.actions, [f"{home}/{ARCHIVE}"], rule)
            policy.use_key(OF_BUILDS if near else f"{home}/{OF_BUILDS}", rule.key)
    elif rule.on == "roles":
        mine = spot.frame.catalog.rules.permissions.runtimes.get(_kind(runner), ()) if runner.service == "fargate" else ()
        policy.state(rule.sid, rule.actions, [f"role:{name}-{other.suffix}" for other in mine if other.kind != "service"], rule)
    else:
        policy.state(_words(rule.sid, name), rule.actions, [item.id for item in spot.resources(name) if _kind(item) == rule.on], rule)


def _secret(spot: Spot, policy: Policy, name: str, rule: GrantRule) -> None:
    if has_secret(spot, name):
        policy.state(_words(rule.sid, name), rule.actions, [f"secret:{name}"], rule)
        policy.use_key(class_of(spot, name), rule.key)


def _work(spot: Spot, policy: Policy, name: str) -> None:
    rules, components = spot.frame.catalog.rules.permissions, spot.frame.components
    asked, ends = spot.frame.document.technology.observability, calls(components[name])
    for other in (name, *(other for other in ends if components[other].kind in SECRET_KINDS)):
        _secret(spot, policy, other, rules.secret)
    for other, end in ends.items():
        for rule in rules.dependencies:
            if components[name].kind not in rule.callers or components[other].kind not in rule.kinds or rule.end != end:
                continue
            items = [item for item in spot.resources(other) if rule.service in (item.service, _kind(item))]
            policy.state(_words(rule.sid, other), rule.actions, [item.id for item in items])
            policy.use_keys_of(items, rule.key)
    for wanted, told in ((asked.tracing, rules.traces), (asked.custom_metrics_per_component, rules.metrics)):
        if wanted:
            policy.state(told.sid, told.actions, ["*"], told)


def _copied(spot: Spot) -> list[Resource]:
    """Return the buckets whose objects go to the other site: the primary's, and objects back where both are written."""
    if not (spot.production and spot.plan.recovery_region) or not (spot.primary or spot.strategy == "active_active"):
        return []
    names = {name for name, item in spot.frame.components.items() if spot.primary or item.kind == "object_store"}
    parts = {"bucket", "site"} if spot.primary else {"replica"}
    return [item for item in spot.site.resources if item.service == "s3" and item.component in names and part_of(item) in parts]


def _releases(spot: Spot, reference: str) -> list[tuple[str, str]]:
    """Return environment and component of each stage that one of some providers releases, on one service where it is named."""
    word, _, rest = reference.partition(":")
    away, from_here = apart(spot.frame), spot.find("@delivery", "pipelines") is not None
    if word != "releases" or not (from_here or spot.environment in away):
        return []
    providers, _, service = rest.partition("@")
    return [
        (stage.environment, item.component)
        for item in spot.plan.continuity.pipelines
        for stage in item.stages
        if stage.environment is not None and stage.provider in providers.split("+")
        if (stage.environment not in away if from_here else stage.environment == spot.environment)
        if not service or any(resource.service == service for resource in spot.resources(item.component))
    ]


def _use_keys_of_releases(spot: Spot, policy: Policy, rule: GrantRule) -> None:
    for environment, name in _releases(spot, rule.on):
        for item in spot.resources(name):
            key = key_for(spot, item)
            if key is not None:
                policy.use_key(key if environment == spot.environment else f"{environment}/{spot.region}/{key}", rule.key)


def _served(spot: Spot, reference: str) -> list[Resource]:
    resources = spot.site.resources
    if reference == "started" or _releases(spot, reference):
        own = reference != "started" and spot.environment in apart(spot.frame)
        owner = "@security/roles" if own else "@delivery/pipelines"
        found = [item for item in resources if item.id == f"{spot.place}{owner}"]
        return [item for item in found if reference != "started" or spot.frame.document.development.delivery.source != "github"]
    if reference == "apart":
        return [item for item in resources if item.id == f"{spot.place}@security/roles" and spot.environment in apart(spot.frame)]
    if reference == "copied":
        return _copied(spot)[:1]
    if reference == "backed-up":
        kept = [item.resource for item in spot.site.details.backups if item.mechanism == "aws_backup"]
        return [item for item in resources if item.id in kept][:1]
    if reference == "automated":
        healed = [item.resource for item in spot.site.details.healing if item.by == "eventbridge_ssm"]
        return [item for item in resources if item.id in healed][:1]
    if reference in {"firehose:archive", "firehose:opensearch"}:
        searched = reference == "firehose:opensearch"
        filled = [item for item in resources if item.properties.get("firehose") is True]
        return [item for item in filled if (item.service == "opensearch") is searched]
    return [item for item in resources if reference in {_kind(item), f"{item.component}/{part_of(item)}"}]


def _of_services(spot: Spot) -> Iterator[Entry]:
    for rule in spot.frame.catalog.rules.permissions.services:
        for item in _served(spot, rule.serves):
            yield _of_service(spot, rule, item)


def _of_service(spot: Spot, rule: ServiceRule, item: Resource) -> Entry:
    policy, shared = Policy(spot), rule.serves in {"automated", "copied", "backed-up"}
    for grant in rule.grants:
        _service_grant(spot, policy, grant, item)
    chosen = {other.service for other in spot.site.resources if part_of(other) in FLEETS}
    managed = [*rule.managed_policies, *(name for service, name in rule.by_platform.items() if service in chosen)]
    platform, (word, _, whose) = item.component.startswith("@"), rule.principal.partition(":")
    return {
        "name": rule.name if platform or shared else f"{item.component}-{rule.name}",
        "component": "@security" if shared else item.component,
        "kind": "service",
        "principal": spot.frame.document.project.accounts[whose] if word == "account" else rule.principal,
        "grants": policy.done(),
        "managed_policies": managed,
        "because": list(item.because),
    }


def _images(spot: Spot) -> list[str]:
    pairs = ((name, runner_of(spot, name)) for name in sorted(spot.frame.components))
    return [f"image:{name}" for name, runner in pairs if runner is not None and runner.service == "fargate"]


def _service_grant(spot: Spot, policy: Policy, rule: GrantRule, served: Resource) -> None:
    if (rule.images and not _images(spot)) or (rule.after and not (_releases(spot, rule.after) or _at(spot, rule.after))):
        return
    buckets = _copied(spot)
    if rule.on == "copies":
        there = f"{PRODUCTION}/{spot.plan.recovery_region if spot.primary else spot.plan.region}"
        part = "replica" if spot.primary else "bucket"
        policy.state(rule.sid, rule.actions, [f"{there}/{item.component}/{part}" for item in buckets], rule)
        for item in buckets:
            policy.use_key(f"{there}/{key_for(spot, item)}", rule.key)
        return
    if rule.on == "archive":
        home = f"{PRODUCTION}/{spot.plan.region}"
        policy.state(rule.sid, rule.actions, [f"{home}/{ARCHIVE}"], rule)
        policy.use_key(f"{home}/{OF_BUILDS}", rule.key)
        return
    if rule.on == "sent":
        _sent(spot, policy, rule)
        return
    if rule.on == "approvals":
        told = [topic.severity for topic in spot.site.details.topics if topic.region == spot.region][:1]
        policy.state(rule.sid, rule.actions, [f"topic:{severity}" for severity in told], rule)
        policy.use_keys_of(_at(spot, "@observability/operator-alerts") if told else [], rule.key)
        return
    tasks = [item for item in spot.site.resources if part_of(item) == "tasks"]
    items = {"served": [served], "copied": buckets, "tasks": tasks}.get(rule.on)
    if items is None:
        items = _at(spot, rule.on) if rule.on.startswith("@") else []
    policy.state(rule.sid, rule.actions, [item.id for item in items] or _other(spot, rule.on, tasks, served.component), rule)
    policy.use_keys_of(items, rule.key)
    _use_keys_of_releases(spot, policy, rule)


def _sent(spot: Spot, policy: Policy, rule: GrantRule) -> None:
    """State what pipelines do with the bucket of the Region that they bring releases to."""
    other = spot.frame.recovery
    if other is not None and brought(other):
        policy.state(rule.sid, rule.actions, [f"{other.place}{ARCHIVE}"], rule)
        policy.use_key(f"{other.place}{OF_BUILDS}", rule.key)


def _other(spot: Spot, reference: str, tasks: list[Resource], component: str) -> list[str]:
    word, _, name = reference.partition(":")
    if word == "releases":
        return [f"release:{environment}/{item}" for environment, item in _releases(spot, reference)]
    if reference == "deploy-roles":
        return [f"role:{environment}/deploy" for environment in apart(spot.frame)]
    if word == "own-role":
        return [f"role:{component}-{name}"]
    if reference == "*" or reference.partition(":")[0] in {"document", "role"}:
        return [reference]
    if reference == "images":
        return _images(spot)
    if reference == "task-roles":
        suffixes = [rule.suffix for rule in spot.frame.catalog.rules.permissions.runtimes["fargate/tasks"]]
        return [f"role:{item.component}-{suffix}" for item in tasks for suffix in suffixes]
    on_github = reference == "connection" and spot.frame.document.development.delivery.source == "github"
    return ["connection:github"] * on_github


def wanted_roles(spot: Spot) -> list[Entry]:
    """Return the roles that a site must have, by name."""
    return spot.once("roles", lambda: sorted([*_of_components(spot), *_of_services(spot)], key=lambda role: role["name"]))


def check_access(spot: Spot, findings: Findings) -> None:
    """Check the roles of a site."""
    check_equal(f"environments.{spot.place}roles", spot.site.details.roles, wanted_roles(spot), findings)
