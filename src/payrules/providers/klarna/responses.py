"""What Klarna's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Once, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REFUND = Action.CANCEL, Action.REFUND

REPLIES = Replies(
    keys=Keys((CANCEL, REFUND), hours=24,                                 claim="answer.key-life"),
    once=Once((CANCEL,),                                                  claim="answer.once"),
    references=("refund_id",),
    rows=(
        Reply("answer.done", (204,), Heard.CONFIRMED, of=(CANCEL,),       claim="answer.done"),
        Reply("answer.refunded", (201,), Heard.CONFIRMED, of=(REFUND,),   claim="answer.refunded"),
        Reply("answer.not-allowed", (403,), Heard.STATE_CHANGED,          claim="answer.not-allowed",
              body=(says("error_code", "CANCEL_NOT_ALLOWED", "REFUND_NOT_ALLOWED", "NOT_ALLOWED"),)),
        Reply("answer.forbidden", (401, 403), Heard.ACCESS_DENIED,        claim="answer.forbidden"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.bad-value", (400, 413, 422), Heard.BAD_REQUEST,     claim="answer.bad-value"),
        Reply("answer.conflict", (409,), Heard.IN_PROGRESS,               claim="answer.conflict"),
        Reply("answer.busy", (429,), Heard.IN_PROGRESS,                   claim="answer.busy"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
