"""What somebody writes who knows Dojo's rules and SQL, and has no table: the same findings, one query."""

from __future__ import annotations

import sqlglot

_LOCAL = {
    "duckdb": "CAST(timezone('Europe/London', {}) AS DATE)",
    "spark": "CAST(from_utc_timestamp({}, 'Europe/London') AS DATE)",
}
"""The calendar day of an instant."""

QUERY = """
WITH several AS (
    SELECT payment_id FROM {rows} GROUP BY payment_id HAVING COUNT(*) > 1
), running AS (
    SELECT filename, file_row_number,
        COALESCE(SUM(CASE WHEN done_action <> 'reject' THEN COALESCE(done_amount, amount, amount_authorized) ELSE 0 END)
            OVER (PARTITION BY payment_id ORDER BY "at", file_row_number
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS gave_before,
        CASE WHEN done_action <> 'reject' THEN COALESCE(done_amount, amount, amount_authorized) ELSE 0 END AS gave,
        GREATEST(amount_authorized, COALESCE(amount_captured, 0)) AS most
    FROM {rows} SEMI JOIN several USING (payment_id)
), over_rows AS (
    SELECT * FROM running WHERE gave > 0 AND gave_before + gave > most
), facts AS (
    SELECT h.*, gave_before, gave, most,
        COALESCE(amount_captured, CASE WHEN status = 'Captured' AND capture_mode = 'auto' THEN amount_authorized
            WHEN status IN ('Created', 'Authorized') THEN 0 END) AS captured,
        amount_authorized - amount_refunded AS left_over
    FROM {rows} AS h
    LEFT JOIN over_rows USING (filename, file_row_number)
), decided AS (
    SELECT *, CASE
        WHEN status = 'Refunded' THEN 'already_refunded' WHEN status = 'Reversed' THEN 'already_reversed'
        WHEN status = 'Canceled' THEN 'already_canceled'
        WHEN left_over = 0 THEN 'nothing_left' WHEN amount <= 0 THEN 'amount_not_positive'
        WHEN amount > left_over THEN 'more_than_is_left'
        WHEN COALESCE(amount, 1) > left_over - amount_refund_pending THEN 'refund_pending'
        WHEN disputed THEN 'disputed'
        WHEN status = 'Created' THEN
            CASE WHEN amount IS NULL OR amount = left_over THEN 'cancel' ELSE 'only_whole_amount' END
        WHEN status = 'Authorized' THEN CASE
            WHEN capture_mode <> 'manual' THEN 'wrong_capture_mode'
            WHEN amount <> left_over THEN 'only_whole_amount'
            WHEN {at} = {paid} THEN 'reverse' ELSE 'too_late' END
        WHEN status = 'Captured' THEN CASE
            WHEN capture_mode = 'auto' AND (amount IS NULL OR amount = left_over) AND amount_refunded = 0
                AND amount_refund_pending = 0 AND {at} = {paid} THEN 'reverse'
            WHEN captured IS NULL THEN 'unknown_fact' WHEN captured - amount_refunded >= COALESCE(amount, 1) THEN 'refund'
            ELSE 'more_than_is_left' END
        ELSE 'unknown_status' END AS outcome
    FROM facts
), told AS (
    SELECT *, CASE WHEN outcome IN ('cancel', 'reverse', 'refund') THEN outcome ELSE 'reject' END AS action,
        CASE WHEN outcome IN ('cancel', 'reverse', 'refund') THEN COALESCE(amount, left_over) END AS due,
        outcome IN ('cancel', 'reverse', 'refund') AND CASE done_action WHEN 'refund' THEN status = 'Captured'
            AND captured - amount_refunded - amount_refund_pending >= COALESCE(amount, 1)
            WHEN 'cancel' THEN outcome = 'cancel' WHEN 'reverse' THEN outcome = 'reverse'
            OR (status = 'Created' AND capture_mode = 'manual' AND (amount IS NULL OR amount = left_over)
                AND {at} = {paid}) END AS permitted_alone
    FROM decided
), judged AS (
    SELECT *, CASE
        WHEN gave IS NOT NULL AND gave_before >= most THEN 'undone_twice'
        WHEN gave IS NOT NULL THEN 'gave_back_too_much'
        WHEN done_action = action AND (done_amount IS NULL OR action = 'reject' OR done_amount = due) THEN 'agrees'
        WHEN done_action <> 'reject' AND done_amount > left_over THEN 'gave_back_too_much'
        WHEN permitted_alone AND done_amount > COALESCE(amount, left_over) THEN 'gave_back_too_much'
        WHEN permitted_alone THEN 'not_preferred'
        WHEN done_action <> 'reject' THEN 'would_be_refused'
        WHEN outcome = 'unknown_fact' THEN 'unknown' ELSE 'missed' END AS finding
    FROM told
)
SELECT filename AS source, file_row_number + 1 AS "row", provider, payment_id, currency, "at", finding, done_action,
    done_amount, action, due AS amount, CASE WHEN action <> 'reject' THEN 0 END AS remaining,
    CASE outcome WHEN 'cancel' THEN 'not_authorized'
        WHEN 'reverse' THEN CASE WHEN status = 'Captured' THEN 'same_day' ELSE 'not_captured' END
        WHEN 'refund' THEN 'captured' ELSE outcome END AS reason,
    CASE WHEN action <> 'reject' THEN NULL WHEN outcome LIKE 'already%' OR outcome = 'nothing_left' THEN 'already_done'
        WHEN outcome = 'refund_pending' THEN 'wait' WHEN outcome LIKE 'unknown%' THEN 'missing_fact'
        ELSE 'not_allowed' END AS rejection,
    CASE WHEN action <> 'reject' THEN 'dojo.' || outcome END AS rule,
    CASE WHEN finding = 'agrees' OR action = 'reject' THEN CAST([] AS VARCHAR[])
        ELSE ['dojo.' || outcome, 'dojo.whole'] END AS claims,
    CASE WHEN finding <> 'agrees' THEN 'stated' END AS standing,
    CASE WHEN outcome = 'unknown_fact' THEN ['amount_captured'] ELSE CAST([] AS VARCHAR[]) END AS needs,
    '2022-05' AS edition,
    CASE finding WHEN 'agrees' THEN 0 WHEN 'missed' THEN due WHEN 'undone_twice' THEN gave
        WHEN 'gave_back_too_much' THEN COALESCE(gave_before + gave - most, done_amount - LEAST(left_over, COALESCE(due, left_over)))
        ELSE done_amount END AS money,
    CASE WHEN finding = 'would_be_refused' THEN done_action || ' is not permitted' END AS error
FROM judged
"""


def query(history: str) -> str:
    """The findings of a Parquet file, as DuckDB's SQL."""
    return _query(f"read_parquet('{history}', filename = true, file_row_number = true)", "duckdb")


def spark_query(view: str) -> str:
    """The findings of a view that has each row's `filename` and `file_row_number`, as Spark's SQL."""
    return sqlglot.transpile(_query(view, "spark"), read="duckdb", write="spark")[0]


def _query(rows: str, dialect: str) -> str:
    day = _LOCAL[dialect]
    return QUERY.format(rows=rows, at=day.format('"at"'), paid=day.format("authorized_at"))
