"""Checkout.com's JSON: payments with and without balances, webhooks of every type, requests."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, Event, Notice, Payment, Undo, decide
from payrules.events import Unread
from payrules.providers.checkoutcom import wire

BALANCES = {
    "total_authorized": 1000,
    "total_voided": 0,
    "available_to_void": 600,
    "total_captured": 400,
    "available_to_capture": 600,
    "total_refunded": 0,
    "available_to_refund": 400,
}
PARTLY: dict[str, Any] = {
    "id": "pay_1",
    "requested_on": "2026-05-20T10:00:00.123Z",
    "source": {"id": "src_1", "type": "card", "scheme": "Visa", "last4": "4242"},
    "expires_on": "2026-05-27T10:00:00Z",
    "amount": 1000,
    "currency": "EUR",
    "reference": "ORD-1",
    "approved": True,
    "status": "Partially Captured",
    "balances": BALANCES,
}
AT = "2026-05-21T10:00:00Z"


def asked(**wish: Any) -> Undo:
    return Undo.from_record({"at": AT, **wish})


def webhook(kind: str, **data: Any) -> dict[str, Any]:
    told = {"id": "pay_1", "action_id": "act_1", "amount": 400, "currency": "EUR", **data}
    return {"id": "evt_1", "type": kind, "created_on": AT, "data": told}


def test_a_payment_is_read_in_full() -> None:
    """Amounts come from the balances, method and scheme from the source, the deadline from the expiry."""
    expected = {
        "provider": "checkoutcom",
        "payment_id": "pay_1",
        "merchant_reference": "ORD-1",
        "status": "Partially Captured",
        "method": "card",
        "scheme": "Visa",
        "currency": "EUR",
        "amount_authorized": 1000,
        "amount_captured": 400,
        "amount_released": 0,
        "amount_refunded": 0,
        "amount_refund_pending": 0,
        "available_to_refund": 400,
        "created_at": "2026-05-20T10:00:00.123000Z",
        "hold_expires_at": "2026-05-27T10:00:00Z",
    }
    record = wire.payment(PARTLY, {}).to_record()

    assert expected == {name: value for name, value in record.items() if value is not None}


def test_what_a_payment_lacks_is_unknown() -> None:
    """Without balances its own amount counts as authorized, and the rest follows from the status alone."""
    payment = wire.payment({"id": "pay_1", "status": "Authorized", "amount": 1000, "currency": "EUR"}, {})

    assert (1000, None, None, None) == (
        payment.amount_authorized,
        payment.amount_captured,
        payment.method,
        payment.hold_expires_at,
    )


def test_nothing_authorized_yet_is_the_payments_amount() -> None:
    """A payment that waits for a retry shows a total of 0 and is of its amount all the same."""
    body = {**PARTLY, "status": "Retry Scheduled", "balances": dict.fromkeys(BALANCES, 0)}

    assert 1000 == decide(wire.payment(body, {}), asked()).amount


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"status": None}, "status"),
        ({"currency": "eur"}, "currency"),
        ({"source": "card"}, "source"),
        ({"source": {"type": 1}}, "method"),
        ({"source": {"type": "card", "scheme": 1}}, "scheme"),
        ({"balances": [1]}, "balances"),
        ({"balances": {"total_captured": "400"}}, "amount_captured"),
        ({"balances": {"total_authorized": 10.5}}, "amount_authorized"),
        ({"balances": {"available_to_refund": -1}}, "available_to_refund"),
        ({"balances": None, "amount": True}, "amount_authorized"),
        ({"expires_on": "tomorrow"}, "hold_expires_at"),
        ({"requested_on": 1}, "created_at"),
    ],
)
def test_a_body_that_is_wrong_names_the_place(change: dict[str, Any], field: str) -> None:
    """The field of Checkout.com's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.payment({**PARTLY, **change}, {})

    assert field == caught.value.field


@pytest.mark.parametrize("body", [None, 1, "pay_1", [PARTLY]])
def test_what_is_no_payment_is_the_callers_error(body: Any) -> None:
    """A body that is no object is refused."""
    with pytest.raises(CallerError):
        wire.payment(body, {})


def test_lists_are_read() -> None:
    """A list, a page of a list, and a single payment hold payments."""
    one = (wire.payment(PARTLY, {}),)

    assert one * 2 == wire.payments([PARTLY, PARTLY], {})
    assert one * 2 == wire.payments({"total_count": 2, "data": [PARTLY, PARTLY]}, {})
    assert one == wire.payments(PARTLY, {})
    with pytest.raises(CallerError):
        wire.payments([PARTLY, "pay_2"], {})


