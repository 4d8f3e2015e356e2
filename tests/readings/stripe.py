"""A second reading of Stripe: which one call undoes this payment now, or why none does.

The questions stand in the order of the provider's pages: what an intent's or a refund's status says, the
cancel page with its sessions, the multicapture page, the refund pages with their windows and
balances. Written from the facts alone, so that it can disagree with the table. It shares no code
with the library, and it answers about `undo` only. Numbers such as D6 are those of the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

EDITIONS = ("2026-11", "ach-90-days")

# --- what the pages list --------------------------------------------------------------------------

UNPAID = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
HOLD = "requires_capture"
TAKEN = "succeeded"
UNFINISHED = "processing"
# `pending` and `failed` are words of refunds only; `failed` and `canceled` are over (D15).
OVER = {"canceled": "already_canceled", "failed": "never_paid"}
KNOWN = UNPAID | {HOLD, TAKEN, UNFINISHED, "pending", *OVER}

SESSION = "checkout_session"
CARDS = frozenset({"card", "card_present"})  # D11
ACH = frozenset({"ach_debit", "us_bank_account"})  # D2
ACH_DAYS = {"2026-11": 180, "ach-90-days": 90}  # D1
SINGLE_MESSAGE_METHODS = frozenset({"interac_present"})  # D10
SINGLE_MESSAGE_SCHEMES = frozenset({"interac", "eftpos_au"})

# The reasons that a way can meet, in the documented order: nearest to a yes first.
ORDER = (
    "more_than_is_left",
    "balance_insufficient",
    "refund_pending",
    "too_early",
    "only_whole_amount",
    "too_late",
    "disputed",
    "wrong_method",
    "wrong_status",
    "wrong_kind",
    "already_captured",
    "nothing_captured",
    "not_offered",
)
WAITS = frozenset({"balance_insufficient", "refund_pending", "too_early"})
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
    ach_days: int
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
    def most(self) -> int | None:
        """What can be left at best: what is not known to be gone counts as still there."""
        if self.hold_gone and self.captured is not None:
            return max(self.captured - (self.refunded or 0), 0)  # however much was authorized
        if self.authorized is None:
            return None
        gross = max(self.authorized, self.captured or 0)
        return max(gross - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def outstanding_needs(self) -> set[str]:
        """Which facts are missing to say what *everything* means."""
        missing = {"amount_refunded"} if self.refunded is None else set()
        if self.hold_gone and self.captured is not None:
            return missing
        if self.authorized is None:
            missing.add("amount_authorized")
        if self.released is None:
            # Where the status says that the rest is gone, what was captured tells how much that is.
            rest_is_gone = self.status == TAKEN
            missing.add("amount_captured" if rest_is_gone else "amount_released")
        return missing

    @property
    def left(self) -> int | None:
        """What can be given back if every refund under way fails."""
        return None if self.outstanding_needs else self.most

    @property
    def outstanding(self) -> int | None:
        """What *everything* means."""
        return None if self.left is None else max(self.left - self.pending, 0)

    @property
    def held_needs(self) -> set[str]:
        """Which facts are missing to say what is held."""
        if self.hold_gone:
            return set()
        facts = {"amount_authorized": self.authorized, "amount_captured": self.captured}
        missing = {name for name, value in facts.items() if value is None}
        if self.released is None:
            if self.status == TAKEN:
                missing |= {"amount_authorized"} if self.authorized is None else set()
                missing |= {"amount_captured"} if self.captured is None else set()
            else:
                missing.add("amount_released")
        return missing

    @property
    def held(self) -> int | None:
        """What is authorized, and neither captured nor released."""
        if self.hold_gone:
            return 0
        if self.authorized is None or self.captured is None or self.released is None:
            return None
        return max(self.authorized - self.captured - self.released, 0)

    @property
    def kept_needs(self) -> set[str]:
        """Which facts are missing to say what was captured and not given back."""
        facts = {"amount_captured": self.captured, "amount_refunded": self.refunded}
        return {name for name, value in facts.items() if value is None}

    def refundable(self, pending: int) -> int | None:
        """What one refund can give back, with so much of others under way."""
        if self.captured is None or self.refunded is None:
            return None
        free = max(self.captured - self.refunded - pending, 0)
        reported: int | None = self.payment.get("available_to_refund")
        return free if reported is None else min(free, reported)

    @property
    def everything(self) -> bool | None:
        """Whether all that is outstanding is asked for; None where that cannot be told."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding


