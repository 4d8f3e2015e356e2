"""PayPal's JSON to payments, its webhooks to events, our operations to its requests.

A payment is one purchase unit of an order, with its authorization, captures and refunds; or the one object that a
call of its own shows. Money is a decimal text, and of several captures the one of which most is left is addressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.money import decimal_text, minor_units
from payrules.payment import Payment
from payrules.words import Action, CaptureMode, Event

WHOLE_UNITS = ("HUF", "JPY", "TWD")
"""The currencies of which PayPal takes no decimals; of all others it takes two."""

_MODES = {"CAPTURE": CaptureMode.AUTO, "AUTHORIZE": CaptureMode.MANUAL}
_OF_A_CAPTURE = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED", "DECLINED", "FAILED")
"""Words that only a capture has; an authorization without its end is told by them."""
_TAKEN = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")

_EVENTS: Mapping[str, Event] = {
    "PAYMENT.AUTHORIZATION.CREATED": Event.AUTHORIZED,
    "PAYMENT.AUTHORIZATION.VOIDED": Event.CANCELED,
    "PAYMENT.CAPTURE.COMPLETED": Event.CAPTURED,
    "PAYMENT.CAPTURE.DECLINED": Event.DECLINED,
    "PAYMENT.CAPTURE.DENIED": Event.DECLINED,
    "PAYMENT.CAPTURE.REVERSED": Event.CHARGED_BACK,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": Event.EXPIRED,
}
"""What an event tells by its name alone; of a refund and of a dispute the resource tells it."""

_IGNORED = ("PAYMENT.CAPTURE.PENDING", "CUSTOMER.DISPUTE.UPDATED")
"""Events after which no money has moved; so are all of an order but the one above."""

EVENTS = frozenset(_EVENTS.values()) | {
    Event.REFUNDED,
    Event.REFUND_FAILED,
    Event.DISPUTED,
    Event.DISPUTE_WON,
    Event.DISPUTE_LOST,
}
"""What its webhooks can tell of a payment."""

_WON = ("RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER")


# --- payments -------------------------------------------------------------------------------------


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    """The one payment that PayPal's JSON describes; `given` holds facts that it does not carry, and wins over it."""
    found = payments(body, given)
    if len(found) != 1:
        raise CallerError("purchase_units", f"one payment is needed, and these are {len(found)}")
    return found[0]


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """One payment for each purchase unit of an order, each authorization and each capture; of a list, all of them."""
    listed = body if isinstance(body, list) else [body]
    return tuple(
        Payment.from_record({**read, **given}) for item in listed for read in _read(records.mapping(item, "$"))
    )


