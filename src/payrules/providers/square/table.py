"""Square: which operation undoes a payment. Left what we check, right the claim it rests on."""

from payrules.providers.square.claims import CLAIMS, PAGES
from payrules.providers.square.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    before,
    capture_mode_is,
    fewer_refunds_than,
    known,
    no_refund_failed,
    no_refund_pending,
    not_disputed,
    nothing_captured,
    part_amount,
    provider_lists,
    something_captured,
    status_is,
    unknown,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, CaptureMode, Event, Reason, Source

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
AUTO, MANUAL = CaptureMode.AUTO, CaptureMode.MANUAL

IN_TIME = before("hold_expires_at", unknown_is_enough=True, claim="cancel.deadline")

# --- statuses: what each proves -------------------------------------------------------------------

APPROVED = (
    Proof("amount_captured", 0,            claim="status.approved-late",
          when=(capture_mode_is(AUTO, MANUAL, claim="status.approved-late"),)),
    Proof("amount_captured", 0,            claim="status.approved",
          when=(unknown("hold_expires_at", reason=Reason.TOO_LATE, claim="read.deadline"),)),
    Proof("amount_captured", 0,            claim="status.approved", source=Source.CLOCK,
          when=(before("hold_expires_at",  claim="status.approved-late"),)),
    Proof("amount_released", 0,            claim="status.approved-nothing-released"),
    Proof("amount_refunded", 0,            claim="status.approved-nothing-released"),
)
STATUSES = (
    Status("unknown",   "status.unknown",  proves=(
        Proof("amount_released", 0,            claim="status.unknown"),
        Proof("amount_refunded", 0,            claim="status.unknown"),
    )),
    Status("PENDING",   "status.pending",  awaits=Reason.PAYMENT_PENDING, proves=(
        Proof("amount_captured", 0,            claim="status.pending"),
        Proof("amount_released", 0,            claim="status.pending"),
        Proof("amount_refunded", 0,            claim="status.pending"),
    )),
    Status("APPROVED",  "status.approved", proves=APPROVED),
    Status("COMPLETED", "status.completed", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.completed-whole"),
        Proof("amount_released", Share.REST,   claim="status.completed-rest"),
    )),
    Status("CANCELED",  "final.canceled",  final=Reason.ALREADY_CANCELED),
    Status("FAILED",    "final.failed",    final=Reason.NEVER_PAID),
)

# --- transitions: nothing leaves CANCELED and FAILED ----------------------------------------------

OPEN = ("unknown", "PENDING", "APPROVED")
TRANSITIONS = (
    Transition(OPEN,        Event.AUTHORIZED,  "APPROVED",  claim="event.approved"),
    Transition("APPROVED",  Event.REVERSED,    "APPROVED",  claim="event.part-released"),
    Transition(OPEN,        Event.CAPTURED,    "COMPLETED", claim="event.completed"),
    Transition("COMPLETED", Event.CAPTURED,    "COMPLETED", claim="event.completed-again"),
    Transition(OPEN,        Event.CANCELED,    "CANCELED",  claim="event.canceled"),
    Transition("APPROVED",  Event.EXPIRED,     "CANCELED",  claim="event.expired"),
    Transition(OPEN,        Event.DECLINED,    "FAILED",    claim="event.failed"),
    Transition("COMPLETED", Event.REFUNDED,    "COMPLETED", claim="event.refunded"),
)

# --- permits --------------------------------------------------------------------------------------

UNDISPUTED = not_disputed(                                   claim="dispute.cancel")

PERMITS = (
    Permit("cancel.approved", CANCEL, because=Reason.NOT_CAPTURED, when=(
        status_is("APPROVED",                                claim="cancel.approved"),
        whole_amount(                                        claim="cancel.whole"),
        known("payment_id",                                  claim="request.cancel"),
        IN_TIME, UNDISPUTED,
    )),
    Permit("cancel.part", CANCEL, because=Reason.NOT_CAPTURED, brings=Event.REVERSED, when=(
        status_is("APPROVED",                                claim="cancel.part"),
        part_amount(                                         claim="cancel.part-only"),
        provider_lists("EDIT_AMOUNT_DOWN",                   claim="cancel.part"),
        known("payment_id",                                  claim="request.lower"),
        IN_TIME, UNDISPUTED,
    )),
    Permit("cancel.by-key", CANCEL, because=Reason.CAPTURE_UNKNOWN, gives=REVERSE, when=(
        status_is("unknown",                                 claim="cancel.by-key"),
        unknown("payment_id", reason=Reason.WRONG_STATUS,    claim="cancel.by-key-without-id"),
        known("merchant_reference",                          claim="cancel.by-key-whose"),
        nothing_captured(unknown_is_enough=True,             claim="cancel.by-key-captured"),
        whole_amount(                                        claim="cancel.whole"),
        UNDISPUTED,
    )),
    Permit("refund.completed", REFUND, because=Reason.CAPTURED, when=(
        status_is("COMPLETED", soon=(("APPROVED", Reason.CAPTURE_PENDING),), claim="refund.completed"),
        something_captured(                                  claim="refund.completed"),
        whole_or_part(                                       claim="refund.parts"),
        fewer_refunds_than(20,                               claim="refund.count"),
        within(months=12, of="created_at",                   claim="refund.window-edge"),
        no_refund_failed(                                    claim="refund.failed-before"),
        no_refund_pending(                                   claim="refund.pending-any"),
        known("payment_id",                                  claim="request.refund"),
        not_disputed(                                        claim="dispute.refund"),
    )),
)

TABLE = Provider(
    name="square",
    title="Square",
    pages=PAGES,
    claims=CLAIMS,
    editions=(
        Edition(
            name="2026-11",
            begins="PENDING",
            prefer=(CANCEL, REFUND),
            prefer_claim="prefer",
            replies=REPLIES,
            statuses=STATUSES,
            transitions=TRANSITIONS,
            permits=PERMITS,
        ),
    ),
    default="2026-11",
)
