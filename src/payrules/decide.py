"""`decide`, `check`, `forecast` and `plan`: nothing else chooses.

Rule 1: everything that affects the answer is in the provider's table or in this file.
Rule 2: this file does not know which provider it serves; no provider's name appears here.

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

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attrs import evolve, field, frozen

from payrules import providers, records
from payrules.apply import apply
from payrules.calls import Call
from payrules.events import Notice
from payrules.facts import Facts, Missing
from payrules.fill import fill, turns
from payrules.payment import Payment, Undo
from payrules.sentences import sentence
from payrules.table import Claim, Edition, Permit, Provider
from payrules.when import Condition, Miss, claims, edges
from payrules.words import OPERATIONS, Action, Event, Reason, Rejection, Standing

_BALANCES = (
    "status",
    "amount_authorized",
    "amount_captured",
    "amount_released",
    "amount_refunded",
    "amount_refund_pending",
    "undo_pending",
)


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


@frozen
class Verdict:
    """What one operation asked about alone would have been told, with every condition that failed or is unknown."""

    permitted: bool
    reason: Reason
    rejection: Rejection | None
    needs: tuple[str, ...]
    rule: str | None
    failed: tuple[Mapping[str, Any], ...]
    unknown: tuple[Mapping[str, Any], ...]


@frozen
class Decision:
    """The one provider call to make now, or why there is none; `records.md` says what each field means.

    `action`, `amount`, `reason` and the like are there at once; `message`, `good_until`, `verdicts`, `facts`,
    `expects` and `call` are worked out when they are asked for. A decision has no truth value, lest a rejection
    pass for a yes or a yes for permission.
    """

    payment: Payment
    undo: Undo
    provider: Provider = field(repr=False, eq=False)
    table: Edition = field(repr=False, eq=False)
    known: Facts = field(repr=False, eq=False)
    answer: Answer = field(repr=False)

    def __bool__(self) -> bool:
        raise TypeError("a decision is neither true nor false: compare its action")

    @property
    def action(self) -> Action:
        """The call to make now, or `reject`."""
        return self.answer.action

    @property
    def amount(self) -> int | None:
        """How much the call gives back, in minor units; None with `reject`."""
        return self.answer.amount

    @property
    def remaining(self) -> int | None:
        """Of what was asked, what is left for a further call once this one has succeeded; None with `reject`."""
        return self.answer.remaining

    @property
    def reason(self) -> Reason:
        """Why, in one word."""
        return self.answer.reason

    @property
    def rejection(self) -> Rejection | None:
        """What kind of no; None unless `reject`."""
        return self.answer.rejection

    @property
    def needs(self) -> tuple[str, ...]:
        """With `missing_fact`: the fields that would settle it."""
        return self.answer.needs

    @property
    def edition(self) -> str:
        """The edition of the table that answered."""
        return self.table.name

    @property
    def rule(self) -> str | None:
        """The permit that decided, such as `dojo.refund.captured`; None with `reject`."""
        permit = self.answer.permit
        return f"{self.provider.name}.{permit.name}" if permit else None

    @property
    def claims(self) -> tuple[str, ...]:
        """The provider's statements relied on."""
        return tuple(f"{self.provider.name}.{claim.key}" for claim in self.grounds)

    @property
    def standing(self) -> Standing:
        """How sure: the weakest standing of the claims relied on; arithmetic alone is `implied`."""
        if self.reason is Reason.UNKNOWN_STATUS:  # no page says what such a word means
            return Standing.SILENT
        standings = (claim.standing for claim in self.grounds)
        return max(standings, key=lambda standing: standing.rank, default=Standing.IMPLIED)

    @cached_property
    def grounds(self) -> tuple[Claim, ...]:
        """The claims relied on, in full."""
        keys = dict.fromkeys(_grounds(self.table, self.known, self.answer))
        return tuple(self.provider.claim(key) for key in keys)

    @cached_property
    def message(self) -> str:
        """One sentence for a person, with the amounts and times of this payment."""
        obstacle = _named(self.answer)
        return sentence(self.provider.title, self.known, self.answer, obstacle.condition if obstacle else None)

    @cached_property
    def good_until(self) -> datetime | None:
        """The first moment at which the same question gets another answer though nothing happens; None: never."""
        for moment in sorted(set(_turns(self.table, self.known))):
            if moment <= self.undo.at:
                continue
            later = fill(self.table, self.payment, evolve(self.undo, at=moment))
            if answer(self.table, later).compared != self.answer.compared:
                return moment
        return None

    @cached_property
    def expects(self) -> Mapping[str, object]:
        """The facts, as the record holds them, that must still be so when the call is made; empty with `reject`."""
        if self.answer.permit is None:
            return MappingProxyType({})
        names = ("payment_id", *_BALANCES, *_reads(self.answer.permit.when))
        return MappingProxyType({name: getattr(self.payment, name) for name in names})

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, object]]:
        """The facts relied on, each with its `value` and where it came `from`; None: nobody knows it."""
        names = dict.fromkeys(("status", *_reads(_deciding(self.answer)), *self.needs))
        known = self.known
        return MappingProxyType({name: {"value": known.get(name), "from": known.source(name)} for name in names})

    @cached_property
    def verdicts(self) -> Mapping[Action, Verdict]:
        """Per operation: permitted or not, and every condition that failed or is unknown."""
        asked = OPERATIONS if self.undo.only is None else (self.undo.only,)
        return MappingProxyType({action: self._verdict(action) for action in asked})

    @cached_property
    def call(self) -> Call | None:
        """The provider request to send, without credentials; None with `reject`, or where no adapter is shipped."""
        wire = providers.wire(self.provider.name)
        if self.answer.permit is None or self.amount is None or wire is None:
            return None
        return wire.call(self.payment, self.action, self.amount)

    def _verdict(self, action: Action) -> Verdict:
        undo = evolve(self.undo, only=action)
        facts = evolve(self.known, undo=undo)
        told = answer(self.table, facts)
        met = [item for permit in self.table.ways(action) for item in _obstacles(permit, facts)]
        failed = [item for item in met if item.miss.rejection is not Rejection.MISSING_FACT]
        unknown = [item for item in met if item.miss.rejection is Rejection.MISSING_FACT]
        rule = f"{self.provider.name}.{told.permit.name}" if told.permit else None
        permitted = told.permit is not None
        described = (tuple(self._described(item) for item in items) for items in (failed, unknown))
        return Verdict(permitted, told.reason, told.rejection, told.needs, rule, *described)

    def _described(self, obstacle: Obstacle) -> Mapping[str, Any]:
        return MappingProxyType(
            {
                "rule": f"{self.provider.name}.{obstacle.permit.name}",
                "condition": str(obstacle.condition),
                "reason": obstacle.miss.reason,
                "rejection": obstacle.miss.rejection,
                "needs": obstacle.miss.needs,
                "claims": tuple(f"{self.provider.name}.{claim}" for claim in claims(obstacle.condition)),
            }
        )

    def to_record(self) -> dict[str, Any]:
        """The decision as a plain dict, every field present, as `specs/schemas/decision.json` has it."""
        return {name: records.plain(getattr(self, name)) for name in RECORD}


