"""Looking things up: prices, facts, and what is said when something is missing."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from planner import catalog
from planner.errors import CatalogError, PriceNotFoundError

if TYPE_CHECKING:
    from pathlib import Path


def test_price_has_everything(cat: catalog.Catalog) -> None:
    price = cat.price("us-east-1", "AmazonEC2", "instance-hour", instance_type="m5.large", os="linux")
    assert price.tiers == (catalog.Tier(Decimal(0), None, Decimal("0.096")),)
    assert (price.unit, price.term, price.basis, price.as_of) == ("Hrs", "on_demand", "recorded", "2026-07-20")
    assert price.attributes == (("instance_type", "m5.large"), ("os", "linux"))


def test_tiers_in_order(cat: catalog.Catalog) -> None:
    tiers = cat.price("us-east-1", "AWSDataTransfer", "internet-egress-gb").tiers
    assert [(str(tier.start), str(tier.end), str(tier.usd)) for tier in tiers] == [
        ("0", "10240", "0.09"),
        ("10240", "51200", "0.085"),
        ("51200", "153600", "0.07"),
        ("153600", "None", "0.05"),
    ]


def test_free_first_tier_is_explicit_where_the_source_says_so(cat: catalog.Catalog) -> None:
    tiers = cat.price("global", "AWSCodeCommit", "active-user-month").tiers
    assert tiers == (
        catalog.Tier(Decimal(0), Decimal(5), Decimal(0)),
        catalog.Tier(Decimal(5), None, Decimal(1)),
    )
    assert cat.price("us-east-1", "AWSSecurityHub", "finding-ingestion-event").tiers[0].start == 10000


def test_known_end_of_the_last_tier_is_kept(cat: catalog.Catalog) -> None:
    assert cat.price("us-east-1", "AWSSecurityHub", "security-check").tiers[-1].end == 100000


def test_attributes_may_be_left_out_while_unique(cat: catalog.Catalog) -> None:
    price = cat.price("global", "AmazonCloudFront", "request-https", usagePrefix="EU")
    assert dict(price.attributes) == {"edgeGeography": "EU", "usagePrefix": "EU"}
    assert cat.find_price("global", "AmazonCloudFront", "request-https") is None


@pytest.mark.parametrize(
    ("place", "attributes", "message"),
    [
        pytest.param(
            ("us-east-1", "AmazonEC2", "instance-hour"),
            {"instance_type": "m5.lage", "os": "linux"},
            "no price for AmazonEC2 instance-hour [instance_type=m5.lage;os=linux] in us-east-1; prices there: "
            "[instance_type=m5.large;os=linux], ",
            id="near-attributes",
        ),
        pytest.param(
            ("eu-north-1", "AWSELB", "alb-lcu-hour"),
            {},
            "no price for AWSELB alb-lcu-hour in eu-north-1; recorded in ap-northeast-1, ap-southeast-1, "
            "ca-central-1, eu-central-1, eu-west-1, eu-west-2, sa-east-1, us-east-1, us-east-2, us-west-2",
            id="other-regions",
        ),
        pytest.param(
            ("us-east-1", "AmazonS3", "standard-gb-moth"),
            {},
            "no price for AmazonS3 standard-gb-moth in us-east-1; near: standard-gb-month, ",
            id="near-dimension",
        ),
        pytest.param(
            ("us-east-1", "AmazonNothing", "hour"),
            {},
            "no price for AmazonNothing hour in us-east-1; the catalog has no price file for it",
            id="no-file",
        ),
    ],
)
def test_missing_price_is_named(cat: catalog.Catalog, place: tuple[str, str, str], attributes: dict[str, str], message: str) -> None:
    assert cat.find_price(*place, **attributes) is None
    with pytest.raises(PriceNotFoundError) as caught:
        cat.price(*place, **attributes)
    assert str(caught.value).startswith(message)
    assert caught.value.exit_code == 5


def test_recorded_only_leaves_inferred_prices_out(cat: catalog.Catalog) -> None:
    strict = catalog.load(recorded_only=True)
    inferred = cat.price("eu-central-1", "AWSDataTransfer", "inter-region-egress-gb", to="eu-west-1")
    assert inferred.basis == "rule"
    assert "standard rate of the source region, measured to us-west-1" in inferred.note
    assert strict.find_price("eu-central-1", "AWSDataTransfer", "inter-region-egress-gb", to="eu-west-1") is None
    assert strict.find_price("eu-central-1", "AWSDataTransfer", "inter-region-egress-gb", to="us-east-1") is not None
    with pytest.raises(PriceNotFoundError, match="only an inferred price is known, which recorded-only leaves out"):
        strict.price("ap-southeast-2", "CodeBuild", "linux-general1.small-minute")
    kept = strict.prices("us-east-2", "AmazonRDS", "storage-gp3-gb-month-multi-az")
    assert all(price.basis == "recorded" for price in kept)
    assert set(strict.coverage("us-east-2").by_basis) == {"recorded"}


def test_transfer_from_sao_paulo_stays_unresolved(cat: catalog.Catalog) -> None:
    known = cat.prices("sa-east-1", "AWSDataTransfer", "inter-region-egress-gb")
    assert [price.attributes for price in known] == [(("to", "us-west-1"),)]
    assert not cat.find_price("us-east-1", "AWSDataTransfer", "inter-region-egress-gb", to="us-gov-west-1")


def test_reserved_rates(cat: catalog.Catalog) -> None:
    rates = cat.reserved("us-east-1", "AmazonEC2")["instance_type=m5.large"]
    terms = dict(rates.terms)
    assert terms["std_3y_all"] < terms["std_1y_no"] < terms["on_demand"]
    assert not any(key.startswith("instance_type=p5") for key in cat.reserved("us-east-1", "AmazonEC2"))
    assert cat.reserved("us-east-1", "AmazonRDS")
    assert cat.reserved("us-east-1", "AmazonS3") == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda cat: cat.service("mainframe"), "no service 'mainframe' in the catalog", id="service"),
        pytest.param(
            lambda cat: cat.sla("alb", "tri_az"),
            "no SLA 'tri_az' of alb in the catalog; known: multi_az, single_az",
            id="sla",
        ),
        pytest.param(
            lambda cat: cat.recovery("iam", "failover"),
            "no recovery mechanism 'failover' of iam in the catalog; known: none",
            id="recovery",
        ),
        pytest.param(
            lambda cat: cat.limit("sns", "size"),
            "no limit 'size' of sns in the catalog; known: request_chunk_kb",
            id="limit",
        ),
        pytest.param(lambda cat: cat.assumption("luck"), "no assumption 'luck' in the catalog", id="assumption"),
        pytest.param(
            lambda cat: cat.framework("itil"),
            "no framework 'itil' in the catalog; known: cis_aws, fedramp, gdpr, hipaa, iso27001, nist_800_53_r5, pci_dss_4, soc2",
            id="framework",
        ),
    ],
)
def test_unknown_fact_is_named(cat: catalog.Catalog, call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(CatalogError) as caught:
        call(cat)
    assert str(caught.value) == message


def test_facts(cat: catalog.Catalog) -> None:
    assert cat.sla("rds", "multi_az").percent == Decimal("99.95")
    assert cat.recovery("rds", "multi_az_failover").rto_seconds == 120
    assert cat.recovery("rds", "pitr").rto_seconds is None
    assert cat.limit("kinesis", "shard_write_records_per_second").value == 1000
    assert cat.service("fargate").sizes[0].memory_gb == (Decimal("0.5"), Decimal(1), Decimal(2))
    assert (cat.service("opsworks").status, cat.service("opsworks").ended) == ("ended", "2024-05-01")
    assert cat.service("dynamodb").compliance["hipaa_2025_04"] == "yes"
    assert cat.regions["eu-central-2"].residency == ("ch",)
    assert cat.framework("PCI-DSS").id == "pci_dss_4"
    assert cat.lifecycle["opsworks_stacks"].end == "2024-05-01"
    assert cat.elements["imdsv2"].config_rules == ("EC2_IMDSV2_CHECK",)
    assert all(feature.leaf for feature in cat.features.values())
    assert all(assumption.source and assumption.as_of for assumption in cat.assumptions.values())


def test_successors_and_lifecycle_are_known_services(cat: catalog.Catalog) -> None:
    for service_id in cat.services():
        assert set(cat.service(service_id).successors) <= set(cat.services())


def test_framework_elements_are_known(cat: catalog.Catalog) -> None:
    for framework in cat.frameworks.values():
        assert set(framework.elements) <= set(cat.elements)
        assert {name for control in framework.controls for name in control.elements} == set(framework.elements)


def test_prices_as_of_is_the_oldest_date_of_each_source(cat: catalog.Catalog) -> None:
    prices = [
        cat.price("us-east-1", "AmazonEC2", "instance-hour", instance_type="m5.large", os="linux"),
        cat.price("eu-west-1", "AmazonEC2", "instance-hour", instance_type="m5.large", os="linux"),
    ]
    dates = cat.prices_as_of(prices)
    assert dates[prices[1].source] == "2024-08-09"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a small catalog of its own: facts and one service's prices."""
    root = catalog.catalog_root()
    for name in ("services", "compiled"):
        shutil.copytree(root / name, tmp_path / name)
    (tmp_path / "prices" / "us-east-1").mkdir(parents=True)
    shutil.copy(root / "prices" / "us-east-1" / "AWSELB.csv", tmp_path / "prices" / "us-east-1")
    return tmp_path


