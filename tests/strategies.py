"""Aimed payments: the edge is drawn first, then perturbed, since uniform draws hardly ever meet one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import attrs
from hypothesis import strategies as st

from payrules import Batch, CaptureMode, Kind, Payment, Undo, providers
from payrules.telling import telling
from payrules.when import Condition
from payrules.words import Action

# The days around which clocks change in London, a leap day, a year's end, and plain ones in winter and summer.
DAYS = [
    "2026-01-15",
    "2026-03-28",
    "2026-03-29",
    "2026-07-10",
    "2026-10-24",
    "2026-10-25",
    "2024-02-29",
    "2026-12-31",
]
MICROSECOND = timedelta(microseconds=1)

ZONES = [None, "GMT0BST,M3.5.0/1,M10.5.0/2", "EST5EDT,M3.2.0,M11.1.0", "IST-5:30", "NST3:30NDT,M3.2.0,M11.1.0"]


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """An instant on a telling day, often within a microsecond of a midnight."""
    day = datetime.fromisoformat(draw(st.sampled_from(DAYS))).replace(tzinfo=UTC)
    hours = draw(st.sampled_from([0, 1, 12, 22, 23, 24]))
    return (
        day
        + timedelta(hours=hours)
        + draw(st.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND, timedelta(minutes=37)]))
    )


@st.composite
def later(draw: st.DrawFn, moment: datetime) -> datetime:
    """When something is asked, measured from when the payment was made."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    edge = draw(
        st.sampled_from(
            [
                moment,
                midnight + timedelta(hours=23),
                midnight + timedelta(days=1),
                midnight + timedelta(hours=25),
                moment + timedelta(hours=24),
                moment + timedelta(days=7),
                moment + timedelta(days=28),
            ]
        )
    )
    return edge + draw(
        st.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND, timedelta(hours=1), timedelta(hours=-1)])
    )