RECORD = (
    "action",
    "amount",
    "remaining",
    "reason",
    "rejection",
    "message",
    "needs",
    "good_until",
    "rule",
    "claims",
    "standing",
    "expects",
    "facts",
    "verdicts",
    "call",
    "edition",
)
"""The fields of a decision's record, in order."""


# --- the four questions ---------------------------------------------------------------------------


def decide(payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None) -> Decision:
    """The one provider call to make now to undo a payment, or why there is none.

    `provider` is a table of your own; without it the shipped one of the payment's name is used. `edition` names a
    dated set of its rules; without it the default one answers. Raises `CallerError` for a provider or an edition
    that does not exist, never for a no.
    """
    table = provider or providers.find(payment.provider)
    dated = table.edition(edition)
    facts = fill(dated, payment, undo)
    return Decision(payment, undo, table, dated, facts, answer(dated, facts))


def check(
    payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None
) -> Mapping[Action, Verdict]:
    """What each operation, asked about alone, would be told."""
    return decide(payment, undo, provider=provider, edition=edition).verdicts


def forecast(
    payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None
) -> tuple[Decision, ...]:
    """The answer now and every later one that time brings, each from its `undo.at` to its `good_until`."""
    decisions = [decide(payment, undo, provider=provider, edition=edition)]
    while (moment := decisions[-1].good_until) is not None:
        decisions.append(decide(payment, evolve(undo, at=moment), provider=provider, edition=edition))
    return tuple(decisions)


def plan(
    payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None
) -> tuple[Decision, ...]:
    """The calls that undo all that was asked, one after the other, each decided as if those before had succeeded.

    A plan that cannot be finished ends in the rejection that says why.
    """
    decision = decide(payment, undo, provider=provider, edition=edition)
    steps = [decision]
    while decision.remaining:
        payment = succeeded(decision)
        undo = evolve(undo, amount=decision.remaining)
        decision = decide(payment, undo, provider=provider, edition=edition)
        steps.append(decision)
    return tuple(steps)


