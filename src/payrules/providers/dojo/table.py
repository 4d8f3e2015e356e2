"""Dojo: which operation undoes a payment intent. Left what we check, right the claim it rests on."""

from payrules.providers.dojo.claims import CLAIMS, LONDON, PAGES
from payrules.providers.dojo.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    capture_mode_is,
    everything_refunded,
    not_disputed,
    nothing_refunded,
    same_calendar_day,
    something_captured,
    something_left,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, CaptureMode, Event, Reason

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
AUTO, MANUAL = CaptureMode.AUTO, CaptureMode.MANUAL

# --- statuses: what each proves -------------------------------------------------------------------

STATUSES = (
    Status("Created", "status.created", proves=(
        Proof("amount_captured", 0,            claim="status.created"),
        Proof("amount_released", 0,            claim="status.created"),
        Proof("amount_refunded", 0,            claim="status.created"),
    )),
    Status("Authorized", "status.authorized", proves=(
        Proof("amount_captured", 0,            claim="status.authorized"),
        Proof("amount_released", 0,            claim="status.authorized"),
        Proof("amount_refunded", 0,            claim="status.authorized"),
    )),
    Status("Captured", "status.captured", proves=(
        Proof("amount_captured", Share.WHOLE,  claim="status.captured-auto",
              when=(capture_mode_is(AUTO,      claim="status.captured-auto"),)),
        Proof("amount_released", Share.REST,   claim="status.captured-rest"),
    )),
    Status("Reversed", "final.reversed", final=Reason.ALREADY_REVERSED),
    Status("Refunded", "final.refunded", final=Reason.ALREADY_REFUNDED),
    Status("Canceled", "final.canceled", final=Reason.ALREADY_CANCELED),
)

# --- transitions: nothing leaves Reversed, Refunded and Canceled ----------------------------------

BEFORE_CAPTURE = (
    Transition("Created",    Event.DECLINED,   "Created",    claim="decline.stays"),
    Transition("Created",    Event.AUTHORIZED, "Authorized", claim="capture.authorized",
               when=(capture_mode_is(MANUAL,                 claim="capture.authorized"),)),
    Transition("Created",    Event.CAPTURED,   "Captured",   claim="capture.auto",
               when=(capture_mode_is(AUTO,                   claim="capture.auto"),)),
    Transition("Created",    Event.CANCELED,   "Canceled",   claim="cancel.created"),
    Transition("Created",    Event.EXPIRED,    "Canceled",   claim="expire.created"),
    Transition("Authorized", Event.CAPTURED,   "Captured",   claim="capture.manual"),
    Transition("Authorized", Event.REVERSED,   "Reversed",   claim="reverse.manual-authorized"),
    Transition("Authorized", Event.EXPIRED,    "Reversed",   claim="expire.hold"),
)
AFTER_CAPTURE = (
    Transition("Captured",   Event.CAPTURED,   "Captured",   claim="capture.manual",
               when=(capture_mode_is(MANUAL,                 claim="capture.manual"),)),
    Transition("Captured",   Event.REFUNDED,   "Refunded",   claim="refund.status",
               when=(everything_refunded(                    claim="refund.status"),)),
    Transition("Captured",   Event.REFUNDED,   "Captured",   claim="refund.status",
               when=(something_left(                         claim="refund.status"),)),
)
REVERSED_BEFORE_PAYMENT = Transition("Created", Event.REVERSED, "Reversed", claim="reverse.before-capture")
MANUAL_BEFORE_PAYMENT = Transition("Created", Event.REVERSED, "Reversed", claim="reverse.manual-created",
                                   when=(capture_mode_is(MANUAL, claim="reverse.manual-created"),))
REVERSED_AFTER_CAPTURE = Transition("Captured", Event.REVERSED, "Reversed", claim="reverse.auto-captured",
                                    when=(capture_mode_is(AUTO, claim="reverse.auto-captured"),))

# --- permits --------------------------------------------------------------------------------------

CANCEL_CREATED = Permit("cancel.created", CANCEL, because=Reason.NOT_AUTHORIZED, when=(
    status_is("Created",                                     claim="cancel.created"),
    whole_amount(                                            claim="cancel.whole"),
    not_disputed(                                            claim="dispute.blocks"),
))
REFUND_CAPTURED = Permit("refund.captured", REFUND, because=Reason.CAPTURED, when=(
    status_is("Captured",                                    claim="refund.captured"),
    something_captured(                                      claim="refund.captured"),
    whole_or_part(                                           claim="refund.parts"),
    not_disputed(                                            claim="dispute.blocks"),
))

