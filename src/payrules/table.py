"""The shapes of a provider's table: what it is made of, and what makes one wrong.

1. Rows permit; no row forbids. What no row permits is rejected, so row order means nothing.
2. Every condition cites a claim, and silence is a claim too: one that is `silent` or `contradicted` names a
numbered decision.
3. A table that contradicts itself does not load: every problem is reported at once, each with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum

import attrs
from attrs import field, frozen

from payrules.calendar import zone_problem
from payrules.errors import CallerError, TableError, did_you_mean
from payrules.payment import Payment
from payrules.responses import Replies
from payrules.when import Approved, Asks, Condition, Duration, Is, Lists, Window, claims
from payrules.words import OPERATIONS, Action, Event, Reason, Source, Standing

_DAYS_MAX = 3660


def _words(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


def _date(day: str | date) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _day(day: str | date | None) -> date | None:
    return None if day is None else _date(day)


@frozen
class Page:
    """Where a provider said something, the day on which it was read, and how the page stood if not as on that day."""

    key: str
    url: str
    read_on: date = field(converter=_date)
    as_of: date | None = field(default=None, converter=_day)

    def __str__(self) -> str:
        return f"{self.url}{f' as of {self.as_of}' if self.as_of else ''}, read {self.read_on}"


@frozen
class Claim:
    """What a provider says, in our words; `decision` is the number in `specs/<provider>/decisions.md`."""

    key: str
    standing: Standing
    says: str
    page: str | None = None
    decision: str | None = None


class Share(Enum):
    """What a status may prove without a number: all that was not known to be released, or what was not captured."""

    WHOLE = "whole"
    REST = "rest"


@frozen
class Proof:
    """What a field must be, where its conditions hold: a number, a word, or a `Share` of the amount authorized.

    A given value is never overwritten, unless the proof says that its source `beats_given`.
    """

    name: str
    value: object
    claim: str
    when: tuple[Condition, ...] = ()
    source: Source = Source.STATUS
    beats_given: bool = False


@frozen
class Status:
    """A status word of the provider's, what it proves, and why nothing leaves it if it is final.

    `nothing_yet` says why there is nothing to undo though the payment may move on; `awaits` is the reason to wait
    while the provider has not finished with the payment itself.
    """

    word: str
    claim: str
    proves: tuple[Proof, ...] = ()
    final: Reason | None = None
    nothing_yet: Reason | None = None
    awaits: Reason | None = None


@frozen
class Transition:
    """In any of some statuses, an event leads to a status; `when` is asked of the payment after the event."""

    before: tuple[str, ...] = field(converter=_words)
    event: Event
    after: str
    claim: str
    when: tuple[Condition, ...] = ()


_BRINGS = {Action.CANCEL: Event.CANCELED, Action.REVERSE: Event.REVERSED, Action.REFUND: Event.REFUNDED}


@frozen
class Permit:
    """An operation is allowed when all of these conditions hold.

    `brings` is the event of its success; `gives` the operation whose part of the payment it gives back.
    """

    name: str
    action: Action
    because: Reason
    when: tuple[Condition, ...]
    brings: Event = field()
    gives: Action = field()

    @brings.default
    def _brings(self) -> Event:
        return _BRINGS.get(self.action, Event.REFUNDED)

    @gives.default
    def _gives(self) -> Action:
        return self.action


@frozen
class Edition:
    """A dated set of rules, in force from `since` until the day before `until` as far as that is known.

    `begins` is the status of a new payment, `prefer` says which of several permitted operations is taken,
    `proves` holds what any status proves, and `replies` says what the provider's answers to a call mean.
    """

    name: str
    begins: str
    prefer: tuple[Action, ...]
    prefer_claim: str
    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]
    permits: tuple[Permit, ...]
    proves: tuple[Proof, ...] = ()
    since: date | None = field(default=None, converter=_day)
    until: date | None = field(default=None, converter=_day)
    replies: Replies | None = None

    def status(self, word: str) -> Status | None:
        """The row of a status word; None if the table does not list it."""
        return next((status for status in self.statuses if status.word == word), None)

    def proofs(self, word: str) -> tuple[Proof, ...]:
        """What a payment in this status proves, in the order in which it is filled in."""
        status = self.status(word)
        return self.proves + (status.proves if status else ())

    def ways(self, only: Action | None) -> tuple[Permit, ...]:
        """The permits of one operation, or of all."""
        return tuple(permit for permit in self.permits if only in (None, permit.action))


@frozen
class Provider:
    """One payment company's rules as we read them, in editions, with what they rest on."""

    name: str
    title: str
    pages: tuple[Page, ...]
    claims: tuple[Claim, ...]
    editions: tuple[Edition, ...]
    default: str

    def __attrs_post_init__(self) -> None:
        if problems := tuple(_problems(self)):
            raise TableError(problems)

    def edition(self, name: str | None = None) -> Edition:
        """An edition by name, or the default one; `CallerError` if there is none of that name."""
        wanted = name or self.default
        for edition in self.editions:
            if edition.name == wanted:
                return edition
        known = [edition.name for edition in self.editions]
        raise CallerError("edition", f"{self.name} has no edition {wanted!r}, only {', '.join(known)}")

    def claim(self, key: str) -> Claim:
        """The claim of this key, without the provider's name in front of it."""
        return next(claim for claim in self.claims if claim.key == key)

    def page(self, claim: Claim) -> Page | None:
        """The page that a claim was read on; None where it rests on no page."""
        return next((page for page in self.pages if page.key == claim.page), None)


