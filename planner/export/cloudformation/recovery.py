"""The recovery layer: replicas of the other region's databases, backup plans, and the planned times as Resilience Hub knows them."""

from __future__ import annotations

from planner.export import naming
from planner.export.cloudformation import keys, relational, roles
from planner.export.cloudformation.intrinsics import Json, att, ref
from planner.export.cloudformation.stack import Stack
from planner.models.design import Backup
from planner.models.plan import RecoveryResult

V2, V1 = "AWS::ResilienceHubV2::Policy", "AWS::ResilienceHub::ResiliencyPolicy"
SECONDS_PER_MINUTE = 60
APPROACH = {
    "backup_restore": "BACKUP_AND_RESTORE",
    "pilot_light": "PILOT_LIGHT",
    "warm_standby": "WARM_STANDBY",
    "active_active": "ACTIVE_ACTIVE",
}
LOCK_GRACE_DAYS = 3
"""Days in which a vault's lock can still be lifted; the least that AWS takes."""
DAILY = "cron(0 3 * * ? *)"


def build(stack: Stack) -> None:
    """Add what brings a site back."""
    for resource in stack.target.of_layer("recovery"):
        relational.replica(stack, resource)
    _backups(stack)
    if stack.target.production and stack.target.role == "primary":
        _policy(stack)


def _policy(stack: Stack) -> None:
    """Add the plan's recovery times as a policy of Resilience Hub, in the newest form that the region has."""
    kinds = stack.facts.regions_with
    if stack.target.region in kinds[V2]:
        stack.add("ResiliencePolicy", V2, _second(stack))
    elif stack.target.region in kinds[V1]:
        stack.add("ResiliencePolicy", V1, _first(stack))


def _minutes(seconds: int | None) -> int:
    return 0 if seconds is None else -(-seconds // SECONDS_PER_MINUTE)


def _pair(result: RecoveryResult) -> Json:
    return {"RtoInMinutes": _minutes(result.rto_seconds), "RpoInMinutes": _minutes(result.rpo_seconds)}


def _second(stack: Stack) -> Json:
    recovery = stack.target.plan.recovery
    properties: Json = {
        "Name": stack.named("planned"),
        "Description": "Recovery times that the plan reaches; a test that takes longer breaks it.",
        "Tags": stack.tags(component="@recovery"),
    }
    zone, region = recovery.get("zone"), recovery.get("region")
    if zone is not None and zone.rto_seconds is not None:
        properties["MultiAz"] = {
            **_pair(zone),
            "DisasterRecoveryApproach": "ACTIVE_ACTIVE" if stack.target.zones > 1 else "BACKUP_AND_RESTORE",
        }
    approach = APPROACH.get(stack.target.plan.strategy)
    if region is not None and region.rto_seconds is not None and approach is not None:
        properties["MultiRegion"] = {**_pair(region), "DisasterRecoveryApproach": approach}
    corruption = recovery.get("data_corruption")
    if corruption is not None and corruption.rpo_seconds is not None:
        properties["DataRecovery"] = {"TimeBetweenBackupsInMinutes": _minutes(corruption.rpo_seconds)}
    return properties


def _first(stack: Stack) -> Json:
    recovery = stack.target.plan.recovery
    names = {"AZ": "zone", "Hardware": "infrastructure", "Software": "data_corruption", "Region": "region"}
    policy = {
        kind: {"RtoInSecs": recovery[name].rto_seconds or 0, "RpoInSecs": recovery[name].rpo_seconds or 0}
        for kind, name in names.items()
        if name in recovery and (kind != "Region" or recovery[name].rto_seconds is not None)
    }
    return {"PolicyName": stack.named("planned"), "Tier": "Critical", "Policy": policy, "Tags": stack.tag_map(component="@recovery")}


def _backups(stack: Stack) -> None:
    """Add a vault and a plan for each store that AWS Backup copies; the rest is a property of the store."""
    planned = [backup for backup in stack.target.site.details.backups if backup.mechanism == "aws_backup"]
    if not planned:
        return
    vault: Json = {"BackupVaultName": stack.named("backups"), "BackupVaultTags": stack.tag_map(component="@recovery")}
    if any(backup.vault_lock for backup in planned):
        vault["LockConfiguration"] = {"MinRetentionDays": min(b.retention_days for b in planned), "ChangeableForDays": LOCK_GRACE_DAYS}
    vault = keys.with_key(vault, "EncryptionKeyArn", keys.data_key(stack))
    stack.add("Backups", "AWS::Backup::BackupVault", vault, keep="Retain")
    role = stack.imported("security", f"{roles.logical('backup')}Arn")
    for backup in planned:
        _plan(stack, backup, role)


def _plan(stack: Stack, backup: Backup, role: Json) -> None:
    name = naming.camel(backup.component)
    rule: Json = {
        "RuleName": "planned",
        "TargetBackupVault": ref("Backups"),
        "ScheduleExpression": DAILY if backup.frequency == "continuous" else backup.frequency,
        "EnableContinuousBackup": backup.frequency == "continuous",
        "Lifecycle": {"DeleteAfterDays": backup.retention_days},
    }
    twin = stack.target.twin
    if backup.copy_region is not None and twin is not None and twin.find(backup.component, "backup-copy") is not None:
        arn = stack.from_elsewhere(f"{name}CopiesArn", "Vault in the other region.", twin, "data", f"{name}CopiesArn")
        rule["CopyActions"] = [{"DestinationBackupVaultArn": arn, "Lifecycle": {"DeleteAfterDays": backup.retention_days}}]
    plan = {"BackupPlanName": stack.named(naming.slug(backup.component)), "BackupPlanRule": [rule]}
    stack.add(
        f"{name}BackupPlan", "AWS::Backup::BackupPlan", {"BackupPlan": plan, "BackupPlanTags": stack.tag_map(component=backup.component)}
    )
    # By its ARN: a component's tag is the same in every environment of the account.
    store = stack.imported("data", f"{name}Arn")
    selection = {"SelectionName": naming.slug(backup.component), "IamRoleArn": role, "Resources": [store]}
    stack.add(
        f"{name}BackupSelection", "AWS::Backup::BackupSelection", {"BackupPlanId": ref(f"{name}BackupPlan"), "BackupSelection": selection}
    )
    stack.give(f"{name}BackupPlanArn", att(f"{name}BackupPlan", "BackupPlanArn"), f"Backup plan of {backup.component}.")
