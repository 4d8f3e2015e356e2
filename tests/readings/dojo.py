"""Dojo, read a second time: one question after the other, in the order of its pages.

It asks what its pages ask: may the intent be cancelled, else reversed, else refunded? Nothing here
comes from the library, the calendar included, so that an agreement between the two means something.

Sources: the page on cancelling (`Created` only), the page on reversals of 2022-05-10, its
forerunner of 2022-02-04 and its successor of 2026, and the page on refunds. Where they are silent,
the numbered decisions on Dojo count (D1 to D14).

In each operation the question that the caller can least change comes first. So the first no that
is met is the operation's own, and nothing has to be weighed afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil import tz

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOLD = timedelta(hours=7 * 24)  # D2: hours, not calendar days

EDITIONS = ("2022-02", "2022-05", "current")
STATUSES = ("Created", "Authorized", "Captured", "Canceled", "Reversed", "Refunded")
OVER = {
    "Canceled": "already_canceled",
    "Reversed": "already_reversed",
    "Refunded": "already_refunded",
}

# What stands nearest to a yes comes first; the words and their order are the vocabulary's.
WAITS = ("refund_pending", "too_early")
REFUSALS = (
    "more_than_is_left",
    "only_whole_amount",
    "too_late",
    "disputed",
    "partly_refunded",
    "wrong_capture_mode",
    "wrong_status",
    "already_captured",
    "nothing_captured",
)


def answer(payment: dict[str, Any], undo: dict[str, Any], edition: str = "2022-05") -> dict[str, Any]:
    """Say which call undoes this payment now, why, and how long that stays so."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition!r}; there are {', '.join(EDITIONS)}")
    case = _case(payment, undo)
    said = _decide(case, edition)
    until = _good_until(case, said, edition)
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
    """One payment and one wish, with everything filled in that the status proves."""

    status: str
    mode: str | None
    authorized: int | None
    captured: int | None
    released: int | None
    refunded: int | None
    pending: int
    disputed: bool
    undo_pending: bool
    created_at: datetime | None
    authorized_at: datetime | None
    timezone: str | None
    asked: int | None
    at: datetime
    only: str | None

    @property
    def left(self) -> int | None:
        """Give what can still be undone; pending refunds do not lessen it.

        Nobody knows it without the authorized amount: of a payment that was captured in part the
        rest may still be held.
        """
        if self.hold_gone and self.captured is not None and self.refunded is not None:
            return max(self.captured - self.refunded, 0)
        if self.authorized is None or self.released is None or self.refunded is None:
            return None
        gross = max(self.authorized, self.captured or 0)
        return max(gross - self.released - self.refunded, 0)

    @property
    def most(self) -> int | None:
        """Give a bound that no amount may exceed, whatever else is unknown."""
        if self.hold_gone and self.captured is not None:
            return max(self.captured - (self.refunded or 0), 0)
        if self.authorized is None:
            return None
        gross = max(self.authorized, self.captured or 0)
        return max(gross - (self.released or 0) - (self.refunded or 0), 0)

    @property
    def hold_gone(self) -> bool:
        """Tell whether no hold stands beside what was captured, however large it was (D5)."""
        return self.status == "Captured" and self.released is None and self.captured is not None

    @property
    def outstanding(self) -> int | None:
        """Give what *everything* means: what is left once pending refunds are taken off."""
        return None if self.left is None else max(self.left - self.pending, 0)

    @property
    def held(self) -> int | None:
        """Give what is authorized and neither captured nor released."""
        if self.authorized is None or self.captured is None or self.released is None:
            return None
        return max(self.authorized - self.captured - self.released, 0)

    @property
    def everything(self) -> bool | None:
        """Tell whether all that is outstanding is asked for; None where nobody can tell."""
        if self.outstanding is None:
            return None
        return self.asked is None or self.asked == self.outstanding

    @property
    def outstanding_needs(self) -> frozenset[str]:
        """Name the amounts for want of which nobody knows what is outstanding."""
        needs = set()
        if self.authorized is None and not self.hold_gone:
            needs.add("amount_authorized")
        if self.released is None:
            # What was captured proves what was released, so that is what is worth asking for.
            proven = self.status == "Captured"
            if proven and self.captured is None:
                needs.add("amount_captured")
            if not proven:
                needs.add("amount_released")
        if self.refunded is None:
            needs.add("amount_refunded")
        return frozenset(needs)


