"""The one form in which fact files are written: fixed key order, block style, one line per value."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

if TYPE_CHECKING:
    from pathlib import Path

    from ruamel.yaml.nodes import ScalarNode

NEVER_FOLD = 100_000


class _Representer(SafeRepresenter):
    """Quotes every text that starts like a number, so that no reader takes a date or a version for one."""


def _text(representer: _Representer, text: str) -> ScalarNode:
    style = "'" if text[:1].isdigit() else None
    node: ScalarNode = representer.represent_scalar("tag:yaml.org,2002:str", text, style=style)
    return node


_Representer.add_representer(str, _text)


def to_yaml(facts: dict[str, Any]) -> str:
    """Return the canonical text of a fact file; keys stay in the order given."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.width = NEVER_FOLD
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    buffer = StringIO()
    yaml.dump(facts, buffer)
    return buffer.getvalue()


def write_yaml(path: Path, facts: dict[str, Any]) -> None:
    """Write a fact file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_yaml(facts), encoding="utf-8")
