"""`verify`: what is wrong with a table, or at least needs a decision in writing.

A finding is no error: a table that contradicts itself does not load (`table.py`). It is something that the author of
a table should have meant, such as a payment that nothing can undo, or a row that never decides. What was meant is
accepted by the number of a decision in `specs/`; whoever asks passes in the text of the decisions, the claims that
vectors rest on, and the day. Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

from attrs import evolve, frozen

from payrules.amounts import Known
from payrules.answers import answer
from payrules.apply import QUIET
from payrules.decide import decide, succeeded
from payrules.errors import CallerError, ProviderError
from payrules.facts import Facts
from payrules.fill import fill
from payrules.payment import Payment, Undo
from payrules.situations import Situation, alike, walk
from payrules.table import Edition, Permit, Provider, cited
from payrules.telling import UNSEEN
from payrules.when import Asks, Condition, Is, Unrepeated
from payrules.words import Action, Event, Reason, Rejection

STALE_AFTER = timedelta(days=365)
"""How long a page may go unread before its claims are stale."""


class Kind(StrEnum):
    """What a finding is about."""

    GAP = "gap"
    """Something is left, nothing is unknown or under way, and no operation can undo it."""
    OVERLAP = "overlap"
    """Two permits hold at once, and `prefer` settles which is taken."""
    NEVER_HOLDS = "never-holds"
    """A permit that no payment meets."""
    NEVER_WINS = "never-wins"
    """A permit that holds, but another one is always taken; it shows only where it alone is asked about."""
    IDLE_CONDITION = "idle-condition"
    """A condition without which every answer is the same."""
    IDLE_WORD = "idle-word"
    """A status that a permit lists and in which it never holds."""
    IDLE_STATUS = "idle-status"
    """A status that is not final and in which no permit ever holds."""
    OPEN_WORD = "open-word"
    """A permit that a word never seen before satisfies, since it lists what is not allowed."""
    UNREACHED = "unreached"
    """A status that no transition leads to."""
    STUCK = "stuck"
    """A status that is not final and that no transition leaves."""
    NO_TRANSITION = "no-transition"
    """A permit whose success has no transition."""
    NO_PERMIT = "no-permit"
    """A transition by the success of an operation that no permit allows there."""
    NO_ADAPTER = "no-adapter"
    """An event of a transition that no adapter produces."""
    UNHANDLED = "unhandled"
    """An event that the adapter produces, and that neither moves a status nor needs to."""
    UNUSED_CLAIM = "unused-claim"
    """A claim that no edition cites and no vector rests on."""
    STALE_PAGE = "stale-page"
    """A page that nobody has read for a year."""
    NO_VECTOR = "no-vector"
    """A claim that an edition cites and no vector rests on."""


@frozen
class Finding:
    """Something that a table's author should have meant; `accepted` is the number of the decision that says so."""

    kind: Kind
    subject: str
    says: str
    payment: Payment | None = None
    undo: Undo | None = None
    accepted: str | None = None

    @property
    def key(self) -> str:
        """How a decision names it."""
        return f"{self.kind} {self.subject}"


