"""The decision log: a line a decision, and what is wrong with a file of them.

1. A line is a JSON object in canonical form: the payment and the wish as given, the decision, the edition, the digest
of its table, and the version of the library. It holds what is needed to decide again.
2. In a chained log each line also carries its number, `seq` from 1, and in `prev` the SHA-256 of the line before: of
its bytes, without the end of line, so that any tool can check it.
3. A chain shows every change but one: whoever can write the file can cut its end or write all of it anew. Keep the
*head*, number and digest of the last line, where the writer of the log cannot reach it, and verify against that.
4. Nothing here opens a file; `payrules.audit.appender` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from itertools import chain, pairwise
from typing import Any, BinaryIO

from attrs import Factory, define, frozen

import payrules
from payrules import records, strict_json
from payrules.decide import Decision
from payrules.digests import canonical, digest, sha256
from payrules.errors import CallerError
from payrules.payment import Payment, Undo
from payrules.words import Word

FORMAT = 1
"""The version of the line's own shape."""

PROBLEMS_MAX = 1000
"""Verifying stops at so many problems: there is no log left to speak of."""

_KEYS = {"format", "library", "payment", "undo", "decision", "edition", "digest"}
_LINKS = {"seq", "prev"}
_HEAD = re.compile(r"(?:(?P<seq>[0-9]{1,15}):)?(?P<digest>[0-9a-f]{64})", re.ASCII)


@frozen
class Head:
    """How far a chained log goes: the number of its last line, and the digest of that line.

    `seq` is None where only the digest was kept. `START` stands before the first line.
    """

    seq: int | None
    digest: str | None

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}" if self.seq is not None else str(self.digest)

    @classmethod
    def parse(cls, text: str) -> Head:
        """The head that `str` wrote, or a digest alone."""
        match = _HEAD.fullmatch(text.strip().lower())
        if match is None:
            raise CallerError("head", f"{records.shown(text)} is neither a SHA-256 nor NUMBER:SHA-256")
        return cls(None if match["seq"] is None else int(match["seq"]), match["digest"])


START = Head(0, None)


# --- writing --------------------------------------------------------------------------------------


def entry(
    payment: Payment, undo: Undo, decision: Decision, *, after: Head | None = None, card_numbers: bool = False
) -> str:
    """The line that records a decision, without the end of line; writing it is the caller's.

    `after` is the head of the log so far (`START` for an empty one), and chains the line to it; without it the line
    stands alone. Raises `CallerError` if the decision answers another question, and, unless `card_numbers` are
    accepted, if an id looks like the number of a card, which no log may hold.
    """
    if (decision.payment, decision.undo) != (payment, undo):
        raise CallerError("decision", "it answers another question than this payment and this wish")
    if not card_numbers:
        for name in ("payment_id", "merchant_reference"):
            _refuse_card_number(getattr(payment, name), name)
    record: dict[str, Any] = {
        "format": FORMAT,
        "library": _library(),
        "payment": payment.to_record(),
        "undo": undo.to_record(),
        "decision": decision.to_record(),
        "edition": decision.edition,
        "digest": digest(decision.provider, decision.table),
    }
    if after is not None:
        if after.seq is None:
            raise CallerError("after", "a line is chained to a head with its number")
        record |= {"seq": after.seq + 1, "prev": after.digest}
    return canonical(record).decode()


def head_of(line: bytes) -> Head:
    """The head of a log whose last line this is; `CallerError` if it is no line of a chained log."""
    link = _read_link(line.rstrip(b"\n"))
    if link.seq is None:
        raise CallerError("seq", "the line is not chained")
    return Head(link.seq, link.digest)


@cache
def _library() -> str:
    return version("payrules")


