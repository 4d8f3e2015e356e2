"""How an answer is found: the reference that the compiled tables are held against, and what explains an answer.

The order in which an answer is looked for:

1. `already_done`: the status is final, or nothing is left.
2. The amount: 0 or less, or more than could ever be given back, is `not_allowed`.
3. `wait`: an undo is pending, the provider has not finished with the payment, or a pending refund stands in the way.
4. The permits: of the operations with a permit that holds, the first in the edition's `prefer`; of several permits
for it, the one whose reason comes first in the order of `Reason`.
5. None holds: an unknown status word is `missing_fact`. Else every permit has obstacles, and is `not_allowed` if
one of them is, else `wait` if one is, else `missing_fact`; of all permits `wait` goes before `missing_fact` before
`not_allowed`. A permit's own obstacle is the last in the order of `Reason`, what the caller can least change; the
answer names the first of these, what stands nearest to a yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from payrules.facts import Facts, Missing
from payrules.fill import turns
from payrules.table import Edition, Permit
from payrules.when import Condition, Miss, claims, edges
from payrules.words import Action, Reason, Rejection


@frozen
class Obstacle:
    """A condition of a permit that fails, or of which nobody can tell."""

    permit: Permit
    condition: Condition
    miss: Miss


@frozen
class Answer:
    """The bare outcome: what `good_until` compares, the permit that decided, and the obstacles that were met."""

    action: Action
    reason: Reason
    rejection: Rejection | None = None
    amount: int | None = None
    remaining: int | None = None
    needs: tuple[str, ...] = ()
    permit: Permit | None = None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def compared(self) -> tuple[object, ...]:
        """What makes two answers the same answer."""
        return self.action, self.amount, self.rejection, self.reason


def answer(edition: Edition, facts: Facts) -> Answer:
    """The outcome of a question, by the order at the head of this file."""
    return before_permits(edition, facts) or _by_permit(edition, facts)


def before_permits(edition: Edition, facts: Facts) -> Answer | None:
    """The outcome where no permit has to be looked at."""
    return _settled(edition, facts) or _of_amount(facts) or _in_the_way(edition, facts)


def _no(
    rejection: Rejection, reason: Reason, needs: Iterable[str] = (), obstacles: Iterable[Obstacle] = ()
) -> Answer:
    return Answer(Action.REJECT, reason, rejection, needs=tuple(needs), obstacles=tuple(obstacles))


def _settled(edition: Edition, facts: Facts) -> Answer | None:
    """Nothing is left to undo; only what is confirmed counts."""
    status = edition.status(facts.payment.status)
    if status is not None and (done := status.final or status.nothing_yet):
        return _no(Rejection.ALREADY_DONE, done)
    if facts.left_at_most == 0:
        captured, given_back = facts.amount("amount_captured"), facts.amount("amount_refunded")
        refunded = captured and given_back is not None and given_back >= captured
        return _no(Rejection.ALREADY_DONE, Reason.ALREADY_REFUNDED if refunded else Reason.NOTHING_LEFT)
    return None


def _of_amount(facts: Facts) -> Answer | None:
    """The amount could never be given back."""
    asked, most = facts.undo.amount, facts.left_at_most
    if asked is not None and asked <= 0:
        return _no(Rejection.NOT_ALLOWED, Reason.AMOUNT_NOT_POSITIVE)
    if asked is not None and most is not None and asked > most:
        return _no(Rejection.NOT_ALLOWED, Reason.MORE_THAN_IS_LEFT)
    return None


def _in_the_way(edition: Edition, facts: Facts) -> Answer | None:
    """Something under way has to end first."""
    if facts.payment.undo_pending is not None:
        return _no(Rejection.WAIT, Reason.UNDO_PENDING)
    status = edition.status(facts.payment.status)
    if status is not None and status.awaits is not None:
        return _no(Rejection.WAIT, status.awaits)
    most, asked = facts.left_at_most, facts.undo.amount
    if most is not None and (1 if asked is None else asked) > most - facts.pending:
        return _no(Rejection.WAIT, Reason.REFUND_PENDING)
    return None


def _by_permit(edition: Edition, facts: Facts) -> Answer:
    ways = edition.ways(facts.undo.only)
    obstacles = {permit.name: obstacles_of(permit, facts) for permit in ways}
    held = [permit for permit in ways if not obstacles[permit.name]]
    if held:
        return yes(
            min(held, key=lambda permit: (edition.prefer.index(permit.action), permit.because.rank, permit.name)),
            facts,
        )
    if not facts.status_known:
        return _no(Rejection.MISSING_FACT, Reason.UNKNOWN_STATUS, ("status",))
    return _refused(tuple(obstacles.values()))


def yes(permit: Permit, facts: Facts) -> Answer:
    """What a permit that holds gives back: all of its own part, or what is asked."""
    own, outstanding = facts.balance(permit.gives), facts.outstanding
    if isinstance(own, Missing) or isinstance(outstanding, Missing) or facts.asks_everything is not True:
        asked = facts.undo.amount or 0
        return Answer(permit.action, permit.because, amount=asked, remaining=0, permit=permit)
    return Answer(permit.action, permit.because, amount=own, remaining=outstanding - own, permit=permit)


def obstacles_of(permit: Permit, facts: Facts) -> tuple[Obstacle, ...]:
    """Every condition of a permit that does not hold; none means that it is permitted."""
    tested = ((condition, condition.test(facts, permit.gives)) for condition in permit.when)
    return tuple(Obstacle(permit, condition, miss) for condition, miss in tested if miss is not None)


_KINDS = (Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)


def _kind(way: tuple[Obstacle, ...]) -> Rejection:
    """What kind of no a permit's obstacles make: the one that is hardest to remove."""
    met = {obstacle.miss.rejection for obstacle in way}
    order = (Rejection.NOT_ALLOWED, Rejection.WAIT, Rejection.MISSING_FACT)
    return next(kind for kind in order if kind in met)


