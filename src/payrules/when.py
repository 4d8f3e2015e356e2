"""The closed vocabulary of conditions: what a table may ask of a payment.

1. A condition is a named value, never a function or a text to parse: it knows the fields it reads, the sentence it
stands for, the claims it rests on, and the reason and kind of no when it fails.
2. There are three truth values. `test` gives None where the condition holds, and else a `Miss`; a miss of kind
`missing_fact` says that the facts do not tell. `None` among the words of a condition means that *unknown* is good
enough.
3. A *guard* narrows what the provider permits, out of caution or because a page says so: a yes does not rest on its
claim, a no does.

Rows read as sentences, so constructors are lower case. A provider that needs a new kind of condition adds it here,
with its tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from attrs import frozen
from dateutil.relativedelta import relativedelta

from payrules.calendar import day_start, local_day, next_day, wall_clock
from payrules.facts import Facts, Missing
from payrules.words import Action, Batch, CaptureMode, Kind, Reason, Rejection


@frozen
class Miss:
    """A condition does not hold: why, what kind of no that is, and which facts would tell."""

    reason: Reason
    rejection: Rejection
    needs: tuple[str, ...] = ()


def _unknown(missing: Missing) -> Miss:
    return Miss(Reason.UNKNOWN_FACT, Rejection.MISSING_FACT, missing.needs)


class Condition(Protocol):
    """What every condition offers."""

    @property
    def claim(self) -> str:
        """The claim it rests on."""

    @property
    def guard(self) -> bool:
        """Whether it only narrows."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields of a payment that it looks at."""

    def test(self, facts: Facts, action: Action) -> Miss | None:
        """None where it holds for this operation, else why not."""


# --- words and flags ------------------------------------------------------------------------------


@frozen
class Is:
    """A field is one of some words; an unseen word is none of them.

    `soon` names words from which the field may become one of them by itself, and the reason to wait until then.
    """

    name: str
    words: tuple[object, ...]
    claim: str
    reason: Reason
    rejection: Rejection = Rejection.NOT_ALLOWED
    guard: bool = False
    negated: bool = False
    soon: tuple[tuple[str, Reason], ...] = ()
    unknown_fails: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        if self.name == "status" and not facts.status_known:
            return Miss(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT, ("status",))
        value = facts.get(self.name)
        if (value in self.words) is not self.negated:
            return None
        if value is None and not self.unknown_fails:
            return _unknown(facts.missing(self.name) or Missing((self.name,)))
        for word, reason in self.soon:
            if word == value:
                return Miss(reason, Rejection.WAIT)
        return Miss(self.reason, self.rejection)

    def __str__(self) -> str:
        if self.name in _FLAGS:
            return _flagged(_FLAGS[self.name], self.words)
        words = [word for word in self.words if word is not None]
        told = _either([str(word) for word in words])
        unknown = " or unknown" if None in self.words and words else "unknown" if None in self.words else ""
        return f"{said(self.name)} is {'not ' if self.negated else ''}{told}{unknown}"


def status_is(*words: str, claim: str, soon: tuple[tuple[str, Reason], ...] = ()) -> Is:
    """The provider's status word is one of these; from the words in `soon` it may become one by itself."""
    return Is("status", words, claim, Reason.WRONG_STATUS, soon=soon)


@frozen
class Unlisted:
    """The status word is one that the table does not know; only a list of the provider's own can act on it."""

    claim: str
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("status",)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        return Miss(Reason.WRONG_STATUS, Rejection.NOT_ALLOWED) if facts.status_known else None

    def __str__(self) -> str:
        return "the status is none of these"


def status_unlisted(*, claim: str) -> Unlisted:
    """The status word is none that the table lists."""
    return Unlisted(claim)


def capture_mode_is(*words: CaptureMode | None, claim: str) -> Is:
    """Who triggers the capture."""
    return Is("capture_mode", words, claim, Reason.WRONG_CAPTURE_MODE)


