"""Authorize.net: which operation undoes a transaction. Left what we check, right the claim it rests on."""

from payrules.providers.authorizenet.claims import CLAIMS, PAGES
from payrules.providers.authorizenet.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    after,
    batch_is,
    before,
    before_cut_off_of_account,
    capture_mode_is,
    known,
    not_disputed,
    not_repeated,
    nothing_refunded,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, Batch, CaptureMode, Event, Reason, Source

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
OPEN, CLOSED = Batch.OPEN, Batch.CLOSED
HOLD, TAKEN, SETTLED = "authorizedPendingCapture", "capturedPendingSettlement", "settledSuccessfully"

# --- the batch: what is given, then its close where that is known, then the account's cut-off, then the status -------

BATCH = (
    Proof("batch", OPEN,   claim="batch.known",   source=Source.CLOCK, when=(before("batch_closes_at", claim="batch.known"),)),
    Proof("batch", CLOSED, claim="batch.known",   source=Source.CLOCK, when=(after("batch_closes_at",  claim="batch.known"),)),
    Proof("batch", OPEN,   claim="batch.cut-off", source=Source.CLOCK, when=(
        before_cut_off_of_account(of="captured_at", claim="batch.cut-off"),
    )),
    Proof("batch", CLOSED, claim="batch.cut-off", source=Source.CLOCK, when=(
        known("captured_at",                    claim="batch.cut-off"),
        known("cut_off",                        claim="batch.setting"),
        known("timezone",                       claim="batch.setting"),
    )),
)

# --- statuses: what each proves --------------------------------------------------------------------------------------

UNREFUNDED = Proof("amount_refunded", 0,        claim="status.unrefunded")
SOLD = Proof("amount_captured", Share.WHOLE,    claim="status.captured-sale",
             when=(capture_mode_is(CaptureMode.AUTO, claim="status.captured-sale"),))
REST_RELEASED = Proof("amount_released", Share.REST, claim="status.captured-rest")

STATUSES = (
    Status(HOLD, "status.authorized", proves=(
        Proof("amount_captured", 0,             claim="status.authorized"),
        Proof("amount_released", 0,             claim="status.authorized"),
        UNREFUNDED,
    )),
    Status(TAKEN, "status.captured", proves=(
        SOLD, REST_RELEASED, UNREFUNDED,
        Proof("batch", OPEN,                    claim="batch.unsettled"),
    )),
    Status(SETTLED, "status.settled", proves=(
        SOLD, REST_RELEASED,
        Proof("batch", CLOSED,                  claim="status.settled"),
    )),
    Status("FDSPendingReview",              "status.review", awaits=Reason.PAYMENT_PENDING),
    Status("FDSAuthorizedPendingReview",    "status.review", awaits=Reason.PAYMENT_PENDING),
    Status("couldNotVoid",                  "status.could-not-void"),
    Status("refundPendingSettlement",       "status.refund"),
    Status("refundSettledSuccessfully",     "status.refund"),
    Status("unknown",                       "status.unknown"),
    Status("voided",                        "final.voided",   final=Reason.ALREADY_CANCELED),
    Status("declined",                      "final.declined", final=Reason.NEVER_PAID),
    Status("generalError",                  "final.error",    final=Reason.NEVER_PAID),
    Status("expired",                       "final.expired",  final=Reason.HOLD_EXPIRED),
)

# --- transitions: nothing leaves voided, declined, generalError and expired; only the caller's book tells of settlement

TRANSITIONS = (
    Transition((HOLD, "unknown"),        Event.AUTHORIZED, HOLD,       claim="event.authorized"),
    Transition((HOLD, "unknown"),        Event.CAPTURED,   TAKEN,      claim="event.captured"),
    Transition(HOLD,                     Event.CANCELED,   "voided",   claim="cancel.hold"),
    Transition((HOLD, TAKEN, "unknown"), Event.REVERSED,   "voided",   claim="event.voided"),
    Transition((HOLD, "unknown"),        Event.EXPIRED,    "expired",  claim="final.expired"),
    Transition((HOLD, "unknown"),        Event.DECLINED,   "declined", claim="event.own-book"),
    Transition((TAKEN, "unknown"),       Event.SETTLED,    SETTLED,    claim="event.own-book"),
    Transition((SETTLED, "unknown"),     Event.REFUNDED,   SETTLED,    claim="refund.status"),
)

# --- permits ---------------------------------------------------------------------------------------------------------

UNDISPUTED = not_disputed(claim="dispute.blocks")
UNTOUCHED = nothing_refunded(claim="reverse.untouched")
OPEN_BATCH = batch_is(OPEN, claim="reverse.batch")
CAPTURED = something_captured(claim="refund.captured")
ANY_AMOUNT = whole_or_part(claim="refund.parts")
IN_TIME = within(days=180, of="settled_at", claim="refund.window")
NO_DUPLICATE = not_repeated(minutes=2, claim="refund.duplicate")

PERMITS = (
    Permit("cancel.hold", CANCEL, because=Reason.NOT_CAPTURED, when=(
        status_is(HOLD,                         claim="cancel.hold"),
        whole_amount(                           claim="cancel.whole"),
        UNTOUCHED, UNDISPUTED,
    )),
    Permit("reverse.unsettled", REVERSE, because=Reason.BATCH_OPEN, when=(
        status_is(TAKEN,                        claim="reverse.unsettled"),
        something_captured(                     claim="reverse.captured"),
        whole_amount(                           claim="reverse.whole"),
        OPEN_BATCH, UNTOUCHED, UNDISPUTED,
    )),
    Permit("reverse.status-unknown", REVERSE, because=Reason.BATCH_OPEN, when=(
        status_is("unknown",                    claim="reverse.status-unknown"),
        something_captured(                     claim="reverse.captured"),
        whole_amount(                           claim="reverse.whole"),
        OPEN_BATCH, UNTOUCHED, UNDISPUTED,
    )),
    Permit("refund.settled", REFUND, because=Reason.CAPTURED, when=(
        status_is(SETTLED,                      claim="refund.settled", soon=((TAKEN, Reason.NOT_SETTLED),)),
        CAPTURED, ANY_AMOUNT, IN_TIME, NO_DUPLICATE, UNDISPUTED,
    )),
    Permit("refund.status-unknown", REFUND, because=Reason.CAPTURED, when=(
        status_is("unknown",                    claim="refund.status-unknown"),
        CAPTURED, ANY_AMOUNT, IN_TIME, NO_DUPLICATE, UNDISPUTED,
    )),
)

TABLE = Provider(
    name="authorizenet",
    title="Authorize.net",
    pages=PAGES,
    claims=CLAIMS,
    editions=(
        Edition(
            name="2026-11",
            begins=HOLD,
            prefer=(CANCEL, REVERSE, REFUND),
            prefer_claim="prefer",
            proves=BATCH,
            replies=REPLIES,
            statuses=STATUSES,
            transitions=TRANSITIONS,
            permits=PERMITS,
        ),
    ),
    default="2026-11",
)
