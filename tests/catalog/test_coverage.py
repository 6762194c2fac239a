"""Each price that a service asks for in a Region exists there or is listed as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from planner import catalog

PRICED = [
    "us-east-1",
    "us-west-2",
    "us-east-2",
    "eu-west-1",
    "eu-central-1",
    "eu-west-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ca-central-1",
    "ap-south-1",
    "sa-east-1",
    "eu-west-3",
    "eu-north-1",
    "us-west-1",
    "us-gov-west-1",
]

REQUIRED_SLA = {
    "ec2": {"multi_az", "single_instance"},
    "fargate": {"multi_az"},
    "lambda": {"regional"},
    "alb": {"multi_az", "single_az"},
    "rds": {"multi_az", "single_az"},
    "aurora": {"multi_az", "single_az"},
    "dynamodb": {"regional", "global_table"},
    "elasticache": {"multi_az", "single_az"},
    "opensearch": {"domain", "multi_az_standby"},
    "s3": {"standard"},
    "efs": {"regional", "one_zone"},
    "cloudfront": {"global"},
    "route53": {"dns"},
    "global_accelerator": {"multi_az"},
    "nat_gateway": {"zonal"},
    "kms": {"regional"},
}

WITHOUT_SLA = {"acm", "autoscaling", "cloudformation", "data_pipeline", "iam", "jenkins", "opsworks", "x_ray"}
"""AWS gives no SLA for these, or none could be found (facts/gaps.md): none is assumed."""


@pytest.mark.parametrize("region", PRICED)
def test_each_asked_price_exists_or_is_listed_as_missing(cat: catalog.Catalog, region: str) -> None:
    coverage = cat.coverage(region)
    for service_id in cat.services():
        for use in cat.service(service_id).prices:
            name = f"{use.service_code} {use.dimension}"
            exists = bool(cat.prices("global" if use.where == "global" else region, use.service_code, use.dimension))
            listed = name in coverage.missing.get(service_id, ())
            assert exists != listed, (region, service_id, name)
            assert exists == (name in coverage.priced.get(service_id, ()))


@pytest.mark.parametrize("region", PRICED)
def test_the_sixteen_regions_price_the_core(cat: catalog.Catalog, region: str) -> None:
    missing = cat.coverage(region).missing
    whole = {"ec2", "fargate", "lambda", "dynamodb", "s3", "efs", "kinesis", "sns", "cloudtrail", "config", "guardduty"}
    assert whole & set(missing) == set()


def test_every_dimension_of_a_service_is_priced_somewhere(cat: catalog.Catalog) -> None:
    regions = [*cat.regions, "global"]
    for service_id in cat.services():
        for use in cat.service(service_id).prices:
            assert any(cat.prices(region, use.service_code, use.dimension) for region in regions), use


def test_slas(cat: catalog.Catalog) -> None:
    for service_id, wanted in REQUIRED_SLA.items():
        assert wanted <= set(cat.service(service_id).sla)
    without = {service_id for service_id in cat.services() if not cat.service(service_id).sla}
    assert without == WITHOUT_SLA


def test_all_priced_regions_are_described(cat: catalog.Catalog) -> None:
    priced = {path.name for path in (cat.root / "prices").iterdir()} - {"global"}
    assert priced == set(cat.regions)
    assert set(PRICED) <= priced


def test_shares_by_basis(cat: catalog.Catalog) -> None:
    counts = cat.coverage("us-east-1").by_basis
    assert counts["recorded"] > 20 * sum(number for basis, number in counts.items() if basis != "recorded")
