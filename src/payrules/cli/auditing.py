"""Audits: were the undo decisions of a history right."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from payrules import providers, records
from payrules.cli import reports
from payrules.cli.console import ACTED, BAD_LINE, REJECTED, err, out, print_json, reported, show_table
from payrules.errors import CallerError

if TYPE_CHECKING:
    from payrules.audit.duck import Progress as Tell
    from payrules.audit.history import Reading
    from payrules.audit.summary import Summary


class Engine(StrEnum):
    """What runs the audit."""

    DUCKDB = "duckdb"
    SPARK = "spark"


_TABLES = "Files (JSON lines, CSV, Parquet), folders, globs, or PATH#TABLE of DuckDB, SQLite or PostgreSQL."
Sources = Annotated[list[str] | None, typer.Argument(metavar="HISTORY…", help=_TABLES)]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Where to write a finding for each row: .parquet, .csv or .jsonl.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN|FILE",
        help="The column that holds a field, or a TOML file that says all such things; repeatable.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--value", metavar="FIELD:THEIRS=OURS", help="What a word of the history's means; repeatable."),
]
Constants = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A field that is the same in every row; repeatable."),
]
Zone = Annotated[str | None, typer.Option("--assume-zone", metavar="ZONE", help="Whose clocks local times are of.")]
Units = Annotated[
    str | None,
    typer.Option(
        "--minor-units", metavar="N|currency", help="How many decimals amounts have; else they are integers."
    ),
]


def audit(
    history: Sources = None,
    out_file: Out = None,
    columns: Columns = None,
    values: Values = None,
    constants: Constants = None,
    assume_zone: Zone = None,
    minor_units: Units = None,
    edition: Annotated[
        str | None, typer.Option(help="Judge every row by this edition, not by that of its day.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs it; Spark reads Parquet.")] = Engine.DUCKDB,
    threads: Annotated[int | None, typer.Option(min=1, help="How many threads; without it: all.")] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            help="How much memory before it spills to disk, such as 2GB; without it: as little as it can do with."
        ),
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option("--sql", metavar="DIALECT", help="Print the SQL for a warehouse instead: see --sql help."),
    ] = None,
    provider: Annotated[list[str] | None, typer.Option(help="With --sql: only these providers.")] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="HTML", help="Tell the findings on one page, too: see `payrules report`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Were past undo decisions right: a finding for each row of a history, and what the mistakes cost.

    Exit code 0: everything agrees; 3: not everything; 1: a row could not be read; 2: bad input.
    """
    with reported(None):
        needs_extra()
        if dialect is not None:
            sys.stdout.write(_sql(dialect, provider, edition))
            return
        if not history:
            raise CallerError("history", "a file, folder, glob or PATH#TABLE is needed")
        reading = reading_of(columns, values, constants, assume_zone, minor_units)
        if engine is Engine.SPARK and report is not None:
            raise CallerError(
                "report", "Spark writes a folder of findings: payrules report reads its files afterwards"
            )
        with _findings_file(out_file, report) as place:
            if engine is Engine.SPARK:
                summary = _in_spark(history, reading, place, edition)
            else:
                summary = _in_duckdb(history, reading, place, edition, threads, memory)
            if report is not None:
                reports.write(str(place), str(report))
    _show(summary, out_file, as_json)
    if report is not None and not as_json:
        out.print(f"The page is {report}", markup=False)
    raise typer.Exit(_code(summary))


@contextmanager
def _findings_file(out_file: Path | None, report: Path | None) -> Iterator[Path | None]:
    """Where the findings go: where they are wanted, or for a page alone into a folder that goes away."""
    if out_file is not None or report is None:
        yield out_file
        return
    with tempfile.TemporaryDirectory(prefix="payrules-") as folder:
        yield Path(folder) / "findings.parquet"


def needs_extra() -> None:
    """`CallerError` where what an audit needs is not installed."""
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
        import sqlglot  # noqa: F401
    except ImportError as error:
        raise CallerError("audit", f"{error.name} is missing: pip install 'payrules[audit]'") from None


def _in_duckdb(
    history: list[str],
    reading: Reading,
    out_file: Path | None,
    edition: str | None,
    threads: int | None,
    memory: str | None,
) -> Summary:
    from payrules.audit import duck

    with _progress() as tell:
        return duck.audit(
            history, reading=reading, out=out_file, edition=edition, threads=threads, memory=memory, progress=tell
        )


