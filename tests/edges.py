"""Questions at every edge of a table: for each permit and status a payment that it is open to, and each of its facts moved.

Moved to every value at which a condition turns, one step beside it, and unknown; the moment of asking likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from attrs import evolve

from payrules import Payment, Undo, providers
from payrules.errors import CallerError
from payrules.fill import fill
from payrules.situations import Situation, walk
from payrules.table import Edition
from payrules.telling import telling
from payrules.when import Condition, Window, edges
from payrules.words import OPERATIONS

_STEPS = (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1))
_AWAY = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))
_AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")

Question = tuple[Payment, Undo]


@cache
def questions(provider: str, edition: str) -> tuple[Question, ...]:
    """The questions at the edges of an edition, each once."""
    table = providers.find(provider).edition(edition)
    found = dict.fromkeys(
        item for situation in _open(provider, table) for base in _bases(situation) for item in _moved(base, table)
    )
    return tuple(found)


def _open(provider: str, table: Edition) -> list[Situation]:
    """For each permit and status a situation in which it is open, asked for everything and for a part."""
    found: dict[object, Situation] = {}
    for situation in walk(provider, table):
        for permit, closed in situation.ways():
            if closed is None:
                found.setdefault((permit.name, situation.status, situation.asks_everything), situation)
    return list(found.values())


def _bases(situation: Situation) -> Iterator[Question]:
    for only in (None, *OPERATIONS):
        if question := situation.question(only):
            yield question


def _moved(base: Question, table: Edition) -> Iterator[Question]:
    payment = base[0]
    yield base
    conditions = [condition for permit in table.permits for condition in permit.when]
    conditions += [condition for proof in table.proofs(payment.status) for condition in proof.when]
    for status in table.statuses:
        yield from _with(base, status=status.word)
    for name in sorted({name for condition in conditions for name in condition.reads} - {"status", *_AMOUNTS}):
        for value in telling(name, conditions):
            yield from _with(base, **{name: value})
    yield from _of_amounts(base, table)
    yield from _of_times(base, table, conditions)


def _with(base: Question, **changes: Any) -> Iterator[Question]:
    try:
        yield evolve(base[0], **changes), base[1]
    except CallerError:  # no payment can be so
        return


def _of_amounts(base: Question, table: Edition) -> Iterator[Question]:
    payment, undo = base
    facts = fill(table, payment, undo)
    known = {
        amount for amount in (facts.held, facts.refundable, facts.outstanding, facts.left) if isinstance(amount, int)
    }
    near = sorted({amount + step for amount in known for step in (-1, 0, 1)} | {0, 1})
    for amount in (None, *near):
        yield payment, evolve(undo, amount=amount)
    for name in _AMOUNTS:
        for amount in (None, *(item for item in near if item >= 0)):
            if name != "amount_refund_pending" or amount is not None:
                yield from _with(base, **{name: amount})


def _of_times(base: Question, table: Edition, conditions: list[Condition]) -> Iterator[Question]:
    payment, undo = base
    facts = fill(table, payment, undo)
    windows = [condition for condition in conditions if isinstance(condition, Window)]
    for edge in sorted({edge for window in windows for edge in edges(window, facts)}):
        for step in (*_STEPS, *_AWAY):
            yield payment, evolve(undo, at=edge + step)
    for name in ("created_at", "authorized_at", "captured_at"):
        if getattr(payment, name) is None:
            yield from _with(base, **{name: undo.at - timedelta(minutes=1)})
