"""What Stripe's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REFUND = Action.CANCEL, Action.REFUND

STATE = says(
    "error.code",
    "payment_intent_unexpected_state",
    "charge_already_refunded",
    "charge_not_refundable",
    "charge_expired_for_capture",
    "capture_charge_authorization_expired",
    "charge_disputed",
    "refund_disputed_payment",
)

REPLIES = Replies(
    keys=Keys((CANCEL, REFUND), hours=24,                                 claim="answer.key-life"),
    references=("id",),
    rows=(
        Reply("answer.canceled", (200,), Heard.CONFIRMED, of=(CANCEL,),   claim="answer.canceled",
              body=(says("status", "canceled"),)),
        Reply("answer.session", (200,), Heard.CONFIRMED, of=(CANCEL,),    claim="answer.session",
              body=(says("object", "checkout.session"), says("status", "expired"))),
        Reply("answer.released", (200,), Heard.CONFIRMED, of=(CANCEL,),   claim="answer.released",
              body=(says("object", "payment_intent"), says("status", "succeeded"))),
        Reply("answer.refunded", (200,), Heard.CONFIRMED, of=(REFUND,),   claim="answer.refunded",
              body=(says("status", "succeeded"),)),
        Reply("answer.refund-pending", (200,), Heard.ACCEPTED, of=(REFUND,), claim="answer.refund-pending",
              body=(says("status", "pending", "requires_action"),)),
        Reply("answer.refund-failed", (200,), Heard.DECLINED, of=(REFUND,), claim="answer.refund-failed",
              body=(says("status", "failed", "canceled"),)),
        Reply("answer.state", (400, 402), Heard.STATE_CHANGED,            claim="answer.state-codes",
              body=(STATE,)),
        Reply("answer.balance", (400, 402), Heard.DECLINED, of=(REFUND,), claim="answer.balance",
              body=(says("error.code", "balance_insufficient"),)),
        Reply("answer.key-in-use", (400,), Heard.IN_PROGRESS,             claim="answer.key-in-use",
              body=(says("error.code", "idempotency_key_in_use"),)),
        Reply("answer.conflict", (409,), Heard.IN_PROGRESS,               claim="answer.key-in-use"),
        Reply("answer.key-mismatch", (400,), Heard.UNKNOWN_ANSWER,        claim="answer.key-mismatch",
              body=(says("error.type", "idempotency_error"),)),
        Reply("answer.bad-request", (400,), Heard.BAD_REQUEST, of=(REFUND,), claim="answer.bad-request"),
        Reply("answer.cancel-refused", (400,), Heard.STATE_CHANGED, of=(CANCEL,), claim="answer.cancel-refused"),
        Reply("answer.failed-request", (402,), Heard.DECLINED,            claim="answer.failed-request"),
        Reply("answer.unauthorized", (401, 403), Heard.ACCESS_DENIED,     claim="answer.unauthorized"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.too-many", (429,), Heard.PROVIDER_FAILED,           claim="answer.too-many"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
