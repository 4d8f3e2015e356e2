"""The commands about the decision log: `log verify`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

import typer

from payrules import records
from payrules.audit import log
from payrules.cli.asking import AsJson
from payrules.cli.console import ACTED, FOUND, opened, out, print_json, progress, reported, show_table

commands = typer.Typer(help="The decision log: what was decided, written so that a change to it shows.")


@commands.callback()
def _group() -> None:
    """The decision log: what was decided, written so that a change to it shows."""


@commands.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A decision log; - for standard input.")],
    head: Annotated[
        str | None,
        typer.Option(metavar="[NUMBER:]DIGEST", help="The head that was kept elsewhere: shows a cut or a new log."),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:DIGEST", help="The head of the file before, where the log goes on in this one."),
    ] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Decide each line again and compare.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find changed, missing, reordered and unfinished lines; exit code 1 if there is one."""
    with reported(file), opened(file) as stream, progress(file, "verifying") as advance:
        found = log.verify(
            _counted(stream, advance),
            after=log.START if after is None else log.Head.parse(after),
            head=None if head is None else log.Head.parse(head),
            replay=replay,
        )
    if as_json:
        print_json(_record(found))
    else:
        _show(file, found)
    raise typer.Exit(FOUND if found.problems else ACTED)


def _counted(stream: BinaryIO, advance: Any) -> Iterator[bytes]:
    for line in log.lines_of(stream):
        yield line
        advance(len(line))


def _record(found: log.Verified) -> dict[str, Any]:
    return {
        "lines": found.lines,
        "chained": found.chained,
        "head": str(found.head) if found.head else None,
        "anchored": found.anchored,
        "replayed": found.replayed,
        "problems": records.plain(found.problems),
    }


def _show(file: str, found: log.Verified) -> None:
    problems = len(found.problems)
    wrong = "no problem" if problems == 0 else "1 problem" if problems == 1 else f"{problems} problems"
    replayed = f", {found.replayed} decided again" if found.replayed else ""
    name = "standard input" if file == "-" else file
    out.print(f"{name}: {found.lines} lines{replayed}, {wrong}", markup=False, soft_wrap=True)
    if found.problems:
        rows: list[tuple[str, ...]] = [
            (str(problem.line), problem.fault.value, problem.message) for problem in found.problems
        ]
        show_table(("line", "problem", "what"), rows)
    if found.chained is False:
        out.print("Not chained: a line that is missing, or changed within reason, does not show.")
    if found.head is not None:
        out.print(f"head {found.head}", soft_wrap=True)
    if found.anchored is not None:
        newer = found.lines - found.anchored
        out.print(f"Anchored at line {found.anchored}" + (f"; {newer} lines are newer." if newer else "."))
    elif found.head is not None:
        out.print("Not anchored: a cut end or a log written anew shows only against a head kept elsewhere (--head).")
