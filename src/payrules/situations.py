"""Every situation that a table can tell apart, walked rather than sampled.

1. A fact counts only by what its conditions make of it, so its values fall into a few classes: one value each side of
every point at which a condition turns, unknown, and a word never seen.
2. Facts that no condition reads together vary on their own. So what a permit meets is gathered fact by fact, and what
comes to the same is merged on the way: a way is open, or closed by the obstacle that counts. Nothing is left out by
that, and a table of fourteen permits and a dozen facts is walked in seconds.
3. Amounts come last, since what a status proves of them depends on the other facts. One grid of them serves: unknown,
nothing, a part, all, one more, and every amount that an operation could give back with its neighbours.
4. Several editions can be walked together; each situation then says what every one of them answers, so that two are
the same exactly where no situation tells them apart.

Each situation comes with a concrete payment and wish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, cast

from attrs import evolve, frozen

from payrules.answers import before_permits, yes
from payrules.errors import CallerError
from payrules.facts import Facts, Missing
from payrules.fill import fill
from payrules.payment import Payment, Undo
from payrules.table import Edition, Permit, Proof
from payrules.when import Condition, Is, Miss, Window, edges, points
from payrules.words import OPERATIONS, Action, Batch, CaptureMode, Kind, Reason, Rejection

UNSEEN = "never seen"
"""A word that no table lists."""

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
"""When the payment was made: in summer, so that no midnight in Europe or America is that of UTC."""

# --- what a situation is --------------------------------------------------------------------------


@frozen
class Obstruction:
    """What closes a way: the obstacle that counts, and the only condition in the way where there is one alone."""

    kind: Rejection
    reason: Reason
    needs: tuple[str, ...]
    sole: Condition | None


@frozen
class Outcome:
    """An answer, as far as situations tell answers apart."""

    action: Action
    reason: Reason
    rejection: Rejection | None = None
    needs: frozenset[str] = frozenset()
    amount: int | None = None
    remaining: int | None = None
    permit: Permit | None = None

    @property
    def compared(self) -> tuple[object, ...]:
        """What an asker sees of it, whatever the permit is called."""
        return self.action, self.amount, self.remaining, self.rejection, self.reason, self.needs


class Situation:
    """What some payments have in common, so far as the walked editions can tell: no two of a status are the same.

    `count` is how many distinguishable combinations of outcomes come to this.
    """

    __slots__ = ("_closed", "_examples", "_met", "_walk", "asks_everything", "count")

    def __init__(self, walk: _StatusWalk, amounts: _Amounts, closed: tuple[int, ...]) -> None:
        self._walk, self._met, self._closed = walk, amounts.met, closed
        self._examples: list[tuple[_Amounts, list[_Told]]] = []
        self.asks_everything = amounts.told["amount"] is None
        """Whether no amount is named."""
        self.count = 0

    def also(self, amounts: _Amounts, tells: list[_Told], count: int) -> None:
        """Other amounts and facts that come to the same, in so many combinations."""
        self._examples.append((amounts, tells))
        self.count += count

    @property
    def status(self) -> str:
        """The status word."""
        return self._walk.status

    def questions(self, only: Action | None = None) -> Iterator[tuple[Payment, Undo]]:
        """A payment and a wish for each class of amounts that comes to this, where such facts can stand together."""
        for amounts, tells in self._examples:
            for told in tells:
                facts = {**told, **amounts.told}
                at, asked = cast("datetime", facts.pop("at", NOON)), cast("int | None", facts.pop("amount"))
                try:
                    payment = self._walk.payment(facts)
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
        ways = self._walk.differing(one, other)
        if self._closed and ways is not None and all(self._closed[this] == self._closed[that] for this, that in ways):
            return None  # what differs comes to the same here
        wishes = (None, *OPERATIONS)
        apart = (only for only in wishes if self.outcome(one, only).compared != self.outcome(other, only).compared)
        return next((question for only in apart if (question := self.question(only))), None)

    def ways(self, number: int = 0) -> Iterator[tuple[Permit, Obstruction | None]]:
        """An edition's permits and what closes them; None: open. Nothing where no permit is looked at."""
        return iter(()) if self._met.before[number] else self._walk.ways(number, self._closed)


