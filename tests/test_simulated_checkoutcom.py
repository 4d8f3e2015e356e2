"""A simulated Checkout.com is played against `decide`, `apply` and its adapter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Notice, Reason, Rejection, Undo, apply, decide, requested
from payrules.providers.checkoutcom import wire
from tests.simulators import checkoutcom
from tests.simulators.dojo import Refused

BEGINS = datetime(2026, 5, 20, 12, tzinfo=UTC)
METHODS = [
    ("card", "VISA"),
    ("card", "Mastercard"),
    ("card", "AMEX"),
    ("card", "JCB"),
    ("card", None),
    ("klarna", None),
]


class SimulatedCheckoutcom(RuleBasedStateMachine):
    """No permitted call is refused, each gives back what was decided, and no money is given back twice."""

    @initialize(method=st.sampled_from(METHODS), amount=st.integers(2, 1000), retries=st.booleans())
    def begin(self, method: tuple[str, str | None], amount: int, retries: bool) -> None:
        self.now, self.wishes = BEGINS, 0
        self.provider = checkoutcom.Payment(amount, *method, expires_on=BEGINS + timedelta(days=7))
        self.provider.status = "Retry Scheduled" if retries else "Pending"
        self.payment = wire.payment(self.provider.body(), {})
        self.untold: list[checkoutcom.Webhook] = []

    def told(self, *webhooks: checkoutcom.Webhook) -> None:
        for webhook in webhooks:
            for notice in wire.notices(webhook):
                assert isinstance(notice, Notice)
                self.payment = evolve(apply(self.payment, notice), available_to_refund=None)

    @rule(step=st.sampled_from([1, 60, 24, 6 * 24]))
    @precondition(lambda self: not self.untold)
    def wait(self, step: int) -> None:
        self.now += timedelta(hours=step)
        self.told(*self.provider.lapse(self.now))

    @precondition(lambda self: self.provider.status in ("Pending", "Retry Scheduled") and not self.untold)
    @rule(declined=st.sampled_from([False, False, False, True]))
    def attempt(self, declined: bool) -> None:
        self.provider.expires_on = self.now + timedelta(days=7)
        self.told(self.provider.decline(self.now) if declined else self.provider.approve(self.now))
        self.payment = evolve(self.payment, hold_expires_at=self.provider.expires_on)

    @precondition(lambda self: self.provider.held and not self.untold)
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        self.told(self.provider.capture(max(1, int(self.provider.held * part)), self.now))

    @rule(
        amount=st.none() | st.integers(-1, 1001) | st.sampled_from(["held", "taken"]),
        only=st.sampled_from([None, None, *Action][:5]),
        declined=st.booleans(),
    )
    def undo(self, amount: int | str | None, only: Action | None, declined: bool) -> None:
        """Ask, write the request down, send it twice; a webhook tells later what became of it."""
        told = {"held": self.provider.held, "taken": self.provider.refundable}
        asked = told[amount] if isinstance(amount, str) else amount
        decision = decide(self.payment, Undo(at=self.now, amount=asked, only=only))
        if decision.action is Action.REJECT:
            return
        given_back = self.given_back
        self.wishes += (
            1  # one that follows a refusal is a new one, and without an id of its own has the key of the first
        )
        made = decision.call_for(f"wish-{self.wishes}")
        assert made is not None
        call = (made.path, dict(made.headers), _body(made.body), self.now)
        self.payment = apply(self.payment, requested(decision))
        self.untold = self.provider.request(*call, declined=declined)
        refused = all(webhook["type"].endswith("_declined") for webhook in self.untold)

        assert self.given_back - given_back == (0 if refused else decision.amount)
        if made.headers:
            assert [] == self.provider.request(*call), "a retry moves nothing"

    @precondition(lambda self: self.untold)
    @rule()
    def tell(self) -> None:
        webhooks, self.untold = self.untold, []
        self.told(*webhooks)

    @precondition(lambda self: not self.untold and self.provider.status not in ("Pending", "Retry Scheduled"))
    @rule()
    def ask_blind(self) -> None:
        """Where nobody knows the status, the reversal is taken on wherever anything is left, and gives back no more."""
        unknown = dict.fromkeys(("amount_captured", "amount_released", "amount_refunded", "available_to_refund"))
        blind = wire.payment(self.provider.body(), {**unknown, "status": "unknown"})
        decision = decide(blind, Undo(at=self.now))

        assert (Action.REVERSE, Reason.CAPTURE_UNKNOWN) == (decision.action, decision.reason)
        assert decision.call is not None
        assert decision.amount is not None
        left, given_back = self.provider.held + self.provider.refundable, self.given_back
        try:
            webhooks = self.provider.request(decision.call.path, {}, None, self.now)
        except Refused:
            assert 0 == left
            return
        assert 0 < self.given_back - given_back <= decision.amount
        self.told(*webhooks)

    @rule()
    def too_late_is_too_late(self) -> None:
        """A void that is refused for its time comes after the hold has lapsed."""
        decision = decide(self.payment, Undo(at=self.now, only=Action.CANCEL))
        if decision.reason is Reason.TOO_LATE:
            assert self.provider.expires_on <= self.now

    @property
    def given_back(self) -> int:
        stopped = self.provider.amount if self.provider.status == "Canceled" else 0
        return self.provider.voided + self.provider.refunded + stopped

    @invariant()
    def books_agree(self) -> None:
        """Once everything is told, our books are the provider's, and the payment read again gets the same answer."""
        if not hasattr(self, "provider"):
            return
        assert self.provider.refunded <= self.provider.captured <= self.provider.amount - self.provider.voided
        if self.untold:
            waits = decide(self.payment, Undo(at=self.now))
            assert waits.rejection in (Rejection.WAIT, None)
            return
        assert self.provider.status == self.payment.status
        read = wire.payment(self.provider.body(), {})
        for amount in (None, 1):
            undo = Undo(at=self.now, amount=amount)
            assert decide(read, undo).compared == decide(self.payment, undo).compared
        assert decide(read, Undo(at=self.now)).rejection is not Rejection.MISSING_FACT


def _body(body: Any) -> Any:
    return None if body is None else dict(body)


TestSimulatedCheckoutcom = SimulatedCheckoutcom.TestCase
TestSimulatedCheckoutcom.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
