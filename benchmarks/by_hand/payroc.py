"""Payroc's rules of 2026-11 as nested questions."""

from __future__ import annotations

from benchmarks.by_hand.answer import (
    BATCH_CLOSED,
    BATCH_NOT_CLOSED,
    DISPUTED,
    MISSING,
    MORE_THAN_IS_LEFT,
    NOT_ALLOWED,
    NOT_LISTED,
    NOT_OFFERED,
    NOTHING_CAPTURED,
    ONLY_WHOLE,
    PARTLY_REFUNDED,
    PAYMENT_PENDING,
    REFUND_PENDING,
    UNKNOWN,
    WAIT,
    WRONG_KIND,
    WRONG_METHOD,
    WRONG_STATUS,
    Answer,
    Way,
    nearest,
    no,
)
from payrules.payment import Payment, Undo
from payrules.words import Action, Batch, Kind, Reason, Rejection

REVERSE, REFUND = Action.REVERSE, Action.REFUND
OPEN, CLOSED = Batch.OPEN, Batch.CLOSED
SALE, HOLD, COMPLETION, BANK, RECORD = (
    Kind.SALE,
    Kind.PRE_AUTHORIZATION,
    Kind.COMPLETION,
    Kind.BANK_TRANSFER,
    Kind.REFUND,
)
OVER = {
    "reversal": Reason.ALREADY_REVERSED,
    "declined": Reason.NEVER_PAID,
    "pickup": Reason.NEVER_PAID,
    "expired": Reason.HOLD_EXPIRED,
    "returned": Reason.RETURNED_BY_BANK,
}
LISTED = ("ready", "pending", "complete", "accepted", "admin", "referral")


def decide(payment: Payment, undo: Undo) -> Answer:
    status, kind = payment.status, payment.kind
    if status in OVER:
        return no(Rejection.ALREADY_DONE, OVER[status])
    authorized, captured = payment.amount_authorized, payment.amount_captured
    released, refunded = payment.amount_released, payment.amount_refunded
    pending, asked, only, at = payment.amount_refund_pending, undo.amount, undo.only, undo.at
    closes_at, listed = payment.batch_closes_at, payment.provider_allows
    if listed is not None and closes_at is not None and at >= closes_at:
        listed = None

    if listed is not None and ("fullyReverse" in listed or "partiallyReverse" in listed):
        batch: Batch | None = OPEN
    elif listed is not None and "refund" in listed:
        batch = CLOSED
    elif payment.batch is not None:
        batch = payment.batch
    elif closes_at is not None:
        batch = OPEN if at < closes_at else CLOSED
    elif status in ("ready", "pending"):
        batch = OPEN
    else:
        batch = CLOSED if status == "complete" else None

    if status in LISTED:
        if captured is None:
            if kind is HOLD:
                captured = 0
            elif (status == "complete" and kind is not None) or (
                status == "ready" and kind in (BANK, SALE, COMPLETION)
            ):
                captured = None if authorized is None else max(0, authorized - (released or 0))
        if released is None:
            released = 0
        if refunded is None and (status in ("ready", "pending") or (status == "admin" and kind is RECORD)):
            refunded = 0

    most = None
    if authorized is not None:
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
    if status == "accepted":
        return no(WAIT, Reason.PAYMENT_PENDING)
    if most is not None and (1 if asked is None else asked) > most - pending:
        return no(WAIT, Reason.REFUND_PENDING)

    free = most - pending if most is not None and released is not None and refunded is not None else None
    everything = free is not None and (asked is None or asked == free)
    untouched = refunded == 0 and pending == 0

    if payment.disputed is not True:
        if only is None or only is REVERSE:
            rule = None
            whole = everything and untouched
            part = free is not None and asked is not None and not everything
            if status in ("ready", "pending"):
                if batch is OPEN:
                    fully = listed is None or "fullyReverse" in listed
                    if kind is SALE or kind is COMPLETION:
                        if whole and fully:
                            rule, because = "payroc.reverse.card", Reason.BATCH_OPEN
                        elif part and status == "ready" and (listed is None or "partiallyReverse" in listed):
                            rule, because = "payroc.reverse.card-part", Reason.BATCH_OPEN
                    elif whole and fully:
                        if kind is HOLD:
                            rule, because = "payroc.reverse.hold", Reason.NOT_CAPTURED
                        elif kind is BANK and status == "ready":
                            rule, because = "payroc.reverse.bank", Reason.BATCH_OPEN
                        elif kind is RECORD:
                            rule, because = "payroc.reverse.refund-record", Reason.BATCH_OPEN
            elif status not in LISTED and listed is not None:
                if whole and "fullyReverse" in listed:
                    if kind is HOLD:
                        rule, because = "payroc.listed.reverse-hold", Reason.NOT_CAPTURED
                    else:
                        rule, because = "payroc.listed.reverse", Reason.BATCH_OPEN
                elif part and "partiallyReverse" in listed and kind in (SALE, COMPLETION, None):
                    rule, because = "payroc.listed.reverse-part", Reason.BATCH_OPEN
            if rule is not None:
                return Answer(REVERSE, free if asked is None else asked, 0, because, None, (), rule)
        if (only is None or only is REFUND) and captured and refunded is not None:
            rule = None
            own = captured - refunded - pending
            fits = own > 0 and (everything or (asked is not None and asked <= own))
            whole = everything and untouched and own > 0
            if status not in LISTED:
                if kind in (SALE, COMPLETION, None) and listed is not None and "refund" in listed:
                    if batch is CLOSED and fits:
                        rule, because = "payroc.listed.refund", Reason.CAPTURED
                elif kind is BANK and payment.method == "pad" and listed is not None and "refund" in listed:
                    if batch is CLOSED and fits:
                        rule, because = "payroc.listed.refund-pad", Reason.CAPTURED
            elif kind is SALE or kind is COMPLETION:
                if status == "complete" and batch is CLOSED and fits:
                    rule, because = "payroc.refund.card", Reason.CAPTURED
                elif status == "ready" and batch is CLOSED and whole:
                    rule, because = "payroc.refund.card-closing", Reason.BATCH_CLOSING
                elif status in ("ready", "pending", "complete") and batch is OPEN and whole:
                    rule, because = "payroc.refund.card-open", Reason.TURNS_INTO_REVERSAL
            elif kind is BANK:
                if payment.method == "pad" and status == "complete" and batch is CLOSED and fits:
                    rule, because = "payroc.refund.pad", Reason.CAPTURED
                elif status == "ready" and batch is OPEN and whole:
                    rule, because = "payroc.refund.bank-open", Reason.TURNS_INTO_REVERSAL
            if rule is not None:
                if not everything or free is None:
                    return Answer(REFUND, asked, 0, because, None, (), rule)
                own = min(own, free)
                return Answer(REFUND, own, free - own, because, None, (), rule)
    if status not in LISTED:
        return no(MISSING, Reason.UNKNOWN_STATUS, ("status",))
    return _why_not(payment, undo, authorized, captured, refunded, batch, listed, free)


