"""What is timed is first shown to be the same work; and what has to be linear is, counted in calls and not in time."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchmarks import equal, growth, payments
from benchmarks.__main__ import main
from benchmarks.by_hand import FUNCTIONS
from benchmarks.engines import ENGINES
from benchmarks.engines.rules import facts
from benchmarks.timing import paired
from payrules import compiled, decide, fold
from tests import aimed

MODULES = {
    "zen-engine": "zen",
    "common-expression-language": "cel",
    "rule-engine": "rule_engine",
    "json-logic-qubit": "json_logic",
    "cedarpy": "cedarpy",
    "SpiffWorkflow": "SpiffWorkflow",
}


class TestByHand:
    """The functions written by hand answer as `decide` does, or comparing them would mean nothing."""

    @pytest.mark.parametrize("provider", FUNCTIONS)
    def test_on_aimed_payments(self, provider: str) -> None:
        """Action, amount, remainder, reason, rejection, needs and rule."""
        assert [] == list(equal.differing(provider, 2_000))

    @pytest.mark.long
    @pytest.mark.parametrize("provider", FUNCTIONS)
    def test_on_all_that_the_benchmark_asks(self, provider: str) -> None:
        """On as many as it asks before it times anything, and on the days that it times."""
        assert [] == list(equal.differing(provider))

    @pytest.mark.parametrize("provider", FUNCTIONS)
    def test_on_ordinary_days(self, provider: str) -> None:
        """Most of which end in a call."""
        asked = payments.some(provider, 500)
        told = [(decide(*question), FUNCTIONS[provider](*question)) for question in asked]

        assert [hand.reason for _, hand in told] == [decision.reason for decision, _ in told]
        assert len(asked) / 2 < sum(decision.rejection is None for decision, _ in told)

    def test_one_that_differs_stops_the_benchmark(self) -> None:
        """It says which question it was."""
        with pytest.raises(SystemExit, match="dojo: the function written by hand answers differently: Payment"):
            equal.require("dojo", lambda _: aimed.some("dojo", 1))


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_answers_as_decide_does(name: str) -> None:
    """On every question that it is timed on."""
    distribution, build = ENGINES[name]
    if importlib.util.find_spec(MODULES[distribution]) is None:
        pytest.skip(f"{distribution} is not installed; payrules[bench] brings it")
    engine = build()
    told = [(question, found) for question in payments.some("dojo", 200) if (found := facts(*question))]

    assert 100 < len(told)
    for question, found in told:
        decision = decide(*question)
        assert f"{decision.action} {decision.reason}" == engine(found), question


class TestGrowth:
    """Neither more rows nor more events make one of them dearer."""

    def test_a_fold_applies_each_event_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a history in order, whatever its length."""
        module = import_module("payrules.fold")
        counted, apply = Counter[str](), module.apply

        def counting(*given: Any, **named: Any) -> Any:
            counted["apply"] += 1
            return apply(*given, **named)

        monkeypatch.setattr(module, "apply", counting)
        given = {"capture_mode": "auto", "currency": "GBP", "amount_authorized": 10**6}
        for events in (10, 100):
            counted.clear()
            payment = fold("dojo", growth.history(events), given=given)

            assert (events, events - 1) == (counted["apply"], payment.amount_refunded)

    @pytest.mark.parametrize("shape", [growth.by_status, growth.by_method])
    def test_a_row_of_a_large_table_is_found(self, shape: Any) -> None:
        """Each question is answered by a row of its status and method."""
        table = shape(60)
        for payment, undo in growth.questions(table, 50):
            decision = decide(payment, undo, provider=table)
            if decision.rule is not None:
                assert f"synthetic.{payment.status}-{payment.method}" == decision.rule

    def test_lines_grow_as_rows_do(self) -> None:
        """The function of ten times the rows has about ten times the lines."""
        few, many = (
            compiled.source(table, table.editions[0]).count("\n")
            for table in (growth.by_method(20), growth.by_method(200))
        )

        assert many < 11 * few


def test_the_first_of_a_pair_is_the_measure() -> None:
    """Its ratio is 1, and everything has a time."""
    one, other = paired(
        [(1,), (2,)], {"one": lambda number: number, "other": lambda number: [number] * 500}, rounds=5
    )

    assert 1 == one.ratio
    assert 0 < other.nanoseconds


def test_the_command_prints_and_writes_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table for a person, JSON for a program, with the machine and the day."""
    main(["compiling", "json", "--rounds", "1", "--json", str(tmp_path / "figures.json")])
    figures = json.loads((tmp_path / "figures.json").read_text())

    assert "payroc 2026-11" in capsys.readouterr().out
    assert {"machine", "rounds", "compiling", "json"} == set(figures)
    assert {"on", "processor", "cores", "load", "python"} == set(figures["machine"])
    assert {"decide", "read and decide"} == {row["of"] for row in figures["json"]}
