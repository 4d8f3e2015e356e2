"""How an answer is found among permits, what it gives back, and what it rests on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payrules import Action, CaptureMode, Kind, Payment, Reason, Rejection, Undo
from payrules.answers import Answer, answer, grounds, named, obstacles_of, turning_points, yes
from payrules.facts import Facts
from payrules.fill import fill
from payrules.table import Edition, Permit, Proof, Status
from payrules.when import (
    Condition,
    before,
    capture_mode_is,
    kind_is,
    known,
    method_is,
    not_disputed,
    single_capture,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import OPERATIONS

AT = datetime(2026, 7, 10, 12, tzinfo=UTC)
SALE, CARD = kind_is(Kind.SALE, claim="kind"), method_is("card", claim="method")
AUTO = capture_mode_is(CaptureMode.AUTO, claim="mode")
LATER = within(hours=1, of="authorized_at", claim="hour")


def permit(name: str, action: Action, *when: Condition, because: Reason = Reason.CAPTURED) -> Permit:
    return Permit(name, action, because, when)


def edition(*permits: Permit, proves: tuple[Proof, ...] = ()) -> Edition:
    return Edition(
        name="e",
        begins="there",
        prefer=OPERATIONS,
        prefer_claim="order",
        statuses=(
            Status("there", "listed", proves=proves),
            Status("gone", "ended", final=Reason.ALREADY_CANCELED),
            Status("working", "waits", awaits=Reason.PAYMENT_PENDING),
        ),
        transitions=(),
        permits=permits,
    )


def asked(table: Edition, *, amount: int | None = None, only: Action | None = None, **fields: Any) -> Facts:
    told = {"amount_authorized": 5, "amount_captured": 5, "amount_released": 0, "amount_refunded": 0, **fields}
    payment = Payment(provider="none", status=told.pop("status", "there"), currency="GBP", **told)
    return fill(table, payment, Undo(at=AT, amount=amount, only=only))


class TestWhatIsGiven:
    """All of an operation's own part where everything is asked for, else what is asked."""

    WAY = permit("refund", Action.REFUND)

    @pytest.mark.parametrize(
        ("amount", "fields", "given"),
        [
            (None, {}, (5, 0)),
            (5, {}, (5, 0)),
            (2, {}, (2, 0)),
            (None, {"amount_captured": 3}, (3, 2)),
            (5, {"amount_captured": 3}, (3, 2)),
            (3, {"amount_captured": 3}, (3, 0)),
            (None, {"amount_captured": 3, "amount_refund_pending": 1}, (2, 2)),
            (2, {"amount_captured": None}, (2, 0)),
            (2, {"amount_authorized": None}, (2, 0)),
            (None, {"amount_captured": None}, (0, 0)),
            (None, {"amount_authorized": None}, (0, 0)),
        ],
    )
    def test_of_a_permit_that_holds(self, amount: int | None, fields: dict[str, Any], given: tuple[int, int]) -> None:
        """The amount, and what remains; a permit that asks for no amount gives nothing of what nobody knows."""
        told = yes(self.WAY, asked(edition(self.WAY), amount=amount, **fields))

        assert given == (told.amount, told.remaining)
        assert (Action.REFUND, Reason.CAPTURED, self.WAY) == (told.action, told.reason, told.permit)


def told(*permits: Permit, only: Action | None = None, **fields: Any) -> Answer:
    table = edition(*permits)
    return answer(table, asked(table, only=only, **fields))


