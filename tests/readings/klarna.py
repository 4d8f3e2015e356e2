"""Klarna, read a second time: the pages on cancelling, releasing and refunding as nested questions.

Nothing here comes from the library. Order Management asks how many captures there are, and offers one call
for none and another for some; Klarna Network has one void. Where the pages are silent, the numbered
decisions on Klarna count (D1 to D10). No answer depends on the clock (D4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EDITIONS = ("order-management", "network")
STATUSES = {
    "order-management": ("AUTHORIZED", "PART_CAPTURED", "CAPTURED", "CANCELLED", "EXPIRED", "CLOSED"),
    "network": ("AUTHORIZED", "COMPLETED", "CLOSED", "EXPIRED"),
}
OVER = {"order-management": "CANCELLED", "network": "CLOSED"}

# Where nothing is held any more, so that what was captured proves what was released (D5).
HOLD_GONE = {"order-management": ("CAPTURED", "EXPIRED"), "network": ("COMPLETED", "EXPIRED")}

# Noes that waiting can lift, and noes that it cannot, each in the order of the vocabulary.
WAITS = ("refund_pending",)
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "disputed",
    "wrong_status",
    "already_captured",
    "nothing_captured",
    "not_offered",
)


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "order-management") -> dict[str, Any]:
    """Say which call undoes this order now, and why."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there are {', '.join(EDITIONS)}")
    said = _decide(_case(payment, undo, edition))
    return {
        "action": said.action,
        "amount": said.amount,
        "remaining": said.remaining,
        "reason": said.reason,
        "rejection": said.rejection,
        "needs": sorted(said.needs),
        "good_until": None,
    }