def _read(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "purchase_units" in body:
        for number, unit in enumerate(records.listed(body["purchase_units"], "purchase_units")):
            place = f"purchase_units[{number}]"
            yield _of_order(body, records.mapping(unit, place), place)
    elif "expiration_time" in body or body.get("status") not in (*_OF_A_CAPTURE, "PENDING"):
        yield _of_authorization(_Money.read(body, "$"))
    else:
        yield _of_captures([_Money.read(body, "$")], None, CaptureMode.AUTO)


@frozen
class _Money:
    """An authorization, a capture or a refund, with its amount in minor units."""

    body: Mapping[str, Any]
    amount: int
    currency: str

    @classmethod
    def read(cls, body: object, place: str) -> _Money:
        item = records.mapping(body, place)
        for name in ("id", "status"):
            if not isinstance(item.get(name), str):
                raise CallerError(name if place == "$" else f"{place}.{name}", "PayPal's objects all have it")
        return cls(item, *_amount(item.get("amount"), "amount" if place == "$" else f"{place}.amount"))

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def status(self) -> str:
        return str(self.body["status"])


_Refunds = Mapping[str | None, list[_Money]]
"""The refunds of each capture that one names."""


@frozen
class _Capture:
    """A capture and what its refunds have left of it; None where nobody knows that."""

    money: _Money
    refunded: int | None
    pending: int
    refunds: int | None

    @property
    def left(self) -> int | None:
        return None if self.refunded is None else max(0, self.money.amount - self.refunded - self.pending)


def _of_order(order: Mapping[str, Any], unit: Mapping[str, Any], place: str) -> dict[str, Any]:
    made = records.mapping(unit.get("payments") or {}, f"{place}.payments")
    authorizations, captures, refunds = (
        [
            _Money.read(item, f"{place}.payments.{name}[{number}]")
            for number, item in enumerate(_list(made, name, place))
        ]
        for name in ("authorizations", "captures", "refunds")
    )
    mode = _mode(order)
    read: dict[str, Any]
    if len(authorizations) > 1:
        raise CallerError(
            f"{place}.payments.authorizations", "several authorizations: read the one in question alone"
        )
    if authorizations:
        read = _with_captures(authorizations[0], captures, _by_capture(refunds))
    elif captures:
        read = _of_captures(captures, _by_capture(refunds), mode)
    else:
        read = _unpaid(order, unit, place)
    named = {
        "merchant_reference": unit.get("invoice_id"),
        "created_at": order.get("create_time"),
        "capture_mode": mode,
    }
    return {**named, **{name: value for name, value in read.items() if value is not None}}


def _unpaid(order: Mapping[str, Any], unit: Mapping[str, Any], place: str) -> dict[str, Any]:
    """An order of which nothing was authorized or captured yet."""
    status = order.get("status")
    if status == "COMPLETED":
        raise CallerError(f"{place}.payments", "an order that is completed has payments")
    amount, currency = _amount(unit.get("amount"), f"{place}.amount")
    return {
        "provider": "paypal",
        "payment_id": order.get("id"),
        "status": "PAYER_ACTION_REQUIRED" if status == "CREATED" else status,
        "currency": currency,
        "amount_authorized": amount,
    }


def _of_authorization(authorization: _Money) -> dict[str, Any]:
    """An authorization, whose captures are not known."""
    body = authorization.body
    return {
        "provider": "paypal",
        "payment_id": authorization.id,
        "status": authorization.status,
        "capture_mode": CaptureMode.MANUAL,
        "merchant_reference": body.get("invoice_id"),
        "currency": authorization.currency,
        "amount_authorized": authorization.amount,
        "authorized_at": body.get("create_time"),
        "hold_expires_at": body.get("expiration_time"),
    }


def _with_captures(authorization: _Money, captures: list[_Money], refunds: _Refunds) -> dict[str, Any]:
    """An authorization beside all its captures and refunds."""
    taken = _taken(captures, refunds)
    told = _told(taken)
    status = authorization.status
    if (open_word := _open(captures)) is not None:
        status, told["amount_captured"] = open_word, None
    elif taken and status in ("VOIDED", "CAPTURED"):
        status = "REFUNDED" if told["amount_captured"] == told["amount_refunded"] else "CAPTURED"
    return {**_of_authorization(authorization), **told, "status": status}


def _of_captures(captures: list[_Money], refunds: _Refunds | None, mode: CaptureMode | None) -> dict[str, Any]:
    """Captures without an authorization: as a rule the only one of an order."""
    taken = _taken(captures, refunds)
    last = captures[-1]
    status = last.status
    told: dict[str, Any] = _told(taken) if taken else {"capture_id": last.id}
    if (open_word := _open(captures)) is not None:
        status, told["amount_captured"] = open_word, None
    elif len(taken) > 1 or (taken and status not in _TAKEN):
        back = told["amount_refunded"]
        status = "COMPLETED" if back == 0 else "REFUNDED" if back == told["amount_captured"] else "PARTIALLY_REFUNDED"
    return {
        "provider": "paypal",
        "payment_id": told["capture_id"],
        "merchant_reference": last.body.get("invoice_id"),
        "capture_mode": mode,
        "currency": last.currency,
        "amount_authorized": sum(item.money.amount for item in taken) if taken else last.amount,
        **told,
        "status": status,
    }


def _open(captures: list[_Money]) -> str | None:
    """The word of a capture that is pending, or that no page lists: what is held or taken beside it is open."""
    return next((item.status for item in captures if item.status not in _OF_A_CAPTURE), None)


def _taken(captures: list[_Money], refunds: _Refunds | None) -> list[_Capture]:
    """The captures that took money, each with what became of it."""
    taken = [money for money in captures if money.status in _TAKEN]
    return [_capture(money, None if refunds is None else refunds.get(money.id, [])) for money in taken]


def _capture(money: _Money, listed: list[_Money] | None) -> _Capture:
    """A capture with its refunds; None: nobody lists them."""
    refunds = listed or []
    done = [refund for refund in refunds if refund.status == "COMPLETED"]
    pending = [refund for refund in refunds if refund.status not in ("COMPLETED", "FAILED", "CANCELLED")]
    refunded: int | None = sum(refund.amount for refund in done)
    if money.status == "REFUNDED":
        refunded = money.amount
    elif money.status == "PARTIALLY_REFUNDED" and not done:
        refunded = None
    return _Capture(
        money,
        refunded,
        sum(refund.amount for refund in pending),
        None if listed is None else len(done) + len(pending),
    )


def _told(taken: list[_Capture]) -> dict[str, Any]:
    """What captures tell of their payment, and which of them a refund addresses."""
    addressed = max(taken, key=lambda item: -1 if item.left is None else item.left, default=None)
    refunded = [item.refunded for item in taken]
    told: dict[str, Any] = {
        "amount_captured": sum(item.money.amount for item in taken),
        "amount_refunded": None if None in refunded else sum(amount or 0 for amount in refunded),
        "amount_refund_pending": sum(item.pending for item in taken),
        "captures": len(taken),
    }
    if addressed is not None:
        told |= {
            "capture_id": addressed.money.id,
            "available_to_refund": addressed.left,
            "captured_at": addressed.money.body.get("create_time"),
            "refunds": addressed.refunds,
        }
    return told


def _by_capture(refunds: list[_Money]) -> dict[str | None, list[_Money]]:
    found: dict[str | None, list[_Money]] = {}
    for refund in refunds:
        found.setdefault(_up(refund.body), []).append(refund)
    return found


def _mode(order: Mapping[str, Any]) -> CaptureMode | None:
    word = order.get("intent")
    if word is None:
        return None
    if not isinstance(word, str) or word not in _MODES:
        raise CallerError("intent", f"{records.shown(word)} is not one of CAPTURE, AUTHORIZE")
    return _MODES[word]


def _list(made: Mapping[str, Any], name: str, place: str) -> list[Any]:
    return records.listed(made.get(name) or [], f"{place}.payments.{name}")


# --- money ----------------------------------------------------------------------------------------


def _amount(money: object, place: str) -> tuple[int, str]:
    """Minor units and currency of PayPal's money."""
    held = records.mapping(money, place)
    currency = records.text(held.get("currency_code"), f"{place}.currency_code")
    return minor_units(held.get("value"), currency, f"{place}.value", digits=_digits(currency)), currency


def _digits(currency: str) -> int:
    return 0 if currency in WHOLE_UNITS else 2


# --- webhooks -------------------------------------------------------------------------------------


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The events that a webhook reports."""
    event = records.mapping(body, "$")
    name, resource = event.get("event_type"), records.mapping(event.get("resource"), "resource")
    if not isinstance(name, str):
        raise CallerError("event_type", "a webhook of PayPal's needs it")
    if name == "PAYMENT.CAPTURE.REFUNDED":
        return _refund(event, resource)
    if name in ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED"):
        return tuple(_dispute(event, resource, name.endswith("RESOLVED")))
    if name in _EVENTS:
        return (_notice(event, resource, _EVENTS[name]),)
    if name in _IGNORED or name.startswith("CHECKOUT."):
        return ()
    return (Unread(name, "no page says what this event means", event.get("id"), resource.get("id")),)


def _notice(event: Mapping[str, Any], resource: Mapping[str, Any], told: Event) -> Notice | Unread:
    if told is Event.AUTHORIZED and resource.get("status") == "PENDING":
        return Unread(str(event["event_type"]), "it is not authorized yet", event.get("id"), resource.get("id"))
    record = {
        "event": told,
        "at": event.get("create_time"),
        "reference": resource.get("id") if told is Event.CAPTURED else event.get("id"),
        "payment_id": _payment_id(resource),
    }
    if told in (Event.AUTHORIZED, Event.CAPTURED):
        amount, currency = _amount(resource.get("amount"), "resource.amount")
        record |= {"amount": amount, "tells": {"currency": currency, **_tells(resource, told)}}
    return Notice.from_record(record)


def _tells(resource: Mapping[str, Any], told: Event) -> dict[str, Any]:
    """What an authorization reveals of its end, and a capture of itself."""
    if told is Event.CAPTURED:
        mode = CaptureMode.MANUAL if _authorization(resource) else CaptureMode.AUTO
        return {"capture_mode": mode, "capture_id": resource.get("id")}
    ends = resource.get("expiration_time")
    return {"capture_mode": CaptureMode.MANUAL, **({"hold_expires_at": ends} if ends else {})}


def _refund(event: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[Notice, ...]:
    """A refund, by its status; one that is pending has moved nothing yet."""
    status = resource.get("status", "COMPLETED")
    if status == "PENDING":
        return ()
    record = {
        "event": Event.REFUND_FAILED if status in ("FAILED", "CANCELLED") else Event.REFUNDED,
        "amount": _amount(resource.get("amount"), "resource.amount")[0],
        "at": event.get("create_time"),
        "reference": resource.get("id"),
        "payment_id": _up(resource),
    }
    return (Notice.from_record(record),)


def _dispute(event: Mapping[str, Any], resource: Mapping[str, Any], resolved: bool) -> Iterator[Notice]:
    """A dispute, of each capture that it is about."""
    told = Event.DISPUTED
    if resolved:
        outcome = records.mapping(resource.get("dispute_outcome") or {}, "resource.dispute_outcome")
        told = Event.DISPUTE_WON if outcome.get("outcome_code") in _WON else Event.DISPUTE_LOST
    for number, item in enumerate(records.listed(resource.get("disputed_transactions"), "disputed_transactions")):
        transaction = records.mapping(item, f"disputed_transactions[{number}]")
        named = {"reference": event.get("id"), "payment_id": transaction.get("seller_transaction_id")}
        yield Notice.from_record({"event": told, "at": event.get("create_time"), **named})


def _payment_id(resource: Mapping[str, Any]) -> Any:
    """A capture belongs to its authorization, where it has one, and what takes its money back to the capture."""
    return _authorization(resource) or _up(resource) or resource.get("order_id") or resource.get("id")


def _authorization(resource: Mapping[str, Any]) -> str | None:
    data = resource.get("supplementary_data")
    related = data.get("related_ids") if isinstance(data, Mapping) else None
    named = related.get("authorization_id") if isinstance(related, Mapping) else None
    return named if isinstance(named, str) else None


def _up(resource: Mapping[str, Any]) -> str | None:
    """The capture that a refund's link `up` names."""
    links = resource.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, Mapping) and link.get("rel") == "up":
            path = str(link.get("href")).partition("/captures/")[2]
            return path.partition("/")[0] or None
    return None


# --- requests -------------------------------------------------------------------------------------


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The void of an authorization, or of its parent; or the refund of a capture, which always names its amount."""
    key = idempotency_key(payment, action, amount, request_id)
    headers = {"Content-Type": "application/json", "PayPal-Request-Id": key}
    if action is Action.CANCEL:
        voided = payment.parent_id if payment.created_as == "reauthorization" else payment.payment_id
        return _post("authorizations", voided, "void", headers)
    captured = payment.capture_id or (payment.payment_id if payment.status in _OF_A_CAPTURE else None)
    value = decimal_text(amount, payment.currency, digits=_digits(payment.currency))
    money = {"value": value, "currency_code": payment.currency}
    return _post("captures", captured, "refund", headers, {"amount": money})


def _post(
    kind: str, named: str | None, verb: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None
) -> Call | None:
    if named is None:
        return None
    return Call("POST", f"/v2/payments/{kind}/{quote(named, safe='')}/{verb}", headers, body)
