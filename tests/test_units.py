"""Units: every form that is read, every form that is refused and with which words, and back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import units
from planner.units import Money


@pytest.mark.parametrize(
    ("parse", "text", "value", "back"),
    [
        pytest.param(units.parse_duration, "30s", 30, "30s", id="seconds"),
        pytest.param(units.parse_duration, "15m", 900, "15m", id="minutes"),
        pytest.param(units.parse_duration, "90m", 5400, "90m", id="minutes-that-are-no-hours"),
        pytest.param(units.parse_duration, "1.5h", 5400, "90m", id="fraction-of-an-hour"),
        pytest.param(units.parse_duration, "2w", 1_209_600, "14d", id="weeks"),
        pytest.param(units.parse_duration, "7y", 220_752_000, "2555d", id="years-of-365-days"),
        pytest.param(units.parse_duration, 0, 0, "0s", id="zero"),
        pytest.param(units.parse_duration, "0s", 0, "0s", id="zero-seconds"),
        pytest.param(units.parse_duration, " 5 m ", 300, "5m", id="spaces"),
        pytest.param(units.parse_millis, "12ms", Decimal(12), "12ms", id="milliseconds"),
        pytest.param(units.parse_millis, "0.5s", Decimal("500.0"), "500ms", id="half-a-second"),
        pytest.param(units.parse_rate, "900/s", Decimal(900), "900/s", id="per-second"),
        pytest.param(units.parse_rate, "600/min", Decimal(10), "10/s", id="per-minute"),
        pytest.param(units.parse_rate, "5000/min", Decimal(5000) / 60, "5000/min", id="periodic-decimal"),
        pytest.param(units.parse_rate, "1/day", Decimal(1) / 86_400, "1/day", id="per-day"),
        pytest.param(units.parse_rate, "20_000 / h", Decimal(20_000) / 3600, "20000/h", id="per-hour"),
        pytest.param(units.parse_size, "120 GiB", Decimal(120), "120 GiB", id="gibibytes"),
        pytest.param(units.parse_size, "12 KiB", Decimal(12) / 1024**2, "12 KiB", id="kibibytes"),
        pytest.param(units.parse_size, "1536MiB", Decimal("1.5"), "1.5 GiB", id="mebibytes"),
        pytest.param(units.parse_size, "2 TiB", Decimal(2048), "2048 GiB", id="tebibytes"),
        pytest.param(units.parse_size, "0 B", Decimal(0), "0 GiB", id="nothing"),
        pytest.param(units.parse_percent, "99.950%", Decimal("99.950"), "99.95%", id="percent"),
        pytest.param(units.parse_percent, "-20 %", Decimal(-20), "-20%", id="negative-percent"),
        pytest.param(units.parse_money, "$9,000", Money(Decimal(9000)), "9000 USD", id="dollars"),
        pytest.param(units.parse_money, "8500.50 EUR", Money(Decimal("8500.50"), "EUR"), "8500.5 EUR", id="euros"),
        pytest.param(units.parse_money, 9000, Money(Decimal(9000)), "9000 USD", id="number"),
        pytest.param(units.parse_money, Money(Decimal(1)), Money(Decimal(1)), "1 USD", id="money"),
    ],
)  # fmt: skip
def test_reads_and_writes(parse: Callable[[object], Any], text: object, value: object, back: str) -> None:
    assert parse(text) == value
    assert WRITE[parse](parse(text)) == back


WRITE: dict[Callable[[object], Any], Callable[[Any], str]] = {
    units.parse_duration: units.format_duration,
    units.parse_millis: units.format_millis,
    units.parse_rate: units.format_rate,
    units.parse_size: units.format_size,
    units.parse_percent: units.format_percent,
    units.parse_money: str,
}


@pytest.mark.parametrize(
    ("parse", "value", "message"),
    [
        pytest.param(units.parse_duration, 15, "needs a unit, such as 30s, 15m, 4h or 90d", id="duration-without-unit"),
        pytest.param(units.parse_duration, False, "needs a unit, such as 30s, 15m, 4h or 90d", id="false-is-not-zero"),
        pytest.param(units.parse_duration, "15min", "is not a duration such as 30s, 15m, 4h, 90d or 7y", id="duration-in-min"),
        pytest.param(units.parse_duration, "-5m", "is negative", id="negative-duration"),
        pytest.param(units.parse_duration, "0.5s", "is not a whole number of seconds", id="half-a-second"),
        pytest.param(units.parse_duration, "1e3s", "is not a duration such as 30s, 15m, 4h, 90d or 7y", id="exponent"),
        pytest.param(units.parse_duration, "10000000000000000s", "is larger than 1e+15; is a digit too many?", id="huge-duration"),
        pytest.param(units.parse_duration, "\u0661s", "is not a duration such as 30s, 15m, 4h, 90d or 7y", id="other-digits"),
        pytest.param(units.parse_millis, 5, "needs a unit, such as 12ms or 0.5s", id="millis-without-unit"),
        pytest.param(units.parse_millis, "-5ms", "is negative", id="negative-millis"),
        pytest.param(units.parse_rate, "900", "is not a rate such as 900/s, 5000/min, 300/h or 20/day", id="rate-without-unit"),
        pytest.param(units.parse_rate, 900, "needs a unit, such as 900/s, 5000/min or 20000/day", id="bare-rate"),
        pytest.param(units.parse_rate, "-1/s", "is negative", id="negative-rate"),
        pytest.param(units.parse_size, "120", "is not a size such as 120 GiB, 50 MiB or 12 KiB", id="size-without-unit"),
        pytest.param(units.parse_size, 120, "needs a unit, such as 120 GiB, 50 MiB or 12 KiB", id="bare-size"),
        pytest.param(units.parse_size, "120 GB", "is in GB; AWS measures and bills binary units, did you mean 120 GiB?", id="decimal-unit"),
        pytest.param(units.parse_size, "1 XiB", "has the unknown unit 'XiB'; allowed are B, KiB, MiB, GiB, TiB, PiB", id="unknown-unit"),
        pytest.param(units.parse_size, "-1 GiB", "is negative", id="negative-size"),
        pytest.param(units.parse_percent, "99", "is not a percentage such as 99.95%", id="no-percent-sign"),
        pytest.param(units.parse_percent, 99, "needs a percent sign, such as 99.95%", id="bare-percent"),
        pytest.param(units.parse_money, "9,00,0", "is not an amount of money such as 9000 or 9000 USD", id="stray-commas"),
        pytest.param(units.parse_money, "9000 usd", "is not an amount of money such as 9000 or 9000 USD", id="currency-in-small-letters"),
        pytest.param(units.parse_money, True, "is not an amount of money such as 9000 or 9000 USD", id="true"),
        pytest.param(units.parse_money, -1, "is negative", id="negative-money"),
        pytest.param(units.parse_money, 10**15 + 1, "is larger than 1e+15; is a digit too many?", id="huge-money"),
        pytest.param(units.parse_money, "$9000 EUR", "is in two currencies", id="two-currencies"),
    ],
)  # fmt: skip
def test_refused(parse: Callable[[object], Any], value: object, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(value)
    assert str(caught.value) == message


numbers = st.decimals(min_value=0, max_value=10**8, allow_nan=False, places=9)


@given(numbers, st.sampled_from(["B", "KiB", "MiB", "GiB", "TiB", "PiB"]))
def test_size_survives_writing(number: Decimal, unit: str) -> None:
    size = units.parse_size(f"{number:f} {unit}")
    assert units.parse_size(units.format_size(size)) == size


@given(numbers, st.sampled_from(["s", "min", "h", "day"]))
def test_rate_survives_writing(number: Decimal, unit: str) -> None:
    rate = units.parse_rate(f"{number:f}/{unit}")
    assert units.parse_rate(units.format_rate(rate)) == rate


@given(st.integers(0, 10**12))
def test_duration_survives_writing(seconds: int) -> None:
    assert units.parse_duration(units.format_duration(seconds)) == seconds


@given(numbers)
def test_percent_millis_and_money_survive_writing(number: Decimal) -> None:
    assert units.parse_percent(units.format_percent(number)) == number
    assert units.parse_millis(units.format_millis(number)) == number
    assert units.parse_money(str(Money(number, "EUR"))) == Money(number, "EUR")


@pytest.mark.parametrize(
    ("dollars", "micro_dollars"),
    [
        pytest.param("0.0000004", 0, id="below-half"),
        pytest.param("0.0000005", 1, id="half-is-up"),
        pytest.param("6.66668", 6_666_680, id="exact"),
    ],
)
def test_micros(dollars: str, micro_dollars: int) -> None:
    assert units.micros(Decimal(dollars)) == micro_dollars


def test_usd() -> None:
    assert units.usd(6_666_680) == Decimal("6.666680")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param("120.00", "120", id="zeros-after-the-point"),
        pytest.param("1E+3", "1000", id="exponent"),
        pytest.param("0.10", "0.1", id="fraction"),
        pytest.param("100", "100", id="zeros-before-the-point"),
    ],
)
def test_plain(number: str, text: str) -> None:
    assert units.plain(Decimal(number)) == text
