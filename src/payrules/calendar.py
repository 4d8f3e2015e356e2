"""Calendar days in a zone, without opening a file.

A zone is a POSIX rule such as `GMT0BST,M3.5.0/1,M10.5.0/2`; `dateutil.tz.tzstr` takes almost any text for a zone of
offset 0, so the shape is tested first. A rule says what holds today, not history: enough for windows of days and
months.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from dateutil.tz import resolve_imaginary, tzstr

_NAME = r"[A-Za-z]{3,10}"
_OFFSET = r"[+-]?(?:0?\d|1[0-4])(?::[0-5]\d)?"
_CHANGE = r"M(?:1[0-2]|[1-9])\.[1-5]\.[0-6](?:/\d{1,2})?"
_RULE = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}(?:{_OFFSET})?,{_CHANGE},{_CHANGE})?", re.ASCII)


def zone_problem(rule: str) -> str | None:
    """What keeps a text from being a zone, or None.

    >>> zone_problem("Europe/London")
    "'Europe/London' is not a POSIX zone rule such as GMT0BST,M3.5.0/1,M10.5.0/2"
    """
    if _RULE.fullmatch(rule):
        return None
    return f"{rule!r} is not a POSIX zone rule such as GMT0BST,M3.5.0/1,M10.5.0/2"


class PosixZone(tzstr):
    """A zone that works out once a year when its clocks change, and not whenever it is asked for an offset."""

    def __init__(self, rule: str, posix_offset: bool) -> None:
        super().__init__(rule, posix_offset=posix_offset)
        self._of_year: dict[int, tuple[datetime, datetime]] = {}

    def transitions(self, year: int) -> tuple[datetime, datetime]:
        """When daylight time begins and ends, in the local standard time; None where it never does."""
        if year not in self._of_year:
            self._of_year[year] = super().transitions(year)
        return self._of_year[year]


@lru_cache(maxsize=64)
def zone(rule: str) -> PosixZone:
    """The zone of a rule, built once; an offset counts westwards, also after GMT and UTC, as POSIX has it."""
    return PosixZone(rule, posix_offset=True)


def local_day(moment: datetime, rule: str) -> date:
    """The calendar day of an instant in a zone.

    >>> local_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "GMT0BST,M3.5.0/1,M10.5.0/2")
    datetime.date(2026, 7, 2)
    """
    return moment.astimezone(zone(rule)).date()


@lru_cache(maxsize=1024)
def wall_clock(day: date, hour: int, minute: int, rule: str) -> datetime:
    """The first instant, in UTC, at which clocks in a zone show this time on this day, or skip it."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(rule))
    return resolve_imaginary(local).astimezone(UTC)


def day_start(day: date, rule: str) -> datetime:
    """The instant, in UTC, at which a calendar day begins in a zone."""
    return wall_clock(day, 0, 0, rule)


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)
