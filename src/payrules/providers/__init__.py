"""Providers by name: the shipped ones, loaded when they are first asked for, and those of a caller's own.

Each shipped one is a folder with a `table.py` (data only), its `claims.py` and `responses.py` (data only: what the
table rests on, what answers mean) and a `wire.py` (its JSON to our records, and our calls to its requests). A table
of one's own is passed as `provider=`, or made known by `register`; then it works wherever a name does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from payrules.calls import Call
from payrules.errors import CallerError, did_you_mean
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.table import Provider
from payrules.words import Action, Event

NAMES = (
    "dojo",
    "payroc",
    "adyen",
    "paypal",
    "stripe",
    "braintree",
    "authorizenet",
    "square",
    "checkoutcom",
    "klarna",
    "gocardless",
)
"""The shipped providers."""


class Wire(Protocol):
    """What every provider's `wire` module offers; all of it is pure."""

    @property
    def EVENTS(self) -> frozenset[Event]:  # noqa: N802 — a constant of the module
        """What its webhooks can tell of a payment."""

    def payment(self, body: Any, given: Mapping[str, Any]) -> Payment:
        """The one payment that the provider's JSON describes, with facts that it does not carry."""

    def payments(self, body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
        """Every payment that the provider's JSON describes: a single body, or a list."""

    def notices(self, body: Any) -> tuple[Notice | Unread, ...]:
        """The events that a webhook of the provider reports; nothing for what is deliberately ignored."""

    def call(self, payment: Payment, action: Action, amount: int, request_id: str | None = None) -> Call | None:
        """The request that carries out an operation; None where the payment lacks what the request needs."""


_own: dict[str, tuple[Provider, Wire | None]] = {}
_finders: list[Callable[[str], object]] = []
_forgetters: list[Callable[[str], object]] = []


def names() -> tuple[str, ...]:
    """The shipped providers, then those that were registered."""
    return NAMES + tuple(name for name in _own if name not in NAMES)


def register(provider: Provider, wire: Wire | None = None, *, replace: bool = False) -> None:
    """Make a table of one's own known by its name, with an adapter if there is one.

    Raises `CallerError` for a name that is known already, unless it is to be replaced: by a shipped table that a
    company's own rules narrow, say.
    """
    if provider.name in names() and not replace:
        raise CallerError("provider", f"{provider.name!r} is known already; replace=True replaces it")
    _own[provider.name] = (provider, wire)
    _changed(provider.name)


def unregister(name: str) -> None:
    """Forget a table of one's own; a shipped one of that name is there again. Nothing happens if there is none."""
    _own.pop(name, None)
    _changed(name)


def when_changed(forget: Callable[[str], object]) -> None:
    """Tell a function the name whose table has become another: for what keeps something under that name."""
    _forgetters.append(forget)


def _changed(name: str) -> None:
    for forget in _forgetters:
        forget(name)


def look_up_with(finder: Callable[[str], object]) -> None:
    """Ask a function for every name that is not known, which may then register it.

    For a shell that reads what is installed; the core installs none, and so never looks anywhere.
    """
    if finder not in _finders:
        _finders.append(finder)


def find(name: str) -> Provider:
    """The table of this name; `CallerError` names the nearest if there is none."""
    if name not in _own and name in NAMES:
        return _shipped(name)
    for finder in _finders:
        if name not in _own:
            finder(name)
    if name not in _own:
        known = names()
        raise CallerError(
            "provider", f"no provider {name!r} is known, only {', '.join(known)}{did_you_mean(name, known)}"
        )
    return _own[name][0]


def wire(name: str) -> Wire | None:
    """The adapter of this name; None if there is none."""
    if name in _own:
        return _own[name][1]
    return _shipped_wire(name) if name in NAMES else None


@cache
def _shipped(name: str) -> Provider:
    return cast("Provider", import_module(f"payrules.providers.{name}.table").TABLE)


@cache
def _shipped_wire(name: str) -> Wire:
    return cast("Wire", import_module(f"payrules.providers.{name}.wire"))


def reported(name: str, events: Iterable[Any]) -> tuple[Notice | Unread, ...]:
    """The events of a list: the provider's own JSON, and beside it records of ours, such as the caller's requests."""
    adapter = wire(name)
    found: list[Notice | Unread] = []
    for item in events:
        event = item.get("event") if isinstance(item, Mapping) else None
        if isinstance(event, str) and event in _EVENTS:
            found.append(Notice.from_record(item))
        elif adapter is not None:
            found.extend(adapter.notices(item))
    return tuple(found)


_EVENTS = frozenset(event.value for event in Event)
