"""A simulated Stripe is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Rejection, Undo, apply, decide
from payrules.decide import succeeded
from payrules.providers.stripe import wire
from tests.simulators.stripe import UNPAID, Intent, Refused

BEGINS = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOLD, ACH = timedelta(days=7), timedelta(days=180)
METHODS = ["us_bank_account", "card", "us_bank_account", "interac_present", "sofort"]


class SimulatedStripe(RuleBasedStateMachine):
    """No permitted call is ever refused, and no money is given back twice."""

    @initialize(
        mode=st.sampled_from(["automatic", "manual"]),
        method=st.sampled_from(METHODS),
        amount=st.integers(2, 1000),
        session=st.booleans(),
        several=st.booleans(),
        paid=st.booleans(),
    )
    def begin(self, mode: str, method: str, amount: int, session: bool, several: bool, paid: bool) -> None:
        self.now = BEGINS
        method = "card" if mode == "manual" else method
        self.intent = Intent(mode, method, amount, BEGINS, session=session, several=several)
        owner = {"created_as": "checkout_session", "parent_id": "cs_1"} if session else {}
        self.given: dict[str, Any] = {"multicapture": several, **owner}
        self.payment = self.read()
        self.unanswered: list[tuple[Any, Notice]] = []
        if paid:
            self.pay()

    @precondition(lambda self: not self.unanswered and self.intent.status == "canceled")
    @rule(method=st.sampled_from(METHODS), amount=st.integers(2, 1000))
    def begin_another(self, method: str, amount: int) -> None:
        """What is over is followed by a payment that was paid at once."""
        self.begin("automatic", method, amount, False, False, True)

    def read(self) -> Payment:
        return wire.payment(self.intent.body(), self.given)

    def told(self, event: Event, amount: int | None = None) -> None:
        self.payment = apply(self.payment, Notice(event=event, amount=amount, at=self.now))

    @rule(step=st.sampled_from([1, 24 * 60]))
    def wait(self, step: int) -> None:
        self.wait_until(self.now + timedelta(minutes=step))

    @precondition(lambda self: self.intent.held or self.intent.method == "us_bank_account")
    @rule(early=st.sampled_from([1, 1, 0]))
    def wait_for_an_edge(self, early: int) -> None:
        """The end of the hold, or of the days in which a bank payment is refunded, or the minute before."""
        edge = (self.intent.paid_at or BEGINS) + HOLD if self.intent.held else BEGINS + ACH
        self.wait_until(max(self.now, edge - timedelta(minutes=early)))

    def wait_until(self, moment: datetime) -> None:
        self.now = moment
        if self.intent.lapse(self.now):
            self.told(Event.EXPIRED)

    @precondition(lambda self: self.intent.status in UNPAID)
    @rule(word=st.sampled_from(UNPAID))
    def go_on(self, word: str) -> None:
        self.intent.move(word)
        self.payment = evolve(self.payment, status=word)

    @precondition(lambda self: self.intent.status in UNPAID)
    @rule()
    def decline(self) -> None:
        self.intent.decline()
        self.told(Event.DECLINED)

    @precondition(lambda self: self.intent.status in UNPAID)
    @rule()
    def pay(self) -> None:
        self.intent.pay(self.now)
        self.told(Event.CAPTURED if self.intent.mode == "automatic" else Event.AUTHORIZED, self.intent.amount)
        read = self.read()  # only the charge tells the method, and when the hold lapses
        self.payment = evolve(self.payment, method=read.method, hold_expires_at=read.hold_expires_at)

    @precondition(lambda self: self.intent.held > 0)
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        amount = max(1, int(self.intent.held * part))
        self.intent.capture(amount, final=not self.intent.several)
        self.told(Event.CAPTURED, amount)

    @precondition(lambda self: self.intent.captured)
    @rule(opened=st.booleans())
    def dispute(self, opened: bool) -> None:
        self.intent.disputed = opened
        self.told(Event.DISPUTED if opened else Event.DISPUTE_WON)

    @rule(amount=st.sampled_from([None, 1, 2]), lost=st.booleans())
    def undo_what_can_be(self, amount: int | None, lost: bool) -> None:
        """What mostly ends in a call."""
        self.undo(amount, None, lost)

    @rule(
        amount=st.sampled_from([None, None, 1, 2]) | st.integers(-1, 1001),
        only=st.sampled_from([None, *Action][:4]),
        lost=st.booleans(),
    )
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back."""
        before, held = self.intent.refunded, self.intent.held
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        assert decision.call is not None
        self.send(decision.call)
        assert self.intent.refunded - before == (decision.amount if decision.action is Action.REFUND else 0)
        assert decision.action is not Action.CANCEL or not held or held == decision.amount
        if lost and decision.action is Action.REFUND:
            self.unanswered.append((decision.call, Notice(event=Event.REFUNDED, amount=decision.amount)))
            self.told(Event.REFUND_REQUESTED, decision.amount)
        else:
            self.payment = succeeded(decision)

    def send(self, call: Any) -> None:
        assert "POST" == call.method
        self.intent.request(call.path, dict(call.headers), None if call.body is None else dict(call.body), self.now)

    @precondition(lambda self: self.unanswered)
    @rule()
    def retry(self) -> None:
        """The same call with the same key is answered again, and nothing moves."""
        call, notice = self.unanswered.pop()
        before = self.intent.refunded
        self.send(call)

        assert before == self.intent.refunded
        self.payment = apply(self.payment, notice)

    @precondition(lambda self: not self.unanswered)
    @rule()
    def what_is_not_permitted_is_refused(self) -> None:
        """A cancel asked about alone and refused for its status would be refused by Stripe too."""
        decision = decide(self.payment, Undo(at=self.now, only=Action.CANCEL))
        if decision.action is Action.REJECT and decision.reason.value == "wrong_status":
            spare = Intent(**{**vars(self.intent), "refunds": {}, "kept": set()})
            try:
                spare.request("/v1/payment_intents/pi_1/cancel", {"Idempotency-Key": "other"}, None, self.now)
            except Refused:
                return
            raise AssertionError(decision.message)

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the provider's, but for refunds whose answer is outstanding."""
        if not hasattr(self, "intent"):
            return
        asked = sum(notice.amount or 0 for _, notice in self.unanswered)
        assert self.intent.refunded <= self.intent.captured <= self.intent.amount
        assert self.intent.status == self.payment.status
        assert self.intent.captured == (self.payment.amount_captured or 0)
        assert self.intent.refunded == (self.payment.amount_refunded or 0) + asked

    @invariant()
    def reading_the_payment_again_changes_nothing(self) -> None:
        """The provider's JSON and our own books get the same answer."""
        if hasattr(self, "intent") and not self.unanswered:
            undo = Undo(at=self.now)
            assert decide(self.payment, undo).compared == decide(self.read(), undo).compared


TestSimulatedStripe = SimulatedStripe.TestCase
TestSimulatedStripe.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


def test_a_bank_payment_is_refunded_until_its_days_are_over() -> None:
    """A minute before the end both say yes, at the end both say no."""
    intent = Intent("automatic", "us_bank_account", 10, BEGINS)
    intent.pay(BEGINS)
    payment = wire.payment(intent.body(), {})
    last, over = (decide(payment, Undo(at=BEGINS + ACH - early)) for early in (timedelta(minutes=1), timedelta(0)))

    assert (Action.REFUND, Action.REJECT) == (last.action, over.action)
    assert last.call is not None
    headers, body = dict(last.call.headers), dict(last.call.body or {})
    with pytest.raises(Refused):
        intent.request(last.call.path, headers, body, BEGINS + ACH)
    intent.request(last.call.path, headers, body, last.undo.at)
    assert 10 == intent.refunded
