"""The example history: a year of a small shop, with mistakes planted in it."""

from __future__ import annotations

import io
import runpy
import tomllib
from collections import Counter
from typing import Any

import pytest

from payrules import CallerError, Decision, Payment, Undo, decide
from tests.vectors import ROOT

EXAMPLES = ROOT / "examples"
MADE = runpy.run_path(str(EXAMPLES / "make_history.py"))
ROWS: list[tuple[dict[str, Any], str]] = list(MADE["history"]())
PAYMENTS = Counter(row["psp_payment"] for row, _ in ROWS)
MAPPED = tomllib.loads((EXAMPLES / "history.toml").read_text())
MISTAKES = {"would_be_refused", "not_preferred", "missed", "gave_back_too_much", "undone_twice"}


def mapped(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the shop's in our names and words; what is empty is unknown."""
    values = {
        name: MAPPED["values"].get(name, {}).get(row[column], row[column])
        for name, column in MAPPED["columns"].items()
    }
    return {name: value == "true" if name == "disputed" else value for name, value in values.items() if value != ""}


def judged(row: dict[str, Any]) -> tuple[Decision, dict[str, Any]]:
    """What would have been right, and the row."""
    record = mapped(row)
    deed = {name: record.pop(name, None) for name in ("at", "amount", "done_action", "done_amount")}
    undo = Undo.from_record({"at": deed["at"], "amount": deed["amount"]})
    return decide(Payment.from_record(record), undo), deed


def test_the_file_is_what_the_script_writes() -> None:
    """To the byte."""
    file = io.StringIO()
    MADE["write"](file)

    assert (EXAMPLES / "history.csv").read_bytes() == file.getvalue().encode()


def test_there_are_mistakes_of_every_kind() -> None:
    """Several of each, and nearly all is as it should be."""
    found = Counter(finding for _, finding in ROWS)

    assert {"agrees", "unknown", "unreadable", *MISTAKES} == set(found)
    assert min(found.values()) >= 5
    assert 0.85 < found["agrees"] / len(ROWS) < 0.95


def test_every_column_of_the_mapping_is_there() -> None:
    """And every value that it translates is used."""
    for name, column in MAPPED["columns"].items():
        used = {row[column] for row, _ in ROWS}

        assert set(MAPPED["values"].get(name, {})) <= used, name


@pytest.mark.parametrize("finding", ["agrees", "unknown", "unreadable", *sorted(MISTAKES)])
def test_what_was_planted_is_so(finding: str) -> None:
    """What was done agrees with `decide`, or does not, as the script says; a few rows of each."""
    rows = [row for row, planted in ROWS if planted == finding]
    once = [row for row in rows if PAYMENTS[row["psp_payment"]] == 1]
    for row in once[::10] if finding == "agrees" else once[:20]:
        if finding == "unreadable":
            with pytest.raises(CallerError):
                judged(row)
            continue
        decision, deed = judged(row)
        same = (decision.action.value, decision.amount) == (deed["done_action"], deed["done_amount"])

        assert ("unknown" == finding) is (decision.rejection == "missing_fact"), row
        assert ("agrees" == finding) is (same or (decision.action == deed["done_action"] == "reject")), row
