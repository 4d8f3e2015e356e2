"""Stripe's JSON, as its intents, charges, refunds, disputes and sessions have it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from payrules import Action, CallerError, CaptureMode, Kind, Notice, Payment, Undo, decide, fold
from payrules.events import Unread
from payrules.providers.stripe import wire

CREATED = 1_767_261_600
AT = datetime(2026, 1, 1, 10, tzinfo=UTC)
CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "object": "charge",
    "amount_refunded": 300,
    "created": CREATED + 40,
    "disputed": False,
    "payment_method_details": {"type": "card", "card": {"network": "visa", "capture_before": CREATED + 600}},
}
INTENT: dict[str, Any] = {
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 1000,
    "amount_capturable": 0,
    "amount_received": 1000,
    "capture_method": "automatic",
    "created": CREATED,
    "currency": "eur",
    "latest_charge": CHARGE,
    "status": "succeeded",
}
REFUND: dict[str, Any] = {
    "id": "re_1",
    "object": "refund",
    "amount": 400,
    "currency": "eur",
    "payment_intent": "pi_1",
    "status": "succeeded",
}


def event(kind: str, item: object, **fields: Any) -> dict[str, Any]:
    return {"id": "evt_1", "type": kind, "created": CREATED, "data": {"object": item}, **fields}


def notice(kind: str, item: object) -> Notice:
    (found,) = wire.notices(event(kind, item))
    assert isinstance(found, Notice)
    return found


class TestAnIntent:
    """What its JSON, and its charge's, say of a payment."""

    def test_is_read_with_its_charge(self) -> None:
        """Amounts, mode and currency are the intent's; refunds, method, dispute and deadline the charge's."""
        payment = wire.payment(INTENT, {})

        assert (1000, 1000, 300) == (payment.amount_authorized, payment.amount_captured, payment.amount_refunded)
        assert ("EUR", CaptureMode.AUTO, "card", "visa") == (
            payment.currency,
            payment.capture_mode,
            payment.method,
            payment.scheme,
        )
        assert (AT, False) == (payment.created_at, payment.disputed)
        assert datetime(2026, 1, 1, 10, 10, tzinfo=UTC) == payment.hold_expires_at

    def test_of_an_older_version_lists_its_charges(self) -> None:
        """The latest stands first."""
        older = {**INTENT, "latest_charge": None, "charges": {"data": [CHARGE, {"id": "ch_0"}]}}

        assert 300 == wire.payment(older, {}).amount_refunded
        assert wire.payment({**older, "charges": {"data": []}}, {}).amount_refunded is None
        assert wire.payment({**older, "charges": {}}, {}).amount_refunded is None

    @pytest.mark.parametrize("charge", [None, "ch_1"])
    def test_without_its_charge_misses_what_was_refunded(self, charge: str | None) -> None:
        """And a decision asks for it."""
        payment = wire.payment({**INTENT, "latest_charge": charge}, {})

        assert ("amount_refunded",) == decide(payment, Undo(at=AT)).needs

    def test_whose_hold_was_released_was_not_refunded(self) -> None:
        """In its charge what is released shows as refunded; nothing of it was ever taken."""
        body = {
            **INTENT,
            "amount_received": 0,
            "status": "canceled",
            "latest_charge": {**CHARGE, "amount_refunded": 1000},
        }

        assert 0 == wire.payment(body, {}).amount_refunded

    def test_that_holds_less_than_it_was_made_for_has_released_the_rest(self) -> None:
        """What is neither held nor taken is gone; where an amount is absent, nobody knows."""
        held = {**INTENT, "status": "requires_capture", "amount_received": 300, "amount_capturable": 500}

        assert 200 == wire.payment(held, {}).amount_released
        assert wire.payment({**held, "capture_method": None}, {}).capture_mode is None
        assert wire.payment({**held, "amount_capturable": None}, {}).amount_released is None
        assert wire.payment(INTENT, {}).amount_released is None

    def test_whose_method_says_nothing_more(self) -> None:
        """A charge without details, or with details of no kind we read, tells what else it has."""
        for details in (None, {}, {"type": "sofort"}, {"type": "sofort", "sofort": "?"}, {"type": None}):
            payment = wire.payment({**INTENT, "latest_charge": {**CHARGE, "payment_method_details": details}}, {})
            assert (300, None, None) == (payment.amount_refunded, payment.scheme, payment.hold_expires_at)

    def test_loses_to_a_given_fact(self) -> None:
        """What the caller knows better is taken."""
        assert 7 == wire.payment(INTENT, {"amount_refunded": 7}).amount_refunded
        assert "cs_1" == wire.payment(INTENT, {"created_as": "checkout_session", "parent_id": "cs_1"}).parent_id

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"id": None}, "id"),
            ({"status": None}, "status"),
            ({"object": "charge"}, "object"),
            ({"object": ["x"]}, "object"),
            ({"capture_method": "later"}, "capture_method"),
            ({"capture_method": 1}, "capture_method"),
            ({"amount": "1000"}, "amount"),
            ({"amount_received": 10.0}, "amount_received"),
            ({"currency": None}, "currency"),
            ({"currency": "euro"}, "currency"),
            ({"currency": 7}, "currency"),
            ({"created": "yesterday"}, "created"),
            ({"created": -1}, "created"),
            ({"created": 10**14}, "created"),
            ({"created": 10**10}, "created_at"),
            ({"latest_charge": 7}, "latest_charge"),
            ({"latest_charge": {**CHARGE, "payment_method_details": "card"}}, "payment_method_details"),
            ({"latest_charge": {**CHARGE, "amount_refunded": "1"}}, "amount_refunded"),
            ({"latest_charge": {**CHARGE, "disputed": "no"}}, "disputed"),
            ({"latest_charge": None, "charges": {"data": "x"}}, "charges.data"),
        ],
    )
    def test_that_is_wrong_names_the_place(self, change: dict[str, Any], field: str) -> None:
        """The field of Stripe's, or of the record, is in the error."""
        with pytest.raises(CallerError) as caught:
            wire.payment({**INTENT, **change}, {})

        assert field == caught.value.field


