"""Braintree's GraphQL JSON, the webhooks as its SDKs parse them, and its mutations."""

from __future__ import annotations

from typing import Any

import pytest

from payrules import Action, CallerError, Event, Kind, Notice, Payment, Undo, decide
from payrules.events import Unread
from payrules.providers.braintree import wire


def money(value: object, currency: str = "USD") -> dict[str, object]:
    return {"value": value, "currencyCode": currency}


def reached(status: str, at: str, value: str = "10.00") -> dict[str, Any]:
    return {"status": status, "timestamp": at, "amount": money(value)}


NODE: dict[str, Any] = {
    "__typename": "Transaction",
    "id": "t1",
    "createdAt": "2026-03-02T09:59:58.000000Z",
    "amount": money("6.00"),
    "orderId": "order-7",
    "status": "SETTLED",
    "statusHistory": [
        reached("SETTLED", "2026-03-04T08:15:00Z", "6.00"),
        reached("SUBMITTED_FOR_SETTLEMENT", "2026-03-02T10:00:01Z", "6.00"),
        reached("AUTHORIZED", "2026-03-02T10:00:00Z"),
    ],
    "paymentMethodSnapshot": {"__typename": "PayPalTransactionDetails"},
    "refunds": [],
    "disputes": [],
}


def read(**change: Any) -> Payment:
    return wire.payment({**NODE, **change}, {})


def test_a_transaction_is_read() -> None:
    """Status and method in the SDKs' words, amounts from the history, times of authorization, submission, settlement."""
    payment = read()

    assert ("settled", "paypal_account", Kind.SALE) == (payment.status, payment.method, payment.kind)
    assert (1000, 600, 0, 0) == (
        payment.amount_authorized,
        payment.amount_captured,
        payment.amount_refunded,
        payment.amount_refund_pending,
    )
    assert ["2026-03-02T10:00:00Z", "2026-03-02T10:00:01Z", "2026-03-04T08:15:00Z"] == [
        payment.to_record()[name] for name in ("authorized_at", "captured_at", "settled_at")
    ]
    assert ("order-7", False) == (payment.merchant_reference, payment.disputed)


def test_what_was_not_asked_for_is_unknown() -> None:
    """A query that names only what every transaction has leaves the rest open."""
    payment = wire.payment({name: NODE[name] for name in ("id", "status", "amount")}, {})

    assert (600, 600, None, None, None) == (
        payment.amount_authorized,
        payment.amount_captured,
        payment.amount_refunded,
        payment.disputed,
        payment.method,
    )
    assert (None, None, None) == (payment.kind, payment.merchant_reference, payment.captured_at)


@pytest.mark.parametrize(
    ("snapshot", "method"),
    [(None, None), ({}, None), ({"__typename": 7}, None), ({"__typename": "NewDetails"}, None), ("card", None)],
)
def test_a_method_that_is_not_known_stays_unknown(snapshot: object, method: str | None) -> None:
    """So it has PayPal's window, and is asked for once that is over."""
    assert method == read(paymentMethodSnapshot=snapshot).method


@pytest.mark.parametrize(
    ("status", "given_back", "pending"),
    [
        *((word, 200, 0) for word in ("SUBMITTED_FOR_SETTLEMENT", "SETTLING", "SETTLED")),
        *((word, 0, 200) for word in ("AUTHORIZING", "AUTHORIZED", "SETTLEMENT_PENDING", "A_NEW_WORD")),
        *((word, 0, 0) for word in ("VOIDED", "FAILED", "PROCESSOR_DECLINED", "GATEWAY_REJECTED")),
        *((word, 0, 0) for word in ("SETTLEMENT_DECLINED", "AUTHORIZATION_EXPIRED")),
    ],
)
def test_a_refund_counts_by_its_status(status: str, given_back: int, pending: int) -> None:
    """As given back, as under way, or not at all; a word never seen reserves."""
    payment = read(refunds=[{"status": status, "amount": money("2.00")}])

    assert (given_back, pending) == (payment.amount_refunded, payment.amount_refund_pending)


@pytest.mark.parametrize(
    ("disputes", "disputed"), [(["WON"], False), (["WON", "OPEN"], True), (["LOST"], True), (["A_NEW_WORD"], True)]
)
def test_a_dispute_stands_until_it_is_won(disputes: list[str], disputed: bool) -> None:
    """Whatever else has become of it."""
    assert disputed is read(disputes=[{"status": word} for word in disputes]).disputed


