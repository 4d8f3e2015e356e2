"""What GoCardless's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Once, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REFUND = Action.CANCEL, Action.REFUND

REPLIES = Replies(
    keys=Keys((REFUND,), hours=24,                                        claim="answer.key-life"),
    once=Once((CANCEL,),                                                  claim="answer.once"),
    references=("refunds.id",),
    rows=(
        Reply("answer.cancelled", (200,), Heard.CONFIRMED, of=(CANCEL,),  claim="answer.cancelled",
              body=(says("payments.status", "cancelled"),)),
        Reply("answer.cancellation-failed", (422,), Heard.STATE_CHANGED, of=(CANCEL,), claim="answer.cancellation-failed",
              body=(says("error.type", "invalid_state"),)),
        Reply("answer.refund-created", (201,), Heard.ACCEPTED, of=(REFUND,), claim="answer.refund-created"),
        Reply("answer.refund-state", (422,), Heard.STATE_CHANGED, of=(REFUND,), claim="answer.refund-state",
              body=(says("error.type", "invalid_state"),)),
        Reply("answer.invalid", (422,), Heard.BAD_REQUEST,                claim="answer.invalid",
              body=(says("error.type", "validation_failed"),)),
        Reply("answer.usage", (400,), Heard.BAD_REQUEST,                  claim="answer.usage"),
        Reply("answer.conflict", (409,), Heard.ACCEPTED, of=(REFUND,),    claim="answer.conflict"),
        Reply("answer.unauthorized", (401, 403), Heard.ACCESS_DENIED,     claim="answer.unauthorized"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.too-many", (429,), Heard.IN_PROGRESS,               claim="answer.too-many"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,      claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
