"""The fact files: YAML for people, compiled to one JSON file for speed.

`compiled/facts.json` holds every YAML file's content beside the SHA-256 of its bytes. A YAML file whose bytes differ
from what was compiled is read itself, so an edited fact counts at once; a test demands that nothing is stale.
"""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from planner.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from planner.catalog.integrity import CatalogBytes

COMPILED = "compiled/facts.json"

Facts = dict[str, Any]


def read_yaml(path: Path) -> Facts:
    """Return a YAML file's content; equal keys are refused, numbers and dates must be quoted by the file.

    Raises:
        CatalogError: the file is not YAML or not a mapping.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - 60 ms, and only for files that were edited
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise CatalogError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise CatalogError(f"{path}: not a mapping")
    return content


class FactFiles:
    """Reads fact files by their path below the catalog's root."""

    def __init__(self, files: CatalogBytes) -> None:
        self._files = files
        self._read: dict[str, Facts] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _compiled(self) -> dict[str, Facts]:
        content = self._files.read(COMPILED)
        if content is None:
            return {}
        if not self._files.is_listed(COMPILED, content):
            raise self._damaged("its SHA-256 is not the one of SHA256SUMS")
        try:
            facts: dict[str, Facts] = json.loads(content)
        except ValueError as error:
            raise self._damaged(str(error)) from error
        return facts

    def _damaged(self, what: str) -> CatalogError:
        mend = "in a checkout `make catalog` makes it again, otherwise install planner again"
        return CatalogError(f"{self._files.root / COMPILED} is damaged: {what}; {mend}")

    def get(self, name: str) -> Facts:
        """Return the content of a file, `services/rds.yaml` for one.

        Raises:
            CatalogError: there is no such file, or what was compiled is damaged.
        """
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def _load(self, name: str) -> Facts:
        content = self._files.read(name)
        if content is None:
            raise CatalogError(f"catalog file {name} is missing in {self._files.root}")
        compiled = self._compiled.get(name)
        if compiled and compiled["sha256"] == sha256(content).hexdigest():
            facts: Facts = compiled["facts"]
            return facts
        return read_yaml(self._files.root / name)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the fact files of a folder, `services` for one, sorted."""
        if folder not in self._names:
            self._names[folder] = tuple(sorted(path.stem for path in (self._files.root / folder).glob("*.yaml")))
        return self._names[folder]
