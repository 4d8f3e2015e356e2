"""A simulated Checkout.com: it takes calls on or refuses them as its pages say, and tells by webhooks what became of them.

It knows nothing of payrules: it keeps its own ledger of what is held, taken, voided and given back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.simulators.dojo import Refused

SCHEMES = ("VISA", "Mastercard", "AMEX")
Webhook = dict[str, Any]


@dataclass
class Payment:
    """One payment, as the provider keeps it."""

    amount: int
    method: str
    scheme: str | None
    expires_on: datetime
    status: str = "Pending"
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    actions: int = 0
    keys: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=count)

    @property
    def held(self) -> int:
        if self.status in ("Pending", "Retry Scheduled", "Declined", "Canceled"):
            return 0
        return max(0, self.amount - self.captured - self.voided)

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded

    def approve(self, now: datetime) -> Webhook:
        self.status = "Authorized"
        return self._told("payment_approved", now, self.amount)

    def decline(self, now: datetime) -> Webhook:
        self.status = "Declined"
        return self._told("payment_declined", now, self.amount)

    def capture(self, amount: int, now: datetime) -> Webhook:
        if not 0 < amount <= self.held:
            raise Refused("too much")
        self.captured += amount
        if self.refunded == 0:
            self.status = "Partially Captured" if self.held else "Captured"
        return self._told("payment_captured", now, amount)

    def lapse(self, now: datetime) -> list[Webhook]:
        """When the authorization expires, what is left of it is voided by itself."""
        if now < self.expires_on or not self.held:
            return []
        return [self._released("payment_expired", "Expired", now)]

    def request(
        self,
        path: str,
        headers: dict[str, str],
        body: dict[str, Any] | None,
        now: datetime,
        *,
        declined: bool = False,
    ) -> list[Webhook]:
        """What becomes of a call that is taken on, told by webhooks; `Refused` is 403."""
        operation, key = path.rpartition("/")[2], headers.get("Cko-Idempotency-Key")
        if (key is None) is not (operation == "reversals"):
            raise Refused("a key where none is taken, or none where one is")
        if key in self.keys:  # a retry: the first answer again
            return []
        if key is not None:
            self.keys.add(key)
        if operation == "refunds":
            return [self._refund((body or {})["amount"], now, declined)]
        if body is not None:
            raise Refused("no body is taken")
        return {"voids": self._void, "cancellations": self._stop, "reversals": self._reverse}[operation](
            now, declined
        )

    def _void(self, now: datetime, declined: bool) -> list[Webhook]:
        whole = self.status == "Authorized"
        if not self.held or not (whole or self.scheme in SCHEMES):
            raise Refused("not voidable")
        if declined:
            return [self._told("payment_void_declined", now, self.held)]
        return [self._released("payment_voided", "Voided", now)]

    def _stop(self, now: datetime, declined: bool) -> list[Webhook]:
        if self.status != "Retry Scheduled":
            raise Refused("no retry is scheduled")
        self.status = "Canceled"
        return [self._told("payment_canceled", now, self.amount)]

    def _refund(self, amount: int, now: datetime, declined: bool) -> Webhook:
        if not 0 < amount <= self.refundable or self.actions >= 150:
            raise Refused("not refundable")
        if declined:
            return self._told("payment_refund_declined", now, amount)
        self.refunded += amount
        self.status = "Partially Refunded" if self.refundable or self.held else "Refunded"
        return self._told("payment_refunded", now, amount)

    def _reverse(self, now: datetime, declined: bool) -> list[Webhook]:
        """Voids and refunds a card's payment at once, another's one after the other; it cancels retries."""
        if self.status == "Retry Scheduled":
            return self._stop(now, declined)
        if declined and self.held:
            return [self._told("payment_void_declined", now, self.held)]
        if not self.held and not self.refundable:
            raise Refused("nothing to reverse")
        told = []
        if self.refundable and (self.method == "card" or not self.held):
            told.append(self._refund(self.refundable, now, declined=False))
        if self.held:
            told.append(self._released("payment_voided", "Voided", now))
        return told

    def _released(self, kind: str, after: str, now: datetime) -> Webhook:
        amount, self.voided = self.held, self.voided + self.held
        if not self.captured:
            self.status = after
        elif not self.refundable:
            self.status = "Refunded"
        return self._told(kind, now, amount)

    def _told(self, kind: str, now: datetime, amount: int) -> Webhook:
        number = next(self.numbers)
        data = {"id": "pay_simulated", "action_id": f"act_{number}", "amount": amount, "currency": "EUR"}
        return {"id": f"evt_{number}", "type": kind, "created_on": _written(now), "data": data}

    def body(self) -> dict[str, Any]:
        """What GET /payments/{id} answers."""
        approved = self.status not in ("Pending", "Retry Scheduled", "Declined", "Canceled")
        return {
            "id": "pay_simulated",
            "status": self.status,
            "amount": self.amount,
            "currency": "EUR",
            "source": {"type": self.method, **({"scheme": self.scheme} if self.scheme else {})},
            "expires_on": _written(self.expires_on),
            "balances": {
                "total_authorized": self.amount if approved else 0,
                "total_voided": self.voided,
                "available_to_void": self.held,
                "total_captured": self.captured,
                "available_to_capture": self.held,
                "total_refunded": self.refunded,
                "available_to_refund": self.refundable,
            },
        }


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
