"""A table with a small mistake in it is found, or is shown to be no other table: every mutant of every edition."""

from __future__ import annotations

import pytest

from payrules import providers
from payrules.apply import QUIET
from payrules.words import Event
from tests.agreement import EDITIONS
from tests.mutants.judge import Fate, Judge
from tests.mutants.tables import EFFECTS, fates, survives

every_edition = pytest.mark.parametrize(("provider", "edition"), EDITIONS)
TAKEN = sorted(
    {
        row.event
        for name in providers.NAMES
        for edition in providers.find(name).editions
        for row in edition.transitions
    }
    | QUIET
)
SETTLES_NOTHING = {Event.DECLINED, Event.SETTLED, Event.RETURNED, Event.REFUND_REQUESTED}


def test_a_mutant_is_found() -> None:
    """One in so many: a vector finds it, or a question at an edge to which the second reading has the answer."""
    assert [] == [name for name, fate in fates("dojo", "2022-02", 19).items() if fate is Fate.SURVIVED]


@pytest.mark.long
@every_edition
def test_every_mutant_is_found(provider: str, edition: str) -> None:
    """The same of all of them; those that are no mistake were walked to show it."""
    assert [] == [name for name, fate in fates(provider, edition).items() if fate is Fate.SURVIVED]


@pytest.mark.long
@every_edition
def test_the_reading_agrees_at_the_edges(provider: str, edition: str) -> None:
    """What judges mutants agrees with the table as it ships."""
    assert [] == Judge(provider, edition).disagreements()


@pytest.mark.long
@pytest.mark.parametrize("event", TAKEN)
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_history_shows_what_an_event_does_to_the_amounts(event: Event, effect: str) -> None:
    """An event that does nothing to them, or one cent too much, is found."""
    assert not survives(event, effect)
