"""The shape of every fact file, strictly: unknown keys, wrong types and missing sources are errors.

`schemas/catalog/*.schema.json` are generated from these models by `tools/compile_catalog.py`.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _decimal(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a decimal number") from error
    if not value.is_finite():
        raise ValueError(f"{text!r} is not finite")
    return text


Text = Annotated[str, Field(min_length=1)]
Number = Annotated[str, AfterValidator(_decimal)]
Confidence = Literal["high", "medium", "low"]
Answer = Literal["yes", "no", "unknown"]


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sourced(Shape):
    """A fact: where it is from, and the date of the text that was read."""

    source: Text
    as_of: Text


class Status(Sourced):
    """Where a service stands in its life."""

    state: Literal["live", "closed", "ended"]
    stated: Text | None = None
    ended: Text | None = None
    successors: list[Text] = []


class SlaShape(Sourced):
    """A monthly uptime commitment, percent."""

    percent: Number
    covers: Text
    confidence: Confidence


class RecoveryShape(Sourced):
    """What a mechanism recovers within; null where AWS gives no number."""

    mechanism: Text
    rto_seconds: Annotated[int, Field(ge=0)] | None
    rpo_seconds: Annotated[int, Field(ge=0)] | None
    stated: Text
    basis: Text
    confidence: Confidence


class LimitShape(Sourced):
    """A limit, quota or unit size; the note holds the text it was read from."""

    value: Number
    unit: Text
    note: Text


class TaskSizeShape(Sourced):
    """A Fargate CPU size and its memory sizes, GB."""

    vcpus: Number
    memory_gb: Annotated[list[Number], Field(min_length=1)]


class ComplianceShape(Shape):
    """Scope in each dated list; unknown where a list does not name the service."""

    hipaa_2025_04: Answer
    pci_2021_09: Answer
    soc_2021_09: Answer
    iso27001_2021_09: Answer
    fedramp_moderate_2025_12: Answer
    source: Text


class PriceUseShape(Shape):
    """A price dimension that the service is billed by."""

    service_code: Text
    dimension: Text
    where: Literal["region", "global"]


class IacShape(Shape):
    """Resource types."""

    cloudformation: list[Text]
    terraform: list[Text]


class ServiceShape(Sourced):
    """`services/<id>.yaml`."""

    service: Text
    name: Text
    service_code: str
    scope: Literal["zonal", "regional", "global"]
    status: Status
    sla: dict[str, SlaShape]
    recovery: dict[str, RecoveryShape]
    limits: dict[str, LimitShape]
    sizes: list[TaskSizeShape] = []
    compliance: ComplianceShape
    prices: list[PriceUseShape]
    iac: IacShape


class ZonesShape(Sourced):
    """Where the number of zones is from."""

    confidence: Confidence
    note: Text


class RegionShape(Shape):
    """One Region."""

    name: Text
    geography: Literal["us", "eu", "uk", "ca", "ap", "sa", "me", "af", "il", "mx", "us-gov"]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    residency: Annotated[list[Text], Field(min_length=1)]
    partition: Literal["aws", "aws-us-gov"]
    zones: Annotated[int, Field(ge=2, le=3)]
    edge_geography: Text
    edge_request_prefix: Text


class RegionsShape(Sourced):
    """`regions.yaml`."""

    zones: ZonesShape
    regions: dict[str, RegionShape]


class AssumptionShape(Shape):
    """One value that was filled in."""

    value: Text
    unit: Text
    low: Text | None = None
    high: Text | None = None
    kind: Literal["usage", "recovery", "sizing", "availability", "preference"]
    source: Text
    as_of: Text | None = None
    note: str = ""


class AssumptionsShape(Shape):
    """`assumptions.yaml`; the file's date holds where an entry has none."""

    as_of: Text
    assumptions: dict[str, AssumptionShape]


class ProofShape(Shape):
    """What must hold of the parts of a plan that show an element."""

    on: Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9_]+/([a-z0-9-]+|\*)$")]], Field(min_length=1)]
    sites: Literal["all", "primary", "standing", "serving", "production", "home"] = "all"
    property: Text | None = None
    equals: str | bool | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    names: list[Text] | None = None
    includes: Text | None = None
    detail: (
        Literal["no_admin_ports", "only_web_ports", "least_privilege", "backed_up", "databases_rotate", "under_key", "secrets_under_keys"]
        | None
    ) = None
    only: Literal["authoritative"] | None = None
    set_when: Text | None = None


class EvidenceShape(Shape):
    """How a plan shows an element, or why it cannot."""

    tests: list[ProofShape] = []
    needed: list[Text] = []
    second_region: bool = False
    customer: str = ""
    absent: str = ""


class ElementShape(Sourced):
    """A property of an architecture that meets controls."""

    description: Text
    cloudformation: str
    terraform: str
    config_rules: list[Text]
    checkov: list[Text]
    plan: EvidenceShape


class ElementsShape(Shape):
    """`elements.yaml`."""

    elements: dict[str, ElementShape]


