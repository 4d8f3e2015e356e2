"""A fast, seeded stream of aimed questions: the same edges as `strategies`, where volume matters more than shrinking.

The edge is drawn first: an ordinary payment of the provider's, of which a few facts are moved to a telling value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta

from payrules import Batch, CaptureMode, Kind, Payment, Undo, providers
from payrules.errors import CallerError
from payrules.when import Unrepeated, Window
from payrules.words import Action
from tests.strategies import DAYS, LISTS, METHODS, MICROSECOND, ZONES, conditions, telling_facts

FIRST = ("dojo", "payroc", "adyen")
"""What their questions turn on is written out; that of the others follows from what their permits read."""

_EDGES = (
    timedelta(0),
    timedelta(hours=1),
    timedelta(hours=12),
    timedelta(hours=23),
    timedelta(hours=24),
    timedelta(days=7),
    timedelta(days=28),
)
_NUDGES = (timedelta(0), MICROSECOND, -MICROSECOND, timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=37))


def questions(provider: str, *, seed: int = 0, edition: str | None = None) -> Iterator[tuple[Payment, Undo]]:
    """Endless payments of a provider's and wishes about them, the same for the same seed."""
    random = Random(f"{provider} {seed}")  # noqa: S311 — reproducible, not secret
    statuses = providers.find(provider).edition(edition).statuses
    words = [status.word for status in statuses for _ in range(1 if status.final else 6)]
    while True:
        try:
            payment = _payment(random, provider, words)
        except CallerError:  # amounts or times that no payment can have
            continue
        yield payment, _undo(random, payment)


def some(provider: str, count: int, *, seed: int = 0, edition: str | None = None) -> Iterator[tuple[Payment, Undo]]:
    """So many of them."""
    return islice(questions(provider, seed=seed, edition=edition), count)


def _payment(random: Random, provider: str, words: list[str]) -> Payment:
    at = _instant(random)
    total = random.choice((3, 1000, 1000))
    fields: dict[str, Any] = {
        "provider": provider,
        "payment_id": "id-1",
        "status": random.choice(words),
        "currency": "GBP",
        "amount_authorized": total,
        "capture_mode": random.choice((None, *[CaptureMode.AUTO, CaptureMode.MANUAL] * 2, *CaptureMode)),
        "authorized_at": at,
        **_ordinary(random, provider, total, at),
    }
    telling = _telling(provider, total, at)
    for name in random.sample(sorted(telling), random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8))):
        fields[name] = random.choice(telling[name])
    return Payment(**fields)


def _ordinary(random: Random, provider: str, total: int, at: datetime) -> dict[str, Any]:
    """What an ordinary payment of the provider's has beside its status."""
    if provider == "payroc":
        return {"kind": random.choice((*Kind, Kind.SALE)), "amount_refunded": 0}
    if provider == "adyen":
        refunded = random.choice((None, 0, 0, 0))
        return {"method": "visa", "multicapture": random.choice((None, True, False)), "amount_refunded": refunded}
    if provider == "dojo":
        return {"amount_captured": random.choice((None, None, None, 1)), "amount_refunded": 0}
    told = telling_facts(provider, total, at)
    ordinary = {name: random.choice(values) for name, values in told.items() if random.random() < 0.6}
    return {"amount_refunded": random.choice((None, 0, 0, 0)), **ordinary}


def _telling(provider: str, total: int, at: datetime) -> dict[str, tuple[Any, ...]]:
    """For each fact, the values at which something turns."""
    amounts = (None, 0, 1, total // 3, total - 1, total, total + 1)
    telling: dict[str, tuple[Any, ...]] = {
        "status": ("Unheard",),
        "amount_authorized": (None, total),
        "amount_captured": amounts,
        "amount_released": (None, 0, 1, total // 3, total - 1, total),
        "amount_refunded": amounts,
        "amount_refund_pending": (0, 1, total // 3, total - 1, total),
        "undo_pending": (None, Action.CANCEL, Action.REVERSE),
        "disputed": (None, False, True),
        "created_at": (None, at, at - timedelta(hours=2), at - timedelta(days=1)),
        "authorized_at": (None,),
        "timezone": (None, *ZONES),
    }
    if provider in METHODS:
        telling |= {"method": tuple(METHODS[provider])}
    if provider == "payroc":
        telling |= {
            "kind": (None, *Kind),
            "batch": (None, *Batch),
            "batch_closes_at": (None, at, at + timedelta(hours=12), at + timedelta(hours=24)),
            "provider_allows": tuple(LISTS),
        }
    if provider == "adyen":
        telling |= {
            "captures": (None, 0, 1, 2),
            "split": (None, False, True),
            "capture_delay_hours": (None, 0, 1, 24, 672),
            "payment_id": (None,),
            "merchant_reference": (None, "order-1"),
        }
    if provider not in FIRST:
        telling |= telling_facts(provider, total, at) | {"authorized_at": (None, at)}
    return telling


@cache
def _lengths(provider: str) -> tuple[timedelta | relativedelta, ...]:
    """How long the provider's windows last, beside those lengths that every provider is asked about."""
    if provider in FIRST:
        return ()
    found = [
        length
        for item in conditions(provider)
        if isinstance(item, (Window, Unrepeated))
        for length in (item.lasts, getattr(item, "starts", None))
        if length is not None and length.hours_from is None
    ]
    return tuple(
        relativedelta(minutes=item.minutes, hours=item.hours, days=item.days, months=item.months) for item in found
    )


def _instant(random: Random) -> datetime:
    day = datetime.fromisoformat(random.choice(DAYS)).replace(tzinfo=UTC)
    return day + timedelta(hours=random.choice((0, 1, 12, 22, 23, 24))) + random.choice(_NUDGES[:3])


def _undo(random: Random, payment: Payment) -> Undo:
    """A wish near an edge of the payment's times and amounts."""
    instants = (payment.authorized_at, payment.created_at, payment.batch_closes_at, *_further(payment))
    known = [moment for moment in instants if moment is not None] or [_instant(random)]
    start = random.choice(known)
    if random.random() < 0.4:
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    amount = None if random.random() < 0.4 else _asked(random, payment)
    only = random.choice((*[None] * 7, Action.CANCEL, Action.REVERSE, Action.REFUND))
    lengths = _lengths(payment.provider)
    length = random.choice(lengths) if lengths and random.random() < 0.6 else random.choice(_EDGES)
    return Undo(at=start + length + random.choice(_NUDGES), amount=amount, only=only)


def _further(payment: Payment) -> tuple[datetime | None, ...]:
    if payment.provider in FIRST:
        return ()
    return payment.captured_at, payment.settled_at, payment.hold_expires_at, payment.last_refund_at


def _asked(random: Random, payment: Payment) -> int:
    """A part, or everything that an operation can give back, or one more or less; now and then nothing."""
    if random.random() < 0.05:
        return random.choice((-1, 0))
    authorized, pending = payment.amount_authorized or 1000, payment.amount_refund_pending
    captured = authorized if payment.amount_captured is None else payment.amount_captured
    released, refunded = payment.amount_released or 0, payment.amount_refunded or 0
    left = max(authorized, captured) - released - refunded
    edges = (left, left - pending, authorized - captured - released, captured - refunded - pending)
    return random.choice((1, left // 2, random.choice(edges) + random.choice((-1, 0, 0, 1))))
