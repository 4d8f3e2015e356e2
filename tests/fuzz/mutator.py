"""Mutations that keep a document JSON, so that what is behind the parser is reached."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

EVIL: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1,
    10**15,
    10**15 + 1,
    2**63,
    10**400,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "0",
    "\ud800",
    "a\0b",
    "x" * 300,
    "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-11-20T23:50:00+14:00",
    "2026-11-20T23:50:00.123456789Z",
    "GBP",
    "\uff11\uff12",
    [],
    {},
    [[]],
    {"value": 1, "currencyCode": "EUR", "currency": "EUR"},
)


def mutated(data: bytes, size_max: int, seed: int) -> bytes | None:
    """The document with one to four places changed; None if it is none, or no longer fits."""
    random = Random(seed)  # noqa: S311 — reproducible
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    for _ in range(random.randint(1, 4)):
        document = _changed(document, random)
    written = json.dumps(document).encode()
    return written if len(written) <= size_max else None


def _changed(document: Any, random: Random) -> Any:
    found = list(places(document))
    if not found or random.random() < 0.02:
        return random.choice(EVIL)
    holder, key = random.choice(found)
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other, name = random.choice(found)
            holder[key] = copy.deepcopy(other[name])
        case 2 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case 3 if isinstance(holder, dict):
            holder[f"{key}{random.choice('x -é')}"] = holder.pop(key)
        case _:
            holder[key] = copy.deepcopy(random.choice(EVIL))
    return document


def places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Each member of a JSON document: what holds it, and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items if depth < 20 else ():
        yield value, key
        yield from places(item, depth + 1)
