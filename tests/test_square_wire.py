"""Square's JSON, as its specification describes it and as it should not be."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from payrules import Action, CallerError, Notice, Payment, fold, records
from payrules.events import Unread
from payrules.providers.square import wire

USD = "USD"


def money(amount: object, currency: object = USD) -> dict[str, object]:
    return {"amount": amount, "currency": currency}


APPROVED: dict[str, Any] = {
    "id": "pay_1",
    "created_at": "2026-03-02T10:00:00.000Z",
    "updated_at": "2026-03-02T10:00:01.000Z",
    "amount_money": money(1000),
    "total_money": money(1000),
    "approved_money": money(1000),
    "status": "APPROVED",
    "delay_action": "CANCEL",
    "delay_duration": "PT36H",
    "delayed_until": "2026-03-03T22:00:00.000Z",
    "source_type": "CARD",
    "capabilities": ["EDIT_AMOUNT_UP", "EDIT_AMOUNT_DOWN"],
    "reference_id": "table 7",
    "version_token": "tok",
}


class TestAPayment:
    """What is read of a payment, and what is not."""

    def test_alone_or_as_the_answer_shows_it(self) -> None:
        """Both are the same payment."""
        payment = wire.payment(APPROVED, {})

        assert payment == wire.payment({"payment": APPROVED}, {})
        assert ("pay_1", "APPROVED", "manual", 1000, 0) == (
            payment.payment_id,
            payment.status,
            payment.capture_mode,
            payment.amount_authorized,
            payment.amount_released,
        )
        assert payment.to_record()["hold_expires_at"] == "2026-03-03T22:00:00Z"
        assert payment.version_token == "tok"  # noqa: S105
        assert payment.merchant_reference is None

    def test_what_is_given_wins(self) -> None:
        """And adds what the JSON lacks."""
        payment = wire.payment(APPROVED, {"disputed": True, "amount_authorized": 900})

        assert (True, 900) == (payment.disputed, payment.amount_authorized)

    @pytest.mark.parametrize(
        ("change", "held", "released"),
        [
            ({"total_money": money(700)}, 1000, 300),
            ({"total_money": money(1200)}, 1200, 0),
            ({"approved_money": None}, 1000, 0),
            ({"total_money": None}, 1000, None),
            ({"approved_money": None, "total_money": None, "amount_money": money(800)}, 800, None),
            ({"approved_money": None, "total_money": None, "amount_money": None}, None, None),
            ({"approved_money": {"currency": USD}}, 1000, 0),
        ],
    )
    def test_what_was_held_and_what_was_released(
        self, change: dict[str, Any], held: int | None, released: int | None
    ) -> None:
        """The larger of what was approved and what it amounts to; what of it the total lacks was released."""
        payment = wire.payment({**APPROVED, **change}, {"currency": USD})

        assert (held, released) == (payment.amount_authorized, payment.amount_released)

    @pytest.mark.parametrize(
        ("change", "refunded", "refunds"),
        [
            ({}, 0, 0),
            ({"refunded_money": money(400), "refund_ids": ["r1", "r2"]}, 400, 2),
            ({"refund_ids": []}, 0, 0),
            ({"status": "APPROVED"}, None, None),
        ],
    )
    def test_what_was_refunded(self, change: dict[str, Any], refunded: int | None, refunds: int | None) -> None:
        """A completed payment that shows no refund has none."""
        payment = wire.payment({**APPROVED, "status": "COMPLETED", **change}, {})

        assert (refunded, refunds) == (payment.amount_refunded, payment.refunds)

    @pytest.mark.parametrize(
        ("change", "allows"),
        [
            ({}, ("EDIT_AMOUNT_UP", "EDIT_AMOUNT_DOWN")),
            ({"tip_money": money(0)}, ("EDIT_AMOUNT_UP", "EDIT_AMOUNT_DOWN")),
            ({"tip_money": money(100)}, ("EDIT_AMOUNT_UP",)),
            ({"capabilities": []}, ()),
            ({"capabilities": None}, None),
        ],
    )
    def test_what_may_be_edited(self, change: dict[str, Any], allows: tuple[str, ...] | None) -> None:
        """The amount of a payment with a tip is not offered for lowering."""
        assert allows == wire.payment({**APPROVED, **change}, {}).provider_allows

    @pytest.mark.parametrize(("word", "mode"), [("COMPLETE", "delayed"), ("CANCEL", "manual"), (None, None)])
    def test_who_captures(self, word: str | None, mode: str | None) -> None:
        """Square by itself at the deadline, or the merchant."""
        assert mode == wire.payment({**APPROVED, "delay_action": word}, {}).capture_mode

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"id": None}, "id"),
            ({"status": None}, "status"),
            ({"status": 7}, "status"),
            ({"delay_action": "WAIT"}, "delay_action"),
            ({"delay_action": ["CANCEL"]}, "delay_action"),
            ({"total_money": money("1000")}, "total_money.amount"),
            ({"approved_money": money(-1)}, "approved_money.amount"),
            ({"refunded_money": 400}, "refunded_money"),
            ({"refund_ids": "r1"}, "refund_ids"),
            ({"capabilities": "EDIT_AMOUNT_DOWN"}, "capabilities"),
            ({"capabilities": [7]}, "provider_allows"),
            ({"total_money": money(1000, "usd")}, "currency"),
            ({"total_money": money(1000, None), "amount_money": 7, "approved_money": None}, "currency"),
            ({"created_at": "yesterday"}, "created_at"),
            ({"delayed_until": "2026-03-03T22:00:00"}, "hold_expires_at"),
        ],
    )
    def test_that_is_none_is_the_callers_error(self, change: dict[str, Any], field: str) -> None:
        """And names the field."""
        with pytest.raises(CallerError) as caught:
            wire.payment({**APPROVED, **change}, {})

        assert field == caught.value.field

    def test_lists(self) -> None:
        """A list, a page of a list, a single one."""
        one = wire.payment(APPROVED, {})

        assert (one, one) == wire.payments([APPROVED, {"payment": APPROVED}], {})
        assert (one,) == wire.payments({"payments": [APPROVED], "cursor": "c"}, {})
        assert (one,) == wire.payments({"payment": APPROVED}, {})
        assert () == wire.payments({"payments": []}, {})


def told(kind: str, **thing: Any) -> dict[str, Any]:
    return {"merchant_id": "M", "type": kind, "event_id": "e1", "data": {"type": "t", "object": thing}}


REFUND = {"id": "r1", "payment_id": "pay_1", "status": "PENDING", "amount_money": money(400)}


class TestAWebhook:
    """What each tells."""

    @pytest.mark.parametrize(
        ("status", "event"),
        [("APPROVED", "authorized"), ("COMPLETED", "captured"), ("CANCELED", "canceled"), ("FAILED", "declined")],
    )
    def test_of_a_payment(self, status: str, event: str) -> None:
        """Its status, and what else it shows; the same one again is the same event."""
        (notice,) = wire.notices(told("payment.updated", payment={**APPROVED, "status": status}))

        assert isinstance(notice, Notice)
        assert (event, "pay_1", "pay_1") == (notice.event, notice.payment_id, notice.reference)
        assert notice.to_record()["at"] == "2026-03-02T10:00:01Z"
        assert notice.amount == (1000 if status == "APPROVED" else None)

    def test_of_a_payment_that_is_not_finished_is_none(self) -> None:
        """Another follows."""
        assert () == wire.notices(told("payment.created", payment={**APPROVED, "status": "PENDING"}))

    @pytest.mark.parametrize(
        ("status", "event"),
        [
            ("PENDING", "refund_requested"),
            ("COMPLETED", "refunded"),
            ("REJECTED", "refund_refused"),
            ("FAILED", "refund_failed"),
        ],
    )
    def test_of_a_refund(self, status: str, event: str) -> None:
        """Its amount, under its own id."""
        (notice,) = wire.notices(told("refund.updated", refund={**REFUND, "status": status}))

        assert isinstance(notice, Notice)
        assert (event, 400, "r1", "pay_1") == (notice.event, notice.amount, notice.reference, notice.payment_id)

    @pytest.mark.parametrize(
        "body",
        [
            told("payment.updated", payment={**APPROVED, "status": "HELD"}),
            told("payment.updated", payment={"id": "pay_1"}),
            told("refund.updated", refund={**REFUND, "status": ["PENDING"]}),
            told("payout.sent", payout={"id": "po_1"}),
            {"type": 7},
            {},
        ],
    )
    def test_that_is_not_understood_is_reported(self, body: dict[str, Any]) -> None:
        """And not lost."""
        (unread,) = wire.notices(body)

        assert isinstance(unread, Unread)

    @pytest.mark.parametrize(
        "body", [None, [], "text", {"data": 7}, {"type": "payment.updated"}, told("refund.created", refund=7)]
    )
    def test_that_is_none_is_the_callers_error(self, body: Any) -> None:
        """Whatever it is."""
        with pytest.raises(CallerError):
            wire.notices(body)

    def test_a_life_of_a_payment(self) -> None:
        """Held, lowered, completed, refunded in part."""
        lowered = {**APPROVED, "total_money": money(900), "updated_at": "2026-03-02T11:00:00Z"}
        completed = {**lowered, "status": "COMPLETED", "updated_at": "2026-03-02T12:00:00Z"}
        refunded = {**REFUND, "status": "COMPLETED", "updated_at": "2026-03-03T12:00:00Z"}
        told_of = [
            told("payment.created", payment=APPROVED),
            told("payment.updated", payment=lowered),
            told("payment.updated", payment=completed),
            told("refund.updated", refund=refunded),
            told("payment.updated", payment={**completed, "updated_at": "2026-03-03T12:00:01Z"}),
        ]
        payment = fold("square", [notice for body in told_of for notice in wire.notices(body)])

        assert ("COMPLETED", 1000, 100, 900, 400) == (
            payment.status,
            payment.amount_authorized,
            payment.amount_released,
            payment.amount_captured,
            payment.amount_refunded,
        )


def sent(payment: Payment, action: Action, amount: int) -> dict[str, Any]:
    """The record of a request that there is."""
    call = wire.call(payment, action, amount)
    assert call is not None
    return dict(records.plain(call))


class TestACall:
    """What is sent."""

    def test_a_part_sets_the_new_amount(self) -> None:
        """Less what was released before; with the token, if there is one."""
        lowered = sent(wire.payment({**APPROVED, "total_money": money(900)}, {}), Action.CANCEL, 300)
        bare = sent(wire.payment({**APPROVED, "version_token": None}, {}), Action.CANCEL, 300)

        assert {"amount_money": money(600), "version_token": "tok"} == lowered["body"]["payment"]
        assert {"amount_money": money(700)} == bare["body"]["payment"]
        assert ("PUT", "/v2/payments/pay_1") == (lowered["method"], lowered["path"])
        assert 45 == len(lowered["body"]["idempotency_key"])

    @pytest.mark.parametrize(
        ("change", "given", "amount"),
        [({}, {}, 1000), ({"total_money": money(900)}, {}, 900), ({}, {"amount_captured": 400}, 600)],
    )
    def test_the_whole_has_no_body(self, change: dict[str, Any], given: dict[str, Any], amount: int) -> None:
        """Also where a part was released before, or was captured against all rules."""
        call = sent(wire.payment({**APPROVED, **change}, given), Action.CANCEL, amount)

        assert ("POST", "/v2/payments/pay_1/cancel", None) == (call["method"], call["path"], call["body"])

    def test_a_refund_without_a_token(self) -> None:
        """Has none in its body."""
        completed = wire.payment({**APPROVED, "status": "COMPLETED", "version_token": None}, {})

        assert {"idempotency_key", "payment_id", "amount_money"} == set(sent(completed, Action.REFUND, 400)["body"])

    def test_what_cannot_be_named_is_not_sent(self) -> None:
        """Without an id only a cancel, by the key of the call that created it; a reversal Square does not have."""
        lost = Payment(provider="square", status="unknown", currency=USD, amount_authorized=1000)
        keyed = evolve(lost, merchant_reference="order-1-try-1")

        assert {"idempotency_key": "order-1-try-1"} == sent(keyed, Action.CANCEL, 1000)["body"]
        assert [None] * 4 == [
            wire.call(lost, Action.CANCEL, 1000),
            wire.call(lost, Action.REFUND, 1000),
            wire.call(keyed, Action.REFUND, 1000),
            wire.call(wire.payment(APPROVED, {}), Action.REVERSE, 1000),
        ]
