"""Square, read a second time: its pages on cancelling, lowering and refunding as nested questions.

Nothing here comes from the library. Sources: the specification of its API, the pages on refunds, on updates
and on delayed capture; where they are silent, the numbered decisions on Square count (D1 to D13).

Each way of giving money back collects what stands in its way and what is not known; afterwards the
noes are weighed by the order of the vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EDITIONS = ("2026-11",)
STATUSES = ("APPROVED", "PENDING", "COMPLETED", "CANCELED", "FAILED", "unknown")
OVER = {"CANCELED": "already_canceled", "FAILED": "never_paid"}

MOST_REFUNDS = 20

# Noes that waiting can lift, and noes that it cannot, each in the order of the vocabulary.
WAITS = ("refund_pending", "too_early", "capture_pending")
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "too_late",
    "too_many_refunds",
    "refund_failed_before",
    "not_listed",
    "disputed",
    "wrong_status",
    "already_captured",
    "nothing_captured",
    "not_offered",
)


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> dict[str, Any]:
    """Say which call undoes this payment now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there are {', '.join(EDITIONS)}")
    said = _decide(_case(payment, undo, _read(undo["at"])))
    until = _good_until(payment, undo, said)
    return {
        "action": said.action,
        "amount": said.amount,
        "remaining": said.remaining,
        "reason": said.reason,
        "rejection": said.rejection,
        "needs": sorted(said.needs),
        "good_until": None if until is None else until.isoformat().replace("+00:00", "Z"),
    }


