"""A simulated Authorize.net: it refuses what its pages refuse, in its own JSON, and keeps its own ledger.

It knows nothing of payrules: statuses are its own, its clock is told to it, and its cut-off is three in the afternoon by
the zone database. A batch that was cut off settles three hours later; in between nothing can be voided or refunded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
CUT_OFF = time(15)
UNTIL_SETTLED = timedelta(hours=3)
REFUNDABLE = timedelta(days=180)
DUPLICATE = timedelta(minutes=2)


@dataclass
class Transaction:
    """One transaction with its refunds, as the gateway keeps them."""

    kind: str
    amount: int
    submitted_at: datetime
    status: str = "authorizedPendingCapture"
    captured: int = 0
    captured_at: datetime | None = None
    settled_at: datetime | None = None
    refunds: list[tuple[int, datetime]] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(amount for amount, _ in self.refunds)

    def capture(self, amount: int, now: datetime) -> None:
        """A sale is captured when it is submitted, an authorization once, for as much or less."""
        self.captured, self.captured_at, self.status = amount, now, "capturedPendingSettlement"

    def expire(self) -> None:
        self.status = "expired"

    def tick(self, now: datetime) -> None:
        """Settle what has been on its way for long enough."""
        if self.captured_at and self.status == "capturedPendingSettlement":
            settles = cut_off_after(self.captured_at) + UNTIL_SETTLED
            if now >= settles:
                self.status, self.settled_at = "settledSuccessfully", settles

    def request(self, body: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the gateway answers; the elements have to come in their order, the credentials first."""
        self.tick(now)
        (name, request), *_ = body.items()
        if name != "createTransactionRequest" or list(request) != ["merchantAuthentication", "transactionRequest"]:
            return _wrong("E00003")
        asked = request["transactionRequest"]
        if list(asked) == ["transactionType", "refTransId"] and asked["transactionType"] == "voidTransaction":
            return self._void(now)
        in_order = ["transactionType", "amount", "payment", "refTransId"]
        if list(asked) == in_order and asked["transactionType"] == "refundTransaction":
            return self._refund(asked, now)
        return _wrong("E00003")

    def voidable(self, now: datetime) -> bool:
        """A hold is, and a capture is until it is cut off."""
        if self.status == "capturedPendingSettlement" and self.captured_at:
            return now < cut_off_after(self.captured_at)
        return self.status == "authorizedPendingCapture"

    def _void(self, now: datetime) -> dict[str, Any]:
        if not self.voidable(now):
            return _refused("16")
        self.status, self.captured = "voided", 0
        return _approved("60020981691")

    def _refund(self, asked: dict[str, Any], now: datetime) -> dict[str, Any]:
        amount = round(float(asked["amount"]) * 100)
        if len(asked["payment"]["creditCard"]["cardNumber"]) != 4 or amount <= 0:
            return _wrong("E00013")
        if any(amount == before and now - at < DUPLICATE for before, at in self.refunds):
            return _refused("11")
        if self.settled_at is None or now >= self.settled_at + REFUNDABLE:
            return _refused("54")
        if self.refunded + amount > self.captured:
            return _refused("55")
        self.refunds.append((amount, now))
        return _approved(f"R{len(self.refunds)}")

    def details(self) -> dict[str, Any]:
        """What `getTransactionDetailsRequest` is answered with."""
        batch = {"batchId": "7", "settlementTimeUTC": written(self.settled_at)} if self.settled_at else None
        kind = "priorAuthCaptureTransaction" if self.kind == "authOnlyTransaction" and self.captured else self.kind
        told = {
            "transId": "60020981691",
            "submitTimeUTC": written(self.submitted_at),
            "transactionType": kind,
            "transactionStatus": self.status,
            "authAmount": self.amount / 100,
            "settleAmount": (self.captured or self.amount) / 100,
        }
        return {"transaction": told | ({"batch": batch} if batch else {}), "messages": {"resultCode": "Ok"}}

    def notification(self, event: str, amount: int, at: datetime, named: str = "60020981691") -> dict[str, Any]:
        """What is sent when something was created."""
        payload = {"responseCode": 1, "authAmount": amount / 100, "entityName": "transaction", "id": named}
        return {
            "notificationId": f"{event} {at} {named}",
            "eventType": f"net.authorize.payment.{event}.created",
            "eventDate": written(at),
            "payload": payload,
        }


def cut_off_after(moment: datetime) -> datetime:
    """The first cut-off after an instant."""
    local = moment.astimezone(PACIFIC)
    for day in (local.date(), local.date() + timedelta(days=1)):
        cut_off = datetime.combine(day, CUT_OFF, PACIFIC).astimezone(UTC)
        if cut_off > moment:
            return cut_off
    raise AssertionError("there is a cut-off every day")


def written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _approved(named: str) -> dict[str, Any]:
    return {"transactionResponse": {"responseCode": "1", "transId": named}, "messages": {"resultCode": "Ok"}}


def _refused(code: str) -> dict[str, Any]:
    error = {"errorCode": code, "errorText": "No."}
    return {
        "transactionResponse": {"responseCode": "3", "errors": [error]},
        "messages": {"resultCode": "Error", "message": [{"code": "E00027", "text": "No."}]},
    }


def _wrong(code: str) -> dict[str, Any]:
    return {"messages": {"resultCode": "Error", "message": [{"code": code, "text": "No."}]}}
