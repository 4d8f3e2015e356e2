"""What PayPal's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REFUND = Action.CANCEL, Action.REFUND

ISSUE = "details.0.issue"
STATE = (
    "CANNOT_BE_VOIDED", "PREVIOUSLY_CAPTURED", "PREVIOUSLY_VOIDED",
    "CAPTURE_FULLY_REFUNDED", "MAX_NUMBER_OF_REFUNDS_EXCEEDED", "PARTIAL_REFUND_NOT_ALLOWED", "PENDING_CAPTURE",
    "REFUND_AMOUNT_EXCEEDED", "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", "REFUND_TIME_LIMIT_EXCEEDED",
    "TRANSACTION_DISPUTED",
)

REPLIES = Replies(
    keys=Keys((CANCEL, REFUND), hours=1080,                               claim="answer.key-life"),
    references=("id",),
    rows=(
        Reply("answer.voided", (204,), Heard.CONFIRMED, of=(CANCEL,),     claim="answer.voided"),
        Reply("answer.voided-shown", (200,), Heard.CONFIRMED, of=(CANCEL,), claim="answer.voided",
              body=(says("status", "VOIDED"),)),
        Reply("answer.refunded", (200, 201), Heard.CONFIRMED, of=(REFUND,), claim="answer.refunded",
              body=(says("status", "COMPLETED"),)),
        Reply("answer.refund-pending", (200, 201), Heard.ACCEPTED, of=(REFUND,), claim="answer.refund-pending",
              body=(says("status", "PENDING"),)),
        Reply("answer.refund-failed", (200, 201), Heard.DECLINED, of=(REFUND,), claim="answer.refund-failed",
              body=(says("status", "CANCELLED", "FAILED"),)),
        Reply("answer.state", (422,), Heard.STATE_CHANGED,                claim="answer.state",
              body=(says(ISSUE, *STATE),)),
        Reply("answer.funds", (422,), Heard.DECLINED, of=(REFUND,),       claim="answer.funds",
              body=(says(ISSUE, "REFUND_FAILED_INSUFFICIENT_FUNDS"),)),
        Reply("answer.amount", (422,), Heard.BAD_REQUEST, of=(REFUND,),   claim="answer.amount",
              body=(says(ISSUE, "REFUND_AMOUNT_TOO_LOW", "REFUND_CAPTURE_CURRENCY_MISMATCH"),)),
        Reply("answer.restricted", (422,), Heard.ACCESS_DENIED, of=(REFUND,), claim="answer.restricted",
              body=(says(ISSUE, "REFUND_IS_RESTRICTED"),)),
        Reply("answer.other-issue", (422,), Heard.STATE_CHANGED,          claim="answer.other-issue"),
        Reply("answer.bad-request", (400,), Heard.BAD_REQUEST,            claim="answer.bad-request"),
        Reply("answer.access", (401, 403), Heard.ACCESS_DENIED,           claim="answer.access"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.in-progress", (409,), Heard.IN_PROGRESS,            claim="answer.in-progress"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.failed"),
    ),
)