def walk(provider: str, *editions: Edition, known: Known | None = None) -> Iterator[Situation]:
    """Every situation that these editions of a provider's table can tell apart, status by status.

    `known` is what other walks of the same provider have found out already.
    """
    shared = _Shared(known or Known())
    for word in _words(editions):
        yield from _StatusWalk(provider, word, editions, shared)


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
    for word in _words((table, *others)):
        numbers = [
            number
            for number, other in enumerate(others)
            if number not in found and not _means_the_same(table, other, word)
        ]
        if not numbers:
            continue
        editions = (table, *(others[number] for number in numbers))
        for situation in _StatusWalk(provider, word, editions, _Shared(known)):
            for place, number in enumerate(numbers, 1):
                if number not in found and (question := situation.telling_apart(0, place)):
                    found[number] = question
    return found


def _means_the_same(one: Edition, other: Edition, status: str) -> bool:
    """Whether it can be seen without a walk that two editions answer alike in a status."""
    row = one.status(status)
    if one.proofs(status) != other.proofs(status) or _settles(one, status) != _settles(other, status):
        return False
    if row is not None and (row.final or row.nothing_yet or row.awaits):
        return True  # no permit is looked at
    if one.prefer != other.prefer or len(one.permits) != len(other.permits):
        return False
    payment = Payment(provider="none", status=status, currency="GBP")
    facts = Facts(payment, Undo(at=NOON), {}, {}, row is not None)
    pairs = zip(one.permits, other.permits, strict=True)
    return all(this is that or _in_status(this, facts) == _in_status(that, facts) for this, that in pairs)


def _in_status(permit: Permit, facts: Facts) -> object:
    """A permit, with what its conditions on the status alone come to in one."""
    when = [item.test(facts, permit.gives) if item.reads == ("status",) else item for item in permit.when]
    return evolve(permit, when=()), [item for item in when if item is not None]


def _words(editions: Iterable[Edition]) -> tuple[str, ...]:
    return (*dict.fromkeys(status.word for edition in editions for status in edition.statuses), UNSEEN)


# --- ways and what closes them --------------------------------------------------------------------


@frozen(eq=False)
class _Way:
    """A permit, and the group of editions whose proofs fill in what it asks about."""

    group: int
    permit: Permit


_HARDEST = (Rejection.NOT_ALLOWED, Rejection.WAIT, Rejection.MISSING_FACT)
_NEAREST = (Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)


