"""What Adyen's answers to our calls mean: at best that a call was received. The claim each rests on stands right."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Replies, Reply, says
from payrules.words import OPERATIONS, Heard

REPLIES = Replies(
    keys=Keys(OPERATIONS, hours=168,                                     claim="answer.key-life"),
    references=("pspReference",),
    rows=(
        Reply("answer.received", (201,), Heard.ACCEPTED,                 claim="modification.received",
              body=(says("status", "received"),)),
        Reply("answer.not-received", (201,), Heard.UNKNOWN_ANSWER,       claim="answer.not-received"),
        Reply("answer.no-such-payment", (422,), Heard.NOT_FOUND,         claim="answer.no-such-payment",
              body=(says("errorCode", "167"),)),
        Reply("answer.wrong", (422,), Heard.BAD_REQUEST,                 claim="answer.wrong",
              body=(says("errorCode", "100", "101"),)),
        Reply("answer.wrong-amount", (422,), Heard.BAD_REQUEST,          claim="refund.zero",
              body=(says("errorCode", "137"),)),
        Reply("answer.in-progress", (409, 422), Heard.IN_PROGRESS,       claim="answer.in-progress",
              body=(says("errorCode", "704"),)),
        Reply("answer.unauthorized", (401,), Heard.ACCESS_DENIED,        claim="answer.unauthorized"),
        Reply("answer.not-allowed", (401, 403, 422), Heard.ACCESS_DENIED, claim="answer.not-allowed",
              body=(says("errorCode", "010"),)),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,     claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                      claim="answer.none"),
    ),
)
