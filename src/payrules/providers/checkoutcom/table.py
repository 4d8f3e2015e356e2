"""Checkout.com: which operation undoes a payment. Left what we check, right the claim it rests on."""

from payrules.providers.checkoutcom.claims import CLAIMS, PAGES
from payrules.providers.checkoutcom.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    before,
    everything_refunded,
    fewer_partial_actions_than,
    known,
    method_is,
    method_is_not,
    no_refund_pending,
    not_disputed,
    nothing_captured,
    nothing_held,
    part_amount,
    rest_alone,
    scheme_is,
    something_captured,
    something_held,
    something_left,
    status_is,
    whole_amount,
)
from payrules.words import Action, Event, Reason

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND

# --- statuses: what each proves -------------------------------------------------------------------

STATUSES = (
    Status("Pending", "status.pending", awaits=Reason.PAYMENT_PENDING),
    Status("Authorized", "status.authorized", proves=(
        Proof("amount_captured", 0,            claim="status.authorized"),
        Proof("amount_released", 0,            claim="status.authorized"),
        Proof("amount_refunded", 0,            claim="status.authorized"),
    )),
    Status("Partially Captured", "status.partially-captured", proves=(
        Proof("amount_refunded", 0,            claim="status.partially-captured"),
    )),
    Status("Captured", "status.captured", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.captured"),
        Proof("amount_released", Share.REST,   claim="status.captured"),
        Proof("amount_refunded", 0,            claim="status.captured"),
    )),
    Status("Partially Refunded", "status.partially-refunded"),
    Status("Retry Scheduled", "status.retry-scheduled", proves=(
        Proof("amount_captured", 0,            claim="status.retry-scheduled"),
        Proof("amount_released", 0,            claim="status.retry-scheduled"),
        Proof("amount_refunded", 0,            claim="status.retry-scheduled"),
    )),
    Status("unknown", "status.unknown", proves=(
        Proof("amount_released", 0,            claim="status.unknown"),
        Proof("amount_refunded", 0,            claim="status.unknown"),
    )),
    Status("Paid", "status.paid"),
    Status("Card Verified", "final.card-verified", final=Reason.NEVER_PAID),
    Status("Declined",      "final.declined",      final=Reason.NEVER_PAID),
    Status("Voided",        "final.voided",        final=Reason.ALREADY_CANCELED),
    Status("Canceled",      "final.canceled",      final=Reason.ALREADY_CANCELED),
    Status("Expired",       "final.expired",       final=Reason.HOLD_EXPIRED),
    Status("Refunded",      "final.refunded",      final=Reason.ALREADY_REFUNDED),
)
PARTLY = ("Partially Captured", "Partially Refunded")
TAKEN = ("Captured", *PARTLY)

# --- transitions ----------------------------------------------------------------------------------

TO_COME = ("Pending", "Retry Scheduled", "unknown")
HELD = (something_held(claim="event.captured"),)
NOT_HELD = (nothing_held(claim="event.captured"),)
KEPT = (something_left(claim="event.rest-voided"),)
NOT_KEPT = (everything_refunded(claim="event.rest-voided"),)
TAKEN_LEFT = (something_left(claim="event.refund-status"),)
HELD_LEFT = (everything_refunded(claim="event.refund-status"), something_held(claim="event.refund-status"))
NOT_LEFT = (everything_refunded(claim="event.refund-status"), nothing_held(claim="event.refund-status"))
CAPTURABLE = (*TO_COME, "Authorized", "Partially Captured")
TRANSITIONS = (
    Transition(TO_COME,      Event.AUTHORIZED, "Authorized",         claim="event.approved"),
    Transition(TO_COME,      Event.DECLINED,   "Declined",           claim="event.declined"),
    Transition(("Pending", "Retry Scheduled"), Event.CANCELED, "Canceled", claim="event.canceled"),
    Transition(("Authorized", "unknown"), Event.CANCELED, "Voided",  claim="event.voided"),
    Transition("unknown",    Event.REVERSED,   "Voided",             claim="event.reversal"),
    Transition(("Pending", "Authorized"), Event.EXPIRED, "Expired",  claim="event.expired"),
    Transition(CAPTURABLE,   Event.CAPTURED,   "Partially Captured", claim="event.captured", when=HELD),
    Transition(CAPTURABLE,   Event.CAPTURED,   "Captured",           claim="event.captured", when=NOT_HELD),
    Transition("Partially Refunded", Event.CAPTURED, "Partially Refunded", claim="event.captured"),
    Transition("Captured",   Event.CANCELED,   "Captured",           claim="event.rest-voided"),
    Transition("Captured",   Event.EXPIRED,    "Captured",           claim="event.rest-voided"),
    Transition("Partially Captured", Event.CANCELED, "Partially Captured", claim="event.rest-voided"),
    Transition("Partially Captured", Event.EXPIRED,  "Partially Captured", claim="event.rest-voided"),
    Transition("Partially Refunded", Event.CANCELED, "Partially Refunded", claim="event.rest-voided", when=KEPT),
    Transition("Partially Refunded", Event.CANCELED, "Refunded",     claim="event.rest-voided", when=NOT_KEPT),
    Transition("Partially Refunded", Event.EXPIRED,  "Partially Refunded", claim="event.rest-voided", when=KEPT),
    Transition("Partially Refunded", Event.EXPIRED,  "Refunded",     claim="event.rest-voided", when=NOT_KEPT),
    Transition(TAKEN,        Event.REFUNDED,   "Partially Refunded", claim="event.refund-status", when=TAKEN_LEFT),
    Transition(TAKEN,        Event.REFUNDED,   "Partially Refunded", claim="event.refund-status", when=HELD_LEFT),
    Transition(TAKEN,        Event.REFUNDED,   "Refunded",           claim="event.refund-status", when=NOT_LEFT),
    Transition(TAKEN,        Event.REVERSED,   "Refunded",           claim="event.reversal"),
)

