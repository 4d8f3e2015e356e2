"""The closed words, in documented order; `specs/vocabulary.json` owns them, and a test compares.

1. Operations are imperatives, events past participles, statuses the provider's own words: never one for another.
2. The order of `Reason` is part of the interface: of several obstacles it says which one is named (`answers.py`).
3. A word enters only if a caller would do something different on reading it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Word(StrEnum):
    """A word whose value is how records write it."""

    @property
    def rank(self) -> int:
        """The position in the documented order, from 0."""
        return _ranks(type(self))[self]


@cache
def _ranks(words: type[Word]) -> Mapping[Word, int]:
    return {word: number for number, word in enumerate(words)}


class Action(Word):
    """The one provider call to make now, or none."""

    CANCEL = "cancel"
    REVERSE = "reverse"
    REFUND = "refund"
    REJECT = "reject"


class Rejection(Word):
    """What kind of no."""

    ALREADY_DONE = "already_done"
    WAIT = "wait"
    MISSING_FACT = "missing_fact"
    NOT_ALLOWED = "not_allowed"


class Standing(Word):
    """How sure a claim is, from sure to unsure."""

    STATED = "stated"
    OBSERVED = "observed"
    IMPLIED = "implied"
    SILENT = "silent"
    CONTRADICTED = "contradicted"


class Source(Word):
    """Where a fact came from."""

    GIVEN = "given"
    STATUS = "status"
    PROVIDER_ALLOWS = "provider_allows"
    CLOCK = "clock"


class CaptureMode(Word):
    """Who triggers the capture; `delayed` is automatic after a wait."""

    AUTO = "auto"
    MANUAL = "manual"
    DELAYED = "delayed"


class Kind(Word):
    """What kind of payment it is; `refund` is a refund that may itself be undone."""

    SALE = "sale"
    PRE_AUTHORIZATION = "pre_authorization"
    COMPLETION = "completion"
    BANK_TRANSFER = "bank_transfer"
    REFUND = "refund"


class Batch(Word):
    """The settlement batch that the payment is in."""

    OPEN = "open"
    CLOSED = "closed"


class Reason(Word):
    """Why: first the reasons to act, then those of each kind of no.

    Among the reasons of `not_allowed` the first stands nearest to a yes, and the last is what a caller can least
    change.
    """

    NOT_AUTHORIZED = "not_authorized"
    NOT_CAPTURED = "not_captured"
    REST_HELD = "rest_held"
    SAME_DAY = "same_day"
    BATCH_OPEN = "batch_open"
    CAPTURE_UNKNOWN = "capture_unknown"
    CAPTURED = "captured"
    BATCH_CLOSING = "batch_closing"
    TURNS_INTO_REVERSAL = "turns_into_reversal"

    ALREADY_CANCELED = "already_canceled"
    ALREADY_REVERSED = "already_reversed"
    ALREADY_REFUNDED = "already_refunded"
    NEVER_PAID = "never_paid"
    HOLD_EXPIRED = "hold_expired"
    RETURNED_BY_BANK = "returned_by_bank"
    NOTHING_LEFT = "nothing_left"

    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    MORE_THAN_IS_LEFT = "more_than_is_left"

    NEEDS_APPROVAL = "needs_approval"
    BALANCE_INSUFFICIENT = "balance_insufficient"
    DUPLICATE_WINDOW = "duplicate_window"
    UNDO_PENDING = "undo_pending"
    REFUND_PENDING = "refund_pending"
    TOO_EARLY = "too_early"
    BATCH_NOT_CLOSED = "batch_not_closed"
    NOT_SETTLED = "not_settled"
    CAPTURE_PENDING = "capture_pending"
    PAYMENT_PENDING = "payment_pending"

    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_FACT = "unknown_fact"

    ONLY_WHOLE_AMOUNT = "only_whole_amount"
    TOO_LATE = "too_late"
    TOO_MANY_REFUNDS = "too_many_refunds"
    REFUND_FAILED_BEFORE = "refund_failed_before"
    REFUNDS_DISABLED = "refunds_disabled"
    BATCH_CLOSED = "batch_closed"
    NOT_LISTED = "not_listed"
    DISPUTED = "disputed"
    PARTLY_REFUNDED = "partly_refunded"
    SEVERAL_CAPTURES = "several_captures"
    SPLIT_PAYMENT = "split_payment"
    WRONG_METHOD = "wrong_method"
    WRONG_CAPTURE_MODE = "wrong_capture_mode"
    WRONG_STATUS = "wrong_status"
    WRONG_KIND = "wrong_kind"
    ALREADY_CAPTURED = "already_captured"
    NOTHING_CAPTURED = "nothing_captured"
    NOT_OFFERED = "not_offered"


class Event(Word):
    """What happened to a payment, in our words."""

    AUTHORIZED = "authorized"
    AUTHORIZATION_ADJUSTED = "authorization_adjusted"
    DECLINED = "declined"
    CAPTURED = "captured"
    CAPTURE_FAILED = "capture_failed"
    SETTLED = "settled"
    EXPIRED = "expired"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELED = "canceled"
    CANCEL_FAILED = "cancel_failed"
    REVERSE_REQUESTED = "reverse_requested"
    REVERSED = "reversed"
    REVERSE_FAILED = "reverse_failed"
    REFUND_REQUESTED = "refund_requested"
    REFUNDED = "refunded"
    REFUND_REFUSED = "refund_refused"
    REFUND_FAILED = "refund_failed"
    REFUND_RETURNED = "refund_returned"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    CHARGED_BACK_AGAIN = "charged_back_again"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    RETURNED = "returned"


class Loss(Word):
    """How an answer failed to come."""

    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"


class Heard(Word):
    """What an answer of the provider's says of the call that it answers, from sure to unsure."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    STATE_CHANGED = "state_changed"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    ACCESS_DENIED = "access_denied"
    IN_PROGRESS = "in_progress"
    PROVIDER_FAILED = "provider_failed"
    NO_ANSWER = "no_answer"
    UNKNOWN_ANSWER = "unknown_answer"
    KEY_EXPIRED = "key_expired"


class Outcome(Word):
    """What is known of a call that was sent."""

    SUCCEEDED = "succeeded"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Step(Word):
    """What to do after a call."""

    DONE = "done"
    AWAIT_OUTCOME = "await_outcome"
    DECIDE_AGAIN = "decide_again"
    RETRY = "retry"
    GIVE_UP = "give_up"


OPERATIONS = (Action.CANCEL, Action.REVERSE, Action.REFUND)
