"""Braintree, read a second time: the void page, the refund page, and what GraphQL adds to them.

Four questions, one after the other. Is it over? Can the amount be? Has something been sent already? And then the
pages: may it be voided while it is held, voided while it is submitted, given to the call that finds out by itself,
or refunded? Where the pages are silent the numbered decisions on Braintree count (D1 to D17).

Nothing here comes from the library. Days are 24 hours, so the calendar is a subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

EDITIONS = ("2026-11",)
WINDOW = timedelta(hours=180 * 24)

OVER = {
    "voided": "already_canceled",  # D2
    "authorization_expired": "hold_expired",
    "settlement_declined": "never_paid",
    "failed": "never_paid",
    "processor_declined": "never_paid",
    "gateway_rejected": "never_paid",
}
UNTAKEN = ("authorizing", "authorized")
TAKEN = ("submitted_for_settlement", "settling", "settled")
BEFORE_SETTLEMENT = ("authorizing", "authorized", "submitted_for_settlement", "settlement_pending")
STATUSES = (*OVER, *BEFORE_SETTLEMENT, "settling", "settled", "settlement_confirmed", "unknown")
LIMITED = ("paypal_account", "venmo_account")

# The words of the vocabulary that may be met here, from a yes that is near to one that is far.
WAITS = ("refund_pending", "too_early", "not_settled")
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "too_late",
    "refunds_disabled",
    "disputed",
    "partly_refunded",
    "wrong_method",
    "wrong_status",
    "wrong_kind",
    "already_captured",
    "nothing_captured",
)


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """Say which call undoes this transaction now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there is {', '.join(EDITIONS)}")
    case = read_case(payment, undo)
    said = decide(case)
    until = good_until(case, said)
    return {
        "action": said.action,
        "amount": said.amount,
        "remaining": said.remaining,
        "reason": said.reason,
        "rejection": said.rejection,
        "needs": sorted(said.needs),
        "good_until": None if until is None else until.isoformat().replace("+00:00", "Z"),
    }


# --- what is known --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A transaction and a wish, with what the status proves written in."""

    status: str
    kind: str | None
    method: str | None
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    most_of_one_refund: int | None
    disputed: bool
    refunds_off: bool
    undo_pending: bool
    captured_at: datetime | None
    asked: int | None
    at: datetime
    only: str | None

    @property
    def no_hold_beside(self) -> bool:
        """D1: once it was submitted nothing is held beside it, though nobody knows how large the hold was."""
        unknown = self.authorized is None and self.released is None
        return self.status in TAKEN and unknown and self.captured is not None

    @property
    def at_most(self) -> int | None:
        """What is left at best: what is not known to be gone is still there."""
        gone = self.refunded or 0
        if self.no_hold_beside:
            return max((self.captured or 0) - gone, 0)
        if self.authorized is None:
            return None
        return max(max(self.authorized, self.captured or 0) - (self.released or 0) - gone, 0)

    @property
    def lacking(self) -> set[str]:
        """The facts for want of which nobody can say what is left."""
        found = set() if self.refunded is not None else {"amount_refunded"}
        if self.no_hold_beside:
            return found
        if self.authorized is None:
            found.add("amount_authorized")
        if self.released is None:
            found |= self.tells_released
        return found

    @property
    def tells_released(self) -> set[str]:
        """What would tell the released amount: after submission, the two that it is the difference of."""
        if self.status not in TAKEN:
            return {"amount_released"}
        named = {"amount_authorized": self.authorized, "amount_captured": self.captured}
        return {name for name, value in named.items() if value is None}

    @property
    def outstanding(self) -> int | None:
        """What *everything* means; None while it cannot be told."""
        most = self.at_most
        return None if self.lacking or most is None else max(most - self.pending, 0)

    @property
    def everything(self) -> bool | None:
        """Is everything asked for?"""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding


