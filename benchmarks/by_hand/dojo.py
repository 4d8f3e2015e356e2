"""Dojo's rules of 2022-05 as nested questions."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil.tz import tzstr

from benchmarks.by_hand.answer import (
    DISPUTED,
    MISSING,
    MORE_THAN_IS_LEFT,
    NOT_ALLOWED,
    NOTHING_CAPTURED,
    ONLY_WHOLE,
    PARTLY_REFUNDED,
    REFUND_PENDING,
    TOO_EARLY,
    TOO_LATE,
    UNKNOWN,
    WAIT,
    WRONG_CAPTURE_MODE,
    WRONG_STATUS,
    Answer,
    Way,
    nearest,
    no,
)
from payrules.payment import Payment, Undo
from payrules.words import Action, CaptureMode, Reason, Rejection

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
AUTO, MANUAL = CaptureMode.AUTO, CaptureMode.MANUAL
LONDON = ZoneInfo("Europe/London")
OVER = {
    "Canceled": Reason.ALREADY_CANCELED,
    "Reversed": Reason.ALREADY_REVERSED,
    "Refunded": Reason.ALREADY_REFUNDED,
}


def decide(payment: Payment, undo: Undo) -> Answer:
    status = payment.status
    if status in OVER:
        return no(Rejection.ALREADY_DONE, OVER[status])
    authorized, captured = payment.amount_authorized, payment.amount_captured
    released, refunded = payment.amount_released, payment.amount_refunded
    pending, asked, only = payment.amount_refund_pending, undo.amount, undo.only
    gone = False
    if status in ("Created", "Authorized"):
        captured = 0 if captured is None else captured
        released = 0 if released is None else released
        refunded = 0 if refunded is None else refunded
    elif status == "Captured":
        if captured is None and payment.capture_mode is AUTO and authorized is not None:
            captured = max(0, authorized - (released or 0))
        if released is None and captured is not None:
            if authorized is None:
                gone = True
            else:
                released = max(0, authorized - captured)

    if gone:
        most: int | None = max(0, (captured or 0) - (refunded or 0))
    elif authorized is None:
        most = None
    else:
        most = max(0, max(authorized, captured or 0) - (released or 0) - (refunded or 0))
    if most == 0:
        done = captured and refunded is not None and refunded >= captured
        return no(Rejection.ALREADY_DONE, Reason.ALREADY_REFUNDED if done else Reason.NOTHING_LEFT)
    if asked is not None and asked <= 0:
        return no(NOT_ALLOWED, Reason.AMOUNT_NOT_POSITIVE)
    if asked is not None and most is not None and asked > most:
        return no(NOT_ALLOWED, Reason.MORE_THAN_IS_LEFT)
    if payment.undo_pending is not None:
        return no(WAIT, Reason.UNDO_PENDING)
    if most is not None and (1 if asked is None else asked) > most - pending:
        return no(WAIT, Reason.REFUND_PENDING)

    free = most - pending if most is not None and (gone or released is not None) and refunded is not None else None
    everything = free is not None and (asked is None or asked == free)
    disputed = payment.disputed is True

    if status == "Created":
        held = (
            None if authorized is None or captured is None or released is None else authorized - captured - released
        )
        if only in (None, CANCEL) and not disputed and held is not None and held > 0:
            if everything and free is not None:
                own = min(held, free)
                return Answer(CANCEL, own, free - own, Reason.NOT_AUTHORIZED, None, (), "dojo.cancel.created")
            if asked == held:
                return Answer(CANCEL, asked, 0, Reason.NOT_AUTHORIZED, None, (), "dojo.cancel.created")
        paid_at = payment.authorized_at or payment.created_at
        if only in (None, REVERSE) and payment.capture_mode is MANUAL and everything and not disputed:
            if paid_at is not None and days_apart(payment, paid_at, undo.at) == 0:
                return Answer(REVERSE, free, 0, Reason.NOT_AUTHORIZED, None, (), "dojo.reverse.manual-created")
    elif status == "Authorized":
        paid_at = payment.authorized_at
        if only in (None, REVERSE) and payment.capture_mode is MANUAL and everything and not disputed:
            if paid_at is not None and days_apart(payment, paid_at, undo.at) == 0:
                return Answer(REVERSE, free, 0, Reason.NOT_CAPTURED, None, (), "dojo.reverse.manual-same-day")
    elif status == "Captured":
        if only in (None, REVERSE) and payment.capture_mode is AUTO and everything and not disputed:
            paid_at = payment.authorized_at
            if refunded == 0 and pending == 0 and paid_at is not None:
                if days_apart(payment, paid_at, undo.at) == 0:
                    return Answer(REVERSE, free, 0, Reason.SAME_DAY, None, (), "dojo.reverse.auto-same-day")
        if only in (None, REFUND) and captured and refunded is not None and not disputed:
            own = captured - refunded - pending
            if everything and free is not None and own > 0:
                own = min(own, free)
                return Answer(REFUND, own, free - own, Reason.CAPTURED, None, (), "dojo.refund.captured")
            if not everything and asked is not None and asked <= own:
                return Answer(REFUND, asked, 0, Reason.CAPTURED, None, (), "dojo.refund.captured")
    else:
        return no(MISSING, Reason.UNKNOWN_STATUS, ("status",))
    return _why_not(payment, undo, authorized, captured, released, refunded, free, gone)


def days_apart(payment: Payment, paid_at: datetime, at: datetime) -> int:
    """Whether it is the calendar day of the payment: 0, or how many days before or after."""
    zone = LONDON if payment.timezone is None else tzstr(payment.timezone, posix_offset=True)
    return at.astimezone(zone).date().toordinal() - paid_at.astimezone(zone).date().toordinal()


def _why_not(
    payment: Payment,
    undo: Undo,
    authorized: int | None,
    captured: int | None,
    released: int | None,
    refunded: int | None,
    free: int | None,
    gone: bool,
) -> Answer:
    only, asked = undo.only, undo.amount
    everything = free is not None and (asked is None or asked == free)
    lost = () if free is not None else _lost(payment, authorized, captured, released, refunded, gone)
    ways: list[Way] = []
    if only is None or only is CANCEL:
        ways.append(_cancel(payment, asked, authorized, captured, released, free, everything, lost))
    if only is None or only is REVERSE:
        ways += [
            _reverse(payment, undo, "Created", MANUAL, refunded, free, everything, lost),
            _reverse(payment, undo, "Authorized", MANUAL, refunded, free, everything, lost),
            _reverse(payment, undo, "Captured", AUTO, refunded, free, everything, lost),
        ]
    if only is None or only is REFUND:
        ways.append(_refund(payment, asked, captured, refunded, free, everything, lost))
    return nearest(ways)


def _lost(
    payment: Payment,
    authorized: int | None,
    captured: int | None,
    released: int | None,
    refunded: int | None,
    gone: bool,
) -> tuple[str, ...]:
    """The facts that keep what is left from being told."""
    lost = () if refunded is not None else ("amount_refunded",)
    if gone:
        return lost
    if released is None:  # the rest is told by what was captured
        lost = ("amount_captured" if payment.status == "Captured" else "amount_released", *lost)
    return lost if authorized is not None else ("amount_authorized", *lost)


def _cancel(
    payment: Payment,
    asked: int | None,
    authorized: int | None,
    captured: int | None,
    released: int | None,
    free: int | None,
    everything: bool,
    lost: tuple[str, ...],
) -> Way:
    if payment.status != "Created":
        return WRONG_STATUS
    if payment.disputed is True:
        return DISPUTED
    if authorized is None or captured is None or released is None or free is None:
        return UNKNOWN, lost
    held = max(0, authorized - captured - released)
    if not everything and asked != held:
        return ONLY_WHOLE
    return MORE_THAN_IS_LEFT


def _reverse(
    payment: Payment,
    undo: Undo,
    status: str,
    mode: CaptureMode,
    refunded: int | None,
    free: int | None,
    everything: bool,
    lost: tuple[str, ...],
) -> Way:
    if payment.status != status:
        return WRONG_STATUS
    if payment.capture_mode is not None and payment.capture_mode is not mode:
        return WRONG_CAPTURE_MODE
    if mode is AUTO and refunded:
        return PARTLY_REFUNDED
    if payment.disputed is True:
        return DISPUTED
    day = payment.authorized_at or (payment.created_at if status == "Created" else None)
    apart = 0 if day is None else days_apart(payment, day, undo.at)
    if apart > 0:
        return TOO_LATE
    if free is not None and not everything:
        return ONLY_WHOLE
    if apart < 0:
        return TOO_EARLY
    if mode is AUTO and refunded == 0 and payment.amount_refund_pending:
        return REFUND_PENDING
    needs: tuple[str, ...] = () if free is not None else lost
    needs += () if payment.capture_mode is not None else ("capture_mode",)
    needs += ("amount_refunded",) if mode is AUTO and refunded is None else ()
    if day is None:
        needs += ("authorized_at", "created_at") if status == "Created" else ("authorized_at",)
    return UNKNOWN, needs


def _refund(
    payment: Payment,
    asked: int | None,
    captured: int | None,
    refunded: int | None,
    free: int | None,
    everything: bool,
    lost: tuple[str, ...],
) -> Way:
    if captured == 0:
        return NOTHING_CAPTURED
    if payment.status != "Captured":
        return WRONG_STATUS
    if payment.disputed is True:
        return DISPUTED
    if captured is None or refunded is None:
        needs: tuple[str, ...] = ("amount_captured",) if captured is None else ()
        needs += ("amount_refunded",) if refunded is None else ()
        return UNKNOWN, needs + (lost if asked is None else ())
    if free is None:
        return UNKNOWN, lost
    least = 1 if everything or asked is None else asked
    return REFUND_PENDING if captured - refunded >= least else MORE_THAN_IS_LEFT
