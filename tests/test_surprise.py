"""A value that nobody has seen before leads to no call, but for what is written down in `surprise`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from attrs import evolve, field, frozen

from payrules import CallerError, Notice, Payment, decide, providers
from payrules.decide import Decision
from payrules.facts import Facts
from payrules.table import Provider
from payrules.when import Condition, Is, Miss
from payrules.words import Action, Reason, Rejection
from tests.surprise import DENY_LISTS, UNSEEN, Surprise, excuse, look, probe, questions
from tests.vectors import SPECS, Vector, every


def test_no_surprise_leads_to_a_call() -> None:
    """Of every vector and an aimed stream, each fact unseen and each unknown: no exception, and every excuse is met."""
    counted, bad = look(questions(60))

    assert [] == bad
    assert 10_000 < counted["surprises"]
    excuses = " ".join(counted)
    for words in ("lists it", "deny-list", "asks for unknown", "status proves", "None means"):
        assert words in excuses, counted


@pytest.mark.long
def test_no_surprise_leads_to_a_call_in_a_long_stream() -> None:
    """The same for two thousand aimed questions of every edition."""
    counted, bad = look(questions(2_000))

    assert [] == bad
    assert 100_000 < counted["surprises"]


@pytest.mark.parametrize("name", ["kind", "capture_mode", "batch", "undo_pending"])
def test_our_own_words_are_closed(name: str) -> None:
    """A new word where the words are ours is the caller's error, in Python and in a record."""
    record = {"provider": "payroc", "status": "ready", "currency": "USD", name: UNSEEN}
    for build in (Payment.from_record, lambda given: Payment(**given)):
        with pytest.raises(CallerError, match=rf"^{name}: '{UNSEEN}' is not one of"):
            build(record)


def test_an_event_never_seen_is_the_callers_error() -> None:
    """A report of ours has one of our words."""
    with pytest.raises(CallerError, match=r"^event: "):
        Notice.from_record({"event": UNSEEN})


@pytest.mark.parametrize("provider", providers.NAMES)
def test_every_deny_list_is_accepted_by_a_decision(provider: str) -> None:
    """A condition that lets an unseen word in is one that a numbered decision of the provider's accepts."""
    decisions = (SPECS / provider / "decisions.md").read_text(encoding="utf-8")
    for edition in providers.find(provider).editions:
        for permit in edition.permits:
            for condition in permit.when:
                if isinstance(condition, Is) and condition.negated:
                    assert re.search(rf"^## {DENY_LISTS[condition.claim]} ", decisions, re.MULTILINE), condition


# --- the provider's own JSON ------------------------------------------------------------------------


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where text and flags stand in a JSON document."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*path, key))
    if isinstance(value, (str, bool)):
        yield path


def replaced(body: Any, path: tuple[str | int, ...], leaf: object) -> Any:
    copied = json.loads(json.dumps(body))
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = leaf
    return copied


def read(vector: Vector, body: Any) -> Payment | None:
    wire = providers.wire(vector.provider)
    assert wire is not None
    try:
        return wire.payment(body, vector.case.get("facts", {}))
    except CallerError:
        return None


def of_the_wire() -> list[Vector]:
    """The vectors in the provider's own JSON, one of each form and kind of answer."""
    found: dict[tuple[object, ...], Vector] = {}
    for vector in every("undo"):
        if "wire" in vector.case:
            form = tuple(leaves(vector.case["wire"]))
            found.setdefault((vector.provider, form, vector.expected.get("action")), vector)
    return list(found.values())


def test_an_unseen_word_in_the_providers_json_opens_nothing() -> None:
    """Each text of a payment's JSON replaced by one never seen, and each left out: the payment cannot be read, or there
    is no call where there was none before, but for what `surprise` excuses."""
    count = 0
    for vector in of_the_wire():
        before = decide(vector.payment, vector.undo, edition=vector.edition)
        if before.action is not Action.REJECT:
            continue
        for path in leaves(vector.case["wire"]):
            for leaf in (UNSEEN, None):
                count += 1
                payment = read(vector, replaced(vector.case["wire"], path, leaf))
                if payment is None or payment == before.payment:
                    continue
                after = decide(payment, vector.undo, edition=vector.edition)
                assert after.action is Action.REJECT or excused(before, after), (vector.id, path, leaf, after.rule)
    assert 500 < count


def excused(before: Decision, after: Decision) -> bool:
    """The unseen word is one of the provider's list, and the list without it says the same; or facts became unknown, and
    the rules excuse that."""
    listed = after.payment.provider_allows
    if listed is not None and UNSEEN in listed:
        bare = evolve(after.payment, provider_allows=tuple(word for word in listed if word != UNSEEN))
        return decide(bare, after.undo, edition=after.edition).answer == after.answer
    return excuse(Surprise("payment", "unknown", after.payment), before, after) is not None


# --- the probe bites --------------------------------------------------------------------------------


@frozen
class Forgetful:
    """A condition for which unknown is as good as yes, though nothing in it says so."""

    of: Condition
    claim: str
    guard: bool = False
    reads: tuple[str, ...] = field(init=False)

    @reads.default
    def _of(self) -> tuple[str, ...]:
        return self.of.reads

    def test(self, facts: Facts, action: Action) -> Miss | None:
        miss = self.of.test(facts, action)
        return None if miss and miss.rejection is Rejection.MISSING_FACT else miss


def changed(provider: str, permit: str, change: Callable[[tuple[Condition, ...]], tuple[Condition, ...]]) -> Provider:
    """A shipped table with the conditions of one permit changed."""
    table = providers.find(provider)
    editions = tuple(
        evolve(
            edition,
            permits=tuple(
                evolve(row, when=change(row.when)) if row.name == permit else row for row in edition.permits
            ),
        )
        for edition in table.editions
    )
    return evolve(table, editions=editions)


def openings(table: Provider) -> set[str]:
    """The facts in which a surprise leads to a call that nothing excuses, over some of the vectors."""
    vectors = [vector for vector in every("undo") if vector.provider == table.name][::3]
    found = [
        item
        for vector in vectors
        for item in probe(vector.payment, vector.undo, provider=table, edition=vector.edition)
    ]
    return {item.surprise.fact for item in found if item is not None and item.excuse is None}


def test_a_deny_list_that_nobody_accepted_is_found() -> None:
    """A permit that shuts out one method lets in the next, and the probe says so."""
    no_cash = Is("method", ("cash",), "refund.captured", Reason.WRONG_METHOD, negated=True)

    assert {"method"} == openings(changed("dojo", "refund.captured", lambda when: (*when, no_cash)))


def test_an_unknown_that_passes_for_a_yes_is_found() -> None:
    """A condition that holds of what nobody knows is found, where it does not say so."""
    table = changed("dojo", "reverse.auto-same-day", lambda when: (Forgetful(when[0], when[0].claim), *when[1:]))

    assert {"capture_mode"} <= openings(table)
