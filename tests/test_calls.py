"""Requests are complete: they are what the providers publish, and their keys tell retries from new wishes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from payrules import (
    Action,
    CallerError,
    CaptureMode,
    Decision,
    Kind,
    Payment,
    Undo,
    apply,
    decide,
    providers,
    records,
    requested,
)
from payrules.calls import Call, idempotency_key
from payrules.money import minor_units
from payrules.words import OPERATIONS
from tests.strategies import questions
from tests.vectors import every, read

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNTS: dict[str, dict[str, str]] = {
    "adyen": {"merchantAccount": "Shop"},
    "authorizenet": {"cardNumber": "1111", "expirationDate": "XXXX"},
}
KEYS = {
    "dojo": "idempotencyKey",
    "payroc": "Idempotency-Key",
    "adyen": "idempotency-key",
    "stripe": "Idempotency-Key",
    "klarna": "Klarna-Idempotency-Key",
    "gocardless": "Idempotency-Key",
    "checkoutcom": "Cko-Idempotency-Key",
    "braintree": "apiRequestKey",
    "square": "idempotency_key",
    "paypal": "PayPal-Request-Id",
}
"""Where each provider's requests carry their key: a header, or a field of the body."""

KEYLESS = {
    "dojo": (Action.CANCEL, Action.REVERSE),
    "authorizenet": OPERATIONS,
    "checkoutcom": (Action.REVERSE,),
    "gocardless": (Action.CANCEL,),
    "braintree": (Action.CANCEL, Action.REVERSE),
    "square": (Action.CANCEL,),
}
"""The operations whose requests carry none."""

NO_REQUEST: dict[str, Callable[[Payment], bool]] = {
    "klarna": lambda payment: str(payment.payment_id).startswith("krn:"),
    "paypal": lambda payment: payment.capture_id is None,
}
"""Payments of which a decision may come without a request, as a decision of the provider's says."""


def _klarna(decision: Decision, body: Mapping[str, Any]) -> int | None:
    """A lowering names what is left of the order, and not what is given back."""
    if "order_amount" in body:
        held = (decision.known.amount("amount_authorized") or 0) - (decision.known.amount("amount_released") or 0)
        return held - int(body["order_amount"])
    return body.get("refunded_amount")


def _braintree(decision: Decision, body: Mapping[str, Any]) -> int | None:
    """A refund names decimal text, and everything else names no amount."""
    refund = body["variables"]["input"].get("refund")
    return refund and minor_units(refund["amount"], decision.payment.currency, "amount")


def _square(decision: Decision, body: Mapping[str, Any]) -> int | None:
    """A lowering names what is left of the payment, in a record of its own."""
    if "payment" in body:
        held = (decision.known.amount("amount_authorized") or 0) - (decision.known.amount("amount_released") or 0)
        return held - int(body["payment"]["amount_money"]["amount"])
    return body["amount_money"]["amount"] if "amount_money" in body else None


def _paypal(decision: Decision, body: Mapping[str, Any]) -> int | None:
    """Money is decimal text."""
    money = body.get("amount")
    digits = 0 if decision.payment.currency in ("HUF", "JPY", "TWD") else 2
    return money and minor_units(money["value"], money["currency_code"], "value", digits=digits)


def _plain(decision: Decision, body: Mapping[str, Any]) -> int | None:
    amount = body.get("amount")
    return amount["value"] if isinstance(amount, Mapping) else amount


def _authorizenet(decision: Decision, body: Mapping[str, Any]) -> int | None:
    amount = body["createTransactionRequest"]["transactionRequest"].get("amount")
    return None if amount is None else minor_units(amount, decision.payment.currency, "amount")


NAMED: dict[str, Callable[[Decision, Mapping[str, Any]], int | None]] = {
    "authorizenet": _authorizenet,
    "klarna": _klarna,
    "braintree": _braintree,
    "square": _square,
    "paypal": _paypal,
    "gocardless": lambda _, body: body.get("refunds", {}).get("amount"),
}
"""How much a request says is given back, where it does not say so as `amount`; None where it names no amount."""

SCHEMAS = {
    name: {vector.id: Draft202012Validator(vector.case["request"]) for vector in read(name, "requests")}
    for name in providers.NAMES
}


def complete(call: Call) -> dict[str, Any]:
    """The record of a call that the caller has filled in."""
    return dict(records.plain(call))


def published(provider: str, call: Call) -> list[str]:
    """The requests of the provider's that a call is one of."""
    record = complete(call.filled(**{name: ACCOUNTS[provider][name] for name in call.needs}))
    return [name for name, schema in SCHEMAS[provider].items() if schema.is_valid(record)]


