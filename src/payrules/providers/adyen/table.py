"""Adyen: which operation undoes a payment. Left what we check, right the claim it rests on."""

from payrules.providers.adyen.claims import CLAIMS, PAGES
from payrules.providers.adyen.methods import FULL_REFUND_ONLY, NO_REFUND, NO_SEPARATE_CAPTURE
from payrules.providers.adyen.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    capture_mode_is,
    known,
    method_is_not,
    method_known_to_be,
    multicapture_enabled,
    not_disputed,
    not_several_captures,
    not_split,
    nothing_captured,
    nothing_held,
    nothing_refunded,
    single_capture,
    something_captured,
    something_held,
    status_is,
    unknown,
    whole_amount,
    whole_or_part,
    within,
    within_hours_of_field,
)
from payrules.words import Action, CaptureMode, Event, Reason, Source

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
AUTO, MANUAL, DELAYED = CaptureMode.AUTO, CaptureMode.MANUAL, CaptureMode.DELAYED

# --- statuses: what each proves --------------------------------------------------------------------------------------

NOT_PAID = (
    Proof("amount_captured", 0,            claim="status.received"),
    Proof("amount_released", 0,            claim="status.received"),
    Proof("amount_refunded", 0,            claim="status.received"),
)
AUTHORISED = (
    Proof("amount_captured", Share.WHOLE,  claim="status.auto",    when=(capture_mode_is(AUTO, claim="status.auto"),)),
    Proof("amount_captured", 0,            claim="status.manual",  when=(capture_mode_is(MANUAL, claim="status.manual"),)),
    Proof("amount_captured", 0,            claim="status.delayed", source=Source.CLOCK, when=(
        capture_mode_is(DELAYED,           claim="status.delayed"),
        within_hours_of_field("capture_delay_hours", of="authorized_at", claim="status.delayed"),
    )),
    Proof("amount_released", Share.REST,   claim="status.single-capture", when=(
        something_captured(                claim="status.single-capture"),
        single_capture(                    claim="status.single-capture"),
    )),
    Proof("amount_released", 0,            claim="status.authorised-released"),
    Proof("amount_refunded", 0,            claim="status.authorised"),
)
CAPTURED = (
    Proof("amount_captured", Share.WHOLE,  claim="status.captured"),
    Proof("amount_released", Share.REST,   claim="status.captured"),
)
IN_DISPUTE = (Proof("disputed", True,      claim="dispute.statuses", beats_given=True), *CAPTURED)

STATUSES = (
    Status("Offer",             "status.offer",              nothing_yet=Reason.NEVER_PAID),
    Status("Received",          "status.received",           proves=NOT_PAID),
    Status("AuthorisedPending", "status.authorised-pending", proves=NOT_PAID),
    Status("Authorised",        "status.authorised",         proves=AUTHORISED),
    Status("SentForSettle",     "status.captured",           proves=CAPTURED),
    Status("SettleScheduled",   "status.captured",           proves=CAPTURED),
    Status("Settled",           "status.captured",           proves=CAPTURED),
    Status("CaptureFailed",     "status.capture-failed",     awaits=Reason.CAPTURE_PENDING),
    Status("SentForRefund",     "status.captured-refunded",  proves=CAPTURED),
    Status("RefundScheduled",   "status.captured-refunded",  proves=CAPTURED),
    Status("Refunded",          "status.captured-refunded",  proves=CAPTURED),
    Status("RefundFailed",      "refund.again",              proves=CAPTURED),
    Status("RefundedReversed",  "refund.again",              proves=CAPTURED),
    Status("Chargeback",        "dispute.statuses",          proves=IN_DISPUTE),
    Status("SecondChargeback",  "dispute.statuses",          proves=IN_DISPUTE),
    Status("ChargebackReversed", "refund.reversed-chargeback", proves=CAPTURED),
    Status("Refused",           "final.refused",             final=Reason.NEVER_PAID),
    Status("Error",             "final.error",               final=Reason.NEVER_PAID),
    Status("Cancelled",         "final.cancelled",           final=Reason.ALREADY_CANCELED),
    Status("Expired",           "final.expired",             final=Reason.HOLD_EXPIRED),
)

# --- transitions: nothing leaves Refused, Error, Cancelled and Expired -----------------------------------------------

SETTLING = ("SentForSettle", "SettleScheduled", "Settled")
GIVEN_BACK = ("SentForRefund", "RefundScheduled", "Refunded", "RefundFailed", "RefundedReversed", "ChargebackReversed")
TAKEN = (*SETTLING, *GIVEN_BACK)
DISPUTED = ("Chargeback", "SecondChargeback")

SEVERAL = multicapture_enabled(             claim="status.multicapture")
SINGLE = single_capture(                   claim="status.single-capture")
REST = something_held(                     claim="status.multicapture")
NO_REST = nothing_held(                    claim="status.multicapture")
SOME_TAKEN = something_captured(           claim="event.rest-closed")
NONE_TAKEN = nothing_captured(             claim="event.cancellation", unknown_is_enough=True)
AT_ONCE = capture_mode_is(AUTO,            claim="status.auto")
LATER = capture_mode_is(MANUAL, DELAYED, None, claim="event.authorisation")