def kind_is(*words: Kind | None, claim: str) -> Is:
    """What kind of payment it is."""
    return Is("kind", words, claim, Reason.WRONG_KIND)


def method_is(*words: str | None, claim: str) -> Is:
    """The payment method is on a list."""
    return Is("method", words, claim, Reason.WRONG_METHOD)


def method_known_to_be(*words: str, claim: str) -> Is:
    """The payment method is known to be on a list; an unknown one is not."""
    return Is("method", words, claim, Reason.WRONG_METHOD, unknown_fails=True)


def method_is_not(*words: str, claim: str) -> Is:
    """The payment method is not on a list: a deny-list, so an unseen or unknown method passes."""
    return Is("method", words, claim, Reason.WRONG_METHOD, negated=True)


def batch_is(word: Batch, *, claim: str) -> Is:
    """The settlement batch is open, or closed; one that is still open may close."""
    if word is Batch.OPEN:
        return Is("batch", (word,), claim, Reason.BATCH_CLOSED)
    return Is("batch", (word,), claim, Reason.BATCH_NOT_CLOSED, Rejection.WAIT)


def not_disputed(*, claim: str) -> Is:
    """No dispute is open; not having heard of one is good enough."""
    return Is("disputed", (False, None), claim, Reason.DISPUTED, guard=True)


def not_split(*, claim: str) -> Is:
    """The payment carries no split instructions; not knowing of any is good enough."""
    return Is("split", (False, None), claim, Reason.SPLIT_PAYMENT, guard=True)


def multicapture_enabled(*, claim: str) -> Is:
    """Several captures are known to be enabled; where nobody says so, the provider's default counts, which is one."""
    return Is("multicapture", (True,), claim, Reason.ALREADY_CAPTURED, unknown_fails=True)


def single_capture(*, claim: str) -> Is:
    """Several captures are not known to be enabled, so a partial one releases the rest."""
    return Is("multicapture", (False, None), claim, Reason.SEVERAL_CAPTURES)


def created_as_is(*words: str | None, claim: str) -> Is:
    """What the payment was made by."""
    return Is("created_as", words, claim, Reason.WRONG_KIND)


def created_as_is_not(*words: str, claim: str) -> Is:
    """What the payment was made by is not on a list; not knowing it is good enough."""
    return Is("created_as", words, claim, Reason.WRONG_KIND, negated=True)


def scheme_is(*words: str | None, claim: str) -> Is:
    """The card scheme is on a list."""
    return Is("scheme", words, claim, Reason.WRONG_METHOD)


def is_disputed(*, claim: str) -> Is:
    """A dispute is known to be open: for what is permitted then, and not otherwise."""
    return Is("disputed", (True,), claim, Reason.NOT_OFFERED, unknown_fails=True)


def no_chargeback(*, claim: str) -> Is:
    """The money was not charged back; not having heard of it is good enough."""
    return Is("chargeback", (False, None), claim, Reason.DISPUTED, guard=True)


def no_refund_failed(*, claim: str) -> Is:
    """No refund of this payment failed before; not having heard of one is good enough."""
    return Is("refund_failed_before", (False, None), claim, Reason.REFUND_FAILED_BEFORE, guard=True)


def refunds_enabled(*, claim: str) -> Is:
    """The account allows refunds; not having heard otherwise is good enough."""
    return Is("refunds_enabled", (True, None), claim, Reason.REFUNDS_DISABLED, guard=True)


def refunds_known_to_be_enabled(*, claim: str) -> Is:
    """The account is known to allow refunds: where the provider's default is that it does not."""
    return Is("refunds_enabled", (True,), claim, Reason.REFUNDS_DISABLED)


def parts_allowed(*, claim: str) -> Is:
    """A part may be refunded; not having heard otherwise is good enough."""
    return Is("partial_refunds", (True, None), claim, Reason.ONLY_WHOLE_AMOUNT, guard=True)


def balance_suffices(*, claim: str) -> Is:
    """The merchant's balance is not known to be too small."""
    return Is("balance_ok", (True, None), claim, Reason.BALANCE_INSUFFICIENT, Rejection.WAIT, guard=True)


