"""The words in code are the words of the specification, in the same order."""

from __future__ import annotations

import pytest

from payrules import Action, Batch, CaptureMode, Event, Kind, Reason, Rejection, Source, Standing
from payrules.words import Heard, Loss, Outcome, Step
from tests.vectors import SPECS, every, vocabulary


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("actions", Action),
        ("rejections", Rejection),
        ("standings", Standing),
        ("sources", Source),
        ("capture_modes", CaptureMode),
        ("kinds", Kind),
        ("batches", Batch),
        ("events", Event),
        ("losses", Loss),
        ("heard", Heard),
        ("outcomes", Outcome),
        ("steps", Step),
    ],
)
def test_the_enums_agree(name: str, words: type[Action]) -> None:
    """`specs/vocabulary.json` owns them."""
    assert list(vocabulary()[name]) == [word.value for word in words]


def test_the_reasons_stand_in_the_documented_order() -> None:
    """Order is part of the interface."""
    assert [entry["reason"] for entry in vocabulary()["reasons"]] == [reason.value for reason in Reason]


def test_a_reason_belongs_to_its_kind_of_no() -> None:
    """In every vector, the reason is one for the action or the rejection that the vocabulary says."""
    kinds = {entry["reason"]: entry["for"] for entry in vocabulary()["reasons"]}
    for vector in every("undo"):
        expected = vector.expected
        kind = expected.get("rejection") or ("action" if expected["action"] != "reject" else None)
        if kind == "wait":
            assert kinds[expected["reason"]] in ("wait", "not_allowed"), vector.id  # a row may say that waiting helps
        elif kind is not None:
            assert kind == kinds[expected["reason"]], vector.id


def test_the_readme_explains_every_schema() -> None:
    """Each schema has its record's name, or that of a file of cases."""
    assert {"after", "decision", "entry", "next", "payment", "requests", "response", "undo", "vectors"} == {
        path.stem for path in (SPECS / "schemas").glob("*.json")
    }
