"""A large history of one provider, made up in DuckDB: right in nine rows of ten, and some payments asked about twice."""

from __future__ import annotations

from pathlib import Path

import duckdb

from payrules import providers
from payrules.audit import duck, judges
from payrules.audit.history import FIELDS, NAMES, SQL_TYPES
from payrules.audit.several import JOINED

_PART = 1_000_000
"""How many rows are made at a time: the memory that it takes is that of so many."""

_FACTS = """
SELECT 'made up' AS source, i AS row_number, CAST(NULL AS VARCHAR) AS error, 'dojo' AS provider,
    'pi_' || CASE WHEN r7 < 0.02 THEN i - 1 ELSE i END AS payment_id, CAST(NULL AS VARCHAR) AS merchant_reference,
    CASE WHEN r1 < 0.70 THEN 'Captured' WHEN r1 < 0.82 THEN 'Authorized' WHEN r1 < 0.90 THEN 'Created'
        WHEN r1 < 0.95 THEN 'Refunded' ELSE 'Reversed' END AS status,
    CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS VARCHAR) AS method,
    CASE WHEN r2 < 0.7 THEN 'auto' ELSE 'manual' END AS capture_mode, CAST(NULL AS BIGINT) AS capture_delay_hours,
    'GBP' AS currency, 100 + CAST(r3 * 100000 AS BIGINT) AS amount_authorized,
    CASE WHEN r1 < 0.70 AND r2 >= 0.7 THEN 100 + CAST(r3 * 100000 AS BIGINT) END AS amount_captured,
    CAST(NULL AS BIGINT) AS amount_released, CAST(0 AS BIGINT) AS amount_refunded,
    CAST(0 AS BIGINT) AS amount_refund_pending, CAST(NULL AS BIGINT) AS captures, CAST(NULL AS BOOLEAN) AS multicapture,
    CAST(NULL AS BOOLEAN) AS split, CAST(NULL AS VARCHAR) AS undo_pending, r6 < 0.01 AS disputed,
    CAST(NULL AS VARCHAR) AS batch, CAST(NULL AS TIMESTAMP) AS batch_closes_at,
    CAST(NULL AS VARCHAR[]) AS provider_allows, CAST(NULL AS TIMESTAMP) AS created_at,
    TIMESTAMP '2025-01-01' + to_microseconds(CAST(r4 * 31536000e6 AS BIGINT)) AS authorized_at,
    CAST(NULL AS TIMESTAMP) AS captured_at, CAST(NULL AS VARCHAR) AS timezone,
    TIMESTAMP '2025-01-01' + to_microseconds(CAST(r4 * 31536000e6 + r5 * r5 * 60 * 3600e6 AS BIGINT)) AS asked_at,
    CASE WHEN r6 > 0.8 AND r1 < 0.70 THEN 1 + CAST(r3 * 50000 AS BIGINT) END AS asked,
    CAST(NULL AS VARCHAR) AS asked_only, 'reject' AS done_action, CAST(NULL AS BIGINT) AS done_amount,
    CAST(NULL AS VARCHAR) AS done_rejection, CAST(NULL AS VARCHAR) AS answer,
    {over_rows}, r8
FROM (SELECT i, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6,
    random() AS r7, random() AS r8 FROM range({first}, {last} + 1) AS numbers(i))
"""

_HISTORY = """
SELECT facts.provider, facts.payment_id, status, capture_mode, facts.currency, amount_authorized, amount_captured,
    amount_refunded, amount_refund_pending, disputed, timezone('UTC', authorized_at) AS authorized_at,
    timezone('UTC', asked_at) AS "at", asked AS amount,
    CASE WHEN r8 > 0.08 THEN told.action WHEN r8 > 0.05 THEN 'refund' WHEN r8 > 0.03 THEN 'reverse'
        ELSE 'reject' END AS done_action,
    CASE WHEN r8 > 0.08 THEN told.amount WHEN r8 > 0.03 THEN amount_authorized END AS done_amount
FROM facts JOIN told ON told."row" = facts.row_number
"""


def write(path: Path, rows: int) -> None:
    """Write a history of so many rows as Parquet, the same each time."""
    with duckdb.connect() as connection:
        duck.prepare(connection)
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'; SELECT setseed(0.5)")
        dojo = providers.find("dojo")
        over = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in JOINED.items())
        judged = judges.judged(dojo, dojo.edition(), "facts")
        for number, first in enumerate(range(1, rows + 1, _PART)):
            facts = _FACTS.format(first=first, last=min(rows, first + _PART - 1), over_rows=over)
            connection.execute(f"CREATE OR REPLACE TABLE told_facts AS {facts}")
            given = {row[0] for row in connection.execute("DESCRIBE told_facts").fetchall()}
            others = [name for name in FIELDS if NAMES.get(name, name) not in given]
            unknown = "".join(f", CAST(NULL AS {SQL_TYPES.get(name, 'VARCHAR')}) AS {name}" for name in others)
            connection.execute(f"CREATE OR REPLACE VIEW facts AS SELECT *{unknown} FROM told_facts")
            connection.execute(f"CREATE OR REPLACE TABLE told AS {judged}")
            connection.execute(f"COPY ({_HISTORY}) TO '{path}.part_{number}' (FORMAT parquet)")
        parts = f"read_parquet('{path}.part_*')"
        connection.execute(f"COPY (SELECT * FROM {parts}) TO '{path}' (FORMAT parquet)")
    for part in path.parent.glob(f"{path.name}.part_*"):
        part.unlink()
