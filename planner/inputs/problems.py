"""The classes of input problems, and how one is placed, worded and printed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from planner.errors import Problem
from planner.inputs.nodes import NOWHERE, Mark

CODES: Mapping[str, str] = {
    "R001": "the file cannot be read",
    "R002": "the file is not UTF-8 text, or holds control characters",
    "R003": "the file is empty",
    "R004": "the file is too large",
    "R005": "the file is not valid YAML or JSON",
    "R006": "the file is nested too deeply",
    "R007": "an anchor, an alias or a merge key",
    "R008": "a tag",
    "R009": "more than one document in a file",
    "R010": "the same key twice",
    "R011": "a key that is not text",
    "R012": "a number that is not finite or has too many digits",
    "R013": "not a requirement document (a plan, a list, a scalar)",
    "R014": "an unknown field",
    "R015": "the schema version is missing or unknown",
    "R016": "a required field is missing",
    "R017": "a value of the wrong shape (mapping, list, single value)",
    "R018": "a value that cannot be read (unit, number, date, text)",
    "R019": "not one of the allowed values",
    "R020": "out of range",
    "R021": "a name against the rule for names",
    "R022": "an unknown component kind",
    "R023": "refused, since the catalog has no prices for it",
    "R024": "a stated value ({value, priority, ...}) that is not well formed",
    "R025": "more problems than are listed",
    "R030": "a journey names a component that does not exist",
    "R031": "a journey needs and degrades without the same component",
    "R032": "a component depends on itself or on one that does not exist",
    "R033": "a placement rule names the component itself or one that does not exist",
    "R034": "placement rules contradict each other",
    "R035": "there is no production environment",
    "R036": "an account or a budget names an environment that does not exist",
    "R037": "a list names the same thing twice",
    "R040": "the peak is below the average",
    "R041": "the stated peak alone exceeds the average",
    "R042": "a component's own rates are incomplete or stated along with calls_per_request",
    "R043": "a component's peak is below its average",
    "R044": "a rate that no application has",
    "R045": "a call takes less time than the CPU time it needs",
    "R046": "a month with no demand",
    "R047": "an availability that cannot be reached",
    "R050": "recovery in no time",
    "R051": "no data lost, where AWS copies data with a delay",
    "R052": "a target that is stricter for the larger disruption",
    "R053": "a region target without a strategy that can meet it",
    "R054": "a second Region is demanded and every strategy for it is ruled out",
    "R055": "a second Region is demanded and only one is allowed",
    "R056": "on-call hours and response contradict each other",
    "R060": "an unknown Region",
    "R061": "a Region both allowed and forbidden",
    "R062": "a preferred Region that is not allowed",
    "R063": "residency contradicts the Regions",
    "R064": "an unknown service",
    "R065": "a service both mandated and forbidden",
    "R070": "an amount in a currency without a stated rate",
    "R071": "an environment's budget above the monthly budget",
    "R072": "an unknown assumption",
    "R073": "a negative value for an assumption",
    "R074": "an address range that is not one, or overlaps another",
    "R080": "production scaled down or switched off",
    "R081": "durability contradicts the rest of the component",
    "R082": "a worker that is public",
    "R083": "a data pipeline that does not join two stores",
    "R084": "a data pipeline whose work is stated in part, or not at all where there is some",
    "R085": "a component holds data of a class that security.data_classes does not list",
    "R086": "a component is called like a part of the network",
    "R087": "the address ranges in use leave too few for the plan's VPCs",
    "R088": "frameworks as a wish",
    "R089": "a risk mitigated by what the catalog does not know",
    "R090": "a place for Jenkins where nothing asks for Jenkins",
    "R091": "a platform of log analytics that does not do what the component asks",
    "R092": "pipelines into another account without customer managed keys",
}
"""Every code `inputs` can give, in words. R001 to R025 concern one place, R030 on several together."""

_ANY_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WIDEST = 160
_MOST_NAMED = 24
MOST_PROBLEMS = 300


@dataclass
class Source:
    """The file being read: its name and lines, and the problems found in it so far."""

    file: str
    lines: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    _seen: set[Problem] = field(default_factory=set)

    def is_full(self) -> bool:
        """Whether further problems would help nobody."""
        return len(self.problems) >= MOST_PROBLEMS

    @classmethod
    def of(cls, file: str, text: str) -> Source:
        """Return the source of a text, its lines split where YAML splits them."""
        return cls(file, tuple(_ANY_BREAK.split(text)))

    def add(self, code: str, mark: Mark, path: str, message: str, hint: str = "") -> None:
        """Record a problem at a place, once."""
        if self.is_full():
            return
        line = self.lines[mark.line - 1] if 0 < mark.line <= len(self.lines) else ""
        problem = Problem(self.file, mark.line, mark.column, code, path, _visible(message), _visible(hint), line, max(1, mark.width))
        if problem in self._seen:
            return
        self._seen.add(problem)
        self.problems.append(problem)
        if self.is_full():
            self.problems.append(problem_about(self.file, "R025", f"more than {MOST_PROBLEMS} problems; these are the first ones"))


def problem_about(file: str, code: str, message: str, hint: str = "") -> Problem:
    """Return a problem of the file as a whole."""
    return Problem(file, NOWHERE.line, NOWHERE.column, code, "", _visible(message), _visible(hint))


def render_problem(problem: Problem) -> str:
    """Return the text form of a problem: place, message, path, the source line with carets, hint."""
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    rows = [f"{place}: error[{problem.code}] {problem.message}"]
    if problem.path:
        rows.append(f"     at {_visible(problem.path)}")
    if problem.line and problem.source_line:
        rows += _quoted_line(problem)
    if problem.hint:
        rows.append(f"     hint: {problem.hint}")
    return "\n".join(rows)


def _quoted_line(problem: Problem) -> list[str]:
    """Return the source line, cut to a window around the place, and the carets under it."""
    start = max(0, problem.column - _WIDEST // 2) if len(problem.source_line) > _WIDEST else 0
    shown = _visible(problem.source_line[start : start + _WIDEST])
    width = max(1, min(problem.width, len(shown) - (problem.column - 1 - start)))
    gutter = f"{problem.line:>4} | "
    return [gutter + shown, " " * (len(gutter) + problem.column - 1 - start) + "^" * width]


def _visible(text: str) -> str:
    """Return the text without characters that would move a terminal's cursor or break the line."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " if char.isspace() else "?" for char in text)


def shown(value: object) -> str:
    """Return a value as the user wrote it, short enough for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return f"'{clipped(value)}'" if isinstance(value, str) else clipped(str(value))


def clipped(text: str) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= 60 else text[:57] + "..."


def suggestion(word: object, options: Iterable[str]) -> str:
    """Return a hint that names the option meant, or else all of them."""
    names = list(dict.fromkeys(options))
    if not names:
        return ""
    near = closest(word, names)
    return f"did you mean '{near}'?" if near else "allowed: " + listed(names)


def closest(word: object, options: Collection[str]) -> str:
    """Return the option that a misspelt word most likely means, or an empty text."""
    plain = {_plain(option): option for option in options}
    found = difflib.get_close_matches(_plain(str(word)[:80]), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def listed(names: Collection[str]) -> str:
    """Return names as `a, b, c`, the first two dozen of them."""
    first = list(names)[:_MOST_NAMED]
    rest = len(names) - len(first)
    return ", ".join(first) + (f" and {rest} more" if rest else "")
