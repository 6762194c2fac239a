"""Hypothesis strategies for requirement documents of all kinds, shared by the tests that plan them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import strategies as st

REGIONS = ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1"]
sizes = st.sampled_from(["1 GiB", "12 GiB", "300 GiB", "2 TiB"])
small = st.sampled_from(["200 B", "1 KiB", "30 KiB", "300 KiB"])
small_memory = st.sampled_from(["500 MiB", "9 GiB", "120 GiB"])
ratios = st.sampled_from([0, 0.01, 0.5, 1, 3])
durability = st.sampled_from(["authoritative", "rebuildable", "ephemeral"])
kept = st.sampled_from(["authoritative", "rebuildable"])
calls = {"calls_per_request": ratios}


def component(kind: str, required: dict[str, st.SearchStrategy[Any]], **extra: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **required}, optional=extra)


code = {"cpu_per_request": st.sampled_from(["0.2ms", "5ms", "80ms"]), "memory_per_instance": st.sampled_from(["128 MiB", "1 GiB", "6 GiB"])}
more_code = {
    "runtime": st.sampled_from(["go", "java", "container"]), "request_duration": st.just("100ms"), "min_instances": st.sampled_from([1, 3]),
    "memory_per_request": st.sampled_from(["1 MiB", "40 MiB"]), "disk_per_instance": st.just("50 GiB"), "log_per_request": small,
    "stateful": st.booleans(), "software_availability": st.just("99.99%"), **calls,
}  # fmt: skip
store = {"storage": sizes}
changing = {"change_per_day": st.sampled_from(["0.1%", "4%"]), "storage_growth_per_year": st.sampled_from(["0%", "60%"]), **calls}
items = {"reads_per_request": ratios, "writes_per_request": ratios}
COMPONENTS = st.one_of(
    component("web", code, **more_code),
    component("api", code, public=st.booleans(), **more_code),
    component("worker", code, **more_code),
    component("batch", {"runs_per_day": ratios, "run_duration": st.sampled_from(["90s", "2h"]), "vcpus": st.sampled_from([0.5, 4]), "memory": st.sampled_from(["2 GiB", "9 GiB"])}),
    component("static_site", store, response_size=small, cache_hit_ratio=st.just("80%"), **calls),
    component("relational_db", {**store, "engine": st.sampled_from(["postgres", "mysql"]), "durability": kept, "cpu_per_request": st.sampled_from(["0.5ms", "4ms"]), "memory": st.sampled_from(["1 GiB", "20 GiB"])}, read_share=st.just("70%"), ios_per_request=ratios, iops=st.sampled_from([500, 5000]), backup_retention=st.sampled_from(["1d", "35d"]), **changing),
    component("key_value", {**store, "durability": durability, "item_size": small, **items}, consistent_reads=st.booleans(), **changing),
    component("cache", {"memory": st.sampled_from(["500 MiB", "40 GiB"])}, engine=st.sampled_from(["valkey", "redis", "memcached"]), durability=durability, **calls),
    component("object_store", {**store, "durability": durability, "object_size": small, **items}, infrequent_share=st.just("50%"), served_to_internet=st.booleans(), **changing),
    component("file_share", {**store, "durability": durability, "read_per_request": small, "write_per_request": small}, **changing),
    component("queue", {"message_size": small}, ordered=st.booleans(), **calls),
    component("topic", {"message_size": small, "subscribers": st.dictionaries(st.sampled_from(["sqs", "lambda", "http", "email"]), st.integers(0, 3))}, **calls),
    component("stream", {"record_size": small}, consumers=st.integers(1, 3), retention=st.sampled_from(["24h", "7d", "30d"]), **calls),
    component("search", {**store, "durability": durability, "cpu_per_request": st.just("2ms")}, replicas=st.integers(0, 2), memory=st.just("8 GiB"), **changing),
    component("log_analytics", {**store, "durability": durability, "ingest_per_day": sizes, "scanned_per_day": sizes, "retention": st.just("90d")}, alerts=st.booleans(), full_text=st.booleans(), interactive=st.booleans(), alerts_within=st.sampled_from(["5m", "1h"]), job_vcpu_hours_per_day=ratios, job_memory_gib_hours_per_day=ratios),
)  # fmt: skip
targets = st.fixed_dictionaries(
    {}, optional={"rto": st.sampled_from(["1m", "10m", "4h", "3d"]), "rpo": st.sampled_from(["5m", "1h", "1d"])}
)
RECOVERY = st.fixed_dictionaries({}, optional=dict.fromkeys(("deployment", "data_corruption", "infrastructure", "zone", "region"), targets))
flags = st.booleans()
SECURITY = st.fixed_dictionaries(
    {},
    optional={
        "frameworks": st.lists(st.sampled_from(["pci_dss_4", "hipaa", "soc2", "gdpr", "cis_aws"]), unique=True, max_size=2),
        "audit": st.fixed_dictionaries({}, optional={"changes": flags, "access": flags, "data_events": flags, "retention": st.just("400d")}),
        "encryption": st.fixed_dictionaries({}, optional={"at_rest": flags, "customer_managed_keys": flags}),
        "web_firewall": flags, "threat_detection": flags, "vulnerability_scanning": flags, "posture_management": flags,
        "ddos_protection": st.sampled_from(["standard", "advanced"]),
    },
)  # fmt: skip
ENVIRONMENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"production": st.just({})},
    optional={
        "dev": st.fixed_dictionaries({}, optional={"scale": st.just("5%"), "storage_scale": st.just("1%"), "hours_per_week": st.sampled_from([40, 168]), "zones": st.integers(1, 2)}),
    },
)  # fmt: skip
DELIVERY = st.fixed_dictionaries(
    {},
    optional={
        "source": st.sampled_from(["github", "codecommit", "s3_archive"]), "build": st.sampled_from(["codebuild", "jenkins"]), "pipeline": st.just("codepipeline"),
        "deploy": st.sampled_from(["blue_green", "canary", "rolling"]), "deploys_per_day": st.sampled_from([0.5, 20]), "committers": st.sampled_from([3, 12]),
    },
)  # fmt: skip


APPETITES: list[dict[str, Any]] = [
    {},
    {},
    {"commitments": {"term": "1y"}},
    {"commitments": {"term": "3y", "payment": "all_upfront", "kinds": ["reserved", "compute_savings_plan"]}, "upfront_budget": "3000"},
]


STORES = ("relational_db", "key_value", "cache", "object_store", "file_share", "queue", "stream", "search", "log_analytics")


@st.composite
def pipelines(draw: st.DrawFn, stores: list[str], components: dict[str, Any]) -> dict[str, Any]:
    """A data pipeline between two of the stores; what flows from a stream to objects may go as it is."""
    source, target = draw(st.permutations(stores))[:2]
    moved: dict[str, Any] = {"kind": "data_pipeline", "source": source, "target": target}
    moved |= {"runs_per_day": draw(st.sampled_from([0.3, 7, 96])), "data_per_run": draw(sizes)}
    flows = (components[source]["kind"], components[target]["kind"]) == ("stream", "object_store")
    if not flows or draw(st.booleans()):
        moved |= {
            "run_duration": draw(st.sampled_from(["20s", "25m", "3h"])),
            "vcpus": draw(st.sampled_from([0.5, 6, 30])),
            "memory": draw(small_memory),
        }
        moved |= draw(
            st.fixed_dictionaries(
                {}, optional={"steps": st.integers(1, 4), "may_wait": st.booleans(), "runtime": st.sampled_from(["go", "binary"])}
            )
        )
    return moved


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    components = {name: draw(COMPONENTS) for name in names}
    code_names = sorted(name for name, part in components.items() if part["kind"] in {"web", "api", "worker"})
    for name, other in combinations(code_names, 2):
        if draw(st.booleans()):
            rule = draw(st.sampled_from(["share_with", "share_with", "apart_from"]))
            components[name].setdefault("placement", {}).setdefault(rule, []).append(other)
    stores = sorted(name for name, part in components.items() if part["kind"] in STORES)
    if len(stores) > 1 and draw(st.booleans()):
        components["flow"] = draw(pipelines(stores, components))
    peak = draw(st.sampled_from([1, 4, 20]))
    average = draw(st.sampled_from([0.02, 3, 150]))
    business: dict[str, Any] = {
        "demand": {"average": f"{average}/s", "peak": f"{average * peak}/s"},
        "horizon_months": draw(st.sampled_from([1, 8, 36])),
        "growth_per_year": draw(st.sampled_from(["0%", "45%", "-20%"])),
        "seasonality": draw(st.sampled_from([{}, {"nov": "180%", "aug": "60%"}])),
        "journeys": {"use": {"needs": draw(st.lists(st.sampled_from(names), min_size=1, unique=True))}},
    }
    availability = draw(st.sampled_from([None, "99%", "99.9%", "99.99%"]))
    if availability:
        business["journeys"]["use"]["availability"] = availability
    return {
        "schema_version": "1",
        "project": {"name": "drawn", "start": "2027-05"},
        "business": business,
        "security": draw(SECURITY),
        "technology": {
            "regions": {"allowed": draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3, unique=True))},
            "recovery": draw(RECOVERY),
            "observability": draw(
                st.sampled_from([{}, {"detailed_metrics": True, "dashboards": 2, "tracing": True, "custom_metrics_per_component": 4}])
            ),
            "on_call": draw(st.sampled_from([{"hours": "24x7", "response": "5m"}, {"hours": "business_hours", "response": "1h"}])),
            **draw(st.sampled_from([{}, {"multi_region": True}, {"internet_egress": False}, {"auto_scaling": False}])),
        },
        "development": {"components": components, "environments": draw(ENVIRONMENTS), "delivery": draw(DELIVERY)},
        "finance": draw(st.sampled_from([{}, {"monthly_budget": "2000"}])) | draw(st.sampled_from(APPETITES)),
    }
