"""A second reading of Adyen: which one call undoes this payment now, or why none does.

The questions stand in the order of the provider's pages: the lifecycle, capture, cancel, refund,
reversal; each of the last three offers several ways, as the provider's page in the specs lists
them. Written from the facts alone, so that it can disagree with the table. It shares no code with
the library, and it answers about `undo` only; it folds no webhooks. Numbers such as D12 are those
of the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

EDITIONS = ("2026-11",)

# --- the lifecycle page ---------------------------------------------------------------------------

# Nothing follows these, whatever the amounts in the record say.
FINAL = {
    "Cancelled": "already_canceled",
    "Refused": "never_paid",
    "Error": "never_paid",
    "Expired": "hold_expired",
}
# Before a payment exists there is nothing to send a call about, yet the shopper may still pay:
# this is why it is not among the final ones.
OFFER = "Offer"
ATTEMPTED = frozenset({"Received", "AuthorisedPending"})
AUTHORISED = frozenset({"Authorised"})
CHARGED_BACK = frozenset({"Chargeback", "SecondChargeback"})
# From SentForSettle on a payment is captured and holds nothing any more.
CAPTURED = CHARGED_BACK | {
    "SentForSettle",
    "SettleScheduled",
    "Settled",
    "SentForRefund",
    "RefundScheduled",
    "Refunded",
    "RefundFailed",
    "RefundedReversed",
    "ChargebackReversed",
}
CAPTURE_FAILED = "CaptureFailed"
UNCAPTURED = ATTEMPTED | {OFFER}
KNOWN = UNCAPTURED | AUTHORISED | CAPTURED | {CAPTURE_FAILED}

# --- the pages of the payment methods -------------------------------------------------------------

# Authorised means captured here, so a cancel has nothing to stop.
NO_SEPARATE_CAPTURE = frozenset(
    {
        "alipay",
        "bcmc",
        "bcmc_mobile",
        "billdesk_online",
        "bizum",
        "blik",
        "directEbanking",
        "ebanking_FI",
        "eps",
        "fpx",
        "gcash",
        "genericgiftcard",
        "giftcard",
        "giropay",
        "givex",
        "ideal",
        "mbway",
        "molpay_ebanking_TH",
        "momo_wallet",
        "multibanco",
        "onlineBanking_PL",
        "oxxo",
        "paysafecard",
        "svs",
        "swish",
        "trustly",
        "valuelink",
        "wechatpayQR",
    }
)
NO_REFUND = frozenset({"carnet", "molpay_ebanking_TH", "oxxo"})
FULL_REFUND_ONLY = frozenset({"paysafecard", "billdesk_online"})

# The cancel by own reference: up to this long after the authorisation.
TECHNICAL_WINDOW = timedelta(hours=24)

# The reasons that an operation can meet, in the documented order: nearest to a yes first.
ORDER = (
    "more_than_is_left",
    "refund_pending",
    "too_early",
    "only_whole_amount",
    "too_late",
    "disputed",
    "partly_refunded",
    "several_captures",
    "split_payment",
    "wrong_method",
    "wrong_status",
    "already_captured",
    "nothing_captured",
)
WAITS = frozenset({"refund_pending", "too_early"})
# Of several refusals, the first of these kinds is the answer.
KINDS = ("wait", "missing_fact", "not_allowed")


class Answer(NamedTuple):
    """What is compared: all but the moment at which it ceases to hold."""

    action: str
    amount: int | None
    remaining: int | None
    reason: str
    rejection: str | None
    needs: tuple[str, ...] = ()

    def compared(self) -> tuple[str, int | None, str | None, str]:
        """The part of an answer whose change ends its validity."""
        return self.action, self.amount, self.rejection, self.reason


@dataclass(frozen=True)
class Case:
    """One payment and one wish at one moment, with what the status proves filled in."""

    payment: dict[str, Any]
    asked: int | None
    at: datetime
    status: str
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    hold_gone: bool

    @property
    def left_at_most(self) -> int | None:
        """What can be left at best: what is not known to be gone counts as still there."""
        if self.hold_gone and self.captured is not None:
            return max(self.captured - (self.refunded or 0), 0)  # whatever was authorised
        if self.authorized is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(most - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def outstanding(self) -> int | None:
        """What *everything* means: what is left and not asked back already; None if it is unknown."""
        most = self.left_at_most
        return None if most is None or unknown_of_outstanding(self) else max(most - self.pending, 0)

    @property
    def held(self) -> int | None:
        """What is still reserved and not captured."""
        if self.authorized is None:
            return 0 if self.hold_gone else None
        if self.captured is None or self.released is None:
            return None
        return max(self.authorized - self.captured - self.released, 0)

    @property
    def refundable(self) -> int | None:
        """What was captured, not given back, and not asked back."""
        if self.captured is None or self.refunded is None:
            return None
        return max(self.captured - self.refunded - self.pending, 0)

    @property
    def everything(self) -> bool | None:
        """Whether all that is outstanding is asked for; None where that cannot be told."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding

    @property
    def disputed(self) -> bool:
        """A charged-back status is an open dispute by itself: nobody may pay twice."""
        return self.payment.get("disputed") is True or self.status in CHARGED_BACK


