"""The findings that take several rows of one payment; only payments with several rows are looked at for them."""

from __future__ import annotations

from payrules.audit.findings import DONE, Finding
from payrules.audit.sql import Columns, case, literal, named_as

JOINED = {
    "found_over_rows": "VARCHAR",
    "money_over_rows": "BIGINT",
    "currency_over_rows": "VARCHAR",
    "row_over_rows": "BIGINT",
    "gave_over_rows": "BIGINT",
    "most_over_rows": "BIGINT",
    "unsure_over_rows": "BOOLEAN",
}
"""What is joined to each row that has a finding over several rows, with its type."""

_GAVE = f"{DONE} AND COALESCE(answer, '') <> 'refused'"
_MOST = "GREATEST(COALESCE(amount_authorized, amount_captured), COALESCE(amount_captured, amount_authorized))"
_TOLD_OF = ("source", "row_number", "provider", "payment_id", "asked_at", "done_action", "currency")
_OTHER_CURRENCY = "currency <> currency_first"
_TWICE = "gave > 0 AND gave_before >= most"
_TOO_MUCH = "gave > 0 AND NOT is_rest AND gave_before + gave > most"
_TOLD_BEFORE = "COALESCE(amount_refunded, 0) + COALESCE(amount_released, 0)"
_THE_SAME = "at_before = asked_at AND action_before = done_action AND gave_by_it = gave"


def over_rows(history: str, several: str | None = None, *, unread: bool = True) -> str:
    """Rows whose finding takes other rows of the same payment: `source`, `row_number`, and the columns of `JOINED`.

    What a provider is known to have refused gave nothing back. Where no answer was recorded, nobody can tell that it
    did not: a retry of it counts, and the note says so. `several` says of which payments there may be several rows,
    where an engine tells that faster than by what is written here; `unread`, whether there may be rows with an error.
    """
    told_of = ", ".join(_TOLD_OF)
    rest = f"{_MOST} - ({_TOLD_BEFORE})"
    told = {
        "most": _MOST,
        "told_before": _TOLD_BEFORE,
        "is_rest": "done_amount IS NULL AND asked IS NULL",
        "gave": case(
            (_GAVE, f"COALESCE(done_amount, asked, {case((f'{rest} > 0', rest), otherwise=0)}, 0)"), otherwise=0
        ),
        "unanswered": case((f"{_GAVE} AND answer IS NULL", 1), otherwise=0),
    }
    if several is None:
        payments = (
            f"SELECT provider, payment_id FROM {history} WHERE error IS NULL AND payment_id IS NOT NULL"
            " GROUP BY provider, payment_id HAVING COUNT(*) > 1"
        )
        several = (
            f"EXISTS (SELECT 1 FROM ({payments}) AS several"
            " WHERE several.provider = history.provider AND several.payment_id = history.payment_id)"
        )
    rows = (
        f"SELECT {told_of}, {named_as(told)} FROM {history} AS history"
        f" WHERE {'error IS NULL AND ' if unread else ''}payment_id IS NOT NULL AND {several}"
    )
    found = {"found_over_rows": _found_over_rows(), "money_over_rows": _money_over_rows(), **_words_over_rows()}
    running = f"SELECT *, {named_as(_before())} FROM ({rows}) AS rows_"
    return (
        f"SELECT source, row_number, {named_as(found)} FROM (SELECT *, {_known_before()} FROM ({running}) AS running)"
        f" AS counted WHERE ({_OTHER_CURRENCY}) OR ({_TWICE}) OR ({_TOO_MUCH})"
    )


_ORDER = "PARTITION BY provider, payment_id ORDER BY asked_at, source, row_number"
_UNTIL_NOW = f"{_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


def _known_before() -> str:
    """What had been given back before a row: by the rows since one of them, and before that as that one tells.

    What was refunded before the history begins is counted too, and nothing twice: of all rows, the one by which it is
    most.
    """
    return f"in_rows_before + COALESCE(MAX(told_before - in_rows_before) OVER ({_UNTIL_NOW}), 0) AS gave_before"


def _before() -> Columns:
    """What the rows of the same payment before say, in the order of time."""
    return {
        "in_rows_before": f"COALESCE(SUM(gave) OVER ({_UNTIL_NOW}), 0)",
        "unanswered_before": f"COALESCE(SUM(unanswered) OVER ({_UNTIL_NOW}), 0)",
        "currency_first": f"FIRST_VALUE(currency) OVER ({_ORDER})",
        "row_first": f"FIRST_VALUE(row_number) OVER ({_ORDER})",
        "row_before": f"LAG(row_number) OVER ({_ORDER})",
        "at_before": f"LAG(asked_at) OVER ({_ORDER})",
        "action_before": f"LAG(done_action) OVER ({_ORDER})",
        "gave_by_it": f"LAG(gave) OVER ({_ORDER})",
    }


def _found_over_rows() -> str:
    return case(
        (_OTHER_CURRENCY, literal(Finding.UNREADABLE)),
        (_TWICE, literal(Finding.UNDONE_TWICE)),
        otherwise=literal(Finding.GAVE_BACK_TOO_MUCH),
    )


def _money_over_rows() -> str:
    return case(
        (_OTHER_CURRENCY, "CAST(NULL AS BIGINT)"),
        (_TWICE, "gave"),
        otherwise="CAST(gave_before + gave - most AS BIGINT)",
    )


def _words_over_rows() -> Columns:
    """What a note needs to know: numbers, since texts would take much memory where they are joined."""
    same = f"({_TWICE}) AND {_THE_SAME}"
    given = f"NOT ({_OTHER_CURRENCY}) AND NOT ({same})"
    return {
        "currency_over_rows": case((_OTHER_CURRENCY, "currency_first")),
        "row_over_rows": case((_OTHER_CURRENCY, "row_first"), (same, "row_before")),
        "gave_over_rows": case((given, "CAST(gave_before AS BIGINT)")),
        "most_over_rows": case((given, "most")),
        "unsure_over_rows": "unanswered_before > 0",
    }


def note() -> str:
    """What the rows of the same payment before have to do with a row, by the columns of `JOINED`; null: nothing."""
    row, gave, most = (f"CAST({name}_over_rows AS VARCHAR)" for name in ("row", "gave", "most"))
    currency = f"'currency: ' || currency || ' here, and ' || currency_over_rows || ' in row ' || {row}"
    unsure = case(("unsure_over_rows", "', if they went through: no answer is recorded'"), otherwise="''")
    return case(
        ("currency_over_rows IS NOT NULL", f"{currency} || ' of the same payment'"),
        ("row_over_rows IS NOT NULL", f"'the same as row ' || {row} || ': done twice, or listed twice'"),
        (
            "gave_over_rows IS NOT NULL",
            f"'rows of this payment before gave back ' || {gave} || ' of ' || {most} || {unsure}",
        ),
    )
