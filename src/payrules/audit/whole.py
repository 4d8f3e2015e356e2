"""The findings of a whole history: each row judged by the edition of its day, or said why no edition can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from payrules.audit import local_days
from payrules.audit.findings import Finding, not_judged
from payrules.audit.judges import Judge, in_one_statement, judge
from payrules.audit.several import JOINED, note
from payrules.audit.spans import Span
from payrules.audit.sql import both, literal
from payrules.table import Provider


class Way(Protocol):
    """How an engine comes to the findings of the rows of a relation."""

    def __call__(self, told: Judge, relation: str, zones: str | None, /) -> str:
        """The SQL of the findings."""


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
