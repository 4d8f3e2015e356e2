"""What a hand-written function returns, and how the nearest of several noes is told."""

from __future__ import annotations

from attrs import frozen

from payrules.words import Action, Reason, Rejection

WAIT, MISSING, NOT_ALLOWED = Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED


@frozen
class Answer:
    """What to do, or why nothing can be done."""

    action: Action
    amount: int | None
    remaining: int | None
    reason: Reason
    rejection: Rejection | None
    needs: tuple[str, ...]
    rule: str | None


def no(rejection: Rejection, reason: Reason, needs: tuple[str, ...] = ()) -> Answer:
    return Answer(Action.REJECT, None, None, reason, rejection, needs, None)


RANK = {reason: rank for rank, reason in enumerate(Reason)}
NEAR = (WAIT, MISSING, NOT_ALLOWED)

Way = tuple[int, tuple[str, ...]]
"""How far an operation is from a yes, by the one thing that is hardest to remove, and the facts that it lacks."""


def far(rejection: Rejection, reason: Reason) -> int:
    return NEAR.index(rejection) * 1000 + RANK[reason]


def stop(rejection: Rejection, reason: Reason) -> Way:
    return far(rejection, reason), ()


NOT_OFFERED = stop(NOT_ALLOWED, Reason.NOT_OFFERED)
NOTHING_CAPTURED = stop(NOT_ALLOWED, Reason.NOTHING_CAPTURED)
ALREADY_CAPTURED = stop(NOT_ALLOWED, Reason.ALREADY_CAPTURED)
WRONG_KIND = stop(NOT_ALLOWED, Reason.WRONG_KIND)
WRONG_STATUS = stop(NOT_ALLOWED, Reason.WRONG_STATUS)
WRONG_CAPTURE_MODE = stop(NOT_ALLOWED, Reason.WRONG_CAPTURE_MODE)
WRONG_METHOD = stop(NOT_ALLOWED, Reason.WRONG_METHOD)
SPLIT_PAYMENT = stop(NOT_ALLOWED, Reason.SPLIT_PAYMENT)
SEVERAL_CAPTURES = stop(NOT_ALLOWED, Reason.SEVERAL_CAPTURES)
PARTLY_REFUNDED = stop(NOT_ALLOWED, Reason.PARTLY_REFUNDED)
DISPUTED = stop(NOT_ALLOWED, Reason.DISPUTED)
NOT_LISTED = stop(NOT_ALLOWED, Reason.NOT_LISTED)
BATCH_CLOSED = stop(NOT_ALLOWED, Reason.BATCH_CLOSED)
TOO_LATE = stop(NOT_ALLOWED, Reason.TOO_LATE)
ONLY_WHOLE = stop(NOT_ALLOWED, Reason.ONLY_WHOLE_AMOUNT)
MORE_THAN_IS_LEFT = stop(NOT_ALLOWED, Reason.MORE_THAN_IS_LEFT)
PAYMENT_PENDING = stop(WAIT, Reason.PAYMENT_PENDING)
BATCH_NOT_CLOSED = stop(WAIT, Reason.BATCH_NOT_CLOSED)
TOO_EARLY = stop(WAIT, Reason.TOO_EARLY)
REFUND_PENDING = stop(WAIT, Reason.REFUND_PENDING)
UNKNOWN = far(MISSING, Reason.UNKNOWN_FACT)


def nearest(ways: list[Way]) -> Answer:
    """Of all ways what stands nearest to a yes."""
    if not ways:
        return no(NOT_ALLOWED, Reason.NOT_OFFERED)
    code = min(ways)[0]
    needs: tuple[str, ...] = ()
    if code == UNKNOWN:
        needs = tuple(dict.fromkeys(need for far_off, names in ways if far_off == code for need in names))
    kind, rank = divmod(code, 1000)
    return no(NEAR[kind], REASONS[rank], needs)


REASONS = tuple(Reason)
