"""Simulated providers that speak the JSON of the real ones over HTTP, with faults: for trying things out.

They know nothing of payrules. Each keeps a ledger of its own, honours its idempotency keys as its pages say, and
refuses what they refuse. `python -m examples.simulated` serves them on a loopback address.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import httpx

LONDON = ZoneInfo("Europe/London")


class Refused(Exception):
    """An answer with an error; nothing has happened."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


@dataclass
class Payment:
    """What every ledger holds of a payment; `given_back` has each undo that was carried out, in order."""

    id: str
    amount: int
    at: datetime
    status: str
    kind: str = ""
    captured: int = 0
    given_back: list[tuple[str, int]] = field(default_factory=list)
    keys: dict[str, tuple[str, Any, int, Any]] = field(default_factory=dict)

    def total(self, *kinds: str) -> int:
        """How much these kinds of undo have given back."""
        return sum(amount for kind, amount in self.given_back if kind in kinds)

    @property
    def left(self) -> int:
        """What can still be given back."""
        return self.amount - self.total("cancel", "reverse", "refund", "portal")


@dataclass
class Dojo:
    """Payment intents, captured automatically or by hand."""

    now: Callable[[], datetime]
    send: Callable[[str, Any], None]
    payments: dict[str, Payment] = field(default_factory=dict)
    events: int = 0

    def take(self, name: str, amount: int, kind: str) -> None:
        """A payer pays: Auto is captured at once, Manual is held; Unpaid is not paid yet."""
        status = {"Auto": "Captured", "Manual": "Authorized", "Unpaid": "Created"}[kind]
        captured = amount if kind == "Auto" else 0
        self.payments[name] = Payment(name, amount, self.now(), status, kind, captured)
        self._moved(self.payments[name], status)

    def by_hand(self, name: str, amount: int) -> None:
        """Somebody refunds in the provider's own portal."""
        payment = self.payments[name]
        if payment.status == "Captured" and 0 < amount <= payment.captured - payment.total("refund", "portal"):
            self._refund(payment, amount, "portal")

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """The answer to a request."""
        _, _, name, *rest = path.split("/")
        payment = self.payments.get(unquote(name))
        if payment is None:
            raise Refused(404, {"title": "Not Found", "status": 404})
        if method == "GET":
            return 200, self._body(payment)
        if headers.get("version") != "2024-02-05":
            raise Refused(400, {"errors": {"Version": ["required"]}, "status": 400})
        if method == "DELETE":
            return self._cancel(payment)
        return self._reverse(payment) if rest == ["reversal"] else self._asked_to_refund(payment, headers, body)

    def _cancel(self, payment: Payment) -> tuple[int, Any]:
        if payment.status != "Created":
            raise Refused(400, {"title": "Bad Request", "status": 400})
        payment.given_back.append(("cancel", payment.amount))
        self._moved(payment, "Canceled")
        return 200, self._body(payment)

    def _reverse(self, payment: Payment) -> tuple[int, Any]:
        today = self.now().astimezone(LONDON).date() == payment.at.astimezone(LONDON).date()
        fits = payment.status == ("Captured" if payment.kind == "Auto" else "Authorized")
        if not (fits and today) or payment.given_back:
            raise Refused(409, {"title": "Conflict", "status": 409})
        payment.given_back.append(("reverse", payment.amount))
        self._moved(payment, "Reversed")
        return 200, {"message": f"reverse for {payment.id}", "reversalId": f"rvs_{payment.id}"}

    def _asked_to_refund(self, payment: Payment, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        key, amount = headers.get("idempotencykey", ""), body.get("amount")
        if not 0 < len(key) <= 100 or set(body) != {"amount"} or type(amount) is not int:
            raise Refused(400, {"errors": {"idempotencyKey": ["required"]}, "status": 400})
        if key in payment.keys:
            return payment.keys[key][2:]
        if payment.status != "Captured" or not 0 < amount <= payment.captured - payment.total("refund", "portal"):
            raise Refused(400, {"errors": {"amount": ["more than is left"]}, "status": 400})
        self._refund(payment, amount, "refund")
        told = {"paymentIntentId": payment.id, "refundId": f"rfnd_{payment.id}_{len(payment.given_back)}"}
        payment.keys[key] = ("refunds", body, 200, told)
        return 200, told

    def _refund(self, payment: Payment, amount: int, kind: str) -> None:
        payment.given_back.append((kind, amount))
        if payment.captured == payment.total("refund", "portal"):
            self._moved(payment, "Refunded")

    def _moved(self, payment: Payment, status: str) -> None:
        payment.status = status
        self.events += 1
        mode = "Manual" if payment.kind == "Manual" else "Auto"
        data = {"paymentIntentId": payment.id, "paymentStatus": status, "captureMode": mode}
        event = {"id": f"evt_{self.events}", "event": "payment_intent.status_updated", "accountId": "acc_shop"}
        self.send("dojo", {**event, "createdAt": _written(self.now()), "data": data})

    def _body(self, payment: Payment) -> dict[str, Any]:
        money = {"value": payment.amount, "currencyCode": "GBP"}
        paid = None if payment.status in ("Created", "Canceled") else {"transactionDateTime": _written(payment.at)}
        return {
            "id": payment.id,
            "captureMode": "Manual" if payment.kind == "Manual" else "Auto",
            "status": payment.status,
            "amount": money,
            "totalAmount": money,
            "refundedAmount": payment.total("refund", "portal"),
            "createdAt": _written(payment.at),
            "paymentDetails": paid,
            "captures": [],
        }


@dataclass
class Payroc:
    """Card payments in a batch that somebody closes; no event about any of them."""

    now: Callable[[], datetime]
    send: Callable[[str, Any], None]
    payments: dict[str, Payment] = field(default_factory=dict)

    def take(self, name: str, amount: int, kind: str) -> None:
        """A card is charged (`sale`) or held (`preAuthorization`)."""
        self.payments[name] = Payment(name, amount, self.now(), "ready", kind, amount if kind == "sale" else 0)

    def close_batch(self) -> None:
        """Everything that is ready settles; a hold does not."""
        for payment in self.payments.values():
            if payment.status == "ready" and payment.kind == "sale":
                payment.status = "complete"

    def by_hand(self, name: str, amount: int) -> None:
        """Somebody refunds in the provider's own portal."""
        payment = self.payments[name]
        if payment.status == "complete" and 0 < amount <= payment.left:
            payment.given_back.append(("portal", amount))

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """The answer to a request; a key that was seen gets the first one again, and conflicts with another one."""
        _, _, name, *rest = path.split("/")
        payment = self.payments.get(unquote(name))
        if payment is None:
            raise Refused(404, _problem("not-found", 404))
        if method == "GET":
            return 200, self._body(payment)
        key = headers.get("idempotency-key", "")
        if len(key) != 36 or key[14] != "4":
            raise Refused(400, _problem("idempotency-key-missing", 400))
        if key in payment.keys:
            known = payment.keys[key]
            if known[:2] != (path, body):
                raise Refused(409, _problem("idempotency-key-in-use", 409))
            return known[2:]
        try:
            self._carry_out(payment, rest, body or {})
        except Refused as refused:
            payment.keys[key] = (path, body, refused.status, refused.body)
            raise
        payment.keys[key] = (path, body, 200, self._body(payment))
        return payment.keys[key][2:]

    def _carry_out(self, payment: Payment, rest: list[str], body: dict[str, Any]) -> None:
        amount = body.get("amount", payment.left)
        if not 0 < amount <= payment.left:
            raise Refused(400, _problem("bad-request", 400))
        if rest == ["refund"] and not 1 <= len(body.get("description", "")) <= 100:
            raise Refused(400, _problem("bad-request", 400))
        if payment.status == "ready":
            if rest == ["refund"] and amount != payment.left:
                raise AssertionError("a part sent in an open batch cancels the whole payment")
            payment.given_back.append(("reverse", amount))
            payment.status = "ready" if payment.left else "reversal"
        elif payment.status == "complete" and rest == ["refund"]:
            payment.given_back.append(("refund", amount))
        else:
            raise Refused(409, _problem("cannot-be-modified", 409))

    def _body(self, payment: Payment) -> dict[str, Any]:
        refunds = [
            {"refundId": f"R{number}", "amount": -amount, "status": "complete"}
            for number, (kind, amount) in enumerate(payment.given_back)
            if kind in ("refund", "portal")
        ]
        return {
            "paymentId": payment.id,
            "order": {"orderId": f"order of {payment.id}", "amount": payment.amount, "currency": "USD"},
            "refunds": refunds,
            "transactionResult": {
                "type": payment.kind,
                "status": payment.status,
                "authorizedAmount": payment.amount,
                "currency": "USD",
                "responseCode": "A",
            },
        }


@dataclass
class Adyen:
    """Modifications that are received at once and carried out later; every outcome is a webhook."""

    now: Callable[[], datetime]
    send: Callable[[str, Any], None]
    payments: dict[str, Payment] = field(default_factory=dict)
    received: list[tuple[Payment, str, str, int]] = field(default_factory=list)
    modifications: int = 0

    def take(self, name: str, amount: int, kind: str) -> None:
        """A payment is authorised: captured with it (`sale`) or held until a capture (`manual`)."""
        payment = self.payments[name] = Payment(name, amount, self.now(), "", kind, amount if kind == "sale" else 0)
        told = {"networkProcessingMode": "sale"} if kind == "sale" else {}
        self._report(payment, "AUTHORISATION", name, amount, additional=told, original=False)

    def capture(self, name: str) -> None:
        """The shop captures the whole of a hold."""
        payment = self.payments[name]
        if not payment.captured and payment.left == payment.amount:
            payment.captured = payment.amount
            self._report(payment, "CAPTURE", f"CAP{name}", payment.amount)

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """The answer to a request: received, whatever becomes of it."""
        name, operation = path.split("/")[-2:]
        payment, key = self.payments.get(unquote(name)), headers.get("idempotency-key", "")
        if payment is None:
            raise Refused(422, {"status": 422, "errorCode": "167", "message": "Original pspReference required"})
        if body.get("merchantAccount") != "Shop" or not 0 < len(key) <= 64:
            raise Refused(422, {"status": 422, "errorCode": "100", "message": "Required object is not provided"})
        if key not in payment.keys:
            self.modifications += 1
            reference = f"MOD{self.modifications}"
            amount = body["amount"]["value"] if operation == "refunds" else payment.amount
            self.received.append((payment, operation, reference, amount))
            told = {"paymentPspReference": payment.id, "pspReference": reference, "status": "received"}
            payment.keys[key] = (path, body, 201, {**told, "merchantAccount": "Shop"})
        return payment.keys[key][2:]

    def carry_out(self, number: int = 0) -> None:
        """One of the received modifications is carried out, or fails, and is reported."""
        if not self.received:
            return
        payment, operation, reference, amount = self.received.pop(number % len(self.received))
        held = payment.amount - payment.captured
        if operation == "refunds" or (operation == "reversals" and payment.captured):
            fits = 0 < amount <= payment.captured - payment.total("refund", "reverse")
            kind = "refund" if operation == "refunds" else "reverse"
        else:
            fits, kind, amount = held > 0 and not payment.given_back, "cancel", held
        if fits:
            payment.given_back.append((kind, amount))
        code = {"refunds": "REFUND", "cancels": "CANCELLATION", "reversals": "CANCEL_OR_REFUND"}[operation]
        arm = {"modification.action": "refund" if payment.captured else "cancel"} if operation == "reversals" else {}
        self._report(payment, code, reference, amount, fits, arm)

    def _report(
        self,
        payment: Payment,
        code: str,
        reference: str,
        amount: int,
        success: bool = True,
        additional: dict[str, str] | None = None,
        original: bool = True,
    ) -> None:
        item = {
            "additionalData": additional or {},
            "amount": {"currency": "EUR", "value": amount},
            "eventCode": code,
            "eventDate": self.now().isoformat(),
            "merchantAccountCode": "Shop",
            "merchantReference": f"order of {payment.id}",
            "paymentMethod": "visa",
            "pspReference": reference,
            "success": "true" if success else "false",
            **({"originalReference": payment.id} if original else {}),
        }
        self.send("adyen", {"live": "false", "notificationItems": [{"NotificationRequestItem": item}]})


@dataclass
class World:
    """The three providers behind one address, as an ASGI application; `faults` are taken one a request that undoes.

    `lost` loses the request, `silent` carries it out and loses the answer, `broken` fails before it, `crashed` after
    it. `outbox` holds the webhooks that were sent and have not arrived, `requests` what was asked to undo; `silence`
    is how long a lost answer takes over a real connection (0: the client is told at once).
    """

    clock: Callable[[], datetime]
    silence: float = 0
    faults: list[str] = field(default_factory=list)
    outbox: list[tuple[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dojo = Dojo(self.clock, self._send)
        self.payroc = Payroc(self.clock, self._send)
        self.adyen = Adyen(self.clock, self._send)

    def _send(self, provider: str, body: Any) -> None:
        self.outbox.append((provider, body))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request over ASGI."""
        if scope["type"] != "http":
            return
        sent = b""
        while True:
            message = await receive()
            sent += message.get("body", b"")
            if not message.get("more_body"):
                break
        await asyncio.sleep(0)  # on its way others get their turn, as over a network
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        path = scope.get("raw_path", scope["path"].encode()).decode().partition("?")[0]
        undoes = scope["method"] != "GET"
        fault = self.faults.pop(0) if self.faults and undoes else "none"
        self.requests += [f"{scope['method']} {path}"] if undoes else []
        status, body = self._answer(scope["method"], path, headers, json.loads(sent) if sent else None, fault)
        if fault in ("lost", "silent"):
            if not self.silence:
                raise httpx.ReadTimeout(fault)
            with suppress(TimeoutError):  # until the client gives up, and hangs up
                await asyncio.wait_for(receive(), self.silence)
        await asyncio.sleep(0)
        content = json.dumps(body).encode()
        told = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: str, headers: dict[str, str], body: Any, fault: str) -> tuple[int, Any]:
        _, provider, rest = path.split("/", 2)
        if fault in ("lost", "broken"):
            return 500, {"title": "Internal Server Error", "status": 500}
        try:
            answers = {"dojo": self.dojo.answer, "payroc": self.payroc.answer, "adyen": self.adyen.answer}
            answered = answers[provider](method, f"/{rest}", headers, body)
        except Refused as refused:
            answered = refused.status, refused.body
        return (500, {"title": "Internal Server Error"}) if fault == "crashed" else answered


def _problem(kind: str, status: int) -> dict[str, Any]:
    return {"type": f"https://docs.payroc.com/api/errors#{kind}", "title": kind, "status": status}


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def demonstration() -> World:
    """A world with a payment at each provider."""
    world = World(lambda: datetime.now(UTC), silence=30)
    world.dojo.take("pi_demo", 1000, "Auto")
    world.payroc.take("PAYDEMO001", 4000, "sale")
    world.adyen.take("PSPDEMO00001", 2500, "sale")
    return world


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(demonstration(), host="127.0.0.1", port=8801)
