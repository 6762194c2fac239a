"""Layer recovery: replicas of databases, vaults and plans of AWS Backup, and the resilience policy."""

from __future__ import annotations

from planner.export import naming
from planner.export.hcl import Code
from planner.export.terraform import databases, roles, stores
from planner.export.terraform.module import Module, label, ref, snake, template
from planner.models.design import Backup
from planner.models.plan import Resource

LOCK_GRACE_DAYS = 3
"""Days in which a vault's lock can still be lifted; the least that AWS takes."""


def write(m: Module) -> None:
    """Write the layer."""
    for resource in m.site.target.of_layer("recovery"):
        if resource.service == "rds" and resource.id.endswith("/replica"):
            databases.rds(m, resource)
        elif resource.service == "aurora" and resource.id.endswith("/replica"):
            databases.aurora(m, resource)
    for resource in m.site.target.all("dynamodb", "replica"):
        stores.table_replica(m, resource)
    _copies(m)
    _vaults(m)
    if m.site.target.production and not m.site.recovery:
        _policy(m)


def _copies(m: Module) -> None:
    """Write the backups of databases that are copied here as they are made, without a database that runs."""
    for copy in (r for r in m.site.target.site.resources if r.id.endswith("/backup-copy") and r.service in {"rds", "aurora"}):
        source = m.site.twin.target.find(copy.component, "database") if m.site.twin else None
        if copy.service == "rds" and source:
            m.resource("aws_db_instance_automated_backups_replication", label(copy), source_db_instance_arn=m.arn(source.id)).set(
                retention_period=m.asked(copy, "BackupRetentionDays"), kms_key_id=m.key(copy)
            )


def _vaults(m: Module) -> None:
    """Write the vault, and a plan for each store that AWS Backup protects."""
    protected = [backup for backup in m.site.details.backups if backup.mechanism == "aws_backup"]
    taken = m.site.twin and any(b.copy_region == m.site.target.region for b in m.site.twin.details.backups if b.mechanism == "aws_backup")
    if not protected and not taken:
        return
    key = next((k for k in m.site.details.keys if k.name == "data" or k.data_class), None)
    key_arn = m.take("security", f"key_{snake(key.name)}_arn") if key else None
    m.resource("aws_backup_vault", "main", name=m.short("vault", "vault"), kms_key_arn=key_arn)
    if any(backup.vault_lock for backup in protected):
        m.resource(
            "aws_backup_vault_lock_configuration",
            "main",
            backup_vault_name=ref("aws_backup_vault", "main", "name"),
            min_retention_days=min(backup.retention_days for backup in protected),
            changeable_for_days=LOCK_GRACE_DAYS,
        )
    m.out("vault_arn", ref("aws_backup_vault", "main", "arn"), "Vault of AWS Backup.")
    for backup in protected:
        _plan(m, backup)


def _plan(m: Module, backup: Backup) -> None:
    name = f"backup_{snake(backup.component)}"
    days = m.var(
        f"{snake(backup.component)}_backup_days", "number", f"{backup.component}: days that backups are kept.", backup.retention_days
    )
    made = m.resource("aws_backup_plan", name, name=m.named(f"{naming.slug(backup.component)}-backup"))
    rule = made.add("rule", rule_name="planned", target_vault_name=ref("aws_backup_vault", "main", "name"))
    rule.set(
        schedule=backup.frequency if "(" in backup.frequency else "cron(0 3 * * ? *)",
        enable_continuous_backup=True if backup.frequency == "continuous" else None,
    )
    rule.add("lifecycle", delete_after=days)
    if backup.copy_region and m.site.twin:
        rule.add("copy_action", destination_vault_arn=_copied_to(m, backup)).add("lifecycle", delete_after=days)
    role = roles.arn(m, "backup")
    if role:
        m.resource(
            "aws_backup_selection",
            name,
            name="planned",
            plan_id=ref("aws_backup_plan", name),
            iam_role_arn=role,
            resources=[m.arn(backup.resource)],
        )


def _copied_to(m: Module, backup: Backup) -> Code:
    """Return the vault in the other region: that of the plan's copy, or the site's own."""
    twin = m.site.twin
    if twin and twin.target.find(backup.component, "backup-copy") and any(r.service == "aurora" for r in twin.target.of_layer("data")):
        return m.take("data", f"{snake(backup.component)}_copies_arn", site=twin)
    return m.take("recovery", "vault_arn", site=twin)


POLICY_KINDS = (("az", "zone"), ("hardware", "infrastructure"), ("software", "data_corruption"), ("region", "region"))


def _policy(m: Module) -> None:
    """Write the planned RTO and RPO as a policy that AWS Resilience Hub assesses the workload against."""
    made = m.resource("aws_resiliencehub_resiliency_policy", "planned", name=m.short("other", "resilience"), tier="MissionCritical")
    made.set(description=template(f"RTO and RPO of {m.prefix()} as planned"), data_location_constraint="AnyLocation")
    policy = made.add("policy")
    for kind, disruption in POLICY_KINDS:
        result = m.site.target.plan.recovery.get(disruption)
        if result is None or result.rto_seconds is None or result.rpo_seconds is None:
            continue
        block = policy.add(kind)
        for name, seconds in (("rpo", result.rpo_seconds), ("rto", result.rto_seconds)):
            value = m.var(
                f"{disruption}_{name}", "string", f"{name.upper()} for the loss of {disruption.replace('_', ' ')}.", f"{seconds}s"
            )
            block.set(**{name: value})


def copies_vault(m: Module, resource: Resource) -> None:
    """Write the vault that takes copies of another region's cluster."""
    name = label(resource)
    made = m.resource("aws_backup_vault", name, resource, name=m.short("vault", f"{naming.slug(resource.component)}-copies"))
    made.set(kms_key_arn=m.key(resource))
    m.stands(resource, ref("aws_backup_vault", name, "arn"))
    m.out(f"{snake(resource.component)}_copies_arn", ref("aws_backup_vault", name, "arn"), f"Vault of the copies of {resource.component}.")
