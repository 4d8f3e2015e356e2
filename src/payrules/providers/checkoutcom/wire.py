"""Checkout.com's JSON of a payment to a `Payment`, its webhooks to events, our operations to its requests.

The balances of a payment say what was authorized, voided, captured and refunded, and what can be refunded now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, uuid_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, Event

TYPES: Mapping[str, Event] = {
    "payment_approved": Event.AUTHORIZED,
    "payment_authorization_incremented": Event.AUTHORIZATION_ADJUSTED,
    "payment_declined": Event.DECLINED,
    "payment_captured": Event.CAPTURED,
    "payment_voided": Event.CANCELED,
    "payment_canceled": Event.CANCELED,
    "payment_void_declined": Event.CANCEL_FAILED,
    "payment_expired": Event.EXPIRED,
    "payment_refunded": Event.REFUNDED,
    "payment_refund_declined": Event.REFUND_REFUSED,
    "dispute_evidence_required": Event.DISPUTED,
    "dispute_won": Event.DISPUTE_WON,
    "dispute_canceled": Event.DISPUTE_WON,
    "dispute_lost": Event.DISPUTE_LOST,
    "dispute_expired": Event.DISPUTE_LOST,
    "dispute_resolved": Event.DISPUTE_LOST,
}
"""What a type of webhook says."""

IGNORED = frozenset(
    {
        "card_verification_declined",
        "card_verified",
        "payment_authorization_increment_declined",
        "payment_capture_declined",
        "payment_capture_pending",
        "payment_paid",
        "payment_pending",
        "payment_refund_pending",
    }
)
"""Types that change no amount."""

EVENTS = frozenset(TYPES.values())
"""What its webhooks can tell of a payment."""

_WITH_AMOUNT = (Event.AUTHORIZED, Event.CAPTURED, Event.REFUNDED, Event.REFUND_REFUSED)

_BALANCES = {
    "amount_captured": "total_captured",
    "amount_released": "total_voided",
    "amount_refunded": "total_refunded",
    "available_to_refund": "available_to_refund",
}

_PATHS = {Action.CANCEL: "voids", Action.REVERSE: "reversals", Action.REFUND: "refunds"}


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that a body describes; `given` holds facts that it does not carry, and wins over it."""
    body = records.mapping(body, "$")
    for name in ("id", "status"):
        if body.get(name) is None:
            raise CallerError(name, "a payment needs it; is this the answer of GET /payments/{id}?")
    source, balances = _object(body, "source"), _object(body, "balances")
    read = {
        "provider": "checkoutcom",
        "payment_id": body["id"],
        "merchant_reference": body.get("reference") or None,
        "status": body["status"],
        "method": source.get("type"),
        "scheme": source.get("scheme"),
        "currency": body.get("currency"),
        "amount_authorized": balances.get("total_authorized") or body.get("amount"),
        "created_at": body.get("requested_on"),
        "hold_expires_at": body.get("expires_on"),
        **{ours: balances.get(theirs) for ours, theirs in _BALANCES.items()},
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each of a list, of a page of a list with its `data`, or of a single one."""
    items = body["data"] if isinstance(body, Mapping) and isinstance(body.get("data"), list) else body
    listed = items if isinstance(items, list) else [items]
    return tuple(payment(item, given) for item in [records.mapping(item, "$") for item in listed])


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a webhook reports; nothing for one that changes no amount."""
    kind = records.mapping(body, "$").get("type")
    if not isinstance(kind, str):
        raise CallerError("type", "a webhook needs it")
    if kind in IGNORED:
        return ()
    data = _object(body, "data")
    reference, payment_id = data.get("action_id") or body.get("id"), data.get("payment_id") or data.get("id")
    if kind not in TYPES:
        return (Unread(kind, "no event of ours is of this type", reference, payment_id),)
    event = TYPES[kind]
    amount = data.get("amount") if event in _WITH_AMOUNT else None
    if event is Event.AUTHORIZATION_ADJUSTED:
        amount = _object(data, "balances").get("total_authorized")
        if amount is None:
            return (Unread(kind, "it has no balances, and its amount may be either", reference, payment_id),)
    record = {"event": event, "at": body.get("created_on"), "reference": reference, "payment_id": payment_id}
    return (Notice.from_record({**record, "amount": amount, "tells": _tells(data)}),)


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; only a refund has an amount, and a reversal has no key.

    The cancel of a payment that waits for a retry is a call of its own.
    """
    if payment.payment_id is None:
        return None
    retry = action is Action.CANCEL and payment.status == "Retry Scheduled"
    path = f"/payments/{quote(payment.payment_id, safe='')}/{'cancellations' if retry else _PATHS[action]}"
    if action is Action.REVERSE:
        return Call("POST", path)
    key = uuid_key(payment, action, amount, request_id)
    headers = {"Cko-Idempotency-Key": key}
    if action is Action.CANCEL:
        return Call("POST", path, headers)
    return Call("POST", path, {**headers, "Content-Type": "application/json"}, {"amount": amount})


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return records.mapping(holder.get(name) or {}, name)


def _tells(data: Mapping[str, Any]) -> dict[str, Any]:
    """What else a webhook reveals of its payment."""
    source = _object(data, "source")
    told = {"currency": data.get("currency"), "method": source.get("type"), "scheme": source.get("scheme")}
    return {name: value for name, value in told.items() if value}
