"""Time, compared with the zone database from 2015 to 2037: tests may read files, the core may not.

The quick form looks at an hour of every week, and at every quarter of an hour around a change of clocks; the long one
at every hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from dateutil.tz import gettz

from payrules import CallerError, Payment, Undo, decide, providers
from payrules.calendar import day_start, local_day, next_day, wall_clock, zone
from payrules.facts import Facts
from payrules.records import in_utc, instant
from payrules.when import Duration, Window, Zone
from payrules.words import Action
from tests.strategies import ZONES

FIRST, LAST = date(2015, 1, 1), date(2037, 12, 31)
HOUR, DAY, QUARTER, MICROSECOND = (
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(minutes=15),
    timedelta(microseconds=1),
)

NAMES = {
    "GMT0BST,M3.5.0/1,M10.5.0/2": "Europe/London",
    "EST5EDT,M3.2.0,M11.1.0": "America/New_York",
    "IST-5:30": "Asia/Kolkata",
    "NST3:30NDT,M3.2.0,M11.1.0": "America/St_Johns",
    # A caller may name any zone: summers of half an hour, around the turn of the year, and a midnight that comes twice.
    "LHST-10:30LHDT-11,M10.1.0,M4.1.0": "Australia/Lord_Howe",
    "NZST-12NZDT,M9.5.0,M4.1.0/3": "Pacific/Auckland",
    "CST5CDT,M3.2.0/0,M11.1.0/1": "America/Havana",
}
"""The zones that are compared, each with its name in the database."""


def shipped() -> set[tuple[str, str]]:
    """The rule and the name of every zone in a shipped table."""
    found: set[tuple[str, str]] = set()

    def look(value: Any) -> None:
        if isinstance(value, Zone):
            found.add((value.rule, value.name))
        elif isinstance(value, tuple):
            for item in value:
                look(item)
        elif attrs.has(type(value)):
            for field in attrs.fields(type(value)):
                look(getattr(value, field.name))

    for name in providers.NAMES:
        look(providers.find(name))
    return found


def test_every_zone_is_compared() -> None:
    """Those of the shipped tables under their own names, and those that the property tests draw."""
    assert shipped() <= set(NAMES.items())
    assert {rule for rule in ZONES if rule is not None} <= set(NAMES)


def days() -> list[date]:
    return [FIRST + DAY * number for number in range((LAST - FIRST).days + 1)]


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """The hours, in UTC, at whose end clocks have changed in a zone, by the database."""
    noons = [datetime.combine(day, time(12), UTC) for day in days()]
    found = []
    for start, end in pairwise(noons):
        if start.astimezone(ZoneInfo(name)).utcoffset() != end.astimezone(ZoneInfo(name)).utcoffset():
            hours = [start + HOUR * number for number in range(25)]
            before = start.astimezone(ZoneInfo(name)).utcoffset()
            found += [next(hour for hour in hours if hour.astimezone(ZoneInfo(name)).utcoffset() != before)]
    return tuple(found)


def change_days(name: str) -> set[date]:
    """The local days on which they change."""
    return {(moment - HOUR).astimezone(ZoneInfo(name)).date() for moment in changes(name)}


def moments(name: str, quick: bool) -> Iterator[datetime]:
    """The instants at which a zone is compared."""
    start = datetime.combine(FIRST, time(0), UTC)
    hours = 24 * len(days())
    yield from (start + HOUR * number for number in range(0, hours, 169 if quick else 1))
    yield from (change + QUARTER * number for change in changes(name) for number in range(-16, 16))


def compare_offsets(rule: str, name: str, quick: bool) -> int:
    """How many instants have the wall clock, and the calendar day, that the database gives them."""
    ours, theirs, count = zone(rule), ZoneInfo(name), 0
    for moment in moments(name, quick):
        wanted = moment.astimezone(theirs)
        assert wanted.replace(tzinfo=None) == moment.astimezone(ours).replace(tzinfo=None), moment
        assert wanted.date() == local_day(moment, rule), moment
        count += 1
    return count


def first_instant(day: date, name: str) -> datetime:
    """When a day begins by the database: the first quarter of an hour that has its date."""
    moment = datetime.combine(day, time(0), ZoneInfo(name)).astimezone(UTC) - 8 * QUARTER
    while moment.astimezone(ZoneInfo(name)).date() != day:
        moment += QUARTER
    return moment


def compare_days(rule: str, name: str, quick: bool) -> int:
    """How many days begin when the database says, and how many cut-offs come when its clocks show them."""
    chosen, telling = edges(name) if quick else days(), change_days(name)
    for day in chosen:
        assert first_instant(day, name) == day_start(day, rule), day
        for hour in (1, 2, 3, 23):
            shown = wall_clock(day, hour, 30, rule).astimezone(ZoneInfo(name))
            skipped = shown.replace(tzinfo=None) != datetime.combine(day, time(hour, 30))
            assert not skipped or day in telling, (day, hour)
            assert shown.fold == 0, (day, hour)
    return len(chosen)


def edges(name: str) -> list[date]:
    """The days around a change of clocks, a leap day and the end of a year."""
    telling = list(change_days(name))
    telling += [date(year, 12, 31) for year in range(FIRST.year, LAST.year)]
    telling += [date(year, 2, 28) for year in range(FIRST.year, LAST.year + 1)]
    return sorted({day + DAY * step for day in telling for step in (-1, 0, 1)})


@pytest.mark.parametrize("quick", [True, pytest.param(False, marks=pytest.mark.long)], ids=["quick", "hour by hour"])
@pytest.mark.parametrize("rule", NAMES)
class TestAZone:
    """A POSIX rule says what the zone database says."""

    def test_has_the_clocks_of_the_database(self, rule: str, quick: bool) -> None:
        """From 2015 to 2037."""
        assert 1_000 < compare_offsets(rule, NAMES[rule], quick)

    def test_has_the_days_of_the_database(self, rule: str, quick: bool) -> None:
        """A day begins with its first instant, and a time of day comes when clocks first show or skip it."""
        assert 100 < compare_days(rule, NAMES[rule], quick)

    def test_ends_a_window_of_a_day(self, rule: str, quick: bool) -> None:
        """A reversal is permitted until the last microsecond of the payment's day, and `good_until` is its end."""
        assert 40 < compare_decisions(rule, NAMES[rule], edges(NAMES[rule])[:: 40 if quick else 1])