def _why_not(
    payment: Payment,
    undo: Undo,
    authorized: int | None,
    captured: int | None,
    refunded: int | None,
    batch: Batch | None,
    listed: tuple[str, ...] | None,
    free: int | None,
) -> Answer:
    status, kind, only, asked = payment.status, payment.kind, undo.only, undo.amount
    known = payment, asked, captured, refunded, batch, listed, free
    lost = (("amount_authorized",) if authorized is None else ()) + (("amount_refunded",) if refunded is None else ())
    taken: tuple[str, ...] = ()
    if captured is None:
        taken = ("kind",) if kind is None and status == "complete" else ("amount_captured",)
    ways: list[Way] = []
    card, held = (SALE, COMPLETION), status == "admin"
    if only is None or only is REVERSE:
        late = PAYMENT_PENDING if held else None if status in ("ready", "pending") else WRONG_STATUS
        part = PAYMENT_PENDING if held else None if status == "ready" else WRONG_STATUS
        bank = PAYMENT_PENDING if status == "pending" else None if status == "ready" else WRONG_STATUS
        ways += [
            _reverse(*known, lost, card, late, whole=True),
            _reverse(*known, lost, card, part, whole=False),
            _reverse(*known, lost, (HOLD,), late, whole=True),
            _reverse(*known, lost, (BANK,), bank, whole=True),
            _reverse(*known, lost, (RECORD,), late, whole=True),
            # for a word that the table lists, the provider's own list is not asked
            NOT_OFFERED if asked is None or (free is not None and asked == free) else WRONG_STATUS,
            WRONG_STATUS if kind is HOLD else WRONG_KIND if kind is not None else WRONG_STATUS,
            WRONG_STATUS if kind is not HOLD else WRONG_KIND,
        ]
    if only is None or only is REFUND:
        early = {"complete": None, "ready": BATCH_NOT_CLOSED, "pending": BATCH_NOT_CLOSED, "admin": PAYMENT_PENDING}
        queued = {"complete": None, "ready": BATCH_NOT_CLOSED, "pending": PAYMENT_PENDING}
        closing = {"ready": None, "admin": PAYMENT_PENDING}
        open_ = {"ready": None, "pending": None, "complete": None, "admin": PAYMENT_PENDING}
        open_bank = {"ready": None, "pending": PAYMENT_PENDING}
        ways += [
            _refund(*known, lost, taken, card, early.get(status, WRONG_STATUS), CLOSED, whole=False),
            _refund(*known, lost, taken, card, closing.get(status, WRONG_STATUS), CLOSED, whole=True),
            _refund(*known, lost, taken, card, open_.get(status, WRONG_STATUS), OPEN, whole=True),
            _refund(*known, lost, taken, (BANK,), open_bank.get(status, WRONG_STATUS), OPEN, whole=True),
            _refund(*known, lost, taken, (BANK,), queued.get(status, WRONG_STATUS), CLOSED, whole=False, pad=True),
            NOTHING_CAPTURED if captured == 0 else WRONG_STATUS if kind in (*card, None) else WRONG_KIND,
            NOTHING_CAPTURED if captured == 0 else WRONG_STATUS if kind in (BANK, None) else WRONG_KIND,
        ]
    return nearest(ways)


