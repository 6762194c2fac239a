"""Units: how durations, rates, sizes, percentages and money are read, kept and written.

Inside the planner a duration is whole seconds (`int`), a rate is per second, a size is GiB and a
percentage is the number before the percent sign, the last three as `Decimal`. Money is `Decimal`
US dollars in documents and integer micro-dollars in arithmetic. A month is 730 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

HOURS_PER_MONTH = 730
SECONDS_PER_HOUR = 3600
SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR
DAYS_PER_MONTH = Decimal(HOURS_PER_MONTH) / 24
MICROS_PER_USD = 1_000_000
BYTES_PER_GIB = 1024**3

_NUMBER = r"(?P<number>[-+]?(?:[0-9]{1,3}(?:[_,][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
_DURATION_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_DURATION_MILLIS = {"ms": 1, "s": 1000, "m": 60_000}
_RATE_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
_SIZE_GIB = {
    "B": Decimal(1) / BYTES_PER_GIB,
    "KiB": Decimal(1) / 1024**2,
    "MiB": Decimal(1) / 1024,
    "GiB": Decimal(1),
    "TiB": Decimal(1024),
    "PiB": Decimal(1024**2),
}
_DECIMAL_SIZES = {"KB": "KiB", "MB": "MiB", "GB": "GiB", "TB": "TiB", "PB": "PiB", "kB": "KiB"}
_WIDE = Context(prec=80)
_THOUSANDTH = Decimal("0.001")
_MILLIONTH = Decimal("0.000001")
LARGEST = Decimal(10) ** 15
"""No quantity of a document may exceed this in its base unit; larger ones are typing errors, not demand."""


@dataclass(frozen=True)
class Money:
    """An amount in the currency it was stated in."""

    amount: Decimal
    currency: str = "USD"

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"


def plain(number: Decimal) -> str:
    """Return a decimal without exponent or trailing zeros: `Decimal("120.00")` gives `120`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def micros(usd: Decimal) -> int:
    """Return dollars as whole micro-dollars, rounded half up once."""
    return int(usd.scaleb(6).to_integral_value(ROUND_HALF_UP))


def usd(micro_dollars: int) -> Decimal:
    """Return micro-dollars as dollars, exactly, with six decimal places."""
    return Decimal(micro_dollars).scaleb(-6)


def _split(text: str, pattern: str, example: str) -> tuple[Decimal, str]:
    match = re.fullmatch(_NUMBER + r"\s*" + pattern, text.strip())
    if match is None:
        raise ValueError(f"is not {example}")
    return Decimal(match["number"].replace("_", "").replace(",", "")), match["unit"]


def _bounded(number: Decimal) -> Decimal:
    if abs(number) > LARGEST:
        raise ValueError(f"is larger than {LARGEST:.0e}; is a digit too many?")
    return number


def _whole(number: Decimal, what: str) -> int:
    if number != number.to_integral_value():
        raise ValueError(f"is not a whole number of {what}")
    return int(number)


def parse_duration(value: object) -> int:
    """Return seconds from `30s`, `15m`, `4h`, `90d`, `2w`, `7y`; a bare 0 is no time at all.

    Raises:
        ValueError: no unit, an unknown unit, a negative or a fractional number of seconds.
    """
    if value == 0 and not isinstance(value, bool):
        return 0
    if not isinstance(value, str):
        raise ValueError("needs a unit, such as 30s, 15m, 4h or 90d")
    number, unit = _split(value, r"(?P<unit>[smhdwy])", "a duration such as 30s, 15m, 4h, 90d or 7y")
    if number < 0:
        raise ValueError("is negative")
    return _whole(_bounded(number * _DURATION_SECONDS[unit]), "seconds")


def format_duration(seconds: int) -> str:
    """Return seconds in the largest unit that holds them exactly: 900 gives `15m`."""
    for unit in ("d", "h", "m"):
        size = _DURATION_SECONDS[unit]
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def parse_millis(value: object) -> Decimal:
    """Return milliseconds from `12ms`, `0.5s` or `1m`.

    Raises:
        ValueError: no unit, an unknown unit or a negative time.
    """
    if not isinstance(value, str):
        raise ValueError("needs a unit, such as 12ms or 0.5s")
    number, unit = _split(value, r"(?P<unit>ms|s|m)", "a time such as 12ms or 0.5s")
    if number < 0:
        raise ValueError("is negative")
    return _bounded(number * _DURATION_MILLIS[unit])


