"""A simulated Braintree: it refuses what its pages refuse, answers as GraphQL does, and keeps its own ledger.

It knows nothing of payrules; its clock is told to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(days=180)
WITH_A_WINDOW = ("PayPalTransactionDetails", "VenmoAccountDetails")
NOT_SETTLED = ("AUTHORIZED", "SUBMITTED_FOR_SETTLEMENT")
ON_ITS_WAY = ("SETTLING", "SETTLED")


class Refused(Exception):
    """A mutation that is answered with an error, whose code this is."""


@dataclass
class Refund:
    """A refund, which is a transaction of its own."""

    id: str
    amount: int
    status: str = "SUBMITTED_FOR_SETTLEMENT"


@dataclass
class Transaction:
    """One transaction, as the provider keeps it."""

    method: str
    authorized: int
    status: str = "AUTHORIZING"
    charged: int = 0
    history: list[tuple[str, int, datetime]] = field(default_factory=list)
    refunds: dict[str, Refund] = field(default_factory=dict)
    refunds_enabled: bool = True

    @property
    def given_back(self) -> int:
        return sum(refund.amount for refund in self.refunds.values() if refund.status != "VOIDED")

    def reach(self, status: str, now: datetime, amount: int | None = None) -> None:
        """What happens without a mutation of ours."""
        self.charged = self.charged if amount is None else amount
        self.status = status
        self.history.insert(0, (status, self.charged, now))

    def request(self, body: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What GraphQL answers to a mutation."""
        (name,) = re.findall(r"\{ (\w+)\(input: \$input\)", body["query"])
        values = body["variables"]["input"]
        mutations = {
            "voidTransaction": self._void,
            "reverseTransaction": self._reverse,
            "refundTransaction": self._refund,
            "reverseRefund": self._void_refund,
        }
        try:
            return {"data": {name: mutations[name](values, now)}}
        except Refused as refused:
            code = {"errorClass": "VALIDATION", "legacyCode": str(refused)}
            return {"data": {name: None}, "errors": [{"message": "No.", "extensions": code}]}

    def _void(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        if set(values) != {"transactionId"}:
            raise Refused("99999")
        return {"transaction": self._voided(now)}

    def _voided(self, now: datetime) -> dict[str, Any]:
        pending = self.status == "SETTLEMENT_PENDING" and self.method == "PayPalTransactionDetails"
        if self.status not in NOT_SETTLED and not pending:
            raise Refused("91504")
        self.reach("VOIDED", now)
        return {"__typename": "Transaction", "id": "transaction", "status": "VOIDED"}

    def _reverse(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        if self.status not in ON_ITS_WAY:
            return {"reversal": self._voided(now)}
        return {"reversal": self._refunded(values, self.charged, now)}

    def _refund(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        units, cents = re.fullmatch(r"(\d+)\.(\d\d)", values["refund"]["amount"]).groups()  # type: ignore[union-attr]
        return {"refund": self._refunded(values, int(units) * 100 + int(cents), now)}

    def _refunded(self, values: dict[str, Any], amount: int, now: datetime) -> dict[str, Any]:
        key = values["apiRequestKey"]
        if key not in self.refunds:
            self._refundable(amount, now)
            self.refunds[key] = Refund(f"refund-{len(self.refunds)}", amount)
        refund = self.refunds[key]  # a retry: the first answer again
        return {"__typename": "Refund", "id": refund.id, "status": refund.status}

    def _refundable(self, amount: int, now: datetime) -> None:
        if not self.refunds_enabled:
            raise Refused("91547")
        if self.status not in ON_ITS_WAY:
            raise Refused("91506")
        captured_at = next(at for status, _, at in self.history if status == "SUBMITTED_FOR_SETTLEMENT")
        if self.method in WITH_A_WINDOW and now >= captured_at + WINDOW:
            raise Refused("4021")
        if not 0 < amount <= self.charged - self.given_back:
            raise Refused("91521")

    def _void_refund(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        refund = next(refund for refund in self.refunds.values() if refund.id == values["refundId"])
        if refund.status != "SUBMITTED_FOR_SETTLEMENT":
            raise Refused("91504")
        refund.status = "VOIDED"
        return {"refund": {"id": refund.id, "status": "VOIDED"}}

    def body(self) -> dict[str, Any]:
        """What a query of the transaction answers."""
        first = self.history[-1][2] if self.history else datetime.fromisoformat("2026-03-02T09:59:58Z")
        return {
            "__typename": "Transaction",
            "id": "transaction",
            "createdAt": first.isoformat(),
            "amount": _money(self.charged or self.authorized),
            "status": self.status,
            "statusHistory": [
                {"status": status, "timestamp": at.isoformat(), "amount": _money(amount)}
                for status, amount, at in self.history
            ],
            "paymentMethodSnapshot": {"__typename": self.method},
            "refunds": [refund_body(refund) for refund in self.refunds.values()],
            "disputes": [],
        }


def refund_body(refund: Refund) -> dict[str, Any]:
    """What a query of a refund answers."""
    return {"__typename": "Refund", "id": refund.id, "status": refund.status, "amount": _money(refund.amount)}


def _money(amount: int) -> dict[str, str]:
    return {"value": f"{amount // 100}.{amount % 100:02}", "currencyCode": "USD"}
