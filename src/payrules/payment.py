"""Payment and Undo: the facts that a caller passes in, checked when they are built.

`None` means *unknown*, which is different from zero, false or an empty list. Nothing here decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from attrs import field, frozen

from payrules import records
from payrules.calendar import zone_problem
from payrules.errors import CallerError
from payrules.records import amount, flag, integer, optional, reads, text, word
from payrules.words import Action, Batch, CaptureMode, Kind

HOURS_MAX = 87_600
"""The longest wait for a capture: ten years, as far as an instant can be from another."""

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
"""A time of day, as a record has it."""


def _currency(value: object, name: str) -> str:
    if type(value) is not str or not _CURRENCY.fullmatch(value):
        raise CallerError(name, f"{records.shown(value)} is not three capitals, such as GBP")
    return value


def _operation(*actions: Action) -> Callable[[object, str], object]:
    def read(value: object, name: str) -> Action:
        if not isinstance(value, str) or value not in actions:
            known = ", ".join(action.value for action in actions)
            raise CallerError(name, f"{records.shown(value)} is not one of {known}")
        return Action(value)

    return optional(read)


def _operations(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise CallerError(name, f"{records.shown(value)} is not a list of words")
    return tuple(text(item, name) for item in value)


def _timezone(value: object, name: str) -> str:
    rule = text(value, name)
    if problem := zone_problem(rule):
        raise CallerError(name, problem)
    return rule


def _clock(value: object, name: str) -> str:
    if type(value) is not str or not CLOCK.fullmatch(value):
        raise CallerError(name, f"{records.shown(value)} is no time of day, such as 17:30")
    return value


def _hours(value: object, name: str) -> int:
    hours = amount(value, name)
    if hours > HOURS_MAX:
        raise CallerError(name, f"{hours} hours are more than 10 years")
    return hours


_TEXT = reads(optional(text))
_AMOUNT = reads(optional(amount))
_FLAG = reads(optional(flag))
_INSTANT = reads(optional(records.in_utc), instant=True)


@frozen(kw_only=True, field_transformer=records.converted)
class Payment:
    """What the caller knows of a payment; amounts in the currency's minor units, instants aware.

    `amount_approved` is how much somebody has approved to be given back of it in all; no provider asks for it.
    `available_to_refund` is the most that one refund can give back, by the provider's word or because it addresses
    one capture, `capture_id`. `parent_id` is what a cancel addresses in place of the payment.
    Raises `CallerError`, naming the field, for a value that no payment can have.
    """

    provider: str = field(metadata=reads(text))
    status: str = field(metadata=reads(text))
    currency: str = field(metadata=reads(_currency))
    payment_id: str | None = field(default=None, metadata=_TEXT)
    merchant_reference: str | None = field(default=None, metadata=_TEXT)
    parent_id: str | None = field(default=None, metadata=_TEXT)
    capture_id: str | None = field(default=None, metadata=_TEXT)
    version_token: str | None = field(default=None, metadata=_TEXT)
    created_as: str | None = field(default=None, metadata=_TEXT)
    kind: Kind | None = field(default=None, metadata=reads(optional(word(Kind))))
    method: str | None = field(default=None, metadata=_TEXT)
    scheme: str | None = field(default=None, metadata=_TEXT)
    capture_mode: CaptureMode | None = field(default=None, metadata=reads(optional(word(CaptureMode))))
    capture_delay_hours: int | None = field(default=None, metadata=reads(optional(_hours)))
    amount_authorized: int | None = field(default=None, metadata=_AMOUNT)
    amount_captured: int | None = field(default=None, metadata=_AMOUNT)
    amount_released: int | None = field(default=None, metadata=_AMOUNT)
    amount_refunded: int | None = field(default=None, metadata=_AMOUNT)
    amount_refund_pending: int = field(default=0, metadata=reads(amount))
    amount_approved: int | None = field(default=None, metadata=_AMOUNT)
    available_to_refund: int | None = field(default=None, metadata=_AMOUNT)
    captures: int | None = field(default=None, metadata=_AMOUNT)
    refunds: int | None = field(default=None, metadata=_AMOUNT)
    max_refunds: int | None = field(default=None, metadata=_AMOUNT)
    partial_actions: int | None = field(default=None, metadata=_AMOUNT)
    last_refund_amount: int | None = field(default=None, metadata=_AMOUNT)
    multicapture: bool | None = field(default=None, metadata=_FLAG)
    split: bool | None = field(default=None, metadata=_FLAG)
    undo_pending: Action | None = field(default=None, metadata=reads(_operation(Action.CANCEL, Action.REVERSE)))
    disputed: bool | None = field(default=None, metadata=_FLAG)
    chargeback: bool | None = field(default=None, metadata=_FLAG)
    refund_failed_before: bool | None = field(default=None, metadata=_FLAG)
    refunds_enabled: bool | None = field(default=None, metadata=_FLAG)
    partial_refunds: bool | None = field(default=None, metadata=_FLAG)
    balance_ok: bool | None = field(default=None, metadata=_FLAG)
    batch: Batch | None = field(default=None, metadata=reads(optional(word(Batch))))
    batch_closes_at: datetime | None = field(default=None, metadata=_INSTANT)
    provider_allows: tuple[str, ...] | None = field(default=None, metadata=reads(optional(_operations)))
    created_at: datetime | None = field(default=None, metadata=_INSTANT)
    authorized_at: datetime | None = field(default=None, metadata=_INSTANT)
    captured_at: datetime | None = field(default=None, metadata=_INSTANT)
    settled_at: datetime | None = field(default=None, metadata=_INSTANT)
    hold_expires_at: datetime | None = field(default=None, metadata=_INSTANT)
    last_refund_at: datetime | None = field(default=None, metadata=_INSTANT)
    cut_off: str | None = field(default=None, metadata=reads(optional(_clock)))
    timezone: str | None = field(default=None, metadata=reads(optional(_timezone)))

    def __attrs_post_init__(self) -> None:
        captured, refunded = self.amount_captured, self.amount_refunded
        if captured is not None and refunded is not None and refunded > captured:
            raise CallerError("amount_refunded", f"{refunded} is more than amount_captured, {captured}")
        if captured == 0 and self.captured_at is not None:
            raise CallerError("captured_at", "a time of capture stands beside amount_captured 0")
        if self.created_at and self.captured_at and self.captured_at < self.created_at:
            raise CallerError("captured_at", "the capture lies before created_at")

    @classmethod
    def from_record(cls, record: object) -> Payment:
        """The payment that a plain dict describes; an unknown key is an error."""
        return records.from_record(cls, record, "payment")

    def to_record(self) -> dict[str, Any]:
        """The payment as a plain dict, every field present."""
        return dict(records.plain(self))


@frozen(kw_only=True, field_transformer=records.converted)
class Undo:
    """What is asked: how much to give back, when, and by which operation if not by any.

    `amount` is in minor units, or None for everything that is still outstanding; one of 0 or less is well formed,
    and rejected.
    """

    at: datetime = field(metadata=reads(records.in_utc, instant=True))
    amount: int | None = field(default=None, metadata=reads(optional(integer)))
    only: Action | None = field(
        default=None, metadata=reads(_operation(Action.CANCEL, Action.REVERSE, Action.REFUND))
    )

    @classmethod
    def from_record(cls, record: object) -> Undo:
        """The wish that a plain dict describes; an unknown key is an error."""
        return records.from_record(cls, record, "undo")

    def to_record(self) -> dict[str, Any]:
        """The wish as a plain dict, every field present."""
        return dict(records.plain(self))
