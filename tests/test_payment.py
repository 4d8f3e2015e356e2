"""What a record may hold, and how a wrong one is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from dateutil.tz import tzstr

from payrules import Action, CallerError, Notice, Payment, Undo, decide
from payrules.payment import HOURS_MAX
from payrules.records import AMOUNT_MAX
from tests.vectors import ROOT

PLAIN: dict[str, Any] = {"provider": "dojo", "status": "Captured", "currency": "GBP"}
LONDON = tzstr("GMT0BST,M3.5.0/1,M10.5.0/2", posix_offset=True)


class Sly(int):
    """An integer with an idea of its own."""

    def __le__(self, other: object) -> bool:
        return True


def refused(record: dict[str, Any]) -> CallerError:
    with pytest.raises(CallerError) as caught:
        Payment.from_record(record)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "amount_authorized",
        "amount_captured",
        "amount_released",
        "amount_refunded",
        "amount_refund_pending",
        "captures",
    ],
)
@pytest.mark.parametrize(
    "value", [True, 10.0, "100", Decimal("10.00"), Sly(5), -1, AMOUNT_MAX + 1, float("nan"), [1], {}]
)
def test_an_amount_is_an_integer_from_zero_up(name: str, value: object) -> None:
    """Bools, floats, text, subclasses, negative and enormous numbers are refused under the field's name."""
    assert name == refused({**PLAIN, name: value}).field


@pytest.mark.parametrize("value", [0, 1, AMOUNT_MAX])
def test_the_largest_amount_is_fine(value: int) -> None:
    """Amounts from 0 to the largest are taken."""
    assert value == Payment.from_record({**PLAIN, "amount_authorized": value}).amount_authorized


@pytest.mark.parametrize("value", ["gbp", "GBP ", "GBP\n", "GB", "GBPX", "\u0415UR", "EU0", "EUR\u0000", 826, None])
def test_a_currency_is_three_capitals(value: object) -> None:
    """Nothing is folded or stripped."""
    assert "currency" == refused({**PLAIN, "currency": value}).field


@pytest.mark.parametrize("name", ["created_at", "authorized_at", "captured_at", "batch_closes_at"])
@pytest.mark.parametrize(
    "value",
    [
        "2026-11-20T23:50:00",
        "2026-11-20",
        "2026-W47-5T10:00:00Z",
        "20261120T235000Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:59:60Z",
        "2026-02-30T10:00:00Z",
        "2026-11-20T23:50Z",
        "2026-11-20T23:50:00+01",
        "2026-11-20T23:50:00+23:59",
        "1999-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "٢٠٢٦-11-20T10:00:00Z",
        1763682600,
        True,
        "",
    ],
)
def test_an_instant_has_an_offset_and_a_day_on_the_calendar(name: str, value: object) -> None:
    """Naive times, dates alone, other ISO forms, leap seconds, far years and numbers are refused under the field's name."""
    assert name == refused({**PLAIN, name: value}).field


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-20T23:50:00Z", datetime(2026, 11, 20, 23, 50, tzinfo=UTC)),
        ("2026-11-20t23:50:00z", datetime(2026, 11, 20, 23, 50, tzinfo=UTC)),
        ("2026-11-21T00:50:00+01:00", datetime(2026, 11, 20, 23, 50, tzinfo=UTC)),
        ("2024-07-25T08:49:20.973410318Z", datetime(2024, 7, 25, 8, 49, 20, 973410, tzinfo=UTC)),
        ("2026-11-20T23:50:00.1Z", datetime(2026, 11, 20, 23, 50, 0, 100000, tzinfo=UTC)),
    ],
)
def test_an_instant_becomes_utc(value: str, expected: datetime) -> None:
    """Any offset is fine, and digits beyond microseconds are cut."""
    instant = Payment.from_record({**PLAIN, "created_at": value}).created_at

    assert expected == instant
    assert instant is not None
    assert timedelta(0) == instant.utcoffset()


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 20, 23, 50),  # noqa: DTZ001 — naive on purpose
        datetime(2026, 3, 29, 1, 30, tzinfo=LONDON),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=15))),
        datetime(1990, 1, 1, tzinfo=UTC),
        1763682600,
        None,
    ],
)
def test_a_datetime_is_aware_and_exists(value: Any) -> None:
    """Naive, skipped by the clock, with an impossible offset, too far away, no datetime at all: the field is named."""
    with pytest.raises(CallerError) as caught:
        Undo(at=value)

    assert "at" == caught.value.field


def test_both_passes_of_the_doubled_hour_are_told_apart() -> None:
    """01:30 happens twice when clocks go back; `fold` says which."""
    first = Undo(at=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON))
    second = Undo(at=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1))

    assert timedelta(hours=1) == second.at - first.at


