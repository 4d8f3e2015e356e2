"""What Stripe says about undoing a payment intent or a refund, in our words, and where; the table beside it cites these.

More information: https://docs.stripe.com/refunds
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_SDK = "https://github.com/stripe/stripe-python/blob/6c6e3736/stripe"
_API = "https://docs.stripe.com/api"
_SUPPORT = "https://support.stripe.com/questions"

PAGES = (
    Page("intent", f"{_SDK}/_payment_intent.py", "2026-11-21"),
    Page("intent-calls", f"{_SDK}/_payment_intent_service.py", "2026-11-21"),
    Page("capture", f"{_SDK}/params/_payment_intent_capture_params.py", "2026-11-21"),
    Page("charge", f"{_SDK}/_charge.py", "2026-11-21"),
    Page("refund", f"{_SDK}/_refund.py", "2026-11-21"),
    Page("refund-calls", f"{_SDK}/_refund_service.py", "2026-11-21"),
    Page("events", f"{_SDK}/params/_webhook_endpoint_create_params.py", "2026-11-21"),
    Page("requestor", f"{_SDK}/_api_requestor.py", "2026-11-21"),
    Page("cancel", f"{_API}/payment_intents/cancel", "2026-11-26"),
    Page("session", f"{_API}/checkout/sessions/expire", "2026-11-26"),
    Page("keys", f"{_API}/idempotent_requests", "2026-11-26"),
    Page("errors", f"{_API}/errors", "2026-11-26"),
    Page("multicapture", "https://docs.stripe.com/payments/multicapture.md", "2026-11-26"),
    Page("capture-later", "https://stripe.com/en-nl/docs/payments/capture-later", "2026-11-21"),
    Page("terminal", "https://stripe.com/docs/terminal/features/refunds", "2026-11-21"),
    Page(
        "terminal-sdk",
        "https://stripe.dev/stripe-terminal-android/core/com.stripe.stripeterminal/-terminal/process-refund.html",
        "2026-11-26",
    ),
    Page("refunds", "https://docs.stripe.com/refunds.md", "2026-11-21"),
    Page("refunds-2023", "https://web.archive.org/web/20230130203229/https://stripe.com/docs/refunds", "2026-11-21"),
    Page("ach", f"{_SUPPORT}/refunds-for-ach-direct-debit-payments?locale=en-GB", "2026-11-21"),
    Page("ach-older", f"{_SUPPORT}/refunds-with-ach-payments", "2026-11-21"),
)

CLAIMS = (
    # statuses of an intent, and what they prove
    Claim("status.words", STATED, "An intent is in one of seven statuses, and no other word is listed.", "intent"),
    Claim("status.unpaid", STATED, "In requires_payment_method, requires_confirmation and requires_action nothing is authorized yet.", "intent"),
    Claim("status.hold", STATED, "In requires_capture the amount is held and waits for its capture.", "intent"),
    Claim("status.hold-amounts", SILENT, "A hold of which nothing else is known is whole: nothing is captured unless several captures are enabled.", "capture", "D13"),
    Claim("status.hold-unreleased", IMPLIED, "While it is in requires_capture nothing of the hold was released, for whatever releases leads out of it.", "multicapture"),
    Claim("status.hold-unrefunded", IMPLIED, "Where nothing was captured nothing was refunded.", "refund-calls"),
    Claim("status.processing", STATED, "In processing the outcome of the capture is open.", "intent"),
    Claim("status.processing-cancel", CONTRADICTED, "A cancel is possible in processing in rare cases, and no page says in which.", "cancel", "D5"),
    Claim("status.succeeded", STATED, "In succeeded the money was taken.", "intent"),
    Claim("status.succeeded-whole", SILENT, "What was taken is the whole, unless the amount received says otherwise.", "intent", "D13"),
    Claim("status.succeeded-rest", STATED, "When an intent becomes succeeded, what was held and not captured is released.", "multicapture"),
    Claim("final.canceled", STATED, "After a cancel every operation on the intent fails.", "cancel"),
    Claim("final.expired", IMPLIED, "A hold that lapsed arrives as canceled too.", "charge"),
    # statuses of a refund
    Claim("refund-status.words", STATED, "A refund is pending, requires_action, succeeded, failed or canceled.", "refund"),
    Claim("refund-status.failed", SILENT, "A refund that failed has given nothing back, and there is nothing of it to undo.", "refund", "D15"),
    Claim("refund-status.canceled", STATED, "A cancelled refund is over.", "refund"),
    # cancel
    Claim("cancel.unpaid", STATED, "An intent can be cancelled in requires_payment_method, requires_confirmation and requires_action.", "cancel"),
    Claim("cancel.hold", STATED, "An intent can be cancelled in requires_capture; what is still capturable goes back.", "cancel"),
    Claim("cancel.whole", IMPLIED, "The cancel call has no amount: it takes all that is held.", "intent-calls"),
    Claim("cancel.rest", STATED, "What is held beside a captured part can be released.", "multicapture"),
    Claim("cancel.session", STATED, "An intent of a Checkout Session is not cancelled itself: its session is expired.", "cancel"),
    Claim("cancel.session-hold", CONTRADICTED, "In requires_capture the intent of a session is cancelled itself.", "cancel", "D8"),
    Claim("cancel.session-unknown", SILENT, "An intent of which nobody knows how it was made is cancelled itself.", None, "D9"),
    Claim("cancel.single-message", STATED, "Interac and eftpos take the money at once: they are refunded, and no hold of theirs is cancelled.", "terminal"),
    Claim("cancel.single-message-words", SILENT, "They show as the method interac_present, and as the schemes interac and eftpos_au.", None, "D10"),
    Claim("cancel.before-expiry", IMPLIED, "A hold can be cancelled until it lapses, and the moment is told as capture_before.", "capture-later"),
    Claim("cancel.expiry-unknown", SILENT, "Where nobody knows when a hold lapses, it is open while its status says so.", None, "D7"),
    Claim("cancel.refund", STATED, "A refund can be cancelled in requires_action, and in no other status.", "refund-calls"),
    # refund
    Claim("refund.captured", STATED, "What was captured can be refunded.", "refund-calls"),
    Claim("refund.while-held", STATED, "In requires_capture what was captured can be refunded, up to the amount received less the amount refunded.", "multicapture"),
    Claim("refund.parts", STATED, "The whole or a part, as often as it takes, until the whole charge is refunded.", "refund-calls"),
    Claim("refund.reversal", STATED, "A refund soon after the charge is processed as a reversal, and stays a refund here.", "refunds-2023"),
    Claim("refund.ach-180", CONTRADICTED, "ACH Direct Debit: within 180 days of the payment.", "ach", "D1"),
    Claim("refund.ach-90", CONTRADICTED, "ACH: within 90 days of the payment.", "ach-older", "D1"),
    Claim("refund.ach-words", SILENT, "ACH Direct Debit shows as the method ach_debit or us_bank_account.", None, "D2"),
    Claim("refund.ach-from", SILENT, "The days are counted from the creation of the intent, to the second.", "ach", "D3"),
    Claim("refund.method-unknown", SILENT, "A payment of which nobody knows the method has no such window.", None, "D4"),
    Claim("refund.balance", STATED, "With too little balance a card's refund waits, and that of another method fails.", "refunds"),
    Claim("refund.balance-cards", SILENT, "Cards show as the methods card and card_present; any other word, and an unknown one, is another method.", None, "D11"),
    Claim("refund.interac", STATED, "Interac is refunded in person, with its card in a reader, and by no request.", "terminal-sdk"),
    Claim("refund.interac-rejected", SILENT, "So no refund of an Interac payment is proposed.", "terminal-sdk", "D22"),
    Claim("refund.status", SILENT, "A refund, whole or in part, leaves the intent's status as it is.", "refund", "D16"),
    Claim("refund.of-refund", SILENT, "A refund is no payment: nothing of it can be refunded.", "refund-calls", "D15"),
    # everything else
    Claim("dispute.blocks", IMPLIED, "A disputed charge is not refunded.", "charge"),
    Claim("dispute.blocks-cancel", SILENT, "An open dispute blocks a cancel too.", None, "D12"),
    Claim("prefer", SILENT, "Cancel before refund.", None, "D14"),
    Claim("part.rest", SILENT, "A part that is exactly what is held is cancelled; any other is refunded from what was captured.", None, "D14"),
    # what happens
    Claim("event.authorized", STATED, "With manual capture, a payment that is accepted leaves the intent in requires_capture.", "intent"),
    Claim("event.succeeded", STATED, "With automatic capture, a payment that is accepted leaves the intent in succeeded.", "intent"),
    Claim("event.failed", STATED, "A payment that fails leaves the intent in requires_payment_method.", "events"),
    Claim("event.captured", STATED, "A capture leads to succeeded, unless it says that it is not the final one.", "capture"),
    Claim("event.captured-part", STATED, "A capture that is not the final one leaves the intent in requires_capture.", "multicapture"),
    Claim("event.canceled", STATED, "An intent that is cancelled becomes canceled.", "events"),
    Claim("event.released", STATED, "When the rest of a hold is released, or lapses, a partly captured intent becomes succeeded.", "multicapture"),
    Claim("event.expired", STATED, "A hold of which nothing was captured lapses after 7 days by default, and the intent becomes canceled.", "capture-later"),
    Claim("event.session-expired", IMPLIED, "A session that is expired takes its intent with it.", "session"),
    Claim("event.refund", STATED, "What becomes of a refund is told by events of the refund: updated and failed.", "events"),
    Claim("event.refund-canceled", STATED, "A cancelled refund becomes canceled.", "refund-calls"),
    Claim("event.dispute", STATED, "Disputes are told by events of the charge: created, funds withdrawn and closed, won or lost.", "events"),
    Claim("event.totals", SILENT, "The events of an intent tell what was captured in all, and not of which capture.", "multicapture", "D17"),
    # reading
    Claim("read.amounts", STATED, "Amounts are integers in the currency's smallest unit; the currency is in small letters.", "intent"),
    Claim("read.hold", IMPLIED, "What is held is amount_capturable, and what was taken amount_received.", "multicapture"),
    Claim("read.refunded", STATED, "What was refunded stands in the charge, as amount_refunded.", "charge"),
    Claim("read.disputed", STATED, "Whether it is disputed stands in the charge.", "charge"),
    Claim("read.mode", STATED, "capture_method is automatic, automatic_async or manual.", "intent"),
    Claim("read.expiry", STATED, "When a card's hold lapses stands in the charge, as capture_before.", "capture-later"),
    # requests
    Claim("request.form", STATED, "A request is a POST with form fields, not JSON.", "requestor"),
    Claim("request.cancel", STATED, "A cancel is a POST to the intent's cancel.", "intent-calls"),
    Claim("request.session", STATED, "A session is expired by a POST to its expire.", "session"),
    Claim("request.release", STATED, "The rest is released by a final capture of 0.", "multicapture"),
    Claim("request.release-not-cancel", SILENT, "Beside a captured part the final capture of 0 is sent and not a cancel.", "cancel", "D6"),
    Claim("request.refund", STATED, "A refund is a POST to the refunds, with the intent and an amount.", "refund-calls"),
    Claim("request.refund-cancel", STATED, "A refund is cancelled by a POST to its cancel.", "refund-calls"),
    Claim("request.key", STATED, "Every POST takes an idempotency key of at most 255 characters in a header.", "keys"),
    # answers
    Claim("answer.canceled", STATED, "A cancel is answered with the intent, or the refund, in canceled.", "cancel"),
    Claim("answer.session", IMPLIED, "The expiry of a session is answered with the session, in expired.", "session"),
    Claim("answer.released", STATED, "The release of the rest is answered with the intent in succeeded.", "multicapture"),
    Claim("answer.refunded", SILENT, "A refund that is answered as succeeded has happened, though it may fail later.", "refund", "D18"),
    Claim("answer.refund-pending", STATED, "A refund that is answered as pending or requires_action was taken on.", "refund"),
    Claim("answer.refund-failed", STATED, "A refund that is answered as failed or canceled has given nothing back.", "refund"),
    Claim("answer.state", STATED, "Its own error codes say that the payment is in another state.", "errors"),
    Claim("answer.state-codes", SILENT, "They count under 400 and 402 alike.", "errors", "D19"),
    Claim("answer.balance", STATED, "balance_insufficient says that nothing was given back, for want of balance.", "errors"),
    Claim("answer.bad-request", STATED, "Any other 400 to a refund says that the request is wrong.", "errors"),
    Claim("answer.cancel-refused", SILENT, "Any other 400 to a cancel, which has no fields that could be wrong, is about the state.", "session", "D19"),
    Claim("answer.failed-request", SILENT, "Any other 402 says that the request was right and has failed.", "errors", "D19"),
    Claim("answer.unauthorized", STATED, "401 and 403 say that the key may not do this.", "errors"),
    Claim("answer.not-found", STATED, "404 says that there is no such object.", "errors"),
    Claim("answer.key-in-use", STATED, "409, or idempotency_key_in_use, says that the same call is still being worked on.", "keys"),
    Claim("answer.key-mismatch", SILENT, "An idempotency_error leaves it open what became of the first call with the key.", "keys", "D20"),
    Claim("answer.too-many", SILENT, "429 says to come back later with the same call.", "errors", "D21"),
    Claim("answer.failed", SILENT, "A code of 500 and above leaves the outcome unknown.", "keys", "D21"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", "keys", "D21"),
    Claim("answer.key-life", STATED, "A key is known for at least 24 hours, and gets the first answer again.", "keys"),
)
