"""Where histories lie: files, folders, globs, and tables; each becomes a `Table` of DuckDB's.

`PATH#TABLE` is a table of a DuckDB or SQLite file, `postgresql://…#TABLE` one of a PostgreSQL server. Text is read by
Python, line by line: a bad line is a row with its number, its place in bytes and its error, and nothing is lost.
"""

from __future__ import annotations

import csv
import glob
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from attrs import evolve, frozen

from payrules.audit.history import Column, Table
from payrules.audit.sql import literal
from payrules.errors import CallerError

_LINES = 50_000
_SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".log": "json",
}

LINE_MAX = 1 << 20
"""The most bytes that one line may have."""


def tables(connection: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> list[Table]:
    """The tables of some sources, each file once; `CallerError` names one that is not there or cannot be read."""
    found = [_database(connection, source, n) for n, source in enumerate(sources) if _is_table(source)]
    parquet: list[str] = []
    for path in dict.fromkeys(path for source in sources if not _is_table(source) for path in _files(source)):
        kind = _kind(path)
        if kind == "parquet":
            parquet.append(path)
        else:
            found.append(_text(connection, path, kind, len(sources) + len(found)))
    return ([_parquet(connection, parquet)] if parquet else []) + found


def _is_table(source: str) -> bool:
    return "#" in source or source.startswith(("postgresql:", "postgres:"))


def _files(source: str) -> list[str]:
    path = Path(source)
    if path.is_dir():
        inside = sorted(str(item) for item in path.rglob("*") if item.suffix in _SUFFIXES and item.is_file())
        if not inside:
            raise CallerError("history", f"no file in {source} ends in {', '.join(_SUFFIXES)}")
        return inside
    if path.is_file():
        return [os.path.normpath(source)]
    inside = sorted(item for item in map(os.path.normpath, glob.glob(source, recursive=True)) if Path(item).is_file())
    if not inside:
        raise CallerError("history", f"there is no {source}")
    return inside


def _kind(path: str) -> str:
    suffix = Path(path).suffix.lower()
    with Path(path).open("rb") as stream:
        head = stream.read(4)
    if head == b"PAR1":
        return "parquet"
    if suffix not in _SUFFIXES:
        raise CallerError("history", f"{path} is none of {', '.join(_SUFFIXES)}")
    if _SUFFIXES[suffix] == "parquet":
        raise CallerError("history", f"{path} is no Parquet file: it does not begin with PAR1")
    return _SUFFIXES[suffix]


def _parquet(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> Table:
    files = f"[{', '.join(literal(path) for path in paths)}]"
    by_name = str(len(paths) > 1).lower()
    relation = f"read_parquet({files}, filename = true, file_row_number = true, union_by_name = {by_name})"
    columns = described(connection, relation, ", ".join(paths[:3]))
    own = {name: column for name, column in columns.items() if name not in ("filename", "file_row_number")}
    return Table(relation, own, "filename", "(file_row_number + 1)")


def described(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> dict[str, Column]:
    """The columns of a relation, in their order."""
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as error:
        raise CallerError("history", f"{name}: {str(error).splitlines()[0]}") from None
    return {row[0]: Column('"' + row[0].replace('"', '""') + '"', row[1]) for row in rows}


# --- text -----------------------------------------------------------------------------------------


@frozen
class Line:
    """One row of a text: its number from 1, its values, or what is wrong with it."""

    number: int
    values: Sequence[str | None]
    error: str | None = None


def _text(connection: duckdb.DuckDBPyConnection, path: str, kind: str, number: int) -> Table:
    if kind == "json":
        stage(connection, f"text_{number}", ["line"], json_lines(path))
        return _json_table(connection, path, f"text_{number}")
    head, lines = csv_lines(path)
    stage(connection, f"text_{number}", head, lines)
    return staged(f"text_{number}", path, head)


def staged(name: str, source: str, head: Sequence[str]) -> Table:
    """The table of what was staged under a name."""
    columns = {title: Column(f'"c_{index}"', "VARCHAR") for index, title in enumerate(head)}
    return Table(name, columns, literal(source), "row_of_text", "error_of_text")


def stage(connection: duckdb.DuckDBPyConnection, name: str, head: Sequence[str], lines: Iterable[Line]) -> None:
    """Write lines to a table of text, a batch at a time."""
    titles = [f"c_{index}" for index in range(len(head))]
    schema = pa.schema(
        [("row_of_text", pa.int64()), ("error_of_text", pa.string()), *((title, pa.string()) for title in titles)]
    )
    reader = pa.RecordBatchReader.from_batches(schema, _batches(schema, len(head), lines))
    connection.register("payrules_lines", reader)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM payrules_lines")
    connection.unregister("payrules_lines")


def _batches(schema: pa.Schema, width: int, lines: Iterable[Line]) -> Iterator[pa.RecordBatch]:
    nothing = (None,) * width
    waiting = iter(lines)
    while batch := list(islice(waiting, _LINES)):
        values = zip(*(nothing if line.error else line.values for line in batch), strict=True)
        columns = [[line.number for line in batch], [line.error for line in batch], *values]
        yield pa.record_batch(columns, schema=schema)


def json_lines(path: str) -> Iterator[Line]:
    """The lines of a file, each as it stands; one that is not UTF-8 or too long is an error. Empty ones are none."""
    number, place = 0, 0
    with Path(path).open("rb") as stream:
        while line := stream.readline(LINE_MAX + 2):
            size = len(line)
            while not line.endswith(b"\n") and (rest := stream.readline(LINE_MAX)):
                size, line = (
                    size + len(rest),
                    line[: LINE_MAX + 2] if rest[-1:] != b"\n" else line[: LINE_MAX + 1] + b"\n",
                )
            if place == 0:
                line = line.removeprefix(b"\xef\xbb\xbf")
            stripped = line.strip()
            if stripped:
                number += 1
                yield _json_line(number, stripped, place)
            place += size


def _json_line(number: int, line: bytes, place: int) -> Line:
    if len(line) > LINE_MAX:
        return Line(number, (None,), f"$: the line at byte {place} is longer than {LINE_MAX} bytes")
    try:
        return Line(number, (line.decode("utf-8"),))
    except UnicodeDecodeError as error:
        return Line(number, (None,), f"$: not UTF-8 at byte {place + error.start}")


def csv_lines(path: str) -> tuple[list[str], Iterator[Line]]:
    """The titles of a CSV file, and its rows; a byte-order mark is no part of the first title."""
    with Path(path).open("rb") as stream:
        first = stream.readline(LINE_MAX).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    if not first.strip():
        raise CallerError("history", f"{path} is empty: its first line has to name the columns")
    separator = max("\t;,", key=first.count)
    head = next(csv.reader([first], delimiter=separator))
    if len(set(head)) < len(head):
        twice = next(title for title in head if head.count(title) > 1)
        raise CallerError("history", f"{path}: two columns are called {twice!r}")
    return head, _csv_rows(path, separator, len(head))


def _csv_rows(path: str, separator: str, width: int) -> Iterator[Line]:
    csv.field_size_limit(LINE_MAX)
    with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        rows = csv.reader(stream, delimiter=separator)
        next(rows)
        number = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield Line(number, (), f"$: line {rows.line_num}: {error}")
                continue
            if row:
                number += 1
                yield _csv_row(number, row, width, rows.line_num)


def _csv_row(number: int, row: list[str], width: int, line: int) -> Line:
    if len(row) != width:
        return Line(number, (), f"$: line {line} has {len(row)} values, and the first line names {width} columns")
    if not "".join(row).isprintable() and any("\udc80" <= sign <= "\udcff" for value in row for sign in value):
        return Line(number, (), f"$: line {line} is not UTF-8")
    return Line(number, [value or None for value in row])


def _json_table(connection: duckdb.DuckDBPyConnection, path: str, name: str) -> Table:
    """Lines of JSON: every key of the first hundred is a column, and those of objects in them after a dot."""
    found = connection.execute(f"SELECT c_0 FROM {name} WHERE c_0 IS NOT NULL LIMIT 100").fetchall()
    titles = dict.fromkeys(title for (line,) in found for title in _titles(line))
    error = (
        "COALESCE(error_of_text, CASE WHEN NOT json_valid(c_0) THEN '$: not JSON'"
        " WHEN json_type(c_0) <> 'OBJECT' THEN '$: the line is no object' END)"
    )
    # Taken out once and all together: each time the engine takes a line apart it keeps a thousand of them in memory.
    paths = ", ".join(literal(_path(title)) for title in titles)
    told = f"CASE WHEN json_valid(c_0) THEN json_extract_string(c_0, CAST([{paths}] AS VARCHAR[])) END"
    values = "".join(f", told[{number}] AS c_{number - 1}" for number in range(1, len(titles) + 1))
    connection.execute(
        f"CREATE TABLE {name}_read AS SELECT row_of_text, error_of_text{values}"
        f" FROM (SELECT row_of_text, {error} AS error_of_text, {told} AS told FROM {name})"
    )
    connection.execute(f"DROP TABLE {name}")
    return evolve(staged(f"{name}_read", path, list(titles)), nested={"payment", "undo"} <= titles.keys())


def _titles(line: str) -> Iterator[str]:
    try:
        told = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return
    for key, value in told.items() if isinstance(told, dict) else ():
        yield key
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in value)


def _path(title: str) -> str:
    return "$." + ".".join('"' + part.replace('"', '\\"') + '"' for part in title.split("."))


# --- databases ------------------------------------------------------------------------------------


def _database(connection: duckdb.DuckDBPyConnection, source: str, number: int) -> Table:
    place, _, table = source.rpartition("#")
    if not place or not table:
        raise CallerError("history", f"{source} names no table: write it after a #")
    if place.startswith(("postgresql:", "postgres:")):
        return _postgres(connection, place, table, number)
    if not Path(place).is_file():
        raise CallerError("history", f"there is no {place}")
    with Path(place).open("rb") as stream:
        is_sqlite = stream.read(16) == b"SQLite format 3\0"
    if is_sqlite:
        return _sqlite(connection, place, table, number)
    attached = f"history_{number}"
    try:
        connection.execute(f"ATTACH {literal(place)} AS {attached} (READ_ONLY)")
    except duckdb.Error as error:
        raise CallerError("history", f"{place}: {str(error).splitlines()[0]}") from None
    relation = f"{attached}.{'.'.join(_quoted(part) for part in table.split('.'))}"
    return Table(relation, described(connection, relation, source), literal(source), "(rowid + 1)")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sqlite(connection: duckdb.DuckDBPyConnection, place: str, table: str, number: int) -> Table:
    uri = f"file:{os.path.abspath(place)}?mode=ro"
    database = sqlite3.connect(uri, uri=True, check_same_thread=False)  # DuckDB reads in threads of its own
    try:
        cursor = database.execute(f"SELECT * FROM {_quoted(table)} ORDER BY rowid")
        return _cursor(connection, cursor, f"{place}#{table}", number)
    except sqlite3.Error as error:
        raise CallerError("history", f"{place}#{table}: {error}") from None
    finally:
        database.close()


def _postgres(connection: duckdb.DuckDBPyConnection, place: str, table: str, number: int) -> Table:
    import psycopg  # only those who read from a server need it

    shown = place.rpartition("@")[2]  # no password in a finding
    try:
        with psycopg.connect(place) as server, server.cursor(name="payrules_audit") as cursor:
            cursor.itersize = _LINES
            cursor.execute(f"SELECT * FROM {'.'.join(_quoted(part) for part in table.split('.'))}".encode())
            return _cursor(connection, cursor, f"{shown}#{table}", number)
    except psycopg.Error as error:
        raise CallerError("history", f"{shown}#{table}: {str(error).splitlines()[0]}") from None


def _cursor(connection: duckdb.DuckDBPyConnection, cursor: Any, source: str, number: int) -> Table:
    head = [column[0] for column in cursor.description]
    lines = (Line(index, [written(value) for value in row]) for index, row in enumerate(cursor, 1))
    stage(connection, f"text_{number}", head, lines)
    return staged(f"text_{number}", source, head)


def written(value: Any) -> str | None:
    """A value of a database as the text of a record."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return json.dumps(list(value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
