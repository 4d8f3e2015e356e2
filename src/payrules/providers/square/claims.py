"""What Square says about undoing a payment, in our words, and where; the table beside it cites these."""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_DOCS = "https://developer.squareup.com/docs/payments-api"

PAGES = (
    Page("api", "https://github.com/square/connect-api-specification/blob/5733f66/api.json", "2026-11-21"),
    Page("refund", f"{_DOCS}/refund-payments", "2026-11-26"),
    Page("update", f"{_DOCS}/update-payments", "2026-11-26"),
    Page("delayed", f"{_DOCS}/take-payments/card-payments/delayed-capture", "2026-11-26"),
    Page("sdk", "https://docs.rs/crate/squareup/latest/source/src/api/refunds_api.rs", "2026-11-26"),
    Page(
        "forum",
        "https://developer.squareup.com/forums/t/card-authorized-payment-default-delay-duration-changed-to-pt1h10m/13558",
        "2026-11-21",
    ),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.approved", STATED, "APPROVED: the amount is held and waits to be completed; nothing was taken.", "delayed"),
    Claim("status.approved-nothing-released", IMPLIED, "In APPROVED nothing was released, unless the payment was lowered, and nothing was refunded.", "delayed"),
    Claim("status.approved-late", SILENT, "Once its deadline has come, an approved payment that Square completes by itself may have been captured; one that is completed by hand only has not.", "api", "D1"),
    Claim("status.completed", STATED, "COMPLETED: the payment was captured.", "delayed"),
    Claim("status.completed-whole", IMPLIED, "Completing takes no amount: in COMPLETED all that was held and not released is captured.", "api"),
    Claim("status.completed-rest", IMPLIED, "In COMPLETED nothing is held any more.", "api"),
    Claim("status.pending", SILENT, "PENDING: Square has not finished with the payment; nothing was taken, released or refunded, and an undo waits.", "api", "D2"),
    Claim("status.unknown", SILENT, "A payment whose creation got no answer is in no status of Square's; we say unknown, and nothing of it was given back.", "api", "D3"),
    Claim("final.canceled", STATED, "CANCELED: the hold was released; nothing leaves it.", "delayed"),
    Claim("final.failed", STATED, "FAILED: the payment failed; nothing was taken and nothing leaves it.", "api"),
    # cancel
    Claim("cancel.approved", STATED, "An APPROVED payment can be cancelled.", "refund"),
    Claim("cancel.whole", IMPLIED, "The cancel call has no amount: it takes the whole.", "api"),
    Claim("cancel.deadline", STATED, "At the deadline Square cancels or completes the payment by itself; after it a cancel or an update fails.", "update"),
    Claim("cancel.by-key", STATED, "Where the outcome of the create call is unknown, the payment is cancelled by the key of that call.", "api"),
    Claim("cancel.by-key-whose", IMPLIED, "That key is the merchant's own: without it the payment cannot be named.", "api"),
    Claim("cancel.by-key-without-id", SILENT, "A payment whose id is known is read and not cancelled by key.", "api", "D4"),
    Claim("cancel.by-key-captured", SILENT, "The cancel by key is sent although the payment may have been captured at once; of one known to be captured it is not.", "api", "D5"),
    Claim("cancel.part", STATED, "A part of an approved payment is released by lowering its amount, if EDIT_AMOUNT_DOWN is among its capabilities.", "update"),
    Claim("cancel.part-only", IMPLIED, "Lowering releases a part; the whole is cancelled.", "update"),
    # refund
    Claim("refund.completed", STATED, "Only COMPLETED payments can be refunded.", "refund"),
    Claim("refund.parts", STATED, "The whole or parts, together no more than was collected.", "refund"),
    Claim("refund.count", STATED, "At most 20 refunds of one payment.", "refund"),
    Claim("refund.counted", SILENT, "Every refund counts, also one that is pending or was rejected; where nobody counted, the limit is left to Square.", "refund", "D6"),
    Claim("refund.window", STATED, "Not more than 1 year after the date of the payment.", "refund"),
    Claim("refund.window-edge", SILENT, "The year is 12 calendar months in UTC from the instant of creation, its end excluded.", "refund", "D7"),
    Claim("refund.failed-before", IMPLIED, "After a refund that FAILED for want of funds no further refund of the payment is possible.", "sdk"),
    Claim("refund.pending", STATED, "While a refund is pending another one is refused with REFUND_ALREADY_PENDING.", "api"),
    Claim("refund.pending-any", SILENT, "Any pending refund stands in the way, also one of a part that leaves enough.", "api", "D8"),
    Claim("refund.deadline-passed", SILENT, "A payment that Square completes by itself and whose deadline has come is read again before it is refunded.", "api", "D1"),
    Claim("refund.card-present", SILENT, "A refund for which the card has to be present is asked for all the same.", "api", "D9"),
    # everything else
    Claim("dispute.refund", STATED, "A disputed payment is not refunded: PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE.", "api"),
    Claim("dispute.cancel", SILENT, "A dispute blocks a cancel too.", None, "D10"),
    Claim("prefer", SILENT, "Cancel before refund.", None, "D11"),
    # reading its JSON
    Claim("read.body", IMPLIED, "A payment stands alone, or as payment in the answer that shows it.", "api"),
    Claim("read.amount", SILENT, "What was held in the first place is the larger of approved_money and total_money; what of it is not in total_money was released.", "api", "D12"),
    Claim("read.capabilities", STATED, "capabilities lists what may be edited.", "update"),
    Claim("read.tip", SILENT, "Of a payment with a tip EDIT_AMOUNT_DOWN is not believed.", "api", "D13"),
    Claim("read.refunded", SILENT, "refunded_money is what was refunded; where it is absent nothing was.", "api", "D14"),
    Claim("read.refunds", SILENT, "refund_ids counts the refunds; where it is absent there were none.", "api", "D14"),
    Claim("read.mode", STATED, "delay_action COMPLETE completes the payment by itself at delayed_until; CANCEL, the default, does not.", "api"),
    Claim("read.deadline", CONTRADICTED, "The deadline is the instant in delayed_until; its usual length is not relied on.", "api", "D15"),
    Claim("read.token", STATED, "version_token guards against a payment that has changed.", "api"),
    Claim("read.reference", SILENT, "reference_id is not the key of the create call, and is not taken for it.", "api", "D4"),
    # events
    Claim("event.approved", STATED, "payment.created or payment.updated in APPROVED: the amount is held.", "api"),
    Claim("event.lowered", IMPLIED, "payment.updated in APPROVED: what of approved_money is no longer in total_money was released.", "update"),
    Claim("event.part-released", IMPLIED, "A lowering releases a part of the hold; the payment stays APPROVED.", "update"),
    Claim("event.completed", STATED, "payment.updated in COMPLETED: the payment was captured.", "api"),
    Claim("event.completed-again", IMPLIED, "Each later payment.updated in COMPLETED, such as after a refund, tells of the same capture.", "api"),
    Claim("event.canceled", STATED, "payment.updated in CANCELED: the hold was released.", "api"),
    Claim("event.failed", STATED, "payment.updated in FAILED: the payment failed.", "api"),
    Claim("event.expired", STATED, "At the deadline an approved payment with delay_action CANCEL is cancelled.", "delayed"),
    Claim("event.failed-late", IMPLIED, "A delayed payment can fail: DELAYED_TRANSACTION_FAILED.", "api"),
    Claim("event.refund-pending", STATED, "refund.created or refund.updated in PENDING: the refund is under way.", "api"),
    Claim("event.refunded", STATED, "A refund in COMPLETED was confirmed; the payment stays COMPLETED.", "api"),
    Claim("event.refund-rejected", STATED, "A refund in REJECTED was refused.", "api"),
    Claim("event.refund-failed", STATED, "A refund in FAILED has failed.", "api"),
    Claim("event.dispute", SILENT, "A dispute is told by the caller.", None, "D10"),
    # requests
    Claim("request.cancel", STATED, "A cancel is a POST to the payment's cancel, without a body.", "api"),
    Claim("request.cancel-by-key", STATED, "A cancel by key is a POST to the payments' cancel; its body is the key.", "api"),
    Claim("request.lower", IMPLIED, "A lowering is a PUT of the payment with the new amount, the version token if known, and a key.", "update"),
    Claim("request.refund", STATED, "A refund is a POST to refunds with a key, the payment's id and the amount in minor units.", "refund"),
    Claim("request.token", STATED, "A refund carries the version token as payment_version_token, if known.", "api"),
    Claim("request.key", STATED, "The key is a field of the body, of at most 45 characters.", "api"),
    Claim("request.version", SILENT, "No request names a version of the API; the one that the application was set to counts.", None, "D16"),
    # answers
    Claim("answer.canceled", STATED, "A cancel is synchronous: 200 with the payment in CANCELED.", "api"),
    Claim("answer.canceled-by-key", STATED, "A cancel by key succeeds with 200, also where no payment is found.", "api"),
    Claim("answer.not-canceled", SILENT, "A cancel answered with the payment in COMPLETED, PENDING or FAILED has not cancelled it.", "api", "D21"),
    Claim("answer.lowered", IMPLIED, "A lowering is synchronous: 200 with the payment in APPROVED.", "update"),
    Claim("answer.refund-pending", STATED, "200 with a refund in PENDING: it was taken on.", "api"),
    Claim("answer.refunded", STATED, "200 with a refund in COMPLETED: it has happened.", "api"),
    Claim("answer.refund-failed", STATED, "200 with a refund in REJECTED or FAILED: it has not happened.", "api"),
    Claim("answer.declined", STATED, "REFUND_DECLINED: the refund was declined.", "api"),
    Claim("answer.state", STATED, "The other codes of a refund or of a delayed payment say that the payment's state does not permit the call.", "api"),
    Claim("answer.version", STATED, "VERSION_MISMATCH: the payment has changed since its version token was read.", "api"),
    Claim("answer.key-reused", SILENT, "IDEMPOTENCY_KEY_REUSED leaves the outcome of what the key was first used for unknown.", "api", "D17"),
    Claim("answer.code", SILENT, "The code in the body counts, under whichever HTTP status of the 400s it comes.", "api", "D18"),
    Claim("answer.access", SILENT, "401 and 403 say that the caller may not do this.", None, "D18"),
    Claim("answer.not-found", SILENT, "404 says that there is no such payment.", None, "D18"),
    Claim("answer.busy", SILENT, "429 says that the call was not looked at yet; the same one is sent again.", None, "D18"),
    Claim("answer.failed", SILENT, "A code of 500 and above leaves the outcome unknown.", None, "D19"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D19"),
    Claim("answer.once", IMPLIED, "A payment is cancelled once, and lowered to a new total: neither does more when it is sent again.", "update"),
    Claim("answer.key-life", SILENT, "A refund's key is known for a day at least.", "api", "D20"),
)
