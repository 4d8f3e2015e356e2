"""A second reading of Checkout.com: void, refund or reversal, asked in the order of its pages.

A payment carries its balances, so most questions are about amounts and not about statuses. Each of
the three calls is offered in several ways; whichever stands in nobody's way is taken, a void before
a refund before a reversal (D7). Written from the facts alone, without the library, so that it can
disagree with the table. Numbers such as D9 are those of the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

EDITIONS = ("2026-11",)

# --- the words of the schema ----------------------------------------------------------------------

FINAL = {
    "Card Verified": "never_paid",
    "Declined": "never_paid",
    "Voided": "already_canceled",
    "Canceled": "already_canceled",
    "Expired": "hold_expired",
    "Refunded": "already_refunded",
}
PENDING, HELD, RETRYING, NOBODY_KNOWS = "Pending", "Authorized", "Retry Scheduled", "unknown"
CAPTURED = "Captured"
TAKEN = ("Partially Captured", CAPTURED, "Partially Refunded")
LIVE = (PENDING, HELD, RETRYING, NOBODY_KNOWS, "Paid", *TAKEN)

# The schemes with a void of the rest, as they are spelled (D8).
SCHEMES = (
    "VISA",
    "Visa",
    "MASTERCARD",
    "Mastercard",
    "AMEX",
    "Amex",
    "AMERICAN EXPRESS",
    "American Express",
)
MOST_ACTIONS = 150

# The reasons of a no that a call can meet, nearest to a yes first.
ORDER = (
    "more_than_is_left",
    "refund_pending",
    "only_whole_amount",
    "too_late",
    "too_many_refunds",
    "disputed",
    "several_captures",
    "wrong_method",
    "wrong_status",
    "already_captured",
    "nothing_captured",
    "not_offered",
)
WAITS = frozenset({"refund_pending"})
KINDS = ("wait", "missing_fact", "not_allowed")


@dataclass(frozen=True)
class Say:
    """An answer without its best-before."""

    action: str
    reason: str
    amount: int | None = None
    remaining: int | None = None
    rejection: str | None = None
    needs: frozenset[str] = frozenset()


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """Say which call undoes this payment now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r} of Checkout.com; there is {', '.join(EDITIONS)}")
    case = read(payment, undo)
    said = decide(case, undo.get("only"))
    return {
        "action": said.action,
        "amount": said.amount,
        "remaining": said.remaining,
        "reason": said.reason,
        "rejection": said.rejection,
        "needs": sorted(said.needs),
        "good_until": good_until(case, undo.get("only"), said),
    }


def good_until(case: Case, only: str | None, said: Say) -> str | None:
    """Only the end of the authorization can turn an answer (D9)."""
    end = case.expires
    if end is None or end <= case.at:
        return None
    then = decide(replace(case, at=end), only)
    told = (said.action, said.amount, said.rejection, said.reason)
    if told == (then.action, then.amount, then.rejection, then.reason):
        return None
    return end.isoformat().replace("+00:00", "Z")


