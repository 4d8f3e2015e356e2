"""General rule engines from the registry, each given Dojo's rules in its own language: facts in, an outcome out.

Each encoding is one author's best attempt. An engine that is not installed is left out, and named.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.engines.rules import ROWS, Facts, Value

Decide = Callable[[Facts], str]


def _literal(value: Value) -> str:
    return json.dumps(value)


def _nested(join: str, equal: str) -> str:
    """All rows as one conditional expression."""
    told = ""
    for tests, outcome in ROWS[:-1]:
        asked = f" {join} ".join(f"{name} {equal} {_literal(value)}" for name, value in tests.items())
        told += f"({asked}) ? {_literal(outcome)} : "
    return told + _literal(ROWS[-1][1])


def zen_expression() -> Decide:
    import zen

    expression = zen.compile_expression(_nested("and", "=="))
    return lambda facts: str(expression.evaluate(facts))


def zen_table() -> Decide:
    import zen

    names = list(dict.fromkeys(name for tests, _ in ROWS for name in tests))
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "outcome", "name": "outcome", "field": "outcome"}],
        "rules": [
            {
                "_id": str(number),
                **{name: _literal(tests[name]) if name in tests else "" for name in names},
                "outcome": _literal(outcome),
            }
            for number, (tests, outcome) in enumerate(ROWS)
        ],
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "t", "name": "t", "type": "decisionTableNode", "content": table, "position": {"x": 1, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "t"},
        {"id": "2", "type": "edge", "sourceId": "t", "targetId": "out"},
    ]
    content: dict[str, dict[str, Any]] = {"dojo": {"nodes": nodes, "edges": edges}}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})
    return lambda facts: str(engine.evaluate("dojo", facts)["result"]["outcome"])


def cel() -> Decide:
    from cel import compile as compiled

    program = compiled(_nested("&&", "=="))
    return lambda facts: str(program.execute(facts))


def rule_engine() -> Decide:
    import rule_engine

    rule = rule_engine.Rule(_nested("and", "=="))
    return lambda facts: str(rule.evaluate(facts))


def json_logic() -> Decide:
    from json_logic import jsonLogic

    arms: list[Any] = []
    for tests, outcome in ROWS[:-1]:
        asked = [{"===": [{"var": name}, value]} for name, value in tests.items()]
        arms += [{"and": asked} if len(asked) > 1 else asked[0], outcome]
    rule = {"if": [*arms, ROWS[-1][1]]}
    return lambda facts: str(jsonLogic(rule, facts))


def cedar() -> Decide:
    import cedarpy

    policies = []
    for number, (tests, _) in enumerate(ROWS):
        asked = " && ".join(f"context.{name} == {_literal(value)}" for name, value in tests.items()) or "true"
        policies.append(f'@id("{number}")\npermit(principal, action, resource) when {{ {asked} }};')
    parsed, entities = cedarpy.PolicySet.from_str("\n".join(policies)), cedarpy.Entities.from_json_str("[]")
    request = {"principal": 'A::"a"', "action": 'B::"b"', "resource": 'C::"c"'}

    def decide(facts: Facts) -> str:
        told = cedarpy.is_authorized({**request, "context": facts}, parsed, entities)
        return ROWS[min(int(reason.removeprefix("policy")) for reason in told.diagnostics.reasons)][1]

    return decide


def dmn() -> Decide:
    from types import SimpleNamespace

    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.specs.model import DecisionTable, Input, InputEntry, Output, OutputEntry, Rule

    names = list(dict.fromkeys(name for tests, _ in ROWS for name in tests))
    table = DecisionTable("dojo", "dojo", "UNIQUE")  # the engine stops at the first row, as its policy FIRST would
    table.inputs = [Input(name, name, name, name, "string") for name in names]
    table.outputs = [Output("outcome", "outcome", "outcome", "string")]
    for number, (tests, outcome) in enumerate(ROWS):
        rule = Rule(str(number))
        for given in table.inputs:
            if given.name in tests:
                entry = InputEntry(f"{number}-{given.name}", given)
                entry.lhs = [repr(tests[given.name])]
                rule.inputEntries.append(entry)
        told = OutputEntry(f"{number}-outcome", table.outputs[0])
        told.text = repr(outcome)
        rule.outputEntries.append(told)
        table.rules.append(rule)
    engine, workflow = DMNEngine(table), SimpleNamespace(script_engine=PythonScriptEngine())
    return lambda facts: str(engine.result(SimpleNamespace(data=facts, workflow=workflow))["outcome"])


ENGINES: dict[str, tuple[str, Callable[[], Decide]]] = {
    "zen-engine, expression": ("zen-engine", zen_expression),
    "zen-engine, decision table": ("zen-engine", zen_table),
    "CEL (common-expression-language)": ("common-expression-language", cel),
    "rule-engine": ("rule-engine", rule_engine),
    "json-logic": ("json-logic-qubit", json_logic),
    "cedarpy": ("cedarpy", cedar),
    "DMN (SpiffWorkflow)": ("SpiffWorkflow", dmn),
}
"""Each engine's name here, its distribution, and what builds it."""
