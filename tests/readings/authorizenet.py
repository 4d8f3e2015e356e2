"""Authorize.net, read a second time: what the gateway lets a merchant do, one call after the other.

A void stops what has not settled, and only as a whole: a hold (our cancel) or a capture whose batch is open (our
reversal). A refund gives back what has settled, for 180 days. Nothing here comes from the library, the calendar
included. Numbers such as D3 are those of the decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from dateutil import tz

EDITIONS = ("2026-11",)

REFUNDABLE_FOR = timedelta(days=180)  # D1, D2: from the settlement, in days of 24 hours
DUPLICATE_FOR = timedelta(minutes=2)  # D11

OVER = {
    "voided": "already_canceled",  # D7
    "declined": "never_paid",
    "generalError": "never_paid",
    "expired": "hold_expired",
}
HELD, QUEUED, SETTLED, UNKNOWN = (
    "authorizedPendingCapture",
    "capturedPendingSettlement",
    "settledSuccessfully",
    "unknown",
)
IN_REVIEW = ("FDSPendingReview", "FDSAuthorizedPendingReview")  # D8
WITHOUT_A_WAY = ("couldNotVoid", "refundPendingSettlement", "refundSettledSuccessfully")  # D9
KNOWN = (*OVER, HELD, QUEUED, SETTLED, UNKNOWN, *IN_REVIEW, *WITHOUT_A_WAY)

# The reasons of a refusal that waiting can lift, and of one that it cannot, as the vocabulary orders them.
WAITS = ("duplicate_window", "refund_pending", "too_early", "not_settled")
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "too_late",
    "batch_closed",
    "disputed",
    "partly_refunded",
    "wrong_status",
    "nothing_captured",
)

Answer = dict[str, Any]


# --- the facts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One payment and one wish at one moment, with what the status proves filled in."""

    status: str
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    most_of_one_refund: int | None
    disputed: bool
    undo_pending: bool
    batch: str | None
    closes_at: datetime | None
    cut_off: tuple[datetime, datetime] | None
    settled_at: datetime | None
    last_refund_at: datetime | None
    last_refund_amount: int | None
    rest_unknown_for: frozenset[str]
    asked: int | None
    only: str | None
    at: datetime

    @property
    def only_the_capture_is_left(self) -> bool:
        """The rest of the hold is gone (D6), though nobody knows how large the hold was."""
        return self.rest_unknown_for == {"amount_authorized"}

    @property
    def left_at_most(self) -> int | None:
        """The most that can be left, if nothing more is gone than is known to be."""
        if self.only_the_capture_is_left:
            return max(0, (self.captured or 0) - (self.refunded or 0))
        if self.authorized is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(0, most - (self.released or 0) - (self.refunded or 0))

    @property
    def outstanding_lacks(self) -> frozenset[str]:
        """What has to be known before anybody can say what *everything* is."""
        lacks = set() if self.refunded is not None else {"amount_refunded"}
        if self.only_the_capture_is_left:
            return frozenset(lacks)
        if self.authorized is None:
            lacks.add("amount_authorized")
        if self.released is None:
            lacks |= self.rest_unknown_for or {"amount_released"}
        return frozenset(lacks)

    @property
    def outstanding(self) -> int | None:
        """What *everything* is: what is left, but for the refunds under way."""
        most = self.left_at_most
        return None if self.outstanding_lacks or most is None else max(0, most - self.pending)

    @property
    def everything(self) -> bool | None:
        """Whether everything is asked for; None where nobody can tell."""
        if self.asked is None:
            return True
        whole = self.outstanding
        return None if whole is None else self.asked == whole

    @property
    def one_refund(self) -> int | None:
        """What a refund can give back now, whatever *everything* is."""
        if self.captured is None or self.refunded is None:
            return None
        free = max(0, self.captured - self.refunded - self.pending)
        return free if self.most_of_one_refund is None else min(free, self.most_of_one_refund)


