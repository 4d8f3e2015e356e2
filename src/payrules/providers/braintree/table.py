"""Braintree: which operation undoes a transaction, or a refund. Left what we check, right the claim it rests on."""

from payrules.providers.braintree.claims import CLAIMS, PAGES
from payrules.providers.braintree.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    kind_is,
    known,
    method_is,
    method_is_not,
    not_disputed,
    nothing_captured,
    nothing_refunded,
    refunds_enabled,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, Event, Kind, Reason

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND

# --- statuses: what each proves -------------------------------------------------------------------

TAKEN = Proof("amount_captured", Share.WHOLE, claim="status.whole")
REST_RELEASED = Proof("amount_released", Share.REST, claim="status.rest")
UNREFUNDED = Proof("amount_refunded", 0,      claim="status.not-refunded")

STATUSES = (
    Status("authorizing",              "status.authorizing", awaits=Reason.PAYMENT_PENDING),
    Status("authorized",               "status.authorized", proves=(
        Proof("amount_captured", 0,           claim="status.authorized-amounts"),
        Proof("amount_released", 0,           claim="status.authorized-amounts"),
        Proof("amount_refunded", 0,           claim="status.authorized-amounts"),
    )),
    Status("submitted_for_settlement", "status.submitted",   proves=(TAKEN, REST_RELEASED, UNREFUNDED)),
    Status("settling",                 "status.settling",    proves=(TAKEN, REST_RELEASED)),
    Status("settlement_pending",       "status.pending",     proves=(
        Proof("amount_released", 0,           claim="status.pending-amounts"),
        Proof("amount_refunded", 0,           claim="status.pending-amounts"),
    )),
    Status("settled",                  "status.settled",     proves=(TAKEN, REST_RELEASED)),
    Status("settlement_confirmed",     "status.parent"),
    Status("unknown",                  "status.unknown"),
    Status("voided",                   "final.voided-word",  final=Reason.ALREADY_CANCELED),
    Status("authorization_expired",    "final.expired",      final=Reason.HOLD_EXPIRED),
    Status("settlement_declined",      "final.declined",     final=Reason.NEVER_PAID),
    Status("failed",                   "final.declined",     final=Reason.NEVER_PAID),
    Status("processor_declined",       "final.declined",     final=Reason.NEVER_PAID),
    Status("gateway_rejected",         "final.declined",     final=Reason.NEVER_PAID),
)

# --- transitions: nothing leaves what is voided, expired or declined ------------------------------

OPEN = ("authorizing", "authorized", "submitted_for_settlement", "settling", "settlement_pending", "unknown")
RECORD = (kind_is(Kind.REFUND, claim="refund-record.void"),)

TRANSITIONS = (
    Transition("authorizing",  Event.AUTHORIZED,     "authorized",               claim="event.booked"),
    Transition("authorizing",  Event.DECLINED,       "processor_declined",       claim="event.booked"),
    Transition(("authorizing", "authorized"), Event.CAPTURED, "submitted_for_settlement", claim="event.booked"),
    Transition((*OPEN, "settled"), Event.SETTLED,    "settled",                  claim="event.settled"),
    Transition(OPEN,           Event.CAPTURE_FAILED, "settlement_declined",      claim="event.settlement-declined"),
    Transition("authorized",   Event.EXPIRED,        "authorization_expired",    claim="event.expired"),
    Transition("authorized",   Event.CANCELED,       "voided",                   claim="cancel.authorized"),
    Transition("authorized",   Event.REVERSED,       "voided",                   claim="refund-record.void", when=RECORD),
    Transition("submitted_for_settlement", Event.REVERSED, "voided",             claim="reverse.submitted"),
    Transition("settlement_pending", Event.REVERSED, "voided",                   claim="reverse.pending"),
    Transition("unknown",      Event.REVERSED,       "voided",                   claim="event.unknown"),
    Transition("unknown",      Event.REFUNDED,       "settled",                  claim="event.unknown"),
    Transition("settling",     Event.REFUNDED,       "settling",                 claim="event.refunded"),
    Transition("settled",      Event.REFUNDED,       "settled",                  claim="event.refunded"),
)

