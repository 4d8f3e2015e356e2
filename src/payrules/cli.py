"""The command line: the only part that reads files, prints, and knows what time it is.

Exit codes: 0 an action, 3 a rejection, 2 bad input; 1 where `--records` met a line that could not be read.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import payrules
from payrules import providers, records, strict_json
from payrules.errors import CallerError, PayrulesError, did_you_mean
from payrules.explain import exported, markdown, mermaid, verdict
from payrules.payment import Payment, Undo
from payrules.table import Claim
from payrules.words import Action, Rejection, Source

app = typer.Typer(
    help="Undo a payment: cancel, reverse, refund, or why not.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ACTED, BAD_LINE, BAD_INPUT, REJECTED = 0, 1, 2, 3


class Format(StrEnum):
    """How a table is printed."""

    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    JSON = "json"


ProviderName = Annotated[str, typer.Argument(metavar="PROVIDER", help="The payment provider, such as dojo.")]
File = Annotated[
    str, typer.Argument(metavar="FILE", help="The provider's own JSON of one payment; - for standard input.")
]
At = Annotated[str | None, typer.Option(help="When it is asked: RFC 3339 with an offset. Without it: now.")]
Amount = Annotated[int | None, typer.Option(help="How much to give back, in minor units. Without it: everything.")]
Only = Annotated[str | None, typer.Option(help="Ask about one operation alone: cancel, reverse or refund.")]
EditionName = Annotated[str | None, typer.Option("--edition", help="A dated set of the provider's rules.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--fact", metavar="NAME=VALUE", help="A fact that the JSON does not carry; repeatable."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the record instead of prose.")]


@app.command()
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
        raise typer.Exit(_each_line(lines, lambda line: [_answer_line(line, edition)]))
    if provider is None or file is None:
        raise typer.BadParameter("PROVIDER and FILE are needed, or --records")
    with _reported(file):
        asked = _questions(provider, file, at, amount, only, fact)
        decisions = [payrules.decide(payment, undo, edition=edition) for payment, undo in asked]
        if as_json:
            _print_json(_one_or_all([decision.to_record() for decision in decisions]))
        else:
            for number, decision in enumerate(decisions):
                if len(decisions) > 1:
                    out.print(
                        f"{'' if number == 0 else chr(10)}[bold]Payment {escape(str(decision.payment.payment_id))}[/]"
                    )
                _show(decision)
    raise typer.Exit(max(_code(decision) for decision in decisions))


@app.command()
def fold(
    provider: ProviderName,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="The provider's events as it posts them; - for standard input."),
    ] = None,
    edition: EditionName = None,
    fact: Given = None,
    lines: Annotated[
        str | None,
        typer.Option(
            "--records", metavar="FILE", help='Lines {"events": […], "payment_id": …, "given": {…}, "undo": …}.'
        ),
    ] = None,
) -> None:
    """The payments that events leave, a line of JSON each, with the events that were not understood."""
    if (file is None) is (lines is None):
        raise typer.BadParameter("FILE or --records is needed, and not both")
    with _reported(file or lines):
        providers.find(provider)
        if lines is not None:
            raise typer.Exit(_each_line(lines, lambda line: _fold_line(provider, line, edition)))
        body = strict_json.parse(_read(file or "-"))
        for record in _folded(
            provider, {"events": body if isinstance(body, list) else [body], "given": _given(fact or [])}, edition
        ):
            sys.stdout.write(_json(record) + "\n")


@app.command()
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
    with _reported(file):
        steps = payrules.plan(*_question(provider, file, at, amount, only, fact), edition=edition)
        if as_json:
            _print_json([step.to_record() for step in steps])
        else:
            _table(
                ("step", "action", "amount", "left then", "why"),
                [(str(number), *_row(step)) for number, step in enumerate(steps, 1)],
            )
    raise typer.Exit(_code(steps[-1]))


@app.command()
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
    with _reported(file):
        decisions = payrules.forecast(*_question(provider, file, at, amount, only, fact), edition=edition)
        if as_json:
            _print_json([{"at": records.written(item.undo.at), **item.to_record()} for item in decisions])
        else:
            _table(
                ("from", "action", "amount", "left then", "why"),
                [(records.written(item.undo.at), *_row(item)) for item in decisions],
            )
    raise typer.Exit(_code(decisions[0]))


@app.command()
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
    with _reported(file):
        decision = payrules.decide(*_question(provider, file, at, amount, only, fact), edition=edition)
        out.print(escape(payrules.explain(decision)), soft_wrap=True)
    raise typer.Exit(_code(decision))


@app.command()
def table(
    provider: ProviderName,
    edition: EditionName = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.MARKDOWN,
) -> None:
    """A provider's rules: statuses, what is permitted, and what that rests on."""
    with _reported(None):
        found = providers.find(provider)
        dated = found.edition(edition)
    if form is Format.JSON:
        _print_json(exported(found, dated))
    else:
        text = markdown(found, dated) if form is Format.MARKDOWN else mermaid(dated)
        sys.stdout.write(text.rstrip("\n") + "\n")


