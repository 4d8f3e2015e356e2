"""What is known when a question is asked, and the four amounts that follow from it.

With A authorized, C captured, X released, R refunded, P refund pending:

1. *left* = max(A, C) - X - R, the most that can still be given back; an unknown C counts as no more than A.
2. *outstanding* = left - P: what "everything" means.
3. *held* = A - C - X: what a cancel gives back.
4. *refundable* = C - R - P: what refunds take from; no more than one refund can give back, where that is known.

None is ever below 0. Where a fact is missing that they need, they are `Missing` and name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from payrules.payment import Payment, Undo
from payrules.words import Action, Source


@frozen
class Missing:
    """Something cannot be told before these fields are known."""

    needs: tuple[str, ...]


@frozen
class Facts:
    """A payment's facts, given or filled in, beside the wish that is asked about it.

    `filled` holds what was not given: a value, where it came from, and the claim it rests on; `hinges` the fields
    that would prove one that is missing. `status_known` is whether the table lists the status word; `awaits` is
    what a status that is not settled yet waits for.
    """

    payment: Payment
    undo: Undo
    filled: Mapping[str, Filled]
    hinges: Mapping[str, tuple[str, ...]]
    status_known: bool = True

    def get(self, name: str) -> object:
        """The value of a field; None if nobody knows it."""
        filled = self.filled.get(name)
        return filled.value if filled else getattr(self.payment, name)

    def source(self, name: str) -> Source | None:
        """Where a field's value came from; None if nobody knows it."""
        if name in self.filled:
            return self.filled[name].source
        return None if getattr(self.payment, name) is None else Source.GIVEN

    def amount(self, name: str) -> int | None:
        """The value of an amount."""
        return cast("int | None", self.get(name))

    def instant(self, *names: str) -> datetime | None:
        """The first of these instants that is known."""
        known = (self.get(name) for name in names)
        return cast("datetime | None", next((moment for moment in known if moment is not None), None))

    @property
    def left(self) -> int | Missing:
        """The most that can still be given back."""
        if self.hold_is_gone:
            return self._captured_and_kept()
        known = self._unless_missing("amount_authorized", "amount_released", "amount_refunded")
        if isinstance(known, Missing):
            return known
        most = max(known["amount_authorized"], self.amount("amount_captured") or 0)
        return max(0, most - known["amount_released"] - known["amount_refunded"])

    @property
    def left_at_most(self) -> int | None:
        """An upper bound of `left`, whatever else is unknown; None if nobody knows how much was authorized."""
        if self.hold_is_gone:
            return max(0, (self.amount("amount_captured") or 0) - (self.amount("amount_refunded") or 0))
        authorized = self.amount("amount_authorized")
        if authorized is None:
            return None
        gone = (self.amount("amount_released") or 0) + (self.amount("amount_refunded") or 0)
        return max(0, max(authorized, self.amount("amount_captured") or 0) - gone)

    @property
    def pending(self) -> int:
        """What refunds under way have reserved."""
        return self.payment.amount_refund_pending

    @property
    def outstanding(self) -> int | Missing:
        """What "everything" means."""
        return self._outstanding(self.pending)

    @property
    def held(self) -> int | Missing:
        """What a cancel gives back."""
        if self.hold_is_gone:
            return 0
        known = self._unless_missing("amount_authorized", "amount_captured", "amount_released")
        if isinstance(known, Missing):
            return known
        return max(0, known["amount_authorized"] - known["amount_captured"] - known["amount_released"])

    @property
    def refundable(self) -> int | Missing:
        """What a refund takes from."""
        return self._refundable(self.pending)

    @property
    def hold_is_gone(self) -> bool:
        """The status proves that no hold is left beside what was captured, though nobody knows how large it was."""
        return self.hinges.get("amount_released") == ("amount_authorized",)

    def _outstanding(self, pending: int) -> int | Missing:
        left = self.left
        return left if isinstance(left, Missing) else max(0, left - pending)

    def _refundable(self, pending: int) -> int | Missing:
        kept, most = self._captured_and_kept(), self.payment.available_to_refund
        if isinstance(kept, Missing):
            return kept
        free = max(0, kept - pending)
        return free if most is None else min(free, most)

    def _balance(self, action: Action, pending: int) -> int | Missing:
        outstanding = self._outstanding(pending)
        if action is Action.REVERSE or action is Action.REJECT:
            return outstanding
        own = self.held if action is Action.CANCEL else self._refundable(pending)
        if isinstance(own, Missing) or isinstance(outstanding, Missing):
            return own
        return min(own, outstanding)

    def _captured_and_kept(self) -> int | Missing:
        known = self._unless_missing("amount_captured", "amount_refunded")
        return known if isinstance(known, Missing) else max(0, known["amount_captured"] - known["amount_refunded"])

    def balance(self, action: Action) -> int | Missing:
        """What an operation can give back: its own part of what is outstanding."""
        return self._balance(action, self.pending)

    def balance_if_refunds_fail(self, action: Action) -> int | Missing:
        """The same if every refund under way had failed."""
        return self._balance(action, 0)

    @property
    def asks_everything(self) -> bool | Missing:
        """Whether all that is outstanding is asked for."""
        if self.undo.amount is None:
            return True
        outstanding = self.outstanding
        return outstanding if isinstance(outstanding, Missing) else self.undo.amount == outstanding

    def missing(self, *names: str) -> Missing | None:
        """Those of these fields that nobody knows, each as the fields that would tell; None if all are known."""
        unknown = [name for name in names if self.get(name) is None]
        needs = (need for name in unknown for need in self.hinges.get(name, (name,)))
        return Missing(tuple(dict.fromkeys(needs))) if unknown else None

    def _unless_missing(self, *names: str) -> dict[str, int] | Missing:
        known = {name: self.get(name) for name in names}
        missing = self.missing(*names) if None in known.values() else None
        return missing or cast("dict[str, int]", known)


@frozen
class Filled:
    """A fact that the record does not carry: what it must be, and on what ground."""

    value: object
    source: Source
    claim: str | None
