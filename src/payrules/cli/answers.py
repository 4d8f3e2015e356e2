"""The commands that answer: `decide`, `plan`, `forecast`, `explain`."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer
from rich.markup import escape

import payrules
from payrules import records
from payrules.cli.asking import Amount, AsJson, At, EditionName, File, Given, Only, ProviderName, question, questions
from payrules.cli.console import ACTED, REJECTED, each_line, grid, keys, out, print_json, reported, show_table
from payrules.explain import verdict
from payrules.payment import Payment, Undo
from payrules.table import Claim
from payrules.words import Action, Rejection, Source


def decide(
    provider: Annotated[
        str | None, typer.Argument(metavar="PROVIDER", help="The payment provider, such as dojo.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="The provider's own JSON of one payment; - for standard input."),
    ] = None,
    at: At = None,
    amount: Amount = None,
    only: Only = None,
    edition: EditionName = None,
    fact: Given = None,
    as_json: AsJson = False,
    lines: Annotated[
        str | None,
        typer.Option(
            "--records", metavar="FILE", help='Lines {"payment": …, "undo": …}; a decision is written for each.'
        ),
    ] = None,
) -> None:
    """The one call to make now, and why."""
    if lines is not None:
        if provider is not None:
            raise typer.BadParameter("--records takes no PROVIDER: each line names its own")
        raise typer.Exit(each_line(lines, lambda line: [_answer_line(line, edition)]))
    if provider is None or file is None:
        raise typer.BadParameter("PROVIDER and FILE are needed, or --records")
    with reported(file):
        asked = questions(provider, file, at, amount, only, fact)
        decisions = [payrules.decide(payment, undo, edition=edition) for payment, undo in asked]
        if as_json:
            print_json(_one_or_all([decision.to_record() for decision in decisions]))
        else:
            for number, decision in enumerate(decisions):
                if len(decisions) > 1:
                    out.print(
                        f"{'' if number == 0 else chr(10)}[bold]Payment {escape(str(decision.payment.payment_id))}[/]"
                    )
                _show(decision)
    raise typer.Exit(max(code(decision) for decision in decisions))


def plan(
    provider: ProviderName,
    file: File,
    at: At = None,
    amount: Amount = None,
    only: Only = None,
    edition: EditionName = None,
    fact: Given = None,
    as_json: AsJson = False,
) -> None:
    """The calls that undo all that was asked, one after the other."""
    with reported(file):
        steps = payrules.plan(*question(provider, file, at, amount, only, fact), edition=edition)
        if as_json:
            print_json([step.to_record() for step in steps])
        else:
            show_table(
                ("step", "action", "amount", "left then", "why"),
                [(str(number), *_row(step)) for number, step in enumerate(steps, 1)],
            )
    raise typer.Exit(code(steps[-1]))


def forecast(
    provider: ProviderName,
    file: File,
    at: At = None,
    amount: Amount = None,
    only: Only = None,
    edition: EditionName = None,
    fact: Given = None,
    as_json: AsJson = False,
) -> None:
    """The answer now, and every later one that time alone brings."""
    with reported(file):
        decisions = payrules.forecast(*question(provider, file, at, amount, only, fact), edition=edition)
        if as_json:
            print_json([{"at": records.written(item.undo.at), **item.to_record()} for item in decisions])
        else:
            show_table(
                ("from", "action", "amount", "left then", "why"),
                [(records.written(item.undo.at), *_row(item)) for item in decisions],
            )
    raise typer.Exit(code(decisions[0]))


def explain(
    provider: ProviderName,
    file: File,
    at: At = None,
    amount: Amount = None,
    only: Only = None,
    edition: EditionName = None,
    fact: Given = None,
) -> None:
    """The decision in prose, with every claim it rests on."""
    with reported(file):
        decision = payrules.decide(*question(provider, file, at, amount, only, fact), edition=edition)
        out.print(escape(payrules.explain(decision)), soft_wrap=True)
    raise typer.Exit(code(decision))


def _answer_line(line: bytes, edition: str | None) -> dict[str, Any]:
    question = keys(line, "payment", "undo")
    payment, undo = Payment.from_record(question.get("payment")), Undo.from_record(question.get("undo"))
    return payrules.decide(payment, undo, edition=edition).to_record()


# --- showing a decision ---------------------------------------------------------------------------

_COLOURS = {Action.CANCEL: "cyan", Action.REVERSE: "yellow", Action.REFUND: "green", Action.REJECT: "red"}


def _show(decision: payrules.Decision) -> None:
    lead, rest = re.split(
        r"(?<=^Cancel)|(?<=^Reverse)|(?<=^Refund)|(?<=^Wait)|(?<=^No call)", decision.message, maxsplit=1
    )
    kind = f" ({decision.rejection})" if decision.rejection and decision.rejection is not Rejection.WAIT else ""
    out.print(f"[bold {_COLOURS[decision.action]}]{lead}[/]{kind}{escape(rest)}\n")
    grid(_facts(decision))
    others = [
        (action.value, verdict(decision, action))
        for action in decision.verdicts
        if action not in (decision.action, decision.undo.only)
    ]
    if others:
        out.print("\n[bold]The other operations[/]")
        grid(others)
    out.print(f"\n[bold]It rests on[/] (standing: {decision.standing})")
    grid(
        [(f"{decision.provider.name}.{claim.key}", _claim(decision, claim)) for claim in decision.grounds]
        or [("", "arithmetic alone")]
    )


def _claim(decision: payrules.Decision, claim: Claim) -> str:
    page = decision.provider.page(claim)
    number = f", decision {claim.decision}" if claim.decision else ""
    return f"{claim.says} ({claim.standing}{number})\n{page or 'no page says'}"


def _facts(decision: payrules.Decision) -> list[tuple[str, str]]:
    rows = [("asked at", records.written(decision.undo.at))]
    until = decision.good_until
    rows.append(("good until", records.written(until) if until else "time alone changes nothing"))
    rows.append(("reason", decision.reason.value))
    if decision.needs:
        rows.append(("needs", ", ".join(decision.needs)))
    if decision.rule:
        rows.append(("rule", decision.rule))
    rows.append(("edition", f"{decision.provider.name} {decision.edition}"))
    if decision.call:
        rows.append(("call", f"{decision.call.method} {decision.call.path}"))
    for name, fact in decision.facts.items():
        if fact["from"] not in (None, Source.GIVEN):
            rows.append(("inferred", f"{name} is {records.plain(fact['value'])} (from: {fact['from']})"))
    return rows


def _row(decision: payrules.Decision) -> tuple[str, str, str, str]:
    amount = "" if decision.amount is None else f"{decision.payment.currency} {decision.amount}"
    left = "" if decision.remaining is None else str(decision.remaining)
    return decision.action.value, amount, left, decision.message


def _one_or_all(found: list[dict[str, Any]]) -> Any:
    return found[0] if len(found) == 1 else found


def code(decision: payrules.Decision) -> int:
    """The exit code of an answer."""
    return REJECTED if decision.action is Action.REJECT else ACTED
