"""Every situation that a table can tell apart, walked rather than sampled.

1. A fact counts only by what its conditions make of it, so that a few values of each tell everything (`telling.py`).
2. Facts that no condition reads together vary on their own. So what a permit meets is gathered fact by fact, and what
comes to the same is merged on the way: a way is open, or closed by the obstacle that counts (`ways.py`). Nothing is
left out by that, and a table of fourteen permits and a dozen facts is walked in seconds.
3. Amounts come last, since what a status proves of them depends on the other facts (`amounts.py`). One grid of them
serves: unknown, nothing, a part, all, one more, and every amount that an operation could give back, with both its
neighbours.
4. Several editions can be walked together; each situation then says what every one of them answers, so that two are
the same exactly where no situation tells them apart.
5. Statuses have much in common: what depends on none, or on what two of them prove alike, is found out once.

Each situation comes with a concrete payment and wish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

from attrs import evolve

from payrules.amounts import AmountClasses, Amounts, Known
from payrules.errors import CallerError
from payrules.facts import Facts
from payrules.fill import fill
from payrules.payment import Payment, Undo
from payrules.table import Edition, Permit
from payrules.telling import AMOUNTS, CAP, NOON, UNSEEN, assignments, components, reads, reads_amounts
from payrules.ways import Obstruction, Obstructions, Outcome, Standing, Way, chosen, meaning
from payrules.when import Condition
from payrules.words import OPERATIONS, Action

# --- what a situation is --------------------------------------------------------------------------


class Situation:
    """What some payments have in common, so far as the walked editions can tell: no two of a status are the same.

    `count` is how many distinguishable combinations of outcomes come to this.
    """

    __slots__ = ("_closed", "_examples", "_met", "_walk", "asks_everything", "count")

    def __init__(self, walk: _StatusWalk, amounts: Amounts, closed: int) -> None:
        self._walk, self._met, self._closed = walk, amounts.met, closed
        self._examples: list[tuple[Amounts, list[_Told]]] = []
        self.asks_everything = amounts.told["amount"] is None
        """Whether no amount is named."""
        self.count = 0

    def also(self, amounts: Amounts, tells: list[_Told], count: int) -> None:
        """Other amounts and facts that come to the same, in so many combinations."""
        self._examples.append((amounts, tells))
        self.count += count

    @property
    def status(self) -> str:
        """The status word."""
        return self._walk.standing.status

    def questions(self, only: Action | None = None) -> Iterator[tuple[Payment, Undo]]:
        """A payment and a wish for each class of amounts that comes to this, where such facts can stand together."""
        for amounts, tells in self._examples:
            for told in tells:
                facts = {**told, **amounts.told}
                at, asked = cast("datetime", facts.pop("at", NOON)), cast("int | None", facts.pop("amount"))
                try:
                    payment = self._walk.standing.payment(facts)
                except CallerError:  # a time of capture beside nothing captured
                    continue
                yield payment, Undo(at=at, amount=asked, only=only)
                break

    def question(self, only: Action | None = None) -> tuple[Payment, Undo] | None:
        """The first of these; None where no payment can have such facts."""
        return next(self.questions(only), None)

    def outcome(self, number: int = 0, only: Action | None = None) -> Outcome:
        """What one of the editions answers, to a wish for any operation or for one alone."""
        before = self._met.before[number]
        if before is not None:
            return before
        found, way = self._walk.chosen(number, self._closed, only)
        if way is None:
            return found
        amount, remaining = self._met.gives[way]
        return evolve(found, amount=amount, remaining=remaining)

    def telling_apart(self, one: int, other: int) -> tuple[Payment, Undo] | None:
        """A question that two of the editions answer differently, if there is one here."""
        if self._walk.are_alike(one, other, self._closed):
            return None
        wishes = (None, *OPERATIONS)
        apart = (only for only in wishes if self.outcome(one, only).compared != self.outcome(other, only).compared)
        return next((question for only in apart if (question := self.question(only))), None)

    @property
    def pattern(self) -> int:
        """The same for situations of a walk in which the same closes every way; 0 where no permit is looked at."""
        return self._closed

    def ways(self, number: int = 0) -> Iterator[tuple[Permit, Obstruction | None]]:
        """An edition's permits and what closes them; None: open. Nothing where no permit is looked at."""
        return iter(()) if self._met.before[number] else self._walk.ways(number, self._closed)


