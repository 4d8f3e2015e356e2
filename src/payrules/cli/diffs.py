"""The command `diff`: what two editions of a table answer differently."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

import typer
from rich.markup import escape

from payrules import providers
from payrules.cli.asking import AsJson, ProviderName
from payrules.cli.console import ACTED, FOUND, json_line, out, print_json, reported
from payrules.differences import Change, Compared, Difference, compare
from payrules.situations import Outcome

_TELLING = (Change.PERMITTED, Change.FORBIDDEN, Change.OTHERWISE, Change.AMOUNT)


def diff(
    provider: ProviderName,
    before: Annotated[str, typer.Argument(metavar="EDITION", help="The edition to start from.")],
    after: Annotated[str, typer.Argument(metavar="EDITION", help="The edition to compare with it.")],
    every: Annotated[bool, typer.Option("--all", help="Show where only the no is another, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Where two editions of a table answer differently, each with a payment; exit code 1 if they do anywhere."""
    with reported(None):
        found = compare(providers.find(provider), before, after)
    if as_json:
        print_json(_record(found))
    else:
        _show(found, every=every)
    raise typer.Exit(FOUND if found.differences else ACTED)


def _show(found: Compared, *, every: bool) -> None:
    changed = sum(item.situations for item in found.differences)
    out.print(f"[bold]{found.provider.title}, from {found.before.name} to {found.after.name}[/]", soft_wrap=True)
    for what, rows in (("gone", found.gone), ("new", found.new), ("changed", found.other)):
        if rows:
            out.print(f"  rows {what}: {', '.join(rows)}")
    out.print(f"  {changed:,} of {found.situations:,} situations are answered differently")
    shown = [item for item in found.differences if every or item.change in _TELLING]
    for change, group in groupby(shown, key=lambda item: item.change):
        out.print(f"\n[bold]{change.replace('_', ' ')}[/]")
        for item in group:
            _show_one(item)
    hidden = sum(item.situations for item in found.differences if item not in shown)
    if hidden:
        out.print(f"\nIn {hidden:,} more both say no, of another kind or for another reason (--all).")


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
