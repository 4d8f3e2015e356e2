"""A simulated PayPal is played against `decide`, `apply` and its adapter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Rejection, Undo, apply, decide, plan
from payrules.decide import succeeded
from payrules.providers.paypal import wire
from tests.simulators.dojo import Refused
from tests.simulators.paypal import Order

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)


class SimulatedPayPal(RuleBasedStateMachine):
    """No permitted call is ever refused, and no money is given back twice."""

    @initialize(
        intent=st.sampled_from(["AUTHORIZE", "AUTHORIZE", "CAPTURE"]),
        amount=st.integers(2, 100_000),
        parent=st.sampled_from([None, None, "ORIGINAL"]),
        max_refunds=st.sampled_from([1, 2, 10]),
        parts_allowed=st.booleans(),
    )
    def begin(self, intent: str, amount: int, parent: str | None, max_refunds: int, parts_allowed: bool) -> None:
        self.now = BEGINS
        self.order = Order(intent, amount, self.now, parent, max_refunds, parts_allowed)
        self.payment = self.read()
        self.unanswered: list[Any] = []

    def read(self) -> Payment:
        """The payment as PayPal shows it, with what only the merchant's own book has."""
        given: dict[str, Any] = {
            "max_refunds": self.order.max_refunds,
            "partial_refunds": self.order.parts_allowed,
            "disputed": self.order.disputed,
            "chargeback": self.order.charged_back,
        }
        if self.order.parent:
            given |= {"created_as": "reauthorization", "parent_id": self.order.parent}
        return wire.payment(self.order.body(), given)

    @rule(step=st.sampled_from([1, 24, 28 * 24, 29 * 24, 150 * 24]))
    def wait(self, step: int) -> None:
        self.now += timedelta(hours=step)
        ended = self.order.lapse(self.now)
        if ended and self.payment.status == "PENDING":  # what is left beside a pending capture only reading tells
            self.payment = self.read()
        elif ended and not self.unanswered:
            self.payment = apply(self.payment, Notice(event=Event.EXPIRED, at=self.now))

    @precondition(lambda self: not self.order.captures and self.order.authorized_at is None and not self.unanswered)
    @rule(pending=st.booleans())
    def pay(self, pending: bool) -> None:
        if self.order.intent == "AUTHORIZE":
            self.order.authorize(self.now)
        else:
            self.order.capture(self.order.amount, self.now, pending=pending)
        self.payment = self.read()

    @precondition(lambda self: self.order.held > 0 and not self.unanswered)
    @rule(part=st.floats(0.1, 1), pending=st.sampled_from([False, False, False, True]))
    def capture(self, part: float, pending: bool) -> None:
        amount = max(1, int(self.order.held * part))
        taken = self.order.capture(amount, self.now, pending=pending)
        if not pending and self.payment.status != "PENDING":
            told = {"capture_id": taken.id} if len(self.order.captures) == 1 else {}
            self.payment = apply(
                Payment.from_record({**self.payment.to_record(), **told}),
                Notice(event=Event.CAPTURED, amount=amount, at=self.now),
            )
        if pending or len(self.order.captures) > 1:  # which capture a refund addresses has to be read
            self.payment = self.read()

    @precondition(lambda self: any(capture.pending for capture in self.order.captures) and not self.unanswered)
    @rule()
    def complete(self) -> None:
        """A pending capture completes; only reading tells what stands beside it."""
        for capture in self.order.captures:
            capture.pending = False
        self.payment = self.read()

    @precondition(lambda self: self.order.captured and not self.unanswered)
    @rule(what=st.sampled_from(["dispute", "won", "chargeback"]))
    def dispute(self, what: str) -> None:
        event = {"dispute": Event.DISPUTED, "won": Event.DISPUTE_WON, "chargeback": Event.CHARGED_BACK}[what]
        self.order.disputed = what != "won"
        self.order.charged_back = what == "chargeback" or (self.order.charged_back and what == "dispute")
        if self.payment.status != "REFUNDED":
            self.payment = apply(self.payment, Notice(event=event, at=self.now))

    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back."""
        before, held = self.order.refunded, self.order.held
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        assert decision.call is not None
        self.send(decision.call)
        assert self.order.refunded - before == (decision.amount if decision.action is Action.REFUND else 0)
        assert held - self.order.held == (decision.amount if decision.action is Action.CANCEL else 0)
        if lost and decision.action is Action.REFUND:
            asked = Notice(event=Event.REFUND_REQUESTED, amount=decision.amount, at=self.now)
            self.unanswered.append((decision.call, Notice(event=Event.REFUNDED, amount=decision.amount)))
            self.payment = apply(self.payment, asked)
        else:
            self.payment = succeeded(decision)
            if (self.payment.captures or 0) > 1 and not self.unanswered:
                self.payment = self.read()

    def send(self, call: Any) -> None:
        body = None if call.body is None else dict(call.body)
        self.order.request(call.method, call.path, dict(call.headers), body, self.now)

    @precondition(lambda self: self.unanswered)
    @rule()
    def retry(self) -> None:
        """The same call with the same key is answered again, and nothing moves; then the payment is read."""
        call, _ = self.unanswered.pop()
        before = self.order.refunded
        self.send(call)

        assert before == self.order.refunded
        self.unanswered.clear()
        self.payment = self.read()

    @precondition(lambda self: not self.unanswered)
    @rule(action=st.sampled_from([Action.CANCEL, Action.REFUND]))
    def what_is_not_permitted_is_refused(self, action: Action) -> None:
        """A void or a whole refund that is refused for a limit of PayPal's would be refused by PayPal too."""
        payment = self.read()
        decision = decide(payment, Undo(at=self.now, only=action))
        if decision.action is not Action.REJECT or decision.reason.value not in ("too_late", "too_many_refunds"):
            return
        call = wire.call(payment, action, payment.available_to_refund or 1, "another")
        with pytest.raises(Refused):
            self.send(call)

    @invariant()
    def no_more_is_given_back_than_was_taken(self) -> None:
        """Of each capture, and of all."""
        if hasattr(self, "order"):
            assert all(capture.refunded <= capture.amount for capture in self.order.captures)
            assert self.order.captured <= self.order.amount

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the provider's, and both get the same answer."""
        if not hasattr(self, "order") or self.unanswered:
            return
        read, undo = self.read(), Undo(at=self.now)
        known = [(item.status, item.amount_captured, item.capture_id) for item in (self.payment, read)]
        if read.status not in ("VOIDED", "APPROVED"):
            assert known[0] == known[1]
        assert decide(self.payment, undo).compared == decide(read, undo).compared

    @invariant()
    def a_plan_gives_all_back_or_says_why(self) -> None:
        """The calls of a plan never come to more than is left."""
        if hasattr(self, "order") and not self.unanswered:
            calls = plan(self.payment, Undo(at=self.now))
            given = sum(step.amount or 0 for step in calls)
            assert given <= self.order.held + self.order.captured - self.order.refunded


TestSimulatedPayPal = SimulatedPayPal.TestCase
TestSimulatedPayPal.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