# --- what is wrong with a table -------------------------------------------------------------------


def cited(edition: Edition) -> Iterator[tuple[str, str]]:
    """Every place of an edition that rests on a claim, with the claim's key."""
    yield "prefer_claim", edition.prefer_claim
    for place, proof in _proofs(edition):
        yield place, proof.claim
    for number, status in enumerate(edition.statuses):
        yield f"statuses[{number}]", status.claim
    for number, transition in enumerate(edition.transitions):
        yield f"transitions[{number}]", transition.claim
    for place, condition in _conditions(edition):
        yield from ((place, claim) for claim in claims(condition))
    if edition.replies is not None:
        yield from edition.replies.cited()


def _problems(provider: Provider) -> Iterator[str]:
    name = provider.name.upper()
    yield from _repeated(f"{name}.claims", (claim.key for claim in provider.claims))
    yield from _repeated(f"{name}.pages", (page.key for page in provider.pages))
    yield from _repeated(f"{name}.editions", (edition.name for edition in provider.editions))
    keys, pages = [claim.key for claim in provider.claims], [page.key for page in provider.pages]
    for number, claim in enumerate(provider.claims):
        place = f"{name}.claims[{number}]"
        if claim.page is not None and claim.page not in pages:
            yield f"{place}: page {claim.page!r} is not listed{did_you_mean(claim.page, pages)}"
        if claim.standing in (Standing.SILENT, Standing.CONTRADICTED) and claim.decision is None:
            yield f"{place}: {claim.key!r} is {claim.standing} and names no decision"
        if claim.standing is not Standing.SILENT and claim.page is None:
            yield f"{place}: {claim.key!r} is {claim.standing} and names no page"
    if provider.default not in [edition.name for edition in provider.editions]:
        yield f"{name}.default: there is no edition {provider.default!r}"
    for number, edition in enumerate(provider.editions):
        where = f"{name}.editions[{number}]"
        yield from (f"{where}.{problem}" for problem in _edition_problems(edition))
        for place, key in cited(edition):
            if key not in keys:
                yield f"{where}.{place}: claim {key!r} is not listed{did_you_mean(key, keys)}"


