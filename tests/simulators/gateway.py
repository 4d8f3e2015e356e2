"""A gateway in front of one simulated payment: its own ledger, a version that every change raises, a store of keys.

What a request does is the business of the simulated providers beside this file, which know nothing of payrules; here
is only what all gateways have: who moved what, and that a key which was seen before moves nothing again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from tests.simulators.adyen import Payment as AdyenPayment
from tests.simulators.dojo import Intent, Refused
from tests.simulators.payroc import Payment as PayrocPayment

BEGINS = datetime.fromisoformat("2026-07-10T12:00:00+00:00")


@dataclass(frozen=True)
class Request:
    """What goes over the wire; `key` is what makes a repetition harmless, where the provider honours one."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any] | None
    key: str | None


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: who gave back how much, of what was held and of what was taken."""

    by: str
    released: int
    refunded: int

    @property
    def amount(self) -> int:
        return self.released + self.refunded


class Account(Protocol):
    """One payment at one provider, under its own rules."""

    key_header: str

    def shows(self) -> Any:
        """The provider's JSON of it."""

    def given_back(self) -> tuple[int, int]:
        """So far, of what was held and of what was taken."""

    def perform(self, request: Request, now: datetime) -> None:
        """What a request does; `Refused` where nothing is done."""

    def drift(self, random: Random, now: datetime) -> datetime:
        """Something happens that is no undo: it is captured, it is paid, time passes. Gives back the new time."""

    def ways(self, amount: int | None) -> list[Request]:
        """What somebody may try on the provider's own page to give an amount back, or everything."""


@dataclass
class Gateway:
    """The payment, and everything that was moved."""

    account: Account
    version: int = 0
    ledger: list[Entry] = field(default_factory=list)
    answers: dict[str, Entry] = field(default_factory=dict)

    def send(self, request: Request, now: datetime, by: str) -> Entry:
        """What a request moved; the first answer again for a key that was seen. `Refused` where it is refused."""
        if request.key is not None and request.key in self.answers:
            return self.answers[request.key]
        before = self.account.given_back()
        self.account.perform(request, now)
        released, refunded = (after - start for after, start in zip(self.account.given_back(), before, strict=True))
        entry = Entry(by, released, refunded)
        self.version += 1
        self.ledger.append(entry)
        if request.key is not None:
            self.answers[request.key] = entry
        return entry

    def operator(self, amount: int | None, now: datetime) -> int:
        """Somebody gives an amount back on the provider's own page; how much was moved."""
        for request in self.account.ways(amount):
            try:
                return self.send(request, now, "operator").amount
            except Refused:
                continue
        return 0

    def drift(self, random: Random, now: datetime) -> datetime:
        self.version += 1
        return self.account.drift(random, now)


# --- Dojo -----------------------------------------------------------------------------------------


