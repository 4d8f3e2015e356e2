"""A second reading of GoCardless: may the debit be stopped, else may it be given back?

Two calls, each asked in the order of its page; a status permits at most one of them. Written from
the facts alone, without the library, so that it can disagree with the table. Numbers such as D5
are those of the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

EDITIONS = ("2026-11",)

SCHEDULED = "pending_submission"
COLLECTED = ("confirmed", "paid_out")
# There is nothing to undo in these, whatever the amounts say; some of them may move on.
OVER = {
    "cancelled": "already_canceled",
    "customer_approval_denied": "never_paid",
    "failed": "never_paid",
    "charged_back": "returned_by_bank",
}
# GoCardless or the payer has not finished with the payment itself.
UNDER_WAY = {"pending_customer_approval": "payment_pending", "submitted": "capture_pending"}
KNOWN = (SCHEDULED, *COLLECTED, *OVER, *UNDER_WAY)

SAFETY = timedelta(days=7)  # D5: hours, from the midnight that begins the charge date
MOST_REFUNDS = 5  # D4

# The reasons of a no that a call can meet, nearest to a yes first.
ORDER = (
    "more_than_is_left",
    "balance_insufficient",
    "refund_pending",
    "too_early",
    "only_whole_amount",
    "too_many_refunds",
    "refunds_disabled",
    "disputed",
    "wrong_status",
    "nothing_captured",
    "not_offered",
)
WAITS = frozenset({"balance_insufficient", "refund_pending", "too_early"})
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
        raise ValueError(f"no edition {edition!r} of GoCardless; there is {', '.join(EDITIONS)}")
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
    """Only the end of the 7 days can turn an answer."""
    opens = case.refundable_from
    if opens is None or opens <= case.at:
        return None
    then = decide(replace(case, at=opens), only)
    told = (said.action, said.amount, said.rejection, said.reason)
    if told == (then.action, then.amount, then.rejection, then.reason):
        return None
    return opens.isoformat().replace("+00:00", "Z")


# --- what is known --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One payment and one wish, with everything filled in that the status proves."""

    payment: dict[str, Any]
    status: str
    asked: int | None
    at: datetime
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int

    @property
    def refundable_from(self) -> datetime | None:
        charged = self.payment.get("captured_at")
        return None if charged is None else instant(charged) + SAFETY

    @property
    def hold_is_gone(self) -> bool:
        """What was collected is all there is, however large the debit was."""
        collected = self.status in COLLECTED and self.captured is not None
        return collected and self.authorized is None and self.released is None

    @property
    def left_at_most(self) -> int | None:
        """What can be left at best: what is not known to be gone counts as still there."""
        if self.hold_is_gone:
            return max((self.captured or 0) - (self.refunded or 0), 0)
        if self.authorized is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(most - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def unknown_of_left(self) -> frozenset[str]:
        """The amounts without which nobody can say what is left."""
        return self.unknown("refunded") if self.hold_is_gone else self.unknown("authorized", "released", "refunded")

    @property
    def outstanding(self) -> int | None:
        """What *everything* means."""
        if self.unknown_of_left or self.left_at_most is None:
            return None
        return max(self.left_at_most - self.pending, 0)

    @property
    def everything(self) -> bool | None:
        """Whether all that is outstanding is asked for; None where nobody can tell."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding

    def unknown(self, *names: str) -> frozenset[str]:
        """The fields to ask for; of a collected debit what was taken tells what was released."""
        missing: set[str] = set()
        for name in names:
            if getattr(self, name) is not None:
                continue
            if name == "released" and self.status in COLLECTED:
                missing |= self.unknown("authorized", "captured")
            else:
                missing.add(f"amount_{name}")
        return frozenset(missing)


def read(payment: dict[str, Any], undo: dict[str, Any]) -> Case:
    """Fill in what the status proves; what is given counts as it stands."""
    status: str = payment["status"]
    authorized = payment.get("amount_authorized")
    captured = payment.get("amount_captured")
    released = payment.get("amount_released")
    refunded = payment.get("amount_refunded")
    if status == SCHEDULED:
        captured, released, refunded = (0 if given is None else given for given in (captured, released, refunded))
    if status in COLLECTED and authorized is not None:
        captured = max(authorized - (released or 0), 0) if captured is None else captured
        released = max(authorized - captured, 0) if released is None else released
    return Case(
        payment=payment,
        status=status,
        asked=undo.get("amount"),
        at=instant(undo["at"]),
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
    )


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- before any page is opened --------------------------------------------------------------------


def decide(case: Case, only: str | None) -> Say:
    """Ask whether anything is left, whether the amount can be, whether to wait; then the calls."""
    return already_done(case) or impossible(case) or under_way(case) or by_calls(case, only)


def no(rejection: str, reason: str, needs: Iterable[str] = ()) -> Say:
    return Say("reject", reason, rejection=rejection, needs=frozenset(needs))


def already_done(case: Case) -> Say | None:
    if case.status in OVER:
        return no("already_done", OVER[case.status])
    if case.left_at_most != 0:
        return None
    refunded = bool(case.captured) and case.refunded is not None and case.refunded >= (case.captured or 0)
    return no("already_done", "already_refunded" if refunded else "nothing_left")


def impossible(case: Case) -> Say | None:
    if case.asked is None:
        return None
    if case.asked <= 0:
        return no("not_allowed", "amount_not_positive")
    if case.left_at_most is not None and case.asked > case.left_at_most:
        return no("not_allowed", "more_than_is_left")
    return None


def under_way(case: Case) -> Say | None:
    if case.payment.get("undo_pending") is not None:
        return no("wait", "undo_pending")
    if case.status in UNDER_WAY:
        return no("wait", UNDER_WAY[case.status])
    wanted = 1 if case.asked is None else case.asked
    if case.left_at_most is not None and wanted > case.left_at_most - case.pending:
        return no("wait", "refund_pending")
    return None


# --- the two calls --------------------------------------------------------------------------------


@dataclass
class Way:
    """One call, and all that stands in its way."""

    action: str
    because: str
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    amount: int = 0
    remaining: int = 0

    @property
    def kind(self) -> str | None:
        if self.obstacles - WAITS:
            return "not_allowed"
        if self.obstacles:
            return "wait"
        return "missing_fact" if self.unknown else None

    @property
    def reason(self) -> str:
        """Of its obstacles of that kind the one that the caller can least change."""
        own = self.obstacles - WAITS or self.obstacles
        return max(own, key=ORDER.index)


def by_calls(case: Case, only: str | None) -> Say:
    """Stop what is scheduled, give back what was collected; nothing is ever reversed."""
    offered = {"cancel": cancel, "refund": refund}
    ways = [ask(case) for action, ask in offered.items() if only in (None, action)]
    for way in ways:
        if way.kind is None:
            return Say(way.action, way.because, way.amount, way.remaining)
    if case.status not in KNOWN:
        return no("missing_fact", "unknown_status", ["status"])
    if not ways:
        return no("not_allowed", "not_offered")
    kind = min((way.kind or "" for way in ways), key=KINDS.index)
    near = [way for way in ways if way.kind == kind]
    if kind == "missing_fact":
        return no(kind, "unknown_fact", set().union(*(way.unknown for way in near)))
    return no(kind, min((way.reason for way in near), key=ORDER.index))


def begin(action: str, because: str, case: Case, statuses: tuple[str, ...]) -> Way:
    """What both calls ask: an id, no dispute, a status that fits."""
    way = Way(action, because)
    if case.payment.get("payment_id") is None:
        way.unknown.add("payment_id")
    if case.payment.get("disputed") is True:
        way.obstacles.add("disputed")
    if case.status not in KNOWN:
        way.unknown.add("status")
    elif case.status not in statuses:
        way.obstacles.add("wrong_status")
    return way


def cancel(case: Case) -> Way:
    """Only while the debit is scheduled, and the whole of it."""
    way = begin("cancel", "not_authorized", case, (SCHEDULED,))
    unknown_of_held = frozenset() if case.hold_is_gone else case.unknown("authorized", "captured", "released")
    held = None if unknown_of_held else scheduled(case)
    own = held if held is None or case.outstanding is None else min(held, case.outstanding)
    if case.asked is not None and own is None:
        way.unknown |= unknown_of_held
    elif case.asked is not None and case.asked == own:
        way.amount = case.asked
        if case.everything:
            way.remaining = (case.outstanding or 0) - case.asked
    elif case.everything is None:
        way.unknown |= case.unknown_of_left
    elif not case.everything:
        way.obstacles.add("only_whole_amount")
    else:
        take_all(way, case, own, unknown_of_held)
    return way


def scheduled(case: Case) -> int:
    """What would be taken of the payer."""
    if case.hold_is_gone:
        return 0
    return max((case.authorized or 0) - (case.captured or 0) - (case.released or 0), 0)


def take_all(way: Way, case: Case, own: int | None, unknown: frozenset[str]) -> None:
    """Asked for everything, a call gives all of its own part."""
    way.unknown |= unknown | (case.unknown_of_left if case.asked is None else frozenset())
    if own is None or case.outstanding is None:
        return
    way.amount, way.remaining = own, case.outstanding - own
    if own < 1:
        way.obstacles.add(too_much(way, case, 1))


def refund(case: Case) -> Way:
    """What was collected, from 7 days after the charge date on."""
    way = begin("refund", "captured", case, COLLECTED)
    if case.captured is None:
        way.unknown |= case.unknown("captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")
    ask_account(way, case)
    ask_age(way, case)
    ask_amount(way, case)
    return way


def ask_account(way: Way, case: Case) -> None:
    """What the account allows and has; what nobody knows does not stand in the way (D3, D4, D6)."""
    if case.payment.get("refunds_enabled") is False:
        way.obstacles.add("refunds_disabled")
    if (case.payment.get("refunds") or 0) >= MOST_REFUNDS:
        way.obstacles.add("too_many_refunds")
    if case.payment.get("balance_ok") is False:
        way.obstacles.add("balance_insufficient")


def ask_age(way: Way, case: Case) -> None:
    """The debit may still fail for some days (D5)."""
    if case.refundable_from is None:
        way.unknown.add("captured_at")
    elif case.at < case.refundable_from:
        way.obstacles.add("too_early")


def ask_amount(way: Way, case: Case) -> None:
    """The whole or a part of what is not given back yet."""
    unknown = case.unknown("captured", "refunded")
    own = None if unknown else refundable(case)
    if case.asked is None:
        take_all(way, case, own, unknown)
    elif own is None:
        way.unknown |= unknown
    elif case.asked <= own:
        way.amount = case.asked
        if case.everything:
            way.amount, way.remaining = own, (case.outstanding or 0) - own
    elif case.everything is None:
        way.unknown |= case.unknown_of_left
    elif case.everything:
        take_all(way, case, own, unknown)
    else:
        way.obstacles.add(too_much(way, case, case.asked))


def refundable(case: Case) -> int:
    """Never more than is outstanding, nor than one refund can give back."""
    own = max((case.captured or 0) - (case.refunded or 0) - case.pending, 0)
    bounds = (case.outstanding, case.payment.get("available_to_refund"))
    return min([own, *(bound for bound in bounds if bound is not None)])


def too_much(way: Way, case: Case, wanted: int) -> str:
    """Would it fit if nothing was pending? Then what is pending has to be waited for."""
    freed = replace(case, pending=0)
    most = refundable(freed) if way.action == "refund" else min(scheduled(freed), freed.outstanding or 0)
    return "refund_pending" if wanted <= most else "more_than_is_left"
