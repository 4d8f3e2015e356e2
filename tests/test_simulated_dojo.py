"""A simulated Dojo is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Rejection, Undo, apply, decide
from payrules.decide import succeeded
from payrules.providers.dojo import wire
from tests.simulators.dojo import Intent, Refused

# Beginnings just before and after midnight in London, in winter, in summer and around both changes of clocks.
BEGINNINGS = [
    "2026-01-15T23:30",
    "2026-03-28T23:30",
    "2026-03-29T00:30",
    "2026-07-10T22:30",
    "2026-10-24T22:30",
    "2026-10-25T00:30",
]


class SimulatedDojo(RuleBasedStateMachine):
    """No permitted call is ever refused, and no money is given back twice."""

    @initialize(
        mode=st.sampled_from(["Auto", "Manual"]), amount=st.integers(2, 1000), begins=st.sampled_from(BEGINNINGS)
    )
    def begin(self, mode: str, amount: int, begins: str) -> None:
        self.now = datetime.fromisoformat(begins).replace(tzinfo=UTC)
        self.intent = Intent(mode, amount, self.now)
        self.payment = wire.payment(self.intent.body(), {})
        self.unanswered: list[tuple[Any, Payment, Notice]] = []

    @rule(step=st.sampled_from([1, 29, 31, 60, 180, 24 * 60, 6 * 24 * 60]))
    def wait(self, step: int) -> None:
        self.now += timedelta(minutes=step)
        self.intent.lapse(self.now)
        if self.intent.status == "Reversed" and self.payment.status == "Authorized":
            self.payment = apply(self.payment, Notice(event=Event.EXPIRED, at=self.now))

    @precondition(lambda self: self.intent.status == "Created")
    @rule()
    def decline(self) -> None:
        self.intent.decline()
        self.payment = apply(self.payment, Notice(event=Event.DECLINED, at=self.now))

    @precondition(lambda self: self.intent.status == "Created")
    @rule()
    def pay(self) -> None:
        self.intent.pay(self.now)
        event = Event.CAPTURED if self.intent.mode == "Auto" else Event.AUTHORIZED
        moved = apply(self.payment, Notice(event=event, amount=self.intent.amount, at=self.now))
        self.payment = evolve(moved, authorized_at=self.now)

    @precondition(
        lambda self: (
            self.intent.mode == "Manual"
            and self.intent.status in ("Authorized", "Captured")
            and not self.intent.refunded
        )
    )
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        amount = max(1, int((self.intent.amount - self.intent.captured) * part))
        if self.intent.captured < self.intent.amount:
            self.intent.capture(amount, self.now)
            self.payment = apply(self.payment, Notice(event=Event.CAPTURED, amount=amount, at=self.now))

    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back."""
        before = self.intent.refunded
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        assert decision.call is not None
        call = decision.call
        self.intent.request(call.method, call.path, dict(call.headers), _body(call.body), self.now)
        assert self.intent.refunded - before == (decision.amount if decision.action is Action.REFUND else 0)
        if lost and decision.action is Action.REFUND:
            self.unanswered.append((call, self.payment, Notice(event=Event.REFUNDED, amount=decision.amount)))
            self.payment = apply(self.payment, Notice(event=Event.REFUND_REQUESTED, amount=decision.amount))
        else:
            self.payment = succeeded(decision)

    @precondition(lambda self: self.unanswered)
    @rule()
    def retry(self) -> None:
        """The same call with the same key is answered again, and nothing moves."""
        call, _, notice = self.unanswered.pop()
        before = self.intent.refunded
        self.intent.request(call.method, call.path, dict(call.headers), _body(call.body), self.now)

        assert before == self.intent.refunded
        self.payment = apply(self.payment, notice)

    @rule()
    def what_is_not_permitted_is_refused(self) -> None:
        """A reversal asked about alone and refused for its day or status would be refused by Dojo too."""
        decision = decide(self.payment, Undo(at=self.now, only=Action.REVERSE))
        if decision.action is Action.REJECT and decision.reason.value in (
            "too_late",
            "wrong_status",
            "wrong_capture_mode",
        ):
            spare = Intent(**vars(self.intent))
            try:
                spare.request("POST", "/payment-intents/x/reversal", {}, None, self.now)
            except Refused:
                return
            raise AssertionError(decision.message)

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the provider's, but for refunds whose answer is outstanding."""
        if not hasattr(self, "intent"):
            return
        asked = sum(notice.amount or 0 for _, _, notice in self.unanswered)
        assert self.intent.refunded <= self.intent.captured <= self.intent.amount
        if not self.unanswered:
            assert self.intent.status == self.payment.status
        if self.payment.status == "Captured":
            assert self.intent.captured == self.payment.amount_captured
            assert self.intent.refunded == (self.payment.amount_refunded or 0) + asked

    @invariant()
    def reading_the_payment_again_changes_nothing(self) -> None:
        """The provider's JSON and our own books get the same answer."""
        if hasattr(self, "intent") and not self.unanswered:
            undo = Undo(at=self.now)
            read = wire.payment(self.intent.body(), {})
            assert decide(self.payment, undo).compared == decide(read, undo).compared


def _body(body: Any) -> Any:
    return None if body is None else dict(body)


TestSimulatedDojo = SimulatedDojo.TestCase
TestSimulatedDojo.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
