"""`decide`, `decide_many`, `check`, `forecast` and `plan`: nothing else chooses.

Rule 1: everything that affects the answer is in the provider's table or in `answers`.
Rule 2: this file does not know which provider it serves; no provider's name appears here.

What to do is found by the function that a table is compiled to; what a decision explains beside it is worked out by
`answers`, when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any, cast

from attrs import evolve, field, frozen

from payrules import providers, records
from payrules.answers import (
    Answer,
    Obstacle,
    answer,
    deciding,
    grounds,
    named,
    obstacles_of,
    reads,
    turning_points,
)
from payrules.apply import apply
from payrules.calls import Call
from payrules.compiled import compiled, defaults
from payrules.errors import CallerError
from payrules.events import Notice
from payrules.facts import Facts
from payrules.fill import fill
from payrules.outcomes import Outcome
from payrules.payment import Payment, Undo
from payrules.readonly import ReadOnly
from payrules.sentences import sentence
from payrules.table import Claim, Edition, Provider
from payrules.when import claims
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
_ADDRESSED = ("parent_id", "capture_id", "available_to_refund", "version_token")
"""What a call may address in place of the payment, or rest on; of use only where it is known."""


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


@frozen(weakref_slot=False)
class Decision:
    """The one provider call to make now, or why there is none; `records.md` says what each field means.

    `action`, `amount`, `reason` and the like are there at once; `needs`, `message`, `good_until`, `verdicts`,
    `facts`, `expects` and `call` are worked out when they are asked for. A decision has no truth value, lest a
    rejection pass for a yes or a yes for permission.
    """

    payment: Payment
    undo: Undo
    provider: Provider = field(repr=False, eq=False)
    table: Edition = field(repr=False, eq=False)
    outcome: Outcome = field(repr=False)
    amount: int | None
    """How much the call gives back, in minor units; None with `reject`."""
    remaining: int | None
    """Of what was asked, what is left for a further call once this one has succeeded; None with `reject`."""

    def __bool__(self) -> bool:
        raise TypeError("a decision is neither true nor false: compare its action")

    @property
    def action(self) -> Action:
        """The call to make now, or `reject`."""
        return self.outcome.action

    @property
    def reason(self) -> Reason:
        """Why, in one word."""
        return self.outcome.reason

    @property
    def rejection(self) -> Rejection | None:
        """What kind of no; None unless `reject`."""
        return self.outcome.rejection

    @property
    def needs(self) -> tuple[str, ...]:
        """With `missing_fact`: the fields that would settle it."""
        return self.answer.needs if self.outcome.rejection is Rejection.MISSING_FACT else ()

    @property
    def compared(self) -> tuple[object, ...]:
        """What makes two decisions the same answer."""
        return self.action, self.amount, self.rejection, self.reason

    @cached_property
    def known(self) -> Facts:
        """The facts, given or proven, at the moment of asking."""
        return fill(self.table, self.payment, self.undo)

    @cached_property
    def answer(self) -> Answer:
        """The answer as the table gives it, with the obstacles that were met."""
        return answer(self.table, self.known)

    @property
    def edition(self) -> str:
        """The edition of the table that answered."""
        return self.table.name

    @property
    def rule(self) -> str | None:
        """The permit that decided, such as `dojo.refund.captured`; None with `reject`."""
        return self.outcome.rule

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
        keys = dict.fromkeys(grounds(self.table, self.known, self.answer))
        return tuple(self.provider.claim(key) for key in keys)

    @cached_property
    def message(self) -> str:
        """One sentence for a person, with the amounts and times of this payment."""
        obstacle = named(self.answer)
        return sentence(self.provider.title, self.known, self.answer, obstacle.condition if obstacle else None)

    @cached_property
    def good_until(self) -> datetime | None:
        """The first moment at which the same question gets another answer though nothing happens; None: never."""
        for moment in sorted(set(turning_points(self.table, self.known))):
            if moment <= self.undo.at:
                continue
            later = fill(self.table, self.payment, evolve(self.undo, at=moment))
            if answer(self.table, later).compared != self.compared:
                return moment
        return None

    @cached_property
    def expects(self) -> Mapping[str, object]:
        """The facts, as the record holds them, that must still be so when the call is made; empty with `reject`."""
        if self.outcome.permit is None:
            return ReadOnly({})
        addressed = (name for name in _ADDRESSED if getattr(self.payment, name) is not None)
        names = ("payment_id", *addressed, *_BALANCES, *reads(self.outcome.permit.when))
        return ReadOnly({name: getattr(self.payment, name) for name in names})

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, object]]:
        """The facts relied on, each with its `value` and where it came `from`; None: nobody knows it."""
        names = dict.fromkeys(("status", *reads(deciding(self.answer)), *self.needs))
        known = self.known
        return ReadOnly({name: ReadOnly({"value": known.get(name), "from": known.source(name)}) for name in names})

    @cached_property
    def verdicts(self) -> Mapping[Action, Verdict]:
        """Per operation: permitted or not, and every condition that failed or is unknown."""
        asked = OPERATIONS if self.undo.only is None else (self.undo.only,)
        return ReadOnly({action: self._verdict(action) for action in asked})

    @cached_property
    def call(self) -> Call | None:
        """The provider request to send, without credentials; None with `reject`, or where no adapter is known."""
        return self.call_for()

    def call_for(self, request_id: str | None = None) -> Call | None:
        """The same request under the caller's own id of this wish, which goes into its idempotency key."""
        wire = providers.wire(self.provider.name)
        if self.amount is None or wire is None:
            return None
        released, refunded = self.known.amount("amount_released"), self.known.amount("amount_refunded")
        payment = evolve(self.payment, amount_released=released, amount_refunded=refunded)
        return wire.call(payment, self.action, self.amount, request_id)

    def _verdict(self, action: Action) -> Verdict:
        undo = evolve(self.undo, only=action)
        facts = evolve(self.known, undo=undo)
        told = answer(self.table, facts)
        met = [item for permit in self.table.ways(action) for item in obstacles_of(permit, facts)]
        failed = [item for item in met if item.miss.rejection is not Rejection.MISSING_FACT]
        unknown = [item for item in met if item.miss.rejection is Rejection.MISSING_FACT]
        rule = f"{self.provider.name}.{told.permit.name}" if told.permit else None
        permitted = told.permit is not None
        described = (tuple(self._described(item) for item in items) for items in (failed, unknown))
        return Verdict(permitted, told.reason, told.rejection, told.needs, rule, *described)

    def _described(self, obstacle: Obstacle) -> Mapping[str, Any]:
        return ReadOnly(
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


_Made: Any = type("_Made", (), {"__slots__": vars(Decision)["__slots__"]})
"""A decision while its fields are set: `Decision` is frozen, and its own `__init__` takes four times as long."""


# --- the questions --------------------------------------------------------------------------------


def decide(payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None) -> Decision:
    """The one provider call to make now to undo a payment, or why there is none.

    `provider` is a table of your own; without it the shipped one of the payment's name is used. `edition` names a
    dated set of its rules; without it the default one answers. Raises `CallerError` for a provider or an edition
    that does not exist, never for a no.
    """
    rules = defaults.get(payment.provider) if provider is None and edition is None else None
    if rules is None:
        rules = compiled(payment.provider, provider, edition)
    made = _Made()
    made.payment = payment
    made.undo = undo
    made.provider = rules.provider
    made.table = rules.edition
    made.outcome, made.amount, made.remaining = rules.decide(payment, undo)
    made.__class__ = Decision
    return cast("Decision", made)


Question = tuple[Payment, Undo] | Mapping[str, Any]
"""A payment and a wish, or the record of both: `{"payment": …, "undo": …}`."""


def decide_many(
    questions: Iterable[Question], *, provider: Provider | None = None, edition: str | None = None
) -> Iterator[Decision]:
    """The decisions of many questions, one after the other, holding one at a time.

    A record that cannot be read, or a provider that does not exist, raises `CallerError` in its place; the next step
    of the iterator goes on with the question after it.

    >>> payment = {"provider": "dojo", "status": "Created", "currency": "GBP", "amount_authorized": 1000}
    >>> questions = [{"payment": payment, "undo": {"at": "2026-11-20T12:00:00Z"}}]
    >>> [decision.action.value for decision in decide_many(questions)]
    ['cancel']
    """
    return map(partial(_decide_one, provider, edition), questions)


def _decide_one(provider: Provider | None, edition: str | None, question: Question) -> Decision:
    payment, undo = _question(question) if isinstance(question, Mapping) else question
    return decide(payment, undo, provider=provider, edition=edition)


def _question(record: Mapping[str, Any]) -> tuple[Payment, Undo]:
    for key in record:
        if key not in ("payment", "undo"):
            raise CallerError(str(key), "a question has a payment and an undo, and nothing else")
    return Payment.from_record(record.get("payment")), Undo.from_record(record.get("undo"))


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
    permit, payment = decision.outcome.permit, decision.payment
    if permit is None:
        return payment
    # A refund is requested before it is confirmed: else its success would settle another one that is under way.
    events = (Event.REFUND_REQUESTED, permit.brings) if permit.brings is Event.REFUNDED else (permit.brings,)
    for event in events:
        notice = Notice(event=event, amount=decision.amount, at=decision.undo.at)
        payment = apply(payment, notice, provider=decision.provider, edition=decision.edition)
    return payment
