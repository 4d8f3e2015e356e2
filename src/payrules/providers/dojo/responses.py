"""What Dojo's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Once, Replies, Reply, has, holds, says
from payrules.words import Action, Heard

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND

REPLIES = Replies(
    keys=Keys((REFUND,), hours=24,                                        claim="answer.key-life"),
    once=Once((CANCEL, REVERSE),                                          claim="answer.once"),
    references=("refundId", "reversalId"),
    rows=(
        Reply("answer.canceled", (200,), Heard.CONFIRMED, of=(CANCEL,),   claim="answer.canceled",
              body=(says("status", "Canceled"),)),
        Reply("answer.reversed", (200,), Heard.CONFIRMED, of=(REVERSE,),  claim="answer.reversed"),
        Reply("answer.refunded", (200,), Heard.CONFIRMED, of=(REFUND,),   claim="answer.refunded"),
        Reply("answer.processing", (200,), Heard.ACCEPTED, of=(REVERSE, REFUND), claim="answer.status",
              body=(says("status", "Created"),)),
        Reply("answer.failed-status", (200,), Heard.DECLINED, of=(REVERSE, REFUND), claim="answer.status",
              body=(says("status", "Failed"),)),
        Reply("answer.refund-failed", (400,), Heard.DECLINED, of=(REFUND,), claim="answer.refund-failed",
              body=(holds("Detail", "Status: Failed"),)),
        Reply("answer.refund-invalid", (400,), Heard.STATE_CHANGED, of=(REFUND,), claim="answer.refund-invalid",
              body=(has("errors"),)),
        Reply("answer.refund-400", (400,), Heard.PROVIDER_FAILED, of=(REFUND,), claim="answer.refund-400"),
        Reply("answer.conflict", (400, 409), Heard.STATE_CHANGED, of=(REVERSE,), claim="answer.conflict"),
        Reply("answer.cancel-refused", (400,), Heard.STATE_CHANGED, of=(CANCEL,), claim="answer.conflict"),
        Reply("answer.refund-conflict", (409,), Heard.IN_PROGRESS, of=(REFUND,), claim="answer.refund-409"),
        Reply("answer.unauthorized", (401,), Heard.ACCESS_DENIED,         claim="answer.unauthorized"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND, of=(CANCEL,),  claim="answer.not-found"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
