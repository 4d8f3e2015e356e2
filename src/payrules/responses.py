"""What a provider's answer to a call means: the shapes of a table of answers.

1. A row says what is heard in an answer: to which operations, under which codes, and what the body has to say.
2. Of the rows that match, one that looks into the body wins over one that does not; of several the least sure (the
last in the order of `Heard`) counts. So row order means nothing.
3. What no row lists is an unknown answer: nobody knows whether the call was carried out, so no new one is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any

from attrs import field, frozen

from payrules import records
from payrules.errors import CallerError
from payrules.records import optional, reads, word
from payrules.words import OPERATIONS, Action, Event, Heard, Loss

LOST = tuple(Loss)
SERVER_ERRORS = tuple(range(500, 600))


def _code(value: object, name: str) -> int:
    if type(value) is not int:
        raise CallerError(name, f"{records.shown(value)} is not an HTTP status code")
    return value


@frozen(kw_only=True, field_transformer=records.converted)
class Response:
    """What came back from a call: an HTTP status code with the parsed JSON body, or how the answer was lost.

    Raises `CallerError` unless it is one of the two.
    """

    status: int | None = field(default=None, metadata=reads(optional(_code)))
    body: Any = None
    lost: Loss | None = field(default=None, metadata=reads(optional(word(Loss))))

    def __attrs_post_init__(self) -> None:
        if (self.status is None) is (self.lost is None):
            raise CallerError("status", "a response has a status code, or was lost")

    @classmethod
    def from_record(cls, record: object) -> Response:
        """The response that a plain dict describes; an unknown key is an error."""
        return records.from_record(cls, record, "response")

    def to_record(self) -> dict[str, Any]:
        """The response as a plain dict, every field present."""
        return dict(records.plain(self))


# --- what a body says -----------------------------------------------------------------------------


class How(Enum):
    """How a text is compared."""

    IS = "is"
    ENDS = "ends with"
    HOLDS = "holds"


@frozen
class Says:
    """A field of the body, named by its path, is one of some texts, ends with one, or holds one."""

    path: str
    texts: tuple[str, ...]
    how: How = How.IS

    def test(self, body: object) -> bool:
        """Whether the body says so; a field that is absent, or no text or number, says nothing."""
        found = at_path(body, self.path)
        if type(found) is int and abs(found) <= records.AMOUNT_MAX:
            found = str(found)
        if not isinstance(found, str):
            return False
        if self.how is How.IS:
            return found in self.texts
        if self.how is How.ENDS:
            return found.endswith(self.texts)
        return any(text in found for text in self.texts)

    def __str__(self) -> str:
        return f"{self.path} {self.how.value} {' or '.join(self.texts)}"


@frozen
class Has:
    """The body has a field, named by its path."""

    path: str

    def test(self, body: object) -> bool:
        """Whether it is there with a value."""
        return at_path(body, self.path) is not None

    def __str__(self) -> str:
        return f"{self.path} is there"


def says(path: str, *texts: str) -> Says:
    """A field is one of these texts; a number is compared as it is written."""
    return Says(path, texts)


def ends(path: str, *texts: str) -> Says:
    """A field ends with one of these texts."""
    return Says(path, texts, How.ENDS)


def holds(path: str, *texts: str) -> Says:
    """A field holds one of these texts."""
    return Says(path, texts, How.HOLDS)


def has(path: str) -> Has:
    """A field is there."""
    return Has(path)


def at_path(body: object, path: str) -> object:
    """The value under a path of names, or of places in a list, with points between them; None if there is none."""
    found = body
    for name in path.split("."):
        if isinstance(found, list | tuple):
            found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    return found


# --- rows -----------------------------------------------------------------------------------------


@frozen
class Reply:
    """A row: under these codes, with a body that says all of this, this is heard.

    `of` names the operations that it answers, `brings` the event of a success that is not the permit's.
    """

    name: str
    codes: tuple[int | Loss, ...]
    heard: Heard
    claim: str
    of: tuple[Action, ...] = OPERATIONS
    body: tuple[Says | Has, ...] = ()
    brings: Event | None = None

    def matches(self, action: Action, response: Response) -> bool:
        """Whether this row is about such an answer to such a call."""
        code = response.lost if response.status is None else response.status
        return action in self.of and code in self.codes and all(item.test(response.body) for item in self.body)


@frozen
class Keys:
    """The operations whose idempotency key the provider honours, and how many hours it does so at least."""

    of: tuple[Action, ...]
    hours: int
    claim: str


@frozen
class Once:
    """Operations without a key that nothing repeats: what they take is the whole, and a second one is refused."""

    of: tuple[Action, ...]
    claim: str


@frozen
class Replies:
    """A provider's answers; `references` are the paths of its own id of an operation, the first that is there."""

    rows: tuple[Reply, ...]
    keys: Keys | None = None
    once: Once | None = None
    references: tuple[str, ...] = ()

    def row(self, action: Action, response: Response) -> Reply | None:
        """The row that counts; None if none is about such an answer."""
        matching = (row for row in self.rows if row.matches(action, response))
        return max(matching, key=lambda row: (bool(row.body), row.heard.rank), default=None)

    def keyed(self, action: Action) -> Keys | None:
        """The key of an operation's call, if it has one."""
        return self.keys if self.keys and action in self.keys.of else None

    def happens_once(self, action: Action) -> Once | None:
        """Why an operation's call may be sent again though it has no key, if it may."""
        return self.once if self.once and action in self.once.of else None

    def reference(self, body: object) -> str | None:
        """The provider's id of the operation, if the body carries one that is text."""
        for path in self.references:
            with suppress(CallerError):
                return records.text(at_path(body, path), path)
        return None

    def cited(self) -> Iterator[tuple[str, str]]:
        """Every place that rests on a claim, with the claim's key."""
        for number, row in enumerate(self.rows):
            yield f"replies.rows[{number}]", row.claim
        if self.keys:
            yield "replies.keys", self.keys.claim
        if self.once:
            yield "replies.once", self.once.claim