RULES_OF_2022_02 = Edition(
    name="2022-02",
    begins="Created",
    since="2022-02-04",
    until="2022-05-10",
    prefer=(CANCEL, REVERSE, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=STATUSES,
    transitions=(*BEFORE_CAPTURE, *AFTER_CAPTURE, REVERSED_BEFORE_PAYMENT),
    permits=(
        CANCEL_CREATED,
        Permit("reverse.created-same-day", REVERSE, because=Reason.NOT_AUTHORIZED, when=(
            status_is("Created",                             claim="reverse.before-capture"),
            whole_amount(                                    claim="reverse.whole-only-2022-02"),
            same_calendar_day(LONDON, of=("authorized_at", "created_at"), claim="reverse.created-day"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        Permit("reverse.authorized-same-day", REVERSE, because=Reason.NOT_CAPTURED, when=(
            status_is("Authorized",                          claim="reverse.before-capture"),
            whole_amount(                                    claim="reverse.whole-only-2022-02"),
            same_calendar_day(LONDON, of="authorized_at",    claim="reverse.same-day-2022-02"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        REFUND_CAPTURED,
    ),
)

RULES_OF_2022_05 = Edition(
    name="2022-05",
    begins="Created",
    since="2022-05-10",
    prefer=(CANCEL, REVERSE, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=STATUSES,
    transitions=(*BEFORE_CAPTURE, *AFTER_CAPTURE, MANUAL_BEFORE_PAYMENT, REVERSED_AFTER_CAPTURE),
    permits=(
        CANCEL_CREATED,
        Permit("reverse.manual-created", REVERSE, because=Reason.NOT_AUTHORIZED, when=(
            capture_mode_is(MANUAL,                          claim="reverse.manual-created"),
            status_is("Created",                             claim="reverse.manual-created"),
            whole_amount(                                    claim="reverse.whole-only"),
            same_calendar_day(LONDON, of=("authorized_at", "created_at"), claim="reverse.created-day"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        Permit("reverse.manual-same-day", REVERSE, because=Reason.NOT_CAPTURED, when=(
            capture_mode_is(MANUAL,                          claim="reverse.manual-authorized"),
            status_is("Authorized",                          claim="reverse.manual-authorized"),
            whole_amount(                                    claim="reverse.whole-only"),
            same_calendar_day(LONDON, of="authorized_at",    claim="reverse.same-day"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        Permit("reverse.auto-same-day", REVERSE, because=Reason.SAME_DAY, when=(
            capture_mode_is(AUTO,                            claim="reverse.auto-captured"),
            status_is("Captured",                            claim="reverse.auto-captured"),
            whole_amount(                                    claim="reverse.whole-only"),
            nothing_refunded(                                claim="reverse.untouched"),
            same_calendar_day(LONDON, of="authorized_at",    claim="reverse.same-day"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        REFUND_CAPTURED,
    ),
)

CURRENT_PAGE = Edition(
    name="current",
    begins="Created",
    prefer=(CANCEL, REVERSE, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=STATUSES,
    transitions=(*BEFORE_CAPTURE, *AFTER_CAPTURE, REVERSED_AFTER_CAPTURE),
    permits=(
        CANCEL_CREATED,
        Permit("reverse.hold-7-days", REVERSE, because=Reason.NOT_CAPTURED, when=(
            capture_mode_is(MANUAL,                          claim="reverse.current-manual"),
            status_is("Authorized",                          claim="reverse.current-manual"),
            whole_amount(                                    claim="reverse.current-whole"),
            within(days=7, of="authorized_at",               claim="reverse.hold-7-days"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        Permit("reverse.auto-same-day", REVERSE, because=Reason.SAME_DAY, when=(
            capture_mode_is(AUTO,                            claim="reverse.current-auto"),
            status_is("Captured",                            claim="reverse.current-auto"),
            whole_amount(                                    claim="reverse.current-whole"),
            nothing_refunded(                                claim="reverse.untouched"),
            same_calendar_day(LONDON, of="authorized_at",    claim="reverse.capture-same-day"),
            not_disputed(                                    claim="dispute.blocks"),
        )),
        REFUND_CAPTURED,
    ),
)

TABLE = Provider(
    name="dojo",
    title="Dojo",
    pages=PAGES,
    claims=CLAIMS,
    editions=(RULES_OF_2022_02, RULES_OF_2022_05, CURRENT_PAGE),
    default="2022-05",
)
