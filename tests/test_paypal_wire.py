"""PayPal's JSON of an order, an authorization or a capture, its webhooks and its requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from payrules import Action, CallerError, CaptureMode, Event, Notice, Payment, Undo, decide
from payrules.events import Unread
from payrules.providers.paypal import wire
from tests.vectors import ROOT

CAPTURED: dict[str, Any] = {
    "id": "CAPTURE1",
    "status": "COMPLETED",
    "amount": {"currency_code": "EUR", "value": "40.00"},
    "create_time": "2026-11-18T15:00:00Z",
}
SECOND: dict[str, Any] = {
    **CAPTURED,
    "id": "CAPTURE2",
    "amount": {"currency_code": "EUR", "value": "35.00"},
    "create_time": "2026-11-19T15:00:00Z",
}
HELD: dict[str, Any] = {
    "id": "AUTH",
    "status": "CREATED",
    "amount": {"currency_code": "EUR", "value": "100.00"},
    "create_time": "2026-11-18T09:00:00Z",
    "expiration_time": "2026-12-17T09:00:00Z",
}
UP = [
    {"rel": "self", "href": "x"},
    7,
    {"rel": "up", "href": "https://api-m.paypal.com/v2/payments/captures/CAPTURE1"},
]
GIVEN_BACK: dict[str, Any] = {
    "id": "REFUND1",
    "status": "COMPLETED",
    "amount": {"currency_code": "EUR", "value": "10.00"},
    "links": UP,
}


def order(intent: str | None = "AUTHORIZE", status: str = "COMPLETED", **payments: list[Any]) -> dict[str, Any]:
    unit = {
        "amount": {"currency_code": "EUR", "value": "100.00"},
        "invoice_id": "INV-1",
        "payments": payments or None,
    }
    return {
        "id": "ORDER",
        "intent": intent,
        "status": status,
        "create_time": "2026-11-18T08:00:00Z",
        "purchase_units": [unit],
    }


def facts(payment: Payment, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(payment, name) for name in names)


class TestAnOrder:
    """One purchase unit with its authorization, captures and refunds."""

    def test_adds_up_its_captures_and_addresses_the_one_of_which_most_is_left(self) -> None:
        """30.00 of the first are left and 35.00 of the second."""
        partly = {**CAPTURED, "status": "PARTIALLY_REFUNDED"}
        held = {**HELD, "status": "PARTIALLY_CAPTURED"}
        payment = wire.payment(order(authorizations=[held], captures=[partly, SECOND], refunds=[GIVEN_BACK]), {})

        assert ("AUTH", "PARTIALLY_CAPTURED", 10000, 7500, 1000, 2) == facts(
            payment, "payment_id", "status", "amount_authorized", "amount_captured", "amount_refunded", "captures"
        )
        assert ("CAPTURE2", 3500, 0) == facts(payment, "capture_id", "available_to_refund", "refunds")
        assert ("INV-1", CaptureMode.MANUAL) == facts(payment, "merchant_reference", "capture_mode")

    def test_reserves_what_is_pending(self) -> None:
        """A pending refund lessens what is left of its capture, and counts."""
        pending = {**GIVEN_BACK, "status": "PENDING"}
        payment = wire.payment(order("CAPTURE", captures=[CAPTURED], refunds=[pending]), {})

        assert (0, 1000, 3000, 1) == facts(
            payment, "amount_refunded", "amount_refund_pending", "available_to_refund", "refunds"
        )

    @pytest.mark.parametrize(
        ("authorization", "captures", "refunds", "status", "captured"),
        [
            ("CREATED", [], [], "CREATED", 0),
            ("CREATED", [{**CAPTURED, "status": "PENDING"}], [], "PENDING", None),
            ("PARTIALLY_CAPTURED", [CAPTURED, {**SECOND, "status": "PENDING"}], [], "PENDING", None),
            ("PARTIALLY_CAPTURED", [CAPTURED, {**SECOND, "status": "DECLINED"}], [], "PARTIALLY_CAPTURED", 4000),
            ("PARTIALLY_CAPTURED", [CAPTURED, {**SECOND, "status": "NEVER_SEEN"}], [], "NEVER_SEEN", None),
            ("VOIDED", [], [], "VOIDED", 0),
            ("VOIDED", [CAPTURED], [], "CAPTURED", 4000),
            ("VOIDED", [{**CAPTURED, "status": "REFUNDED"}], [], "REFUNDED", 4000),
            ("CAPTURED", [{**CAPTURED, "status": "REFUNDED"}], [], "REFUNDED", 4000),
            ("CAPTURED", [{**CAPTURED, "status": "PARTIALLY_REFUNDED"}], [], "CAPTURED", 4000),
        ],
    )
    def test_has_the_word_of_its_authorization(
        self, authorization: str, captures: list[Any], refunds: list[Any], status: str, captured: int | None
    ) -> None:
        """Unless a capture is pending, or it was voided after a part was captured, or everything was given back."""
        held = {**HELD, "status": authorization}
        payment = wire.payment(order(authorizations=[held], captures=captures, refunds=refunds), {})

        assert (status, captured) == facts(payment, "status", "amount_captured")

    @pytest.mark.parametrize(
        ("captures", "refunds", "status"),
        [
            ([CAPTURED], [], "COMPLETED"),
            ([{**CAPTURED, "status": "PENDING"}], [], "PENDING"),
            ([{**CAPTURED, "status": "DECLINED"}], [], "DECLINED"),
            ([CAPTURED, {**SECOND, "status": "DECLINED"}], [], "COMPLETED"),
            ([CAPTURED, SECOND], [], "COMPLETED"),
            ([{**CAPTURED, "status": "PARTIALLY_REFUNDED"}, SECOND], [GIVEN_BACK], "PARTIALLY_REFUNDED"),
            ([{**CAPTURED, "status": "PARTIALLY_REFUNDED"}, SECOND], [], "PARTIALLY_REFUNDED"),
            ([{**CAPTURED, "status": "REFUNDED"}, {**SECOND, "status": "REFUNDED"}], [], "REFUNDED"),
        ],
    )
    def test_has_else_the_word_of_its_captures(self, captures: list[Any], refunds: list[Any], status: str) -> None:
        """That of the only one, or what several come to."""
        payment = wire.payment(order("CAPTURE", captures=captures, refunds=refunds), {})

        assert (status, CaptureMode.AUTO) == facts(payment, "status", "capture_mode")

    @pytest.mark.parametrize(
        ("status", "read"),
        [("CREATED", "PAYER_ACTION_REQUIRED"), ("APPROVED", "APPROVED"), ("SAVED", "SAVED"), ("VOIDED", "VOIDED")],
    )
    def test_without_a_payment_has_its_own_word(self, status: str, read: str) -> None:
        """But CREATED, which is an authorization's."""
        payment = wire.payment(order(None, status), {})

        assert ("ORDER", read, 10000, None) == facts(
            payment, "payment_id", "status", "amount_authorized", "capture_mode"
        )

    def test_of_several_units_is_several_payments(self) -> None:
        """Each unit is one; where one is needed, that is an error."""
        body = order(authorizations=[HELD])
        body["purchase_units"] *= 2

        assert 2 == len(wire.payments([body], {}))
        with pytest.raises(CallerError, match="these are 2"):
            wire.payment(body, {})

    def test_that_is_completed_has_payments(self) -> None:
        """Else it was not asked for in full."""
        with pytest.raises(CallerError, match=r"purchase_units\[0\]\.payments"):
            wire.payment(order(), {})

    def test_of_several_authorizations_tells_nothing(self) -> None:
        """Which of them is meant the caller has to say."""
        with pytest.raises(CallerError, match="several authorizations"):
            wire.payment(order(authorizations=[HELD, HELD]), {})