def key(call: Call | None) -> str | None:
    assert call is not None
    return next((str(value) for name, value in _fields(call) if name in KEYS.values()), None)


def _fields(call: Call) -> Iterator[tuple[str, object]]:
    """The headers of a call, and the fields of its body however deep they stand."""
    open_: list[Mapping[str, Any]] = [call.headers, call.body or {}]
    while open_:
        for name, value in open_.pop().items():
            yield name, value
            if isinstance(value, Mapping):
                open_.append(value)


@pytest.mark.parametrize("provider", providers.NAMES)
def test_the_requests_are_json_schemas(provider: str) -> None:
    """Each is one, and lets nothing further in."""
    for schema in SCHEMAS[provider].values():
        Draft202012Validator.check_schema(schema.schema)


def test_every_request_of_the_vectors_is_one_that_is_published() -> None:
    """Every decision that makes a call makes exactly one of the provider's requests, and each of these is made."""
    made: set[str] = set()
    for vector in every("undo"):
        decision = decide(vector.payment, vector.undo, edition=vector.edition)
        if decision.action is Action.REJECT:
            assert decision.call is None
            continue
        if decision.call is None:
            assert NO_REQUEST[vector.provider](vector.payment), vector.id
            continue
        found = published(vector.provider, decision.call)
        assert 1 == len(found), (vector.id, complete(decision.call))
        made |= set(found)

    assert {vector.id for name in providers.NAMES for vector in read(name, "requests")} == made


@pytest.mark.parametrize("provider", providers.NAMES)
@settings(max_examples=60)
@given(data=st.data())
def test_every_request_is_one_that_is_published(provider: str, data: st.DataObject) -> None:
    """So is every call of aimed payments; and where one has an amount, it is the one that was decided."""
    payment, undo = data.draw(questions(provider))
    decision = decide(payment, undo)
    if decision.call is not None:
        assert 1 == len(published(provider, decision.call))
        amount = NAMED.get(provider, _plain)(decision, decision.call.body or {})
        # What names no amount takes all that the operation can give back, so that is what was decided.
        whole = decide(payment, evolve(undo, amount=None, only=decision.action)).amount
        assert decision.amount == (whole if amount is None else amount)


@pytest.mark.parametrize("provider", providers.NAMES)
@settings(max_examples=60)
@given(data=st.data())
def test_a_retry_has_the_key_of_the_first_and_a_new_wish_another(provider: str, data: st.DataObject) -> None:
    """The same question has the same key; another amount, another id of the wish, and what is asked once the first is
    booked have others."""
    payment, undo = data.draw(questions(provider, payment_id="P1"))
    decision = decide(payment, undo)
    if decision.call is None or key(decision.call) is None:
        assert decision.call is None or decision.action in KEYLESS[provider]
        return
    booked = decide(apply(payment, requested(decision)), undo)

    assert key(decision.call) == key(decide(payment, evolve(undo, at=undo.at)).call)
    assert key(decision.call_for("a")) == key(decision.call_for("a"))
    assert 3 == len({key(decision.call), key(decision.call_for("a")), key(decision.call_for("b"))})
    assert booked.call is None or key(booked.call) != key(decision.call)