def _edition_problems(edition: Edition) -> Iterator[str]:
    words = [status.word for status in edition.statuses]
    yield from _repeated("statuses", words)
    yield from _repeated("permits", (permit.name for permit in edition.permits))
    yield from _repeated("prefer", (action.value for action in edition.prefer))
    for place, word in [("begins", edition.begins), *_status_words(edition)]:
        if word not in words:
            yield f"{place}: status {word!r} is not listed{did_you_mean(word, words)}"
    for number, status in enumerate(edition.statuses):
        if status.final and status.awaits:
            yield f"statuses[{number}]: {status.word!r} is final and waits"
    for number, permit in enumerate(edition.permits):
        yield from (f"permits[{number}]: {problem}" for problem in _permit_problems(permit, edition))
    yield from _repeated("replies", (row.name for row in edition.replies.rows) if edition.replies else ())
    for place, condition in _conditions(edition):
        yield from (f"{place}: {problem}" for problem in _condition_problems(condition))
    for number, transition in enumerate(edition.transitions):
        for word in transition.before:
            left = edition.status(word)
            if left and left.final:
                yield f"transitions[{number}]: {word!r} is final and nothing leaves it"


def _permit_problems(permit: Permit, edition: Edition) -> Iterator[str]:
    if permit.action not in OPERATIONS:
        yield f"{permit.name!r} permits {permit.action}, which is no operation"
    elif permit.action not in edition.prefer:
        yield f"{permit.name!r} permits {permit.action}, which prefer does not name"
    if not any(_is_allow_list(condition) for condition in permit.when):
        yield f"{permit.name!r} lists neither a status nor what the provider allows, so a word never seen would pass"
    if sum(isinstance(condition, Asks) for condition in permit.when) != 1:
        yield f"{permit.name!r} has to say once how much may be asked for"


def _is_allow_list(condition: Condition) -> bool:
    if isinstance(condition, Lists):
        return not condition.unknown_is_enough
    return isinstance(condition, Is) and condition.name == "status" and not condition.negated


def _condition_problems(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Is) and not condition.words:
        yield "it lists no word"
    for name in condition.reads:
        if name not in _FIELDS:
            yield f"{name!r} is no field of a payment{did_you_mean(name, _FIELDS)}"
    if isinstance(condition, Approved) and not all(currency and limit >= 0 for currency, limit in condition.limits):
        yield "a limit has a currency and an amount of 0 or more"
    if isinstance(condition, Window):
        if condition.zone and (problem := zone_problem(condition.zone.rule)):
            yield problem
        yield from _length_problems(condition)


def _length_problems(window: Window) -> Iterator[str]:
    lasts, starts = window.lasts, window.starts
    if lasts and lasts.hours_from is None and not 0 < _days(lasts) <= _DAYS_MAX:
        yield f"a window of {str(lasts) or 'no length'} is not between 1 minute and 10 years"
    if starts and not 0 <= _days(starts) <= _DAYS_MAX:
        yield f"a window that starts after {starts} is not within 10 years"


def _days(length: Duration) -> float:
    return length.minutes / 1440 + length.hours / 24 + length.days + length.months * 30


def _status_words(edition: Edition) -> Iterator[tuple[str, str]]:
    for number, transition in enumerate(edition.transitions):
        yield from ((f"transitions[{number}]", word) for word in transition.before)
        yield f"transitions[{number}]", transition.after
    for place, condition in _conditions(edition):
        if isinstance(condition, Is) and condition.name == "status":
            yield from ((place, str(word)) for word in condition.words)


def _conditions(edition: Edition) -> Iterator[tuple[str, Condition]]:
    for row, permit in enumerate(edition.permits):
        yield from ((f"permits[{row}].when[{number}]", condition) for number, condition in enumerate(permit.when))
    for row, transition in enumerate(edition.transitions):
        yield from (
            (f"transitions[{row}].when[{number}]", condition) for number, condition in enumerate(transition.when)
        )
    for place, proof in _proofs(edition):
        yield from ((f"{place}.when[{number}]", condition) for number, condition in enumerate(proof.when))


def _proofs(edition: Edition) -> Iterator[tuple[str, Proof]]:
    yield from ((f"proves[{number}]", proof) for number, proof in enumerate(edition.proves))
    for row, status in enumerate(edition.statuses):
        yield from ((f"statuses[{row}].proves[{number}]", proof) for number, proof in enumerate(status.proves))


def _repeated(place: str, words: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield f"{place}: {word!r} stands there twice"
        seen.add(word)


_FIELDS = [attribute.name for attribute in attrs.fields(Payment)]
