"""The rules of each provider written by hand, as somebody would who has no table: what `decide` is measured against.

Each function says as much as a decision says at once: action, amount, remainder, reason, kind of no, facts that are
missing, and the rule. `tests/test_benchmarks.py` and the benchmark itself hold them equal to `decide` before any
timing. They remember nothing between two questions.
"""

from collections.abc import Callable

from benchmarks.by_hand import adyen, dojo, payroc
from benchmarks.by_hand.answer import Answer
from payrules.payment import Payment, Undo

FUNCTIONS: dict[str, Callable[[Payment, Undo], Answer]] = {
    "dojo": dojo.decide,
    "payroc": payroc.decide,
    "adyen": adyen.decide,
}
