"""A shop's ordinary days: what is asked of each provider, in the proportions in which it is asked.

Most payments are captured and whole, a few are odd. Half of the wishes come within 16 hours of the payment, and 2 %
of the payments lie around a change of clocks. `tests.aimed` draws the edges instead, to find what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from payrules import Batch, CaptureMode, Kind, Payment, Undo
from payrules.errors import CallerError
from payrules.words import Action

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_CLOCKS_CHANGE = (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC))
_ZONES = ("GMT0BST,M3.5.0/1,M10.5.0/2", "EST5EDT,M3.2.0,M11.1.0", "IST-5:30")


def some(provider: str, count: int, *, seed: int = 0) -> list[tuple[Payment, Undo]]:
    """So many questions, the same for the same seed."""
    return list(islice(_questions(provider, Random(f"{provider} {seed}")), count))


def _questions(provider: str, random: Random) -> Iterator[tuple[Payment, Undo]]:
    while True:
        at = _instant(random)
        try:
            payment = Payment(**(_common(random, at) | _OF_PROVIDER[provider](random, at)))
        except CallerError:  # amounts that no payment can have
            continue
        yield payment, _wish(random, payment, at)


def _instant(random: Random) -> datetime:
    if random.random() < 0.02:
        return random.choice(_CLOCKS_CHANGE) + timedelta(seconds=random.randint(-86_400, 86_400))
    return _FIRST + timedelta(days=random.randrange(300), seconds=random.randint(6 * 3600, 24 * 3600))


def _common(random: Random, at: datetime) -> dict[str, Any]:
    return {
        "payment_id": "id-1",
        "amount_authorized": random.randint(100, 20_000),
        "amount_refund_pending": random.choices((0, 100), (97, 3))[0],
        "undo_pending": random.choices((None, Action.REVERSE), (98, 2))[0],
        "disputed": random.choices((None, False, True), (60, 39, 1))[0],
        "authorized_at": at,
        "created_at": at - timedelta(minutes=2),
        "timezone": random.choice(_ZONES) if random.random() < 0.05 else None,
    }


def _dojo(random: Random, at: datetime) -> dict[str, Any]:
    status = random.choices(
        ("Captured", "Authorized", "Created", "Refunded", "Reversed", "Canceled", "Unheard"), (67, 12, 9, 6, 4, 1, 1)
    )[0]
    mode = CaptureMode.AUTO if random.random() < 0.7 else CaptureMode.MANUAL
    total = random.randint(100, 20_000)
    taken = random.choice((total, total, total, total // 2)) if mode is CaptureMode.MANUAL else None
    return {
        "provider": "dojo",
        "amount_authorized": total,
        "currency": "GBP",
        "status": status,
        "capture_mode": mode,
        "amount_captured": taken if status == "Captured" else None,
        "amount_refunded": random.choices((0, 50, None), (93, 5, 2))[0],
    }


def _payroc(random: Random, at: datetime) -> dict[str, Any]:
    status = random.choices(
        ("ready", "complete", "pending", "reversal", "declined", "admin", "unheard"), (42, 40, 5, 6, 4, 2, 1)
    )[0]
    still_open = status in ("ready", "pending")
    listed = ("fullyReverse", "partiallyReverse") if still_open else ("refund",) if status == "complete" else ()
    return {
        "provider": "payroc",
        "currency": "USD",
        "status": status,
        "kind": random.choices(
            (Kind.SALE, Kind.COMPLETION, Kind.PRE_AUTHORIZATION, Kind.BANK_TRANSFER, Kind.REFUND), (75, 8, 7, 7, 3)
        )[0],
        "method": random.choice((None, "ach", "pad")),
        "provider_allows": listed if random.random() < 0.6 else None,
        "batch": random.choices((None, Batch.OPEN if still_open else Batch.CLOSED), (80, 20))[0],
        "batch_closes_at": at + timedelta(hours=8) if random.random() < 0.3 else None,
        "amount_refunded": random.choices((0, 50, None), (90, 8, 2))[0],
    }


def _adyen(random: Random, at: datetime) -> dict[str, Any]:
    status = random.choices(
        ("Authorised", "SentForSettle", "Settled", "Refunded", "Cancelled", "Refused", "Chargeback", "Received"),
        (45, 18, 20, 5, 5, 3, 1, 3),
    )[0]
    return {
        "provider": "adyen",
        "currency": "EUR",
        "status": status,
        "capture_mode": random.choices((None, *CaptureMode), (15, 40, 40, 5))[0],
        "capture_delay_hours": 24,
        "multicapture": random.choices((None, False, True), (40, 45, 15))[0],
        "method": random.choices(("visa", "mc", "ideal", "paysafecard", None), (50, 35, 10, 1, 4))[0],
        "split": random.choices((None, False, True), (50, 48, 2))[0],
        "captures": random.choices((None, 1, 2), (50, 47, 3))[0],
        "merchant_reference": "order-1",
        "amount_captured": None if random.random() < 0.9 else 100,
        "amount_refunded": random.choices((0, 50, None), (85, 5, 10))[0],
    }  # fmt: skip


_OF_PROVIDER = {"dojo": _dojo, "payroc": _payroc, "adyen": _adyen}


def _wish(random: Random, payment: Payment, at: datetime) -> Undo:
    hours = random.uniform(0, 16) if random.random() < 0.55 else random.uniform(16, 60 * 24)
    total = max(0, (payment.amount_captured or payment.amount_authorized or 0) - (payment.amount_refunded or 0))
    amount = random.choices((None, total, random.randint(0, total), total + 1), (50, 15, 33, 2))[0]
    only = random.choices((None, Action.REFUND, Action.REVERSE), (92, 6, 2))[0]
    return Undo(at=at + timedelta(hours=hours), amount=amount, only=only)
