"""Events move amounts and statuses, and only as the provider can send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from payrules import (
    CallerError,
    CaptureMode,
    Event,
    Notice,
    Payment,
    ProviderError,
    Undo,
    apply,
    decide,
    fold,
    fold_each,
)
from payrules.apply import changes_nothing
from payrules.events import Unread

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def payment(status: str = "Captured", **fields: Any) -> Payment:
    known = {"amount_authorized": 1000, "capture_mode": "auto", **fields}
    return Payment(provider="dojo", status=status, currency="GBP", payment_id="pi_1", **known)


def moved(before: Payment, event: Event, amount: int | None = None) -> dict[str, Any]:
    after = apply(before, Notice(event=event, amount=amount, at=AT))
    return {name: value for name, value in after.to_record().items() if value != before.to_record()[name]}


@pytest.mark.parametrize(
    ("before", "event", "amount", "changed"),
    [
        (
            payment("Created", capture_mode="manual"),
            Event.AUTHORIZED,
            900,
            {
                "status": "Authorized",
                "amount_authorized": 900,
                "authorized_at": "2026-11-20T12:00:00Z",
                "amount_refunded": 0,
            },
        ),
        (
            payment("Authorized", capture_mode="manual"),
            Event.AUTHORIZATION_ADJUSTED,
            1200,
            {"amount_authorized": 1200},
        ),
        (payment("Authorized"), Event.CANCEL_REQUESTED, None, {"undo_pending": "cancel"}),
        (payment("Authorized"), Event.REVERSE_REQUESTED, None, {"undo_pending": "reverse"}),
        (payment("Authorized", undo_pending="reverse"), Event.REVERSE_FAILED, None, {"undo_pending": None}),
        (payment("Authorized", undo_pending="cancel"), Event.CANCEL_FAILED, None, {"undo_pending": None}),
        (
            payment(amount_refunded=0),
            Event.REFUND_REQUESTED,
            300,
            {"amount_refund_pending": 300, "last_refund_amount": 300, "last_refund_at": "2026-11-20T12:00:00Z"},
        ),
        (
            payment(amount_refunded=0),
            Event.REFUND_REQUESTED,
            None,
            {"amount_refund_pending": 1000, "last_refund_amount": 1000, "last_refund_at": "2026-11-20T12:00:00Z"},
        ),
        (
            payment(amount_refunded=0, amount_refund_pending=300),
            Event.REFUND_FAILED,
            300,
            {"amount_refund_pending": 0, "refund_failed_before": True},
        ),
        (
            payment(amount_refunded=0, amount_refund_pending=300),
            Event.REFUND_FAILED,
            None,
            {"amount_refund_pending": 0, "refund_failed_before": True},
        ),
        (
            payment(amount_refunded=300),
            Event.REFUND_FAILED,
            300,
            {"amount_refunded": 0, "refund_failed_before": True},
        ),
        (payment(), Event.DISPUTED, None, {"disputed": True}),
        (payment(disputed=True), Event.DISPUTE_WON, None, {"disputed": False, "chargeback": False}),
        (payment(disputed=False), Event.CHARGED_BACK, None, {"disputed": True, "chargeback": True}),
        (payment(), Event.DISPUTE_LOST, None, {"disputed": True}),
    ],
)
def test_an_event_changes_what_it_says(
    before: Payment, event: Event, amount: int | None, changed: dict[str, Any]
) -> None:
    """And nothing else."""
    assert changed == moved(before, event, amount)


@pytest.mark.parametrize(
    ("before", "event", "amount"),
    [
        (payment("Created"), Event.REFUNDED, 1),
        (payment("Created", capture_mode="manual"), Event.CAPTURED, None),
        (payment("Authorized"), Event.REFUNDED, 1),
        (payment("Canceled"), Event.DISPUTED, None),
        (payment("Unheard"), Event.DISPUTED, None),
        (payment(amount_refunded=0), Event.REFUNDED, 1001),
        (payment(capture_mode="manual", amount_captured=500), Event.REVERSED, None),
    ],
)
def test_an_event_that_cannot_be_is_refused(before: Payment, event: Event, amount: int | None) -> None:
    """The error names status and event, and says what was expected."""
    with pytest.raises(ProviderError) as caught:
        apply(before, Notice(event=event, amount=amount))

    assert before.status == caught.value.status
    assert event.value in caught.value.event


@pytest.mark.parametrize(
    ("event", "before", "nothing"),
    [
        (Event.CANCELED, payment(amount_captured=1000, amount_released=0), True),
        (Event.EXPIRED, payment(amount_captured=0, amount_released=1000), True),
        (Event.EXPIRED, payment("Created", amount_captured=None, amount_released=1000, amount_refunded=0), True),
        (Event.CANCELED, payment(capture_mode="manual", amount_released=1000, amount_refunded=0), True),
        (Event.CANCELED, payment(capture_mode="manual", amount_released=999, amount_refunded=0), False),
        (Event.EXPIRED, payment(capture_mode="manual", amount_captured=999, amount_released=0), False),
        (Event.REFUNDED, payment(amount_captured=0, amount_refunded=None), True),
        (Event.REFUNDED, payment(amount_captured=700, amount_refunded=700), True),
        (Event.REFUNDED, payment(amount_captured=700, amount_refunded=699), False),
        (Event.REFUNDED, payment(amount_captured=700, amount_refunded=None), False),
        (Event.AUTHORIZED, payment(), True),
        (Event.DECLINED, payment(), True),
        (Event.DISPUTED, payment(), True),
        (Event.CAPTURED, payment(), False),
        (Event.REVERSED, payment(), False),
        (Event.REVERSED, payment(amount_captured=700, amount_refunded=700), False),
        (Event.REFUNDED, payment("Created", capture_mode="manual", amount_refunded=1), False),
        (Event.SETTLED, payment(), False),
    ],
)
def test_what_cannot_happen_may_change_nothing(event: Event, before: Payment, nothing: bool) -> None:
    """A hold that is gone cannot lapse, and what was given back cannot be refunded; a capture is never nothing."""
    assert nothing is changes_nothing(before, Notice(event=event, at=AT))


def test_a_table_is_named_by_name() -> None:
    """Neither a provider nor an edition is taken for the other."""
    for question in (apply, changes_nothing):
        with pytest.raises(TypeError):
            question(payment(), Notice(event=Event.DISPUTED), None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("status", "before", "released"),
    [
        ("Authorized", {}, None),
        ("Authorized", {"amount_released": 0}, None),
        ("Authorized", {"amount_released": 100}, 100),
        ("Captured", {"amount_captured": 300, "amount_released": 700}, None),
        ("Captured", {"amount_captured": 300, "amount_released": 100}, 100),
    ],
)
def test_a_capture_proves_anew_what_was_released(status: str, before: dict[str, int], released: int | None) -> None:
    """What a status merely proved is proven again by the next one; what is known beside it stays."""
    held = payment(status, capture_mode="manual", amount_refunded=0, **before)

    assert released == apply(held, Notice(event=Event.CAPTURED, amount=200, at=AT)).amount_released


def test_a_folded_hold_that_is_captured_in_part_leaves_that_part() -> None:
    """A fold writes down what the status proves; a later capture does not take that for more."""
    authorized = Notice(event=Event.AUTHORIZED, amount=1000, at=AT)
    captured = Notice(event=Event.CAPTURED, amount=600, at=AT)
    given = {"currency": "GBP", "capture_mode": "manual", "amount_refunded": 0}
    at_once = fold("dojo", [authorized, captured], given=given)
    one_by_one = apply(fold("dojo", [authorized], given=given), captured)

    assert (600, 0) == (decide(at_once, Undo(at=AT)).amount, decide(at_once, Undo(at=AT)).remaining)
    assert decide(at_once, Undo(at=AT)).compared == decide(one_by_one, Undo(at=AT)).compared


def test_a_status_that_cannot_be_told_is_not_guessed() -> None:
    """A refund of an unknown whole leads to one status or another: the missing amounts are named."""
    with pytest.raises(CallerError) as caught:
        apply(payment(capture_mode="manual"), Notice(event=Event.REFUNDED, amount=5))

    assert "amount_captured, amount_refunded" == caught.value.field


@pytest.mark.parametrize(
    ("authorized", "captured", "released", "amount", "after"),
    [
        (1000, 1000, 0, 1000, (0, 1000)),
        (1000, 1000, 0, None, (0, 1000)),
        (1000, 1100, 0, 1100, (0, 1000)),
        (1000, 1000, 0, 300, (700, 300)),
        (1000, 400, 0, 300, (400, 300)),
        (1000, 400, 100, 550, (350, 650)),
        (1000, 1100, 0, 200, (900, 100)),
        (1000, 2100, 0, 2100, (0, 1000)),
    ],
)
def test_what_is_reversed_was_never_taken(
    authorized: int, captured: int, released: int, amount: int | None, after: tuple[int, int]
) -> None:
    """Captured falls by what the hold beside it cannot give, and of the hold that much more is released."""
    before = payment(
        amount_authorized=authorized, amount_captured=captured, amount_released=released, amount_refunded=0
    )
    left = apply(before, Notice(event=Event.REVERSED, amount=amount, at=AT))

    assert after == (left.amount_captured, left.amount_released)


@pytest.mark.parametrize(
    ("captures", "amount", "after"),
    [
        (None, 400, ("c_1", 600, 3)),
        (1, 400, ("c_1", 600, 3)),
        (1, 1000, ("c_1", 0, 3)),
        (1, 1200, ("c_1", 0, 3)),
        (2, 400, (None, None, 3)),
    ],
)
def test_a_refund_uses_up_what_one_refund_can_give(captures: int | None, amount: int, after: tuple[Any, ...]) -> None:
    """Of the only capture the rest is known; which of several a refund took from is not."""
    one: dict[str, Any] = {"capture_id": "c_1", "available_to_refund": 1000, "refunds": 2}
    before = payment(amount_captured=2000, amount_authorized=2000, amount_refunded=0, captures=captures, **one)
    left = apply(before, Notice(event=Event.REFUNDED, amount=amount, at=AT))

    assert after == (left.capture_id, left.available_to_refund, left.refunds)


def test_a_refund_keeps_what_the_status_before_proved_released() -> None:
    """The next status may not say how much of the hold is gone, and nothing of it has come back."""
    captured = Payment(provider="checkoutcom", status="Captured", currency="EUR", amount_authorized=1000)
    less = Payment.from_record({**captured.to_record(), "amount_captured": 600})
    refund = Notice(event=Event.REFUNDED, amount=200, at=AT)

    assert [("Partially Refunded", 0), ("Partially Refunded", 400)] == [
        (after.status, after.amount_released) for after in (apply(captured, refund), apply(less, refund))
    ]


def test_a_second_capture_is_another_to_refund() -> None:
    """Which of the two a refund addresses is no longer known."""
    before = payment(
        capture_mode="manual",
        amount_captured=300,
        amount_refunded=0,
        captures=1,
        capture_id="c_1",
        available_to_refund=300,
    )
    left = apply(before, Notice(event=Event.CAPTURED, amount=200, at=AT))

    assert (2, None, None) == (left.captures, left.capture_id, left.available_to_refund)


def test_the_first_capture_is_the_one_to_refund() -> None:
    """What a refund addresses is still known."""
    before = payment("Authorized", capture_mode="manual", captures=0, capture_id="c_1", available_to_refund=300)
    left = apply(before, Notice(event=Event.CAPTURED, amount=300, at=AT))

    assert (1, "c_1", 300) == (left.captures, left.capture_id, left.available_to_refund)


@pytest.mark.parametrize(
    ("captured", "captures", "amount", "after"),
    [
        (1000, 1, None, (0, 0, None)),
        (1000, 1, 1000, (0, 0, None)),
        (1000, 2, 400, (600, 1, "2026-11-19T12:00:00Z")),
        (1000, 3, 400, (600, 2, "2026-11-19T12:00:00Z")),
        (1000, None, 400, (600, None, "2026-11-19T12:00:00Z")),
        (300, 1, 400, (0, 0, None)),
    ],
)
def test_a_capture_that_failed_is_taken_back(
    captured: int, captures: int | None, amount: int | None, after: tuple[Any, ...]
) -> None:
    """One less, by its amount, or all of it; a payment of which nothing is captured has no time of capture."""
    before = Payment(
        provider="adyen",
        status="Authorised",
        currency="EUR",
        amount_authorized=1000,
        amount_captured=captured,
        amount_refunded=0,
        captures=captures,
        captured_at=AT.replace(day=19),
    )
    left = apply(before, Notice(event=Event.CAPTURE_FAILED, amount=amount, at=AT)).to_record()

    assert after == (left["amount_captured"], left["captures"], left["captured_at"])


@pytest.mark.parametrize("at", [None, AT])
def test_a_capture_that_the_status_proves_already_stays(at: datetime | None) -> None:
    """A report without an amount takes nothing of it away."""
    read = Payment(provider="square", status="COMPLETED", currency="USD", amount_authorized=1000)
    told = apply(read, Notice(event=Event.CAPTURED, at=at))

    assert ("COMPLETED", 1000) == (told.status, told.amount_captured)


def test_when_it_was_captured_is_forgotten_with_what_was() -> None:
    """A cancel leaves the time of what stays captured; a capture that fails takes it, though nobody knows of how much."""
    known: dict[str, Any] = {"amount_authorized": 1000, "capture_mode": "manual", "captured_at": AT}
    nothing = Payment(provider="adyen", status="Authorised", currency="EUR", **known)
    part = evolve(nothing, multicapture=True, captures=1, amount_captured=400)
    nobody = evolve(part, capture_mode=None, amount_captured=None)

    assert (400, AT) == _captured(apply(part, Notice(event=Event.CANCELED)))
    assert (0, None) == _captured(apply(nothing, Notice(event=Event.CANCELED)))
    assert (None, None) == _captured(apply(nobody, Notice(event=Event.CAPTURE_FAILED, amount=300)))


def _captured(found: Payment) -> tuple[int | None, datetime | None]:
    return found.amount_captured, found.captured_at


def test_an_authorization_leaves_what_is_known_to_be_released() -> None:
    """It is told anew after a capture alone."""
    before = payment("Created", capture_mode="manual", amount_released=0)

    assert 0 == apply(before, Notice(event=Event.AUTHORIZED)).amount_released


def test_a_part_that_is_reversed_of_who_knows_what_tells_nothing_of_the_rest() -> None:
    """Whether the rest was taken, nobody knew before either; once all is reversed, nothing was."""
    before = Payment(provider="payroc", status="ready", currency="EUR", amount_authorized=1000, captured_at=AT)
    part, whole = (apply(before, Notice(event=Event.REVERSED, amount=amount)) for amount in (300, 1000))

    assert (None, 300, AT) == (part.amount_captured, part.amount_released, part.captured_at)
    assert (0, 1000, None) == (whole.amount_captured, whole.amount_released, whole.captured_at)


def test_a_part_that_is_reversed_of_an_unknown_rest_is_released() -> None:
    """What is left need not be known for it."""
    before = Payment(
        provider="authorizenet", status="capturedPendingSettlement", currency="USD", amount_authorized=1000
    )
    after = apply(before, Notice(event=Event.REVERSED, amount=300))

    assert (None, 300) == (after.amount_captured, after.amount_released)


@pytest.mark.parametrize(
    ("event", "amount", "before", "after"),
    [
        (Event.REFUND_REQUESTED, None, {"amount_captured": None}, (0, 0)),
        (Event.REFUNDED, None, {"amount_refunded": 300}, (0, 1000)),
        (Event.REFUND_REFUSED, 300, {"amount_refund_pending": 700}, (400, 0)),
        (Event.REFUND_REFUSED, 300, {"amount_refund_pending": 200}, (0, 0)),
        (Event.REFUND_REFUSED, None, {"amount_refund_pending": 700}, (0, 0)),
        (Event.REFUND_FAILED, 1, {"amount_refund_pending": 1}, (0, 0)),
        (Event.REFUND_RETURNED, 300, {"amount_refunded": 700}, (0, 400)),
        (Event.REFUND_RETURNED, 300, {"amount_refunded": 700, "amount_refund_pending": 200}, (200, 400)),
        (Event.REFUND_RETURNED, 300, {"amount_refunded": 200}, (0, 0)),
        (Event.REFUND_RETURNED, None, {"amount_refunded": 700}, (0, 0)),
        (Event.REFUND_RETURNED, 300, {"amount_refunded": None}, (0, None)),
    ],
)
def test_refunds_move_what_is_pending_and_what_went_back(
    event: Event, amount: int | None, before: dict[str, Any], after: tuple[int, int | None]
) -> None:
    """Down to nothing and no further; without an amount all of it; and what nobody knew stays unknown."""
    known = {"amount_captured": 1000, "amount_refunded": 0, **before}
    told = Payment(provider="adyen", status="Settled", currency="EUR", multicapture=True, **known)
    left = apply(told, Notice(event=event, amount=amount))

    assert after == (left.amount_refund_pending, left.amount_refunded)


def test_a_reversal_of_unknown_amounts_settles_what_was_pending() -> None:
    """Nothing is invented."""
    before = payment("Authorized", amount_authorized=None, undo_pending="reverse")

    assert {"status": "Reversed", "undo_pending": None, "amount_refunded": 0} == moved(before, Event.REVERSED)


def notice(event: Event, hour: int, **fields: Any) -> Notice:
    return Notice(event=event, at=AT.replace(hour=hour), payment_id=fields.pop("payment_id", "pi_1"), **fields)


GIVEN = {"currency": "GBP", "capture_mode": "auto", "amount_authorized": 1000}


def test_an_event_waits_until_it_can_happen() -> None:
    """A refund whose clock runs behind that of its capture is folded after it."""
    events = [notice(Event.REFUNDED, 1, amount=300, reference="r1"), notice(Event.CAPTURED, 2, reference="c1")]

    folded = fold("dojo", events, given=GIVEN)

    assert (1000, 300) == (folded.amount_captured, folded.amount_refunded)


def test_the_later_of_two_reports_of_one_event_counts() -> None:
    """Same event, same reference: the one with the later instant."""
    events = [notice(Event.CAPTURED, 2, reference="c1"), notice(Event.CAPTURED, 3, reference="c1")]

    assert "2026-11-20T03:00:00Z" == fold("dojo", events, given=GIVEN).to_record()["captured_at"]


def test_what_does_not_fit_is_reported() -> None:
    """An event that can never happen is kept with the reason, and so is one that could not be read; a late expiry
    is neither."""
    events: list[Notice | Unread] = [
        notice(Event.CANCELED, 1),
        notice(Event.EXPIRED, 2),
        notice(Event.CAPTURED, 3, reference="c1"),
        Unread("frozen", "no such status", payment_id="pi_1"),
    ]
    (folded,) = fold_each("dojo", events, given=GIVEN)

    assert folded.payment is not None
    assert "Canceled" == folded.payment.status
    assert ["frozen", "captured"] == [item.what for item in folded.unfolded]
    assert "cannot happen in status 'Canceled'" in folded.unfolded[1].why


def test_payments_are_folded_apart() -> None:
    """Each payment gets its own events; a reference to a modification leads to its payment."""
    events = [
        notice(Event.CAPTURED, 1, reference="c1", payment_id="pi_1"),
        notice(Event.CAPTURED, 1, reference="c2", payment_id="pi_2"),
        notice(Event.REFUNDED, 2, reference="r2", payment_id="c2", amount=300),
    ]
    one, two = fold_each("dojo", events, given=GIVEN)

    assert one.payment is not None
    assert two.payment is not None
    assert (0, 300) == (one.payment.amount_refunded, two.payment.amount_refunded)
    assert two.payment == fold("dojo", events, payment_id="pi_2", given=GIVEN)
    with pytest.raises(CallerError, match="pi_1, pi_2"):
        fold("dojo", events, given=GIVEN)
    with pytest.raises(CallerError, match="none"):
        fold("dojo", [])


def test_an_unnamed_report_belongs_to_the_only_payment() -> None:
    """A request of the caller's own needs no id where there is one payment."""
    events = [notice(Event.CAPTURED, 1, reference="c1"), Notice(event=Event.REFUND_REQUESTED, amount=300, at=AT)]

    assert 300 == fold("dojo", events, given=GIVEN).amount_refund_pending


