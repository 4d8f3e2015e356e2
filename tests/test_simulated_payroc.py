"""A simulated Payroc is played against `decide` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from payrules import Action, Rejection, Undo, decide
from payrules.decide import succeeded
from payrules.providers.payroc import wire
from tests.simulators.payroc import Payment

BEGINS = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS = [
    ("sale", None),
    ("preAuthorizationCompletion", None),
    ("preAuthorization", None),
    ("payment", "ach"),
    ("payment", "pad"),
]


class SimulatedPayroc(RuleBasedStateMachine):
    """No permitted call is refused, no part cancels a whole, and no more is given back than was taken."""

    @initialize(
        kind=st.sampled_from(KINDS),
        amount=st.integers(2, 1000),
        lists=st.booleans(),
        parts=st.booleans(),
        clock=st.booleans(),
    )
    def begin(self, kind: tuple[str, str | None], amount: int, lists: bool, parts: bool, clock: bool) -> None:
        self.now = BEGINS
        closes_at = BEGINS + timedelta(hours=6)
        # Without a list the pages promise partial reversals, so a terminal that refuses them gives one.
        self.payment = Payment(kind[0], kind[1], amount, closes_at, lists, parts or not lists)
        self.given = {"batch_closes_at": "2026-11-20T18:00:00Z"} if clock and kind[0] != "preAuthorization" else {}

    @rule(minutes=st.sampled_from([1, 60, 359, 720]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.payment.close(self.now)

    @rule(amount=st.none() | st.integers(0, 1001), only=st.sampled_from([None, *Action][:4]), reread=st.booleans())
    def undo(self, amount: int | None, only: Action | None, reread: bool) -> None:
        """Read, ask, send; the caller's own book holds what was reversed in part, which the gateway does not show."""
        book = {"amount_released": self.payment.reversed, "amount_captured": self._taken()}
        read = wire.payment(self.payment.body(), {**self.given, **({} if not self.payment.reversed else book)})
        decision = decide(read, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            return
        before = (self.payment.reversed, self.payment.refunded)
        assert decision.call is not None
        self.payment.request(decision.call.path, dict(decision.call.headers), _body(decision.call.body), self.now)
        moved = self.payment.reversed + self.payment.refunded - sum(before)

        assert decision.amount == moved
        after = succeeded(decision)
        if decision.action is not Action.REFUND or self.payment.status == "complete":
            assert self.payment.status == after.status
        self.payment.request(decision.call.path, dict(decision.call.headers), _body(decision.call.body), self.now)
        assert self.payment.reversed + self.payment.refunded == sum(before) + moved, "a retry moves nothing"

    @rule()
    def a_part_is_never_rounded_up(self) -> None:
        """Asked for 1 of what is there, the answer is 1, a wait, or a no."""
        read = wire.payment(self.payment.body(), self.given)
        decision = decide(read, Undo(at=self.now, amount=1))

        assert decision.amount in (1, None)
        assert decision.rejection is not Rejection.MISSING_FACT, decision.message

    @invariant()
    def never_more_than_was_taken(self) -> None:
        if hasattr(self, "payment"):
            assert self.payment.reversed + self.payment.refunded <= self.payment.amount

    def _taken(self) -> int:
        return 0 if self.payment.kind == "preAuthorization" else self.payment.amount - self.payment.reversed


def _body(body: Any) -> Any:
    return None if body is None else dict(body)


TestSimulatedPayroc = SimulatedPayroc.TestCase
TestSimulatedPayroc.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
