"""Payroc: which operation undoes a payment, or a refund. Left what we check, right the claim it rests on."""

from payrules.providers.payroc.claims import CLAIMS, PAGES
from payrules.providers.payroc.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    after,
    anything_left,
    batch_is,
    before,
    kind_is,
    method_is,
    not_disputed,
    nothing_left,
    nothing_refunded,
    part_amount,
    provider_lists,
    provider_lists_if_any,
    something_captured,
    status_is,
    status_unlisted,
    whole_amount,
    whole_or_part,
)
from payrules.words import Action, Batch, Event, Kind, Reason, Source

REVERSE, REFUND = Action.REVERSE, Action.REFUND
OPEN, CLOSED = Batch.OPEN, Batch.CLOSED
SALE, HOLD, COMPLETION, BANK, RECORD = Kind.SALE, Kind.PRE_AUTHORIZATION, Kind.COMPLETION, Kind.BANK_TRANSFER, Kind.REFUND

# --- the batch: what the provider lists, then what is given, then the clock, then the status ------------------------

BATCH = (
    Proof("batch", OPEN,   claim="batch.list",  source=Source.PROVIDER_ALLOWS, beats_given=True,
          when=(provider_lists("fullyReverse", "partiallyReverse", claim="batch.list"),)),
    Proof("batch", CLOSED, claim="batch.list",  source=Source.PROVIDER_ALLOWS, beats_given=True,
          when=(provider_lists("refund",                           claim="batch.list"),)),
    Proof("batch", OPEN,   claim="batch.clock", source=Source.CLOCK, when=(before("batch_closes_at", claim="batch.clock"),)),
    Proof("batch", CLOSED, claim="batch.clock", source=Source.CLOCK, when=(after("batch_closes_at",  claim="batch.clock"),)),
)

# --- statuses: what each proves --------------------------------------------------------------------------------------

NOT_RELEASED = Proof("amount_released", 0,           claim="released.none")
NOT_REFUNDED = Proof("amount_refunded", 0,           claim="refunded.open")
HELD = Proof("amount_captured", 0,                   claim="captured.hold", when=(kind_is(HOLD, claim="captured.hold"),))
TAKEN = Proof("amount_captured", Share.WHOLE,        claim="captured.sale", when=(kind_is(SALE, COMPLETION, claim="captured.sale"),))
TRANSFERRED = Proof("amount_captured", Share.WHOLE,  claim="captured.bank", when=(kind_is(BANK, claim="captured.bank"),))
RECORD_WHOLE = Proof("amount_captured", Share.WHOLE, claim="refund-record.facts", when=(kind_is(RECORD, claim="refund-record.facts"),))
RECORD_KEPT = Proof("amount_refunded", 0,            claim="refund-record.facts", when=(kind_is(RECORD, claim="refund-record.facts"),))
IN_OPEN_BATCH = Proof("batch", OPEN,                 claim="status.ready")
IN_CLOSED_BATCH = Proof("batch", CLOSED,             claim="status.complete")

STATUSES = (
    Status("ready",    "status.ready",    proves=(HELD, TAKEN, TRANSFERRED, NOT_RELEASED, NOT_REFUNDED, IN_OPEN_BATCH)),
    Status("pending",  "captured.pending", proves=(HELD, NOT_RELEASED, NOT_REFUNDED, IN_OPEN_BATCH)),
    Status("complete", "status.complete", proves=(HELD, TAKEN, TRANSFERRED, RECORD_WHOLE, NOT_RELEASED, IN_CLOSED_BATCH)),
    Status("accepted", "status.accepted", proves=(HELD, NOT_RELEASED), awaits=Reason.PAYMENT_PENDING),
    Status("admin",    "status.admin",    proves=(HELD, NOT_RELEASED, RECORD_KEPT)),
    Status("referral", "status.referral", proves=(HELD, NOT_RELEASED)),
    Status("reversal", "final.reversal",  final=Reason.ALREADY_REVERSED),
    Status("declined", "final.declined",  final=Reason.NEVER_PAID),
    Status("pickup",   "final.pickup",    final=Reason.NEVER_PAID),
    Status("expired",  "final.expired",   final=Reason.HOLD_EXPIRED),
    Status("returned", "final.returned",  final=Reason.RETURNED_BY_BANK),
)

# --- transitions: nothing leaves reversal, declined, pickup, expired and returned ------------------------------------

