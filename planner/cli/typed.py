"""What is typed behind a command of a session, taken apart."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from planner.cli.workbench import refused


def path_and_value(rest: str) -> tuple[str, str]:
    """Return the path and the value of `PATH VALUE`, `PATH=VALUE` or `PATH = VALUE`."""
    head = rest.split("=", 1) if "=" in rest.split(" ", 1)[0] or rest.split(" ", 1)[-1].startswith("=") else rest.split(" ", 1)
    path, value = (head[0].strip(), head[1].strip()) if len(head) > 1 else (rest.strip(), "")
    if not path or not value:
        raise refused(
            "set", "this is not `set PATH VALUE`", "for example set finance.monthly_budget 9000; relax PATH takes a requirement away"
        )
    return path, value


def names_in(rest: str, kept: Mapping[str, object]) -> list[str]:
    """Return the kept scenarios that are named, all where none is; a name with spaces stands in quotes, or alone."""
    if not rest or rest.strip("\"'") in kept:
        return [rest.strip("\"'")] if rest else list(kept)
    try:
        names = shlex.split(rest)
    except ValueError:
        names = rest.split()
    if strange := [name for name in names if name not in kept]:
        raise refused("compare", f"no scenario {strange[0][:40]!r} is kept", f"kept are: {', '.join(kept) or 'none'}")
    return names


def fields_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of `NAME=VALUE NAME=VALUE`; a value may hold spaces."""
    name = ""
    value: list[str] = []
    for word in text.split():
        field, sign, rest = word.partition("=")
        if sign:
            if name:
                yield name, " ".join(value)
            name, value = field, [rest]
        else:
            value.append(word)
    if name:
        yield name, " ".join(value)
