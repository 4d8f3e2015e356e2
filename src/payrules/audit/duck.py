"""An audit in DuckDB: in process, streaming, spilling to disk, and whole or not at all.

Findings are written beside the file that they are for, and moved there when they are complete: whoever looks at the
final name never sees half of them, whatever ends the run.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, TypeVar

import attrs
import duckdb
from attrs import frozen

from payrules import providers
from payrules.audit import whole, zones
from payrules.audit.dialects import MACROS
from payrules.audit.findings import Finding
from payrules.audit.history import Reading, Table, columns, doubts, normalised
from payrules.audit.judges import Judge
from payrules.audit.layers import cut_offs
from payrules.audit.several import over_rows
from payrules.audit.sources import tables
from payrules.audit.spans import Span
from payrules.audit.sql import listed, literal
from payrules.audit.summary import Summary, summarised
from payrules.audit.workplace import workplace
from payrules.errors import CallerError
from payrules.table import Provider
from payrules.words import Action, Reason, Rejection, Standing

_Got = TypeVar("_Got")

_AS_TEXT = 'strftime("at", \'%Y-%m-%dT%H:%M:%S.%fZ\') AS "at"'
_AS_INSTANT = 'make_timestamptz(epoch_us("at")) AS "at"'  # what timezone('UTC', …) says, without a calendar

FORMATS = {
    ".parquet": ("FORMAT parquet, COMPRESSION zstd", _AS_INSTANT),
    ".csv": ("FORMAT csv, HEADER", _AS_TEXT),
    ".jsonl": ("FORMAT json", _AS_TEXT),
    ".ndjson": ("FORMAT json", _AS_TEXT),
}
"""How findings are written, by the end of the file's name, and how the instants in them."""


_HASH = "hash(provider, payment_id)"
_SEVERAL = (
    "INSERT INTO several SELECT several FROM (SELECT {hash} AS several FROM {history}"
    " WHERE payment_id IS NOT NULL AND {hash} % {times} = {time}) GROUP BY several HAVING COUNT(*) > 1"
)
_IS_ONE_OF_SEVERAL = f"{_HASH} IN (SELECT several FROM several)"
"""Payments that may have several rows, by a hash that two payments may share: it takes little memory."""

_TO_READ, _TO_COUNT, _TO_JUDGE = (250, 100), (100, 50), (180, 90)
"""How many megabytes DuckDB takes before it spills to disk, at the least and for each thread, unless the caller says:
while text is read, while the rows of one payment are looked for, which would take the more of it the more rows there
are, and while rows are judged."""

_ROWS_AT_A_TIME = 15_000_000
"""Among how many rows those of one payment are looked for at a time, on average: more would not fit into memory."""

_KEYS_MAX = 1000
"""Of how many keys at most it is asked which comparisons tell their answers apart."""


class Progress(Protocol):
    """Is told how much of an audit is done, from 0 to 1, and of how many rows, once that is known."""

    def __call__(self, done: float, rows: int = 0, /) -> None:
        """So much is done."""