class TestAnObjectAlone:
    """What the calls for an authorization or a capture show."""

    def test_an_authorization_ends_at_its_expiration_time(self) -> None:
        """And what was captured of it is told by its word alone."""
        payment = wire.payment(HELD, {"disputed": False})
        decision = decide(payment, Undo.from_record({"at": "2026-11-20T12:00:00Z"}))

        assert ("cancel", 10000, payment.hold_expires_at) == (decision.action, decision.amount, decision.good_until)

    def test_an_authorization_is_told_by_its_word_where_it_has_no_end(self) -> None:
        """No capture is CREATED or CAPTURED."""
        endless = {name: value for name, value in HELD.items() if name != "expiration_time"}

        assert "AUTH" == wire.payment({**endless, "status": "CAPTURED"}, {}).payment_id

    @pytest.mark.parametrize("status", ["COMPLETED", "PENDING", "DECLINED", "PARTIALLY_REFUNDED", "REFUNDED"])
    def test_a_capture_is_its_own_payment(self, status: str) -> None:
        """It is taken without asking, and what a refund addresses."""
        payment = wire.payment({**CAPTURED, "status": status}, {})

        assert ("CAPTURE1", "CAPTURE1", status, 4000) == facts(
            payment, "payment_id", "capture_id", "status", "amount_authorized"
        )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**HELD, "id": None}, "id"),
        ({**HELD, "status": 7}, "status"),
        ({**HELD, "amount": None}, "amount"),
        ({**HELD, "amount": {"value": "1.00"}}, "amount.currency_code"),
        ({**HELD, "amount": {"value": "1.005", "currency_code": "EUR"}}, "amount.value"),
        ({**HELD, "amount": {"value": "1.50", "currency_code": "JPY"}}, "amount.value"),
        ({**HELD, "amount": {"value": "-1.00", "currency_code": "EUR"}}, "amount.value"),
        ({**HELD, "expiration_time": "soon"}, "hold_expires_at"),
        (order("SUBSCRIBE"), "intent"),
        (order(captures={"a": 1}), "purchase_units[0].payments.captures"),  # type: ignore[arg-type]
        (order(captures=[7]), "purchase_units[0].payments.captures[0]"),
        (order(captures=[{"id": "C"}]), "purchase_units[0].payments.captures[0].status"),
        ({"purchase_units": [7]}, "purchase_units[0]"),
        ({"purchase_units": 7}, "purchase_units"),
        (7, "$"),
    ],
)
def test_a_body_that_is_wrong_names_the_place(body: Any, field: str) -> None:
    """The field of PayPal's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.payment(body, {})

    assert field == caught.value.field


@pytest.mark.parametrize(
    ("currency", "value", "amount"),
    [("EUR", "10.5", 1050), ("JPY", "105", 105), ("HUF", "105.00", 105), ("TWD", "1", 1)],
)
def test_money_has_the_places_that_paypal_takes(currency: str, value: str, amount: int) -> None:
    """Two, or none; noughts beyond them mean nothing; and it is written so."""
    payment = wire.payment({**CAPTURED, "amount": {"currency_code": currency, "value": value}}, {})
    call = wire.call(payment, Action.REFUND, amount)

    assert amount == payment.amount_authorized
    assert call is not None
    assert call.body is not None
    written = f"{amount // 100}.{amount % 100:02}" if currency == "EUR" else str(amount)
    assert {"value": written, "currency_code": currency} == call.body["amount"]


# --- webhooks ---------------------------------------------------------------------------------------


def hook(name: object, resource: Any) -> dict[str, Any]:
    return {"id": "WH-1", "event_type": name, "create_time": "2026-11-20T12:00:00Z", "resource": resource}


RELATED = {"supplementary_data": {"related_ids": {"order_id": "ORDER", "authorization_id": "AUTH"}}}


@pytest.mark.parametrize(
    ("name", "resource", "event", "payment_id", "reference", "amount"),
    [
        ("PAYMENT.AUTHORIZATION.CREATED", HELD, Event.AUTHORIZED, "AUTH", "WH-1", 10000),
        ("PAYMENT.AUTHORIZATION.VOIDED", HELD, Event.CANCELED, "AUTH", "WH-1", None),
        ("PAYMENT.CAPTURE.COMPLETED", CAPTURED, Event.CAPTURED, "CAPTURE1", "CAPTURE1", 4000),
        ("PAYMENT.CAPTURE.COMPLETED", {**CAPTURED, **RELATED}, Event.CAPTURED, "AUTH", "CAPTURE1", 4000),
        ("PAYMENT.CAPTURE.DECLINED", {**CAPTURED, **RELATED}, Event.DECLINED, "AUTH", "WH-1", None),
        ("PAYMENT.CAPTURE.DENIED", CAPTURED, Event.DECLINED, "CAPTURE1", "WH-1", None),
        ("PAYMENT.CAPTURE.REVERSED", GIVEN_BACK, Event.CHARGED_BACK, "CAPTURE1", "WH-1", None),
        ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", {"order_id": "ORDER"}, Event.EXPIRED, "ORDER", "WH-1", None),
        ("PAYMENT.CAPTURE.REFUNDED", GIVEN_BACK, Event.REFUNDED, "CAPTURE1", "REFUND1", 1000),
        (
            "PAYMENT.CAPTURE.REFUNDED",
            {**GIVEN_BACK, "status": "FAILED"},
            Event.REFUND_FAILED,
            "CAPTURE1",
            "REFUND1",
            1000,
        ),
        ("CUSTOMER.DISPUTE.CREATED", {}, Event.DISPUTED, "CAPTURE1", "WH-1", None),
        ("CUSTOMER.DISPUTE.RESOLVED", {}, Event.DISPUTE_LOST, "CAPTURE1", "WH-1", None),
        (
            "CUSTOMER.DISPUTE.RESOLVED",
            {"outcome_code": "CANCELED_BY_BUYER"},
            Event.DISPUTE_WON,
            "CAPTURE1",
            "WH-1",
            None,
        ),
    ],
)
def test_a_webhook_is_an_event(
    name: str, resource: dict[str, Any], event: Event, payment_id: str, reference: str, amount: int | None
) -> None:
    """Of the authorization where there is one, else of the capture; a refund is known by its own id."""
    if name.startswith("CUSTOMER"):
        resource = {"disputed_transactions": [{"seller_transaction_id": "CAPTURE1"}], "dispute_outcome": resource}
    (notice,) = wire.notices(hook(name, resource))

    assert isinstance(notice, Notice)
    assert (event, payment_id, reference, amount) == (
        notice.event,
        notice.payment_id,
        notice.reference,
        notice.amount,
    )
    assert event in wire.EVENTS


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("PAYMENT.CAPTURE.PENDING", CAPTURED),
        ("CHECKOUT.ORDER.APPROVED", {"id": "ORDER"}),
        ("CUSTOMER.DISPUTE.UPDATED", {"dispute_id": "PP-D-1"}),
        ("PAYMENT.CAPTURE.REFUNDED", {**GIVEN_BACK, "status": "PENDING"}),
    ],
)
def test_what_moves_no_money_is_no_event(name: str, resource: dict[str, Any]) -> None:
    """It is awaited, or about something else."""
    assert () == wire.notices(hook(name, resource))


@pytest.mark.parametrize(
    ("name", "resource"),
    [("PAYMENT.SOMETHING.NEW", {"id": "X"}), ("PAYMENT.AUTHORIZATION.CREATED", {**HELD, "status": "PENDING"})],
)
def test_what_is_not_understood_is_reported(name: str, resource: dict[str, Any]) -> None:
    """With its name, and of which payment it is."""
    (lost,) = wire.notices(hook(name, resource))

    assert isinstance(lost, Unread)
    assert (name, resource["id"]) == (lost.what, lost.payment_id)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "$"),
        ({}, "resource"),
        (hook("PAYMENT.CAPTURE.COMPLETED", 7), "resource"),
        (hook(None, {}), "event_type"),
        (hook("PAYMENT.CAPTURE.COMPLETED", {}), "resource.amount"),
        (hook("CUSTOMER.DISPUTE.CREATED", {}), "disputed_transactions"),
    ],
)
def test_a_webhook_that_is_wrong_names_the_place(body: Any, field: str) -> None:
    """The field that is missing is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.notices(body)

    assert field == caught.value.field


