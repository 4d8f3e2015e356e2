"""Honouring `expects` and the idempotency key, a shop gives nothing back twice; leaving them out, it does."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.races import DAMAGE, FATES, MEANWHILE, PROVIDERS, WAYS, race

BESIDE, RETRIED, OTHER = DAMAGE
NEITHER, KEY, PRECONDITION, BOTH = WAYS

few = pytest.mark.parametrize("decisions", [400, pytest.param(4_000, marks=pytest.mark.long)], ids=["few", "4,000"])


@pytest.mark.parametrize("decisions", [2_000, pytest.param(25_000, marks=pytest.mark.long)], ids=["2,000", "25,000"])
def test_with_precondition_and_key_nothing_goes_wrong(decisions: int) -> None:
    """No double refund and no effect other than decided, and the race was run: there were conflicts and replays, and
    every way in which something may happen met every provider."""
    counted = race(BOTH, decisions)

    assert [0, 0, 0] == [counted[name] for name in DAMAGE]
    assert decisions <= counted["acting decisions"]
    assert min(counted["conflicts"], counted["replays"], counted["seen to be done"]) > decisions // 50
    assert set() == missed(counted)


def missed(counted: Counter[str]) -> set[tuple[str, str, str]]:
    """The kinds of episode that did not come up."""
    met = (name.split(", ") for name in counted if ", " in name)
    told = {(provider.split()[0], what, fate) for provider, what, fate in met}
    return {(provider, what, fate) for provider in PROVIDERS for what in MEANWHILE for fate in FATES} - told


@few
def test_without_either_every_damage_is_done(decisions: int) -> None:
    """The same race shows a double refund beside an operator, one by a retry, and an effect that nobody decided."""
    counted = race(NEITHER, decisions)

    assert min(counted[name] for name in DAMAGE) > 0


@few
def test_a_key_alone_stops_retries_only(decisions: int) -> None:
    """A repeated call is answered again; the colleague's refund is not seen."""
    counted = race(KEY, decisions)

    assert 0 == counted[RETRIED]
    assert min(counted[BESIDE], counted[OTHER]) > 0


@few
def test_a_precondition_alone_misses_what_comes_late(decisions: int) -> None:
    """The colleague's refund is seen; a first attempt that arrives after the second is a second refund."""
    counted = race(PRECONDITION, decisions)

    assert [0, 0] == [counted[BESIDE], counted[OTHER]]
    assert counted[RETRIED] > 0
