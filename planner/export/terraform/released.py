"""What pipelines release to, by name: environments do not read each other's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming, releasing
from planner.export.hcl import Code, Value
from planner.export.targets import Target
from planner.export.terraform import buckets
from planner.export.terraform.module import Module, inside, snake, template
from planner.models.plan import Resource


def account(m: Module, target: Target) -> str:
    """Return the account of an environment, as part of a string."""
    if target.account in {None, m.site.target.account}:
        return m.account()
    return inside(m.p(f"{naming.camel(target.environment)}Account"))


def begin(m: Module, target: Target) -> str:
    """Return what names in an environment begin with, as part of a string."""
    if target.environment == m.site.target.environment:
        return m.prefix() if target.region == m.site.target.region else _begin_there(m)
    value = naming.physical("project", target.project, target.environment)
    return inside(
        m.var(f"{snake(target.environment)}_prefix", "string", f"What names of resources in {target.environment} begin with.", value)
    )


def _begin_there(m: Module) -> str:
    twin = m.site.twin
    assert twin is not None  # noqa: S101 - an environment in two Regions has two sites
    return inside(m.var("other_site_prefix", "string", "What names of resources in the other Region begin with.", twin.prefix))


def name(m: Module, site: Target, text: str) -> Code:
    """Return a name at a site."""
    return template(f"{begin(m, site)}{text}")


def role(m: Module, environment: str, short: str) -> Code:
    """Return the ARN of a role that another account has for the pipelines."""
    target = releasing.elsewhere(m.site.target, environment)
    cut = naming.shortened(f"{naming.physical('project', target.project, environment)}-{short}", naming.LIMITS["role"])
    called = m.var(f"{snake(environment)}_role_{snake(short)}_name", "string", f"Name of the role {short} of {environment}.", cut)
    return template(f"arn:{m.partition()}:iam::{account(m, target)}:role/{inside(called)}")


def bucket(m: Module, component: str, environment: str) -> Code | None:
    """Return the name of the bucket that a site's files go to, None where it has none."""
    target = releasing.elsewhere(m.site.target, environment)
    store = target.find(component, "site", "bucket")
    return None if store is None else template(_bucket(m, target, store))


def _bucket(m: Module, target: Target, store: Resource) -> str:
    start = buckets.beginning(naming.physical("project", target.project, target.environment), store)
    text = f"What the name of {target.environment}'s bucket of {store.component} begins with."
    variable = m.var(f"{snake(target.environment)}_{snake(store.component)}_bucket_name", "string", text, start)
    return f"{inside(variable)}-{account(m, target)}-{m.region()}"


def readers(m: Module) -> list[Value]:
    """Return the other accounts that releases are read from, where the site has the pipelines."""
    if m.site.target.find("@delivery", "pipelines") is None:
        return []
    known = m.site.target.document.project.accounts
    by_account = {known[environment]: environment for environment in reversed(releasing.away(m.site.target))}
    return [m.p(f"{naming.camel(environment)}Account") for environment in sorted(by_account.values())]


def readable(accounts: list[Value], actions: list[str], on: Value) -> Value:
    """Return the statement that lets other accounts read releases; their own roles say who."""
    return {"Sid": "OtherAccountsRead", "Effect": "Allow", "Principal": {"AWS": accounts}, "Action": list(actions), "Resource": on}


def arns(m: Module, release: str, action: str, *, bucket: bool) -> list[Value]:
    """Return what an action of a pipeline is about where it releases `ENVIRONMENT/COMPONENT`; `bucket` for the bucket itself."""
    environment, _, component = release.partition("/")
    if action.startswith("s3:"):
        target = releasing.elsewhere(m.site.target, environment)
        store = target.find(component, "site", "bucket")
        return [] if store is None else [template(f"arn:{m.partition()}:s3:::{_bucket(m, target, store)}{'' if bucket else '/*'}")]
    maker = BY_ACTION.get(action) or BY_SERVICE[action.partition(":")[0]]
    sites = releasing.reached(m.site.target, environment, component)
    return [template(f"arn:{m.partition()}:{text}") for site in sites for text in maker(m, site, component)]


def _in(m: Module, target: Target, service: str, rest: str) -> str:
    region = m.region() if target.region == m.site.target.region else inside(region_of(m, target))
    return f"{service}:{region}:{account(m, target)}:{rest}"


def region_of(m: Module, target: Target) -> Code:
    """Return the Region of the recovery site."""
    return m.var("recovery_region", "string", "Region of the recovery site.", target.region)


def _applications(m: Module, target: Target, component: str) -> list[str]:
    """Return all applications of an environment as one: a policy may not be longer than 10,240 letters."""
    del component
    called = f"{begin(m, target)}-*"
    texts = (f"application:{called}", f"deploymentgroup:{called}/*", "deploymentconfig:CodeDeployDefault.*")
    return [_in(m, target, "codedeploy", text) for text in texts]


def _definitions(m: Module, target: Target, component: str) -> list[str]:
    return [_in(m, target, "ecs", f"task-definition/{begin(m, target)}-{naming.slug(component)}:*")]


def _services(m: Module, target: Target, component: str) -> list[str]:
    cluster = f"{begin(m, target)}-tasks"
    texts = (f"service/{cluster}/{naming.slug(component)}", f"task/{cluster}/*", f"container-instance/{cluster}/*")
    return [_in(m, target, "ecs", text) for text in texts]


def _roles(m: Module, target: Target, component: str) -> list[str]:
    return [f"iam::{account(m, target)}:role/{begin(m, target)}-{naming.slug(component)}-*"]


def _stacks(m: Module, target: Target, component: str) -> list[str]:
    return [_in(m, target, "cloudformation", f"stack/{begin(m, target)}-{naming.slug(component)}-release/*")]


def _functions(m: Module, target: Target, component: str) -> list[str]:
    return [_in(m, target, "lambda", f"function:{begin(m, target)}-{naming.slug(component)}{tail}") for tail in ("", ":*")]


Makers = Callable[[Module, Target, str], list[str]]
BY_ACTION: Mapping[str, Makers] = {"ecs:RegisterTaskDefinition": _definitions}
BY_SERVICE: Mapping[str, Makers] = {
    "cloudformation": _stacks,
    "codedeploy": _applications,
    "ecs": _services,
    "iam": _roles,
    "lambda": _functions,
}
"""ARNs without their beginning, by what acts."""