# --- the question ---------------------------------------------------------------------------------


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """Say which call to make now, or why none, and until when that holds."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r} of Stripe; there are {', '.join(EDITIONS)}")
    at = instant(undo["at"])
    days = ACH_DAYS[edition]
    now = answer_at(payment, undo, at, days)
    return {
        "action": now.action,
        "amount": now.amount,
        "remaining": now.remaining,
        "reason": now.reason,
        "rejection": now.rejection,
        "needs": sorted(now.needs),
        "good_until": good_until(payment, undo, at, days),
    }


def good_until(payment: dict[str, Any], undo: dict[str, Any], at: datetime, days: int) -> str | None:
    """The first later moment with another answer: only at an edge can the answer change."""
    now = answer_at(payment, undo, at, days)
    created = known_instant(payment, "created_at")
    edges = {known_instant(payment, "hold_expires_at"), created, later(created, days)}
    for edge in sorted(moment for moment in edges if moment is not None and moment > at):
        if answer_at(payment, undo, edge, days).compared() != now.compared():
            return edge.isoformat().replace("+00:00", "Z")
    return None


def answer_at(payment: dict[str, Any], undo: dict[str, Any], at: datetime, days: int) -> Answer:
    """The answer at one moment: what is done, the amount, what is under way, the calls."""
    case = read(payment, undo.get("amount"), at, days)
    return already_done(case) or amount_impossible(case) or under_way(case) or by_calls(case, undo.get("only"))


def reject(rejection: str, reason: str, needs: Iterable[str] = ()) -> Answer:
    """A no is an answer like any other."""
    return Answer("reject", None, None, reason, rejection, tuple(sorted(set(needs))))


def already_done(case: Case) -> Answer | None:
    """A final status ends everything; so does a payment of which nothing is left."""
    if case.status in OVER:
        return reject("already_done", OVER[case.status])
    if case.most != 0:
        return None
    captured, refunded = case.captured or 0, case.refunded
    all_refunded = captured > 0 and refunded is not None and refunded >= captured
    return reject("already_done", "already_refunded" if all_refunded else "nothing_left")


def amount_impossible(case: Case) -> Answer | None:
    """An amount that no call can ever give, whatever else is unknown."""
    if case.asked is None:
        return None
    if case.asked <= 0:
        return reject("not_allowed", "amount_not_positive")
    if case.most is not None and case.asked > case.most:
        return reject("not_allowed", "more_than_is_left")
    return None


def under_way(case: Case) -> Answer | None:
    """What has been sent already, by us or by Stripe, has to end first (D5)."""
    if case.payment.get("undo_pending") is not None:
        return reject("wait", "undo_pending")
    if case.status == UNFINISHED:
        return reject("wait", "capture_pending")
    if case.most is None:
        return None
    wanted = 1 if case.asked is None else case.asked
    return reject("wait", "refund_pending") if wanted > case.most - case.pending else None


# --- what a status says of the money (D13) --------------------------------------------------------


def read(payment: dict[str, Any], asked: int | None, at: datetime, days: int) -> Case:
    """Fill in what the status proves. What the record gives is never overwritten."""
    status: str = payment["status"]
    authorized: int | None = payment.get("amount_authorized")
    given_release: int | None = payment.get("amount_released")
    captured = amount_captured(payment, status, authorized)
    released = given_release
    if released is None and status in UNPAID | {HOLD}:
        released = 0
    if released is None and status == TAKEN and authorized is not None and captured is not None:
        released = max(authorized - captured, 0)
    refunded: int | None = payment.get("amount_refunded")
    if refunded is None and (status in UNPAID or (status == HOLD and captured == 0)):
        refunded = 0
    return Case(
        payment=payment,
        ach_days=days,
        asked=asked,
        at=at,
        status=status,
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        hold_gone=status == TAKEN and given_release is None and authorized is None and captured is not None,
    )


def amount_captured(payment: dict[str, Any], status: str, authorized: int | None) -> int | None:
    """How much was taken, where the record or the status tells."""
    given: int | None = payment.get("amount_captured")
    if given is not None:
        return given
    if status in UNPAID:
        return 0
    if status == HOLD:
        # By default the first capture is the last, and it leads out of this status.
        return None if payment.get("multicapture") is True else 0
    if status == TAKEN and authorized is not None:
        return max(authorized - (payment.get("amount_released") or 0), 0)
    return None


# --- the choice among the calls -------------------------------------------------------------------


@dataclass
class Way:
    """One call that Stripe offers, and all that stands in its way."""

    action: str
    because: str
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    amount: int = 0
    remaining: int = 0

    @property
    def rejection(self) -> str | None:
        """What would free this way: nothing at all, else time, else a fact; None: it is free."""
        if self.obstacles - WAITS:
            return "not_allowed"
        if self.obstacles:
            return "wait"
        return "missing_fact" if self.unknown else None

    @property
    def own_obstacle(self) -> str:
        """Of its obstacles the one that the caller can least change."""
        decisive = self.obstacles - WAITS or self.obstacles
        return max(decisive, key=ORDER.index)


def by_calls(case: Case, only: str | None) -> Answer:
    """Cancel what is held, else refund what is captured (D14)."""
    ways = [*cancels(case), refund(case)]
    ways = [way for way in ways if only in (None, way.action)]
    for way in ways:
        if way.rejection is None:
            return Answer(way.action, way.amount, way.remaining, way.because, None)
    if case.status not in KNOWN:
        return reject("missing_fact", "unknown_status", ["status"])
    if not ways:
        return reject("not_allowed", "not_offered")  # no call of Stripe's is a reversal
    return refuse(ways)


def refuse(ways: list[Way]) -> Answer:
    """Of all the refusals, the one that stands nearest to a yes."""
    kind = next(kind for kind in KINDS if any(way.rejection == kind for way in ways))
    found = [way for way in ways if way.rejection == kind]
    if kind == "missing_fact":
        return reject(kind, "unknown_fact", set().union(*(way.unknown for way in found)))
    return reject(kind, min((way.own_obstacle for way in found), key=ORDER.index))


# --- cancel ---------------------------------------------------------------------------------------


def cancels(case: Case) -> list[Way]:
    """An unpaid intent, by itself or by its session; a hold; the rest of one; a refund."""
    return [unpaid_intent(case), unpaid_session(case), whole_hold(case), rest_of_hold(case), refund_itself(case)]


def unpaid_intent(case: Case) -> Way:
    """Nothing is authorized yet, and no session owns it, as far as anybody knows (D9)."""
    way = cancel(case, "not_authorized", UNPAID)
    if case.payment.get("created_as") is not None:
        way.obstacles.add("wrong_kind")
    return way


def unpaid_session(case: Case) -> Way:
    """While it is unpaid, an intent of a session is cancelled by expiring that."""
    way = cancel(case, "not_authorized", UNPAID)
    created_as = case.payment.get("created_as")
    if created_as is None:
        way.unknown.add("created_as")
    elif created_as != SESSION:
        way.obstacles.add("wrong_kind")
    if case.payment.get("parent_id") is None:
        way.unknown.add("parent_id")
    return way


def whole_hold(case: Case) -> Way:
    """The hold is open and untouched: cancelled itself, whoever made it (D8)."""
    way = hold(case, "not_captured")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured > 0:
        way.obstacles.add("already_captured")
    return way


def rest_of_hold(case: Case) -> Way:
    """A part was captured, and what is held beside it is released (D6)."""
    way = hold(case, "rest_held")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")
    if case.held == 0:
        way.obstacles.add("already_captured")
    way.unknown |= case.held_needs
    return way


def hold(case: Case, because: str) -> Way:
    """What every hold is asked: is it one that can be cancelled, and has it not lapsed (D7, D10)?"""
    way = cancel(case, because, frozenset({HOLD}))
    if case.payment.get("method") in SINGLE_MESSAGE_METHODS:
        way.obstacles.add("wrong_method")
    if case.payment.get("scheme") in SINGLE_MESSAGE_SCHEMES:
        way.obstacles.add("wrong_method")
    expires = known_instant(case.payment, "hold_expires_at")
    if expires is not None and case.at >= expires:
        way.obstacles.add("too_late")
    return way


def refund_itself(case: Case) -> Way:
    """A refund can be stopped while the payer has to do something to get it (D15)."""
    way = Way("cancel", "not_captured")
    kind = case.payment.get("kind")
    if kind is None:
        way.unknown.add("kind")
    elif kind != "refund":
        way.obstacles.add("wrong_kind")
    return asked_of_a_cancel(way, case, frozenset({"requires_action"}))


def cancel(case: Case, because: str, statuses: frozenset[str]) -> Way:
    """What every cancel of an intent is asked; an unknown kind is an intent's (D15)."""
    way = Way("cancel", because)
    if case.payment.get("kind") == "refund":
        way.obstacles.add("wrong_kind")
    return asked_of_a_cancel(way, case, statuses)


