"""Payroc's JSON of card payments, bank transfers and refunds to a `Payment`, our operations to its requests.

Amounts of refunds come with either sign; `authorizedAmount` counts, not `order.amount`, since less may have been
authorized than was ordered. Payroc publishes no event about a payment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, uuid_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.words import Action, Event, Kind

_KINDS = {
    "sale": Kind.SALE,
    "preAuthorization": Kind.PRE_AUTHORIZATION,
    "preAuthorizationCompletion": Kind.COMPLETION,
}

EVENTS: frozenset[Event] = frozenset()
"""What its webhooks can tell of a payment."""

_GIVEN_BACK = ("complete",)
_NOT_GIVEN_BACK = ("reversal", "declined", "expired", "returned")

_IGNORED = ("processingAccount.", "terminalOrder.")
"""The events that Payroc publishes are about boarding."""


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The payment, or the refund record, that a body describes; `given` holds what it does not carry, and wins."""
    body = records.mapping(body, "$")
    result, order = _object(body, "transactionResult"), _object(body, "order")
    read = {
        "provider": "payroc",
        "payment_id": _id(body),
        "merchant_reference": order.get("orderId") or None,
        "status": result.get("status"),
        "kind": _kind(body, result),
        "method": _object(body, "bankAccount").get("type"),
        "currency": result.get("currency") or order.get("currency"),
        "amount_authorized": _amount(result, order),
        "provider_allows": body.get("supportedOperations"),
        "created_at": order.get("dateTime"),
        **_refunds(body),
    }
    return Payment.from_record({**read, **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each that a body holds: a list, a page of a list with its `data`, or a single one."""
    items = body.get("data", body) if isinstance(body, Mapping) and isinstance(body.get("data"), list) else body
    listed = items if isinstance(items, list) else [items]
    return tuple(payment(item, given) for item in [records.mapping(item, "$") for item in listed])


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """No event of Payroc's is about a payment; those about boarding are passed over, any other is reported."""
    listed = body if isinstance(body, list) else [body]
    return tuple(Unread(str(kind), "not an event of Payroc's that is known") for kind in _kinds_of_events(listed))


def _kinds_of_events(listed: list[Any]) -> Iterator[object]:
    for item in listed:
        kind = item.get("type") if isinstance(item, Mapping) else None
        if not isinstance(kind, str) or not kind.startswith(_IGNORED):
            yield kind


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; every POST needs a key in the form of a random UUID, a refund a description.

    A reversal of a card payment names its amount, so that it never takes more than was decided; that of a hold, a
    bank transfer or a refund takes the whole, and has no body. Where the method is a bank's and the kind another or
    unknown a part could not be named, so there is no call.
    """
    collection = _collection(payment)
    doubtful = collection != "payments" and payment.kind not in (Kind.BANK_TRANSFER, Kind.REFUND)
    if payment.payment_id is None or action is Action.CANCEL or doubtful:
        return None
    path = f"/{collection}/{quote(payment.payment_id, safe='')}"
    key = uuid_key(payment, action, amount, request_id)
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if action is Action.REFUND:
        about = payment.merchant_reference or payment.payment_id
        return Call("POST", f"{path}/refund", headers, {"amount": amount, "description": f"Refund of {about}"[:100]})
    takes_amount = collection == "payments" and payment.kind is not Kind.PRE_AUTHORIZATION
    return Call("POST", f"{path}/reverse", headers, {"amount": amount} if takes_amount else None)


def _collection(payment: Payment) -> str:
    bank = payment.kind is Kind.BANK_TRANSFER or payment.method in ("ach", "pad")
    if payment.kind is Kind.REFUND:
        return "bank-transfer-refunds" if bank else "refunds"
    return "bank-transfer-payments" if bank else "payments"


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return records.mapping(body.get(name) or {}, name)


def _id(body: Mapping[str, Any]) -> object:
    found = body.get("paymentId") or body.get("refundId")
    if found is None:
        raise CallerError("paymentId", "a payment of Payroc's needs it, and a refund its refundId")
    return found


def _kind(body: Mapping[str, Any], result: Mapping[str, Any]) -> Kind | None:
    """A body with an id of a payment is a payment, also where its type says that it was refunded."""
    if body.get("paymentId") is None:
        return Kind.REFUND
    kind = result.get("type")
    if "bankAccount" in body and kind in ("payment", "refund", None):
        return Kind.BANK_TRANSFER
    return _KINDS.get(kind) if isinstance(kind, str) else None


def _amount(result: Mapping[str, Any], order: Mapping[str, Any]) -> int | None:
    for holder, name in ((result, "authorizedAmount"), (order, "amount")):
        if holder.get(name) is not None:
            return abs(records.integer(holder[name], name))
    return None


def _refunds(body: Mapping[str, Any]) -> dict[str, int]:
    """What was given back, and what is under way; a status never seen may still reach the payer, so it reserves."""
    if body.get("paymentId") is None:
        return {}
    given_back = pending = 0
    for number, item in enumerate(records.listed(body.get("refunds") or [], "refunds")):
        refund = records.mapping(item, f"refunds[{number}]")
        amount = abs(records.integer(refund.get("amount"), f"refunds[{number}].amount"))
        status = refund.get("status")
        given_back += amount if status in _GIVEN_BACK else 0
        pending += amount if status not in (*_GIVEN_BACK, *_NOT_GIVEN_BACK) else 0
    return {"amount_refunded": given_back, "amount_refund_pending": pending}
