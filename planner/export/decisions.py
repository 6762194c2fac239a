"""Which decisions exports take from which resource; tables, read by `parameters`."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from planner.export import naming
from planner.export.decisions_stores import BUCKET_NAME, BUCKET_ROOM, STORES, bucket_prefix, recorded_buckets
from planner.export.layers import Kind
from planner.export.parameters import Parameter, Place, Spec, Value
from planner.export.targets import Target, all_targets
from planner.models.components import Compute, Job
from planner.models.facts import ExportFacts

MIB_PER_GIB = 1024
CPU_UNITS = 1024
"""Of ECS, in a vCPU."""
LONGEST_SECONDS = 900
"""That Lambda lets a call run."""
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
DAYS_PER_MONTH = 30
INLINE_RUNTIMES = ("nodejs", "python")
"""Runtimes that take a program from a template."""
ARCHITECTURES = ("arm64", "x86_64")


def of_property(name: str) -> Callable[[Place], Value | None]:
    """Return a reader of a property that may be missing."""

    def read(place: Place) -> Value | None:
        value = place.resource.properties.get(name)
        return tuple(str(item) for item in value) if isinstance(value, list) else value

    return read


def _type(place: Place) -> Value:
    return place.resource.type


def _image(place: Place) -> Value:
    return place.facts.machine_images[place.text("architecture")]


def _peak(place: Place) -> Value:
    return place.resource.count_by_step[0]


def _peaks(place: Place) -> tuple[int, ...]:
    return tuple(place.resource.count_by_step)


def _base(place: Place) -> Value:
    return place.first("base_count_by_step")


def _bases(place: Place) -> tuple[int, ...]:
    return place.steps("base_count_by_step")


def _cpu(place: Place) -> Value:
    return int(Decimal(place.text("vcpu")) * CPU_UNITS)


def _memory(place: Place) -> Value:
    return int(Decimal(place.text("memory_gib")) * MIB_PER_GIB)


def _ecs_architecture(place: Place) -> Value:
    return "ARM64" if place.text("architecture") == "arm64" else "X86_64"


def _schedule(place: Place) -> Value | None:
    """Return when a job runs; one that never runs by itself has no schedule."""
    job = place.target.document.development.components[place.resource.component]
    if not isinstance(job, Job) or not job.runs_per_day:
        return None
    minutes = max(1, int(MINUTES_PER_DAY / job.runs_per_day))
    return "rate(1 minute)" if minutes == 1 else f"rate({minutes} minutes)"


def _every(place: Place) -> Value:
    minutes = int(place.text("every_minutes"))
    return "rate(1 minute)" if minutes == 1 else f"rate({minutes} minutes)"


def _glue_cron(place: Place) -> Value:
    """Return a cron of Glue, which knows no rates: every so many minutes, hours, or once a day."""
    minutes = int(place.text("every_minutes"))
    if minutes < MINUTES_PER_HOUR:
        return f"cron(0/{max(5, minutes)} * * * ? *)"
    hours = min(24, minutes // MINUTES_PER_HOUR)
    return "cron(0 0 * * ? *)" if hours >= 24 else f"cron(0 0/{hours} * * ? *)"


def runtime_of(place: Place) -> str:
    """Return the Lambda runtime of a component."""
    item = place.target.document.development.components[place.resource.component]
    stated = str(getattr(item, "runtime", "other"))
    return place.facts.runtimes.get(stated, place.facts.runtimes["other"])


def _timeout(place: Place) -> Value:
    """Return three times what a call is said to take, in whole seconds: late is an error, not a bill."""
    item = place.target.document.development.components[place.resource.component]
    if isinstance(item, Compute):
        milliseconds = item.request_duration or item.cpu_per_request
        return min(LONGEST_SECONDS, max(3, math.ceil(3 * milliseconds / 1000)))
    duration = getattr(item, "run_duration", None)
    return LONGEST_SECONDS if duration is None else min(LONGEST_SECONDS, 3 * int(duration))


def _start_image(place: Place) -> Value:
    return place.facts.versions["start_image"]


def _bucket(name: str) -> Callable[[Place], Value]:
    return lambda place: bucket_prefix(place.target, name)


def _access_bucket(place: Place) -> Value:
    """Return the beginning of the bucket's name: web ACLs write only where it is this one."""
    return naming.shortened(f"aws-waf-logs-{bucket_prefix(place.target, 'access')}", BUCKET_ROOM)


