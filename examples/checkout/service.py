"""Undoing orders: read, decide, write down, send, read the answer, and never send another call while one is open.

1. The facts of a payment are the provider's (its JSON, or its events folded) and the shop's own book: what was sent
and may still give money back is reserved.
2. A call is written down before it is sent. From then on only that call is sent, with its key, until its outcome is
known, or a person has looked.
3. Events are written down before they are acknowledged; what they mean is worked out from all of them, in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from attrs import evolve, field, frozen

from examples.checkout.store import OPEN, Attempt, Order, Store
from payrules import (
    Action,
    CallerError,
    Decision,
    Event,
    Notice,
    Outcome,
    Payment,
    Step,
    Undo,
    after,
    decide,
    fold,
    providers,
    requested,
)
from payrules.providers.dojo import wire as dojo
from payrules.providers.payroc import wire as payroc
from payrules.transport import arguments, response

PATIENCE = timedelta(minutes=1)
"""How long a call that was sent may take before it is sent again."""

PAYMENTS = {"dojo": dojo.payments, "payroc": payroc.payments}
"""How the answer of a provider that shows a payment is read."""

CONFIRMED = (Event.CANCELED, Event.REVERSED, Event.REFUNDED)
FAILED = (Event.CANCEL_FAILED, Event.REVERSE_FAILED, Event.REFUND_REFUSED, Event.REFUND_FAILED, Event.REFUND_RETURNED)


@frozen
class Account:
    """The shop's account at a provider: address, credentials, what requests need, and how a payment is read."""

    base: str
    headers: Mapping[str, str] = field(factory=dict)
    fills: Mapping[str, str] = field(factory=dict)
    reads: str | None = None  # the path of a payment; None where only events tell


class Unknown(LookupError):
    """There is no such order, or no account at such a provider."""


class Unavailable(Exception):
    """The provider does not say how the payment stands, so nothing is decided."""