def test_a_parent_is_read_with_its_children() -> None:
    """What was authorized in all, what the children captured, and how many there are; one without any is no parent."""
    details = {"totalAmountAuthorized": money("10.00"), "childCaptures": [{"id": "c1"}, {"id": "c2"}]}
    parent = read(status="AUTHORIZED", statusHistory=None, partialCaptureDetails=details)
    childless = read(status="AUTHORIZED", partialCaptureDetails={**details, "childCaptures": []})

    assert (1000, 600, 2) == (parent.amount_authorized, parent.amount_captured, parent.captures)
    assert (1000, None, None) == (childless.amount_authorized, childless.amount_captured, childless.captures)


def test_an_event_without_an_amount_tells_none() -> None:
    """Then what is charged counts as authorized."""
    history = [{"status": "AUTHORIZED", "timestamp": "2026-03-02T10:00:00Z"}]

    assert 600 == read(statusHistory=history).amount_authorized


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"status": None}, "status"),
        ({"amount": None}, "amount"),
        ({"status": 7}, "status"),
        ({"amount": "6.00"}, "amount"),
        ({"amount": money("six")}, "amount.value"),
        ({"amount": money("6.001")}, "amount.value"),
        ({"amount": {"value": "6.00"}}, "amount.currencyCode"),
        ({"amount": money("6.00", "usd")}, "currency"),
        ({"statusHistory": {"a": 1}}, "statusHistory"),
        ({"statusHistory": [1]}, "statusHistory"),
        ({"refunds": {"a": 1}}, "refunds"),
        ({"refunds": [1]}, "refunds[0]"),
        ({"refunds": [{"status": "SETTLED"}]}, "refunds[0].amount"),
        ({"disputes": [1]}, "disputes"),
        ({"disputes": {"a": 1}}, "disputes"),
        ({"partialCaptureDetails": {"childCaptures": {"a": 1}}}, "totalAmountAuthorized"),
        ({"createdAt": "yesterday"}, "created_at"),
    ],
)
def test_a_body_that_is_wrong_names_the_place(change: dict[str, Any], field: str) -> None:
    """The field of Braintree's, or of the record, is in the error."""
    with pytest.raises(CallerError) as caught:
        read(**change)

    assert caught.value.field in (field, "childCaptures")


def test_children_are_a_list() -> None:
    """Anything else is wrong."""
    details = {"totalAmountAuthorized": money("10.00"), "childCaptures": {"a": 1}}
    with pytest.raises(CallerError, match="list"):
        read(partialCaptureDetails=details)


SEARCHED = {"data": {"search": {"transactions": {"edges": [{"node": NODE}, {"node": {**NODE, "id": "t2"}}]}}}}


def test_answers_are_read_where_they_hold_a_transaction() -> None:
    """A single one, one under its node, a page of a search, and lists."""
    several: tuple[Any, ...] = (SEARCHED, [])
    none: tuple[Any, ...] = (7, None, {"data": {"node": None}}, {"data": {"viewer": {}}})

    assert "t1" == wire.payment({"data": {"node": NODE}, "extensions": {"requestId": "1"}}, {}).payment_id
    assert ["t1", "t2"] == [payment.payment_id for payment in wire.payments(SEARCHED, {})]
    assert ["t1", "t1"] == [payment.payment_id for payment in wire.payments([NODE, [NODE]], {})]
    for body in several:
        with pytest.raises(CallerError, match="one transaction"):
            wire.payment(body, {})
    for wrong in none:
        with pytest.raises(CallerError):
            wire.payment(wrong, {})


def test_a_given_fact_wins_over_the_body() -> None:
    """What the caller knows better is taken."""
    assert 300 == wire.payment(NODE, {"amount_refunded": 300}).amount_refunded


# --- webhooks -------------------------------------------------------------------------------------


def hook(kind: object, **transaction: Any) -> dict[str, Any]:
    told = {"id": "5ehfc4", "amount": "6.00", "currency_iso_code": "USD", **transaction}
    return {"kind": kind, "timestamp": "2026-03-04T08:15:30Z", "subject": {"transaction": told}}


def only(body: Any) -> Notice | Unread:
    (found,) = wire.notices(body)
    return found


def test_a_settlement_tells_how_much_was_captured() -> None:
    """The book may not have heard of the submission."""
    notice = only(hook("transaction_settled"))

    assert isinstance(notice, Notice)
    assert (Event.SETTLED, "5ehfc4", {"amount_captured": 600}) == (notice.event, notice.payment_id, notice.tells)


