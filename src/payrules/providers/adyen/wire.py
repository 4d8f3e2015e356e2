"""Adyen's notifications to events, our operations to its requests.

Adyen has no call that shows a payment: a payment is what its notifications fold to. What each event code, and
its `success`, means stands in the two tables below; every code is either there or deliberately ignored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from payrules import records
from payrules.calls import Call, idempotency_key
from payrules.errors import CallerError
from payrules.events import Notice, Unread
from payrules.fold import fold_each
from payrules.payment import Payment
from payrules.providers.adyen.methods import NO_SEPARATE_CAPTURE
from payrules.words import Action, CaptureMode, Event

TRUE: Mapping[str, Event | None] = {
    "AUTHORISATION": Event.AUTHORIZED,
    "AUTHORISATION_ADJUSTMENT": Event.AUTHORIZATION_ADJUSTED,
    "CANCELLATION": Event.CANCELED,
    "TECHNICAL_CANCEL": Event.CANCELED,
    "CAPTURE": Event.CAPTURED,
    "CAPTURE_FAILED": Event.CAPTURE_FAILED,
    "REFUND": Event.REFUNDED,
    "REFUND_FAILED": Event.REFUND_FAILED,
    "REFUNDED_REVERSED": Event.REFUND_RETURNED,
    "POSTPONED_REFUND": Event.REFUND_REQUESTED,
    "VOID_PENDING_REFUND": Event.REFUND_REFUSED,
    "EXPIRE": Event.EXPIRED,
    "OFFER_CLOSED": Event.DECLINED,
    "NOTIFICATION_OF_CHARGEBACK": Event.DISPUTED,
    "CHARGEBACK": Event.CHARGED_BACK,
    "SECOND_CHARGEBACK": Event.CHARGED_BACK_AGAIN,
    "CHARGEBACK_REVERSED": Event.DISPUTE_WON,
    "PREARBITRATION_OPEN": Event.DISPUTED,
    "PREARBITRATION_DECLINED": Event.DISPUTED,
    "PREARBITRATION_WON": Event.DISPUTE_WON,
    "PREARBITRATION_ISSUER_WITHDRAWN": Event.DISPUTE_WON,
    "PREARBITRATION_LOST": Event.DISPUTE_LOST,
    "PREARBITRATION_ACCEPTED": Event.DISPUTE_LOST,
    "SCHEME_ARBITRATION": Event.DISPUTED,
    "SCHEME_ARBITRATION_WON": Event.DISPUTE_WON,
    "SCHEME_ARBITRATION_LOST": Event.DISPUTE_LOST,
}
"""What an event code says where it succeeded."""

FALSE: Mapping[str, Event | None] = {
    "AUTHORISATION": Event.DECLINED,
    "CANCELLATION": Event.CANCEL_FAILED,
    "TECHNICAL_CANCEL": Event.CANCEL_FAILED,
    "CANCEL_OR_REFUND": Event.REVERSE_FAILED,
    "REFUND": Event.REFUND_REFUSED,
    # The event itself is the failure, whatever its flag says.
    "CAPTURE_FAILED": Event.CAPTURE_FAILED,
    "REFUND_FAILED": Event.REFUND_FAILED,
    "AUTHORISATION_ADJUSTMENT": None,
    "CAPTURE": None,
    "SECOND_CHARGEBACK": None,
    "VOID_PENDING_REFUND": None,
}
"""What it says where it failed; None: nothing has changed."""

IGNORED = frozenset(
    {
        "AUTHENTICATION",
        "AUTORESCUE",
        "CANCEL_AUTORESCUE",
        "DISPUTE_DEFENSE_PERIOD_ENDED",
        "DONATION",
        "HANDLED_EXTERNALLY",
        "INFORMATION_SUPPLIED",
        "ISSUER_COMMENTS",
        "ISSUER_RESPONSE_TIMEFRAME_EXPIRED",
        "MANUAL_REVIEW_ACCEPT",
        "MANUAL_REVIEW_REJECT",
        "NOTIFICATION_OF_FRAUD",
        "ORDER_OPENED",
        "PAIDOUT_REVERSED",
        "PENDING",
        "PROCESS_RETRY",
        "RECURRING_CONTRACT",
        "REFUND_WITH_DATA",
        "REPORT_AVAILABLE",
        "REQUEST_FOR_INFORMATION",
    }
)
"""Codes that are not about this payment's money; so are all that begin with PAYOUT_."""

