"""What has been asked already: kept beside the document until the interview is over, so that a closed terminal loses nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from planner import files
from planner.errors import InputError

STATES = ("open", "answered", "skipped", "unknown")
"""`open`: names are being given, and more may come."""


@dataclass
class Progress:
    """Each question that was asked, by its path, and what became of it; the last one comes last."""

    path: Path | None = None
    states: dict[str, str] = field(default_factory=dict)

    @classmethod
    def beside(cls, document: Path) -> Progress:
        """Return the progress of a document's interview; a file that is none of ours counts as nothing asked."""
        path = document.with_name(f".{document.name}.interview.json")
        return cls(path, _kept(path) or {})

    def note(self, path: str, state: str) -> None:
        """Keep what became of a question."""
        self._change(path, state)

    def take_back(self, path: str) -> None:
        """Ask a question again."""
        self._change(path, None)

    def end(self) -> None:
        """Forget all: the interview is over."""
        if self.path:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _change(self, path: str, state: str | None) -> None:
        """Change one entry of what is kept; somebody else may be asked about the same document."""
        if self.path is None:
            self._set(path, state)
            return
        with files.alone(self.path):
            self.states = _kept(self.path) or self.states
            self._set(path, state)
            with suppress(InputError):  # the answers themselves are in the document
                files.write(self.path, json.dumps(self.states, indent=1) + "\n")

    def _set(self, path: str, state: str | None) -> None:
        self.states.pop(path, None)
        if state is not None:
            self.states[path] = state


def _kept(path: Path) -> dict[str, str] | None:
    """Return what a file of progress says, None where there is none of ours."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {str(name): str(state) for name, state in kept.items() if state in STATES} if isinstance(kept, dict) else None
