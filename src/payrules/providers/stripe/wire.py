"""Stripe's JSON of an intent or a refund to a `Payment`, its webhooks to events, our operations to its requests.

An intent does not say what was refunded of it, nor by which method it was paid: its charge does, where
`latest_charge` is expanded (older versions list it in `charges`). A refund is a payment of the kind `refund`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, CaptureMode, Event, Kind

_MODES = {"automatic": CaptureMode.AUTO, "automatic_async": CaptureMode.AUTO, "manual": CaptureMode.MANUAL}

_UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")

_OF_A_REFUND = {
    "succeeded": Event.REFUNDED,
    "failed": Event.REFUND_FAILED,
    "canceled": Event.REFUND_REFUSED,
}
_UNDER_WAY = ("pending", "requires_action")
"""A refund that was asked for; what it reserves is in the book of whoever asked."""

_OF_A_DISPUTE = {"won": Event.DISPUTE_WON, "lost": Event.DISPUTE_LOST}

_REFUNDS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
_NOTHING = (
    "payment_intent.created",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "checkout.session.completed",
    "charge.pending",
    "charge.succeeded",
    "charge.captured",
    "charge.updated",
    "charge.failed",
    "charge.expired",
    "charge.refunded",
    "charge.dispute.updated",
    "charge.dispute.funds_reinstated",
)
"""Types that tell nothing which another does not."""

EVENTS = frozenset(
    {
        Event.AUTHORIZED,
        Event.CAPTURED,
        Event.DECLINED,
        Event.CANCELED,
        Event.EXPIRED,
        Event.DISPUTED,
        Event.CHARGED_BACK,
        *_OF_A_REFUND.values(),
        *_OF_A_DISPUTE.values(),
    }
)
"""What its webhooks can tell of a payment."""


# --- a payment ------------------------------------------------------------------------------------


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment that an intent's or a refund's JSON describes; `given` holds what it does not carry, and wins."""
    body = records.mapping(body, "$")
    for name in ("id", "status"):
        if body.get(name) is None:
            raise CallerError(
                name, "an intent or a refund needs it; is this the answer of GET /v1/payment_intents/{id}?"
            )
    kind = body.get("object", "payment_intent")
    if kind not in ("payment_intent", "refund"):
        raise CallerError("object", f"{records.shown(kind)} is neither payment_intent nor refund")
    read = {
        "provider": "stripe",
        "payment_id": body["id"],
        "status": body["status"],
        "currency": _currency(body),
        "created_at": _instant(body, "created"),
        **(_refund(body) if kind == "refund" else _intent(body)),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each object of a list, Stripe's own or a plain one, or of a single one."""
    listed = body.get("data") if isinstance(body, Mapping) and body.get("object") == "list" else body
    items = records.listed(listed, "data") if isinstance(listed, list) else [listed]
    return tuple(payment(records.mapping(item, "$"), given) for item in items)


def _refund(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": Kind.REFUND, "amount_authorized": _amount(body, "amount")}


def _intent(body: Mapping[str, Any]) -> dict[str, Any]:
    total, taken = _amount(body, "amount"), _amount(body, "amount_received")
    held = _amount(body, "amount_capturable")
    released = None
    if total is not None and taken is not None and held is not None and body["status"] == "requires_capture":
        released = max(0, total - taken - held)
    charge = _charge(body)
    refunded = charge.get("amount_refunded")
    if refunded is not None and taken is not None:
        # A hold that is released shows as refunded in its charge, too; nothing of it was ever taken.
        charge["amount_refunded"] = min(refunded, taken)
    return {
        "capture_mode": _mode(body),
        "amount_authorized": total,
        "amount_captured": taken,
        "amount_released": released,
        **charge,
    }


def _charge(body: Mapping[str, Any]) -> dict[str, Any]:
    """What only the charge tells, where the intent carries it."""
    charge = body.get("latest_charge")
    if charge is None and isinstance(body.get("charges"), Mapping):
        listed = records.listed(body["charges"].get("data") or [], "charges.data")
        charge = listed[0] if listed else None
    if charge is None or isinstance(charge, str):
        return {}
    charge = records.mapping(charge, "latest_charge")
    details = charge.get("payment_method_details") or {}
    method = records.mapping(details, "payment_method_details").get("type")
    of_method = details.get(method) if isinstance(method, str) else None
    card = of_method if isinstance(of_method, Mapping) else {}
    return {
        "amount_refunded": _amount(charge, "amount_refunded"),
        "disputed": charge.get("disputed"),
        "authorized_at": _instant(charge, "created"),
        "method": method,
        "scheme": card.get("network"),
        "hold_expires_at": _instant(card, "capture_before"),
    }


def _currency(body: Mapping[str, Any]) -> str | None:
    word = body.get("currency")
    return word.upper() if isinstance(word, str) else word


def _amount(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else records.amount(value, name)


def _mode(body: Mapping[str, Any]) -> CaptureMode | None:
    word = body.get("capture_method")
    if word is None:
        return None
    if not isinstance(word, str) or word not in _MODES:
        raise CallerError("capture_method", f"{records.shown(word)} is not one of {', '.join(_MODES)}")
    return _MODES[word]


def _instant(body: Mapping[str, Any], name: str) -> str | None:
    """The instant that a number of seconds names."""
    value = body.get(name)
    if value is None:
        return None
    seconds = records.amount(value, name)
    try:
        return records.written(_EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        raise CallerError(name, f"{records.shown(value)} is no number of seconds since 1970") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- what happened --------------------------------------------------------------------------------


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a webhook reports; several types tell nothing that another does not."""
    data = body.get("data") if isinstance(body, Mapping) else None
    item = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(item, Mapping):
        raise CallerError("data.object", "a webhook of Stripe's needs it")
    kind = body.get("type") if isinstance(body.get("type"), str) else None
    if kind in _NOTHING:
        return ()
    if kind in _REFUNDS and item.get("status") in _UNDER_WAY:
        return ()
    if kind in _REFUNDS:
        return (_of_status(body, item, _OF_A_REFUND, item.get("amount")),)
    if kind == "charge.dispute.closed":
        return (_of_status(body, item, _OF_A_DISPUTE, None),)
    if kind == "payment_intent.amount_capturable_updated" and item.get("amount_received"):
        return (_unread(body, item, "it tells the total of several captures: the intent has to be read again"),)
    if kind == "checkout.session.expired" and item.get("payment_intent") is None:
        return ()
    if kind in _INTENT_EVENTS:
        return (_of_intent(body, item, _INTENT_EVENTS[kind]),)
    if kind in _OTHER_EVENTS:
        return (_notice(body, item, _OTHER_EVENTS[kind]),)
    return (_unread(body, item, "its type is not known"),)


_INTENT_EVENTS = {
    "payment_intent.amount_capturable_updated": Event.AUTHORIZED,
    "payment_intent.succeeded": Event.CAPTURED,
    "payment_intent.payment_failed": Event.DECLINED,
    "payment_intent.canceled": Event.CANCELED,
}
_OTHER_EVENTS = {
    "checkout.session.expired": Event.EXPIRED,
    "charge.dispute.created": Event.DISPUTED,
    "charge.dispute.funds_withdrawn": Event.CHARGED_BACK,
}


def _of_intent(body: Mapping[str, Any], item: Mapping[str, Any], event: Event) -> Notice:
    """What an intent reports of itself, with what it carries beside."""
    tells = {
        "currency": _currency(item),
        "capture_mode": _mode(item),
        "created_at": _instant(item, "created"),
        "hold_expires_at": _charge(item).get("hold_expires_at"),
        "amount_authorized": _amount(item, "amount"),
    }
    amounts = {Event.AUTHORIZED: "amount_capturable", Event.CAPTURED: "amount_received"}
    if event is Event.CAPTURED:
        # It tells what was taken in all, whatever was known before, and that no more will be.
        tells |= {"amount_captured": 0, "multicapture": False}
    amount = _amount(item, amounts[event]) if event in amounts else None
    known = {name: value for name, value in tells.items() if value is not None}
    return _notice(body, item, event, amount, known)


def _of_status(
    body: Mapping[str, Any], item: Mapping[str, Any], events: Mapping[str, Event], amount: Any
) -> Notice | Unread:
    """What a refund or a dispute reports of its intent, by its own status and under its own id."""
    status = item.get("status")
    if not isinstance(status, str) or status not in events:
        return _unread(body, item, f"no event leads to its status {records.shown(status)}")
    if _intent_of(item) is None:
        return _unread(body, item, "it names no payment intent")
    return _notice(body, item, events[status], amount)


def _notice(
    body: Mapping[str, Any],
    item: Mapping[str, Any],
    event: Event,
    amount: int | None = None,
    tells: Mapping[str, Any] | None = None,
) -> Notice:
    return Notice.from_record(
        {
            "event": event,
            "amount": amount,
            "at": _instant(body, "created"),
            "reference": body.get("id") if item.get("object") == "payment_intent" else item.get("id"),
            "payment_id": _intent_of(item),
            "tells": tells or {},
        }
    )


def _unread(body: Mapping[str, Any], item: Mapping[str, Any], why: str) -> Unread:
    return Unread(str(body.get("type")), why, reference=item.get("id"), payment_id=_intent_of(item))


def _intent_of(item: Mapping[str, Any]) -> Any:
    """The id of the intent that an object is, or belongs to; it may stand there in full."""
    intent = item if item.get("object") == "payment_intent" else item.get("payment_intent")
    return intent.get("id") if isinstance(intent, Mapping) else intent


# --- what to send ---------------------------------------------------------------------------------


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; to cancel has a place of its own for a session, a refund, the rest of a hold."""
    path = _path(payment, action)
    if path is None:
        return None
    headers = {"Idempotency-Key": idempotency_key(payment, action, amount, request_id)}
    body: dict[str, Any] | None = None
    if action is Action.REFUND:
        body = {"payment_intent": payment.payment_id, "amount": amount}
    elif path.endswith("/capture"):
        body = {"amount_to_capture": 0, "final_capture": "true"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return Call("POST", path, headers, body)


def _path(payment: Payment, action: Action) -> str | None:
    """Where an operation is sent: a session, a refund and a captured part are each cancelled at their own place."""
    by_session = payment.created_as == "checkout_session" and payment.status in _UNPAID
    addressed = payment.parent_id if by_session else payment.payment_id
    if addressed is None:
        return None
    name = quote(addressed, safe="")
    if action is Action.REFUND:
        return "/v1/refunds"
    if payment.kind is Kind.REFUND:
        return f"/v1/refunds/{name}/cancel"
    if by_session:
        return f"/v1/checkout/sessions/{name}/expire"
    return f"/v1/payment_intents/{name}/{'capture' if payment.amount_captured else 'cancel'}"
