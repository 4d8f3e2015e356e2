"""Who finds a mutant: the vectors, the questions at the edges, put to the second reading, or nobody.

Whether a mutant that nobody finds is a mistake at all is decided exactly: by walking both tables together. What the table
as it ships makes of each question and history is found out once, and a mutant is asked only where it may say something else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from itertools import islice, product
from typing import Any

import pytest
from attrs import evolve

from payrules import Notice, Payment, Undo, apply, providers, records
from payrules.amounts import Known
from payrules.answers import answer, before_permits
from payrules.apply import QUIET
from payrules.decide import decide
from payrules.errors import CallerError, PayrulesError, ProviderError
from payrules.fill import fill
from payrules.fold import fold_each
from payrules.situations import differences
from payrules.table import Edition, Permit, Provider
from payrules.telling import NOON, amounts_grid, telling
from payrules.when import Condition, Miss
from payrules.words import Action, Event
from tests import edges
from tests.mutants.operators import Mutant
from tests.test_vectors import known, reported
from tests.vectors import Vector, read

_COMPARED = ("action", "amount", "remaining", "rejection", "reason", "needs")


_ASKED_MAX = 300
"""So many questions of a kind are put to a mutant; what they do not find, the walk does, which leaves out none."""

_TOGETHER = 16
"""So many mutants are walked together: more make the walk longer, fewer make more walks."""


class Fate(StrEnum):
    """What became of a mutant."""

    VECTOR = "vector"
    EDGE = "edge"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


class Question:
    """A payment and a wish with the answer that a mutant has to give, and what the unchanged table makes of it."""

    def __init__(self, table: Edition, payment: Payment, undo: Undo, expected: dict[str, Any]) -> None:
        self.payment, self.undo, self.expected = payment, undo, expected
        self.facts = fill(table, payment, undo)
        self.reaches_permits = before_permits(table, self.facts) is None
        self._misses: dict[tuple[int, Action], Miss | None] = {}

    def fails(self, edition: Edition, *, filled: bool = False) -> bool:
        """Whether an edition answers otherwise; `filled`: what it proves is what the table proves."""
        told = answer(edition, self.facts if filled else fill(edition, self.payment, self.undo))
        return any(
            (sorted(self.expected[name]) if name == "needs" else self.expected[name]) != _plain(told, name)
            for name in _COMPARED
            if name in self.expected
        )

    def meets_otherwise(self, change: Change) -> bool:
        """Whether another permit in the place of one of the table's may make another answer here."""
        if change.in_itself:
            return True
        met = [miss for item in change.gone if (miss := self._miss(item, change.gives))]
        return met != [miss for item in change.come if (miss := item.test(self.facts, change.gives))]

    def _miss(self, condition: Condition, gives: Action) -> Miss | None:
        key = (id(condition), gives)
        if key not in self._misses:
            self._misses[key] = condition.test(self.facts, gives)
        return self._misses[key]


class Change:
    """What a mutant makes of one permit: which conditions it loses and gets, and whether it is another in itself."""

    def __init__(self, old: Permit, new: Permit) -> None:
        self.in_itself = evolve(old, when=()) != evolve(new, when=())
        self.gives = old.gives
        self.gone = [item for item in old.when if not any(item is kept for kept in new.when)]
        self.come = [item for item in new.when if not any(item is kept for kept in old.when)]


class History:
    """A history vector, its events read once, and the statuses that it leads through by the table as it ships."""

    def __init__(self, vector: Vector) -> None:
        self.vector = vector
        self._events: list[Any] = reported(vector)
        self._known = known(vector)
        self.provider = providers.find(vector.provider)

    @cached_property
    def statuses(self) -> frozenset[str]:
        """Each status in which it is asked what may happen: rows of others have no part in it."""
        module = sys.modules["payrules.apply"]
        honest, seen = module._expected, set()

        def expected(table: Edition, status: str) -> tuple[str, ...]:
            seen.add(status)
            return tuple(honest(table, status))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_expected", expected)
            assert not self.fails(self.provider), self.vector.id
        return frozenset(seen)

    def fails(self, provider: Provider) -> bool:
        """Whether the provider's table leaves something else than the vector says."""
        expected, edition = self.vector.expected, self.vector.edition
        try:
            if expected.get("refused"):
                return not self._is_refused(provider)
            if expected.get("applied") and self._is_another(self._applied(provider)):
                return True
            folded = fold_each(provider, self._events, edition=edition, **self._known)
            wanted = self.vector.case.get("payment_id")
            found = [item for item in folded if item.payment and wanted in (None, item.payment.payment_id)]
            if len(found) != 1 or found[0].payment is None:
                return True
            return self._differs(found[0].payment, len(found[0].unfolded), provider)
        except PayrulesError:
            return True

    def _is_refused(self, provider: Provider) -> bool:
        try:
            self._applied(provider)
        except ProviderError:
            return True
        return False

    def _applied(self, provider: Provider) -> Payment:
        payment: Payment = self._known["start"]
        for notice in self._events:
            payment = apply(payment, notice, provider=provider, edition=self.vector.edition)
        return payment

    def _is_another(self, payment: Payment) -> bool:
        record = payment.to_record()
        return any(value != record[name] for name, value in self.vector.expected.get("payment", {}).items())

    def _differs(self, payment: Payment, unfolded: int, provider: Provider) -> bool:
        expected = self.vector.expected
        if self._is_another(payment):
            return True
        if unfolded != expected.get("unfolded", 0):
            return True
        told = expected.get("decision")
        if told is None:
            return False
        decided = decide(payment, self.vector.undo, provider=provider, edition=self.vector.edition)
        return any(value != records.plain(getattr(decided, name)) for name, value in told.items())


