"""The bill that came against the plan: FOCUS, or a Cost and Usage Report of AWS, by service and component."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.inputs.problems import suggestion

if TYPE_CHECKING:
    from planner.models.plan import Plan

FORMS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {
        "service": ("x_ServiceCode", "ServiceName"),
        "cost": ("EffectiveCost", "BilledCost"),
        "quantity": ("PricingQuantity", "ConsumedQuantity"),
        "unit_price": ("ListUnitPrice",),
        "what": ("x_UsageType", "ChargeDescription"),
        "month": ("ChargePeriodStart", "BillingPeriodStart"),
        "tags": ("Tags",),
    },
    {
        "service": ("line_item_product_code",),
        "cost": ("line_item_unblended_cost",),
        "quantity": ("line_item_usage_amount",),
        "unit_price": ("pricing_public_on_demand_rate",),
        "what": ("line_item_usage_type",),
        "month": ("line_item_usage_start_date", "bill_billing_period_start_date"),
        "tags": ("resource_tags",),
    },
    {
        "service": ("lineItem/ProductCode",),
        "cost": ("lineItem/UnblendedCost",),
        "quantity": ("lineItem/UsageAmount",),
        "unit_price": ("pricing/publicOnDemandRate",),
        "what": ("lineItem/UsageType",),
        "month": ("lineItem/UsageStartDate", "bill/BillingPeriodStartDate"),
        "tags": ("resourceTags/user:component",),
    },
)
"""Which columns of FOCUS, CUR 2.0 and the older CUR say what; the first one that is there counts."""
TAG = "component"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Charged:
    """A line of the bill that came."""

    service: str
    component: str
    what: str
    quantity: Decimal
    unit_price_usd: Decimal | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Part of a difference: `quantity`, `price`, `not planned` or `not billed`, with the dollars it explains."""

    kind: str
    what: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """Planned and actual dollars of a service and component, with reasons that add up to the difference."""

    service: str
    component: str
    planned_usd: Decimal
    actual_usd: Decimal
    reasons: tuple[Reason, ...]


def compare(plan: Plan, charged: Iterable[Charged], month: str) -> list[Difference]:
    """Return the differences of a month, the largest first.

    Lines are matched by service, component and unit price: the rest at another price is `price` where the same quantity
    was planned, else it was not planned, or not billed.

    Raises:
        InputError: the plan has no such month.
    """
    step = _step(plan, month)
    planned: dict[tuple[str, str], list[Charged]] = defaultdict(list)
    for line in plan.line_items:
        words = " ".join((line.usage, *(f"{k}={v}" for k, v in line.attributes.items())))
        month_of = (line.quantity_by_step[step], line.unit_price_usd, line.monthly_usd_by_step[step])
        planned[line.service_code, line.component].append(Charged(line.service_code, line.component, words, *month_of))
    actual: dict[tuple[str, str], list[Charged]] = defaultdict(list)
    for one in charged:
        actual[one.service, one.component].append(one)
    found = [_difference(key, planned.get(key, []), actual.get(key, [])) for key in sorted({*planned, *actual})]
    return sorted(
        (one for one in found if one.planned_usd or one.actual_usd),
        key=lambda one: (-abs(one.actual_usd - one.planned_usd), one.service, one.component),
    )


def _step(plan: Plan, month: str) -> int:
    names = [one.month for one in plan.totals.months]
    if month not in names:
        hint = f"the plan runs from {names[0]} to {names[-1]}"
        raise InputError([Problem("--month", 0, 0, "R018", month, f"the plan has no month {month}", hint)])
    number = names.index(month) + 1
    return next(step.index for step in plan.steps if step.first_month <= number < step.first_month + step.months)


def _difference(key: tuple[str, str], planned: list[Charged], actual: list[Charged]) -> Difference:
    ours, theirs = (sum((line.usd for line in lines), Decimal(0)) for lines in (planned, actual))
    return Difference(*key, ours, theirs, tuple(_reasons(planned, actual)))


