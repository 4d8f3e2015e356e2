"""Three ways to the same answer: the table interpreted, the table compiled, and a second reading by another author.

`python -m tests.agreement COUNT [SEED]` compares so many aimed payments of each edition, and prints how many agreed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import cycle, islice
from typing import Any

from payrules import Payment, Undo, decide, providers, records
from payrules.answers import answer
from payrules.fill import fill
from payrules.situations import walk
from payrules.words import OPERATIONS
from tests import aimed, edges

Question = tuple[Payment, Undo]
EDITIONS = [(name, edition.name) for name in providers.NAMES for edition in providers.find(name).editions]
FIELDS = ("action", "amount", "remaining", "reason", "rejection", "needs")
WISHES = (None, *OPERATIONS)
BEST_BEFORE = 8
"""One question in so many is compared in its `good_until` too, which takes longer than all the rest."""


@cache
def _reading(provider: str) -> Any:
    return import_module(f"tests.readings.{provider}")


def read(payment: Payment, undo: Undo, edition: str) -> dict[str, Any]:
    """The second reading's answer."""
    return dict(_reading(payment.provider).answer(payment.to_record(), undo.to_record(), edition))


def agree(payment: Payment, undo: Undo, edition: str, *, best_before: bool = True) -> None:
    """The three give the same answer; `AssertionError` shows the question if not."""
    decision = decide(payment, undo, edition=edition)
    table = providers.find(payment.provider).edition(edition)
    interpreted = fields(answer(table, fill(table, payment, undo)))
    told = read(payment, undo, edition)

    assert interpreted == fields(decision), ("compiled", payment, undo, edition)
    assert interpreted == {name: told[name] for name in FIELDS}, ("second reading", payment, undo, edition)
    if best_before:
        until = decision.good_until
        assert told["good_until"] == (until and records.written(until)), ("good_until", payment, undo, edition)


def fields(told: Any) -> dict[str, Any]:
    """What is compared of an answer or a decision; a closed word equals its text."""
    return {name: getattr(told, name) for name in FIELDS} | {"needs": sorted(told.needs)}


def compare(questions: Iterable[Question], edition: str) -> int:
    """How many questions were compared, all of which agreed."""
    count = 0
    for count, (payment, undo) in enumerate(questions, 1):
        agree(payment, undo, edition, best_before=count % BEST_BEFORE == 0)
    return count


def walked(provider: str, edition: str, step: int = 1) -> Iterator[Question]:
    """A question for each class of amounts of every situation, or one in so many of them; each wish in turn."""
    situations = walk(provider, providers.find(provider).edition(edition))
    wishes = cycle(WISHES)
    questions = (question for situation in situations for question in situation.questions(next(wishes)))
    yield from islice(questions, 0, None, step)


def figures(quick: bool) -> dict[str, int]:
    """How many questions were compared, by where they came from."""
    step, count = (97, 7_000) if quick else (1, 667_000)
    found = {"situations": 0, "edges": 0, "aimed payments": 0}
    for provider, edition in EDITIONS:
        found["situations"] += compare(walked(provider, edition, step), edition)
        found["edges"] += compare(islice(edges.questions(provider, edition), 0, None, 7 if quick else 1), edition)
        found["aimed payments"] += compare(aimed.some(provider, count, edition=edition), edition)
    return found


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for provider, edition in EDITIONS:
        agreed = compare(aimed.some(provider, count, seed=seed, edition=edition), edition)
        sys.stdout.write(f"{provider} {edition}: {agreed:,} agree\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
