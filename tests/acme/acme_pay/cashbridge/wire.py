"""Cashbridge's JSON: `{"ref", "state", "cents", "ccy", "paid", "returned"}`, and its two requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payrules.calls import Call, idempotency_key
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, Event

_EVENTS = {"settled": Event.SETTLED, "voided": Event.REVERSED, "returned": Event.REFUNDED}
EVENTS = frozenset(_EVENTS.values())


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    read = {
        "provider": "cashbridge",
        "payment_id": body.get("ref"),
        "status": body.get("state"),
        "currency": body.get("ccy"),
        "amount_authorized": body.get("cents"),
        "amount_refunded": body.get("returned"),
        "captured_at": body.get("paid"),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    return tuple(payment(item, given) for item in (body if isinstance(body, list) else [body]))


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    event = _EVENTS.get(body.get("state"))
    named = {"reference": body.get("id"), "payment_id": body.get("ref")}
    if event is None:
        return (Unread(str(body.get("state")), "not an event of Cashbridge's", **named),)
    tells = {"amount_authorized": body["cents"], "currency": body["ccy"]}
    return (Notice.from_record({"event": event, "amount": body.get("returned"), "tells": tells, **named}),)


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    headers = {"X-Key": idempotency_key(payment, action, amount, request_id)}
    if action is Action.REVERSE:
        return Call("POST", f"/void/{payment.payment_id}", headers)
    return Call("POST", f"/refund/{payment.payment_id}", headers, {"cents": amount}, ("till",))