@app.command("providers")
def list_providers(as_json: AsJson = False) -> None:
    """The providers that are shipped, with their editions."""
    found = [providers.find(name) for name in providers.NAMES]
    if as_json:
        _print_json(
            [
                {
                    "provider": item.name,
                    "default": item.default,
                    "editions": [edition.name for edition in item.editions],
                }
                for item in found
            ]
        )
        return
    _table(
        ("provider", "editions", "default"),
        [(item.name, ", ".join(edition.name for edition in item.editions), item.default) for item in found],
    )


# --- reading --------------------------------------------------------------------------------------


def _question(
    provider: str, file: str, at: str | None, amount: int | None, only: str | None, fact: list[str] | None
) -> tuple[Payment, Undo]:
    asked = _questions(provider, file, at, amount, only, fact)
    if len(asked) != 1:
        raise CallerError("$", f"one payment is needed, and here are {len(asked)}")
    return asked[0]


def _questions(
    provider: str, file: str, at: str | None, amount: int | None, only: str | None, fact: list[str] | None
) -> list[tuple[Payment, Undo]]:
    """Every payment that a file of the provider's describes, each with the same wish."""
    moment = datetime.now(UTC) if at is None else records.instant(at, "--at")
    undo = Undo.from_record({"at": records.written(moment), "amount": amount, "only": only})
    providers.find(provider)
    wire = providers.wire(provider)
    found = () if wire is None else wire.payments(strict_json.parse(_read(file)), _given(fact or []))
    if not found:
        raise CallerError("$", "nothing in it is about a payment")
    return [(payment, undo) for payment in found]