# --- judging --------------------------------------------------------------------------------------


class Judge:
    """The fates of one edition's mutants."""

    def __init__(self, provider: str, edition: str) -> None:
        self.provider = providers.find(provider)
        self.table = self.provider.edition(edition)
        self._reading = import_module(f"tests.readings.{provider}")
        self._known = Known()

    def fates(self, mutants: Sequence[Mutant]) -> dict[str, Fate]:
        """The fate of each, by place and name."""
        found = {place: fate for place, mutant in enumerate(mutants) if (fate := self._found(mutant))}
        left = [place for place in range(len(mutants)) if place not in found]
        permits = [place for place in left if not mutants[place].moves]
        for start in range(0, len(permits), _TOGETHER):
            some = permits[start : start + _TOGETHER]
            editions = [mutants[place].edition for place in some]
            shown = differences(self.provider.name, self.table, editions, known=self._known)
            for number, place in enumerate(some):
                mutant = mutants[place]
                if number in shown:
                    found[place] = self._judged_by_reading(mutant.edition, *shown[number])
                elif moves_alike(self.provider, self.table, mutant.edition):
                    found[place] = Fate.EQUIVALENT
        for place in left:
            if mutants[place].moves and moves_alike(self.provider, self.table, mutants[place].edition):
                found[place] = Fate.EQUIVALENT
        return {f"{place} {mutant.name}": found.get(place, Fate.SURVIVED) for place, mutant in enumerate(mutants)}

    def _found(self, mutant: Mutant) -> Fate | None:
        edition = mutant.edition
        if mutant.moves:
            return Fate.VECTOR if self._history_fails(edition) else None
        if self._answers_otherwise(self._undo, edition):
            return Fate.VECTOR
        if self._answers_otherwise(self._asked, edition):
            return Fate.EDGE
        fills_alike = edition.statuses == self.table.statuses and edition.proves == self.table.proves
        return Fate.VECTOR if not fills_alike and self._history_fails(edition) else None

    def _answers_otherwise(self, questions: list[Question], edition: Edition) -> bool:
        """Whether a mutant fails one of these questions, which is then asked first the next time."""
        fills_alike = edition.statuses == self.table.statuses and edition.proves == self.table.proves
        concerns = self._concerned(edition)
        concerned = (place for place, question in enumerate(questions) if concerns(question))
        for place in islice(concerned, _ASKED_MAX):
            if questions[place].fails(edition, filled=fills_alike):
                questions.insert(0, questions.pop(place))
                return True
        return False

    def _concerned(self, edition: Edition) -> Callable[[Question], bool]:
        """Whether what is changed may have a part in the answer to a question."""
        table = self.table
        if edition.proves is not table.proves:
            return lambda _: True
        if edition.statuses is not table.statuses:
            words = {row.word for row in set(edition.statuses) ^ set(table.statuses)}
            return lambda question: question.payment.status in words
        if edition.prefer is not table.prefer or len(edition.permits) != len(table.permits):
            return lambda question: question.reaches_permits
        pairs = zip(table.permits, edition.permits, strict=True)
        changes = [Change(old, new) for old, new in pairs if old is not new]
        return lambda question: question.reaches_permits and any(map(question.meets_otherwise, changes))

    def _history_fails(self, edition: Edition) -> bool:
        """The same of histories; of a change in transitions those that come through a status which it is about."""
        table = self.table
        words = {word for row in set(edition.transitions) ^ set(table.transitions) for word in row.before}
        moves = edition.statuses is table.statuses and edition.proves is table.proves
        editions = tuple(edition if item is table else item for item in self.provider.editions)
        changed = _unchecked(self.provider, editions)
        for place, history in enumerate(self._histories):
            if (not moves or words & history.statuses) and history.fails(changed):
                self._histories.insert(0, self._histories.pop(place))
                return True
        return False

    def _judged_by_reading(self, edition: Edition, payment: Payment, undo: Undo) -> Fate:
        """A question that tells the mutant from the table: the second reading takes the table's side, or it survives."""
        told = Question(self.table, payment, undo, self._read(payment, undo))
        return Fate.EDGE if told.fails(edition) and not told.fails(self.table) else Fate.SURVIVED

    # --- what is asked

    @cached_property
    def _undo(self) -> list[Question]:
        asked = [vector for vector in read(self.provider.name, "undo") if self._is_of(vector)]
        return [Question(self.table, vector.payment, vector.undo, vector.expected) for vector in asked]

    @cached_property
    def _histories(self) -> list[History]:
        return [History(vector) for vector in read(self.provider.name, "history") if self._is_of(vector)]

    def _is_of(self, vector: Vector) -> bool:
        return self.provider.edition(vector.edition).name == self.table.name

    @cached_property
    def _asked(self) -> list[Question]:
        asked = edges.questions(self.provider.name, self.table.name)
        return [Question(self.table, payment, undo, self._read(payment, undo)) for payment, undo in asked]

    def _read(self, payment: Payment, undo: Undo) -> dict[str, Any]:
        told = self._reading.answer(payment.to_record(), undo.to_record(), self.table.name)
        return {name: told[name] for name in _COMPARED}

    def disagreements(self) -> list[tuple[Payment, Undo]]:
        """The questions at the edges to which the shipped table and the second reading give different answers."""
        return [(item.payment, item.undo) for item in self._asked if item.fails(self.table)]


