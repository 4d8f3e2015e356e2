"""What two editions of a table answer differently: every situation that tells them apart, by what changes.

The situations are walked, not sampled (`situations.py`), so that where no difference is told there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from payrules.payment import Payment, Undo
from payrules.situations import Situation, walk
from payrules.table import Edition, Provider
from payrules.ways import Outcome
from payrules.words import OPERATIONS, Action, Word


class Change(Word):
    """What becomes of an answer, the weightiest first."""

    PERMITTED = "now_permitted"
    FORBIDDEN = "no_longer_permitted"
    OTHERWISE = "another_operation"
    AMOUNT = "another_amount"
    NO = "another_kind_of_no"
    REASON = "another_reason"


@frozen
class Difference:
    """Situations of a status in which two editions answer a wish differently, and in the same way.

    `only` is the one operation that is asked about, None any. `situations` counts the distinguishable combinations of
    outcomes; `payment` and `undo` show a plain one.
    """

    change: Change
    status: str
    only: Action | None
    before: Outcome
    after: Outcome
    situations: int
    payment: Payment
    undo: Undo


@frozen
class Compared:
    """Two editions beside each other: the rows that only one of them has, and where they answer differently.

    `situations` are those that were walked, `differing` those of them that the two answer differently.
    """

    provider: Provider
    before: Edition
    after: Edition
    gone: tuple[str, ...]
    new: tuple[str, ...]
    other: tuple[str, ...]
    situations: int
    differing: int
    differences: tuple[Difference, ...]


def compare(provider: Provider, before: str, after: str) -> Compared:
    """Every difference between two editions of a provider's table; `CallerError` for one that does not exist."""
    one, other = provider.edition(before), provider.edition(after)
    found: dict[object, Difference] = {}
    walked = differing = 0
    for situation in walk(provider.name, one, other):
        walked += situation.count
        told = list(_told(situation))
        differing += situation.count if told else 0
        for difference in told:
            key = (
                difference.change,
                difference.status,
                difference.only,
                _kind(difference.before),
                _kind(difference.after),
            )
            known = found.get(key)
            plain = difference if known is None else min(known, difference, key=_of_example)
            found[key] = evolve(plain, situations=difference.situations + (known.situations if known else 0))
    rows, others = ({permit.name: permit for permit in edition.permits} for edition in (one, other))
    return Compared(
        provider,
        one,
        other,
        gone=tuple(name for name in rows if name not in others),
        new=tuple(name for name in others if name not in rows),
        other=tuple(name for name, permit in rows.items() if name in others and others[name] != permit),
        situations=walked,
        differing=differing,
        differences=tuple(sorted(found.values(), key=lambda item: (item.change.rank, -item.situations))),
    )


def _told(situation: Situation) -> Iterator[Difference]:
    """What differs for any wish; where that is nothing, what differs for an operation asked about alone."""
    for wishes in ((None,), OPERATIONS):
        told = [(only, situation.outcome(0, only), situation.outcome(1, only)) for only in wishes]
        differing = [(only, before, after) for only, before, after in told if before.compared != after.compared]
        for only, before, after in differing:
            shown = min(situation.questions(only), key=_oddness, default=None)
            if shown is not None:  # else facts that no payment can have together
                change = _change(before, after)
                yield Difference(change, situation.status, only, before, after, situation.count, *shown)
        if differing:
            return


def _oddness(question: tuple[Payment, Undo]) -> tuple[object, ...]:
    """What makes an example hard to read: asked before there was a payment, and many facts."""
    payment, at = question[0], question[1].at
    made = payment.authorized_at or payment.created_at or at
    told = [value for value in payment.to_record().values() if value not in (None, 0)]
    return at < made, len(told)


def _of_example(difference: Difference) -> tuple[object, ...]:
    return _oddness((difference.payment, difference.undo))


def _change(before: Outcome, after: Outcome) -> Change:
    if before.action is not after.action:
        if before.action is Action.REJECT:
            return Change.PERMITTED
        return Change.FORBIDDEN if after.action is Action.REJECT else Change.OTHERWISE
    if (before.amount, before.remaining) != (after.amount, after.remaining):
        return Change.AMOUNT
    return Change.NO if before.rejection is not after.rejection else Change.REASON


def _kind(outcome: Outcome) -> tuple[object, ...]:
    """What makes answers alike, whatever their amounts are and whichever facts they need."""
    return outcome.action, outcome.rejection, outcome.reason, outcome.permit and outcome.permit.name
