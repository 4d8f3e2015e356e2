"""`apply`: nothing else moves a status or an amount.

Rule 1: what an event does to the amounts stands in `_amounts`; which status it leads to stands in the provider's
table. Rule 2: this file does not know which provider it serves; no provider's name appears here.

An event that the table has no transition for is a `ProviderError` and changes nothing, unless it is one that moves
no status by itself: a request, a refusal, a dispute. Nothing happens after a final status.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from payrules import providers
from payrules.errors import CallerError, ProviderError
from payrules.events import Notice
from payrules.facts import Facts, Missing
from payrules.fill import fill
from payrules.payment import Payment, Undo
from payrules.table import Edition, Provider, Transition
from payrules.words import Action, Batch, Event, Rejection

QUIET = frozenset(
    {
        Event.AUTHORIZATION_ADJUSTED,
        Event.CANCEL_REQUESTED,
        Event.CANCEL_FAILED,
        Event.REVERSE_REQUESTED,
        Event.REVERSE_FAILED,
        Event.REFUND_REQUESTED,
        Event.REFUND_REFUSED,
        Event.REFUND_FAILED,
        Event.DISPUTED,
        Event.CHARGED_BACK,
        Event.CHARGED_BACK_AGAIN,
        Event.DISPUTE_WON,
        Event.DISPUTE_LOST,
    }
)
"""Events that need no transition: the status stays where it is."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def apply(
    payment: Payment, notice: Notice, *, provider: Provider | None = None, edition: str | None = None
) -> Payment:
    """The payment after an event; the one passed in is unchanged.

    Raises `ProviderError` for an event that the provider cannot send in this status, or of more than there is, and
    `CallerError` where an unknown amount keeps the next status from being told.
    """
    table = (provider or providers.find(payment.provider)).edition(edition)
    facts = _facts(table, payment, notice)
    _possible(table, facts, notice)
    try:
        moved = evolve(payment, **_kept(facts, notice), **_amounts(facts, notice))
    except CallerError as error:  # amounts that no payment can have: more was reported than there is
        raise ProviderError(payment.status, f"{notice.event} of {notice.amount}", (error.message,)) from None
    moved = evolve(moved, status=_next_status(table, moved, notice))
    if notice.event is Event.REFUNDED:
        return _released_still(table, facts, moved, notice)
    return _released_anew(table, payment, moved, notice) if notice.event is Event.CAPTURED else moved


def _released_still(table: Edition, before: Facts, moved: Payment, notice: Notice) -> Payment:
    """After a refund, what the status before proved released is so still, though the next status may not prove it."""
    if _facts(table, moved, notice).amount("amount_released") is not None:
        return moved
    return evolve(moved, amount_released=before.amount("amount_released"))


def _released_anew(table: Edition, before: Payment, after: Payment, notice: Notice) -> Payment:
    """After a capture the status proves anew what was released, where the record holds no more than it proved before.

    A hold that was written down with nothing released may have lost its rest by being captured.
    """
    fresh = evolve(after, amount_released=None)
    proven = _facts(table, evolve(before, amount_released=None), notice).amount("amount_released")
    again = _facts(table, fresh, notice).amount("amount_released")
    return after if again is None or before.amount_released != proven else fresh


def changes_nothing(
    payment: Payment, notice: Notice, *, provider: Provider | None = None, edition: str | None = None
) -> bool:
    """Whether an event that cannot happen would change nothing anyway: a hold that lapses after its release."""
    table = (provider or providers.find(payment.provider)).edition(edition)
    facts = _facts(table, payment, notice)
    if notice.event in (Event.CANCELED, Event.EXPIRED):
        return facts.held == 0 or facts.left == 0
    if notice.event is Event.REFUNDED:
        captured = facts.amount("amount_captured")  # of nothing that was taken, nothing can be given back
        return captured == (facts.amount("amount_refunded") or 0) and bool(captured or not notice.amount)
    return notice.event in QUIET or notice.event in (Event.AUTHORIZED, Event.DECLINED)


def _facts(table: Edition, payment: Payment, notice: Notice) -> Facts:
    """What is known of a payment when an event happened."""
    return fill(table, payment, Undo(at=notice.at or LONG_AGO))


def _possible(table: Edition, facts: Facts, notice: Notice) -> None:
    status = table.status(facts.payment.status)
    expected = _expected(table, facts.payment.status)
    if status is None or status.final is not None:
        raise ProviderError(facts.payment.status, notice.event, expected)
    if notice.event not in QUIET and notice.event not in expected:
        raise ProviderError(facts.payment.status, notice.event, expected)


