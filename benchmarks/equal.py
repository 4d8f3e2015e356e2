"""Before anything is timed: the hand-written functions, and the engines, answer as `decide` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks import by_hand
from benchmarks.by_hand.answer import Answer
from payrules import Decision, Payment, Undo, decide
from tests import aimed

AIMED = 10_000
"""Aimed payments of each provider."""


def differing(provider: str, count: int = AIMED) -> Iterable[tuple[Payment, Undo]]:
    """The aimed questions that the hand-written function of a provider answers differently."""
    function = by_hand.FUNCTIONS[provider]
    for payment, undo in aimed.some(provider, count):
        if _said(decide(payment, undo)) != _said(function(payment, undo)):
            yield payment, undo


def _said(told: Decision | Answer) -> tuple[object, ...]:
    needs = frozenset(told.needs)  # as a set: which of them is asked for first means nothing
    return told.action, told.amount, told.remaining, told.reason, told.rejection, needs, told.rule


def require(provider: str, differ: Callable[[str], Iterable[tuple[Payment, Undo]]] = differing) -> None:
    """Raise for the first question that is answered differently."""
    for payment, undo in differ(provider):
        raise SystemExit(f"{provider}: the function written by hand answers differently: {payment} {undo}")
