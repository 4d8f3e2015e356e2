"""Braintree's GraphQL JSON of a transaction or a refund to a `Payment`, its webhooks to events, our mutations.

GraphQL writes the SDKs' status words in capitals and amounts as decimal text; the webhooks are as the SDKs parse
them. The two know a transaction by two ids: what is read has GraphQL's, an event the SDKs'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.money import decimal_text, minor_units
from payrules.payment import Payment
from payrules.words import Action, Event, Kind

VERSION = "2019-01-01"
"""The version of the interface that our requests are written in."""

_TYPES = {"Transaction": Kind.SALE, "Refund": Kind.REFUND}

_METHODS = {
    "CreditCardDetails": "credit_card",
    "CreditCardTransactionDetails": "credit_card",
    "PayPalTransactionDetails": "paypal_account",
    "VenmoAccountDetails": "venmo_account",
    "UsBankAccountDetails": "us_bank_account",
    "UsBankAccountTransactionDetails": "us_bank_account",
    "SEPADirectDebitTransactionDetails": "sepa_debit_account",
    "LocalPaymentDetails": "local_payment",
}
"""The SDKs' word for what GraphQL calls the details of a method; of any other type the method stays unknown."""

_CAPTURED = ("submitted_for_settlement", "settling", "settled", "settlement_confirmed")
"""Statuses in which the amount of a transaction is what was captured of it."""

_GIVEN_BACK = ("submitted_for_settlement", "settling", "settled")
_NOT_GIVEN_BACK = (
    "voided",
    "authorization_expired",
    "processor_declined",
    "gateway_rejected",
    "failed",
    "settlement_declined",
)

_KINDS = {
    "transaction_settled": Event.SETTLED,
    "transaction_settlement_declined": Event.CAPTURE_FAILED,
    "refund_failed": Event.REFUND_FAILED,
    "dispute_opened": Event.DISPUTED,
    "dispute_won": Event.DISPUTE_WON,
    "dispute_lost": Event.DISPUTE_LOST,
}

_OF_A_REFUND = {**_KINDS, "transaction_settled": None, "transaction_settlement_declined": Event.REFUND_FAILED}
"""The same of a refund: it counts as given back before it settles, so only its failure tells something new."""

EVENTS = frozenset(_KINDS.values())
"""What its webhooks can tell of a payment."""

_IGNORED = ("check", "transaction_disbursed")
"""The kinds of webhooks that tell nothing of what can be undone."""

_HOLDERS = ("data", "node", "search", "transactions", "refunds", "payments", "edges")
"""Where GraphQL's answers hold what was asked for."""

_VOID = (
    "mutation Undo($input: VoidTransactionInput!) { voidTransaction(input: $input) { transaction { id status } } }"
)
_REVERSE = (
    "mutation Undo($input: ReverseTransactionInput!) { reverseTransaction(input: $input) { reversal { __typename "
    "... on Transaction { id status } ... on Refund { id status } } } }"
)
_REVERSE_REFUND = (
    "mutation Undo($input: ReverseRefundInput!) { reverseRefund(input: $input) { refund { id status } } }"
)
_REFUND = (
    "mutation Undo($input: RefundTransactionInput!) { refundTransaction(input: $input) { refund { id status } } }"
)


def payment(body: Any, given: Mapping[str, Any]) -> Payment:
    """The transaction, or the refund, that GraphQL's JSON describes; `given` holds what it lacks, and wins."""
    found = tuple(_nodes(body))
    if len(found) != 1:
        raise CallerError("$", f"one transaction is needed, and there are {len(found)}")
    return _payment(found[0], given)


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each transaction or refund of an answer, of a page of a search, or of a list."""
    return tuple(_payment(node, given) for node in _nodes(body))


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The event that a webhook reports, as the SDKs parse it; a list of them is read one by one."""
    listed = body if isinstance(body, list) else [body]
    return tuple(notice for item in listed for notice in _notices(records.mapping(item, "$")))


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation. A void has no key; whatever may move money twice has one."""
    if payment.payment_id is None:
        return None
    key = {"apiRequestKey": idempotency_key(payment, action, amount, request_id)}
    named = {"transactionId": payment.payment_id}
    if action is Action.REFUND:
        return _mutation(_REFUND, {**named, **key, "refund": {"amount": decimal_text(amount, payment.currency)}})
    if action is Action.REVERSE and payment.kind is Kind.REFUND:
        return _mutation(_REVERSE_REFUND, {"refundId": payment.payment_id, **key})
    if action is Action.REVERSE and payment.status == "unknown":
        return _mutation(_REVERSE, {**named, **key})
    return _mutation(_VOID, named)


def _mutation(query: str, values: Mapping[str, Any]) -> Call:
    headers = {"Braintree-Version": VERSION, "Content-Type": "application/json"}
    return Call("POST", "/graphql", headers, {"query": query, "variables": {"input": values}})


# --- what is read ---------------------------------------------------------------------------------


def _nodes(body: Any) -> Iterator[Mapping[str, Any]]:
    """The transactions and refunds of a list, of an answer with one node, or of a page of a search."""
    waiting = [body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
            continue
        held = [item[name] for name in _HOLDERS if name in records.mapping(item, "$")]
        if held and "id" not in item:
            waiting.extend(reversed(held))
        else:
            yield item


def _payment(node: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    for name in ("id", "status", "amount"):
        if node.get(name) is None:
            raise CallerError(name, "a transaction of Braintree's needs it; was it asked for?")
    status = _word(node, "status")
    charged, currency = _money(node["amount"], "amount")
    parent = _parent(node)
    reached = _reached(node)
    read = {
        "provider": "braintree",
        "payment_id": node["id"],
        "merchant_reference": node.get("orderId") or None,
        "status": status,
        "kind": _TYPES.get(str(node.get("__typename"))),
        "method": _method(node),
        "currency": currency,
        "amount_authorized": _authorized(node, parent, charged),
        "amount_captured": charged if status in _CAPTURED or parent else None,
        "captures": len(records.listed(parent["childCaptures"], "childCaptures")) if parent else None,
        "disputed": _disputed(node),
        "created_at": node.get("createdAt"),
        "authorized_at": reached.get("authorized"),
        "captured_at": reached.get("submitted_for_settlement"),
        "settled_at": reached.get("settled"),
        **_refunds(node),
    }
    return Payment.from_record({**read, **given})


def _word(item: Mapping[str, Any], name: str) -> str:
    return records.text(item.get(name), name).lower()


def _money(value: object, place: str) -> tuple[int, str]:
    money = records.mapping(value, place)
    currency = records.text(money.get("currencyCode"), f"{place}.currencyCode")
    return minor_units(money.get("value"), currency, f"{place}.value"), currency


def _method(node: Mapping[str, Any]) -> str | None:
    details = node.get("paymentMethodSnapshot")
    kind = details.get("__typename") if isinstance(details, Mapping) else None
    return _METHODS.get(kind) if isinstance(kind, str) else None


def _parent(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The children of a parent of partial settlements."""
    details = node.get("partialCaptureDetails")
    return details if isinstance(details, Mapping) and details.get("childCaptures") else None


