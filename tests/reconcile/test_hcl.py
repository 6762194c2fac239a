"""HCL as bundles and their owners write it: its values, its blocks as another parser sees them, its errors with their line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hcl2
import pytest

from planner.errors import InputError
from planner.reconcile.expressions import Context, evaluate
from planner.reconcile.hcl import parse
from planner.reconcile.nouns import Unknown

NAMES = Context({"var": {"n": Decimal(3), "list": ["a", "b"], "map": {"x": Decimal(1), "y": Decimal(2)}, "on": True}})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3 - 4 / 2", Decimal(7)),
        ("-var.n + 1 == -2 && !false", True),
        ("var.on ? 1 : 2", Decimal(1)),
        ("(\n  var.on\n  ? 1\n  : 2\n)", Decimal(1)),
        ('"a-${var.n}-$${n}-%%{x}-\\"q\\"\\n\\u00e9"', 'a-3-${n}-%{x}-"q"\né'),
        ('"${var.list[1]}${upper("x${var.n}")}"', "bX3"),
        ('"${var.n}"', Decimal(3)),
        ("<<-EOT\n    one ${var.n}\n      two\n  EOT\n", "one 3\n  two\n"),
        ("[1, 2, # last\n]", [Decimal(1), Decimal(2)]),
        ('{ a = 1, "b c" : 2\n  (var.list[0]) = 3 /* over */\n}', {"a": Decimal(3), "b c": Decimal(2)}),
        ('[for k, v in var.map : "${k}${v}" if v > 1]', ["y2"]),
        ("{ for k, v in var.map : v => k }", {"1": "x", "2": "y"}),
        ('{ for v in var.list : "k" => v... }', {"k": ["a", "b"]}),
        ("[{ n = 1 }, { n = 2 }][*].n", [Decimal(1), Decimal(2)]),
        ("max([1, 5, 3]...)", Decimal(5)),
        ('var.map.x + var.map["y"]', Decimal(3)),
        ("aws_vpc.main[0].id", Unknown("aws_vpc.main.0.id")),
        ("var.on || aws.x ? 1 : 2", Unknown("condition")),
    ],
)  # fmt: skip
def test_expressions_have_the_value_that_terraform_gives_them(text: str, value: Any) -> None:
    assert evaluate(parse(f"it = {text}\n", "x.tf").attributes["it"], NAMES) == value


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('a = 1\nresource "x', 2, "a text has no end on its line"),
        ("a =\n", 1, "the end of the line, not a value"),
        ("a = [1, 2\nb = 3\n", 2, "'b', not ',' or ']'"),
        ("\nx {\n a = 1\n", 2, "the block 'x' has no end"),
        ('a = "${b"\n', 1, "a text has no end on its line"),
        ("a = 1 b = 2\n", 1, "'b', not the end of the line"),
        ("a = {x = 1 y = 2}\n", 1, "'y', not ',' or '}'"),
        ("a = 1\n\na = 2\n", 3, "the attribute 'a' stands twice"),
        ("a = <<E\nfoo\n", 1, "the text up to E has no end"),
        ("a = 1\n}\n", 2, "'}', not the name of an attribute or block"),
        ("a = [for x y : z]\n", 1, "'y', not 'in'"),
        ("a = ;\n", 1, "';' means nothing here"),
        ("a = " + "(" * 5000, 0, "it is nested too deeply"),
    ],
)
def test_what_is_no_hcl_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, "x.tf")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.message) == ("x.tf", line, f"is not HCL: {said}")


def test_blocks_are_those_that_python_hcl2_sees() -> None:
    text = """
resource "aws_lb" "api" {
  name = "api" // short
  tags = { "planner:resource" = "api/lb" }
  dynamic "rule" {
    for_each = var.rules
    content { port = rule.value }
  }
  lifecycle {}
}
variable "n" { default = 1 }
"""
    (lb,) = hcl2.loads(text)["resource"]
    theirs = next(iter(next(iter(lb.values())).values()))
    ours, variable = parse(text, "x.tf").blocks
    assert (ours.kind, ours.labels, set(ours.attributes), variable.labels) == ("resource", ("aws_lb", "api"), {"name", "tags"}, ("n",))
    assert {name for name in theirs if not name.startswith("__")} == {*ours.attributes, *(block.kind for block in ours.blocks)}
    assert (ours.line, ours.blocks[0].line, ours.attributes["tags"].line) == (2, 5, 4)