# --- the question ---------------------------------------------------------------------------------


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """Say which call to make now, or why none, and until when that holds."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r} of Adyen; there is {', '.join(EDITIONS)}")
    at = instant(undo["at"])
    now = answer_at(payment, undo, at)
    return {
        "action": now.action,
        "amount": now.amount,
        "remaining": now.remaining,
        "reason": now.reason,
        "rejection": now.rejection,
        "needs": sorted(now.needs),
        "good_until": good_until(payment, undo, at, now),
    }


def good_until(payment: dict[str, Any], undo: dict[str, Any], at: datetime, now: Answer) -> str | None:
    """The first later moment with another answer: only at an edge can the answer change."""
    for edge in sorted(e for e in edges(payment) if e > at):
        if answer_at(payment, undo, edge).compared() != now.compared():
            return edge.isoformat().replace("+00:00", "Z")
    return None


def edges(payment: dict[str, Any]) -> set[datetime]:
    """Every moment at which a window of this payment begins or ends."""
    found = {capture_due(payment)}
    for began in (known_instant(payment, "authorized_at"), known_instant(payment, "created_at")):
        if began is not None:
            found |= {began, later(began, TECHNICAL_WINDOW)}
    return {edge for edge in found if edge is not None}


def answer_at(payment: dict[str, Any], undo: dict[str, Any], at: datetime) -> Answer:
    """The answer at one moment: what is done, the amount, what is under way, the calls."""
    case = read(payment, undo.get("amount"), at)
    return (
        already_done(case)
        or amount_impossible(case)
        or under_way(case)
        or by_status(case)
        or by_calls(case, undo.get("only"))
    )


def reject(rejection: str, reason: str, needs: Iterable[str] = ()) -> Answer:
    """A no is an answer like any other."""
    return Answer("reject", None, None, reason, rejection, tuple(sorted(set(needs))))


# --- lifecycle: what is over ----------------------------------------------------------------------


def already_done(case: Case) -> Answer | None:
    """A final status ends everything; so does a payment of which nothing is left."""
    if case.status in FINAL:
        return reject("already_done", FINAL[case.status])
    if case.status == OFFER:
        return reject("already_done", "never_paid")  # there is no payment yet
    if case.left_at_most != 0:
        return None
    captured, refunded = case.captured or 0, case.refunded or 0
    all_refunded = captured > 0 and refunded >= captured  # D9: more than was captured is possible
    return reject("already_done", "already_refunded" if all_refunded else "nothing_left")


def amount_impossible(case: Case) -> Answer | None:
    """An amount that no call can ever give, whatever else is unknown."""
    if case.asked is None:
        return None
    if case.asked <= 0:
        return reject("not_allowed", "amount_not_positive")
    if case.left_at_most is not None and case.asked > case.left_at_most:
        return reject("not_allowed", "more_than_is_left")
    return None


def under_way(case: Case) -> Answer | None:
    """An accepted modification is only received: until its event comes, it reserves the money."""
    if case.payment.get("undo_pending") is not None:
        return reject("wait", "undo_pending")
    if case.status == CAPTURE_FAILED:
        # Adyen captures again by itself: any call now would meet a state that is about to change.
        return reject("wait", "capture_pending")
    if case.left_at_most is None:
        return None
    free = case.left_at_most - case.pending
    blocked = free <= 0 if case.asked is None else case.asked > free
    return reject("wait", "refund_pending") if blocked else None


def by_status(case: Case) -> Answer | None:
    """An unknown word answers for every call."""
    if case.status not in KNOWN:
        return reject("missing_fact", "unknown_status", ["status"])
    return None


# --- capture: what was taken ----------------------------------------------------------------------


def read(payment: dict[str, Any], asked: int | None, at: datetime) -> Case:
    """Fill in what the status proves. What the record gives is never overwritten."""
    status: str = payment["status"]
    captured = amount_captured(payment, status, at)
    refunded = payment.get("amount_refunded")
    if refunded is None and status in UNCAPTURED | {"Authorised"}:
        refunded = 0
    return Case(
        payment=payment,
        asked=asked,
        at=at,
        status=status,
        authorized=payment.get("amount_authorized"),
        captured=captured,
        released=amount_released(payment, status, captured),
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        hold_gone=payment.get("amount_released") is None
        and (status in CAPTURED or rest_fell_away(payment, status, captured)),
    )


def amount_captured(payment: dict[str, Any], status: str, at: datetime) -> int | None:
    """How much was taken, where the record or the status tells."""
    given: int | None = payment.get("amount_captured")
    if given is not None:
        return given
    if status in UNCAPTURED:
        return 0
    if status == "Authorised":
        return captured_while_authorised(payment, at)
    if status in CAPTURED:
        return whole_less_released(payment)
    return None


def whole_less_released(payment: dict[str, Any]) -> int | None:
    """What is captured as a whole, save for what is known to have been released (D23)."""
    authorized: int | None = payment.get("amount_authorized")
    if authorized is None:
        return None
    return max(authorized - (payment.get("amount_released") or 0), 0)


def captured_while_authorised(payment: dict[str, Any], at: datetime) -> int | None:
    """`Authorised` says nothing by itself; who triggers the capture does."""
    mode = payment.get("capture_mode")
    if mode == "manual":
        return 0
    if mode == "auto":
        return whole_less_released(payment)
    if mode == "delayed":
        due = capture_due(payment)
        # After the delay the capture was tried; whether it worked nobody has told us.
        return 0 if due is not None and at < due else None
    return None


def capture_due(payment: dict[str, Any]) -> datetime | None:
    """When a delayed capture happens, counted from the authorisation."""
    hours = payment.get("capture_delay_hours")
    began = known_instant(payment, "authorized_at")
    if payment.get("capture_mode") != "delayed" or hours is None or began is None:
        return None
    return later(began, timedelta(hours=hours))


def rest_fell_away(payment: dict[str, Any], status: str, captured: int | None) -> bool:
    """A part captured on an account with single capture cancels the rest by itself."""
    if status != "Authorised" or payment.get("amount_released") is not None:
        return False
    return bool(captured) and payment.get("multicapture") is not True


def amount_released(payment: dict[str, Any], status: str, captured: int | None) -> int | None:
    """How much of the hold was let go."""
    given: int | None = payment.get("amount_released")
    if given is not None:
        return given
    if status in CAPTURED or rest_fell_away(payment, status, captured):
        authorized = payment.get("amount_authorized")
        if authorized is None or captured is None:
            return None
        return max(int(authorized) - captured, 0)
    return 0 if status in (UNCAPTURED | AUTHORISED) else None


def unknown_of_outstanding(case: Case) -> set[str]:
    """Which facts are missing to say what is outstanding.

    The captured amount is not one of them: unknown, it counts as no more than the authorised one.
    """
    missing = {"amount_refunded"} if case.refunded is None else set()
    if case.hold_gone and case.captured is not None:
        return missing
    if case.authorized is None:
        missing.add("amount_authorized")
    if case.released is None:
        # Where the hold is gone, the captured amount tells the released one.
        missing.add("amount_captured" if case.hold_gone else "amount_released")
    return missing


def unknown_of_held(case: Case) -> set[str]:
    """Which facts are missing to say what is still held."""
    facts = {"amount_authorized": case.authorized, "amount_captured": case.captured}
    return {name for name, value in facts.items() if value is None}


# --- the choice among the calls -------------------------------------------------------------------


@dataclass
class Way:
    """One call that Adyen offers, and all that stands in its way."""

    action: str
    because: str
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    amount: int = 0
    remaining: int = 0

    @property
    def fits(self) -> bool:
        """Nothing stands in the way and nothing is unknown."""
        return not self.obstacles and not self.unknown

    @property
    def rejection(self) -> str:
        """What would free this way: nothing at all, else time, else a fact."""
        if self.obstacles - WAITS:
            return "not_allowed"
        return "wait" if self.obstacles else "missing_fact"

    @property
    def own_obstacle(self) -> str:
        """Of its obstacles the one that the caller can least change."""
        return max(self.obstacles, key=ORDER.index)


def by_calls(case: Case, only: str | None) -> Answer:
    """Cancel what is held, refund what is captured, reverse where nobody knows (D24)."""
    offered = {"cancel": ways_to_cancel, "refund": ways_to_refund, "reverse": ways_to_reverse}
    ways = [way for action in offered if only in (None, action) for way in offered[action](case)]
    for way in ways:
        if way.fits:
            return Answer(way.action, way.amount, way.remaining, way.because, None)
    return refuse(ways)


def refuse(ways: list[Way]) -> Answer:
    """Of all the refusals, the one that stands nearest to a yes."""
    kind = min((way.rejection for way in ways), key=KINDS.index)
    found = [way for way in ways if way.rejection == kind]
    if kind == "missing_fact":
        return reject(kind, "unknown_fact", set().union(*(way.unknown for way in found)))
    return reject(kind, min((way.own_obstacle for way in found), key=ORDER.index))


# --- questions that several calls ask -------------------------------------------------------------


def ask_payment_id(way: Way, case: Case) -> None:
    """Cancel, refund and reversal carry the payment's pspReference in their path (D33)."""
    if case.payment.get("payment_id") is None:
        way.unknown.add("payment_id")


