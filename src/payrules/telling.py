"""The values of facts at which a table's conditions turn.

A fact counts only by what its conditions make of it, so its values fall into a few classes: one value each side of
every point at which a condition turns, unknown, and a word never seen. Amounts count by their relations to each
other, so that one grid of them serves every table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, cast

from payrules.facts import Facts
from payrules.payment import Payment, Undo
from payrules.table import Proof
from payrules.when import Condition, Is, Window, edges, points
from payrules.words import Batch, CaptureMode, Kind

UNSEEN = "never seen"
"""A word that no table lists."""

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
"""When the payment was made: in summer, so that no midnight in Europe or America is that of UTC."""

AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")
CAP = "available_to_refund"
"""What lessens an amount, and is read beside the amounts: it tells contexts apart that are alike otherwise."""

_WORDS: Mapping[str, tuple[object, ...]] = {
    "capture_mode": tuple(CaptureMode),
    "kind": tuple(Kind),
    "batch": tuple(Batch),
    "multicapture": (False, True),
    "split": (False, True),
    "disputed": (False, True),
    "chargeback": (False, True),
    "refund_failed_before": (False, True),
    "refunds_enabled": (False, True),
    "partial_refunds": (False, True),
    "balance_ok": (False, True),
    "payment_id": ("id-1",),
    "merchant_reference": ("order-1",),
    "timezone": ("EST5EDT,M3.2.0,M11.1.0",),
    "parent_id": ("id-0",),
    "captures": (0, 1),
    "refunds": (0, 1),
    "max_refunds": (1,),
    "partial_actions": (0, 1),
    CAP: (3,),
    "cut_off": ("18:00",),
    "capture_delay_hours": (0, 2),
    "created_at": (NOON - timedelta(hours=26),),
    "authorized_at": (NOON,),
    "captured_at": (NOON + timedelta(hours=1),),
    "settled_at": (NOON + timedelta(hours=2),),
    "hold_expires_at": (NOON + timedelta(hours=3),),
    "batch_closes_at": (NOON + timedelta(hours=6),),
}


def reads(condition: Condition) -> frozenset[str]:
    """The facts beside the status that a condition reads, the moment of asking among them."""
    return frozenset(condition.reads) - {"status"} | ({"at"} if isinstance(condition, Window) else frozenset())


def reads_amounts(condition: Condition) -> bool:
    """Whether it is a matter of the amounts, which are told apart by a grid."""
    return any(name in AMOUNTS for name in condition.reads)


def components(conditions: Iterable[Condition], proofs: Iterable[tuple[int, Proof]]) -> list[frozenset[str]]:
    """The facts beside amounts, in groups that no condition and no proof reads across; the status alone is one."""
    links = [reads(condition) for condition in conditions if not reads_amounts(condition)]
    for _, proof in proofs:
        if proof.name not in AMOUNTS:
            links.append(frozenset({proof.name}).union(*(reads(condition) for condition in proof.when)))
    if any("provider_allows" in link for link in links):  # a list is not believed once the batch has closed
        links.append(frozenset({"provider_allows", "batch_closes_at", "at"}))
    found: list[frozenset[str]] = []
    for link in links:
        touching = [group for group in found if group & link]
        found = [group for group in found if not group & link] + [link.union(*touching)]
    return [frozenset(), *(group for group in found if group)]


def assignments(names: frozenset[str], conditions: Sequence[Condition]) -> Iterator[dict[str, object]]:
    """Every combination of telling values of some facts, at every moment at which one of them turns."""
    fields = sorted(names - {"at"})
    windows = [item for item in conditions if isinstance(item, Window) and reads(item) <= names]
    for values in product(*(telling(name, conditions) for name in fields)):
        told = dict(zip(fields, values, strict=True))
        if "at" not in names:
            yield told
            continue
        given: dict[str, Any] = told
        facts = Facts(Payment(provider="none", status=UNSEEN, currency="GBP", **given), Undo(at=NOON), {}, {})
        turns = {edge for window in windows for edge in edges(window, facts)}
        turns |= {moment for moment in [cast("datetime | None", told.get("batch_closes_at"))] if moment}
        for at in sorted({turn + step for turn in turns or {NOON} for step in (-_STEP, _NOTHING, _STEP)}):
            yield {**told, "at": at}


_STEP, _NOTHING = timedelta(microseconds=1), timedelta(0)


def telling(name: str, conditions: Iterable[Condition], *, unknown: bool = True) -> list[object]:
    """The telling values of a fact: one for each way in which the conditions can take it."""
    reading = [condition for condition in conditions if name in condition.reads]
    listed = dict.fromkeys(point for condition in reading for point in points(condition) if point is not None)
    if name == "provider_allows":
        return [None, *_lists([str(word) for word in listed])]
    words = list(dict.fromkeys((*_WORDS.get(name, ()), *listed)))
    if name not in _WORDS and any(isinstance(condition, Is) for condition in reading):
        words.append(UNSEEN)
    distinct = {_taken(word, reading): word for word in reversed(words)}
    return [None] * unknown + [word for word in words if word in distinct.values()]


def _taken(word: object, reading: Iterable[Condition]) -> object:
    """How the conditions on words take one; a word that is none is told by itself."""
    if not isinstance(word, str):
        return word
    return tuple(
        (word in condition.words, dict(condition.soon).get(word))
        for condition in reading
        if isinstance(condition, Is)
    )


def _lists(operations: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The provider's lists: every combination of the operations that are asked for, and one that is not."""
    for chosen in product((False, True), repeat=len(operations)):
        yield tuple(operation for operation, there in zip(operations, chosen, strict=True) if there)
    yield (UNSEEN,)


@lru_cache(maxsize=1)
def amounts_grid() -> tuple[Mapping[str, int | None], ...]:
    """Amounts that stand in every relation to each other that a rule can ask about, the plainest first."""
    total = 6
    found = []
    for authorized, captured in product((total, None), (None, 0, 2, total, total + 1)):
        free = max(0, total - (captured or 0))
        most = total if captured is None else captured
        for released, refunded in product(_unlike(None, 0, 1, free), _unlike(None, 0, 1, most)):
            if captured is not None and (refunded or 0) > captured:
                continue
            for pending in _unlike(0, 1, max(0, (captured or total) - (refunded or 0))):
                amounts = (authorized, captured, released, refunded, pending)
                found.append(dict(zip(AMOUNTS, amounts, strict=True)))
    return tuple(found)


def _unlike(*amounts: int | None) -> tuple[int | None, ...]:
    return tuple(dict.fromkeys(amounts))
