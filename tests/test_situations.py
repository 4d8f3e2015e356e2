"""The walk of every situation answers as `decide` does, and misses nothing that aimed payments can show."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from attrs import evolve

from payrules import Action, decide, providers
from payrules.answers import Answer
from payrules.situations import Situation, alike, walk
from payrules.table import Edition, Permit, Proof, Share
from payrules.telling import UNSEEN
from payrules.ways import Outcome
from payrules.when import known, status_is, whole_or_part, within
from payrules.words import OPERATIONS, Reason
from tests import aimed
from tests.agreement import EDITIONS

every_edition = pytest.mark.parametrize(("provider", "edition"), EDITIONS)
WISHES = (None, *OPERATIONS)


def classes(provider: str, edition: str, step: int = 1) -> list[Situation]:
    return list(islice(walk(provider, providers.find(provider).edition(edition)), 0, None, step))


def shows(situation: Situation, edition: str, only: Action | None) -> None:
    outcome = situation.outcome(0, only)
    for payment, undo in situation.questions(only):
        answer = decide(payment, undo, edition=edition).answer

        assert told(outcome) == told(answer), (payment, undo)
        assert (outcome.amount, outcome.remaining) == (answer.amount, answer.remaining), (payment, undo)
        assert outcome.permit is answer.permit


@every_edition
def test_a_situation_answers_as_its_payment_does(provider: str, edition: str) -> None:
    """What was gathered fact by fact is what `decide` says of the payment that shows it: a sample of all classes."""
    for number, situation in enumerate(classes(provider, edition, step=997)):
        shows(situation, edition, WISHES[number % len(WISHES)])


@pytest.mark.long
@every_edition
def test_every_situation_answers_as_its_payment_does(provider: str, edition: str) -> None:
    """The same of every class and wish."""
    for situation in classes(provider, edition):
        for only in WISHES:
            shows(situation, edition, only)


@pytest.mark.parametrize(("provider", "edition"), [item for item in EDITIONS if item[0] == "dojo"])
def test_the_walk_meets_what_aimed_payments_meet(provider: str, edition: str) -> None:
    """Every answer that an aimed payment gets (its status, action, reason, rejection and needs) is one of the walk's."""
    every_answer_is_met(provider, edition, 1_000)


@pytest.mark.long
@every_edition
def test_the_walk_meets_what_many_aimed_payments_meet(provider: str, edition: str) -> None:
    """The same of many more."""
    every_answer_is_met(provider, edition, 100_000)


def every_answer_is_met(provider: str, edition: str, count: int) -> None:
    walked = classes(provider, edition)
    met = {(situation.status, only, told(situation.outcome(0, only))) for situation in walked for only in WISHES}
    for payment, undo in aimed.some(provider, count, edition=edition):
        if payment.undo_pending is None:  # looked at before any condition of a table
            status = payment.status if payment.status != "Unheard" else UNSEEN
            assert (status, undo.only, told(decide(payment, undo, edition=edition).answer)) in met, (payment, undo)


def told(answer: Answer | Outcome) -> tuple[object, ...]:
    return answer.action, answer.reason, answer.rejection, frozenset(answer.needs)


def changed(table: Edition, permit: Permit, **fields: Any) -> Edition:
    """An edition with something else in one of its permits."""
    return evolve(table, permits=tuple(evolve(item, **fields) if item is permit else item for item in table.permits))


def test_what_one_refund_can_give_back_tells_situations_apart() -> None:
    """Where a table asks for it, a refund that it lessens is walked beside one that it does not."""
    table = providers.find("dojo")
    asks = (status_is("Captured", claim="prefer"), known("available_to_refund", claim="prefer"))
    permit = Permit("refund", Action.REFUND, Reason.CAPTURED, when=(*asks, whole_or_part(claim="prefer")))
    narrow = evolve(table, editions=(evolve(table.edition(), permits=(permit,)),))
    capped = set()
    for situation in walk("dojo", narrow.edition()):
        outcome = situation.outcome()
        for payment, undo in situation.questions(None):
            decision = decide(payment, undo, provider=narrow)
            capped.add(bool(decision.remaining))

            assert (outcome.action, outcome.amount) == (decision.action, decision.amount), (payment, undo)

    assert {False, True} == capped


