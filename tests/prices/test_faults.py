"""Everything that can go wrong while fetching: one clear message, exit 5, and a cache that holds whole pairs only."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from price_list import Asked, Error, PriceList, entry, machine

from planner.cli import app
from planner.prices.cache import PriceCache

REFRESH = ["prices", "refresh", "--region", "us-east-1"]
LOAD_BALANCER = entry("ALB", "AWSELB", "Load Balancer-Application", "0.03", usagetype="LoadBalancerUsage")


def failing(fault: Any, offer: str = "AmazonEC2") -> Any:
    """Return a fault that every question about an offer meets."""
    return lambda asked, _before: fault if asked.body.get("ServiceCode") == offer else None


def written() -> list[str]:
    """Return the files of the cache, whatever they are."""
    root = PriceCache().root
    return sorted(path.relative_to(root).as_posix().partition("/")[2] for path in root.rglob("*") if path.is_file())


@pytest.fixture
def stocked(served: PriceList) -> PriceList:
    """Serve one price of two services."""
    served.entries = [machine("M7G", "m7g.large", "0.08"), LOAD_BALANCER]
    return served


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(Error(400, "ThrottlingException"), "the Price List API keeps throttling; run the same command later, it goes on where it stopped", id="throttling"),
        pytest.param(Error(500, "InternalErrorException"), "the Price List API keeps failing on its side (500 InternalErrorException); run the same command later", id="500"),
        pytest.param("half", "the answer of the Price List API came cut off 3 times", id="json-cut-off"),
        pytest.param("cut", "the answer of the Price List API came cut off 3 times", id="body-cut-off"),
        pytest.param(1.0, "the Price List API did not answer in time; try again, or allow more with --timeout", id="slow"),
        pytest.param(Error(400, "ExpiredTokenException"), "the AWS session has expired: sign in again, then run the same command", id="expired"),
        pytest.param(Error(400, "AccessDeniedException", "not authorized to perform: pricing:GetProducts"), "these AWS credentials may not read prices: not authorized to perform: pricing:GetProducts; docs/prices.md has the permissions", id="denied"),
        pytest.param(Error(400, "UnrecognizedClientException"), "AWS does not accept these credentials (UnrecognizedClientException); GovCloud and China accounts cannot use the Price List API", id="unknown-client"),
        pytest.param(Error(400, "NotFoundException", "The service code is unknown"), "the Price List API knows no such thing: The service code is unknown", id="not-found"),
        pytest.param(Error(400, "InvalidParameterException", "Bad filter"), "the Price List API refused: InvalidParameterException: Bad filter", id="bad-filter"),
    ],
)  # fmt: skip
def test_fault(fault: Any, said: str, stocked: PriceList, capfd: pytest.CaptureFixture[str]) -> None:
    stocked.fault = failing(fault, "AmazonECR")
    assert app.main([*REFRESH, "--service", "AmazonECR", "--timeout", "0.3"]) == 5
    out, err = capfd.readouterr()
    assert said in err
    assert err.startswith("error: ")
    assert len(err.splitlines()) == 1
    assert "us-east-1" not in out
    assert written() == []


@pytest.mark.parametrize(
    ("products", "said"),
    [
        pytest.param([machine("M7G", "m7g.large", "0.50", currency="CNY")], "AmazonEC2 in us-east-1: SKU M7G is priced in CNY; only USD is understood", id="currency"),
        pytest.param([machine("M7G", "m7g.large", "0.08"), machine("M7G", "m7g.large", "0.09")], "AmazonEC2 in us-east-1: SKU M7G came twice with different prices", id="sku-twice"),
        pytest.param([machine("M7G", "m7g.large", "-1")], "SKU M7G costs -1 USD, which is no price", id="negative"),
        pytest.param([machine("M7G", "m7g.large", "NaN")], "SKU M7G costs NaN USD, which is no price", id="not-a-number"),
        pytest.param([machine("M7G", "m7g.large", "free")], "SKU M7G of the price list is malformed", id="no-number"),
    ],
)  # fmt: skip
def test_an_unusable_answer_costs_its_own_pair(
    products: list[Any], said: str, served: PriceList, capfd: pytest.CaptureFixture[str]
) -> None:
    served.entries = [*products, LOAD_BALANCER]
    assert app.main([*REFRESH, "--service", "AmazonEC2", "--service", "AWSELB"]) == 5
    assert said in capfd.readouterr().err
    assert written() == ["us-east-1/AWSELB.csv", "us-east-1/AWSELB.json"]


def test_the_same_sku_on_two_pages_counts_once(served: PriceList) -> None:
    served.page = 1
    served.entries = [machine("M7G", "m7g.large", "0.08"), machine("M7G", "m7g.large", "0.08")]
    assert app.main([*REFRESH, "--service", "AmazonEC2"]) == 0
    entry_of = PriceCache().newest()["us-east-1", "AmazonEC2"]
    assert entry_of.prices == 1
    assert entry_of.refused == ()


def test_a_passing_fault_is_retried(stocked: PriceList) -> None:
    first = set[str]()

    def once(asked: Asked, _before: int) -> Any:
        key = str(asked.body)
        if "Linux" not in key or key in first:
            return None
        first.add(key)
        return Error(500, "InternalErrorException") if "metal" in key else "half"

    stocked.fault = once
    assert app.main([*REFRESH, "--service", "AmazonEC2"]) == 0
    assert len(first) == 2
    assert PriceCache().newest()["us-east-1", "AmazonEC2"].prices == 1


def test_what_is_finished_stays_and_is_not_asked_again(stocked: PriceList, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = [*REFRESH, "--service", "AmazonEC2", "--service", "AWSELB"]
    stocked.fault = failing(Error(400, "ExpiredTokenException"))
    assert app.main([*REFRESH, "--service", "AWSELB"]) == 0
    assert app.main(arguments) == 5
    assert written() == ["us-east-1/AWSELB.csv", "us-east-1/AWSELB.json"]
    stocked.fault = lambda _asked, _before: None
    stocked.asked.clear()
    assert app.main([*arguments, "--format", "json"]) == 0
    assert {one.body["ServiceCode"] for one in stocked.asked} == {"AmazonEC2"}
    assert '"skipped": [\n    {\n      "region": "us-east-1",\n      "service_code": "AWSELB"' in capfd.readouterr().out


@pytest.mark.usefixtures("stocked")
def test_a_damaged_file_is_fetched_again() -> None:
    arguments = [*REFRESH, "--service", "AWSELB"]
    assert app.main(arguments) == 0
    path = PriceCache().newest()["us-east-1", "AWSELB"].path
    whole = path.read_text()
    path.write_text(whole[:-20])
    assert app.main(arguments) == 0
    assert path.read_text() == whole


@pytest.mark.usefixtures("stocked")
def test_a_damaged_file_is_not_priced_with(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main([*REFRESH, "--service", "AWSELB"]) == 0
    path = PriceCache().newest()["us-east-1", "AWSELB"].path
    path.write_text(path.read_text().replace("0.03", "0.01"))
    assert app.main(["regions", "us-east-1", "--prices", "cache"]) == 5
    assert f"{path} is not what was fetched; remove it and run: planner prices refresh" in capfd.readouterr().err


def test_no_credentials(served: PriceList, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert app.main([*REFRESH, "--service", "AWSELB"]) == 5
    said = "error: no AWS credentials: the Price List API needs them, though it costs nothing; docs/prices.md has the permissions\n"
    assert capfd.readouterr().err == said
    assert served.asked == []


def test_no_such_profile(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert app.main([*REFRESH, "--service", "AWSELB"]) == 5
    assert "(nobody) could not be found; AWS_PROFILE names it" in capfd.readouterr().err


def test_no_network(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert app.main([*REFRESH, "--service", "AWSELB", "--format", "json"]) == 5
    out, err = capfd.readouterr()
    assert err == ""
    assert '"status": "service_failed"' in out
    assert "the Price List API cannot be reached: is there a network?" in out
    assert written() == []


def test_a_cache_that_cannot_be_written(
    stocked: PriceList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    del stocked
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "file"))
    assert app.main([*REFRESH, "--service", "AWSELB"]) == 2
    assert "the cache cannot be made: not a directory; see PLANNER_CACHE" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "cn-north-1"], "cn-north-1 is not supported"),
        (["--region", "us-gov-west-1"], "us-gov-west-1 is not supported"),
        (["--region", "eu-wst-1"], "did you mean 'eu-west-1'?"),
        (["--service", "AmazonEC22"], "did you mean 'AmazonEC2'?"),
        (["--region", "global", "--service", "AmazonEC2"], "none of these services is priced in these Regions"),
        (["--endpoint", "eu-west-1"], "the Price List API is not in 'eu-west-1'; it is in us-east-1, eu-central-1, ap-south-1."),
        (["--timeout", "0"], "should be greater than or equal to 0.1"),
    ],
)
def test_wrong_arguments(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["prices", "refresh", *arguments]) == 2
    assert said in capfd.readouterr().err