REVERSED_WHOLLY = (nothing_left(claim="event.reversed"),)
REVERSED_IN_PART = (anything_left(claim="reverse.rest"),)
TRANSITIONS = (
    Transition("ready",    Event.CAPTURED, "ready",    claim="event.captured"),
    Transition("pending",  Event.CAPTURED, "ready",    claim="event.captured"),
    Transition("ready",    Event.SETTLED,  "complete", claim="event.settled"),
    Transition("pending",  Event.SETTLED,  "complete", claim="event.settled", when=(kind_is(BANK, claim="event.settled"),)),
    Transition("ready",    Event.REVERSED, "reversal", claim="event.reversed", when=REVERSED_WHOLLY),
    Transition("ready",    Event.REVERSED, "ready",    claim="reverse.rest", when=REVERSED_IN_PART),
    Transition("pending",  Event.REVERSED, "reversal", claim="event.reversed"),
    Transition("complete", Event.REVERSED, "reversal", claim="refund.complete-open"),
    Transition("ready",    Event.REFUNDED, "complete", claim="refund.batch-closing"),
    Transition("complete", Event.REFUNDED, "complete", claim="event.refunded"),
    Transition("complete", Event.REFUND_RETURNED, "complete", claim="event.refund-undone"),
    Transition("ready",    Event.EXPIRED,  "expired",  claim="final.expired", when=(kind_is(HOLD, claim="final.expired"),)),
    Transition("pending",  Event.EXPIRED,  "expired",  claim="final.expired", when=(kind_is(HOLD, claim="final.expired"),)),
    Transition("accepted", Event.DECLINED, "declined", claim="final.declined"),
    Transition("pending",  Event.DECLINED, "declined", claim="final.declined", when=(kind_is(BANK, claim="final.declined"),)),
    Transition("pending",  Event.RETURNED, "returned", claim="final.returned", when=(kind_is(BANK, claim="final.returned"),)),
    Transition("complete", Event.RETURNED, "returned", claim="final.returned", when=(kind_is(BANK, claim="final.returned"),)),
)

# --- permits ---------------------------------------------------------------------------------------------------------

HELD_UP = (("admin", Reason.PAYMENT_PENDING),)
SUBMITTED = (("pending", Reason.PAYMENT_PENDING),)
UNSETTLED = (("ready", Reason.BATCH_NOT_CLOSED), ("pending", Reason.BATCH_NOT_CLOSED), *HELD_UP)
QUEUED = (("ready", Reason.BATCH_NOT_CLOSED), *SUBMITTED)
UNDISPUTED = not_disputed(claim="dispute.blocks")
UNTOUCHED = nothing_refunded(claim="reverse.untouched")
FULLY_LISTED = provider_lists_if_any("fullyReverse", claim="reverse.full-listed")
PARTLY_LISTED = provider_lists_if_any("partiallyReverse", claim="reverse.part-listed")

