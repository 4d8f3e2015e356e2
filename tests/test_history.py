"""The example history: a year of a small shop, with mistakes planted in it."""

from __future__ import annotations

import io
import runpy
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from payrules import CallerError, Decision, Payment, Undo, decide, providers
from payrules.audit.history import Reading, from_toml
from payrules.audit.turned import turned
from payrules.cli import app
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


class TestTheReadme:
    """What the README shows of the example is what the commands print."""

    @staticmethod
    def shown(command: str) -> str:
        """The output that stands below a command."""
        block = (ROOT / "README.md").read_text().partition(f"$ {command}\n")[2]
        return block.partition("```")[0]

    @pytest.mark.parametrize(
        "command",
        [
            "payrules audit examples/history.csv --map examples/history.toml --report report.html",
            "payrules diff dojo 2022-05 current examples/history.csv --map examples/history.toml",
        ],
    )
    def test_is_what_is_printed(self, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Up to the three dots, where there are any."""
        shutil.copytree(EXAMPLES, tmp_path / "examples")
        monkeypatch.chdir(tmp_path)
        printed = CliRunner().invoke(app, command.split()[1:], env={"COLUMNS": "132"}).stdout
        lines = [line.rstrip() for line in printed.splitlines()]
        for part in self.shown(command).split("…\n"):
            wanted = part.rstrip("\n").splitlines()

            assert any(lines[start : start + len(wanted)] == wanted for start in range(len(lines))), printed


class TestTurned:
    """Which past decisions another edition turns."""

    def test_agrees_with_deciding_again(self) -> None:
        """Every row that the two answer differently is among them, and each that is shown is so."""
        reading = Reading(**from_toml(EXAMPLES / "history.toml"))
        found = turned([str(EXAMPLES / "history.csv")], providers.find("dojo"), "2022-05", "2022-02", reading=reading)
        again = {
            number: self.answers(row)
            for number, (row, told) in enumerate(ROWS, 1)
            if row["psp"] == "Dojo" and told != "unreadable"
        }
        differing = {
            number
            for number, (before, after) in again.items()
            if before.answer.compared[:3] != after.answer.compared[:3]
        }

        assert sum(row["psp"] == "Dojo" for row, _ in ROWS) == found.rows
        assert 0 < len(differing) == sum(turn.rows for turn in found.turns)
        for row in [row for turn in found.turns for row in turn.examples]:
            before, after = again[row["row"]]

            assert (before.action, before.reason) == (row["action_before"], row["reason_before"])
            assert (after.action, after.reason) == (row["action_after"], row["reason_after"])

    @staticmethod
    def answers(row: dict[str, Any]) -> tuple[Decision, Decision]:
        """What two editions answer."""
        decision, _ = judged(row)
        return decision, decide(decision.payment, decision.undo, edition="2022-02")


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