def read_case(payment: dict[str, Any], undo: dict[str, Any], at: datetime) -> Case:
    """Read two records; a given amount is never overwritten."""
    status = payment["status"]
    authorized, captured = payment.get("amount_authorized"), payment.get("amount_captured")
    released, refunded = payment.get("amount_released"), payment.get("amount_refunded")
    rest_unknown_for: frozenset[str] = frozenset()
    if status == HELD:
        captured, released, refunded = captured or 0, released or 0, refunded or 0
    if status in (QUEUED, SETTLED):
        if captured is None and authorized is not None and payment.get("capture_mode") == "auto":
            captured = max(0, authorized - (released or 0))  # a sale takes the whole
        if released is None and authorized is not None and captured is not None:
            released = max(0, authorized - captured)  # D6
        elif released is None:
            amounts = {"amount_authorized": authorized, "amount_captured": captured}
            rest_unknown_for = frozenset(name for name, amount in amounts.items() if amount is None)
    if status == QUEUED:
        refunded = refunded or 0
    closes_at, cut_off = instant(payment, "batch_closes_at"), cut_off_of(payment)
    return Case(
        status=status,
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        most_of_one_refund=payment.get("available_to_refund"),
        disputed=payment.get("disputed") is True,
        undo_pending=payment.get("undo_pending") is not None,
        batch=batch(payment, at, closes_at, cut_off),
        closes_at=closes_at,
        cut_off=cut_off,
        settled_at=instant(payment, "settled_at"),
        last_refund_at=instant(payment, "last_refund_at"),
        last_refund_amount=payment.get("last_refund_amount"),
        rest_unknown_for=rest_unknown_for,
        asked=undo.get("amount"),
        only=undo.get("only"),
        at=at,
    )


def batch(
    payment: dict[str, Any], at: datetime, closes_at: datetime | None, cut_off: tuple[datetime, datetime] | None
) -> str | None:
    """D3, D4: the caller's word, then the close, then the cut-off, then the status."""
    given: str | None = payment.get("batch")
    if given is not None:
        return given
    if closes_at is not None:
        return "open" if at < closes_at else "closed"
    if cut_off is not None:
        begins, ends = cut_off
        return "open" if begins <= at < ends else "closed"
    return {QUEUED: "open", SETTLED: "closed"}.get(payment["status"])


def instant(payment: dict[str, Any], name: str) -> datetime | None:
    """An instant of the record, if it has one."""
    text: str | None = payment.get(name)
    return None if text is None else moment(text)


def moment(text: str) -> datetime:
    """An RFC 3339 instant; its letters may be small."""
    read = datetime.fromisoformat(text.upper())
    if read.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {text!r}")
    return read.astimezone(UTC)


