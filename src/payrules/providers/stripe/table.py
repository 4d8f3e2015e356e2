"""Stripe: which operation undoes a payment intent, or a refund. Left what we check, right the claim it rests on."""

from payrules.providers.stripe.claims import CLAIMS, PAGES
from payrules.providers.stripe.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    Is,
    balance_suffices,
    before,
    capture_mode_is,
    created_as_is,
    kind_is,
    known,
    method_known_to_be,
    multicapture_enabled,
    not_disputed,
    nothing_captured,
    nothing_held,
    single_capture,
    something_captured,
    something_held,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, CaptureMode, Event, Kind, Reason

CANCEL, REFUND = Action.CANCEL, Action.REFUND
AUTO, MANUAL = CaptureMode.AUTO, CaptureMode.MANUAL

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
PAYMENTS = (None, Kind.SALE, Kind.PRE_AUTHORIZATION, Kind.COMPLETION, Kind.BANK_TRANSFER)
CARDS = ("card", "card_present")
ACH = ("ach_debit", "us_bank_account")

# --- statuses: what each proves -------------------------------------------------------------------

NOT_PAID = (
    Proof("amount_captured", 0,            claim="status.unpaid"),
    Proof("amount_released", 0,            claim="status.unpaid"),
    Proof("amount_refunded", 0,            claim="status.unpaid"),
)
HOLD = (
    Proof("amount_captured", 0,            claim="status.hold-amounts", when=(single_capture(claim="status.hold-amounts"),)),
    Proof("amount_released", 0,            claim="status.hold-unreleased"),
    Proof("amount_refunded", 0,            claim="status.hold-unrefunded", when=(nothing_captured(claim="status.hold-unrefunded"),)),
)
TAKEN = (
    Proof("amount_captured", Share.WHOLE,  claim="status.succeeded-whole"),
    Proof("amount_released", Share.REST,   claim="status.succeeded-rest"),
)

STATUSES = (
    Status("requires_payment_method", "status.unpaid",         proves=NOT_PAID),
    Status("requires_confirmation",   "status.unpaid",         proves=NOT_PAID),
    Status("requires_action",         "status.unpaid",         proves=NOT_PAID),
    Status("requires_capture",        "status.hold",           proves=HOLD),
    Status("processing",              "status.processing",     awaits=Reason.CAPTURE_PENDING),
    Status("succeeded",               "status.succeeded",      proves=TAKEN),
    Status("canceled",                "final.canceled",        final=Reason.ALREADY_CANCELED),
    Status("pending",                 "refund-status.words"),
    Status("failed",                  "refund-status.failed",  final=Reason.NEVER_PAID),
)

# --- transitions: nothing leaves canceled and failed ----------------------------------------------

SINGLE, NO_REST = single_capture(claim="event.captured"), nothing_held(claim="event.captured")
SEVERAL, REST = multicapture_enabled(claim="event.captured-part"), something_held(claim="event.captured-part")
NONE_TAKEN, SOME_TAKEN = nothing_captured(claim="event.canceled"), something_captured(claim="event.released")
AT_ONCE, ON_REQUEST = capture_mode_is(AUTO, claim="event.succeeded"), capture_mode_is(MANUAL, claim="event.authorized")

TRANSITIONS = (
    Transition((*UNPAID, "processing"), Event.AUTHORIZED, "requires_capture", claim="event.authorized", when=(ON_REQUEST,)),
    Transition((*UNPAID, "processing"), Event.CAPTURED,   "succeeded",        claim="event.succeeded", when=(AT_ONCE,)),
    Transition((*UNPAID, "processing"), Event.DECLINED,   "requires_payment_method", claim="event.failed"),
    Transition((*UNPAID, "processing"), Event.CANCELED,   "canceled",         claim="event.canceled"),
    Transition(UNPAID,                  Event.EXPIRED,    "canceled",         claim="event.session-expired"),
    Transition("requires_capture",      Event.CAPTURED,   "succeeded",        claim="event.captured", when=(SINGLE,)),
    Transition("requires_capture",      Event.CAPTURED,   "succeeded",        claim="event.captured", when=(SEVERAL, NO_REST)),
    Transition("requires_capture",      Event.CAPTURED,   "requires_capture", claim="event.captured-part", when=(SEVERAL, REST)),
    Transition("requires_capture",      Event.CANCELED,   "canceled",         claim="event.canceled", when=(NONE_TAKEN,)),
    Transition("requires_capture",      Event.CANCELED,   "succeeded",        claim="event.released", when=(SOME_TAKEN,)),
    Transition("requires_capture",      Event.EXPIRED,    "canceled",         claim="event.expired", when=(NONE_TAKEN,)),
    Transition("requires_capture",      Event.EXPIRED,    "succeeded",        claim="event.released", when=(SOME_TAKEN,)),
    Transition("requires_capture",      Event.REFUNDED,   "requires_capture", claim="refund.status"),
    Transition("succeeded",             Event.REFUNDED,   "succeeded",        claim="refund.status"),
)