def read_case(payment: dict[str, Any], undo: dict[str, Any]) -> Case:
    """Write in what the status proves; what the record says is left as it is."""
    status = payment["status"]
    authorized, captured = payment.get("amount_authorized"), payment.get("amount_captured")
    released, refunded = payment.get("amount_released"), payment.get("amount_refunded")
    if captured is None and status in UNTAKEN:
        captured = 0
    if captured is None and status in TAKEN and authorized is not None:
        captured = max(authorized - (released or 0), 0)
    if released is None and status in (*UNTAKEN, "settlement_pending"):
        released = 0
    if released is None and status in TAKEN and authorized is not None and captured is not None:
        released = max(authorized - captured, 0)
    if refunded is None and status in BEFORE_SETTLEMENT:
        refunded = 0
    return Case(
        status=status,
        kind=payment.get("kind"),
        method=payment.get("method"),
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        most_of_one_refund=payment.get("available_to_refund"),
        disputed=payment.get("disputed") is True,
        refunds_off=payment.get("refunds_enabled") is False,
        undo_pending=payment.get("undo_pending") is not None,
        captured_at=None if payment.get("captured_at") is None else instant(payment["captured_at"]),
        asked=undo.get("amount"),
        at=instant(undo["at"]),
        only=undo.get("only"),
    )


def instant(text: str) -> datetime:
    """An RFC 3339 instant, whose T and Z may be small."""
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- before any page is opened --------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """An answer without its best-before."""

    action: str
    reason: str
    rejection: str | None = None
    amount: int | None = None
    remaining: int | None = None
    needs: frozenset[str] = frozenset()

    @property
    def seen(self) -> tuple[str, int | None, str | None, str]:
        """What makes two answers the same."""
        return self.action, self.amount, self.rejection, self.reason


def no(reason: str) -> Say:
    """A no that facts would not change."""
    return Say("reject", reason, "wait" if reason in WAITS else "not_allowed")


def decide(case: Case) -> Say:
    """Put the four questions."""
    return over(case) or impossible(case) or under_way(case) or open_the_pages(case)


def over(case: Case) -> Say | None:
    """Is there nothing left, by what is confirmed?"""
    if case.status in OVER:
        return Say("reject", OVER[case.status], "already_done")
    if case.at_most != 0:
        return None
    given_back = case.captured and case.refunded is not None and case.refunded >= case.captured
    return Say("reject", "already_refunded" if given_back else "nothing_left", "already_done")


def impossible(case: Case) -> Say | None:
    """Could this amount never be given back?"""
    if case.asked is None:
        return None
    if case.asked <= 0:
        return no("amount_not_positive")
    return no("more_than_is_left") if case.at_most is not None and case.asked > case.at_most else None


def under_way(case: Case) -> Say | None:
    """Was something sent whose end is open, or has Braintree not finished itself?"""
    if case.undo_pending:
        return Say("reject", "undo_pending", "wait")
    if case.status == "authorizing":
        return Say("reject", "payment_pending", "wait")
    if case.at_most is None:
        return None
    wanted = 1 if case.asked is None else case.asked
    return no("refund_pending") if wanted > case.at_most - case.pending else None


# --- the pages ------------------------------------------------------------------------------------


@dataclass
class Way:
    """A call that a page describes, and what stands against it."""

    action: str
    reason: str
    against: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    gives: int | None = None

    @property
    def rejection(self) -> str | None:
        """None: nothing stands against it."""
        if self.against & set(NEVERS):
            return "not_allowed"
        if self.against:
            return "wait"
        return "missing_fact" if self.unknown else None

    @property
    def own(self) -> str:
        """What the caller can least change of what stands against it."""
        return max(self.against, key=(*WAITS, *NEVERS).index)


def open_the_pages(case: Case) -> Say:
    """Take the first call that nothing stands against, in the order of D9."""
    ways = [
        void_hold(case),
        void_submitted(case),
        void_pending(case),
        let_it_find_out(case),
        void_refund(case),
        refund_with_window(case),
        refund_without_window(case),
    ]
    asked = [way for way in ways if case.only in (None, way.action)]
    for way in asked:
        if case.status in STATUSES and way.rejection is None:
            return give(way, case)
    if case.status not in STATUSES:
        return Say("reject", "unknown_status", "missing_fact", needs=frozenset({"status"}))
    return nearest(asked)