def _given(facts: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals:
            raise CallerError("--fact", f"{fact!r} is not NAME=VALUE")
        try:
            given[name] = strict_json.parse(value.encode())
        except CallerError:  # quotes are optional: a bare word is text
            given[name] = value
    return given


def _read(file: str) -> bytes:
    with _opened(file) as stream:
        return stream.read(strict_json.SIZE_MAX + 1)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
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
def _reported(file: str | None) -> Iterator[None]:
    """Errors of the caller's become one line on standard error, and exit code 2."""
    try:
        yield
    except PayrulesError as error:
        where = "" if file is None else f"{'standard input' if file == '-' else file}: "
        err.print(f"payrules: {where}{error}", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None


# --- many questions -------------------------------------------------------------------------------


def _each_line(file: str, answer: Callable[[bytes], list[dict[str, Any]]]) -> int:
    """Answers to each line, in order, in constant memory; 1 if a line could not be read."""
    code = ACTED
    with _reported(file), _opened(file) as stream, _progress(file) as advance:
        for number, line in enumerate(_lines(stream), 1):
            advance(len(line))
            try:
                answers = answer(line)
            except PayrulesError as error:
                code = BAD_LINE
                field = error.field if isinstance(error, CallerError) else "$"
                message = error.message if isinstance(error, CallerError) else str(error)
                answers = [{"error": {"line": number, "field": field, "message": message}}]
            for record in answers:
                sys.stdout.write(_json(record) + "\n")
    return code


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their end; of one that is too long, as much as it takes to refuse it."""
    while line := stream.readline(strict_json.SIZE_MAX + 2):
        rest = line
        while not rest.endswith(b"\n") and len(rest) > strict_json.SIZE_MAX:
            rest = stream.readline(strict_json.SIZE_MAX + 2)
        yield line.rstrip(b"\r\n")


def _answer_line(line: bytes, edition: str | None) -> dict[str, Any]:
    question = _keys(line, "payment", "undo")
    payment, undo = Payment.from_record(question.get("payment")), Undo.from_record(question.get("undo"))
    return payrules.decide(payment, undo, edition=edition).to_record()


def _fold_line(provider: str, line: bytes, edition: str | None) -> list[dict[str, Any]]:
    question = _keys(line, "events", "payment_id", "given", "undo")
    return _folded(provider, question, edition)


def _folded(provider: str, question: Mapping[str, Any], edition: str | None) -> list[dict[str, Any]]:
    """A record for each payment of a list of events; one without a payment where none of them is about one."""
    events = records.listed(question.get("events"), "events")
    given = records.mapping(question.get("given") or {}, "given")
    wanted = question.get("payment_id")
    undo = Undo.from_record(question["undo"]) if question.get("undo") is not None else None
    folded = payrules.fold_each(provider, providers.reported(provider, events), given=given, edition=edition)
    kept = [item for item in folded if wanted is None or (item.payment and item.payment.payment_id == wanted)]
    if wanted is not None and not kept:
        raise CallerError("payment_id", f"no event is about the payment {records.shown(wanted)}")
    return [_fold_record(item, undo, edition) for item in kept] or [{"payment": None, "unfolded": []}]


def _fold_record(item: payrules.Folded, undo: Undo | None, edition: str | None) -> dict[str, Any]:
    payment = item.payment and item.payment.to_record()
    record: dict[str, Any] = {"payment": payment, "unfolded": records.plain(item.unfolded)}
    if undo is not None and item.payment is not None:
        record["decision"] = payrules.decide(item.payment, undo, edition=edition).to_record()
    return record


def _keys(line: bytes, *known: str) -> Mapping[str, Any]:
    question = records.mapping(strict_json.parse(line), "$")
    for key in question:
        if key not in known:
            raise CallerError(key, f"a line has the keys {', '.join(known)}{did_you_mean(key, known)}")
    return question


@contextmanager
def _progress(file: str) -> Iterator[Any]:
    """A bar on a terminal, and nothing anywhere else."""
    if not err.is_terminal or sys.stdout.isatty():
        yield lambda _: None
        return
    total = None if file == "-" else Path(file).stat().st_size
    columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TextColumn("bytes"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task("deciding", total=total)
        yield lambda size: progress.advance(task, size + 1)


# --- writing --------------------------------------------------------------------------------------

_COLOURS = {Action.CANCEL: "cyan", Action.REVERSE: "yellow", Action.REFUND: "green", Action.REJECT: "red"}


def _show(decision: payrules.Decision) -> None:
    lead, rest = re.split(
        r"(?<=^Cancel)|(?<=^Reverse)|(?<=^Refund)|(?<=^Wait)|(?<=^No call)", decision.message, maxsplit=1
    )
    kind = f" ({decision.rejection})" if decision.rejection and decision.rejection is not Rejection.WAIT else ""
    out.print(f"[bold {_COLOURS[decision.action]}]{lead}[/]{kind}{escape(rest)}\n")
    _grid(_facts(decision))
    others = [
        (action.value, verdict(decision, action))
        for action in decision.verdicts
        if action not in (decision.action, decision.undo.only)
    ]
    if others:
        out.print("\n[bold]The other operations[/]")
        _grid(others)
    out.print(f"\n[bold]It rests on[/] (standing: {decision.standing})")
    _grid(
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


def _grid(rows: list[tuple[str, str]]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(f"  {name}", escape(value))
    out.print(grid)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    found = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in head:
        found.add_column(name, overflow="fold")
    for row in rows:
        found.add_row(*(escape(cell) for cell in row))
    out.print(found)


def _one_or_all(found: list[dict[str, Any]]) -> Any:
    return found[0] if len(found) == 1 else found


def _json(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _print_json(record: object) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def _code(decision: payrules.Decision) -> int:
    return REJECTED if decision.action is Action.REJECT else ACTED


def main() -> None:
    """Run the command line; a reader that went away is no error of ours."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BAD_LINE) from None


if __name__ == "__main__":
    main()
