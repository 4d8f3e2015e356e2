"""PostgreSQL and Spark give row for row what `decide` gives, from the same SQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from payrules.audit import duck, judges, zones
from payrules.audit.dialects import translated
from payrules.audit.history import Reading
from payrules.errors import CallerError
from payrules.table import Edition, Provider
from tests import aimed
from tests.histories import ANSWER, ROWS, Question, decided, rows, unlike
from tests.servers import postgres, postgres_programs
from tests.test_audit_history import BASE, NEXT_DAY, to_csv
from tests.test_audit_sql import EDITIONS, IDS, MANY

SOME = 200

Engine = Any
Answers = list[tuple[Any, ...]]


def statement(provider: Provider, edition: Edition, dialect: str) -> str:
    """The SQL of an edition for an engine; it reads the tables `history_rows` and `zones`."""
    told = judges.judged(provider, edition, "history_rows", "zones")
    return translated(f'SELECT "row", {", ".join(ANSWER)} FROM ({told}) AS told ORDER BY "row"', dialect)


def rules(questions: Sequence[Question]) -> list[tuple[Any, ...]]:
    """The offsets of the zones that occur."""
    told = sorted({payment.timezone for payment, _ in questions if payment.timezone})
    return [attrs.astuple(year) for rule in told for year in zones.years(rule, 2023, 2028)]


def differences(run: Any, provider: Provider, edition: Edition, count: int, seed: int) -> list[object]:
    """The first questions that an engine answers otherwise than the core."""
    questions = list(aimed.some(provider.name, count, seed=seed, edition=edition.name))
    decisions = decided(provider, edition.name, questions)
    told: Answers = run(provider, edition, rows(questions, decisions), rules(questions))
    return unlike(questions, decisions, told)


# --- PostgreSQL -----------------------------------------------------------------------------------

_SQL_TYPES = {pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.timestamp("us"): "TIMESTAMP", pa.string(): "TEXT"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A real PostgreSQL server."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres(programs) as place:
        yield place


def in_postgres(
    place: str, provider: Provider, edition: Edition, history: pa.Table, offsets: Sequence[Any]
) -> Answers:
    """The answers of PostgreSQL, in the order of the rows."""
    columns = ", ".join(f'"{item.name}" {_SQL_TYPES.get(item.type, "TEXT[]")}' for item in ROWS)
    years = "rule TEXT, year BIGINT, turn_1 TIMESTAMP, turn_2 TIMESTAMP"
    with psycopg.connect(place) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE history_rows ({columns})".encode())
        cursor.execute(
            f"CREATE TEMP TABLE zones ({years}, minutes_0 BIGINT, minutes_1 BIGINT, minutes_2 BIGINT)".encode()
        )
        for table, told in (("history_rows", zip(*history.to_pydict().values(), strict=True)), ("zones", offsets)):
            with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in told:
                    copy.write_row(row)
        cursor.execute(statement(provider, edition, "postgres").encode())
        return [tuple(row[1:]) for row in cursor.fetchall()]


@pytest.mark.parametrize(("provider", "edition"), EDITIONS[1::2], ids=IDS[1::2])
def test_postgres_agrees_with_the_core(server: str, provider: Provider, edition: Edition) -> None:
    """Action, amount, remaining, reason, rejection, rule, needs, claims and standing are the same."""
    assert [] == differences(lambda *given: in_postgres(server, *given), provider, edition, SOME, seed=7)


@pytest.mark.long
@pytest.mark.parametrize(("provider", "edition"), EDITIONS, ids=IDS)
def test_postgres_agrees_with_the_core_at_length(server: str, provider: Provider, edition: Edition) -> None:
    """So they are in 200,000 rows of each edition."""
    assert [] == differences(lambda *given: in_postgres(server, *given), provider, edition, MANY, seed=11)


def test_a_history_in_postgres_is_audited(server: str) -> None:
    """A table of a server is a history like any other; its name stands in the findings, and no password."""
    titles = ", ".join(f'"{title}" TEXT' for title in BASE)
    with psycopg.connect(server) as connection:
        connection.execute(f"CREATE TABLE undos ({titles})".encode())
        for row in (BASE, {**BASE, "payment_id": "p2", "at": NEXT_DAY}):
            connection.execute(f"INSERT INTO undos VALUES ({', '.join(['%s'] * len(row))})".encode(), [*row.values()])
        connection.execute("ALTER TABLE undos ALTER amount_authorized TYPE NUMERIC USING amount_authorized::NUMERIC")
        connection.execute('ALTER TABLE undos ALTER "at" TYPE TIMESTAMPTZ USING "at"::TIMESTAMPTZ')
    summary = duck.audit([f"{server}#undos"])

    assert (2, 1) == (summary.rows, summary.mistakes)


# --- Spark ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Spark on two threads of this machine."""
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which Spark needs")
    from pyspark.sql import SparkSession

    from payrules.audit import spark

    builder = SparkSession.builder.master("local[2]").appName("payrules")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "2g"}
    for name, value in (settings | spark.SETTINGS).items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


