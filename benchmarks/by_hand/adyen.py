"""Adyen's rules of 2026-11 as nested questions."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.by_hand.answer import (
    ALREADY_CAPTURED,
    DISPUTED,
    MISSING,
    MORE_THAN_IS_LEFT,
    NOT_ALLOWED,
    NOT_OFFERED,
    NOTHING_CAPTURED,
    ONLY_WHOLE,
    PARTLY_REFUNDED,
    REFUND_PENDING,
    SEVERAL_CAPTURES,
    SPLIT_PAYMENT,
    TOO_EARLY,
    TOO_LATE,
    UNKNOWN,
    WAIT,
    WRONG_METHOD,
    WRONG_STATUS,
    Answer,
    Way,
    nearest,
    no,
)
from payrules.payment import Payment, Undo
from payrules.providers.adyen.methods import FULL_REFUND_ONLY, NO_REFUND, NO_SEPARATE_CAPTURE
from payrules.words import Action, CaptureMode, Reason, Rejection

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
DAY = timedelta(hours=24)
OVER = {
    "Offer": Reason.NEVER_PAID,
    "Refused": Reason.NEVER_PAID,
    "Error": Reason.NEVER_PAID,
    "Cancelled": Reason.ALREADY_CANCELED,
    "Expired": Reason.HOLD_EXPIRED,
}
ATTEMPTS = ("Received", "AuthorisedPending")
DISPUTES = ("Chargeback", "SecondChargeback")
TAKEN = (
    "SentForSettle",
    "SettleScheduled",
    "Settled",
    "SentForRefund",
    "RefundScheduled",
    "Refunded",
    "RefundFailed",
    "RefundedReversed",
    "ChargebackReversed",
)


def decide(payment: Payment, undo: Undo) -> Answer:
    status, mode = payment.status, payment.capture_mode
    if status in OVER:
        return no(Rejection.ALREADY_DONE, OVER[status])
    authorized, captured = payment.amount_authorized, payment.amount_captured
    released, refunded = payment.amount_released, payment.amount_refunded
    pending, asked, only, at = payment.amount_refund_pending, undo.amount, undo.only, undo.at
    disputed = payment.disputed is True or status in DISPUTES
    gone = False
    if status in ATTEMPTS:
        captured = 0 if captured is None else captured
        released = 0 if released is None else released
        refunded = 0 if refunded is None else refunded
    elif status == "Authorised":
        if captured is None:
            if mode is CaptureMode.AUTO:
                captured = None if authorized is None else max(0, authorized - (released or 0))
            elif mode is CaptureMode.MANUAL:
                captured = 0
            elif mode is CaptureMode.DELAYED and payment.authorized_at is not None:
                if payment.capture_delay_hours is not None:
                    if at < payment.authorized_at + timedelta(hours=payment.capture_delay_hours):
                        captured = 0
        if released is None:
            released = 0
            if captured and payment.multicapture is not True:
                if authorized is None:
                    gone = True
                else:
                    released = max(0, authorized - captured)
        refunded = 0 if refunded is None else refunded
    elif status in TAKEN or status in DISPUTES:
        if captured is None and authorized is not None:
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
    if status == "CaptureFailed":
        return no(WAIT, Reason.CAPTURE_PENDING)
    if most is not None and (1 if asked is None else asked) > most - pending:
        return no(WAIT, Reason.REFUND_PENDING)

    free = most - pending if most is not None and (gone or released is not None) and refunded is not None else None
    everything = free is not None and (asked is None or asked == free)
    held: int | None = None
    if gone:
        held = 0
    elif authorized is not None and captured is not None and released is not None:
        held = max(0, authorized - captured - released)
    known_as = payment.payment_id is not None

    if not disputed:
        if only is None or only is CANCEL:
            if payment.method not in NO_SEPARATE_CAPTURE:
                if known_as and held and (everything or asked == held):
                    rule = None
                    if status in ATTEMPTS and captured == 0:
                        rule, because = "adyen.cancel.attempt", Reason.NOT_AUTHORIZED
                    elif status == "Authorised":
                        if captured == 0:
                            rule, because = "adyen.cancel.hold", Reason.NOT_CAPTURED
                        elif payment.multicapture is True:
                            rule, because = "adyen.cancel.rest", Reason.REST_HELD
                    if rule is not None:
                        if not everything or free is None:
                            return Answer(CANCEL, asked, 0, because, None, (), rule)
                        own = min(held, free)
                        return Answer(CANCEL, own, free - own, because, None, (), rule)
                if not known_as and payment.merchant_reference is not None and not captured and everything:
                    begun = payment.authorized_at or payment.created_at
                    if status == "Authorised" or status in ATTEMPTS:
                        if begun is not None and begun <= at < begun + DAY:
                            rule, because = "adyen.cancel.by-own-reference", Reason.NOT_CAPTURED
                            return Answer(CANCEL, free, 0, because, None, (), rule)
        if known_as and (status == "Authorised" or status in TAKEN):
            method = payment.method
            if (only is None or only is REFUND) and captured and refunded is not None:
                own = captured - refunded - pending
                rule = None
                if method is None or (method not in NO_REFUND and method not in FULL_REFUND_ONLY):
                    if own > 0 and (everything or (asked is not None and asked <= own)):
                        rule = "adyen.refund.captured"
                elif method in FULL_REFUND_ONLY and everything and own > 0 and refunded == 0 and pending == 0:
                    rule = "adyen.refund.full-only"
                if rule is not None:
                    if not everything or free is None:
                        return Answer(REFUND, asked, 0, Reason.CAPTURED, None, (), rule)
                    own = min(own, free)
                    return Answer(REFUND, own, free - own, Reason.CAPTURED, None, (), rule)
            if (only is None or only is REVERSE) and everything and refunded == 0 and pending == 0:
                if payment.split is not True and (payment.captures is None or payment.captures <= 1):
                    if captured is None:
                        if status == "Authorised":
                            because = Reason.CAPTURE_UNKNOWN
                            return Answer(REVERSE, free, 0, because, None, (), "adyen.reverse.unknown")
                    elif captured == 0:
                        if status == "Authorised":
                            return Answer(REVERSE, free, 0, Reason.NOT_CAPTURED, None, (), "adyen.reverse.held")
                    elif held == 0 and method not in NO_REFUND:
                        return Answer(REVERSE, free, 0, Reason.CAPTURED, None, (), "adyen.reverse.captured")
    if status not in ATTEMPTS and status != "Authorised" and status not in TAKEN and status not in DISPUTES:
        return no(MISSING, Reason.UNKNOWN_STATUS, ("status",))
    case = _Case(payment, undo, authorized, captured, released, refunded, free, held, gone, disputed)
    return case.why_not()


class _Case:
    """A question that no operation answers, with what its status proves."""

    def __init__(
        self,
        payment: Payment,
        undo: Undo,
        authorized: int | None,
        captured: int | None,
        released: int | None,
        refunded: int | None,
        free: int | None,
        held: int | None,
        gone: bool,
        disputed: bool,
    ) -> None:
        self.payment, self.undo, self.asked = payment, undo, undo.amount
        self.captured, self.refunded, self.free, self.held, self.disputed = captured, refunded, free, held, disputed
        self.everything = free is not None and (undo.amount is None or undo.amount == free)
        self.lost: tuple[str, ...] = ()
        self.unheld: tuple[str, ...] = ()
        if free is None or held is None:
            hold = () if authorized is not None else ("amount_authorized",)
            taken: tuple[str, ...] = () if captured is not None else ("amount_captured",)
            rest: tuple[str, ...] = ()
            if released is None and not gone:  # it follows from the other two
                rest = hold + taken or ("amount_released",)
            back = () if refunded is not None else ("amount_refunded",)
            self.lost = back if gone else hold + rest + back
            self.unheld = hold + taken + rest

    def why_not(self) -> Answer:
        only = self.undo.only
        ways: list[Way] = []
        if only is None or only is CANCEL:
            ways += [self.attempt(ATTEMPTS), self.attempt(("Authorised",)), self.rest(), self.by_reference()]
        if only is None or only is REFUND:
            ways += [self.refund(), self.full_only()]
        if only is None or only is REVERSE:
            ways += [self.unknown(), self.reverse_held(), self.reverse_captured()]
        return nearest(ways)

    def common(self) -> tuple[str, ...]:
        return ("payment_id",) if self.payment.payment_id is None else ()

    def attempt(self, statuses: tuple[str, ...]) -> Way:
        if self.captured:
            return ALREADY_CAPTURED
        if self.payment.status not in statuses:
            return WRONG_STATUS
        if self.payment.method in NO_SEPARATE_CAPTURE:
            return WRONG_METHOD
        if self.disputed:
            return DISPUTED
        return self.whole_of_hold(("amount_captured",) if self.captured is None else ())

    def whole_of_hold(self, needs: tuple[str, ...]) -> Way:
        if self.held is not None and self.free is not None and not self.everything and self.asked != self.held:
            return ONLY_WHOLE
        if self.everything and self.held == 0:
            return MORE_THAN_IS_LEFT
        if self.held is None:
            needs += self.unheld + (self.lost if self.asked is None else ())
        elif self.free is None and self.asked != self.held:
            needs += self.lost
        return UNKNOWN, needs + self.common()

    def rest(self) -> Way:
        if self.captured == 0:
            return NOTHING_CAPTURED
        if self.held == 0 or self.payment.multicapture is not True:
            return ALREADY_CAPTURED
        if self.payment.status != "Authorised":
            return WRONG_STATUS
        if self.payment.method in NO_SEPARATE_CAPTURE:
            return WRONG_METHOD
        if self.disputed:
            return DISPUTED
        needs: tuple[str, ...] = ("amount_captured",) if self.captured is None else ()
        return self.whole_of_hold(needs + (self.unheld if self.held is None else ()))

    def by_reference(self) -> Way:
        payment, at = self.payment, self.undo.at
        if payment.payment_id is not None:
            return NOT_OFFERED
        if self.captured:
            return ALREADY_CAPTURED
        if payment.status != "Authorised" and payment.status not in ATTEMPTS:
            return WRONG_STATUS
        if payment.method in NO_SEPARATE_CAPTURE:
            return WRONG_METHOD
        if self.disputed:
            return DISPUTED
        begun = payment.authorized_at or payment.created_at
        if begun is not None and at >= begun + DAY:
            return TOO_LATE
        if self.free is not None and not self.everything:
            return ONLY_WHOLE
        if begun is not None and at < begun:
            return TOO_EARLY
        needs: tuple[str, ...] = ("merchant_reference",) if payment.merchant_reference is None else ()
        needs += self.lost if self.free is None else ()
        return UNKNOWN, needs + (("authorized_at", "created_at") if begun is None else ())

    def least(self) -> int:
        return 1 if self.everything or self.asked is None else self.asked

    def short(self) -> Way | None:
        """More is asked for than a refund can take."""
        if self.captured is None or self.refunded is None or self.free is None:
            return None
        kept, least = self.captured - self.refunded, self.least()
        if kept - self.payment.amount_refund_pending >= least:
            return None
        return MORE_THAN_IS_LEFT if kept < least else REFUND_PENDING

    def unkept(self) -> tuple[str, ...]:
        needs: tuple[str, ...] = ("amount_captured",) if self.captured is None else ()
        return needs + (("amount_refunded",) if self.refunded is None else ())

    def refundable(self) -> bool:
        return self.payment.status == "Authorised" or self.payment.status in TAKEN or self.payment.status in DISPUTES

    def refund(self) -> Way:
        if self.captured == 0:
            return NOTHING_CAPTURED
        if not self.refundable():
            return WRONG_STATUS
        if self.payment.method in NO_REFUND or self.payment.method in FULL_REFUND_ONLY:
            return WRONG_METHOD
        if self.disputed:
            return DISPUTED
        if short := self.short():
            return short
        needs: tuple[str, ...] = ("amount_captured",) if self.captured is None else ()
        if self.captured is None or self.refunded is None:
            needs += self.unkept() + (self.lost if self.asked is None else ())
        elif self.free is None:
            own = self.captured - self.refunded - self.payment.amount_refund_pending
            needs += () if self.asked is not None and self.asked <= own else self.lost
        return UNKNOWN, needs + self.common()

    def full_only(self) -> Way:
        payment = self.payment
        if self.captured == 0:
            return NOTHING_CAPTURED
        if not self.refundable():
            return WRONG_STATUS
        if payment.method not in FULL_REFUND_ONLY:
            return WRONG_METHOD
        if self.refunded:
            return PARTLY_REFUNDED
        if self.disputed:
            return DISPUTED
        if self.free is not None and not self.everything:
            return ONLY_WHOLE
        short = self.short()
        if short is MORE_THAN_IS_LEFT:
            return short
        if short or (self.refunded == 0 and payment.amount_refund_pending):
            return REFUND_PENDING
        needs = self.unkept()
        return UNKNOWN, needs + (self.lost if self.free is None else ()) + self.common()

    def reverse(self, statuses: bool, needs: tuple[str, ...]) -> Way:
        """What the three reversals share, from a wrong status on."""
        payment = self.payment
        if not statuses:
            return WRONG_STATUS
        if payment.split is True:
            return SPLIT_PAYMENT
        if payment.captures is not None and payment.captures > 1:
            return SEVERAL_CAPTURES
        if self.refunded:
            return PARTLY_REFUNDED
        if self.disputed:
            return DISPUTED
        if self.free is not None and not self.everything:
            return ONLY_WHOLE
        if self.refunded == 0 and payment.amount_refund_pending:
            return REFUND_PENDING
        needs += self.lost if self.free is None else ()
        needs += ("amount_refunded",) if self.refunded is None else ()
        return UNKNOWN, needs + self.common()

    def unknown(self) -> Way:
        if self.captured is not None:
            return NOT_OFFERED
        return self.reverse(self.payment.status == "Authorised", ())

    def reverse_held(self) -> Way:
        if self.captured:
            return ALREADY_CAPTURED
        needs: tuple[str, ...] = ("amount_captured",) if self.captured is None else ()
        return self.reverse(self.payment.status == "Authorised", needs)

    def reverse_captured(self) -> Way:
        if self.captured == 0:
            return NOTHING_CAPTURED
        if self.refundable() and self.payment.method in NO_REFUND:
            return WRONG_METHOD
        needs: tuple[str, ...] = ("amount_captured",) if self.captured is None else ()
        needs += self.unheld if self.held is None else ()
        way = self.reverse(self.refundable(), needs)
        if self.held and way not in (WRONG_STATUS, SPLIT_PAYMENT):
            return SEVERAL_CAPTURES
        return way