def _plain(told: Any, name: str) -> object:
    value = getattr(told, name)
    return sorted(value) if name == "needs" else records.plain(value)


def _unchecked(provider: Provider, editions: tuple[Edition, ...]) -> Provider:
    """A provider whose table was not looked at: some mutants would not load, and are then found by that alone."""
    changed = object.__new__(Provider)
    for name in ("name", "title", "pages", "claims", "default"):
        object.__setattr__(changed, name, getattr(provider, name))
    object.__setattr__(changed, "editions", editions)
    return changed


# --- what events do -------------------------------------------------------------------------------


def moves_alike(provider: Provider, one: Edition, other: Edition) -> bool:
    """Whether every event does the same to every payment that the two editions can tell apart."""
    rows = set(one.transitions) ^ set(other.transitions)
    words = {word for row in rows for word in row.before}
    words |= {item.word for item in set(one.statuses) ^ set(other.statuses)}
    if one.proves != other.proves:
        words |= {item.word for item in one.statuses}
    events = {row.event for row in rows} or set(Event) - QUIET | {Event.REFUND_FAILED}
    both = tuple(_unchecked(provider, (edition,)) for edition in (one, other))
    for word in sorted(words):
        for payment in _payments(provider.name, word, (one, other), events):
            if not rows and _meant(one, payment) == _meant(other, payment):
                continue
            for event, amount in product(sorted(events), (None, 1, payment.amount_captured)):
                notice = Notice(event=event, amount=amount, at=NOON)
                if _moved(both[0], payment, notice) != _moved(both[1], payment, notice):
                    return False
    return True


def _meant(edition: Edition, payment: Payment) -> object:
    """What an event finds: whether the status is final, and what it proves."""
    facts, status = fill(edition, payment, Undo(at=NOON)), edition.status(payment.status)
    return status and status.final, {name: item.value for name, item in facts.filled.items()}, dict(facts.hinges)


def _payments(provider: str, word: str, editions: Sequence[Edition], events: Collection[Event]) -> Iterator[Payment]:
    """Every payment in a status that some of these events can tell apart."""
    conditions = [
        condition
        for edition in editions
        for rows in (
            [row for row in edition.transitions if word in row.before and row.event in events],
            edition.proofs(word),
        )
        for row in rows
        for condition in row.when
    ]
    names = sorted(
        {name for condition in conditions for name in condition.reads if not name.startswith("amount_")} - {"status"}
    )
    for values in product(*(telling(name, conditions) for name in names)):
        for amounts in amounts_grid():
            told: dict[str, Any] = {**dict(zip(names, values, strict=True)), **amounts}
            try:
                yield Payment(provider=provider, status=word, currency="GBP", **told)
            except CallerError:
                continue


def _moved(provider: Provider, payment: Payment, notice: Notice) -> object:
    try:
        return apply(payment, notice, provider=provider, edition=provider.editions[0].name)
    except PayrulesError as error:
        return type(error)
