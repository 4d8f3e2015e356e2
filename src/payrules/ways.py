"""The ways that editions of a table open in one status, what closes them, and which of the open ones is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from payrules.payment import Payment
from payrules.table import Edition, Permit, Proof
from payrules.when import Condition, Miss
from payrules.words import Action, Reason, Rejection

# --- what is answered -----------------------------------------------------------------------------


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


_HARDEST = (Rejection.NOT_ALLOWED, Rejection.WAIT, Rejection.MISSING_FACT)
_NEAREST = (Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)


def chosen(edition: Edition, ways: Sequence[tuple[Permit, Obstruction | None]], *, status_known: bool) -> Outcome:
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


# --- obstructions by number -----------------------------------------------------------------------


class Obstructions:
    """Obstructions by number, 0 for an open way; what all ways meet, by number too, 0 where none is looked at."""

    def __init__(self) -> None:
        self._of: list[Obstruction | None] = [None]
        self._numbers: dict[Obstruction, int] = {}
        self.both = _Memo(self._merged)
        """What two obstructions come to."""
        self._all: list[tuple[int, ...]] = [()]
        self._number_of_all: dict[tuple[int, ...], int] = {(): 0}
        self.each = _Memo(self._merged_each)
        """What two numbers for all ways come to, way by way."""

    def number(self, miss: Miss | None, sole: Condition | None) -> int:
        """What one condition does to its way."""
        if miss is None:
            return 0
        needs = tuple(sorted(miss.needs)) if miss.rejection is Rejection.MISSING_FACT else ()
        return self._numbered(Obstruction(miss.rejection, miss.reason, needs, sole))

    def of(self, number: int) -> Obstruction | None:
        """The obstruction of a number."""
        return self._of[number]

    def together(self, closed: Sequence[int]) -> int:
        """A number for what each of all ways meets."""
        key = tuple(closed)
        if key not in self._number_of_all:
            self._number_of_all[key] = len(self._all)
            self._all.append(key)
        return self._number_of_all[key]

    def apart(self, number: int) -> tuple[int, ...]:
        """What each of all ways meets where this number stands for it."""
        return self._all[number]

    def _merged_each(self, ones: int, others: int) -> int:
        return self.together(tuple(map(self.both.__getitem__, zip(self._all[ones], self._all[others], strict=True))))

    def _merged(self, one: int, other: int) -> int:
        """A permit's own obstacle: of the kind that is hardest to remove, what the caller can least change."""
        if not one or not other:
            return one or other
        met = [item for item in (self._of[one], self._of[other]) if item is not None]
        kind = min((item.kind for item in met), key=_HARDEST.index)
        same = [item for item in met if item.kind is kind]
        reason = max((item.reason for item in same), key=lambda reason: reason.rank)
        needs = tuple(sorted({need for item in same for need in item.needs}))
        return self._numbered(Obstruction(kind, reason, needs, None))

    def _numbered(self, obstruction: Obstruction) -> int:
        if obstruction not in self._numbers:
            self._numbers[obstruction] = len(self._of)
            self._of.append(obstruction)
        return self._numbers[obstruction]


class _Memo(dict[tuple[int, int], int]):
    """A function of two numbers, each pair found out once."""

    def __init__(self, function: Callable[[int, int], int]) -> None:
        self._function = function

    def __missing__(self, pair: tuple[int, int]) -> int:
        self[pair] = self._function(*pair)
        return self[pair]


# --- editions in one status -----------------------------------------------------------------------


@frozen(eq=False)
class Way:
    """A permit, and the group of editions whose proofs fill in what it asks about."""

    group: int
    permit: Permit


class Standing:
    """Editions in one status, and the ways that they open there.

    Those that fill in and settle the status alike are a group; its first member speaks for it.
    """

    def __init__(self, provider: str, status: str, editions: Sequence[Edition]) -> None:
        self.provider, self.status, self.editions = provider, status, editions
        self.meant = tuple(meaning(edition, status) for edition in editions)
        self.group = tuple(self.meant.index(item) for item in self.meant)
        self.speakers = {group: editions[group] for group in dict.fromkeys(self.group)}
        self.ways: list[Way] = []
        self.of_edition: list[list[int]] = []
        numbers: dict[tuple[int, int], int] = {}
        for group, edition in zip(self.group, editions, strict=True):
            for permit in edition.permits:
                if (group, id(permit)) not in numbers:
                    numbers[group, id(permit)] = len(self.ways)
                    self.ways.append(Way(group, permit))
            self.of_edition.append([numbers[group, id(permit)] for permit in edition.permits])

    @cached_property
    def conditions(self) -> list[Condition]:
        """Everything that is asked: by permits, and by proofs."""
        asked = [condition for way in self.ways for condition in way.permit.when]
        return asked + [condition for _, proof in self.proofs for condition in proof.when]

    @cached_property
    def proofs(self) -> list[tuple[int, Proof]]:
        """What the status proves, by group."""
        return [(group, proof) for group, edition in self.speakers.items() for proof in edition.proofs(self.status)]

    @property
    def settled(self) -> bool:
        """Whether no edition looks at a permit."""
        return all(item.settled for item in self.meant)

    def payment(self, told: Mapping[str, object]) -> Payment:
        """A payment in this status with these facts."""
        named: dict[str, Any] = {"payment_id": "id-1", **told}
        return Payment(provider=self.provider, status=self.status, currency="GBP", **named)


@frozen
class Meaning:
    """What an edition makes of a status: what it proves there, and what it says before it looks at any permit.

    `asks` is the status where a proof asks about it, so that no other one means the same.
    """

    proofs: tuple[Proof, ...]
    asks: str | None
    listed: bool
    done: Reason | None
    awaits: Reason | None

    @property
    def settled(self) -> bool:
        """Whether no permit is looked at."""
        return (self.done or self.awaits) is not None


def meaning(edition: Edition, status: str) -> Meaning:
    """What an edition makes of a status."""
    proofs, row = edition.proofs(status), edition.status(status)
    asks = status if any("status" in condition.reads for proof in proofs for condition in proof.when) else None
    done, awaits = (row.final or row.nothing_yet, row.awaits) if row else (None, None)
    return Meaning(proofs, asks, row is not None, done, awaits)
