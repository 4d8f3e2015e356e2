"""What the commands ask of a person, and the questions that they make of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from payrules import providers, records, strict_json
from payrules.cli.console import read
from payrules.errors import CallerError
from payrules.payment import Payment, Undo

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


def question(
    provider: str, file: str, at: str | None, amount: int | None, only: str | None, fact: list[str] | None
) -> tuple[Payment, Undo]:
    """The one payment that a file of the provider's describes, and the wish."""
    asked = questions(provider, file, at, amount, only, fact)
    if len(asked) != 1:
        raise CallerError("$", f"one payment is needed, and here are {len(asked)}")
    return asked[0]


def questions(
    provider: str, file: str, at: str | None, amount: int | None, only: str | None, fact: list[str] | None
) -> list[tuple[Payment, Undo]]:
    """Every payment that a file of the provider's describes, each with the same wish."""
    moment = datetime.now(UTC) if at is None else records.instant(at, "--at")
    undo = Undo.from_record({"at": records.written(moment), "amount": amount, "only": only})
    providers.find(provider)
    wire = providers.wire(provider)
    found = () if wire is None else wire.payments(strict_json.parse(read(file)), given_facts(fact or []))
    if not found:
        raise CallerError("$", "nothing in it is about a payment")
    return [(payment, undo) for payment in found]


def given_facts(facts: list[str]) -> dict[str, Any]:
    """The facts of `--fact NAME=VALUE`; a value is written as in JSON, quotes optional."""
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