def _authorized(node: Mapping[str, Any], parent: Mapping[str, Any] | None, charged: int) -> int:
    """What was authorized in all: by the parent's word, else by the history, else what is charged."""
    if parent is not None:
        return _money(parent.get("totalAmountAuthorized"), "totalAmountAuthorized")[0]
    for event in _history(node):
        if _word(event, "status") == "authorized" and event.get("amount") is not None:
            return _money(event["amount"], "statusHistory.amount")[0]
    return charged


def _history(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What became of it, the last first."""
    listed = records.listed(node.get("statusHistory") or [], "statusHistory")
    return [records.mapping(item, "statusHistory") for item in listed]


def _reached(node: Mapping[str, Any]) -> dict[str, Any]:
    """When each status was reached for the first time."""
    return {_word(event, "status"): event.get("timestamp") for event in _history(node)}


def _refunds(node: Mapping[str, Any]) -> dict[str, int]:
    """What was given back, and what is under way; nothing where it was not asked for.

    A status never seen may still give back, so it reserves.
    """
    if node.get("refunds") is None:
        return {}
    given_back = pending = 0
    for number, item in enumerate(records.listed(node["refunds"], "refunds")):
        refund = records.mapping(item, f"refunds[{number}]")
        amount, _ = _money(refund.get("amount"), f"refunds[{number}].amount")
        status = _word(refund, "status")
        given_back += amount if status in _GIVEN_BACK else 0
        pending += amount if status not in (*_GIVEN_BACK, *_NOT_GIVEN_BACK) else 0
    return {"amount_refunded": given_back, "amount_refund_pending": pending}


def _disputed(node: Mapping[str, Any]) -> bool | None:
    if node.get("disputes") is None:
        return None
    disputes = [records.mapping(item, "disputes") for item in records.listed(node["disputes"], "disputes")]
    return any(_word(dispute, "status") != "won" for dispute in disputes)


# --- what webhooks tell ---------------------------------------------------------------------------


def _notices(body: Mapping[str, Any]) -> Iterator[Notice | Unread]:
    kind = body.get("kind")
    if not isinstance(kind, str):
        raise CallerError("kind", "a webhook of Braintree's needs it")
    if kind in _IGNORED:
        return
    subject = records.mapping(body.get("subject") or {}, "subject")
    about = records.mapping(subject.get("dispute") or subject.get("transaction") or {}, "subject")
    transaction = records.mapping(about.get("transaction") or about, "transaction")
    refunded = transaction.get("refunded_transaction_id")
    named = {"reference": about.get("id"), "payment_id": refunded or transaction.get("id")}
    event = (_OF_A_REFUND if refunded else _KINDS).get(kind)
    if kind not in _KINDS:
        yield Unread(kind, "not an event of Braintree's that is known", **named)
    elif event is not None:
        yield Notice.from_record({"event": event, "at": body.get("timestamp"), **named, **_told(event, transaction)})


def _told(event: Event, transaction: Mapping[str, Any]) -> dict[str, Any]:
    """How much failed, or was settled: less may have been submitted than the book knows of."""
    currency = transaction.get("currency_iso_code")
    if event not in (Event.SETTLED, Event.REFUND_FAILED) or not isinstance(currency, str):
        return {}
    amount = minor_units(transaction.get("amount"), currency, "transaction.amount")
    return {"amount": amount} if event is Event.REFUND_FAILED else {"tells": {"amount_captured": amount}}