def compare_decisions(rule: str, name: str, chosen: Iterable[date]) -> int:
    """How many payments are reversed on the day of the payment alone, by the database's calendar."""
    count = 0
    for day in chosen:
        begins, ends = first_instant(day, name), first_instant(next_day(day), name)
        for paid_at in (begins, begins + (ends - begins) / 2, ends - MICROSECOND):
            payment = sale(paid_at, rule)
            for at in (paid_at, ends - MICROSECOND, ends, ends + HOUR):
                told = decide(payment, Undo(at=at))
                today = paid_at.astimezone(ZoneInfo(name)).date() == at.astimezone(ZoneInfo(name)).date()
                assert (Action.REVERSE if today else Action.REFUND) is told.action, (paid_at, at)
                assert (ends if today else None) == told.good_until, (paid_at, at)
                count += 1
    return count


def sale(paid_at: datetime, rule: str | None = None) -> Payment:
    return Payment(
        provider="dojo",
        payment_id="pi_1",
        status="Captured",
        capture_mode="auto",  # type: ignore[arg-type]
        currency="GBP",
        amount_authorized=1000,
        amount_refunded=0,
        authorized_at=paid_at,
        timezone=rule,
    )


@pytest.mark.parametrize("rule", [rule for rule in NAMES if "," in rule])
def test_the_hours_that_come_twice_and_never(rule: str) -> None:
    """An aware time in a doubled hour is the pass that its `fold` names; one that clocks skip is the caller's mistake:
    with the database's zones, and with dateutil's."""
    name = NAMES[rule]
    for zoned in (ZoneInfo(name), gettz(name)):
        twice = never = 0
        for change in changes(name):
            for number in range(-12, 12):
                local = change.astimezone(ZoneInfo(name)).replace(tzinfo=None) + QUARTER * number
                passes = {_utc(local, ZoneInfo(name), fold) for fold in (0, 1)}
                shows = [moment.astimezone(ZoneInfo(name)).replace(tzinfo=None) == local for moment in sorted(passes)]
                if not any(shows):
                    never += 1
                    with pytest.raises(CallerError, match="clocks skipped it"):
                        in_utc(local.replace(tzinfo=zoned), "at")
                else:
                    twice += len(passes) - 1
                    told = {in_utc(local.replace(tzinfo=zoned, fold=fold), "at") for fold in (0, 1)}
                    assert passes == told, local
        assert twice == never > 40


def _utc(local: datetime, zoned: ZoneInfo, fold: int) -> datetime:
    return local.replace(tzinfo=zoned, fold=fold).astimezone(UTC)


