"""Authorize.net's JSON of a transaction to a `Payment`, its notifications to events, our operations to its requests.

It tells neither the currency nor what was refunded, when the batch closes, nor when a hold was captured: those facts
are given by whoever knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payrules import records
from payrules.calls import Call
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.money import decimal_text, minor_units, places
from payrules.payment import Payment
from payrules.words import Action, CaptureMode, Event, Kind

_DIGITS = 2
"""The decimal places of every amount."""

_MODES = {
    "authCaptureTransaction": CaptureMode.AUTO,
    "authOnlyTransaction": CaptureMode.MANUAL,
    "priorAuthCaptureTransaction": CaptureMode.MANUAL,
    "captureOnlyTransaction": CaptureMode.MANUAL,
}

_CAPTURED = ("capturedPendingSettlement", "settledSuccessfully")

_EVENTS = {
    "net.authorize.payment.authorization.created": Event.AUTHORIZED,
    "net.authorize.payment.authcapture.created": Event.CAPTURED,
    "net.authorize.payment.priorAuthCapture.created": Event.CAPTURED,
    "net.authorize.payment.capture.created": Event.CAPTURED,
    "net.authorize.payment.void.created": Event.REVERSED,
    "net.authorize.payment.refund.created": Event.REFUNDED,
}

EVENTS = frozenset(_EVENTS.values())
"""What its notifications can tell of a payment."""


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment of an answer to `getTransactionDetailsRequest`; `given` holds what it lacks, and wins over it."""
    told = records.mapping(body, "$").get("transaction")
    if told is None:
        raise CallerError("transaction", "it is missing; is this the answer to getTransactionDetailsRequest?")
    told = records.mapping(told, "transaction")
    for name in ("transId", "transactionStatus"):
        if told.get(name) is None:
            raise CallerError(f"transaction.{name}", "a transaction needs it")
    status, kind, submitted = told["transactionStatus"], told.get("transactionType"), told.get("submitTimeUTC")
    read = {
        "provider": "authorizenet",
        "payment_id": told["transId"],
        "merchant_reference": _of(told, "order", "invoiceNumber") or None,
        "status": status,
        "kind": Kind.REFUND if kind == "refundTransaction" else None,
        "capture_mode": _MODES.get(kind) if isinstance(kind, str) else None,
        "amount_authorized": _amount(told, "authAmount", "transaction"),
        # Until something is captured it repeats what was authorized.
        "amount_captured": _amount(told, "settleAmount", "transaction") if status in _CAPTURED else None,
        "created_at": submitted,
        "captured_at": submitted if status in _CAPTURED and kind == "authCaptureTransaction" else None,
        "settled_at": _of(told, "batch", "settlementTimeUTC"),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each answer of a list, or for a single one."""
    listed = body if isinstance(body, list) else [body]
    return tuple(payment(item, given) for item in [records.mapping(item, "$") for item in listed])


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a notification reports; one that was not approved tells of nothing that happened.

    A refund is a transaction of its own, and names only itself.
    """
    payload = body.get("payload") if isinstance(body, Mapping) else None
    if not isinstance(payload, Mapping):
        raise CallerError("payload", "a notification of Authorize.net's needs it")
    kind, named = body.get("eventType"), payload.get("id")
    event = _EVENTS.get(kind) if isinstance(kind, str) else None
    if event is None or str(payload.get("responseCode")) != "1":
        why = "no event has this name" if event is None else "it was not approved"
        of = named if payload.get("entityName") == "transaction" else None
        return (Unread(f"{kind} {records.shown(payload.get('responseCode'))}", why, body.get("notificationId"), of),)
    refunded = event is Event.REFUNDED
    amount = None if event is Event.REVERSED else _amount(payload, "authAmount", "payload")
    return (
        Notice.from_record(
            {
                "event": event,
                "amount": amount,
                "at": body.get("eventDate"),
                "reference": named if refunded else body.get("notificationId"),
                "payment_id": None if refunded else named,
                "tells": _tells(str(kind), amount),
            }
        ),
    )


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation, without the credentials that stand in front; no operation has a key."""
    if payment.payment_id is None or places(payment.currency) != _DIGITS:
        return None
    if action is not Action.REFUND:
        return _call({"transactionType": "voidTransaction", "refTransId": payment.payment_id})
    card = {"cardNumber": None, "expirationDate": None}
    request = {
        "transactionType": "refundTransaction",
        "amount": decimal_text(amount, payment.currency),
        "payment": {"creditCard": card},
        "refTransId": payment.payment_id,
    }
    return _call(request, tuple(card))


def _call(request: dict[str, Any], needs: tuple[str, ...] = ()) -> Call:
    body = {"createTransactionRequest": {"transactionRequest": request}}
    return Call("POST", "/xml/v1/request.api", {"Content-Type": "application/json"}, body, needs)


def _tells(kind: str, amount: int | None) -> dict[str, Any]:
    """What else a notification reveals of its payment: a sale is authorized and captured at once."""
    if kind.endswith(".authcapture.created"):
        return {"capture_mode": CaptureMode.AUTO, "amount_authorized": amount}
    return {"capture_mode": CaptureMode.MANUAL} if kind.endswith(".authorization.created") else {}


def _amount(holder: Mapping[str, Any], name: str, place: str) -> int | None:
    value = holder.get(name)
    return None if value is None else minor_units(value, "the currency", f"{place}.{name}", digits=_DIGITS)


def _of(holder: Mapping[str, Any], name: str, field: str) -> Any:
    """A field of an object that may be absent."""
    found = holder.get(name)
    return found.get(field) if isinstance(found, Mapping) else None