def _in_spark(history: list[str], reading: Reading, out_file: Path | None, edition: str | None) -> Summary:
    try:
        from payrules.audit import spark
    except ImportError as error:
        raise CallerError("engine", f"{error.name} is missing: pip install 'payrules[spark]'") from None
    return spark.audit_files(history, out=out_file, reading=reading, edition=edition)


def _sql(dialect: str, names: list[str] | None, edition: str | None) -> str:
    from payrules.audit import warehouse

    chosen = [providers.find(name) for name in names or providers.names()]
    if edition is not None and len(chosen) > 1:
        raise CallerError("edition", "an edition is of one provider: --provider says which")
    return warehouse.query(dialect, chosen, edition)


# --- reading --------------------------------------------------------------------------------------


def reading_of(
    columns: list[str] | None,
    values: list[str] | None,
    constants: list[str] | None,
    assume_zone: str | None,
    minor_units: str | None,
) -> Reading:
    """How a history is read: what the options say, over what mapping files say."""
    from payrules.audit.history import Reading, from_toml

    files = [item for item in columns or [] if "=" not in item and item.endswith(".toml")]
    told: dict[str, Any] = {}
    for file in files:
        told |= from_toml(Path(file))
    pairs = [item for item in columns or [] if item not in files]
    told["columns"] = {**told.get("columns", {}), **_pairs("--map", pairs)}
    told["constants"] = {**told.get("constants", {}), **_pairs("--set", constants)}
    meanings: dict[str, dict[str, str]] = {name: dict(words) for name, words in told.get("values", {}).items()}
    for theirs, ours in _pairs("--value", values).items():
        name, colon, word = theirs.partition(":")
        if not colon:
            raise CallerError("--value", f"{theirs!r} is not FIELD:THEIRS=OURS")
        meanings.setdefault(name, {})[word] = ours
    told["values"] = meanings
    if assume_zone is not None:
        told["assume_zone"] = assume_zone
    if minor_units is not None:
        told["minor_units"] = minor_units
    return Reading(**told)


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given or []:
        name, equals, value = item.rpartition("=") if option == "--value" else item.partition("=")
        if not equals:
            raise CallerError(option, f"{item!r} is not NAME=VALUE")
        found[name] = value
    return found


# --- showing --------------------------------------------------------------------------------------


@contextmanager
def _progress() -> Iterator[Tell | None]:
    """A bar on a terminal, and nothing anywhere else."""
    if not err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading", total=1.0, rate="")

        def tell(done: float, rows: int = 0, /) -> None:
            elapsed = progress.tasks[task].elapsed or 0.0
            rate = f"{rows:,} rows, {done * rows / elapsed:,.0f} a second" if rows and elapsed else ""
            progress.update(task, completed=done, description="judging" if rows else "reading", rate=rate)

        yield tell


_WIDE = 100

_SAYS = {
    "agrees": "as the rules have it",
    "would_be_refused": "the provider does not permit what was done",
    "not_preferred": "permitted, but another way was better",
    "missed": "rejected, though something was permitted",
    "gave_back_too_much": "more than there was to give back",
    "undone_twice": "everything had been given back before",
    "unknown": "facts are missing",
    "unreadable": "the row could not be read",
}


def _show(summary: Summary, out_file: Path | None, as_json: bool) -> None:
    if as_json:
        print_json({"rows": summary.rows, "counts": [records.plain(_count(item)) for item in summary.counts]})
        return
    width = 5 if out.width >= _WIDE else 4
    rows: list[tuple[str, ...]] = []
    for finding, count, money in summary.by_finding():
        share = f"{count / summary.rows:.1%}" if summary.rows else ""
        sums = ", ".join(f"{currency} {amount:,}" for currency, amount in money.items() if amount)
        rows.append((finding.value, f"{count:,}", share, sums, _SAYS[finding])[:width])
    show_table(("finding", "rows", "share", "money (minor units)", "what it says")[:width], rows)
    out.print(f"\n{summary.rows:,} rows read" + (f", findings in {out_file}" if out_file else ""), markup=False)


def _count(item: Any) -> dict[str, Any]:
    import attrs

    told = attrs.asdict(item)
    told["month"] = item.month.isoformat() if item.month else None
    return told


def _code(summary: Summary) -> int:
    from payrules.audit.findings import Finding

    if summary.of(Finding.UNREADABLE):
        return BAD_LINE
    return REJECTED if summary.mistakes else ACTED
