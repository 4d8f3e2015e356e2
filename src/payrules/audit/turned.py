"""The past decisions that another edition of a table judges otherwise.

A history is audited by each of two editions, and the findings are laid side by side.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import duckdb
from attrs import frozen

from payrules.audit import duck
from payrules.audit.history import Reading
from payrules.audit.sql import literal
from payrules.table import Provider

EXAMPLES_MAX = 3
"""How many rows are shown of those that are turned alike: the first ones."""


@frozen
class Turn:
    """How many rows one edition finds so and the other so, and some of them."""

    before: str
    after: str
    rows: int
    examples: Sequence[Mapping[str, Any]]


@frozen
class Turned:
    """Of so many rows of a provider's those that another edition turns, the commonest first."""

    rows: int
    turns: tuple[Turn, ...]


def turned(
    sources: Sequence[str], provider: Provider, before: str, after: str, *, reading: Reading | None = None
) -> Turned:
    """The rows of a provider's that two editions find different things in, or would have answered differently.

    Raises `CallerError` for a history that cannot be read, as an audit does.
    """
    with tempfile.TemporaryDirectory(prefix="payrules-") as folder, duckdb.connect() as database:
        places = Path(folder, "before.parquet"), Path(folder, "after.parquet")
        for name, place in zip((before, after), places, strict=True):
            alone = attrs.evolve(provider.edition(name), since=None, until=None)  # so that it judges every day
            own = attrs.evolve(provider, editions=(alone,), default=name)
            duck.audit(sources, reading=reading, out=place, provider=provider.name, tables_of=[own])
        one, other = (f"(SELECT * FROM read_parquet({literal(str(place))}))" for place in places)
        (rows,) = database.execute(f"SELECT count(*) FROM {one}").fetchall()[0]
        found = database.execute(_SIDE_BY_SIDE.format(one=one, other=other)).fetchall()
    return Turned(rows, tuple(Turn(*turn) for turn in found))


_SIDE_BY_SIDE = f"""
SELECT one.finding, other.finding, count(*), min(struct_pack(
    source := one.source, "row" := one."row", payment_id := one.payment_id, currency := one.currency,
    done_action := one.done_action, done_amount := one.done_amount,
    action_before := one.action, reason_before := one.reason,
    action_after := other.action, reason_after := other.reason
), {EXAMPLES_MAX})
FROM {{one}} AS one JOIN {{other}} AS other ON one.source = other.source AND one."row" = other."row"
WHERE one.finding <> other.finding OR one.action IS DISTINCT FROM other.action
    OR one.amount IS DISTINCT FROM other.amount OR one.rejection IS DISTINCT FROM other.rejection
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
