"""Square's JSON of a payment to a `Payment`, its webhooks to events, our operations to its requests.

A payment shows what it held at first (`approved_money`) and what it amounts to now (`total_money`, with the tip);
between the two lies what was released by lowering it. The key of the call that created it is not in its JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, CaptureMode, Event

_MODES = {"COMPLETE": CaptureMode.DELAYED, "CANCEL": CaptureMode.MANUAL}

_OF_PAYMENTS = {
    "APPROVED": Event.AUTHORIZED,
    "COMPLETED": Event.CAPTURED,
    "CANCELED": Event.CANCELED,
    "FAILED": Event.DECLINED,
}
_OF_REFUNDS = {
    "PENDING": Event.REFUND_REQUESTED,
    "COMPLETED": Event.REFUNDED,
    "REJECTED": Event.REFUND_REFUSED,
    "FAILED": Event.REFUND_FAILED,
}

EVENTS = frozenset((*_OF_PAYMENTS.values(), *_OF_REFUNDS.values()))
"""What its webhooks can tell of a payment."""

_KEY_LENGTH = 45


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that a body describes, alone or as `payment`; `given` holds what it does not carry, and wins."""
    body = records.mapping(body, "$")
    body = records.mapping(body.get("payment", body), "payment")
    for name in ("id", "status"):
        if body.get(name) is None:
            raise CallerError(name, "a payment of Square's needs it; is this the answer of GET /v2/payments/{id}?")
    completed = body["status"] == "COMPLETED"
    refund_ids = body.get("refund_ids")
    read = {
        "provider": "square",
        "payment_id": body["id"],
        "status": body["status"],
        "version_token": body.get("version_token") or None,
        "method": body.get("source_type") or None,
        "capture_mode": _mode(body),
        "currency": _currency(body),
        **_held_and_released(body),
        "amount_refunded": _money(body, "refunded_money") or (0 if completed else None),
        "refunds": len(records.listed(refund_ids, "refund_ids")) if refund_ids else (0 if completed else None),
        "provider_allows": _capabilities(body),
        "created_at": body.get("created_at"),
        "hold_expires_at": body.get("delayed_until"),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each of a list, of a page of a list with its `payments`, or of a single one."""
    items = body.get("payments", body) if isinstance(body, Mapping) else body
    listed = items if isinstance(items, list) else [items]
    return tuple(payment(item, given) for item in [records.mapping(item, "$") for item in listed])


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a webhook about a payment or a refund reports: the status that it shows."""
    body = records.mapping(body, "$")
    kind, data = body.get("type"), records.mapping(body.get("data") or {}, "data")
    shown = records.mapping(data.get("object") or {}, "data.object")
    if kind in ("payment.created", "payment.updated"):
        return _of_payment(records.mapping(shown.get("payment"), "data.object.payment"), kind)
    if kind in ("refund.created", "refund.updated"):
        return _of_refund(records.mapping(shown.get("refund"), "data.object.refund"), kind)
    return (Unread(records.shown(kind), "its type is not known", reference=body.get("event_id")),)


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; its key, where it takes one, is a field of the body."""
    key = idempotency_key(payment, action, amount, request_id)[:_KEY_LENGTH]
    if payment.payment_id is None:
        if action is not Action.CANCEL or payment.merchant_reference is None:
            return None
        return _post("/v2/payments/cancel", {"idempotency_key": payment.merchant_reference})
    path = f"/v2/payments/{quote(payment.payment_id, safe='')}"
    if action is Action.REFUND:
        token = {"payment_version_token": payment.version_token} if payment.version_token else {}
        money = {"amount": amount, "currency": payment.currency}
        return _post(
            "/v2/refunds",
            {"idempotency_key": key, "payment_id": payment.payment_id, "amount_money": money, **token},
        )
    if action is not Action.CANCEL:
        return None
    held = (payment.amount_authorized or amount) - (payment.amount_released or 0)
    if amount >= held - (payment.amount_captured or 0):
        return Call("POST", f"{path}/cancel")
    token = {"version_token": payment.version_token} if payment.version_token else {}
    lowered = {"amount_money": {"amount": held - amount, "currency": payment.currency}, **token}
    return Call("PUT", path, {"Content-Type": "application/json"}, {"idempotency_key": key, "payment": lowered})


def _post(path: str, body: Mapping[str, Any]) -> Call:
    return Call("POST", path, {"Content-Type": "application/json"}, body)


def _mode(body: Mapping[str, Any]) -> CaptureMode | None:
    word = body.get("delay_action")
    if word is None:
        return None
    if not isinstance(word, str) or word not in _MODES:
        raise CallerError("delay_action", f"{records.shown(word)} is not one of {', '.join(_MODES)}")
    return _MODES[word]


def _currency(body: Mapping[str, Any]) -> object:
    for name in ("total_money", "amount_money", "approved_money"):
        money = body.get(name)
        if isinstance(money, Mapping) and money.get("currency") is not None:
            return money["currency"]
    return None


def _money(body: Mapping[str, Any], name: str) -> int | None:
    money = body.get(name)
    if money is None:
        return None
    value = records.mapping(money, name).get("amount")
    return None if value is None else records.amount(value, f"{name}.amount")


def _held_and_released(body: Mapping[str, Any]) -> dict[str, int | None]:
    """What was held in the first place, and what of it the payment no longer amounts to."""
    total, approved = _money(body, "total_money"), _money(body, "approved_money")
    known = [amount for amount in (total, approved) if amount is not None]
    held = max(known) if known else _money(body, "amount_money")
    released = None if total is None or held is None else held - total
    return {"amount_authorized": held, "amount_released": released}


def _capabilities(body: Mapping[str, Any]) -> list[Any] | None:
    """What may be edited; the amount of a payment with a tip is apart from the tip, so it is not offered."""
    listed = body.get("capabilities")
    if listed is None:
        return None
    tipped = bool(_money(body, "tip_money"))
    return [item for item in records.listed(listed, "capabilities") if not (tipped and item == "EDIT_AMOUNT_DOWN")]


def _of_payment(body: Mapping[str, Any], kind: str) -> tuple[Notice | Unread, ...]:
    status, payment_id = body.get("status"), body.get("id")
    if status == "PENDING":
        return ()
    if not isinstance(status, str) or status not in _OF_PAYMENTS:
        why = "no event leads to this status"
        return (Unread(f"{kind} {records.shown(status)}", why, payment_id=payment_id),)
    event, money = _OF_PAYMENTS[status], _held_and_released(body)
    told = {
        **money,
        "currency": _currency(body),
        "capture_mode": _mode(body),
        "method": body.get("source_type"),
        "created_at": body.get("created_at"),
        "hold_expires_at": body.get("delayed_until"),
        "version_token": body.get("version_token"),
    }
    tells = {name: value for name, value in told.items() if value is not None}
    record = {
        "event": event,
        "at": body.get("updated_at") or body.get("created_at"),
        "amount": money["amount_authorized"] if event is Event.AUTHORIZED else None,
        "reference": payment_id,
        "payment_id": payment_id,
        "tells": tells,
    }
    return (Notice.from_record(record),)


def _of_refund(body: Mapping[str, Any], kind: str) -> tuple[Notice | Unread, ...]:
    status = body.get("status")
    named = {"reference": body.get("id"), "payment_id": body.get("payment_id")}
    if not isinstance(status, str) or status not in _OF_REFUNDS:
        return (Unread(f"{kind} {records.shown(status)}", "no event leads to this status", **named),)
    record = {
        "event": _OF_REFUNDS[status],
        "at": body.get("updated_at") or body.get("created_at"),
        "amount": _money(body, "amount_money"),
        **named,
    }
    return (Notice.from_record(record),)
