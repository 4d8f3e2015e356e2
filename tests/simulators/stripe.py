"""A simulated Stripe: it refuses what its pages refuse, and keeps its own ledger.

It knows nothing of payrules: statuses are its own, its clock is told to it, and it speaks its JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
HOLD = timedelta(days=7)
ACH = timedelta(days=180)


class Refused(Exception):
    """The provider answers 400, and nothing has happened."""


@dataclass
class Intent:
    """One payment intent with its charge, as the provider keeps it."""

    mode: str
    method: str
    amount: int
    created_at: datetime
    session: bool = False
    several: bool = False
    status: str = "requires_payment_method"
    paid_at: datetime | None = None
    captured: int = 0
    released: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    disputed: bool = False

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())

    @property
    def held(self) -> int:
        return self.amount - self.captured - self.released if self.status == "requires_capture" else 0

    def move(self, status: str) -> None:
        """Another of the words before it is paid."""
        if self.status in UNPAID:
            self.status = status

    def decline(self) -> None:
        if self.status in UNPAID:
            self.status = "requires_payment_method"

    def pay(self, now: datetime) -> None:
        self.paid_at = now
        if self.mode == "automatic":
            self.status, self.captured = "succeeded", self.amount
        else:
            self.status = "requires_capture"

    def capture(self, amount: int, final: bool) -> None:
        if not self.several and not final:
            raise Refused("only one capture")
        if self.status != "requires_capture" or not 0 <= amount <= self.held:
            raise Refused("payment_intent_unexpected_state")
        self.captured += amount
        if final or self.held == 0:
            self._release()

    def lapse(self, now: datetime) -> bool:
        """What is still held after 7 days is released."""
        if self.status != "requires_capture" or self.paid_at is None or now < self.paid_at + HOLD:
            return False
        self._release()
        return True

    def _release(self) -> None:
        self.released += self.held
        self.status = "succeeded" if self.captured else "canceled"

    def request(self, path: str, headers: dict[str, str], body: dict[str, Any] | None, now: datetime) -> None:
        """What the API does with a POST; `Refused` where it answers with an error."""
        key = headers["Idempotency-Key"]
        assert 0 < len(key) <= 255
        if key in self.kept:  # a retry: the first answer again
            return
        if path == "/v1/payment_intents/pi_1/cancel":
            self._cancel()
        elif path == "/v1/checkout/sessions/cs_1/expire":
            self._expire_session()
        elif path == "/v1/payment_intents/pi_1/capture":
            assert body == {"amount_to_capture": 0, "final_capture": "true"}
            self._release_rest()
        elif path == "/v1/refunds" and body is not None:
            self._refund(body, key, now)
        else:
            raise Refused("no such request")
        self.kept.add(key)

    def _cancel(self) -> None:
        if self.session and self.status in UNPAID:
            raise Refused("expire its session")
        if self.status not in (*UNPAID, "requires_capture") or self.captured:
            raise Refused("payment_intent_unexpected_state")
        self.released, self.status = self.released + self.held, "canceled"

    def _expire_session(self) -> None:
        if not self.session or self.status not in UNPAID:
            raise Refused("the session is not open")
        self.status = "canceled"

    def _release_rest(self) -> None:
        if self.status != "requires_capture" or not self.captured:
            raise Refused("payment_intent_unexpected_state")
        self._release()

    def _refund(self, body: dict[str, Any], key: str, now: datetime) -> None:
        amount = body["amount"]
        if set(body) != {"amount", "payment_intent"} or type(amount) is not int or body["payment_intent"] != "pi_1":
            raise Refused("bad request")
        if self.disputed:
            raise Refused("charge_disputed")
        if self.method == "us_bank_account" and now >= self.created_at + ACH:
            raise Refused("charge_not_refundable")
        if self.method == "interac_present" or not 0 < amount <= self.captured - self.refunded:
            raise Refused("charge_already_refunded")
        self.refunds[key] = amount

    def body(self) -> dict[str, Any]:
        """What GET /v1/payment_intents/pi_1?expand[]=latest_charge answers."""
        return {
            "id": "pi_1",
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": self.held,
            "amount_received": self.captured,
            "capture_method": self.mode,
            "created": _seconds(self.created_at),
            "currency": "eur",
            "status": self.status,
            "latest_charge": self._charge() if self.paid_at else None,
        }

    def _charge(self) -> dict[str, Any]:
        assert self.paid_at is not None
        of_method = {"capture_before": _seconds(self.paid_at + HOLD)} if self.mode == "manual" else {}
        return {
            "id": "ch_1",
            "object": "charge",
            # What is released shows as refunded, too.
            "amount_refunded": self.refunded + (0 if self.captured else self.released),
            "created": _seconds(self.paid_at),
            "disputed": self.disputed,
            "payment_method_details": {"type": self.method, self.method: of_method},
        }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