def _case(payment: dict[str, Any], undo: dict[str, Any]) -> Case:
    """Read the two records and fill in what the status proves."""
    status, mode = payment["status"], payment.get("capture_mode")
    authorized = payment.get("amount_authorized")
    captured = payment.get("amount_captured")
    released = payment.get("amount_released")
    refunded = payment.get("amount_refunded")
    if status in ("Created", "Authorized"):
        captured, released, refunded = captured or 0, released or 0, refunded or 0
    if status == "Captured":
        if captured is None and mode == "auto" and authorized is not None:
            # Authorization and capture are one step there; what was released was not taken.
            captured = max(authorized - (released or 0), 0)
        if released is None and authorized is not None and captured is not None:
            # D5: no call touches the rest of a hold, and it lapses by itself.
            released = max(authorized - captured, 0)
    return Case(
        status=status,
        mode=mode,
        authorized=authorized,
        captured=captured,
        released=released,
        refunded=refunded,
        pending=payment.get("amount_refund_pending") or 0,
        disputed=bool(payment.get("disputed")),
        undo_pending=payment.get("undo_pending") is not None,
        created_at=_instant(payment.get("created_at")),
        authorized_at=_instant(payment.get("authorized_at")),
        timezone=payment.get("timezone"),
        asked=undo.get("amount"),
        at=_read(undo["at"]),
        only=undo.get("only"),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _read(text)


def _read(text: str) -> datetime:
    # RFC 3339 lets "t" and "z" be written small; the standard library reads only the capital Z.
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


# --- what is asked before any page is opened ------------------------------------------------------


def _decide(case: Case, edition: str) -> Say:
    """Ask whether anything is left, whether the amount can be, whether to wait; then the pages."""
    return _already_done(case) or _impossible(case) or _under_way(case) or _pages(case, edition)


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
        return _no("amount_not_positive")
    if case.most is not None and case.asked > case.most:
        return _no("more_than_is_left")
    return None


def _under_way(case: Case) -> Say | None:
    """Ask what has been sent already: the outcome of an undo or of a refund may make room."""
    if case.undo_pending:
        return Say("reject", "undo_pending", rejection="wait")
    if case.most is None:
        return None
    # Something is left, or this would be done: where nothing is outstanding, refunds have it.
    wanted = 1 if case.asked is None else case.asked
    return _no("refund_pending") if wanted > case.most - case.pending else None


# --- the pages ------------------------------------------------------------------------------------


def _pages(case: Case, edition: str) -> Say:
    """Turn the pages in the order of preference (D11) and take the first yes."""
    said = []
    if case.only in (None, "cancel"):
        said.append(_cancel(case))
    if case.only in (None, "reverse"):
        said.extend(_reverse(case, edition))
    if case.only in (None, "refund"):
        said.append(_refund(case))
    for word in said:
        if word.action != "reject":
            return word
    if case.status not in STATUSES:
        needs = frozenset({"status"})
        return Say("reject", "unknown_status", rejection="missing_fact", needs=needs)
    return _kindest(said)


def _kindest(refused: list[Say]) -> Say:
    """Of several noes take the one that stands nearest to a yes."""
    reasons = [word.reason for word in refused]
    for reason in WAITS:
        if reason in reasons:
            return _no(reason)
    lacking = [word.needs for word in refused if word.rejection == "missing_fact"]
    if lacking:
        return _unknown(frozenset().union(*lacking))
    return _no(min(reasons, key=REFUSALS.index))


def _cancel(case: Case) -> Say:
    """Read the page on cancelling: only while the intent is `Created`, and the whole of it."""
    if case.status != "Created":
        return _no("wrong_status")
    if case.disputed:
        return _no("disputed")
    held, outstanding = case.held, case.outstanding
    if held is None or outstanding is None:
        return _unknown(case.outstanding_needs)
    part = min(held, outstanding)
    if case.everything and part == 0:
        # The status says that nothing was paid and the record says that it was: no hold to drop.
        return _no("more_than_is_left")
    if case.everything:
        return _give("cancel", "not_authorized", case, part)
    if case.asked == part:
        return Say("cancel", "not_authorized", part, 0)
    return _no("only_whole_amount")


def _reverse(case: Case, edition: str) -> list[Say]:
    """Read the page on reversals as it stood: one answer for each case that it names."""
    if edition == "2022-02":
        # Whatever is not captured, whoever triggers the capture.
        return [_reverse_intent(case, case.mode), _reverse_hold(case, case.mode)]
    if edition == "2022-05":
        # Manual: Created or Authorized. Auto: Captured. All on the day of the payment.
        manual = [_reverse_intent(case, "manual"), _reverse_hold(case, "manual")]
        return [*manual, _reverse_capture(case)]
    # Manual: Authorized, for as long as a hold lives (D2). Auto: Captured, on the day.
    return [_reverse_hold(case, "manual", days=False), _reverse_capture(case)]


def _reverse_intent(case: Case, mode: str | None) -> Say:
    """Ask about an intent that nobody has paid yet."""
    if case.status != "Created":
        return _no("wrong_status")
    if case.mode not in (None, mode):
        return _no("wrong_capture_mode")
    # D13: without a payment there is no day of payment; the day of the intent stands in.
    paid = case.authorized_at or case.created_at
    began = _start_of_day(case, paid)
    lacking = set() if began else {"authorized_at", "created_at"}
    if case.mode != mode:
        lacking.add("capture_mode")
    return _whole_in_time(case, began, _end_of_day(case, paid), "not_authorized", lacking)


def _reverse_hold(case: Case, mode: str | None, *, days: bool = True) -> Say:
    """Ask about money that is held and not taken; `days`: the limit is the calendar day."""
    if case.status != "Authorized":
        return _no("wrong_status")
    if case.mode not in (None, mode):
        return _no("wrong_capture_mode")
    paid = case.authorized_at
    lacking = set() if paid else {"authorized_at"}
    if case.mode != mode:
        lacking.add("capture_mode")
    began = _start_of_day(case, paid) if days else paid
    end = _end_of_day(case, paid) if days else _end_of_hold(paid)
    return _whole_in_time(case, began, end, "not_captured", lacking)


def _reverse_capture(case: Case) -> Say:
    """Ask about an Auto payment: taken at once, and undone on the same day if untouched (D4)."""
    if case.status != "Captured":
        return _no("wrong_status")
    if case.mode not in (None, "auto"):
        return _no("wrong_capture_mode")
    if case.refunded:
        return _no("partly_refunded")
    paid = case.authorized_at
    began = _start_of_day(case, paid)
    lacking = set() if paid else {"authorized_at"}
    if case.mode is None:
        lacking.add("capture_mode")
    if case.refunded is None:
        lacking.add("amount_refunded")
    said = _whole_in_time(case, began, _end_of_day(case, paid), "same_day", lacking)
    # A pending refund may fail, so it weighs less than every other no but an unknown fact.
    softer = said.rejection in (None, "missing_fact")
    if softer and case.refunded == 0 and case.pending:
        return _no("refund_pending")
    return said


def _whole_in_time(case: Case, began: datetime | None, end: datetime | None, reason: str, lacking: set[str]) -> Say:
    """Ask what holds of every reversal: no dispute, not too late, the whole, not too early."""
    if case.disputed:
        return _no("disputed")
    if end is not None and case.at >= end:
        return _no("too_late")
    if case.everything is False:
        return _no("only_whole_amount")
    if began is not None and case.at < began:
        return _no("too_early")
    if case.everything is None:
        lacking = lacking | case.outstanding_needs
    if lacking or case.outstanding is None:
        return _unknown(frozenset(lacking))
    return Say("reverse", reason, case.outstanding, 0)


def _refund(case: Case) -> Say:
    """Read the page on refunds: only after the capture, whole or in parts, within what was taken.

    Failed attempts (D12) and terminals (D10) make no difference, and no limit of time is stated.
    """
    if case.captured == 0:
        return _no("nothing_captured")
    if case.status != "Captured":
        return _no("wrong_status")
    if case.disputed:
        return _no("disputed")
    if case.captured is None or case.refunded is None:
        return _unknown(_refund_needs(case))
    own = max(case.captured - case.refunded - case.pending, 0)
    if case.outstanding is not None:
        own = min(own, case.outstanding)
    if case.asked is None and case.outstanding is None:
        return _unknown(case.outstanding_needs)
    if case.asked is not None and case.asked <= own:
        return Say("refund", "captured", case.asked, 0)
    if case.everything is None:
        return _unknown(case.outstanding_needs)
    # Everything takes whatever is there, as long as something is.
    wanted = 1 if case.everything else case.asked or 0
    if wanted <= own:
        return _give("refund", "captured", case, own)
    fits_later = wanted <= case.captured - case.refunded
    return _no("refund_pending" if fits_later else "more_than_is_left")


def _refund_needs(case: Case) -> frozenset[str]:
    """Name what has to be known of a captured payment before any of it can be given back."""
    needs = set(case.outstanding_needs) if case.asked is None else set()
    if case.captured is None:
        needs.add("amount_captured")
    if case.refunded is None:
        needs.add("amount_refunded")
    return frozenset(needs)


def _give(action: str, reason: str, case: Case, part: int) -> Say:
    """Give all of an operation's own part, never more than is outstanding; tell the rest."""
    outstanding = case.outstanding or 0
    amount = min(part, outstanding)
    return Say(action, reason, amount, outstanding - amount)


def _no(reason: str) -> Say:
    return Say("reject", reason, rejection="wait" if reason in WAITS else "not_allowed")


def _unknown(needs: frozenset[str]) -> Say:
    return Say("reject", "unknown_fact", rejection="missing_fact", needs=needs)


# --- the calendar ---------------------------------------------------------------------------------


def _good_until(case: Case, said: Say, edition: str) -> datetime | None:
    """Ask again at each moment at which a window may open or close; tell the first other answer.

    Moments that mean nothing to this edition do no harm: the answer there is the one before.
    """
    moments = set()
    for began in (case.created_at, case.authorized_at):
        moments |= {began, _start_of_day(case, began)}
        moments |= {_end_of_day(case, began), _end_of_hold(began)}
    for moment in sorted(m for m in moments if m is not None and m > case.at):
        later = _decide(replace(case, at=moment), edition)
        if _seen(later) != _seen(said):
            return moment
    return None


def _seen(said: Say) -> tuple[str, int | None, str | None, str]:
    return said.action, said.amount, said.rejection, said.reason


def _end_of_hold(began: datetime | None) -> datetime | None:
    return None if began is None else began + HOLD


def _start_of_day(case: Case, instant: datetime | None) -> datetime | None:
    """Find the first moment of its day, where the payment's clocks stand."""
    return None if instant is None else _midnight(case, _day(case, instant))


def _end_of_day(case: Case, instant: datetime | None) -> datetime | None:
    """Find the first moment of the next day, where the payment's clocks stand."""
    return None if instant is None else _midnight(case, _day(case, instant) + DAY)


def _day(case: Case, instant: datetime) -> date:
    if case.timezone is None:
        return (instant + (HOUR if _is_summer(instant) else timedelta(0))).date()
    return instant.astimezone(tz.tzstr(case.timezone, posix_offset=True)).date()


def _midnight(case: Case, day: date) -> datetime:
    if case.timezone is None:
        return _london_midnight(day)
    midnight = datetime.combine(day, time(), tz.tzstr(case.timezone, posix_offset=True))
    # Where clocks go forward at midnight, the day begins at one.
    return tz.resolve_imaginary(midnight).astimezone(UTC)


def _london_midnight(day: date) -> datetime:
    """Find when a day begins in London (D3); clocks change later in the night, so it always does.

    In summer that is an hour before midnight UTC, and then it is already summer.
    """
    midnight = datetime.combine(day, time(), UTC)
    early = midnight - HOUR
    return early if _is_summer(early) else midnight


def _is_summer(instant: datetime) -> bool:
    """Tell whether London keeps summer time: last Sunday of March to that of October, 01:00 UTC."""
    begins, ends = _last_sunday(instant.year, 3), _last_sunday(instant.year, 10)
    return begins <= instant < ends


def _last_sunday(year: int, month: int) -> datetime:
    """Find 01:00 UTC on the last Sunday of a month that has 31 days."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - DAY * (last.isoweekday() % 7)