TRANSITIONS = (
    Transition("Offer",                  Event.AUTHORIZED, "Authorised",       claim="event.authorisation"),
    Transition("Offer",                  Event.DECLINED,   "Refused",          claim="event.offer-closed"),
    Transition("Received",               Event.AUTHORIZED, "SentForSettle",    claim="event.no-capture-event", when=(AT_ONCE,)),
    Transition("Received",               Event.AUTHORIZED, "Authorised",       claim="event.authorisation", when=(LATER,)),
    Transition("Received",               Event.DECLINED,   "Refused",          claim="event.authorisation-false"),
    Transition(("Received", "AuthorisedPending"), Event.CANCELED, "Cancelled", claim="cancel.received"),
    Transition("AuthorisedPending",      Event.AUTHORIZED, "Authorised",       claim="status.authorised-pending"),
    Transition("Authorised",             Event.CAPTURED,   "Authorised",       claim="status.multicapture", when=(SEVERAL, REST)),
    Transition("Authorised",             Event.CAPTURED,   "SentForSettle",    claim="status.multicapture", when=(SEVERAL, NO_REST)),
    Transition("Authorised",             Event.CAPTURED,   "SentForSettle",    claim="event.capture", when=(SINGLE,)),
    Transition("Authorised",             Event.CANCELED,   "Cancelled",        claim="event.cancellation", when=(NONE_TAKEN,)),
    Transition("Authorised",             Event.CANCELED,   "SentForSettle",    claim="event.rest-closed", when=(SOME_TAKEN,)),
    Transition("Authorised",             Event.EXPIRED,    "Expired",          claim="event.expire", when=(NONE_TAKEN,)),
    Transition("Authorised",             Event.EXPIRED,    "SentForSettle",    claim="event.rest-closed", when=(SOME_TAKEN,)),
    Transition("Authorised",             Event.REFUNDED,   "Authorised",       claim="event.refund", when=(SEVERAL, REST)),
    Transition("Authorised",             Event.REFUNDED,   "SentForRefund",    claim="event.refund", when=(SEVERAL, NO_REST)),
    Transition("Authorised",             Event.REFUNDED,   "SentForRefund",    claim="event.refund", when=(SINGLE,)),
    Transition("Authorised",             Event.CAPTURE_FAILED, "Authorised",   claim="event.capture-failed"),
    Transition("Authorised",             Event.REFUND_RETURNED, "Authorised",  claim="event.refunded-reversed"),
    Transition(("SentForSettle", "SettleScheduled"), Event.SETTLED, "Settled", claim="status.captured"),
    Transition((*TAKEN, "CaptureFailed"), Event.CAPTURED,  "SentForSettle",    claim="event.recaptured"),
    Transition((*TAKEN, "CaptureFailed"), Event.CAPTURE_FAILED, "CaptureFailed", claim="event.capture-failed"),
    Transition(TAKEN,                    Event.REFUNDED,   "SentForRefund",    claim="event.refund"),
    Transition(TAKEN,                    Event.REFUND_FAILED, "RefundFailed",  claim="event.refund-failed"),
    Transition(TAKEN,                    Event.REFUND_RETURNED, "RefundedReversed", claim="event.refunded-reversed"),
    Transition(("Authorised", *TAKEN),   Event.CHARGED_BACK, "Chargeback",     claim="event.chargeback"),
    Transition(("Authorised", *TAKEN, "Chargeback"), Event.CHARGED_BACK_AGAIN, "SecondChargeback", claim="event.second-chargeback"),
    Transition(DISPUTED,                 Event.DISPUTE_WON, "ChargebackReversed", claim="event.chargeback-reversed"),
    Transition("Chargeback",             Event.CAPTURED,   "Chargeback",       claim="event.elsewhere"),
    Transition("SecondChargeback",       Event.CAPTURED,   "SecondChargeback", claim="event.elsewhere"),
    Transition("Chargeback",             Event.CAPTURE_FAILED, "Chargeback",   claim="event.elsewhere"),
    Transition("SecondChargeback",       Event.CAPTURE_FAILED, "SecondChargeback", claim="event.elsewhere"),
    Transition("Chargeback",             Event.REFUNDED,   "Chargeback",       claim="event.refund"),
    Transition("SecondChargeback",       Event.REFUNDED,   "SecondChargeback", claim="event.refund"),
    Transition("Chargeback",             Event.REFUND_RETURNED, "Chargeback",  claim="event.refunded-reversed"),
    Transition("SecondChargeback",       Event.REFUND_RETURNED, "SecondChargeback", claim="event.refunded-reversed"),
)

# --- permits ---------------------------------------------------------------------------------------------------------

UNDISPUTED = not_disputed(                 claim="dispute.blocks")
NAMED = known("payment_id",                claim="cancel.psp-reference")
SEPARATE = method_is_not(*NO_SEPARATE_CAPTURE, claim="cancel.separate-capture")
UNTOUCHED = nothing_refunded(              claim="reverse.after-refund")