class _Obstructions:
    """Obstructions by number, 0 for an open way, and what two of them come to."""

    def __init__(self) -> None:
        self.of: list[Obstruction | None] = [None]
        self._numbers: dict[Obstruction, int] = {}
        self._both: dict[tuple[int, int], int] = {}

    def number(self, condition: Condition, miss: Miss | None) -> int:
        """What one condition does to its way."""
        if miss is None:
            return 0
        needs = tuple(sorted(miss.needs)) if miss.rejection is Rejection.MISSING_FACT else ()
        return self._numbered(Obstruction(miss.rejection, miss.reason, needs, condition))

    def both(self, one: int, other: int) -> int:
        """What two come to."""
        if not one or not other:
            return one or other
        if (one, other) not in self._both:
            self._both[one, other] = self._numbered(self._merged(one, other))
        return self._both[one, other]

    def each(self, ones: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
        """What two come to, way by way."""
        return tuple(map(self.both, ones, others))

    def _numbered(self, obstruction: Obstruction) -> int:
        if obstruction not in self._numbers:
            self._numbers[obstruction] = len(self.of)
            self.of.append(obstruction)
        return self._numbers[obstruction]

    def _merged(self, one: int, other: int) -> Obstruction:
        """A permit's own obstacle: of the kind that is hardest to remove, what the caller can least change."""
        met = [item for item in (self.of[one], self.of[other]) if item is not None]
        kind = min((item.kind for item in met), key=_HARDEST.index)
        same = [item for item in met if item.kind is kind]
        reason = max((item.reason for item in same), key=lambda reason: reason.rank)
        return Obstruction(kind, reason, tuple(sorted({need for item in same for need in item.needs})), None)


def _chosen(edition: Edition, ways: Sequence[tuple[Permit, Obstruction | None]], *, status_known: bool) -> Outcome:
    """The outcome of what the permits meet, by the rule at the head of `answers`; amounts are not told yet."""
    held = [permit for permit, closed in ways if closed is None]
    if held:
        prefer = edition.prefer.index
        best = min(held, key=lambda permit: (prefer(permit.action), permit.because.rank, permit.name))
        return Outcome(best.action, best.because, permit=best)
    if not status_known:
        return Outcome(Action.REJECT, Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT, frozenset({"status"}))
    closed_by = [closed for _, closed in ways if closed is not None]
    if not closed_by:
        return Outcome(Action.REJECT, Reason.NOT_OFFERED, Rejection.NOT_ALLOWED)
    kind = min((item.kind for item in closed_by), key=_NEAREST.index)
    near = [item for item in closed_by if item.kind is kind]
    reason = min((item.reason for item in near), key=lambda reason: reason.rank)
    return Outcome(Action.REJECT, reason, kind, frozenset(need for item in near for need in item.needs))


# --- the walk of one status -----------------------------------------------------------------------

_Told = dict[str, object]
_Feeds = tuple[object, ...]
_States = dict[tuple[int, ...], tuple[int, _Told]]
_Contexts = dict[tuple[_Feeds, tuple[int, ...]], tuple[int, _Told]]
_Joined = dict[tuple[int, ...], tuple[int, list[_Told]]]


@frozen(eq=False)
class _Met:
    """What each edition says of amounts before any permit, what its ways meet, and what those that are open give."""

    before: tuple[Outcome | None, ...]
    closed: tuple[int, ...]
    gives: Mapping[int, tuple[int | None, int | None]]

    @property
    def key(self) -> object:
        """The same for amounts of which everything is the same."""
        return self.before, self.closed, tuple(self.gives.items())


@frozen(eq=False)
class _Amounts:
    """A class of amounts: its number, some that show it, and what is met."""

    number: int
    told: Mapping[str, object]
    met: _Met


class _Shared:
    """What the walks of several statuses have in common: many fill in and settle amounts alike."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.met = _Obstructions()
        self.classes: dict[object, list[tuple[_Amounts, int]]] = {}
        self.met_by: dict[object, list[tuple[int | None, _Met]]] = {}
        self._numbers: dict[object, int] = {}

    def number(self, key: object) -> int:
        """The same for what is the same."""
        return self._numbers.setdefault(key, len(self._numbers))


class _StatusWalk:
    """The situations of one status.

    Editions that fill in and settle this status alike are a group; its first member speaks for it.
    """

    def __init__(self, provider: str, status: str, editions: Sequence[Edition], shared: _Shared) -> None:
        self.provider, self.status, self._editions = provider, status, editions
        meant = [(edition.proofs(status), _settles(edition, status)) for edition in editions]
        self._meant, self._group = meant, [meant.index(item) for item in meant]
        self._speakers = {group: editions[group] for group in dict.fromkeys(self._group)}
        self._ways: list[_Way] = []
        self._of_edition: list[list[int]] = []
        numbers: dict[tuple[int, int], int] = {}
        for group, edition in zip(self._group, editions, strict=True):
            for permit in edition.permits:
                if (group, id(permit)) not in numbers:
                    numbers[group, id(permit)] = len(self._ways)
                    self._ways.append(_Way(group, permit))
            self._of_edition.append([numbers[group, id(permit)] for permit in edition.permits])
        self._tests = _AmountTests(self._ways, shared)
        self._met, self._shared = shared.met, shared
        self._thresholds = telling("amount", self._conditions(), unknown=False)
        self._memo: dict[tuple[object, ...], tuple[Outcome, int | None]] = {}
        self._differing: dict[tuple[int, int], list[tuple[int, int]] | None] = {}

    def __iter__(self) -> Iterator[Situation]:
        by_feeds: dict[_Feeds, _States] = {}
        for (feeds, closed), state in self._contexts().items():
            by_feeds.setdefault(feeds, {})[closed] = state
        found: dict[object, Situation] = {}
        for states in by_feeds.values():
            joined: dict[tuple[int, ...], _Joined] = {}
            for amounts, times in self._amount_classes(next(iter(states.values()))[1]):
                if amounts.met.closed not in joined:
                    joined[amounts.met.closed] = self._joined(states, amounts.met.closed)
                for closed, (count, tells) in joined[amounts.met.closed].items():
                    if (key := (amounts.number, closed)) not in found:
                        found[key] = Situation(self, amounts, closed)
                    found[key].also(amounts, tells, count * times)
        yield from found.values()

    def _joined(self, states: _States, closed: tuple[int, ...]) -> _Joined:
        """What the ways meet by these states and amounts together; where no permit is looked at, nothing."""
        joined: _Joined = {}
        for own, (count, told) in states.items():
            both = self._met.each(own, closed) if closed else ()
            more, tells = joined.get(both, (0, []))
            joined[both] = more + count, [*tells, told]
        return joined

    def payment(self, told: Mapping[str, object]) -> Payment:
        """A payment in this status with these facts."""
        named: dict[str, Any] = {"payment_id": "id-1", **told}
        return Payment(provider=self.provider, status=self.status, currency="GBP", **named)

    def ways(self, number: int, closed: Sequence[int]) -> Iterator[tuple[Permit, Obstruction | None]]:
        """An edition's permits, each with what closes it."""
        for way in self._of_edition[number]:
            yield self._ways[way].permit, self._met.of[closed[way]]

    def differing(self, one: int, other: int) -> list[tuple[int, int]] | None:
        """The ways whose conditions alone tell two editions apart; None where something else does."""
        if (one, other) not in self._differing:
            ways = list(zip(self._of_edition[one], self._of_edition[other], strict=False))
            permits = [(self._ways[this].permit, self._ways[that].permit) for this, that in ways]
            alike = (
                self._group[one] == self._group[other]
                and self._editions[one].prefer == self._editions[other].prefer
                and len(self._of_edition[one]) == len(self._of_edition[other])
                and all(evolve(this, when=()) == evolve(that, when=()) for this, that in permits)
            )
            self._differing[one, other] = [(this, that) for this, that in ways if this != that] if alike else None
        return self._differing[one, other]

    def chosen(self, number: int, closed: Sequence[int], only: Action | None) -> tuple[Outcome, int | None]:
        """What an edition answers where its permits have to be looked at, and the way that it takes."""
        own = self._of_edition[number]
        key = (number, only, tuple(closed[way] for way in own))
        if key not in self._memo:
            ways = [item for item in self.ways(number, closed) if only in (None, item[0].action)]
            edition = self._editions[number]
            found = _chosen(edition, ways, status_known=edition.status(self.status) is not None)
            taken = next((way for way in own if self._ways[way].permit is found.permit), None)
            self._memo[key] = found, taken
        return self._memo[key]

    # --- the facts beside amounts

    def _contexts(self) -> _Contexts:
        """What the ways meet by all facts but amounts, for each outcome that the amounts depend on."""
        states: _Contexts = {((), (0,) * len(self._ways)): (1, {})}
        for component in _components(self._conditions(), self._proofs()):
            classes = self._classes(component)
            merged: _Contexts = {}
            for (fed, closed), (count, told) in states.items():
                for (feeds, closes), (times, tells) in classes.items():
                    key = (fed + feeds, self._met.each(closed, closes))
                    more, first = merged.get(key, (0, None))
                    merged[key] = (more + count * times, first or {**told, **tells})
            states = merged
        return states

    def _classes(self, names: frozenset[str]) -> _Contexts:
        """The same of facts that are read together."""
        asked = [
            (number, way, condition)
            for number, way in enumerate(self._ways)
            for condition in way.permit.when
            if not _reads_amounts(condition) and _reads(condition) <= names
        ]
        feeding = [
            (group, own, len(proof.when) == 1)
            for group, proof in self._proofs()
            if proof.name in _AMOUNTS
            and (own := [item for item in proof.when if _reads(item) and _reads(item) <= names])
        ]
        seen: set[object] = set()
        classes: _Contexts = {}
        for told in self._assignments(names):
            payment = self.payment({name: value for name, value in told.items() if name != "at"})
            undo = Undo(at=cast("datetime", told.get("at", NOON)))
            facts = {group: fill(edition, payment, undo) for group, edition in self._speakers.items()}
            fed = [[item.test(facts[group], Action.REJECT) for item in own] for group, own, _ in feeding]
            misses = [condition.test(facts[way.group], way.permit.gives) for _, way, condition in asked]
            if (outcomes := (*misses, *(miss for met in fed for miss in met))) in seen:
                continue
            seen.add(outcomes)
            # Of several conditions it matters only whether all hold; an unknown word alone is asked for by name.
            feeds: _Feeds = (told[_CAP],) if _CAP in names else ()
            feeds += tuple(met[0] if alone else any(met) for met, (_, _, alone) in zip(fed, feeding, strict=True))
            closed = [0] * len(self._ways)
            for (number, _, condition), miss in zip(asked, misses, strict=True):
                closed[number] = self._met.both(closed[number], self._met.number(condition, miss))
            count, first = classes.get((feeds, tuple(closed)), (0, told))
            classes[feeds, tuple(closed)] = (count + 1, first)
        return classes

    def _assignments(self, names: frozenset[str]) -> Iterator[_Told]:
        """Every combination of telling values of some facts, at every moment at which one of them turns."""
        conditions = self._conditions()
        fields = sorted(names - {"at"})
        windows = [item for item in conditions if isinstance(item, Window) and _reads(item) <= names]
        for values in product(*(telling(name, conditions) for name in fields)):
            told = dict(zip(fields, values, strict=True))
            if "at" not in names:
                yield told
                continue
            facts = Facts(self.payment(told), Undo(at=NOON), {}, {})
            turns = {edge for window in windows for edge in edges(window, facts)}
            turns |= {moment for moment in [cast("datetime | None", told.get("batch_closes_at"))] if moment}
            for at in sorted({turn + step for turn in turns or {NOON} for step in (-_STEP, _NOTHING, _STEP)}):
                yield {**told, "at": at}

    def _conditions(self) -> list[Condition]:
        asked = [condition for way in self._ways for condition in way.permit.when]
        return asked + [condition for _, proof in self._proofs() for condition in proof.when]

    def _proofs(self) -> list[tuple[int, Proof]]:
        return [(group, proof) for group, edition in self._speakers.items() for proof in edition.proofs(self.status)]

    # --- amounts

    def _amount_classes(self, witness: Mapping[str, object]) -> list[tuple[_Amounts, int]]:
        """The classes of amounts where the other facts are like these, and how many outcomes come to each."""
        proofs = [proof for _, proof in self._proofs()]
        names = {_CAP}.union(*({proof.name}.union(*map(_reads, proof.when)) for proof in proofs))
        context = tuple((name, value) for name, value in sorted(witness.items()) if name in names)
        key = (tuple(self._meant), context)
        if key not in self._shared.classes:
            self._shared.classes[key] = self._classes_beside(context)
        return self._shared.classes[key]

    def _classes_beside(self, context: tuple[tuple[str, object], ...]) -> list[tuple[_Amounts, int]]:
        found: dict[int, tuple[_Amounts, int]] = {}
        for amounts, facts in self._grid(context):
            for asked, met in self._met_by(facts):
                number = self._shared.number((asked is None, met.key))
                first, count = found.get(number, (None, 0))
                found[number] = first or _Amounts(number, {**amounts, "amount": asked}, met), count + 1
        return list(found.values())

    def _grid(self, context: tuple[tuple[str, object], ...]) -> Rows:
        """Amounts, and what is known of them in each group beside these facts; those that come to the same once."""
        known = self._shared.known
        key = (tuple(self._meant[group] for group in self._speakers), context)
        if key not in known.rows:
            known.rows[key] = list(self._distinct(dict(context)))
        return known.rows[key]

    def _distinct(self, told: _Told) -> Iterator[tuple[Mapping[str, int | None], tuple[Facts, ...]]]:
        at = cast("datetime", told.pop("at", NOON))
        seen: set[object] = set()
        for amounts in amounts_grid():
            try:
                payment = self.payment({**told, **amounts})
            except CallerError:  # a time of capture beside nothing captured
                continue
            facts = tuple(fill(edition, payment, Undo(at=at)) for edition in self._speakers.values())
            if (key := tuple(map(_told_amounts, facts))) not in seen:  # else what was given is what the status proves
                seen.add(key)
                yield amounts, facts

    def _met_by(self, facts: Sequence[Facts]) -> list[tuple[int | None, _Met]]:
        """What is met by amounts of which this is known, for each amount that may be asked for."""
        told = tuple(map(_told_amounts, facts))
        key = (tuple(settles for _, settles in self._meant), tuple(self._group), told)
        if key not in self._shared.met_by:
            asking = [(asked, self._asking(facts, asked)) for asked in _asked(facts, self._thresholds)]
            self._shared.met_by[key] = [(asked, self._meet(each)) for asked, each in asking]
        return self._shared.met_by[key]

    def _asking(self, facts: Sequence[Facts], asked: int | None) -> dict[int, _Asking]:
        asking = zip(self._speakers.items(), facts, strict=True)
        return {
            group: self._shared.known.asking(edition, self._meant[group][1], item, asked)
            for (group, edition), item in asking
        }

    def _meet(self, asking: Mapping[int, _Asking]) -> _Met:
        before = tuple(asking[group].before for group in self._group)
        if None not in before:
            return _Met(before, (), {})
        closed = self._tests.closed(asking)
        gives = {
            number: asking[way.group].gives(way.permit)
            for number, way in enumerate(self._ways)
            if asking[way.group].before is None and not closed[number]
        }
        return _Met(before, closed, gives)


class _AmountTests:
    """The conditions of the ways that read amounts, each tested once however many ways ask it."""

    def __init__(self, ways: Sequence[_Way], shared: _Shared) -> None:
        self._met = shared.met
        self._tests: dict[tuple[int, int], tuple[Condition, Action]] = {}
        self._of_way: list[list[tuple[int, Condition]]] = []
        for way in ways:
            own = [condition for condition in way.permit.when if _reads_amounts(condition)]
            keys = [(way.group, shared.known.test(condition, way.permit.gives)) for condition in own]
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
            number = self._met.both(number, self._met.number(condition, misses[place]))
        return number


# --- what amounts come to -------------------------------------------------------------------------

Rows = list[tuple[Mapping[str, int | None], tuple[Facts, ...]]]


class Known:
    """What amounts come to, found out once for all statuses, editions and walks of a provider."""

    def __init__(self) -> None:
        self.rows: dict[object, Rows] = {}
        self._asking: dict[object, _Asking] = {}
        self._tests: dict[object, int] = {}

    def test(self, condition: Condition, gives: Action) -> int:
        """A number for a condition on the amounts of an operation, whatever claim it rests on."""
        return self._tests.setdefault((gives, evolve(cast("Any", condition), claim="")), len(self._tests))

    def asking(self, edition: Edition, settles: object, facts: Facts, asked: int | None) -> _Asking:
        """An amount that is asked for beside what is known; `settles` is what the edition makes of the status."""
        key = (settles, _told_amounts(facts), asked)
        if key not in self._asking:
            self._asking[key] = _Asking(edition, evolve(facts, undo=Undo(at=facts.undo.at, amount=asked)))
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


def _settles(edition: Edition, status: str) -> object:
    """What an edition makes of a status before any amount."""
    row = edition.status(status)
    return row and (row.final, row.nothing_yet, row.awaits)


def _told_amounts(facts: Facts) -> object:
    """What is known of the amounts, and what would tell those that are not."""
    return *((facts.get(name), facts.hinges.get(name)) for name in _AMOUNTS), facts.get(_CAP)


# --- the values of facts --------------------------------------------------------------------------

_STEP, _NOTHING = timedelta(microseconds=1), timedelta(0)
_AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")
_CAP = "available_to_refund"
"""What lessens an amount, and is read beside the amounts: it tells contexts apart that are alike otherwise."""
_WORDS: Mapping[str, tuple[object, ...]] = {
    "capture_mode": tuple(CaptureMode),
    "kind": tuple(Kind),
    "batch": tuple(Batch),
    "multicapture": (False, True),
    "split": (False, True),
    "disputed": (False, True),
    "chargeback": (False, True),
    "refund_failed_before": (False, True),
    "refunds_enabled": (False, True),
    "partial_refunds": (False, True),
    "balance_ok": (False, True),
    "payment_id": ("id-1",),
    "merchant_reference": ("order-1",),
    "timezone": ("EST5EDT,M3.2.0,M11.1.0",),
    "parent_id": ("id-0",),
    "captures": (0, 1),
    "refunds": (0, 1),
    "max_refunds": (1,),
    "partial_actions": (0, 1),
    _CAP: (3,),
    "cut_off": ("18:00",),
    "capture_delay_hours": (0, 2),
    "created_at": (NOON - timedelta(hours=26),),
    "authorized_at": (NOON,),
    "captured_at": (NOON + timedelta(hours=1),),
    "settled_at": (NOON + timedelta(hours=2),),
    "hold_expires_at": (NOON + timedelta(hours=3),),
    "batch_closes_at": (NOON + timedelta(hours=6),),
}


def _reads(condition: Condition) -> frozenset[str]:
    """The facts beside the status that a condition reads, the moment of asking among them."""
    return frozenset(condition.reads) - {"status"} | ({"at"} if isinstance(condition, Window) else frozenset())


def _reads_amounts(condition: Condition) -> bool:
    return any(name in _AMOUNTS or name == "amount" for name in condition.reads)


def _components(conditions: Iterable[Condition], proofs: Iterable[tuple[int, Proof]]) -> list[frozenset[str]]:
    """The facts beside amounts, in groups that no condition and no proof reads across; the status alone is one."""
    links = [_reads(condition) for condition in conditions if not _reads_amounts(condition)]
    for _, proof in proofs:
        if proof.name not in _AMOUNTS:
            links.append(frozenset({proof.name}).union(*(_reads(condition) for condition in proof.when)))
    if any("provider_allows" in link for link in links):  # a list is not believed once the batch has closed
        links.append(frozenset({"provider_allows", "batch_closes_at", "at"}))
    found: list[frozenset[str]] = []
    for link in links:
        touching = [group for group in found if group & link]
        found = [group for group in found if not group & link] + [link.union(*touching)]
    return [frozenset(), *(group for group in found if group)]


def telling(name: str, conditions: Iterable[Condition], *, unknown: bool = True) -> list[object]:
    """The telling values of a fact: one for each way in which the conditions can take it."""
    reading = [condition for condition in conditions if name in condition.reads]
    listed = dict.fromkeys(point for condition in reading for point in points(condition) if point is not None)
    if name == "provider_allows":
        return [None, *_lists([str(word) for word in listed])]
    words = list(dict.fromkeys((*_WORDS.get(name, ()), *listed)))
    if name not in _WORDS and any(isinstance(condition, Is) for condition in reading):
        words.append(UNSEEN)
    distinct = {_taken(word, reading): word for word in reversed(words)}
    return [None] * unknown + [word for word in words if word in distinct.values()]


def _taken(word: object, reading: Iterable[Condition]) -> object:
    """How the conditions on words take one; a word that is none is told by itself."""
    if not isinstance(word, str):
        return word
    return tuple(
        (word in condition.words, dict(condition.soon).get(word))
        for condition in reading
        if isinstance(condition, Is)
    )


def _lists(operations: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The provider's lists: every combination of the operations that are asked for, and one that is not."""
    for chosen in product((False, True), repeat=len(operations)):
        yield tuple(operation for operation, there in zip(operations, chosen, strict=True) if there)
    yield (UNSEEN,)


@lru_cache(maxsize=1)
def amounts_grid() -> tuple[Mapping[str, int | None], ...]:
    """Amounts that stand in every relation to each other that a rule can ask about, the plainest first."""
    total = 6
    found = []
    for authorized, captured in product((total, None), (None, 0, 2, total, total + 1)):
        taken = captured or 0
        for released, refunded in product(_unlike(None, 0, 1, max(0, total - taken)), _unlike(None, 0, 1, taken)):
            if captured is not None and (refunded or 0) > captured:
                continue
            for pending in _unlike(0, 1, max(0, (captured or total) - (refunded or 0))):
                amounts = (authorized, captured, released, refunded, pending)
                found.append(dict(zip(_AMOUNTS, amounts, strict=True)))
    return tuple(found)


def _unlike(*amounts: int | None) -> tuple[int | None, ...]:
    return tuple(dict.fromkeys(amounts))


def _asked(facts: Iterable[Facts], thresholds: Iterable[object]) -> list[int | None]:
    """Everything, nothing, and each amount that an operation could give back, with its neighbours."""
    known: set[int] = {1, *(cast("int", threshold) for threshold in thresholds)}
    for item in facts:
        amounts: tuple[int | Missing | None, ...] = (item.held, item.refundable, item.outstanding, item.left_at_most)
        known |= {amount + step for amount in amounts if isinstance(amount, int) for step in (-1, 0, 1)}
    return [None, 0, *sorted(amount for amount in known if amount > 0)]