def test_a_given_fact_wins_over_the_body() -> None:
    """What the caller knows better is taken."""
    assert 149 == wire.payment(PARTLY, {"partial_actions": 149}).partial_actions
    assert "unknown" == wire.payment(PARTLY, {"status": "unknown"}).status


@pytest.mark.parametrize(("kind", "event"), wire.TYPES.items())
def test_a_webhook_is_an_event(kind: str, event: Event) -> None:
    """Each type that is listed tells its event of its payment, under the reference of its action."""
    (notice,) = wire.notices(webhook(kind, balances=BALANCES))
    assert isinstance(notice, Notice)

    assert (event, "pay_1", "act_1") == (notice.event, notice.payment_id, notice.reference)
    assert event in wire.EVENTS


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("payment_approved", 400),
        ("payment_captured", 400),
        ("payment_refunded", 400),
        ("payment_refund_declined", 400),
        ("payment_voided", None),
        ("payment_expired", None),
        ("payment_authorization_incremented", 1000),
        ("dispute_won", None),
    ],
)
def test_only_some_webhooks_have_an_amount(kind: str, amount: int | None) -> None:
    """A void takes all that is held; an increment's is the new total of its balances."""
    (notice,) = wire.notices(webhook(kind, balances=BALANCES))
    assert isinstance(notice, Notice)

    assert amount == notice.amount


def test_a_webhook_tells_more_than_its_event() -> None:
    """The currency, and what the source is."""
    (notice,) = wire.notices(webhook("payment_approved", source={"type": "card", "scheme": "VISA"}))
    assert isinstance(notice, Notice)

    assert {"currency": "EUR", "method": "card", "scheme": "VISA"} == dict(notice.tells)


def test_a_dispute_names_its_payment() -> None:
    """Its own id is the dispute's."""
    (notice,) = wire.notices(webhook("dispute_evidence_required", id="dsp_1", action_id=None, payment_id="pay_1"))
    assert isinstance(notice, Notice)

    assert ("pay_1", "evt_1") == (notice.payment_id, notice.reference)


@pytest.mark.parametrize("kind", sorted(wire.IGNORED))
def test_some_webhooks_change_nothing(kind: str) -> None:
    """They are passed over."""
    assert () == wire.notices(webhook(kind))


@pytest.mark.parametrize(
    "kind", ["payment_returned", "payment_retry_scheduled", "payment_never_seen", "payment_authorization_incremented"]
)
def test_other_webhooks_are_not_lost(kind: str) -> None:
    """A type without an event of ours, or an increment without balances, is reported as not understood."""
    (unread,) = wire.notices(webhook(kind))
    assert isinstance(unread, Unread)

    assert (kind, "act_1", "pay_1") == (unread.what, unread.reference, unread.payment_id)


@pytest.mark.parametrize("body", [None, [], {"data": {}}, {"type": 1}, {"type": "payment_voided", "data": 1}])
def test_what_is_no_webhook_is_the_callers_error(body: Any) -> None:
    """Without a type nothing is known of it."""
    with pytest.raises(CallerError):
        wire.notices(body)


@pytest.mark.parametrize(
    ("status", "action", "path", "keyed", "body"),
    [
        ("Authorized", Action.CANCEL, "/payments/pay_1/voids", True, None),
        ("Retry Scheduled", Action.CANCEL, "/payments/pay_1/cancellations", True, None),
        ("Retry Scheduled", Action.REVERSE, "/payments/pay_1/reversals", False, None),
        ("Captured", Action.REVERSE, "/payments/pay_1/reversals", False, None),
        ("Captured", Action.REFUND, "/payments/pay_1/refunds", True, {"amount": 300}),
    ],
)
def test_a_request_is_complete(status: str, action: Action, path: str, keyed: bool, body: object) -> None:
    """Only a refund has a body; a reversal has no key."""
    call = wire.call(wire.payment({**PARTLY, "status": status}, {}), action, 300)
    assert call is not None

    assert ("POST", path, body) == (call.method, call.path, call.body)
    assert keyed is ("Cko-Idempotency-Key" in call.headers)
    assert (body is not None) is ("Content-Type" in call.headers)


def test_a_path_takes_no_liberties() -> None:
    """An id with a slash stays one segment, and without an id there is no call."""
    call = wire.call(wire.payment({**PARTLY, "id": "pay/../1"}, {}), Action.CANCEL, 1)
    assert call is not None

    assert "/payments/pay%2F..%2F1/voids" == call.path
    assert wire.call(Payment(provider="checkoutcom", status="Authorized", currency="EUR"), Action.CANCEL, 1) is None
