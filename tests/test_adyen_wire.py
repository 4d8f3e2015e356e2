"""Adyen's notifications and requests."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, Event, Notice, Payment, plan, providers
from payrules.events import Unread
from payrules.payment import Undo
from payrules.providers.adyen import wire

ITEM: dict[str, Any] = {
    "amount": {"currency": "EUR", "value": 1000},
    "eventCode": "AUTHORISATION",
    "eventDate": "2026-03-02T10:00:00+01:00",
    "merchantReference": "order-1",
    "paymentMethod": "visa",
    "pspReference": "PAYMENT",
    "success": "true",
}


def capture(amount: int) -> dict[str, Any]:
    return {
        **ITEM,
        "eventCode": "CAPTURE",
        "pspReference": "C1",
        "originalReference": "PAYMENT",
        "amount": {"currency": "EUR", "value": amount},
    }


@pytest.mark.parametrize(
    "wrap",
    [
        lambda i: i,
        lambda i: [i],
        lambda i: {"NotificationRequestItem": i},
        lambda i: {"live": "false", "notificationItems": [{"NotificationRequestItem": i}]},
    ],
)
def test_a_notification_is_read_in_every_wrapping(wrap: Any) -> None:
    """As Adyen posts it, as an item, or in a list."""
    (notice,) = wire.notices(wrap(ITEM))

    assert isinstance(notice, Notice)
    assert (Event.AUTHORIZED, 1000, "PAYMENT") == (notice.event, notice.amount, notice.payment_id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"eventCode": None}, "eventCode"),
        ({"success": "yes"}, "success"),
        ({"amount": {"value": 10.5, "currency": "EUR"}}, "amount.value"),
        ({"eventDate": "yesterday"}, "at"),
        ({"additionalData": [1]}, "additionalData"),
        ({"additionalData": {"captureDelayHours": "soon"}}, "captureDelayHours"),
    ],
)
def test_a_wrong_notification_names_the_place(change: dict[str, Any], field: str) -> None:
    """The field of Adyen's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.notices({**ITEM, **change})

    assert field == caught.value.field


@pytest.mark.parametrize("body", [7, "text", [7]])
def test_what_is_no_notification_is_refused(body: Any) -> None:
    """Neither text nor a number is one."""
    with pytest.raises(CallerError):
        wire.notices(body)


def test_every_code_stands_in_one_place() -> None:
    """A code is mapped, or ignored on purpose, and not both; one that is never said to fail is reported where it does."""
    assert set() == wire.IGNORED & {*wire.TRUE, *wire.FALSE}
    (unread,) = wire.notices({**ITEM, "eventCode": "EXPIRE", "success": "false"})

    assert isinstance(unread, Unread)
    assert "it is not said to fail" == unread.why


def test_an_amount_may_be_absent() -> None:
    """Then there is as much as there is."""
    (notice,) = wire.notices({**ITEM, "amount": None})

    assert isinstance(notice, Notice)
    assert notice.amount is None


def test_one_payment_is_asked_for_at_a_time() -> None:
    """Notifications of none, or of several, are no single payment."""
    assert "PAYMENT" == wire.payment(ITEM, {}).payment_id
    for body in ({**ITEM, "eventCode": "REPORT_AVAILABLE"}, [ITEM, {**ITEM, "pspReference": "OTHER"}]):
        with pytest.raises(CallerError):
            wire.payment(body, {})


@pytest.mark.parametrize(
    ("fields", "action", "path", "body"),
    [
        ({"payment_id": "P1"}, Action.CANCEL, "/payments/P1/cancels", {}),
        ({"payment_id": "P1"}, Action.REVERSE, "/payments/P1/reversals", {}),
        ({"payment_id": "P1"}, Action.REFUND, "/payments/P1/refunds", {"amount": {"value": 7, "currency": "EUR"}}),
        ({"merchant_reference": "order-1"}, Action.CANCEL, "/cancels", {"paymentReference": "order-1"}),
    ],
)
def test_a_request_is_complete(fields: dict[str, Any], action: Action, path: str, body: dict[str, Any]) -> None:
    """Path and body are those of Checkout; the key has at most 64 characters."""
    call = wire.call(Payment(provider="adyen", status="Authorised", currency="EUR", **fields), action, 7)

    assert call is not None
    assert call.body is not None
    assert ("POST", path) == (call.method, call.path)
    assert body == call.body
    assert len(call.headers["idempotency-key"]) <= 64


