"""A simulated Dojo: it refuses what its pages of May 2022 refuse, and keeps its own ledger.

It knows nothing of payrules: statuses are its own, its clock is told to it, and its calendar is the zone database's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Refused(Exception):
    """The provider answers 400 or 409, and nothing has happened."""


@dataclass
class Intent:
    """One payment intent, as the provider keeps it."""

    mode: str
    amount: int
    created_at: datetime
    status: str = "Created"
    paid_at: datetime | None = None
    captures: list[tuple[int, datetime]] = field(default_factory=list)
    refunds: dict[str, int] = field(default_factory=dict)
    attempts: int = 0

    @property
    def captured(self) -> int:
        return sum(amount for amount, _ in self.captures)

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())

    def decline(self) -> None:
        if self.status != "Created":
            raise Refused("not open")
        self.attempts += 1

    def pay(self, now: datetime) -> None:
        if self.status != "Created":
            raise Refused("not open")
        self.paid_at = now
        if self.mode == "Auto":
            self.status, self.captures = "Captured", [(self.amount, now)]
        else:
            self.status = "Authorized"

    def capture(self, amount: int, now: datetime) -> None:
        if self.mode != "Manual" or self.status not in ("Authorized", "Captured"):
            raise Refused("cannot be captured")
        if not 0 < amount <= self.amount - self.captured or self.refunded:
            raise Refused("too much")
        self.status = "Captured"
        self.captures.append((amount, now))

    def lapse(self, now: datetime) -> None:
        """A hold that nobody captured within 7 days is reversed by itself."""
        if self.status == "Authorized" and self.paid_at and now - self.paid_at >= timedelta(days=7):
            self.status = "Reversed"

    def request(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None, now: datetime
    ) -> None:
        """What the API does with a request; `Refused` where it answers with an error."""
        self.lapse(now)
        if method == "DELETE" and body is None:
            self._cancel()
        elif path.endswith("/reversal") and method == "POST" and body is None:
            self._reverse(now)
        elif path.endswith("/refunds") and method == "POST" and body is not None:
            self._refund(body, headers)
        else:
            raise Refused("no such request")

    def _cancel(self) -> None:
        if self.status != "Created":
            raise Refused("only in Created")
        self.status = "Canceled"

    def _reverse(self, now: datetime) -> None:
        allowed = ("Captured",) if self.mode == "Auto" else ("Created", "Authorized")
        paid_at = self.paid_at or self.created_at
        if self.status not in allowed or self.refunded:
            raise Refused("not in this status")
        if now.astimezone(LONDON).date() != paid_at.astimezone(LONDON).date():
            raise Refused("not on this day")
        self.status = "Reversed"

    def _refund(self, body: dict[str, Any], headers: dict[str, str]) -> None:
        key, amount = headers.get("idempotencyKey", ""), body.get("amount")
        if not 0 < len(key) <= 100 or set(body) != {"amount"} or type(amount) is not int:
            raise Refused("bad request")
        if key in self.refunds:  # a retry: the first answer again
            return
        if self.status != "Captured" or not 0 < amount <= self.captured - self.refunded:
            raise Refused("not refundable")
        self.refunds[key] = amount
        if self.refunded == self.captured:
            self.status = "Refunded"

    def body(self) -> dict[str, Any]:
        """What GET /payment-intents/{id} answers."""
        money = {"value": self.amount, "currencyCode": "GBP"}
        manual = self.captures if self.mode == "Manual" else []
        return {
            "id": "pi_sandbox_simulated",
            "captureMode": self.mode,
            "status": self.status,
            "amount": money,
            "totalAmount": money,
            "refundedAmount": self.refunded,
            "createdAt": _written(self.created_at),
            "paymentDetails": {"transactionDateTime": _written(self.paid_at)} if self.paid_at else None,
            "captures": [
                {"amount": amount, "status": "Successful", "createdAt": _written(at)} for amount, at in manual
            ],
        }


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
