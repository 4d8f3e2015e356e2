"""Klarna's JSON of an order, whole and in pieces, and the requests that an order gets."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, Payment
from payrules.events import Unread
from payrules.providers.klarna import wire

ORDER: dict[str, Any] = {
    "order_id": "f3392f8b-6116-4073-ab96-e330819e2c07",
    "status": "PART_CAPTURED",
    "fraud_status": "ACCEPTED",
    "order_amount": 900,
    "original_order_amount": 1000,
    "captured_amount": 600,
    "refunded_amount": 50,
    "remaining_authorized_amount": 300,
    "purchase_currency": "EUR",
    "merchant_reference1": "order-1",
    "created_at": "2026-03-02T10:00:00.000Z",
    "expires_at": "2026-03-30T10:00:00.000Z",
    "captures": [
        {"captured_amount": 400, "captured_at": "2026-03-03T10:00:00.000Z"},
        {"captured_amount": 200, "captured_at": "2026-03-04T10:00:00.000Z"},
    ],
}


def read(**changes: Any) -> Payment:
    body = {name: value for name, value in {**ORDER, **changes}.items() if value is not ...}
    return wire.payment(body, {})


def test_an_order_is_read() -> None:
    """What was lowered was released; the last capture is the one that counts."""
    told = {name: value for name, value in read().to_record().items() if value is not None}

    assert told == {
        "provider": "klarna",
        "payment_id": ORDER["order_id"],
        "merchant_reference": "order-1",
        "status": "PART_CAPTURED",
        "currency": "EUR",
        "amount_authorized": 1000,
        "amount_captured": 600,
        "amount_released": 100,
        "amount_refunded": 50,
        "amount_refund_pending": 0,
        "captures": 2,
        "created_at": "2026-03-02T10:00:00Z",
        "captured_at": "2026-03-04T10:00:00Z",
        "hold_expires_at": "2026-03-30T10:00:00Z",
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"original_order_amount": ...}, {"amount_authorized": 900, "amount_released": 0}),
        ({"remaining_authorized_amount": ...}, {"amount_released": None}),
        ({"captured_amount": 0, "refunded_amount": 0, "captures": ...}, {"captures": 0, "captured_at": None}),
        ({"captures": ...}, {"captures": None, "amount_captured": 600}),
        ({"captures": [{"captured_amount": 600}]}, {"captures": 1, "captured_at": None}),
        ({"merchant_reference1": ""}, {"merchant_reference": None}),
    ],
)
def test_what_an_order_lacks_is_unknown(changes: dict[str, Any], told: dict[str, Any]) -> None:
    """Or follows from what it has."""
    record = read(**changes).to_record()

    assert told == {name: record[name] for name in told}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_id": None}, "order_id"),
        ({"status": ...}, "status"),
        ({"captured_amount": "600"}, "captured_amount"),
        ({"order_amount": 9.5}, "order_amount"),
        ({"captures": 2}, "captures"),
        ({"captures": [7]}, "captures[0]"),
        ({"purchase_currency": "eur"}, "currency"),
    ],
)
def test_what_is_wrong_in_an_order_is_named(changes: dict[str, Any], field: str) -> None:
    """With the field."""
    with pytest.raises(CallerError) as caught:
        read(**changes)

    assert field == caught.value.field


def test_orders_come_alone_or_in_a_list() -> None:
    """One payment for each."""
    assert (read(),) == wire.payments(ORDER, {})
    assert (read(), read()) == wire.payments([ORDER, ORDER], {})


def test_no_webhook_is_read() -> None:
    """And it is said."""
    (told,) = wire.notices({"order_id": "1"})

    assert isinstance(told, Unread)
    assert "read the order instead" in told.why


@pytest.mark.parametrize(
    ("fields", "action", "amount", "path", "body"),
    [
        ({"status": "AUTHORIZED"}, Action.CANCEL, 1000, "POST cancel", None),
        ({"status": "AUTHORIZED"}, Action.CANCEL, 300, "PATCH authorization", {"order_amount": 700}),
        ({"status": "AUTHORIZED", "amount_released": 300}, Action.CANCEL, 700, "POST cancel", None),
        ({"status": "PART_CAPTURED"}, Action.CANCEL, 400, "POST release-remaining-authorization", None),
        ({"status": "AUTHORIZED", "captures": 1}, Action.CANCEL, 400, "POST release-remaining-authorization", None),
        ({"status": "CAPTURED"}, Action.REFUND, 5, "POST refunds", {"refunded_amount": 5}),
    ],
)
def test_what_is_done_decides_the_request(
    fields: dict[str, Any], action: Action, amount: int, path: str, body: dict[str, Any] | None
) -> None:
    """A cancel is one of three."""
    payment = Payment(provider="klarna", currency="EUR", payment_id="a/b", amount_authorized=1000, **fields)
    call = wire.call(payment, action, amount)

    assert call is not None
    assert path == f"{call.method} {call.path.removeprefix('/ordermanagement/v1/orders/a%2Fb/')}"
    assert body == (None if call.body is None else dict(call.body))


@pytest.mark.parametrize(
    ("payment_id", "action"), [(None, Action.REFUND), ("krn:1", Action.REFUND), ("1", Action.REVERSE)]
)
def test_some_have_no_request(payment_id: str | None, action: Action) -> None:
    """Without an id, at the other interface, and for an operation that Klarna does not have."""
    payment = Payment(provider="klarna", status="CAPTURED", currency="EUR", payment_id=payment_id)

    assert wire.call(payment, action, 1) is None
