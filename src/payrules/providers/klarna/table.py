"""Klarna: which operation undoes an order. Left what we check, right the claim it rests on."""

from payrules.providers.klarna.claims import CLAIMS, PAGES
from payrules.providers.klarna.responses import REPLIES
from payrules.table import Edition, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    Count,
    not_disputed,
    nothing_captured,
    nothing_held,
    part_amount,
    something_captured,
    something_held,
    status_is,
    whole_amount,
    whole_or_part,
)
from payrules.words import Action, Event, Reason

CANCEL, REFUND = Action.CANCEL, Action.REFUND

NO_DISPUTE = not_disputed(claim="dispute.blocks")
NOTHING_TAKEN = nothing_captured(claim="cancel.no-captures")
NO_CAPTURE = Count("captures", "cancel.count", Reason.ALREADY_CAPTURED, most=0, unknown_is_enough=True, guard=True)
NO_CAPTURES = Count("captures", "network.no-captures", Reason.ALREADY_CAPTURED, most=0)


# --- Order Management -----------------------------------------------------------------------------

ORDER_STATUSES = (
    Status("AUTHORIZED", "status.authorized", proves=(
        Proof("amount_captured", 0,            claim="status.authorized", when=(NO_CAPTURE,)),
        Proof("amount_released", 0,            claim="status.authorized"),
        Proof("amount_refunded", 0,            claim="status.authorized"),
    )),
    Status("PART_CAPTURED", "status.part-captured"),
    Status("CAPTURED", "status.captured", proves=(
        Proof("amount_released", Share.REST,   claim="status.captured"),
    )),
    Status("EXPIRED", "status.expired", proves=(
        Proof("amount_released", Share.REST,   claim="status.expired"),
    )),
    Status("CLOSED", "status.closed"),
    Status("CANCELLED", "final.cancelled", final=Reason.ALREADY_CANCELED),
)

HELD = ("AUTHORIZED", "PART_CAPTURED")
ORDER_TRANSITIONS = (
    Transition(HELD,            Event.CAPTURED, "PART_CAPTURED", claim="event.captured",
               when=(something_held(                             claim="event.captured"),)),
    Transition(HELD,            Event.CAPTURED, "CAPTURED",      claim="event.captured",
               when=(nothing_held(                               claim="event.captured"),)),
    Transition("AUTHORIZED",    Event.CANCELED, "CANCELLED",     claim="event.cancelled", when=(NOTHING_TAKEN,)),
    Transition("AUTHORIZED",    Event.CANCELED, "CAPTURED",      claim="event.released",
               when=(something_captured(                         claim="event.released"),)),
    Transition("AUTHORIZED",    Event.REVERSED, "AUTHORIZED",    claim="event.lowered"),
    Transition("PART_CAPTURED", Event.CANCELED, "CAPTURED",      claim="event.released"),
    Transition(HELD,            Event.EXPIRED,  "EXPIRED",       claim="event.expired"),
    Transition("PART_CAPTURED", Event.REFUNDED, "PART_CAPTURED", claim="refund.status"),
    Transition("CAPTURED",      Event.REFUNDED, "CAPTURED",      claim="refund.status"),
    Transition("EXPIRED",       Event.REFUNDED, "EXPIRED",       claim="refund.status"),
)

