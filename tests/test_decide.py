"""What a decision says beside its answer, and the questions that are asked by asking `decide` again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from payrules import (
    Action,
    CallerError,
    Kind,
    Payment,
    Reason,
    Rejection,
    Undo,
    check,
    decide,
    decide_many,
    forecast,
    plan,
)
from payrules.decide import Decision, succeeded
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Status, Transition
from payrules.when import (
    kind_is,
    method_is,
    nothing_refunded,
    something_captured,
    something_held,
    status_is,
    whole_or_part,
    within,
)
from payrules.words import OPERATIONS, Event, Standing

AT = datetime(2026, 7, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAID = status_is("paid", claim="says")
ANY = whole_or_part(claim="says")
LATER = within(hours=1, of="authorized_at", claim="hints")

CANCEL = Permit("cancel", Action.CANCEL, Reason.NOT_CAPTURED, (PAID, ANY, something_held(claim="says"), LATER))
REFUND = Permit(
    "refund",
    Action.REFUND,
    Reason.CAPTURED,
    (PAID, ANY, something_captured(claim="says"), kind_is(Kind.SALE, claim="says")),
)
REVERSE = Permit(
    "reverse",
    Action.REVERSE,
    Reason.SAME_DAY,
    (
        PAID,
        ANY,
        method_is("card", claim="says"),
        kind_is(Kind.SALE, claim="says"),
        nothing_refunded(claim="guards"),
    ),
)


def toy(*permits: Permit, proves: tuple[Proof, ...] = ()) -> Provider:
    """A provider that cancels for an hour, refunds sales, and reverses sales by card."""
    moves = {Event.CANCELED: "paid", Event.REFUNDED: "paid", Event.REVERSED: "gone"}
    edition = Edition(
        name="e",
        begins="paid",
        prefer=OPERATIONS,
        prefer_claim="says",
        statuses=(Status("paid", "says", proves=proves), Status("gone", "says", final=Reason.ALREADY_REVERSED)),
        transitions=tuple(Transition("paid", event, after, "says") for event, after in moves.items()),
        permits=permits or (CANCEL, REFUND, REVERSE),
    )
    standings = {
        "says": Standing.STATED,
        "hints": Standing.IMPLIED,
        "guards": Standing.SILENT,
        "proves": Standing.CONTRADICTED,
    }
    claims = tuple(Claim(key, standing, "It says so.", "p", "D1") for key, standing in standings.items())
    return Provider("toy", "Toy", (Page("p", "https://example.com", "2026-01-01"),), claims, (edition,), "e")


def payment(**fields: Any) -> Payment:
    told: dict[str, Any] = {
        "amount_authorized": 5,
        "amount_captured": 2,
        "amount_released": 0,
        "amount_refunded": 0,
        "kind": "sale",
    }
    told |= {"authorized_at": AT, "status": "paid", "payment_id": "p1", **fields}
    return Payment(provider="toy", currency="GBP", **told)


def decided(
    *permits: Permit,
    proves: tuple[Proof, ...] = (),
    amount: int | None = None,
    only: Action | None = None,
    **fields: Any,
) -> Decision:
    return decide(payment(**fields), Undo(at=AT, amount=amount, only=only), provider=toy(*permits, proves=proves))


class TestVerdicts:
    """Each operation asked about alone, with every condition that failed or is unknown."""

    def test_of_each_operation(self) -> None:
        """Those that are permitted by their rule; the others with what stands in the way, apart from what is unknown."""
        told = decided(method="bank", kind=None).verdicts

        assert set(OPERATIONS) == set(told)
        cancel, refund, reverse = (told[action] for action in (Action.CANCEL, Action.REFUND, Action.REVERSE))
        assert (True, "toy.cancel", (), ()) == (cancel.permitted, cancel.rule, cancel.failed, cancel.unknown)
        assert (False, None, ("kind",)) == (refund.permitted, refund.rule, refund.needs)
        assert ((), ["toy.refund"]) == (refund.failed, [item["rule"] for item in refund.unknown])
        assert (Reason.WRONG_METHOD, Rejection.NOT_ALLOWED) == (reverse.reason, reverse.rejection)
        assert [(Reason.WRONG_METHOD, ("toy.says",))] == [(item["reason"], item["claims"]) for item in reverse.failed]
        assert [("kind",)] == [item["needs"] for item in reverse.unknown]

    def test_of_the_only_one_that_is_asked_about(self) -> None:
        """Nothing is said of the others; `check` says the same."""
        told = decided(only=Action.REFUND)

        assert [Action.REFUND] == list(told.verdicts)
        assert told.verdicts == check(told.payment, told.undo, provider=toy())


class TestStanding:
    """How sure an answer is: the weakest of the claims it rests on."""

    @pytest.mark.parametrize(
        ("way", "fields", "standing"),
        [
            (CANCEL, {}, Standing.IMPLIED),
            (REFUND, {}, Standing.STATED),
            (REVERSE, {"method": "card"}, Standing.STATED),
            (REVERSE, {"method": "card", "amount_captured": 5, "amount_refunded": 1}, Standing.SILENT),
            (REVERSE, {"method": "bank"}, Standing.STATED),
            (REFUND, {"amount": 9}, Standing.IMPLIED),
            (REFUND, {"status": "never seen"}, Standing.SILENT),
        ],
    )
    def test_is_that_of_the_weakest_claim(self, way: Permit, fields: dict[str, Any], standing: Standing) -> None:
        """A guard weakens a no alone; arithmetic is implied, and a word that no page has is silent."""
        assert standing is decided(way, **fields).standing

    def test_what_is_filled_in_counts(self) -> None:
        """On the claim of its proof; not where it is given."""
        proves = (Proof("kind", Kind.SALE, "proves"),)

        assert Standing.CONTRADICTED is decided(REFUND, proves=proves, kind=None).standing
        assert ("toy.says", "toy.proves") == decided(REFUND, proves=proves, kind=None).claims
        assert Standing.STATED is decided(REFUND, proves=proves).standing


class TestGoodUntil:
    """The first moment at which the answer would be another."""

    def test_turns_at_the_edge(self) -> None:
        """Of the window, not of those that change nothing; none with an answer that no time changes."""
        assert AT + HOUR == decided().good_until
        assert None is decided(REFUND).good_until

    def test_a_forecast_goes_from_one_to_the_next(self) -> None:
        """Each from its moment to the end of the one before."""
        told = forecast(payment(amount_captured=0), Undo(at=AT - 2 * HOUR), provider=toy(CANCEL))

        assert [AT - 2 * HOUR, AT, AT + HOUR] == [item.undo.at for item in told]
        assert [Rejection.WAIT, None, Rejection.NOT_ALLOWED] == [item.rejection for item in told]


class TestPlan:
    """The calls that undo all that was asked."""

    def test_each_is_decided_as_if_those_before_had_succeeded(self) -> None:
        """What is held is cancelled, then what was captured is refunded."""
        steps = plan(payment(), Undo(at=AT), provider=toy())

        assert [(Action.CANCEL, 3, 2), (Action.REFUND, 2, 0)] == [
            (item.action, item.amount, item.remaining) for item in steps
        ]

    def test_ends_in_the_rejection_that_says_why(self) -> None:
        """Where what remains cannot be undone."""
        steps = plan(payment(kind=None), Undo(at=AT), provider=toy(CANCEL, REFUND))

        assert [Action.CANCEL, Action.REJECT] == [item.action for item in steps]
        assert (2, ("kind",)) == (steps[1].undo.amount, steps[1].needs)

    def test_a_refund_that_is_under_way_stays_so(self) -> None:
        """The success of the one that was decided does not settle it."""
        after = succeeded(decided(REFUND, amount=1, amount_captured=5, amount_refund_pending=2))

        assert (1, 2) == (after.amount_refunded, after.amount_refund_pending)

    def test_a_rejection_leaves_the_payment_as_it_is(self) -> None:
        """There is nothing that could succeed."""
        told = decided(REFUND, kind=None)

        assert told.payment is succeeded(told)


class TestRelied:
    """The facts that an answer relies on, and those that must still be so when the call is made."""

    def test_facts_with_their_sources(self) -> None:
        """Those of the rule's conditions, or of the obstacle; given, proven, or known by nobody."""
        proves = (Proof("kind", Kind.SALE, "proves"),)
        told = decided(REFUND, proves=proves, kind=None).facts

        assert ("sale", "status") == (told["kind"]["value"], told["kind"]["from"])
        assert ("paid", "given") == (told["status"]["value"], told["status"]["from"])
        missing = decided(REFUND, kind=None)
        assert {"value": None, "from": None} == dict(missing.facts["kind"])
        assert {"status", "kind"} == set(missing.facts)

    def test_what_is_expected(self) -> None:
        """The balances, what the conditions read, and what a call may address where it is known; nothing with a no."""
        told = decided(capture_id="c1").expects

        assert ("p1", "paid", 5, 2, "c1", AT) == tuple(
            told[name]
            for name in (
                "payment_id",
                "status",
                "amount_authorized",
                "amount_captured",
                "capture_id",
                "authorized_at",
            )
        )
        assert "parent_id" not in told
        assert {} == dict(decided(REFUND, kind=None).expects)

    def test_a_decision_is_neither_true_nor_false(self) -> None:
        """A rejection passes for nothing."""
        with pytest.raises(TypeError, match="compare its action"):
            bool(decided())