# --- the balances ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One payment and one wish, with what the status proves filled in where the balances are absent."""

    status: str
    payment: dict[str, Any]
    asked: int | None
    at: datetime
    expires: datetime | None
    authorized: int | None
    captured: int | None
    voided: int | None
    refunded: int | None
    available: int | None
    pending: int

    @property
    def hold_is_gone(self) -> bool:
        """`Captured` leaves no hold, however large it was."""
        return (
            self.status == CAPTURED and self.authorized is None and self.voided is None and self.captured is not None
        )

    @property
    def left_at_most(self) -> int | None:
        """What can be left at best: what is not known to be gone counts as still there."""
        if self.hold_is_gone:
            return max((self.captured or 0) - (self.refunded or 0), 0)
        if self.authorized is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(most - (self.voided or 0) - (self.refunded or 0), 0)

    @property
    def unknown_of_left(self) -> frozenset[str]:
        """The balances without which nobody can say what is left."""
        return self.unknown("refunded") if self.hold_is_gone else self.unknown("authorized", "voided", "refunded")

    @property
    def unknown_of_held(self) -> frozenset[str]:
        """The balances without which nobody can say what is held."""
        return frozenset() if self.hold_is_gone else self.unknown("authorized", "captured", "voided")

    @property
    def unknown_of_refundable(self) -> frozenset[str]:
        """The balances without which nobody can say what is refundable."""
        return self.unknown("captured", "refunded")

    @property
    def outstanding(self) -> int | None:
        """What *everything* means."""
        if self.unknown_of_left or self.left_at_most is None:
            return None
        return max(self.left_at_most - self.pending, 0)

    @property
    def held(self) -> int | None:
        """What a void gives back."""
        if self.hold_is_gone:
            return 0
        if self.authorized is None or self.captured is None or self.voided is None:
            return None
        return max(self.authorized - self.captured - self.voided, 0)

    @property
    def refundable(self) -> int | None:
        """What one refund can give back: never more than the provider says is available."""
        if self.captured is None or self.refunded is None:
            return None
        kept = max(self.captured - self.refunded - self.pending, 0)
        return kept if self.available is None else min(kept, self.available)

    @property
    def everything(self) -> bool | None:
        """Whether all that is outstanding is asked for; None where nobody can tell."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding

    def unknown(self, *names: str) -> frozenset[str]:
        """The fields to ask for. Of a captured payment what was taken tells what was voided, and the reverse."""
        missing: set[str] = set()
        for name in names:
            if getattr(self, name) is not None:
                continue
            if name != "voided":
                missing.add(f"amount_{name}")
            elif self.status == CAPTURED:
                missing |= self.unknown("authorized", "captured")
            else:
                missing.add("amount_released")
        return frozenset(missing)


def read(payment: dict[str, Any], undo: dict[str, Any]) -> Case:
    """Fill in what the status proves; a balance that is given counts as it stands."""
    status: str = payment["status"]
    authorized = payment.get("amount_authorized")
    captured = payment.get("amount_captured")
    voided = payment.get("amount_released")
    refunded = payment.get("amount_refunded")
    if status in (HELD, RETRYING):
        captured, voided, refunded = or_else(captured, 0), or_else(voided, 0), or_else(refunded, 0)
    elif status == "Partially Captured":
        refunded = or_else(refunded, 0)
    elif status == CAPTURED:
        refunded = or_else(refunded, 0)
        if authorized is not None:
            captured = or_else(captured, max(authorized - (voided or 0), 0))
            voided = or_else(voided, max(authorized - (captured or 0), 0))
    elif status == NOBODY_KNOWS:
        voided, refunded = or_else(voided, 0), or_else(refunded, 0)  # D4
    expires = payment.get("hold_expires_at")
    return Case(
        status=status,
        payment=payment,
        asked=undo.get("amount"),
        at=instant(undo["at"]),
        expires=None if expires is None else instant(expires),
        authorized=authorized,
        captured=captured,
        voided=voided,
        refunded=refunded,
        available=payment.get("available_to_refund"),
        pending=payment.get("amount_refund_pending") or 0,
    )


def or_else(given: int | None, proven: int) -> int:
    return proven if given is None else given


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- before any page is opened --------------------------------------------------------------------


def decide(case: Case, only: str | None) -> Say:
    """Ask whether anything is left, whether the amount can be, whether to wait; then the calls."""
    return already_done(case) or impossible(case) or under_way(case) or by_calls(case, only)


def no(rejection: str, reason: str, needs: Iterable[str] = ()) -> Say:
    return Say("reject", reason, rejection=rejection, needs=frozenset(needs))


def already_done(case: Case) -> Say | None:
    """A final status, or nothing left."""
    if case.status in FINAL:
        return no("already_done", FINAL[case.status])
    if case.left_at_most != 0:
        return None
    refunded = bool(case.captured) and case.refunded is not None and case.refunded >= (case.captured or 0)
    return no("already_done", "already_refunded" if refunded else "nothing_left")


def impossible(case: Case) -> Say | None:
    """An amount that no call can give, whatever else is unknown."""
    if case.asked is None:
        return None
    if case.asked <= 0:
        return no("not_allowed", "amount_not_positive")
    if case.left_at_most is not None and case.asked > case.left_at_most:
        return no("not_allowed", "more_than_is_left")
    return None


def under_way(case: Case) -> Say | None:
    """What was accepted has no outcome yet, or the payment itself has none (D2)."""
    if case.payment.get("undo_pending") is not None:
        return no("wait", "undo_pending")
    if case.status == PENDING:
        return no("wait", "payment_pending")
    if case.left_at_most is not None and (1 if case.asked is None else case.asked) > case.left_at_most - case.pending:
        return no("wait", "refund_pending")
    return None


# --- the calls ------------------------------------------------------------------------------------


@dataclass
class Way:
    """One call, and all that stands in its way; `part` says which part of the payment it gives back."""

    action: str
    because: str
    part: str
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str | None:
        if self.obstacles - WAITS:
            return "not_allowed"
        if self.obstacles:
            return "wait"
        return "missing_fact" if self.unknown else None

    @property
    def reason(self) -> str:
        """Of its obstacles the one that the caller can least change."""
        return max(self.obstacles, key=ORDER.index)


def by_calls(case: Case, only: str | None) -> Say:
    """The first way that nothing stands in; else the no that is nearest to a yes."""
    ways = [*voids(case), *refunds(case), *reversals(case)]
    ways = [way for way in ways if only in (None, way.action)]
    for way in ways:
        if way.kind is None:
            return give(way, case)
    if case.status not in LIVE:
        return no("missing_fact", "unknown_status", ["status"])
    kind = min((way.kind or "" for way in ways), key=KINDS.index)
    near = [way for way in ways if way.kind == kind]
    if kind == "missing_fact":
        return no(kind, "unknown_fact", set().union(*(way.unknown for way in near)))
    return no(kind, min((way.reason for way in near), key=ORDER.index))


def give(way: Way, case: Case) -> Say:
    """Asked for everything a call gives all of its own part; else exactly what is asked."""
    own, whole = part_of(way.part, case), case.outstanding
    if own is None or whole is None or not case.everything:
        return Say(way.action, way.because, case.asked, 0)
    return Say(way.action, way.because, own, whole - own)


def part_of(part: str, case: Case) -> int | None:
    """What is held, what is refundable, or everything; never more than is outstanding."""
    whole = case.outstanding
    if part == "everything":
        return whole
    own = case.held if part == "held" else case.refundable
    return own if own is None or whole is None else min(own, whole)


def unknown_of(part: str, case: Case) -> frozenset[str]:
    if part == "everything":
        return case.unknown_of_left
    return case.unknown_of_held if part == "held" else case.unknown_of_refundable


# --- the page on voids ----------------------------------------------------------------------------


def voids(case: Case) -> list[Way]:
    """Of a hold, of the rest of one, and of the retries that are planned."""
    hold = begin("cancel", "not_captured", "held", case, (HELD,))
    ask_nothing_captured(hold, case)
    ask_whole(hold, case)
    ask_expiry(hold, case)

    rest = begin("cancel", "rest_held", "held", case, TAKEN)
    ask_captured_beside_hold(rest, case)
    ask_rest_alone(rest, case)
    ask_scheme(rest, case)
    ask_expiry(rest, case)

    retry = begin("cancel", "not_authorized", "held", case, (RETRYING,))
    ask_nothing_captured(retry, case)
    ask_whole(retry, case)
    return [hold, rest, retry]


def ask_scheme(way: Way, case: Case) -> None:
    """The rest of a hold is voided for three schemes, and schemes are of cards."""
    scheme = case.payment.get("scheme")
    if scheme is None:
        way.unknown.add("scheme")
    elif scheme not in SCHEMES:
        way.obstacles.add("wrong_method")
    if case.payment.get("method") not in (None, "card"):
        way.obstacles.add("wrong_method")


def ask_rest_alone(way: Way, case: Case) -> None:
    """Exactly the held rest, where that is less than everything (D7)."""
    if case.everything:
        way.obstacles.add("not_offered")
    elif case.held is None:
        way.unknown |= case.unknown_of_held
    elif case.asked != part_of("held", case):
        refuse_part(way, case)


# --- the page on refunds --------------------------------------------------------------------------


def refunds(case: Case) -> list[Way]:
    """A part at any time; the whole once nothing is held any more (D7)."""
    part = begin("refund", "captured", "refundable", case, TAKEN)
    ask_something_captured(part, case)
    ask_part(part, case)
    ask_actions(part, case)

    whole = begin("refund", "captured", "refundable", case, TAKEN)
    ask_something_captured(whole, case)
    ask_nothing_held(whole, case)
    ask_whole(whole, case)
    ask_actions(whole, case)
    return [part, whole]


def ask_actions(way: Way, case: Case) -> None:
    """No more than 150 partial actions; uncounted ones do not stand in the way (D11)."""
    if (case.payment.get("partial_actions") or 0) >= MOST_ACTIONS:
        way.obstacles.add("too_many_refunds")


def ask_part(way: Way, case: Case) -> None:
    """Less than everything, up to what is refundable."""
    if case.everything:
        way.obstacles.add("not_offered")
        return
    if case.refundable is None:
        way.unknown |= case.unknown_of_refundable
    elif (case.asked or 0) > (part_of("refundable", case) or 0):
        if case.everything is None:
            way.unknown |= case.unknown_of_left
        else:
            at_least(way, case, case.asked or 0)


# --- the page on reversals ------------------------------------------------------------------------


def reversals(case: Case) -> list[Way]:
    """Whatever the status asks for, always of the whole; for cards all of it in one call."""
    held = begin("reverse", "not_captured", "everything", case, (HELD,))
    ask_nothing_captured(held, case)
    ask_expiry(held, case)

    at_once = begin("reverse", "rest_held", "everything", case, TAKEN)
    ask_captured_beside_hold(at_once, case)
    ask_method(at_once, case, card=True)
    ask_expiry(at_once, case)

    first = begin("reverse", "rest_held", "held", case, TAKEN)
    ask_captured_beside_hold(first, case)
    ask_method(first, case, card=False)
    ask_expiry(first, case)

    captured = begin("reverse", "captured", "refundable", case, TAKEN)
    ask_something_captured(captured, case)
    ask_nothing_held(captured, case)

    retry = begin("reverse", "not_authorized", "everything", case, (RETRYING,))
    ask_nothing_captured(retry, case)

    anyhow = begin("reverse", "capture_unknown", "everything", case, (NOBODY_KNOWS,))

    ways = [held, at_once, first, captured, retry, anyhow]
    for way in ways:
        ask_whole(way, case)
        if case.pending:
            way.obstacles.add("refund_pending")  # D12
    return ways


def ask_method(way: Way, case: Case, *, card: bool) -> None:
    """One call or two depends on it, so it has to be known."""
    method = case.payment.get("method")
    if method is None:
        way.unknown.add("method")
    elif (method == "card") is not card:
        way.obstacles.add("wrong_method")


# --- what several calls ask -----------------------------------------------------------------------


def begin(action: str, because: str, part: str, case: Case, statuses: tuple[str, ...]) -> Way:
    """What every call asks: an id for its path, no dispute (D13), and a status that fits."""
    way = Way(action, because, part)
    if case.payment.get("payment_id") is None:
        way.unknown.add("payment_id")
    if case.payment.get("disputed") is True:
        way.obstacles.add("disputed")
    if case.status not in LIVE:
        way.unknown.add("status")
    elif case.status not in statuses:
        way.obstacles.add("wrong_status")
    return way


def ask_expiry(way: Way, case: Case) -> None:
    """What is held lapses when the authorization expires (D9)."""
    if case.expires is not None and case.at >= case.expires:
        way.obstacles.add("too_late")


def ask_nothing_captured(way: Way, case: Case) -> None:
    if case.captured is None:
        way.unknown |= case.unknown("captured")
    elif case.captured > 0:
        way.obstacles.add("already_captured")


def ask_something_captured(way: Way, case: Case) -> None:
    if case.captured is None:
        way.unknown |= case.unknown("captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")


def ask_captured_beside_hold(way: Way, case: Case) -> None:
    """A part was captured, and the hold is still open."""
    ask_something_captured(way, case)
    if case.held is None:
        way.unknown |= case.unknown_of_held
    elif case.held == 0:
        way.obstacles.add("already_captured")


def ask_nothing_held(way: Way, case: Case) -> None:
    if case.held is None:
        way.unknown |= case.unknown_of_held
    elif case.held > 0:
        way.obstacles.add("several_captures")


def ask_whole(way: Way, case: Case) -> None:
    """Everything; of a call that gives back what is held, exactly that will do."""
    own = part_of(way.part, case)
    if case.asked is None:
        way.unknown |= unknown_of(way.part, case) | case.unknown_of_left
        at_least(way, case, 1)
    elif way.part == "held" and own is None:
        way.unknown |= case.unknown_of_held
    elif way.part == "held" and case.asked == own:
        return
    elif case.everything:
        way.unknown |= unknown_of(way.part, case)
        at_least(way, case, 1)
    else:
        refuse_part(way, case)


def refuse_part(way: Way, case: Case) -> None:
    """A part is asked of a call without an amount, unless it may be everything."""
    if case.everything is None:
        way.unknown |= case.unknown_of_left
    else:
        way.obstacles.add("only_whole_amount")


def at_least(way: Way, case: Case, wanted: int) -> None:
    """Whether the call's own part has so much, or would if nothing was pending."""
    if unknown_of(way.part, case) or (case.asked is None and case.unknown_of_left):
        return
    own, freed = part_of(way.part, case), part_of(way.part, replace(case, pending=0))
    if own is None or wanted <= own:
        return
    way.obstacles.add("refund_pending" if freed is not None and wanted <= freed else "more_than_is_left")