def unknown(name: str, *, reason: Reason, claim: str) -> Is:
    """Nobody knows this fact; a word never seen before is not unknown."""
    return Is(name, (None,), claim, reason)


@frozen
class IsKnown:
    """A field has a value."""

    name: str
    claim: str
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        missing = facts.missing(self.name)
        return _unknown(missing) if missing else None

    def __str__(self) -> str:
        return f"{said(self.name)} is known"


def known(name: str, *, claim: str) -> IsKnown:
    """A fact is known."""
    return IsKnown(name, claim)


@frozen
class Lists:
    """The provider's own list of operations names one of some words."""

    operations: tuple[str, ...]
    claim: str
    unknown_is_enough: bool
    rejection: Rejection
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("provider_allows",)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        listed = facts.get("provider_allows")
        if not isinstance(listed, tuple):
            return None if self.unknown_is_enough else _unknown(Missing(self.reads))
        if any(operation in listed for operation in self.operations):
            return None
        return Miss(Reason.NOT_LISTED, self.rejection)

    def __str__(self) -> str:
        unless = " or gives no list" if self.unknown_is_enough else ""
        return f"the provider lists {_either(list(self.operations))}{unless}"


def provider_lists(*operations: str, claim: str, rejection: Rejection = Rejection.NOT_ALLOWED) -> Lists:
    """The provider's list is there and names one of these operations."""
    return Lists(operations, claim, unknown_is_enough=False, rejection=rejection)


def provider_lists_if_any(*operations: str, claim: str, rejection: Rejection = Rejection.NOT_ALLOWED) -> Lists:
    """The provider's list names one of these operations, or there is no list."""
    return Lists(operations, claim, unknown_is_enough=True, rejection=rejection)


# --- amounts --------------------------------------------------------------------------------------


@frozen
class Asks:
    """How much may be asked for, up to what the operation can give back: the whole, a part, or either.

    Neither: exactly that, where more than that is left.
    """

    claim: str
    whole: bool
    part: bool
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        asked, own = facts.undo.amount, facts.balance(action)
        exactly = action is Action.CANCEL or not self.whole
        if not self.whole and (asked is None or facts.asks_everything is True):
            return Miss(Reason.NOT_OFFERED, Rejection.NOT_ALLOWED)  # this way takes no whole; another does
        if asked is None:
            return _unless_told(own, facts.outstanding) or _within(1, action, facts)
        if isinstance(own, Missing):
            if self.part or exactly:  # of a refund or reversal the whole is everything there is
                return _unknown(own)
        elif (self.part and asked <= own) or (exactly and asked == own):
            return None
        everything = facts.asks_everything
        if isinstance(everything, Missing):
            return _unknown(everything)
        if everything:  # it gives what it can, and `remaining` holds the rest
            return _unless_told(own) or _within(1, action, facts)
        return _within(asked, action, facts) if self.part else Miss(Reason.ONLY_WHOLE_AMOUNT, Rejection.NOT_ALLOWED)

    def __str__(self) -> str:
        if not self.whole:
            return "a part is asked for" if self.part else "all that this gives back is asked for, and more is left"
        return "the whole is asked for, or a part" if self.part else "the whole is asked for"


def _unless_told(*amounts: int | Missing) -> Miss | None:
    needs = [need for amount in amounts if isinstance(amount, Missing) for need in amount.needs]
    return _unknown(Missing(tuple(dict.fromkeys(needs)))) if needs else None


def _within(asked: int, action: Action, facts: Facts) -> Miss | None:
    """Whether an operation can give an amount out of its own part of the payment, or could if nothing was pending."""
    own = facts.balance(action)
    if isinstance(own, Missing) or asked <= own:
        return None
    unreserved = facts.balance_if_refunds_fail(action)
    if isinstance(unreserved, int) and asked <= unreserved:
        return Miss(Reason.REFUND_PENDING, Rejection.WAIT)
    return Miss(Reason.MORE_THAN_IS_LEFT, Rejection.NOT_ALLOWED)


