"""The terminal: reading files and lines, printing tables and JSON, exit codes, and errors in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from payrules import records, strict_json
from payrules.errors import CallerError, PayrulesError, did_you_mean

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ACTED, BAD_LINE, BAD_INPUT, REJECTED = 0, 1, 2, 3
FOUND = 1


# --- reading --------------------------------------------------------------------------------------


def read(file: str) -> bytes:
    """All of a file, or one byte more than may be read of it."""
    with opened(file) as stream:
        return stream.read(strict_json.SIZE_MAX + 1)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`."""
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 — only opening may fail here, not what is done with it
    except OSError as error:
        raise CallerError("file", error.strerror or str(error)) from None
    with stream:
        yield stream


@contextmanager
def reported(file: str | None) -> Iterator[None]:
    """Errors of the caller's become one line on standard error, and exit code 2."""
    try:
        yield
    except PayrulesError as error:
        where = "" if file is None else f"{'standard input' if file == '-' else file}: "
        err.print(f"payrules: {where}{error}", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None


# --- lines ----------------------------------------------------------------------------------------


def each_line(file: str, answer: Callable[[bytes], list[dict[str, Any]]]) -> int:
    """Answers to each line, in order, in constant memory; 1 if a line could not be read."""
    code = ACTED
    with reported(file), opened(file) as stream, progress(file) as advance:
        for number, line in enumerate(read_lines(stream), 1):
            advance(len(line))
            try:
                answers = answer(line)
            except PayrulesError as error:
                code = BAD_LINE
                field = error.field if isinstance(error, CallerError) else "$"
                message = error.message if isinstance(error, CallerError) else str(error)
                answers = [{"error": {"line": number, "field": field, "message": message}}]
            for record in answers:
                sys.stdout.write(json_line(record) + "\n")
    return code


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their end; of one that is too long, as much as it takes to refuse it."""
    while line := stream.readline(strict_json.SIZE_MAX + 2):
        rest = line
        while not rest.endswith(b"\n") and len(rest) > strict_json.SIZE_MAX:
            rest = stream.readline(strict_json.SIZE_MAX + 2)
        yield line.rstrip(b"\r\n")


def keys(line: bytes, *known: str) -> Mapping[str, Any]:
    """The object of a line, which has no other keys than these."""
    question = records.mapping(strict_json.parse(line), "$")
    for key in question:
        if key not in known:
            raise CallerError(key, f"a line has the keys {', '.join(known)}{did_you_mean(key, known)}")
    return question


@contextmanager
def progress(file: str, doing: str = "deciding") -> Iterator[Any]:
    """A bar on a terminal, and nothing anywhere else."""
    if not err.is_terminal or sys.stdout.isatty():
        yield lambda _: None
        return
    total = None if file == "-" else Path(file).stat().st_size
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn("bytes"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda size: progress.advance(task, size + 1)


# --- writing --------------------------------------------------------------------------------------


def grid(rows: list[tuple[str, str]]) -> None:
    """Print names beside their values."""
    found = Table.grid(padding=(0, 2))
    found.add_column(style="dim", no_wrap=True)
    found.add_column(overflow="fold")
    for name, value in rows:
        found.add_row(f"  {name}", escape(value))
    out.print(found)


def show_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows under a head."""
    found = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in head:
        found.add_column(name, overflow="fold")
    for row in rows:
        found.add_row(*(escape(cell) for cell in row))
    out.print(found)


def json_line(record: object) -> str:
    """A record on one line."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def print_json(record: object) -> None:
    """Print a record for a person."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n")
