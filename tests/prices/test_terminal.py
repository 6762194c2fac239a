"""On a terminal: progress is shown and cleared, and Ctrl-C leaves whole files only."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect
import pytest
from price_list import PriceList, entry

from planner.prices.cache import PriceCache

ROOT = Path(__file__).resolve().parents[2]


def started(*services: str) -> pexpect.spawn[str]:
    arguments = [
        "-m",
        "planner",
        "prices",
        "refresh",
        "--region",
        "us-east-1",
        *(part for name in services for part in ("--service", name)),
    ]
    env = os.environ | {"TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return pexpect.spawn(sys.executable, arguments, env=env, encoding="utf-8", timeout=30, cwd=ROOT, dimensions=(24, 80))


@pytest.fixture
def slow(served: PriceList) -> PriceList:
    """Serve two services; the second takes its time."""
    served.entries = [
        entry("ALB", "AWSELB", "Load Balancer-Application", "0.03", usagetype="LoadBalancerUsage"),
        entry("GP3", "AmazonEC2", "Storage", "0.07", unit="GB-Mo", volumeApiName="gp3"),
    ]
    served.fault = lambda asked, _before: 0.05 if asked.body["ServiceCode"] == "AWSELB" else 2.0
    return served


@pytest.mark.usefixtures("slow")
def test_progress() -> None:
    talk = started("AWSELB")
    talk.expect("Fetching prices")
    talk.expect("questions")
    talk.expect("use them: planner plan FILE --prices cache")
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus == 0


@pytest.mark.usefixtures("slow")
def test_interrupted() -> None:
    talk = started("AWSELB", "AmazonEC2")
    end = time.monotonic() + 20
    while ("us-east-1", "AWSELB") not in PriceCache().newest() and time.monotonic() < end:
        time.sleep(0.05)
    talk.sendintr()
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus == 130
    assert "Traceback" not in (talk.before or "")
    root = PriceCache().root
    files = sorted(path.relative_to(root).as_posix().partition("/")[2] for path in root.rglob("*") if path.is_file())
    assert files == ["us-east-1/AWSELB.csv", "us-east-1/AWSELB.json"]
