"""What Checkout.com's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, Keys, Replies, Reply
from payrules.words import Action, Heard

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND

REPLIES = Replies(
    keys=Keys((CANCEL, REFUND), hours=24,                                 claim="answer.key-life"),
    references=("action_id",),
    rows=(
        Reply("answer.accepted", (202,), Heard.ACCEPTED, of=(CANCEL, REFUND), claim="answer.accepted"),
        Reply("answer.accepted-too", (202,), Heard.ACCEPTED, of=(REVERSE,), claim="answer.accepted-too"),
        Reply("answer.not-allowed", (403,), Heard.STATE_CHANGED, of=(CANCEL, REFUND), claim="answer.not-allowed"),
        Reply("answer.not-allowed-too", (403,), Heard.STATE_CHANGED, of=(REVERSE,), claim="answer.not-allowed-too"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,                claim="answer.not-found"),
        Reply("answer.invalid", (422,), Heard.BAD_REQUEST,                claim="answer.invalid"),
        Reply("answer.unauthorized", (401,), Heard.ACCESS_DENIED,         claim="answer.unauthorized"),
        Reply("answer.conflict", (409,), Heard.IN_PROGRESS,               claim="answer.conflict"),
        Reply("answer.too-many", (429,), Heard.IN_PROGRESS,               claim="answer.too-many"),
        Reply("answer.gateway", (502,), Heard.PROVIDER_FAILED,            claim="answer.gateway"),
        Reply("answer.failed", (500, 501, 503, 504), Heard.PROVIDER_FAILED,  claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                       claim="answer.none"),
    ),
)