@frozen
class Report:
    """What was found in one edition, and how much was walked to find it.

    `situations` counts every distinguishable combination of outcomes, `classes` what is left of them once those that
    come to the same are merged; each class was looked at.
    """

    provider: str
    edition: str
    situations: int
    classes: int
    findings: tuple[Finding, ...]

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that no decision accepts."""
        return tuple(finding for finding in self.findings if finding.accepted is None)


def verify(
    provider: Provider,
    *,
    edition: str | None = None,
    today: date | None = None,
    shown: Collection[str] | None = None,
    produced: Collection[Event] | None = None,
    decisions: str = "",
) -> Report:
    """Every finding in one edition of a table, the default one if none is named.

    Without `today` no page is stale. `shown` holds the keys of the claims that vectors rest on, `produced` the events
    that the adapter reads; without them nothing is said about either. `decisions` is the text that accepts findings.
    """
    table = provider.edition(edition)
    seen = _Seen(provider, table)
    findings = [
        *seen.findings(),
        *_of_transitions(table, seen),
        *_of_adapter(table, produced),
        *_of_claims(provider, table, today, shown),
    ]
    meant = accepted(decisions)
    judged = (evolve(finding, accepted=_decision(meant, finding.key)) for finding in findings)
    return Report(provider.name, table.name, seen.situations, seen.classes, tuple(judged))


def accepted(decisions: str) -> dict[str, str]:
    """The findings that decisions accept, each with the number of the decision: lines `*Accepts:* …; …` under it.

    A finding is named by its key, in which `*` stands for anything.
    """
    found: dict[str, str] = {}
    number = ""
    for line in decisions.splitlines():
        if heading := _HEADING.match(line):
            number = heading[1]
        elif line.startswith(_ACCEPTS):
            found |= {key.strip(): number for key in line.removeprefix(_ACCEPTS).split(";") if key.strip()}
    return found


def _decision(meant: Mapping[str, str], key: str) -> str | None:
    return next((number for pattern, number in meant.items() if fnmatchcase(key, pattern)), None)


_HEADING = re.compile(r"## (D\d+) ")
_ACCEPTS = "*Accepts:*"


# --- what the walk shows --------------------------------------------------------------------------


class _Seen:
    """What was met on the walk of one edition, each with a situation that shows it."""

    def __init__(self, provider: Provider, table: Edition) -> None:
        self.provider, self.table = provider, table
        self.situations = self.classes = 0
        self.holds: dict[tuple[str, str], Situation] = {}
        self.wins: dict[str, Situation] = {}
        self.overlaps: dict[tuple[str, str], Situation] = {}
        self.gaps: dict[tuple[str, str], tuple[Payment, Undo]] = {}
        self._matters: set[tuple[str, Condition]] = set()
        self._known = Known()
        self._rank = {
            permit.name: (table.prefer.index(permit.action), permit.because.rank, permit.name)
            for permit in table.permits
        }
        met: set[tuple[str, int]] = set()
        for situation in walk(provider.name, table, known=self._known):
            self.situations += situation.count
            self.classes += 1
            if (pattern := (situation.status, situation.pattern)) not in met:
                met.add(pattern)
                self._meet(situation)
            if situation.asks_everything:
                self._look_for_a_gap(situation)

    def _look_for_a_gap(self, situation: Situation) -> None:
        """A live payment that nothing can undo, if none is known yet of this status and reason."""
        outcome = situation.outcome()
        key = (outcome.reason.value, situation.status)
        if outcome.rejection is Rejection.NOT_ALLOWED and key not in self.gaps:
            live = (question for question in situation.questions() if _is_live(self.table, *question))
            if (question := next(live, None)) is not None:
                self.gaps[key] = question

    def _meet(self, situation: Situation) -> None:
        ways = list(situation.ways())
        held = sorted((permit.name for permit, closed in ways if closed is None), key=self._rank.__getitem__)
        for name in held:
            self.holds.setdefault((name, situation.status), situation)
        for name in held[:1]:
            self.wins.setdefault(name, situation)
        for pair in combinations(held, 2):
            self.overlaps.setdefault(pair, situation)
        said: dict[Action, int] = {}  # by the reason that is given now to who asks for this operation alone
        for permit, closed in ways:
            if closed is None:
                said[permit.action] = min(permit.because.rank, said.get(permit.action, len(Reason)))
        for permit, closed in ways:
            if closed and closed.sole and permit.because.rank < said.get(permit.action, len(Reason)):
                self._matters.add((permit.name, closed.sole))

    def findings(self) -> Iterator[Finding]:
        """What the situations show."""
        for (reason, status), question in self.gaps.items():
            says = f"In {status}, what is left cannot be undone as a whole: {reason}."
            yield Finding(Kind.GAP, f"{reason} {status}", says, *question)
        for (taken, other), situation in self.overlaps.items():
            says = f"Where {taken} and {other} both hold, the first is taken."
            yield _shown(Kind.OVERLAP, f"{taken} {other}", says, situation)
        for permit in self.table.permits:
            yield from self._of_permit(permit)
        idle = {status.word for status in self.table.statuses if not (status.final or status.nothing_yet)}
        for word in sorted(idle - {status for _, status in self.holds}):
            yield Finding(Kind.IDLE_STATUS, word, f"No permit ever holds in {word}, which is not final.")
        yield from self._idle()

    def _of_permit(self, permit: Permit) -> Iterator[Finding]:
        words = [word for name, word in self.holds if name == permit.name]
        if not words:
            yield Finding(Kind.NEVER_HOLDS, permit.name, "No payment meets it.")
        elif permit.name not in self.wins:
            situation = self.holds[permit.name, words[0]]
            yield _shown(Kind.NEVER_WINS, permit.name, "Wherever it holds, another permit is taken.", situation)
        for condition in permit.when:
            if isinstance(condition, Is) and condition.negated:
                says = f"A word never seen before passes where {condition}."
                yield Finding(Kind.OPEN_WORD, f"{permit.name} {condition.name}", says)
            if isinstance(condition, Is) and condition.name == "status" and words:
                for word in condition.words:
                    if word not in words:
                        says = f"It lists {word}, and never holds there."
                        yield Finding(Kind.IDLE_WORD, f"{permit.name} {word}", says)

    def _idle(self) -> Iterator[Finding]:
        """The conditions without which no answer changes.

        Those that alone keep a permit closed are seen already, and most that ask about the status show where it alone
        is changed; the rest is walked. No walk tells a repetition, which turns on the amount asked and the moment of
        asking together.
        """
        doubtful = []
        for permit in self.table.permits:
            for place, condition in enumerate(permit.when):
                without = _without(self.table, permit, place)
                if not (
                    isinstance(condition, (Asks, Unrepeated))
                    or (permit.name, condition) in self._matters
                    or self._shows(permit, condition, without)
                ):
                    doubtful.append((permit, condition, without))
        others = [without for _, _, without in doubtful]
        for number in alike(self.provider.name, self.table, others, known=self._known):
            permit, condition, _ = doubtful[number]
            says = f"Every answer is the same without the condition that {condition}."
            yield Finding(Kind.IDLE_CONDITION, f"{permit.name} {condition.claim}", says)

    def _shows(self, permit: Permit, condition: Condition, without: Edition) -> bool:
        """Whether a condition on the status shows where the permit would hold in another one."""
        words = [status.word for status in self.table.statuses] if "status" in condition.reads else []
        holds = (situation for (name, _), situation in self.holds.items() if name == permit.name)
        for question in (question for situation in holds if (question := situation.question(permit.action))):
            for word in words:
                facts = fill(self.table, evolve(question[0], status=word), question[1])  # no permit has a part in it
                if condition.test(facts, permit.gives) and _told(without, facts) != _told(self.table, facts):
                    return True
        return False


def _told(table: Edition, facts: Facts) -> object:
    found = answer(table, facts)
    return found.compared, found.remaining, frozenset(found.needs)


def _without(table: Edition, permit: Permit, place: int) -> Edition:
    looser = evolve(permit, when=permit.when[:place] + permit.when[place + 1 :])
    return evolve(table, permits=tuple(looser if item is permit else item for item in table.permits))


def _shown(kind: Kind, subject: str, says: str, situation: Situation) -> Finding:
    return Finding(kind, subject, says, *(situation.question() or ()))


# --- transitions, adapters, claims ----------------------------------------------------------------


def _of_transitions(table: Edition, seen: _Seen) -> Iterator[Finding]:
    reached = {row.after for row in table.transitions if set(row.before) != {row.after}} | {table.begins}
    left = {word for row in table.transitions for word in row.before if word != row.after}
    for status in table.statuses:
        if status.word not in reached:
            yield Finding(Kind.UNREACHED, status.word, f"No transition leads to {status.word}.")
        if status.word not in left and not status.final:
            yield Finding(Kind.STUCK, status.word, f"Nothing leaves {status.word}, which is not final.")
    brings = {permit.name: permit.brings for permit in table.permits}
    allowed = {(word, brings[name]) for name, word in seen.holds}
    moves = {(word, row.event) for row in table.transitions for word in row.before}
    for (name, word), situation in seen.holds.items():
        if word != UNSEEN and not ((word, brings[name]) in moves and _succeeds(seen, name, situation)):
            says = f"Its success brings {brings[name]}, which nothing expects in {word}."
            yield _shown(Kind.NO_TRANSITION, f"{name} {word}", says, situation)
    for word, event in sorted(moves - allowed):
        if event in _SUCCESSES:
            yield Finding(Kind.NO_PERMIT, f"{word} {event}", f"In {word}, no permit brings {event}.")


_SUCCESSES = (Event.CANCELED, Event.REVERSED, Event.REFUNDED)


def _succeeds(seen: _Seen, name: str, situation: Situation) -> bool:
    """Whether the event of a permit's success is possible; taken to be so where another permit decides."""
    permit = next(permit for permit in seen.table.permits if permit.name == name)
    if (question := situation.question(permit.action)) is None:
        return True
    payment, undo = question
    try:
        decision = decide(payment, undo, provider=seen.provider, edition=seen.table.name)
        if decision.answer.permit is permit:
            succeeded(decision)
    except ProviderError:
        return False
    except CallerError:  # a fact is unknown that the next status depends on
        pass
    return True


