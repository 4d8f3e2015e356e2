"""Who is at fault: the caller, the table's author, or the provider.

A *no* is never an error: it is a `Decision`.
"""

from __future__ import annotations

from collections.abc import Iterable


class PayrulesError(Exception):
    """The base of every error that payrules raises on purpose."""


class CallerError(PayrulesError, ValueError):
    """A question is malformed: `field` names what is wrong with it.

    >>> raise CallerError("amount", "100 is text, not an integer")
    Traceback (most recent call last):
    payrules.errors.CallerError: amount: 100 is text, not an integer
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class TableError(PayrulesError, ValueError):
    """A provider's table contradicts itself; `problems` lists every place at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ProviderError(PayrulesError, ValueError):
    """An event that the provider cannot send in this state; the payment is unchanged."""

    def __init__(self, status: str, event: str, expected: Iterable[str]) -> None:
        self.status = status
        self.event = event
        self.expected = tuple(expected)
        wanted = ", ".join(self.expected) or "nothing: no event leads on from there"
        super().__init__(f"{event} cannot happen in status {status!r}; expected {wanted}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or nothing.

    >>> did_you_mean("Captrued", ["Captured", "Created"])
    "; did you mean 'Captured'?"
    >>> did_you_mean("xyz", ["Captured"])
    ''
    """
    from difflib import get_close_matches  # slow to load, and needed by a mistake alone

    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
