"""What Dojo says about undoing a payment intent, in our words, and where; the table beside it cites these.

More information: https://docs.dojo.tech/payments/manage-payments/payment-intent
"""

from payrules.table import Claim, Page
from payrules.when import Zone
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

LONDON = Zone("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0/2", claim="reverse.zone")

_MANAGE = "https://docs.dojo.tech/payments/manage-payments"

PAGES = (
    Page("cancel", f"{_MANAGE}/cancelling-payments/cancel", "2026-11-21"),
    Page("reversal-2022-05", f"{_MANAGE}/cancelling-payments/reversal", "2026-11-21", as_of="2022-05-10"),
    Page("reversal-2022-02", f"{_MANAGE}/cancelling-payments/reversal", "2026-11-21", as_of="2022-02-04"),
    Page("reversal", f"{_MANAGE}/cancelling-payments/reversal", "2026-11-21"),
    Page("refund-2022-03", f"{_MANAGE}/cancelling-payments/refund", "2026-11-21", as_of="2022-03-31"),
    Page("refund-2022-02", f"{_MANAGE}/cancelling-payments/refund", "2026-11-21", as_of="2022-02-04"),
    Page("refund", f"{_MANAGE}/cancelling-payments/refund", "2026-11-21"),
    Page("capture", f"{_MANAGE}/capture", "2026-11-21"),
    Page("intent", f"{_MANAGE}/payment-intent", "2026-11-21"),
    Page("api", "https://docs.dojo.tech/api", "2026-11-21"),
    Page("webhooks", "https://docs.dojo.tech/development-resources/webhooks", "2026-11-21"),
    Page("versions", "https://docs.dojo.tech/development-resources/versioning-overview", "2026-11-21"),
    Page(
        "go-live",
        "https://docs.dojo.tech/payments/accept-payments/in-person-payments/pay-at-counter/go-live-checklist-f2f",
        "2026-11-21",
    ),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.created", STATED, "In Created nothing is authorized yet, also after a declined attempt.", "cancel"),
    Claim("status.authorized", IMPLIED, "In Authorized the amount is held and waits for its capture.", "intent"),
    Claim("status.captured-auto", IMPLIED, "With automatic capture, Captured means that the whole was taken.", "intent"),
    Claim("status.captured-rest", SILENT, "After a capture of a part, the rest of the hold counts as released.", None, "D5"),
    Claim("status.captured", STATED, "Captured means that money was taken.", "capture"),
    Claim("status.unknown-words", STATED, "New words may appear in an enum at any time.", "versions"),
    Claim("final.canceled", STATED, "A cancelled intent accepts no further operation.", "api"),
    Claim("final.reversed", IMPLIED, "A reversal cannot be undone, and nothing else can be done after it.", "reversal"),
    Claim("final.refunded", SILENT, "Refunded is final: everything was given back.", "refund", "D7"),
    # cancel
    Claim("cancel.created", STATED, "An intent can be cancelled only while it is in Created.", "cancel"),
    Claim("cancel.whole", IMPLIED, "The cancel call has no amount: it takes the whole intent.", "api"),
    # reversal
    Claim("reverse.manual-authorized", STATED, "Manual: a payment in Authorized can be reversed.", "reversal-2022-05"),
    Claim("reverse.manual-created", CONTRADICTED, "Manual: an intent in Created can be reversed.", "reversal-2022-05", "D1"),
    Claim("reverse.created-day", SILENT, "For an intent never paid, the day of its creation counts.", None, "D13"),
    Claim("reverse.auto-captured", STATED, "Auto: a payment in Captured can be reversed.", "reversal-2022-05"),
    Claim("reverse.manual-captured", STATED, "Manual: a payment in Captured is refunded instead.", "reversal-2022-05"),
    Claim("reverse.whole-only", STATED, "Only the full payment amount can be reversed.", "reversal-2022-05"),
    Claim("reverse.same-day", STATED, "Only on the calendar day of the original payment.", "reversal-2022-05"),
    Claim("reverse.zone", SILENT, "That day is London's.", None, "D3"),
    Claim("reverse.untouched", SILENT, "A payment of which a part was refunded is not reversed.", None, "D4"),
    Claim("reverse.before-capture", STATED, "A payment that is not captured yet is reversed.", "reversal-2022-02"),
    Claim("reverse.same-day-2022-02", STATED, "Only on the calendar day of the original payment.", "reversal-2022-02"),
    Claim("reverse.whole-only-2022-02", STATED, "Only the full payment amount can be reversed.", "reversal-2022-02"),
    Claim("reverse.hold-7-days", CONTRADICTED, "A hold can be reversed within 7 days of the payment.", "reversal", "D2"),
    Claim("reverse.capture-same-day", CONTRADICTED, "A capture can be reversed on the calendar day of the payment.", "reversal", "D2"),
    Claim("reverse.current-manual", STATED, "Manual: Authorized can be reversed, Created and Captured not.", "reversal"),
    Claim("reverse.current-auto", STATED, "Auto: Captured can be reversed, Created not.", "reversal"),
    Claim("reverse.current-whole", STATED, "Only the full payment amount can be reversed.", "reversal"),
    Claim("day.payment", IMPLIED, "The day is that of the payment itself, not of the intent's creation.", "reversal"),
    # refund
    Claim("refund.captured", STATED, "A payment can be refunded only after it was captured.", "refund-2022-03"),
    Claim("refund.parts", STATED, "The whole, a part, or several parts, together no more than the full amount.", "refund-2022-03"),
    Claim("refund.cap", SILENT, "The full amount is what was captured.", "refund", "D6"),
    Claim("refund.attempts", CONTRADICTED, "Failed attempts before do not stand in the way.", "api", "D12"),
    Claim("refund.terminal", CONTRADICTED, "A payment taken on a terminal is refunded through the intent too.", "go-live", "D10"),
    Claim("refund.status", SILENT, "A full refund gives Refunded, a part leaves Captured.", "go-live", "D7"),
    # everything else
    Claim("dispute.blocks", SILENT, "An open dispute blocks every undo.", None, "D9"),
    Claim("prefer", SILENT, "Cancel before reverse before refund.", None, "D11"),
    Claim("read.amount", SILENT, "What was authorized is totalAmount, or amount where there is none.", "api", "D6"),
    Claim("read.refunded", STATED, "refundedAmount is a bare integer and may be absent.", "api"),
    Claim("capture.authorized", IMPLIED, "Manual: a card that is accepted leaves the intent in Authorized.", "intent"),
    Claim("capture.manual", STATED, "Manual: captured on request, whole or in several parts.", "capture"),
    Claim("capture.auto", STATED, "Auto: captured as soon as authorization is complete.", "intent"),
    Claim("decline.stays", STATED, "A declined attempt leaves the intent in Created.", "cancel"),
    Claim("expire.created", SILENT, "An intent not paid by expireAt becomes Canceled.", "api", "D8"),
    Claim("expire.hold", STATED, "A hold that is not captured is reversed by itself after 7 days.", "intent"),
    # requests
    Claim("request.version", STATED, "Every request names the version of the interface in a header.", "versions"),
    Claim("request.cancel", STATED, "A cancel deletes the intent: DELETE on its path.", "cancel"),
    Claim("request.reversal", STATED, "A reversal is a POST to the intent's reversal, without a body.", "reversal"),
    Claim("request.refund", STATED, "A refund is a POST to the intent's refunds; its amount is an integer in minor units.", "refund"),
    Claim("request.refund-key", STATED, "A refund needs an idempotency key of at most 100 characters in a header, a new one for each new refund; no other operation has one.", "api"),
    Claim("request.length", SILENT, "A request without a body says that its length is 0.", None, "D17"),
    # answers
    Claim("answer.canceled", STATED, "A cancel is answered with 200 and the intent, in Canceled.", "cancel"),
    Claim("answer.reversed", SILENT, "200 to a reversal means that it has happened, and not only been taken on.", "reversal", "D18"),
    Claim("answer.refunded", SILENT, "200 to a refund means that it has happened, though no status comes with it.", "refund", "D18"),
    Claim("answer.status", STATED, "Answers of early 2022 carry a status: Created is still being processed, Failed has failed.", "refund-2022-02"),
    Claim("answer.refund-failed", SILENT, "A refund answered with 400 and the detail that its status is Failed has moved nothing.", None, "D19"),
    Claim("answer.refund-invalid", SILENT, "A refund answered with 400 and the errors of its fields has moved nothing.", "api", "D19"),
    Claim("answer.refund-400", SILENT, "Any other 400 to a refund leaves its outcome unknown.", "api", "D19"),
    Claim("answer.conflict", SILENT, "400 or 409 to a reversal, and 400 to a cancel, say that the payment's state does not permit it.", "api", "D20"),
    Claim("answer.refund-409", SILENT, "409 to a refund says that another request stands in its way.", "api", "D20"),
    Claim("answer.unauthorized", STATED, "401 says that the key is not accepted.", "api"),
    Claim("answer.not-found", STATED, "404 to a cancel says that there is no such intent.", "api"),
    Claim("answer.failed", SILENT, "A code of 500 and above leaves the outcome unknown.", None, "D21"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D21"),
    Claim("answer.key-life", SILENT, "A refund's key is known for a day at least.", "refund", "D22"),
    Claim("answer.once", IMPLIED, "A cancel and a reversal take the whole, and neither can be repeated.", "reversal"),
    Claim("webhook.status", STATED, "A webhook carries a status and no amounts.", "webhooks"),
)
