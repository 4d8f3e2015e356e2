"""A second reading of Adyen: which one call undoes this payment now, or why none does.

The questions stand in the order of the provider's pages: the lifecycle, capture, cancel, refund,
reversal. Written from the facts alone, so that it can disagree with the table. It shares no code
with the library, and it answers about `undo` only; it folds no webhooks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
CANCELLABLE = frozenset({"Received", "AuthorisedPending", "Authorised"})
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
UNCAPTURED = frozenset({OFFER, "Received", "AuthorisedPending"})
KNOWN = CANCELLABLE | CAPTURED | {OFFER, CAPTURE_FAILED}

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
    "capture_pending",
    "too_early",
    "unknown_fact",
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
WAITS = frozenset({"refund_pending", "capture_pending", "too_early"})
# Of several refusals, the first of these kinds is the answer.
KINDS = ("wait", "missing_fact", "not_allowed")
PREFER = ("cancel", "refund", "reverse")


class Obstacle(NamedTuple):
    """One thing that stands in the way of a call, and the facts that would settle it."""

    reason: str
    needs: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Whether time, a fact, or nothing at all removes this obstacle."""
        if self.reason in WAITS:
            return "wait"
        return "missing_fact" if self.reason == "unknown_fact" else "not_allowed"


class Way(NamedTuple):
    """One call that Adyen offers: free of obstacles it gives `amount` and leaves `remaining`."""

    obstacles: tuple[Obstacle, ...]
    amount: int = 0
    remaining: int = 0
    because: str = ""


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
    def left(self) -> int | None:
        """The most that can still be given back, or None where a fact is missing."""
        if self.refunded is None:
            return None
        if self.authorized is None:
            return self._left_without_authorized(self.refunded)
        if self.released is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(most - self.released - self.refunded, 0)

    def _left_without_authorized(self, refunded: int) -> int | None:
        # Where no hold is left, what is left is what was captured, whatever was authorised.
        if not self.hold_gone or self.captured is None:
            return None
        return max(self.captured - refunded, 0)

    @property
    def left_at_most(self) -> int | None:
        """As `left`, with what is unknown of releases and refunds taken as nothing."""
        if self.authorized is None:
            return self.left
        most = max(self.authorized, self.captured or 0)
        return max(most - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def outstanding(self) -> int | None:
        """What *everything* means: what is left and not asked back already."""
        return None if self.left is None else max(self.left - self.pending, 0)

    @property
    def held(self) -> int | None:
        """What is still reserved and not captured."""
        if self.authorized is None:
            return 0 if self.hold_gone else None
        if self.captured is None or self.released is None:
            return None
        return max(self.authorized - self.captured - self.released, 0)

    @property
    def everything(self) -> bool | None:
        """Whether all that is outstanding is asked for; None where that cannot be told."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding

    @property
    def surely_captured(self) -> bool:
        """Whether money is known to be taken, even where it is not known how much."""
        if self.captured is not None:
            return self.captured > 0
        if self.status in CAPTURED:
            return True
        return self.status == "Authorised" and self.payment.get("capture_mode") == "auto"

    @property
    def several_captures_enabled(self) -> bool:
        """By default a first capture releases the rest, so a null is a no."""
        return self.payment.get("multicapture") is True

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
    all_refunded = captured > 0 and refunded >= captured
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
        return captured_by_status(payment)
    return None


def captured_by_status(payment: dict[str, Any]) -> int | None:
    """The whole, unless a part is known to have been released: no hold is left."""
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
        authorized: int | None = payment.get("amount_authorized")
        return authorized
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
    return 0 if status in CANCELLABLE or status == OFFER else None


def facts_for_captured(case: Case) -> tuple[str, ...]:
    """Which facts would tell how much was captured."""
    return ("amount_captured",)


def facts_for_outstanding(case: Case) -> tuple[str, ...]:
    """Which facts would tell what is outstanding."""
    amounts = {"amount_authorized": case.authorized, "amount_refunded": case.refunded}
    if case.authorized is not None:
        amounts["amount_released"] = case.released
    return tuple(name for name, value in amounts.items() if value is None)


# --- the choice among the calls -------------------------------------------------------------------


def by_calls(case: Case, only: str | None) -> Answer:
    """Cancel what is held, refund what is captured, reverse where nobody knows."""
    ways = {"cancel": ways_to_cancel, "refund": ways_to_refund, "reverse": ways_to_reverse}
    met: list[tuple[Obstacle, ...]] = []
    for action in PREFER if only is None else (only,):
        for way in ways[action](case):
            if not way.obstacles:
                return Answer(action, way.amount, way.remaining, way.because, None)
            met.append(way.obstacles)
    return refuse(met)


def refuse(met: list[tuple[Obstacle, ...]]) -> Answer:
    """Of all the refusals, the one that stands nearest to a yes."""
    kind = min((kind_of(obstacles) for obstacles in met), key=KINDS.index)
    of_kind = [[o for o in obstacles if o.kind == kind] for obstacles in met if kind_of(obstacles) == kind]
    if kind == "missing_fact":
        return reject(kind, "unknown_fact", (n for way in of_kind for o in way for n in o.needs))
    # Of one way the obstacle that the caller can least change counts, of several the nearest.
    own = [max((o.reason for o in way), key=ORDER.index) for way in of_kind]
    return reject(kind, min(own, key=ORDER.index))


def kind_of(obstacles: tuple[Obstacle, ...]) -> str:
    """What would free this way: nothing at all, else time, else a fact."""
    kinds = {obstacle.kind for obstacle in obstacles}
    if "not_allowed" in kinds:
        return "not_allowed"
    return "wait" if "wait" in kinds else "missing_fact"


def unknown(*needs: str) -> Obstacle:
    """A fact that decides and that nobody told."""
    return Obstacle("unknown_fact", needs)


def disputed(case: Case) -> list[Obstacle]:
    """An open dispute blocks every call: the payer may get the money through it."""
    return [Obstacle("disputed")] if case.disputed else []


def payment_named(case: Case) -> list[Obstacle]:
    """Cancel, refund and reversal carry the payment's pspReference in their path."""
    return [unknown("payment_id")] if case.payment.get("payment_id") is None else []


# --- cancel ---------------------------------------------------------------------------------------


def ways_to_cancel(case: Case) -> list[Way]:
    """By pspReference; and where that never arrived, by the merchant's own reference."""
    if case.payment.get("payment_id") is not None:
        return [cancel(case, [], by_own_reference=False)]
    return [
        cancel(case, payment_named(case), by_own_reference=False),
        cancel(case, own_reference_usable(case), by_own_reference=True),
    ]


def cancel(case: Case, naming: list[Obstacle], by_own_reference: bool) -> Way:
    """A cancel takes the whole hold, or the whole rest of it; the request has no amount."""
    obstacles = [*naming, *disputed(case)]
    if case.status not in CANCELLABLE:
        obstacles.append(Obstacle("wrong_status"))
    if case.payment.get("method") in NO_SEPARATE_CAPTURE:
        obstacles.append(Obstacle("wrong_method"))
    obstacles += nothing_captured_or_rest_held(case, by_own_reference)
    obstacles += whole_of_the_hold(case)
    if obstacles:
        return Way(tuple(obstacles))
    return take(case, cancellable(case), because_cancel(case))


def nothing_captured_or_rest_held(case: Case, by_own_reference: bool) -> list[Obstacle]:
    """What was captured cannot be cancelled; the rest can, where several captures are enabled."""
    if case.captured == 0:
        return []
    if not case.surely_captured:
        # By own reference it is sent all the same: Adyen refuses it for a captured payment.
        return [] if by_own_reference else [unknown(*facts_for_captured(case))]
    # What captures by itself takes the whole: only a known part leaves a rest.
    part_known = case.captured is not None and case.held != 0
    rest_open = part_known and case.several_captures_enabled
    if by_own_reference or case.status in CAPTURED or not rest_open:
        return [Obstacle("already_captured")]
    return [] if case.held is not None else [unknown(*facts_for_outstanding(case))]


def whole_of_the_hold(case: Case) -> list[Obstacle]:
    """Everything that is outstanding, or exactly what is held."""
    if case.outstanding is None:
        return [unknown(*facts_for_outstanding(case))]
    if case.everything or case.asked == cancellable(case):
        return []
    if case.captured is None and case.several_captures_enabled:
        # The part that is asked for may be just the rest that is still held.
        return [unknown(*facts_for_captured(case))]
    return [Obstacle("only_whole_amount")]


def cancellable(case: Case) -> int | None:
    """What a cancel releases. Where the capture is unknown, it is all or (refused) nothing."""
    if case.outstanding is None:
        return None
    if case.captured is None:
        return case.outstanding
    return None if case.held is None else min(case.held, case.outstanding)


def because_cancel(case: Case) -> str:
    """Why a cancel is right; by own reference it is always sent as that of a hold (D16)."""
    if case.payment.get("payment_id") is None or case.captured is None:
        return "not_captured"
    if case.captured > 0:
        return "rest_held"
    return "not_authorized" if case.status in UNCAPTURED else "not_captured"


def own_reference_usable(case: Case) -> list[Obstacle]:
    """The cancel by own reference needs that reference, and is open for 24 hours."""
    obstacles: list[Obstacle] = []
    if case.payment.get("merchant_reference") is None:
        obstacles.append(unknown("merchant_reference"))
    began = known_instant(case.payment, "authorized_at")
    if began is None:
        began = known_instant(case.payment, "created_at")
    if began is None:
        obstacles.append(unknown("authorized_at", "created_at"))
    elif case.at < began:
        obstacles.append(Obstacle("too_early"))
    elif case.at - began >= TECHNICAL_WINDOW:
        obstacles.append(Obstacle("too_late"))
    return obstacles


# --- refund ---------------------------------------------------------------------------------------


def ways_to_refund(case: Case) -> list[Way]:
    """Captured money, whole or in parts, up to what was captured and not given back."""
    obstacles = [*payment_named(case), *disputed(case)]
    if case.status not in CAPTURED and case.status != "Authorised":
        obstacles.append(Obstacle("wrong_status"))
    method = case.payment.get("method")
    if method in NO_REFUND:
        obstacles.append(Obstacle("wrong_method"))
    obstacles += captured_and_enough(case)
    if method in FULL_REFUND_ONLY:
        obstacles += full_refund(case)
    if obstacles:
        return [Way(tuple(obstacles))]
    return [take(case, refundable(case), "captured")]


def refundable(case: Case) -> int | None:
    """What was captured, not given back, and not asked back."""
    if case.captured is None or case.refunded is None:
        return None
    return max(case.captured - case.refunded - case.pending, 0)


def captured_and_enough(case: Case) -> list[Obstacle]:
    """Something was captured, and the amount fits into what is left of it."""
    if case.captured == 0:
        return [Obstacle("nothing_captured")]
    if case.captured is None or case.refunded is None:
        return unknown_amounts(case)
    if case.asked is not None and not case.everything:
        return part_fits(case, case.asked, case.captured - case.refunded)
    return own_part_left(case)


def part_fits(case: Case, asked: int, not_refunded: int) -> list[Obstacle]:
    """A part has to fit exactly: a refund is never made smaller than what was asked."""
    if asked <= not_refunded - case.pending:
        return []
    if case.everything is None:
        # It may be all that is outstanding, of which a refund would give its own part.
        return [unknown(*facts_for_outstanding(case))]
    return [Obstacle("more_than_is_left" if asked > not_refunded else "refund_pending")]


def own_part_left(case: Case) -> list[Obstacle]:
    """Asked for everything, a refund still has to have something of its own to give."""
    if case.outstanding is None:
        return [unknown(*facts_for_outstanding(case))]
    if refundable(case) != 0:
        return []
    # If the pending refund failed, there would be something to refund again.
    return [Obstacle("refund_pending" if case.pending else "more_than_is_left")]


def unknown_amounts(case: Case) -> list[Obstacle]:
    """An unknown captured or refunded amount is never good enough for a refund."""
    obstacles: list[Obstacle] = []
    if case.captured is None:
        obstacles.append(unknown(*facts_for_captured(case)))
    if case.refunded is None:
        obstacles.append(unknown("amount_refunded"))
    return obstacles


def full_refund(case: Case) -> list[Obstacle]:
    """A few methods give back the whole or nothing, and so nothing after a part."""
    if case.everything:
        return nothing_given_back(case)
    if case.everything is None:
        return [unknown(*facts_for_outstanding(case))]
    if refundable(case) is None:
        return unknown_amounts(case)
    return [Obstacle("only_whole_amount")]


# --- reversal -------------------------------------------------------------------------------------


def ways_to_reverse(case: Case) -> list[Way]:
    """For when it is not known whether the payment was captured; legal also where it is."""
    obstacles = [*payment_named(case), *disputed(case)]
    if case.status not in CAPTURED and case.status != "Authorised":
        obstacles.append(Obstacle("wrong_status"))
    obstacles += [*limitations(case), *nothing_given_back(case)]
    # Of captured money a reversal is a refund, so the method has to know refunds.
    if case.surely_captured and case.payment.get("method") in NO_REFUND:
        obstacles.append(Obstacle("wrong_method"))
    if case.everything is False:
        obstacles.append(Obstacle("only_whole_amount"))
    elif case.outstanding is None:
        obstacles.append(unknown(*facts_for_outstanding(case)))
    if obstacles:
        return [Way(tuple(obstacles))]
    return [take(case, case.outstanding, because_reverse(case))]


def limitations(case: Case) -> list[Obstacle]:
    """The page's two limits. Where they are unknown, Adyen refuses at the cost of a call."""
    obstacles: list[Obstacle] = []
    if (case.payment.get("captures") or 0) >= 2:
        obstacles.append(Obstacle("several_captures"))
    if case.captured and case.held:  # D2: a part, the rest still held: two calls, not one
        obstacles.append(Obstacle("several_captures"))
    if case.payment.get("split") is True:
        obstacles.append(Obstacle("split_payment"))
    return obstacles


def nothing_given_back(case: Case) -> list[Obstacle]:
    """The whole amount has to be there: no refund was made and none is under way."""
    if case.refunded is None:
        return [unknown("amount_refunded")]
    if case.refunded > 0:
        return [Obstacle("partly_refunded")]
    return [Obstacle("refund_pending")] if case.pending else []


def because_reverse(case: Case) -> str:
    """Why a reversal is right."""
    if case.captured is None:
        return "capture_unknown"
    return "captured" if case.captured > 0 else "not_captured"


# --- small things ---------------------------------------------------------------------------------


def take(case: Case, own: int | None, because: str) -> Way:
    """Asked for everything a call gives its own part; asked for an amount, exactly that."""
    if case.asked is not None and not case.everything:
        return Way((), case.asked, 0, because)
    if own is None or case.outstanding is None:
        raise AssertionError("a call without obstacles has a known amount")
    amount = min(own, case.outstanding)
    return Way((), amount, case.outstanding - amount, because)


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
