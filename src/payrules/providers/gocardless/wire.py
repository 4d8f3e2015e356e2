"""GoCardless's JSON of a payment to a `Payment`, its webhooks to events, our operations to its requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, uuid_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, Event

VERSION = "2015-07-06"
"""The version of the interface that our requests are written in."""

_EVENTS = {
    "submitted": Event.AUTHORIZED,
    "confirmed": Event.CAPTURED,
    "paid_out": Event.SETTLED,
    "failed": Event.CAPTURE_FAILED,
    "cancelled": Event.CANCELED,
    "customer_approval_denied": Event.DECLINED,
    "charged_back": Event.CHARGED_BACK,
    "chargeback_cancelled": Event.DISPUTE_WON,
}
"""The actions of a payment that move it."""

_NOTHING_MOVES = ("created", "late_failure_settled", "chargeback_settled", "surcharge_fee_debited")

EVENTS = frozenset(_EVENTS.values())
"""What its webhooks can tell of a payment."""

_SCHEDULED = ("pending_customer_approval", "pending_submission")
_DIGITS = re.compile(r"\d{1,16}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that GoCardless's JSON describes, bare or in its envelope; `given` holds facts that it lacks."""
    body = records.mapping(body, "$")
    body = records.mapping(body.get("payments", body), "payments")
    for name in ("id", "status"):
        if body.get(name) is None:
            raise CallerError(name, "a payment needs it; is this the answer of GET /payments/{id}?")
    read = {
        "provider": "gocardless",
        "payment_id": body["id"],
        "merchant_reference": body.get("reference") or None,
        "status": body["status"],
        "currency": body.get("currency"),
        "amount_authorized": _amount(body, "amount"),
        "amount_refunded": _amount(body, "amount_refunded"),
        "created_at": body.get("created_at"),
        "captured_at": _charged(body),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each of a list, in its envelope or bare, or for a single one."""
    listed = body.get("payments") if isinstance(body, Mapping) else body
    return tuple(payment(item, given) for item in listed) if isinstance(listed, list) else (payment(body, given),)


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """What the events of a webhook report, each an event of its own; those of other resources change no payment."""
    listed = body.get("events", [body]) if isinstance(body, Mapping) else body
    return tuple(_notices(records.listed(listed, "events")))


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; a refund confirms how much is refunded in all with it, and only it has a key."""
    if payment.payment_id is None or action is Action.REVERSE:
        return None
    version = {"GoCardless-Version": VERSION}
    if action is Action.CANCEL:
        return Call("POST", f"/payments/{quote(payment.payment_id, safe='')}/actions/cancel", version)
    key = uuid_key(payment, action, amount, request_id)
    total = (payment.amount_refunded or 0) + payment.amount_refund_pending + amount
    refund = {"amount": amount, "total_amount_confirmation": total, "links": {"payment": payment.payment_id}}
    headers = {**version, "Content-Type": "application/json", "Idempotency-Key": key}
    return Call("POST", "/refunds", headers, {"refunds": refund})


def _amount(body: Mapping[str, Any], name: str) -> int | None:
    """Minor units, also where they are written as text."""
    value = body.get(name)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    return None if value is None else records.amount(value, name)


def _charged(body: Mapping[str, Any]) -> str | None:
    """When the charge date begins, once the payment was submitted; before, it is only a plan."""
    day = body.get("charge_date")
    if day is None or body["status"] in _SCHEDULED:
        return None
    if not isinstance(day, str) or not _DAY.fullmatch(day):
        raise CallerError("charge_date", f"{records.shown(day)} is no day, such as 2026-11-20")
    created = body.get("created_at")
    begins = f"{day}T00:00:00Z"
    return created if isinstance(created, str) and created[:10] == day else begins


def _notices(events: list[Any]) -> Iterator[Notice | Unread]:
    for number, item in enumerate(events):
        event = records.mapping(item, f"events[{number}]")
        kind, action = event.get("resource_type"), event.get("action")
        if not isinstance(kind, str) or not isinstance(action, str):
            raise CallerError(f"events[{number}]", "an event of GoCardless's needs resource_type and action")
        links = event.get("links")
        of = links.get("payment") if isinstance(links, Mapping) else None
        named = {"reference": event.get("id"), "payment_id": of}
        if kind == "payments" and action in _EVENTS:
            yield Notice.from_record({"event": _EVENTS[action], "at": event.get("created_at"), **named})
        elif kind == "refunds" or (kind == "payments" and action not in _NOTHING_MOVES):
            yield Unread(f"{kind} {action}", "it tells of no change of the payment; read the payment again", **named)
