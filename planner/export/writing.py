"""A bundle written to a folder: whole files, and nothing of the owner's lost.

`bundle.json` keeps the SHA-256 of each file as it was generated. A file that still has it is ours and is replaced; one
that was edited is merged where both sides allow it, otherwise kept, with the new version beside it as `FILE.new`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from planner.errors import InputError, Problem
from planner.export.merging import merged
from planner.export.staging import NEW, Changes, finish

MANIFEST = "bundle.json"
OVERRIDES = "overrides/"
State = Literal["written", "replaced", "unchanged", "merged", "kept", "conflict", "removed", "left"]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file.

    `kept`: edited, and nothing new from us; `conflict`: edited where we changed it too, ours is beside it;
    `left`: edited, and no longer generated.
    """

    path: str
    state: State


def digest(text: str) -> str:
    """Return the SHA-256 of a file's text."""
    return sha256(text.encode()).hexdigest()


def write(
    folder: Path, contents: Mapping[str, str], about: Mapping[str, Any], base: Callable[[], Mapping[str, str]] | None = None
) -> list[Written]:
    """Write a bundle into a folder, new or existing, and return what became of each file.

    Args:
        folder: The bundle's folder.
        contents: Text by path, `bundle.json` not among them.
        about: What `bundle.json` says beside the files.
        base: Makes the files as they were generated the last time; asked only when one was edited.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    finish(folder)
    known = _known(folder)
    bases, changes = _Bases(base), Changes()
    made = [_one(folder, path, text, known.get(path), bases, changes) for path, text in sorted(contents.items())]
    made += [_gone(folder, path, before, changes) for path, before in sorted(known.items()) if path not in contents]
    manifest = dict(about) | {"files": {path: digest(text) for path, text in sorted(contents.items())}}
    changes.put[MANIFEST] = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    changes.apply(folder)
    return made


class _Bases:
    """The files of the last export, made again when they are asked for the first time."""

    def __init__(self, make: Callable[[], Mapping[str, str]] | None) -> None:
        self._make = make
        self._made: Mapping[str, str] | None = None

    def of(self, path: str, recorded: str) -> str | None:
        """Return a file as it was generated; None where it cannot be made again."""
        if self._made is None:
            self._made = self._make() if self._make else {}
        text = self._made.get(path)
        return text if text is not None and digest(text) == recorded else None


def _known(folder: Path) -> dict[str, str]:
    """Return the digests of the last export by path; none for a new folder.

    Raises:
        InputError: the folder holds files and is no bundle.
    """
    manifest = folder / MANIFEST
    if not folder.exists() or not any(folder.iterdir()):
        return {}
    if not manifest.is_file():
        raise _refused(str(folder), "holds files, but no bundle.json: it is no bundle", "export into a new folder")
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        return {str(path): str(value) for path, value in listed.items() if _inside(folder, str(path))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(str(manifest), f"cannot be read: {error}", "restore it, or export into a new folder") from error


def _inside(folder: Path, path: str) -> bool:
    """Return whether a recorded path is one of ours: in the folder, and not the owner's."""
    return (folder / path).resolve().is_relative_to(folder.resolve()) and not path.startswith(OVERRIDES)


def _refused(file: str, message: str, hint: str) -> InputError:
    return InputError([Problem(file, 0, 0, "X002", "", message, hint)])


def _one(folder: Path, path: str, text: str, recorded: str | None, bases: _Bases, changes: Changes) -> Written:
    """Return what becomes of a file, and add what has to be done."""
    found = _read(folder / path)
    if found == text:
        changes.gone += _aside(folder, path)
        return Written(path, "unchanged")
    if found is None or (recorded is not None and digest(found) == recorded):
        changes.put[path] = text
        changes.gone += _aside(folder, path)
        return Written(path, "written" if found is None else "replaced")
    if recorded == digest(text):
        return Written(path, "kept")
    base = bases.of(path, recorded) if recorded is not None else None
    joined = merged(base, found, text) if base is not None else None
    if joined is not None:
        changes.put[path] = joined
        changes.gone += _aside(folder, path)
        return Written(path, "merged")
    changes.put[f"{path}{NEW}"] = text
    return Written(path, "conflict")


def _gone(folder: Path, path: str, recorded: str, changes: Changes) -> Written:
    found = _read(folder / path)
    if found is not None and digest(found) != recorded:
        return Written(path, "left")
    changes.gone.append(path)
    return Written(path, "removed")


def _read(path: Path) -> str | None:
    """Return a file's text; None where there is none. What is not text was edited, whatever it is."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(str(path), f"cannot be read: {(error.strerror or str(error)).lower()}", "") from error


def _aside(folder: Path, path: str) -> list[str]:
    """Return our version that lies beside a file from an earlier conflict, where there is one."""
    return [f"{path}{NEW}"] if (folder / f"{path}{NEW}").exists() else []
