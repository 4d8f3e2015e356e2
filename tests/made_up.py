"""Made-up tables and questions about them: every kind of condition, put together at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from payrules import Batch, CaptureMode, Kind, Payment, Undo
from payrules.errors import CallerError
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Share, Status
from payrules.when import (
    Condition,
    Count,
    CutOff,
    Duration,
    Is,
    Untouched,
    Window,
    Zone,
    after,
    anything_left,
    approved_above,
    balance_suffices,
    batch_is,
    before,
    before_cut_off,
    before_cut_off_of_account,
    capture_mode_is,
    created_as_is,
    created_as_is_not,
    everything_refunded,
    fewer_partial_actions_than,
    fewer_refunds_than,
    fewer_refunds_than_the_limit,
    is_disputed,
    kind_is,
    known,
    method_is,
    method_is_not,
    method_known_to_be,
    multicapture_enabled,
    no_chargeback,
    no_refund_failed,
    no_refund_pending,
    not_before,
    not_disputed,
    not_repeated,
    not_several_captures,
    not_split,
    nothing_captured,
    nothing_held,
    nothing_left,
    nothing_refunded,
    part_amount,
    parts_allowed,
    provider_lists,
    provider_lists_if_any,
    refunds_enabled,
    refunds_known_to_be_enabled,
    rest_alone,
    same_calendar_day,
    scheme_is,
    single_capture,
    something_captured,
    something_held,
    something_left,
    status_is,
    status_unlisted,
    unknown,
    whole_amount,
    whole_or_part,
    within,
    within_hours_of_field,
)
from payrules.words import OPERATIONS, Action, Reason, Rejection, Standing

C = "said"
WORDS = ("open", "held", "taken", "closing", "working", "gone")
ZONE = Zone("Made/Up", "NST3:30NDT,M3.2.0/0,M11.1.0/0", C)
SINCE = ("authorized_at", "created_at")

CONDITIONS: tuple[Condition, ...] = (
    capture_mode_is(CaptureMode.AUTO, claim=C),
    capture_mode_is(CaptureMode.MANUAL, None, claim=C),
    kind_is(Kind.SALE, claim=C),
    kind_is(Kind.SALE, Kind.COMPLETION, claim=C),
    kind_is(Kind.REFUND, None, claim=C),
    method_is("card", claim=C),
    method_is("card", "bank", "wallet", claim=C),
    method_is_not("bank", claim=C),
    method_known_to_be("card", claim=C),
    Is("method", ("bank", None), C, Reason.WRONG_METHOD, negated=True, soon=(("bank", Reason.TOO_EARLY),)),
    Is("captures", (0, 2), C, Reason.SEVERAL_CAPTURES),
    batch_is(Batch.OPEN, claim=C),
    batch_is(Batch.CLOSED, claim=C),
    not_disputed(claim=C),
    not_split(claim=C),
    multicapture_enabled(claim=C),
    single_capture(claim=C),
    unknown("payment_id", reason=Reason.NOT_OFFERED, claim=C),
    known("merchant_reference", claim=C),
    provider_lists("void", claim=C),
    provider_lists("void", "refund", claim=C, rejection=Rejection.WAIT),
    provider_lists_if_any("refund", claim=C),
    something_captured(claim=C),
    nothing_captured(claim=C),
    nothing_captured(claim=C, unknown_is_enough=True),
    not_several_captures(claim=C),
    Count("captures", C, Reason.SEVERAL_CAPTURES, least=1, most=2),
    nothing_refunded(claim=C),
    Untouched(C, unknown_is_enough=True),
    something_left(claim=C),
    everything_refunded(claim=C),
    something_held(claim=C),
    nothing_held(claim=C),
    anything_left(claim=C),
    approved_above(("EUR", 5), ("GBP", 1), claim=C),
    approved_above(("GBP", 100), claim=C),
    nothing_left(claim=C),
    same_calendar_day(ZONE, of="authorized_at", claim=C),
    same_calendar_day(ZONE, of=SINCE, claim=C),
    before_cut_off(ZONE, 0, 0, of="authorized_at", claim=C),
    before_cut_off(ZONE, 1, 30, of=SINCE, claim=C),
    Window(("created_at",), C, zone=ZONE, until=CutOff(18, 0), unknown_is_enough=True),
    within(hours=24, of=("authorized_at", "created_at"), claim=C),
    within(days=7, of="authorized_at", claim=C),
    within(months=1, of="authorized_at", claim=C),
    within(months=1, days=1, of="captured_at", claim=C),
    within_hours_of_field("capture_delay_hours", of="authorized_at", claim=C),
    not_before(hours=1, of="authorized_at", claim=C),
    not_before(months=1, of="authorized_at", claim=C),
    Window(("authorized_at",), C, starts=Duration(hours_from="capture_delay_hours")),
    Window(("authorized_at",), C, lasts=Duration(days=1), unknown_is_enough=True, reason=Reason.BATCH_CLOSED),
    after("batch_closes_at", claim=C),
    before("batch_closes_at", claim=C),
    before("batch_closes_at", claim=C, unknown_is_enough=True),
    before("hold_expires_at", claim=C, unknown_is_enough=True),
    before_cut_off_of_account(of="captured_at", claim=C),
    within(minutes=15, of="created_at", claim=C),
    within(months=1, minutes=1, of="captured_at", claim=C),
    not_before(minutes=90, of=("settled_at", "captured_at"), claim=C),
    not_repeated(minutes=2, claim=C),
    created_as_is("session", claim=C),
    created_as_is_not("session", claim=C),
    scheme_is("visa", None, claim=C),
    is_disputed(claim=C),
    no_chargeback(claim=C),
    no_refund_failed(claim=C),
    refunds_enabled(claim=C),
    refunds_known_to_be_enabled(claim=C),
    parts_allowed(claim=C),
    balance_suffices(claim=C),
    fewer_refunds_than(3, claim=C),
    fewer_partial_actions_than(2, claim=C),
    fewer_refunds_than_the_limit(claim=C),
    no_refund_pending(claim=C),
)
"""Every kind, and every way to build one."""

PROOFS = (
    Proof("amount_captured", 0, C),
    Proof("amount_captured", Share.WHOLE, C, when=(capture_mode_is(CaptureMode.AUTO, claim=C),)),
    Proof("amount_captured", Share.WHOLE, C),
    Proof("amount_captured", Share.REST, C),
    Proof("amount_released", Share.REST, C),
    Proof("amount_released", Share.REST, C, when=(something_captured(claim=C), single_capture(claim=C))),
    Proof("amount_released", 0, C),
    Proof("amount_refunded", 0, C),
    Proof("amount_refunded", 0, C, when=(nothing_captured(claim=C),)),
    Proof("disputed", True, C, beats_given=True),
    Proof("batch", Batch.OPEN, C, when=(provider_lists("void", claim=C),), beats_given=True),
    Proof("batch", Batch.CLOSED, C, when=(provider_lists("refund", claim=C),), beats_given=True),
    Proof("batch", Batch.OPEN, C, when=(before("batch_closes_at", claim=C),)),
    Proof("batch", Batch.CLOSED, C, when=(after("batch_closes_at", claim=C),)),
    Proof("batch", Batch.OPEN, C),
    Proof("provider_allows", ("void",), C),
    Proof("method", "card", C, when=(kind_is(Kind.SALE, claim=C),)),
    Proof("kind", Kind.SALE, C, when=(something_held(claim=C),)),
    Proof("captures", None, C),
)


def table(random: Random, *, permits: int | None = None) -> Provider:
    """A table whose rows are drawn at random; what it permits makes no sense."""
    wanted = random.randint(0, 12) if permits is None else permits
    edition = Edition(
        name="e",
        begins="open",
        prefer=tuple(random.sample(OPERATIONS, 3)),
        prefer_claim=C,
        proves=_some(random, PROOFS, 2),
        statuses=(
            *(Status(word, C, proves=_some(random, PROOFS, 6)) for word in WORDS[:4]),
            Status("working", C, proves=_some(random, PROOFS, 2), awaits=Reason.PAYMENT_PENDING),
            Status("gone", C, final=Reason.ALREADY_CANCELED),
            Status("offered", C, nothing_yet=Reason.NEVER_PAID),
        ),
        transitions=(),
        permits=tuple(_permit(random, f"p{number}") for number in range(wanted)),
    )
    return Provider(
        name="made-up",
        title="Made up",
        pages=(Page("p", "https://example.com", "2026-01-01"),),
        claims=(Claim(C, Standing.STATED, "It says so.", "p"),),
        editions=(edition,),
        default="e",
    )


def _permit(random: Random, name: str) -> Permit:
    action = random.choice(OPERATIONS)
    soon = ((random.choice(WORDS), Reason.BATCH_NOT_CLOSED),) if random.random() < 0.3 else ()
    words = random.sample(WORDS[:4], random.randint(1, 4))
    allowed = status_unlisted(claim=C) if random.random() < 0.1 else status_is(*words, claim=C, soon=soon)
    listed = (provider_lists("void", claim=C),) if not isinstance(allowed, Is) else ()
    asks = random.choice((whole_amount, whole_or_part, part_amount, rest_alone))(claim=C)
    when = [allowed, *listed, asks, *_some(random, CONDITIONS, random.randint(0, 4))]
    random.shuffle(when)
    reasons = (Reason.SAME_DAY, Reason.CAPTURED, Reason.NOT_CAPTURED)
    gives = random.choice((action, action, action, *OPERATIONS, Action.REJECT))
    return Permit(name, action, random.choice(reasons), tuple(when), gives=gives)


def _some(random: Random, items: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    return tuple(random.sample(items, random.randint(0, most)))


_AT = datetime(2026, 3, 7, 12, tzinfo=UTC)  # the evening before clocks change at midnight
_LENGTHS = (
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(hours=1),
    timedelta(hours=15, minutes=30),
    timedelta(hours=14, minutes=30),
    timedelta(hours=24),
    timedelta(days=7),
    timedelta(days=28),
    timedelta(days=31),
    timedelta(days=32),
)


def question(random: Random) -> tuple[Payment, Undo]:
    """A payment and a wish, with each fact drawn from telling values."""
    for _ in count():
        try:
            return _question(random)
        except CallerError:  # amounts or times that no payment can have
            continue
    raise AssertionError


def _question(random: Random) -> tuple[Payment, Undo]:
    start = _AT + random.choice((1, -1)) * random.choice(_LENGTHS)
    fields: dict[str, Any] = {
        "amount_authorized": (None, 0, 3, 3, 10, 10),
        "amount_captured": (None, None, 0, 1, 3, 10, 11),
        "amount_released": (None, None, 0, 1, 10),
        "amount_refunded": (None, 0, 0, 1, 3),
        "amount_refund_pending": (0, 0, 0, 1, 3),
        "amount_approved": (None, 0, 3, 10),
        "available_to_refund": (None, None, None, 0, 2, 3, 10),
        "refunds": (None, 0, 2, 3),
        "max_refunds": (None, 2),
        "partial_actions": (None, 1, 2),
        "last_refund_amount": (None, 1, 3, 10),
        "chargeback": (None, None, False, True),
        "refund_failed_before": (None, None, False, True),
        "refunds_enabled": (None, False, True),
        "partial_refunds": (None, False, True),
        "balance_ok": (None, False, True),
        "created_as": (None, "session", "never seen"),
        "scheme": (None, "visa", "never seen"),
        "captures": (None, 0, 1, 2, 3),
        "capture_mode": (None, *CaptureMode),
        "capture_delay_hours": (None, 0, 1, 24),
        "kind": (None, Kind.SALE, Kind.SALE, Kind.COMPLETION, Kind.REFUND),
        "method": (None, "card", "card", "bank", "never seen"),
        "multicapture": (None, True, False),
        "split": (None, None, False, True),
        "disputed": (None, None, None, False, True),
        "undo_pending": (*[None] * 9, Action.CANCEL),
        "batch": (None, None, *Batch),
        "batch_closes_at": (None, None, start, start + timedelta(hours=1)),
        "provider_allows": (None, None, (), ("void",), ("refund",), ("void", "refund")),
        "created_at": (None, start, start - timedelta(hours=2)),
        "authorized_at": (None, start, start),
        "captured_at": (None, None, start, start + timedelta(hours=1)),
        "settled_at": (None, start),
        "hold_expires_at": (None, start, start + timedelta(hours=1)),
        "last_refund_at": (None, start, _AT),
        "cut_off": (None, "00:00", "17:30"),
        "payment_id": (None, "p1"),
        "merchant_reference": (None, "order-1"),
        "timezone": (None, None, None, "GMT0BST,M3.5.0/1,M10.5.0/2", "NPT-5:45"),
    }
    ordinary: dict[str, Any] = {"amount_authorized": 10, "kind": Kind.SALE, "method": "card", "authorized_at": start}
    plain = random.random() < 0.7
    drawn = {
        name: ordinary.get(name, values[0]) if plain and random.random() < 0.6 else random.choice(values)
        for name, values in fields.items()
    }
    status = random.choice((*WORDS[:4] * 4, *WORDS, "offered", "unheard"))
    payment = Payment(provider="made-up", status=status, currency="EUR", **drawn)
    length = random.choice((1, 1, 1, -1)) * random.choice(_LENGTHS)
    at = start + length + random.choice((0, 0, 1, -1)) * timedelta(microseconds=1)
    amount = random.choice((None, None, None, None, -1, 0, 1, 1, 2, 3, 9, 10, 11))
    return payment, Undo(at=at, amount=amount, only=random.choice((None, None, *OPERATIONS)))
