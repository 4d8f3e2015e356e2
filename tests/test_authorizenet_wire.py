"""Authorize.net's JSON of transactions and notifications, and our requests to it."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, CaptureMode, Event, Notice, Payment
from payrules.events import Unread
from payrules.providers.authorizenet import wire

GIVEN = {"currency": "USD"}
SALE: dict[str, Any] = {
    "transId": "60020981676",
    "submitTimeUTC": "2026-03-10T17:00:00.29Z",
    "transactionType": "authCaptureTransaction",
    "transactionStatus": "settledSuccessfully",
    "batch": {"batchId": "7", "settlementTimeUTC": "2026-03-11T01:04:30Z", "settlementState": "settledSuccessfully"},
    "order": {"invoiceNumber": "INV-2041"},
    "authAmount": 100.0,
    "settleAmount": "60.29",
}
NOTIFICATION: dict[str, Any] = {
    "notificationId": "n-1",
    "eventType": "net.authorize.payment.authcapture.created",
    "eventDate": "2026-03-10T17:00:00.1234567Z",
    "payload": {"responseCode": 1, "authAmount": 100.0, "entityName": "transaction", "id": "60020981676"},
}


def read(change: dict[str, Any] | None = None, given: dict[str, Any] | None = None) -> Payment:
    return wire.payment({"transaction": {**SALE, **(change or {})}}, GIVEN if given is None else given)


def notified(change: dict[str, Any], payload: dict[str, Any] | None = None) -> Notice | Unread:
    body = {**NOTIFICATION, **change, "payload": {**NOTIFICATION["payload"], **(payload or {})}}
    (told,) = wire.notices(body)
    return told


def test_a_sale_is_read() -> None:
    """Amounts to the cent, the time of the capture and of the settlement."""
    payment = read()

    assert (10000, 6029, CaptureMode.AUTO) == (
        payment.amount_authorized,
        payment.amount_captured,
        payment.capture_mode,
    )
    assert payment.created_at == payment.captured_at is not None
    assert "2026-03-11T01:04:30Z" == payment.to_record()["settled_at"]
    assert "INV-2041" == payment.merchant_reference


@pytest.mark.parametrize(
    ("kind", "mode", "captured_at"),
    [
        ("authCaptureTransaction", CaptureMode.AUTO, True),
        ("priorAuthCaptureTransaction", CaptureMode.MANUAL, False),
        ("captureOnlyTransaction", CaptureMode.MANUAL, False),
        ("authOnlyTransaction", CaptureMode.MANUAL, False),
        ("transactionOfTomorrow", None, False),
        (None, None, False),
        (["authCaptureTransaction"], None, False),
    ],
)
def test_only_a_sale_is_captured_when_it_is_submitted(kind: Any, mode: object, captured_at: bool) -> None:
    """Of what was captured later nobody knows when, and of a type never seen nothing is known."""
    payment = read({"transactionType": kind})

    assert (mode, captured_at) == (payment.capture_mode, payment.captured_at is not None)


def test_what_is_not_captured_has_no_captured_amount() -> None:
    """A hold repeats its amount as the one to be settled; that is not money taken."""
    hold = read({"transactionStatus": "authorizedPendingCapture", "batch": None, "settleAmount": 100.0})

    assert (None, None, None) == (hold.amount_captured, hold.captured_at, hold.settled_at)


def test_a_refund_is_read_as_one() -> None:
    """It is a transaction of its own."""
    assert "refund" == read({"transactionType": "refundTransaction"}).to_record()["kind"]


def test_what_is_not_needed_may_be_absent_or_odd() -> None:
    """Only the id and the status have to be there."""
    payment = wire.payment({"transaction": {"transId": "1", "transactionStatus": "voided", "order": 7}}, GIVEN)

    assert (None, None, None) == (payment.amount_authorized, payment.merchant_reference, payment.created_at)


@pytest.mark.parametrize(
    ("body", "given", "field"),
    [
        ({}, GIVEN, "transaction"),
        ([], GIVEN, "$"),
        ({"transaction": [SALE]}, GIVEN, "transaction"),
        ({"transaction": {"transactionStatus": "voided"}}, GIVEN, "transaction.transId"),
        ({"transaction": {"transId": "1"}}, GIVEN, "transaction.transactionStatus"),
        ({"transaction": {**SALE, "authAmount": "1.005"}}, GIVEN, "transaction.authAmount"),
        ({"transaction": {**SALE, "authAmount": -1}}, GIVEN, "transaction.authAmount"),
        ({"transaction": {**SALE, "settleAmount": [1]}}, GIVEN, "transaction.settleAmount"),
        ({"transaction": {**SALE, "submitTimeUTC": "2026-03-10T17:00:00"}}, GIVEN, "created_at"),
        ({"transaction": {**SALE, "transactionStatus": 7}}, GIVEN, "status"),
        ({"transaction": SALE}, {}, "currency"),
    ],
)
def test_a_body_that_is_wrong_names_the_place(body: Any, given: dict[str, Any], field: str) -> None:
    """The field of Authorize.net's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.payment(body, given)

    assert field == caught.value.field


