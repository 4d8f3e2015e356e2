"""Small mistakes that the author of a table could make, each as a table that has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import attrs
from attrs import evolve, frozen

from payrules.facts import Facts, Missing
from payrules.table import Edition, Permit, Proof, Share, Status, Transition
from payrules.when import (
    Asks,
    Condition,
    Count,
    Fewer,
    Held,
    Is,
    Left,
    Lists,
    Refundable,
    Unrepeated,
    Untouched,
    Window,
    Zone,
)
from payrules.words import Action, Event, Reason, Rejection

UTC = Zone("UTC", "UTC0", "none")
STEP = timedelta(microseconds=1)
T = TypeVar("T")


@frozen
class Mutant:
    """A table with one mistake; `moves` says that it lies in what events do, and not in what is permitted."""

    name: str
    edition: Edition
    moves: bool = False


@frozen
class Shifted(Window):
    """A window whose bounds lie a little beside where they should."""

    start_by: timedelta = timedelta(0)
    end_by: timedelta = timedelta(0)

    def bounds(self, facts: Facts) -> tuple[datetime | None, datetime | None] | Missing:
        found = Window.bounds(self, facts)
        if isinstance(found, Missing):
            return found
        start, end = found
        return start and start + self.start_by, end and end + self.end_by


def mutants(edition: Edition, *, judged: Collection[Transition] = ()) -> Iterator[Mutant]:
    """Every mutant of an edition, but for transitions that are judged already: several editions may share them."""
    yield from _of_prefer(edition)
    for row, permit in enumerate(edition.permits):
        for what, changed in _without_or(permit, _permits(permit, edition)):
            permits = _replaced(edition.permits, row, changed)
            yield Mutant(f"{permit.name}: {what}", evolve(edition, permits=permits))
    for row, status in enumerate(edition.statuses):
        for what, other in _statuses(status):
            statuses = _replaced(edition.statuses, row, (other,))
            yield Mutant(f"{status.word}: {what}", evolve(edition, statuses=statuses))
    for row, proof in enumerate(edition.proves):
        for what, proofs in _without_or(proof, _proofs(proof)):
            yield Mutant(
                f"proof of {proof.name}: {what}", evolve(edition, proves=_replaced(edition.proves, row, proofs))
            )
    for row, transition in enumerate(edition.transitions):
        if transition in judged:
            continue
        name = f"{'/'.join(transition.before)} {transition.event} {transition.after}"
        for what, moved in _without_or(transition, _transitions(transition, edition)):
            transitions = _replaced(edition.transitions, row, moved)
            yield Mutant(f"{name}: {what}", evolve(edition, transitions=transitions), moves=True)


def _without_or(row: T, changed: Iterator[tuple[str, T]]) -> Iterator[tuple[str, tuple[T, ...]]]:
    yield "deleted", ()
    for what, item in changed:
        yield what, (item,)


def _replaced(rows: tuple[T, ...], place: int, by: tuple[T, ...]) -> tuple[T, ...]:
    return rows[:place] + by + rows[place + 1 :]


def _of_prefer(edition: Edition) -> Iterator[Mutant]:
    prefer = edition.prefer
    for place in range(len(prefer) - 1):
        swapped = (*prefer[:place], prefer[place + 1], prefer[place], *prefer[place + 2 :])
        yield Mutant(f"prefer: {' '.join(swapped)}", evolve(edition, prefer=swapped))


# --- rows -----------------------------------------------------------------------------------------


def _permits(permit: Permit, edition: Edition) -> Iterator[tuple[str, Permit]]:
    for what, when in _conditions(permit.when, edition):
        yield what, evolve(permit, when=when)
    for reason in _other(permit.because, Reason.NOT_AUTHORIZED, Reason.TURNS_INTO_REVERSAL):
        yield f"because {reason}", evolve(permit, because=reason)
    for action in (Action.CANCEL, Action.REVERSE, Action.REFUND):
        if action is not permit.action and action in edition.prefer:
            yield f"permits {action}", evolve(permit, action=action)
        if action is not permit.gives:
            yield f"gives what a {action} gives", evolve(permit, gives=action)


def _statuses(status: Status) -> Iterator[tuple[str, Status]]:
    yield (
        ("final", evolve(status, final=Reason.NOTHING_LEFT))
        if status.final is None
        else (
            "not final",
            evolve(status, final=None),
        )
    )
    if status.final:
        for reason in _other(status.final, Reason.ALREADY_CANCELED, Reason.NOTHING_LEFT):
            yield f"final, {reason}", evolve(status, final=reason)
    if status.nothing_yet:
        yield "something already", evolve(status, nothing_yet=None)
        yield "nothing yet, nothing_left", evolve(status, nothing_yet=Reason.NOTHING_LEFT)
    if status.awaits:
        yield "awaits nothing", evolve(status, awaits=None)
        yield "awaits, undo_pending", evolve(status, awaits=Reason.UNDO_PENDING)
    for place, proof in enumerate(status.proves):
        for what, proofs in _without_or(proof, _proofs(proof)):
            yield f"proof of {proof.name}: {what}", evolve(status, proves=_replaced(status.proves, place, proofs))


def _proofs(proof: Proof) -> Iterator[tuple[str, Proof]]:
    for what, when in _conditions(proof.when, None):
        yield what, evolve(proof, when=when)
    values: dict[object, tuple[object, ...]] = {
        0: (1, Share.WHOLE),
        Share.WHOLE: (0,),
        Share.REST: (0, Share.WHOLE),
        True: (False,),
    }
    for value in values.get(proof.value, ()):
        yield f"proves {value}", evolve(proof, value=value)
    yield (
        "beats what is given" if not proof.beats_given else "gives way",
        evolve(proof, beats_given=not proof.beats_given),
    )


def _transitions(row: Transition, edition: Edition) -> Iterator[tuple[str, Transition]]:
    for what, when in _conditions(row.when, None):
        yield what, evolve(row, when=when)
    words = [status.word for status in edition.statuses]
    yield from ((f"leads to {word}", evolve(row, after=word)) for word in _other(row.after, *words))
    if len(row.before) > 1:
        for word in row.before:
            yield f"not from {word}", evolve(row, before=tuple(item for item in row.before if item != word))
    for event in _other(row.event, Event.CANCELED, Event.CAPTURED):
        yield f"by {event}", evolve(row, event=event)


def _other(value: T, *candidates: T) -> Iterator[T]:
    """One or two that it is not."""
    yield from [item for item in candidates if item != value][:2]


# --- conditions -----------------------------------------------------------------------------------


def _conditions(when: tuple[Condition, ...], edition: Edition | None) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    """The conditions with a mistake in one of them; without an edition those of a proof or a transition.

    Nobody is told why these do not hold: it counts alone whether they do, do not, or nobody knows. So their reasons
    are left alone.
    """
    for place, condition in enumerate(when):
        if not isinstance(condition, Asks):
            yield f"without “{condition}”", when[:place] + when[place + 1 :]
        for what, changed in _changed(condition, edition):
            if edition is None and _without_reason(changed) == _without_reason(condition):
                continue
            yield f"“{condition}” {what}", _replaced(when, place, (changed,))


def _without_reason(condition: Condition) -> object:
    told = {"reason": Reason.TOO_LATE, "rejection": Rejection.NOT_ALLOWED}
    return evolve(cast("Any", condition), **{name: value for name, value in told.items() if hasattr(condition, name)})


def _changed(condition: Condition, edition: Edition | None) -> Iterator[tuple[str, Condition]]:
    kinds: dict[type, Callable[[Any], Iterator[tuple[str, Condition]]]] = {
        Is: lambda item: _is(item, edition),
        Lists: _lists,
        Asks: _asks,
        Count: _counts,
        Window: _windows,
        Fewer: _fewer,
        Unrepeated: _unrepeated,
        Untouched: lambda item: iter([("lets unknown pass", evolve(item, unknown_is_enough=True))]),
        Refundable: _negated,
        Held: _negated,
        Left: _negated,
    }
    yield from kinds.get(type(condition), lambda _: iter(()))(condition)


def _negated(condition: Refundable | Held | Left) -> Iterator[tuple[str, Condition]]:
    yield "the other way round", evolve(condition, something=not condition.something)


def _is(condition: Is, edition: Edition | None) -> Iterator[tuple[str, Condition]]:
    for word in condition.words:
        yield f"without {word}", evolve(condition, words=tuple(item for item in condition.words if item != word))
    if condition.name == "status" and edition is not None:
        for status in edition.statuses:
            if status.word not in condition.words:
                yield f"with {status.word}", evolve(condition, words=(*condition.words, status.word))
    elif None not in condition.words:
        yield "lets unknown pass", evolve(condition, words=(*condition.words, None))
    if None not in condition.words:
        yield (
            "unknown fails" if not condition.unknown_fails else "unknown is unknown",
            evolve(condition, unknown_fails=not condition.unknown_fails),
        )
    yield "negated", evolve(condition, negated=not condition.negated)
    yield from _reasons(condition)
    for place, (word, reason) in enumerate(condition.soon):
        yield f"{word} is not awaited", evolve(condition, soon=_replaced(condition.soon, place, ()))
        for other in _other(reason, Reason.TOO_EARLY, Reason.PAYMENT_PENDING):
            yield f"{word}: {other}", evolve(condition, soon=_replaced(condition.soon, place, ((word, other),)))


def _lists(condition: Lists) -> Iterator[tuple[str, Condition]]:
    for word in condition.operations:
        rest = tuple(item for item in condition.operations if item != word)
        yield f"without {word}", evolve(condition, operations=rest)
    yield "unknown the other way", evolve(condition, unknown_is_enough=not condition.unknown_is_enough)
    yield "with cancel", evolve(condition, operations=(*condition.operations, "never seen"))


def _asks(condition: Asks) -> Iterator[tuple[str, Condition]]:
    for whole, part in ((True, True), (True, False), (False, True), (False, False)):
        if (whole, part) != (condition.whole, condition.part):
            yield f"whole {whole}, part {part}", evolve(condition, whole=whole, part=part)


def _counts(condition: Count) -> Iterator[tuple[str, Condition]]:
    for name in ("least", "most"):
        bound = getattr(condition, name)
        if bound is not None:
            for step in (-1, 1):
                yield f"{name} {bound + step}", evolve(condition, **cast("Any", {name: bound + step}))
            yield f"no {name}", evolve(condition, **cast("Any", {name: None}))
    yield "unknown the other way", evolve(condition, unknown_is_enough=not condition.unknown_is_enough)
    yield from _reasons(condition)


def _fewer(condition: Fewer) -> Iterator[tuple[str, Condition]]:
    yield "compared the other way", evolve(condition, name=condition.limit, limit=condition.name)
    yield from _reasons(condition)


def _unrepeated(condition: Unrepeated) -> Iterator[tuple[str, Condition]]:
    for minutes in (-1, 1):
        lasts = evolve(condition.lasts, minutes=condition.lasts.minutes + minutes)
        yield f"{minutes:+} minute", evolve(condition, lasts=lasts)


def _windows(window: Window) -> Iterator[tuple[str, Condition]]:
    fields: dict[str, Any] = {item.name: getattr(window, item.name) for item in attrs.fields(Window)}
    for name, by in (("end", STEP), ("end", -STEP), ("start", STEP), ("start", -STEP)):
        yield f"{name} {'later' if by > timedelta(0) else 'earlier'}", Shifted(**{**fields, f"{name}_by": by})
    for days in (-1, 1):
        yield f"{days:+} day", Shifted(**fields, end_by=timedelta(days=days))
    if window.zone:
        yield "in UTC", evolve(window, zone=UTC)
    yield from _lengths(window)
    for other in ("created_at", "authorized_at", "captured_at"):
        if other not in window.of:
            yield f"of {other}", evolve(window, of=(other,))
    if len(window.of) > 1:
        yield f"of {window.of[0]} alone", evolve(window, of=window.of[:1])
        yield "of the others first", evolve(window, of=window.of[::-1])
    yield "unknown the other way", evolve(window, unknown_is_enough=not window.unknown_is_enough)
    yield "other reason", evolve(window, reason=Reason.BATCH_CLOSED)


def _lengths(window: Window) -> Iterator[tuple[str, Condition]]:
    for hours in (-1, 1):
        if window.lasts and window.lasts.hours_from is None:
            yield f"{hours:+} hour", evolve(window, lasts=evolve(window.lasts, hours=window.lasts.hours + hours))
        if window.starts and window.starts.hours + hours >= 0:
            yield (
                f"from {hours:+} hour",
                evolve(window, starts=evolve(window.starts, hours=window.starts.hours + hours)),
            )


def _reasons(condition: Is | Count | Fewer) -> Iterator[tuple[str, Condition]]:
    for reason in _other(condition.reason, Reason.TOO_LATE, Reason.NOT_OFFERED):
        yield f"refused as {reason}", evolve(condition, reason=reason)
    if not isinstance(condition, Fewer):
        other = Rejection.WAIT if condition.rejection is Rejection.NOT_ALLOWED else Rejection.NOT_ALLOWED
        yield f"refused with {other}", evolve(condition, rejection=other)