def own_obstacle(way: tuple[Obstacle, ...]) -> Obstacle:
    """A permit's own obstacle: of those of its kind, what the caller can least change."""
    kind = _kind(way)
    return max((item for item in way if item.miss.rejection is kind), key=lambda item: item.miss.reason.rank)


def _refused(ways: tuple[tuple[Obstacle, ...], ...]) -> Answer:
    if not ways:
        return _no(Rejection.NOT_ALLOWED, Reason.NOT_OFFERED)
    kind = next(kind for kind in _KINDS if any(_kind(way) is kind for way in ways))
    near = [way for way in ways if _kind(way) is kind]
    own = [own_obstacle(way) for way in near]
    reason = min((item.miss.reason for item in own), key=lambda reason: reason.rank)
    named = [item for item in own if item.miss.reason is reason]
    if kind is not Rejection.MISSING_FACT:
        return _no(kind, reason, obstacles=named)
    needs = dict.fromkeys(need for way in near for item in way for need in item.miss.needs)
    return _no(kind, reason, needs, named)


def named(told: Answer) -> Obstacle | None:
    """The obstacle that a rejection names."""
    return told.obstacles[0] if told.obstacles else None


def deciding(told: Answer) -> tuple[Condition, ...]:
    """The conditions that an outcome rests on: those of the permit, or those that were not met."""
    if told.permit is not None:
        return told.permit.when
    return tuple(item.condition for item in told.obstacles)


def reads(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The fields that conditions look at."""
    return tuple(dict.fromkeys(name for condition in conditions for name in condition.reads))


def grounds(edition: Edition, facts: Facts, told: Answer) -> Iterable[str]:
    """The claims that an outcome rests on: those that open the way, or those that close the nearest one."""
    status = edition.status(facts.payment.status)
    if status is not None and told.reason in (status.final, status.nothing_yet, status.awaits):
        yield status.claim
    conditions = [condition for condition in deciding(told) if not (told.permit and condition.guard)]
    for condition in conditions:
        yield from claims(condition)
    for name in reads(conditions):
        filled = facts.filled.get(name)
        if filled is not None and filled.claim is not None:
            yield filled.claim


def turning_points(edition: Edition, facts: Facts) -> Iterable[datetime]:
    """The instants at which the answer may turn."""
    yield from turns(edition, facts)
    for permit in edition.ways(facts.undo.only):
        for condition in permit.when:
            yield from edges(condition, facts)
