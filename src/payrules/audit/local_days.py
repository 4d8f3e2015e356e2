"""The local days of instants, as columns of a row: what windows of calendar days compare.

An engine that asks its calendar for every row is slow, and knows no POSIX rule. Between two changes of the clocks an
addition says the same, so the offsets of the table's zone stand in the SQL for the years in which rows lie, and those
of a row's own zone are joined. A day may begin at the time of a cut-off rather than at midnight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from payrules import when
from payrules.audit import zones
from payrules.audit.sql import Columns, case, literal

Years = tuple[int, int]
"""The first and the last year in which most instants lie."""

_ASKED = ("asked_at",)


def column(names: tuple[str, ...], window: when.Window) -> str:
    """The name of the column with the day of the first known of some instants, as a window counts days."""
    zone = re.sub(r"\W+", "_", window.zone.name.lower()) if window.zone else "own_zone"
    return f"day_of_{'_or_'.join(names)}_in_{zone}{_since(window.until_from or _begins(window))}"


def asked(window: when.Window) -> str:
    """The name of the column with the day on which an undo was asked for."""
    return column(_ASKED, window)


def columns(windows: Sequence[when.Window], *, own_zones: bool, years: Years | None) -> Columns:
    """The days that windows compare; with `own_zones`, in a row's own zone where it has one."""
    told = {}
    for window in windows:
        for names in (window.of, _ASKED):
            day = _day(instant(names), window, years)
            told[column(names, window)] = f"COALESCE({_own_day(names, _begins(window))}, {day})" if own_zones else day
    return told


def joins(windows: Sequence[when.Window], offsets: str) -> str:
    """The joins of a relation of `zones.Year` that `columns` asks for with `own_zones`."""
    return "".join(
        f" LEFT JOIN {offsets} AS {_alias(names)} ON {_alias(names)}.rule = timezone"
        f" AND {_alias(names)}.year = EXTRACT(YEAR FROM {instant(names)})"
        for names in dict.fromkeys(names for window in windows for names in (window.of, _ASKED))
    )


def cut_offs(windows: Iterable[when.Window]) -> list[when.CutOff]:
    """The times of day at which windows end."""
    return list(dict.fromkeys(item.until for item in windows if item.until is not None))


def instant(names: Sequence[str]) -> str:
    """The first of some instants that is known."""
    return names[0] if len(names) == 1 else f"COALESCE({', '.join(names)})"


def _begins(window: when.Window) -> int | str:
    """How many minutes after midnight the days of a window begin; as SQL where a field holds the time of day."""
    if clock := window.until_from:
        return f"(60 * CAST(SUBSTR({clock}, 1, 2) AS INT) + CAST(SUBSTR({clock}, 4, 2) AS INT))"
    return 60 * window.until.hour + window.until.minute if window.until else 0


def _since(begins: int | str) -> str:
    return f"_from_{begins}" if begins else ""


def _day(moment: str, window: when.Window, years: Years | None) -> str:
    """The day of an instant in the table's zone: by the engine's zones, and in some years by their offsets."""
    begins = _begins(window)
    if window.zone is None or isinstance(begins, str):
        return "CAST(NULL AS DATE)"  # only rows with a zone of their own have one
    by_name = f"payrules_local_date({moment}, {literal(window.zone.name)})"
    if begins:
        by_name = f"payrules_local_date_from({moment}, {literal(window.zone.name)}, {begins})"
    if years is None:
        return by_name
    told: list[tuple[str, object]] = [(f"{moment} < {_written(_new_year(years[0]))}", by_name)]
    for year in zones.years(window.zone.rule, *years):
        end = _new_year(year.year + 1)
        turns = ((year.turn_1, year.minutes_0), (year.turn_2, year.minutes_1), (end, year.minutes_2))
        told += [(f"{moment} < {_written(turn)}", _by_offset(moment, minutes - begins)) for turn, minutes in turns]
    return case(*told, otherwise=by_name)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _by_offset(moment: str, minutes: int) -> str:
    return f"CAST({f'payrules_add_minutes({moment}, {minutes})' if minutes else moment} AS DATE)"


def _written(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def _alias(names: Sequence[str]) -> str:
    """The name under which the offsets of a row's own zone in the year of an instant are joined."""
    return "in_zone_of_" + "_or_".join(names)


def _own_day(names: Sequence[str], begins: int | str) -> str:
    """The day of an instant in a row's own zone; null where it has none."""
    moment, turns = instant(names), _alias(names)
    offset = case(
        (f"{moment} < {turns}.turn_1", f"{turns}.minutes_0"),
        (f"{moment} < {turns}.turn_2", f"{turns}.minutes_1"),
        otherwise=f"{turns}.minutes_2",
    )
    return f"CAST(payrules_add_minutes({moment}, {offset}{f' - {begins}' if begins else ''}) AS DATE)"