def test_references_that_lead_in_a_circle_end() -> None:
    """Two reports that name each other are still folded."""
    events = [
        notice(Event.CAPTURED, 1, reference="a", payment_id="b"),
        notice(Event.REFUND_REQUESTED, 2, reference="b", payment_id="a", amount=1),
    ]

    assert 2 == len(fold_each("dojo", events, given=GIVEN))


def test_events_are_folded_into_a_payment_that_was_known() -> None:
    """What was known before stays, and what a report tells wins."""
    before = payment(amount_refunded=0)
    told = Notice(event=Event.REFUND_REQUESTED, amount=1, at=AT, tells={"method": "visa"})

    folded = fold("dojo", [told], start=before)

    assert ("visa", 1) == (folded.method, folded.amount_refund_pending)


@pytest.mark.parametrize("event", [Event.REFUND_REQUESTED, Event.CAPTURED])
def test_a_report_that_tells_what_cannot_be_is_not_dropped(event: Event) -> None:
    """One whose currency no payment can have does not go in, and is reported."""
    told = Notice(event=event, amount=1, at=AT, tells={"currency": "pounds"})

    (folded,) = fold_each("dojo", [told], start=payment(amount_refunded=0, amount_captured=1, capture_mode="manual"))

    assert [(event.value, True)] == [(item.what, "three capitals" in item.why) for item in folded.unfolded]