@dataclass
class Dojo:
    intent: Intent
    key_header: str = "idempotencyKey"

    @classmethod
    def drawn(cls, random: Random) -> Dojo:
        intent = Intent(random.choice(("Auto", "Manual")), random.choice((3, 1000)), BEGINS)
        if random.random() < 0.9:
            intent.pay(BEGINS)
            if intent.mode == "Manual" and random.random() < 0.6:
                intent.capture(random.choice((intent.amount, intent.amount // 2 + 1)), BEGINS)
        return cls(intent)

    def shows(self) -> Any:
        return self.intent.body()

    def given_back(self) -> tuple[int, int]:
        undone = self.intent.status in ("Canceled", "Reversed")
        return (self.intent.captured or self.intent.amount) if undone else 0, self.intent.refunded

    def perform(self, request: Request, now: datetime) -> None:
        self.intent.request(request.method, request.path, request.headers, request.body, now)

    def drift(self, random: Random, now: datetime) -> datetime:
        if random.random() < 0.5:
            now = random.choice((now + timedelta(minutes=5), BEGINS.replace(hour=23), now + timedelta(days=8)))
            self.intent.lapse(now)
        elif self.intent.status == "Created":
            self.intent.pay(now)
        elif self.intent.mode == "Manual" and self.intent.captured < self.intent.amount and not self.intent.refunded:
            rest = self.intent.amount - self.intent.captured
            if self.intent.status in ("Authorized", "Captured"):
                self.intent.capture(random.choice((rest, rest // 2 or 1)), now)
        return now

    def ways(self, amount: int | None) -> list[Request]:
        part = amount if amount is not None else self.intent.captured - self.intent.refunded
        refund = Request(
            "POST", "/refunds", {"idempotencyKey": f"page{len(self.intent.refunds)}"}, {"amount": part}, None
        )
        whole = [Request("POST", "/reversal", {}, None, None), Request("DELETE", "", {}, None, None)]
        return [refund, *(whole if amount is None else [])]


# --- Payroc ---------------------------------------------------------------------------------------


@dataclass
class Payroc:
    payment: PayrocPayment
    key_header: str = "Idempotency-Key"

    @classmethod
    def drawn(cls, random: Random) -> Payroc:
        kind, method = random.choice((("sale", None), ("sale", None), ("preAuthorization", None), ("payment", "pad")))
        lists = random.random() < 0.5
        payment = PayrocPayment(
            kind, method, random.choice((3, 1000)), BEGINS + timedelta(hours=6), lists, parts=True
        )
        if random.random() < 0.6:
            payment.close(BEGINS + timedelta(hours=7))
        return cls(payment)

    def shows(self) -> Any:
        return self.payment.body()

    def given_back(self) -> tuple[int, int]:
        return self.payment.reversed, self.payment.refunded

    def perform(self, request: Request, now: datetime) -> None:
        self.payment.request(request.path, request.headers, request.body, now)

    def drift(self, random: Random, now: datetime) -> datetime:
        now = random.choice((now + timedelta(minutes=5), BEGINS + timedelta(hours=7)))
        self.payment.close(now)
        return now

    def ways(self, amount: int | None) -> list[Request]:
        part = amount if amount is not None else self.payment.amount - self.payment.reversed - self.payment.refunded
        headers = {"Idempotency-Key": f"{len(self.payment.keys):08}-0000-4000-8000-000000000000"}
        refund = Request("POST", "/refund", headers, {"amount": part, "description": "page"}, None)
        reverse = Request("POST", "/reverse", headers, {"amount": part} if amount is not None else None, None)
        return [refund if self.payment.status == "complete" else reverse]


# --- Adyen ----------------------------------------------------------------------------------------


@dataclass
class Adyen:
    payment: AdyenPayment
    key_header: str = "idempotency-key"

    @classmethod
    def drawn(cls, random: Random) -> Adyen:
        mode = random.choice(("auto", "manual", "manual", "hidden"))
        payment = AdyenPayment(random.choice((3, 1000)), mode, mode == "manual" and random.random() < 0.7)
        payment.authorise(BEGINS)
        if mode == "manual" and random.random() < 0.4:
            payment.capture(random.choice((payment.amount, payment.amount // 2 + 1)), "CAP0", BEGINS)
        return cls(payment)

    def shows(self) -> Any:
        return list(self.payment.sent)

    def given_back(self) -> tuple[int, int]:
        return self.payment.released, self.payment.refunded

    def perform(self, request: Request, now: datetime) -> None:
        """Everything is received; that it was refused is told by the notification."""
        key = request.headers["idempotency-key"]
        self.payment.request(request.path, request.body or {}, key, now)
        if self.payment.sent[-1]["success"] == "false":
            raise Refused("told by a notification")

    def drift(self, random: Random, now: datetime) -> datetime:
        now += timedelta(minutes=5)
        if (
            self.payment.mode == "manual"
            and self.payment.held
            and (self.payment.several or not self.payment.captures)
        ):
            part = random.choice((self.payment.held, self.payment.held // 2 or 1))
            self.payment.capture(part, f"CAP{len(self.payment.captures)}", now)
        return now

    def ways(self, amount: int | None) -> list[Request]:
        part = amount if amount is not None else self.payment.captured - self.payment.refunded
        headers = {"idempotency-key": f"page{len(self.payment.keys)}"}
        refund = Request("POST", "/refunds", headers, {"amount": {"value": part}}, None)
        cancel = Request("POST", "/cancels", headers, {}, None)
        return [refund] if self.payment.captured else [cancel] if amount is None else []


ACCOUNTS: dict[str, Callable[[Random], Account]] = {"dojo": Dojo.drawn, "payroc": Payroc.drawn, "adyen": Adyen.drawn}
"""How a payment is drawn at each provider."""