EVENTS = frozenset(event for event in (*TRUE.values(), *FALSE.values()) if event is not None)
"""What its notifications can tell of a payment; those of a reversal or an order tell nothing else."""

_OF_THE_PAYMENT = ("AUTHORISATION", "PENDING", "OFFER_CLOSED", "EXPIRE")
"""Codes whose own reference is the payment's."""

_WITHOUT_AMOUNT = (Event.CANCELED, Event.EXPIRED, Event.CANCEL_FAILED, Event.REVERSE_FAILED, Event.DECLINED)
"""Events that take all there is: their amount is the payment's, or not to be trusted."""

ACCOUNT = ("merchantAccount",)
"""What the body of every request needs beside what a payment tells."""

_PATHS = {Action.CANCEL: "cancels", Action.REVERSE: "reversals", Action.REFUND: "refunds"}


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    """The payments that a list of notifications folds to; nothing where none is about a payment.

    Raises `CallerError` for a notification of such a payment that is not understood: what it says may be that the
    money is gone. `fold_each` gives the payment without it, and says what was left out.
    """
    folded = [item for item in fold_each("adyen", notices(body), given=given) if item.payment is not None]
    for lost in (lost for item in folded for lost in item.unfolded):
        raise CallerError("eventCode", f"a notification is not understood: {lost.what}: {lost.why}")
    return tuple(item.payment for item in folded if item.payment is not None)


def payment(body: Any, given: Mapping[str, Any]) -> Payment:
    """The one payment that notifications fold to; `CallerError` if there is none, or if there are several."""
    found = payments(body, given)
    if len(found) != 1:
        raise CallerError("notificationItems", f"one payment is needed, and these are of {len(found)}")
    return found[0]


def notices(body: Any) -> tuple[Notice | Unread, ...]:
    """The events that notifications report: as Adyen posts them, single items, or lists of either."""
    return tuple(notice for item in _items(body) for notice in _read(item))