def whole_amount(*, claim: str) -> Asks:
    """Everything is asked for, or of a cancel exactly what is held."""
    return Asks(claim, whole=True, part=False)


def whole_or_part(*, claim: str) -> Asks:
    """Everything is asked for, or any amount up to what this operation can give back."""
    return Asks(claim, whole=True, part=True)


def part_amount(*, claim: str) -> Asks:
    """Less than everything is asked for, up to what this operation can give back."""
    return Asks(claim, whole=False, part=True)


def rest_alone(*, claim: str) -> Asks:
    """Exactly what this operation can give back is asked for, and that is not everything."""
    return Asks(claim, whole=False, part=False)


@frozen
class Count:
    """An amount or a count lies within bounds, both included."""

    name: str
    claim: str
    reason: Reason
    least: int | None = None
    most: int | None = None
    unknown_is_enough: bool = False
    guard: bool = False
    rejection: Rejection = Rejection.NOT_ALLOWED

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        value = facts.amount(self.name)
        if value is None:
            missing = facts.missing(self.name) or Missing((self.name,))
            return None if self.unknown_is_enough else _unknown(missing)
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            return Miss(self.reason, self.rejection)
        return None

    def __str__(self) -> str:
        unless = " or unknown" if self.unknown_is_enough else ""
        if self.most == 0:
            return f"{said(self.name)} is 0{unless}"
        if self.least == 1 and self.most is None:
            return f"{said(self.name)} is above 0{unless}"
        bounds = [f"at least {self.least}"] if self.least is not None else []
        bounds += [f"at most {self.most}"] if self.most is not None else []
        return f"{said(self.name)} is {' and '.join(bounds)}{unless}"


def something_captured(*, claim: str) -> Count:
    """Money was taken."""
    return Count("amount_captured", claim, Reason.NOTHING_CAPTURED, least=1)


def nothing_captured(*, claim: str, unknown_is_enough: bool = False) -> Count:
    """No money was taken; not knowing may be good enough."""
    return Count("amount_captured", claim, Reason.ALREADY_CAPTURED, most=0, unknown_is_enough=unknown_is_enough)


def not_several_captures(*, claim: str) -> Count:
    """At most one capture was made; not knowing of several is good enough."""
    return Count("captures", claim, Reason.SEVERAL_CAPTURES, most=1, unknown_is_enough=True, guard=True)


def fewer_refunds_than(number: int, *, claim: str) -> Count:
    """So few refunds were made that one more is allowed; not knowing how many is good enough."""
    return Count("refunds", claim, Reason.TOO_MANY_REFUNDS, most=number - 1, unknown_is_enough=True, guard=True)


def fewer_partial_actions_than(number: int, *, claim: str) -> Count:
    """So few partial captures and refunds were made that one more is allowed; not knowing how many is good enough."""
    return Count(
        "partial_actions", claim, Reason.TOO_MANY_REFUNDS, most=number - 1, unknown_is_enough=True, guard=True
    )


def no_refund_pending(*, claim: str) -> Count:
    """No refund is under way."""
    return Count("amount_refund_pending", claim, Reason.REFUND_PENDING, most=0, rejection=Rejection.WAIT)


@frozen
class Fewer:
    """A count is below the account's own limit; not knowing either is good enough."""

    name: str
    limit: str
    claim: str
    reason: Reason
    guard: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name, self.limit)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        count, limit = facts.amount(self.name), facts.amount(self.limit)
        if count is None or limit is None or count < limit:
            return None
        return Miss(self.reason, Rejection.NOT_ALLOWED)

    def __str__(self) -> str:
        return f"{said(self.name)} is below {said(self.limit)}, as far as both are known"


def fewer_refunds_than_the_limit(*, claim: str) -> Fewer:
    """The account's limit on the number of refunds is not reached, as far as it is known."""
    return Fewer("refunds", "max_refunds", claim, Reason.TOO_MANY_REFUNDS)