def _refuse_card_number(text: str | None, name: str) -> None:
    """Card numbers have 13 to 19 digits, begin with 2 to 6, and their check digit is right."""
    digits = re.sub(r"[ -]", "", text or "")
    if not re.fullmatch(r"[2-6][0-9]{12,18}", digits, re.ASCII):
        return
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    if (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0:
        raise CallerError(name, "it looks like the number of a card; a log must not hold one")


# --- reading --------------------------------------------------------------------------------------


@frozen
class _Link:
    """A line as the chain sees it; `seq` is None in a line that is not chained, or could not be read."""

    line: int
    digest: str
    seq: int | None = None
    prev: str | None = None
    record: dict[str, Any] | None = None


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, each with its end; of one that is too long, as much as it takes to refuse it."""
    most = strict_json.SIZE_MAX + 2
    while line := stream.readline(most):
        end = line
        while not end.endswith(b"\n") and len(end) == most:
            end = stream.readline(most)
        yield line if end is line else line + end[-1:]


def _read_link(text: bytes, line: int = 1) -> _Link:
    record = strict_json.parse(text)
    if not isinstance(record, dict):
        raise CallerError("$", f"{records.shown(record)} is not an object")
    keys = _KEYS | _LINKS if _LINKS & set(record) else _KEYS
    for key in [*(keys - set(record)), *(set(record) - keys)]:
        raise CallerError(key, "a line of this log " + ("needs it" if key in keys else "has no such key"))
    if record["format"] != FORMAT:
        raise CallerError("format", f"{records.shown(record['format'])} is not {FORMAT}, the one that is known here")
    seq, prev = record.get("seq"), record.get("prev")
    if keys != _KEYS:
        records.amount(seq, "seq")
        if prev is not None and not (type(prev) is str and _HEAD.fullmatch(prev)):
            raise CallerError("prev", f"{records.shown(prev)} is no SHA-256")
    return _Link(line, sha256(text), seq, prev, record)


# --- verifying ------------------------------------------------------------------------------------


class Fault(Word):
    """What is wrong with a line, or with the log where it stands."""

    UNREADABLE = "unreadable"
    UNFINISHED = "unfinished"
    UNCHAINED = "unchained"
    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    REPEATED = "repeated"
    CUT = "cut"
    REWRITTEN = "rewritten"
    DECIDED_OTHERWISE = "decided_otherwise"
    UNVERIFIABLE = "unverifiable"
    TOO_MANY = "too_many"


@frozen
class Problem:
    """What is wrong, and the line of the file, from 1, where it shows."""

    line: int
    fault: Fault
    message: str


@define
class Verified:
    """What verifying a log has found.

    `chained` is None of an empty log, `head` that of its last line where it is chained and nothing is wrong with it,
    and `anchored` the line whose head was kept elsewhere. `replayed` counts the decisions that were made again.
    """

    lines: int = 0
    problems: list[Problem] = Factory(list)
    chained: bool | None = None
    head: Head | None = None
    anchored: int | None = None
    replayed: int = 0

    def say(self, line: int, fault: Fault, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(line, fault, message))


def verify(
    lines: Iterable[bytes], *, after: Head = START, head: Head | None = None, replay: bool = False
) -> Verified:
    """What is wrong with a log's lines, each with its end of line.

    `after` is the head of the file before, where a log goes on in another. `head` is one that was kept elsewhere;
    lines after it are newer. With `replay` each decision is made again, under its edition, and compared.
    """
    if after.seq is None:
        raise CallerError("after", "the head of the file before is needed with its number")
    found = Verified()
    scan = _Scan(found, after.seq, after.digest)
    for link, following in pairwise(chain(_links(lines, found), (None,))):
        assert link is not None  # noqa: S101 — only the last of all is None, and nothing follows it
        found.lines = link.line
        scan.take(link, following)
        if head is not None and head.digest == link.digest and head.seq in (None, link.seq):
            found.anchored = link.line
        if replay and link.record is not None:
            _replay(link.record, link.line, found)
        if len(found.problems) >= PROBLEMS_MAX:
            break
    scan.finish()
    if head is not None and found.anchored is None:
        found.say(found.lines, *_unanchored(head, scan.seq))
    found.problems.sort(key=lambda problem: problem.line)
    if len(found.problems) >= PROBLEMS_MAX:
        found.say(found.lines, Fault.TOO_MANY, "the lines after this one were not looked at")
    if found.chained and not found.problems:
        found.head = Head(scan.seq, scan.digest)
    return found


def _links(lines: Iterable[bytes], found: Verified) -> Iterator[_Link]:
    for number, line in enumerate(lines, 1):
        text = line.rstrip(b"\n")
        if text == line:
            found.say(number, Fault.UNFINISHED, "the line has no end: its writing was cut off")
            return
        try:
            yield _read_link(text, number)
        except CallerError as error:
            found.say(number, Fault.UNREADABLE, str(error))
            yield _Link(number, sha256(text))


@define
class _Scan:
    """How far the chain was followed: the last line in order, and the numbers that were left out before it."""

    found: Verified
    seq: int
    digest: str | None
    line: int = 0
    blamed: int = 0
    gaps: list[tuple[int, int, int]] = Factory(list)

    def take(self, link: _Link, following: _Link | None) -> None:
        """One more line, and the one after it, which tells a wrong number from a line that is not there."""
        if link.record is not None:
            chained = link.seq is not None
            if self.found.chained not in (None, chained):
                other = "those before it are not" if chained else "those before it are chained"
                self.found.say(link.line, Fault.UNCHAINED, f"it is {'' if chained else 'not '}chained, and {other}")
                return
            self.found.chained = chained
            if link.seq is not None and not self._in_order(link, link.seq, following):
                return
        else:
            self.blamed = link.line  # it keeps its place, so that those after it are not missing one
        self.seq, self.digest, self.line = self.seq + 1, link.digest, link.line

    def finish(self) -> None:
        """What was left out and did not turn up."""
        for first, last, line in self.gaps:
            lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
            self.found.say(line, Fault.MISSING, f"{lines} missing before it")

    def _in_order(self, link: _Link, seq: int, following: _Link | None) -> bool:
        """Whether the chain goes on from this line; what is wrong with its place or with the line before is told."""
        due = self.seq + 1
        if seq == due:
            if link.prev != self.digest:
                what = f"what line {link.line} was chained to" if self.line else "the line after the head before it"
                self._blame(self.line or link.line, f"it is not {what}")
        elif following is not None and following.seq == due + 1:
            self._blame(link.line, f"it is numbered {seq} where {due} is due")
        elif seq > due:
            self.gaps.append((due, seq - 1, link.line))
            self.seq = seq - 1
        else:
            self._turned_up(link, seq)
            return False
        return True

    def _turned_up(self, link: _Link, seq: int) -> None:
        """A line with a number that was already passed."""
        for place, (first, last, line) in enumerate(self.gaps):
            if first <= seq <= last:
                self.found.say(link.line, Fault.REORDERED, f"number {seq} stands after number {self.seq}")
                self.gaps[place : place + 1] = [
                    (start, end, line) for start, end in ((first, seq - 1), (seq + 1, last)) if start <= end
                ]
                return
        self.found.say(link.line, Fault.REPEATED, f"number {seq} stands there again")

    def _blame(self, line: int, why: str) -> None:
        if self.blamed < line:
            self.found.say(line, Fault.CHANGED, why)
            self.blamed = line


def _unanchored(head: Head, last: int) -> tuple[Fault, str]:
    """What it means that no line has the head that was kept elsewhere."""
    if head.seq is not None and last < head.seq:
        return Fault.CUT, f"the log ends with number {last}, and number {head.seq} was written"
    return Fault.REWRITTEN, "no line up to here has the head that was kept: the log was cut, or written anew"


# --- deciding again -------------------------------------------------------------------------------

_ANSWER = (
    "action",
    "amount",
    "remaining",
    "reason",
    "rejection",
    "needs",
    "good_until",
    "rule",
    "claims",
    "standing",
)
"""What has to come out again; sentences and requests may be worded otherwise by another version of the library."""


def _replay(record: dict[str, Any], line: int, found: Verified) -> None:
    try:
        payment, undo = Payment.from_record(record["payment"]), Undo.from_record(record["undo"])
        decision = payrules.decide(payment, undo, edition=records.text(record["edition"], "edition"))
        logged = record["decision"]
        if not isinstance(logged, dict):
            raise CallerError("decision", f"{records.shown(logged)} is not an object")
    except CallerError as error:
        found.say(line, Fault.UNVERIFIABLE, f"it cannot be decided again: {error}")
        return
    found.replayed += 1
    again = {name: records.plain(getattr(decision, name)) for name in _ANSWER}
    told = [f"{name} was {logged.get(name)} and is {now}" for name, now in again.items() if logged.get(name) != now]
    if told:
        found.say(line, Fault.DECIDED_OTHERWISE, "; ".join(told))
    elif record["digest"] != digest(decision.provider, decision.table):
        found.say(
            line, Fault.UNVERIFIABLE, f"the same answer, but from another table than edition {decision.edition}"
        )
