"""Which of several sizes that behave alike are worth offering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from planner.candidates.commitments import beats

T = TypeVar("T")


def unbeaten(sized: Iterable[tuple[Sequence[Sequence[Decimal]], T]]) -> Iterator[T]:
    """Yield the options that no other one beats: for every way to pay for it the other has one that is nowhere dearer.

    Args:
        sized: Costs of an option by way to pay for it, one entry per growth step and kind of cost, and the option.
    """
    kept: list[Sequence[Sequence[Decimal]]] = []
    for ways, option in sorted(sized, key=lambda item: (sum(item[0][0]), item[0][0])):
        if any(beats(other, ways) for other in kept):
            continue
        kept.append(ways)
        yield option
