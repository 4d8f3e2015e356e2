"""PayPal, read a second time: may the hold be voided, else may a capture be refunded?

The questions stand in the order of the errors that PayPal gives to a void and to a refund. Nothing
is imported from the library, so that the two can disagree. Numbers such as D8 are those of the
decisions on PayPal.

There are two ways to void (the authorization itself, or its parent: D6) and four to refund (the
only capture or one of several: D8; the whole of it or a part). Each collects what stands in its way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

EDITIONS = ("2026-11",)

WINDOW = timedelta(days=180)  # D9: 180 times 24 hours

# What is over, or has not begun (D4), and the reason that nothing is left to do.
DONE = {
    "VOIDED": "already_canceled",
    "REFUNDED": "already_refunded",
    "DENIED": "never_paid",
    "DECLINED": "never_paid",
    "FAILED": "never_paid",
    "SAVED": "never_paid",
    "APPROVED": "never_paid",
    "PAYER_ACTION_REQUIRED": "never_paid",
}
HELD = ("CREATED", "PARTIALLY_CAPTURED")
ONE_CAPTURE = ("COMPLETED", "PARTIALLY_REFUNDED")
ALL_TAKEN = ("CAPTURED", *ONE_CAPTURE)
REFUNDABLE = ("PARTIALLY_CAPTURED", *ALL_TAKEN)
STATUSES = (*DONE, *HELD, *ALL_TAKEN, "PENDING")

# The reasons of a refusal that waiting can lift, and of one that it cannot, each in the order of
# the vocabulary.
WAITS = ("balance_insufficient", "refund_pending", "too_early")
NEVERS = (
    "more_than_is_left",
    "only_whole_amount",
    "too_late",
    "too_many_refunds",
    "disputed",
    "several_captures",
    "wrong_status",
    "wrong_kind",
    "nothing_captured",
    "not_offered",
)

Answer = dict[str, Any]


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2026-11") -> Answer:
    """Say which call undoes this payment now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there are {', '.join(EDITIONS)}")
    case = read_case(payment, undo)
    said = decide(case)
    until = good_until(case, said)
    return {**said, "good_until": None if until is None else until.isoformat().replace("+00:00", "Z")}