def format_millis(milliseconds: Decimal) -> str:
    """Return milliseconds as `12ms`."""
    return f"{plain(milliseconds)}ms"


def parse_rate(value: object) -> Decimal:
    """Return a rate per second from `900/s`, `5000/min`, `20000/h` or `3/day`.

    Raises:
        ValueError: no unit, an unknown unit or a negative rate.
    """
    if not isinstance(value, str):
        raise ValueError("needs a unit, such as 900/s, 5000/min or 20000/day")
    number, unit = _split(value, r"/\s*(?P<unit>s|min|h|day)", "a rate such as 900/s, 5000/min, 300/h or 20/day")
    if number < 0:
        raise ValueError("is negative")
    return _bounded(number / _RATE_SECONDS[unit])


def format_rate(per_second: Decimal) -> str:
    """Return a rate as `900/s`, or in the first unit in which a short decimal gives it exactly."""
    for unit, seconds in _RATE_SECONDS.items():
        rounded = (per_second * seconds).quantize(_MILLIONTH, context=_WIDE)
        if rounded / seconds == per_second:
            return f"{plain(rounded)}/{unit}"
    return f"{plain(per_second)}/s"


def parse_size(value: object) -> Decimal:
    """Return GiB from `120 GiB`, `50 MiB`, `12 KiB` or `2 TiB`.

    Raises:
        ValueError: no unit, a decimal unit (GB), an unknown unit or a negative size.
    """
    if not isinstance(value, str):
        raise ValueError("needs a unit, such as 120 GiB, 50 MiB or 12 KiB")
    number, unit = _split(value, r"(?P<unit>[A-Za-z]+)", "a size such as 120 GiB, 50 MiB or 12 KiB")
    if unit in _DECIMAL_SIZES:
        raise ValueError(f"is in {unit}; AWS measures and bills binary units, did you mean {plain(number)} {_DECIMAL_SIZES[unit]}?")
    if unit not in _SIZE_GIB:
        raise ValueError(f"has the unknown unit {unit!r}; allowed are {', '.join(_SIZE_GIB)}")
    if number < 0:
        raise ValueError("is negative")
    return _bounded(number * _SIZE_GIB[unit])


def format_size(gib: Decimal) -> str:
    """Return a size in the largest unit that keeps it a short decimal: `120 GiB`, `12 KiB`."""
    for unit in ("GiB", "MiB", "KiB", "B"):
        rounded = (gib / _SIZE_GIB[unit]).quantize(_THOUSANDTH, context=_WIDE)
        if rounded * _SIZE_GIB[unit] == gib and (rounded >= 1 or not gib):
            return f"{plain(rounded)} {unit}"
    return f"{plain(gib)} GiB"


def parse_percent(value: object) -> Decimal:
    """Return the number before the percent sign of `99.95%`.

    Raises:
        ValueError: no percent sign or not a number.
    """
    if not isinstance(value, str):
        raise ValueError("needs a percent sign, such as 99.95%")
    number, _ = _split(value, r"(?P<unit>%)", "a percentage such as 99.95%")
    return _bounded(number)


def format_percent(percent: Decimal) -> str:
    """Return `99.95%`."""
    return f"{plain(percent)}%"


def parse_money(value: object) -> Money:
    """Return an amount from `9000`, `$9,000`, `9000 USD` or `8500 EUR`.

    Raises:
        ValueError: not a number, an unknown form or a negative amount.
    """
    if isinstance(value, Money):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, str, float, Decimal)):
        raise ValueError("is not an amount of money such as 9000 or 9000 USD")
    text = str(value).strip()
    currency = "USD" if text.startswith("$") else None
    match = re.fullmatch(_NUMBER + r"\s*(?P<unit>[A-Z]{3})?", text.removeprefix("$"))
    if match is None:
        raise ValueError("is not an amount of money such as 9000 or 9000 USD")
    if currency and match["unit"] not in (None, currency):
        raise ValueError("is in two currencies")
    amount = Decimal(match["number"].replace("_", "").replace(",", ""))
    if amount < 0:
        raise ValueError("is negative")
    return Money(_bounded(amount), currency or match["unit"] or "USD")
