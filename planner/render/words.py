"""How amounts, times and names are written for people; untrusted text is made harmless here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from planner.units import BYTES_PER_GIB, format_size, plain

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
CENT = Decimal("0.01")
SMALL_GIB = Decimal("0.001")


def harmless(text: object) -> str:
    r"""Return a text, its lines kept, without escape sequences, control characters or direction overrides.

    >>> harmless("orders\x1b[31m-db\nweb")
    'orders-db\nweb'
    """
    return _CONTROLS.sub("", _ESCAPES.sub("", str(text)))


def clean(text: object) -> str:
    r"""Return a harmless text in one line.

    >>> clean("orders\x1b[31m-db\n")
    'orders-db'
    """
    return " ".join(harmless(text).split())


def dollars(usd: Decimal) -> str:
    """Return US dollars rounded half up to the cent.

    >>> dollars(Decimal("1234.565"))
    '$1,234.57'
    """
    cents = usd.quantize(CENT, ROUND_HALF_UP)
    return f"-${-cents:,.2f}" if cents < 0 else f"${cents:,.2f}"


def amount(usd: Decimal) -> str:
    """Return dollars for a column whose head names the unit; an exact zero is a dash.

    >>> amount(Decimal("1234.5")), amount(Decimal(0))
    ('1,234.50', '-')
    """
    return "-" if usd == 0 else dollars(usd).replace("$", "")


def duration(seconds: int | None, never: str = "never", units: int = 2) -> str:
    """Return a time in its two largest units, or in more of them.

    >>> duration(5400), duration(45), duration(0), duration(3750, units=4)
    ('1 h 30 min', '45 s', '0 s', '1 h 2 min 30 s')
    """
    if seconds is None:
        return never
    parts: list[tuple[int, str]] = []
    rest = seconds
    for unit, size in _UNITS:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:units] if number) or "0 s"


def percent(fraction: Decimal) -> str:
    """Return an availability in percent with at most five decimals, rounded down: nines are never rounded up.

    >>> percent(Decimal("0.99995000")), percent(Decimal("0.999999999"))
    ('99.995%', '99.99999%')
    """
    return f"{plain((fraction * 100).quantize(Decimal('0.00001'), ROUND_FLOOR))}%"


def readable(value: str) -> str:
    """Return a text; long bare seconds as a time.

    >>> readable("8397s"), readable("99.9%")
    ('2 h 19 min', '99.9%')
    """
    return duration(int(value[:-1])) if re.fullmatch(r"\d{3,9}s", value) else value


def measured(value: str, unit: str) -> str:
    """Return a value with its unit; small parts of a GiB in bytes.

    >>> measured("4.76837E-7", "GiB"), measured("0.6", "share of vCPU")
    ('512 B', '0.6 share of vCPU')
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return f"{value} {unit}"
    if unit == "GiB" and 0 < number < SMALL_GIB:
        return format_size((number * BYTES_PER_GIB).to_integral_value() / BYTES_PER_GIB)
    return f"{plain(number)} {unit}"


def share(part: Decimal, whole: Decimal) -> str:
    """Return a share with one decimal; what is there is never shown as nothing, what lacks never as all.

    >>> share(Decimal(1), Decimal(3)), share(Decimal("0.001"), Decimal(10)), share(Decimal("9.999"), Decimal(10))
    ('33.3%', '<0.1%', '>99.9%')
    """
    if whole == 0:
        return "-"
    ratio = (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if ratio == 0 and part > 0:
        return "<0.1%"
    return ">99.9%" if ratio == 100 and part < whole else f"{ratio}%"


def listed(items: Iterable[str], limit: int) -> str:
    """Return the first items, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    names = list(items)
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "problem"), counted(3, "entry", "entries")
    ('1 problem', '3 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
