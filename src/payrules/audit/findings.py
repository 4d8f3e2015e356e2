"""What an audit may say of a row of a history, and the columns in which it says so.

Every row of a history has one finding, so the counts add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Mapping

from payrules.audit.sql import listed, literal
from payrules.words import OPERATIONS, Word


class Finding(Word):
    """What an audit says of a row."""

    AGREES = "agrees"
    WOULD_BE_REFUSED = "would_be_refused"
    NOT_PREFERRED = "not_preferred"
    MISSED = "missed"
    GAVE_BACK_TOO_MUCH = "gave_back_too_much"
    UNDONE_TWICE = "undone_twice"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


COLUMNS = (
    "source",
    "row",
    "provider",
    "payment_id",
    "currency",
    "at",
    "finding",
    "done_action",
    "done_amount",
    "action",
    "amount",
    "remaining",
    "reason",
    "rejection",
    "rule",
    "claims",
    "standing",
    "needs",
    "edition",
    "money",
    "error",
)
"""The columns of the findings, in order."""

DONE = f"done_action IN {listed(OPERATIONS)}"
"""Where something was undone, as SQL."""

NO_WORDS = "CAST([] AS VARCHAR[])"


def selected(told: Mapping[str, str], relation: str) -> str:
    """Every column of the findings, in order; null where nothing is told."""
    quoted = {"row": '"row"', "at": '"at"'}
    columns = (f"{told.get(name, 'CAST(NULL AS VARCHAR)')} AS {quoted.get(name, name)}" for name in COLUMNS)
    return f"SELECT {', '.join(columns)} FROM {relation}"


def not_judged(relation: str, finding: Finding, error: str) -> str:
    """The findings of rows that cannot be judged, with the reason as SQL."""
    told = {
        "source": "source",
        "row": "row_number",
        "at": "asked_at",
        "finding": literal(finding),
        "claims": NO_WORDS,
        "needs": NO_WORDS,
        "error": error,
        **{name: name for name in ("provider", "payment_id", "currency", "done_action", "done_amount")},
        **dict.fromkeys(("amount", "remaining", "money"), "CAST(NULL AS BIGINT)"),
    }
    return selected(told, relation)
