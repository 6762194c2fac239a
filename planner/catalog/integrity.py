"""The bytes of the catalog, and the one digest that stands for all of them.

`SHA256SUMS` lists every file in the form of `sha256sum`. Each file is compared with it when it is read, so the digest
of an untouched catalog costs one small file; once a file differs, the digest is taken over all present bytes.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUMS = "SHA256SUMS"
QUESTIONS = "questions.yaml"
NO_FACTS = frozenset({SUMS, QUESTIONS})
"""No plan rests on these: other words in an interview leave the digest, and so every plan, as it is."""


def sums_text(root: Path) -> str:
    """Return what `SHA256SUMS` has to say about the present bytes: one line a file, by path."""
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    sums = ((sha256(path.read_bytes()).hexdigest(), name) for name, path in sorted(files.items()) if name not in NO_FACTS)
    return "".join(f"{digest}  {name}\n" for digest, name in sums)


class CatalogBytes:
    """Reads catalog files by their path below the root, and knows whether any differs from `SHA256SUMS`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed = False

    @cached_property
    def _listed(self) -> str:
        path = self.root / SUMS
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def _sums(self) -> dict[str, str]:
        return {line[66:]: line[:64] for line in self._listed.splitlines()}

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, None if there is no such file."""
        try:
            content = (self.root / name).read_bytes()
        except FileNotFoundError:
            self._changed |= name in self._sums
            return None
        self._changed |= self._sums.get(name) != sha256(content).hexdigest()
        return content

    def is_listed(self, name: str, content: bytes) -> bool:
        """Return whether a file's bytes are those of `SHA256SUMS`, where that says anything of it."""
        return self._sums.get(name) in {None, sha256(content).hexdigest()}

    def text(self, name: str) -> str:
        """Return a file's text, empty if there is no such file."""
        return (self.read(name) or b"").decode()

    def digest(self) -> str:
        """Return the SHA-256 of the present bytes' `SHA256SUMS`."""
        if self._changed or not self._listed:
            return sha256(sums_text(self.root).encode()).hexdigest()
        return sha256(self._listed.encode()).hexdigest()