def ask_dispute(way: Way, case: Case) -> None:
    """An open dispute blocks every call: the payer may get the money through it."""
    if case.disputed:
        way.obstacles.add("disputed")


def ask_status(way: Way, case: Case, fitting: frozenset[str]) -> None:
    """Which statuses of the lifecycle a call may meet."""
    if case.status not in fitting:
        way.obstacles.add("wrong_status")


def ask_nothing_captured(way: Way, case: Case) -> None:
    """What was captured cannot be cancelled, and an unknown amount is no zero (D25)."""
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured > 0:
        way.obstacles.add("already_captured")


def ask_something_captured(way: Way, case: Case) -> None:
    """Only captured money can be given back, and an unknown amount is none (D25)."""
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")


def ask_untouched(way: Way, case: Case) -> None:
    """What takes the whole must not meet a refund, nor one under way (D3)."""
    if case.refunded is None:
        way.unknown.add("amount_refunded")
    elif case.refunded > 0:
        way.obstacles.add("partly_refunded")
    elif case.pending > 0:
        way.obstacles.add("refund_pending")


def ask_everything(way: Way, case: Case) -> None:
    """The request has no amount: it takes everything, and how much that is has to be known."""
    way.unknown |= unknown_of_outstanding(case)
    if case.everything is False:
        way.obstacles.add("only_whole_amount")