class ControlShape(Shape):
    """One control and the elements that meet it; `process` says why it is the customer's own whatever is planned."""

    id: Text
    title: Text
    elements: Annotated[list[Text], Field(min_length=1)]
    basis: Text
    process: str = ""
    at_least: dict[str, Text] = {}


class ScopeShape(Shape):
    """The list of services in scope at hand; only a current one forbids."""

    column: Text
    as_of: Text
    current: bool


class FrameworkShape(Sourced):
    """`controls/<framework>.yaml`: the controls of a framework with the elements that meet them."""

    framework: Text
    name: Text
    version: Text
    aliases: list[Text]
    partial: str
    scope: ScopeShape | None
    regions: list[Text]
    controls: list[ControlShape]


class ThreatShape(Shape):
    """A threat, the data that implies it, what mitigates it and what remains."""

    technique: Annotated[str, Field(pattern=r"^T\d{4}(\.\d{3})?$")]
    threat: Text
    data_classes: Annotated[list[Literal["public", "internal", "personal", "cardholder", "health", "financial"]], Field(min_length=1)]
    elements: Annotated[list[Text], Field(min_length=1)]
    residual: Text


class ThreatsShape(Sourced):
    """`threats.yaml`."""

    owner: Text
    threats: dict[str, ThreatShape]


class LifecycleShape(Sourced):
    """A service or feature that ended, closes or came back."""

    name: Text
    state: Literal["ended", "closed_to_new", "sunset", "live"]
    aliases: list[Text]
    successor_services: list[Text]
    concerns: list[Text]
    status: Text
    end: str
    closed: str
    successor: str
    rule: Text
    confidence: Confidence


class LifecyclesShape(Shape):
    """`lifecycle.yaml`."""

    lifecycle: dict[str, LifecycleShape]


class FeatureShape(Shape):
    """What a platform can have beside its components, the leaf that asks for it and its elements."""

    leaf: Text
    elements: list[Text]


class FeaturesShape(Shape):
    """`features.yaml`."""

    as_of: Text
    features: dict[str, FeatureShape]


class EngineShape(Sourced):
    """An engine as it is provisioned; `force_tls` is the setting that refuses plain connections."""

    engine: Text
    version: Text
    family: Text
    port: int
    logs: list[Text]
    force_tls: str


class ExportedShape(Sourced):
    """A value that exports set."""

    value: Text


class RegionsWithShape(Sourced):
    """Where a resource type exists."""

    regions: list[Text]


class RuleInputsShape(Sourced):
    """What a managed rule must be told."""

    inputs: dict[str, Text]


class DaysShape(Sourced):
    """Retention periods that a service takes."""

    days: list[int]


class ExportsShape(Shape):
    """`exports.yaml`."""

    engines: dict[str, EngineShape]
    versions: dict[str, ExportedShape]
    machine_images: dict[str, ExportedShape]
    runtimes: dict[str, ExportedShape]
    firewall_rules: list[ExportedShape]
    regions_with: dict[str, RegionsWithShape]
    config_rule_inputs: dict[str, RuleInputsShape]
    log_retention_days: DaysShape


class FacetShape(Shape):
    """How files show one thing that a plan decided; what each field means stands at the head of `readback.yaml`."""

    planned: Text = ""
    cloudformation: list[Text]
    terraform: list[Text]
    sets: Text = ""
    scales: list[Text] = []
    number: bool = False
    present: bool = False
    words: dict[str, str | bool] = {}
    unset: str | int | bool | None = None
    known_as: Text = ""
    per: int = 1
    times: int = 1
    plus: int = 0
    over: Text = ""
    elsewhere: Text = ""


class OwnersShape(Shape):
    """Values of files that are their owner's: patterns of `TYPE/path`, and why."""

    paths: list[Text]
    because: Text


class FieldShape(Shape):
    """A field of a record: paths by form, and how what stands there becomes the plan's word; `required` ones decide what is a record."""

    cloudformation: list[Text]
    terraform: list[Text]
    match: Text = ""
    words: dict[str, Text] = {}
    squash: bool = False
    known_as: Text = ""
    required: bool = False
    unset: str | int | bool | None = None


class RecordTypeShape(Shape):
    """The types that show a kind of record, and what inside it is one."""

    types: list[Text]
    each: Text = ""


class RecordShape(Shape):
    """What a plan lists beside its resources, as files show it."""

    cloudformation: RecordTypeShape
    terraform: RecordTypeShape
    fields: dict[str, FieldShape]
    together: Text = ""
    if_there: bool = False
    beside: list[dict[str, Text]] = []


class ReadbackShape(Sourced):
    """`readback.yaml`: facets by `SERVICE/PART` and name; `idle` costs nothing unplanned, by form; `owners` may change anything."""

    owners: list[OwnersShape]
    records: dict[str, RecordShape]

    idle: dict[Literal["cloudformation", "terraform"], list[Text]]
    parts: dict[str, dict[str, FacetShape]]