def nearest(ways: list[Way]) -> Say:
    """Of several noes take the one that stands nearest to a yes."""
    waiting = [way.own for way in ways if way.rejection == "wait"]
    if waiting:
        return no(min(waiting, key=WAITS.index))
    lacking = [way.unknown for way in ways if way.rejection == "missing_fact"]
    if lacking:
        return Say("reject", "unknown_fact", "missing_fact", needs=frozenset().union(*lacking))
    return no(min((way.own for way in ways), key=NEVERS.index))


def give(way: Way, case: Case) -> Say:
    """Everything gives the call's own part and tells the rest; an amount gives that amount."""
    if case.everything and way.gives is not None and case.outstanding is not None:
        return Say(way.action, way.reason, None, way.gives, case.outstanding - way.gives)
    return Say(way.action, way.reason, None, case.asked, 0)


def void_hold(case: Case) -> Way:
    """The void page: what is `authorized`, as a whole, unless a part was captured (D3)."""
    way = Way("cancel", "not_captured")
    ask_status(way, case, "authorized")
    ask_charge(way, case)
    ask_dispute(way, case)
    if case.captured is None:
        way.unknown |= {"amount_captured"}
    elif case.captured > 0:
        way.against.add("already_captured")
    held, lacking = held_of(case)
    way.gives = own_part(case, held)
    if held is None:
        way.unknown |= lacking | (case.lacking if case.asked is None else set())
    elif case.asked is None or case.asked != way.gives:
        ask_whole(way, case, held)
    return way


def held_of(case: Case) -> tuple[int | None, set[str]]:
    """What is authorized and neither captured nor released, or the facts that would tell."""
    if case.no_hold_beside:
        return 0, set()
    named = {"amount_authorized": case.authorized, "amount_captured": case.captured}
    lacking = {name for name, value in named.items() if value is None}
    if case.released is None:
        lacking |= case.tells_released
    if lacking:
        return None, lacking
    return max((case.authorized or 0) - (case.captured or 0) - (case.released or 0), 0), set()


def void_submitted(case: Case) -> Way:
    """The void page: what is submitted for settlement, as a whole; a refund is voided there like a charge (D7)."""
    way = Way("reverse", "batch_open")
    ask_status(way, case, "submitted_for_settlement")
    return ask_reversal(way, case)


def void_pending(case: Case) -> Way:
    """The void page: of PayPal also what is pending, unless a part is known to be captured (D3)."""
    way = Way("reverse", "not_captured")
    ask_status(way, case, "settlement_pending")
    ask_charge(way, case)
    if case.method is None:
        way.unknown.add("method")
    elif case.method != "paypal_account":
        way.against.add("wrong_method")
    if case.captured:
        way.against.add("already_captured")
    return ask_reversal(way, case)


def let_it_find_out(case: Case) -> Way:
    """The reversal page: it voids or refunds by itself, so it is for who does not know (D17)."""
    way = Way("reverse", "capture_unknown")
    ask_status(way, case, "unknown")
    ask_charge(way, case)
    return ask_reversal(way, case)


def void_refund(case: Case) -> Way:
    """The schema: a refund that is not even submitted is voided itself, where a charge would be cancelled (D7)."""
    way = Way("reverse", "batch_open")
    ask_status(way, case, "authorized")
    if case.kind is None:
        way.unknown.add("kind")
    elif case.kind != "refund":
        way.against.add("wrong_kind")
    return ask_reversal(way, case)


def ask_reversal(way: Way, case: Case) -> Way:
    """The whole, untouched (D4) and undisputed (D8)."""
    ask_dispute(way, case)
    if case.refunded is None:
        way.unknown.add("amount_refunded")
    elif case.refunded > 0:
        way.against.add("partly_refunded")
    elif case.pending > 0:
        way.against.add("refund_pending")
    way.gives = case.outstanding
    ask_whole(way, case, case.outstanding)
    return way