def asked_of_a_cancel(way: Way, case: Case, statuses: frozenset[str]) -> Way:
    """The status, no dispute (D12), and all that is held: the call has no amount."""
    if case.status not in statuses:
        way.obstacles.add("wrong_status")
    if case.payment.get("disputed") is True:
        way.obstacles.add("disputed")
    if case.asked is None:
        way.unknown |= case.held_needs | case.outstanding_needs
    elif case.held is None:
        way.unknown |= case.held_needs
    else:
        ask_exactly_what_is_held(way, case, case.asked)
    if case.everything and case.held is not None and case.outstanding is not None:
        give(way, min(case.held, case.outstanding), case.outstanding)
        if way.amount == 0:
            fits_later = min(case.held, case.left or 0) >= 1
            way.obstacles.add("refund_pending" if fits_later else "more_than_is_left")
    return way


def ask_exactly_what_is_held(way: Way, case: Case, asked: int) -> None:
    """Everything, or exactly what is held, and nothing between (D14)."""
    outstanding = case.outstanding
    own = case.held or 0
    if outstanding is not None:
        own = min(own, outstanding)
    way.amount = asked
    if asked == own or case.everything:
        return
    if outstanding is None:
        way.unknown |= case.outstanding_needs
    else:
        way.obstacles.add("only_whole_amount")


