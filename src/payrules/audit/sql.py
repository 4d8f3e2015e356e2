"""Pieces of SQL: values, lists, branches, and arithmetic that says unknown where something is.

What is written is DuckDB's SQL with a few functions of our own; `dialects` turns it into another engine's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

Columns = Mapping[str, str]
"""Columns of a SELECT: the expression of each name."""

NOTHING = "''"
"""No text."""


def literal(value: object) -> str:
    """A value as SQL writes it."""
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def listed(values: Iterable[object]) -> str:
    """Values between brackets, for `IN`."""
    return f"({', '.join(literal(value) for value in values)})"


def case(*branches: tuple[str, object], otherwise: object = None) -> str:
    """The value of the first condition that is true; without any branch, what there is otherwise."""
    if not branches:
        return str(otherwise)
    told = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {told}{'' if otherwise is None else f' ELSE {otherwise}'} END"


def both(*conditions: str) -> str:
    """All of these; true where there is none."""
    return " AND ".join(f"({condition})" for condition in conditions) or "TRUE"


def either(*conditions: str) -> str:
    """Any of these."""
    return " OR ".join(conditions if len(conditions) == 1 else (f"({condition})" for condition in conditions))


def joined(texts: Iterable[str]) -> str:
    """Texts one after the other."""
    told = [text for text in texts if text != NOTHING]
    return " || ".join(told) if told else NOTHING


def least(values: Sequence[str]) -> str:
    """The least of some numbers, none of which is unknown."""
    return values[0] if len(values) == 1 else f"LEAST({', '.join(values)})"


def greatest(values: Sequence[str]) -> str:
    """The greatest of some numbers, none of which is unknown."""
    return values[0] if len(values) == 1 else f"GREATEST({', '.join(values)})"


def not_below_0(amount: str) -> str:
    """An amount, or 0 where it is less; without a branch, since engines take branches one row at a time."""
    return f"({amount} * CAST({amount} > 0 AS INTEGER))"


def lesser(one: str, other: str) -> str:
    """The lesser of two amounts; `one` where the other is unknown."""
    return case((f"{other} < {one}", other), otherwise=one)


def named_as(columns: Columns) -> str:
    """Columns as a SELECT lists them."""
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())


def stacked(relation: str, layers: Iterable[Columns]) -> str:
    """A SELECT of a relation's columns and those of layers over it, each made of those before."""
    for number, columns in enumerate(layers, 1):
        if columns:
            relation = f"(SELECT *, {named_as(columns)} FROM {relation}) AS layer_{number}"
    return f"SELECT * FROM {relation}"
