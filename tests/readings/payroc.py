"""Payroc, read a second time: the provider's pages as nested questions.

The questions stand in the order in which the pages raise them: what the status proves, which batch
the payment is in, whether it can be reversed, whether it can be refunded. Nothing is imported from
the library, so that the two can disagree. Numbers such as D12 are those of the decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EDITIONS = ("2026-11",)

# What ends a payment, and the reason that nothing is left to do (D10: no list is looked at here).
FINAL = {
    "reversal": "already_reversed",
    "declined": "never_paid",
    "pickup": "never_paid",
    "expired": "hold_expired",
    "returned": "returned_by_bank",
}
OPEN_STATUSES = ("ready", "pending")
LIVE = (*OPEN_STATUSES, "complete", "accepted", "admin", "referral")
CARD_KINDS = ("sale", "completion")
BANK_METHODS = ("ach", "pad")

# The reasons of a refusal that waiting can lift, and of one that it cannot, each in the order of
# the vocabulary.
WAITS = ("refund_pending", "batch_not_closed", "payment_pending")
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "batch_closed",
    "not_listed",
    "disputed",
    "partly_refunded",
    "wrong_method",
    "wrong_status",
    "wrong_kind",
    "nothing_captured",
    "not_offered",
)

Answer = dict[str, Any]


# --- The facts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One payment and one wish, seen at one moment, with all that the status proves filled in."""

    status: str
    kind: str | None
    method: str | None
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    disputed: bool
    undo_pending: bool
    listed: frozenset[str] | None
    batch: str | None
    amount: int | None
    only: str | None

    @property
    def left_at_most(self) -> int | None:
        """What can be left at best: what is not known to be gone counts as still there."""
        if self.authorized is None:
            return None
        most = max(self.authorized, self.captured or 0)
        return max(0, most - (self.released or 0) - (self.refunded or 0))

    @property
    def outstanding_at_most(self) -> int | None:
        """What *everything* can mean at best: pending refunds reserve their balance."""
        most = self.left_at_most
        return None if most is None else max(0, most - self.pending)

    @property
    def outstanding(self) -> int | None:
        """What *everything* means; None while a fact about it is unknown."""
        return None if unknown_of_outstanding(self) else self.outstanding_at_most

    @property
    def everything(self) -> bool | None:
        """Is everything asked for? None where an amount is asked and the whole is unknown."""
        if self.amount is None:
            return True
        whole = self.outstanding
        return None if whole is None else self.amount == whole

    @property
    def may_be_part(self) -> bool:
        """Is a part asked for, or can it not be told?"""
        return self.everything is not True


def read_case(payment: dict[str, Any], undo: dict[str, Any], at: datetime) -> Case:
    """Fill in what the status proves. A given amount is never overwritten."""
    listed = believed_list(payment, at)
    return Case(
        status=payment["status"],
        kind=payment.get("kind"),
        method=payment.get("method"),
        authorized=payment.get("amount_authorized"),
        captured=captured(payment),
        released=released(payment),
        refunded=refunded(payment),
        pending=payment.get("amount_refund_pending") or 0,
        disputed=payment.get("disputed") is True,
        undo_pending=payment.get("undo_pending") is not None,
        listed=listed,
        batch=batch(payment, listed, at),
        amount=undo.get("amount"),
        only=undo.get("only"),
    )


def captured(payment: dict[str, Any]) -> int | None:
    """D1, D2, D25: no field tells it; kind and status together do, save for what is pending."""
    given: int | None = payment.get("amount_captured")
    authorized: int | None = payment.get("amount_authorized")
    kind, status = payment.get("kind"), payment["status"]
    if given is not None or status not in LIVE:
        return given
    if kind == "pre_authorization":
        return 0
    whole = None if authorized is None else max(authorized - (payment.get("amount_released") or 0), 0)
    if kind == "refund" and status == "complete":
        return whole
    if kind in (*CARD_KINDS, "bank_transfer") and status in ("ready", "complete"):
        return whole
    return None


