"""GoCardless's JSON, in its envelope and bare, its webhooks, and its requests."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, Event, Notice, Payment
from payrules.events import Unread
from payrules.providers.gocardless import wire

BODY: dict[str, Any] = {
    "id": "PM123",
    "status": "paid_out",
    "amount": 1000,
    "amount_refunded": "150",
    "currency": "GBP",
    "charge_date": "2026-05-20",
    "created_at": "2026-05-08T17:01:06.000Z",
    "reference": "WINEBOX001",
    "links": {"mandate": "MD123"},
}


def read(**changes: Any) -> Payment:
    return wire.payment({"payments": {**BODY, **changes}}, {})


def event(resource: str, action: str, **links: str) -> dict[str, Any]:
    return {
        "id": "EV1",
        "created_at": "2026-05-21T06:00:00Z",
        "resource_type": resource,
        "action": action,
        "links": links,
    }


def test_a_payment_is_read() -> None:
    """In its envelope or bare; numbers may be text, and the charge date is when the money was taken."""
    told = {name: value for name, value in read().to_record().items() if value is not None}

    assert told == {
        "provider": "gocardless",
        "payment_id": "PM123",
        "merchant_reference": "WINEBOX001",
        "status": "paid_out",
        "currency": "GBP",
        "amount_authorized": 1000,
        "amount_refunded": 150,
        "amount_refund_pending": 0,
        "created_at": "2026-05-08T17:01:06Z",
        "captured_at": "2026-05-20T00:00:00Z",
    }
    assert wire.payment(BODY, {}) == read()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"status": "pending_submission"}, None),
        ({"charge_date": None}, None),
        ({"status": "submitted"}, "2026-05-20T00:00:00Z"),
        ({"created_at": "2026-05-20T08:00:00Z"}, "2026-05-20T08:00:00Z"),
    ],
)
def test_a_charge_date_is_a_capture_once_it_is_no_plan(changes: dict[str, Any], at: str | None) -> None:
    """From the midnight at its beginning, or from the creation if that is later."""
    assert at == read(**changes).to_record()["captured_at"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id"),
        ({"status": None}, "status"),
        ({"amount": "10.00"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"charge_date": "20 May"}, "charge_date"),
        ({"charge_date": 20260520}, "charge_date"),
        ({"charge_date": "2026-13-01"}, "captured_at"),
    ],
)
def test_what_is_wrong_in_a_payment_is_named(changes: dict[str, Any], field: str) -> None:
    """With the field."""
    with pytest.raises(CallerError) as caught:
        read(**changes)

    assert field == caught.value.field


def test_payments_come_alone_or_in_a_list() -> None:
    """In the envelope of a list, or bare."""
    assert (read(),) == wire.payments(BODY, {})
    assert (read(), read()) == wire.payments({"payments": [BODY, BODY]}, {})
    assert (read(),) == wire.payments([BODY], {})


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("submitted", Event.AUTHORIZED),
        ("confirmed", Event.CAPTURED),
        ("paid_out", Event.SETTLED),
        ("failed", Event.CAPTURE_FAILED),
        ("cancelled", Event.CANCELED),
        ("customer_approval_denied", Event.DECLINED),
        ("charged_back", Event.CHARGED_BACK),
        ("chargeback_cancelled", Event.DISPUTE_WON),
    ],
)
def test_an_event_of_a_payment_is_one_of_ours(action: str, told: Event) -> None:
    """With its own id and the payment's."""
    (notice,) = wire.notices({"events": [event("payments", action, payment="PM123")]})

    assert isinstance(notice, Notice)
    assert (told, "EV1", "PM123") == (notice.event, notice.reference, notice.payment_id)


def test_what_moves_nothing_is_no_event_and_what_is_not_understood_says_so() -> None:
    """Each event of a list by itself; one alone is read too."""
    body = [
        event("payments", "created", payment="PM123"),
        event("mandates", "active", mandate="MD1"),
        event("payments", "resubmission_requested", payment="PM123"),
        event("refunds", "paid", refund="RF1"),
        event("payments", "never seen", payment="PM123"),
    ]
    told = [item for item in wire.notices(body) if isinstance(item, Unread)]

    assert ["payments resubmission_requested", "refunds paid", "payments never seen"] == [item.what for item in told]
    assert ["PM123", None, "PM123"] == [item.payment_id for item in told]
    assert 1 == len(wire.notices(event("payments", "paid_out")))


@pytest.mark.parametrize("body", [{"events": 7}, {"events": [7]}, {"events": [{"action": "paid_out"}]}, 7, None])
def test_what_is_no_webhook_is_the_callers_error(body: Any) -> None:
    """Whatever it is."""
    with pytest.raises(CallerError):
        wire.notices(body)


def test_a_refund_confirms_the_total() -> None:
    """What was refunded, what is asked back, and this."""
    payment = Payment(
        provider="gocardless",
        status="paid_out",
        currency="GBP",
        payment_id="PM1",
        amount_refunded=150,
        amount_refund_pending=50,
    )
    call = wire.call(payment, Action.REFUND, 100)

    assert call is not None
    assert call.body is not None
    assert 300 == call.body["refunds"]["total_amount_confirmation"]


def test_some_have_no_request() -> None:
    """A payment without an id, and an operation that GoCardless does not have."""
    payment = Payment(provider="gocardless", status="paid_out", currency="GBP")

    assert wire.call(payment, Action.REFUND, 1) is None
    assert (
        wire.call(Payment(provider="gocardless", status="x", currency="GBP", payment_id="1"), Action.REVERSE, 1)
        is None
    )
