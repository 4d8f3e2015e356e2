"""The SQL of a table gives row for row what `decide` gives."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from payrules import providers
from payrules.audit import duck, judges, zones
from payrules.audit.history import FIELDS, NAMES
from payrules.audit.layers import cut_offs
from payrules.table import Edition, Provider
from payrules.when import CutOff
from tests import aimed
from tests.histories import ANSWER, decided, rows, unlike

EDITIONS = [(providers.find(name), edition) for name in providers.NAMES for edition in providers.find(name).editions]
IDS = [f"{provider.name}-{edition.name}" for provider, edition in EDITIONS]

SOME, MANY = 500, 200_000


def in_duckdb(provider: Provider, edition: Edition, history: object) -> list[tuple[object, ...]]:
    """The answers of DuckDB, in the order of the rows."""
    with duckdb.connect() as connection:
        duck.prepare(connection)
        connection.register("history", history)
        connection.execute("CREATE TABLE rows AS SELECT * FROM history")
        duck.write_zones(connection, "rows")
        told = judges.judged(provider, edition, "rows", "zones", (2024, 2026))
        return connection.execute(f'SELECT {", ".join(ANSWER)} FROM ({told}) ORDER BY "row"').fetchall()


def differences(provider: Provider, edition: Edition, count: int, seed: int) -> list[object]:
    """The first questions that DuckDB answers otherwise."""
    questions = list(aimed.some(provider.name, count, seed=seed, edition=edition.name))
    decisions = decided(provider, edition.name, questions)
    return unlike(questions, decisions, in_duckdb(provider, edition, rows(questions, decisions)))


@pytest.mark.parametrize(("provider", "edition"), EDITIONS, ids=IDS)
def test_duckdb_agrees_with_the_core(provider: Provider, edition: Edition) -> None:
    """Action, amount, remaining, reason, rejection, rule, needs, claims and standing are the same."""
    assert [] == differences(provider, edition, SOME, seed=7)


@pytest.mark.long
@pytest.mark.parametrize(("provider", "edition"), EDITIONS, ids=IDS)
def test_duckdb_agrees_with_the_core_at_length(provider: Provider, edition: Edition) -> None:
    """So they are in 200,000 rows of each edition."""
    assert [] == differences(provider, edition, MANY, seed=11)


def audited(folder: Path, edition: Edition, history: pa.Table) -> list[tuple[object, ...]]:
    """The answers that an audit of a file finds, in the order of the rows; each row is of a payment of its own."""
    own = pc.if_else(
        history["payment_id"].is_valid(), pc.cast(history["row_number"], pa.string()), pa.scalar(None, pa.string())
    )
    columns = {name: history[NAMES.get(name, name)] for name in FIELDS} | {"payment_id": own}
    utc = {
        name: column.cast(pa.timestamp("us", "UTC"))
        for name, column in columns.items()
        if pa.types.is_timestamp(column.type)
    }
    pq.write_table(pa.table({**columns, **utc}), folder / "history.parquet")
    duck.audit([str(folder / "history.parquet")], out=folder / "findings.parquet", edition=edition.name)
    told = f"SELECT {', '.join(ANSWER)} FROM '{folder / 'findings.parquet'}' ORDER BY \"row\""
    return duckdb.execute(told).fetchall()


def other_findings(folder: Path, provider: Provider, edition: Edition, count: int) -> list[object]:
    """The first questions of which an audit finds something else than the core."""
    questions = list(aimed.some(provider.name, count, seed=count, edition=edition.name))
    decisions = decided(provider, edition.name, questions)
    return unlike(questions, decisions, audited(folder, edition, rows(questions, decisions)))


@pytest.mark.parametrize(("provider", "edition"), EDITIONS[::3], ids=IDS[::3])
def test_an_audit_agrees_with_the_core(tmp_path: Path, provider: Provider, edition: Edition) -> None:
    """Though it looks at no more of a row than tells the answers of that history apart."""
    assert [] == other_findings(tmp_path, provider, edition, SOME)


@pytest.mark.long
@pytest.mark.parametrize(("provider", "edition"), EDITIONS, ids=IDS)
def test_an_audit_agrees_with_the_core_at_length(tmp_path: Path, provider: Provider, edition: Edition) -> None:
    """So it does in 20,000 rows of each edition, and in few, which leave more out."""
    assert [] == other_findings(tmp_path, provider, edition, 20)
    assert [] == other_findings(tmp_path, provider, edition, 20_000)


class TestZones:
    """Offsets year by year, for rows that have a zone of their own."""

    @pytest.mark.parametrize(
        "rule",
        [
            "GMT0BST,M3.5.0/1,M10.5.0/2",
            "NST3:30NDT,M3.2.0,M11.1.0",
            "AEST-10AEDT,M10.1.0,M4.1.0/3",
            "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
            "EET-2EEST,M3.5.0/0,M10.5.0/0",
            "IST-5:30",
        ],
    )
    def test_add_up_to_the_days_of_the_core(self, rule: str) -> None:
        """A year's three offsets tell every day as the core does, about every change of the clocks."""
        assert zones.problem(rule) is None

    def test_a_rule_whose_days_come_twice_is_refused(self) -> None:
        """Where clocks go back over midnight, an offset does not tell the day."""
        assert "clocks show twice" in (zones.problem("AAA0BBB-2,M3.5.0/1,M10.5.0/1") or "")

    def test_a_cut_off_that_clocks_skip_is_refused(self) -> None:
        """An offset does not tell when it comes; one that they neither skip nor show twice is told."""
        rule = "GMT0BST,M3.5.0/1,M10.5.0/2"

        assert [None, None, None] == [zones.problem(rule, CutOff(*clock)) for clock in ((17, 0), (1, 0), (2, 0))]
        assert "end twice or never" in (zones.problem_of_any(rule, [CutOff(17, 0), CutOff(1, 30)]) or "")

    def test_a_rows_own_cut_off_counts_where_a_table_asks_for_one(self) -> None:
        """A text that is no time of day does not; such a row is not read."""
        own = ["15:00", None, "25:00", "15:00", 7]

        assert [CutOff(15, 0)] == cut_offs([providers.find("authorizenet")], own)
        assert [] == cut_offs([providers.find("payroc")], own)

    def test_a_text_that_is_no_rule_is_refused(self) -> None:
        """An IANA name is none."""
        assert "is not a POSIX zone rule" in (zones.problem("Europe/London") or "")