CHANGES: dict[str, dict[str, Any]] = {
    "payment_id": {"payment_id": "P2"},
    "currency": {"currency": "EUR"},
    "refunded": {"amount_refunded": 5},
    "pending": {"amount_refund_pending": 5},
    "provider": {"provider": "adyen"},
    "amount": {},
    "action": {},
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_makes_another_undo_makes_another_key(change: str) -> None:
    """Payment, operation, amount, currency and balances each go into it."""
    first = Payment(provider="dojo", status="Captured", payment_id="P1", currency="GBP", amount_refunded=0)
    second = evolve(first, **CHANGES[change])
    action = Action.REVERSE if change == "action" else Action.REFUND
    amount = 8 if change == "amount" else 7

    assert idempotency_key(first, Action.REFUND, 7) != idempotency_key(second, action, amount)


def test_payments_without_an_id_are_told_apart_by_their_reference() -> None:
    """Two payments whose ids never arrived have two keys, and a reference is never taken for an id."""
    plain: dict[str, Any] = {"provider": "adyen", "status": "Authorised", "currency": "EUR"}
    named: list[dict[str, Any]] = [{"merchant_reference": "1"}, {"merchant_reference": "2"}, {"payment_id": "1"}]
    keys = {idempotency_key(Payment(**plain, **fields), Action.CANCEL, 7) for fields in named}

    assert 3 == len(keys)


def test_what_a_status_proves_does_not_change_the_key() -> None:
    """A payment read from its JSON and the same one with the amounts written out have the same key."""
    read_ = Payment(
        provider="payroc", payment_id="P", status="ready", kind=Kind.SALE, currency="USD", amount_authorized=7
    )
    folded = evolve(read_, amount_released=0, amount_refunded=0)

    assert key(decide(read_, Undo(at=AT)).call) == key(decide(folded, Undo(at=AT)).call)


class TestTheForms:
    """Each provider's own form of a key."""

    def test_payroc_has_a_uuid_of_version_4(self) -> None:
        """Also in its variant."""
        payment = Payment(
            provider="payroc", payment_id="P", status="ready", kind=Kind.SALE, currency="USD", amount_authorized=7
        )
        found = UUID(key(decide(payment, Undo(at=AT)).call))

        assert (4, "specified in RFC 4122") == (found.version, found.variant)

    def test_dojo_has_one_for_refunds_alone(self) -> None:
        """At most 100 characters."""
        fields: dict[str, Any] = {"provider": "dojo", "payment_id": "P", "currency": "GBP", "amount_authorized": 7}
        created = decide(Payment(status="Created", **fields), Undo(at=AT))
        captured = decide(
            Payment(status="Captured", capture_mode=CaptureMode.AUTO, amount_refunded=0, **fields),
            Undo(at=AT, amount=3),
        )

        assert key(created.call) is None
        assert 0 < len(key(captured.call) or "") <= 100

    def test_adyen_has_64_characters(self) -> None:
        """And needs an account, which no payment tells."""
        payment = Payment(provider="adyen", payment_id="P", status="Received", currency="EUR", amount_authorized=7)
        call = decide(payment, Undo(at=AT)).call

        assert call is not None
        assert 64 == len(key(call) or "")
        assert ("merchantAccount",) == call.needs


class TestFillingIn:
    """What only the caller knows is filled in by name."""

    CALL = Call("POST", "/x", {}, {"amount": 1}, ("merchantAccount",))

    def test_completes_the_body(self) -> None:
        """And leaves nothing to fill in; a call that needs nothing stays as it is."""
        filled = self.CALL.filled(merchantAccount="Shop")

        assert ({"amount": 1, "merchantAccount": "Shop"}, ()) == (filled.body, filled.needs)
        assert filled is filled.filled()

    def test_fills_the_places_that_are_kept(self) -> None:
        """At any depth, in the order of the body, and leaves the call that it was as it is."""
        body = {"order": {"card": {"number": None, "expiry": None}, "id": "1"}, "note": None}
        call = Call("POST", "/x", {}, body, ("number", "expiry", "account"))
        filled = call.filled(account="Shop", expiry="2028-12", number="1111").body
        expected = {
            "order": {"card": {"number": "1111", "expiry": "2028-12"}, "id": "1"},
            "note": None,
            "account": "Shop",
        }

        assert json.dumps(expected) == json.dumps(filled)
        assert body == call.body

    @pytest.mark.parametrize(
        "fields", [{}, {"merchantAccont": "Shop"}, {"merchantAccount": ""}, {"merchantAccount": 7}]
    )
    def test_names_what_is_missing_or_wrong(self, fields: dict[str, Any]) -> None:
        """Forgotten, misspelt, empty, no text."""
        with pytest.raises(CallerError):
            self.CALL.filled(**fields)

    def test_a_wish_has_an_id_of_text(self) -> None:
        """An empty one, or none of text, is a mistake of the caller's."""
        payment = Payment(
            provider="payroc", payment_id="P", status="ready", kind=Kind.SALE, currency="USD", amount_authorized=7
        )
        with pytest.raises(CallerError):
            decide(payment, Undo(at=AT)).call_for("")


@pytest.mark.parametrize("fields", [{"kind": None}, {"kind": Kind.SALE}, {"kind": Kind.COMPLETION}])
def test_a_part_is_never_sent_as_the_whole(fields: dict[str, Any]) -> None:
    """A reversal of a part names it, also where nobody knows the kind; a bank's way, which could not, has no call."""
    plain: dict[str, Any] = {
        "provider": "payroc",
        "payment_id": "P",
        "status": "held_by_a_new_word",
        "currency": "USD",
        "amount_authorized": 10,
        "amount_captured": 10,
        "amount_released": 0,
        "amount_refunded": 0,
        "provider_allows": ("partiallyReverse",),
    }
    card = decide(Payment(**plain, **fields), Undo(at=AT, amount=4))
    bank = decide(Payment(**plain, **fields, method="ach"), Undo(at=AT, amount=4))

    assert (Action.REVERSE, {"amount": 4}) == (card.action, card.call and card.call.body)
    assert bank.call is None
