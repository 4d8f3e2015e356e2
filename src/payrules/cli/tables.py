"""The commands about the tables themselves: `table`, `providers`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from payrules import compiled, plugins, providers
from payrules.cli.asking import AsJson, EditionName, ProviderName
from payrules.cli.console import print_json, reported, show_table
from payrules.explain import exported, markdown, mermaid
from payrules.table import Edition, Provider


class Format(StrEnum):
    """How a table is printed."""

    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    JSON = "json"
    PYTHON = "python"


def table(
    provider: ProviderName,
    edition: EditionName = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.MARKDOWN,
) -> None:
    """A provider's rules: statuses, what is permitted, and what that rests on."""
    with reported(None):
        found = providers.find(provider)
        dated = found.edition(edition)
    if form is Format.JSON:
        print_json(exported(found, dated))
    else:
        sys.stdout.write(_text(found, dated, form).rstrip("\n") + "\n")


def _text(provider: Provider, edition: Edition, form: Format) -> str:
    if form is Format.PYTHON:
        return compiled.source(provider, edition)
    return mermaid(edition) if form is Format.MERMAID else markdown(provider, edition)


def list_providers(as_json: AsJson = False) -> None:
    """The providers that are known, with their editions: the shipped ones, and those that other packages bring."""
    with reported(None):
        plugins.load_all()
    found = [providers.find(name) for name in providers.names()]
    if as_json:
        print_json(
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
    show_table(
        ("provider", "editions", "default"),
        [(item.name, ", ".join(edition.name for edition in item.editions), item.default) for item in found],
    )
