"""A provider request: what to send, without credentials; sending is the caller's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import attrs
from attrs import evolve, field

from payrules import records
from payrules.errors import CallerError, did_you_mean
from payrules.payment import Payment
from payrules.readonly import ReadOnly, frozen
from payrules.words import Action


@attrs.frozen
class Call:
    """Method, path below the provider's address, headers and JSON body of one request.

    `needs` names the fields of the body that only the caller knows, since they are no facts of a payment (the
    merchant account); with `filled` the request is complete. One that stands deeper in the body, or in a certain
    order, stands there as None until then. What is kept for a retry is the filled call.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(factory=ReadOnly, converter=frozen)
    body: Mapping[str, Any] | None = field(default=None, converter=frozen)
    needs: tuple[str, ...] = ()

    def filled(self, **fields: str) -> Call:
        """The complete request; `CallerError` names a field that is missing, or that it does not need."""
        for name, value in fields.items():
            if name not in self.needs:
                raise CallerError(name, f"the request does not need it{did_you_mean(name, self.needs)}")
            records.text(value, name)
        for name in self.needs:
            if name not in fields:
                raise CallerError(name, "the request needs it")
        return evolve(self, body=_filled(self.body or {}, fields), needs=()) if fields else self


def _filled(body: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """The body with each field in the place that is kept for it, or else after all others."""
    left = dict(fields)
    return {**_in_place(body, left), **left}


def _in_place(body: Mapping[str, Any], left: dict[str, str]) -> dict[str, Any]:
    """The body with what a place is kept for, which is taken out of `left`."""
    filled: dict[str, Any] = {}
    for name, value in body.items():
        held = left.pop(name, None) if value is None else value
        filled[name] = _in_place(held, left) if isinstance(held, Mapping) else held
    return filled


def idempotency_key(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> str:
    """64 hexadecimal digits, the same for the same undo of the same balances.

    A retry asks from the same balances and gets the same key; a second, legitimate refund of the same amount starts
    from other ones and gets another. That holds only if the caller records the pending amount before it sends, and
    sends the recorded call again. `request_id`, the caller's own id of a wish, keeps two wishes apart that ask for
    the same from the same balances, such as another try after a refund that was confirmed and then failed.
    """
    named = payment.payment_id or ["by reference", payment.merchant_reference]
    given_back = (payment.amount_released or 0, payment.amount_refunded or 0, payment.amount_refund_pending)
    parts = [payment.provider, named, action.value, amount, payment.currency, *given_back]
    if request_id is not None:
        parts.append(records.text(request_id, "request_id"))
    return sha256(json.dumps(parts).encode()).hexdigest()


def uuid_key(payment: Payment, action: Action, amount: int, request_id: str | None = None) -> str:
    """The same key in the form of a random UUID (version 4), where the provider wants one."""
    return str(UUID(hex=idempotency_key(payment, action, amount, request_id)[:32], version=4))
