"""Dojo's JSON of a payment intent to a `Payment`, its webhooks to events, our operations to its requests.

All versions of the API from 2022-04-07 on. Where they differ: money is `{value, currencyCode}` or a bare integer,
`captureMode` may be null, `captures[]` and `refundedAmount` may be absent, and fractions of a second have up to
nine digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, CaptureMode, Event

VERSION = "2024-02-05"
"""The version of the API that our requests are written in."""

_MODES = {"Auto": CaptureMode.AUTO, "Manual": CaptureMode.MANUAL}

_PAID = ("Authorized", "Captured", "ManualAuthReady")
"""The types of `paymentEvents` in which the payment itself happened; a decline or a challenge is an attempt."""

_EVENTS = {
    "Authorized": Event.AUTHORIZED,
    "Captured": Event.CAPTURED,
    "Reversed": Event.REVERSED,
    "Refunded": Event.REFUNDED,
    "Canceled": Event.CANCELED,
}

EVENTS = frozenset(_EVENTS.values())
"""What its webhooks can tell of a payment."""

_NEVER = "0001-01-01"
"""How an instant that was never set is written."""


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that an intent's JSON describes; `given` holds facts that it does not carry, and wins over it."""
    body = records.mapping(body, "$")
    for name in ("id", "status"):
        if body.get(name) is None:
            raise CallerError(name, "a payment intent needs it; is this the answer of GET /payment-intents/{id}?")
    total, currency = _money(body)
    status, mode = body["status"], _mode(body)
    captures = _captures(body)
    paid_at = _paid_at(body)
    read = {
        "provider": "dojo",
        "payment_id": body["id"],
        "merchant_reference": body.get("reference") or None,
        "status": status,
        "capture_mode": mode,
        "currency": currency,
        "amount_authorized": total,
        "amount_captured": sum(amount for amount, _ in captures) if captures else None,
        "amount_refunded": body.get("refundedAmount"),
        "captures": len(captures) or None,
        "created_at": _instant(body, "createdAt"),
        "authorized_at": paid_at,
        "captured_at": records.latest((at for _, at in captures), "captures.createdAt")
        or (paid_at if status == "Captured" and mode is CaptureMode.AUTO else None),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each intent of a list, or of a single one."""
    listed = body if isinstance(body, list) else [body]
    return tuple(payment(item, given) for item in [records.mapping(item, "$") for item in listed])


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a webhook reports: a status and no amounts. A new intent reports none."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping):
        raise CallerError("data", "a webhook of Dojo's needs it")
    status = data.get("paymentStatus")
    named = {"reference": body.get("id"), "payment_id": data.get("paymentIntentId")}
    if status == "Created":
        return ()
    if not isinstance(status, str) or status not in _EVENTS:
        return (Unread(f"{body.get('event')} {records.shown(status)}", "no event leads to this status", **named),)
    return (Notice.from_record({"event": _EVENTS[status], "at": body.get("createdAt"), **named}),)


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; only refunds have a key, and the gateway wants an empty body's length said."""
    if payment.payment_id is None:
        return None
    path = f"/payment-intents/{quote(payment.payment_id, safe='')}"
    if action is Action.CANCEL:
        return Call("DELETE", path, {"Version": VERSION, "Content-Length": "0"})
    if action is Action.REVERSE:
        return Call("POST", f"{path}/reversal", {"Version": VERSION, "Content-Length": "0"})
    key = idempotency_key(payment, action, amount, request_id)
    headers = {"Version": VERSION, "Content-Type": "application/json", "idempotencyKey": key}
    return Call("POST", f"{path}/refunds", headers, {"amount": amount})


def _mode(body: Mapping[str, Any]) -> CaptureMode | None:
    word = body.get("captureMode")
    if word is None:
        return None
    if not isinstance(word, str) or word not in _MODES:
        raise CallerError("captureMode", f"{records.shown(word)} is not one of Auto, Manual")
    return _MODES[word]


def _money(body: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """What was authorized, and the currency wherever it stands."""
    values: list[int] = []
    currency = None
    for name in ("totalAmount", "amount"):
        money = body.get(name)
        if isinstance(money, Mapping):
            currency = currency or money.get("currencyCode")
            money, name = money.get("value"), f"{name}.value"
        if money is not None:
            values.append(records.amount(money, name))
    return (values[0] if values else None), currency


def _captures(body: Mapping[str, Any]) -> list[tuple[int, str | None]]:
    """The captures that succeeded: how much, and when."""
    return list(_succeeded(records.listed(body.get("captures") or [], "captures")))


def _succeeded(listed: list[Any]) -> Iterator[tuple[int, str | None]]:
    for number, item in enumerate(listed):
        place = f"captures[{number}]"
        capture = records.mapping(item, place)
        if capture.get("status") == "Successful":
            money = capture.get("amount")
            value = money.get("value") if isinstance(money, Mapping) else money
            yield records.amount(value, f"{place}.amount"), _instant(capture, "createdAt")


def _paid_at(body: Mapping[str, Any]) -> str | None:
    """When the original payment happened, which is not when the intent was created."""
    details = body.get("paymentDetails")
    if isinstance(details, Mapping) and (at := _instant(details, "transactionDateTime")):
        return at
    events = records.listed(body.get("paymentEvents") or [], "paymentEvents")
    paid = [event for event in events if isinstance(event, Mapping) and event.get("eventType") in _PAID]
    return _instant(paid[-1], "transactionDateTime") if paid else None


def _instant(holder: Mapping[str, Any], name: str) -> str | None:
    value = holder.get(name)
    return None if isinstance(value, str) and value.startswith(_NEVER) else value
