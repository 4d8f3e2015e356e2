"""The command `verify`: what is wrong with the tables, and which of it was meant."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.markup import escape

from payrules import providers
from payrules.cli.asking import AsJson, EditionName
from payrules.cli.console import FOUND, json_line, out, print_json, reported
from payrules.errors import CallerError
from payrules.table import Provider
from payrules.verify import Finding, Report, verify

_SPECS = Path("specs")


@frozen
class _Specs:
    """What a provider's specifications say: the decisions, and the claims that vectors rest on, if there are any."""

    decisions: str = ""
    shown: frozenset[str] | None = None


def verify_tables(
    provider: Annotated[
        list[str] | None, typer.Argument(metavar="[PROVIDER]…", help="The providers; without any, all shipped ones.")
    ] = None,
    edition: EditionName = None,
    specs: Annotated[
        Path | None,
        typer.Option(help="The folder with decisions and vectors. Without it: `specs` here, if there is one."),
    ] = None,
    today: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which pages are judged stale. Without it: today.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show the findings that are accepted, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Walk every situation of the tables: gaps, overlaps, rows and claims without effect. 1 if a finding is new."""
    folder = specs or (_SPECS if _SPECS.is_dir() else None)
    with reported(None):
        day = datetime.now(UTC).date() if today is None else _day(today)
        found = [providers.find(name) for name in provider or providers.NAMES]
        reports = _reports([item for table in found for item in _asked(table, edition, folder, day)])
        if as_json:
            print_json([_record(report) for report in reports])
        elif folder is None:
            out.print("No decisions were read, so every finding counts as new: give --specs.", style="dim")
        if not as_json:
            for report in reports:
                _show(report, every=every)
    raise typer.Exit(FOUND if any(report.new for report in reports) else 0)


@frozen(eq=False)
class _Asked:
    """One edition, and what its findings are held against."""

    table: Provider
    edition: str
    today: date
    specs: _Specs

    def size(self) -> int:
        """About how long it takes, in no unit: by what is asked, in how many statuses."""
        edition = self.table.edition(self.edition)
        return len(edition.statuses) * sum(len(permit.when) for permit in edition.permits)

    def report(self) -> Report:
        wire = providers.wire(self.table.name)
        return verify(
            self.table,
            edition=self.edition,
            today=self.today,
            shown=self.specs.shown,
            produced=wire.EVENTS if wire else None,
            decisions=self.specs.decisions,
        )


def _asked(table: Provider, edition: str | None, folder: Path | None, today: date) -> Iterator[_Asked]:
    read = _read(folder / table.name) if folder else _Specs()
    for item in [table.edition(edition)] if edition else table.editions:
        yield _Asked(table, item.name, today, read)


def _reports(asked: list[_Asked]) -> list[Report]:
    """The reports in order; several are made at once where there are processors for it, what takes longest first."""
    at_once = min(len(asked), os.cpu_count() or 1)
    if at_once == 1:
        return [item.report() for item in asked]
    with ProcessPoolExecutor(at_once, initializer=gc.disable) as pool:  # a walk throws next to nothing away
        made = {item: pool.submit(item.report) for item in sorted(asked, key=_Asked.size, reverse=True)}
        return [made[item].result() for item in asked]


def _read(folder: Path) -> _Specs:
    if not folder.is_dir():
        raise CallerError("--specs", f"there is no folder {str(folder)!r}")
    shown = {
        claim.partition(".")[2]
        for path in folder.glob("*.json")
        for cases in json.loads(path.read_bytes()).values()
        for case in (cases if isinstance(cases, list) else [])
        for claim in case["claims"]
    }
    return _Specs((folder / "decisions.md").read_text(encoding="utf-8"), frozenset(shown))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallerError("--today", f"{text!r} is no day such as 2026-11-25") from None


def _show(report: Report, *, every: bool) -> None:
    meant = len(report.findings) - len(report.new)
    colour = "red" if report.new else "green"
    walked = f"{report.situations:,} situations in {report.classes:,} classes"
    found = f"[{colour}]{len(report.new)} new[/] and {meant} accepted findings"
    out.print(f"[bold]{report.provider} {report.edition}[/]  {walked}; {found}", soft_wrap=True)
    for finding in report.findings if every else report.new:
        number = f" ({finding.accepted})" if finding.accepted else ""
        out.print(f"  [bold]{escape(finding.key)}[/]{number}\n    {escape(finding.says)}")
        if finding.payment is not None:
            out.print(f"    {escape(json_line(_question(finding)))}", style="dim", soft_wrap=True)


def _question(finding: Finding) -> dict[str, Any]:
    """The payment and the wish that show a finding, as a line of `--records` has them, without what is unknown."""
    shown = {"payment": finding.payment, "undo": finding.undo}
    return {
        name: {key: value for key, value in item.to_record().items() if value is not None}
        for name, item in shown.items()
        if item is not None
    }


def _record(report: Report) -> dict[str, Any]:
    findings = [
        {
            "kind": finding.kind.value,
            "subject": finding.subject,
            "says": finding.says,
            "accepted": finding.accepted,
            **_question(finding),
        }
        for finding in report.findings
    ]
    counts = {"situations": report.situations, "classes": report.classes, "new": len(report.new)}
    return {"provider": report.provider, "edition": report.edition, **counts, "findings": findings}