def in_spark(
    session: Any, folder: Path, provider: Provider, edition: Edition, history: pa.Table, offsets: Sequence[Any]
) -> Answers:
    """The answers of Spark, in the order of the rows."""
    pq.write_table(history, folder / "history.parquet")
    years = zip(*offsets, strict=True) if offsets else ([] for _ in range(7))
    names = ("rule", "year", "turn_1", "turn_2", "minutes_0", "minutes_1", "minutes_2")
    pq.write_table(pa.table(dict(zip(names, map(list, years), strict=True))), folder / "zones.parquet")
    session.read.parquet(str(folder / "history.parquet")).createOrReplaceTempView("history_rows")
    session.read.parquet(str(folder / "zones.parquet")).createOrReplaceTempView("zones")
    return [tuple(row)[1:] for row in session.sql(statement(provider, edition, "spark")).collect()]


@pytest.mark.long
def test_a_frame_is_audited(session: Any, tmp_path: Path) -> None:
    """A DataFrame in, findings out, a row for a row; those of DuckDB."""
    from payrules.audit import spark

    source = to_csv(
        tmp_path / "history.csv", [BASE, {**BASE, "payment_id": "p2", "at": NEXT_DAY}, {**BASE, "status": ""}]
    )
    path, out = tmp_path / "history.parquet", tmp_path / "findings.parquet"
    numbers = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in BASE if "amount" in name)
    typed = f'{numbers}, CAST("at" AS TIMESTAMPTZ) AS "at", CAST(authorized_at AS TIMESTAMPTZ) AS authorized_at'
    duckdb.execute(f"COPY (SELECT * REPLACE ({typed}) FROM read_csv('{source}', all_varchar = true)) TO '{path}'")
    duck.audit([str(path)], out=out)
    wanted = duckdb.execute(f"SELECT finding, action, money FROM '{out}' ORDER BY finding").fetchall()
    told = spark.audit(session.read.parquet(str(path))).select("finding", "action", "money").orderBy("finding")

    assert wanted == [tuple(row) for row in told.collect()]
    assert 3 == len(wanted)


@pytest.mark.long
def test_a_frame_is_read_as_a_mapping_says(session: Any) -> None:
    """Columns, words and constants; what Spark cannot assume, and a column that is missing, are refused."""
    from payrules.audit import spark

    told = session.createDataFrame(
        [("PAID", "VOID", "2026-11-20T12:00:00Z")], "state STRING, operation STRING, moment STRING"
    )
    frame = told.selectExpr("state", "operation", "CAST(moment AS TIMESTAMP) AS moment", "1000L AS total")
    columns = {"status": "state", "done_action": "operation", "at": "moment", "authorized_at": "moment"}
    columns |= dict.fromkeys(("amount_authorized", "amount_captured", "done_amount"), "total")
    values = {"status": {"PAID": "Captured"}, "done_action": {"VOID": "reverse"}}
    constants = {"provider": "dojo", "currency": "GBP", "capture_mode": "auto", "amount_refunded": "0"}
    [row] = spark.audit(frame, reading=Reading(columns, values, constants)).collect()

    assert ("agrees", "reverse", 1000, "dojo") == (row["finding"], row["action"], row["amount"], row["provider"])
    with pytest.raises(CallerError, match="no zone and no decimals"):
        spark.audit(frame, reading=Reading(columns, values, constants, minor_units=2))
    with pytest.raises(CallerError, match="method: no column 'way'"):
        spark.audit(frame, reading=Reading({**columns, "method": "way"}, values, constants))


@pytest.mark.long
@pytest.mark.parametrize(("provider", "edition"), EDITIONS, ids=IDS)
def test_spark_agrees_with_the_core_at_length(
    session: Any, tmp_path: Path, provider: Provider, edition: Edition
) -> None:
    """So they are in 200,000 rows of each edition."""
    assert [] == differences(lambda *given: in_spark(session, tmp_path, *given), provider, edition, MANY, seed=11)