@pytest.mark.parametrize("links", [None, 7, [], [{"rel": "up", "href": 7}], [{"rel": "up", "href": "/captures/"}]])
def test_a_refund_that_names_no_capture_is_of_nobody(links: Any) -> None:
    """It is folded into the only payment there is, if there is one."""
    (notice,) = wire.notices(hook("PAYMENT.CAPTURE.REFUNDED", {**GIVEN_BACK, "links": links}))

    assert notice.payment_id is None


@pytest.mark.parametrize("data", [7, {}, {"related_ids": 7}, {"related_ids": {"authorization_id": 7}}])
def test_a_capture_that_names_no_authorization_is_its_own_payment(data: Any) -> None:
    """Whatever stands in the place of the name."""
    (notice,) = wire.notices(hook("PAYMENT.CAPTURE.COMPLETED", {**CAPTURED, "supplementary_data": data}))

    assert ("CAPTURE1", CaptureMode.AUTO) == (notice.payment_id, notice.tells["capture_mode"])  # type: ignore[union-attr]


# --- requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "action", "path"),
    [
        ({}, Action.CANCEL, "/v2/payments/authorizations/A%2F1/void"),
        ({"created_as": "reauthorization", "parent_id": "P"}, Action.CANCEL, "/v2/payments/authorizations/P/void"),
        ({"created_as": "reauthorization"}, Action.CANCEL, None),
        ({"payment_id": None}, Action.CANCEL, None),
        ({"capture_id": "C"}, Action.REFUND, "/v2/payments/captures/C/refund"),
        ({"status": "COMPLETED"}, Action.REFUND, "/v2/payments/captures/A%2F1/refund"),
        ({}, Action.REFUND, None),
    ],
)
def test_a_request_addresses_what_it_undoes(fields: dict[str, Any], action: Action, path: str | None) -> None:
    """The authorization or its parent; the capture, whose id is that of a payment without an authorization."""
    plain: dict[str, Any] = {"payment_id": "A/1", "status": "CREATED", "currency": "EUR", "amount_authorized": 5}
    call = wire.call(Payment(provider="paypal", **{**plain, **fields}), action, 5)

    assert path == (call and call.path)


def test_the_example_is_read() -> None:
    """The rest is released first; then each capture is given back by a call of its own."""
    body = json.loads((ROOT / "examples" / "paypal" / "order-two-captures.json").read_text(encoding="utf-8"))
    payment = wire.payment(body, {})
    decision = decide(payment, Undo.from_record({"at": "2026-11-20T12:00:00Z"}))

    assert ("cancel", 2500, 6500) == (decision.action, decision.amount, decision.remaining)
