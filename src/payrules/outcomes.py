"""What a compiled table answers with: outcomes that are built once, and what stands in the way of any undo."""

from __future__ import annotations

from functools import cache

from attrs import frozen

from payrules.answers import obstacles_of, own_obstacle
from payrules.facts import Facts
from payrules.table import Permit
from payrules.words import Action, Reason, Rejection


@frozen
class Outcome:
    """What a decision says apart from its amounts: one for each permit, and one for each kind of no and reason."""

    action: Action
    reason: Reason
    rejection: Rejection | None = None
    permit: Permit | None = None
    rule: str | None = None


Result = tuple[Outcome, int | None, int | None]
"""An outcome, the amount of the call, and what is left for a further one."""

_RANKS = 1000
_NEAREST_FIRST = (Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)
_HARDEST_LAST = (Rejection.MISSING_FACT, Rejection.WAIT, Rejection.NOT_ALLOWED)


@cache
def distance(rejection: Rejection, reason: Reason) -> int:
    """How far from a yes: of several permits the nearest one is told."""
    return _NEAREST_FIRST.index(rejection) * _RANKS + reason.rank


@cache
def hardness(rejection: Rejection, reason: Reason) -> int:
    """How hard to remove: of several obstacles of a permit the hardest is its own."""
    return _HARDEST_LAST.index(rejection) * _RANKS + reason.rank


def no(rejection: Rejection, reason: Reason) -> Result:
    """A rejection, prebuilt."""
    return Outcome(Action.REJECT, reason, rejection), None, None


FAR = len(_NEAREST_FIRST) * _RANKS
"""The distance of an operation that is not asked about, or that no permit is for."""

NO = {distance(rejection, reason): no(rejection, reason) for rejection in _NEAREST_FIRST for reason in Reason} | {
    FAR: no(Rejection.NOT_ALLOWED, Reason.NOT_OFFERED)
}
"""Every rejection, by its distance."""

_NOTHING_LEFT = no(Rejection.ALREADY_DONE, Reason.NOTHING_LEFT)
_ALREADY_REFUNDED = no(Rejection.ALREADY_DONE, Reason.ALREADY_REFUNDED)


def _no(rejection: Rejection, reason: Reason) -> Result:
    return NO[distance(rejection, reason)]


_NOT_POSITIVE = _no(Rejection.NOT_ALLOWED, Reason.AMOUNT_NOT_POSITIVE)
_MORE_THAN_IS_LEFT = _no(Rejection.NOT_ALLOWED, Reason.MORE_THAN_IS_LEFT)
_UNDO_PENDING = _no(Rejection.WAIT, Reason.UNDO_PENDING)
_REFUND_PENDING = _no(Rejection.WAIT, Reason.REFUND_PENDING)


def hindered(
    asked: int | None,
    most: int | None,
    captured: int | None,
    refunded: int | None,
    undo_pending: Action | None,
    awaits: Result = _REFUND_PENDING,
) -> Result:
    """What stands in the way of any undo, by the first three steps of `answers`, of a status that is not final.

    `most` is the most that could be left, None if nobody knows; `awaits` what is told if nothing else is in the way.
    """
    if most == 0:
        all_refunded = captured and refunded is not None and refunded >= captured
        return _ALREADY_REFUNDED if all_refunded else _NOTHING_LEFT
    if asked is not None and asked <= 0:
        return _NOT_POSITIVE
    if asked is not None and most is not None and asked > most:
        return _MORE_THAN_IS_LEFT
    return awaits if undo_pending is None else _UNDO_PENDING


def obstacle(permit: Permit, facts: Facts) -> int | None:
    """The distance of a permit's own obstacle, by its conditions' own tests; None if it holds."""
    met = obstacles_of(permit, facts)
    if not met:
        return None
    miss = own_obstacle(met).miss
    return distance(miss.rejection, miss.reason)