def test_a_time_of_capture_beside_nothing_captured_is_no_payment() -> None:
    """Where a permit and a proof ask when the capture was, it is walked beside every amount but that one."""
    table = providers.find("dojo").edition()
    window = within(days=30, of="captured_at", claim="prefer")
    proof = Proof("amount_refunded", 0, "prefer", when=(window,))
    statuses = tuple(evolve(row, proves=(*row.proves, proof)) for row in table.statuses)
    asks = (status_is("Captured", claim="prefer"), window, whole_or_part(claim="prefer"))
    permit = Permit("refund", Action.REFUND, Reason.CAPTURED, when=asks)
    situations = walk("dojo", evolve(table, statuses=statuses, permits=(permit,)))
    captured = {
        payment.amount_captured
        for situation in situations
        for payment, _ in situation.questions()
        if payment.captured_at is not None
    }

    assert {None, 2, 6, 7} == captured


class TestAlike:
    """Two editions are alike exactly where no situation tells them apart."""

    table = providers.find("dojo").edition("current")

    def permit(self, name: str) -> Permit:
        return next(permit for permit in self.table.permits if permit.name == name)

    def test_an_edition_is_like_itself(self) -> None:
        """Also with its permits in another order, and with a condition said twice."""
        permits = self.table.permits
        when = self.permit("refund.captured").when
        others = (
            self.table,
            evolve(self.table, permits=permits[::-1]),
            changed(self.table, self.permit("refund.captured"), when=(*when, when[0])),
        )

        assert [0, 1, 2] == alike("dojo", self.table, others)

    def test_a_bound_that_moves_is_seen(self) -> None:
        """Seven days are not seven days and an hour, nor eight days."""
        hold = self.permit("reverse.hold-7-days")
        windows = [
            within(hours=7 * 24 + 1, of="authorized_at", claim="c"),
            within(days=8, of="authorized_at", claim="c"),
        ]
        others = [
            changed(self.table, hold, when=tuple(window if "less than" in str(item) else item for item in hold.when))
            for window in windows
        ]

        assert [] == alike("dojo", self.table, others)

    def test_a_proof_and_a_preference_are_seen(self) -> None:
        """Something else that a status proves, and another order of operations beside another permit."""
        statuses = tuple(evolve(row, proves=()) for row in self.table.statuses)
        cancel = self.permit("cancel.created")
        both = evolve(self.table, permits=(*self.table.permits, evolve(cancel, name="more", action=Action.REVERSE)))
        others = (evolve(self.table, statuses=statuses), both)

        assert [] == alike("dojo", self.table, others)
        assert [] == alike("dojo", both, [evolve(both, prefer=both.prefer[::-1])])

    def test_a_reason_alone_is_seen(self) -> None:
        """Another reason for the same call tells two editions apart; another name does not."""
        others = (
            changed(self.table, self.permit("refund.captured"), because=Reason.SAME_DAY),
            changed(self.table, self.permit("refund.captured"), name="refund.renamed"),
        )

        assert [1] == alike("dojo", self.table, others)

    def test_all_refunded_of_an_unknown_capture_is_seen(self) -> None:
        """What is captured counts without any permit: where all went back, nothing is left, or all was refunded."""
        bare = evolve(self.table, permits=(), statuses=tuple(evolve(row, proves=()) for row in self.table.statuses))
        taken = Proof("amount_captured", Share.WHOLE, "prefer")
        statuses = tuple(evolve(row, proves=(taken,)) if row.word == "Captured" else row for row in bare.statuses)

        assert [0] == alike("dojo", bare, [bare, evolve(bare, statuses=statuses)])