# --- what is known --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """An answer without its best-before."""

    action: str
    reason: str
    amount: int | None = None
    remaining: int | None = None
    rejection: str | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One payment and one wish at one moment, with everything filled in that the status proves."""

    status: str
    payment_id: str | None
    key: str | None
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    available: int | None
    undo_pending: bool
    disputed: bool
    failed_before: bool
    refunds: int | None
    capabilities: list[str] | None
    created_at: datetime | None
    deadline: datetime | None
    asked: int | None
    at: datetime
    only: str | None

    @property
    def hold_gone(self) -> bool:
        """Tell whether what was captured is all that there is, though nobody knows how much was held."""
        return (
            self.status == "COMPLETED"
            and self.captured is not None
            and self.authorized is None
            and self.released is None
        )

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
        """COMPLETED proves what was released, once it is known what was held and what was captured."""
        if self.status != "COMPLETED":
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


def _case(payment: dict[str, Any], undo: dict[str, Any], at: datetime) -> Case:
    status = payment["status"]
    authorized = payment.get("amount_authorized")
    deadline = _instant(payment.get("hold_expires_at"))
    captured = _captured(payment, at, deadline)
    released = payment.get("amount_released")
    refunded = payment.get("amount_refunded")
    if status in ("APPROVED", "PENDING", "unknown"):
        released, refunded = released or 0, refunded or 0
    if status == "COMPLETED" and released is None and authorized is not None and captured is not None:
        released = max(authorized - captured, 0)
    return Case(
        status=status,
        payment_id=payment.get("payment_id"),
        key=payment.get("merchant_reference"),
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        available=payment.get("available_to_refund"),
        undo_pending=payment.get("undo_pending") is not None,
        disputed=payment.get("disputed") is True,
        failed_before=payment.get("refund_failed_before") is True,
        refunds=payment.get("refunds"),
        capabilities=_capabilities(payment, at),
        created_at=_instant(payment.get("created_at")),
        deadline=deadline,
        asked=undo.get("amount"),
        at=at,
        only=undo.get("only"),
    )


def _captured(payment: dict[str, Any], at: datetime, deadline: datetime | None) -> int | None:
    given: int | None = payment.get("amount_captured")
    authorized: int | None = payment.get("amount_authorized")
    status = payment["status"]
    if given is not None:
        return given
    if status == "PENDING":
        return 0
    if status == "COMPLETED" and authorized is not None:
        return max(authorized - (payment.get("amount_released") or 0), 0)
    if status == "APPROVED":
        # D1: from the deadline on Square may have completed it, unless that is done by hand or was due at once.
        late = deadline is not None and at >= deadline
        return None if late and payment.get("capture_mode") not in ("manual", "auto") else 0
    return None


def _capabilities(payment: dict[str, Any], at: datetime) -> list[str] | None:
    """Give the list of capabilities, which a snapshot from an open batch outlives no longer than that batch."""
    closes = _instant(payment.get("batch_closes_at"))
    listed: list[str] | None = payment.get("provider_allows")
    return None if closes is not None and at >= closes else listed


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _read(text)


def _read(text: str) -> datetime:
    # RFC 3339 lets "t" and "z" be written small; the standard library reads only the capital Z.
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- what is asked before any page is opened ------------------------------------------------------


def _decide(case: Case) -> Say:
    return _already_done(case) or _impossible(case) or _under_way(case) or _pages(case)


def _already_done(case: Case) -> Say | None:
    if case.status in OVER:
        return Say("reject", OVER[case.status], rejection="already_done")
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
    if case.status == "PENDING":  # D2
        return Say("reject", "payment_pending", rejection="wait")
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
    """D11: cancel, then refund."""
    ways = []
    if case.only in (None, "cancel"):
        ways += [_cancel(case), _lower(case), _cancel_by_key(case)]
    if case.only in (None, "refund"):
        ways.append(_refund(case))
    for way in ways:
        if way.fits:
            return Say(way.action, way.reason, way.amount, way.remaining)
    if case.status not in STATUSES:
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


def _cancel(case: Case) -> Way:
    """May the whole of an approved payment be cancelled? Until its deadline, and the call has no amount."""
    way = Way("cancel", "not_captured")
    _of_a_hold(way, case)
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
    return way


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


def _lower(case: Case) -> Way:
    """May a part of an approved payment be released? Where it is among the capabilities, until the deadline."""
    way = Way("cancel", "not_captured")
    _of_a_hold(way, case)
    if case.capabilities is None:
        way.unknown.add("provider_allows")
    elif "EDIT_AMOUNT_DOWN" not in case.capabilities:
        way.obstacles.add("not_listed")
    held = _held(case)
    if case.everything:
        way.obstacles.add("not_offered")
    elif held is None:
        way.unknown |= _unknown_of_held(case)
    else:
        _part_of(way, case, held)
    return way


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


def _of_a_hold(way: Way, case: Case) -> None:
    if case.payment_id is None:  # the call is below the payment
        way.unknown.add("payment_id")
    if case.status != "APPROVED":
        way.obstacles.add("wrong_status")
    if case.deadline is not None and case.at >= case.deadline:
        way.obstacles.add("too_late")
    if case.disputed:  # D10
        way.obstacles.add("disputed")


def _cancel_by_key(case: Case) -> Way:
    """May a payment of which nobody knows the outcome be cancelled by the key of the call that created it?"""
    way = Way("cancel", "capture_unknown")
    if case.status != "unknown" or case.payment_id is not None:  # D4
        way.obstacles.add("wrong_status")
    if case.key is None:
        way.unknown.add("merchant_reference")
    if case.captured:  # D5
        way.obstacles.add("already_captured")
    if case.disputed:  # D10
        way.obstacles.add("disputed")
    if case.everything is False:
        way.obstacles.add("only_whole_amount")
    elif case.everything is None or case.outstanding is None:
        way.unknown |= case.unknown_of_left
    way.amount = case.outstanding or 0
    return way


def _refund(case: Case) -> Way:
    """May a completed payment be refunded? For a year, 20 times, if none has failed and none is pending."""
    way = Way("refund", "captured")
    if case.payment_id is None:  # the request names the payment
        way.unknown.add("payment_id")
    if case.status == "APPROVED":
        way.obstacles.add("capture_pending")  # D1; it weighs only where something may have been captured
    elif case.status != "COMPLETED":
        way.obstacles.add("wrong_status")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured < 1:
        way.obstacles.add("nothing_captured")
    _refund_limits(way, case)
    if case.pending:  # D8
        way.obstacles.add("refund_pending")
    if case.disputed:
        way.obstacles.add("disputed")
    _refund_amount(way, case)
    return way


def _refund_limits(way: Way, case: Case) -> None:
    """A year, a number, and no refund that failed."""
    if case.created_at is None:
        way.unknown.add("created_at")
    elif case.at < case.created_at:
        way.obstacles.add("too_early")
    elif case.at >= _year_after(case.created_at):
        way.obstacles.add("too_late")
    if case.refunds is not None and case.refunds >= MOST_REFUNDS:
        way.obstacles.add("too_many_refunds")
    if case.failed_before:
        way.obstacles.add("refund_failed_before")


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


# --- the calendar ---------------------------------------------------------------------------------


def _year_after(moment: datetime) -> datetime:
    """D7: 12 calendar months later in UTC; 29 February has no year of its own."""
    if (moment.month, moment.day) == (2, 29):
        moment = moment.replace(day=28)
    return moment.replace(year=moment.year + 1)


def _good_until(payment: dict[str, Any], undo: dict[str, Any], said: Say) -> datetime | None:
    """Ask again at each moment at which something may turn; tell the first other answer."""
    now = _read(undo["at"])
    created = _instant(payment.get("created_at"))
    moments = {
        created,
        None if created is None else _year_after(created),
        _instant(payment.get("hold_expires_at")),
        _instant(payment.get("batch_closes_at")),
    }
    for moment in sorted(item for item in moments if item is not None and item > now):
        if _seen(_decide(_case(payment, undo, moment))) != _seen(said):
            return moment
    return None


def _seen(said: Say) -> tuple[str, int | None, str | None, str]:
    return said.action, said.amount, said.rejection, said.reason