@pytest.mark.parametrize("ends", ["2026-03-31T09:00:00Z", datetime(2026, 3, 31, 9, tzinfo=UTC)])
def test_a_report_tells_an_instant_as_text_or_not(ends: Any) -> None:
    """It is told to a payment that is known, and to one that begins with the report; the record of the report reads back."""
    told = Notice(
        event=Event.AUTHORIZED, amount=7, payment_id="P", tells={"hold_expires_at": ends, "currency": "GBP"}
    )
    start = Payment(
        provider="dojo", status="Created", currency="GBP", payment_id="P", capture_mode=CaptureMode.MANUAL
    )
    expected = datetime(2026, 3, 31, 9, tzinfo=UTC)

    assert expected == fold("dojo", [told], start=start).hold_expires_at
    assert expected == fold("dojo", [told], given={"capture_mode": "manual"}).hold_expires_at
    assert told == Notice.from_record(told.to_record())
    with pytest.raises(CallerError, match="hold_expires_at"):
        Notice(event=Event.AUTHORIZED, tells={"hold_expires_at": "tomorrow"})


@pytest.mark.parametrize("tells", ["text", 7, ["method"], {"methid": "visa"}, {7: "visa"}])
def test_a_report_tells_fields_of_a_payment(tells: Any) -> None:
    """Anything else is the caller's error."""
    with pytest.raises(CallerError, match="tells"):
        Notice(event=Event.CAPTURED, tells=tells)


def test_an_unread_report_has_names_or_none() -> None:
    """What a provider gives as an id and is no text names nothing, and still can be folded."""
    unread = Unread("NEW true", "its code is not known", reference={"a": 1}, payment_id=[[]])

    assert (None, None) == (unread.reference, unread.payment_id)
    assert [unread] == [item for folded in fold_each("dojo", [unread]) for item in folded.unfolded]


def test_a_cancel_leaves_no_time_of_a_capture_that_was_none() -> None:
    """A record that tells a time of capture of a hold contradicts itself; the released hold does not."""
    payment = Payment(
        provider="adyen", status="Authorised", currency="EUR", payment_id="psp", amount_authorized=7, captured_at=AT
    )
    released = apply(payment, Notice(event=Event.CANCELED, at=AT))

    assert (0, 7, None) == (released.amount_captured, released.amount_released, released.captured_at)