def released(payment: dict[str, Any]) -> int | None:
    """D3: a payment that is not over has released nothing, unless the caller knows of a part."""
    given: int | None = payment.get("amount_released")
    return 0 if given is None and payment["status"] in LIVE else given


def refunded(payment: dict[str, Any]) -> int | None:
    """D4: a refund in the open batch becomes a reversal; complete tells nothing. D25."""
    given: int | None = payment.get("amount_refunded")
    held_up = payment["status"] == "admin" and payment.get("kind") == "refund"
    return 0 if given is None and (held_up or payment["status"] in OPEN_STATUSES) else given


def believed_list(payment: dict[str, Any], at: datetime) -> frozenset[str] | None:
    """D9: the list is a snapshot; from the close of the batch on it counts as absent."""
    given: list[str] | None = payment.get("provider_allows")
    closes = closing_time(payment)
    if given is None or (closes is not None and at >= closes):
        return None
    return frozenset(given)


def batch(payment: dict[str, Any], listed: frozenset[str] | None, at: datetime) -> str | None:
    """D7, D8: the list, else what the caller gives, else the clock, else the status."""
    if listed is not None and listed & {"fullyReverse", "partiallyReverse"}:
        return "open"
    if listed is not None and "refund" in listed:
        return "closed"
    given: str | None = payment.get("batch")
    if given is not None:
        return given
    closes = closing_time(payment)
    if closes is not None:
        return "open" if at < closes else "closed"
    if payment["status"] in OPEN_STATUSES:
        return "open"
    return "closed" if payment["status"] == "complete" else None


def closing_time(payment: dict[str, Any]) -> datetime | None:
    """When the open batch closes, if that is known."""
    given: str | None = payment.get("batch_closes_at")
    return None if given is None else instant(given)


def instant(text: str) -> datetime:
    """An RFC 3339 instant; the letters T and Z may be small. A naive time is an error."""
    moment = datetime.fromisoformat(text.upper())
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {text!r}")
    return moment


# --- The names of what is unknown ----------------------------------------------------------------


def unknown_of_outstanding(case: Case) -> set[str]:
    """Which facts are missing to say how much is still outstanding.

    The captured amount is not one of them: unknown, it counts as no more than the authorized one.
    Nor is any, once nothing can be outstanding whatever they are.
    """
    if case.outstanding_at_most == 0:
        return set()
    facts = {
        "amount_authorized": case.authorized,
        "amount_released": case.released,
        "amount_refunded": case.refunded,
    }
    return {name for name, value in facts.items() if value is None}


def unknown_of_captured(case: Case) -> set[str]:
    """Which fact would tell the captured amount: the kind, where each kind would prove it, else its own name."""
    if case.captured is not None:
        return set()
    return {"kind"} if case.kind is None and case.status == "complete" else {"amount_captured"}


# --- One way to give money back, and the questions put to it --------------------------------------


@dataclass
class Way:
    """A call that the provider offers, with all that stands in its way."""

    action: str
    reason: str
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
        """What kind of no: what nothing lifts, else what time lifts, else what a fact lifts."""
        if self.obstacles & set(NEVERS):
            return "not_allowed"
        return "wait" if self.obstacles else "missing_fact"

    @property
    def own_obstacle(self) -> str:
        """Of its obstacles the one that the caller can least change: the last in the order."""
        return max(self.obstacles, key=(*WAITS, *NEVERS).index)


def ask_kind(way: Way, case: Case) -> None:
    """A way is only asked about where the kind fits; an unknown kind leaves it open."""
    if case.kind is None:
        way.unknown.add("kind")


def ask_dispute(way: Way, case: Case) -> None:
    """D27: giving back while a chargeback runs pays twice. Nothing heard means none."""
    if case.disputed:
        way.obstacles.add("disputed")


