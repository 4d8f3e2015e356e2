"""The command about findings: `report`."""

from __future__ import annotations

from typing import Annotated

import typer

from payrules.cli.console import out, reported
from payrules.errors import CallerError


def report(
    findings: Annotated[str, typer.Argument(metavar="FINDINGS", help="Findings in .parquet, .csv or .jsonl.")],
    html: Annotated[str, typer.Argument(metavar="HTML", help="The page to write.")],
) -> None:
    """Findings as one HTML page, which opens without a network."""
    with reported(None):
        write(findings, html)
    out.print(f"wrote {html}", markup=False, soft_wrap=True)


def write(findings: str, html: str) -> None:
    """Write the page; `CallerError` where it cannot be written, or where what it takes is not installed."""
    try:
        from payrules.audit import report as page
    except ModuleNotFoundError as error:
        raise CallerError("report", f"{error.name} is not installed: pip install 'payrules[audit]'") from None
    try:
        page.write(findings, html)
    except OSError as error:
        raise CallerError(html, error.strerror or str(error)) from None
