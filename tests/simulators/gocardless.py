"""A simulated GoCardless: it refuses what its pages refuse, and keeps its own ledger.

It knows nothing of payrules: its statuses are its own, and its clock is told to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

VERSION = "2015-07-06"
SAFETY = timedelta(days=7)


class Refused(Exception):
    """GoCardless answers 422, and nothing has happened."""


@dataclass
class Debit:
    """One payment, as GoCardless keeps it."""

    amount: int
    created_at: datetime
    status: str = "pending_submission"
    charge_date: date | None = None
    refunds: dict[str, int] = field(default_factory=dict)
    balance: int = 10_000

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())

    def submit(self, now: datetime) -> None:
        assert self.status in ("pending_submission", "failed")
        self.status, self.charge_date = "submitted", now.date()

    def move(self, status: str) -> None:
        """What the banks do, in an order in which they can."""
        leads = {
            "submitted": ("confirmed", "failed"),
            "confirmed": ("paid_out", "failed", "charged_back"),
            "paid_out": ("failed", "charged_back"),
            "charged_back": ("confirmed",),
        }
        assert status in leads[self.status]
        self.status = status

    def request(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None, now: datetime
    ) -> None:
        """What the API does with a request; `Refused` where it answers with an error."""
        if method != "POST" or headers.get("GoCardless-Version") != VERSION:
            raise Refused("no such request")
        if path == "/payments/PM1/actions/cancel" and body is None:
            self._cancel()
        elif path == "/refunds" and body is not None:
            self._refund(body["refunds"], headers["Idempotency-Key"], now)
        else:
            raise Refused("no such request")

    def _cancel(self) -> None:
        if self.status != "pending_submission":
            raise Refused("cancellation_failed")
        self.status = "cancelled"

    def _refund(self, refund: dict[str, Any], key: str, now: datetime) -> None:
        if key in self.refunds:  # a retry: 409 with the id of the first
            return
        amount = refund["amount"]
        if refund["links"] != {"payment": "PM1"} or self.status not in ("confirmed", "paid_out"):
            raise Refused("refund_payment_invalid_state")
        if len(self.refunds) >= 5:
            raise Refused("number_of_refunds_exceeded")
        if not 0 < amount <= self.amount - self.refunded:
            raise Refused("amount")
        if refund["total_amount_confirmation"] != self.refunded + amount:
            raise Refused("total_amount_confirmation_invalid")
        if self.charge_date is None or now - datetime.combine(self.charge_date, time(), UTC) < SAFETY:
            raise Refused("too early")
        self.refunds[key] = amount

    def body(self) -> dict[str, Any]:
        """What GET /payments/{id} answers."""
        return {
            "payments": {
                "id": "PM1",
                "status": self.status,
                "amount": self.amount,
                "amount_refunded": self.refunded,
                "currency": "GBP",
                "charge_date": self.charge_date.isoformat() if self.charge_date else None,
                "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            }
        }
