"""`requested` and `after`: what to write down before a call is sent, and what to do once its answer is there.

Rule 1: what an answer means stands in the provider's table (`responses.py` beside it); what follows from it, here.
Rule 2: as long as nobody knows whether a call was carried out, what was booked for it stays booked, and nothing but
the same call with the same key is sent. So an answer never seen before leads to no second undo.

The order in which the next step is looked for:

1. A confirmation counts, then an acceptance, whenever it came; else the last answer.
2. A refusal after a try whose outcome is unknown is believed where the key would have repeated the first answer. A
call without a key leaves the outcome unknown: the payment is read, and what is booked stays.
3. What succeeded is done; what was accepted is awaited; what was refused since the payment has changed is decided
again; any other refusal is given up.
4. What is unknown is tried again with the same key while the provider knows it, or where nothing can happen twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

from payrules import records
from payrules.decide import Decision
from payrules.errors import CallerError
from payrules.events import Notice
from payrules.responses import Replies, Reply, Response
from payrules.words import Action, Event, Heard, Outcome, Standing, Step

OUTCOMES = {
    Heard.CONFIRMED: Outcome.SUCCEEDED,
    Heard.ACCEPTED: Outcome.ACCEPTED,
    Heard.DECLINED: Outcome.REFUSED,
    Heard.STATE_CHANGED: Outcome.REFUSED,
    Heard.NOT_FOUND: Outcome.REFUSED,
    Heard.BAD_REQUEST: Outcome.REFUSED,
    Heard.ACCESS_DENIED: Outcome.REFUSED,
    Heard.IN_PROGRESS: Outcome.UNKNOWN,
    Heard.PROVIDER_FAILED: Outcome.UNKNOWN,
    Heard.NO_ANSWER: Outcome.UNKNOWN,
    Heard.UNKNOWN_ANSWER: Outcome.UNKNOWN,
    Heard.KEY_EXPIRED: Outcome.UNKNOWN,
}
"""What is known of the call on hearing this, if nothing else was heard before."""

_READ_AGAIN = (Heard.STATE_CHANGED, Heard.NOT_FOUND)
_OF_THE_CALL_ITSELF = (Heard.DECLINED, Heard.STATE_CHANGED, Heard.BAD_REQUEST)
"""Refusals that a provider gives only after it has looked the key up."""


@frozen
class Next:
    """What to do after a call, and what to write down.

    `notices` go into the caller's book by `apply`; they are empty as long as the outcome is not known, since
    `requested` stands there already. `reference` is the provider's own id of the operation. `until` is with `retry`
    the moment from which the key may be forgotten, in UTC (None: it has no key, and needs none).
    """

    step: Step
    outcome: Outcome
    reason: Heard
    message: str
    notices: tuple[Notice, ...]
    reference: str | None
    until: datetime | None
    rule: str | None
    claims: tuple[str, ...]
    standing: Standing

    def to_record(self) -> dict[str, Any]:
        """The step as a plain dict, every field present, as `specs/schemas/next.json` has it."""
        return dict(records.plain(self))


def requested(decision: Decision) -> Notice:
    """What to write down, by `apply`, before the decided call is sent: it reserves what the call gives back.

    Raises `CallerError` for a rejection, which makes no call.
    """
    permit = decision.answer.permit
    if permit is None:
        raise CallerError("decision", "a rejection makes no call")
    if decision.action is Action.CANCEL:
        event = Event.CANCEL_REQUESTED
    elif decision.action is Action.REVERSE or permit.brings is Event.REVERSED:
        event = Event.REVERSE_REQUESTED
    else:
        event = Event.REFUND_REQUESTED
    return _notice(decision, event, None, decision.undo.at)


def after(decision: Decision, *responses: Response, at: datetime | None = None) -> Next:
    """What to do now that a decided call was answered; of a call sent more than once, every answer in order.

    `at` is when that is asked (without it: when the decision was asked for). Raises `CallerError` for a rejection,
    which makes no call, and where there is no response.
    """
    requested(decision)
    if not responses:
        raise CallerError("responses", "at least one response is needed, be it that the answer was lost")
    return _Answered(decision, responses, decision.undo.at if at is None else records.in_utc(at, "at")).next()


@frozen
class _Answered:
    """A decided call and the answers to it."""

    decision: Decision
    responses: tuple[Response, ...]
    at: datetime
    replies: Replies = field(init=False)

    @replies.default
    def _replies(self) -> Replies:
        return self.decision.table.replies or Replies(())

    def next(self) -> Next:
        response = self._counts()
        row = self._row(response)
        heard = row.heard if row else Heard.UNKNOWN_ANSWER
        outcome, grounds = self._outcome(heard)
        step, reason = self._step(outcome, heard)
        claims = [row.claim] if row else []
        claims += self._may_repeat() if OUTCOMES[heard] is Outcome.UNKNOWN else grounds
        reference = self.replies.reference(response.body)
        return Next(
            step=step,
            outcome=outcome,
            reason=reason,
            message=_message(self.decision, step, outcome, reason, response),
            notices=tuple(
                _notice(self.decision, event, reference, self.at) for event in _events(self.decision, outcome, row)
            ),
            reference=reference,
            until=self._until() if step is Step.RETRY else None,
            rule=f"{self.decision.provider.name}.{row.name}" if row else None,
            claims=tuple(f"{self.decision.provider.name}.{key}" for key in dict.fromkeys(claims)),
            standing=self._standing(claims if row else None),
        )

    def _row(self, response: Response) -> Reply | None:
        return self.replies.row(self.decision.action, response)

    def _heard(self, response: Response) -> Heard:
        row = self._row(response)
        return row.heard if row else Heard.UNKNOWN_ANSWER

    def _counts(self) -> Response:
        """The answer that counts."""
        for heard in (Heard.CONFIRMED, Heard.ACCEPTED):
            for response in self.responses:
                if self._heard(response) is heard:
                    return response
        return self.responses[-1]

    def _outcome(self, heard: Heard) -> tuple[Outcome, list[str]]:
        """What is known of the call, and what that rests on beside the answer."""
        outcome = OUTCOMES[heard]
        doubted = any(OUTCOMES[self._heard(item)] is Outcome.UNKNOWN for item in self.responses[:-1])
        if outcome is not Outcome.REFUSED or not doubted:
            return outcome, []
        keys = self.replies.keyed(self.decision.action)
        if keys and heard in _OF_THE_CALL_ITSELF:
            return outcome, [keys.claim]
        once = self.replies.happens_once(self.decision.action)
        return Outcome.UNKNOWN, [once.claim] if once else []

    def _step(self, outcome: Outcome, heard: Heard) -> tuple[Step, Heard]:
        if outcome is Outcome.SUCCEEDED:
            return Step.DONE, heard
        if outcome is Outcome.ACCEPTED:
            return Step.AWAIT_OUTCOME, heard
        once = self.replies.happens_once(self.decision.action)
        if OUTCOMES[heard] is Outcome.REFUSED:  # believed, or of a call that cannot happen twice
            again = heard in _READ_AGAIN and (outcome is Outcome.REFUSED or once)
            return (Step.DECIDE_AGAIN if again else Step.GIVE_UP), heard
        until = self._until()
        if until is not None and self.at >= until:
            return Step.GIVE_UP, Heard.KEY_EXPIRED
        return (Step.RETRY if until or once else Step.GIVE_UP), heard

    def _until(self) -> datetime | None:
        keys = self.replies.keyed(self.decision.action)
        return self.decision.undo.at + timedelta(hours=keys.hours) if keys else None

    def _may_repeat(self) -> list[str]:
        action = self.decision.action
        ground = self.replies.keyed(action) or self.replies.happens_once(action)
        return [ground.claim] if ground else []

    def _standing(self, keys: list[str] | None) -> Standing:
        """The weakest standing of the claims relied on; that an answer is unknown rests on none."""
        if keys is None:
            return Standing.SILENT
        return max((self.decision.provider.claim(key).standing for key in keys), key=lambda standing: standing.rank)


def _events(decision: Decision, outcome: Outcome, row: Reply | None) -> tuple[Event, ...]:
    """What to write down: the success, or that what was requested is no longer awaited."""
    failed = {
        Event.CANCEL_REQUESTED: Event.CANCEL_FAILED,
        Event.REVERSE_REQUESTED: Event.REVERSE_FAILED,
        Event.REFUND_REQUESTED: Event.REFUND_REFUSED,
    }[requested(decision).event]
    if outcome is Outcome.REFUSED:
        return (failed,)
    permit = decision.answer.permit
    if outcome is not Outcome.SUCCEEDED or row is None or permit is None:
        return ()
    brings = row.brings or permit.brings
    # A refund that turned out to be a reversal frees first what was reserved for it.
    return (failed, brings) if failed is Event.REFUND_REFUSED and brings is not Event.REFUNDED else (brings,)


def _notice(decision: Decision, event: Event, reference: str | None, at: datetime) -> Notice:
    payment_id = decision.payment.payment_id
    return Notice(event=event, amount=decision.amount, at=at, reference=reference, payment_id=payment_id)


# --- sentences ------------------------------------------------------------------------------------

_HEARD = {
    Heard.CONFIRMED: "{provider} carried the {action} of {amount} out",
    Heard.ACCEPTED: "{provider} took the {action} of {amount} on",
    Heard.DECLINED: "{provider} tried the {action} of {amount}, and it failed{code}",
    Heard.STATE_CHANGED: "{provider} refused the {action} of {amount} in the payment's present state{code}",
    Heard.NOT_FOUND: "{provider} knows no such payment{code}",
    Heard.BAD_REQUEST: "{provider} finds the request wrong{code}",
    Heard.ACCESS_DENIED: "{provider} does not let this account do it{code}",
    Heard.IN_PROGRESS: "{provider} is still working on the same call{code}",
    Heard.PROVIDER_FAILED: "{provider} failed{code}",
    Heard.NO_ANSWER: "no answer came from {provider}",
    Heard.UNKNOWN_ANSWER: "the table does not know what this answer of {provider} means{code}",
    Heard.KEY_EXPIRED: "the call is so old that {provider} may have forgotten its key",
}
_NOTHING = "; nothing was given back by this call"
_NOBODY_KNOWS = ", and nobody knows whether the call was carried out"
_THEN = {
    Step.DONE: "there is nothing more to do",
    Step.AWAIT_OUTCOME: "keep it booked as pending until an event or the payment itself tells the outcome",
    Step.DECIDE_AGAIN: "read the payment again, and ask again",
    Step.RETRY: "send the same call with the same key again, and no other",
    Step.GIVE_UP: "send nothing more",
}
_COMPARE = "keep it booked as pending, and let a person compare the payment with the book"


def _message(decision: Decision, step: Step, outcome: Outcome, heard: Heard, response: Response) -> str:
    known = {
        "provider": decision.provider.title,
        "action": "reversal" if decision.action is Action.REVERSE else decision.action.value,
        "amount": f"{decision.payment.currency} {decision.amount} (minor units)",
        "code": "" if response.status is None else f" ({response.status})",
    }
    lead = _HEARD[heard].format(**known)
    doubt = {Outcome.REFUSED: _NOTHING, Outcome.UNKNOWN: _NOBODY_KNOWS}.get(outcome, "")
    then = _THEN[step]
    if outcome is Outcome.UNKNOWN and step is not Step.RETRY:
        then = f"{then}; {_COMPARE}" if step is Step.GIVE_UP else f"{then}; what is booked stays booked until then"
    return f"{lead[0].upper()}{lead[1:]}{doubt}: {then}."
