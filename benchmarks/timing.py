"""Things timed side by side, on the same questions in the same process, so that ratios survive a busy machine.

What is counted is the processor time of this process, which other programs lengthen less than the clock's. Each round
takes the same block of questions through everything, one after the other; of the rounds' ratios the median is told.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time_ns
from typing import Any

from attrs import frozen

ROUNDS = 200
BLOCK = 200
"""Questions a round: a few hundred microseconds, less than the time after which another program has its turn."""

Ask = Callable[..., object]


@frozen
class Timed:
    """Nanoseconds a question, and the median of its ratios to the first of those timed with it."""

    name: str
    nanoseconds: float
    ratio: float


def paired(
    asked: Sequence[tuple[Any, ...]],
    functions: dict[str, Ask],
    *,
    rounds: int = ROUNDS,
    block: int = BLOCK,
    blocks: Mapping[str, int] | None = None,
    before_each: Callable[[], object] | None = None,
) -> list[Timed]:
    """Every function on the same blocks, the loop's own time taken off; the first is what others are measured by.

    `blocks` shortens the block of functions so slow that another program would have its turn before they end.
    """
    times: dict[str, list[float]] = {name: [] for name in functions}
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            start = number * block % max(1, len(asked) - block + 1)
            questions = asked[start : start + block]
            empty = _time(_nothing, questions)
            for name, function in functions.items():
                if before_each:
                    before_each()
                own = questions[: (blocks or {}).get(name, block)]
                taken = _time(function, own) - empty * len(own) / len(questions)
                times[name].append(max(1.0, taken) / len(own))
    finally:
        gc.enable()
    first = times[next(iter(functions))]
    return [
        Timed(name, median(own), median(one / other for one, other in zip(own, first, strict=True)))
        for name, own in times.items()
    ]


def _nothing(*_: object) -> None: ...


def _time(function: Ask, questions: Sequence[tuple[Any, ...]]) -> float:
    begun = process_time_ns()
    for question in questions:
        function(*question)
    return process_time_ns() - begun
