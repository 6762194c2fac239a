"""What somebody did to a bundle since it was written: lines of files, and values of resources that the plan says nothing of.

The files as the plan's export writes them today are handed in; nothing here knows how they are made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from planner.reconcile.differences import Difference
from planner.reconcile.nouns import Block, FoundSite, Unknown
from planner.reconcile.outcome import Edit
from planner.reconcile.owners import Owners

READ = ("cloudformation/", "terraform/")
ABOUT = ("README.md", "bundle.json", "plan.json")
LONGEST = 160
VALUE = '"ParameterValue"'
Key = tuple[str, str, str]


def edited(folder: Path, written: Mapping[str, str]) -> list[Edit]:
    """Return every place where files of a bundle differ from what was written, and the files that came and went."""
    made: list[Edit] = []
    for path, text in sorted(written.items()):
        if path not in ABOUT:
            made += _file(folder / path, path, text)
    there = {path.relative_to(folder).as_posix() for form in READ for path in (folder / form).rglob("*") if path.is_file()}
    made += [Edit(path, 0, "", "a new file") for path in sorted(there - written.keys()) if not path.endswith(".new")]
    return made


def _file(path: Path, name: str, text: str) -> list[Edit]:
    try:
        found = path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return [Edit(name, 0, "a file", "")]
    return [] if found == text else list(_hunks(name, text.splitlines(), found.splitlines()))


def _hunks(name: str, was: list[str], now: list[str]) -> Iterator[Edit]:
    for kind, start, end, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Edit(name, first + 1, _key(was, start) + _short(was[start:end]), _key(now, first) + _short(now[first:last]))


def _key(lines: list[str], at: int) -> str:
    """Return the line before a parameter's value: it says whose it is."""
    return f"{lines[at - 1].strip()} " if at and at < len(lines) and lines[at].strip().startswith(VALUE) else ""


def _short(lines: list[str]) -> str:
    text = " ⏎ ".join(line.strip() for line in lines)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def touched(edits: Sequence[Edit], form: str) -> bool:
    """Return whether a form has an edited file."""
    return any(edit.file.startswith(f"{form}/") for edit in edits)


def changes(found: list[FoundSite], written: list[FoundSite], owners: Owners) -> Iterator[Difference]:
    """Yield every value that differs from what was written, but for those that are the owner's to choose."""
    before = {(site.environment, site.region): site for site in written}
    for site in found:
        place = (site.environment, site.region)
        yield from _site(site, before.pop(place, FoundSite(site.form, *place)), owners)
    for site in before.values():
        yield from _site(FoundSite(site.form, site.environment, site.region), site, owners)


def _site(found: FoundSite, written: FoundSite, owners: Owners) -> Iterator[Difference]:
    where = f"{found.environment}/{found.region or 'no Region'}"
    now, was = _by_key(found), _by_key(written)
    for key in {**was, **now}:
        new, old = now.get(key, []), was.get(key, [])
        for one, other in zip(new, old, strict=False):
            for path, before, after in _values(other.values, one.values):
                if not owners.free(one.kind, path):
                    place = one.place(path)
                    message = f"{_shown(before)} written, {_shown(after)} found in {place}"
                    yield Difference(_path(where, one), message, places=(place,))
        for block in new[len(old) :]:
            yield Difference(_path(where, block), f"{block.kind} was added in {block.place()}", places=(block.place(),))
        for block in old[len(new) :]:
            yield Difference(_path(where, block), f"{block.kind} is not in the files any more; it was in {block.place()}", gone=block.mark)


def _by_key(site: FoundSite) -> dict[Key, list[Block]]:
    made: dict[Key, list[Block]] = defaultdict(list)
    for block in site.blocks:
        made[block.kind, block.name, block.mark].append(block)
    return made


def _path(where: str, block: Block) -> str:
    return f"{where}/{block.mark or block.name}"


def _values(was: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, before, after) of each value that differs; lists of another length as a whole."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in {**was, **now}:
            yield from _values(was.get(name), now.get(name), f"{path}.{name}" if path else name)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _values(one, other, f"{path}.{index}" if path else str(index))
    elif isinstance(was, list) and isinstance(now, list):
        yield path, [item for item in was if item not in now], [item for item in now if item not in was]
    elif was != now:
        yield path, was, now


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"a value of AWS ({value.what})" if isinstance(value, Unknown) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