def _of_adapter(table: Edition, produced: Collection[Event] | None) -> Iterator[Finding]:
    if produced is None:
        return
    taken = {row.event for row in table.transitions}
    for event in sorted(taken - set(produced)):
        yield Finding(Kind.NO_ADAPTER, event.value, f"No adapter produces {event}.")
    for event in sorted(set(produced) - taken - QUIET):
        yield Finding(Kind.UNHANDLED, event.value, f"The adapter produces {event}, and no transition takes it.")


def _of_claims(
    provider: Provider, table: Edition, today: date | None, shown: Collection[str] | None
) -> Iterator[Finding]:
    used = {claim for edition in provider.editions for _, claim in cited(edition)}
    here = {claim for _, claim in cited(table)}
    for claim in provider.claims:
        if shown is not None and claim.key not in shown:
            kind = Kind.NO_VECTOR if claim.key in here else Kind.UNUSED_CLAIM
            if claim.key in here or claim.key not in used:
                yield Finding(kind, claim.key, claim.says)
    for page in provider.pages:
        if today is not None and today - page.read_on > STALE_AFTER:
            yield Finding(Kind.STALE_PAGE, page.key, f"It was read on {page.read_on} and may say something else now.")


def _is_live(table: Edition, payment: Payment, undo: Undo) -> bool:
    """Whether it is known how much is left, and no amount is given other than the status proves."""
    if not isinstance(fill(table, payment, undo).outstanding, int):
        return False
    for name in ("amount_captured", "amount_released", "amount_refunded"):
        given = getattr(payment, name)
        if given is not None:
            without: Any = {name: None}
            proven = fill(table, evolve(payment, **without), undo).get(name)
            if proven not in (None, given):
                return False
    return True
