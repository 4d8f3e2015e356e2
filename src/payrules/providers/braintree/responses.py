"""What Braintree's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Once, Replies, Reply, says
from payrules.words import Action, Event, Heard

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND

VOIDED = "data.voidTransaction.transaction.status"
REVERSAL = "data.reverseTransaction.reversal.status"
REFUND_VOIDED = "data.reverseRefund.refund.status"
REFUNDED = "data.refundTransaction.refund.status"
CODE, KIND = "errors.0.extensions.legacyCode", "errors.0.extensions.errorClass"

GIVEN = ("SUBMITTED_FOR_SETTLEMENT", "SETTLING", "SETTLED")
UNDER_WAY = ("AUTHORIZING", "AUTHORIZED", "SETTLEMENT_PENDING")
NOT_GIVEN = ("PROCESSOR_DECLINED", "GATEWAY_REJECTED", "FAILED", "SETTLEMENT_DECLINED")

REPLIES = Replies(
    keys=Keys((REFUND,), hours=720,                                        claim="answer.key-life"),
    once=Once((CANCEL, REVERSE),                                           claim="answer.once"),
    references=("data.refundTransaction.refund.id", "data.reverseTransaction.reversal.id"),
    rows=(
        Reply("answer.voided", (200,), Heard.CONFIRMED, of=(CANCEL, REVERSE), claim="answer.voided",
              body=(says(VOIDED, "VOIDED"),)),
        Reply("answer.refund-voided", (200,), Heard.CONFIRMED, of=(REVERSE,), claim="answer.voided",
              body=(says(REFUND_VOIDED, "VOIDED"),)),
        Reply("answer.reversal-voided", (200,), Heard.CONFIRMED, of=(REVERSE,), claim="answer.reversal",
              body=(says(REVERSAL, "VOIDED"),)),
        Reply("answer.reversal-refunded", (200,), Heard.CONFIRMED, of=(REVERSE,), claim="answer.reversal",
              brings=Event.REFUNDED,
              body=(says(REVERSAL, *GIVEN),)),
        Reply("answer.reversal-later", (200,), Heard.ACCEPTED, of=(REVERSE,), claim="answer.refund",
              body=(says(REVERSAL, *UNDER_WAY),)),
        Reply("answer.reversal-declined", (200,), Heard.DECLINED, of=(REVERSE,), claim="answer.declined",
              body=(says(REVERSAL, *NOT_GIVEN),)),
        Reply("answer.refunded", (200,), Heard.CONFIRMED, of=(REFUND,),    claim="answer.refund",
              body=(says(REFUNDED, *GIVEN),)),
        Reply("answer.refund-later", (200,), Heard.ACCEPTED, of=(REFUND,), claim="answer.refund",
              body=(says(REFUNDED, *UNDER_WAY),)),
        Reply("answer.refund-declined", (200,), Heard.DECLINED, of=(REFUND,), claim="answer.declined",
              body=(says(REFUNDED, *NOT_GIVEN),)),
        Reply("answer.declined", (200,), Heard.DECLINED, of=(REVERSE, REFUND), claim="answer.declined",
              body=(says(CODE, "915200", "915201"),)),
        Reply("answer.not-voidable", (200,), Heard.STATE_CHANGED, of=(CANCEL, REVERSE), claim="answer.not-voidable",
              body=(says(CODE, "91504"),)),
        Reply("answer.not-refundable", (200,), Heard.STATE_CHANGED, of=(REVERSE, REFUND), claim="answer.not-refundable",
              body=(says(CODE, "91506", "91512", "91521", "91574"),)),
        Reply("answer.no-refunds", (200,), Heard.ACCESS_DENIED, of=(REVERSE, REFUND), claim="answer.no-refunds",
              body=(says(CODE, "91547"),)),
        Reply("answer.denied", (200,), Heard.ACCESS_DENIED,                claim="answer.denied",
              body=(says(KIND, "AUTHENTICATION", "AUTHORIZATION"),)),
        Reply("answer.not-found", (200,), Heard.NOT_FOUND,                 claim="answer.not-found",
              body=(says(KIND, "NOT_FOUND"),)),
        Reply("answer.failed", (200,), Heard.PROVIDER_FAILED,              claim="answer.failed",
              body=(says(KIND, "INTERNAL"),)),
        Reply("answer.unavailable", (200,), Heard.PROVIDER_FAILED,         claim="answer.server",
              body=(says(KIND, "SERVICE_AVAILABILITY"),)),
        Reply("answer.server", SERVER_ERRORS, Heard.PROVIDER_FAILED,       claim="answer.server"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                        claim="answer.none"),
    ),
)
