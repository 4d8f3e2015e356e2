"""Each condition at its edges: what holds, what fails and how, what is unknown."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payrules import Action, Batch, CaptureMode, Kind, Payment, Reason, Rejection, Undo, when
from payrules.facts import Facts, Filled
from payrules.when import (
    Condition,
    Count,
    Duration,
    Window,
    Zone,
    after,
    anything_left,
    approved_above,
    balance_suffices,
    batch_is,
    before,
    before_cut_off,
    before_cut_off_of_account,
    capture_mode_is,
    created_as_is,
    created_as_is_not,
    edges,
    everything_refunded,
    fewer_partial_actions_than,
    fewer_refunds_than,
    fewer_refunds_than_the_limit,
    is_disputed,
    kind_is,
    known,
    method_is,
    method_is_not,
    method_known_to_be,
    multicapture_enabled,
    no_chargeback,
    no_refund_failed,
    no_refund_pending,
    not_before,
    not_disputed,
    not_repeated,
    not_several_captures,
    not_split,
    nothing_captured,
    nothing_held,
    nothing_left,
    nothing_refunded,
    part_amount,
    parts_allowed,
    points,
    provider_lists,
    provider_lists_if_any,
    refunds_enabled,
    refunds_known_to_be_enabled,
    rest_alone,
    same_calendar_day,
    scheme_is,
    single_capture,
    something_captured,
    something_held,
    something_left,
    status_is,
    status_unlisted,
    unknown,
    whole_amount,
    whole_or_part,
    within,
    within_hours_of_field,
)
from payrules.words import Source

SEVERAL = Reason.SEVERAL_CAPTURES
MICROSECOND = timedelta(microseconds=1)
AFTER_DELAY = Window(("authorized_at",), "c", starts=Duration(hours_from="capture_delay_hours"))
LONDON = Zone("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0/2", "zone")
NEW_YORK = Zone("America/New_York", "EST5EDT,M3.2.0,M11.1.0", "zone")
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
STEP = timedelta(microseconds=1)
HOLDS, UNKNOWN = None, Rejection.MISSING_FACT
WAIT, NO = Rejection.WAIT, Rejection.NOT_ALLOWED

LIMITED = approved_above(("GBP", 500), ("EUR", 600), claim="c")


def facts(at: datetime = NOON, amount: int | None = None, **fields: Any) -> Facts:
    payment = Payment(provider="dojo", status=fields.pop("status", "Open"), currency="GBP", **fields)
    return Facts(payment, Undo(at=at, amount=amount), {}, {})


def outcome(condition: Condition, known_facts: Facts, action: Action = Action.REFUND) -> tuple[Any, Any]:
    miss = condition.test(known_facts, action)
    return (None, None) if miss is None else (miss.rejection, miss.reason)


@pytest.mark.parametrize(
    ("condition", "fields", "rejection", "reason"),
    [
        (status_is("Open", "Shut", claim="c"), {}, HOLDS, None),
        (status_is("Shut", claim="c"), {}, NO, Reason.WRONG_STATUS),
        (capture_mode_is(CaptureMode.AUTO, claim="c"), {"capture_mode": CaptureMode.AUTO}, HOLDS, None),
        (
            capture_mode_is(CaptureMode.AUTO, claim="c"),
            {"capture_mode": CaptureMode.MANUAL},
            NO,
            Reason.WRONG_CAPTURE_MODE,
        ),
        (capture_mode_is(CaptureMode.AUTO, claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
        (capture_mode_is(CaptureMode.AUTO, None, claim="c"), {}, HOLDS, None),
        (kind_is(Kind.SALE, claim="c"), {"kind": Kind.REFUND}, NO, Reason.WRONG_KIND),
        (method_is("visa", claim="c"), {"method": "mc"}, NO, Reason.WRONG_METHOD),
        (method_is("visa", None, claim="c"), {}, HOLDS, None),
        (method_is_not("oxxo", claim="c"), {"method": "oxxo"}, NO, Reason.WRONG_METHOD),
        (method_is_not("oxxo", claim="c"), {"method": "never seen"}, HOLDS, None),
        (method_is_not("oxxo", claim="c"), {}, HOLDS, None),
        (batch_is(Batch.OPEN, claim="c"), {"batch": Batch.CLOSED}, NO, Reason.BATCH_CLOSED),
        (batch_is(Batch.CLOSED, claim="c"), {"batch": Batch.OPEN}, WAIT, Reason.BATCH_NOT_CLOSED),
        (
            LIMITED,
            {"amount_captured": 500, "amount_refunded": 0, "amount_released": 0, "amount_authorized": 500},
            HOLDS,
            None,
        ),
        (
            LIMITED,
            {"amount_captured": 501, "amount_refunded": 0, "amount_released": 0, "amount_authorized": 501},
            WAIT,
            Reason.NEEDS_APPROVAL,
        ),
        (
            LIMITED,
            {
                "amount_captured": 501,
                "amount_refunded": 0,
                "amount_released": 0,
                "amount_authorized": 501,
                "amount_approved": 501,
            },
            HOLDS,
            None,
        ),
        (
            LIMITED,
            {"amount_captured": 900, "amount_refunded": 400, "amount_released": 0, "amount_authorized": 900},
            WAIT,
            Reason.NEEDS_APPROVAL,
        ),
        (LIMITED, {"amount_refunded": 0}, UNKNOWN, Reason.UNKNOWN_FACT),
        (not_disputed(claim="c"), {}, HOLDS, None),
        (not_disputed(claim="c"), {"disputed": False}, HOLDS, None),
        (not_disputed(claim="c"), {"disputed": True}, NO, Reason.DISPUTED),
        (not_split(claim="c"), {"split": True}, NO, Reason.SPLIT_PAYMENT),
        (multicapture_enabled(claim="c"), {"multicapture": False}, NO, Reason.ALREADY_CAPTURED),
        (multicapture_enabled(claim="c"), {}, NO, Reason.ALREADY_CAPTURED),
        (single_capture(claim="c"), {}, HOLDS, None),
        (method_known_to_be("visa", claim="c"), {}, NO, Reason.WRONG_METHOD),
        (unknown("amount_captured", reason=Reason.ALREADY_CAPTURED, claim="c"), {}, HOLDS, None),
        (
            unknown("amount_captured", reason=Reason.ALREADY_CAPTURED, claim="c"),
            {"amount_captured": 0},
            NO,
            Reason.ALREADY_CAPTURED,
        ),
        (known("method", claim="c"), {"method": "visa"}, HOLDS, None),
        (known("method", claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
        (provider_lists("void", claim="c"), {"provider_allows": ("refund", "void")}, HOLDS, None),
        (provider_lists("void", claim="c"), {"provider_allows": ()}, NO, Reason.NOT_LISTED),
        (provider_lists("void", claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
        (provider_lists_if_any("void", claim="c"), {}, HOLDS, None),
        (
            provider_lists_if_any("void", claim="c", rejection=WAIT),
            {"provider_allows": ("refund",)},
            WAIT,
            Reason.NOT_LISTED,
        ),
        (something_captured(claim="c"), {"amount_captured": 1}, HOLDS, None),
        (something_captured(claim="c"), {"amount_captured": 0}, NO, Reason.NOTHING_CAPTURED),
        (something_captured(claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
        (nothing_captured(claim="c"), {"amount_captured": 0}, HOLDS, None),
        (nothing_captured(claim="c"), {"amount_captured": 1}, NO, Reason.ALREADY_CAPTURED),
        (not_several_captures(claim="c"), {"captures": 1}, HOLDS, None),
        (not_several_captures(claim="c"), {"captures": 2}, NO, Reason.SEVERAL_CAPTURES),
        (not_several_captures(claim="c"), {}, HOLDS, None),
        (nothing_refunded(claim="c"), {"amount_refunded": 0}, HOLDS, None),
        (nothing_refunded(claim="c"), {"amount_refunded": 1}, NO, Reason.PARTLY_REFUNDED),
        (
            nothing_refunded(claim="c"),
            {"amount_refunded": 0, "amount_refund_pending": 1},
            WAIT,
            Reason.REFUND_PENDING,
        ),
        (nothing_refunded(claim="c"), {"amount_refund_pending": 1}, UNKNOWN, Reason.UNKNOWN_FACT),
        (something_left(claim="c"), {"amount_captured": 5, "amount_refunded": 4}, HOLDS, None),
        (something_left(claim="c"), {"amount_captured": 5, "amount_refunded": 5}, NO, Reason.NOTHING_LEFT),
        (everything_refunded(claim="c"), {"amount_captured": 5, "amount_refunded": 5}, HOLDS, None),
        (everything_refunded(claim="c"), {"amount_captured": 5}, UNKNOWN, Reason.UNKNOWN_FACT),
        (anything_left(claim="c"), {"amount_authorized": 5, "amount_released": 4, "amount_refunded": 0}, HOLDS, None),
        (nothing_left(claim="c"), {"amount_authorized": 5, "amount_released": 5, "amount_refunded": 0}, HOLDS, None),
        (
            nothing_left(claim="c"),
            {"amount_authorized": 5, "amount_released": 0, "amount_refunded": 0},
            NO,
            Reason.NOTHING_LEFT,
        ),
        (nothing_left(claim="c"), {"amount_authorized": 5}, UNKNOWN, Reason.UNKNOWN_FACT),
        (
            something_held(claim="c"),
            {"amount_authorized": 5, "amount_captured": 4, "amount_released": 0},
            HOLDS,
            None,
        ),
        (
            something_held(claim="c"),
            {"amount_authorized": 5, "amount_captured": 5, "amount_released": 0},
            NO,
            Reason.ALREADY_CAPTURED,
        ),
        (
            nothing_held(claim="c"),
            {"amount_authorized": 5, "amount_captured": 4, "amount_released": 0},
            NO,
            Reason.SEVERAL_CAPTURES,
        ),
        (nothing_held(claim="c"), {"amount_authorized": 5}, UNKNOWN, Reason.UNKNOWN_FACT),
    ],
)
def test_words_and_amounts(
    condition: Condition, fields: dict[str, Any], rejection: Rejection | None, reason: Reason | None
) -> None:
    """A condition holds, fails with its reason and kind of no, or cannot be told."""
    assert (rejection, reason) == outcome(condition, facts(**fields))


BALANCE = {"amount_authorized": 10, "amount_captured": 6, "amount_released": 0, "amount_refunded": 1}


@pytest.mark.parametrize(
    ("condition", "action", "amount", "changes", "rejection", "reason"),
    [
        (whole_amount(claim="c"), Action.REVERSE, None, {}, HOLDS, None),
        (whole_amount(claim="c"), Action.REVERSE, 9, {}, HOLDS, None),
        (whole_amount(claim="c"), Action.REVERSE, 8, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (whole_amount(claim="c"), Action.CANCEL, None, {}, HOLDS, None),
        (whole_amount(claim="c"), Action.CANCEL, 4, {}, HOLDS, None),
        (whole_amount(claim="c"), Action.CANCEL, 5, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (whole_amount(claim="c"), Action.CANCEL, None, {"amount_captured": 10}, NO, Reason.MORE_THAN_IS_LEFT),
        (whole_amount(claim="c"), Action.CANCEL, 4, {"amount_released": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (rest_alone(claim="c"), Action.CANCEL, 4, {}, HOLDS, None),
        (rest_alone(claim="c"), Action.REFUND, 5, {}, HOLDS, None),
        (rest_alone(claim="c"), Action.REFUND, 4, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (rest_alone(claim="c"), Action.REVERSE, 9, {}, NO, Reason.NOT_OFFERED),
        (rest_alone(claim="c"), Action.REVERSE, 8, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (rest_alone(claim="c"), Action.REVERSE, 8, {"amount_refunded": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (rest_alone(claim="c"), Action.CANCEL, 3, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (rest_alone(claim="c"), Action.CANCEL, 5, {}, NO, Reason.ONLY_WHOLE_AMOUNT),
        (rest_alone(claim="c"), Action.CANCEL, None, {}, NO, Reason.NOT_OFFERED),
        (rest_alone(claim="c"), Action.CANCEL, 9, {}, NO, Reason.NOT_OFFERED),
        (rest_alone(claim="c"), Action.CANCEL, 4, {"amount_refunded": 6}, NO, Reason.NOT_OFFERED),
        (rest_alone(claim="c"), Action.CANCEL, 4, {"amount_refunded": None}, HOLDS, None),
        (rest_alone(claim="c"), Action.CANCEL, 3, {"amount_refunded": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (rest_alone(claim="c"), Action.CANCEL, 4, {"amount_captured": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (whole_amount(claim="c"), Action.REVERSE, 9, {"amount_refunded": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (whole_amount(claim="c"), Action.REVERSE, 9, {"amount_captured": None}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, 5, {}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, 1, {}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, 6, {}, NO, Reason.MORE_THAN_IS_LEFT),
        (whole_or_part(claim="c"), Action.REFUND, 9, {}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, 5, {"amount_refund_pending": 1}, WAIT, Reason.REFUND_PENDING),
        (whole_or_part(claim="c"), Action.REFUND, 4, {"amount_refund_pending": 1}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, None, {"amount_refund_pending": 5}, WAIT, Reason.REFUND_PENDING),
        (whole_or_part(claim="c"), Action.REFUND, None, {"amount_released": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (whole_or_part(claim="c"), Action.REFUND, 5, {"amount_released": None}, HOLDS, None),
        (whole_or_part(claim="c"), Action.REFUND, 6, {"amount_released": None}, UNKNOWN, Reason.UNKNOWN_FACT),
        (
            whole_or_part(claim="c"),
            Action.REFUND,
            1,
            {"amount_captured": None, "amount_refunded": None},
            UNKNOWN,
            Reason.UNKNOWN_FACT,
        ),
    ],
)
def test_how_much_is_asked(
    condition: Condition,
    action: Action,
    amount: int | None,
    changes: dict[str, Any],
    rejection: Rejection | None,
    reason: Reason | None,
) -> None:
    """Of 10 held, 6 taken and 1 given back: 4 to cancel, 5 to refund, 9 outstanding."""
    assert (rejection, reason) == outcome(condition, facts(amount=amount, **{**BALANCE, **changes}), action)


def test_a_status_that_may_come_by_itself_is_waited_for() -> None:
    """From a word in `soon` the status may become the right one; an unlisted word is unknown."""
    payment = Payment(provider="dojo", status="Working", currency="GBP")
    unlisted = Facts(payment, Undo(at=NOON), {}, {}, status_known=False)
    opening = status_is("Open", claim="c", soon=(("Working", Reason.PAYMENT_PENDING),))

    assert (WAIT, Reason.PAYMENT_PENDING) == outcome(opening, facts(status="Working"))
    assert (HOLDS, None) == outcome(status_unlisted(claim="c"), unlisted)
    assert (NO, Reason.WRONG_STATUS) == outcome(status_unlisted(claim="c"), facts())
    assert (UNKNOWN, Reason.UNKNOWN_STATUS) == outcome(status_is("Working", claim="c"), unlisted)


@pytest.mark.parametrize(
    ("condition", "fields", "start", "end"),
    [
        (
            same_calendar_day(LONDON, of="authorized_at", claim="c"),
            {},
            datetime(2026, 7, 9, 23, tzinfo=UTC),
            datetime(2026, 7, 10, 23, tzinfo=UTC),
        ),
        (
            same_calendar_day(LONDON, of="authorized_at", claim="c"),
            {"timezone": "IST-5:30"},
            datetime(2026, 7, 9, 18, 30, tzinfo=UTC),
            datetime(2026, 7, 10, 18, 30, tzinfo=UTC),
        ),
        (within(days=7, of="authorized_at", claim="c"), {}, NOON, NOON + timedelta(days=7)),
        (within(hours=24, of="authorized_at", claim="c"), {}, NOON, NOON + timedelta(hours=24)),
        (
            within_hours_of_field("capture_delay_hours", of="authorized_at", claim="c"),
            {"capture_delay_hours": 3},
            None,
            NOON + timedelta(hours=3),
        ),
        (not_before(days=7, of="authorized_at", claim="c"), {}, NOON + timedelta(days=7), None),
        (
            before_cut_off(NEW_YORK, 23, 0, of="authorized_at", claim="c"),
            {},
            NOON,
            datetime(2026, 7, 11, 3, tzinfo=UTC),
        ),
        (
            before_cut_off(NEW_YORK, 8, 0, of="authorized_at", claim="c"),
            {},
            NOON,
            datetime(2026, 7, 11, 12, tzinfo=UTC),
        ),
        (before("batch_closes_at", claim="c"), {"batch_closes_at": NOON}, None, NOON),
        (within(minutes=15, of="authorized_at", claim="c"), {}, NOON, NOON + timedelta(minutes=15)),
        (not_before(minutes=90, of="authorized_at", claim="c"), {}, NOON + timedelta(minutes=90), None),
        (
            before_cut_off_of_account(of="authorized_at", claim="c"),
            {"cut_off": "17:30", "timezone": NEW_YORK.rule},
            NOON,
            datetime(2026, 7, 10, 21, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_window_holds_from_its_start_and_no_longer_at_its_end(
    condition: Any, fields: dict[str, Any], start: datetime | None, end: datetime | None
) -> None:
    """A microsecond decides on either side, and both edges are told."""
    fields = {"authorized_at": NOON, **fields}
    if start is not None:
        assert (HOLDS, None) == outcome(condition, facts(at=start, **fields))
        assert (WAIT, Reason.TOO_EARLY) == outcome(condition, facts(at=start - STEP, **fields))
    if end is not None:
        assert (HOLDS, None) == outcome(condition, facts(at=end - STEP, **fields))
        assert (NO, Reason.TOO_LATE) == outcome(condition, facts(at=end, **fields))
    assert {edge for edge in (start, end) if edge} == set(edges(condition, facts(**fields)))


def test_months_are_the_calendars() -> None:
    """A month after 31 January is the last day of February; a year after 29 February is the 28th."""
    january = datetime(2026, 1, 31, tzinfo=UTC)
    leap = datetime(2024, 2, 29, tzinfo=UTC)

    assert [january, datetime(2026, 2, 28, tzinfo=UTC)] == list(
        edges(within(months=1, of="created_at", claim="c"), facts(created_at=january))
    )
    assert [leap, datetime(2025, 2, 28, tzinfo=UTC)] == list(
        edges(within(months=12, of="created_at", claim="c"), facts(created_at=leap))
    )


@pytest.mark.parametrize(
    ("day", "cut_off"),
    [
        (datetime(2026, 3, 8, 12, tzinfo=UTC), "2026-03-09T03:00"),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-02T04:00"),
    ],
)
def test_a_cut_off_is_the_wall_clocks(day: datetime, cut_off: str) -> None:
    """23:00 in New York on the days when clocks change is what clocks show, not a number of hours later."""
    condition = before_cut_off(NEW_YORK, 23, 0, of="captured_at", claim="c")

    assert datetime.fromisoformat(cut_off).replace(tzinfo=UTC) in set(edges(condition, facts(captured_at=day)))


def test_the_first_known_instant_counts() -> None:
    """Of several instants the first known one is measured from; with none, all are asked for."""
    condition = same_calendar_day(LONDON, of=("authorized_at", "created_at"), claim="c")
    miss = condition.test(facts(), Action.CANCEL)

    assert (HOLDS, None) == outcome(condition, facts(created_at=NOON))
    assert (NO, Reason.TOO_LATE) == outcome(condition, facts(created_at=NOON, authorized_at=NOON - timedelta(days=1)))
    assert miss is not None
    assert ("authorized_at", "created_at") == miss.needs
    assert [] == list(edges(condition, facts()))


def test_a_length_nobody_knows_is_unknown() -> None:
    """The delay is asked for, and there is no edge."""
    condition = within_hours_of_field("capture_delay_hours", of="authorized_at", claim="c")
    later = not_before(hours=1, of="authorized_at", claim="c")

    assert (UNKNOWN, Reason.UNKNOWN_FACT) == outcome(condition, facts(authorized_at=NOON))
    assert [] == list(edges(condition, facts(authorized_at=NOON)))
    assert ("authorized_at", "capture_delay_hours") == condition.reads
    assert (UNKNOWN, Reason.UNKNOWN_FACT) == outcome(later, facts())
    assert (HOLDS, None) == outcome(before("batch_closes_at", claim="c", unknown_is_enough=True), facts())


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (status_is("Open", "Shut", claim="c"), "the status is Open or Shut"),
        (capture_mode_is(CaptureMode.AUTO, None, claim="c"), "the capture mode is auto or unknown"),
        (method_is_not("oxxo", "ideal", claim="c"), "the method is not oxxo or ideal"),
        (not_disputed(claim="c"), "no open dispute is known of"),
        (multicapture_enabled(claim="c"), "there is leave for several captures"),
        (single_capture(claim="c"), "no leave for several captures is known of"),
        (unknown("batch", reason=Reason.BATCH_CLOSED, claim="c"), "the batch is unknown"),
        (known("method", claim="c"), "the method is known"),
        (provider_lists("a", "b", "d", claim="c"), "the provider lists a, b or d"),
        (provider_lists_if_any("a", claim="c"), "the provider lists a or gives no list"),
        (whole_amount(claim="c"), "the whole is asked for"),
        (whole_or_part(claim="c"), "the whole is asked for, or a part"),
        (something_captured(claim="c"), "the amount captured is above 0"),
        (nothing_captured(claim="c"), "the amount captured is 0"),
        (not_several_captures(claim="c"), "the number of captures is at most 1 or unknown"),
        (nothing_refunded(claim="c"), "nothing was refunded or asked back"),
        (something_left(claim="c"), "something captured is left"),
        (everything_refunded(claim="c"), "everything captured was refunded"),
        (
            same_calendar_day(LONDON, of="authorized_at", claim="c"),
            "it is the calendar day of the payment in Europe/London",
        ),
        (
            before_cut_off(NEW_YORK, 23, 5, of="captured_at", claim="c"),
            "it is before 23:05 in America/New_York, next after the capture",
        ),
        (within(days=7, of="authorized_at", claim="c"), "it is less than 7 days after the payment"),
        (
            within_hours_of_field("capture_delay_hours", of="authorized_at", claim="c"),
            "it is less than the capture delay after the payment",
        ),
        (
            not_before(hours=1, of=("settled", "created_at"), claim="c"),
            "1 hour have passed since the settled or the creation of the payment",
        ),
        (before("batch_closes_at", claim="c"), "it is before the close of the batch"),
        (after("batch_closes_at", claim="c"), "the close of the batch has come"),
        (anything_left(claim="c"), "something is left to give back"),
        (nothing_left(claim="c"), "nothing is left to give back"),
        (something_held(claim="c"), "something is still held"),
        (nothing_held(claim="c"), "nothing is held any more"),
        (status_unlisted(claim="c"), "the status is none of these"),
        (part_amount(claim="c"), "a part is asked for"),
        (rest_alone(claim="c"), "all that this gives back is asked for, and more is left"),
    ],
)
def test_a_condition_is_a_sentence(condition: Condition, sentence: str) -> None:
    """A row of a table can be read aloud."""
    assert sentence == str(condition)


class TestRepetition:
    """The same amount again, too soon, passes for a repetition at the provider."""

    SENT: dict[str, Any] = {"last_refund_at": NOON, "last_refund_amount": 300}
    TAKEN: dict[str, Any] = {
        "amount_authorized": 1000,
        "amount_captured": 1000,
        "amount_released": 0,
        "amount_refunded": 700,
    }
    UNREPEATED = not_repeated(minutes=2, claim="c")

    @pytest.mark.parametrize(
        ("after", "amount", "fields", "rejection"),
        [
            (timedelta(minutes=2) - STEP, 300, SENT, WAIT),
            (timedelta(minutes=2), 300, SENT, HOLDS),
            (timedelta(minutes=2) + STEP, 300, SENT, HOLDS),
            (timedelta(0), 299, SENT, HOLDS),
            (timedelta(0), None, SENT, WAIT),
            (timedelta(0), 300, {}, HOLDS),
            (timedelta(0), 300, {"last_refund_at": NOON}, HOLDS),
            (timedelta(0), 300, {"last_refund_amount": 300}, HOLDS),
        ],
    )
    def test_counts_amount_and_time(
        self, after: timedelta, amount: int | None, fields: dict[str, Any], rejection: Any
    ) -> None:
        """Another amount, or the same one later, is no repetition; nobody knowing of a last refund is good enough."""
        known_facts = facts(at=NOON + after, amount=amount, **self.TAKEN, **fields)

        assert rejection == outcome(self.UNREPEATED, known_facts)[0]

    def test_ends_by_itself(self) -> None:
        """Two minutes after the last one."""
        assert NOON + timedelta(minutes=2) in set(edges(self.UNREPEATED, facts(**self.SENT)))
        assert [] == list(edges(self.UNREPEATED, facts()))


class TestAccount:
    """What the merchant's account allows is a fact like any other."""

    @pytest.mark.parametrize(
        ("condition", "fields", "rejection", "reason"),
        [
            (created_as_is("session", claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
            (created_as_is("session", claim="c"), {"created_as": "sale"}, NO, Reason.WRONG_KIND),
            (created_as_is_not("session", claim="c"), {"created_as": "session"}, NO, Reason.WRONG_KIND),
            (created_as_is_not("session", claim="c"), {}, HOLDS, None),
            (scheme_is("visa", claim="c"), {"scheme": "amex"}, NO, Reason.WRONG_METHOD),
            (is_disputed(claim="c"), {"disputed": True}, HOLDS, None),
            (is_disputed(claim="c"), {}, NO, Reason.NOT_OFFERED),
            (no_chargeback(claim="c"), {"chargeback": True}, NO, Reason.DISPUTED),
            (no_chargeback(claim="c"), {}, HOLDS, None),
            (no_refund_failed(claim="c"), {"refund_failed_before": True}, NO, Reason.REFUND_FAILED_BEFORE),
            (refunds_enabled(claim="c"), {}, HOLDS, None),
            (refunds_enabled(claim="c"), {"refunds_enabled": False}, NO, Reason.REFUNDS_DISABLED),
            (refunds_known_to_be_enabled(claim="c"), {}, UNKNOWN, Reason.UNKNOWN_FACT),
            (refunds_known_to_be_enabled(claim="c"), {"refunds_enabled": True}, HOLDS, None),
            (refunds_known_to_be_enabled(claim="c"), {"refunds_enabled": False}, NO, Reason.REFUNDS_DISABLED),
            (parts_allowed(claim="c"), {"partial_refunds": False}, NO, Reason.ONLY_WHOLE_AMOUNT),
            (balance_suffices(claim="c"), {"balance_ok": False}, WAIT, Reason.BALANCE_INSUFFICIENT),
            (balance_suffices(claim="c"), {}, HOLDS, None),
            (fewer_refunds_than(20, claim="c"), {"refunds": 19}, HOLDS, None),
            (fewer_refunds_than(20, claim="c"), {"refunds": 20}, NO, Reason.TOO_MANY_REFUNDS),
            (fewer_refunds_than(20, claim="c"), {}, HOLDS, None),
            (fewer_partial_actions_than(150, claim="c"), {"partial_actions": 149}, HOLDS, None),
            (fewer_partial_actions_than(150, claim="c"), {"partial_actions": 150}, NO, Reason.TOO_MANY_REFUNDS),
            (fewer_partial_actions_than(150, claim="c"), {}, HOLDS, None),
            (Count("captures", "c", Reason.SEVERAL_CAPTURES, least=1, most=2), {"captures": 0}, NO, SEVERAL),
            (Count("captures", "c", Reason.SEVERAL_CAPTURES, least=1, most=2), {"captures": 1}, HOLDS, None),
            (Count("captures", "c", Reason.SEVERAL_CAPTURES, least=1, most=2), {"captures": 2}, HOLDS, None),
            (Count("captures", "c", Reason.SEVERAL_CAPTURES, least=1, most=2), {"captures": 3}, NO, SEVERAL),
            (Count("captures", "c", Reason.SEVERAL_CAPTURES, least=1), {}, UNKNOWN, Reason.UNKNOWN_FACT),
            (AFTER_DELAY, {"authorized_at": NOON, "capture_delay_hours": 0}, HOLDS, None),
            (AFTER_DELAY, {"authorized_at": NOON + MICROSECOND, "capture_delay_hours": 0}, WAIT, Reason.TOO_EARLY),
            (AFTER_DELAY, {"authorized_at": NOON - timedelta(hours=1), "capture_delay_hours": 1}, HOLDS, None),
            (AFTER_DELAY, {"authorized_at": NOON, "capture_delay_hours": 1}, WAIT, Reason.TOO_EARLY),
            (AFTER_DELAY, {"authorized_at": NOON}, UNKNOWN, Reason.UNKNOWN_FACT),
            (fewer_refunds_than_the_limit(claim="c"), {"refunds": 4, "max_refunds": 5}, HOLDS, None),
            (fewer_refunds_than_the_limit(claim="c"), {"refunds": 5, "max_refunds": 5}, NO, Reason.TOO_MANY_REFUNDS),
            (fewer_refunds_than_the_limit(claim="c"), {"refunds": 6, "max_refunds": 5}, NO, Reason.TOO_MANY_REFUNDS),
            (fewer_refunds_than_the_limit(claim="c"), {"refunds": 5}, HOLDS, None),
            (fewer_refunds_than_the_limit(claim="c"), {"max_refunds": 5}, HOLDS, None),
            (no_refund_pending(claim="c"), {}, HOLDS, None),
            (no_refund_pending(claim="c"), {"amount_refund_pending": 1}, WAIT, Reason.REFUND_PENDING),
        ],
    )
    def test_is_asked_at_its_edges(
        self, condition: Condition, fields: dict[str, Any], rejection: Any, reason: Any
    ) -> None:
        """What holds, what fails and how, and what not knowing does."""
        assert (rejection, reason) == outcome(condition, facts(**fields))

    def test_a_cut_off_needs_both_its_time_and_its_zone(self) -> None:
        """Either alone says nothing; the one that is missing is asked for."""
        condition = before_cut_off_of_account(of="captured_at", claim="c")
        known_of: tuple[dict[str, Any], ...] = ({"cut_off": "15:00"}, {"timezone": NEW_YORK.rule}, {})
        misses = [condition.test(facts(captured_at=NOON, **given), Action.REVERSE) for given in known_of]

        assert [("timezone",), ("cut_off",), ("cut_off", "timezone")] == [
            miss.needs if miss else None for miss in misses
        ]
        assert ("captured_at", "cut_off", "timezone") == condition.reads

    @pytest.mark.parametrize(
        ("condition", "sentence"),
        [
            (created_as_is_not("session", claim="c"), "what the payment was made by is not session"),
            (no_chargeback(claim="c"), "no chargeback is known of"),
            (refunds_enabled(claim="c"), "there is leave for refunds, as far as is known"),
            (balance_suffices(claim="c"), "there is balance for it, as far as is known"),
            (fewer_refunds_than(20, claim="c"), "the number of refunds is at most 19 or unknown"),
            (Count("refunds", "c", SEVERAL, least=1, most=2), "the number of refunds is at least 1 and at most 2"),
            (Count("refunds", "c", SEVERAL, least=2), "the number of refunds is at least 2"),
            (Count("refunds", "c", SEVERAL, least=1), "the number of refunds is above 0"),
            (Count("refunds", "c", SEVERAL, most=0), "the number of refunds is 0"),
            (
                fewer_refunds_than_the_limit(claim="c"),
                "the number of refunds is below the account's limit on their number, as far as both are known",
            ),
            (
                not_repeated(minutes=2, claim="c"),
                "the same amount was not refunded less than 2 minutes ago, as far as is known",
            ),
            (
                before_cut_off_of_account(of="captured_at", claim="c"),
                "it is before the account's cut-off, next after the capture",
            ),
        ],
    )
    def test_reads_as_a_sentence(self, condition: Condition, sentence: str) -> None:
        """As the rows of the other kinds do."""
        assert sentence == str(condition)


class TestOneRefund:
    """A refund gives back no more than one refund can."""

    TAKEN: dict[str, Any] = {
        "amount_authorized": 1000,
        "amount_captured": 1000,
        "amount_released": 0,
        "amount_refunded": 0,
    }

    @pytest.mark.parametrize(
        ("amount", "fields", "rejection"),
        [
            (600, {"available_to_refund": 600}, HOLDS),
            (601, {"available_to_refund": 600}, NO),
            (None, {"available_to_refund": 600}, HOLDS),
            (None, {"available_to_refund": 0}, NO),
            (600, {"available_to_refund": 600, "amount_refund_pending": 400}, HOLDS),
            (600, {"available_to_refund": 600, "amount_refund_pending": 500}, WAIT),
        ],
    )
    def test_caps_what_is_refundable(self, amount: int | None, fields: dict[str, Any], rejection: Any) -> None:
        """What is pending elsewhere takes from the whole payment, and not from the one capture."""
        assert rejection == outcome(whole_or_part(claim="c"), facts(amount=amount, **self.TAKEN, **fields))[0]


class TestApproval:
    """What is given back in all is compared with the limit of the currency."""

    TAKEN: dict[str, Any] = {"amount_authorized": 1000, "amount_captured": 1000, "amount_released": 0}

    @pytest.mark.parametrize(
        ("amount", "fields", "rejection"),
        [
            (499, {"amount_refunded": 0}, HOLDS),
            (500, {"amount_refunded": 0}, HOLDS),
            (501, {"amount_refunded": 0}, WAIT),
            (100, {"amount_refunded": 400}, HOLDS),
            (101, {"amount_refunded": 400}, WAIT),
            (101, {"amount_refunded": 0, "amount_refund_pending": 400}, WAIT),
            (101, {"amount_refunded": 400, "amount_approved": 501}, HOLDS),
            (102, {"amount_refunded": 400, "amount_approved": 501}, WAIT),
            (100, {}, UNKNOWN),
            (0, {"amount_refunded": 500}, HOLDS),
            (0, {"amount_refunded": 501}, WAIT),
        ],
    )
    def test_counts_everything_given_back(self, amount: int, fields: dict[str, Any], rejection: Any) -> None:
        """Many small refunds need the approval that one large one would."""
        assert rejection == outcome(LIMITED, facts(amount=amount, **self.TAKEN, **fields))[0]

    def test_an_unknown_refund_is_asked_for_by_what_would_tell_it(self) -> None:
        """By its own name where nothing does."""
        payment = facts(amount=100, **self.TAKEN).payment
        for hinges, needs in (({"amount_refunded": ("refunds",)}, ("refunds",)), ({}, ("amount_refunded",))):
            miss = LIMITED.test(Facts(payment, Undo(at=NOON, amount=100), {}, hinges), Action.REFUND)

            assert miss is not None
            assert needs == miss.needs

    def test_a_currency_without_a_limit_always_needs_it(self) -> None:
        """A word never seen before is not free."""
        payment = Payment(provider="dojo", status="Open", currency="JPY", amount_refunded=0, **self.TAKEN)
        known_facts = Facts(payment, Undo(at=NOON, amount=1), {}, {})

        assert (WAIT, Reason.NEEDS_APPROVAL) == outcome(LIMITED, known_facts)

    def test_reads_as_a_sentence(self) -> None:
        """With the limit of each currency, and is asked for in the facts that must still be so."""
        assert "no more than GBP 500 or EUR 600 (minor units) is given back in all, or what was approved" == str(
            LIMITED
        )
        assert {"currency", "amount_approved", "amount_refunded", "amount_refund_pending"} == set(LIMITED.reads)


ARGUMENTS: dict[str, Any] = {
    "name": "captured_at",
    "of": "captured_at",
    "number": 2,
    "word": Batch.OPEN,
    "zone": LONDON,
    "hour": 18,
    "minute": 0,
    "reason": Reason.NOT_OFFERED,
}
BUILDERS = {
    name: told
    for name, told in vars(when).items()
    if inspect.isfunction(told) and "claim" in inspect.signature(told).parameters
}
GUARDS = {
    "not_disputed",
    "not_split",
    "no_chargeback",
    "no_refund_failed",
    "refunds_enabled",
    "parts_allowed",
    "balance_suffices",
    "not_several_captures",
    "fewer_refunds_than",
    "fewer_partial_actions_than",
    "fewer_refunds_than_the_limit",
    "nothing_refunded",
    "approved_above",
    "not_repeated",
}


@pytest.mark.parametrize("name", BUILDERS)
class TestBuilders:
    """Each condition as a table writes it."""

    def test_only_what_narrows_is_a_guard(self, name: str) -> None:
        """A yes rests on every other one; each rests on the claim that it is given."""
        builder = BUILDERS[name]
        asked = [
            item.name
            for item in inspect.signature(builder).parameters.values()
            if item.default is item.empty and item.kind is not item.VAR_POSITIONAL and item.name != "claim"
        ]
        condition: Condition = builder(**{argument: ARGUMENTS[argument] for argument in asked}, claim="it")

        assert (name in GUARDS) is condition.guard
        assert "it" == condition.claim

    def test_what_is_no_word_of_it_goes_by_name(self, name: str) -> None:
        """No claim is taken for a word, and no length for another."""
        parameters = inspect.signature(BUILDERS[name]).parameters.values()
        by_place = {item.name for item in parameters if item.kind is not item.KEYWORD_ONLY}

        words = {"words", "operations", "limits", "word", "name", "number", "zone", "hour", "minute"}
        assert set() == by_place - words
        assert all(item.kind is not item.POSITIONAL_ONLY for item in parameters)


def test_of_an_unknown_status_the_other_facts_can_still_be_told() -> None:
    """Only what asks for the status itself needs it."""
    payment = Payment(provider="dojo", status="never seen", currency="GBP")
    unlisted = Facts(payment, Undo(at=NOON), {}, {}, status_known=False)

    for name in ("batch", "timezone"):
        assert None is when.unknown(name, reason=Reason.NOT_OFFERED, claim="c").test(unlisted, Action.REFUND)
    miss = status_is("never seen", claim="c").test(unlisted, Action.REFUND)
    assert miss is not None
    assert (Reason.UNKNOWN_STATUS, ("status",)) == (miss.reason, miss.needs)


def test_an_unknown_word_is_asked_for_by_what_would_tell_it() -> None:
    """By the field that the status proves it from, or by its own name where nothing does."""
    payment = Payment(provider="dojo", status="Open", currency="GBP")
    hinges = {"batch": ("batch_closes_at",), "amount_refunded": ("refunds",)}

    missing = Facts(payment, Undo(at=NOON), {}, hinges)
    for word, needs in (
        (batch_is(Batch.OPEN, claim="c"), ("batch_closes_at",)),
        (Count("batch", "c", SEVERAL, least=1), ("batch_closes_at",)),
        (kind_is(Kind.SALE, claim="c"), ("kind",)),
        (nothing_refunded(claim="c"), ("refunds",)),
    ):
        miss = word.test(missing, Action.REFUND)
        assert miss is not None
        assert needs == miss.needs
    stale = Facts(payment, Undo(at=NOON), {"kind": Filled(None, Source.CLOCK, None)}, {})
    told = kind_is(Kind.SALE, claim="c").test(stale, Action.REFUND)
    assert told is not None
    assert ("kind",) == told.needs


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (kind_is(Kind.SALE, Kind.REFUND, claim="c"), (Kind.SALE, Kind.REFUND)),
        (capture_mode_is(CaptureMode.AUTO, None, claim="c"), (CaptureMode.AUTO, None)),
        (status_is("open", claim="c", soon=(("closing", Reason.TOO_EARLY),)), ("open", "closing")),
        (provider_lists("void", "refund", claim="c"), ("void", "refund")),
        (Count("captures", "c", SEVERAL, least=1, most=2), (0, 1, 2, 3)),
        (Count("captures", "c", SEVERAL, most=0), (0, 1)),
        (Count("captures", "c", SEVERAL, least=5), (4, 5, 6)),
        (Count("captures", "c", SEVERAL), ()),
        (whole_amount(claim="c"), ()),
        (before("captured_at", claim="c"), ()),
    ],
    ids=str,
)
def test_the_points_at_which_a_condition_turns(condition: Condition, found: tuple[object, ...]) -> None:
    """Its words, those that may become one of them, and its bounds with what is one beside them; none below 0."""
    assert found == points(condition)


@pytest.mark.parametrize(
    ("told", "length"),
    [
        (not_repeated(hours=1, claim="c").lasts, Duration(hours=1)),
        (not_repeated(minutes=1, claim="c").lasts, Duration(minutes=1)),
        (within(hours=1, of="captured_at", claim="c").lasts, Duration(hours=1)),
        (within(minutes=1, of="captured_at", claim="c").lasts, Duration(minutes=1)),
        (within(days=1, of="captured_at", claim="c").lasts, Duration(days=1)),
        (within(months=1, of="captured_at", claim="c").lasts, Duration(months=1)),
        (not_before(hours=1, of="captured_at", claim="c").starts, Duration(hours=1)),
        (not_before(minutes=1, of="captured_at", claim="c").starts, Duration(minutes=1)),
        (not_before(days=1, of="captured_at", claim="c").starts, Duration(days=1)),
        (not_before(months=1, of="captured_at", claim="c").starts, Duration(months=1)),
    ],
    ids=str,
)
def test_a_length_is_made_of_what_is_named(told: Duration, length: Duration) -> None:
    """And of nothing else."""
    assert length == told
