"""Dojo's JSON, in every shape that its API has had."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from payrules import Action, CallerError, Notice, Payment, Undo, decide, strict_json
from payrules.calls import idempotency_key
from payrules.events import Unread
from payrules.providers.dojo import wire
from tests.vectors import ROOT

FIXTURES = ROOT.parent / "shared" / "fixtures" / "dojo"
INTENTS = ("*PaymentIntents_*_200*.json", "docs__cancel_response_Canceled.json")

AUTO: dict[str, Any] = {
    "id": "pi_1",
    "captureMode": "Auto",
    "status": "Captured",
    "totalAmount": {"value": 1000, "currencyCode": "GBP"},
    "refundedAmount": 0,
    "createdAt": "2026-11-20T10:14:21.802258Z",
    "paymentDetails": {"transactionDateTime": "2026-11-20T10:15:02.4823105Z"},
    "captures": [],
}


def fixtures() -> list[Path]:
    found = [path for pattern in INTENTS for path in sorted(FIXTURES.glob(pattern))]
    return [
        path for path in found if "paymentIntentId" not in path.read_text()
    ]  # the answer to a charge is no intent


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the provider's published payloads are not beside this checkout")
def test_every_published_intent_is_read_and_decided() -> None:
    """Each loads, and gets an answer that no missing fact stands in the way of."""
    assert 4 <= len(fixtures())
    for path in fixtures():
        payment = wire.payment(strict_json.parse(path.read_bytes()), {})
        decision = decide(payment, Undo.from_record({"at": "2026-11-20T12:00:00Z"}))

        assert decision.needs == (), path.name
        assert (
            decision.action.value in {"Created": "cancel", "Captured": "refund", "Canceled": "reject"}[payment.status]
        )


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the provider's published payloads are not beside this checkout")
def test_the_published_webhook_is_read() -> None:
    """A new intent is no event; the same webhook with another status is one."""
    body = json.loads((FIXTURES / "docs__webhook_payment_intent.created.json").read_text())

    assert () == wire.notices(body)
    body["data"]["paymentStatus"] = "Authorized"
    (notice,) = wire.notices(body)
    assert isinstance(notice, Notice)
    assert ("authorized", body["id"], body["data"]["paymentIntentId"]) == (
        notice.event,
        notice.reference,
        notice.payment_id,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"status": None}, "status"),
        ({"captureMode": "Automatic"}, "captureMode"),
        ({"captureMode": 1}, "captureMode"),
        ({"totalAmount": {"value": "1000", "currencyCode": "GBP"}}, "totalAmount.value"),
        ({"totalAmount": 10.0, "amount": {"currencyCode": "GBP", "value": 1000}}, "totalAmount"),
        ({"totalAmount": {"value": 1000}}, "currency"),
        ({"totalAmount": {"value": 1000, "currencyCode": "gbp"}}, "currency"),
        ({"refundedAmount": 10.5}, "amount_refunded"),
        ({"captures": {"a": 1}}, "captures"),
        ({"captures": [1]}, "captures[0]"),
        ({"captures": [{"status": "Successful"}]}, "captures[0].amount"),
        ({"paymentDetails": None, "paymentEvents": {"a": 1}}, "paymentEvents"),
        ({"createdAt": "yesterday"}, "created_at"),
    ],
)
def test_a_body_that_is_wrong_names_the_place(change: dict[str, Any], field: str) -> None:
    """The field of Dojo's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        wire.payment({**AUTO, **change}, {})

    assert field == caught.value.field


def test_a_given_fact_wins_over_the_body() -> None:
    """What the caller knows better is taken."""
    assert 300 == wire.payment(AUTO, {"amount_refunded": 300}).amount_refunded
    with pytest.raises(CallerError, match="did you mean 'disputed'"):
        wire.payment(AUTO, {"disputd": True})


def test_an_instant_that_was_never_set_is_unknown() -> None:
    """The first day of the first year means nothing."""
    payment = wire.payment({**AUTO, "paymentDetails": {"transactionDateTime": "0001-01-01T00:00:00Z"}}, {})

    assert payment.authorized_at is None


@pytest.mark.parametrize(
    ("action", "method", "path", "body"),
    [
        (Action.CANCEL, "DELETE", "/payment-intents/pi_1", None),
        (Action.REVERSE, "POST", "/payment-intents/pi_1/reversal", None),
        (Action.REFUND, "POST", "/payment-intents/pi_1/refunds", {"amount": 400}),
    ],
)
def test_a_request_is_complete(action: Action, method: str, path: str, body: object) -> None:
    """Method, path, version and body are those of Dojo's API; only a refund has a key, of at most 100 characters."""
    call = wire.call(wire.payment(AUTO, {}), action, 400)

    assert call is not None
    assert (method, path, body) == (call.method, call.path, call.body)
    assert wire.VERSION == call.headers["Version"]
    assert ("idempotencyKey" in call.headers) is (action is Action.REFUND)
    assert len(call.headers.get("idempotencyKey", "")) <= 100
    assert all(name.lower() != "authorization" for name in call.headers)


def test_a_path_takes_no_liberties() -> None:
    """An id with a slash stays one segment, and without an id there is no call."""
    call = wire.call(wire.payment({**AUTO, "id": "pi/../1"}, {}), Action.CANCEL, 1)

    assert call is not None
    assert "/payment-intents/pi%2F..%2F1" == call.path
    assert wire.call(Payment(provider="dojo", status="Created", currency="GBP"), Action.CANCEL, 1) is None


def test_the_same_undo_has_the_same_key() -> None:
    """A retry repeats the key; another amount, operation or balance does not."""
    payment = wire.payment(AUTO, {})
    key = idempotency_key(payment, Action.REFUND, 400)
    refunded = wire.payment({**AUTO, "refundedAmount": 400}, {})
    pending = wire.payment(AUTO, {"amount_refund_pending": 400})

    assert key == idempotency_key(wire.payment(AUTO, {}), Action.REFUND, 400)
    assert 5 == len(
        {
            key,
            idempotency_key(payment, Action.REFUND, 401),
            idempotency_key(payment, Action.REVERSE, 400),
            idempotency_key(refunded, Action.REFUND, 400),
            idempotency_key(pending, Action.REFUND, 400),
        }
    )


def test_a_webhook_of_another_kind_is_told() -> None:
    """A status that no event leads to is kept and reported; a body that is no webhook is an error."""
    (unread,) = wire.notices(
        {
            "id": "evt_1",
            "event": "payment_intent.status_updated",
            "data": {"paymentIntentId": "pi_1", "paymentStatus": "Frozen"},
        }
    )

    assert isinstance(unread, Unread)
    assert "Frozen" in unread.what
    with pytest.raises(CallerError):
        wire.notices({"id": "evt_1"})


def test_the_last_of_several_captures_is_told_by_its_moment() -> None:
    """Whatever the offsets; one that is no moment is the caller's error."""
    capture = {"amount": {"value": 1}, "status": "Successful"}
    intent = {"id": "pi", "status": "Captured", "amount": {"value": 9, "currencyCode": "GBP"}}
    moments = ("2026-11-20T10:00:00+02:00", "2026-11-20T09:00:00Z")
    told = wire.payment({**intent, "captures": [{**capture, "createdAt": moment} for moment in moments]}, {})

    assert datetime(2026, 11, 20, 9, tzinfo=UTC) == told.captured_at
    with pytest.raises(CallerError, match="createdAt"):
        wire.payment({**intent, "captures": [{**capture, "createdAt": moment} for moment in (True, moments[0])]}, {})
