"""A simulated Klarna is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Rejection, Undo, apply, decide, requested
from payrules.calls import Call
from payrules.decide import succeeded
from payrules.providers.klarna import wire
from tests.simulators.klarna import Order

BEGINS = datetime(2026, 3, 2, 10, tzinfo=UTC)


class SimulatedKlarna(RuleBasedStateMachine):
    """No permitted call is ever refused, and what is given back is what was decided."""

    @initialize(amount=st.integers(2, 1000))
    def begin(self, amount: int) -> None:
        self.now = BEGINS
        self.order = Order(amount, self.now)
        self.payment = wire.payment(self.order.body(), {})
        self.unanswered: list[tuple[Call, Payment]] = []

    @rule(days=st.sampled_from([1, 7, 27]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        if self.order.lapse(self.now):
            self.payment = apply(self.payment, Notice(event=Event.EXPIRED, at=self.now))

    @precondition(lambda self: self.order.held)
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        amount = max(1, int(self.order.held * part))
        self.order.capture(amount, self.now)
        self.payment = apply(self.payment, Notice(event=Event.CAPTURED, amount=amount, at=self.now))

    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back."""
        held, refunded = self.order.held, self.order.refunded
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        assert decision.call is not None
        self.send(decision.call)
        given = held - self.order.held if decision.action is Action.CANCEL else self.order.refunded - refunded
        assert given == decision.amount
        after = succeeded(decision)
        if lost:
            self.unanswered.append((decision.call, after))
            self.payment = apply(self.payment, requested(decision))
            self.retry()
        else:
            self.payment = after

    def retry(self) -> None:
        """The same call with the same key is answered again, and nothing moves."""
        call, after = self.unanswered.pop()
        before = self.order.body()
        self.send(call)

        assert before == self.order.body()
        self.payment = after

    def send(self, call: Call) -> None:
        body: Any = None if call.body is None else dict(call.body)
        self.order.request(call.method, call.path, dict(call.headers), body)

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are Klarna's."""
        if hasattr(self, "order"):
            ours = (self.payment.status, self.payment.amount_captured or 0, self.payment.amount_refunded or 0)
            assert ours == (self.order.status, self.order.captured, self.order.refunded)

    @invariant()
    def reading_the_order_again_changes_nothing(self) -> None:
        """Klarna's JSON and our own books get the same answer."""
        if hasattr(self, "order"):
            undo = Undo(at=self.now)
            assert decide(self.payment, undo).compared == decide(wire.payment(self.order.body(), {}), undo).compared


TestSimulatedKlarna = SimulatedKlarna.TestCase
TestSimulatedKlarna.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