CARDS = (
    Permit("reverse.card", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(SALE, COMPLETION,                claim="reverse.completion"),
        status_is("ready", "pending",            claim="reverse.pending", soon=HELD_UP),
        batch_is(OPEN,                           claim="reverse.open-batch"),
        whole_amount(                            claim="reverse.whole"),
        UNTOUCHED, FULLY_LISTED, UNDISPUTED,
    )),
    Permit("reverse.card-part", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(SALE, COMPLETION,                claim="reverse.completion"),
        status_is("ready",                       claim="reverse.part-ready", soon=HELD_UP),
        batch_is(OPEN,                           claim="reverse.open-batch"),
        part_amount(                             claim="reverse.part"),
        PARTLY_LISTED, UNDISPUTED,
    )),
    Permit("reverse.hold", REVERSE, because=Reason.NOT_CAPTURED, when=(
        kind_is(HOLD,                            claim="reverse.hold"),
        status_is("ready", "pending",            claim="reverse.kinds", soon=HELD_UP),
        batch_is(OPEN,                           claim="reverse.hold-batch"),
        whole_amount(                            claim="reverse.hold-whole"),
        UNTOUCHED, FULLY_LISTED, UNDISPUTED,
    )),
    Permit("refund.card", REFUND, because=Reason.CAPTURED, when=(
        kind_is(SALE, COMPLETION,                claim="refund.closed-batch"),
        status_is("complete",                    claim="status.complete", soon=UNSETTLED),
        batch_is(CLOSED,                         claim="refund.closed-batch"),
        something_captured(                      claim="refund.closed-batch"),
        whole_or_part(                           claim="refund.parts"),
        UNDISPUTED,
    )),
    Permit("refund.card-closing", REFUND, because=Reason.BATCH_CLOSING, when=(
        kind_is(SALE, COMPLETION,                claim="refund.batch-closing"),
        status_is("ready",                       claim="refund.batch-closing", soon=HELD_UP),
        batch_is(CLOSED,                         claim="refund.batch-closing"),
        something_captured(                      claim="refund.batch-closing"),
        whole_amount(                            claim="refund.open-part"),
        UNTOUCHED, UNDISPUTED,
    )),
    Permit("refund.card-open", REFUND, because=Reason.TURNS_INTO_REVERSAL, brings=Event.REVERSED, when=(
        kind_is(SALE, COMPLETION,                claim="refund.open-reverses"),
        status_is("ready", "pending", "complete", claim="refund.complete-open", soon=HELD_UP),
        batch_is(OPEN,                           claim="refund.open-reverses"),
        something_captured(                      claim="refund.open-reverses"),
        whole_amount(                            claim="refund.open-part"),
        UNTOUCHED, UNDISPUTED,
    )),
)
BANK_TRANSFERS = (
    Permit("reverse.bank", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(BANK,                            claim="bank.reverse"),
        status_is("ready",                       claim="status.pending-bank", soon=SUBMITTED),
        batch_is(OPEN,                           claim="bank.closing"),
        whole_amount(                            claim="bank.whole-only"),
        UNTOUCHED, FULLY_LISTED, UNDISPUTED,
    )),
    Permit("refund.bank-open", REFUND, because=Reason.TURNS_INTO_REVERSAL, brings=Event.REVERSED, when=(
        kind_is(BANK,                            claim="refund.open-reverses-bank"),
        status_is("ready",                       claim="status.pending-bank", soon=SUBMITTED),
        batch_is(OPEN,                           claim="refund.open-reverses-bank"),
        something_captured(                      claim="captured.bank"),
        whole_amount(                            claim="refund.open-part"),
        UNTOUCHED, UNDISPUTED,
    )),
    Permit("refund.pad", REFUND, because=Reason.CAPTURED, when=(
        kind_is(BANK,                            claim="refund.pad"),
        method_is("pad",                         claim="refund.ach"),
        status_is("complete",                    claim="refund.pad", soon=QUEUED),
        batch_is(CLOSED,                         claim="refund.pad"),
        something_captured(                      claim="captured.bank"),
        whole_or_part(                           claim="refund.pad"),
        UNDISPUTED,
    )),
)
REFUND_RECORDS = (
    Permit("reverse.refund-record", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(RECORD,                          claim="refund-record.reverse"),
        status_is("ready", "pending",            claim="refund-record.complete", soon=HELD_UP),
        batch_is(OPEN,                           claim="refund-record.reverse"),
        whole_amount(                            claim="refund-record.whole"),
        UNTOUCHED, FULLY_LISTED, UNDISPUTED,
    )),
)
BY_THE_LIST_ALONE = (
    Permit("listed.reverse-hold", REVERSE, because=Reason.NOT_CAPTURED, when=(
        kind_is(HOLD,                            claim="status.unknown-listed"),
        status_unlisted(                         claim="status.unknown-listed"),
        provider_lists("fullyReverse",           claim="status.unknown-listed"),
        whole_amount(                            claim="reverse.hold-whole"),
        UNTOUCHED, UNDISPUTED,
    )),
    Permit("listed.reverse", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(SALE, COMPLETION, BANK, RECORD, None, claim="status.unknown-listed"),
        status_unlisted(                         claim="status.unknown-listed"),
        provider_lists("fullyReverse",           claim="status.unknown-listed"),
        whole_amount(                            claim="reverse.whole"),
        UNTOUCHED, UNDISPUTED,
    )),
    Permit("listed.reverse-part", REVERSE, because=Reason.BATCH_OPEN, when=(
        kind_is(SALE, COMPLETION, None,          claim="status.unknown-listed"),
        status_unlisted(                         claim="status.unknown-listed"),
        provider_lists("partiallyReverse",       claim="status.unknown-listed"),
        part_amount(                             claim="reverse.part"),
        UNDISPUTED,
    )),
    Permit("listed.refund", REFUND, because=Reason.CAPTURED, when=(
        kind_is(SALE, COMPLETION, None,          claim="status.unknown-listed"),
        status_unlisted(                         claim="status.unknown-listed"),
        provider_lists("refund",                 claim="status.unknown-listed"),
        batch_is(CLOSED,                         claim="refund.closed-batch"),
        something_captured(                      claim="refund.closed-batch"),
        whole_or_part(                           claim="refund.parts"),
        UNDISPUTED,
    )),
    Permit("listed.refund-pad", REFUND, because=Reason.CAPTURED, when=(
        kind_is(BANK,                            claim="refund.pad"),
        method_is("pad",                         claim="refund.ach"),
        status_unlisted(                         claim="status.unknown-listed"),
        provider_lists("refund",                 claim="status.unknown-listed"),
        batch_is(CLOSED,                         claim="refund.pad"),
        something_captured(                      claim="captured.bank"),
        whole_or_part(                           claim="refund.pad"),
        UNDISPUTED,
    )),
)

TABLE = Provider(
    name="payroc",
    title="Payroc",
    pages=PAGES,
    claims=CLAIMS,
    editions=(
        Edition(
            name="2026-11",
            begins="ready",
            prefer=(REVERSE, REFUND),
            prefer_claim="prefer",
            proves=BATCH,
            replies=REPLIES,
            statuses=STATUSES,
            transitions=TRANSITIONS,
            permits=(*CARDS, *BANK_TRANSFERS, *REFUND_RECORDS, *BY_THE_LIST_ALONE),
        ),
    ),
    default="2026-11",
)