# --- the facts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One payment and one wish, with everything filled in that the status proves."""

    status: str
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    available: int | None
    captures: int | None
    refunds: int | None
    max_refunds: int | None
    origin: str | None
    parent: str | None
    disputed: bool
    charged_back: bool
    parts_refused: bool
    broke: bool
    undo_pending: bool
    captured_at: datetime | None
    expires_at: datetime | None
    asked: int | None
    at: datetime
    only: str | None

    @property
    def hold_gone(self) -> bool:
        """The status proves that no hold is left beside what was captured, however large it was."""
        return self.status in ALL_TAKEN and self.released is None and self.captured is not None

    @property
    def most(self) -> int | None:
        """A bound of what can be given back, whatever else is unknown."""
        if self.hold_gone:
            return max((self.captured or 0) - (self.refunded or 0), 0)
        if self.authorized is None:
            return None
        gross = max(self.authorized, self.captured or 0)
        return max(gross - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def outstanding(self) -> int | None:
        """What *everything* means: what is left once pending refunds are taken off."""
        return None if self.lacks_outstanding or self.most is None else max(self.most - self.pending, 0)

    @property
    def lacks_outstanding(self) -> set[str]:
        """The facts for want of which nobody knows what is outstanding."""
        lacks = set() if self.refunded is not None else {"amount_refunded"}
        if self.hold_gone:
            return lacks
        if self.authorized is None:
            lacks.add("amount_authorized")
        if self.released is None:
            # What was captured proves what was released, so that is what is worth asking for.
            lacks.add("amount_captured" if self.status in ALL_TAKEN else "amount_released")
        return lacks

    @property
    def everything(self) -> bool | None:
        """Is everything asked for? None where an amount is asked and the whole is unknown."""
        if self.asked is None:
            return True
        whole = self.outstanding
        return None if whole is None else self.asked == whole

    def held(self) -> int | set[str]:
        """What is authorized and neither captured nor released, or the facts that would tell."""
        if self.hold_gone:
            return 0
        if self.authorized is not None and self.captured is not None and self.released is not None:
            return max(self.authorized - self.captured - self.released, 0)
        lacks = set()
        if self.authorized is None:
            lacks.add("amount_authorized")
        if self.captured is None:
            lacks.add("amount_captured")
        if self.released is None and self.status not in ALL_TAKEN:
            lacks.add("amount_released")
        return lacks

    def refundable(self) -> int | set[str]:
        """What refunds take from, at most what is left of the capture addressed, or what would tell."""
        if self.captured is not None and self.refunded is not None:
            own = max(self.captured - self.refunded - self.pending, 0)
            return own if self.available is None else min(own, self.available)
        names = {"amount_captured": self.captured, "amount_refunded": self.refunded}
        return {name for name, value in names.items() if value is None}


def read_case(payment: dict[str, Any], undo: dict[str, Any]) -> Case:
    """Read the two records and fill in what the status proves; a given fact is never overwritten."""
    status, authorized = payment["status"], payment.get("amount_authorized")
    captured, released = payment.get("amount_captured"), payment.get("amount_released")
    refunded, captures = payment.get("amount_refunded"), payment.get("captures")
    if status == "CREATED":
        captured, refunded, captures = captured or 0, refunded or 0, captures or 0
    if status in HELD:
        released = released or 0
    if status in ALL_TAKEN:
        if captured is None and authorized is not None:
            captured = max(authorized - (released or 0), 0)
        if released is None and authorized is not None and captured is not None:
            released = max(authorized - captured, 0)
    if status == "COMPLETED":
        refunded = refunded or 0
    if status in ONE_CAPTURE and captures is None:
        captures = 1
    return Case(
        status=status,
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        available=payment.get("available_to_refund"),
        captures=captures,
        refunds=payment.get("refunds"),
        max_refunds=payment.get("max_refunds"),
        origin=payment.get("created_as"),
        parent=payment.get("parent_id"),
        disputed=payment.get("disputed") is True,
        charged_back=payment.get("chargeback") is True,
        parts_refused=payment.get("partial_refunds") is False,
        broke=payment.get("balance_ok") is False,
        undo_pending=payment.get("undo_pending") is not None,
        captured_at=instant(payment.get("captured_at")),
        expires_at=instant(payment.get("hold_expires_at")),
        asked=undo.get("amount"),
        at=read(undo["at"]),
        only=undo.get("only"),
    )


def instant(text: str | None) -> datetime | None:
    """An instant that may be unknown."""
    return None if text is None else read(text)


def read(text: str) -> datetime:
    """An RFC 3339 instant, in UTC; the letters T and Z may be small."""
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- what is asked before any page is opened ------------------------------------------------------


def decide(case: Case) -> Answer:
    """Is anything left, can the amount be, is something under way? Then the pages."""
    return already_done(case) or impossible(case) or under_way(case) or pages(case)


def already_done(case: Case) -> Answer | None:
    """Only what is confirmed counts."""
    if case.status in DONE:
        return no(DONE[case.status], "already_done")
    if case.most != 0:
        return None
    everything = case.captured and case.refunded is not None and case.refunded >= case.captured
    return no("already_refunded" if everything else "nothing_left", "already_done")


def impossible(case: Case) -> Answer | None:
    """An amount that could never be."""
    if case.asked is None:
        return None
    if case.asked <= 0:
        return no("amount_not_positive", "not_allowed")
    if case.most is not None and case.asked > case.most:
        return no("more_than_is_left", "not_allowed")
    return None


def under_way(case: Case) -> Answer | None:
    """Something that was sent, or that PayPal has not decided (D2), has to end first."""
    if case.undo_pending:
        return no("undo_pending", "wait")
    if case.status == "PENDING":
        return no("payment_pending", "wait")
    if case.most is not None and (1 if case.asked is None else case.asked) > case.most - case.pending:
        return no("refund_pending", "wait")
    return None


# --- the ways -------------------------------------------------------------------------------------


@dataclass
class Way:
    """A call that PayPal offers, with all that stands in its way."""

    action: str
    reason: str
    own: int | set[str]
    obstacles: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    @property
    def fits(self) -> bool:
        """Nothing stands in the way and nothing is unknown."""
        return not self.obstacles and not self.unknown

    @property
    def rejection(self) -> str:
        """What kind of no: what nothing lifts, else what time lifts, else what a fact lifts."""
        if self.obstacles & set(NEVERS):
            return "not_allowed"
        return "wait" if self.obstacles else "missing_fact"

    @property
    def own_obstacle(self) -> str:
        """Of its obstacles the one that the caller can least change: the last in the order."""
        return max(self.obstacles, key=(*WAITS, *NEVERS).index)


def pages(case: Case) -> Answer:
    """Void what is held before refunding what was captured (D12)."""
    ways = []
    if case.only in (None, "cancel"):
        ways += [void_itself(case), void_parent(case)]
    if case.only in (None, "refund"):
        ways += [refund(case, several, part) for several in (False, True) for part in (False, True)]
    for way in ways:
        if way.fits:
            return give(way, case)
    if case.status not in STATUSES:
        return no("unknown_status", "missing_fact", {"status"})
    return refused(ways)


def refused(ways: list[Way]) -> Answer:
    """Of all the ways take what stands nearest to a yes."""
    if not ways:
        return no("not_offered", "not_allowed")
    for kind in ("wait", "missing_fact", "not_allowed"):
        near = [way for way in ways if way.rejection == kind]
        if near and kind == "missing_fact":
            return no("unknown_fact", kind, set().union(*(way.unknown for way in near)))
        if near:
            return no(min((way.own_obstacle for way in near), key=(*WAITS, *NEVERS).index), kind)
    raise AssertionError("a way that does not fit has a reason")


def void_itself(case: Case) -> Way:
    """An original authorization; where nobody says how it was made, it is one (D6)."""
    way = void(case)
    if case.origin is not None:
        way.obstacles.add("wrong_kind")
    return way


def void_parent(case: Case) -> Way:
    """What a reauthorization made is voided through its parent."""
    way = void(case)
    if case.origin is None:
        way.unknown.add("created_as")
    elif case.origin != "reauthorization":
        way.obstacles.add("wrong_kind")
    if case.parent is None:
        way.unknown.add("parent_id")
    return way


def void(case: Case) -> Way:
    """What every void asks: a hold, the whole of it, before it lapses (D7), no dispute (D11)."""
    way = Way("cancel", "not_captured" if case.status == "CREATED" else "rest_held", capped(case.held(), case))
    if case.status not in HELD:
        way.obstacles.add("wrong_status")
    if case.asked is None or case.asked != way.own:  # exactly what is held will do
        whole(way, case, case.held())
    if case.expires_at is not None and case.at >= case.expires_at:
        way.obstacles.add("too_late")
    if case.disputed or case.charged_back:
        way.obstacles.add("disputed")
    return way


def refund(case: Case, several: bool, part: bool) -> Way:
    """The errors of a refund, one after the other."""
    way = Way("refund", "captured", capped(case.refundable(), case))
    addressed(way, case, several)
    if case.status not in REFUNDABLE:
        way.obstacles.add("wrong_status")
    if case.captured is None:
        way.unknown.add("amount_captured")
    elif case.captured == 0:
        way.obstacles.add("nothing_captured")
    in_time(way, case)
    if case.charged_back:
        way.obstacles.add("disputed")
    if part:
        a_part(way, case)
    else:
        whole(way, case, case.refundable())
    if case.refunds is not None and case.max_refunds is not None and case.refunds >= case.max_refunds:
        way.obstacles.add("too_many_refunds")
    if case.broke:
        way.obstacles.add("balance_insufficient")
    return way


def addressed(way: Way, case: Case, several: bool) -> None:
    """Is it the only capture, or one of several of which it is known what is left (D8)?"""
    if not several:
        if case.captures is not None and case.captures > 1:
            way.obstacles.add("several_captures")
        return
    if case.captures is None:
        way.unknown.add("captures")
    elif case.captures < 2:
        way.obstacles.add("several_captures")
    if case.available is None:
        way.unknown.add("available_to_refund")


def in_time(way: Way, case: Case) -> None:
    """Is the capture less than 180 days old (D9)?"""
    if case.captured_at is None:
        way.unknown.add("captured_at")
    elif case.at < case.captured_at:
        way.obstacles.add("too_early")
    elif case.at >= case.captured_at + WINDOW:
        way.obstacles.add("too_late")


def a_part(way: Way, case: Case) -> None:
    """A part is refused while the transaction is disputed, and of some captures always."""
    if case.disputed:
        way.obstacles.add("disputed")
    if case.parts_refused:
        way.obstacles.add("only_whole_amount")
    if case.everything is True:
        way.obstacles.add("not_offered")  # that is the other way's
    elif isinstance(way.own, set):
        way.unknown |= way.own
    elif case.asked is not None and case.asked > way.own:
        if case.everything is None:
            way.unknown |= case.lacks_outstanding
        else:
            too_much(way, case, case.asked, case.refundable())


def whole(way: Way, case: Case, part: int | set[str]) -> None:
    """Is everything asked for, and is there something of it that this way can give?"""
    if case.asked is not None and way.action == "cancel" and isinstance(part, set):
        way.unknown |= part
        return
    if case.everything is False:
        way.obstacles.add("only_whole_amount")
        return
    if case.everything is None:
        way.unknown |= case.lacks_outstanding
        return
    lacks = part if isinstance(part, set) else set()
    if case.asked is None:
        lacks = lacks | case.lacks_outstanding
    if lacks:
        way.unknown |= lacks
    else:
        too_much(way, case, 1, part)


def too_much(way: Way, case: Case, wanted: int, part: int | set[str]) -> None:
    """Can this way give so much, or could it if nothing were pending?"""
    if isinstance(part, set) or isinstance(way.own, set) or wanted <= way.own:
        return
    free = replace(case, pending=0)
    unreserved = capped(free.held() if way.action == "cancel" else free.refundable(), free)
    fits_later = isinstance(unreserved, int) and wanted <= unreserved
    way.obstacles.add("refund_pending" if fits_later else "more_than_is_left")


def capped(part: int | set[str], case: Case) -> int | set[str]:
    """An operation's own part is never more than what is outstanding."""
    outstanding = case.outstanding
    return part if isinstance(part, set) or outstanding is None else min(part, outstanding)


# --- the answers ----------------------------------------------------------------------------------


def give(way: Way, case: Case) -> Answer:
    """All of its own part, or exactly what is asked."""
    outstanding = case.outstanding
    if isinstance(way.own, set) or outstanding is None or case.everything is not True:
        amount, remaining = case.asked, 0
    else:
        amount, remaining = way.own, outstanding - way.own
    yes = {"action": way.action, "amount": amount, "remaining": remaining}
    return {**yes, "reason": way.reason, "rejection": None, "needs": []}


def no(reason: str, rejection: str, needs: set[str] | None = None) -> Answer:
    """No call now, and why."""
    nothing = {"action": "reject", "amount": None, "remaining": None}
    return {**nothing, "reason": reason, "rejection": rejection, "needs": sorted(needs or ())}


def good_until(case: Case, said: Answer) -> datetime | None:
    """Ask again at each moment at which a window opens or closes; tell the first other answer."""
    moments = {case.expires_at, case.captured_at}
    if case.captured_at is not None:
        moments.add(case.captured_at + WINDOW)
    for moment in sorted(moment for moment in moments if moment is not None and moment > case.at):
        later = decide(replace(case, at=moment))
        if any(later[name] != said[name] for name in ("action", "amount", "rejection", "reason")):
            return moment
    return None