def test_a_failed_refund_names_what_it_refunded() -> None:
    """It is a transaction of its own."""
    notice = only(hook("refund_failed", id="re1", refunded_transaction_id="5ehfc4"))

    assert isinstance(notice, Notice)
    assert (Event.REFUND_FAILED, 600, "re1", "5ehfc4") == (
        notice.event,
        notice.amount,
        notice.reference,
        notice.payment_id,
    )


def test_the_settlement_of_a_refund_is_none_of_what_it_refunds() -> None:
    """It counts as given back already; one that is declined takes that back."""
    refund = {"id": "re1", "type": "credit", "refunded_transaction_id": "5ehfc4"}
    notice = only(hook("transaction_settlement_declined", **refund))

    assert () == wire.notices(hook("transaction_settled", **refund))
    assert isinstance(notice, Notice)
    assert (Event.REFUND_FAILED, 600, "5ehfc4", {}) == (notice.event, notice.amount, notice.payment_id, notice.tells)


def test_without_a_currency_no_amount_is_told() -> None:
    """A settlement and a failed refund are then of all there is."""
    for kind in ("transaction_settled", "refund_failed"):
        notice = only(hook(kind, currency_iso_code=None))

        assert isinstance(notice, Notice)
        assert (None, {}) == (notice.amount, notice.tells)


def test_a_dispute_names_its_transaction() -> None:
    """And itself."""
    body = {
        "kind": "dispute_lost",
        "timestamp": None,
        "subject": {"dispute": {"id": "d", "transaction": {"id": "t"}}},
    }
    notice = only(body)

    assert isinstance(notice, Notice)
    assert (Event.DISPUTE_LOST, "d", "t") == (notice.event, notice.reference, notice.payment_id)


def test_what_tells_nothing_is_passed_over_and_what_is_not_known_is_reported() -> None:
    """A payout, the check of an address; and any other kind."""
    assert () == wire.notices([hook("transaction_disbursed"), {"kind": "check"}])
    unread = only(hook("transaction_reviewed"))

    assert isinstance(unread, Unread)
    assert ("transaction_reviewed", "5ehfc4") == (unread.what, unread.payment_id)


@pytest.mark.parametrize(
    "body",
    [7, [7], {}, {"kind": 7}, {"kind": "transaction_settled", "subject": 7}, hook("refund_failed", amount="x")],
)
def test_what_is_no_webhook_is_an_error(body: Any) -> None:
    """It names the caller's mistake."""
    with pytest.raises(CallerError):
        wire.notices(body)


# --- mutations ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "action", "mutation", "names"),
    [
        ({"status": "AUTHORIZED"}, Action.CANCEL, "voidTransaction", ["transactionId"]),
        ({"status": "SUBMITTED_FOR_SETTLEMENT"}, Action.REVERSE, "voidTransaction", ["transactionId"]),
        ({"status": "unknown"}, Action.REVERSE, "reverseTransaction", ["apiRequestKey", "transactionId"]),
        ({"__typename": "Refund"}, Action.REVERSE, "reverseRefund", ["apiRequestKey", "refundId"]),
        ({}, Action.REFUND, "refundTransaction", ["apiRequestKey", "refund", "transactionId"]),
    ],
)
def test_a_request_is_complete(change: dict[str, Any], action: Action, mutation: str, names: list[str]) -> None:
    """The mutation of the operation, with its input and nothing else; a void has no key."""
    call = wire.call(read(**change), action, 250)

    assert call is not None
    assert call.body is not None
    assert ("POST", "/graphql", wire.VERSION) == (call.method, call.path, call.headers["Braintree-Version"])
    assert f" {mutation}(input: $input)" in call.body["query"]
    assert names == sorted(call.body["variables"]["input"])


@pytest.mark.parametrize(("currency", "text"), [("USD", "2.50"), ("JPY", "250"), ("KWD", "0.250")])
def test_a_refund_names_its_amount_as_decimal_text(currency: str, text: str) -> None:
    """With the places of its currency."""
    payment = Payment(provider="braintree", status="settled", currency=currency, payment_id="t1")
    call = wire.call(payment, Action.REFUND, 250)

    assert call is not None
    assert call.body is not None
    assert {"amount": text} == call.body["variables"]["input"]["refund"]


def test_without_an_id_there_is_no_call() -> None:
    """Nothing of Braintree's takes the merchant's own reference."""
    payment = Payment(provider="braintree", status="authorized", currency="USD", amount_authorized=7)
    decision = decide(payment, Undo.from_record({"at": "2026-03-05T12:00:00Z"}))

    assert Action.CANCEL is decision.action
    assert decision.call is None