@frozen
class Untouched:
    """Nothing was refunded yet, and no refund is under way."""

    claim: str
    unknown_is_enough: bool = False
    guard: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("amount_refunded", "amount_refund_pending")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        refunded = facts.amount("amount_refunded")
        if refunded is None and not self.unknown_is_enough:
            return _unknown(facts.missing("amount_refunded") or Missing(("amount_refunded",)))
        if refunded:
            return Miss(Reason.PARTLY_REFUNDED, Rejection.NOT_ALLOWED)
        return Miss(Reason.REFUND_PENDING, Rejection.WAIT) if facts.pending else None

    def __str__(self) -> str:
        return "nothing was refunded or asked back"


def nothing_refunded(*, claim: str) -> Untouched:
    """Nothing was refunded yet, and no refund is under way."""
    return Untouched(claim)


@frozen
class Refundable:
    """Whether something captured is left to refund: says which status a refund leads to."""

    something: bool
    claim: str
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("amount_captured", "amount_refunded")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        if missing := facts.missing(*self.reads):
            return _unknown(missing)
        left = facts.amount("amount_captured") != facts.amount("amount_refunded")
        return None if left is self.something else Miss(Reason.NOTHING_LEFT, Rejection.NOT_ALLOWED)

    def __str__(self) -> str:
        return "something captured is left" if self.something else "everything captured was refunded"


def something_left(*, claim: str) -> Refundable:
    """Something captured was not refunded."""
    return Refundable(True, claim)


def everything_refunded(*, claim: str) -> Refundable:
    """Everything captured was refunded."""
    return Refundable(False, claim)


@frozen
class Held:
    """Whether something is held and not captured."""

    something: bool
    claim: str
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("amount_authorized", "amount_captured", "amount_released")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        held = facts.held
        if isinstance(held, Missing):
            return _unknown(held)
        if (held > 0) is self.something:
            return None
        reason = Reason.ALREADY_CAPTURED if self.something else Reason.SEVERAL_CAPTURES
        return Miss(reason, Rejection.NOT_ALLOWED)

    def __str__(self) -> str:
        return "something is still held" if self.something else "nothing is held any more"


def something_held(*, claim: str) -> Held:
    """Something is held and not captured."""
    return Held(True, claim)


def nothing_held(*, claim: str) -> Held:
    """Nothing is held any more."""
    return Held(False, claim)


@frozen
class Left:
    """Whether anything is left that could be given back: says which status a reversal or a cancel leads to."""

    something: bool
    claim: str
    guard: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return ("amount_authorized", "amount_captured", "amount_released", "amount_refunded")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        left = facts.left
        if isinstance(left, Missing):
            return _unknown(left)
        return None if (left > 0) is self.something else Miss(Reason.NOTHING_LEFT, Rejection.NOT_ALLOWED)

    def __str__(self) -> str:
        return "something is left to give back" if self.something else "nothing is left to give back"


def anything_left(*, claim: str) -> Left:
    """Something could still be given back."""
    return Left(True, claim)


def nothing_left(*, claim: str) -> Left:
    """Nothing could be given back any more."""
    return Left(False, claim)


@frozen
class Approved:
    """What is given back of a payment in all stays within its currency's limit, or was approved.

    Earlier refunds count, so that several small ones need the approval that one large one would. A currency without a
    limit always needs it.
    """

    limits: tuple[tuple[str, int], ...]
    claim: str
    guard: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("currency", "amount_approved", "amount_refunded", "amount_refund_pending")

    def test(self, facts: Facts, action: Action) -> Miss | None:
        asked = facts.balance(action) if facts.asks_everything is True else facts.undo.amount or 0
        refunded = facts.amount("amount_refunded")
        if isinstance(asked, Missing):
            return _unknown(asked)
        if refunded is None:
            return _unknown(facts.missing("amount_refunded") or Missing(("amount_refunded",)))
        most = max(dict(self.limits).get(facts.payment.currency, 0), facts.amount("amount_approved") or 0)
        in_all = refunded + facts.pending + asked
        return None if in_all <= most else Miss(Reason.NEEDS_APPROVAL, Rejection.WAIT)

    def __str__(self) -> str:
        limits = _either([f"{currency} {limit}" for currency, limit in self.limits])
        return f"no more than {limits} (minor units) is given back in all, or what was approved"