# --- permits --------------------------------------------------------------------------------------

ALWAYS = (known("payment_id", claim="request.id"), not_disputed(claim="dispute.blocks"))
UNEXPIRED = before("hold_expires_at", unknown_is_enough=True, claim="cancel.expired")
REVERSAL = (whole_amount(claim="reverse.whole"), no_refund_pending(claim="reverse.refund-pending"), *ALWAYS)
HOLD = (status_is("Authorized", claim="cancel.hold"), nothing_captured(claim="cancel.hold"), UNEXPIRED)
REST = (
    status_is(*TAKEN,                            claim="cancel.rest"),
    something_captured(                          claim="cancel.rest"),
    something_held(                              claim="cancel.rest"),
    UNEXPIRED,
)
MONEY = (
    status_is(*TAKEN,                            claim="refund.captured"),
    something_captured(                          claim="refund.captured"),
)
RETRY = (nothing_captured(claim="status.retry-scheduled"),)

PERMITS = (
    Permit("cancel.hold", CANCEL, because=Reason.NOT_CAPTURED, when=(
        *HOLD, *ALWAYS, whole_amount(            claim="cancel.whole"),
    )),
    Permit("cancel.rest", CANCEL, because=Reason.REST_HELD, when=(
        *REST, *ALWAYS,
        method_is("card", None,                  claim="cancel.rest-card"),
        scheme_is("VISA", "Visa", "MASTERCARD", "Mastercard", "AMEX", "Amex", "AMERICAN EXPRESS", "American Express",
                                                 claim="cancel.scheme-words"),
        rest_alone(                              claim="cancel.rest-only"),
    )),
    Permit("cancel.retry", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
        *RETRY, *ALWAYS,
        status_is("Retry Scheduled",             claim="cancel.retry"),
        whole_amount(                            claim="cancel.whole"),
    )),
    Permit("refund.whole", REFUND, because=Reason.CAPTURED, when=(
        *MONEY, *ALWAYS,
        fewer_partial_actions_than(150,          claim="refund.actions-whole"),
        nothing_held(                            claim="refund.whole"),
        whole_amount(                            claim="refund.parts"),
    )),
    Permit("refund.part", REFUND, because=Reason.CAPTURED, when=(
        *MONEY, *ALWAYS,
        fewer_partial_actions_than(150,          claim="refund.actions"),
        part_amount(                             claim="refund.parts"),
    )),
    Permit("reverse.hold", REVERSE, because=Reason.NOT_CAPTURED, brings=Event.CANCELED, when=(
        *REVERSAL, UNEXPIRED,
        status_is("Authorized",                  claim="reverse.held"),
        nothing_captured(                        claim="reverse.held"),
    )),
    Permit("reverse.card", REVERSE, because=Reason.REST_HELD, when=(
        *REVERSAL, *REST, method_is("card",      claim="reverse.card"),
    )),
    Permit("reverse.other-first", REVERSE, because=Reason.REST_HELD, gives=CANCEL, brings=Event.CANCELED, when=(
        *REVERSAL, *REST,
        known("method",                          claim="reverse.method-known"),
        method_is_not("card",                    claim="reverse.other-word"),
    )),
    Permit("reverse.captured", REVERSE, because=Reason.CAPTURED, gives=REFUND, brings=Event.REFUNDED, when=(
        *REVERSAL,
        status_is(*TAKEN,                        claim="reverse.captured"),
        something_captured(                      claim="reverse.captured"),
        nothing_held(                            claim="reverse.captured-part"),
    )),
    Permit("reverse.retry", REVERSE, because=Reason.NOT_AUTHORIZED, brings=Event.CANCELED, when=(
        *RETRY, *REVERSAL, status_is("Retry Scheduled", claim="reverse.retry"),
    )),
    Permit("reverse.unknown", REVERSE, because=Reason.CAPTURE_UNKNOWN, when=(
        *REVERSAL, status_is("unknown",          claim="reverse.unknown"),
    )),
)

TABLE = Provider(
    name="checkoutcom",
    title="Checkout.com",
    pages=PAGES,
    claims=CLAIMS,
    editions=(
        Edition(
            name="2026-11",
            begins="Pending",
            prefer=(CANCEL, REFUND, REVERSE),
            prefer_claim="prefer",
            replies=REPLIES,
            statuses=STATUSES,
            transitions=TRANSITIONS,
            permits=PERMITS,
        ),
    ),
    default="2026-11",
)
