"""GoCardless: which operation undoes a bank debit. Left what we check, right the claim it rests on."""

from payrules.providers.gocardless.claims import CLAIMS, PAGES
from payrules.providers.gocardless.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    balance_suffices,
    fewer_refunds_than,
    known,
    not_before,
    not_disputed,
    refunds_enabled,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
)
from payrules.words import Action, Event, Reason

CANCEL, REFUND = Action.CANCEL, Action.REFUND

# --- statuses: what each proves -------------------------------------------------------------------

NOTHING_TAKEN = (
    Proof("amount_captured", 0,            claim="status.scheduled"),
    Proof("amount_released", 0,            claim="status.whole"),
    Proof("amount_refunded", 0,            claim="status.scheduled"),
)
NOTHING_HELD = Proof("amount_released", Share.REST, claim="status.whole")

STATUSES = (
    Status("pending_customer_approval", "status.approval", proves=NOTHING_TAKEN, awaits=Reason.PAYMENT_PENDING),
    Status("pending_submission",        "status.scheduled", proves=NOTHING_TAKEN),
    Status("submitted",                 "status.submitted", awaits=Reason.CAPTURE_PENDING),
    Status("confirmed", "status.confirmed", proves=(
        Proof("amount_captured", Share.WHOLE, claim="status.confirmed"),
        NOTHING_HELD,
    )),
    Status("paid_out", "status.paid-out", proves=(
        Proof("amount_captured", Share.WHOLE, claim="status.paid-out"),
        NOTHING_HELD,
    )),
    Status("failed",                    "status.failed",       nothing_yet=Reason.NEVER_PAID),
    Status("charged_back",              "status.charged-back", nothing_yet=Reason.RETURNED_BY_BANK),
    Status("cancelled",                 "final.cancelled",     final=Reason.ALREADY_CANCELED),
    Status("customer_approval_denied",  "final.denied",        final=Reason.NEVER_PAID),
)

# --- transitions: nothing leaves cancelled and customer_approval_denied -------------------------------

COLLECTED = ("confirmed", "paid_out")

TRANSITIONS = (
    Transition("pending_customer_approval", Event.DECLINED, "customer_approval_denied", claim="event.denied"),
    Transition(("pending_customer_approval", "pending_submission", "failed"), Event.AUTHORIZED, "submitted", claim="event.submitted"),
    Transition(("pending_customer_approval", "pending_submission"), Event.CANCELED, "cancelled", claim="event.cancelled"),
    Transition("submitted",                 Event.CAPTURED,       "confirmed",    claim="event.confirmed"),
    Transition("confirmed",                 Event.SETTLED,        "paid_out",     claim="event.paid-out"),
    Transition(("submitted", *COLLECTED),   Event.CAPTURE_FAILED, "failed",       claim="event.failed"),
    Transition(COLLECTED,                   Event.CHARGED_BACK,   "charged_back", claim="event.charged-back"),
    Transition("charged_back",              Event.DISPUTE_WON,    "confirmed",    claim="event.chargeback-cancelled-status"),
    Transition("confirmed",                 Event.REFUNDED,       "confirmed",    claim="event.refund-paid"),
    Transition("paid_out",                  Event.REFUNDED,       "paid_out",     claim="event.refund-paid"),
    Transition("failed",                    Event.REFUNDED,       "failed",       claim="event.refund-after-return"),
    Transition("charged_back",              Event.REFUNDED,       "charged_back", claim="event.refund-after-return"),
)

# --- permits --------------------------------------------------------------------------------------

RULES = Edition(
    name="2026-11",
    begins="pending_submission",
    prefer=(CANCEL, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=STATUSES,
    transitions=TRANSITIONS,
    permits=(
        Permit("cancel.scheduled", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
            status_is("pending_submission",                      claim="cancel.scheduled"),
            whole_amount(                                        claim="cancel.whole"),
            known("payment_id",                                  claim="request.id"),
            not_disputed(                                        claim="dispute.blocks"),
        )),
        Permit("refund.collected", REFUND, because=Reason.CAPTURED, when=(
            status_is(*COLLECTED,                                claim="refund.statuses"),
            something_captured(                                  claim="refund.statuses"),
            whole_or_part(                                       claim="refund.parts"),
            refunds_enabled(                                     claim="refund.enabled"),
            fewer_refunds_than(5,                                claim="refund.five"),
            not_before(days=7, of="captured_at",                 claim="refund.seven-days"),
            known("payment_id",                                  claim="request.id"),
            balance_suffices(                                    claim="refund.balance"),
            not_disputed(                                        claim="dispute.blocks"),
        )),
    ),
)

TABLE = Provider("gocardless", "GoCardless", PAGES, CLAIMS, editions=(RULES,), default="2026-11")