CANCELS = (
    Permit("cancel.attempt", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
        status_is("Received", "AuthorisedPending", claim="cancel.received"),
        nothing_captured(                  claim="cancel.before-capture"),
        whole_amount(                      claim="cancel.whole"),
        SEPARATE, NAMED, UNDISPUTED,
    )),
    Permit("cancel.hold", CANCEL, because=Reason.NOT_CAPTURED, when=(
        status_is("Authorised",            claim="cancel.statuses"),
        nothing_captured(                  claim="cancel.before-capture"),
        whole_amount(                      claim="cancel.whole"),
        SEPARATE, NAMED, UNDISPUTED,
    )),
    Permit("cancel.rest", CANCEL, because=Reason.REST_HELD, when=(
        status_is("Authorised",            claim="cancel.rest"),
        multicapture_enabled(              claim="status.multicapture"),
        something_captured(                claim="cancel.rest"),
        something_held(                    claim="cancel.rest"),
        whole_amount(                      claim="cancel.whole"),
        SEPARATE, NAMED, UNDISPUTED,
    )),
    Permit("cancel.by-own-reference", CANCEL, because=Reason.NOT_CAPTURED, gives=REVERSE, when=(
        unknown("payment_id", reason=Reason.NOT_OFFERED, claim="cancel.technical"),
        known("merchant_reference",        claim="cancel.technical"),
        status_is("Received", "AuthorisedPending", "Authorised", claim="cancel.technical"),
        nothing_captured(                  claim="cancel.technical-unknown", unknown_is_enough=True),
        whole_amount(                      claim="cancel.whole"),
        within(hours=24, of=("authorized_at", "created_at"), claim="cancel.technical-24h"),
        SEPARATE, UNDISPUTED,
    )),
)
REFUNDS = (
    Permit("refund.captured", REFUND, because=Reason.CAPTURED, when=(
        status_is("Authorised", *TAKEN, *DISPUTED, claim="refund.captured"),
        something_captured(                claim="refund.captured"),
        whole_or_part(                     claim="refund.parts"),
        method_is_not(*NO_REFUND, *FULL_REFUND_ONLY, claim="refund.method"),
        NAMED, UNDISPUTED,
    )),
    Permit("refund.full-only", REFUND, because=Reason.CAPTURED, when=(
        status_is("Authorised", *TAKEN, *DISPUTED, claim="refund.captured"),
        something_captured(                claim="refund.captured"),
        whole_amount(                      claim="refund.method-parts"),
        nothing_refunded(                  claim="refund.method-parts"),
        method_known_to_be(*FULL_REFUND_ONLY, claim="refund.method-parts"),
        NAMED, UNDISPUTED,
    )),
)
WHOLE = whole_amount(                      claim="reverse.whole-only")
NOT_SEVERAL = not_several_captures(        claim="reverse.no-multiple-captures")
NOT_SPLIT = not_split(                     claim="reverse.no-split")
# What a reversal brings depends on what it finds; where nobody knows, either way nothing is left.
REVERSALS = (
    Permit("reverse.unknown", REVERSE, because=Reason.CAPTURE_UNKNOWN, brings=Event.CANCELED, when=(
        status_is("Authorised",            claim="reverse.statuses"),
        unknown("amount_captured", reason=Reason.NOT_OFFERED, claim="reverse.unknown-capture"),
        WHOLE, NOT_SEVERAL, NOT_SPLIT, UNTOUCHED, NAMED, UNDISPUTED,
    )),
    Permit("reverse.held", REVERSE, because=Reason.NOT_CAPTURED, brings=Event.CANCELED, when=(
        status_is("Authorised",            claim="reverse.statuses"),
        nothing_captured(                  claim="reverse.known-too"),
        WHOLE, NOT_SEVERAL, NOT_SPLIT, UNTOUCHED, NAMED, UNDISPUTED,
    )),
    Permit("reverse.captured", REVERSE, because=Reason.CAPTURED, brings=Event.REFUNDED, when=(
        status_is("Authorised", *TAKEN, *DISPUTED, claim="reverse.statuses"),
        something_captured(                claim="reverse.known-too"),
        nothing_held(                      claim="reverse.one-part"),
        method_is_not(*NO_REFUND,          claim="reverse.method"),
        WHOLE, NOT_SEVERAL, NOT_SPLIT, UNTOUCHED, NAMED, UNDISPUTED,
    )),
)

TABLE = Provider(
    name="adyen",
    title="Adyen",
    pages=PAGES,
    claims=CLAIMS,
    editions=(
        Edition(
            name="2026-11",
            begins="Received",
            prefer=(CANCEL, REFUND, REVERSE),
            prefer_claim="prefer",
            replies=REPLIES,
            statuses=STATUSES,
            transitions=TRANSITIONS,
            permits=(*CANCELS, *REFUNDS, *REVERSALS),
        ),
    ),
    default="2026-11",
)
