"""Changes to a folder that are made whole: an export that is cut short is finished by the next one.

Everything new lies in a folder of its own before the first file of the bundle is touched. Its journal, written last, says that it is
complete, what each file replaces and what goes; from then on the changes can be made again and again until all are done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from planner import files
from planner.errors import InputError, Problem

NEXT = ".planner-next"
JOURNAL = "journal.json"
NEW = ".new"


@dataclass
class Changes:
    """Texts to put in place and files to take away, by path, in order."""

    put: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def apply(self, folder: Path) -> None:
        """Make the changes in a folder.

        Raises:
            InputError: something cannot be written.
        """
        staged = folder / NEXT
        for path, text in self.put.items():
            _guarded(staged / path, lambda target: target.parent.mkdir(parents=True, exist_ok=True))
            files.write(staged / path, text)
        over = {path: _digest(folder / path) for path in self.put}
        _guarded(staged, lambda target: target.mkdir(parents=True, exist_ok=True))
        files.write(staged / JOURNAL, json.dumps({"put": over, "gone": self.gone}, indent=2))
        finish(folder)


def finish(folder: Path) -> None:
    """Finish the changes of an export that was cut short; take away those that it had not completed.

    Raises:
        InputError: something cannot be written.
    """
    staged = folder / NEXT
    if (staged / JOURNAL).is_file():
        journal = json.loads((staged / JOURNAL).read_text(encoding="utf-8"))
        for path, over in journal["put"].items():
            if (staged / path).is_file() and _inside(folder, path):
                _move(folder, path, over)
        for path in filter(lambda name: _inside(folder, name), journal["gone"]):
            _guarded(folder / path, lambda target: target.unlink(missing_ok=True))
        (staged / JOURNAL).unlink()
    shutil.rmtree(staged, ignore_errors=True)


def _move(folder: Path, path: str, over: str | None) -> None:
    """Put a staged file in place; one that was edited since it was staged stays, and ours lies beside it."""
    source, target = folder / NEXT / path, folder / path
    if _digest(target) != over:
        target = target.with_name(target.name + NEW)
    _guarded(target, lambda place: place.parent.mkdir(parents=True, exist_ok=True))
    if target.is_symlink():
        files.write(target, source.read_text(encoding="utf-8"))
        source.unlink()
        return
    source.chmod(target.stat().st_mode if target.exists() else source.stat().st_mode)
    if path.endswith(".sh"):
        source.chmod(0o755)
    _guarded(target, source.replace)


def _inside(folder: Path, path: str) -> bool:
    """Return whether a path of a journal lies in its folder: a bundle may come from anywhere."""
    return (folder / path).resolve().is_relative_to(folder.resolve())


def _digest(path: Path) -> str | None:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _guarded(target: Path, change: Callable[[Path], object]) -> None:
    try:
        change(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(str(target), 0, 0, "X002", "", f"cannot be written: {reason}")]) from error
