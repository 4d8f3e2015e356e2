"""An audit on Spark, for a history that has outgrown one machine: the same SQL, as a DataFrame.

`audit` takes a DataFrame and gives one; nothing is collected but which providers and zones there are, and which
combinations of comparisons, some hundreds, which are answered here. It takes the columns as `history` names them,
typed: amounts whole minor units, instants of any of Spark's two kinds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import duckdb
from attrs import frozen

from payrules import providers
from payrules.audit import duck, zones
from payrules.audit.dialects import translated
from payrules.audit.history import FIELDS, MONEY, NAMES, NEEDED, SQL_TYPES, Reading
from payrules.audit.judges import Judge
from payrules.audit.layers import cut_offs
from payrules.audit.several import over_rows
from payrules.audit.sql import case, listed, literal
from payrules.audit.summary import Summary, summarised
from payrules.audit.whole import MIXED, Extent, occurring, parts
from payrules.audit.workplace import workplace
from payrules.errors import CallerError, did_you_mean
from payrules.records import AMOUNT_MAX
from payrules.table import Provider

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false"}
"""What a session needs, so that an instant reads as UTC and a bad value as null."""

_TYPES = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ", "VARCHAR[]": "ARRAY<STRING>"}


def audit(
    frame: DataFrame,
    *,
    reading: Reading | None = None,
    edition: str | None = None,
    tables_of: Sequence[Provider] = (),
) -> DataFrame:
    """The findings of a history: a DataFrame with the columns of `findings.COLUMNS`, a row for a row.

    `reading` says which column holds a field, what its words mean, and what is the same in every row. `edition`
    judges every row; else the one in force on its day does. `tables_of` are providers of your own. Raises
    `CallerError` for a column that is missing. Views called `payrules_…` are made in the session.
    """
    session = frame.sparkSession
    frame = frame.selectExpr(*_read_as(frame, reading or Reading()))
    tables = {name: providers.find(name) for name in providers.names()} | {item.name: item for item in tables_of}
    history = frame.selectExpr(*_columns(frame, tables))
    history.createOrReplaceTempView("payrules_history")
    told = session.sql(translated(occurring("payrules_history"), "spark")).collect()
    extent = Extent.of((tuple(row) for row in told), tables, edition)
    has_zones = _zones_of(history)
    over = session.sql(translated(over_rows("payrules_history", unread=extent.unread), "spark")).cache()
    over.createOrReplaceTempView("payrules_over_rows")
    with duckdb.connect() as connection:
        duck.prepare(connection)
        told_by = parts(
            "payrules_history",
            extent.judges,
            over="payrules_over_rows",
            zones="payrules_zones" if has_zones else None,
            unread=extent.unread,
            years=extent.years,
            mixed=not over.where(MIXED).isEmpty(),
            way=_ByKeys(session, connection, count()),
        )
        return session.sql(translated(" UNION ALL ".join(told_by), "spark"))


@frozen
class _ByKeys:
    """The findings of rows by the answers to their keys, which are gathered in Spark and worked out in DuckDB."""

    session: Any
    connection: duckdb.DuckDBPyConnection
    numbers: Iterator[int]

    def __call__(self, told: Judge, relation: str, zones: str | None, /) -> str:
        number = next(self.numbers)
        keys, answers, view = f"keys_{number}", f"answers_{number}", f"payrules_answers_{number}"
        rows = self.session.sql(translated(told.keys(f"({told.rows(relation, zones)}) AS keyed"), "spark")).collect()
        self.connection.execute(f"CREATE TABLE {keys} ({', '.join(f'{name} INTEGER' for name in told.key)})")
        if rows:
            self.connection.execute(f"INSERT INTO {keys} VALUES {', '.join(listed(row) for row in rows)}")
        self.connection.execute(f"CREATE TABLE {answers} AS {told.answers(keys)}")
        told, answers = duck.shortest(self.connection, told, answers)
        self._answers(answers).hint("broadcast").createOrReplaceTempView(view)
        return told.findings(f"({told.rows(relation, zones)})", view)

    def _answers(self, table: str) -> DataFrame:
        """A table of DuckDB's as a DataFrame."""
        columns = self.connection.execute(f"DESCRIBE {table}").fetchall()
        schema = ", ".join(f"{name} {_TYPES.get(kind, kind)}" for name, kind, *_ in columns)
        found: DataFrame = self.session.createDataFrame(self.connection.table(table).fetchall(), schema)
        return found


