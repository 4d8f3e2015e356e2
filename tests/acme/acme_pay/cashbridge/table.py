"""Cashbridge: voids the whole until nine in the evening in New York, and refunds what was settled."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Replies, Reply, says
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Share, Status, Transition
from payrules.when import (
    Zone,
    before_cut_off,
    everything_refunded,
    nothing_refunded,
    something_captured,
    something_left,
    status_is,
    whole_amount,
    whole_or_part,
)
from payrules.words import Action, Event, Heard, Reason, Standing

REVERSE, REFUND = Action.REVERSE, Action.REFUND
NEW_YORK = Zone("America/New_York", "EST5EDT,M3.2.0,M11.1.0", claim="void.cut-off")

CLAIMS = (
    Claim("void", Standing.STATED, "A payment that is not settled is voided, as a whole.", "manual"),
    Claim("void.cut-off", Standing.STATED, "Payments settle at nine in the evening in New York.", "manual"),
    Claim("refund", Standing.STATED, "A settled payment is refunded, wholly or in part.", "manual"),
    Claim("prefer", Standing.SILENT, "Void before refund.", None, "D1"),
    Claim("answers", Standing.STATED, "An answer has a result: OK, or NO with a reason.", "manual"),
    Claim("key", Standing.STATED, "A key is known for 24 hours.", "manual"),
)

PAID = (
    Proof("amount_captured", Share.WHOLE, claim="void"),
    Proof("amount_released", 0, claim="void"),
)

TABLE = Provider(
    name="cashbridge",
    title="Cashbridge",
    pages=(Page("manual", "https://cashbridge.example/manual", "2026-11-01"),),
    claims=CLAIMS,
    default="1",
    editions=(
        Edition(
            name="1",
            begins="paid",
            prefer=(REVERSE, REFUND),
            prefer_claim="prefer",
            statuses=(
                Status("paid", "void", proves=(*PAID, Proof("amount_refunded", 0, claim="void"))),
                Status("settled", "refund", proves=PAID),
                Status("voided", "void", final=Reason.ALREADY_REVERSED),
                Status("returned", "refund", final=Reason.ALREADY_REFUNDED),
            ),
            transitions=(
                Transition("paid", Event.REVERSED, "voided", claim="void"),
                Transition("paid", Event.SETTLED, "settled", claim="void.cut-off"),
                Transition("settled", Event.REFUNDED, "returned", claim="refund", when=(everything_refunded(claim="refund"),)),
                Transition("settled", Event.REFUNDED, "settled", claim="refund", when=(something_left(claim="refund"),)),
            ),
            permits=(
                Permit("void", REVERSE, because=Reason.BATCH_OPEN, when=(
                    status_is("paid", claim="void"),
                    whole_amount(claim="void"),
                    nothing_refunded(claim="void"),
                    before_cut_off(NEW_YORK, 21, 0, of="captured_at", claim="void.cut-off"),
                )),
                Permit("refund", REFUND, because=Reason.CAPTURED, when=(
                    status_is("settled", claim="refund"),
                    something_captured(claim="refund"),
                    whole_or_part(claim="refund"),
                )),
            ),
            replies=Replies(
                keys=Keys((REVERSE, REFUND), hours=24, claim="key"),
                references=("ticket",),
                rows=(
                    Reply("answer.ok", (200,), Heard.CONFIRMED, claim="answers", body=(says("result", "OK"),)),
                    Reply("answer.no", (200,), Heard.STATE_CHANGED, claim="answers", body=(says("result", "NO"),)),
                    Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED, claim="answers"),
                    Reply("answer.none", LOST, Heard.NO_ANSWER, claim="answers"),
                ),
            ),
        ),
    ),
)  # fmt: skip
