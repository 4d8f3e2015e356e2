"""A simulated Authorize.net is played against `decide`, `after` and `apply`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from payrules import Action, Event, Notice, Payment, Rejection, Response, Undo, after, apply, decide, fold, requested
from payrules.decide import Decision
from payrules.providers.authorizenet import wire
from payrules.words import Heard, Step
from tests.simulators.authorizenet import Transaction

BOOK = {"currency": "USD", "cut_off": "15:00", "timezone": "PST8PDT,M3.2.0,M11.1.0"}

# Beginnings around the cut-off in winter and in summer, and around both changes of clocks.
BEGINNINGS = ["2026-01-15T22:30", "2026-03-07T23:01", "2026-03-08T21:59", "2026-07-10T21:00", "2026-10-31T22:01"]


class SimulatedAuthorizeNet(RuleBasedStateMachine):
    """No permitted call is ever refused, no whole is voided for a part, and no money is given back twice."""

    @initialize(sale=st.booleans(), amount=st.integers(2, 1000), begins=st.sampled_from(BEGINNINGS))
    def begin(self, sale: bool, amount: int, begins: str) -> None:
        self.now = datetime.fromisoformat(begins).replace(tzinfo=UTC)
        kind = "authCaptureTransaction" if sale else "authOnlyTransaction"
        self.gateway = Transaction(kind, amount, self.now)
        if sale:
            self.gateway.capture(amount, self.now)
        event = "authcapture" if sale else "authorization"
        told = wire.notices(self.gateway.notification(event, amount, self.now))
        self.payment = fold("authorizenet", told, given={**BOOK, "authorized_at": self.now.isoformat()})
        self.lost: list[Decision] = []

    @rule(step=st.sampled_from([1, 2, 30, 61, 180, 24 * 60, 10 * 24 * 60, 170 * 24 * 60]))
    def wait(self, step: int) -> None:
        self.now += timedelta(minutes=step)
        self.gateway.tick(self.now)
        if self.gateway.settled_at and self.payment.settled_at is None:
            self.payment = apply(self.payment, Notice(event=Event.SETTLED, at=self.gateway.settled_at))

    @precondition(lambda self: self.gateway.status == "authorizedPendingCapture" and not self.lost)
    @rule(part=st.floats(0.1, 1))
    def capture(self, part: float) -> None:
        amount = max(1, int(self.gateway.amount * part))
        self.gateway.capture(amount, self.now)
        (told,) = wire.notices(self.gateway.notification("priorAuthCapture", amount, self.now))
        assert isinstance(told, Notice)
        self.payment = apply(self.payment, told)

    @precondition(lambda self: self.gateway.status == "authorizedPendingCapture" and not self.lost)
    @rule()
    def expire(self) -> None:
        self.gateway.expire()
        self.payment = apply(self.payment, Notice(event=Event.EXPIRED, at=self.now))

    @precondition(lambda self: not self.lost)
    @rule(amount=st.none() | st.integers(-1, 1001), only=st.sampled_from([None, *Action][:4]), lost=st.booleans())
    def undo(self, amount: int | None, only: Action | None, lost: bool) -> None:
        """Ask; book it; send what is decided; sometimes the answer is lost on the way back."""
        before = self.gateway.refunded
        decision = decide(self.payment, Undo(at=self.now, amount=amount, only=only))
        if decision.action is Action.REJECT:
            assert decision.rejection is not Rejection.MISSING_FACT, decision.message
            return
        if decision.action is Action.REVERSE:
            assert amount in (None, self.gateway.captured)
        self.payment = apply(self.payment, requested(decision))
        answer = self.send(decision)
        assert self.gateway.refunded - before == (decision.amount if decision.action is Action.REFUND else 0)
        if lost:
            self.lost.append(decision)
            return
        told = after(decision, Response(status=200, body=answer))
        assert Step.DONE is told.step, told.message
        for notice in told.notices:
            self.payment = apply(self.payment, notice)

    def send(self, decision: Decision) -> dict[str, Any]:
        assert decision.call is not None
        card = {"cardNumber": "1111", "expirationDate": "XXXX"}
        call = decision.call.filled(**{name: card[name] for name in decision.call.needs})
        assert call.body is not None
        request = call.body["createTransactionRequest"]
        signed = {
            "merchantAuthentication": {"name": "n"},
            "transactionRequest": _plain(request["transactionRequest"]),
        }
        return self.gateway.request({"createTransactionRequest": signed}, self.now)

    @precondition(lambda self: self.lost)
    @rule()
    def ask_what_became_of_it(self) -> None:
        """A void may be sent again, and its refusal leads to reading; a refund is never sent again."""
        decision = self.lost.pop()
        lost = Response.from_record({"lost": "timed_out"})
        step = after(decision, lost)
        if decision.action is Action.REFUND:
            assert (Step.GIVE_UP, Heard.NO_ANSWER) == (step.step, step.reason)
            assert decision.amount is not None
            event = Notice(event=Event.REFUNDED, amount=decision.amount, at=self.now)
        else:
            assert Step.RETRY is step.step
            again = after(decision, lost, Response(status=200, body=self.send(decision)))
            assert Step.DECIDE_AGAIN is again.step
            assert () == again.notices
            assert "voided" == self.gateway.status
            event = Notice(event=Event.CANCELED if decision.action is Action.CANCEL else Event.REVERSED, at=self.now)
        self.payment = apply(self.payment, event)

    @precondition(lambda self: not self.lost)
    @rule()
    def what_is_not_permitted_is_refused(self) -> None:
        """A void asked about alone and refused for its status or its batch would be refused by the gateway too."""
        for only in (Action.CANCEL, Action.REVERSE):
            decision = decide(self.payment, Undo(at=self.now, only=only))
            if decision.reason.value == "batch_closed":
                assert not self.gateway.voidable(self.now), decision.message

    @invariant()
    def books_agree(self) -> None:
        """Our status and amounts are the gateway's, but for an answer that is outstanding."""
        if not hasattr(self, "gateway") or self.lost:
            return
        assert self.gateway.refunded <= self.gateway.captured <= self.gateway.amount
        assert self.gateway.status == self.payment.status
        if self.payment.status != "voided":
            assert self.gateway.refunded == (self.payment.amount_refunded or 0)
        if self.payment.status == "settledSuccessfully":
            assert self.gateway.captured == self.payment.amount_captured

    @invariant()
    def reading_the_payment_again_changes_nothing(self) -> None:
        """The gateway's JSON, with what only the book knows, and our own books get the same answer."""
        if hasattr(self, "gateway") and not self.lost:
            undo = Undo(at=self.now)
            read = wire.payment(self.gateway.details(), _known(self.payment))
            assert decide(self.payment, undo).compared == decide(read, undo).compared


def _known(book: Payment) -> dict[str, Any]:
    """What no transaction tells."""
    record = book.to_record()
    names = ("amount_refunded", "amount_refund_pending", "last_refund_at", "last_refund_amount", "captured_at")
    return {**BOOK, **{name: record[name] for name in names}}


def _plain(value: Any) -> Any:
    return {name: _plain(item) for name, item in value.items()} if hasattr(value, "items") else value


TestSimulatedAuthorizeNet = SimulatedAuthorizeNet.TestCase
TestSimulatedAuthorizeNet.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