class TestThePreferred:
    """Of the permits that hold: the operation first in order, then the reason, then the name."""

    def test_operation_then_reason_then_name(self) -> None:
        """Whatever their order in the table."""
        ways = (
            permit("c", Action.REFUND, because=Reason.SAME_DAY),
            permit("b", Action.CANCEL, because=Reason.CAPTURED),
            permit("d", Action.CANCEL, because=Reason.NOT_CAPTURED),
            permit("a", Action.CANCEL, because=Reason.CAPTURED),
        )
        first = min(Reason.CAPTURED, Reason.NOT_CAPTURED, key=lambda reason: reason.rank)
        name = "a" if first is Reason.CAPTURED else "d"
        for order in (ways, ways[::-1]):
            taken = told(*order).permit

            assert taken is not None
            assert name == taken.name
            assert "a" == told(*(way for way in order if way.name != "d")).permit.name  # type: ignore[union-attr]

    def test_of_one_operation_alone(self) -> None:
        """The others are not looked at; one that is not offered is not allowed."""
        assert (
            Action.REFUND is told(permit("a", Action.CANCEL), permit("b", Action.REFUND), only=Action.REFUND).action
        )
        refused = told(permit("a", Action.CANCEL), only=Action.REFUND)
        assert (Reason.NOT_OFFERED, Rejection.NOT_ALLOWED) == (refused.reason, refused.rejection)


class TestTheNearestNo:
    """What stands nearest to a yes is named, and of each way what the caller can least change."""

    def test_a_ways_own_obstacle_is_its_hardest(self) -> None:
        """Not allowed goes before wait before a missing fact; of one kind, the last in the order of reasons."""
        wrong = told(permit("a", Action.REFUND, SALE, CARD), kind=Kind.REFUND, method="bank")
        last = max(Reason.WRONG_KIND, Reason.WRONG_METHOD, key=lambda reason: reason.rank)

        assert (Rejection.NOT_ALLOWED, last) == (wrong.rejection, wrong.reason)
        assert Rejection.NOT_ALLOWED is told(permit("a", Action.REFUND, SALE, CARD), method="bank").rejection
        early = permit("a", Action.REFUND, LATER, SALE)
        assert Rejection.WAIT is told(early, authorized_at=AT + timedelta(hours=2)).rejection

    def test_more_than_there_is_goes_before_a_wait_of_its_way_and_after_that_of_another(self) -> None:
        """It is not allowed, though its reason stands before every reason to wait."""
        much: dict[str, Any] = {"amount": 4, "amount_captured": 2, "authorized_at": AT + timedelta(hours=2)}
        both = permit("a", Action.REFUND, whole_or_part(claim="any"), LATER)
        alone = (permit("b", Action.REFUND, whole_or_part(claim="any")), permit("c", Action.REVERSE, LATER))

        assert Reason.MORE_THAN_IS_LEFT.rank < Reason.TOO_EARLY.rank
        assert (Rejection.NOT_ALLOWED, Reason.MORE_THAN_IS_LEFT) == (
            told(both, **much).rejection,
            told(both, **much).reason,
        )
        assert (Rejection.WAIT, Reason.TOO_EARLY) == (told(*alone, **much).rejection, told(*alone, **much).reason)

    def test_of_several_ways_the_nearest(self) -> None:
        """Wait goes before a missing fact before not allowed; of one kind, the first in the order of reasons."""
        wait = permit("w", Action.REFUND, LATER)
        unknown = permit("u", Action.REFUND, SALE)
        never = permit("n", Action.REFUND, CARD)
        fields: dict[str, Any] = {"authorized_at": AT + timedelta(hours=2), "method": "bank"}

        assert Rejection.WAIT is told(never, unknown, wait, **fields).rejection
        assert Rejection.MISSING_FACT is told(never, unknown, **fields).rejection
        assert Rejection.NOT_ALLOWED is told(never, **fields).rejection
        wrong = permit("k", Action.REFUND, SALE)
        first = min(Reason.WRONG_KIND, Reason.WRONG_METHOD, key=lambda reason: reason.rank)
        for ways in ((never, wrong), (wrong, never)):
            assert first is told(*ways, method="bank", kind=Kind.REFUND).reason

    def test_the_obstacle_that_is_named_has_the_reason(self) -> None:
        """And is the first of those that have it, in the order of the table; of ways farther off none is named."""
        one = permit("one", Action.REFUND, CARD)
        other = permit("other", Action.CANCEL, CARD, SALE)
        fields: dict[str, Any] = {"method": "bank", "kind": Kind.REFUND}
        found = told(one, other, **fields)
        first = min(Reason.WRONG_KIND, Reason.WRONG_METHOD, key=lambda reason: reason.rank)
        met = [(item.permit.name, item.miss.reason) for item in found.obstacles]

        assert all(reason is first for _, reason in met)
        assert found.reason is first
        obstacle = named(found)
        assert obstacle is found.obstacles[0]
        assert None is named(told(permit("a", Action.REFUND)))
        twice = told(permit("x", Action.REFUND, CARD), permit("y", Action.REFUND, CARD), method="bank")
        assert ["x", "y"] == [item.permit.name for item in twice.obstacles]
        assert "x" == named(twice).permit.name  # type: ignore[union-attr]

    def test_what_is_missing_is_gathered_over_the_ways_that_lack_it(self) -> None:
        """In the order in which it is met, each once; what ways of another kind lack does not count."""
        lacks = permit("a", Action.REFUND, SALE, AUTO)
        too = permit("b", Action.CANCEL, AUTO, known("merchant_reference", claim="reference"))
        never = permit("c", Action.REVERSE, CARD, single_capture(claim="one"))

        assert ("kind", "capture_mode", "merchant_reference") == told(lacks, too, never, method="bank").needs
        assert Reason.UNKNOWN_FACT is told(lacks, too, never, method="bank").reason
        assert () == told(never, method="bank").needs

    def test_an_unknown_status_is_asked_for_where_no_way_holds(self) -> None:
        """Whatever else is missing."""
        found = told(permit("a", Action.REFUND, SALE), status="never seen")

        assert (Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT, ("status",)) == (
            found.reason,
            found.rejection,
            found.needs,
        )
        assert Action.REFUND is told(permit("a", Action.REFUND), status="never seen").action