def _read_as(frame: DataFrame, reading: Reading) -> Iterator[str]:
    """The columns of a DataFrame under the names of the fields that they hold, with our words in them."""
    if reading.assume_zone is not None or reading.minor_units is not None:
        raise CallerError("reading", "Spark reads instants and minor units; no zone and no decimals can be assumed")
    yield from (f"`{name}`" for name in ("source", "row") if name in frame.columns)
    for name in FIELDS:
        title = reading.columns.get(name, name)
        if name in reading.constants:
            yield f"{literal(reading.constants[name])} AS `{name}`"
        elif title in frame.columns:
            column = "`" + title.replace("`", "``") + "`"
            words = [
                (f"{column} = {literal(one)}", literal(our)) for one, our in reading.values.get(name, {}).items()
            ]
            yield f"{case(*words, otherwise=column)} AS `{name}`"
        elif name in reading.columns:
            raise CallerError(name, f"no column {title!r}{did_you_mean(title, frame.columns)}")


def _columns(frame: DataFrame, known: Mapping[str, Provider]) -> Iterator[str]:
    """The expressions that make a history of a DataFrame."""
    given = set(frame.columns)
    for name in NEEDED:
        if name not in given:
            hint = did_you_mean(name, frame.columns)
            raise CallerError(name, f"no column {name!r}{hint}; the columns are {', '.join(frame.columns)}")
    yield "`source`" if "source" in given else "INPUT_FILE_NAME() AS source"
    yield (
        "CAST(`row` AS BIGINT) AS row_number" if "row" in given else "MONOTONICALLY_INCREASING_ID() + 1 AS row_number"
    )
    for name in FIELDS:
        yield f"{_value(frame, name)} AS {NAMES.get(name, name)}"
    yield f"{_error(frame, known)} AS error"


def _value(frame: DataFrame, name: str) -> str:
    wanted = SQL_TYPES.get(name, "VARCHAR")
    wanted = _TYPES.get(wanted, wanted)
    column = f"`{name}`" if name in frame.columns else "NULL"
    if name == "amount_refund_pending":
        column = f"COALESCE({column}, 0)"
    return f"CAST({column} AS {wanted})"


def _error(frame: DataFrame, known: Mapping[str, Provider]) -> str:
    """What keeps a row from being judged: what is needed and missing, amounts that no payment has, a bad zone."""
    value = {name: _value(frame, name) for name in FIELDS}
    told = [(f"{value[name]} IS NULL", literal(f"{name}: a row needs it")) for name in NEEDED]
    told.append((f"{value['provider']} NOT IN {listed(known)}", "'provider: its table is not here'"))
    for name in MONEY:
        if name in frame.columns:
            told.append((f"ABS({value[name]}) > {AMOUNT_MAX}", literal(f"{name}: out of range")))
            told += [(f"{value[name]} < 0", literal(f"{name}: it is negative"))] if name != "amount" else []
    more = f"{value['amount_refunded']} > {value['amount_captured']}"
    told.append((more, "'amount_refunded: it is more than amount_captured'"))
    if "cut_off" in frame.columns:
        told.append(
            (f"NOT {value['cut_off']} RLIKE '^([01][0-9]|2[0-3]):[0-5][0-9]$'", "'cut_off: it is no time of day'")
        )
    if "timezone" in frame.columns:
        rules = [row[0] for row in frame.select("timezone").distinct().collect() if row[0] is not None]
        own = frame.select("cut_off").distinct().collect() if "cut_off" in frame.columns else []
        ends = cut_offs(known.values(), [row[0] for row in own]) if rules else []
        bad = {rule: why for rule in rules if (why := zones.problem_of_any(rule, ends)) is not None}
        told += [(f"timezone = {literal(rule)}", literal(f"timezone: {why}")) for rule, why in bad.items()]
    return case(*told, otherwise="CAST(NULL AS STRING)")


def _zones_of(history: DataFrame) -> bool:
    """Make the view of the offsets of the zones that rows have of their own; whether there are any."""
    rules = [row[0] for row in history.where("error IS NULL").select("timezone").distinct().collect() if row[0]]
    schema = (
        "rule STRING, year BIGINT, turn_1 TIMESTAMP_NTZ, turn_2 TIMESTAMP_NTZ,"
        " minutes_0 BIGINT, minutes_1 BIGINT, minutes_2 BIGINT"
    )
    years: list[tuple[Any, ...]] = [attrs.astuple(year) for rule in sorted(rules) for year in zones.years(rule)]
    history.sparkSession.createDataFrame(years, schema).createOrReplaceTempView("payrules_zones")
    return bool(rules)


def audit_files(
    history: Sequence[str], *, out: Path | None, reading: Reading | None = None, edition: str | None = None
) -> Summary:
    """Audit Parquet on this machine's Spark; the findings are a folder of Parquet, which appears when it is whole."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("payrules audit")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    place = out.parent if out else Path(tempfile.gettempdir())
    with workplace(place) as work:
        try:
            told = audit(session.read.parquet(*history), reading=reading, edition=edition)
            told.write.parquet(str(work / "findings"))
            summary = summarised(f"read_parquet('{work}/findings/*.parquet')")
            if out is not None:
                (work / "findings").replace(out)
            return summary
        finally:
            session.stop()
