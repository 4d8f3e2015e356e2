"""PayPal: which operation undoes a payment: a void of a hold, or a refund of one capture. Left the check, right its claim."""

from payrules.providers.paypal.claims import CLAIMS, PAGES
from payrules.providers.paypal.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    Count,
    balance_suffices,
    before,
    capture_mode_is,
    created_as_is,
    everything_refunded,
    fewer_refunds_than_the_limit,
    known,
    no_chargeback,
    not_disputed,
    nothing_held,
    part_amount,
    parts_allowed,
    something_captured,
    something_held,
    something_left,
    status_is,
    whole_amount,
    within,
)
from payrules.words import Action, CaptureMode, Event, Reason

CANCEL, REFUND = Action.CANCEL, Action.REFUND
AUTO, MANUAL = CaptureMode.AUTO, CaptureMode.MANUAL

# --- statuses: what each proves -------------------------------------------------------------------

STATUSES = (
    Status("PAYER_ACTION_REQUIRED", "status.order", nothing_yet=Reason.NEVER_PAID),
    Status("SAVED",      "status.order", nothing_yet=Reason.NEVER_PAID),
    Status("APPROVED",   "status.order", nothing_yet=Reason.NEVER_PAID),
    Status("CREATED",    "status.created", proves=(
        Proof("amount_captured", 0,            claim="status.created"),
        Proof("amount_released", 0,            claim="status.created"),
        Proof("amount_refunded", 0,            claim="status.created"),
        Proof("captures", 0,                   claim="status.one-word"),
    )),
    Status("PENDING",    "status.pending", awaits=Reason.PAYMENT_PENDING),
    Status("PARTIALLY_CAPTURED", "status.partially-captured", proves=(
        Proof("amount_released", 0,            claim="status.partially-captured"),)),
    Status("CAPTURED",   "status.captured", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.captured"),
        Proof("amount_released", Share.REST,   claim="status.captured-rest"),
    )),
    Status("COMPLETED",  "status.completed", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.completed"),
        Proof("amount_released", Share.REST,   claim="status.completed"),
        Proof("amount_refunded", 0,            claim="status.completed"),
        Proof("captures", 1,                   claim="status.one-word"),
    )),
    Status("PARTIALLY_REFUNDED", "status.partially-refunded", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.partially-refunded"),
        Proof("amount_released", Share.REST,   claim="status.partially-refunded"),
        Proof("captures", 1,                   claim="status.one-word"),
    )),
    Status("VOIDED",     "final.voided",   final=Reason.ALREADY_CANCELED),
    Status("DENIED",     "final.denied",   final=Reason.NEVER_PAID),
    Status("DECLINED",   "final.denied",   final=Reason.NEVER_PAID),
    Status("FAILED",     "final.denied",   final=Reason.NEVER_PAID),
    Status("REFUNDED",   "final.refunded", final=Reason.ALREADY_REFUNDED),
)

# --- transitions: nothing leaves VOIDED, DENIED, DECLINED, FAILED and REFUNDED --------------------

ORDER = ("PAYER_ACTION_REQUIRED", "SAVED", "APPROVED")
UNDECIDED = (*ORDER, "PENDING")
HOLDING = ("PENDING", "CREATED", "PARTIALLY_CAPTURED")
OF_A_CAPTURE = ("COMPLETED", "PARTIALLY_REFUNDED")

AT_ONCE = capture_mode_is(AUTO,            claim="read.intent")
LATER = capture_mode_is(MANUAL,            claim="read.intent")
PERHAPS_LATER = capture_mode_is(MANUAL, None, claim="event.capture-failed-hold")
HELD = something_held(                     claim="status.partially-captured")
NOT_HELD = nothing_held(                   claim="status.captured")
KEPT = something_left(                     claim="event.authorization-refunded")
SPENT = everything_refunded(               claim="event.authorization-refunded")

