"""Write the placement cases of tests/placement/data from the published ones: python tools/import_placement.py SOURCE.

SOURCE is a folder with apps/, offers/ and index.json (github.com/Maneuver-PED/RecommendationEngine, Apache-2.0).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "placement" / "data"


def main(source: Path) -> None:
    """Copy applications and offers, and the proven optimum of every pair that is there."""
    apps = {path.stem: json.loads(path.read_text()) for path in sorted((source / "apps").glob("*.json"))}
    offers = {path.stem: json.loads(path.read_text()) for path in sorted((source / "offers").glob("*.json"))}
    index = json.loads((source / "index.json").read_text())
    pairs = ((Path(one["app"]).stem, Path(one["offers"]).stem, one["optimum_price"]) for one in index["instances"])
    optima = {f"{app} {offer}": optimum for app, offer, optimum in pairs if app in apps and offer in offers}
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in (("applications", apps), ("offers", offers), ("optima", optima)):
        rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
        (TARGET / f"{name}.json").write_text("{\n" + rows + "\n}\n")
    print(f"{len(optima)} pairs of {len(apps)} applications and {len(offers)} lists of offers")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
