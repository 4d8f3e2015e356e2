"""Aimed questions as the rows that the SQL of a table is asked about, and the answers of `decide` beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Any

import attrs
import pyarrow as pa

from payrules import Payment, Undo, decide
from payrules.audit.history import FIELDS, NAMES, SQL_TYPES
from payrules.audit.several import JOINED
from payrules.table import Provider
from payrules.words import Action

Question = tuple[Payment, Undo]

_TYPES = {
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR[]": pa.list_(pa.string()),
}
ROWS = pa.schema(
    [
        ("source", pa.string()),
        ("row_number", pa.int64()),
        ("error", pa.string()),
        *((NAMES.get(name, name), _TYPES.get(SQL_TYPES.get(name, "VARCHAR"), pa.string())) for name in FIELDS),
        *((name, _TYPES.get(kind, pa.string())) for name, kind in JOINED.items()),
    ]
)
"""A row as `judges.judged` reads it."""

ANSWER = ("action", "amount", "remaining", "reason", "rejection", "rule", "needs", "claims", "standing")
"""What the SQL of a table says, and `decide`."""


def rows(questions: Sequence[Question], decisions: Sequence[Any]) -> pa.Table:
    """The rows; each was done otherwise than decided, so that every answer is explained."""
    told = [_row(number, *question) for number, question in enumerate(questions, 1)]
    for row, decision in zip(told, decisions, strict=True):
        row["done_action"] = "cancel" if decision.action is Action.REJECT else "reject"
    return pa.Table.from_pylist(told, schema=ROWS)


def _row(number: int, payment: Payment, undo: Undo) -> dict[str, Any]:
    row = {item.name: plain(getattr(payment, item.name)) for item in attrs.fields(Payment)}
    asked = {"asked": undo.amount, "asked_at": plain(undo.at), "asked_only": plain(undo.only)}
    return {**row, **asked, "source": "aimed", "row_number": number}


def plain(value: object) -> Any:
    """A value as a column holds it: instants in UTC without a zone."""
    match value:
        case Enum():
            return str(value.value)
        case datetime():
            return value.replace(tzinfo=None)
        case tuple():
            return list(value)
    return value


def decided(provider: Provider, edition: str, questions: Sequence[Question]) -> list[Any]:
    """The decisions of the core."""
    return [decide(payment, undo, provider=provider, edition=edition) for payment, undo in questions]


def answer(decision: Any) -> tuple[Any, ...]:
    """The answer of the core, as the SQL has it."""
    told = [plain(getattr(decision, name)) for name in ANSWER]
    return tuple(told)


def unlike(questions: Sequence[Question], decisions: Sequence[Any], told: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The first questions of which something else is told than the core decides."""
    compared = zip(questions, map(answer, decisions), told, strict=True)
    return list(islice((item for item in compared if item[1] != item[2]), 3))
