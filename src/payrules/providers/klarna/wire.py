"""Klarna's JSON of an order to a `Payment`, our operations to its requests.

The order is that of Order Management. No webhook of Klarna's is read: what happens to an order is told by its JSON,
by the answers to calls, and by the caller's own book.
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

EVENTS: frozenset[Event] = frozenset()
"""What its webhooks can tell of a payment: none is read."""

_NETWORK_ID = "krn:"
"""How the ids of the other interface begin, whose requests are not known."""


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that an order's JSON describes; `given` holds facts that it does not carry, and wins over it."""
    body = records.mapping(body, "$")
    for name in ("order_id", "status"):
        if body.get(name) is None:
            raise CallerError(name, "an order needs it; is this the answer of GET /ordermanagement/v1/orders/{id}?")
    held, captured = _held(body), _amount(body, "captured_amount")
    captures = [records.mapping(item, f"captures[{number}]") for number, item in enumerate(_captures(body))]
    read = {
        "provider": "klarna",
        "payment_id": body["order_id"],
        "merchant_reference": body.get("merchant_reference1") or None,
        "status": body["status"],
        "currency": body.get("purchase_currency"),
        "amount_authorized": held,
        "amount_captured": captured,
        "amount_released": _released(held, captured, _amount(body, "remaining_authorized_amount")),
        "amount_refunded": _amount(body, "refunded_amount"),
        "captures": len(captures) if body.get("captures") is not None else 0 if captured == 0 else None,
        "created_at": body.get("created_at"),
        "captured_at": records.latest((item.get("captured_at") for item in captures), "captures.captured_at"),
        "hold_expires_at": body.get("expires_at"),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each order of a list, or of a single one."""
    listed = body if isinstance(body, list) else [body]
    return tuple(payment(item, given) for item in listed)


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """Nothing: no webhook of Klarna's is read, and it is said that one was not."""
    return (Unread("a webhook", "none of Klarna's is read; read the order instead"),)


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation: a cancel has another one after a capture, and for a part."""
    if payment.payment_id is None or payment.payment_id.startswith(_NETWORK_ID) or action is Action.REVERSE:
        return None
    path = f"/ordermanagement/v1/orders/{quote(payment.payment_id, safe='')}"
    key = uuid_key(payment, action, amount, request_id)
    keyed, typed = {"Klarna-Idempotency-Key": key}, {"Content-Type": "application/json"}
    if action is Action.REFUND:
        return Call("POST", f"{path}/refunds", {**typed, **keyed}, {"refunded_amount": amount})
    if payment.status == "PART_CAPTURED" or payment.captures or payment.amount_captured:
        return Call("POST", f"{path}/release-remaining-authorization", keyed)
    of_now = (payment.amount_authorized or 0) - (payment.amount_released or 0)
    if amount < of_now:
        return Call("PATCH", f"{path}/authorization", {**typed, **keyed}, {"order_amount": of_now - amount})
    return Call("POST", f"{path}/cancel", keyed)


def _held(body: Mapping[str, Any]) -> int | None:
    """What was held in the first place; `order_amount` is what the order is of now, after it was lowered."""
    amounts = [_amount(body, name) for name in ("original_order_amount", "order_amount")]
    return max((amount for amount in amounts if amount is not None), default=None)


def _released(held: int | None, captured: int | None, remaining: int | None) -> int | None:
    """What was held and is neither captured nor held any more."""
    return None if held is None or captured is None or remaining is None else max(0, held - captured - remaining)


def _amount(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else records.amount(value, name)


def _captures(body: Mapping[str, Any]) -> list[Any]:
    return records.listed(body.get("captures") or [], "captures")