def refund_with_window(case: Case) -> Way:
    """The refund article: PayPal and Venmo for 180 days; who does not know the method stays inside them (D6)."""
    way = Way("refund", "captured")
    if case.method is not None and case.method not in LIMITED:
        way.against.add("wrong_method")
    if case.captured_at is None:
        way.unknown.add("captured_at")
    elif case.at < case.captured_at:
        way.against.add("too_early")
    elif case.at >= case.captured_at + WINDOW:
        way.against.add("too_late")
    return ask_refund(way, case)


def refund_without_window(case: Case) -> Way:
    """The refund article: every other method for as long as it is active."""
    way = Way("refund", "captured")
    if case.method is None:
        way.unknown.add("method")
    elif case.method in LIMITED:
        way.against.add("wrong_method")
    return ask_refund(way, case)


def ask_refund(way: Way, case: Case) -> Way:
    """The refund page: settling or settled (D5), the whole or parts, within what was captured."""
    if case.status in ("submitted_for_settlement", "settlement_pending"):
        way.against.add("not_settled")
    else:
        ask_status(way, case, "settling", "settled")
    ask_charge(way, case)
    ask_dispute(way, case)
    if case.refunds_off:
        way.against.add("refunds_disabled")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured == 0:
        way.against.add("nothing_captured")
    named = {"amount_captured": case.captured, "amount_refunded": case.refunded}
    lacking = {name for name, value in named.items() if value is None}
    if lacking:
        way.unknown |= lacking | (case.lacking if case.asked is None else set())
        return way
    kept = max((case.captured or 0) - (case.refunded or 0), 0)
    way.gives = own_part(case, refundable(case, kept, case.pending))
    if case.asked is not None and way.gives is not None and case.asked <= way.gives:
        return way
    if case.outstanding is None:
        way.unknown |= case.lacking
    else:
        ask_enough(way, case, 1 if case.everything else case.asked or 0, kept)
    return way


def refundable(case: Case, kept: int, pending: int) -> int:
    """What one refund can take: of what is captured and kept, no more than the provider says it can."""
    free = max(kept - pending, 0)
    return free if case.most_of_one_refund is None else min(free, case.most_of_one_refund)


# --- what several pages ask -----------------------------------------------------------------------


def ask_status(way: Way, case: Case, *fitting: str) -> None:
    """Is it in one of these?"""
    if case.status not in fitting:
        way.against.add("wrong_status")


def ask_charge(way: Way, case: Case) -> None:
    """A refund has its own void and nothing else."""
    if case.kind == "refund":
        way.against.add("wrong_kind")


def ask_dispute(way: Way, case: Case) -> None:
    """D8."""
    if case.disputed:
        way.against.add("disputed")


def ask_whole(way: Way, case: Case, own: int | None) -> None:
    """A void has no amount: is everything asked for, and is there something?"""
    if case.outstanding is None:
        way.unknown |= case.lacking
    elif not case.everything:
        way.against.add("only_whole_amount")
    else:
        ask_enough(way, case, 1, own)


def ask_enough(way: Way, case: Case, wanted: int, part: int | None) -> None:
    """Is there so much for this call, or would there be if pending refunds failed?"""
    if way.gives is None or wanted <= way.gives:
        return
    free = replace(case, pending=0)
    if way.action == "reverse":
        part = free.outstanding
    elif way.action == "refund" and part is not None:
        part = refundable(free, part, 0)
    unreserved = own_part(free, part)
    way.against.add("refund_pending" if unreserved is not None and wanted <= unreserved else "more_than_is_left")


def own_part(case: Case, part: int | None) -> int | None:
    """A call's own part, never more than is outstanding."""
    return part if part is None or case.outstanding is None else min(part, case.outstanding)


# --- the best-before ------------------------------------------------------------------------------


def good_until(case: Case, said: Say) -> datetime | None:
    """Ask again where the window opens and where it closes; tell the first other answer."""
    if case.captured_at is None:
        return None
    for moment in (case.captured_at, case.captured_at + WINDOW):
        if moment > case.at and decide(replace(case, at=moment)).seen != said.seen:
            return moment
    return None
