"""What the table language can say beyond the shipped tables, shown by a made-up provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from payrules import Action, Event, Notice, Payment, Reason, Rejection, Source, Undo, apply, check, decide, fold, plan
from payrules.decide import succeeded
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    Zone,
    before,
    before_cut_off,
    capture_mode_is,
    nothing_captured,
    provider_lists,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
    within_hours_of_field,
)
from payrules.words import Batch, CaptureMode, Standing

C = "said"
LONDON = Zone("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0/2", C)
OPEN, TAKEN = status_is("open", "part", claim=C), status_is("part", "taken", claim=C)
TOY = Provider(
    name="toy",
    title="Toy",
    pages=(Page("p", "https://example.com", "2026-01-01"),),
    claims=(Claim(C, Standing.STATED, "It says so.", "p"),),
    default="e",
    editions=(
        Edition(
            name="e",
            begins="open",
            prefer=(Action.REFUND, Action.CANCEL),
            prefer_claim=C,
            proves=(
                Proof(
                    "batch",
                    Batch.OPEN,
                    C,
                    when=(provider_lists("void", claim=C),),
                    source=Source.PROVIDER_ALLOWS,
                    beats_given=True,
                ),
                Proof("batch", Batch.OPEN, C, when=(before("batch_closes_at", claim=C),), source=Source.CLOCK),
                Proof("amount_released", 0, C),
            ),
            statuses=(
                Status(
                    "open",
                    C,
                    proves=(
                        Proof(
                            "amount_captured",
                            0,
                            C,
                            when=(
                                capture_mode_is(CaptureMode.DELAYED, claim=C),
                                within_hours_of_field("capture_delay_hours", of="authorized_at", claim=C),
                            ),
                        ),
                    ),
                ),
                Status("part", C),
                Status("taken", C, proves=(Proof("amount_captured", Share.WHOLE, C),)),
                Status("working", C, awaits=Reason.PAYMENT_PENDING),
                Status("gone", C, final=Reason.ALREADY_CANCELED),
            ),
            transitions=(
                Transition("open", Event.CAPTURED, "part", C),
                Transition("open", Event.CANCELED, "gone", C),
                Transition("part", Event.CANCELED, "taken", C),
                Transition("part", Event.REFUNDED, "part", C),
                Transition("part", Event.CAPTURE_FAILED, "open", C),
                Transition("part", Event.SETTLED, "taken", C),
                Transition("taken", Event.REFUNDED, "taken", C),
            ),
            permits=(
                Permit(
                    "cancel.hold",
                    Action.CANCEL,
                    Reason.NOT_CAPTURED,
                    (OPEN, nothing_captured(claim=C), whole_amount(claim=C)),
                ),
                Permit(
                    "cancel.rest",
                    Action.CANCEL,
                    Reason.REST_HELD,
                    (OPEN, something_captured(claim=C), whole_amount(claim=C)),
                ),
                Permit(
                    "refund",
                    Action.REFUND,
                    Reason.CAPTURED,
                    (TAKEN, something_captured(claim=C), whole_or_part(claim=C)),
                ),
            ),
        ),
    ),
)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def payment(status: str, **fields: Any) -> Payment:
    known: dict[str, Any] = {"amount_authorized": 10, "amount_refunded": 0, **fields}
    return Payment(provider="toy", status=status, currency="EUR", payment_id="t1", **known)


def test_two_calls_are_a_plan() -> None:
    """Of 10 held, 6 were taken: the 6 are refunded, then the 4 are cancelled, in the table's order of preference."""
    steps = plan(payment("part", amount_captured=6), Undo(at=AT), provider=TOY)

    assert [(Action.REFUND, 6, 4), (Action.CANCEL, 4, 0)] == [
        (step.action, step.amount, step.remaining) for step in steps
    ]
    assert "EUR 4 (minor units) is left for a further call" in steps[0].message


def test_a_plan_that_cannot_be_finished_says_why() -> None:
    """The last step is the rejection."""
    narrowed = evolve(TOY.editions[0], permits=TOY.editions[0].permits[2:])
    steps = plan(payment("part", amount_captured=6), Undo(at=AT), provider=evolve(TOY, editions=(narrowed,)))

    assert [Action.REFUND, Action.REJECT] == [step.action for step in steps]


@pytest.mark.parametrize(
    ("amount", "answer"),
    [
        (10, (Action.REFUND, 6, 4)),
        (4, (Action.REFUND, 4, 0)),
        (6, (Action.REFUND, 6, 0)),
        (7, (Action.REJECT, None, None)),
    ],
)
def test_an_amount_is_given_exactly_or_not_at_all(amount: int, answer: tuple[Any, ...]) -> None:
    """10 is everything; 4 and 6 are a refund; 7 is neither what was taken nor what is held."""
    decision = decide(payment("part", amount_captured=6), Undo(at=AT, amount=amount), provider=TOY)

    assert answer == (decision.action, decision.amount, decision.remaining)
    assert decision.reason in (Reason.CAPTURED, Reason.MORE_THAN_IS_LEFT)