def succeeded(decision: Decision) -> Payment:
    """The payment once the decided call was sent and has succeeded; as it is where there is none."""
    permit, payment = decision.answer.permit, decision.payment
    if permit is None:
        return payment
    # A refund is requested before it is confirmed: else its success would settle another one that is under way.
    events = (Event.REFUND_REQUESTED, permit.brings) if permit.brings is Event.REFUNDED else (permit.brings,)
    for event in events:
        notice = Notice(event=event, amount=decision.amount, at=decision.undo.at)
        payment = apply(payment, notice, provider=decision.provider, edition=decision.edition)
    return payment


# --- how an answer is found -----------------------------------------------------------------------


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
        captured = facts.amount("amount_captured")
        refunded = captured and captured == facts.amount("amount_refunded")
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
    obstacles = {permit.name: _obstacles(permit, facts) for permit in ways}
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
    """What a permit that holds gives back."""
    own, outstanding = facts.balance(permit.gives), facts.outstanding
    if isinstance(own, Missing) or isinstance(outstanding, Missing) or facts.asks_everything is not True:
        asked = facts.undo.amount or 0
        return Answer(permit.action, permit.because, amount=asked, remaining=0, permit=permit)
    return Answer(permit.action, permit.because, amount=own, remaining=outstanding - own, permit=permit)


def _obstacles(permit: Permit, facts: Facts) -> tuple[Obstacle, ...]:
    """Every condition of a permit that does not hold; none means that it is permitted."""
    tested = ((condition, condition.test(facts, permit.gives)) for condition in permit.when)
    return tuple(Obstacle(permit, condition, miss) for condition, miss in tested if miss is not None)


_KINDS = (Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)


def _kind(way: tuple[Obstacle, ...]) -> Rejection:
    """What kind of no a permit's obstacles make: the one that is hardest to remove."""
    met = {obstacle.miss.rejection for obstacle in way}
    order = (Rejection.NOT_ALLOWED, Rejection.WAIT, Rejection.MISSING_FACT)
    return next(kind for kind in order if kind in met)


def _own(way: tuple[Obstacle, ...]) -> Obstacle:
    """A permit's own obstacle: of those of its kind, what the caller can least change."""
    kind = _kind(way)
    return max((item for item in way if item.miss.rejection is kind), key=lambda item: item.miss.reason.rank)


def _refused(ways: tuple[tuple[Obstacle, ...], ...]) -> Answer:
    if not ways:
        return _no(Rejection.NOT_ALLOWED, Reason.NOT_OFFERED)
    kind = next(kind for kind in _KINDS if any(_kind(way) is kind for way in ways))
    near = [way for way in ways if _kind(way) is kind]
    own = [_own(way) for way in near]
    reason = min((item.miss.reason for item in own), key=lambda reason: reason.rank)
    named = [item for item in own if item.miss.reason is reason]
    if kind is not Rejection.MISSING_FACT:
        return _no(kind, reason, obstacles=named)
    needs = dict.fromkeys(need for way in near for item in way for need in item.miss.needs)
    return _no(kind, reason, needs, named)


def _named(told: Answer) -> Obstacle | None:
    """The obstacle that a rejection names."""
    return told.obstacles[0] if told.obstacles else None


def _deciding(told: Answer) -> tuple[Condition, ...]:
    if told.permit is not None:
        return told.permit.when
    return tuple(item.condition for item in told.obstacles)


def _reads(conditions: Iterable[Condition]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for condition in conditions for name in condition.reads))


def _grounds(edition: Edition, facts: Facts, told: Answer) -> Iterable[str]:
    """The claims that an outcome rests on: those that open the way, or those that close the nearest one."""
    status = edition.status(facts.payment.status)
    if status is not None and told.reason in (status.final, status.nothing_yet, status.awaits):
        yield status.claim
    conditions = [condition for condition in _deciding(told) if not (told.permit and condition.guard)]
    for condition in conditions:
        yield from claims(condition)
    for name in _reads(conditions):
        filled = facts.filled.get(name)
        if filled is not None and filled.claim is not None:
            yield filled.claim


def _turns(edition: Edition, facts: Facts) -> Iterable[datetime]:
    """The instants at which the answer may turn."""
    yield from turns(edition, facts)
    for permit in edition.ways(facts.undo.only):
        for condition in permit.when:
            yield from edges(condition, facts)