def _reverse(
    payment: Payment,
    asked: int | None,
    captured: int | None,
    refunded: int | None,
    batch: Batch | None,
    listed: tuple[str, ...] | None,
    free: int | None,
    lost: tuple[str, ...],
    kinds: tuple[Kind, ...],
    by_status: Way | None,
    *,
    whole: bool,
) -> Way:
    everything = free is not None and (asked is None or asked == free)
    if not whole and (asked is None or everything):
        return NOT_OFFERED
    if payment.kind is not None and payment.kind not in kinds:
        return WRONG_KIND
    if by_status is WRONG_STATUS:
        return WRONG_STATUS
    if whole and refunded:
        return PARTLY_REFUNDED
    if payment.disputed is True:
        return DISPUTED
    if listed is not None and ("fullyReverse" if whole else "partiallyReverse") not in listed:
        return NOT_LISTED
    if batch is CLOSED:
        return BATCH_CLOSED
    if whole and free is not None and not everything:
        return ONLY_WHOLE
    if by_status is not None:
        return by_status
    if whole and refunded == 0 and payment.amount_refund_pending:
        return REFUND_PENDING
    needs: tuple[str, ...] = ("kind",) if payment.kind is None else ()
    needs += ("batch",) if batch is None else ()
    needs += lost if free is None else ()
    return UNKNOWN, needs + (("amount_refunded",) if whole and refunded is None else ())


def _refund(
    payment: Payment,
    asked: int | None,
    captured: int | None,
    refunded: int | None,
    batch: Batch | None,
    listed: tuple[str, ...] | None,
    free: int | None,
    lost: tuple[str, ...],
    taken: tuple[str, ...],
    kinds: tuple[Kind, ...],
    by_status: Way | None,
    needed: Batch,
    *,
    whole: bool,
    pad: bool = False,
) -> Way:
    everything = free is not None and (asked is None or asked == free)
    least = 1 if everything or asked is None else asked
    own = None if captured is None or refunded is None else captured - refunded
    short = own is not None and free is not None and own - payment.amount_refund_pending < least
    if captured == 0:
        return NOTHING_CAPTURED
    if payment.kind is not None and payment.kind not in kinds:
        return WRONG_KIND
    if by_status is WRONG_STATUS:
        return WRONG_STATUS
    if pad and payment.method not in ("pad", None):
        return WRONG_METHOD
    if whole and refunded:
        return PARTLY_REFUNDED
    if payment.disputed is True:
        return DISPUTED
    if needed is OPEN and batch is CLOSED:
        return BATCH_CLOSED
    if whole and free is not None and not everything:
        return ONLY_WHOLE
    if short and own is not None and own < least:
        return MORE_THAN_IS_LEFT
    if by_status is not None and by_status is PAYMENT_PENDING:
        return PAYMENT_PENDING
    if by_status is not None or (needed is CLOSED and batch is OPEN):
        return BATCH_NOT_CLOSED
    if short or (whole and refunded == 0 and payment.amount_refund_pending):
        return REFUND_PENDING
    needs: tuple[str, ...] = ("kind",) if payment.kind is None else ()
    needs += ("method",) if pad and payment.method is None else ()
    needs += ("batch",) if batch is None else ()
    needs += taken
    kept = taken + (("amount_refunded",) if refunded is None else ())
    if whole:
        needs += ("amount_refunded",) if refunded is None else ()
        needs += lost if free is None else ()
        needs += kept if own is None and everything else ()
    elif own is None:
        needs += kept + (lost if asked is None else ())
    elif free is None and (asked is None or asked > own - payment.amount_refund_pending):
        needs += lost
    return UNKNOWN, needs
