"""What happened to a payment, as somebody reported it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import attrs
from attrs import field

from payrules import records
from payrules.errors import CallerError, did_you_mean
from payrules.payment import Payment
from payrules.readonly import ReadOnly, frozen
from payrules.records import amount, flag, optional, reads, text, word
from payrules.words import Event

_FIELDS = tuple(attribute.name for attribute in attrs.fields(Payment))
_INSTANTS = tuple(attribute.name for attribute in attrs.fields(Payment) if attribute.metadata.get("instant"))


def _told(value: object) -> Mapping[str, Any]:
    """What a report tells: fields of a payment; whether it can have the values is seen when they are told to it.

    Instants may be text, as in a record.
    """
    told = records.mapping(value, "tells")
    for name in told:
        if name not in _FIELDS:
            raise CallerError(
                f"tells.{name}", f"no field of a payment has this name{did_you_mean(str(name), _FIELDS)}"
            )
    instants = {name: records.instant(told[name], name) for name in _INSTANTS if isinstance(told.get(name), str)}
    return cast("Mapping[str, Any]", frozen({**told, **instants}))


def _name(value: object) -> str | None:
    """What is not text is no name: of a report that could not be read nothing is certain."""
    return value if isinstance(value, str) and value else None


@attrs.frozen(kw_only=True, field_transformer=records.converted)
class Notice:
    """A reported event: an `amount` in minor units (None: all there is), when it happened, its own `reference`.

    `tells` holds other fields of the payment that the report reveals; `confirmed` says of a refund that failed
    whether it had been confirmed before (None: not known).
    """

    event: Event = field(metadata=reads(word(Event)))
    amount: int | None = field(default=None, metadata=reads(optional(amount)))
    at: datetime | None = field(default=None, metadata=reads(optional(records.in_utc), instant=True))
    reference: str | None = field(default=None, metadata=reads(optional(text)))
    payment_id: str | None = field(default=None, metadata=reads(optional(text)))
    tells: Mapping[str, Any] = field(factory=ReadOnly, converter=_told, hash=False)
    confirmed: bool | None = field(default=None, metadata=reads(optional(flag)))

    @classmethod
    def from_record(cls, record: object) -> Notice:
        """The report that a plain dict describes; an unknown key is an error."""
        return records.from_record(cls, record, "event")

    def to_record(self) -> dict[str, Any]:
        """The report as a plain dict."""
        return dict(records.plain(self))


@attrs.frozen
class Unread:
    """A report that did not go into a payment: what it was, and why not."""

    what: str
    why: str
    reference: str | None = attrs.field(default=None, converter=_name)
    payment_id: str | None = attrs.field(default=None, converter=_name)
