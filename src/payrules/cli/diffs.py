"""The command `diff`: what two editions of a table answer differently."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer
from rich.markup import escape

from payrules import providers
from payrules.cli.asking import AsJson, ProviderName
from payrules.cli.auditing import Columns, Constants, Units, Values, Zone, needs_extra, reading_of
from payrules.cli.console import ACTED, FOUND, json_line, out, print_json, reported
from payrules.differences import Change, Compared, Difference, compare
from payrules.table import Provider
from payrules.ways import Outcome

if TYPE_CHECKING:
    from payrules.audit.history import Reading
    from payrules.audit.turned import Turned

_TELLING = (Change.PERMITTED, Change.FORBIDDEN, Change.OTHERWISE, Change.AMOUNT)


def diff(
    provider: ProviderName,
    before: Annotated[str, typer.Argument(metavar="EDITION", help="The edition to start from.")],
    after: Annotated[str, typer.Argument(metavar="EDITION", help="The edition to compare with it.")],
    history: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[HISTORY]…", help="Past decisions, as `payrules audit` takes them: which are turned."
        ),
    ] = None,
    columns: Columns = None,
    values: Values = None,
    constants: Constants = None,
    assume_zone: Zone = None,
    minor_units: Units = None,
    every: Annotated[bool, typer.Option("--all", help="Show where only the no is another, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Where two editions of a table answer differently, each with a payment; exit code 1 if they do anywhere."""
    with reported(None):
        table = providers.find(provider)
        turns = None
        if history:
            needs_extra()
            reading = reading_of(columns, values, constants, assume_zone, minor_units)
            turns = _turned(history, table, before, after, reading)
        found = compare(table, before, after)
    if as_json:
        print_json(_record(found) | ({} if turns is None else {"history": attrs.asdict(turns)}))
    else:
        _show(found, every=every)
        if turns is not None:
            _show_turns(turns)
    raise typer.Exit(FOUND if found.differences else ACTED)


def _turned(history: list[str], table: Provider, before: str, after: str, reading: Reading) -> Turned:
    from payrules.audit.turned import turned

    return turned(history, table, before, after, reading=reading)


def _show_turns(turns: Turned) -> None:
    total = sum(turn.rows for turn in turns.turns)
    out.print(f"\n[bold]past decisions[/]\n  {total:,} of {turns.rows:,} are judged otherwise")
    for turn in turns.turns:
        what = turn.before if turn.before == turn.after else f"{turn.before} → {turn.after}"
        out.print(f"  {what.replace('_', ' ')} ({turn.rows:,})")
        for row in turn.examples:
            done = row["done_action"] + ("" if row["done_amount"] is None else f" {row['done_amount']}")
            right = f"{row['action_before']} ({row['reason_before']}) → {row['action_after']} ({row['reason_after']})"
            place = f"row {row['row']} of {row['source']}: {row['payment_id']}, done {done}; right {right}"
            out.print(f"    {escape(place)}", style="dim", soft_wrap=True)


def _show(found: Compared, *, every: bool) -> None:
    out.print(f"[bold]{found.provider.title}, from {found.before.name} to {found.after.name}[/]", soft_wrap=True)
    for what, rows in (("gone", found.gone), ("new", found.new), ("changed", found.other)):
        if rows:
            out.print(f"  rows {what}: {', '.join(rows)}")
    out.print(f"  {found.differing:,} of {found.situations:,} situations are answered differently")
    shown = [item for item in found.differences if every or item.change in _TELLING]
    for change, group in groupby(shown, key=lambda item: item.change):
        out.print(f"\n[bold]{change.replace('_', ' ')}[/]")
        for item in group:
            _show_one(item)
    if len(shown) < len(found.differences):
        out.print("\nElsewhere both say no, of another kind or for another reason (--all).")


def _show_one(item: Difference) -> None:
    asked = f"{item.only} asked about alone" if item.only else "asked to undo"
    out.print(f"  {escape(item.status)}, {asked} ({item.situations:,}): {_said(item.before)} → {_said(item.after)}")
    out.print(f"    {escape(json_line(_question(item)))}", style="dim", soft_wrap=True)


def _said(outcome: Outcome) -> str:
    kind = f"{outcome.rejection} " if outcome.rejection else ""
    amount = "" if outcome.amount is None else f" {outcome.amount}"
    return f"{outcome.action}{amount} ({kind}{outcome.reason})"


def _question(item: Difference) -> dict[str, Any]:
    """The payment and the wish, as a line of `--records` has them, without what is unknown."""
    records = {"payment": item.payment.to_record(), "undo": item.undo.to_record()}
    return {name: {key: value for key, value in told.items() if value is not None} for name, told in records.items()}


def _record(found: Compared) -> dict[str, Any]:
    return {
        "provider": found.provider.name,
        "before": found.before.name,
        "after": found.after.name,
        "rows": {"gone": found.gone, "new": found.new, "changed": found.other},
        "situations": found.situations,
        "differing": found.differing,
        "differences": [
            {
                "change": item.change.value,
                "status": item.status,
                "only": item.only and item.only.value,
                "situations": item.situations,
                "before": _outcome(item.before),
                "after": _outcome(item.after),
                **_question(item),
            }
            for item in found.differences
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "action": outcome.action.value,
        "amount": outcome.amount,
        "remaining": outcome.remaining,
        "reason": outcome.reason.value,
        "rejection": outcome.rejection and outcome.rejection.value,
        "needs": sorted(outcome.needs),
        "rule": outcome.permit and outcome.permit.name,
    }
