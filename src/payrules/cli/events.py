"""The command `fold`: the payments that events leave."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

import payrules
from payrules import providers, records, strict_json
from payrules.cli.asking import EditionName, Given, ProviderName, given_facts
from payrules.cli.console import each_line, json_line, keys, read, reported
from payrules.errors import CallerError
from payrules.payment import Undo


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
    with reported(file or lines):
        providers.find(provider)
        if lines is not None:
            raise typer.Exit(each_line(lines, lambda line: _fold_line(provider, line, edition)))
        body = strict_json.parse(read(file or "-"))
        question = {"events": body if isinstance(body, list) else [body], "given": given_facts(fact or [])}
        for record in _folded(provider, question, edition):
            sys.stdout.write(json_line(record) + "\n")


def _fold_line(provider: str, line: bytes, edition: str | None) -> list[dict[str, Any]]:
    question = keys(line, "events", "payment_id", "given", "undo")
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
