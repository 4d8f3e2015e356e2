"""What Payroc's answers to our calls mean. Left what we look at, right the claim it rests on."""

from payrules.responses import LOST, SERVER_ERRORS, Keys, Replies, Reply, ends, says
from payrules.words import Action, Event, Heard

REVERSE, REFUND = Action.REVERSE, Action.REFUND

REPLIES = Replies(
    keys=Keys((REVERSE, REFUND), hours=168,                              claim="answer.key-life"),
    rows=(
        Reply("answer.ok", (200,), Heard.CONFIRMED,                      claim="answer.ok"),
        Reply("answer.turned-into-reversal", (200,), Heard.CONFIRMED, of=(REFUND,), claim="answer.reversal",
              brings=Event.REVERSED,
              body=(says("transactionResult.status", "reversal"),)),
        Reply("answer.later", (200,), Heard.ACCEPTED, of=(REFUND,),      claim="answer.later",
              body=(says("transactionResult.responseCode", "E"),)),
        Reply("answer.declined", (200,), Heard.DECLINED, of=(REFUND,),   claim="answer.declined",
              body=(says("transactionResult.responseCode", "D", "R", "C"),)),
        Reply("answer.refused", (400,), Heard.STATE_CHANGED,             claim="answer.conflict"),
        Reply("answer.cannot-be-modified", (409,), Heard.STATE_CHANGED,  claim="answer.conflict",
              body=(ends("type", "cannot-be-modified"),)),
        Reply("answer.wrong-type", (400,), Heard.BAD_REQUEST,            claim="answer.wrong",
              body=(ends("type", "idempotency-key-missing", "capabilities-missing", "card-type-not-supported"),)),
        Reply("answer.wrong", (406, 413, 415), Heard.BAD_REQUEST,        claim="answer.wrong"),
        Reply("answer.key-in-use", (409,), Heard.IN_PROGRESS,            claim="answer.key-in-use"),
        Reply("answer.denied", (401, 403), Heard.ACCESS_DENIED,          claim="answer.denied"),
        Reply("answer.not-found", (404,), Heard.NOT_FOUND,               claim="answer.not-found"),
        Reply("answer.failed", SERVER_ERRORS, Heard.PROVIDER_FAILED,     claim="answer.failed"),
        Reply("answer.none", LOST, Heard.NO_ANSWER,                      claim="answer.none"),
    ),
)