def test_edited_fact_counts_at_once(copy: Path) -> None:
    before = catalog.load(root=copy)
    assert before.sla("alb", "multi_az").percent == Decimal("99.99")
    digest = before.digest()
    file = copy / "services" / "alb.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("'99.99'", "'99.5'"), encoding="utf-8")
    after = catalog.load(root=copy)
    assert after.sla("alb", "multi_az").percent == Decimal("99.5")
    assert after.digest() != digest


def test_deleted_price_is_missing_and_changes_the_digest(copy: Path) -> None:
    before = catalog.load(root=copy).digest()
    file = copy / "prices" / "us-east-1" / "AWSELB.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("alb-hour,")), encoding="utf-8")
    cat = catalog.load(root=copy)
    with pytest.raises(PriceNotFoundError, match="no price for AWSELB alb-hour in us-east-1"):
        cat.price("us-east-1", "AWSELB", "alb-hour")
    assert cat.digest() != before


def test_digest_is_the_same_with_and_without_the_sums(tmp_path: Path, cat: catalog.Catalog) -> None:
    shutil.copytree(cat.root, tmp_path / "all")
    (tmp_path / "all" / "SHA256SUMS").unlink()
    assert catalog.load(root=tmp_path / "all").digest() == cat.digest()


def test_wrong_columns_are_refused(copy: Path) -> None:
    (copy / "prices" / "us-east-1" / "AWSELB.csv").write_text("dimension,price\nalb-hour,1\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"prices/us-east-1/AWSELB\.csv: the columns are not dimension,attributes"):
        catalog.load(root=copy).find_price("us-east-1", "AWSELB", "alb-hour")


def test_missing_fact_file_is_named(copy: Path) -> None:
    with pytest.raises(CatalogError, match=r"catalog file regions\.yaml is missing"):
        _ = catalog.load(root=copy).regions


def test_equal_keys_are_refused(copy: Path) -> None:
    file = copy / "services" / "alb.yaml"
    file.write_text("service: alb\nservice: nlb\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="duplicate key"):
        catalog.load(root=copy).service("alb")
