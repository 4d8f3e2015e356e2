"""A simulated Payroc: one terminal whose batch closes at a time of day, and payments that refuse what its pages refuse.

It knows nothing of payrules: it keeps its own ledger of what was taken, reversed and refunded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulators.dojo import Refused


@dataclass
class Payment:
    """One payment, as the gateway keeps it."""

    kind: str
    method: str | None
    amount: int
    closes_at: datetime
    lists: bool
    parts: bool
    status: str = "ready"
    reversed: int = 0
    refunds: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    @property
    def refunded(self) -> int:
        return sum(self.refunds)

    def close(self, now: datetime) -> None:
        """The batch closes at its time; a hold does not settle."""
        if self.status == "ready" and self.kind != "preAuthorization" and now >= self.closes_at:
            self.status = "complete"

    def request(self, path: str, headers: dict[str, str], body: dict[str, Any] | None, now: datetime) -> None:
        key = headers["Idempotency-Key"]
        if len(key) != 36 or key[14] != "4":
            raise Refused("no UUID v4")
        if key in self.keys:
            return
        if path.endswith("/reverse"):
            self._reverse((body or {}).get("amount"))
        elif path.endswith("/refund") and body is not None and 1 <= len(body["description"]) <= 100:
            self._refund(body["amount"])
        else:
            raise Refused("no such request")
        self.keys.add(key)

    def _reverse(self, amount: int | None) -> None:
        left = self.amount - self.reversed
        amount = left if amount is None else amount
        if self.status != "ready" or not 0 < amount <= left:
            raise Refused("cannot be modified")
        if amount < left and (not self.parts or self.kind not in ("sale", "preAuthorizationCompletion")):
            raise Refused("only the whole")
        self.reversed += amount
        if self.reversed == self.amount:
            self.status = "reversal"

    def _refund(self, amount: int) -> None:
        left = self.amount - self.reversed - self.refunded
        if not 0 < amount <= left:
            raise Refused("too much")
        if self.status == "ready":
            if amount != left:
                raise AssertionError("a part sent in an open batch cancels the whole payment")
            self._reverse(None)
        elif self.status == "complete" and self.method != "ach":
            self.refunds.append(amount)
        else:
            raise Refused("cannot be refunded")

    def body(self) -> dict[str, Any]:
        """What a GET answers: no reversed amount, and the list of operations only where the terminal gives one."""
        body: dict[str, Any] = {
            "paymentId": "SIMULATED1",
            "order": {"orderId": "order-1", "amount": self.amount, "currency": "USD"},
            "refunds": [{"refundId": "R", "amount": -amount, "status": "complete"} for amount in self.refunds],
            "transactionResult": {
                "type": self.kind,
                "status": self.status,
                "authorizedAmount": self.amount,
                "currency": "USD",
            },
        }
        if self.method:
            body["bankAccount"] = {"type": self.method}
        elif self.lists and self.status in ("ready", "complete"):
            open_ones = ["fullyReverse", *(["partiallyReverse"] if self.parts else []), "setAsPending"]
            body["supportedOperations"] = ["refund"] if self.status == "complete" else open_ones
        return body