def cut_off_of(payment: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """The capture and the first cut-off after it, by the merchant's clock; None where a fact is missing."""
    captured_at, clock, rule = instant(payment, "captured_at"), payment.get("cut_off"), payment.get("timezone")
    if captured_at is None or clock is None or rule is None:
        return None
    hour, minute = clock.split(":")
    zone = tz.tzstr(rule, posix_offset=True)
    day = captured_at.astimezone(zone).date()
    while True:
        struck = datetime.combine(day, time(int(hour), int(minute)), zone)
        # A time that the clocks skip has come when they have gone forward.
        ends = tz.resolve_imaginary(struck).astimezone(UTC)
        if ends > captured_at:
            return captured_at, ends
        day += timedelta(days=1)


# --- one call, and what stands in its way -----------------------------------------------------------


@dataclass
class Way:
    """A call of the gateway's, with every obstacle and every fact that is missing."""

    action: str
    reason: str
    obstacles: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    amount: int = 0
    remaining: int = 0

    @property
    def rejection(self) -> str | None:
        """What kind of no it is; None for a yes."""
        if self.obstacles.intersection(NEVERS):
            return "not_allowed"
        if self.obstacles:
            return "wait"
        return "missing_fact" if self.lacks else None

    @property
    def named(self) -> str:
        """Of its obstacles the one that the caller can change least."""
        order = NEVERS if self.rejection == "not_allowed" else WAITS
        return max(self.obstacles.intersection(order), key=order.index)

    def ask_captured(self, case: Case) -> None:
        """Was anything taken?"""
        if case.captured is None:
            self.lacks.add("amount_captured")
        elif case.captured == 0:
            self.obstacles.add("nothing_captured")

    def ask_dispute(self, case: Case) -> None:
        """D13: not having heard of one is good enough."""
        if case.disputed:
            self.obstacles.add("disputed")


def void_of_hold(case: Case) -> Way:
    """A hold, as a whole: everything that is asked, or exactly what is held."""
    way = Way("cancel", "not_captured")
    if case.status != HELD:
        way.obstacles.add("wrong_status")
        return way
    way.ask_dispute(case)
    if case.refunded:
        way.obstacles.add("partly_refunded")  # D14
    elif case.pending:
        way.obstacles.add("refund_pending")
    if case.authorized is None:
        way.lacks.add("amount_authorized")
        return way
    held = max(0, case.authorized - (case.captured or 0) - (case.released or 0))
    outstanding = case.outstanding or 0
    own = min(held, outstanding)
    way.amount = own
    if case.everything:
        way.remaining = outstanding - own
        if own == 0:
            # The status says that nothing was taken, and the record that everything was.
            way.obstacles.add(
                "refund_pending" if case.pending and min(held, case.left_at_most or 0) else "more_than_is_left"
            )
    elif case.asked != own:
        way.obstacles.add("only_whole_amount")
    return way


def void_of_capture(case: Case) -> Way:
    """What was captured and has not settled, as a whole, while the batch is open (D4, D10)."""
    way = Way("reverse", "batch_open")
    if case.status not in (QUEUED, UNKNOWN):
        way.obstacles.add("wrong_status")
    if case.batch == "closed":
        way.obstacles.add("batch_closed")
    elif case.batch is None:
        way.lacks.add("batch")
    if case.everything is False:
        way.obstacles.add("only_whole_amount")
    elif case.outstanding is None:
        way.lacks |= case.outstanding_lacks
    if case.refunded is None:
        way.lacks.add("amount_refunded")
    elif case.refunded:
        way.obstacles.add("partly_refunded")  # D14
    elif case.pending:
        way.obstacles.add("refund_pending")
    way.ask_captured(case)
    way.ask_dispute(case)
    way.amount = case.outstanding or 0
    return way


def refund(case: Case) -> Way:
    """What has settled, whole or in parts, for 180 days, and not the same twice within two minutes."""
    way = Way("refund", "captured")
    if case.status == QUEUED:
        way.obstacles.add("not_settled")  # D5
    elif case.status not in (SETTLED, UNKNOWN):
        way.obstacles.add("wrong_status")
    if case.settled_at is None:
        way.lacks.add("settled_at")
    elif case.at < case.settled_at:
        way.obstacles.add("too_early")
    elif case.at >= case.settled_at + REFUNDABLE_FOR:
        way.obstacles.add("too_late")
    way.ask_captured(case)
    way.ask_dispute(case)
    give_back(way, case)
    ask_duplicate(way, case)
    return way


def give_back(way: Way, case: Case) -> None:
    """All of what one refund can give back, or exactly the amount that is asked."""
    own, outstanding = case.one_refund, case.outstanding
    if own is not None and outstanding is not None:
        own = min(own, outstanding)
    if own is None:
        way.lacks |= {
            name
            for name, it in (("amount_captured", case.captured), ("amount_refunded", case.refunded))
            if it is None
        }
    if case.asked is None and outstanding is None:
        way.lacks |= case.outstanding_lacks
    if own is None or (case.asked is None and outstanding is None):
        return
    wanted = 1 if case.asked is None else case.asked
    if case.asked is not None and case.asked <= own:
        way.amount = case.asked
    elif case.everything is None:
        way.lacks |= case.outstanding_lacks  # it may be everything, and then less will do
    elif case.everything and own > 0:
        way.amount, way.remaining = own, (outstanding or 0) - own
    else:
        way.obstacles.add(too_much(case, 1 if case.everything else wanted))


def too_much(case: Case, wanted: int) -> str:
    """Would it fit if the refunds under way failed? Then they have to be waited for."""
    unreserved = replace(case, pending=0)
    own, outstanding = unreserved.one_refund or 0, unreserved.outstanding
    if outstanding is not None:
        own = min(own, outstanding)
    return "refund_pending" if wanted <= own else "more_than_is_left"


def ask_duplicate(way: Way, case: Case) -> None:
    """D11: the same amount, less than two minutes after the last refund was sent."""
    if case.last_refund_at is None or case.at >= case.last_refund_at + DUPLICATE_FOR:
        return
    amount, whole = case.asked, case.outstanding
    if case.everything:
        own = case.one_refund
        amount = own if own is None or whole is None else min(own, whole)
    if amount is not None and amount == case.last_refund_amount:
        way.obstacles.add("duplicate_window")


# --- the answer -----------------------------------------------------------------------------------


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> Answer:
    """Say which call undoes this payment now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there is {', '.join(EDITIONS)}")
    at = moment(undo["at"])
    case = read_case(payment, undo, at)
    now = answer_to(case)
    until = None
    for later in sorted(turns(case)):
        if later > at and seen(answer_to(read_case(payment, undo, later))) != seen(now):
            until = later.isoformat().replace("+00:00", "Z")
            break
    return now | {"good_until": until}


def turns(case: Case) -> Iterator[datetime]:
    """The moments at which time alone may change an answer."""
    if case.closes_at is not None:
        yield case.closes_at
    if case.cut_off is not None:
        yield from case.cut_off
    if case.settled_at is not None:
        yield case.settled_at
        yield case.settled_at + REFUNDABLE_FOR
    if case.last_refund_at is not None:
        yield case.last_refund_at + DUPLICATE_FOR


def seen(said: Answer) -> tuple[Any, ...]:
    """What makes two answers the same."""
    return said["action"], said["amount"], said["rejection"], said["reason"]


def answer_to(case: Case) -> Answer:
    """Is it over? Can the amount be? Is something under way? Only then: which call?"""
    return already_done(case) or impossible(case) or under_way(case) or by_call(case)


def already_done(case: Case) -> Answer | None:
    if case.status in OVER:
        return no("already_done", OVER[case.status])
    if case.left_at_most != 0:
        return None
    refunded = case.captured and case.refunded is not None and case.refunded >= case.captured
    return no("already_done", "already_refunded" if refunded else "nothing_left")


def impossible(case: Case) -> Answer | None:
    if case.asked is not None and case.asked <= 0:
        return no("not_allowed", "amount_not_positive")
    if case.asked is not None and case.left_at_most is not None and case.asked > case.left_at_most:
        return no("not_allowed", "more_than_is_left")
    return None


def under_way(case: Case) -> Answer | None:
    if case.undo_pending:
        return no("wait", "undo_pending")
    if case.status in IN_REVIEW:
        return no("wait", "payment_pending")
    wanted = 1 if case.asked is None else case.asked
    if case.left_at_most is not None and wanted > case.left_at_most - case.pending:
        return no("wait", "refund_pending")
    return None


def by_call(case: Case) -> Answer:
    """The first call that the gateway takes, in the order of preference (D16); else the nearest no."""
    if case.status not in KNOWN:
        return no("missing_fact", "unknown_status", {"status"})
    ways = [
        way for way in (void_of_hold(case), void_of_capture(case), refund(case)) if case.only in (None, way.action)
    ]
    for way in ways:
        if way.rejection is None:
            return yes(way)
    for rejection, order in (("wait", WAITS), ("missing_fact", ()), ("not_allowed", NEVERS)):
        found = [way for way in ways if way.rejection == rejection]
        if found and rejection == "missing_fact":
            return no(rejection, "unknown_fact", set().union(*(way.lacks for way in found)))
        if found:
            return no(rejection, min((way.named for way in found), key=order.index))
    raise AssertionError("every call has an obstacle or lacks a fact here")


def yes(way: Way) -> Answer:
    """The call to make now."""
    return {
        "action": way.action,
        "amount": way.amount,
        "remaining": way.remaining,
        "reason": way.reason,
        "rejection": None,
        "needs": [],
    }


def no(rejection: str, reason: str, needs: set[str] | frozenset[str] = frozenset()) -> Answer:
    """No call now, and why."""
    return {
        "action": "reject",
        "amount": None,
        "remaining": None,
        "reason": reason,
        "rejection": rejection,
        "needs": sorted(needs),
    }
