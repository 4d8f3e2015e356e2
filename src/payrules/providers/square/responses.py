"""What Square's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Once, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REFUND = Action.CANCEL, Action.REFUND

REFUSALS = tuple(range(400, 500))
CODE = "errors.0.code"

REPLIES = Replies(
    keys=Keys((REFUND,), hours=24,                                        claim="answer.key-life"),
    once=Once((CANCEL,),                                                  claim="answer.once"),
    references=("refund.id",),
    rows=(
        Reply("answer.canceled-by-key", (200,), Heard.CONFIRMED, of=(CANCEL,), claim="answer.canceled-by-key"),
        Reply("answer.canceled", (200,), Heard.CONFIRMED, of=(CANCEL,),   claim="answer.canceled",
              body=(says("payment.status", "CANCELED"),)),
        Reply("answer.lowered", (200,), Heard.CONFIRMED, of=(CANCEL,),    claim="answer.lowered",
              body=(says("payment.status", "APPROVED"),)),
        Reply("answer.not-canceled", (200,), Heard.STATE_CHANGED, of=(CANCEL,), claim="answer.not-canceled",
              body=(says("payment.status", "COMPLETED", "PENDING", "FAILED"),)),
        Reply("answer.refund-pending", (200,), Heard.ACCEPTED, of=(REFUND,), claim="answer.refund-pending",
              body=(says("refund.status", "PENDING"),)),
        Reply("answer.refunded", (200,), Heard.CONFIRMED, of=(REFUND,),   claim="answer.refunded",
              body=(says("refund.status", "COMPLETED"),)),
        Reply("answer.refund-failed", (200,), Heard.DECLINED, of=(REFUND,), claim="answer.refund-failed",
              body=(says("refund.status", "REJECTED", "FAILED"),)),
        Reply("answer.declined", REFUSALS, Heard.DECLINED, of=(REFUND,),  claim="answer.declined",
              body=(says(CODE, "REFUND_DECLINED"),)),
        Reply("answer.state", REFUSALS, Heard.STATE_CHANGED,              claim="answer.state",
              body=(says(CODE, "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", "REFUND_AMOUNT_INVALID",
                         "REFUND_ALREADY_PENDING", "PAYMENT_NOT_REFUNDABLE",
                         "PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE", "DELAYED_TRANSACTION_EXPIRED",
                         "DELAYED_TRANSACTION_CANCELED", "DELAYED_TRANSACTION_CAPTURED",
                         "DELAYED_TRANSACTION_FAILED"),)),
        Reply("answer.version", REFUSALS, Heard.STATE_CHANGED,            claim="answer.version",
              body=(says(CODE, "VERSION_MISMATCH"),)),
        Reply("answer.key-reused", REFUSALS, Heard.PROVIDER_FAILED,       claim="answer.key-reused",
              body=(says(CODE, "IDEMPOTENCY_KEY_REUSED"),)),
        Reply("answer.access", (401, 403), Heard.ACCESS_DENIED,           claim="answer.access"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.busy", (429,), Heard.IN_PROGRESS,                   claim="answer.busy"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