def _expected(table: Edition, status: str) -> tuple[str, ...]:
    rows = (row.event for row in table.transitions if status in row.before)
    return tuple(dict.fromkeys(event.value for event in rows))


def _next_status(table: Edition, moved: Payment, notice: Notice) -> str:
    """Where the event leads: the transition whose conditions hold after it, or the only one that none forbids."""
    rows = [row for row in table.transitions if moved.status in row.before and row.event is notice.event]
    if not rows:
        return moved.status
    facts = _facts(table, moved, notice)
    open_rows = {row: unmet for row in rows if (unmet := _unmet(row, facts)) is not None}
    if not open_rows:
        raise ProviderError(moved.status, notice.event, _expected(table, moved.status))
    certain = {row.after for row, unmet in open_rows.items() if not unmet}
    reached = certain or {row.after for row in open_rows}
    if len(reached) > 1:
        needs = sorted({need for unmet in open_rows.values() for need in unmet})
        raise CallerError(", ".join(needs), f"without it nobody can tell which status {notice.event} leads to")
    return reached.pop()


def _unmet(row: Transition, facts: Facts) -> tuple[str, ...] | None:
    """The facts that a transition still waits for; None if one of its conditions fails."""
    misses = [miss for condition in row.when if (miss := condition.test(facts, Action.REJECT))]
    if any(miss.rejection is not Rejection.MISSING_FACT for miss in misses):
        return None
    return tuple(need for miss in misses for need in miss.needs)


_REFUNDS = frozenset({Event.REFUNDED, Event.REFUND_RETURNED})


def _kept(facts: Facts, notice: Notice) -> dict[str, Any]:
    """What the status before proved of refunds: only a refund changes it, and the next status may not prove it."""
    if notice.event in QUIET | _REFUNDS:
        return {}
    return {"amount_refunded": facts.amount("amount_refunded")}


def _amounts(facts: Facts, notice: Notice) -> dict[str, Any]:
    """The fields of a payment that an event changes."""
    match notice.event:
        case Event.AUTHORIZED | Event.AUTHORIZATION_ADJUSTED:
            return _authorized(facts, notice)
        case Event.CAPTURED:
            return _captured(facts, notice)
        case Event.CAPTURE_FAILED:
            return _uncaptured(facts, notice)
        case Event.SETTLED:
            return {"batch": Batch.CLOSED, "settled_at": notice.at or facts.payment.settled_at}
        case Event.CANCELED | Event.EXPIRED:
            return _released(facts, notice)
        case Event.REVERSED:
            return _reversed(facts, notice)
        case Event.CANCEL_REQUESTED:
            return {"undo_pending": Action.CANCEL}
        case Event.REVERSE_REQUESTED:
            return {"undo_pending": Action.REVERSE}
        case Event.CANCEL_FAILED | Event.REVERSE_FAILED:
            return {"undo_pending": None}
        case Event.REFUND_REQUESTED:
            return _refund_requested(facts, notice)
        case Event.REFUNDED:
            return _refunded(facts, notice)
        case Event.REFUND_REFUSED | Event.REFUND_FAILED | Event.REFUND_RETURNED:
            return _unrefunded(facts, notice)
        case Event.DISPUTED | Event.DISPUTE_LOST:
            return {"disputed": True}
        case Event.CHARGED_BACK | Event.CHARGED_BACK_AGAIN:
            return {"disputed": True, "chargeback": True}
        case Event.DISPUTE_WON:
            return {"disputed": False, "chargeback": False}
    return {}


def _authorized(facts: Facts, notice: Notice) -> dict[str, Any]:
    total = facts.amount("amount_authorized") if notice.amount is None else notice.amount
    adjusted = notice.event is Event.AUTHORIZATION_ADJUSTED
    at = facts.payment.authorized_at if adjusted else notice.at or facts.payment.authorized_at
    return {"amount_authorized": total, "authorized_at": at}


def _captured(facts: Facts, notice: Notice) -> dict[str, Any]:
    # What a status merely proved (nothing yet, or all there is) gives way to what is reported.
    before, taken = facts.payment.amount_captured, _asked(notice, facts.held)
    if notice.amount is None and before is None:  # all that was held, with what the status proves to be taken already
        taken = _sum(facts.amount("amount_captured"), taken)
    captures = (facts.amount("captures") or 0) + 1
    return {
        "amount_captured": taken if before is None else _sum(before, taken),
        "captures": captures,
        "captured_at": notice.at or facts.payment.captured_at,
        **(_UNADDRESSED if captures > 1 else {}),
    }


_UNADDRESSED = {"capture_id": None, "available_to_refund": None}
"""Which capture a refund addresses is no longer known; the payment has to be read again."""