ORDER_MANAGEMENT = Edition(
    name="order-management",
    begins="AUTHORIZED",
    prefer=(CANCEL, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=ORDER_STATUSES,
    transitions=ORDER_TRANSITIONS,
    permits=(
        Permit("cancel.order", CANCEL, because=Reason.NOT_CAPTURED, when=(
            status_is("AUTHORIZED",                              claim="cancel.order"),
            NOTHING_TAKEN,
            NO_CAPTURE,
            whole_amount(                                        claim="cancel.whole"),
            NO_DISPUTE,
        )),
        Permit("cancel.lower", CANCEL, because=Reason.NOT_CAPTURED, brings=Event.REVERSED, when=(
            status_is("AUTHORIZED",                              claim="cancel.part"),
            NOTHING_TAKEN,
            NO_CAPTURE,
            part_amount(                                         claim="cancel.part"),
            NO_DISPUTE,
        )),
        Permit("cancel.rest", CANCEL, because=Reason.REST_HELD, when=(
            status_is("AUTHORIZED", "PART_CAPTURED",             claim="cancel.rest"),
            something_captured(                                  claim="cancel.rest"),
            whole_amount(                                        claim="cancel.rest-part"),
            NO_DISPUTE,
        )),
        Permit("refund.captured", REFUND, because=Reason.CAPTURED, when=(
            status_is("CAPTURED",                                claim="refund.captured"),
            something_captured(                                  claim="refund.captured"),
            whole_or_part(                                       claim="refund.cap"),
            NO_DISPUTE,
        )),
        Permit("refund.part-captured", REFUND, because=Reason.CAPTURED, when=(
            status_is("PART_CAPTURED",                           claim="refund.part-captured"),
            something_captured(                                  claim="refund.part-captured"),
            whole_or_part(                                       claim="refund.cap"),
            NO_DISPUTE,
        )),
        Permit("refund.expired", REFUND, because=Reason.CAPTURED, when=(
            status_is("EXPIRED",                                 claim="refund.expired"),
            something_captured(                                  claim="refund.expired"),
            whole_or_part(                                       claim="refund.cap"),
            NO_DISPUTE,
        )),
    ),
)

# --- Klarna Network -------------------------------------------------------------------------------

NETWORK = Edition(
    name="network",
    begins="AUTHORIZED",
    prefer=(CANCEL, REFUND),
    prefer_claim="prefer",
    replies=REPLIES,
    statuses=(
        Status("AUTHORIZED", "network.authorized", proves=(
            Proof("amount_captured", 0,        claim="network.no-captures", when=(NO_CAPTURES,)),
            Proof("amount_refunded", 0,        claim="network.no-captures", when=(NO_CAPTURES,)),
            Proof("amount_released", 0,        claim="network.authorized-released"),
        )),
        Status("COMPLETED", "network.completed", proves=(
            Proof("amount_released", Share.REST, claim="network.completed"),
        )),
        Status("EXPIRED", "network.expired", proves=(
            Proof("amount_released", Share.REST, claim="network.expired"),
        )),
        Status("CLOSED", "network.closed", final=Reason.ALREADY_CANCELED),
    ),
    transitions=(
        Transition("AUTHORIZED", Event.CAPTURED, "AUTHORIZED", claim="network.authorized", when=(something_held(claim="network.authorized"),)),
        Transition("AUTHORIZED", Event.CAPTURED, "COMPLETED", claim="network.completed", when=(nothing_held(claim="network.completed"),)),
        Transition("AUTHORIZED", Event.CANCELED, "CLOSED",    claim="network.void-before", when=(nothing_captured(claim="network.void-before"),)),
        Transition("AUTHORIZED", Event.CANCELED, "COMPLETED", claim="network.void-after", when=(something_captured(claim="network.void-after"),)),
        Transition("AUTHORIZED", Event.EXPIRED,  "EXPIRED",   claim="network.expired"),
        Transition("AUTHORIZED", Event.REFUNDED, "AUTHORIZED", claim="refund.status"),
        Transition("COMPLETED",  Event.REFUNDED, "COMPLETED", claim="refund.status"),
        Transition("EXPIRED",    Event.REFUNDED, "EXPIRED",   claim="refund.status"),
    ),
    permits=(
        Permit("cancel.void", CANCEL, because=Reason.NOT_CAPTURED, when=(
            status_is("AUTHORIZED",                              claim="network.void"),
            nothing_captured(                                    claim="network.void"),
            whole_amount(                                        claim="network.void-whole"),
            NO_DISPUTE,
        )),
        Permit("cancel.void-rest", CANCEL, because=Reason.REST_HELD, when=(
            status_is("AUTHORIZED",                              claim="network.void"),
            something_captured(                                  claim="network.void"),
            whole_amount(                                        claim="network.void-whole"),
            NO_DISPUTE,
        )),
        Permit("refund.authorized", REFUND, because=Reason.CAPTURED, when=(
            status_is("AUTHORIZED",                              claim="network.refund"),
            something_captured(                                  claim="network.refund"),
            whole_or_part(                                       claim="network.refund-parts"),
            NO_DISPUTE,
        )),
        Permit("refund.completed", REFUND, because=Reason.CAPTURED, when=(
            status_is("COMPLETED",                               claim="network.refund"),
            something_captured(                                  claim="network.refund"),
            whole_or_part(                                       claim="network.refund-parts"),
            NO_DISPUTE,
        )),
        Permit("refund.expired", REFUND, because=Reason.CAPTURED, when=(
            status_is("EXPIRED",                                 claim="refund.expired"),
            something_captured(                                  claim="refund.expired"),
            whole_or_part(                                       claim="network.refund-parts"),
            NO_DISPUTE,
        )),
    ),
)

TABLE = Provider("klarna", "Klarna", PAGES, CLAIMS, editions=(ORDER_MANAGEMENT, NETWORK), default="order-management")
