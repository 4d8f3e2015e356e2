"""A simulated Square is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Decision, Event, Notice, Payment, Rejection, Undo, apply, decide, records
from payrules.decide import succeeded
from payrules.providers.square import wire
from tests.simulators.square import Refused, Sale

BEGINS = datetime(2026, 3, 2, 10, tzinfo=UTC)
STEPS = [timedelta(minutes=1), timedelta(hours=35, minutes=59), timedelta(days=7), timedelta(days=363)]
SURE = ("too_late", "too_many_refunds", "refund_failed_before", "disputed", "refund_pending", "nothing_captured")


class SimulatedSquare(RuleBasedStateMachine):
    """No permitted call is ever refused, and no money is given back twice."""

    @initialize(
        amount=st.integers(2, 1000),
        action=st.sampled_from(["CANCEL", "COMPLETE"]),
        capable=st.booleans(),
        heard=st.booleans(),
    )
    def begin(self, amount: int, action: str, capable: bool, heard: bool) -> None:
        self.now = BEGINS
        listed = ("EDIT_AMOUNT_DOWN",) if capable else ()
        self.sale = Sale(amount, self.now, self.now + timedelta(hours=36), action, listed)
        self.payment = wire.payment(self.sale.body(), {})
        self.unanswered: list[str] = []
        if not heard:
            self.payment = Payment(
                provider="square",
                status="unknown",
                currency="USD",
                merchant_reference=self.sale.key,
                amount_authorized=amount,
                created_at=self.now,
            )

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step: timedelta) -> None:
        self.now += step
        if self.sale.pass_deadline(self.now) and self.payment.payment_id is not None:
            self.hear(self.sale.told(self.now))

    @precondition(lambda self: self.sale.status == "APPROVED")
    @rule()
    def complete(self) -> None:
        self.sale.complete()
        if self.payment.payment_id is not None:
            self.hear(self.sale.told(self.now))

    @precondition(lambda self: self.payment.payment_id is None)
    @rule()
    def read(self) -> None:
        """The answer that was lost comes after all."""
        self.payment = wire.payment(self.sale.body(), {"disputed": self.payment.disputed})

    @precondition(lambda self: not self.sale.disputed)
    @rule()
    def dispute(self) -> None:
        self.sale.disputed = True
        self.payment = evolve(self.payment, disputed=True)

    @precondition(lambda self: self.sale.pending)
    @rule(outcome=st.sampled_from(["COMPLETED", "COMPLETED", "COMPLETED", "REJECTED", "FAILED"]))
    def settle(self, outcome: str) -> None:
        """The pending refund comes to its end, and its webhook is heard."""
        key = next(key for key, refund in self.sale.refunds.items() if refund.status == "PENDING")
        self.sale.settle(key, outcome)
        self.hear(self.sale.told_of_refund(key, self.now))

    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; a refund is answered as pending, or its answer is lost and it is sent again."""
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        before = self.given_back
        try:
            self.send(decision)
        except Refused:  # only a cancel by key, of a payment of which nobody knows that it is captured
            assert decision.rule == "square.cancel.by-key", decision.message
            assert self.sale.status != "APPROVED"
            return
        if lost:
            self.send_again(decision)
        assert self.given_back == before + (decision.amount or 0)
        if decision.action is Action.REFUND:
            requested = Notice(event=Event.REFUND_REQUESTED, amount=decision.amount, at=self.now)
            self.payment = self.reread(apply(self.payment, requested))
        else:
            self.payment = self.reread(succeeded(decision))

    @rule()
    def what_is_not_permitted_is_refused(self) -> None:
        """A refund asked about alone, and refused for a limit of Square's, would be refused by Square too."""
        decision = decide(self.payment, Undo(at=self.now, amount=1, only=Action.REFUND))
        if decision.action is Action.REJECT and decision.reason.value in SURE and self.payment.payment_id is not None:
            spare = Sale(**{**vars(self.sale), "refunds": dict(self.sale.refunds)})
            money = {"amount": 1, "currency": "USD"}
            body = {"idempotency_key": "other", "payment_id": "pay_simulated", "amount_money": money}
            try:
                spare.request("POST", "/v2/refunds", body, self.now)
            except Refused:
                return
            raise AssertionError(decision.message)

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the provider's, once the payment was heard of."""
        if not hasattr(self, "sale") or self.payment.payment_id is None:
            return
        assert self.sale.refunded <= self.sale.total <= self.sale.amount
        assert self.sale.status == self.payment.status
        if self.sale.status == "COMPLETED":
            pending = sum(refund.amount for refund in self.sale.refunds.values() if refund.status == "PENDING")
            assert self.sale.refunded == (self.payment.amount_refunded or 0)
            assert pending == self.payment.amount_refund_pending
            assert self.sale.amount - self.sale.total == (self.payment.amount_released or 0)

    @invariant()
    def reading_the_payment_again_changes_nothing(self) -> None:
        """The provider's JSON, with what it does not carry, and our own books get the same answer."""
        if hasattr(self, "sale") and self.payment.payment_id is not None:
            own = ("disputed", "amount_refund_pending", "refund_failed_before")
            read = wire.payment(self.sale.body(), {name: getattr(self.payment, name) for name in own})
            undo = Undo(at=self.now)
            assert decide(self.payment, undo).compared == decide(read, undo).compared

    # --- what the rules share ---------------------------------------------------------------------

    @property
    def given_back(self) -> int:
        """What was released and what was asked back so far."""
        released = self.sale.amount if self.sale.status == "CANCELED" else self.sale.amount - self.sale.total
        return released + sum(
            refund.amount for refund in self.sale.refunds.values() if refund.status in ("PENDING", "COMPLETED")
        )

    def send(self, decision: Decision) -> None:
        call = decision.call
        assert call is not None
        body = None if call.body is None else records.plain(call.body)
        self.sale.request(call.method, call.path, body, self.now)

    def send_again(self, decision: Decision) -> None:
        """A refund is answered as before; a second cancel is refused, and takes nothing more."""
        try:
            self.send(decision)
        except Refused:
            assert decision.action is Action.CANCEL

    def hear(self, webhook: dict[str, Any]) -> None:
        for notice in wire.notices(webhook):
            assert isinstance(notice, Notice)
            self.payment = self.reread(apply(self.payment, notice))

    def reread(self, payment: Payment) -> Payment:
        """The same with what every change of the payment brings: its token, and how many refunds it lists."""
        if payment.payment_id is None:
            return payment
        shown = wire.payment(self.sale.body(), {})
        return evolve(payment, version_token=shown.version_token, refunds=shown.refunds)


TestSimulatedSquare = SimulatedSquare.TestCase
TestSimulatedSquare.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
