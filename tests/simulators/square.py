"""A simulated Square: it refuses what its pages refuse, and keeps its own ledger.

It knows nothing of payrules: statuses are its own, its clock is told to it, and its year is the calendar's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class Refused(Exception):
    """The provider answers with a code, and nothing has happened."""


@dataclass
class Refund:
    """A refund, pending until its outcome is told."""

    amount: int
    status: str = "PENDING"


@dataclass
class Sale:
    """One payment, as the provider keeps it."""

    amount: int
    created_at: datetime
    deadline: datetime
    action: str = "CANCEL"
    capabilities: tuple[str, ...] = ("EDIT_AMOUNT_DOWN", "EDIT_AMOUNT_UP")
    key: str = "order-1-try-1"
    disputed: bool = False
    status: str = "APPROVED"
    version: int = 1
    refunds: dict[str, Refund] = field(default_factory=dict)
    lowered: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def __post_init__(self) -> None:
        self.total = self.total or self.amount

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds.values() if refund.status == "COMPLETED")

    @property
    def pending(self) -> bool:
        return any(refund.status == "PENDING" for refund in self.refunds.values())

    def pass_deadline(self, now: datetime) -> bool:
        """Whether Square has just cancelled or completed the payment by itself."""
        if self.status != "APPROVED" or now < self.deadline:
            return False
        self._become("COMPLETED" if self.action == "COMPLETE" else "CANCELED")
        return True

    def complete(self) -> None:
        if self.status != "APPROVED":
            raise Refused("not approved")
        self._become("COMPLETED")

    def settle(self, key: str, status: str) -> None:
        """The outcome of a refund, told later."""
        self.refunds[key].status = status
        self.version += 1

    def request(self, method: str, path: str, body: dict[str, Any] | None, now: datetime) -> None:
        """What the API does with a request; `Refused` where it answers with a code."""
        self.pass_deadline(now)
        if method == "POST" and path == "/v2/payments/cancel" and body is not None:
            if body["idempotency_key"] == self.key:
                self._cancel()
        elif method == "POST" and path.endswith("/cancel") and body is None:
            self._cancel()
        elif method == "PUT" and body is not None:
            self._lower(body)
        elif method == "POST" and path == "/v2/refunds" and body is not None:
            self._refund(body, now)
        else:
            raise Refused("no such request")

    def _become(self, status: str) -> None:
        self.status = status
        self.version += 1

    def _cancel(self) -> None:
        if self.status != "APPROVED":
            raise Refused("only in APPROVED")
        self._become("CANCELED")

    def _lower(self, body: dict[str, Any]) -> None:
        key, asked = body["idempotency_key"], body["payment"]
        if self.lowered.get(key) == asked["amount_money"]["amount"]:  # a retry: the first answer again
            return
        self._known(asked.get("version_token"))
        if self.status != "APPROVED" or "EDIT_AMOUNT_DOWN" not in self.capabilities:
            raise Refused("cannot be edited")
        if not 0 < asked["amount_money"]["amount"] < self.total or len(key) > 45:
            raise Refused("bad request")
        self.total = self.lowered[key] = asked["amount_money"]["amount"]
        self.version += 1

    def _refund(self, body: dict[str, Any], now: datetime) -> None:
        key, amount = body["idempotency_key"], body["amount_money"]["amount"]
        if key in self.refunds:  # a retry: the first answer again
            return
        self._known(body.get("payment_version_token"))
        if self.status != "COMPLETED" or self.disputed or self.pending or len(self.refunds) >= 20:
            raise Refused("not refundable")
        if any(refund.status == "FAILED" for refund in self.refunds.values()):
            raise Refused("an earlier one failed")
        if now >= self.created_at.replace(year=self.created_at.year + 1):
            raise Refused("too old")
        if not 0 < amount <= self.total - self.refunded or len(key) > 45:
            raise Refused("too much")
        self.refunds[key] = Refund(amount)
        self.version += 1

    def _known(self, token: str | None) -> None:
        if token not in (None, f"v{self.version}"):
            raise Refused("VERSION_MISMATCH")

    def body(self) -> dict[str, Any]:
        """What GET /v2/payments/{id} answers."""
        refunds = {"refund_ids": list(self.refunds)} if self.refunds else {}
        refunded = {"refunded_money": _money(self.refunded)} if self.refunded else {}
        return {
            "payment": {
                "id": "pay_simulated",
                "created_at": _written(self.created_at),
                "updated_at": _written(self.created_at),
                "amount_money": _money(self.total),
                "total_money": _money(self.total),
                "approved_money": _money(self.amount),
                "status": self.status,
                "delay_action": self.action,
                "delayed_until": _written(self.deadline),
                "capabilities": list(self.capabilities),
                "source_type": "CARD",
                "version_token": f"v{self.version}",
                **refunds,
                **refunded,
            }
        }

    def told(self, now: datetime) -> dict[str, Any]:
        """The webhook that tells of the payment as it is now."""
        payment = self.body()["payment"] | {"updated_at": _written(now)}
        return {"type": "payment.updated", "event_id": "e", "data": {"object": {"payment": payment}}}

    def told_of_refund(self, key: str, now: datetime) -> dict[str, Any]:
        """The webhook that tells of a refund as it is now."""
        refund = {
            "id": f"refund-{key}",
            "payment_id": "pay_simulated",
            "status": self.refunds[key].status,
            "amount_money": _money(self.refunds[key].amount),
            "updated_at": _written(now),
        }
        return {"type": "refund.updated", "event_id": "e", "data": {"object": {"refund": refund}}}


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
