"""Calendar days in a zone; `test_time` compares them with the zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payrules.calendar import day_start, local_day, next_day, wall_clock, zone, zone_problem
from payrules.providers.dojo.claims import LONDON


@pytest.mark.parametrize(
    "text",
    [
        "Europe/London",
        "bogus",
        "",
        "UTC",
        "GMT0BST",
        "<+03>-3",
        "EST25",
        "GMT0BST,M3.5.0/1",
        "GMT0BST,M13.5.0,M10.5.0",
        "GMT0\n",
    ],
)
def test_a_zone_is_a_whole_posix_rule(text: str) -> None:
    """Names, rules without both changes, and what dateutil would take for offset 0 are refused."""
    assert zone_problem(text) is not None


@pytest.mark.parametrize(
    ("rule", "hours"), [("UTC0", 0), ("GMT+3", -3), ("UTC-3", 3), ("IST-5:30", 5.5), ("EST5EDT,M3.2.0,M11.1.0", -5)]
)
def test_an_offset_counts_westwards(rule: str, hours: float) -> None:
    """As POSIX has it, also after GMT and UTC."""
    assert zone_problem(rule) is None
    assert timedelta(hours=hours) == datetime(2026, 1, 15, tzinfo=zone(rule)).utcoffset()


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24), (date(2024, 2, 29), 24)],
)
def test_a_day_has_the_hours_that_clocks_give_it(day: date, hours: int) -> None:
    """The days on which clocks change in London have 23 and 25."""
    assert timedelta(hours=hours) == day_start(next_day(day), LONDON.rule) - day_start(day, LONDON.rule)


def test_a_day_without_midnight_begins_when_clocks_resume() -> None:
    """Where clocks skip midnight the day begins at one."""
    santiago = "CLT4CLST,M9.1.0/0,M4.1.0/0"

    assert datetime(2026, 9, 6, 4, 0, tzinfo=UTC) == day_start(date(2026, 9, 6), santiago)


def test_a_skipped_time_of_day_comes_when_clocks_resume() -> None:
    """A cut-off at 01:30 on the day when London skips that hour comes at 02:30."""
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) == wall_clock(date(2026, 3, 29), 1, 30, LONDON.rule)


@given(st.datetimes(datetime(2015, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — bounds are naive by contract
def test_an_instant_lies_within_its_local_day(moment: datetime) -> None:
    """The day that an instant belongs to has begun, and the next has not."""
    day = local_day(moment, LONDON.rule)

    assert day_start(day, LONDON.rule) <= moment < day_start(next_day(day), LONDON.rule)
