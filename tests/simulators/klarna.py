"""A simulated Klarna, Order Management: it refuses what its pages refuse, and keeps its own ledger.

It knows nothing of payrules: its statuses follow from its own amounts, and its clock is told to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LIFE = timedelta(days=28)
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Refused(Exception):
    """Klarna answers 403 or another code of the caller's, and nothing has happened."""


@dataclass
class Order:
    """One order, as Klarna keeps it."""

    original: int
    created_at: datetime
    amount: int = 0
    captures: list[tuple[int, datetime]] = field(default_factory=list)
    refunds: list[int] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    ended: str | None = None

    def __post_init__(self) -> None:
        self.amount = self.original

    @property
    def captured(self) -> int:
        return sum(amount for amount, _ in self.captures)

    @property
    def refunded(self) -> int:
        return sum(self.refunds)

    @property
    def held(self) -> int:
        return 0 if self.ended else self.amount - self.captured

    @property
    def status(self) -> str:
        if self.ended in ("CANCELLED", "EXPIRED"):
            return self.ended
        if not self.captures:
            return "AUTHORIZED"
        return "PART_CAPTURED" if self.held else "CAPTURED"

    def capture(self, amount: int, now: datetime) -> None:
        if not 0 < amount <= self.held:
            raise Refused("CAPTURE_NOT_ALLOWED")
        self.captures.append((amount, now))

    def lapse(self, now: datetime) -> bool:
        """Whether the hold has just lapsed, 28 days after the order."""
        if self.held and now - self.created_at >= LIFE:
            self.ended = "EXPIRED"
            return True
        return False

    def request(self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None) -> None:
        """What the API does with a request; `Refused` where it answers with an error."""
        key = headers.get("Klarna-Idempotency-Key", "")
        if not UUID4.fullmatch(key):
            raise Refused("no key")
        if key in self.answered:  # a retry: the first answer again
            return
        operation = path.removeprefix("/ordermanagement/v1/orders/").partition("/")[2]
        match method, operation, body:
            case "POST", "cancel", None:
                self._cancel()
            case "POST", "release-remaining-authorization", None:
                self._release()
            case "PATCH", "authorization", {"order_amount": int(amount)}:
                self._lower(amount)
            case "POST", "refunds", {"refunded_amount": int(amount)}:
                self._refund(amount)
            case _:
                raise Refused("BAD_VALUE")
        self.answered.add(key)

    def _cancel(self) -> None:
        if self.captures or self.ended:
            raise Refused("CANCEL_NOT_ALLOWED")
        self.ended = "CANCELLED"

    def _release(self) -> None:
        if not self.captures or self.ended:
            raise Refused("NOT_ALLOWED")
        self.ended = "RELEASED"

    def _lower(self, amount: int) -> None:
        if self.captures or self.ended or not 0 < amount < self.amount:
            raise Refused("NOT_ALLOWED")
        self.amount = amount

    def _refund(self, amount: int) -> None:
        if not 0 < amount <= self.captured - self.refunded:
            raise Refused("REFUND_NOT_ALLOWED")
        self.refunds.append(amount)

    def body(self) -> dict[str, Any]:
        """What GET of the order answers."""
        return {
            "order_id": "f3392f8b-6116-4073-ab96-e330819e2c07",
            "status": self.status,
            "fraud_status": "ACCEPTED",
            "order_amount": self.amount,
            "original_order_amount": self.original,
            "captured_amount": self.captured,
            "refunded_amount": self.refunded,
            "remaining_authorized_amount": self.held,
            "purchase_currency": "EUR",
            "created_at": _written(self.created_at),
            "expires_at": _written(self.created_at + LIFE),
            "captures": [{"captured_amount": amount, "captured_at": _written(at)} for amount, at in self.captures],
        }


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
