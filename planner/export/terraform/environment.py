"""The root of an environment: providers, one call a module, variables with their values, outputs."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export import hcl, naming
from planner.export.hcl import Block, Code, Value
from planner.export.layers import LAYERS, ExportError, Layer
from planner.export.targets import Role
from planner.export.terraform.module import Module, Variable, versions
from planner.export.terraform.site import Site

SHARED = frozenset(
    {"project", "environment", "owner", "plan_digest", "domain_name", "alert_email", "alert_url", "monthly_budget_usd", "deploy_prefix"}
)
"""Variables that an environment has once, whatever the number of its regions."""
SHOWN = ("name_servers", "network_public_dns_name", "repository_url")
"""Outputs of modules that the environment passes on."""


def files(sites: list[Site], variants: Mapping[tuple[Role, Layer], str]) -> dict[str, str]:
    """Return the files of an environment by name.

    Args:
        sites: Of the environment, the primary first.
        variants: Folder of each module by role and layer.
    """
    variables = _variables(sites)
    written = {
        "main.tf": hcl.document([_call(module, variants) for module in _modules(sites)]),
        "providers.tf": hcl.document(_providers(sites)),
        "variables.tf": hcl.document([variable.block(_prefix(site, variable)) for site, variable in variables]),
        "outputs.tf": hcl.document(_outputs(sites)),
        "backend.tf.example": _backend(sites[0]),
    }
    shared = [(variable.name, variable.value) for site, variable in variables if _prefix(site, variable) == "" and variable.name in SHARED]
    written[f"{sites[0].target.environment}.auto.tfvars"] = hcl.document(shared)
    for site in sites:
        own = [(f"{_prefix(site, v)}{v.name}", v.value) for s, v in variables if s is site and v.name not in SHARED]
        written[f"{site.target.region}.auto.tfvars"] = hcl.document(own)
    return written


def _modules(sites: list[Site]) -> list[Module]:
    return [site.modules[layer] for site in sites for layer in LAYERS if layer in site.modules]


def _prefix(site: Site, variable: Variable) -> str:
    return "recovery_" if site.recovery and variable.name not in SHARED else ""


def _variables(sites: list[Site]) -> list[tuple[Site, Variable]]:
    """Return the variables that have a value, each once, by name in the environment."""
    found: dict[str, tuple[Site, Variable]] = {}
    for module in _modules(sites):
        for variable in module.variables.values():
            if variable.source is None:
                found.setdefault(_prefix(module.site, variable) + variable.name, (module.site, variable))
    for name in ("Project", "Environment", "Owner", "PlanDigest"):
        parameter = sites[0].parameters[name]
        snaked = naming.snake(name)
        found.setdefault(snaked, (sites[0], Variable(snaked, "string", parameter.description, str(parameter.value))))
    return [found[name] for name in sorted(found)]


def _call(module: Module, variants: Mapping[tuple[Role, Layer], str]) -> Block:
    """Return the call of a module: its region's provider, decisions from variables, the rest from other modules."""
    site = module.site
    providers: dict[Code, Value] = {Code("aws"): Code(f"aws.{site.target.role}")}
    providers |= {Code(f"aws.{alias}"): Code(f"aws.{alias}") for alias in sorted(module.aliases)}
    block = Block("module", (site.call(module.layer),)).set(
        source=f"../../modules/{variants[site.target.role, module.layer]}/{module.layer}"
    )
    block.set(providers=providers)
    for name, variable in sorted(module.variables.items()):
        source = variable.source or Code(f"var.{_prefix(site, variable)}{name}")
        block.set(**{name: source})
    return block


def _providers(sites: list[Site]) -> list[hcl.Item]:
    """Return the versions and a provider a region, each with the tags that everything gets."""
    items: list[hcl.Item] = [versions()]
    document = sites[0].target.document
    tags: dict[str, Value] = {naming.tag_key(key): naming.tag_value(value) for key, value in sorted(document.project.tags.items())}
    tags |= {
        "Project": Code("var.project"),
        "Environment": Code("var.environment"),
        "Owner": Code("var.owner"),
        "PlanDigest": Code("var.plan_digest"),
    }
    items.append(Block("locals").set(tags=tags))
    regions: dict[str, str] = {site.target.role: site.target.region for site in sites}
    regions |= {alias: alias.replace("_", "-") for module in _modules(sites) for alias in sorted(module.aliases)}
    account = sites[0].target.account
    for alias, region in regions.items():
        block = Block("provider", ("aws",)).set(alias=alias, region=region, allowed_account_ids=[account] if account else None)
        block.add("default_tags", tags=Code("local.tags"))
        items.append(block)
    return items


def _outputs(sites: list[Site]) -> list[hcl.Item]:
    items: list[hcl.Item] = []
    for module in _modules(sites):
        for name in SHOWN:
            if name in module.outputs:
                prefix = "recovery_" if module.site.recovery else ""
                items.append(
                    Block("output", (prefix + name,)).set(
                        description=module.outputs[name][1], value=Code(f"module.{module.site.call(module.layer)}.{name}")
                    )
                )
    return items


def _backend(site: Site) -> str:
    """Return an example of where state is kept; the bucket is the owner's."""
    block = Block("terraform")
    block.add("backend", "s3").set(
        bucket=f"{site.target.project}-terraform-state",
        key=f"{site.target.environment}/terraform.tfstate",
        region=site.target.region,
        encrypt=True,
        use_lockfile=True,
    )
    return hcl.document([hcl.Comment(("Copy to backend.tf and name your own bucket; planner keeps no state.",)), block])


def check(sites: list[Site]) -> None:
    """Make sure that every value taken from another module is one of its outputs.

    Raises:
        ExportError: one is not; that is a fault of the export.
    """
    missing: list[str] = []
    known = {f"module.{module.site.call(module.layer)}.{name}" for module in _modules(sites) for name in module.outputs}
    for module in _modules(sites):
        for variable in module.variables.values():
            if variable.source is not None and variable.source.text not in known:
                where = f"{module.site.target.environment}/{module.site.target.region}"
                missing.append(f"{where}: layer {module.layer} needs {variable.source.text}, which nothing makes")
    if missing:
        raise ExportError("; ".join(missing))