OFFSETS = [timedelta(minutes=minutes) for minutes in range(-16 * 60, 16 * 60 + 1, 15)]


def written(moment: datetime, offset: timedelta) -> str:
    local = (moment + offset).replace(tzinfo=None).isoformat()
    minutes = int(abs(offset) / timedelta(minutes=1))
    return f"{local}{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize(
    "at", ["2024-02-29T12:00:00", "2026-12-31T23:59:59.999999", "2026-10-25T01:30:00", "2027-01-01T00:00:00"]
)
def test_an_instant_is_the_same_with_any_offset(at: str) -> None:
    """From twelve hours behind to fourteen ahead, as text and as a `datetime`; further away is no place on earth."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    for offset in OFFSETS:
        text, value = written(moment, offset), moment.astimezone(timezone(offset))
        if timedelta(hours=-12) <= offset <= timedelta(hours=14):
            assert moment == instant(text, "at") == in_utc(value, "at")
            assert UTC == instant(text, "at").tzinfo == in_utc(value, "at").tzinfo
        else:
            for read, given in ((instant, text), (in_utc, value)):
                with pytest.raises(CallerError, match="no place"):
                    read(given, "at")


def test_an_answer_does_not_depend_on_the_offset() -> None:
    """The same payment and question, written in any offset, are answered the same."""
    paid, asked = datetime(2026, 7, 10, 22, 30, tzinfo=UTC), datetime(2026, 7, 10, 22, 59, tzinfo=UTC)
    records = [
        decide(sale(paid.astimezone(timezone(offset))), Undo(at=asked.astimezone(timezone(offset)))).to_record()
        for offset in OFFSETS
        if timedelta(hours=-12) <= offset <= timedelta(hours=14)
    ]

    assert all(records[0] == record for record in records)
    assert ("reverse", "2026-07-10T23:00:00Z") == (records[0]["action"], records[0]["good_until"])


def clamped(day: date, months: int) -> date:
    """The same day some months on, or the last one that the month has: counted by hand."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return date(year, month + 1, min(day.day, lengths[month]))


def test_months_are_the_calendars() -> None:
    """From every day of eight years, leap days and month ends among them, 1 to 24 months on."""
    facts = Facts(sale(datetime(2026, 1, 1, tzinfo=UTC)), Undo(at=datetime(2026, 1, 1, tzinfo=UTC)), {}, {})
    for number in range(8 * 366):
        moment = datetime(2019, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) + DAY * number
        for months in (1, 6, 12, 13, 24):
            wanted = datetime.combine(clamped(moment.date(), months), moment.time(), UTC)
            assert wanted == Duration(months=months).after(moment, facts), (moment, months)


@pytest.mark.parametrize(
    ("paid_at", "window", "ends"),
    [
        ("2024-02-29T12:00:00", Duration(months=12), "2025-02-28T12:00:00"),
        ("2023-02-28T12:00:00", Duration(months=12), "2024-02-28T12:00:00"),
        ("2025-08-31T00:00:00", Duration(months=6), "2026-02-28T00:00:00"),
        ("2026-12-31T23:59:59.999999", Duration(days=1), "2027-01-01T23:59:59.999999"),
        ("2026-03-28T12:00:00", Duration(days=7), "2026-04-04T12:00:00"),  # clocks change within: days are 24 hours
        ("2024-02-28T12:00:00", Duration(days=2), "2024-03-01T12:00:00"),
    ],
)
def test_a_window_ends_to_the_microsecond(paid_at: str, window: Duration, ends: str) -> None:
    """It holds just before its end and no longer at it, over leap days, ends of years and changes of clocks."""
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (paid_at, ends))
    condition = Window(("authorized_at",), "claim", lasts=window)
    payment = sale(start)

    assert condition.test(Facts(payment, Undo(at=end - MICROSECOND), {}, {}), Action.REFUND) is None
    assert condition.test(Facts(payment, Undo(at=end), {}, {}), Action.REFUND) is not None


def figures(quick: bool) -> dict[str, int]:
    """What is compared with the zone database."""
    return {
        "zones": len(NAMES),
        "instants": sum(compare_offsets(rule, name, quick) for rule, name in NAMES.items()),
        "days": sum(compare_days(rule, name, quick) for rule, name in NAMES.items()),
        "decisions": sum(
            compare_decisions(rule, name, edges(name)[:: 40 if quick else 1]) for rule, name in NAMES.items()
        ),
    }
