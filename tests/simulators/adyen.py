"""A simulated Adyen: every modification is `received`; the outcome comes later as a notification, and some succeed and then fail.

It knows nothing of payrules: it keeps its own ledger, and refuses in the notification, not in the answer, as Adyen does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Payment:
    """One payment, as Adyen keeps it, and the notifications that it has sent."""

    amount: int
    mode: str  # auto, manual, or hidden: captured at once, and nobody is told
    several: bool
    captured: int = 0
    released: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    captures: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    accepted: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())

    @property
    def held(self) -> int:
        return self.amount - self.captured - self.released

    def authorise(self, now: datetime) -> None:
        told = {"networkProcessingMode": "sale"} if self.mode == "auto" else {}
        if self.mode != "manual":
            self.captured = self.amount
        self._send("AUTHORISATION", "PAYMENT", self.amount, now, additional=told, original=None)

    def capture(self, amount: int, reference: str, now: datetime) -> None:
        fits = self.mode == "manual" and 0 < amount <= self.held
        self._send("CAPTURE", reference, amount, now, success=fits)
        if fits:
            self.captured += amount
            self.captures[reference] = amount
            if not self.several:
                self.released = self.amount - self.captured

    def fail_refund(self, reference: str, now: datetime) -> None:
        """A refund that was confirmed is rejected by the scheme."""
        self._send("REFUND_FAILED", reference, self.refunds.pop(reference), now)

    def request(self, path: str, body: dict[str, Any], key: str, now: datetime) -> str:
        """Always received; a key that was seen before gets the first answer again. Gives back the reference."""
        if key in self.keys:
            return self.keys[key]
        self.accepted += 1
        reference = self.keys[key] = f"MOD{self.accepted:03}"
        if path.endswith("/cancels"):
            self._cancel("CANCELLATION", reference, now)
        elif path.endswith("/refunds"):
            self._refund("REFUND", reference, body["amount"]["value"], now)
        else:
            self._reverse(reference, now)
        return reference

    def _cancel(self, code: str, reference: str, now: datetime, additional: dict[str, str] | None = None) -> None:
        fits = self.held > 0 and (self.captured == 0 or self.several)
        self._send(code, reference, self.amount, now, success=fits, additional=additional)
        if fits:
            self.released = self.amount - self.captured

    def _refund(
        self, code: str, reference: str, amount: int, now: datetime, additional: dict[str, str] | None = None
    ) -> None:
        fits = 0 < amount <= self.captured - self.refunded
        self._send(code, reference, amount, now, success=fits, additional=additional)
        if fits:
            self.refunds[reference] = amount

    def _reverse(self, reference: str, now: datetime) -> None:
        if len(self.captures) > 1:
            self._send("CANCEL_OR_REFUND", reference, self.amount, now, success=False)
        elif self.captured:
            arm = {"modification.action": "refund"}
            self._refund("CANCEL_OR_REFUND", reference, self.captured, now, arm)
        else:
            self._cancel("CANCEL_OR_REFUND", reference, now, {"modification.action": "cancel"})

    def _send(
        self,
        code: str,
        reference: str,
        amount: int,
        now: datetime,
        success: bool = True,
        additional: dict[str, str] | None = None,
        original: str | None = "PAYMENT",
    ) -> None:
        item = {
            "additionalData": additional or {},
            "amount": {"currency": "EUR", "value": amount},
            "eventCode": code,
            "eventDate": now.isoformat(),
            "merchantAccountCode": "Shop",
            "merchantReference": "order-1",
            "paymentMethod": "visa",
            "pspReference": reference,
            "success": "true" if success else "false",
        }
        self.sent.append({**item, **({"originalReference": original} if original else {})})
