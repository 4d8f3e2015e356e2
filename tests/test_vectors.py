"""Every vector is answered as it says, and every vector file is what it claims to be."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from payrules import Notice, Payment, ProviderError, apply, decide, providers
from payrules.events import Unread
from payrules.fold import fold_each
from payrules.words import Standing
from tests.vectors import FILES, SPECS, Vector, every, read, shown

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted((SPECS / "schemas").glob("*.json"))}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], registry=REGISTRY, format_checker=FormatChecker())


@pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
def test_an_undo_vector_is_answered_as_it_says(vector: Vector) -> None:
    """The decision has the fields that the vector expects."""
    record = decide(vector.payment, vector.undo, edition=vector.edition).to_record()
    record["needs"] = sorted(record["needs"])
    expected = vector.expected | ({"needs": sorted(vector.expected["needs"])} if "needs" in vector.expected else {})

    assert expected == {name: record[name] for name in expected}, str(vector)


@pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
def test_a_decision_is_a_record_of_the_schema(vector: Vector) -> None:
    """The record of every decision, of its payment and of its wish, is valid and reads back."""
    decision = decide(vector.payment, vector.undo, edition=vector.edition)

    validator("decision").validate(json.loads(json.dumps(decision.to_record(), allow_nan=False)))
    validator("payment").validate(decision.payment.to_record())
    validator("undo").validate(decision.undo.to_record())
    assert decision.payment == Payment.from_record(decision.payment.to_record())


@pytest.mark.parametrize("vector", every("history"), ids=lambda vector: vector.id)
def test_a_history_vector_leaves_the_payment_it_says(vector: Vector) -> None:
    """The events fold to the payment that the vector expects, or the provider cannot send them."""
    if vector.expected.get("refused"):
        with pytest.raises(ProviderError):
            applied(vector)
        return
    folded = fold_each(vector.provider, reported(vector), edition=vector.edition, **known(vector))
    wanted = vector.case.get("payment_id")
    (payment,) = [item.payment for item in folded if item.payment and wanted in (None, item.payment.payment_id)]

    expected = vector.expected.get("payment", {})
    for left in [payment, applied(vector)] if vector.expected.get("applied") else [payment]:
        record = left.to_record()
        assert expected == {name: record[name] for name in expected}, str(vector)
    own = [item for item in folded if item.payment is payment]
    assert vector.expected.get("unfolded", 0) == sum(len(item.unfolded) for item in own), str(vector)
    if "decision" in vector.expected:
        told = decide(payment, vector.undo, edition=vector.edition).to_record()
        answer = vector.expected["decision"]
        assert answer == {name: told[name] for name in answer}, str(vector)


def reported(vector: Vector) -> list[Notice | Unread]:
    wire = providers.wire(vector.provider)
    assert wire is not None
    return [
        notice
        for event in vector.case["events"]
        for notice in (wire.notices(event["wire"]) if "wire" in event else (Notice.from_record(event),))
    ]


def known(vector: Vector) -> dict[str, Any]:
    start = vector.case.get("start")
    return {"start": Payment.from_record(start) if start else None, "given": vector.case.get("given", {})}


def applied(vector: Vector) -> Payment:
    payment = Payment.from_record(vector.case["start"])
    for notice in reported(vector):
        assert isinstance(notice, Notice)
        payment = apply(payment, notice, edition=vector.edition)
    return payment


@pytest.mark.parametrize("provider", providers.NAMES)
@pytest.mark.parametrize("kind", FILES)
class TestAVectorFile:
    """A vector file is valid, its vectors can be told apart, and everything they name exists."""

    def test_is_valid(self, provider: str, kind: str) -> None:
        """It has the form of its schema."""
        validator(FILES[kind]).validate(json.loads((SPECS / provider / f"{kind}.json").read_text()))

    def test_names_each_vector_once(self, provider: str, kind: str) -> None:
        """No two vectors have the same id or sentence."""
        for name in ("id", "shows"):
            counted = Counter(vector.case[name] for vector in read(provider, kind))
            assert {} == {value: count for value, count in counted.items() if count > 1}

    def test_says_what_is(self, provider: str, kind: str) -> None:
        """A vector's sentence has no modal verb."""
        modal = re.compile(r"\b(should|must|would|shall|ought)\b")

        assert [] == [vector.id for vector in read(provider, kind) if modal.search(vector.case["shows"])]

    def test_names_claims_that_exist(self, provider: str, kind: str) -> None:
        """Every claim that a vector rests on is in the table, and its standing is the weakest of them."""
        claims = {f"{provider}.{claim.key}": claim.standing for claim in providers.find(provider).claims}
        for vector in read(provider, kind):
            assert set() == set(vector.case["claims"]) - set(claims), vector.id
            weakest = max((claims[name] for name in vector.case["claims"]), key=lambda standing: standing.rank)
            assert weakest.value == vector.case["standing"], vector.id


@pytest.mark.parametrize("provider", providers.NAMES)
def test_every_doubtful_claim_has_a_decision_and_a_vector(provider: str) -> None:
    """What no page says, or two pages say differently, is decided in writing and shown by a case."""
    decisions = (SPECS / provider / "decisions.md").read_text(encoding="utf-8")
    numbers = set(re.findall(r"^## (D\d+) ", decisions, re.MULTILINE))
    for claim in providers.find(provider).claims:
        if claim.standing in (Standing.SILENT, Standing.CONTRADICTED):
            assert claim.decision in numbers, claim.key
            assert claim.key in shown(provider), claim.key


@pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
def test_good_until_is_tight(vector: Vector) -> None:
    """The answer stays the same until `good_until`, and is another at that moment."""
    decision = decide(vector.payment, vector.undo, edition=vector.edition)
    if decision.good_until is not None:
        later = decide(vector.payment, evolve(vector.undo, at=decision.good_until), edition=vector.edition)

        assert decision.compared != later.compared
