"""A script: the same questions from many threads at once, from the first moment after the import on, as a digest each.

It needs the core alone, so that any interpreter can run it: questions as JSON on standard input, digests on standard output.
"""

from __future__ import annotations

import hashlib
import json
import sys
from threading import Barrier, Thread
from typing import Any

from payrules import Payment, Undo, decide, forecast

THREADS = 8


def digest(questions: list[dict[str, Any]], first: int) -> str:
    """What is answered to all of these, asked in the order that begins with this one."""
    answers: dict[int, str] = {}
    for number in [*range(first, len(questions)), *range(first)]:
        asked = questions[number]
        payment, undo, edition = (
            Payment.from_record(asked["payment"]),
            Undo.from_record(asked["undo"]),
            asked["edition"],
        )
        told = [decide(payment, undo, edition=edition), *forecast(payment, undo, edition=edition)]
        answers[number] = json.dumps([item.to_record() for item in told], sort_keys=True)
    return hashlib.sha256("\n".join(answers[number] for number in sorted(answers)).encode()).hexdigest()


def shared(decision: Any, start: Barrier, told: list[str]) -> None:
    """One decision, read by all: what is worked out on first sight is worked out by several at once."""
    start.wait()
    told.append(json.dumps(decision.to_record(), sort_keys=True))


def main() -> None:
    sys.setswitchinterval(1e-5)
    questions = json.load(sys.stdin)
    start, digests, told = Barrier(THREADS), [""] * THREADS, []

    def ask(number: int) -> None:
        start.wait()
        digests[number] = digest(questions, number * len(questions) // THREADS)

    run([Thread(target=ask, args=(number,)) for number in range(THREADS)])
    for asked in questions:
        decision = decide(
            Payment.from_record(asked["payment"]), Undo.from_record(asked["undo"]), edition=asked["edition"]
        )
        found: list[str] = []
        run([Thread(target=shared, args=(decision, start, found)) for _ in range(THREADS)])
        told.append(len(set(found)))
    parallel = not getattr(sys, "_is_gil_enabled", lambda: True)()
    json.dump({"alone": digest(questions, 0), "together": digests, "shared": told, "parallel": parallel}, sys.stdout)


def run(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