def test_without_any_reference_there_is_no_call() -> None:
    """Nothing could be named."""
    payment = Payment(provider="adyen", status="Authorised", currency="EUR")

    assert wire.call(payment, Action.CANCEL, 7) is None
    assert wire.call(payment, Action.REFUND, 7) is None


def test_a_part_taken_and_a_rest_held_are_two_calls() -> None:
    """Of 1000 held, 600 were taken: the 400 are cancelled, then the 600 refunded."""
    payment = wire.payment([ITEM, capture(600)], {"capture_mode": "manual", "multicapture": True})
    steps = plan(payment, Undo.from_record({"at": "2026-03-03T10:00:00Z"}))

    assert [("cancel", 400, 600), ("refund", 600, 0)] == [
        (step.action, step.amount, step.remaining) for step in steps
    ]


def test_records_of_ours_stand_beside_notifications() -> None:
    """A request of the caller's own is read where Adyen's events are, and an event for a provider without an adapter is not."""
    request = {"event": "refund_requested", "amount": 7, "payment_id": "PAYMENT"}

    assert ["authorized", "refund_requested"] == [
        notice.event for notice in providers.reported("adyen", [ITEM, request]) if isinstance(notice, Notice)
    ]
    assert () == providers.reported("nobody", [ITEM])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"eventCode": "SOMETHING_NEW"}, "its code is not known"),
        ({"amount": {"currency": "euro", "value": 400}}, "not three capitals"),
        ({"amount": {"currency": "EUR", "value": 4000}}, "is more than amount_captured"),
    ],
)
def test_a_payment_is_not_read_past_a_notification(change: dict[str, Any], why: str) -> None:
    """A refund that cannot be understood, or that does not fit, may have given the money back: no payment is read as if
    it had not come. `fold_each` says what it is."""
    refund = {**ITEM, "eventCode": "REFUND", "pspReference": "R1", "originalReference": "PAYMENT"}
    captured = {**ITEM, "additionalData": {"networkProcessingMode": "sale"}}

    assert 1000 == wire.payment([captured, refund], {}).amount_refunded
    with pytest.raises(CallerError, match=why):
        wire.payment([captured, refund | change], {})


@pytest.mark.parametrize("name", providers.NAMES)
@pytest.mark.parametrize(
    "body", [None, 7, 0.5, True, "text", [[7]], {"NotificationRequestItem": "text"}, {"data": [7]}]
)
def test_an_adapter_takes_any_json(name: str, body: Any) -> None:
    """What is not a payment of the provider's is the caller's error, whatever it is, wherever it is handed in."""
    adapter = providers.wire(name)
    assert adapter is not None
    for read in (adapter.payment, adapter.payments):
        with pytest.raises(CallerError):
            read(body, {})


def test_an_arm_that_is_no_word_is_not_guessed() -> None:
    """A reversal whose arm is an object is reported, as one without an arm is."""
    arm = {"eventCode": "CANCEL_OR_REFUND", "additionalData": {"modification.action": {"cancel": True}}}
    (read,) = wire.notices({**ITEM, **arm})

    assert isinstance(read, Unread)


def test_lists_in_lists_keep_their_order() -> None:
    """However they nest."""
    nested: Any = [
        [{**ITEM, "pspReference": "A"}],
        [[[{**ITEM, "pspReference": "B"}]], {**ITEM, "pspReference": "C"}],
    ]
    deep: Any = {**ITEM, "pspReference": "D"}
    for _ in range(5000):
        deep = [deep]

    assert ["A", "B", "C", "D"] == [item.payment_id for item in wire.notices([*nested, deep])]