class TestBeforeAnyPermit:
    """What is settled already, cannot be, or has to wait, whatever is permitted."""

    @pytest.mark.parametrize(
        ("fields", "reason", "rejection"),
        [
            ({"status": "gone"}, Reason.ALREADY_CANCELED, Rejection.ALREADY_DONE),
            ({"amount_refunded": 5}, Reason.ALREADY_REFUNDED, Rejection.ALREADY_DONE),
            ({"amount_captured": 0, "amount_released": 5}, Reason.NOTHING_LEFT, Rejection.ALREADY_DONE),
            (
                {"amount_captured": 3, "amount_released": 5, "amount_refunded": None},
                Reason.NOTHING_LEFT,
                Rejection.ALREADY_DONE,
            ),
            (
                {"amount_captured": 3, "amount_released": 5, "amount_refunded": 2},
                Reason.NOTHING_LEFT,
                Rejection.ALREADY_DONE,
            ),
            ({"amount": 0}, Reason.AMOUNT_NOT_POSITIVE, Rejection.NOT_ALLOWED),
            ({"amount": -1}, Reason.AMOUNT_NOT_POSITIVE, Rejection.NOT_ALLOWED),
            ({"amount": 6}, Reason.MORE_THAN_IS_LEFT, Rejection.NOT_ALLOWED),
            ({"undo_pending": Action.CANCEL}, Reason.UNDO_PENDING, Rejection.WAIT),
            ({"status": "working"}, Reason.PAYMENT_PENDING, Rejection.WAIT),
            ({"amount_refund_pending": 5}, Reason.REFUND_PENDING, Rejection.WAIT),
            ({"amount_refund_pending": 4, "amount": 2}, Reason.REFUND_PENDING, Rejection.WAIT),
            ({"amount_refund_pending": 4, "amount": 1}, Reason.CAPTURED, None),
            ({"amount_refund_pending": 4}, Reason.CAPTURED, None),
            ({"amount": 5}, Reason.CAPTURED, None),
            ({"amount": 6, "amount_authorized": None}, Reason.CAPTURED, None),
        ],
    )
    def test_is_told_first(self, fields: dict[str, Any], reason: Reason, rejection: Rejection | None) -> None:
        """At each bound, and one beside it."""
        found = told(permit("a", Action.REFUND), **fields)

        assert (reason, rejection) == (found.reason, found.rejection)
        assert () == found.needs


