"""What amounts come to: what is said of them before any permit, and by the conditions that read them.

What a status proves of amounts depends on other facts, so each walk tells them beside those. What is then known of
them recurs in most statuses, editions and walks of a provider, and is judged once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from attrs import evolve, frozen

from payrules.answers import before_permits, yes
from payrules.errors import CallerError
from payrules.facts import Facts, Missing
from payrules.fill import fill
from payrules.payment import Undo
from payrules.table import Edition, Permit
from payrules.telling import AMOUNTS, CAP, NOON, amounts_grid, reads, reads_amounts
from payrules.ways import Obstructions, Outcome, Standing, Way
from payrules.when import Condition, Miss
from payrules.words import Action


@frozen(eq=False)
class Met:
    """What each edition says of amounts before any permit, what its ways meet, and what those that are open give."""

    number: int
    before: tuple[Outcome | None, ...]
    closed: int
    gives: Mapping[int, tuple[int | None, int | None]]


@frozen(eq=False)
class Amounts:
    """A class of amounts: its number, some that show it, and what is met."""

    number: int
    told: Mapping[str, object]
    met: Met


@frozen(eq=False)
class _Row:
    """Amounts beside some facts, and what each group of editions knows of them, as facts and as a key."""

    amounts: Mapping[str, int | None]
    facts: tuple[Facts, ...]
    told: tuple[object, ...]


# --- what recurs ----------------------------------------------------------------------------------


class Known:
    """What amounts come to, found out once for all statuses, editions and walks of a provider."""

    def __init__(self) -> None:
        self.rows: dict[object, list[_Row]] = {}
        self._asked: dict[object, list[int | None]] = {}
        self._asking: dict[object, _Asking] = {}
        self._tests: dict[object, int] = {}

    def test(self, condition: Condition, gives: Action) -> int:
        """A number for a condition on the amounts of an operation, whatever claim it rests on."""
        return self._tests.setdefault((gives, evolve(cast("Any", condition), claim="")), len(self._tests))

    def asked(self, row: _Row) -> list[int | None]:
        """Everything, nothing, and each amount that an operation could give back, with its neighbours."""
        if row.told not in self._asked:
            near = {1}.union(*map(_near, row.facts))
            self._asked[row.told] = [None, 0, *sorted(amount for amount in near if amount > 0)]
        return self._asked[row.told]

    def asking(self, standing: Standing, group: int, facts: Facts, told: object, asked: int | None) -> _Asking:
        """An amount that is asked for beside what is known; where all is done, every one is alike."""
        meant = standing.meant[group]
        key = (meant.done,) if meant.done else (meant.awaits, told, asked)
        if key not in self._asking:
            if meant.done:
                facts = Facts(standing.payment({}), _undo(asked), {}, {})
            asking = Facts(facts.payment, _undo(asked), facts.filled, facts.hinges, facts.status_known)
            self._asking[key] = _Asking(standing.editions[group], asking)
        return self._asking[key]


class _Asking:
    """An amount asked for beside what is known of others: what is said before any permit, and by conditions."""

    __slots__ = ("_facts", "_gives", "_misses", "before")

    def __init__(self, edition: Edition, facts: Facts) -> None:
        found = before_permits(edition, facts)
        self.before = (
            None if found is None else Outcome(found.action, found.reason, found.rejection, frozenset(found.needs))
        )
        self._facts = facts
        self._misses: dict[int, Miss | None] = {}
        self._gives: dict[Action, tuple[int | None, int | None]] = {}

    def miss(self, number: int, condition: Condition, gives: Action) -> Miss | None:
        """What a condition of this number says."""
        if number not in self._misses:
            self._misses[number] = condition.test(self._facts, gives)
        return self._misses[number]

    def gives(self, permit: Permit) -> tuple[int | None, int | None]:
        """What a permit that holds gives back, and what remains."""
        if permit.gives not in self._gives:
            answer = yes(permit, self._facts)
            self._gives[permit.gives] = answer.amount, answer.remaining
        return self._gives[permit.gives]


@lru_cache(maxsize=64)
def _undo(asked: int | None) -> Undo:
    """When does not matter to amounts."""
    return Undo(at=NOON, amount=asked)


def _near(facts: Facts) -> set[int]:
    amounts: tuple[int | Missing | None, ...] = (facts.held, facts.refundable, facts.outstanding, facts.left_at_most)
    return {amount + step for amount in amounts if isinstance(amount, int) for step in (-1, 0, 1)}


def _told(facts: Facts) -> object:
    """What is known of the amounts, and what would tell those that are not."""
    return *((facts.get(name), facts.hinges.get(name)) for name in AMOUNTS), facts.get(CAP)


# --- the classes of amounts -----------------------------------------------------------------------


class AmountClasses:
    """The classes of amounts that some editions can tell apart, for one status after another."""

    def __init__(self, known: Known, obstructions: Obstructions) -> None:
        self._known, self._obstructions = known, obstructions
        self._tests: dict[tuple[int, ...], _AmountTests] = {}
        self._classes: dict[object, list[tuple[Amounts, int]]] = {}
        self._met_by: dict[object, list[tuple[int | None, Met, int]]] = {}
        self._met: dict[object, Met] = {}

    def beside(self, standing: Standing, witness: Mapping[str, object]) -> list[tuple[Amounts, int]]:
        """The classes where the other facts are like these, and how many outcomes come to each."""
        names = {CAP}.union(*({proof.name}.union(*map(reads, proof.when)) for _, proof in standing.proofs))
        context = tuple((name, value) for name, value in sorted(witness.items()) if name in names)
        key = (standing.meant, context)
        if key not in self._classes:
            found: dict[int, tuple[Amounts, int]] = {}
            for row in self._rows(standing, context):
                for asked, met, times in self._met_in(standing, row):
                    number = 2 * met.number + (asked is None)
                    first, count = found.get(number, (None, 0))
                    first = first or Amounts(number, {**row.amounts, "amount": asked}, met)
                    found[number] = first, count + times
            self._classes[key] = list(found.values())
        return self._classes[key]

    def _rows(self, standing: Standing, context: tuple[tuple[str, object], ...]) -> list[_Row]:
        """Amounts, and what is known of them in each group beside these facts; those that come to the same once."""
        meant = (standing.meant[group] for group in standing.speakers)
        key = (*((item.proofs, item.asks, item.done is None, item.awaits) for item in meant), context)
        if key not in self._known.rows:
            self._known.rows[key] = list(_distinct(standing, dict(context)))
        return self._known.rows[key]

    def _met_in(self, standing: Standing, row: _Row) -> list[tuple[int | None, Met, int]]:
        """What is met by amounts of which this is known: the first that is asked for of each kind, and how many."""
        key = (tuple((item.done, item.awaits) for item in standing.meant), standing.group, row.told)
        if key not in self._met_by:
            found: dict[tuple[bool, Met], tuple[int | None, int]] = {}
            for asked in self._known.asked(row):
                met = self._meet(standing, row, asked)
                first, count = found.get((asked is None, met), (asked, 0))
                found[asked is None, met] = first, count + 1
            self._met_by[key] = [(first, met, count) for (_, met), (first, count) in found.items()]
        return self._met_by[key]

    def _meet(self, standing: Standing, row: _Row, asked: int | None) -> Met:
        asking = {
            group: self._known.asking(standing, group, facts, told, asked)
            for group, facts, told in zip(standing.speakers, row.facts, row.told, strict=True)
        }
        key = (standing.group, *asking.values())
        if key not in self._met:
            before = tuple(asking[group].before for group in standing.group)
            closed = self._tests_of(standing).closed(asking) if None in before else ()
            gives = {
                number: asking[way.group].gives(way.permit)
                for number, (way, obstruction) in enumerate(zip(standing.ways, closed, strict=False))
                if asking[way.group].before is None and not obstruction
            }
            together = self._obstructions.together(closed)
            same = (before, together, tuple(gives.items()))
            self._met[key] = self._met.setdefault(same, Met(len(self._met), before, together, gives))
        return self._met[key]

    def _tests_of(self, standing: Standing) -> _AmountTests:
        if standing.group not in self._tests:
            self._tests[standing.group] = _AmountTests(standing.ways, self._known, self._obstructions)
        return self._tests[standing.group]


def _distinct(standing: Standing, told: dict[str, object]) -> Iterator[_Row]:
    undo = Undo(at=cast("datetime", told.pop("at", NOON)))
    seen: set[object] = set()
    for amounts in amounts_grid():
        try:
            payment = standing.payment({**told, **amounts})
        except CallerError:  # a time of capture beside nothing captured
            continue
        facts = tuple(fill(edition, payment, undo) for edition in standing.speakers.values())
        if (key := tuple(map(_told, facts))) not in seen:  # else what was given is what the status proves
            seen.add(key)
            yield _Row(amounts, facts, key)


class _AmountTests:
    """The conditions of the ways that read amounts, each tested once however many ways ask it."""

    def __init__(self, ways: Sequence[Way], known: Known, obstructions: Obstructions) -> None:
        self._obstructions = obstructions
        self._tests: dict[tuple[int, int], tuple[Condition, Action]] = {}
        self._of_way: list[list[tuple[int, Condition]]] = []
        for way in ways:
            own = [condition for condition in way.permit.when if reads_amounts(condition)]
            keys = [(way.group, known.test(condition, way.permit.gives)) for condition in own]
            for key, condition in zip(keys, own, strict=True):
                self._tests.setdefault(key, (condition, way.permit.gives))
            places = list(self._tests)
            self._of_way.append([(places.index(key), condition) for key, condition in zip(keys, own, strict=True)])
        self._memo: dict[tuple[Miss | None, ...], tuple[int, ...]] = {}

    def closed(self, asking: Mapping[int, _Asking]) -> tuple[int, ...]:
        """What closes each way, of those groups in which permits are looked at."""
        misses = tuple(
            None if asking[group].before else asking[group].miss(number, condition, gives)
            for (group, number), (condition, gives) in self._tests.items()
        )
        if misses not in self._memo:
            self._memo[misses] = tuple(self._closed(own, misses) for own in self._of_way)
        return self._memo[misses]

    def _closed(self, own: Iterable[tuple[int, Condition]], misses: Sequence[Miss | None]) -> int:
        number = 0
        for place, condition in own:
            number = self._obstructions.both[number, self._obstructions.number(misses[place], condition)]
        return number