def walk(provider: str, *editions: Edition, known: Known | None = None) -> Iterator[Situation]:
    """Every situation that these editions of a provider's table can tell apart, status by status.

    `known` is what other walks of the same provider have found out already.
    """
    shared = _Shared(known or Known())
    for word in _words(editions):
        yield from _StatusWalk(Standing(provider, word, editions), shared).situations()


def alike(provider: str, table: Edition, others: Sequence[Edition], *, known: Known | None = None) -> list[int]:
    """Which of these editions answer as the first one does in every situation that any of them can tell apart."""
    different = differences(provider, table, others, known=known)
    return [number for number in range(len(others)) if number not in different]


def differences(
    provider: str, table: Edition, others: Sequence[Edition], *, known: Known | None = None
) -> dict[int, tuple[Payment, Undo]]:
    """For each of these editions that does not answer as the first one does, a question that shows it."""
    known = known or Known()
    found: dict[int, tuple[Payment, Undo]] = {}
    walked: dict[tuple[int, ...], _Shared] = {}
    for word in _words((table, *others)):
        numbers = tuple(
            number
            for number, other in enumerate(others)
            if number not in found and not _means_the_same(table, other, word)
        )
        if numbers:
            standing = Standing(provider, word, (table, *(others[number] for number in numbers)))
            for number, question in _shown_apart(standing, walked.setdefault(numbers, _Shared(known))):
                found[numbers[number]] = question
    return found


def _shown_apart(standing: Standing, shared: _Shared) -> Iterator[tuple[int, tuple[Payment, Undo]]]:
    """For each edition but the first that answers otherwise in a status, its place and a question that shows it."""
    left = list(range(1, len(standing.editions)))
    for situation in _StatusWalk(standing, shared).apart():
        for number in left[:]:
            if question := situation.telling_apart(0, number):
                left.remove(number)
                yield number - 1, question
        if not left:
            return


def _means_the_same(one: Edition, other: Edition, status: str) -> bool:
    """Whether it can be seen without a walk that two editions answer alike in a status."""
    meant = meaning(one, status)
    if meant != meaning(other, status):
        return False
    if meant.settled:
        return True  # no permit is looked at
    if one.prefer != other.prefer or len(one.permits) != len(other.permits):
        return False
    payment = Payment(provider="none", status=status, currency="GBP")
    facts = Facts(payment, Undo(at=NOON), {}, {}, meant.listed)
    pairs = zip(one.permits, other.permits, strict=True)
    return all(this is that or _in_status(this, facts) == _in_status(that, facts) for this, that in pairs)


def _in_status(permit: Permit, facts: Facts) -> object:
    """A permit, with what its conditions on the status alone come to in one."""
    when = [item.test(facts, permit.gives) if item.reads == ("status",) else item for item in permit.when]
    return evolve(permit, when=()), [item for item in when if item is not None]


def _words(editions: Iterable[Edition]) -> tuple[str, ...]:
    return (*dict.fromkeys(status.word for edition in editions for status in edition.statuses), UNSEEN)


# --- the walk of one status -----------------------------------------------------------------------

_Told = dict[str, object]
_Feeds = tuple[object, ...]
_States = dict[int, tuple[int, _Told]]
_Contexts = dict[tuple[_Feeds, int], tuple[int, _Told]]
_Joined = dict[int, tuple[int, list[_Told]]]


class _Shared:
    """What the walks of several statuses have in common."""

    def __init__(self, known: Known) -> None:
        self.met = Obstructions()
        self.amounts = AmountClasses(known, self.met)
        self.classes: dict[object, _Contexts] = {}


