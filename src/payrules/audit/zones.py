"""The offsets of zones that rows have of their own, year by year, as a table to join.

SQL engines know zones by their IANA names, and a row may carry a POSIX rule. The core evaluates each rule that
occurs, once a year, and the engines add minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from attrs import frozen

from payrules.calendar import day_start, next_day, wall_clock, zone, zone_problem
from payrules.records import YEAR_MAX, YEAR_MIN
from payrules.when import CutOff, spell

_NEAR = [timedelta(hours=hours, microseconds=micro) for hours in (-1, 0, 1) for micro in (-1, 0)]

_CALENDARS = 28
"""After so many years every calendar there is, by its first weekday and its length, has come up."""


@frozen
class Year:
    """A zone's offsets to UTC in a year of UTC, in minutes, and the two instants (UTC, naive) at which they turn."""

    rule: str
    year: int
    turn_1: datetime
    turn_2: datetime
    minutes_0: int
    minutes_1: int
    minutes_2: int


def years(rule: str, first: int = YEAR_MIN - 1, last: int = YEAR_MAX + 1) -> list[Year]:
    """The offsets of a zone in each of some years."""
    return [_year(rule, year) for year in range(first, last + 1)]


@lru_cache(maxsize=4096)
def _year(rule: str, year: int) -> Year:
    start = datetime(year, 1, 1, tzinfo=UTC)
    first, second = _turns(rule, year) or (start, start)
    offsets = [_minutes(rule, moment) for moment in (start, first, second)]
    return Year(rule, year, first.replace(tzinfo=None), second.replace(tzinfo=None), *offsets)


def _turns(rule: str, year: int) -> list[datetime]:
    """The instants at which clocks change; none where they never do."""
    transitions = zone(rule).transitions(year)
    if transitions is None:
        return []
    standard = zone(rule).utcoffset(transitions[1].replace(fold=1)) or timedelta(0)  # what both are told in
    return sorted((moment - standard).replace(tzinfo=UTC) for moment in transitions)


def _minutes(rule: str, moment: datetime) -> int:
    offset = moment.astimezone(zone(rule)).utcoffset() or timedelta(0)
    return int(offset / timedelta(minutes=1))


def problem_of_any(rule: str, cut_offs: Iterable[CutOff]) -> str | None:
    """What keeps rows with this rule from being judged by days, or by one of these cut-offs, or None."""
    return next((why for until in (None, *cut_offs) if (why := problem(rule, until))), None)


@lru_cache(maxsize=1024)
def problem(rule: str, until: CutOff | None = None) -> str | None:
    """What keeps rows with this rule from being judged by calendar days, or by days that a cut-off ends, or None.

    A day is told by adding an offset. Where clocks go back over midnight a day comes twice, and the core's answer is
    another: such a rule is refused rather than answered wrongly. So is one whose clocks skip the cut-off.
    """
    if shape := zone_problem(rule):
        return shape
    clock = timedelta(hours=until.hour, minutes=until.minute) if until else timedelta(0)
    for year in range(YEAR_MIN, YEAR_MIN + _CALENDARS):
        for turn in (*_turns(rule, year), datetime(year, 1, 1, tzinfo=UTC)):
            for moment in _telling(rule, turn, clock):
                if not _agrees(rule, moment, clock, until):
                    return f"{rule!r} has days that clocks {'show twice' if until is None else 'end twice or never'}"
    return None


def _telling(rule: str, turn: datetime, clock: timedelta) -> Iterator[datetime]:
    """Instants about a change of the clocks at which a day may end, by the offset of before and of after."""
    yield from (turn + near for near in _NEAR)
    for moment in (turn - timedelta(days=1), turn + timedelta(days=1)):
        shift = clock - timedelta(minutes=_minutes(rule, moment))
        for days in (-1, 0, 1):
            midnight = datetime(turn.year, turn.month, turn.day, tzinfo=UTC) + timedelta(days=days)
            yield from (midnight + shift + near for near in (-timedelta(microseconds=1), timedelta(0)))


def _agrees(rule: str, moment: datetime, clock: timedelta, until: CutOff | None) -> bool:
    """Whether adding the offset of a year gives the day of the core, and the moment lies within that day."""
    told, naive = _year(rule, moment.year), moment.replace(tzinfo=None)
    minutes = told.minutes_0 if naive < told.turn_1 else told.minutes_1 if naive < told.turn_2 else told.minutes_2
    day = (naive + timedelta(minutes=minutes) - clock).date()
    begins, ends = spell(moment, rule, until)
    end = wall_clock(next_day(day), until.hour, until.minute, rule) if until else day_start(next_day(day), rule)
    return ends == end and begins <= moment < ends