class TestGrounds:
    """The claims an answer rests on: those that open its way, or those that close the nearest one."""

    def found(self, *permits: Permit, proves: tuple[Proof, ...] = (), **fields: Any) -> list[str]:
        table = edition(*permits, proves=proves)
        facts = asked(table, **fields)
        return list(grounds(table, facts, answer(table, facts)))

    def test_of_a_yes(self) -> None:
        """Its conditions but the guards, and what was filled in for them; not what was given."""
        mode = Proof("capture_mode", CaptureMode.AUTO, "proves-mode")
        way = permit("a", Action.REFUND, status_is("there", claim="status"), AUTO, not_disputed(claim="guard"))

        assert ["status", "mode", "proves-mode"] == self.found(way, proves=(mode,))
        assert ["status", "mode"] == self.found(way, proves=(mode,), capture_mode=CaptureMode.AUTO)

    def test_of_a_no(self) -> None:
        """Of the obstacle that is named, guard or not, and what was filled in for it."""
        mode = Proof("capture_mode", CaptureMode.MANUAL, "proves-mode")

        assert ["mode", "proves-mode"] == self.found(permit("a", Action.REFUND, AUTO), proves=(mode,))
        guarded = permit("a", Action.REFUND, not_disputed(claim="guard"))
        assert ["guard"] == self.found(guarded, disputed=True)

    @pytest.mark.parametrize(("status", "claim"), [("gone", "ended"), ("working", "waits")])
    def test_of_a_status(self, status: str, claim: str) -> None:
        """Where it settles the answer by itself; else not its own."""
        assert [claim] == self.found(permit("a", Action.REFUND), status=status)
        assert [] == self.found(permit("a", Action.REFUND))
        assert [] == self.found(permit("a", Action.REFUND), status="never seen")


def test_every_obstacle_of_a_way_is_told() -> None:
    """In the order of its conditions."""
    way = permit("a", Action.REFUND, SALE, whole_amount(claim="whole"), CARD)
    facts = asked(edition(way), kind=Kind.REFUND, method="bank")

    assert [SALE, CARD] == [item.condition for item in obstacles_of(way, facts)]


def test_an_answer_may_turn_at_the_edges_of_the_ways_that_are_asked_about() -> None:
    """And at those of what the status proves."""
    closes, proof_turns = AT + timedelta(hours=3), AT + timedelta(hours=4)
    refund = permit("a", Action.REFUND, LATER)
    cancel = permit("b", Action.CANCEL, before("batch_closes_at", claim="batch"))
    proof = Proof("kind", Kind.SALE, "p", when=(before("settled_at", claim="p"),))
    table = edition(refund, cancel, proves=(proof,))
    times: dict[str, Any] = {"authorized_at": AT, "batch_closes_at": closes, "settled_at": proof_turns}

    def turns(only: Action | None) -> set[datetime]:
        return set(turning_points(table, asked(table, only=only, **times)))

    hour = {AT, AT + timedelta(hours=1)}
    assert hour | {closes, proof_turns} == turns(None)
    assert hour | {proof_turns} == turns(Action.REFUND)
    assert {closes, proof_turns} == turns(Action.CANCEL)


def test_two_answers_are_the_same_by_what_is_asked_of_them() -> None:
    """Action, amount, rejection and reason; not by the permit that decided, or by what remains."""
    one = Answer(Action.REFUND, Reason.CAPTURED, None, 5, 0)

    assert (
        one.compared == Answer(Action.REFUND, Reason.CAPTURED, None, 5, 2, permit=permit("a", Action.REFUND)).compared
    )
    for other in (
        Answer(Action.CANCEL, Reason.CAPTURED, None, 5, 0),
        Answer(Action.REFUND, Reason.SAME_DAY, None, 5, 0),
        Answer(Action.REFUND, Reason.CAPTURED, Rejection.WAIT, 5, 0),
        Answer(Action.REFUND, Reason.CAPTURED, None, 4, 0),
    ):
        assert one.compared != other.compared
