"""Where an instant lies in the local day of another, remembered, since a zone is slow to ask.

A day of a zone may begin at any minute of the UTC clock, and twice where clocks go back over midnight. So what is
remembered is exact: each day of the UTC clock is cut at every instant at which the answer may turn, and `Window`
says of each piece what is so there. Far from a change of clocks its days differ by 24 hours, and are shifted copies.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from payrules.calendar import zone
from payrules.when import CutOff, spell

Piece = tuple[datetime, datetime, datetime]
"""Up to when it holds; the start and the end of the local day that contains every instant in it."""

DAYS_MAX = 4096
"""How many days of a zone are remembered, about eleven years; then all are forgotten."""

_NOTHING = timedelta(0)
_DAY = timedelta(days=1)
_MARGIN = 2
"""Days: more than a local day reaches beyond the UTC day it overlaps, whatever the offset."""


@lru_cache(maxsize=128)
def place(rule: str, until: CutOff | None = None) -> Callable[[datetime, datetime], int]:
    """A function of two instants in UTC: -1 if the second lies before the local day of the first, 1 after it, else 0.

    `until` turns the day into the stretch from the first instant to the next such time of day. The zones of payments
    come from callers, so only the last 128 pairs are remembered.
    """
    known: dict[int, tuple[Piece, ...]] = {}
    changes = _Changes(rule, until)

    def placed(moment: datetime, at: datetime) -> int:
        day = moment.toordinal()
        pieces = known.get(day)
        if pieces is None:
            if len(known) >= DAYS_MAX:
                known.clear()
            pieces = known[day] = changes.pieces(day)
        number = 0
        while moment >= pieces[number][0]:
            number += 1
        _, start, end = pieces[number]
        if at >= end:
            return 1
        return -1 if at < (start if until is None else moment) else 0

    return placed


class _Changes:
    """When the clocks of a zone change, and what that means for its days, which go by their ordinal."""

    def __init__(self, rule: str, until: CutOff | None) -> None:
        self.rule = rule
        self.until = until
        noon = datetime(2000, 1, 1, 12, tzinfo=zone(rule))
        self._standard = (noon.utcoffset() or _NOTHING) - (noon.dst() or _NOTHING)
        self._around: dict[int, list[int]] = {}
        self._quiet: dict[tuple[int, int], tuple[int, tuple[Piece, ...]]] = {}

    def pieces(self, day: int) -> tuple[Piece, ...]:
        """A day of the UTC clock, cut where the local day or its bounds may turn."""
        year = date.fromordinal(day).year
        changes = self._around.get(year)
        if changes is None:
            near = (change.toordinal() for some in (year - 1, year, year + 1) for change in self.of_year(some))
            changes = self._around[year] = sorted(near)
        number = bisect(changes, day)
        if any(abs(change - day) <= _MARGIN for change in changes[max(0, number - 1) : number + 1]):
            return self._cut(day)
        model = self._quiet.get((year, number))
        if model is None:
            model = self._quiet[year, number] = day, self._cut(day)
        shift = timedelta(days=day - model[0])
        return tuple((limit + shift, start + shift, end + shift) for limit, start, end in model[1])

    def of_year(self, year: int) -> list[datetime]:
        """The instants of a year of the UTC clock at which clocks change."""
        on_and_off = zone(self.rule).transitions(year) or ()
        return [(local - self._standard).replace(tzinfo=UTC) for local in on_and_off]

    def _cut(self, day: int) -> tuple[Piece, ...]:
        begins, ends = (datetime.fromordinal(ordinal).replace(tzinfo=UTC) for ordinal in (day, day + 1))
        clock = timedelta(hours=self.until.hour, minutes=self.until.minute) if self.until else _NOTHING
        changes = self.of_year(begins.year)
        turns = {begins, *changes}
        for offset in {turn.astimezone(zone(self.rule)).utcoffset() or _NOTHING for turn in (begins, *changes)}:
            turns |= {begins + (shown - offset) % _DAY for shown in (_NOTHING, clock)}
        parts = sorted(turn for turn in turns if begins <= turn < ends)
        spells = (spell(part, self.rule, self.until) for part in parts)
        return tuple((limit, *bounds) for limit, bounds in zip([*parts[1:], ends], spells, strict=True))