def ask_whole(way: Way, case: Case) -> None:
    """Is everything asked for?"""
    if case.everything is False:
        way.obstacles.add("only_whole_amount")
    elif case.everything is None:
        way.unknown |= unknown_of_outstanding(case)


def ask_open(way: Way, case: Case) -> None:
    """Is the batch open?"""
    if case.batch == "closed":
        way.obstacles.add("batch_closed")
    elif case.batch is None:
        way.unknown.add("batch")


def ask_closed(way: Way, case: Case) -> None:
    """Is the batch closed? If not, it will be."""
    if case.batch == "open":
        way.obstacles.add("batch_not_closed")
    elif case.batch is None:
        way.unknown.add("batch")


def ask_untouched(way: Way, case: Case) -> None:
    """D19: what takes the whole must not meet a refund, not even one under way."""
    if case.refunded is None:
        way.unknown.add("amount_refunded")
    elif case.refunded > 0:
        way.obstacles.add("partly_refunded")
    elif case.pending > 0:
        way.obstacles.add("refund_pending")


def ask_listed(way: Way, case: Case, word: str) -> None:
    """A known list has to name the operation; without a list the page counts."""
    if case.listed is not None and word not in case.listed:
        way.obstacles.add("not_listed")


def ask_card_status(way: Way, case: Case, *fitting: str) -> None:
    """D22: a card payment that the processor has not finished with is read again."""
    if case.status in ("accepted", "admin"):
        way.obstacles.add("payment_pending")
    elif case.status not in fitting:
        way.obstacles.add("wrong_status")


def ask_bank_status(way: Way, case: Case, *fitting: str) -> None:
    """D21, D22: pending awaits the bank's answer; an administrative hold is not undone."""
    if case.status in fitting:
        return
    waits = case.status in ("pending", "accepted")
    way.obstacles.add("payment_pending" if waits else "wrong_status")


def ask_something_captured(way: Way, case: Case) -> None:
    """Where nothing was captured there is nothing to refund."""
    if case.captured == 0:
        way.obstacles.add("nothing_captured")
    way.unknown |= unknown_of_captured(case)


# --- Reversal ------------------------------------------------------------------------------------


def ways_to_reverse(case: Case) -> list[Way]:
    """Which reversals the pages know for this kind; for an unknown kind all of them stay open."""
    if case.kind in CARD_KINDS:
        return reversals_of_card(case)
    if case.kind == "pre_authorization":
        return [reversal_of_hold(case)]
    if case.kind == "bank_transfer":
        return [reversal_of_bank_transfer(case)]
    if case.kind == "refund":
        return [reversal_of_refund(case)]
    return [
        *reversals_of_card(case),
        reversal_of_hold(case),
        reversal_of_bank_transfer(case),
        reversal_of_refund(case),
    ]


def reversals_of_card(case: Case) -> list[Way]:
    """A sale, or a completion, which counts like one (D16): the whole, or a part where asked."""
    whole = whole_reversal(case, "batch_open")
    ask_card_status(whole, case, "ready", "pending")
    return [whole, part_reversal(case)] if case.may_be_part else [whole]


def part_reversal(case: Case) -> Way:
    """D12: a part of what is ready, where the list names it or there is no list.

    It need not be untouched (D19). The whole is never sent in place of a part.
    """
    way = Way("reverse", "batch_open")
    ask_kind(way, case)
    ask_card_status(way, case, "ready")
    ask_open(way, case)
    ask_listed(way, case, "partiallyReverse")
    ask_dispute(way, case)
    way.unknown |= unknown_of_outstanding(case)
    way.amount = case.amount or 0
    return way


def reversal_of_hold(case: Case) -> Way:
    """A hold is released as a whole (D18) and only in an open batch (D17)."""
    way = whole_reversal(case, "not_captured")
    ask_card_status(way, case, "ready", "pending")
    return way