# --- cancel ---------------------------------------------------------------------------------------


def ways_to_cancel(case: Case) -> list[Way]:
    """Of an attempt, of a hold, of the rest of one; by own reference where no other is known."""
    ways = [cancel_of_attempt(case), cancel_of_hold(case), cancel_of_rest(case)]
    if case.payment.get("payment_id") is None:
        ways.append(cancel_by_own_reference(case))
    return ways


def cancel_of_attempt(case: Case) -> Way:
    """Before the authorisation: it may come too early, and then moves nothing (D5)."""
    way = cancel(case, "not_authorized", ATTEMPTED)
    ask_nothing_captured(way, case)
    return way


def cancel_of_hold(case: Case) -> Way:
    """The whole of what was authorised and not captured."""
    way = cancel(case, "not_captured", AUTHORISED)
    ask_nothing_captured(way, case)
    return way


def cancel_of_rest(case: Case) -> Way:
    """Beside a captured part, where a further capture could still have taken the rest (D4)."""
    way = cancel(case, "rest_held", AUTHORISED)
    ask_something_captured(way, case)
    # By default the first capture ends what can be cancelled, so a null is a no.
    if case.payment.get("multicapture") is not True or case.held == 0:
        way.obstacles.add("already_captured")
    return way


def cancel(case: Case, because: str, statuses: frozenset[str]) -> Way:
    """What every cancel by pspReference asks."""
    way = Way("cancel", because)
    ask_payment_id(way, case)
    ask_cancel(way, case, statuses)
    ask_whole_hold(way, case)
    if case.outstanding is not None and case.held is not None:
        give(way, case, case.held)
    return way