# --- permits --------------------------------------------------------------------------------------

# What only narrows is a guard: a yes does not rest on it.
IS_PAYMENT = Is("kind", PAYMENTS, "refund.of-refund", Reason.WRONG_KIND, guard=True)
IS_CARD = Is("method", CARDS, "refund.balance-cards", Reason.WRONG_METHOD, unknown_fails=True, guard=True)
IS_NEITHER = Is("method", (*CARDS, *ACH), "refund.method-unknown", Reason.WRONG_METHOD, negated=True, guard=True)
NOT_IN_PERSON = Is("method", ("interac_present",), "refund.interac-rejected", Reason.WRONG_METHOD, negated=True, guard=True)
NOT_INTERAC = Is("scheme", ("interac",), "refund.interac-rejected", Reason.WRONG_METHOD, negated=True, guard=True)
WHOLE = whole_amount(                      claim="cancel.whole")
NO_DISPUTE = not_disputed(                 claim="dispute.blocks-cancel")
HOLDS = (
    status_is("requires_capture",          claim="cancel.hold"),
    Is("method", ("interac_present",), "cancel.single-message-words", Reason.WRONG_METHOD, negated=True, guard=True),
    Is("scheme", ("interac", "eftpos_au"), "cancel.single-message-words", Reason.WRONG_METHOD, negated=True, guard=True),
    before("hold_expires_at",              claim="cancel.before-expiry", unknown_is_enough=True),
    IS_PAYMENT, WHOLE, NO_DISPUTE,
)
TAKES_BACK = (
    status_is("succeeded", "requires_capture", claim="refund.captured"),
    something_captured(                    claim="refund.captured"),
    whole_or_part(                         claim="refund.parts"),
    not_disputed(                          claim="dispute.blocks"),
    IS_PAYMENT, NOT_INTERAC,
)
FUNDS = balance_suffices(                  claim="refund.balance")

PERMITS = (
    Permit("cancel.unpaid", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
        status_is(*UNPAID,                 claim="cancel.unpaid"),
        created_as_is(None,                claim="cancel.session-unknown"),
        IS_PAYMENT, WHOLE, NO_DISPUTE,
    )),
    Permit("cancel.session", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
        status_is(*UNPAID,                 claim="cancel.session"),
        created_as_is("checkout_session",  claim="cancel.session"),
        known("parent_id",                 claim="cancel.session"),
        IS_PAYMENT, WHOLE, NO_DISPUTE,
    )),
    Permit("cancel.hold", CANCEL, because=Reason.NOT_CAPTURED, when=(
        nothing_captured(                  claim="cancel.hold"),
        *HOLDS,
    )),
    Permit("cancel.rest", CANCEL, because=Reason.REST_HELD, when=(
        something_captured(                claim="cancel.rest"),
        something_held(                    claim="cancel.rest"),
        *HOLDS,
    )),
    Permit("cancel.refund", CANCEL, because=Reason.NOT_CAPTURED, when=(
        kind_is(Kind.REFUND,               claim="cancel.refund"),
        status_is("requires_action",       claim="cancel.refund"),
        WHOLE, NO_DISPUTE,
    )),
    Permit("refund.card", REFUND, because=Reason.CAPTURED, when=(IS_CARD, *TAKES_BACK)),
    Permit("refund.other-method", REFUND, because=Reason.CAPTURED, when=(IS_NEITHER, NOT_IN_PERSON, *TAKES_BACK, FUNDS)),
)
IS_ACH = method_known_to_be(*ACH,          claim="refund.ach-words")
ACH_180 = Permit("refund.ach", REFUND, because=Reason.CAPTURED, when=(
    within(days=180, of="created_at",      claim="refund.ach-180"), IS_ACH, *TAKES_BACK, FUNDS,
))
ACH_90 = Permit("refund.ach", REFUND, because=Reason.CAPTURED, when=(
    within(days=90, of="created_at",       claim="refund.ach-90"), IS_ACH, *TAKES_BACK, FUNDS,
))

PREFER = (CANCEL, REFUND)
EDITIONS = (
    Edition("2026-11", "requires_payment_method", PREFER, "prefer", STATUSES, TRANSITIONS, (*PERMITS, ACH_180), replies=REPLIES),
    Edition("ach-90-days", "requires_payment_method", PREFER, "prefer", STATUSES, TRANSITIONS, (*PERMITS, ACH_90), replies=REPLIES),
)
TABLE = Provider(name="stripe", title="Stripe", pages=PAGES, claims=CLAIMS, editions=EDITIONS, default="2026-11")