def call(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
    """The request for an operation; `merchantAccount` is the caller's to fill in, as it is no fact of a payment."""
    headers = {
        "Content-Type": "application/json",
        "idempotency-key": idempotency_key(payment, action, amount, request_id),
    }
    if payment.payment_id is None:
        if action is not Action.CANCEL or payment.merchant_reference is None:
            return None
        return Call("POST", "/cancels", headers, {"paymentReference": payment.merchant_reference}, ACCOUNT)
    money = {"amount": {"value": amount, "currency": payment.currency}} if action is Action.REFUND else {}
    path = f"/payments/{quote(payment.payment_id, safe='')}/{_PATHS[action]}"
    return Call("POST", path, headers, money, ACCOUNT)


def _items(body: Any) -> Iterator[Mapping[str, Any]]:
    waiting = deque([body])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif "notificationItems" in records.mapping(item, "$"):
            waiting.appendleft(item["notificationItems"])
        else:
            yield records.mapping(item.get("NotificationRequestItem", item), "NotificationRequestItem")


def _read(item: Mapping[str, Any]) -> Iterator[Notice | Unread]:
    code = item.get("eventCode")
    if not isinstance(code, str):
        raise CallerError("eventCode", "a notification needs it")
    success = _success(item)
    if code == "ORDER_CLOSED":
        yield from () if success else _legs(item)
    elif code == "CANCEL_OR_REFUND" and success:
        yield _reversed(item)
    elif code in IGNORED or code.startswith("PAYOUT_"):
        return
    elif code in (TRUE if success else FALSE):
        event = (TRUE if success else FALSE)[code]
        if event is not None:
            yield _notice(item, event)
    else:
        yield _unread(item, "its code is not known" if code not in TRUE else "it is not said to fail")


def _success(item: Mapping[str, Any]) -> bool:
    flag = item.get("success")
    if flag not in ("true", "false", True, False):
        raise CallerError("success", f"{records.shown(flag)} is neither true nor false")
    return flag in ("true", True)


def _reversed(item: Mapping[str, Any]) -> Notice | Unread:
    """The outcome of a reversal, by the arm that it names; which one it took is not guessed."""
    arm = _additional(item).get("modification.action")
    events = {"cancel": Event.CANCELED, "refund": Event.REFUNDED}
    if not isinstance(arm, str) or arm not in events:
        return _unread(item, "it does not say whether it cancelled or refunded")
    return _notice(item, events[arm])


def _legs(item: Mapping[str, Any]) -> Iterator[Notice]:
    """An order closed without success undoes its approved legs: the held are released, the captured refunded."""
    told = _additional(item)
    for name, reference in told.items():
        prefix, _, field = name.rpartition("-")
        if field != "pspReference" or not prefix.startswith("order-") or told.get(f"{prefix}-success") == "false":
            continue
        for event in (Event.CANCELED, Event.REFUNDED):
            named = {"reference": f"{item.get('pspReference')}-{prefix}", "payment_id": reference}
            yield Notice.from_record({"event": event, "at": item.get("eventDate"), **named})


def _notice(item: Mapping[str, Any], event: Event) -> Notice:
    record = {
        "event": event,
        "at": item.get("eventDate"),
        "reference": _reference(item, event),
        "payment_id": _payment_id(item),
        "amount": None if event in _WITHOUT_AMOUNT else _amount(item),
        "tells": _tells(item, event),
    }
    return Notice.from_record(record)


def _unread(item: Mapping[str, Any], why: str) -> Unread:
    told = {"reference": item.get("pspReference") or None, "payment_id": _payment_id(item)}
    return Unread(f"{item.get('eventCode')} {item.get('success')}", why, **told)


def _payment_id(item: Mapping[str, Any]) -> str | None:
    """A modification or a dispute names its payment as the original."""
    if item.get("eventCode") in _OF_THE_PAYMENT:
        return item.get("pspReference") or None
    return item.get("originalReference") or item.get("pspReference") or None


def _reference(item: Mapping[str, Any], event: Event) -> str | None:
    if event is Event.REFUND_REFUSED and item.get("eventCode") == "VOID_PENDING_REFUND":
        return item.get("originalReference") or None
    reference = item.get("pspReference") or None
    # A capture that was made good keeps its reference, and is no repetition of the first report.
    recaptured = event is Event.CAPTURED and "recaptured" in str(item.get("reason")).lower()
    return f"{reference} recaptured" if reference and recaptured else reference


def _amount(item: Mapping[str, Any]) -> int | None:
    money = item.get("amount")
    if not isinstance(money, Mapping) or money.get("value") is None:
        return None
    return records.amount(money["value"], "amount.value")


def _tells(item: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """What else a notification reveals; only an authorisation tells of the capture."""
    money = item.get("amount")
    told = {
        "currency": money.get("currency") if isinstance(money, Mapping) else None,
        "method": item.get("paymentMethod"),
        "merchant_reference": item.get("merchantReference") if event is Event.AUTHORIZED else None,
    }
    if event is Event.AUTHORIZED:
        told |= _capture_mode(item)
    return {name: value for name, value in told.items() if value}


def _capture_mode(item: Mapping[str, Any]) -> dict[str, Any]:
    told = _additional(item)
    hours = told.get("captureDelayHours")
    at_once = told.get("networkProcessingMode") == "sale" or told.get("capturePspReference")
    if at_once or item.get("paymentMethod") in NO_SEPARATE_CAPTURE or hours in ("0", 0):
        return {"capture_mode": CaptureMode.AUTO}
    if hours is None:
        return {}
    if not str(hours).isascii() or not str(hours).isdigit():
        raise CallerError("captureDelayHours", f"{records.shown(hours)} is not a number of hours")
    return {"capture_mode": CaptureMode.DELAYED, "capture_delay_hours": int(str(hours)[:6])}


def _additional(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return records.mapping(item.get("additionalData") or {}, "additionalData")
