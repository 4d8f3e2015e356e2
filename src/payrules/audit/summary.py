"""How many rows of a history have which finding, and the money involved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
from attrs import frozen

from payrules.audit.findings import Finding


@frozen
class Count:
    """How many rows of a history have a finding, with the money involved, in minor units."""

    finding: Finding
    provider: str | None
    reason: str | None
    currency: str | None
    month: date | None
    rows: int
    money: int


@frozen
class Summary:
    """What an audit found: counts that add up to the rows read."""

    rows: int
    counts: tuple[Count, ...]

    def of(self, finding: Finding) -> int:
        """The number of rows with a finding."""
        return sum(count.rows for count in self.counts if count.finding is finding)

    def by_finding(self) -> Iterator[tuple[Finding, int, dict[str, int]]]:
        """Each finding that there is, with its rows, and the money involved by currency in minor units."""
        for finding in Finding:
            money: dict[str, int] = {}
            for count in self.counts:
                if count.finding is finding and count.currency is not None:
                    money[count.currency] = money.get(count.currency, 0) + count.money
            if rows := self.of(finding):
                yield finding, rows, money

    @property
    def mistakes(self) -> int:
        """The number of rows that do not agree."""
        return self.rows - self.of(Finding.AGREES)


def summarised(relation: str, connection: duckdb.DuckDBPyConnection | None = None) -> Summary:
    """The summary of findings, which are a relation of DuckDB's."""
    rows = (connection or duckdb.connect()).execute(
        "SELECT * REPLACE (CAST(finding AS VARCHAR) AS finding, CAST(provider AS VARCHAR) AS provider,"
        " CAST(reason AS VARCHAR) AS reason, CAST(currency AS VARCHAR) AS currency)"
        " FROM (SELECT finding, provider, reason, currency,"
        " CAST(date_trunc('month', make_timestamp(epoch_us(\"at\"))) AS DATE) AS month,"
        f" COUNT(*) AS many, CAST(COALESCE(SUM(money), 0) AS BIGINT) AS money FROM {relation} GROUP BY ALL)"
        " ORDER BY ALL"
    )
    counts = tuple(Count(Finding(row[0]), *row[1:]) for row in rows.fetchall())
    return Summary(sum(count.rows for count in counts), counts)