def ask_cancel(way: Way, case: Case, statuses: frozenset[str]) -> None:
    """What every cancel asks: the method has to have something between the two steps."""
    ask_dispute(way, case)
    ask_status(way, case, statuses)
    if case.payment.get("method") in NO_SEPARATE_CAPTURE:
        way.obstacles.add("wrong_method")


def ask_whole_hold(way: Way, case: Case) -> None:
    """The request has no amount: everything that is outstanding, or exactly what is held."""
    way.unknown |= unknown_of_outstanding(case)
    if case.everything or (case.held is not None and case.asked == case.held):
        return
    if case.held is None:
        way.unknown |= unknown_of_held(case)
    elif case.everything is not None:
        way.obstacles.add("only_whole_amount")


def cancel_by_own_reference(case: Case) -> Way:
    """After a time-out, for 24 hours; of a captured payment Adyen refuses it (D16)."""
    way = Way("cancel", "not_captured")
    ask_own_reference(way, case)
    ask_cancel(way, case, ATTEMPTED | AUTHORISED)
    ask_everything(way, case)
    if case.captured is not None:
        ask_nothing_captured(way, case)
    if case.outstanding is not None:
        give(way, case, case.outstanding if case.held is None else case.held)
    return way


def ask_own_reference(way: Way, case: Case) -> None:
    """It is known, and the window that begins with the authorisation is open."""
    if case.payment.get("merchant_reference") is None:
        way.unknown.add("merchant_reference")
    began = known_instant(case.payment, "authorized_at")
    if began is None:
        began = known_instant(case.payment, "created_at")
    if began is None:
        way.unknown |= {"authorized_at", "created_at"}
    elif case.at < began:
        way.obstacles.add("too_early")
    elif case.at - began >= TECHNICAL_WINDOW:
        way.obstacles.add("too_late")


# --- refund ---------------------------------------------------------------------------------------


def ways_to_refund(case: Case) -> list[Way]:
    """Most methods give back parts, a few the whole or nothing."""
    return [refund_in_parts(case), refund_in_full(case)]


def refund_in_parts(case: Case) -> Way:
    """The whole or a part; a method that is unknown or on no list counts as such (D25)."""
    way = refund(case)
    if case.payment.get("method") in NO_REFUND | FULL_REFUND_ONLY:
        way.obstacles.add("wrong_method")
    return way


def refund_in_full(case: Case) -> Way:
    """The whole, and so nothing any more once a part was given back."""
    way = refund(case)
    if case.payment.get("method") not in FULL_REFUND_ONLY:
        way.obstacles.add("wrong_method")
    ask_everything(way, case)
    ask_untouched(way, case)
    return way


def refund(case: Case) -> Way:
    """Captured money, up to what was captured and not given back.

    `Authorised` fits as well: where the capture is automatic it is all that is ever heard of it (D10).
    """
    way = Way("refund", "captured")
    ask_payment_id(way, case)
    ask_dispute(way, case)
    ask_status(way, case, CAPTURED | AUTHORISED)
    ask_something_captured(way, case)
    if case.refunded is None:
        way.unknown.add("amount_refunded")
    if case.everything:
        refund_everything(way, case)
    else:
        refund_amount(way, case, case.asked or 0)
    return way