def test_several_answers_are_several_payments() -> None:
    """A list of answers, or one alone."""
    body = {"transaction": SALE}

    assert (read(), read()) == wire.payments([body, body], GIVEN)
    assert (read(),) == wire.payments(body, GIVEN)


@pytest.mark.parametrize(
    ("kind", "event", "amount"),
    [
        ("authorization", Event.AUTHORIZED, 10000),
        ("authcapture", Event.CAPTURED, 10000),
        ("priorAuthCapture", Event.CAPTURED, 10000),
        ("capture", Event.CAPTURED, 10000),
        ("void", Event.REVERSED, None),
        ("refund", Event.REFUNDED, 10000),
    ],
)
def test_a_notification_is_an_event(kind: str, event: Event, amount: int | None) -> None:
    """A void is of all there is; a refund names itself, so its payment is whichever the caller folds it into."""
    told = notified({"eventType": f"net.authorize.payment.{kind}.created"})

    assert isinstance(told, Notice)
    assert (event, amount) == (told.event, told.amount)
    named = ("60020981676", None) if kind == "refund" else ("n-1", "60020981676")
    assert named == (told.reference, told.payment_id)
    assert event in wire.EVENTS


@pytest.mark.parametrize(
    ("change", "payload", "of"),
    [
        ({}, {"responseCode": 2}, "60020981676"),
        ({}, {"responseCode": None}, "60020981676"),
        ({"eventType": "net.authorize.payment.fraud.held"}, {}, "60020981676"),
        ({"eventType": 7}, {}, "60020981676"),
        ({"eventType": "net.authorize.customer.created"}, {"entityName": "customerProfile"}, None),
        ({}, {"responseCode": 2, "id": 7}, None),
    ],
)
def test_what_tells_of_nothing_is_reported(change: dict[str, Any], payload: dict[str, Any], of: str | None) -> None:
    """Not approved, about something else, or of a name never heard."""
    told = notified(change, payload)

    assert isinstance(told, Unread)
    assert (of, "n-1") == (told.payment_id, told.reference)


@pytest.mark.parametrize("body", [None, [], {}, {"payload": "text"}])
def test_what_is_no_notification_is_an_error(body: Any) -> None:
    """It has no payload."""
    with pytest.raises(CallerError):
        wire.notices(body)


def test_a_void_is_the_same_for_a_hold_and_a_capture() -> None:
    """It names the transaction and no amount."""
    call = wire.call(read(), Action.CANCEL, 6029)

    assert call == wire.call(read(), Action.REVERSE, 1)
    assert call is not None
    assert {"transactionType": "voidTransaction", "refTransId": "60020981676"} == call.body[
        "createTransactionRequest"
    ][  # type: ignore[index]
        "transactionRequest"
    ]


def test_a_refund_has_its_elements_in_order() -> None:
    """The type, the amount, the card that the caller fills in, and the transaction."""
    call = wire.call(read(), Action.REFUND, 5)
    assert call is not None
    body = call.filled(cardNumber="1111", expirationDate="XXXX").body
    assert body is not None
    request = body["createTransactionRequest"]["transactionRequest"]

    assert ["transactionType", "amount", "payment", "refTransId"] == list(request)
    assert ("0.05", "1111") == (request["amount"], request["payment"]["creditCard"]["cardNumber"])


def test_no_request_without_an_id_or_in_other_decimals() -> None:
    """A currency without cents has no way to be written there."""
    assert wire.call(Payment(provider="authorizenet", status="voided", currency="USD"), Action.CANCEL, 1) is None
    assert wire.call(read(given={"currency": "JPY"}), Action.REFUND, 1) is None
