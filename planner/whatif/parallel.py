"""Independent questions about one session on all processors: the options made once are shared by forking."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
Question = Callable[[], T]
_questions: Sequence[Question[object]] = ()
"""What the forked processes answer; set only while they are made."""


def answers(questions: Sequence[Question[T]], workers: int | None = None) -> list[T]:
    """Return the answer to each question, in their order.

    Answers are the same with any number of workers: each question is a pure function of what was made before. Where
    processes cannot be forked, or there is one processor, they are answered one after the other.

    Args:
        questions: Functions without arguments whose answers can be pickled.
        workers: Processes; as many as there are processors when left out.
    """
    many = min(workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, len(questions))
    if many < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [question() for question in questions]
    global _questions  # noqa: PLW0603 - a forked process sees what is here when it is made
    _questions = questions
    try:
        with ProcessPoolExecutor(many, mp_context=multiprocessing.get_context("fork")) as pool:
            return list(pool.map(_answer, range(len(questions))))  # type: ignore[arg-type]
    finally:
        _questions = ()


def _answer(index: int) -> object:
    return _questions[index]()
