"""A simulated GoCardless is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Undo, apply, decide, records, requested
from payrules.calls import Call
from payrules.decide import succeeded
from payrules.providers.gocardless import wire
from tests.simulators.gocardless import Debit

EVENTS = {"confirmed": Event.CAPTURED, "paid_out": Event.SETTLED, "failed": Event.CAPTURE_FAILED}


class SimulatedGoCardless(RuleBasedStateMachine):
    """No permitted call is ever refused, and no money is given back twice."""

    @initialize(amount=st.integers(2, 1000))
    def begin(self, amount: int) -> None:
        self.now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
        self.debit = Debit(amount, self.now)
        self.read_again()

    def read_again(self) -> None:
        self.payment = wire.payment(self.debit.body(), {"refunds": len(self.debit.refunds)})

    @rule(hours=st.sampled_from([1, 23, 24, 6 * 24, 7 * 24]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.debit.status in ("pending_submission", "failed") and not self.debit.refunds)
    @rule()
    def submit(self) -> None:
        self.debit.submit(self.now)
        self.payment = apply(self.payment, Notice(event=Event.AUTHORIZED, at=self.now))

    @precondition(lambda self: self.debit.status in ("submitted", "confirmed", "paid_out"))
    @rule(late=st.booleans())
    def move(self, late: bool) -> None:
        """The banks confirm, pay out, or let it fail; an event does not tell the charge date, so the payment is read."""
        fails = late or self.debit.status == "paid_out"
        status = "failed" if fails else {"submitted": "confirmed", "confirmed": "paid_out"}[self.debit.status]
        told = apply(self.payment, Notice(event=EVENTS[status], at=self.now))
        self.debit.move(status)

        assert told.status == status
        self.read_again()

    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back, and the call sent again."""
        refunded = self.debit.refunded
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            return
        assert decision.call is not None
        self.send(decision.call)
        if lost and decision.action is Action.REFUND:
            self.payment = apply(self.payment, requested(decision))
            self.send(decision.call)
        assert self.debit.refunded - refunded == (decision.amount if decision.action is Action.REFUND else 0)
        self.payment = succeeded(decision)

    def send(self, call: Call) -> None:
        body = None if call.body is None else records.plain(call.body)
        self.debit.request(call.method, call.path, dict(call.headers), body, self.now)

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are GoCardless's, and its JSON gets the answer that our books get."""
        if not hasattr(self, "debit"):
            return
        read = wire.payment(self.debit.body(), {"refunds": len(self.debit.refunds)})
        assert self.debit.refunded <= self.debit.amount
        assert self.debit.status == self.payment.status
        assert told(self.payment, self.now) == told(read, self.now)


def told(payment: Payment, now: datetime) -> tuple[object, ...]:
    return decide(payment, Undo(at=now)).compared


TestSimulatedGoCardless = SimulatedGoCardless.TestCase
TestSimulatedGoCardless.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