def amounts_of(total: int) -> st.SearchStrategy[int | None]:
    """Unknown, nothing, a part, all but one, all, one over."""
    return st.sampled_from([None, 0, total // 3, total - 1, total, total + 1])


LISTS = [
    None,
    None,
    (),
    ("fullyReverse",),
    ("partiallyReverse",),
    ("refund",),
    ("fullyReverse", "partiallyReverse", "capture"),
    ("fullyReverse", "refund"),
]
METHODS = {
    "payroc": [None, "ach", "pad"],
    "adyen": [None, "visa", "ideal", "oxxo", "paysafecard", "multibanco", "bcmc", "never seen"],
}


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")


@cache
def conditions(provider: str) -> tuple[Condition, ...]:
    """Every condition of a provider's permits."""
    editions = providers.find(provider).editions
    return tuple(item for edition in editions for permit in edition.permits for item in permit.when)


@cache
def further_facts(provider: str) -> tuple[str, ...]:
    """What a provider's permits read beside the status and the amounts, in the order of a record."""
    read = {name for condition in conditions(provider) for name in condition.reads} - {"status", *AMOUNTS}
    read |= {"capture_id", "available_to_refund"} if "available_to_refund" in read else set()
    return tuple(item.name for item in attrs.fields(Payment) if item.name in read)


def telling_facts(provider: str, total: int, at: datetime) -> dict[str, tuple[Any, ...]]:
    """For each further fact, the values at which something turns."""
    amounts = (None, 1, total // 3, total)
    known: dict[str, tuple[Any, ...]] = {
        "available_to_refund": (*amounts, 0, total - 1),
        "last_refund_amount": amounts,
        "cut_off": (None, "00:00", "17:30"),
        "timezone": (None, *ZONES),
    }
    found: dict[str, tuple[Any, ...]] = {}
    for name in further_facts(provider):
        if name in known:
            found[name] = known[name]
        elif name.endswith("_at"):
            found[name] = (None, at, at + _MINUTE, at - _HOUR, at + _DAY)
        else:
            found[name] = _values(provider, name)
    return found


@cache
def _values(provider: str, name: str) -> tuple[Any, ...]:
    return tuple(telling(name, conditions(provider)))


PLAIN: dict[str, dict[str, Any]] = {
    "dojo": {"amount_refund_pending": 0, "undo_pending": None, "disputed": None},
    "payroc": {
        "kind": Kind.SALE,
        "method": None,
        "provider_allows": None,
        "batch": None,
        "amount_captured": None,
        "amount_released": None,
        "amount_refunded": 0,
        "amount_refund_pending": 0,
        "undo_pending": None,
        "disputed": None,
    },
    "adyen": {
        "payment_id": "psp",
        "method": "visa",
        "undo_pending": None,
        "disputed": None,
        "amount_refund_pending": 0,
    },
    "paypal": {
        "created_as": None,
        "captures": None,
        "available_to_refund": None,
        "chargeback": None,
        "max_refunds": None,
        "partial_refunds": None,
        "balance_ok": None,
        "amount_captured": None,
        "amount_released": None,
        "amount_refund_pending": 0,
        "undo_pending": None,
        "disputed": None,
    },
    "stripe": {
        "kind": None,
        "method": "card",
        "scheme": None,
        "created_as": None,
        "hold_expires_at": None,
        "amount_refund_pending": 0,
        "undo_pending": None,
        "disputed": None,
    },
    "checkoutcom": {
        "payment_id": "pay_1",
        "method": "card",
        "scheme": "VISA",
        "hold_expires_at": None,
        "partial_actions": None,
        "amount_captured": None,
        "amount_released": None,
        "amount_refunded": None,
        "amount_refund_pending": 0,
        "undo_pending": None,
        "disputed": None,
    },
    "braintree": {
        "kind": None,
        "method": "credit_card",
        "refunds_enabled": None,
        "amount_captured": None,
        "captured_at": None,
        "amount_released": None,
        "amount_refunded": 0,
        "amount_refund_pending": 0,
        "undo_pending": None,
        "disputed": None,
    },
    "square": {
        "payment_id": "psp",
        "hold_expires_at": None,
        "amount_captured": None,
        "amount_released": None,
        "amount_refunded": 0,
        "amount_refund_pending": 0,
        "refunds": 1,
        "refund_failed_before": None,
        "undo_pending": None,
        "disputed": None,
    },
}
"""What an ordinary payment has: without it hardly a question of many facts is answered by a call."""


def further(provider: str, authorized_at: datetime) -> st.SearchStrategy[dict[str, Any]]:
    """The facts that only some providers have."""
    if provider == "dojo":
        return st.just({})
    if provider not in METHODS:
        facts = telling_facts(provider, 1000, authorized_at)
        return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in facts.items()})
    batch = {
        "kind": st.sampled_from([None, *Kind]),
        "batch": st.sampled_from([None, None, *Batch]),
        "batch_closes_at": st.sampled_from([None, None, authorized_at, authorized_at + timedelta(hours=24)]),
        "provider_allows": st.sampled_from(LISTS),
    }
    captures = {
        "captures": st.sampled_from([None, 0, 1, 2]),
        "multicapture": st.sampled_from([None, True, False]),
        "split": st.sampled_from([None, False, True]),
        "capture_delay_hours": st.sampled_from([None, 0, 1, 24, 672]),
        "payment_id": st.sampled_from(["psp", "psp", "psp", None]),
        "merchant_reference": st.sampled_from([None, "order-1"]),
    }
    return st.fixed_dictionaries(
        {"method": st.sampled_from(METHODS[provider]), **(batch if provider == "payroc" else captures)}
    )


@st.composite
def questions(draw: st.DrawFn, /, provider: str, **fixed: Any) -> tuple[Payment, Undo]:
    """A payment of a provider's, and a wish."""
    words = [status.word for status in providers.find(provider).edition().statuses]
    total = fixed.get("amount_authorized") or draw(st.sampled_from([3, 1000]))
    authorized_at = draw(instants())
    captured = draw(amounts_of(total))
    refunded = draw(st.sampled_from([None, 0, 0, 0, (captured or 0) // 2, captured]))
    fields: dict[str, Any] = {
        "provider": provider,
        "status": draw(st.sampled_from([*words, "Unheard"])),
        "currency": "GBP",
        "payment_id": "pi_1",
        "capture_mode": draw(st.sampled_from([None, *CaptureMode])),
        "amount_authorized": draw(st.sampled_from([total, total, total, None])),
        "amount_captured": captured,
        "amount_released": draw(st.sampled_from([None, None, 0, total // 3, total])),
        "amount_refunded": refunded if captured is not None or not refunded else None,
        "amount_refund_pending": draw(st.sampled_from([0, 0, 0, 1, total // 2, total])),
        "undo_pending": draw(st.sampled_from([None] * 6 + [Action.CANCEL, Action.REVERSE])),
        "disputed": draw(st.sampled_from([None, False, None, True])),
        "created_at": draw(st.sampled_from([None, authorized_at - timedelta(hours=2), authorized_at])),
        "authorized_at": draw(st.sampled_from([authorized_at, authorized_at, None])),
        "timezone": draw(st.sampled_from([None, None, *ZONES])),
        **draw(further(provider, authorized_at)),
        **(PLAIN.get(provider, PLAIN["dojo"]) if draw(st.booleans()) else {}),
        **fixed,
    }
    amount = draw(st.sampled_from([None, None, -1, 0, 1, total // 3, total - 1, total, total + 1]))
    only = draw(st.sampled_from([None, None, Action.CANCEL, Action.REVERSE, Action.REFUND]))
    return Payment(**_possible(fields)), Undo(at=draw(later(authorized_at)), amount=amount, only=only)


def _possible(fields: dict[str, Any]) -> dict[str, Any]:
    """The same without a time of capture that no payment can have."""
    captured_at, created_at = fields.get("captured_at"), fields["created_at"]
    impossible = fields["amount_captured"] == 0 or (created_at and captured_at and captured_at < created_at)
    return fields | {"captured_at": None} if impossible else fields