# --- what is known --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """An answer."""

    action: str
    reason: str
    amount: int | None = None
    remaining: int | None = None
    rejection: str | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One order and one wish, with everything filled in that the status proves."""

    edition: str
    status: str
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    available: int | None
    captures: int | None
    undo_pending: bool
    disputed: bool
    asked: int | None
    only: str | None

    @property
    def proves_rest(self) -> bool:
        """Tell whether the status says that nothing is held any more."""
        return self.status in HOLD_GONE[self.edition]

    @property
    def hold_gone(self) -> bool:
        """Tell whether what was captured is all that there is, though nobody knows how much was held."""
        return self.proves_rest and self.captured is not None and self.authorized is None and self.released is None

    @property
    def most(self) -> int | None:
        """Give a bound that no amount may exceed, whatever else is unknown."""
        if self.hold_gone:
            return max((self.captured or 0) - (self.refunded or 0), 0)
        if self.authorized is None:
            return None
        gross = max(self.authorized, self.captured or 0)
        return max(gross - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def unknown_of_left(self) -> frozenset[str]:
        """Name the facts for want of which nobody knows what is left."""
        if self.hold_gone:
            return frozenset({"amount_refunded"} if self.refunded is None else ())
        needs = set()
        if self.authorized is None:
            needs.add("amount_authorized")
        if self.released is None:
            needs |= self.unknown_of_released
        if self.refunded is None:
            needs.add("amount_refunded")
        return frozenset(needs)

    @property
    def unknown_of_released(self) -> set[str]:
        """Such a status proves what was released, once it is known what was held and what was captured."""
        if not self.proves_rest:
            return {"amount_released"}
        told = {"amount_authorized": self.authorized, "amount_captured": self.captured}
        return {name for name, value in told.items() if value is None}

    @property
    def outstanding(self) -> int | None:
        """Give what *everything* means; None while a fact about it is unknown."""
        if self.unknown_of_left or self.most is None:
            return None
        return max(self.most - self.pending, 0)

    @property
    def everything(self) -> bool | None:
        """Tell whether everything is asked for; None where nobody can tell."""
        if self.asked is None:
            return True
        return None if self.outstanding is None else self.asked == self.outstanding


def _case(payment: dict[str, Any], undo: dict[str, Any], edition: str) -> Case:
    status = payment["status"]
    authorized = payment.get("amount_authorized")
    captured = payment.get("amount_captured")
    released = payment.get("amount_released")
    refunded = payment.get("amount_refunded")
    captures = payment.get("captures")
    if status == "AUTHORIZED":
        released = released or 0
        if edition == "order-management":
            captured = 0 if captured is None and not captures else captured
            refunded = refunded or 0
        elif captures == 0:
            captured, refunded = captured or 0, refunded or 0
    gone = status in HOLD_GONE[edition]
    if gone and released is None and authorized is not None and captured is not None:
        released = max(authorized - captured, 0)
    return Case(
        edition=edition,
        status=status,
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        available=payment.get("available_to_refund"),
        captures=captures,
        undo_pending=payment.get("undo_pending") is not None,
        disputed=payment.get("disputed") is True,
        asked=undo.get("amount"),
        only=undo.get("only"),
    )


# --- what is asked before any page is opened ------------------------------------------------------


def _decide(case: Case) -> Say:
    return _already_done(case) or _impossible(case) or _under_way(case) or _pages(case)


def _already_done(case: Case) -> Say | None:
    if case.status == OVER[case.edition]:
        return Say("reject", "already_canceled", rejection="already_done")
    if case.most != 0:
        return None
    if case.captured and case.refunded is not None and case.refunded >= case.captured:
        return Say("reject", "already_refunded", rejection="already_done")
    return Say("reject", "nothing_left", rejection="already_done")


def _impossible(case: Case) -> Say | None:
    if case.asked is None:
        return None
    if case.asked <= 0:
        return Say("reject", "amount_not_positive", rejection="not_allowed")
    if case.most is not None and case.asked > case.most:
        return Say("reject", "more_than_is_left", rejection="not_allowed")
    return None


def _under_way(case: Case) -> Say | None:
    if case.undo_pending:
        return Say("reject", "undo_pending", rejection="wait")
    wanted = 1 if case.asked is None else case.asked
    if case.most is not None and wanted > case.most - case.pending:
        return Say("reject", "refund_pending", rejection="wait")
    return None


# --- the pages ------------------------------------------------------------------------------------


@dataclass
class Way:
    """A call that Square offers, with all that stands in its way and all that is not known."""

    action: str
    reason: str
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    amount: int = 0
    remaining: int = 0

    @property
    def fits(self) -> bool:
        """Tell whether nothing stands in the way and nothing is unknown."""
        return not self.obstacles and not self.unknown

    @property
    def rejection(self) -> str:
        """Say what kind of no: what nothing lifts, else what time lifts, else what a fact lifts."""
        if self.obstacles & set(NEVERS):
            return "not_allowed"
        return "wait" if self.obstacles else "missing_fact"

    @property
    def own(self) -> str:
        """Of its obstacles the one that the caller can least change."""
        return max(self.obstacles, key=(*WAITS, *NEVERS).index)


def _pages(case: Case) -> Say:
    """D7: cancel, then refund."""
    ways = []
    if case.only in (None, "cancel"):
        ways += _cancels(case) if case.edition == "order-management" else _voids(case)
    if case.only in (None, "refund"):
        ways.append(_refund(case))
    for way in ways:
        if way.fits:
            return Say(way.action, way.reason, way.amount, way.remaining)
    if case.status not in STATUSES[case.edition]:
        return Say("reject", "unknown_status", rejection="missing_fact", needs=frozenset({"status"}))
    return _refused(ways)


def _refused(ways: list[Way]) -> Say:
    if not ways:
        return Say("reject", "not_offered", rejection="not_allowed")
    for kind, order in (("wait", WAITS), ("missing_fact", ()), ("not_allowed", NEVERS)):
        near = [way for way in ways if way.rejection == kind]
        if near and kind == "missing_fact":
            needs = frozenset().union(*(way.unknown for way in near))
            return Say("reject", "unknown_fact", rejection=kind, needs=needs)
        if near:
            return Say("reject", min((way.own for way in near), key=order.index), rejection=kind)
    raise AssertionError("a way that does not fit is one of three kinds")


def _cancels(case: Case) -> list[Way]:
    """With no capture: cancel the order, or lower it. With one or more: release the rest."""
    order, lower, rest = (Way("cancel", reason) for reason in ("not_captured", "not_captured", "rest_held"))
    for way in (order, lower):
        if case.status != "AUTHORIZED":
            way.obstacles.add("wrong_status")
        if case.captures or case.captured:  # D17: either shows that there was one
            way.obstacles.add("already_captured")
        elif case.captured is None:
            way.unknown.add("amount_captured")
    if case.status not in ("AUTHORIZED", "PART_CAPTURED"):
        rest.obstacles.add("wrong_status")
    if case.captured is None:
        rest.unknown.add("amount_captured")
    elif case.captured == 0:
        rest.obstacles.add("nothing_captured")
    _all_that_is_held(order, case)
    _a_part(lower, case)
    _all_that_is_held(rest, case)  # D2
    return _unless_disputed([order, lower, rest], case)


def _voids(case: Case) -> list[Way]:
    """One void, before and after captures; it takes all that is held (D8), and nothing that is expired (D9)."""
    hold, rest = Way("cancel", "not_captured"), Way("cancel", "rest_held")
    for way in (hold, rest):
        if case.status != "AUTHORIZED":
            way.obstacles.add("wrong_status")
        if case.captured is None:
            way.unknown.add("amount_captured")
        _all_that_is_held(way, case)
    if case.captured is not None:
        (hold if case.captured else rest).obstacles.add("already_captured" if case.captured else "nothing_captured")
    return _unless_disputed([hold, rest], case)


def _unless_disputed(ways: list[Way], case: Case) -> list[Way]:
    """D6: giving back while a dispute runs pays twice. Nothing heard means none."""
    for way in ways:
        if case.disputed:
            way.obstacles.add("disputed")
    return ways


def _all_that_is_held(way: Way, case: Case) -> None:
    """Is everything asked for, or exactly what is held? The call has no amount."""
    held, outstanding = _held(case), case.outstanding
    own = None if held is None or outstanding is None else min(held, outstanding)
    if case.asked is None:
        if own is None:
            way.unknown |= _unknown_of_held(case) | case.unknown_of_left
        elif own == 0:
            way.obstacles.add(_too_much(case, 1, held))
        else:
            way.amount, way.remaining = own, (outstanding or 0) - own
    elif held is None:
        way.unknown |= _unknown_of_held(case)
    elif case.asked == (held if own is None else own):
        way.amount = case.asked
    else:
        _everything_or_nothing(way, case, held)


def _everything_or_nothing(way: Way, case: Case, held: int) -> None:
    """An amount that is not exactly the hold will do only where it is everything."""
    if case.everything is None:
        way.unknown |= case.unknown_of_left
    elif not case.everything:
        way.obstacles.add("only_whole_amount")
    else:
        own = min(held, case.outstanding or 0)
        if own == 0:
            way.obstacles.add(_too_much(case, 1, held))
        way.amount, way.remaining = own, (case.outstanding or 0) - own


def _a_part(way: Way, case: Case) -> None:
    """Is less than everything asked for, and does the hold suffice?"""
    held = _held(case)
    if case.everything:
        way.obstacles.add("not_offered")
    elif held is None:
        way.unknown |= _unknown_of_held(case)
    else:
        _part_of(way, case, held)


def _part_of(way: Way, case: Case, own: int) -> None:
    """Is this much there to be given, now or once pending refunds have failed?"""
    asked = case.asked or 0
    now = own if case.outstanding is None else min(own, case.outstanding)
    if asked <= now:
        way.amount = asked
    elif case.everything is None:
        way.unknown |= case.unknown_of_left
    else:
        way.obstacles.add(_too_much(case, asked, own))


def _refund(case: Case) -> Way:
    """May what was captured be refunded? At any time (D5), but not once the order is closed (D1)."""
    way = Way("refund", "captured")
    may = ("PART_CAPTURED", "CAPTURED", "EXPIRED")
    if case.status not in (may if case.edition == "order-management" else ("AUTHORIZED", "COMPLETED", "EXPIRED")):
        way.obstacles.add("wrong_status")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured < 1:
        way.obstacles.add("nothing_captured")
    if case.disputed:
        way.obstacles.add("disputed")
    _refund_amount(way, case)
    return way


def _refund_amount(way: Way, case: Case) -> None:
    """The whole or a part, together no more than was collected."""
    needs = {
        name
        for name, value in (("amount_captured", case.captured), ("amount_refunded", case.refunded))
        if value is None
    }
    if needs:
        way.unknown |= needs | (case.unknown_of_left if case.asked is None else set())
        return
    unreserved = max((case.captured or 0) - (case.refunded or 0), 0)
    free = max(unreserved - case.pending, 0)
    if case.available is not None:
        unreserved, free = min(unreserved, case.available), min(free, case.available)
    outstanding = case.outstanding
    if case.asked is None and outstanding is None:
        way.unknown |= case.unknown_of_left
        return
    if case.everything and outstanding is not None:
        own = min(free, outstanding)
        if own < 1 and not (case.asked is not None and case.asked <= own):
            way.obstacles.add(_too_much(case, 1, unreserved))
        way.amount, way.remaining = own, outstanding - own
        return
    asked = case.asked or 0
    if asked <= (free if outstanding is None else min(free, outstanding)):
        way.amount = asked
    elif case.everything is None:
        way.unknown |= case.unknown_of_left
    else:
        way.obstacles.add(_too_much(case, asked, unreserved))


def _too_much(case: Case, asked: int, unreserved: int | None) -> str:
    """More than an operation can give: because of a pending refund, or for good."""
    most = unreserved
    if most is not None and case.most is not None and not case.unknown_of_left:
        most = min(most, case.most)
    return "refund_pending" if most is not None and asked <= most else "more_than_is_left"


def _held(case: Case) -> int | None:
    if case.hold_gone:
        return 0
    if case.authorized is None or case.captured is None or case.released is None:
        return None
    return max(case.authorized - case.captured - case.released, 0)


def _unknown_of_held(case: Case) -> set[str]:
    needs = set()
    if case.authorized is None:
        needs.add("amount_authorized")
    if case.captured is None:
        needs.add("amount_captured")
    if case.released is None:
        needs |= case.unknown_of_released
    return needs
