"""Files: written whole or not at all; output that nobody reads any more; where the package's own data lie."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.errors import CatalogError, InputError, Problem

CLOSED_PIPE = 141
"""What a shell reports for a program whose reader went away (128 + SIGPIPE)."""


def leave_closed_pipe() -> None:
    """End quietly because the reader of standard output is gone, as in `planner regions | head -1`.

    Raises:
        SystemExit: always. What is still buffered goes nowhere.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(CLOSED_PIPE)


def write(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part.

    Pipes and devices, which cannot be replaced, are written to. A symbolic link keeps pointing where it does.

    Raises:
        InputError: the folder is missing or read-only, the disk is full, the path is a folder.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder, not a file")
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            _replace(path.resolve(), text.encode())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(str(path), 0, 0, "F001", "", f"cannot be written: {reason}")]) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep others who change files of the same folder this way waiting, so that what is read, changed and written loses nothing.

    The folder itself is locked: no lock file is left behind. Where the file system knows no locks, or the folder is
    missing, nothing is locked, and what is wrong is said by who writes.
    """
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where it is missing.

    Raises:
        InputError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(str(path), 0, 0, "F001", "", f"cannot be written: {reason}")]) from error


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def resource_root(name: str) -> Path:
    """Return the folder of `samples` or `schemas`: inside the package in a wheel, beside it in a checkout.

    Raises:
        CatalogError: neither is there.
    """
    package = Path(__file__).resolve().parent
    for root in (package / f"_{name}", package.parent / name):
        if root.is_dir():
            return root
    raise CatalogError(f"no {name} beside {package}: the installation is incomplete")
