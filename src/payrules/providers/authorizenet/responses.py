"""What Authorize.net's answers to our calls mean. Left what we look at, right the claim it rests on.

Every answer comes with 200: `responseCode` says how the transaction went, `errors` why it did not, and `messages` what was
wrong with the request itself.
"""

from payrules.responses import LOST, SERVER_ERRORS, Once, Replies, Reply, says
from payrules.words import Action, Heard

CANCEL, REVERSE, REFUND = Action.CANCEL, Action.REVERSE, Action.REFUND
WENT, WHY, WRONG = "transactionResponse.responseCode", "transactionResponse.errors.0.errorCode", "messages.message.0.code"

REPLIES = Replies(
    once=Once((CANCEL, REVERSE),                                                      claim="answer.once"),
    references=("transactionResponse.transId",),
    rows=(
        Reply("answer.approved",  (200,), Heard.CONFIRMED, body=(says(WENT, "1"),),   claim="answer.approved"),
        Reply("answer.declined",  (200,), Heard.DECLINED,  body=(says(WENT, "2"),),   claim="answer.declined"),
        Reply("answer.held",      (200,), Heard.ACCEPTED,  body=(says(WENT, "4"),),   claim="answer.held"),
        Reply("answer.void-error", (200,), Heard.STATE_CHANGED, of=(CANCEL, REVERSE), claim="answer.void-error",
              body=(says(WENT, "3"),)),
        Reply("answer.unsettled", (200,), Heard.STATE_CHANGED, of=(REFUND,),          claim="answer.unsettled",
              body=(says(WENT, "3"), says(WHY, "50", "54"))),
        Reply("answer.too-much",  (200,), Heard.STATE_CHANGED, of=(REFUND,),          claim="answer.too-much",
              body=(says(WENT, "3"), says(WHY, "51", "55"))),
        Reply("answer.not-found", (200,), Heard.NOT_FOUND, of=(REFUND,),              claim="answer.not-found",
              body=(says(WENT, "3"), says(WHY, "15", "16"))),
        Reply("answer.duplicate", (200,), Heard.IN_PROGRESS, of=(REFUND,),            claim="answer.duplicate",
              body=(says(WENT, "3"), says(WHY, "11"))),
        Reply("answer.try-again", (200,), Heard.PROVIDER_FAILED, of=(REFUND,),        claim="answer.try-again",
              body=(says(WENT, "3"), says(WHY, "19", "20", "21", "22", "23"))),
        Reply("answer.access",    (200,), Heard.ACCESS_DENIED,                        claim="answer.access",
              body=(says(WRONG, "E00005", "E00006", "E00007", "E00008", "E00010", "E00011"),)),
        Reply("answer.wrong",     (200,), Heard.BAD_REQUEST,                          claim="answer.wrong",
              body=(says(WRONG, "E00003", "E00013", "E00014", "E00015"),)),
        Reply("answer.error",     (200,), Heard.PROVIDER_FAILED,                      claim="answer.failed",
              body=(says(WRONG, "E00001"),)),
        Reply("answer.failed",    SERVER_ERRORS, Heard.PROVIDER_FAILED,               claim="answer.failed"),
        Reply("answer.none",      LOST, Heard.NO_ANSWER,                              claim="answer.none"),
    ),
)