# --- refund ---------------------------------------------------------------------------------------


def refund(case: Case) -> Way:
    """Captured money, whole or in parts, also while a rest is held."""
    way = Way("refund", "captured")
    if case.status not in (TAKEN, HOLD):
        way.obstacles.add("wrong_status")
    if case.payment.get("kind") == "refund":
        way.obstacles.add("wrong_kind")
    if case.payment.get("disputed") is True:
        way.obstacles.add("disputed")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")
    ask_method(way, case)
    if case.everything:
        refund_everything(way, case)
    else:
        refund_amount(way, case, case.asked or 0)
    return way


def ask_method(way: Way, case: Case) -> None:
    """A card's refund waits for balance by itself, any other fails (D11); ACH has a window (D1 to D4)."""
    method = case.payment.get("method")
    if method == "interac_present" or case.payment.get("scheme") == "interac":
        way.obstacles.add("wrong_method")  # in person only, and by no request (D22)
    if method not in CARDS and case.payment.get("balance_ok") is False:
        way.obstacles.add("balance_insufficient")
    if method not in ACH:
        return
    created = known_instant(case.payment, "created_at")
    if created is None:
        way.unknown.add("created_at")
        return
    if case.at < created:
        way.obstacles.add("too_early")
    end = later(created, case.ach_days)
    if end is not None and case.at >= end:
        way.obstacles.add("too_late")


def refund_everything(way: Way, case: Case) -> None:
    """All that is refundable, and never more than is outstanding; the rest remains."""
    way.unknown |= case.kept_needs
    way.unknown |= case.outstanding_needs
    own = case.refundable(case.pending)
    if own is None or case.outstanding is None:
        return
    give(way, min(own, case.outstanding), case.outstanding)
    if way.amount == 0:
        way.obstacles.add(too_much(case, 1))


def refund_amount(way: Way, case: Case, asked: int) -> None:
    """Exactly the amount that is asked, within what is refundable, or not at all."""
    way.amount = asked
    own = case.refundable(case.pending)
    if own is None:
        way.unknown |= case.kept_needs
    elif asked > own:
        if case.everything is None:
            # It may be all that is outstanding, of which a refund gives its own part.
            way.unknown |= case.outstanding_needs
        else:
            way.obstacles.add(too_much(case, asked))


def too_much(case: Case, asked: int) -> str:
    """Would it fit if the refunds under way failed? Then they have to be waited for."""
    if asked <= (case.refundable(0) or 0) and (case.left is None or asked <= case.left):
        return "refund_pending"
    return "more_than_is_left"


# --- small things ---------------------------------------------------------------------------------


def give(way: Way, own: int, outstanding: int) -> None:
    """Asked for everything a call gives its own part, and tells the rest."""
    way.amount = own
    way.remaining = outstanding - own


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


def later(moment: datetime | None, days: int) -> datetime | None:
    """So many times 24 hours after it, or None where the calendar ends first."""
    try:
        return None if moment is None else moment + timedelta(days=days)
    except OverflowError:
        return None
