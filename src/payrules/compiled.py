"""Tables turned into functions, each on first use and once.

An edition asked for by name is kept until another table takes the name; of tables that callers pass the latest are,
told apart by identity, which is quicker than comparing them.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from payrules import providers
from payrules.outcomes import Result
from payrules.payment import Payment, Undo
from payrules.table import Edition, Provider

if TYPE_CHECKING:
    from payrules.generate import Function

Key = TypeVar("Key", str, int)

OWN_MAX = 64
"""So many editions of callers' own providers are kept, one asked for by name and by default counting twice."""


@frozen
class Compiled:
    """One edition of a provider's rules, ready to decide; `source` is the function that does."""

    provider: Provider
    edition: Edition
    source: str = field(repr=False)
    decide: Callable[[Payment, Undo], Result] = field(eq=False, repr=False)


defaults: dict[str, Compiled] = {}
"""The default editions that were asked for by a provider's name alone, as most questions do."""

_shipped: dict[tuple[str, str | None], Compiled] = {}
_own: dict[tuple[int, str | None], Compiled] = {}
_lock = Lock()
_numbers = count()


def compiled(name: str, provider: Provider | None, edition: str | None) -> Compiled:
    """The rules by which payments of a provider of this name are decided; a table of your own goes before the name.

    Raises `CallerError` for a provider or an edition that does not exist.
    """
    if provider is None:
        found = _shipped.get((name, edition)) or _keep(_shipped, name, providers.find(name), edition)
        if edition is None:
            defaults[name] = found
        return found
    # What is kept keeps its provider alive, so no other has its id.
    return _own.get((id(provider), edition)) or _keep_own(provider, edition)


def source(provider: Provider, edition: Edition) -> str:
    """The function that an edition is turned into, as Python."""
    return _function(provider, edition).source


def _keep(
    kept: dict[tuple[Key, str | None], Compiled], key: Key, provider: Provider, edition: str | None
) -> Compiled:
    dated = provider.edition(edition)
    with _lock:  # two threads that ask at once get the same function
        for name in (dated.name, edition):
            kept[key, name] = kept.get((key, dated.name)) or _compile(provider, dated)
        return kept[key, edition]


def _keep_own(provider: Provider, edition: str | None) -> Compiled:
    found = _keep(_own, id(provider), provider, edition)
    with _lock:
        while len(_own) > OWN_MAX:
            oldest = _own.pop(next(iter(_own)))
            linecache.cache.pop(oldest.decide.__code__.co_filename, None)
    return found


def _forget(name: str) -> None:
    """Another table goes by this name from now on."""
    with _lock:
        for key in [key for key in _shipped if key[0] == name]:
            del _shipped[key]
        defaults.pop(name, None)


providers.when_changed(_forget)


def _compile(provider: Provider, edition: Edition) -> Compiled:
    """The line cache holds the source, so that a traceback and a debugger show it."""
    made = _function(provider, edition)
    file = f"<payrules {provider.name} {edition.name} {next(_numbers)}>"
    linecache.cache[file] = len(made.source), None, made.source.splitlines(keepends=True), file
    found: dict[str, Callable[[Payment, Undo], Result]] = {}
    exec(compile(made.source, file, "exec"), made.constants, found)  # noqa: S102 — our own text, of a table's words
    return Compiled(provider, edition, made.source, found[made.name])


def _function(provider: Provider, edition: Edition) -> Function:
    """Importing the library does not load what only compiling needs."""
    from payrules.generate import function

    return function(provider, edition)