def _uncaptured(facts: Facts, notice: Notice) -> dict[str, Any]:
    captured = facts.amount("amount_captured")
    back = captured if notice.amount is None else notice.amount
    left = None if captured is None or back is None else max(0, captured - back)
    captures = facts.amount("captures")
    at = facts.payment.captured_at if left else None
    return {"amount_captured": left, "captures": captures and captures - 1, "captured_at": at}


def _released(facts: Facts, notice: Notice) -> dict[str, Any]:
    """What was held is no longer; what was taken stays so, though the next status may not prove it."""
    captured = facts.amount("amount_captured")
    if captured is None and notice.event is Event.CANCELED:  # what was captured cannot be cancelled
        facts = evolve(facts, payment=evolve(facts.payment, amount_captured=0, captured_at=None))
        captured = 0
    return {
        "amount_captured": captured,
        "amount_released": _sum(facts.amount("amount_released"), facts.held),
        "captured_at": None if captured == 0 else facts.payment.captured_at,
        "undo_pending": None,
    }


def _reversed(facts: Facts, notice: Notice) -> dict[str, Any]:
    """What is reversed was never taken: captured falls, and of the hold that much more is released."""
    left = facts.left
    taken = _asked(notice, left)
    if taken is not None and isinstance(left, int) and taken > left:
        raise CallerError("amount", f"{taken} was reversed of the {left} that was left")
    authorized, captured = facts.amount("amount_authorized"), facts.amount("amount_captured")
    if taken is None or authorized is None:
        return {"undo_pending": None}
    before = captured or 0
    after = max(0, before - max(0, taken - max(0, authorized - before - (facts.amount("amount_released") or 0))))
    released = (facts.amount("amount_released") or 0) + taken - (max(authorized, before) - max(authorized, after))
    untold = captured is None and taken != left  # whether what is left was taken, nobody knows now either
    return {
        "amount_captured": None if untold else after,
        "amount_released": released,
        "captured_at": facts.payment.captured_at if after or untold else None,
        "undo_pending": None,
    }


def _refund_requested(facts: Facts, notice: Notice) -> dict[str, Any]:
    asked = _asked(notice, facts.refundable)
    return {
        "amount_refund_pending": facts.pending + (asked or 0),
        "last_refund_at": notice.at or facts.payment.last_refund_at,
        "last_refund_amount": asked,
    }


def _refunded(facts: Facts, notice: Notice) -> dict[str, Any]:
    captured, refunded = facts.amount("amount_captured"), facts.amount("amount_refunded")
    rest = None if captured is None or refunded is None else captured - refunded
    given = rest if notice.amount is None else notice.amount
    return {
        "amount_captured": captured,
        "amount_refunded": _sum(refunded, given),
        "amount_refund_pending": max(0, facts.pending - (facts.pending if given is None else given)),
        "refunds": _sum(facts.payment.refunds, 1),
        **_still_addressed(facts, given),
        # A reversal of captured money ends as a refund, and is then no longer awaited.
        "undo_pending": None if facts.payment.undo_pending is Action.REVERSE else facts.payment.undo_pending,
    }


def _still_addressed(facts: Facts, given: int | None) -> dict[str, Any]:
    """What one more refund can give back: of the only capture the rest, of several nobody knows."""
    available = facts.payment.available_to_refund
    if (facts.amount("captures") or 0) > 1:
        return _UNADDRESSED
    return {"available_to_refund": None if available is None or given is None else max(0, available - given)}


def _unrefunded(facts: Facts, notice: Notice) -> dict[str, Any]:
    """A refund that failed while it was pending frees what it reserved; one that was confirmed is taken back."""
    pending, refunded = facts.pending, facts.amount("amount_refunded")
    failed = {"refund_failed_before": True} if notice.event is Event.REFUND_FAILED else {}
    unconfirmed = notice.event is Event.REFUND_FAILED and pending > 0 and not notice.confirmed
    if notice.event is Event.REFUND_REFUSED or unconfirmed:
        freed = pending if notice.amount is None else notice.amount
        return {"amount_refund_pending": max(0, pending - freed), **failed}
    back = refunded if notice.amount is None else notice.amount
    return {"amount_refunded": None if refunded is None or back is None else max(0, refunded - back), **failed}


def _asked(notice: Notice, all_there_is: int | Missing) -> int | None:
    if notice.amount is not None:
        return notice.amount
    return None if isinstance(all_there_is, Missing) else all_there_is


def _sum(known: int | None, more: int | Missing | None) -> int | None:
    return None if known is None or not isinstance(more, int) else known + more