def test_a_refund_is_a_payment_of_its_own_kind() -> None:
    """Its amount is what can be stopped."""
    payment = wire.payment({**REFUND, "status": "requires_action"}, {})

    assert ("re_1", Kind.REFUND, 400) == (payment.payment_id, payment.kind, payment.amount_authorized)
    assert (Action.CANCEL, 400) == (decide(payment, Undo(at=AT)).action, decide(payment, Undo(at=AT)).amount)


@pytest.mark.parametrize("body", [INTENT, [INTENT], {"object": "list", "data": [INTENT]}])
def test_a_list_has_several(body: Any) -> None:
    """A list of Stripe's, a plain one, or one object."""
    assert ["pi_1"] == [payment.payment_id for payment in wire.payments(body, {})]


@pytest.mark.parametrize("body", [7, [7], {"object": "list", "data": 7}, {"object": "list"}, "pi_1", None])
def test_what_is_no_list_and_no_object(body: Any) -> None:
    """It is the caller's error."""
    with pytest.raises(CallerError):
        wire.payments(body, {})


class TestAWebhook:
    """An event of Stripe's to what happened."""

    def test_of_an_intent_tells_what_it_carries(self) -> None:
        """Mode, currency, amounts and the day it was made."""
        held = {**INTENT, "status": "requires_capture", "amount_received": 0, "amount_capturable": 1000}
        payment = fold(
            "stripe", [notice("payment_intent.amount_capturable_updated", {**held, "capture_method": "manual"})]
        )

        assert ("requires_capture", 1000, "EUR", CaptureMode.MANUAL, AT) == (
            payment.status,
            payment.amount_authorized,
            payment.currency,
            payment.capture_mode,
            payment.created_at,
        )
        assert datetime(2026, 1, 1, 10, 10, tzinfo=UTC) == payment.hold_expires_at

    def test_of_one_of_several_captures_has_to_be_read_again(self) -> None:
        """It tells a total, and not what was taken now."""
        (unread,) = wire.notices(event("payment_intent.amount_capturable_updated", INTENT))

        assert isinstance(unread, Unread)
        assert ("pi_1", "read again") == (unread.payment_id, unread.why[-10:])

    @pytest.mark.parametrize(
        ("kind", "item", "told"),
        [
            ("payment_intent.succeeded", INTENT, ("captured", 1000, "evt_1")),
            ("payment_intent.payment_failed", INTENT, ("declined", None, "evt_1")),
            ("payment_intent.canceled", INTENT, ("canceled", None, "evt_1")),
            ("refund.updated", REFUND, ("refunded", 400, "re_1")),
            ("charge.refund.updated", {**REFUND, "payment_intent": INTENT}, ("refunded", 400, "re_1")),
            ("refund.failed", {**REFUND, "status": "failed"}, ("refund_failed", 400, "re_1")),
            ("refund.updated", {**REFUND, "status": "canceled"}, ("refund_refused", 400, "re_1")),
            ("charge.dispute.created", {"id": "dp_1", "payment_intent": "pi_1"}, ("disputed", None, "dp_1")),
            (
                "charge.dispute.funds_withdrawn",
                {"id": "dp_1", "payment_intent": "pi_1"},
                ("charged_back", None, "dp_1"),
            ),
            (
                "charge.dispute.closed",
                {"id": "dp_1", "payment_intent": "pi_1", "status": "won"},
                ("dispute_won", None, "dp_1"),
            ),
            (
                "charge.dispute.closed",
                {"id": "dp_1", "payment_intent": "pi_1", "status": "lost"},
                ("dispute_lost", None, "dp_1"),
            ),
            ("checkout.session.expired", {"id": "cs_1", "payment_intent": "pi_1"}, ("expired", None, "cs_1")),
        ],
    )
    def test_is_an_event(self, kind: str, item: dict[str, Any], told: tuple[Any, ...]) -> None:
        """Of the intent, under an id that is the same however often it is sent."""
        found = notice(kind, item)

        assert told == (found.event.value, found.amount, found.reference)
        assert ("pi_1", AT) == (found.payment_id, found.at)
        assert found.event in wire.EVENTS

    @pytest.mark.parametrize(
        ("kind", "item"),
        [
            ("payment_intent.processing", INTENT),
            ("charge.refunded", CHARGE),
            ("refund.created", {**REFUND, "status": "pending"}),
            ("refund.updated", {**REFUND, "status": "requires_action"}),
            ("checkout.session.expired", {"id": "cs_1", "payment_intent": None}),
        ],
    )
    def test_may_change_nothing(self, kind: str, item: dict[str, Any]) -> None:
        """Another tells the same, or it is of no payment."""
        assert () == wire.notices(event(kind, item))

    @pytest.mark.parametrize(
        ("kind", "item", "why"),
        [
            ("refund.updated", {**REFUND, "status": "blessed"}, "status 'blessed'"),
            ("refund.updated", {**REFUND, "status": 7}, "status 7"),
            ("refund.updated", {**REFUND, "payment_intent": None}, "names no payment intent"),
            ("charge.dispute.closed", {"id": "dp_1", "payment_intent": "pi_1", "status": "warning_closed"}, "status"),
            ("payment_intent.blessed", INTENT, "type is not known"),
            (7, INTENT, "type is not known"),
        ],
    )
    def test_that_is_not_understood_is_told(self, kind: Any, item: dict[str, Any], why: str) -> None:
        """It is kept, and reported with why."""
        (unread,) = wire.notices(event(kind, item))

        assert isinstance(unread, Unread)
        assert why in unread.why
        assert str(kind) == unread.what

    @pytest.mark.parametrize("body", [7, {}, {"data": 7}, {"data": {"object": 7}}])
    def test_that_is_none(self, body: Any) -> None:
        """It is the caller's error."""
        with pytest.raises(CallerError, match="data"):
            wire.notices(body)


