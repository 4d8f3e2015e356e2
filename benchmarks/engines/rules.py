"""Dojo's rules of 2022-05 in the form that general engines take: facts worked out beforehand, and rows read in order.

The engines so do less of the work: what is left, what is asked and where the local day ends they are told. Only
questions about any operation whose facts are all known are put to them.
"""

from __future__ import annotations

from benchmarks.by_hand.dojo import days_apart
from payrules.payment import Payment, Undo
from payrules.words import CaptureMode

Value = str | bool | int
Facts = dict[str, Value]
Row = tuple[Facts, str]

ROWS: tuple[Row, ...] = (
    ({"status": "Reversed"}, "reject already_reversed"),
    ({"status": "Refunded"}, "reject already_refunded"),
    ({"status": "Canceled"}, "reject already_canceled"),
    ({"left": False, "repaid": True}, "reject already_refunded"),
    ({"left": False}, "reject nothing_left"),
    ({"positive": False}, "reject amount_not_positive"),
    ({"fits": False}, "reject more_than_is_left"),
    ({"pending": True}, "reject undo_pending"),
    ({"free": False}, "reject refund_pending"),
    ({"status": "Created", "disputed": True}, "reject disputed"),
    ({"status": "Created", "everything": True}, "cancel not_authorized"),
    ({"status": "Created"}, "reject only_whole_amount"),
    ({"status": "Authorized", "mode": "auto"}, "reject wrong_capture_mode"),
    ({"status": "Authorized", "disputed": True}, "reject disputed"),
    ({"status": "Authorized", "day": 1}, "reject too_late"),
    ({"status": "Authorized", "everything": False}, "reject only_whole_amount"),
    ({"status": "Authorized"}, "reverse not_captured"),
    ({"status": "Captured", "disputed": True}, "reject disputed"),
    ({"status": "Captured", "mode": "auto", "everything": True, "untouched": True, "day": 0}, "reverse same_day"),
    ({"status": "Captured", "enough": True}, "refund captured"),
    ({"status": "Captured", "kept": True}, "reject refund_pending"),
    ({"status": "Captured"}, "reject more_than_is_left"),
    ({}, "reject unknown_status"),
)
"""The first row all of whose facts are so decides."""


def facts(payment: Payment, undo: Undo) -> Facts | None:
    """What the rows ask for; None where something is unknown, or one operation is asked about."""
    authorized, captured = payment.amount_authorized, payment.amount_captured
    refunded, pending, asked, mode = (
        payment.amount_refunded,
        payment.amount_refund_pending,
        undo.amount,
        payment.capture_mode,
    )
    if captured is None:
        captured = authorized if payment.status == "Captured" and mode is CaptureMode.AUTO else 0
    if undo.only is not None or authorized is None or captured is None or refunded is None or mode is None:
        return None
    if payment.authorized_at is None or (payment.status == "Captured" and not captured):
        return None
    released = authorized - captured if payment.status == "Captured" else 0
    most = max(0, max(authorized, captured) - released - refunded)
    everything = asked is None or asked == most - pending
    least = 1 if asked is None or everything else asked
    wanted = 1 if asked is None else asked
    return {
        "status": payment.status,
        "mode": mode.value,
        "left": most > 0,
        "repaid": 0 < captured <= refunded,
        "positive": wanted > 0,
        "fits": wanted <= most,
        "pending": payment.undo_pending is not None,
        "free": wanted <= most - pending,
        "everything": everything,
        "disputed": payment.disputed is True,
        "untouched": refunded == 0 and pending == 0,
        "day": max(-1, min(1, days_apart(payment, payment.authorized_at, undo.at))),
        "enough": captured - refunded - pending >= least,
        "kept": captured - refunded >= least,
    }