@pytest.mark.parametrize(
    ("record", "field", "hint"),
    [
        ({**PLAIN, "amount_capture": 1}, "amount_capture", "did you mean 'amount_captured'?"),
        ({**PLAIN, "Amount_captured": 1}, "Amount_captured", "did you mean"),
        ({**PLAIN, "capture_mode": "Auto"}, "capture_mode", "did you mean 'auto'?"),
        ({**PLAIN, "capture_mode": 3}, "capture_mode", "auto, manual, delayed"),
        ({**PLAIN, "kind": "sales"}, "kind", "did you mean 'sale'?"),
        ({**PLAIN, "undo_pending": "refund"}, "undo_pending", "cancel, reverse"),
        ({**PLAIN, "disputed": "yes"}, "disputed", "neither true nor false"),
        ({**PLAIN, "disputed": 1}, "disputed", "neither true nor false"),
        ({**PLAIN, "provider_allows": "refund"}, "provider_allows", "not a list"),
        ({**PLAIN, "provider_allows": [""]}, "provider_allows", "not text"),
        ({**PLAIN, "payment_id": ""}, "payment_id", "not text"),
        ({**PLAIN, "payment_id": "pi_\ud800"}, "payment_id", "not well formed"),
        ({**PLAIN, "payment_id": 7}, "payment_id", "not text"),
        ({**PLAIN, "timezone": "Europe/London"}, "timezone", "POSIX"),
        ({**PLAIN, "timezone": ""}, "timezone", "not text"),
        ({**PLAIN, "amount_captured": 5, "amount_refunded": 6}, "amount_refunded", "more than amount_captured"),
        (
            {**PLAIN, "amount_captured": 0, "captured_at": "2026-01-01T00:00:00Z"},
            "captured_at",
            "beside amount_captured 0",
        ),
        (
            {**PLAIN, "created_at": "2026-01-02T00:00:00Z", "captured_at": "2026-01-01T00:00:00Z"},
            "captured_at",
            "before created_at",
        ),
        ({"provider": "dojo", "currency": "GBP"}, "status", "needs it"),
        ({**PLAIN, "status": None}, "status", "needs it"),
    ],
)
def test_a_wrong_record_names_the_field(record: dict[str, Any], field: str, hint: str) -> None:
    """The error says which field, and what would be right where that can be guessed."""
    error = refused(record)

    assert field == error.field
    assert hint in str(error)


@pytest.mark.parametrize("record", [None, [], "payment", 3, {1: 2}])
def test_a_record_is_an_object(record: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(CallerError):
        Payment.from_record(record)
    with pytest.raises(CallerError):
        Undo.from_record(record)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "at"),
        ({"at": "2026-01-01T00:00:00Z", "only": "reject"}, "only"),
        ({"at": "2026-01-01T00:00:00Z", "only": 1}, "only"),
        ({"at": "2026-01-01T00:00:00Z", "amount": 1.5}, "amount"),
        ({"at": "2026-01-01T00:00:00Z", "amount": True}, "amount"),
        ({"at": "2026-01-01T00:00:00Z", "amount": 10**20}, "amount"),
        ({"at": "2026-01-01T00:00:00Z", "currency": "GBP"}, "currency"),
    ],
)
def test_a_wrong_wish_names_the_field(wish: dict[str, Any], field: str) -> None:
    """An undo is checked as strictly as a payment."""
    with pytest.raises(CallerError) as caught:
        Undo.from_record(wish)

    assert field == caught.value.field


def test_an_error_prints_no_page() -> None:
    """A huge or bottomless value is shortened."""
    bottomless: list[Any] = []
    for _ in range(10_000):
        bottomless = [bottomless]

    assert len(str(refused({**PLAIN, "status": bottomless}))) < 200
    assert len(str(refused({**PLAIN, "amount_captured": "9" * 10_000}))) < 200


def test_unknown_is_null_and_absent_alike() -> None:
    """A record with nulls is the record without them."""
    absent = Payment.from_record(PLAIN)

    assert absent == Payment.from_record(absent.to_record())
    assert 0 == Payment.from_record({**PLAIN, "amount_refund_pending": None}).amount_refund_pending


def test_records_are_frozen() -> None:
    """Neither a payment nor a decision can be changed."""
    payment = Payment.from_record({**PLAIN, "provider_allows": ["refund"]})
    decision = decide(payment, Undo(at=datetime(2026, 1, 1, tzinfo=UTC)))

    with pytest.raises(AttributeError):
        payment.status = "Created"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        decision.amount = None  # type: ignore[misc]
    with pytest.raises(TypeError):
        decision.facts["status"] = {}  # type: ignore[index]
    assert ("refund",) == payment.provider_allows


def test_a_decision_has_no_truth_value() -> None:
    """`if decision` is an error, not a yes."""
    decision = decide(Payment.from_record(PLAIN), Undo(at=datetime(2026, 1, 1, tzinfo=UTC)))

    with pytest.raises(TypeError):
        bool(decision)


def test_an_unknown_provider_or_edition_names_the_known() -> None:
    """A misspelt provider is answered with the nearest, an edition with all."""
    undo = Undo(at=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(CallerError, match="did you mean 'dojo'"):
        decide(Payment.from_record({**PLAIN, "provider": "dojjo"}), undo)
    with pytest.raises(CallerError, match="2022-02, 2022-05, current"):
        decide(Payment.from_record(PLAIN), undo, edition="2023")


def test_an_event_reads_back() -> None:
    """A report survives the way to a record and back, through JSON."""
    notice = Notice.from_record({"event": "refunded", "amount": 5, "at": "2026-01-01T00:00:00Z", "reference": "r1"})

    assert notice == Notice.from_record(json.loads(json.dumps(notice.to_record())))


def test_a_wait_for_a_capture_is_at_most_ten_years() -> None:
    """As the schema has it: what is longer would end beyond any calendar."""
    schema = json.loads((ROOT / "specs" / "schemas" / "payment.json").read_text())["properties"][
        "capture_delay_hours"
    ]
    fields = {"provider": "adyen", "status": "Authorised", "currency": "EUR", "capture_mode": "delayed"}
    known = fields | {"amount_authorized": 5, "authorized_at": "2100-12-31T00:00:00Z", "payment_id": "psp"}
    payment = Payment.from_record({**known, "capture_delay_hours": HOURS_MAX})

    assert schema["maximum"] == HOURS_MAX
    assert Action.REJECT is not decide(payment, Undo.from_record({"at": "2100-12-31T00:00:00Z"})).action
    for hours in (HOURS_MAX + 1, 10**9, AMOUNT_MAX):
        with pytest.raises(CallerError, match="more than 10 years"):
            Payment.from_record({**known, "capture_delay_hours": hours})