def _lock(place: Place) -> Value | None:
    mode = place.resource.properties.get("object_lock")
    return None if mode is None else str(mode).upper()


def _log_days(place: Place) -> Value:
    return log_days(place.facts, int(place.text("retention_days")))


CLASS = Spec("InstanceType", "string", _type, "Instance type.", pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")
TASK = (
    Spec("TaskCpu", "number", _cpu, "CPU units of a task; 1024 are one vCPU.", minimum=256),
    Spec("TaskMemoryMib", "number", _memory, "Memory of a task in MiB.", minimum=512),
    Spec("Architecture", "string", _ecs_architecture, "CPU architecture of the image.", allowed=("ARM64", "X86_64")),
    Spec("Image", "string", _start_image, "Container image; the first one shows a page, the pipeline brings yours."),
)


def _packaged(value: Value) -> Callable[[Place], Value | None]:
    """Return a reader of what only runtimes without an inline program need."""
    return lambda place: None if runtime_of(place).startswith(INLINE_RUNTIMES) else value


def _health_path(place: Place) -> Value | None:
    """Return where a load balancer asks a component whether it is well; it does not ask functions."""
    return "/" if "port" in place.resource.properties else None


def _script_bucket(place: Place) -> Value | None:
    """Return where a job's script is put by hand; nowhere where releases bring it."""
    released = any(target.find("@delivery", "artifacts") for target in all_targets(place.target.plan, place.target.document))
    return None if released else "upload-the-script-first"


FUNCTION = (
    Spec("CodeBucket", "string", _packaged("upload-the-package-first"), "Bucket with the package of the first release."),
    Spec("CodeKey", "string", _packaged("release.zip"), "Key of the package of the first release."),
    Spec("MemoryMib", "number", of_property("memory_mib"), "Memory of the function in MiB.", minimum=128),
    Spec("Architecture", "string", of_property("architecture"), "CPU architecture of the code.", allowed=ARCHITECTURES),
    Spec("Runtime", "string", runtime_of, "Lambda runtime."),
    Spec("TimeoutSeconds", "number", _timeout, "Seconds until a call is given up.", minimum=1),
)
SCHEDULE = Spec("Schedule", "string", _schedule, "When it runs, as EventBridge Scheduler takes it.", pattern=r"^(rate|cron)\(.+\)$")
EVERY = Spec("Schedule", "string", _every, "When it runs, as EventBridge Scheduler takes it.", pattern=SCHEDULE.pattern)
CHECKS = (
    Spec("HealthCheckInterval", "number", of_property("interval"), "Seconds between checks.", allowed=("10", "30")),
    Spec("HealthCheckFailures", "number", of_property("failures"), "Failed checks in a row that mean down.", minimum=1),
)
COMPUTE: Mapping[Kind, tuple[Spec, ...]] = {
    ("ec2", "instances"): (
        CLASS,
        Spec("ImageId", "image", _image, "SSM public parameter with the machine image."),
        Spec("MinimumInstances", "number", _base, "Instances at the lowest load.", minimum=0, by_step=_bases),
        Spec("MaximumInstances", "number", _peak, "Instances at the peak.", minimum=0, by_step=_peaks),
        Spec("VolumeGib", "number", of_property("volume_gib"), "Root volume in GiB.", minimum=8),
    ),
    ("fargate", "tasks"): (
        *TASK,
        Spec("MinimumTasks", "number", _base, "Tasks at the lowest load.", minimum=0, by_step=_bases),
        Spec("MaximumTasks", "number", _peak, "Tasks at the peak.", minimum=0, by_step=_peaks),
    ),
    ("lambda", "function"): FUNCTION,
    ("alb", "target"): (Spec("HealthPath", "string", _health_path, "Path that answers when it is well.", pattern=r"^/\S*$"),),
    ("fargate", "job"): (*TASK, SCHEDULE),
    ("lambda", "job"): (*FUNCTION, SCHEDULE),
    ("fargate", "step"): TASK,
    ("lambda", "step"): FUNCTION,
    ("eventbridge", "schedule"): (EVERY,),
    ("glue", "etl"): (
        Spec("CodeBucket", "string", _script_bucket, "Bucket with the script."),
        Spec("Dpus", "number", of_property("dpus"), "Data processing units of a run.", minimum=2),
        Spec("Schedule", "string", _glue_cron, "When it runs, as Glue takes it.", pattern=r"^cron\(.+\)$"),
    ),
    ("cloudwatch", "logs"): (Spec("LogRetentionDays", "number", _log_days, "Days that logs are kept.", minimum=1),),
    ("ec2", "jenkins"): (
        Spec("JenkinsInstanceType", "string", _type, "Instance type of the build server.", pattern=CLASS.pattern),
        Spec("JenkinsImageId", "image", _image, "SSM public parameter with the machine image of the build server."),
        Spec("JenkinsVolumeGib", "number", of_property("volume_gib"), "Volume of the build server in GiB.", minimum=8),
    ),
    ("fargate", "jenkins-task"): (
        Spec("JenkinsTaskCpu", "number", _cpu, "CPU units of the build server; 1024 are one vCPU.", minimum=256),
        Spec("JenkinsTaskMemoryMib", "number", _memory, "Memory of the build server in MiB.", minimum=512),
        Spec("JenkinsArchitecture", "string", _ecs_architecture, "CPU architecture of its image.", allowed=("ARM64", "X86_64")),
        Spec("JenkinsImage", "string", lambda place: place.facts.versions["jenkins_image"], "Container image of Jenkins."),
        Spec("JenkinsVolumeGib", "number", of_property("volume_gib"), "Disk of the build server in GiB.", minimum=20),
        Spec("JenkinsLogRetentionDays", "number", _log_days, "Days that the log of the build server is kept.", minimum=1),
    ),
    ("s3", "trail-bucket"): (
        Spec("TrailBucketName", "string", _bucket("trail"), "Beginning of the name of the audit bucket.", pattern=BUCKET_NAME),
        Spec("AuditRetentionDays", "number", of_property("retention_days"), "Days that audit records are kept.", minimum=1),
        Spec("AuditLockMode", "string", _lock, "Whether anybody may shorten the lock.", allowed=("COMPLIANCE", "GOVERNANCE")),
    ),
    ("s3", "access-logs"): (
        Spec("AccessLogsBucketName", "string", _access_bucket, "Beginning of the bucket's name.", pattern=BUCKET_NAME),
        Spec("AccessLogRetentionDays", "number", of_property("retention_days"), "Days that access logs are kept.", minimum=1),
    ),
    ("s3", "configuration-history"): (
        Spec("ConfigurationHistoryBucketName", "string", _bucket("config"), "Beginning of the bucket's name.", pattern=BUCKET_NAME),
        Spec("ConfigurationHistoryRetentionDays", "number", of_property("retention_days"), "Days that it is kept.", minimum=1),
    ),
    ("cloudwatch", "trail-log"): (Spec("TrailLogRetentionDays", "number", _log_days, "Days that the trail is searchable.", minimum=1),),
    ("eventbridge", "deployment-events"): (
        Spec("DeploymentEventRetentionDays", "number", _log_days, "Days that deployments can be looked up.", minimum=1),
    ),
    ("cloudwatch", "database-logs"): (
        Spec("DatabaseLogRetentionDays", "number", _log_days, "Days that logs of databases are kept.", minimum=1),
    ),
    ("s3", "artifacts"): (
        Spec("ArtifactsBucketName", "string", _bucket("artifacts"), "Beginning of the name of the artifact store.", pattern=BUCKET_NAME),
    ),
    ("nat_gateway", "gateways"): (
        Spec("NatGateways", "number", of_property("gateways"), "NAT gateways, one a zone.", allowed=("1", "2", "3")),
    ),
    ("global_accelerator", "health-checks"): CHECKS,
    ("route53", "health-checks"): CHECKS,
}
NETWORK: Mapping[Kind, tuple[Spec, ...]] = {
    ("vpc", "vpc"): tuple(
        Spec(
            f"{kind.capitalize()}SubnetCidrs", "list", of_property(f"{kind}_subnets"), f"Address ranges of the {kind} subnets, one a zone."
        )
        for kind in ("public", "private", "data")
    ),
    ("waf", "web-acl"): (
        Spec(
            "RequestLimit",
            "number",
            of_property("rate_limit"),
            "Requests from one address in five minutes, beyond which it waits.",
            minimum=10,
        ),
    ),
}
SPECS: Mapping[Kind, tuple[Spec, ...]] = {**COMPUTE, **NETWORK, **STORES}
"""By service and part."""

NAME = r"^[a-z][a-z0-9-]*$"
EMAIL = r"^[^@\s]+@[^@\s]+$"
ACCOUNT = r"^\d{12}$"
CIDR = r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$"
DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"


def site_parameters(target: Target, facts: ExportFacts) -> Iterator[Parameter]:
    """Yield what belongs to the site as a whole."""
    project = target.document.project
    yield Parameter("Project", "string", target.project, "Project; names of resources begin with it.", NAME)
    yield Parameter("Environment", "string", target.environment, "Environment.", NAME)
    yield Parameter("Owner", "string", naming.tag_value(project.owner or project.name), "Who answers for it.")
    yield Parameter("PlanDigest", "string", naming.digest(target.plan.requirements_digest + target.plan.catalog.digest, 12), "Which plan.")
    yield Parameter("Zones", "number", target.zones, "Availability zones that compute is spread over.", allowed=("1", "2", "3"))
    if target.twin is not None:
        yield Parameter("OtherRegion", "string", target.twin.region, "The environment's other region.", r"^[a-z0-9-]+$")
    yield Parameter("DomainName", "string", domain_of(target), "Domain name of the environment.", DOMAIN)
    yield Parameter("AlertEmail", "string", f"operations@{base_domain(target)}", "Mail address for alarms and budgets.", EMAIL)
    yield Parameter("AlertUrl", "string", f"https://alerts.{base_domain(target)}/aws", "HTTPS address for alarms.", r"^https://\S+$")
    yield Parameter("VpcCidr", "string", cidr_of(target), "Address range of the VPC.", CIDR)
    kept = _platform_log_days(target, facts)
    yield Parameter("PlatformLogRetentionDays", "number", kept, "Days that logs of the platform are kept.", minimum=1)
    yield Parameter("MonthlyBudgetUsd", "number", budget_of(target), "Dollars a month: the plan's mean for the environment.", minimum=1)
    yield from _thresholds(target)
    yield from _sources(target)
    yield from _hours(target)
    yield from _elsewhere(target)
    yield from recorded_buckets(target)
    yield from _existing(target)


def log_days(facts: ExportFacts, days: int) -> int:
    """Return the shortest retention that CloudWatch Logs takes and that is long enough; ten years where none is."""
    return next((allowed for allowed in facts.log_retention_days if allowed >= days), facts.log_retention_days[-1])


def _platform_log_days(target: Target, facts: ExportFacts) -> int:
    """Return how long the platform's own logs are kept: as long as the components', at least a month where none has logs."""
    stated = [int(str(logs.properties["retention_days"])) for logs in target.all("cloudwatch", "logs")]
    return log_days(facts, max(stated, default=DAYS_PER_MONTH))


def base_domain(target: Target) -> str:
    """Return the domain of the application; without one in the document a reserved name that nobody can own."""
    return target.document.project.domain or f"{target.project}.example.com"


def domain_of(target: Target) -> str:
    """Return the domain of an environment: production has the application's own, each mirror a name below it."""
    return base_domain(target) if target.production else f"{target.environment}.{base_domain(target)}"


def budget_of(target: Target) -> int:
    """Return the plan's dollars a month of the environment, whole, at least one."""
    planned = target.plan.totals.by_environment[target.environment]
    return max(1, int(planned.quantize(Decimal(1), ROUND_HALF_UP)))


def cidr_of(target: Target) -> str:
    """Return the address range of a site: the plan's, else the n-th /16 of 10.0.0.0/8 that overlaps nothing that exists."""
    vpc = target.find("@network", "vpc")
    if vpc is not None and "cidr" in vpc.properties:
        return str(vpc.properties["cidr"])
    taken = [ipaddress.ip_network(str(cidr), strict=False) for cidr in target.document.technology.existing.vpc_cidrs]
    every = ipaddress.ip_network("10.0.0.0/8").subnets(new_prefix=16)
    free = (network for network in every if not any(network.overlaps(other) for other in taken))
    for other in all_targets(target.plan, target.document):
        network = next(free)
        if (other.environment, other.region) == (target.environment, target.region):
            return str(network)
    raise AssertionError(f"{target.environment} is not in its plan")


def _thresholds(target: Target) -> Iterator[Parameter]:
    """Yield the thresholds of alarms, which follow the sizes of an environment."""
    for alarm in target.site.details.alarms:
        text = f"Threshold of {alarm.name}, {alarm.unit}."
        yield Parameter(f"Alarm{naming.camel(alarm.name)}Threshold", "number", alarm.threshold, text, resource=f"{alarm.component}/alarms")


def _sources(target: Target) -> Iterator[Parameter]:
    """Yield where sources are, and the buckets that pipelines release sites to."""
    if target.find("@delivery", "pipelines") is None:
        return
    yield Parameter("ConnectionName", "string", naming.shortened(target.project, 32), "Connection to GitHub; confirm it in the console.")
    for pipeline in target.plan.continuity.pipelines:
        name = naming.slug(pipeline.component)
        text = f"Repository of {name}, as OWNER/NAME."
        yield Parameter(f"{naming.camel(pipeline.component)}Repository", "string", f"{target.project}/{name}", text, r"^[^/]+/[^/]+$")
        for stage in pipeline.stages:
            if stage.environment is not None and stage.provider == "S3" and stage.environment != target.environment:
                prefix = naming.shortened(naming.slug(f"{target.project}-{stage.environment}-{name}"), BUCKET_ROOM)
                text = f"Beginning of the name of {name}'s bucket in {stage.environment}."
                yield Parameter(f"{naming.camel(pipeline.component, stage.environment)}BucketName", "string", prefix, text, BUCKET_NAME)


def _hours(target: Target) -> Iterator[Parameter]:
    """Yield when an environment starts and stops, for services that take AWS's crons and for groups that take the usual ones."""
    mirror = next((item for item in target.plan.continuity.mirrors if item.environment == target.environment), None)
    if mirror is None or mirror.start is None or mirror.stop is None:
        return
    for word, cron in (("Start", mirror.start), ("Stop", mirror.stop)):
        text = f"When the environment {word.lower()}s, UTC."
        yield Parameter(f"{word}Schedule", "string", cron, text, r"^cron\(.+\)$")
        minute, hour, _, month, days, _ = cron.removeprefix("cron(").removesuffix(")").split()
        yield Parameter(f"{word}Recurrence", "string", f"{minute} {hour} * {month} {days}", text)


def _elsewhere(target: Target) -> Iterator[Parameter]:
    """Yield where releases come from, and where the history of configurations goes, in sites that keep neither."""
    home = next((t for t in all_targets(target.plan, target.document) if t.find("@delivery", "artifacts") is not None), None)
    if home is not None and (home.environment, home.region) != (target.environment, target.region):
        text = "Beginning of the artifact store's name."
        if target.find("@delivery", "artifacts") is None:
            yield Parameter("ArtifactsBucketName", "string", bucket_prefix(home, "artifacts"), text, BUCKET_NAME)
        yield Parameter("ReleaseRegion", "string", home.region, "Region that releases are built in.", r"^[a-z0-9-]+$")
    for environment, account in sorted(target.document.project.accounts.items()):
        if account != target.account:
            yield Parameter(f"{naming.camel(environment)}Account", "string", account, f"Account of {environment}.", ACCOUNT)
    twin = target.twin
    if twin is not None and twin.find("@audit", "configuration-history") is not None:
        text = "Beginning of the name of the bucket with the history of configurations."
        yield Parameter("ConfigurationHistoryBucketName", "string", bucket_prefix(twin, "config"), text, BUCKET_NAME)


UNKNOWN_GATEWAY = "nat-00000000000000000"
"""Stands for what a document does not say of its network."""


def _existing(target: Target) -> Iterator[Parameter]:
    existing = target.document.technology.existing
    network = next((n for n in existing.networks.values() if (n.environment, n.region) == (target.environment, target.region)), None)
    if network is not None:
        yield Parameter("VpcId", "string", network.vpc, "Existing VPC.", r"^vpc-[0-9a-f]+$")
        yield Parameter("PublicSubnetIds", "list", tuple(network.public_subnets), "Existing public subnets, one a zone.")
        yield Parameter("PrivateSubnetIds", "list", tuple(network.private_subnets), "Existing private subnets, one a zone.")
        stores = tuple(network.data_subnets or network.private_subnets)
        yield Parameter("DataSubnetIds", "list", stores, "Existing subnets for stores, one a zone.")
        gateways = target.find("@network", "gateways")
        if gateways is not None:
            unknown = (UNKNOWN_GATEWAY,) * int(str(gateways.properties["gateways"]))
            yield Parameter("NatGatewayIds", "list", unknown, "Existing NAT gateways that are watched; enter their ids.")
    for name, arn in existing.kms_keys.items():
        yield Parameter(f"{naming.camel(name)}KeyArn", "string", arn, f"Existing key {name}.", r"^arn:aws[a-z-]*:kms:.+$")
    if existing.audit_account is not None:
        yield Parameter("AuditAccount", "string", existing.audit_account, "Account whose bucket takes the trail.", ACCOUNT)