def test_only_the_rest_is_cancelled_alone() -> None:
    """Asked for a cancel, the open rest of 4 is released, and nothing else can be."""
    part = payment("part", amount_captured=6)

    assert (Action.CANCEL, 4, 0) == _told(decide(part, Undo(at=AT, amount=4, only=Action.CANCEL), provider=TOY))
    assert (Action.REJECT, None, None) == _told(decide(part, Undo(at=AT, amount=5, only=Action.CANCEL), provider=TOY))


def _told(decision: Any) -> tuple[Any, ...]:
    return decision.action, decision.amount, decision.remaining


def test_an_operation_that_nobody_offers() -> None:
    """Asked about alone, it is not allowed, and says that there is none."""
    decision = decide(payment("open", amount_captured=0), Undo(at=AT, only=Action.REVERSE), provider=TOY)

    assert (Rejection.NOT_ALLOWED, Reason.NOT_OFFERED) == (decision.rejection, decision.reason)
    assert "No call: Toy has no such operation." == decision.message
    assert decision.call is None
    assert [] == [
        action
        for action, verdict in check(decision.payment, decision.undo, provider=TOY).items()
        if verdict.permitted
    ]


def test_a_provider_that_is_at_work_is_waited_for() -> None:
    """Its status is no refusal."""
    decision = decide(payment("working", amount_captured=0), Undo(at=AT), provider=TOY)

    assert (Rejection.WAIT, Reason.PAYMENT_PENDING) == (decision.rejection, decision.reason)


def test_a_delayed_capture_is_nothing_until_its_hour_and_unknown_after_it() -> None:
    """What a status proves may end with time, and the answer knows when."""
    delayed = payment("open", capture_mode="delayed", capture_delay_hours=2, authorized_at=AT)
    decision = decide(delayed, Undo(at=AT), provider=TOY)
    after = decide(delayed, Undo(at=AT + timedelta(hours=2)), provider=TOY)

    assert (Action.CANCEL, AT + timedelta(hours=2)) == (decision.action, decision.good_until)
    assert (Rejection.MISSING_FACT, ("amount_captured",)) == (after.rejection, after.needs)


def test_the_providers_list_beats_what_is_given_until_the_batch_closes() -> None:
    """A list that shows an open batch wins over a batch that the caller gives; from the close on it is not believed."""
    listed = payment("open", provider_allows=("void",), batch="closed", batch_closes_at=AT + timedelta(hours=1))
    before_close = decide(listed, Undo(at=AT), provider=TOY).known
    after_close = decide(listed, Undo(at=AT + timedelta(hours=1)), provider=TOY).known

    assert (Batch.OPEN, Source.PROVIDER_ALLOWS) == (before_close.get("batch"), before_close.source("batch"))
    assert (Batch.CLOSED, Source.GIVEN) == (after_close.get("batch"), after_close.source("batch"))
    assert after_close.get("provider_allows") is None


def test_a_clock_shows_the_batch() -> None:
    """Without a list, the time of closing tells."""
    timed = payment("open", batch_closes_at=AT + timedelta(hours=1))

    assert Source.CLOCK is decide(timed, Undo(at=AT), provider=TOY).known.source("batch")


@pytest.mark.parametrize(
    ("event", "amount", "left"),
    [(Event.CAPTURE_FAILED, None, (0, 0)), (Event.CAPTURE_FAILED, 2, (4, 1)), (Event.SETTLED, None, (6, 2))],
)
def test_captures_fail_and_settle(event: Event, amount: int | None, left: tuple[int, int]) -> None:
    """A failed capture is taken back, and settling closes the batch."""
    after = apply(
        payment("part", amount_captured=6, captures=2), Notice(event=event, amount=amount, at=AT), provider=TOY
    )

    assert left[0] == after.amount_captured
    assert (after.batch is Batch.CLOSED) is (event is Event.SETTLED)


def test_an_expiry_of_nothing_is_passed_over() -> None:
    """A hold that lapses where nothing is held changes nothing, and a table of one's own folds as a shipped one does."""
    told = [Notice(event=event, at=AT, payment_id="t1", amount=10) for event in (Event.CAPTURED, Event.EXPIRED)]
    given = {"currency": "EUR", "amount_authorized": 10, "amount_captured": 0, "amount_refunded": 0}

    assert "part" == fold(TOY, told, given=given).status


def test_what_was_already_decided_needs_no_event() -> None:
    """A rejection changes nothing when it is taken as carried out."""
    refused = decide(payment("gone"), Undo(at=AT), provider=TOY)

    assert refused.payment is succeeded(refused)


def test_a_window_without_its_instant_has_no_end_to_tell() -> None:
    """The message names what is needed, and no time."""
    permit = Permit(
        "late",
        Action.CANCEL,
        Reason.NOT_CAPTURED,
        (OPEN, before_cut_off(LONDON, 9, 0, of="captured_at", claim=C), whole_amount(claim=C)),
    )
    table = evolve(TOY, editions=(evolve(TOY.editions[0], permits=(permit,)),))
    known = payment("open", amount_captured=1, captured_at=AT - timedelta(days=3))

    assert "that ended at 2026-11-18T09:00:00Z" in decide(known, Undo(at=AT), provider=table).message
    assert (
        "depends on what nobody knows: the time of the capture"
        in decide(evolve(known, captured_at=None), Undo(at=AT), provider=table).message
    )