class TestARequest:
    """What is sent for an operation."""

    @pytest.mark.parametrize(
        ("action", "fields", "path", "body"),
        [
            (Action.CANCEL, {"status": "requires_capture"}, "/v1/payment_intents/p%2F1/cancel", None),
            (
                Action.CANCEL,
                {"status": "requires_capture", "amount_captured": 1},
                "/v1/payment_intents/p%2F1/capture",
                {"amount_to_capture": 0, "final_capture": "true"},
            ),
            (
                Action.CANCEL,
                {"status": "requires_action", "created_as": "checkout_session", "parent_id": "cs/1"},
                "/v1/checkout/sessions/cs%2F1/expire",
                None,
            ),
            (
                Action.CANCEL,
                {"status": "requires_capture", "created_as": "checkout_session"},
                "/v1/payment_intents/p%2F1/cancel",
                None,
            ),
            (Action.CANCEL, {"status": "requires_action", "kind": Kind.REFUND}, "/v1/refunds/p%2F1/cancel", None),
            (Action.REFUND, {"status": "succeeded"}, "/v1/refunds", {"payment_intent": "p/1", "amount": 7}),
        ],
    )
    def test_is_complete(self, action: Action, fields: dict[str, Any], path: str, body: object) -> None:
        """Method, path and body are those of Stripe's API; each has a key, and only a body has a type."""
        call = wire.call(Payment(provider="stripe", payment_id="p/1", currency="EUR", **fields), action, 7)

        assert call is not None
        assert ("POST", path, body) == (call.method, call.path, call.body)
        assert 0 < len(call.headers["Idempotency-Key"]) <= 255
        assert ("Content-Type" in call.headers) is (body is not None)
        assert all(name.lower() != "authorization" for name in call.headers)

    def test_needs_the_id_that_it_names(self) -> None:
        """Without the intent's id, or an unpaid one's session, there is none."""
        unnamed = Payment(provider="stripe", status="succeeded", currency="EUR")
        owned = Payment(
            provider="stripe",
            payment_id="pi_1",
            status="requires_action",
            currency="EUR",
            created_as="checkout_session",
        )

        assert wire.call(unnamed, Action.REFUND, 7) is None
        assert wire.call(owned, Action.CANCEL, 7) is None
