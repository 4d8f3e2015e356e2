"""A provider request: what to send, without credentials; sending is the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import attrs
from attrs import field

from payrules.payment import Payment
from payrules.readonly import ReadOnly, frozen
from payrules.words import Action


@attrs.frozen
class Call:
    """Method, path below the provider's address, headers and JSON body of one request."""

    method: str
    path: str
    headers: Mapping[str, str] = field(factory=ReadOnly, converter=frozen)
    body: Mapping[str, Any] | None = field(default=None, converter=frozen)


def idempotency_key(payment: Payment, action: Action, amount: int) -> str:
    """64 hexadecimal digits, the same for the same undo of the same balances.

    A retry asks from the same balances and gets the same key; a second, legitimate refund of the same amount starts
    from other ones and gets another. That holds only if the caller records the pending amount before it sends.
    """
    given_back = (payment.amount_released or 0, payment.amount_refunded or 0, payment.amount_refund_pending)
    parts = (payment.provider, payment.payment_id, action.value, amount, payment.currency, *given_back)
    return sha256("\n".join(str(part) for part in parts).encode()).hexdigest()