def approved_above(*limits: tuple[str, int], claim: str) -> Approved:
    """What is given back in all is at most this, in minor units of each currency, or was approved."""
    return Approved(limits, claim)


# --- time -----------------------------------------------------------------------------------------


@frozen
class Zone:
    """Whose calendar counts: the IANA name for people and SQL, the POSIX rule for us, the claim that says so."""

    name: str
    rule: str
    claim: str


@frozen
class Duration:
    """A length of time: hours elapse, days are 24 hours, months are the calendar's (in UTC)."""

    hours: int = 0
    days: int = 0
    months: int = 0
    hours_from: str | None = None
    minutes: int = 0

    def after(self, moment: datetime, facts: Facts) -> datetime | Missing:
        """The instant this long after another; `Missing` where a field holds the length and nobody knows it."""
        hours = self.hours
        if self.hours_from is not None:
            if missing := facts.missing(self.hours_from):
                return missing
            hours = facts.amount(self.hours_from) or 0
        return moment + relativedelta(minutes=self.minutes, hours=hours, days=self.days, months=self.months)

    def __str__(self) -> str:
        if self.hours_from is not None:
            return said(self.hours_from)
        units = {"minute": self.minutes, "hour": self.hours, "day": self.days, "month": self.months}
        return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in units.items() if count)


@frozen
class CutOff:
    """A time of day by the wall clock."""

    hour: int
    minute: int

    @classmethod
    def at(cls, clock: str) -> CutOff:
        """The one that a record writes as 17:30."""
        return cls(*map(int, clock.split(":")))


def spell(moment: datetime, rule: str, until: CutOff | None) -> tuple[datetime, datetime]:
    """The local day of an instant, or the stretch from it to the next such time of day."""
    day = local_day(moment, rule)
    if until is None:
        return day_start(day, rule), day_start(next_day(day), rule)
    end = wall_clock(day, until.hour, until.minute, rule)
    if end <= moment:
        end = wall_clock(next_day(day), until.hour, until.minute, rule)
    return moment, end


@frozen
class Window:
    """A stretch of time, its start included and its end not, measured from the first known of some instants.

    `zone` alone: that calendar day. `zone` and `until`: up to the next such time of day. `until_from`: the same, the
    time of day in a field and by the payment's own zone. `lasts`: that long. `starts`: from that long after the
    instant on. Nothing: up to the instant itself.
    """

    of: tuple[str, ...]
    claim: str
    zone: Zone | None = None
    until: CutOff | None = None
    lasts: Duration | None = None
    starts: Duration | None = None
    unknown_is_enough: bool = False
    reason: Reason = Reason.TOO_LATE
    guard: bool = False
    until_from: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        length = self.lasts or self.starts
        named = (length and length.hours_from, self.until_from, "timezone" if self.zone or self.until_from else None)
        return self.of + tuple(name for name in named if name)

    def bounds(self, facts: Facts) -> tuple[datetime | None, datetime | None] | Missing:
        """When the window begins and ends; None: never."""
        moment = facts.instant(*self.of)
        if moment is None:
            return Missing(self.of)
        if self.zone is not None:
            return spell(moment, facts.payment.timezone or self.zone.rule, self.until)
        if self.until_from is not None:
            return self._until_own(moment, facts)
        if self.starts is not None:
            start = self.starts.after(moment, facts)
            return start if isinstance(start, Missing) else (start, None)
        if self.lasts is not None:
            end = self.lasts.after(moment, facts)
            if isinstance(end, Missing):
                return end
            # A delay that a field holds has not passed before it began, either.
            return (moment if self.lasts.hours_from is None else None), end
        return None, moment

    def _until_own(self, moment: datetime, facts: Facts) -> tuple[datetime, datetime] | Missing:
        clock, zone = getattr(facts.payment, str(self.until_from)), facts.payment.timezone
        if clock is None or zone is None:
            return facts.missing(str(self.until_from), "timezone") or Missing(())
        return spell(moment, zone, CutOff.at(clock))

    def test(self, facts: Facts, action: Action) -> Miss | None:
        bounds = self.bounds(facts)
        if isinstance(bounds, Missing):
            return None if self.unknown_is_enough else _unknown(bounds)
        start, end = bounds
        if start is not None and facts.undo.at < start:
            return Miss(Reason.TOO_EARLY, Rejection.WAIT)
        if end is not None and facts.undo.at >= end:
            return Miss(self.reason, Rejection.NOT_ALLOWED)
        return None

    def __str__(self) -> str:
        of = " or ".join(said(name) for name in self.of)
        unless = " or unknown" if self.unknown_is_enough else ""
        if self.zone is not None and self.until is None:
            return f"it is the calendar day of {of} in {self.zone.name}{unless}"
        if self.zone is not None and self.until is not None:
            clock = f"{self.until.hour:02}:{self.until.minute:02}"
            return f"it is before {clock} in {self.zone.name}, next after {of}{unless}"
        if self.until_from is not None:
            return f"it is before {said(self.until_from)}, next after {of}{unless}"
        if self.starts is not None:
            return f"{self.starts} have passed since {of}{unless}" if str(self.starts) else f"{of} has come{unless}"
        if self.lasts is not None:
            return f"it is less than {self.lasts} after {of}{unless}"
        return f"it is before {of}{unless}"


