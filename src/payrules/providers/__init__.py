"""The shipped providers, found by name and loaded when they are first asked for.

Each is a folder with a `table.py` (data only), its `claims.py` (data only: what the table rests on) and a `wire.py`
(its JSON to our records, and our calls to its requests).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from payrules.calls import Call
from payrules.errors import CallerError, did_you_mean
from payrules.events import Notice, Unread
from payrules.payment import Payment
from payrules.table import Provider
from payrules.words import Action, Event

NAMES = ("dojo", "payroc", "adyen")
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


@cache
def find(name: str) -> Provider:
    """The shipped table of this name; `CallerError` names the nearest if there is none."""
    if name not in NAMES:
        raise CallerError(
            "provider", f"no provider {name!r} is shipped, only {', '.join(NAMES)}{did_you_mean(name, NAMES)}"
        )
    return cast("Provider", import_module(f"payrules.providers.{name}.table").TABLE)


@cache
def wire(name: str) -> Wire | None:
    """The shipped adapter of this name; None if there is none."""
    return cast("Wire", import_module(f"payrules.providers.{name}.wire")) if name in NAMES else None


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
