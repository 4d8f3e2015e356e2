"""The command line: the only part that reads files, prints, and knows what time it is.

Exit codes: 0 an action, 3 a rejection, 2 bad input; 1 where `--records` met a line that could not be read, where
`verify` found something that no decision accepts, `diff` a difference, or `log verify` a line that is not as it was
written.
"""

from __future__ import annotations

import os
import sys

import typer

from payrules import plugins
from payrules.cli import answers, auditing, diffs, events, logs, reports, tables, verifying
from payrules.cli.console import BAD_LINE

app = typer.Typer(
    help="Undo a payment: cancel, reverse, refund, or why not.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(answers.decide)
app.command()(events.fold)
app.command()(answers.plan)
app.command()(answers.forecast)
app.command()(answers.explain)
app.command()(tables.table)
app.command("verify")(verifying.verify_tables)
app.command()(auditing.audit)
app.command()(diffs.diff)
app.command()(reports.report)
app.command("providers")(tables.list_providers)
app.add_typer(logs.commands, name="log")


def main() -> None:
    """Run the command line; a reader that went away is no error of ours."""
    plugins.enable()
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BAD_LINE) from None