def refund_everything(way: Way, case: Case) -> None:
    """All that is refundable, and never more than is outstanding; the rest remains."""
    way.unknown |= unknown_of_outstanding(case)
    if case.refundable is None or case.outstanding is None:
        return
    give(way, case, case.refundable)
    if way.amount == 0:
        way.obstacles.add(too_much(case, 1))


def refund_amount(way: Way, case: Case, asked: int) -> None:
    """Exactly the amount that is asked, within what is refundable, or not at all."""
    way.amount = asked
    if case.refundable is None or asked <= case.refundable:
        return
    if case.everything is None:
        # It may be all that is outstanding, of which a refund would give its own part.
        way.unknown |= unknown_of_outstanding(case)
    else:
        way.obstacles.add(too_much(case, asked))


def too_much(case: Case, asked: int) -> str:
    """Would it fit if the pending refunds failed? Then they have to be waited for."""
    fits_later = asked <= (case.captured or 0) - (case.refunded or 0)
    return "refund_pending" if case.pending and fits_later else "more_than_is_left"


# --- reversal -------------------------------------------------------------------------------------


def ways_to_reverse(case: Case) -> list[Way]:
    """Adyen finds out whether it cancels or refunds; legal also where the caller knows."""
    return [reversal_of_unknown(case), reversal_of_hold(case), reversal_of_captured(case)]


def reversal_of_unknown(case: Case) -> Way:
    """What it is made for: nobody knows whether the payment was captured.

    Of all statuses only `Authorised` leaves that open (D40).
    """
    way = reversal(case, "capture_unknown", AUTHORISED)
    if case.captured is not None:
        way.obstacles.add("already_captured" if case.captured else "nothing_captured")
    return way


def reversal_of_hold(case: Case) -> Way:
    """Then it is a cancel, and so it asks for a status in which there is a hold (D40)."""
    way = reversal(case, "not_captured", AUTHORISED)
    ask_nothing_captured(way, case)
    return way


def reversal_of_captured(case: Case) -> Way:
    """Then it is a refund, so the method has to know refunds (D26)."""
    way = reversal(case, "captured", CAPTURED | AUTHORISED)
    ask_something_captured(way, case)
    if case.payment.get("method") in NO_REFUND:
        way.obstacles.add("wrong_method")
    if case.captured and case.held:
        way.obstacles.add("several_captures")  # D2: the rest is still held: two calls, not one
    return way


def reversal(case: Case, because: str, statuses: frozenset[str]) -> Way:
    """What every reversal asks. Where a limit is unknown, Adyen refuses at the cost of a call (D25)."""
    way = Way("reverse", because)
    ask_payment_id(way, case)
    ask_dispute(way, case)
    ask_status(way, case, statuses)
    ask_everything(way, case)
    ask_untouched(way, case)
    if (case.payment.get("captures") or 0) >= 2:
        way.obstacles.add("several_captures")
    if case.payment.get("split") is True:
        way.obstacles.add("split_payment")  # D1
    if case.outstanding is not None:
        give(way, case, case.outstanding)
    return way


# --- small things ---------------------------------------------------------------------------------


def give(way: Way, case: Case, own: int) -> None:
    """Asked for everything a call gives its own part, never more than is outstanding; else exactly the amount."""
    if case.asked is not None and not case.everything:
        way.amount = case.asked
        return
    whole = case.outstanding or 0
    way.amount = min(own, whole)
    way.remaining = whole - way.amount


def instant(text: str) -> datetime:
    """An RFC 3339 instant; instants are compared in UTC."""
    moment = datetime.fromisoformat(text.upper())
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment.astimezone(UTC)


def known_instant(payment: dict[str, Any], name: str) -> datetime | None:
    """An instant of the record, if it is there."""
    text = payment.get(name)
    return None if text is None else instant(text)


def later(moment: datetime, wait: timedelta) -> datetime | None:
    """`moment` + `wait`, or None where the calendar ends first."""
    try:
        return moment + wait
    except OverflowError:
        return None
