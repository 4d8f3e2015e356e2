"""`payrules audit` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import sqlglot
from typer.testing import CliRunner

from payrules.audit.dialects import DIALECTS
from payrules.audit.history import SQL_TYPES
from payrules.cli import app
from tests.test_audit_history import BASE, NEXT_DAY, to_csv

RUN_FOR_REAL = ("duckdb", "postgres", "spark")
"""The engines that other tests run."""


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    told = CliRunner().invoke(app, ["audit", *arguments], env={"COLUMNS": "60", "TERM": "dumb"})
    return told.exit_code, told.stdout, told.stderr


def test_a_summary_and_exit_codes(tmp_path: Path) -> None:
    """0 where everything agrees, 3 where not everything does, 1 where a row could not be read, 2 for bad input."""
    right = to_csv(tmp_path / "right.csv", [BASE])
    wrong = to_csv(tmp_path / "wrong.csv", [BASE, {**BASE, "payment_id": "p2", "at": NEXT_DAY}])
    unread = to_csv(tmp_path / "unread.csv", [{**BASE, "status": ""}])

    assert [0, 3, 1, 2] == [run(path)[0] for path in (right, wrong, unread, "nowhere.csv")]
    _, told, _ = run(wrong)
    assert "would_be_refused" in told
    assert "GBP 1,000" in told
    assert "2 rows read" in told
    assert all(len(line) <= 60 for line in told.splitlines())


def test_the_summary_as_json(tmp_path: Path) -> None:
    """Counts by finding, provider, reason, currency and month, and the rows that they add up to."""
    path = to_csv(tmp_path / "wrong.csv", [BASE, {**BASE, "payment_id": "p2", "at": NEXT_DAY}])
    told = json.loads(run(path, "--json")[1])

    assert told["rows"] == sum(count["rows"] for count in told["counts"])
    assert {
        "finding": "would_be_refused",
        "provider": "dojo",
        "reason": "captured",
        "currency": "GBP",
        "month": "2026-11-01",
        "rows": 1,
        "money": 1000,
    } in told["counts"]


def test_options_read_an_export_as_it_is(tmp_path: Path) -> None:
    """A column, a word, a constant; the options go before the mapping file."""
    row = {title: value for title, value in BASE.items() if title not in ("status", "provider")}
    path = to_csv(tmp_path / "export.csv", [{**row, "state": "PAID", "done_action": "VOID"}])
    (tmp_path / "mapping.toml").write_text('[columns]\nstatus = "nothing"\n')
    told = run(
        path,
        *(
            "--map",
            str(tmp_path / "mapping.toml"),
            "--map",
            "status=state",
            "--value",
            "status:PAID=Captured",
            "--value",
            "done_action:VOID=reverse",
        ),
        *("--set", "provider=dojo"),
    )

    assert 0 == told[0], told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a file, folder, glob or PATH#TABLE is needed"),
        (("--sql", "oracle"), "'oracle' is none of duckdb, postgres, spark, snowflake, bigquery"),
        (("--sql", "duckdb", "--edition", "2022-05"), "--provider says which"),
        (("x.csv", "--map", "status"), "'status' is not NAME=VALUE"),
        (("x.csv", "--value", "status=Captured"), "'status' is not FIELD:THEIRS=OURS"),
        (("x.csv", "--minor-units", "many"), "neither a number of decimals nor 'currency'"),
        (("x.csv", "--out", "findings.xlsx"), "ends in none of .parquet, .csv, .jsonl"),
        (("x.csv", "--map", "nowhere.toml"), "nowhere.toml"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, tuple) else "",
)
def test_what_is_asked_wrongly_says_how(arguments: tuple[str, ...], message: str) -> None:
    """One line, and exit code 2."""
    code, _, told = run(*arguments)

    assert (2, True) == (code, message in told.replace("\n", " ")), told


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name not in RUN_FOR_REAL])
def test_the_sql_of_every_dialect_is_well_formed(dialect: str) -> None:
    """As far as a parser of that dialect tells; nothing of ours is left in it."""
    code, told, _ = run("--sql", dialect, "--provider", "dojo", "--edition", "2022-05")

    assert 0 == code
    assert 1 == len(sqlglot.parse(told, read=dialect))
    assert "payrules_" not in told.lower()


def test_the_sql_of_a_warehouse_finds_the_same(tmp_path: Path) -> None:
    """The statement for DuckDB, on a table as its head describes it, gives the findings of the audit."""
    rows = [BASE, {**BASE, "payment_id": "p2", "at": NEXT_DAY}, {**BASE, "payment_id": "p2", "at": NEXT_DAY}]
    path, out = to_csv(tmp_path / "history.csv", rows), tmp_path / "findings.csv"
    run(path, "--out", str(out))
    _, statement, _ = run("--sql", "duckdb", "--provider", "dojo")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = statement.split("\n")[2].removeprefix("--").replace(" at,", ' "at",').split(",")
        given = {name: f"h.{name}" for name in BASE} | {"source": f"'{path}'", "row": "row_number() OVER ()"}
        types = {name: "BIGINT" for name in BASE if name.endswith(("authorized", "captured", "refunded", "_amount"))}
        types |= {"at": "TIMESTAMP", "authorized_at": "TIMESTAMP"}
        read = f"read_csv('{path}', all_varchar = true) AS h"
        select = ", ".join(
            f"CAST({_given(given, name)} AS {types.get(bare, _type(bare))}) AS {name}"
            for name in (column.strip() for column in columns)
            for bare in [name.strip('"')]
        )
        connection.execute(f"CREATE TABLE history AS SELECT {select} FROM {read}")
        told = connection.execute(statement).fetchall()
        wanted = connection.execute(f"SELECT * FROM read_csv('{out}')").fetchall()

    assert sorted((row[1], row[6], row[9], row[19]) for row in wanted) == sorted(
        (row[1], row[6], row[9], row[19]) for row in told
    )


def _given(given: dict[str, str], name: str) -> str:
    bare = name.strip('"')
    return f'h."{bare}"' if bare in BASE else given.get(bare, "NULL")


def _type(name: str) -> str:
    return "BIGINT" if name == "row" else SQL_TYPES.get(name, "VARCHAR")
