"""A simulated Braintree is played against `decide`, `after` and `apply`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import (
    Action,
    Decision,
    Event,
    Notice,
    Payment,
    Rejection,
    Response,
    Undo,
    after,
    apply,
    decide,
    requested,
)
from payrules.calls import Call
from payrules.providers.braintree import wire
from payrules.words import Loss, Outcome
from tests.simulators.braintree import ON_ITS_WAY, Refund, Transaction, refund_body

METHODS = ["CreditCardDetails", "PayPalTransactionDetails", "VenmoAccountDetails", "UsBankAccountDetails"]
Rule = TypeVar("Rule", bound=Callable[..., Any])

STAGES = ["AUTHORIZED", "SUBMITTED_FOR_SETTLEMENT", "SETTLING", "SETTLED"]


def _in(*statuses: str) -> Callable[[Rule], Rule]:
    return precondition(lambda self: self.transaction.status in statuses)


class SimulatedBraintree(RuleBasedStateMachine):
    """No permitted call is ever refused, no part becomes the whole, and no money is given back twice."""

    now: datetime
    transaction: Transaction
    payment: Payment
    unanswered: list[tuple[Decision, Call]]

    @initialize(
        method=st.sampled_from(METHODS),
        amount=st.integers(2, 1000),
        refunds=st.sampled_from([True, True, True, False]),
        reached=st.sampled_from([0, 1, 2, 3, 4, 4, 4]),
    )
    def begin(self, method: str, amount: int, refunds: bool, reached: int) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)
        self.transaction = Transaction(method, amount, refunds_enabled=refunds)
        for status in STAGES[:reached]:
            self.transaction.reach(status, self.now, amount)
        self.unanswered = []
        self.read_again()

    @rule(step=st.sampled_from([1, 60, 24 * 60, 90 * 24 * 60, 179 * 24 * 60, 180 * 24 * 60]))
    def wait(self, step: int) -> None:
        self.now += timedelta(minutes=step)

    @_in("AUTHORIZING")
    @rule(declined=st.sampled_from([False, False, True]))
    def authorize(self, declined: bool) -> None:
        status, event = ("PROCESSOR_DECLINED", Event.DECLINED) if declined else ("AUTHORIZED", Event.AUTHORIZED)
        self.transaction.reach(status, self.now, self.transaction.authorized)
        self.happened(event)

    @_in("AUTHORIZED")
    @rule(part=st.sampled_from([0.4, 1, 1]))
    def submit(self, part: float) -> None:
        amount = max(1, int(self.transaction.authorized * part))
        self.transaction.reach("SUBMITTED_FOR_SETTLEMENT", self.now, amount)
        self.happened(Event.CAPTURED, amount)

    @_in("AUTHORIZED")
    @rule()
    def lapse(self) -> None:
        self.transaction.reach("AUTHORIZATION_EXPIRED", self.now)
        self.happened(Event.EXPIRED)

    @_in("SUBMITTED_FOR_SETTLEMENT")
    @rule(status=st.sampled_from(["SETTLING", "SETTLING", "SETTLEMENT_PENDING"]))
    def batch(self, status: str) -> None:
        """No webhook tells of these statuses, so the transaction is read."""
        self.transaction.reach(status, self.now)
        self.read_again()

    @_in("SETTLING", "SETTLEMENT_PENDING")
    @rule()
    def settle(self) -> None:
        self.transaction.reach("SETTLED", self.now)
        self.told("transaction_settled")

    @_in("SETTLEMENT_PENDING")
    @rule()
    def decline_settlement(self) -> None:
        self.transaction.reach("SETTLEMENT_DECLINED", self.now)
        self.told("transaction_settlement_declined")

    @rule(
        amount=st.sampled_from([None, None, None, -1, 0, 1, 2, 400, 1001]) | st.integers(1, 1000),
        only=st.sampled_from([None, None, None, *Action][:6]),
        lost=st.booleans(),
    )
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; send what is decided; sometimes the answer is lost on the way back."""
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        before = self.transaction.given_back
        body = self.sent(decision)
        given_back = self.transaction.given_back - before
        assert given_back == (decision.amount if decision.action is Action.REFUND else 0), body
        self.payment = apply(self.payment, requested(decision))
        if lost and decision.call is not None:
            self.unanswered.append((decision, decision.call))
        else:
            self.answered(decision, Response(status=200, body=body))

    @precondition(lambda self: not self.unanswered and self.may_be_reversed)
    @_in("AUTHORIZED", "SUBMITTED_FOR_SETTLEMENT", *ON_ITS_WAY)
    @rule(part=st.sampled_from([None, None, 1]))
    def undo_in_the_dark(self, part: int | None) -> None:
        """Without its status only the whole is undone, and the provider finds out how."""
        known: dict[str, Any] = {"amount_released": 0, "amount_refunded": 0, "captured_at": None}
        dark = evolve(self.payment, status="unknown", amount_captured=None, **known)
        decision = decide(dark, Undo(at=self.now, amount=part))
        assert (decision.action is Action.REVERSE) is (part is None), decision.message
        if decision.action is Action.REVERSE:
            self.payment = apply(dark, requested(decision))
            body = self.sent(decision)
            assert self.transaction.given_back == self.transaction.charged or self.transaction.status == "VOIDED"
            self.answered(decision, Response(status=200, body=body))

    def sent(self, decision: Decision) -> dict[str, Any]:
        assert decision.call is not None
        return self.transaction.request(_plain(decision.call.body), self.now)

    @precondition(lambda self: self.unanswered)
    @rule()
    def retry(self) -> None:
        """The same call with the same key: a refund is answered again, a void refused, and nothing moves."""
        decision, call = self.unanswered.pop()
        before = self.transaction.given_back
        body = self.transaction.request(_plain(call.body), self.now)

        assert before == self.transaction.given_back
        self.answered(decision, Response(lost=Loss.TIMED_OUT), Response(status=200, body=body))

    def answered(self, decision: Decision, *responses: Response) -> None:
        step = after(decision, *responses, at=self.now)
        for notice in step.notices:
            self.payment = apply(self.payment, notice)
        if step.outcome is Outcome.UNKNOWN:  # a void that was refused the second time: the transaction is read
            self.read_again()
        assert step.outcome in (Outcome.SUCCEEDED, Outcome.UNKNOWN), step.message

    def read_again(self) -> None:
        """What is on its way in our own book is no longer: the transaction lists its refunds."""
        read = wire.payment(self.transaction.body(), {})
        pending = sum(decision.amount or 0 for decision, _ in self.unanswered if decision.action is Action.REFUND)
        known: dict[str, Any] = {
            "amount_refunded": (read.amount_refunded or 0) - pending,
            "amount_refund_pending": pending,
        }
        voids = [decision for decision, _ in self.unanswered if decision.action is not Action.REFUND]
        if voids and read.status != "voided":
            known |= {"undo_pending": voids[0].action}
        self.payment = evolve(read, refunds_enabled=self.transaction.refunds_enabled, **known)

    def happened(self, event: Event, amount: int | None = None) -> None:
        self.payment = apply(self.payment, Notice(event=event, amount=amount, at=self.now))

    def told(self, kind: str) -> None:
        transaction = {
            "id": "transaction",
            "amount": f"{self.transaction.charged / 100:.2f}",
            "currency_iso_code": "USD",
        }
        (notice,) = wire.notices(
            {"kind": kind, "timestamp": self.now.isoformat(), "subject": {"transaction": transaction}}
        )
        assert isinstance(notice, Notice)
        self.payment = apply(evolve(self.payment, **notice.tells), notice)

    @property
    def may_be_reversed(self) -> bool:
        """Whether nobody asked anything back, and a reversal that turns into a refund is let through."""
        if self.transaction.given_back or self.transaction.charged != self.transaction.authorized:
            return False
        refund = decide(self.payment, Undo(at=self.now, only=Action.REFUND))
        return self.transaction.status not in ON_ITS_WAY or refund.action is Action.REFUND

    @precondition(lambda self: not self.unanswered)
    @rule()
    def what_is_not_permitted_is_refused(self) -> None:
        """A refund and a void asked about alone and refused would be refused by Braintree too."""
        for only, query in ((Action.REFUND, wire._REFUND), (Action.CANCEL, wire._VOID), (Action.REVERSE, wire._VOID)):
            decision = decide(self.payment, Undo(at=self.now, only=only))
            other = decide(self.payment, Undo(at=self.now))
            if decision.action is not Action.REJECT or (
                only is not Action.REFUND and other.action in (Action.CANCEL, Action.REVERSE)
            ):
                continue
            left = self.transaction.charged - self.transaction.given_back
            values: dict[str, Any] = {"transactionId": "transaction"}
            if only is Action.REFUND:
                values |= {"apiRequestKey": "another", "refund": {"amount": f"{max(left, 1) / 100:.2f}"}}
            spare = Transaction(
                **{
                    **vars(self.transaction),
                    "refunds": dict(self.transaction.refunds),
                    "history": list(self.transaction.history),
                }
            )
            answer = spare.request({"query": query, "variables": {"input": values}}, self.now)

            assert "errors" in answer, decision.message

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the provider's, but for calls whose answer is outstanding."""
        if not hasattr(self, "transaction") or self.unanswered:
            return
        expected = {"VOIDED": "voided"}.get(self.transaction.status, self.transaction.status.lower())
        assert self.transaction.given_back <= self.transaction.charged or self.transaction.charged == 0
        if self.transaction.status == "SETTLING" and self.payment.status == "settled":
            return  # a refund of an unknown status tells that it settles, and not how far it has got
        assert expected == self.payment.status
        if expected in ("settling", "settled"):
            assert self.transaction.given_back == (self.payment.amount_refunded or 0)

    @invariant()
    def reading_the_payment_again_changes_nothing(self) -> None:
        """The provider's JSON and our own books get the same answer."""
        if hasattr(self, "transaction") and not self.unanswered and self.payment.status != "unknown":
            read = evolve(wire.payment(self.transaction.body(), {}), refunds_enabled=self.transaction.refunds_enabled)
            undo = Undo(at=self.now)
            assert decide(self.payment, undo).compared == decide(read, undo).compared


def _plain(body: Any) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, dict) else value for key, value in dict(body).items()}


TestSimulatedBraintree = SimulatedBraintree.TestCase
TestSimulatedBraintree.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize(("status", "permitted"), [("SUBMITTED_FOR_SETTLEMENT", True), ("SETTLED", False)])
def test_a_refund_is_voided_before_it_settles(status: str, permitted: bool) -> None:
    """Its own void is a reversal, and then it is over; later it is refused."""
    refund = Refund("refund-0", 30, status)
    transaction = Transaction("CreditCardDetails", 100, refunds={"key": refund})
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    decision = decide(wire.payment(refund_body(refund), {}), Undo(at=now))

    assert permitted is (decision.action is Action.REVERSE)
    if decision.call is not None:
        answer = transaction.request(_plain(decision.call.body), now)

        assert Outcome.SUCCEEDED is after(decision, Response(status=200, body=answer)).outcome
        assert "VOIDED" == refund.status
