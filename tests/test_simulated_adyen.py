"""A simulated Adyen is played against `fold` and `decide`: its notifications come late, repeated, in any order, or not yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Notice, Undo, decide, fold, providers
from tests.simulators.adyen import Payment

REQUESTS = {Action.CANCEL: "cancel_requested", Action.REVERSE: "reverse_requested", Action.REFUND: "refund_requested"}


class SimulatedAdyen(RuleBasedStateMachine):
    """Over any run no more is given back than was captured, each outcome counts once, and what is decided on full news is accepted."""

    @initialize(
        mode=st.sampled_from(["auto", "manual", "hidden"]),
        amount=st.integers(2, 1000),
        several=st.booleans(),
        seed=st.integers(0, 999),
    )
    def begin(self, mode: str, amount: int, several: bool, seed: int) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.payment = Payment(amount, mode, several and mode == "manual")
        self.random = Random(seed)  # noqa: S311 — only the order of delivery
        self.given: dict[str, Any] = {"multicapture": self.payment.several}
        if mode == "manual":
            self.given["capture_mode"] = "manual"
        self.requests: list[dict[str, Any]] = []
        self.payment.authorise(self.now)
        self.delivered = 1

    @rule()
    def time_passes(self) -> None:
        self.now += timedelta(minutes=1)

    @precondition(
        lambda self: (
            self.payment.mode == "manual"
            and self.payment.held > 0
            and (self.payment.several or not self.payment.captures)
        )
    )
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        """The merchant captures, and hears of it before asking to undo: a capture under way has no field in the record."""
        self.now += timedelta(minutes=1)
        self.payment.capture(max(1, int(self.payment.held * part)), f"CAP{len(self.payment.captures)}", self.now)
        self.delivered = len(self.payment.sent)

    @rule(count=st.integers(0, 2))
    def news(self, count: int) -> None:
        """Some of what was sent arrives."""
        self.delivered = min(len(self.payment.sent), self.delivered + count)

    @precondition(lambda self: self.payment.refunds)
    @rule()
    def a_refund_fails(self) -> None:
        self.now += timedelta(minutes=1)
        self.payment.fail_refund(next(iter(self.payment.refunds)), self.now)

    @rule(amount=st.none() | st.integers(1, 1000), only=st.sampled_from([None, *Action][:4]))
    def undo(self, amount: int | None, only: Action | None) -> None:
        """Ask from what has arrived and what was requested, book the request, send, and send once more as a retry."""
        self.now += timedelta(minutes=1)
        folded = self.folded()
        decision = decide(folded, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            return
        assert decision.call is not None
        assert decision.call.body is not None
        key, before = decision.call.headers["idempotency-key"], (self.payment.refunded, self.payment.released)
        used, body = key in self.payment.keys, dict(decision.call.body)
        reference = self.payment.request(decision.call.path, body, key, self.now)
        again = self.payment.request(decision.call.path, body, key, self.now)
        record = {
            "event": REQUESTS[decision.action],
            "at": self.now.isoformat(),
            "reference": reference,
            "payment_id": "PAYMENT",
        }
        self.requests.append(record | ({"amount": decision.amount} if decision.action is Action.REFUND else {}))
        moved = self.payment.refunded + self.payment.released - sum(before)

        assert reference == again
        if used:  # a refund that failed came back to the balances it started from: the key is the first one's
            assert 0 == moved
        elif self.delivered >= len(self.payment.sent) - 1:
            assert "true" == self.payment.sent[-1]["success"], f"{decision.message} was refused"
            assert decision.amount == moved

    @invariant()
    def never_more_than_was_taken(self) -> None:
        if hasattr(self, "payment"):
            assert self.payment.refunded <= self.payment.captured <= self.payment.amount
            assert self.payment.captured + self.payment.released <= self.payment.amount

    @invariant()
    def each_outcome_counts_once(self) -> None:
        """Once everything has arrived, the folded amounts are Adyen's own."""
        if not hasattr(self, "payment") or self.delivered < len(self.payment.sent):
            return
        folded = self.folded()

        assert self.payment.refunded == (folded.amount_refunded or 0)
        assert 0 == folded.amount_refund_pending
        assert folded.undo_pending is None
        if self.payment.mode != "hidden" or self.payment.released:
            assert (self.payment.captured, self.payment.released) == (
                folded.amount_captured or 0,
                folded.amount_released or 0,
            )

    def folded(self) -> Any:
        """The payment as the caller knows it: shuffled, some of it twice."""
        arrived = self.payment.sent[: self.delivered]
        events = arrived + self.random.sample(arrived, k=len(arrived) // 2) + self.requests
        self.random.shuffle(events)
        read = providers.reported("adyen", events)
        assert all(isinstance(notice, Notice) for notice in read)
        return fold("adyen", read, given=self.given)


TestSimulatedAdyen = SimulatedAdyen.TestCase
TestSimulatedAdyen.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