def reversal_of_bank_transfer(case: Case) -> Way:
    """Queued and not yet submitted: the call takes no amount, so it is the whole or nothing."""
    way = whole_reversal(case, "batch_open")
    ask_bank_status(way, case, "ready")
    return way


def reversal_of_refund(case: Case) -> Way:
    """D25: a refund in the open batch can itself be reversed; the call takes no amount."""
    way = whole_reversal(case, "batch_open")
    ask_card_status(way, case, "ready", "pending")
    return way


def whole_reversal(case: Case, reason: str) -> Way:
    """What every reversal of the whole asks, whatever the kind."""
    way = Way("reverse", reason)
    ask_kind(way, case)
    ask_whole(way, case)
    ask_open(way, case)
    ask_listed(way, case, "fullyReverse")
    ask_untouched(way, case)
    ask_dispute(way, case)
    way.unknown |= unknown_of_outstanding(case)
    way.amount = case.outstanding or 0
    return way


# --- Refund --------------------------------------------------------------------------------------


def ways_to_refund(case: Case) -> list[Way]:
    """Which refunds the pages know for this kind; for an unknown kind all of them stay open."""
    if case.kind in CARD_KINDS:
        return refunds_of_card(case)
    if case.kind == "bank_transfer":
        return refunds_of_bank_transfer(case)
    if case.kind is None:
        return [*refunds_of_card(case), *refunds_of_bank_transfer(case)]
    return [refund_of_other_kind(case)]


def refunds_of_card(case: Case) -> list[Way]:
    """After the close, while it is closing, and in the open batch, where it becomes a reversal."""
    return [
        refund_after_close(case),
        refund_while_closing(case),
        refund_in_open_batch(case),
    ]


def refund_after_close(case: Case) -> Way:
    """A settled payment: the whole or a part. D12, D14: what has not settled yet waits for it."""
    way = Way("refund", "captured")
    if case.status in OPEN_STATUSES:
        way.obstacles.add("batch_not_closed")
    else:
        ask_card_status(way, case, "complete")
    if case.status == "complete":
        ask_closed(way, case)
    ask_refund(way, case)
    return way


def refund_while_closing(case: Case) -> Way:
    """D14: the batch has closed and the status lags behind; the whole is right in both cases."""
    way = Way("refund", "batch_closing")
    ask_card_status(way, case, "ready")
    ask_closed(way, case)
    ask_whole_refund(way, case)
    return way


def refund_in_open_batch(case: Case) -> Way:
    """The gateway turns it into a reversal, so only the whole is ever sent (D11, D13)."""
    way = Way("refund", "turns_into_reversal")
    ask_card_status(way, case, "ready", "pending", "complete")
    ask_open(way, case)
    ask_whole_refund(way, case)
    return way


def refunds_of_bank_transfer(case: Case) -> list[Way]:
    """In the open batch a reversal in effect; after the close only PAD has a referenced refund."""
    return [refund_of_pad(case), refund_of_queued_bank_transfer(case)]


def refund_of_pad(case: Case) -> Way:
    """D24: PAD, settled: the whole or a part. ACH: never. D15: what is queued settles first."""
    way = Way("refund", "captured")
    if case.method is None:
        way.unknown.add("method")
    elif case.method != "pad":
        way.obstacles.add("wrong_method")
    if case.status == "ready":
        way.obstacles.add("batch_not_closed")
    else:
        ask_bank_status(way, case, "complete")
    if case.status == "complete":
        ask_closed(way, case)
    ask_refund(way, case)
    return way


def refund_of_queued_bank_transfer(case: Case) -> Way:
    """The seed's note: a referenced refund in the open batch reverses the payment, ACH or PAD."""
    way = Way("refund", "turns_into_reversal")
    ask_bank_status(way, case, "ready")
    ask_open(way, case)
    ask_whole_refund(way, case)
    return way


def refund_of_other_kind(case: Case) -> Way:
    """A hold has nothing to refund, and a refund is not refunded."""
    way = Way("refund", "captured", {"wrong_kind"})
    if case.status == "referral":
        way.obstacles.add("wrong_status")
    ask_refund(way, case)
    return way


