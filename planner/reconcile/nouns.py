"""What is read from a bundle before anybody knows what it means: blocks of configuration with their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Form = Literal["cloudformation", "terraform"]
FORMS: tuple[Form, ...] = ("cloudformation", "terraform")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only AWS knows once it deploys, such as an ARN; `what` says of what."""

    what: str

    def __str__(self) -> str:
        return f"<{self.what}>"


class Placed(dict[str, Any]):
    """A mapping that knows the line of each of its keys."""

    def __init__(self, items: Mapping[str, Any] = {}, lines: Mapping[str, int] = {}, line: int = 0) -> None:
        super().__init__(items)
        self.lines, self.line = dict(lines), line


STANDBY = "standby:"
"""How the mark of a resource begins that only waits for the environment's other site to fail."""


@dataclass(frozen=True, slots=True)
class Block:
    """One resource of a template or module, as often as it is made: `kind` is its type, `mark` the `COMPONENT/PART` it names."""

    kind: str
    name: str
    mark: str
    file: str
    values: Placed

    def place(self, path: str = "") -> str:
        """Return where a value stands: file, line, resource, path."""
        line = self.values.line
        here: Any = self.values
        for step in path.split(".") if path else ():
            if isinstance(here, Placed):
                line = here.lines.get(step, line)
            here = _step(here, step)
        return f"{self.file}:{line} {self.name}{f'.{path}' if path else ''}"

    def get(self, path: str) -> Any:
        """Return the value at a path; None where there is none. Digits are indexes of lists."""
        here: Any = self.values
        for step in path.split("."):
            here = _step(here, step)
        return here


def _step(here: Any, step: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(step)
    if isinstance(here, list) and step.isdigit():
        return here[int(step)] if int(step) < len(here) else None
    return here if isinstance(here, Unknown) else None


@dataclass(slots=True)
class FoundSite:
    """Everything that one form of the bundle makes in one region of one environment."""

    form: Form
    environment: str
    region: str
    blocks: list[Block] = field(default_factory=list)
