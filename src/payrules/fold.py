"""`fold`: a payment out of the events that were reported of it, in whatever order and however often.

1. A report counts once: of two with the same event and reference the later one is kept.
2. Reports are put into the order in which they happened; of two that happened at once, the one that comes first in
a payment's life (the order of `Event`) goes first. So the order in which they arrived means nothing.
3. One that cannot happen yet waits until it can. One that never can, but would change nothing, is passed over; any
other is reported, and so is one that the adapter could not read. Nothing is dropped silently.
4. What an event tells beside its amount (the method, the capture mode) wins over what was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from payrules import providers, records
from payrules.apply import LONG_AGO, apply, changes_nothing
from payrules.errors import CallerError, ProviderError
from payrules.events import Notice, Unread
from payrules.fill import fill
from payrules.payment import Payment, Undo
from payrules.table import Provider
from payrules.words import Event, Source

_FIRST = datetime(1, 1, 1, tzinfo=UTC)


@frozen
class Folded:
    """A payment, and the reports that did not go into it, each with why; None where no report is of a payment."""

    payment: Payment | None
    unfolded: tuple[Unread, ...]


def fold(
    provider: str | Provider,
    events: Iterable[Notice | Unread],
    *,
    payment_id: str | None = None,
    given: Mapping[str, Any] | None = None,
    start: Payment | None = None,
    edition: str | None = None,
) -> Payment:
    """The payment that these reports leave; `CallerError` if they are of none, or of several and none is named.

    `given` holds what no report tells, as a record has it; `start` a payment that was known before.
    """
    folded = fold_each(provider, events, given=given, start=start, edition=edition)
    found = [item.payment for item in folded if item.payment is not None]
    if payment_id is not None:
        found = [payment for payment in found if payment.payment_id == payment_id]
    if len(found) != 1:
        known = ", ".join(str(payment.payment_id) for payment in found) or "none"
        raise CallerError("payment_id", f"the events have to be of one payment; they are of {known}")
    return found[0]


def fold_each(
    provider: str | Provider,
    events: Iterable[Notice | Unread],
    *,
    given: Mapping[str, Any] | None = None,
    start: Payment | None = None,
    edition: str | None = None,
) -> tuple[Folded, ...]:
    """The same, payment by payment in the order of their first reports, with what could not be folded."""
    table = providers.find(provider) if isinstance(provider, str) else provider
    return tuple(
        _folded(table, group, key, given or {}, start, edition) for key, group in _by_payment(events, start).items()
    )


def _by_payment(events: Iterable[Notice | Unread], start: Payment | None) -> dict[str | None, list[Notice | Unread]]:
    """The reports of each payment; one of a modification leads to its payment, one of nobody to the only payment."""
    listed = list(events)
    leads = {
        item.reference: item.payment_id
        for item in listed
        if item.reference and item.payment_id and item.reference != item.payment_id
    }
    named = [item.payment_id and _followed(item.payment_id, leads) for item in listed]
    read = (key for key, item in zip(named, listed, strict=True) if isinstance(item, Notice))
    groups: dict[str | None, list[Notice | Unread]] = {key: [] for key in read if key is not None}
    if not groups:
        groups[start.payment_id if start else None] = []
    only = next(iter(groups)) if len(groups) == 1 else None
    for key, item in zip(named, listed, strict=True):
        groups.setdefault(key if key in groups and key is not None else only or key, []).append(item)
    return groups


def _followed(payment_id: str, leads: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while payment_id in leads and payment_id not in seen:
        seen.add(payment_id)
        payment_id = leads[payment_id]
    return payment_id


def _folded(
    table: Provider,
    events: list[Notice | Unread],
    payment_id: str | None,
    given: Mapping[str, Any],
    start: Payment | None,
    edition: str | None,
) -> Folded:
    unread = [item for item in events if isinstance(item, Unread)]
    notices = _ordered(item for item in events if isinstance(item, Notice))
    try:
        payment = start or _begun(table, notices, payment_id, given, edition)
    except CallerError as error:  # reports that name a payment and tell too little of it
        lost = (Unread(item.event.value, str(error), item.reference, item.payment_id) for item in notices)
        return Folded(None, (*unread, *lost))
    if payment is None:
        return Folded(None, tuple(unread))
    payment, waiting = _happened(table, payment, notices, edition)
    return Folded(_told_by_status(table, payment, edition), (*unread, *_misfits(table, payment, waiting, edition)))


def _told_by_status(table: Provider, payment: Payment, edition: str | None) -> Payment:
    """The payment with the amounts that its last status proves at any time; what a clock proves would not last."""
    facts = fill(table.edition(edition), payment, Undo(at=LONG_AGO))
    proven: dict[str, Any] = {
        name: item.value
        for name, item in facts.filled.items()
        if name.startswith("amount_") and item.source is not Source.CLOCK
    }
    return evolve(payment, **proven)


def _happened(
    table: Provider, payment: Payment, notices: list[Notice], edition: str | None
) -> tuple[Payment, list[Notice]]:
    """Apply each when it can happen; after every one that did, those that wait get another chance, the first first.

    Linear in the events, but for those that wait: each is tried again after each that happens.
    """
    waiting: list[Notice] = []
    for notice in notices:
        waiting.append(notice)
        found = _first(table, payment, [notice], edition)
        while found is not None:
            happened, payment = found
            waiting = [item for item in waiting if item is not happened]
            found = _first(table, payment, waiting, edition)
    return payment, waiting


def _first(
    table: Provider, payment: Payment, waiting: list[Notice], edition: str | None
) -> tuple[Notice, Payment] | None:
    """The first of these that can happen now, and the payment that it leaves."""
    for notice in waiting:
        try:
            return notice, apply(_told(payment, notice), notice, provider=table, edition=edition)
        except (ProviderError, CallerError):
            continue
    return None


def _misfits(table: Provider, payment: Payment, notices: list[Notice], edition: str | None) -> Iterable[Unread]:
    for notice in notices:
        try:
            told = _told(payment, notice)
            if not changes_nothing(told, notice, provider=table, edition=edition):
                apply(told, notice, provider=table, edition=edition)
        except (ProviderError, CallerError) as error:
            yield Unread(notice.event.value, str(error), reference=notice.reference, payment_id=notice.payment_id)


def _ordered(notices: Iterable[Notice]) -> list[Notice]:
    latest: dict[object, Notice] = {}
    for number, notice in enumerate(notices):
        key = (notice.event, notice.reference) if notice.reference else number
        before = latest.get(key)
        if before is None or (notice.at or _FIRST) > (before.at or _FIRST):
            latest[key] = notice
    of_reference: dict[str | None, list[Notice]] = {}
    for notice in latest.values():
        of_reference.setdefault(notice.reference, []).append(notice)
    return sorted((_knowing(notice, of_reference[notice.reference]) for notice in latest.values()), key=_moment)


_REQUESTS = (Event.CANCEL_REQUESTED, Event.REVERSE_REQUESTED, Event.REFUND_REQUESTED)


def _knowing(notice: Notice, reported: list[Notice]) -> Notice:
    """A report, knowing from others of its reference that a failed refund was confirmed, a request answered."""
    if notice.reference is None:
        return notice
    same = [item for item in reported if item is not notice]
    if notice.event is Event.REFUND_FAILED:
        return evolve(notice, confirmed=any(item.event is Event.REFUNDED for item in same))
    if notice.event in _REQUESTS:  # an answer cannot come before its question, whenever the question was noted
        return evolve(notice, at=min(item.at or _FIRST for item in (notice, *same)))
    return notice


def _moment(notice: Notice) -> tuple[bool, datetime, int, str, int]:
    declined = notice.event is Event.DECLINED  # counts only where nothing was authorized, whichever came first
    return declined, notice.at or _FIRST, notice.event.rank, notice.reference or "", notice.amount or 0


def _told(payment: Payment, notice: Notice) -> Payment:
    return evolve(payment, **notice.tells) if notice.tells else payment


def _begun(
    table: Provider, notices: list[Notice], payment_id: str | None, given: Mapping[str, Any], edition: str | None
) -> Payment | None:
    """The payment before its first event."""
    if not notices:
        return None
    told: dict[str, Any] = {}
    for notice in notices:
        told = {**notice.tells, **told}
    begins = {"provider": table.name, "status": table.edition(edition).begins, "payment_id": payment_id}
    return Payment.from_record({**begins, **given, **{name: records.plain(value) for name, value in told.items()}})