def ask_whole_refund(way: Way, case: Case) -> None:
    """What a refund asks that is, or may become, a reversal of the whole."""
    ask_whole(way, case)
    ask_untouched(way, case)
    ask_refund(way, case)


def ask_refund(way: Way, case: Case) -> None:
    """What every refund asks."""
    ask_kind(way, case)
    ask_dispute(way, case)
    ask_something_captured(way, case)
    if case.everything:
        refund_everything(way, case)
    else:
        refund_amount(way, case)


def refund_everything(way: Way, case: Case) -> None:
    """All that is refundable, and never more than is outstanding; the rest remains."""
    way.unknown |= unknown_of_outstanding(case)
    if case.captured is None or case.refunded is None or case.outstanding is None:
        return
    refundable = max(0, case.captured - case.refunded - case.pending)
    way.amount = min(refundable, case.outstanding)
    way.remaining = case.outstanding - way.amount
    if way.amount == 0:
        way.obstacles.add(too_much(case, 1))


def refund_amount(way: Way, case: Case) -> None:
    """Exactly the amount that is asked, within what is refundable, or not at all."""
    asked = case.amount or 0
    way.amount = asked
    if case.refunded is None:
        way.unknown.add("amount_refunded")
    if case.captured is None or case.refunded is None:
        return
    refundable = max(0, case.captured - case.refunded - case.pending)
    if case.outstanding is not None:
        refundable = min(refundable, case.outstanding)
    if asked > refundable and case.everything is None:
        way.unknown |= unknown_of_outstanding(case)  # it may be everything, and then less would do
    elif asked > refundable:
        way.obstacles.add(too_much(case, asked))


def too_much(case: Case, asked: int) -> str:
    """Would it fit if the pending refunds failed? Then they have to be waited for."""
    fits_later = asked <= (case.captured or 0) - (case.refunded or 0)
    return "refund_pending" if case.pending and fits_later else "more_than_is_left"


# --- A status word that the pages do not know -----------------------------------------------------


def way_by_list(case: Case) -> Way | None:
    """D23: only what the provider's own list names is done.

    The list answers for the status and the batch; what kind and method forbid it does not permit.
    """
    if case.listed is None:
        return None
    if case.only in (None, "reverse"):
        way = reversal_by_list(case, case.listed)
        if way is not None and fits_by_list(way):
            return way
    if case.only in (None, "refund") and case.batch == "closed" and "refund" in case.listed:
        way = refund_by_list(case)
        if way is not None and fits_by_list(way):
            return way
    return None


def fits_by_list(way: Way) -> bool:
    """The kind alone may stay unknown: the list is the provider's answer for this very payment."""
    return not way.obstacles and not way.unknown - {"kind"}


def reversal_by_list(case: Case, listed: frozenset[str]) -> Way | None:
    """The whole under one word, a part under the other, if the call for it takes an amount."""
    if case.everything and "fullyReverse" in listed:
        return whole_reversal(case, "not_captured" if case.kind == "pre_authorization" else "batch_open")
    takes_part = case.kind is None or case.kind in CARD_KINDS
    if case.everything is False and takes_part and "partiallyReverse" in listed:
        way = Way("reverse", "batch_open", amount=case.amount or 0)
        ask_dispute(way, case)
        return way
    return None


def refund_by_list(case: Case) -> Way | None:
    """The whole or a part; not of a hold, a refund, or a bank transfer other than PAD (D24)."""
    if case.kind in ("pre_authorization", "refund"):
        return None
    if case.kind == "bank_transfer" and case.method != "pad":
        return None
    way = Way("refund", "captured")
    ask_refund(way, case)
    return way


# --- The answer ----------------------------------------------------------------------------------


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """What to call now for this payment and this wish, or why nothing."""
    if edition not in EDITIONS:
        raise ValueError(f"no such edition: {edition!r}")
    at = instant(undo["at"])
    now = answer_at(payment, undo, at)
    return now | {"good_until": good_until(payment, undo, at, now)}


