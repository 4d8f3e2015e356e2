"""The mutants of all tables, and of what events do to amounts, and what became of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from payrules import providers
from payrules.events import Notice
from payrules.facts import Facts
from payrules.words import Event
from tests.agreement import EDITIONS
from tests.mutants.judge import Fate, History, Judge
from tests.mutants.operators import mutants
from tests.vectors import every


def fates(provider: str, edition: str, step: int = 1) -> dict[str, Fate]:
    """What became of the mutants of an edition, or of one in so many of them."""
    table = providers.find(provider)
    judged = () if edition == table.default else table.edition().transitions  # what editions share is judged once
    return Judge(provider, edition).fates(list(mutants(table.edition(edition), judged=judged))[::step])


def _nothing(found: dict[str, Any]) -> dict[str, Any]:
    return {}


def _one_more(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value + 1 if type(value) is int else value for name, value in found.items()}


EFFECTS = {"nothing": _nothing, "one more": _one_more}
"""What an event does to the amounts instead."""


def survives(event: Event, effect: str) -> bool:
    """Whether no history notices that an event does something else to the amounts."""
    module = sys.modules["payrules.apply"]
    honest = module._amounts

    def mutated(facts: Facts, notice: Notice) -> dict[str, Any]:
        found = honest(facts, notice)
        return EFFECTS[effect](found) if notice.event is event else found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_amounts", mutated)
        return not any(history.fails(history.provider) for history in map(History, every("history")))


def figures(quick: bool) -> dict[str, int]:
    """How many mutants were found, and how; raises where one survived."""
    found: Counter[str] = Counter()
    for provider, edition in EDITIONS:
        told = fates(provider, edition, 53 if quick else 1)
        assert Fate.SURVIVED not in told.values(), [name for name, fate in told.items() if fate is Fate.SURVIVED]
        found.update(f"{provider}: {_SAID[fate]}" for fate in told.values())
    return dict(sorted(found.items()))


_SAID = {
    Fate.VECTOR: "mutants found by a vector",
    Fate.EDGE: "mutants found at an edge",
    Fate.EQUIVALENT: "mutants that are no mistake",
}
