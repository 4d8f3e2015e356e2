"""Who finds a mutant: the vectors, the questions at the edges, put to the second reading, or nobody.

Whether a mutant that nobody finds is a mistake at all is decided exactly: by walking both tables together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from itertools import product
from typing import Any

from payrules import Notice, Payment, Undo, apply, providers, records
from payrules.answers import answer
from payrules.apply import QUIET
from payrules.decide import decide
from payrules.errors import CallerError, PayrulesError
from payrules.fill import fill
from payrules.fold import fold_each
from payrules.situations import NOON, amounts_grid, differences, telling
from payrules.table import Edition, Provider
from payrules.words import Event
from tests import edges
from tests.mutants.operators import Mutant
from tests.test_vectors import known, reported
from tests.vectors import Vector, read

_COMPARED = ("action", "amount", "remaining", "rejection", "reason", "needs")


_TOGETHER = 16
"""So many mutants are walked together: more make the walk longer, fewer make more walks."""


class Fate(StrEnum):
    """What became of a mutant."""

    VECTOR = "vector"
    EDGE = "edge"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


class Judge:
    """The fates of one edition's mutants."""

    def __init__(self, provider: str, edition: str) -> None:
        self.provider = providers.find(provider)
        self.table = self.provider.edition(edition)
        self._reading = import_module(f"tests.readings.{provider}")

    def fates(self, mutants: Sequence[Mutant]) -> dict[str, Fate]:
        """The fate of each, by place and name."""
        found = {place: fate for place, mutant in enumerate(mutants) if (fate := self._found(mutant))}
        left = [place for place in range(len(mutants)) if place not in found]
        permits = [place for place in left if not mutants[place].moves]
        for start in range(0, len(permits), _TOGETHER):
            some = permits[start : start + _TOGETHER]
            shown = differences(self.provider.name, self.table, [mutants[place].edition for place in some])
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
        if not mutant.moves:
            if any(self._fails(vector, mutant.edition) for vector in self._undo):
                return Fate.VECTOR
            if any(self._fails(question, mutant.edition) for question in self._asked):
                return Fate.EDGE
        changed = self._with(mutant.edition)
        return Fate.VECTOR if any(history_fails(item, changed, self.table.name) for item in self._histories) else None

    def _judged_by_reading(self, edition: Edition, payment: Payment, undo: Undo) -> Fate:
        """A question that tells the mutant from the table: the second reading takes the table's side, or it survives."""
        told = payment, undo, self._read(payment, undo)
        return Fate.EDGE if self._fails(told, edition) and not self._fails(told, self.table) else Fate.SURVIVED

    def _with(self, edition: Edition) -> Provider:
        editions = tuple(edition if item.name == edition.name else item for item in self.provider.editions)
        return _unchecked(self.provider, editions)

    # --- vectors

    @cached_property
    def _undo(self) -> list[tuple[Payment, Undo, dict[str, Any]]]:
        asked = [vector for vector in read(self.provider.name, "undo") if self._is_of(vector)]
        return [(vector.payment, vector.undo, vector.expected) for vector in asked]

    @cached_property
    def _histories(self) -> list[Vector]:
        return [vector for vector in read(self.provider.name, "history") if self._is_of(vector)]

    def _is_of(self, vector: Vector) -> bool:
        return self.provider.edition(vector.edition).name == self.table.name

    @staticmethod
    def _fails(vector: tuple[Payment, Undo, dict[str, Any]], edition: Edition) -> bool:
        payment, undo, expected = vector
        told = answer(edition, fill(edition, payment, undo))
        return any(
            (sorted(expected[name]) if name == "needs" else expected[name]) != _plain(told, name)
            for name in _COMPARED
            if name in expected
        )

    # --- edges

    @cached_property
    def _asked(self) -> list[tuple[Payment, Undo, dict[str, Any]]]:
        asked = edges.questions(self.provider.name, self.table.name)
        return [(payment, undo, self._read(payment, undo)) for payment, undo in asked]

    def _read(self, payment: Payment, undo: Undo) -> dict[str, Any]:
        told = self._reading.answer(payment.to_record(), undo.to_record(), self.table.name)
        return {name: told[name] for name in _COMPARED}

    def disagreements(self) -> list[tuple[Payment, Undo]]:
        """The questions at the edges to which the shipped table and the second reading give different answers."""
        return [
            (payment, undo) for payment, undo, told in self._asked if self._fails((payment, undo, told), self.table)
        ]


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


def history_fails(vector: Vector, provider: Provider, edition: str | None = None) -> bool:
    """Whether a history does not fold to what it says."""
    edition, events = edition or vector.edition, reported(vector)
    if vector.case.get("start") and all(isinstance(event, Notice) for event in events):
        shipped = providers.find(vector.provider)
        if applied(vector, events, provider, edition) != applied(vector, events, shipped, edition):
            return True
    try:
        if vector.expected.get("refused"):
            return not isinstance(applied(vector, events, provider, edition), type)
        return not _folds(vector, events, known(vector), provider, edition)
    except PayrulesError:
        return True


def applied(vector: Vector, events: Sequence[Any], provider: Provider, edition: str | None) -> object:
    """What the events of a history do one after the other, or the kind of error that one of them is."""
    payment = Payment.from_record(vector.case["start"])
    try:
        for notice in events:
            payment = apply(payment, notice, provider=provider, edition=edition)
    except PayrulesError as error:
        return type(error)
    return payment


def _folds(
    vector: Vector, events: Sequence[Any], told: dict[str, Any], provider: Provider, edition: str | None
) -> bool:

    folded = fold_each(provider, events, edition=edition, **told)
    wanted = vector.case.get("payment_id")
    found = [item for item in folded if item.payment and wanted in (None, item.payment.payment_id)]
    if len(found) != 1 or found[0].payment is None:
        return False
    record = found[0].payment.to_record()
    if any(value != record[name] for name, value in vector.expected.get("payment", {}).items()):
        return False
    if vector.expected.get("unfolded", len(found[0].unfolded)) != len(found[0].unfolded):
        return False
    if "decision" in vector.expected:
        decided = decide(found[0].payment, vector.undo, provider=provider, edition=edition).to_record()
        return all(value == decided[name] for name, value in vector.expected["decision"].items())
    return True


def moves_alike(provider: Provider, one: Edition, other: Edition) -> bool:
    """Whether every event does the same to every payment that the two editions can tell apart."""
    rows = set(one.transitions) ^ set(other.transitions)
    words = {word for row in rows for word in (*row.before, row.after)}
    words |= {item.word for item in set(one.statuses) ^ set(other.statuses)}
    if one.proves != other.proves:
        words |= {item.word for item in one.statuses}
    events = {row.event for row in rows} or set(Event) - QUIET | {Event.REFUND_FAILED}
    for word in sorted(words):
        for payment in _payments(provider.name, word, (one, other)):
            for event, amount in product(sorted(events), (None, 1, payment.amount_captured)):
                notice = Notice(event=event, amount=amount, at=NOON)
                if _moved(provider, one, payment, notice) != _moved(provider, other, payment, notice):
                    return False
    return True


def _payments(provider: str, word: str, editions: Sequence[Edition]) -> Iterator[Payment]:
    conditions = [
        condition
        for edition in editions
        for rows in (edition.transitions, edition.proofs(word))
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


def _moved(provider: Provider, edition: Edition, payment: Payment, notice: Notice) -> object:
    try:
        return apply(payment, notice, provider=_unchecked(provider, (edition,)), edition=edition.name)
    except PayrulesError as error:
        return type(error)
