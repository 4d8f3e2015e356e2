"""The findings of a whole history: each row judged by the edition of its day, or said why no edition can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from payrules.audit import local_days
from payrules.audit.findings import Finding, not_judged
from payrules.audit.judges import Judge, in_one_statement, judge
from payrules.audit.several import JOINED, note
from payrules.audit.spans import Span, spans
from payrules.audit.sql import both, literal
from payrules.table import Provider


class Way(Protocol):
    """How an engine comes to the findings of the rows of a relation."""

    def __call__(self, told: Judge, relation: str, zones: str | None, /) -> str:
        """The SQL of the findings."""


_YEARS_MAX = 12
"""In how many years at most calendar days are told by the offsets of their zone, which then stand in the SQL."""


def occurring(history: str) -> str:
    """The providers of a history, the first and the last moment that can be judged, and whether a row is unread."""
    moment = "CASE WHEN error IS NULL THEN asked_at END"
    told = f"provider, MIN({moment}) AS first_at, MAX({moment}) AS last_at, COUNT(error) > 0 AS unread"
    return f"SELECT {told} FROM {history} GROUP BY provider ORDER BY provider"


Occurs = tuple[str | None, datetime | None, datetime | None, bool]


@frozen
class Extent:
    """What a history holds: its providers, each with the editions of days that occur; the years; an unread row."""

    judges: tuple[tuple[Provider, tuple[Span, ...]], ...]
    years: local_days.Years | None
    unread: bool

    @classmethod
    def of(cls, rows: Iterable[Occurs], tables: Mapping[str, Provider], edition: str | None) -> Extent:
        """By the rows that `occurring` gives; `edition` judges every day."""
        found = list(rows)
        judges = [
            (tables[name], tuple(span for span in spans(tables[name], edition) if span.touches(first, last)))
            for name, first, last, _ in found
            if name is not None and first is not None and last is not None
        ]
        moments = [moment for row in found for moment in row[1:3] if moment is not None]
        years = (min(moments).year - 1, max(moments).year) if moments else None
        few = years is not None and years[1] - years[0] < _YEARS_MAX
        return cls(tuple(judges), years if few else None, any(row[3] for row in found))


MIXED = f"COALESCE(found_over_rows, '') = {literal(Finding.UNREADABLE)}"


def all_findings(
    history: str, judges: Iterable[tuple[Provider, Sequence[Span]]], *, over: str, zones: str | None = None
) -> str:
    """The findings of every row of a history, as one statement; see `parts`."""
    return " UNION ALL ".join(parts(history, tuple(judges), over=over, zones=zones))


def parts(
    history: str,
    judges: Sequence[tuple[Provider, Sequence[Span]]],
    *,
    over: str,
    zones: str | None = None,
    unread: bool = True,
    mixed: bool = True,
    years: local_days.Years | None = None,
    way: Way = in_one_statement,
) -> Iterator[str]:
    """The findings of a history, each row in one of these statements.

    `judges` are the providers that occur, each with the days that do; `over` is the relation of rows whose finding
    takes several. `unread` and `mixed`: whether there may be rows with an error, and payments in several currencies.
    `years`: see `local_days`.
    """
    rows = (
        f"(SELECT history.*, {', '.join(JOINED)} FROM {history} AS history"
        f" LEFT JOIN {over} AS over_it"
        " ON over_it.source = history.source AND over_it.row_number = history.row_number)"
    )
    if unread or not judges:
        bad = f"(SELECT * FROM {history} WHERE error IS NOT NULL) AS unread"
        yield not_judged(bad, Finding.UNREADABLE, "error")
    if mixed:
        bad = f"(SELECT * FROM {rows} AS rows_ WHERE error IS NULL AND {MIXED}) AS mixed"
        yield not_judged(bad, Finding.UNREADABLE, note())
    for provider, told in judges:
        for span in told:
            mine = [f"provider = {literal(provider.name)}"] if len(judges) > 1 else []
            mine += [span.holds("asked_at")] if len(told) > 1 else []
            mine += ["error IS NULL"] if unread else []
            mine += [f"NOT ({MIXED})"] if mixed else []
            relation = f"(SELECT * FROM {rows} AS rows_ WHERE {both(*mine)})"
            if span.edition is None:
                why = literal(f"no edition of {provider.name} is known for that day; --edition names one")
                yield not_judged(f"{relation} AS undated", Finding.UNKNOWN, why)
            else:
                told_by = judge(provider, span.edition, own_zones=zones is not None, years=years)
                yield f"SELECT * FROM ({way(told_by, relation, zones)}) AS judged"