TRANSITIONS = (
    Transition(UNDECIDED,            Event.AUTHORIZED, "CREATED",           claim="event.authorized", when=(LATER,)),
    Transition(UNDECIDED,            Event.CAPTURED, "COMPLETED",           claim="event.captured", when=(AT_ONCE,)),
    Transition(UNDECIDED,            Event.DECLINED, "DECLINED",            claim="event.capture-declined", when=(AT_ONCE,)),
    Transition(ORDER,                Event.EXPIRED,  "VOIDED",              claim="event.approval-reversed"),
    Transition(HOLDING,              Event.CAPTURED, "PARTIALLY_CAPTURED",  claim="event.captured", when=(LATER, HELD)),
    Transition(HOLDING,              Event.CAPTURED, "CAPTURED",            claim="event.captured", when=(LATER, NOT_HELD)),
    Transition("PENDING",            Event.DECLINED, "PENDING",             claim="event.capture-failed-hold", when=(PERHAPS_LATER,)),
    Transition("CREATED",            Event.DECLINED, "CREATED",             claim="event.capture-failed-hold"),
    Transition("PARTIALLY_CAPTURED", Event.DECLINED, "PARTIALLY_CAPTURED",  claim="event.capture-failed-hold"),
    Transition("CAPTURED",           Event.DECLINED, "CAPTURED",            claim="event.capture-failed-hold"),
    Transition("CREATED",            Event.CANCELED, "VOIDED",              claim="event.voided"),
    Transition("CREATED",            Event.EXPIRED,  "VOIDED",              claim="event.voided"),
    Transition("PARTIALLY_CAPTURED", Event.CANCELED, "CAPTURED",            claim="read.voided", when=(KEPT,)),
    Transition("PARTIALLY_CAPTURED", Event.CANCELED, "REFUNDED",            claim="read.voided", when=(SPENT,)),
    Transition("PARTIALLY_CAPTURED", Event.EXPIRED,  "CAPTURED",            claim="read.voided", when=(KEPT,)),
    Transition("PARTIALLY_CAPTURED", Event.EXPIRED,  "REFUNDED",            claim="read.voided", when=(SPENT,)),
    Transition("PARTIALLY_CAPTURED", Event.REFUNDED, "PARTIALLY_CAPTURED",  claim="event.authorization-refunded"),
    Transition("CAPTURED",           Event.REFUNDED, "CAPTURED",            claim="event.authorization-refunded", when=(KEPT,)),
    Transition("CAPTURED",           Event.REFUNDED, "REFUNDED",            claim="event.authorization-refunded", when=(SPENT,)),
    Transition(OF_A_CAPTURE,         Event.REFUNDED, "PARTIALLY_REFUNDED",  claim="event.refund-status", when=(KEPT,)),
    Transition(OF_A_CAPTURE,         Event.REFUNDED, "REFUNDED",            claim="event.refund-status", when=(SPENT,)),
)

# --- permits --------------------------------------------------------------------------------------

OPEN = status_is("CREATED",                    claim="cancel.hold")
PART_TAKEN = status_is("PARTIALLY_CAPTURED",   claim="cancel.rest")
VOID = (
    whole_amount(                              claim="cancel.whole"),
    before("hold_expires_at", unknown_is_enough=True, claim="cancel.expiry"),
    not_disputed(                              claim="dispute.blocks"),
    no_chargeback(                             claim="dispute.blocks"),
)
ITSELF = (created_as_is(None,                  claim="cancel.origin-unknown"), *VOID)
BY_PARENT = (created_as_is("reauthorization",  claim="cancel.parent"), known("parent_id", claim="cancel.parent"), *VOID)
TAKEN = (
    status_is("PARTIALLY_CAPTURED", "CAPTURED", *OF_A_CAPTURE, claim="refund.captured"),
    something_captured(                        claim="refund.captured"),
    within(days=180, of="captured_at",         claim="refund.window"),
    no_chargeback(                             claim="refund.chargeback"),
    fewer_refunds_than_the_limit(              claim="refund.count"),
    balance_suffices(                          claim="refund.balance"),
)
WHOLE = (whole_amount(                         claim="refund.whole"), *TAKEN)
PART = (
    part_amount(                               claim="refund.part"),
    parts_allowed(                             claim="refund.part-allowed"),
    not_disputed(                              claim="refund.disputed-part"), *TAKEN)
THE_ONLY_ONE = Count("captures", "refund.captures-unknown", Reason.NOT_OFFERED, most=1, unknown_is_enough=True)
SEVERAL = Count("captures", "refund.several-captures", Reason.NOT_OFFERED, least=2)
ITS_REST = known("available_to_refund",        claim="refund.several-captures")

PERMITS = (
    Permit("cancel.hold",             CANCEL, because=Reason.NOT_CAPTURED, when=(OPEN, *ITSELF)),
    Permit("cancel.hold-by-parent",   CANCEL, because=Reason.NOT_CAPTURED, when=(OPEN, *BY_PARENT)),
    Permit("cancel.rest",             CANCEL, because=Reason.REST_HELD, when=(PART_TAKEN, *ITSELF)),
    Permit("cancel.rest-by-parent",   CANCEL, because=Reason.REST_HELD, when=(PART_TAKEN, *BY_PARENT)),
    Permit("refund.whole",            REFUND, because=Reason.CAPTURED, when=(THE_ONLY_ONE, *WHOLE)),
    Permit("refund.part",             REFUND, because=Reason.CAPTURED, when=(THE_ONLY_ONE, *PART)),
    Permit("refund.whole-of-several", REFUND, because=Reason.CAPTURED, when=(SEVERAL, ITS_REST, *WHOLE)),
    Permit("refund.part-of-several",  REFUND, because=Reason.CAPTURED, when=(SEVERAL, ITS_REST, *PART)),
)

RULES = Edition(
    name="2026-11", begins="PAYER_ACTION_REQUIRED", prefer=(CANCEL, REFUND), prefer_claim="prefer",
    statuses=STATUSES, transitions=TRANSITIONS, permits=PERMITS, replies=REPLIES)
TABLE = Provider("paypal", "PayPal", PAGES, CLAIMS, editions=(RULES,), default="2026-11")
