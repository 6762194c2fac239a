"""Newer prices over the embedded ones: what was fetched replaces, everything else stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from planner.catalog.prices import COLUMNS, cells, pairs
from planner.errors import CatalogError

Key = tuple[str, str]
"""(dimension, canonical attributes)."""


class PriceFacts(NamedTuple):
    """One fetched price file: its SHA-256, that of its reserved rates (empty: none), what it covers, what stays.

    A scope is (dimension, fixed attributes): within it, an embedded price that was not fetched again is no longer sold,
    unless it is among `kept`.
    """

    path: Path
    sha256: str
    reserved: str
    scopes: tuple[Key, ...]
    kept: frozenset[Key]


@dataclass(frozen=True)
class Overlay:
    """Fetched price files by (region, service code)."""

    files: Mapping[tuple[str, str], PriceFacts]

    def digest(self, embedded: str) -> str:
        """Return one SHA-256 for a catalog of a digest with these prices over it."""
        lines = [embedded]
        for (region, service_code), facts in sorted(self.files.items()):
            lines.append(f"{facts.sha256} {facts.reserved} {region}/{service_code} {facts.scopes} {sorted(facts.kept)}")
        return sha256("\n".join(lines).encode()).hexdigest()

    def laid_over(self, text: str, region: str, service_code: str) -> str:
        """Return a price file's text with what was fetched of it.

        Raises:
            CatalogError: the fetched file is gone or not what was written.
        """
        facts = self.files.get((region, service_code))
        if facts is None:
            return text
        fetched = _by_key(_fetched(facts.path, facts.sha256), facts.path)
        kept = {key: lines for key, lines in _by_key(text, None).items() if key not in fetched and not _withdrawn(key, facts)}
        merged = sorted((kept | fetched).items())
        return "\n".join((COLUMNS, *(line for _, lines in merged for line in lines), ""))

    def reserved_over(self, text: str, region: str, service_code: str) -> str:
        """Return a table of reserved rates with the machines that were fetched.

        Raises:
            CatalogError: the fetched file is gone, not what was written, or of another form.
        """
        facts = self.files.get((region, service_code))
        if facts is None or not facts.reserved:
            return text
        path = facts.path.with_suffix(".reserved.csv")
        head, *fetched = _fetched(path, facts.reserved).splitlines()
        before = text.splitlines() or [head]
        if before[0] != head:
            raise CatalogError(f"{path}: the columns are not {before[0]}")
        rows = {cells(line)[0]: line for line in (*before[1:], *fetched)}
        return "\n".join((head, *(rows[name] for name in sorted(rows)), ""))


def _fetched(path: Path, digest: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CatalogError(f"{path}: {(error.strerror or str(error)).lower()}; run: planner prices refresh") from error
    if sha256(content).hexdigest() != digest:
        raise CatalogError(f"{path} is not what was fetched; remove it and run: planner prices refresh")
    return content.decode()


def _withdrawn(key: Key, facts: PriceFacts) -> bool:
    return key not in facts.kept and any(within(key, scope) for scope in facts.scopes)


def within(key: Key, scope: Key) -> bool:
    """Return whether a price is in a scope: of its dimension, with all its fixed attributes."""
    return key[0] == scope[0] and set(pairs(scope[1])) <= set(pairs(key[1]))


def _by_key(text: str, path: Path | None) -> dict[Key, list[str]]:
    head, *lines = text.split("\n") if text else [COLUMNS]
    if head != COLUMNS:
        raise CatalogError(f"{path or 'a price file'}: the columns are not {COLUMNS}")
    found: dict[Key, list[str]] = {}
    for line in filter(None, lines):
        dimension, attributes, *_ = cells(line)
        found.setdefault((dimension, attributes), []).append(line)
    return found
