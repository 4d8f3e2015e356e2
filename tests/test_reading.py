"""The table and a second reading, written by somebody who has not seen it, give the same answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payrules import Payment, Undo, decide, providers
from tests import aimed
from tests.agreement import EDITIONS, compare, read
from tests.strategies import questions
from tests.vectors import Vector, every

editions = pytest.mark.parametrize(("provider", "edition"), EDITIONS)

FIELDS = ("action", "amount", "remaining", "reason", "rejection", "needs", "good_until")


def decided(payment: Payment, undo: Undo, edition: str) -> dict[str, Any]:
    """The table's answer."""
    record = decide(payment, undo, edition=edition).to_record()
    return {name: sorted(record[name]) if name == "needs" else record[name] for name in FIELDS}


@pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
def test_the_second_reading_answers_a_vector_as_it_says(vector: Vector) -> None:
    """The reading gives the vector's answer, on the payment as the adapter reads it."""
    table = providers.find(vector.provider).edition(vector.edition)
    answer = read(vector.payment, vector.undo, table.name)
    expected = {name: value for name, value in vector.expected.items() if name != "needs"}

    assert expected == {name: answer[name] for name in expected}, str(vector)


@editions
def test_all_three_ways_agree(provider: str, edition: str) -> None:
    """The table read as it stands, the table compiled and the reading, on aimed payments; `good_until` of some."""
    assert compare(aimed.some(provider, 1_000, edition=edition), edition) == 1_000


@editions
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_they_agree_on_aimed_payments(provider: str, edition: str, data: st.DataObject) -> None:
    """Action, amount, remainder, reason, rejection, needs and best-before are the same."""
    agree(provider, edition, data)


@pytest.mark.long
@editions
@settings(max_examples=2_000, deadline=None)
@given(data=st.data())
def test_they_agree_at_length(provider: str, edition: str, data: st.DataObject) -> None:
    """The same on many more."""
    agree(provider, edition, data)


def agree(provider: str, edition: str, data: st.DataObject) -> None:
    payment, undo = data.draw(questions(provider))

    assert read(payment, undo, edition) == decided(payment, undo, edition)
