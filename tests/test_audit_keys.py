"""Comparisons become bits of a key, and what is made of them says the same by the key as by the row."""

from __future__ import annotations

import duckdb
import pytest

from payrules.audit.keys import keyed
from payrules.audit.sql import Columns, named_as, stacked

ROWS = (
    "(SELECT * FROM (VALUES (NULL), (0), (1), (7)) AS a_(a), (VALUES (NULL), (0), (7)) AS b_(b),"
    " (VALUES (NULL), ('x'), ('y'), ('unheard')) AS w_(w), (VALUES (NULL), (TRUE), (FALSE)) AS f_(f)) AS rows_"
)
"""Every combination of numbers, words and flags, unknown ones too."""


@pytest.mark.parametrize(
    "told",
    [
        "a < b",
        "a + b >= 7 OR a IS NULL",
        "NOT (a = b)",
        "COALESCE(a, b) > 0",
        "CASE WHEN a > b THEN 'more' WHEN a IS NULL THEN 'unknown' ELSE 'less' END",
        "a IN (0, 7) AND b NOT IN (0)",
        "a BETWEEN 0 AND b",
        "CASE WHEN a > 0 THEN b ELSE a END = 7",
        "w = 'x'",
        "w IN ('x', 'y') OR w IS NULL",
        "COALESCE(w, 'x') <> 'x'",
        "w < 'y'",
        "f AND a > 0",
        "f IN (FALSE)",
        "NOT f AND w = 'unheard'",
        "kind = 2 AND a IS NOT NULL",
    ],
)
def test_the_key_says_what_the_row_says(told: str) -> None:
    """True, false and unknown alike; and the key has no more values than it needs to."""
    layers: list[Columns] = [{"kind": "CASE WHEN a > 5 THEN 2 WHEN a = 1 THEN 1 ELSE 0 END"}, {"told": told}]
    split = keyed(layers, {"kind": 2}, {"w", "f"})
    key = ", ".join(split.key)
    by_row = stacked(ROWS, [*split.rows, split.key])
    by_key = stacked(f"(SELECT DISTINCT {key} FROM ({by_row}) AS rows_) AS keys_", split.answers)
    joined = f"SELECT r.a, r.b, r.w, r.f, k.told FROM ({by_row}) AS r LEFT JOIN ({by_key}) AS k USING ({key})"
    wanted = f"SELECT a, b, w, f, told FROM ({stacked(ROWS, layers)}) AS rows_"

    with duckdb.connect() as connection:
        differing = connection.execute(f"({wanted}) EXCEPT ALL ({joined})").fetchall()
        keys = connection.execute(f"SELECT COUNT(*) FROM ({by_key}) AS keys_").fetchone()
    assert [] == differing
    assert keys is not None and keys[0] < 48  # noqa: PT018 — of 144 rows


def test_a_key_of_many_comparisons_has_several_columns() -> None:
    """Each of 30 bits at most, as an integer holds."""
    split = keyed([{f"is_above_{number}": f"a > {number}" for number in range(40)}], {})

    assert ("key_1", "key_2") == tuple(split.key)
    assert {} == split.rows[0]


def test_a_shortened_key_has_what_tells_its_answers_apart() -> None:
    """Of two comparisons that say the same of all rows the simpler one; none where every row has one answer."""
    layers: list[Columns] = [
        {"twice": "a + a"},
        {"told": "CASE WHEN twice > 6 OR a = 7 THEN 'much' ELSE 'little' END"},
    ]
    split = keyed(layers, {}, set())
    by_row = stacked(ROWS, [*split.rows, split.key])
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE keys AS SELECT DISTINCT key_1 FROM ({by_row}) AS rows_")
        connection.execute(f"CREATE TABLE answers AS {stacked('keys', split.answers)}")
        keys = connection.execute("SELECT key_1, told FROM answers").fetchall()
        answers: dict[tuple[int, ...], str] = {(key,): told for key, told in keys}
        short = split.shortened(answers)
        connection.execute(f"CREATE TABLE short AS SELECT DISTINCT {named_as(split.as_in(short))}, told FROM answers")
        by_row = stacked(ROWS, [*short.rows, short.key])
        told = f"SELECT r.a, r.b, k.told FROM ({by_row}) AS r LEFT JOIN short AS k USING (key_1)"
        wanted = f"SELECT a, b, told FROM ({stacked(ROWS, layers)}) AS rows_"
        differing = connection.execute(f"({wanted}) EXCEPT ALL ({told})").fetchall()

    assert [] == differing
    assert {"a = 7"} == {part.sql for part in short.parts}
    assert ((), {}) == ((alike := split.shortened(dict.fromkeys(answers, "much"))).parts, alike.key)
