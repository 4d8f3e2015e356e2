"""Providers that other installed packages bring: for the command line and the audit, which look at what is installed.

A package names its providers as entry points of the group `payrules.providers`: the name is the provider's, the value
a folder laid out as a shipped one is, with `TABLE` in its `table.py` and, if it reads that provider's JSON, a
`wire.py`. It is looked up only when a name is asked for that is not known, and never replaces a shipped one.
"""

from __future__ import annotations

from importlib import import_module, metadata
from importlib.util import find_spec
from typing import cast

from payrules import providers
from payrules.errors import CallerError
from payrules.table import Provider

GROUP = "payrules.providers"


def enable() -> None:
    """From now on a name that is not known is looked for among the installed packages."""
    providers.look_up_with(load)


def load(name: str) -> None:
    """Register the provider of this name that a package brings; nothing happens if none does.

    Raises `CallerError` where two packages bring it, or its table has another name.
    """
    found = metadata.entry_points(group=GROUP, name=name)
    if len(found) > 1:
        raise CallerError("provider", f"{name!r} is brought by {' and by '.join(item.value for item in found)}")
    for item in found:
        _register(item)


def load_all() -> None:
    """Register every provider that a package brings and that is not known yet."""
    for name in sorted({item.name for item in metadata.entry_points(group=GROUP)}):
        if name not in providers.names():
            load(name)


def _register(item: metadata.EntryPoint) -> None:
    table = import_module(f"{item.value}.table").TABLE
    if not isinstance(table, Provider) or table.name != item.name:
        raise CallerError("provider", f"{item.value}.table.TABLE is not the table of {item.name!r}")
    wire = import_module(f"{item.value}.wire") if find_spec(f"{item.value}.wire") else None
    providers.register(table, cast("providers.Wire | None", wire))