def audit(
    sources: Sequence[str],
    *,
    reading: Reading | None = None,
    out: Path | None = None,
    edition: str | None = None,
    provider: str | None = None,
    tables_of: Sequence[Provider] = (),
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Audit histories; write their findings to `out` (Parquet, CSV or JSON lines), and count them.

    `edition` judges every row by that edition; else the one in force on its day does. `provider` has the rows of that
    provider alone audited. `tables_of` are providers of your own. `progress` is told how much is done. Raises
    `CallerError` for a history or a column that is not there and for too little `memory`, never for a row.
    """
    if out is not None and out.suffix not in FORMATS:
        raise CallerError("out", f"{out} ends in none of {', '.join(FORMATS)}")
    place = out.parent if out else Path(tempfile.gettempdir())
    if not place.is_dir():
        raise CallerError("out", f"there is no folder {place}")
    with workplace(place) as work, _connected(work, threads, memory) as connection:
        run = _Run(
            connection,
            reading or Reading(),
            edition,
            provider,
            tuple(tables_of),
            progress,
            is_limited=memory is not None,
        )
        try:
            return run.run(sources, out, work)
        except duckdb.OutOfMemoryException:
            if memory is None:
                raise
            raise CallerError("memory", f"{memory} is too little for this history") from None


@contextmanager
def _connected(work: Path, threads: int | None, memory: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(work / "work.duckdb")) as connection:
        connection.execute(
            "SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false"
        )
        # Rows carry their numbers: an order to keep would have what is written wait in memory for its turn.
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = {literal(str(work / 'spill'))}")
        if threads is not None:
            connection.execute(f"SET threads = {int(threads)}")
        if memory is None:
            memory = _of_threads(connection, *_TO_READ)
        try:
            connection.execute(f"SET memory_limit = {literal(memory)}")
        except duckdb.Error:
            raise CallerError("memory", f"{memory!r} is no amount of memory such as 2GB") from None
        prepare(connection)
        yield connection


def _of_threads(connection: duckdb.DuckDBPyConnection, least: int, each: int) -> str:
    """How much memory its threads may take."""
    threads = connection.execute("SELECT CAST(current_setting('threads') AS BIGINT)").fetchall()[0][0]
    return f"{max(least, each * threads)}MB"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Teach DuckDB the functions that the SQL of a table uses."""
    for signature, body in MACROS.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS {body}")


def shortest(connection: duckdb.DuckDBPyConnection, told: Judge, answers: str) -> tuple[Judge, str]:
    """A judge that asks of a row no more than what tells these answers apart, and the table of its own answers."""
    numbered = connection.execute(f"{told.numbered(answers)} LIMIT {_KEYS_MAX + 1}").fetchall()
    if len(numbered) > _KEYS_MAX:
        return told, answers
    short = told.shortened({tuple(key): answer for *key, answer in numbered})
    connection.execute(f"CREATE TABLE short_{answers} AS {told.as_in(short, answers)}")
    return short, f"short_{answers}"


def write_zones(connection: duckdb.DuckDBPyConnection, history: str) -> bool:
    """Write the table `zones`, the offsets of the zones that rows have of their own; whether there are any."""
    connection.execute(
        "CREATE TABLE zones (rule VARCHAR, year BIGINT, turn_1 TIMESTAMP, turn_2 TIMESTAMP,"
        " minutes_0 BIGINT, minutes_1 BIGINT, minutes_2 BIGINT)"
    )
    rules = connection.execute(
        f"SELECT DISTINCT timezone FROM {history} WHERE error IS NULL AND timezone IS NOT NULL ORDER BY timezone"
    ).fetchall()
    told = [listed(map(str, attrs.astuple(year))) for (rule,) in rules for year in zones.years(rule)]
    if told:
        connection.execute(f"INSERT INTO zones VALUES {', '.join(told)}")
    return bool(rules)


_ANSWERED = {name: name for name in ("finding", "reason", "rejection", "rule", "standing")} | {"due_action": "action"}
_OVER_ROWS = {"found_over_rows": "finding"}
_TOLD = {name: name for name in ("finding", "action", "reason", "rejection", "rule", "standing", "edition")}
_GIVEN = {name: name for name in ("provider", "currency")} | {"done_action": "action"}
"""The columns of answers and findings that hold few words, each with its type; those given, where all can be read."""


def _in_words(select: str, columns: Mapping[str, str]) -> str:
    """A SELECT with its words as numbers of words."""
    told = ", ".join(f"CAST({name} AS word_of_{kind}) AS {name}" for name, kind in columns.items())
    return f"SELECT * REPLACE ({told}) FROM ({select})"


@frozen
class _Run:
    """One audit under way."""

    connection: duckdb.DuckDBPyConnection
    reading: Reading
    edition: str | None
    provider: str | None
    own: tuple[Provider, ...]
    progress: Progress | None
    is_limited: bool
    """Whether the caller has said how much memory it may take."""

    def run(self, sources: Sequence[str], out: Path | None, work: Path) -> Summary:
        history = self._history(tables(self.connection, sources))
        extent = whole.Extent.of(self._execute(whole.occurring(history)), self._tables(), self.edition)
        judges, unread = extent.judges, extent.unread
        has_zones = write_zones(self.connection, history)
        self._limit(*_TO_COUNT)
        self._find_several(history)
        self._limit(*_TO_JUDGE)
        self._make_words(history, judges, unread=unread)
        found = over_rows(history, _IS_ONE_OF_SEVERAL, unread=unread)
        self._execute(f"CREATE TABLE over_rows AS {_in_words(found, _OVER_ROWS)}")
        told = whole.parts(
            history,
            judges,
            over="over_rows",
            zones="zones" if has_zones else None,
            unread=unread,
            years=extent.years,
            mixed=bool(self._execute(f"SELECT 1 FROM over_rows WHERE {whole.MIXED} LIMIT 1")),
            way=self._by_keys,
        )
        words = _TOLD if unread else _TOLD | _GIVEN
        relation = self._gathered([_in_words(part, words) for part in told])
        if out is None:
            return summarised(relation, self.connection)
        target = work / f"findings{out.suffix}"
        form, at = FORMATS[out.suffix]
        written = f"SELECT * REPLACE ({at}) FROM {relation}"
        self._execute_in_sight(f"COPY ({written}) TO {literal(str(target))} ({form})")
        summary = summarised(_reader(target), self.connection)
        _sync(target)
        os.replace(target, out)  # one step, or none
        return summary

    def _find_several(self, history: str) -> None:
        """Write the table `several`, of payments that may have several rows."""
        rows = self._execute(f"SELECT COUNT(*) FROM {history}")[0][0]
        times = 1 + rows // _ROWS_AT_A_TIME
        self._execute("CREATE TABLE several (several UBIGINT)")
        for time in range(times):
            self._execute(_SEVERAL.format(hash=_HASH, history=history, times=times, time=time))

    def _limit(self, least: int, each: int) -> None:
        """Have DuckDB spill to disk beyond so much memory, unless the caller has said beyond how much."""
        if not self.is_limited:
            self._execute(f"SET memory_limit = '{_of_threads(self.connection, least, each)}'")

    def _gathered(self, parts: Sequence[str]) -> str:
        """All findings as one relation; several parts one after the other, for memory to hold one at a time."""
        if len(parts) == 1:
            return f"({parts[0]})"
        self._execute_in_sight(f"CREATE TABLE findings AS {parts[0]}")
        for part in parts[1:]:
            self._execute_in_sight(f"INSERT INTO findings {part}")
        return "findings"

    def _by_keys(self, told: Judge, relation: str, zones: str | None) -> str:
        """The findings of rows whose keys are gone through, and answered, beforehand."""
        number = len(self._execute("SELECT 1 FROM duckdb_tables() WHERE starts_with(table_name, 'keys_')"))
        keys, answers = f"keys_{number}", f"answers_{number}"
        self._execute(f"CREATE TABLE {keys} AS {told.keys(f'({told.rows(relation, zones)}) AS keyed')}")
        self._execute(f"CREATE TABLE {answers} AS {_in_words(told.answers(keys), _ANSWERED)}")
        told, answers = shortest(self.connection, told, answers)
        return told.findings(f"({told.rows(relation, zones)})", answers)

    def _make_words(self, history: str, judges: Sequence[tuple[Provider, Sequence[Span]]], *, unread: bool) -> None:
        """Make types of columns that hold few words: numbers are joined and written several times as fast."""
        editions = [(provider, span.edition) for provider, told in judges for span in told if span.edition]
        words: dict[str, Iterable[str]] = {
            "finding": Finding,
            "provider": [provider.name for provider, _ in judges],
            "action": Action,
            "reason": Reason,
            "rejection": Rejection,
            "standing": Standing,
            "edition": dict.fromkeys(edition.name for _, edition in editions),
            "rule": dict.fromkeys(f"{item.name}.{permit.name}" for item, told in editions for permit in told.permits),
        }
        if not unread:
            words["currency"] = self._distinct("currency", history)
        for name, told in words.items():
            self._make_word(name, told)

    def _make_word(self, name: str, words: Iterable[str]) -> None:
        self._execute(f"CREATE TYPE word_of_{name} AS ENUM {listed(words)}")

    def _distinct(self, column: str, relation: str) -> list[str]:
        """The words of a column, in order."""
        return [row[0] for row in self._execute(f"SELECT DISTINCT {column} FROM {relation} ORDER BY {column}")]

    def _execute(self, statement: str) -> list[tuple[Any, ...]]:
        return self._tried(lambda: self.connection.execute(statement).fetchall())

    def _execute_in_sight(self, statement: str) -> None:
        """Run a statement, and tell whoever wants to know how far it is."""
        progress = self.progress
        if progress is None:
            self._execute(statement)
        else:
            rows = self._execute("SELECT COUNT(*) FROM history")[0][0]
            self._tried(lambda: watched(self.connection, statement, progress, rows))

    def _tried(self, work: Callable[[], _Got]) -> _Got:
        """Do some work, and again with what DuckDB takes of a machine by itself if it does not fit into less."""
        try:
            return work()
        except duckdb.OutOfMemoryException:
            if self.is_limited:
                raise
        self.connection.execute("RESET memory_limit")
        return work()

    def _tables(self) -> dict[str, Provider]:
        shipped = {name: providers.find(name) for name in providers.names()}
        return {**shipped, **{provider.name: provider for provider in self.own}}

    def _history(self, found: Sequence[Table]) -> str:
        """The histories as one relation; what is text is read once, what is typed stays where it is."""
        names = tuple(self._tables())
        parts = []
        for number, table in enumerate(found):
            unsound = self._unsound(table)
            select = normalised(table, self.reading, names, unsound, self._sound(table, names))
            if table.error == "NULL":
                parts.append(select)
                continue
            self._execute(f"CREATE TABLE normal_{number} AS {select}")
            self._execute(f"DROP TABLE {table.relation}")
            parts.append(f"SELECT * FROM normal_{number}")
        if not parts:
            raise CallerError("history", "there is nothing to read")
        mine = f" WHERE provider = {literal(self.provider)}" if self.provider else ""
        self._execute(f"CREATE VIEW history_as_read AS SELECT * FROM ({' UNION ALL '.join(parts)}){mine}")
        self._make_word("source", self._distinct("source", "history_as_read"))
        self._execute(f"CREATE VIEW history AS {_in_words('SELECT * FROM history_as_read', {'source': 'source'})}")
        return "history"

    def _sound(self, table: Table, names: Sequence[str]) -> set[str]:
        """The fields of a typed table that hold right words alone."""
        if table.error != "NULL":
            return set()
        asked = doubts(table, self.reading, names)  # not by WHERE, which the engine would ask of every row
        if not asked:
            return set()
        [wrong] = self._execute(f"SELECT {', '.join(f'({statement})' for statement in asked.values())}")
        return {name for name, is_wrong in zip(asked, wrong, strict=True) if is_wrong is not True}

    def _unsound(self, table: Table) -> dict[str, str]:
        """The zone rules of a table that no calendar day can be told by, with the reason."""
        zone = columns(table, self.reading).get("timezone")
        if zone is None:
            return {}
        rules = self._execute(f"SELECT DISTINCT {zone.sql} FROM {table.relation} WHERE {zone.sql} IS NOT NULL")
        ends = cut_offs(self._tables().values(), self._clocks(table)) if rules else []
        told = {str(rule): zones.problem_of_any(str(rule), ends) for (rule,) in rules}
        return {rule: why for rule, why in told.items() if why is not None}

    def _clocks(self, table: Table) -> list[object]:
        """The times of day that rows of a table have as their own cut-off."""
        clock = columns(table, self.reading).get("cut_off")
        if clock is None:
            return []
        return [row[0] for row in self._execute(f"SELECT DISTINCT {clock.sql} FROM {table.relation}")]


def _reader(path: Path) -> str:
    """How DuckDB reads findings back."""
    name = literal(str(path))
    return {".parquet": f"read_parquet({name})", ".csv": f"read_csv({name})"}.get(path.suffix, f"read_ndjson({name})")


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def watched(connection: duckdb.DuckDBPyConnection, statement: str, progress: Progress, rows: int) -> None:
    """Run a statement on so many rows, and say all the while how much of it is done."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            connection.execute(statement)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=work)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        progress(max(0.0, connection.query_progress()) / 100, rows)
    if failed:
        raise failed[0]
    progress(1.0, rows)