def same_calendar_day(zone: Zone, *, of: str | tuple[str, ...], claim: str) -> Window:
    """It is still the calendar day of an instant, in the payment's zone or else this one."""
    return Window(_names(of), claim, zone=zone)


def before_cut_off(zone: Zone, hour: int, minute: int, *, of: str | tuple[str, ...], claim: str) -> Window:
    """The first cut-off after an instant, at a time of day in the payment's zone or else this one, has not come."""
    return Window(_names(of), claim, zone=zone, until=CutOff(hour, minute))


def before_cut_off_of_account(*, of: str | tuple[str, ...], claim: str) -> Window:
    """The first cut-off after an instant, at the account's own time of day in its zone, has not come."""
    return Window(_names(of), claim, until_from="cut_off")


def within(
    *, of: str | tuple[str, ...], claim: str, minutes: int = 0, hours: int = 0, days: int = 0, months: int = 0
) -> Window:
    """Less than this has passed since an instant."""
    return Window(_names(of), claim, lasts=Duration(hours, days, months, minutes=minutes))


def within_hours_of_field(name: str, *, of: str | tuple[str, ...], claim: str) -> Window:
    """The number of hours that a field holds has not passed since an instant."""
    return Window(_names(of), claim, lasts=Duration(hours_from=name))


def not_before(
    *, of: str | tuple[str, ...], claim: str, minutes: int = 0, hours: int = 0, days: int = 0, months: int = 0
) -> Window:
    """At least this has passed since an instant."""
    return Window(_names(of), claim, starts=Duration(hours, days, months, minutes=minutes))


def after(name: str, *, claim: str) -> Window:
    """An instant that the provider named has come."""
    return Window((name,), claim, starts=Duration())


def before(name: str, *, claim: str, unknown_is_enough: bool = False) -> Window:
    """An instant that the provider named has not come."""
    return Window((name,), claim, unknown_is_enough=unknown_is_enough)