def good_until(payment: dict[str, Any], undo: dict[str, Any], at: datetime, now: Answer) -> str | None:
    """The close of the batch is the only moment at which time alone can change an answer."""
    closes = closing_time(payment)
    if closes is None or at >= closes:
        return None
    then = answer_at(payment, undo, closes)
    if all(now[key] == then[key] for key in ("action", "amount", "rejection", "reason")):
        return None
    return closes.astimezone(UTC).isoformat().replace("+00:00", "Z")


def answer_at(payment: dict[str, Any], undo: dict[str, Any], at: datetime) -> Answer:
    """Is it over? Is the amount possible? Is something under way? Only then: which call?"""
    if payment["status"] in FINAL:
        return no("already_done", FINAL[payment["status"]])
    case = read_case(payment, undo, at)
    return no_on_the_amount(case) or call_or_refusal(case)


def no_on_the_amount(case: Case) -> Answer | None:
    """The refusals that need no question about an operation."""
    if case.left_at_most == 0:
        return no("already_done", why_nothing_is_left(case))
    if case.amount is not None and case.amount <= 0:
        return no("not_allowed", "amount_not_positive")
    if exceeds(case.amount, case.left_at_most):
        return no("not_allowed", "more_than_is_left")
    if case.undo_pending:
        return no("wait", "undo_pending")
    if case.status == "accepted":  # the processor has it and has not started
        return no("wait", "payment_pending")
    # Everything is at least 1: where nothing is outstanding, pending refunds stand in its way too.
    if exceeds(1 if case.amount is None else case.amount, case.outstanding_at_most):
        return no("wait", "refund_pending")
    return None


def exceeds(amount: int | None, most: int | None) -> bool:
    """Is more asked for than there can be? Not asked where either is unknown."""
    return amount is not None and most is not None and amount > most


def why_nothing_is_left(case: Case) -> str:
    """Refunded in full, or gone in some other way."""
    if case.captured and case.refunded is not None and case.refunded >= case.captured:
        return "already_refunded"
    return "nothing_left"


def call_or_refusal(case: Case) -> Answer:
    """The first operation that fits; else, for a known status, why none does."""
    if case.status not in LIVE:
        way = way_by_list(case)
        return no("missing_fact", "unknown_status", ["status"]) if way is None else yes(way)
    ways = all_ways(case)
    for way in ways:
        if way.fits:
            return yes(way)
    return refusal(ways)


def all_ways(case: Case) -> list[Way]:
    """D29: there is no cancel; reverse comes before refund. With `only` no other is asked."""
    ways: list[Way] = []
    if case.only in (None, "cancel"):
        ways.append(Way("cancel", "", {"not_offered"}))
    if case.only in (None, "reverse"):
        ways.extend(ways_to_reverse(case))
    if case.only in (None, "refund"):
        ways.extend(ways_to_refund(case))
    return ways


def refusal(ways: list[Way]) -> Answer:
    """What waiting lifts, then what a fact lifts, then what nothing lifts; the nearest to a yes."""
    for rejection, order in (("wait", WAITS), ("missing_fact", ()), ("not_allowed", NEVERS)):
        found = [way for way in ways if way.rejection == rejection]
        if found and rejection == "missing_fact":
            return no(rejection, "unknown_fact", sorted(set().union(*(w.unknown for w in found))))
        if found:
            return no(rejection, min((way.own_obstacle for way in found), key=order.index))
    raise AssertionError("every way has an obstacle or an unknown fact here")


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


def no(rejection: str, reason: str, needs: list[str] | None = None) -> Answer:
    """No call now, and why."""
    return {
        "action": "reject",
        "amount": None,
        "remaining": None,
        "reason": reason,
        "rejection": rejection,
        "needs": needs or [],
    }
