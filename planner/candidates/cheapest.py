"""Which of several sizes that behave alike are worth offering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")


def unbeaten(sized: Iterable[tuple[Sequence[Decimal], T]]) -> Iterator[T]:
    """Yield the options that no other one beats: at most as dear in every growth step.

    Args:
        sized: Costs of an option, one entry per growth step and kind of cost, and the option.
    """
    kept: list[Sequence[Decimal]] = []
    for costs, option in sorted(sized, key=lambda item: (sum(item[0]), item[0])):
        if any(all(a <= b for a, b in zip(other, costs, strict=True)) for other in kept):
            continue
        kept.append(costs)
        yield option
