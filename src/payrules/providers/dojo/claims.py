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
    Claim("webhook.status", STATED, "A webhook carries a status and no amounts.", "webhooks"),
)
