"""The message of a decision: one sentence, with the amounts and times of the payment.

Amounts are written in minor units beside the currency; nothing here knows how many decimals a currency has.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, cast

from payrules import records
from payrules.facts import Facts, Missing
from payrules.when import Condition, Window, said
from payrules.words import Action, Reason, Rejection


class Told(Protocol):
    """What a sentence needs of an outcome."""

    @property
    def action(self) -> Action: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def rejection(self) -> Rejection | None: ...
    @property
    def amount(self) -> int | None: ...
    @property
    def remaining(self) -> int | None: ...
    @property
    def needs(self) -> tuple[str, ...]: ...


_BECAUSE = {
    Reason.NOT_AUTHORIZED: "nothing has been authorized yet",
    Reason.NOT_CAPTURED: "the money is held and not captured",
    Reason.REST_HELD: "this much is still held beside what was captured",
    Reason.SAME_DAY: "it was captured and the calendar day of the payment{since} is not over",
    Reason.BATCH_OPEN: "the payment is still in the open batch",
    Reason.CAPTURE_UNKNOWN: "nobody knows whether the money was captured, and the provider finds out",
    Reason.CAPTURED: "the money was captured",
    Reason.BATCH_CLOSING: "the batch is closing, and this call is safe before and after",
    Reason.TURNS_INTO_REVERSAL: "the batch is open, so the provider turns the refund into a reversal",
}

_NO = {
    Reason.ALREADY_CANCELED: "the payment is cancelled already, so nothing is left to undo",
    Reason.ALREADY_REVERSED: "the payment is reversed already, so nothing is left to undo",
    Reason.ALREADY_REFUNDED: "everything is refunded already, so nothing is left to undo",
    Reason.NEVER_PAID: "the payment never went through (status {status}), so nothing is left to undo",
    Reason.HOLD_EXPIRED: "the hold lapsed by itself, so nothing is left to undo",
    Reason.RETURNED_BY_BANK: "the bank took the money back, so nothing is left to undo",
    Reason.NOTHING_LEFT: "everything was released or given back already, so nothing is left to undo",
    Reason.AMOUNT_NOT_POSITIVE: "{asked} is asked for, and there is no undoing of nothing",
    Reason.MORE_THAN_IS_LEFT: "{asked} is asked for, of the {left} that is left",
    Reason.NEEDS_APPROVAL: "somebody has to approve {asked}, as what is given back in all is then above the limit",
    Reason.BALANCE_INSUFFICIENT: "the merchant's balance with {provider} is too small for it",
    Reason.DUPLICATE_WINDOW: (
        "the same refund was sent{last_refund}, and {provider} would take this one for a repetition"
    ),
    Reason.UNDO_PENDING: "a {undo_pending} is under way and its outcome is not known; a second undo could pay twice",
    Reason.REFUND_PENDING: (
        "refunds of {pending} are under way, and until their outcome is known only {outstanding} is free"
    ),
    Reason.UNKNOWN_STATUS: (
        "the table does not know the status {status}; read the payment again, or update the library"
    ),
    Reason.UNKNOWN_FACT: "it depends on what nobody knows: {needs}",
    Reason.BATCH_NOT_CLOSED: "the batch has to close, and the payment to settle, first (status {status})",
    Reason.NOT_SETTLED: "the payment has to settle first (status {status})",
    Reason.REFUND_FAILED_BEFORE: "an earlier refund of this payment failed, and {provider} takes no further one",
    Reason.REFUNDS_DISABLED: "the merchant's account with {provider} allows no refunds",
    Reason.DISPUTED: "a dispute is open, and giving money back now could pay twice",
    Reason.NOT_OFFERED: "{provider} has no such operation",
    Reason.PAYMENT_PENDING: "{provider} has not finished with the payment itself (status {status})",
    Reason.CAPTURE_PENDING: "the outcome of a capture is awaited (status {status})",
}


def sentence(provider: str, facts: Facts, told: Told, obstacle: Condition | None) -> str:
    """One sentence that says what to do, or why nothing can be done."""
    values = _values(provider, facts, told)
    if told.action is not Action.REJECT:
        rest = f"; {_money(told.remaining, facts)} is left for a further call" if told.remaining else ""
        because = _BECAUSE[told.reason].format(**values)
        return f"{told.action.capitalize()} {_money(told.amount, facts)}: {because}{rest}."
    lead = "Wait" if told.rejection is Rejection.WAIT else "No call"
    plain = _NO.get(told.reason)
    why = plain.format(**values) if plain else _needed(provider, facts, obstacle)
    return f"{lead}: {why}."


def _needed(provider: str, facts: Facts, obstacle: Condition | None) -> str:
    """What the nearest way would have needed, beside what is the case."""
    if isinstance(obstacle, Window):
        return f"{provider} permits it only while {obstacle}{_window(obstacle, facts)}"
    read = [] if obstacle is None else [name for name in obstacle.reads if not name.startswith("amount_")]
    case = ", ".join(f"{said(name)} is {_word(facts.get(name))}" for name in read)
    asked = "" if facts.undo.amount is None else f"; {_money(facts.undo.amount, facts)} is asked for"
    return f"{provider} permits it only if {obstacle}" + (f"; {case}" if case else asked)


def _window(obstacle: Window, facts: Facts) -> str:
    # Only a window whose instants are known is an obstacle of its own.
    start, end = cast("tuple[datetime | None, datetime | None]", obstacle.bounds(facts))
    if start is not None and facts.undo.at < start:
        return f", and that begins at {records.written(start)}"
    return f", and that ended at {records.written(end)}" if end is not None else ""


def _values(provider: str, facts: Facts, told: Told) -> dict[str, str]:
    left, outstanding = facts.left_at_most, facts.outstanding
    since, last = facts.payment.authorized_at, facts.payment.last_refund_at
    return {
        "provider": provider,
        "status": facts.payment.status,
        "asked": "everything" if facts.undo.amount is None else _money(facts.undo.amount, facts),
        "left": _money(left, facts),
        "outstanding": _money(None if isinstance(outstanding, Missing) else outstanding, facts),
        "pending": _money(facts.pending, facts),
        "undo_pending": "reversal" if facts.payment.undo_pending is Action.REVERSE else "cancel",
        "needs": ", ".join(
            f"the time of {said(need)}" if need.endswith("_at") else said(need) for need in told.needs
        ),
        "since": f" ({records.written(since)})" if since else "",
        "last_refund": f" at {records.written(last)}" if last else "",
    }


def _money(amount: int | None, facts: Facts) -> str:
    return "an unknown amount" if amount is None else f"{facts.payment.currency} {amount} (minor units)"


def _word(value: object) -> str:
    return "unknown" if value is None else str(records.plain(value))