@frozen
class Checkout:
    """The service; `now` is the only clock, and `client` the only way out."""

    store: Store
    client: httpx.AsyncClient
    accounts: Mapping[str, Account]
    now: Callable[[], datetime]

    # --- orders ---------------------------------------------------------------------------------------

    def add(self, order: Order) -> None:
        """Write a new order down; one that is known stays as it is."""
        if order.provider not in self.accounts:
            raise Unknown(f"There is no account at {order.provider!r}.")
        self.store.add_order(order)

    def order(self, order_id: str) -> Order:
        """The order of this id."""
        for order in self.store.orders(id=order_id):
            return order
        raise Unknown(f"There is no order {order_id!r}.")

    # --- what is known --------------------------------------------------------------------------------

    async def payment(self, order: Order) -> Payment:
        """The payment as the provider and the shop's own book have it."""
        account, open_ones = self.accounts[order.provider], self.store.attempts(order.id, OPEN)
        if account.reads is None:
            return self._folded(order, open_ones)
        url = account.base + account.reads.format(id=order.payment_id)
        try:
            answer = await self.client.get(url, headers=dict(account.headers))
            answer.raise_for_status()
            (payment,) = PAYMENTS[order.provider](answer.json(), order.given)
        except (httpx.HTTPError, ValueError) as error:  # no answer, or one that nobody can read
            raise Unavailable(str(error)) from error
        return self._with_own_book(payment, order, open_ones)

    def _folded(self, order: Order, open_ones: list[Attempt]) -> Payment:
        ours = [evolve(requested(item.decision), reference=item.reference) for item in open_ones]
        heard = providers.reported(order.provider, self.store.events(order.provider, order.payment_id))
        return fold(order.provider, [*heard, *ours], payment_id=order.payment_id, given=order.given)

    def _with_own_book(self, payment: Payment, order: Order, open_ones: list[Attempt]) -> Payment:
        """What is open is reserved, and so is what is done though the provider does not show it yet."""
        done, total = self.store.attempts(order.id, ["done"]), payment.amount_authorized or 0
        refunded = _sum(item for item in done if item.decision.action is Action.REFUND)
        parts = _sum(item for item in done if item.decision.action is Action.REVERSE and _amount(item) < total)
        asked_back = [item for item in open_ones if requested(item.decision).event is Event.REFUND_REQUESTED]
        others = [item.decision.action for item in open_ones if item not in asked_back]
        unseen = refunded - (payment.amount_refunded or 0)
        book: dict[str, Any] = {
            "amount_refund_pending": max(payment.amount_refund_pending, unseen) + _sum(asked_back),
            "undo_pending": None if not others else others[0] if others[0] is Action.CANCEL else Action.REVERSE,
        }
        if parts:  # which no JSON of a provider's shows
            book |= {"amount_released": parts, "amount_captured": total - parts}
        return evolve(payment, **book)

    async def preview(self, order_id: str, amount: int | None = None) -> Decision:
        """What an undo would do now, and until when; nothing is sent."""
        order = self.order(order_id)
        return decide(await self.payment(order), Undo(at=self.now(), amount=amount))

    # --- undoing --------------------------------------------------------------------------------------

    async def undo(self, order_id: str, request_id: str, amount: int | None = None) -> Attempt | Decision:
        """Undo an order: what became of the wish of this id, or the rejection. A second click finds the first."""
        for _ in range(3):
            order = self.order(order_id)
            tries = [item for item in self.store.attempts(order_id) if item.request_id == request_id]
            if tries and tries[-1].state != "changed":
                return tries[-1]
            decision = decide(await self.payment(order), Undo(at=self.now(), amount=amount))
            call = decision.call_for(f"{request_id}/{len(tries)}")
            if call is None:
                return decision
            filled = call.filled(**self.accounts[order.provider].fills)
            if self.store.open_attempt(order, request_id, decision, filled, self.now() + PATIENCE):
                attempt = await self.send(self.store.attempts(order_id)[-1])
                if attempt.state != "changed":
                    return attempt
        tries = [item for item in self.store.attempts(order_id) if item.request_id == request_id]
        return tries[-1] if tries else await self.preview(order_id, amount)

    async def send(self, attempt: Attempt) -> Attempt:
        """Send the call that is written down, and write down what that means."""
        account = self.accounts[attempt.payment.provider]
        try:
            answer: object = await self.client.request(**arguments(attempt.call, account.base, account.headers))
        except httpx.HTTPError as error:
            answer = error
        then = after(attempt.decision, *self.store.add_response(attempt, response(answer)), at=self.now())
        settled = evolve(
            attempt,
            state=_state(then.step, then.outcome),
            message=then.message,
            reference=then.reference or attempt.reference,
            due_at=self.now() + PATIENCE if then.step is Step.RETRY else None,
        )
        self.store.change(settled)
        return self._heard_of(settled)

    async def work(self) -> int:
        """Send what is due again; how many calls that were. For a timer or a queue."""
        due = [item for item in self.store.attempts(states=["open"]) if item.due_at and item.due_at <= self.now()]
        for attempt in due:
            self.store.change(evolve(attempt, due_at=self.now() + PATIENCE))
            await self.send(attempt)
        return len(due)

    def settle(self, attempt_id: str, *, happened: bool) -> Attempt:
        """A person has compared the payment with the book, and says what became of an attempt that is unclear."""
        (attempt,) = (item for item in self.store.attempts(states=["unclear"]) if item.id == attempt_id)
        state = "done" if happened else "refused"
        settled = evolve(attempt, state=state, message="A person has looked.", due_at=None)
        self.store.change(settled)
        return settled

    # --- events ---------------------------------------------------------------------------------------

    def hear(self, provider: str, body: Any) -> None:
        """Write down what a provider reports, before it is acknowledged."""
        try:
            named = {notice.payment_id or "" for notice in providers.reported(provider, [body])} or {""}
        except CallerError:  # kept all the same, for somebody to look at
            named = {""}
        self.store.add_event(provider, named, body)
        for payment_id in named:
            for order in self.store.orders(provider=provider, payment_id=payment_id):
                for attempt in self.store.attempts(order.id):
                    self._heard_of(attempt)

    def _heard_of(self, attempt: Attempt) -> Attempt:
        """An attempt, and what the events that name it as their reference say of it."""
        provider, payment_id = attempt.payment.provider, attempt.payment.payment_id
        if attempt.reference is None or payment_id is None or self.accounts[provider].reads is not None:
            return attempt
        told = providers.reported(provider, self.store.events(provider, payment_id))
        mine = [item for item in told if isinstance(item, Notice) and item.reference == attempt.reference]
        heard = [notice.event for notice in mine]
        failed, confirmed = any(event in FAILED for event in heard), any(event in CONFIRMED for event in heard)
        state = "refused" if failed else "done" if confirmed else attempt.state
        if state == attempt.state:
            return attempt
        message = f"The provider reported: {', '.join(heard)}."
        settled = evolve(attempt, state=state, message=message, due_at=None)
        self.store.change(settled)
        return settled


def _state(step: Step, outcome: Outcome) -> str:
    match step:
        case Step.DONE:
            return "done"
        case Step.AWAIT_OUTCOME:
            return "accepted"
        case Step.RETRY:
            return "open"
    if outcome is Outcome.UNKNOWN:
        return "unclear"
    return "changed" if step is Step.DECIDE_AGAIN else "refused"


def _amount(attempt: Attempt) -> int:
    return attempt.decision.amount or 0


def _sum(attempts: Iterable[Attempt]) -> int:
    return sum(_amount(attempt) for attempt in attempts)
