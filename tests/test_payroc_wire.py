"""Payroc's JSON and requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from payrules import Action, CallerError, Payment
from payrules.events import Unread
from payrules.providers.payroc import wire

SALE: dict[str, Any] = {
    "paymentId": "PAYMENT001",
    "order": {"orderId": "order-1", "amount": 5000, "currency": "USD"},
    "transactionResult": {"type": "sale", "status": "ready", "authorizedAmount": 4000, "currency": "USD"},
}


def read(**changes: Any) -> Payment:
    return wire.payment({**SALE, **changes}, {})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**SALE, "paymentId": None}, "paymentId"),
        ({**SALE, "order": [1]}, "order"),
        ({**SALE, "transactionResult": {}}, "status"),
        ({**SALE, "transactionResult": {"status": "ready", "authorizedAmount": 40.5}}, "authorizedAmount"),
        ({**SALE, "refunds": {"a": 1}}, "refunds"),
        ({**SALE, "refunds": [1]}, "refunds[0]"),
        ({**SALE, "refunds": [{"status": "ready"}]}, "refunds[0].amount"),
        ({**SALE, "supportedOperations": "refund"}, "provider_allows"),
    ],
)
def test_a_wrong_body_names_the_place(body: dict[str, Any], field: str) -> None:
    """The field of Payroc's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.payment(body, {})

    assert field == caught.value.field


def test_what_was_authorized_counts() -> None:
    """Not what was ordered; without it, the order does."""
    result = {"type": "sale", "status": "ready"}

    assert 4000 == read().amount_authorized
    assert 5000 == read(transactionResult=result).amount_authorized
    assert read(transactionResult=result, order={"currency": "USD"}).amount_authorized is None


def test_refunds_are_counted_by_their_status_without_their_sign() -> None:
    """Complete ones are given back, reversed ones count nowhere, and any other may still reach the payer."""
    refunds = [
        {"amount": -100, "status": "complete"},
        {"amount": 20, "status": "ready"},
        {"amount": -3, "status": "reversal"},
        {"amount": 4, "status": "never seen"},
    ]
    payment = read(refunds=refunds)

    assert (100, 24) == (payment.amount_refunded, payment.amount_refund_pending)


def test_a_list_gives_one_payment_each() -> None:
    """A page with its data, a bare list, or a single body."""
    assert 2 == len(wire.payments({"limit": 2, "data": [SALE, SALE]}, {}))
    assert 2 == len(wire.payments([SALE, SALE], {}))
    assert 1 == len(wire.payments(SALE, {}))
    with pytest.raises(CallerError):
        wire.payments([7], {})


@pytest.mark.parametrize(
    ("fields", "action", "path", "body"),
    [
        ({"kind": "sale"}, Action.REVERSE, "/payments/P1/reverse", {"amount": 7}),
        ({"kind": "pre_authorization"}, Action.REVERSE, "/payments/P1/reverse", None),
        ({"kind": "bank_transfer", "method": "pad"}, Action.REVERSE, "/bank-transfer-payments/P1/reverse", None),
        ({"kind": "refund"}, Action.REVERSE, "/refunds/P1/reverse", None),
        ({"kind": "refund", "method": "ach"}, Action.REVERSE, "/bank-transfer-refunds/P1/reverse", None),
        (
            {"kind": "sale", "merchant_reference": "x" * 200},
            Action.REFUND,
            "/payments/P1/refund",
            {"amount": 7, "description": ("Refund of " + "x" * 200)[:100]},
        ),
        (
            {"kind": "bank_transfer", "method": "pad"},
            Action.REFUND,
            "/bank-transfer-payments/P1/refund",
            {"amount": 7, "description": "Refund of P1"},
        ),
    ],
)
def test_a_request_is_complete(fields: dict[str, Any], action: Action, path: str, body: object) -> None:
    """Path and body are those of Payroc's API, and the key is a UUID of version 4."""
    call = wire.call(Payment(provider="payroc", status="ready", currency="USD", payment_id="P1", **fields), action, 7)

    assert call is not None
    assert ("POST", path, body) == (call.method, call.path, call.body)
    assert 4 == UUID(call.headers["Idempotency-Key"]).version


def test_there_is_no_cancel_and_no_call_without_an_id() -> None:
    """Neither has a request."""
    payment = Payment(provider="payroc", status="ready", currency="USD")

    assert wire.call(payment, Action.REVERSE, 7) is None
    assert wire.call(read(), Action.CANCEL, 7) is None


def test_events_are_about_boarding() -> None:
    """Those are passed over; any other is reported."""
    known = [{"type": "processingAccount.status.changed"}, {"type": "terminalOrder.status.changed"}]
    (unread,) = wire.notices([*known, {"type": "payment.settled"}])

    assert () == wire.notices(known[0])
    assert isinstance(unread, Unread)
    assert "payment.settled" == unread.what
    assert 1 == len(wire.notices(7))