class _StatusWalk:
    """The situations of one status."""

    def __init__(self, standing: Standing, shared: _Shared) -> None:
        self.standing = standing
        self._met, self._shared = shared.met, shared
        self._memo: dict[tuple[int, Action | None, int], tuple[Outcome, int | None]] = {}
        self._apart: dict[tuple[int, int], list[tuple[int, int]] | None] = {}

    def situations(self) -> Iterator[Situation]:
        """All of them."""
        found: dict[tuple[int, int], Situation] = {}
        for amounts, closed, count, tells in self._parts(apart=False):
            if (key := (amounts.number, closed)) not in found:
                found[key] = Situation(self, amounts, closed)
            found[key].also(amounts, tells, count)
        yield from found.values()

    def apart(self) -> Iterator[Situation]:
        """Those in which editions may answer otherwise than the first one, as they are met: some more than once."""
        for amounts, closed, count, tells in self._parts(apart=True):
            situation = Situation(self, amounts, closed)
            situation.also(amounts, tells, count)
            yield situation

    def _parts(self, *, apart: bool) -> Iterator[tuple[Amounts, int, int, list[_Told]]]:
        """Amounts, what closes the ways, in how many combinations, and other facts that show it."""
        by_feeds: dict[_Feeds, _States] = {}
        for (feeds, closed), state in self._contexts().items():
            by_feeds.setdefault(feeds, {})[closed] = state
        for states in by_feeds.values():
            differing = {closed: state for closed, state in states.items() if not self._are_all_alike(closed)}
            joined: dict[int, _Joined] = {}
            for amounts, times in self._shared.amounts.beside(self.standing, next(iter(states.values()))[1]):
                closing = amounts.met.closed
                if closing not in joined:
                    some = differing if apart and self._are_all_alike(closing) else states
                    joined[closing] = self._joined(some, closing)
                for closed, (count, tells) in joined[closing].items():
                    yield amounts, closed, count * times, tells

    def _are_all_alike(self, closed: int) -> bool:
        """Whether the same closes the ways of all editions."""
        return all(self.are_alike(0, other, closed) for other in range(1, len(self.standing.editions)))

    def _joined(self, states: _States, closed: int) -> _Joined:
        """What the ways meet by these states and amounts together; where no permit is looked at, nothing."""
        joined, each = _Joined(), self._met.each
        for own, (count, told) in states.items():
            both = each[own, closed] if closed else 0
            more, tells = joined.get(both, (0, []))
            tells.append(told)
            joined[both] = more + count, tells
        return joined

    def ways(self, number: int, closed: int) -> Iterator[tuple[Permit, Obstruction | None]]:
        """An edition's permits, each with what closes it."""
        met = self._met.apart(closed)
        for way in self.standing.of_edition[number]:
            yield self.standing.ways[way].permit, self._met.of(met[way])

    def are_alike(self, one: int, other: int, closed: int) -> bool:
        """Whether conditions alone set two editions apart, and make no difference to what closes their ways."""
        ways, met = self._differing(one, other), self._met.apart(closed)
        return ways is not None and (not met or all(met[this] == met[that] for this, that in ways))

    def _differing(self, one: int, other: int) -> list[tuple[int, int]] | None:
        """The ways whose conditions alone tell two editions apart; None where something else does."""
        if (one, other) not in self._apart:
            standing = self.standing
            ways = list(zip(standing.of_edition[one], standing.of_edition[other], strict=False))
            permits = [(standing.ways[this].permit, standing.ways[that].permit) for this, that in ways]
            alike = (
                standing.group[one] == standing.group[other]
                and standing.editions[one].prefer == standing.editions[other].prefer
                and len(standing.of_edition[one]) == len(standing.of_edition[other])
                and all(evolve(this, when=()) == evolve(that, when=()) for this, that in permits)
            )
            self._apart[one, other] = [(this, that) for this, that in ways if this != that] if alike else None
        return self._apart[one, other]

    def chosen(self, number: int, closed: int, only: Action | None) -> tuple[Outcome, int | None]:
        """What an edition answers where its permits have to be looked at, and the way that it takes."""
        key = (number, only, closed)
        if key not in self._memo:
            ways = [item for item in self.ways(number, closed) if only in (None, item[0].action)]
            found = chosen(self.standing.editions[number], ways, status_known=self.standing.meant[number].listed)
            own = self.standing.of_edition[number]
            taken = next((way for way in own if self.standing.ways[way].permit is found.permit), None)
            self._memo[key] = found, taken
        return self._memo[key]

    # --- the facts beside amounts

    def _contexts(self) -> _Contexts:
        """What the ways meet by all facts but amounts, for each outcome that the amounts depend on."""
        standing, each = self.standing, self._met.each
        states: _Contexts = {((), self._met.together(self._open)): (1, {})}
        for component in components(standing.conditions, standing.proofs):
            classes = self._classes(component)
            merged: _Contexts = {}
            for (fed, closed), (count, told) in states.items():
                for (feeds, closes), (times, tells) in classes.items():
                    key = (fed + feeds, each[closed, closes])
                    if key in merged:
                        more, first = merged[key]
                        merged[key] = more + count * times, first
                    else:
                        merged[key] = count * times, {**told, **tells}
            states = merged
        return states

    @property
    def _open(self) -> tuple[int, ...]:
        """Every way open; none where no permit is looked at."""
        return () if self.standing.settled else (0,) * len(self.standing.ways)

    def _classes(self, names: frozenset[str]) -> _Contexts:
        """The same of facts that are read together: once for statuses that prove the same of them and by them."""
        standing = self.standing
        asked = [
            (number, way, condition)
            for number, way in enumerate(standing.ways)
            for condition in way.permit.when
            if _is_asked_of(names, condition)
        ]
        proofs = tuple(
            (group, proof)
            for group, proof in standing.proofs
            if proof.name in names or any(reads(item) & names for item in proof.when)
        )
        asks = any("status" in condition.reads for _, _, condition in asked) or any(
            item.asks for item in standing.meant
        )
        key = (names, proofs, standing.status if asks else None, standing.group, standing.settled)
        if key not in self._shared.classes:
            self._shared.classes[key] = self._found(names, asked)
        return self._shared.classes[key]

    def _found(self, names: frozenset[str], asked: list[tuple[int, Way, Condition]]) -> _Contexts:
        standing = self.standing
        fed_by = [
            (group, proof, [item for item in proof.when if reads(item) and reads(item) <= names])
            for group, proof in standing.proofs
            if proof.name in AMOUNTS
        ]
        feeding = [(group, own, len(proof.when) == 1) for group, proof, own in fed_by if own]
        seen: set[object] = set()
        classes: _Contexts = {}
        for told in assignments(names, standing.conditions):
            payment = standing.payment({name: value for name, value in told.items() if name != "at"})
            undo = Undo(at=cast("datetime", told.get("at", NOON)))
            facts = {group: fill(edition, payment, undo) for group, edition in standing.speakers.items()}
            fed = [[item.test(facts[group], Action.REJECT) for item in own] for group, own, _ in feeding]
            misses = [condition.test(facts[way.group], way.permit.gives) for _, way, condition in asked]
            if (outcomes := (*misses, *(miss for met in fed for miss in met))) in seen:
                continue
            seen.add(outcomes)
            # Of several conditions it matters only whether all hold; an unknown word alone is asked for by name.
            feeds: _Feeds = (told[CAP],) if CAP in names else ()
            feeds += tuple(met[0] if alone else any(met) for met, (_, _, alone) in zip(fed, feeding, strict=True))
            closed = list(self._open)
            if closed:
                for (number, _, condition), miss in zip(asked, misses, strict=True):
                    # What the status closes stays closed throughout, so it is not told from what else closes it.
                    obstruction = self._met.number(miss, condition if names else None)
                    closed[number] = self._met.both[closed[number], obstruction]
            key = (feeds, self._met.together(closed))
            count, first = classes.get(key, (0, told))
            classes[key] = (count + 1, first)
        return classes


def _is_asked_of(names: frozenset[str], condition: Condition) -> bool:
    """Whether a condition is asked of these facts that are read together; of none: of the status alone."""
    own = reads(condition)
    return not reads_amounts(condition) and own <= names and bool(own) == bool(names)
