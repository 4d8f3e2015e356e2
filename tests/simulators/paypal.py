"""A simulated PayPal: it refuses what its pages of November 2026 refuse, and keeps its own ledger.

It knows nothing of payrules: an order has at most one authorization, captures, and refunds of each capture; its clock
is told to it. Amounts are in hundredths here, and decimal texts on the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.dojo import Refused

LASTS, REFUNDABLE = timedelta(days=29), timedelta(days=180)


@dataclass
class Capture:
    """What was taken of the payer, in one go, and given back of it."""

    id: str
    amount: int
    at: datetime
    pending: bool = False
    refunds: dict[str, int] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())

    @property
    def status(self) -> str:
        if self.pending:
            return "PENDING"
        if not self.refunded:
            return "COMPLETED"
        return "REFUNDED" if self.refunded == self.amount else "PARTIALLY_REFUNDED"


@dataclass
class Order:
    """One order of one purchase unit; `parent` is the authorization that was authorized again, if there is one."""

    intent: str
    amount: int
    created_at: datetime
    parent: str | None = None
    max_refunds: int = 10
    parts_allowed: bool = True
    disputed: bool = False
    charged_back: bool = False
    authorized_at: datetime | None = None
    voided: bool = False
    captures: list[Capture] = field(default_factory=list)

    @property
    def captured(self) -> int:
        return sum(capture.amount for capture in self.captures if not capture.pending)

    @property
    def refunded(self) -> int:
        return sum(capture.refunded for capture in self.captures)

    @property
    def held(self) -> int:
        if self.authorized_at is None or self.voided:
            return 0
        return self.amount - sum(capture.amount for capture in self.captures)

    # --- what the payer and the merchant do

    def authorize(self, now: datetime) -> None:
        self.authorized_at = now

    def capture(self, amount: int, now: datetime, *, pending: bool = False) -> Capture:
        taken = Capture(f"CAPTURE{len(self.captures)}", amount, now, pending)
        self.captures.append(taken)
        return taken

    def lapse(self, now: datetime) -> bool:
        """An authorization ends by itself; whether it did just now."""
        ends = self.authorized_at is not None and not self.voided and now >= self.authorized_at + LASTS
        ended = ends and self.held > 0
        self.voided |= ends
        return ended

    # --- what its API does

    def request(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None, now: datetime
    ) -> None:
        """What the API does with a request; `Refused` where it answers with an error."""
        self.lapse(now)
        found = re.fullmatch(r"/v2/payments/(authorizations|captures)/([A-Z0-9]+)/(void|refund)", path)
        key = headers.get("PayPal-Request-Id", "")
        if method != "POST" or found is None or not 0 < len(key) <= 108:
            raise Refused("no such request")
        if found[1] == "authorizations" and found[3] == "void" and body is None:
            self._void(found[2])
        elif found[1] == "captures" and found[3] == "refund" and body is not None:
            self._refund(found[2], body, key, now)
        else:
            raise Refused("no such request")

    def _void(self, named: str) -> None:
        if named != (self.parent or "AUTHORIZATION"):
            raise Refused("CANNOT_BE_VOIDED")
        if self.voided or self.authorized_at is None:
            raise Refused("PREVIOUSLY_VOIDED")
        if self.held <= 0:
            raise Refused("PREVIOUSLY_CAPTURED")
        self.voided = True

    def _refund(self, named: str, body: dict[str, Any], key: str, now: datetime) -> None:
        capture = next((item for item in self.captures if item.id == named), None)
        money = dict(body.get("amount", {}))
        if capture is None or set(body) != {"amount"} or money.get("currency_code") != "USD":
            raise Refused("bad request")
        if key in capture.refunds:  # a retry: the first answer again
            return
        amount = round(float(money["value"]) * 100)
        left = capture.amount - capture.refunded
        if capture.pending:
            raise Refused("PENDING_CAPTURE")
        if self.charged_back:
            raise Refused("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK")
        if now >= capture.at + REFUNDABLE:
            raise Refused("REFUND_TIME_LIMIT_EXCEEDED")
        if len(capture.refunds) >= self.max_refunds:
            raise Refused("MAX_NUMBER_OF_REFUNDS_EXCEEDED")
        if not 0 < amount <= left:
            raise Refused("REFUND_AMOUNT_EXCEEDED")
        if amount < left and self.disputed:
            raise Refused("TRANSACTION_DISPUTED")
        if amount < left and not self.parts_allowed:
            raise Refused("PARTIAL_REFUND_NOT_ALLOWED")
        capture.refunds[key] = amount

    # --- what it shows

    def body(self) -> dict[str, Any]:
        """What GET /v2/checkout/orders/{id} answers."""
        paid = self.authorized_at is not None or bool(self.captures)
        return {
            "id": "ORDER",
            "intent": self.intent,
            "status": "COMPLETED" if paid else "APPROVED",
            "create_time": _written(self.created_at),
            "purchase_units": [{"amount": _money(self.amount), "payments": self._payments()}],
        }

    def _payments(self) -> dict[str, Any]:
        at = self.authorized_at
        authorization = {
            "id": "AUTHORIZATION",
            "status": self._status(),
            "amount": _money(self.amount),
            "create_time": at and _written(at),
            "expiration_time": at and _written(at + LASTS),
        }
        captures = [
            {"id": item.id, "status": item.status, "amount": _money(item.amount), "create_time": _written(item.at)}
            for item in self.captures
        ]
        refunds = [
            {
                "id": f"REFUND{number}{item.id}",
                "status": "COMPLETED",
                "amount": _money(amount),
                "links": [{"rel": "up", "href": f"https://api-m.paypal.com/v2/payments/captures/{item.id}"}],
            }
            for item in self.captures
            for number, amount in enumerate(item.refunds.values())
        ]
        return {"authorizations": [authorization] if at else [], "captures": captures, "refunds": refunds}

    def _status(self) -> str:
        if self.voided:
            return "VOIDED"
        if not self.captures:
            return "CREATED"
        return "PARTIALLY_CAPTURED" if self.held else "CAPTURED"


def _money(amount: int) -> dict[str, str]:
    return {"currency_code": "USD", "value": f"{amount // 100}.{amount % 100:02}"}


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