# --- permits --------------------------------------------------------------------------------------

CHARGE = kind_is(Kind.SALE, Kind.PRE_AUTHORIZATION, Kind.COMPLETION, Kind.BANK_TRANSFER, None, claim="kind.unknown")
UNTOUCHED = nothing_refunded(claim="reverse.untouched")
UNDISPUTED = not_disputed(claim="dispute.blocks")
WAITING = (("submitted_for_settlement", Reason.NOT_SETTLED), ("settlement_pending", Reason.NOT_SETTLED))

SETTLED = status_is("settled",                       claim="refund.settled", soon=WAITING)
SETTLING = status_is("settling",                     claim="refund.settling")
IN_TIME = (
    method_is("paypal_account", "venmo_account", None, claim="refund.method-unknown"),
    within(days=180, of="captured_at",               claim="refund.paypal-window"),
)
AT_ANY_TIME = (
    method_is_not("paypal_account", "venmo_account", claim="refund.no-window"),
    known("method",                                  claim="refund.method-unknown"),
)
GIVEN_BACK = (
    something_captured(                              claim="refund.cap"),
    whole_or_part(                                   claim="refund.parts"),
    refunds_enabled(                                 claim="refund.enabled"),
    CHARGE, UNDISPUTED,
)

RULES = Edition(
    name="2026-11",
    begins="authorizing",
    prefer=(CANCEL, REVERSE, REFUND), prefer_claim="prefer",
    statuses=STATUSES, transitions=TRANSITIONS, replies=REPLIES,
    permits=(
        Permit("cancel.authorized", CANCEL, because=Reason.NOT_CAPTURED, when=(
            status_is("authorized",                  claim="cancel.authorized"),
            nothing_captured(                        claim="cancel.children"),
            whole_amount(                            claim="void.whole"),
            CHARGE, UNDISPUTED,
        )),
        Permit("reverse.submitted", REVERSE, because=Reason.BATCH_OPEN, when=(
            status_is("submitted_for_settlement",    claim="reverse.submitted"),
            whole_amount(                            claim="void.whole"),
            UNTOUCHED, UNDISPUTED,
        )),
        Permit("reverse.pending", REVERSE, because=Reason.NOT_CAPTURED, when=(
            status_is("settlement_pending",          claim="reverse.pending"),
            method_is("paypal_account",              claim="reverse.pending"),
            nothing_captured(unknown_is_enough=True, claim="reverse.pending-children"),
            whole_amount(                            claim="void.whole"),
            CHARGE, UNTOUCHED, UNDISPUTED,
        )),
        Permit("reverse.unknown", REVERSE, because=Reason.CAPTURE_UNKNOWN, when=(
            status_is("unknown",                     claim="unknown.reverse"),
            whole_amount(                            claim="unknown.whole"),
            CHARGE, UNTOUCHED, UNDISPUTED,
        )),
        Permit("reverse.refund", REVERSE, because=Reason.BATCH_OPEN, when=(
            kind_is(Kind.REFUND,                     claim="refund-record.void"),
            status_is("authorized",                  claim="refund-record.statuses"),
            whole_amount(                            claim="refund-record.void"),
            UNTOUCHED, UNDISPUTED,
        )),
        Permit("refund.settled", REFUND, because=Reason.CAPTURED, when=(SETTLED, *AT_ANY_TIME, *GIVEN_BACK)),
        Permit("refund.settled-in-time", REFUND, because=Reason.CAPTURED, when=(SETTLED, *IN_TIME, *GIVEN_BACK)),
        Permit("refund.settling", REFUND, because=Reason.CAPTURED, when=(SETTLING, *AT_ANY_TIME, *GIVEN_BACK)),
        Permit("refund.settling-in-time", REFUND, because=Reason.CAPTURED, when=(SETTLING, *IN_TIME, *GIVEN_BACK)),
    ),
)

TABLE = Provider(
    name="braintree",
    title="Braintree",
    pages=PAGES,
    claims=CLAIMS,
    editions=(RULES,),
    default="2026-11",
)
