"""The report in a browser: charts drawn, nothing on the console, nothing hostile run, nothing cut off on a phone, usable by everybody.

Chromium comes with `make browser` (Debian's package); axe-core with it, from npm. What is absent is skipped, by name.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planner.report import page
from planner.report.material import Material

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = Path(os.environ.get("AXE_CORE", ROOT / ".axe/node_modules/axe-core/axe.min.js"))
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
PHONE = 390
SECONDS = 120

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: make browser, or apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
    pytest.mark.slow,
]


def chromium(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000"]
    return subprocess.run([CHROMIUM, *flags, *arguments], capture_output=True, text=True, timeout=SECONDS, check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, hostile: Material) -> Path:
    made = tmp_path_factory.mktemp("report")
    (made / "report.html").write_text(page.html(hostile), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def probed(folder: Path) -> dict[str, Any]:
    """Return what the probe found at the width of a phone; for it the page's own policy has to let another script in."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", (folder / "report.html").read_text(encoding="utf-8"), count=1)
    scripts = [
        path.read_text(encoding="utf-8").replace("</script", "<\\/script")
        for path in (AXE, Path(__file__).with_name("probe.js"))
        if path.exists()
    ]
    (folder / "probed.html").write_text(
        text.replace("</body>", "".join(f"<script>{script}</script>" for script in scripts) + "</body>"), encoding="utf-8"
    )
    frame = f'<iframe src="probed.html" style="width:{PHONE}px;height:900px"></iframe>'
    tell = '<pre id="said"></pre><script>addEventListener("message", (event) => { said.textContent = event.data; });</script>'
    (folder / "frame.html").write_text(tell + frame, encoding="utf-8")
    seen = chromium("--window-size=1280,1000", "--dump-dom", (folder / "frame.html").as_uri())
    found = re.search(r'<pre id="said">(.+?)</pre>', seen.stdout, re.DOTALL)
    assert found, seen.stderr
    answer: dict[str, Any] = json.loads(html.unescape(found[1]))
    return answer


def test_it_draws_under_its_own_policy_and_is_silent(folder: Path) -> None:
    seen = chromium("--dump-dom", (folder / "report.html").as_uri())
    assert 'data-drawn="yes"' in seen.stdout
    places = re.findall(r'<div class="plot[^"]*" data-chart="(\w+)"', seen.stdout)
    assert set(places) >= {"months", "services", "cash", "journeys"}
    assert seen.stdout.count('class="plot-container') == len(places)
    assert "<img" not in re.sub(r"<script.*?</script>", "", seen.stdout, flags=re.DOTALL)
    assert not [line for line in seen.stderr.splitlines() if "CONSOLE" in line]


def test_a_script_that_is_not_ours_does_not_run(folder: Path) -> None:
    head = (folder / "report.html").read_text(encoding="utf-8").split("<style>")[0]
    (folder / "worse.html").write_text(head + "<script>document.title = 'pwned'</script>", encoding="utf-8")
    seen = chromium("--dump-dom", (folder / "worse.html").as_uri())
    assert "<title>pwned" not in seen.stdout
    assert "Content Security Policy" in seen.stderr


def test_nothing_hostile_runs(probed: dict[str, Any]) -> None:
    assert probed["pwned"] == "undefined"
    assert probed["images"] == 0


def test_a_phone_shows_all_of_it(probed: dict[str, Any]) -> None:
    assert probed["width"] == PHONE
    assert probed["scroll"] <= PHONE
    assert probed["wide"] == []


def test_labels_of_the_diagrams_stay_in_their_cards(probed: dict[str, Any]) -> None:
    assert probed["outside"] == []
    assert probed["covered"] == []


def test_a_click_sorts(probed: dict[str, Any]) -> None:
    assert probed["sorted"]


def test_axe_finds_nothing(probed: dict[str, Any]) -> None:
    if probed["light"] is None:
        pytest.skip(f"no axe-core at {AXE}: make browser, or npm install --prefix .axe axe-core")
    assert probed["light"] + probed["dark"] == []


def test_it_prints(folder: Path) -> None:
    target = folder / "report.pdf"
    chromium("--no-pdf-header-footer", f"--print-to-pdf={target}", (folder / "report.html").as_uri())
    pages = re.search(rb"/Type\s*/Pages.*?/Count (\d+)|/Count (\d+).*?/Type\s*/Pages", target.read_bytes(), re.DOTALL)
    assert target.read_bytes().startswith(b"%PDF")
    assert pages
    assert int(pages[1] or pages[2]) > 3