def test_the_rule_carries_the_name_of_its_provider() -> None:
    """A no has none."""
    assert ("toy.cancel", None) == (decided().rule, decided(REFUND, kind=None).rule)


class TestQuestion:
    """Which table is asked."""

    def test_ones_own_comes_before_the_shipped_one_of_its_name(self) -> None:
        """A table that is handed in answers, whatever it is called."""
        question = evolve(payment(), provider="dojo"), Undo(at=AT)

        assert Reason.UNKNOWN_STATUS is decide(*question).reason  # which keeps the shipped one at hand
        assert Action.CANCEL is decide(*question, provider=evolve(toy(), name="dojo")).action

    def test_many_are_pairs_or_records(self) -> None:
        """Each is answered as if it were asked alone."""
        pair = payment(), Undo(at=AT, amount=1)
        record = {"payment": pair[0].to_record(), "undo": pair[1].to_record()}

        assert [decided(amount=1)] * 2 == list(decide_many([pair, record], provider=toy()))
        with pytest.raises(CallerError, match="nothing else"):
            next(decide_many([record | {"answer": "yes"}], provider=toy()))

    def test_tables_and_editions_are_named(self) -> None:
        """Neither can be taken for a third fact."""
        asked: Any = payment(), Undo(at=AT), toy()
        for ask in (decide, check, forecast, plan):
            with pytest.raises(TypeError, match="positional argument"):
                ask(*asked)
        many: Any = decide_many
        with pytest.raises(TypeError, match="positional argument"):
            many([asked[:2]], toy())


class TestValue:
    """A decision as a value."""

    def test_is_the_question_and_the_answer(self) -> None:
        """Two are equal whatever the table that gave it is called, and whatever else stands in it."""
        provider = toy()
        renamed = evolve(provider, title="Other", editions=(evolve(provider.edition(), since="2026-01-01"),))

        assert decided() == decide(payment(), Undo(at=AT), provider=renamed)
        assert decided() != decided(amount=1)

    def test_is_shown_without_its_table(self) -> None:
        """The question and the amounts, and no page of rules."""
        told = decided()

        assert f"Decision(payment={told.payment!r}, undo={told.undo!r}, amount=3, remaining=2)" == repr(told)