@frozen
class Unrepeated:
    """It is not the amount of the last refund over again, so soon that the provider would take it for a repetition.

    Not knowing of a last refund is good enough.
    """

    lasts: Duration
    claim: str
    guard: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("last_refund_amount", "last_refund_at")

    def bounds(self, facts: Facts) -> tuple[datetime, datetime] | None:
        """When the last refund was sent, and until when the same one passes for a repetition."""
        sent = facts.instant("last_refund_at")
        end = self.lasts.after(sent, facts) if sent else None
        return None if sent is None or end is None or isinstance(end, Missing) else (sent, end)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        bounds, last = self.bounds(facts), facts.amount("last_refund_amount")
        asked = facts.balance(action) if facts.asks_everything is True else facts.undo.amount
        if bounds is None or last is None or asked != last or facts.undo.at >= bounds[1]:
            return None
        return Miss(Reason.DUPLICATE_WINDOW, Rejection.WAIT)

    def __str__(self) -> str:
        return f"the same amount was not refunded less than {self.lasts} ago, as far as is known"


def not_repeated(*, claim: str, minutes: int = 0, hours: int = 0) -> Unrepeated:
    """The same amount was not sent as a refund less than this ago, as far as is known."""
    return Unrepeated(Duration(hours, minutes=minutes), claim)


def claims(condition: Condition) -> tuple[str, ...]:
    """The claims that a condition rests on: its own, and that of the zone whose calendar it reads."""
    zone = condition.zone if isinstance(condition, Window) else None
    return (condition.claim, zone.claim) if zone else (condition.claim,)


def edges(condition: Condition, facts: Facts) -> Iterator[datetime]:
    """The instants at which a condition may turn; only conditions of time have any."""
    if isinstance(condition, Unrepeated):
        yield from condition.bounds(facts) or ()
    if isinstance(condition, Window):
        bounds = condition.bounds(facts)
        if not isinstance(bounds, Missing):
            yield from (edge.astimezone(UTC) for edge in bounds if edge is not None)


def points(condition: Condition) -> tuple[object, ...]:
    """The values of the field it reads between which a condition turns, bounds with both neighbours.

    Unknown, a word never seen, and what amounts and instants turn at go without saying.
    """
    if isinstance(condition, Is):
        return (*condition.words, *(word for word, _ in condition.soon))
    if isinstance(condition, Lists):
        return condition.operations
    if isinstance(condition, Count):
        bounds = [bound for bound in (condition.least, condition.most) if bound is not None]
        return tuple(dict.fromkeys(bound + step for bound in bounds for step in (-1, 0, 1) if bound + step >= 0))
    return ()


# --- sentences ------------------------------------------------------------------------------------

_SAID = {
    "amount_approved": "the amount approved",
    "available_to_refund": "what one refund can give back",
    "last_refund_amount": "the amount of the last refund",
    "last_refund_at": "the last refund",
    "settled_at": "the settlement",
    "hold_expires_at": "the end of the hold",
    "refunds": "the number of refunds",
    "max_refunds": "the account's limit on their number",
    "partial_actions": "the number of partial captures and refunds",
    "created_as": "what the payment was made by",
    "cut_off": "the account's cut-off",
    "amount_refund_pending": "the amount of refunds under way",
    "amount_captured": "the amount captured",
    "amount_released": "the amount released",
    "amount_refunded": "the amount refunded",
    "amount_authorized": "the amount authorized",
    "authorized_at": "the payment",
    "created_at": "the creation of the payment",
    "captured_at": "the capture",
    "batch_closes_at": "the close of the batch",
    "captures": "the number of captures",
    "capture_delay_hours": "the capture delay",
}


_FLAGS = {
    "disputed": "open dispute",
    "chargeback": "chargeback",
    "split": "split instruction",
    "multicapture": "leave for several captures",
    "refund_failed_before": "failed refund",
    "refunds_enabled": "leave for refunds",
    "partial_refunds": "leave for refunds of a part",
    "balance_ok": "balance for it",
}
"""What a yes-or-no field is about, in sentences."""


def said(name: str) -> str:
    """A field's name for a person."""
    return _SAID.get(name, "the " + name.replace("_", " "))


def _flagged(noun: str, words: tuple[object, ...]) -> str:
    if True not in words:
        return f"no {noun} is known of"
    return f"there is {noun}{', as far as is known' if None in words else ''}"


def _either(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else "".join(words)


def _names(of: str | tuple[str, ...]) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else of