def _reasons(planned: list[Charged], actual: list[Charged]) -> Iterator[Reason]:
    by_price = [_grouped(lines) for lines in (planned, actual)]
    for price in sorted({*by_price[0], *by_price[1]}, key=str):
        ours, theirs = (groups.get(price) for groups in by_price)
        if ours is not None and theirs is not None:
            difference = theirs.usd - ours.usd
            if abs(difference) >= CENT:
                counts = f"{theirs.quantity.normalize():f} instead of {ours.quantity.normalize():f}"
                yield Reason("quantity", f"{ours.what}: {counts}", difference)
    alone = [[group for price, group in groups.items() if price not in other] for groups, other in (by_price, reversed(by_price))]
    yield from _alone(*alone)


def _alone(ours: list[Charged], theirs: list[Charged]) -> Iterator[Reason]:
    """Yield reasons for what stands on one side only; equal quantities at another price belong together."""
    left = list(theirs)
    for line in ours:
        same = next((one for one in left if one.quantity == line.quantity and line.quantity), None)
        if same is None:
            yield Reason("not billed", line.what, -line.usd)
            continue
        left.remove(same)
        yield Reason("price", f"{line.what}: {same.unit_price_usd} instead of {line.unit_price_usd} a unit", same.usd - line.usd)
    yield from (Reason("not planned", line.what, line.usd) for line in left)


def _grouped(lines: list[Charged]) -> dict[object, Charged]:
    """Return lines summed up by unit price; those without one by what they are."""
    groups: dict[object, Charged] = {}
    for line in lines:
        key: object = line.unit_price_usd if line.unit_price_usd is not None else line.what
        old = groups.get(key)
        groups[key] = line if old is None else replace(old, quantity=old.quantity + line.quantity, usd=old.usd + line.usd)
    return groups


def read_bill(path: Path, month: str) -> list[Charged]:
    """Return the lines of a month; lines without a date are all of it.

    Raises:
        InputError: the file is no bill of a known form, or holds something else than numbers.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, 0, "", f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}", "") from None
    reader = csv.DictReader(io.StringIO(text))
    head = reader.fieldnames or []
    columns = _columns(path, head)
    rows = enumerate(reader, start=2)
    return [_charged(path, number, row, columns) for number, row in rows if _in_month(row, columns, month)]


def _columns(path: Path, head: Iterable[str]) -> dict[str, str]:
    names = list(head)
    for form in FORMS:
        found = {field: next((name for name in options if name in names), "") for field, options in form.items()}
        if found["service"] and found["cost"]:
            return found
    wanted = [name for form in FORMS for name in (*form["service"], *form["cost"])]
    hint = suggestion(names[0] if names else "", wanted)
    raise _refused(path, 1, "", "is no bill in columns of FOCUS or of the AWS Cost and Usage Report", hint)


def _in_month(row: Mapping[str, str], columns: Mapping[str, str], month: str) -> bool:
    stated = row.get(columns["month"]) or ""
    return not stated or stated.startswith(month)


def _charged(path: Path, number: int, row: Mapping[str, str], columns: Mapping[str, str]) -> Charged:
    def amount(field: str) -> Decimal | None:
        cell = (row.get(columns[field]) or "").strip() if columns[field] else ""
        if not cell:
            return None
        try:
            found = Decimal(cell)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            raise _refused(path, number, columns[field], f"{cell[:40]!r} is no number", "")
        return found

    cost = amount("cost")
    if cost is None:
        raise _refused(path, number, columns["cost"], "has no cost", "")
    service, what = row.get(columns["service"]) or "", row.get(columns["what"]) or ""
    return Charged(service, _component(row.get(columns["tags"]) or ""), what, amount("quantity") or Decimal(0), amount("unit_price"), cost)


def _component(tags: str) -> str:
    """Return the component of a line's tags: the tag's value, or the one in a JSON object of tags."""
    if not tags.startswith("{"):
        return tags
    try:
        found = json.loads(tags)
    except ValueError:
        return ""
    return str(next((value for name, value in found.items() if name.removeprefix("user_").removeprefix("user:") == TAG), ""))


def _refused(path: Path, line: int, field: str, message: str, hint: str) -> InputError:
    return InputError([Problem(str(path), line, 0, "R005", field, message, hint)])
