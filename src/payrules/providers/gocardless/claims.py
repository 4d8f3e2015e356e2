"""What GoCardless says about undoing a bank debit, in our words, and where; the table beside it cites these."""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_SDK = "https://github.com/gocardless/gocardless-pro-python/blob/d5c83f3"
_SUPPORT = "https://support.gocardless.com/hc"

PAGES = (
    Page("payments", f"{_SDK}/gocardless_pro/services/payments_service.py", "2026-11-21"),
    Page("refunds", f"{_SDK}/gocardless_pro/services/refunds_service.py", "2026-11-21"),
    Page("simulators", f"{_SDK}/gocardless_pro/services/scenario_simulators_service.py", "2026-11-21"),
    Page("fixtures", f"{_SDK}/tests/fixtures", "2026-11-21"),
    Page("client", f"{_SDK}/gocardless_pro/api_client.py", "2026-11-26"),
    Page("service", f"{_SDK}/gocardless_pro/services/base_service.py", "2026-11-26"),
    Page("older-sdks", "https://github.com/gocardless/gocardless-dotnet", "2026-11-21"),
    Page("event-texts", "https://github.com/karoo-ca/gocardless-events/tree/29fcaf8", "2026-11-26"),
    Page("refunding", f"{_SUPPORT}/en-nz/articles/210536269-Refunding-payments", "2026-11-21"),
    Page("safety-form", f"{_SUPPORT}/en-gb/requests/new?ticket_form_id=360000568793", "2026-11-21"),
    Page("statuses", f"{_SUPPORT}/en-ca/articles/213146225-Overview-of-payment-statuses", "2026-11-26"),
    Page("retrying", "https://gocardless.com/blog/idempotency-keys", "2026-11-26"),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.scheduled", STATED, "In pending_submission the debit is scheduled and not sent to the bank: nothing is taken.", "statuses"),
    Claim("status.approval", SILENT, "In pending_customer_approval the payer still has to agree; until then nothing can be done.", "statuses", "D1"),
    Claim("status.submitted", STATED, "In submitted the debit is with the bank and its outcome is open; it can no longer be cancelled.", "statuses"),
    Claim("status.confirmed", STATED, "In confirmed the whole was collected.", "statuses"),
    Claim("status.paid-out", STATED, "In paid_out the collected money was paid out to the merchant.", "statuses"),
    Claim("status.whole", IMPLIED, "A debit is collected as a whole; nothing of it is held or released.", "statuses"),
    Claim("status.failed", STATED, "failed: the debit was not collected, or failed after it had been; it may be tried again.", "statuses"),
    Claim("status.charged-back", IMPLIED, "charged_back: the payer's bank took the money back; it may come back once more.", "event-texts"),
    Claim("status.unknown-words", SILENT, "A word that is not listed decides nothing.", None, "D2"),
    Claim("final.cancelled", STATED, "cancelled: the debit was stopped before it was sent, and nothing more is done with it.", "statuses"),
    Claim("final.denied", IMPLIED, "customer_approval_denied: the payer did not agree.", "statuses"),
    # cancel
    Claim("cancel.scheduled", STATED, "A payment can be cancelled only in pending_submission.", "payments"),
    Claim("cancel.whole", IMPLIED, "The cancel call has no amount: it takes the whole.", "payments"),
    # refund
    Claim("refund.statuses", STATED, "A payment is refunded in confirmed or paid_out.", "older-sdks"),
    Claim("refund.parts", STATED, "The whole or a part of what was collected.", "refunding"),
    Claim("refund.enabled", STATED, "Refunds have to be enabled for the account.", "refunding"),
    Claim("refund.enabled-unknown", SILENT, "Not knowing whether they are enabled does not stand in the way.", "refunding", "D3"),
    Claim("refund.five", CONTRADICTED, "No more than five refunds of a payment (older texts of the interface; the newer one is silent).", "older-sdks", "D4"),
    Claim("refund.seven-days", STATED, "By default a refund is possible only 7 days after the charge date.", "refunding"),
    Claim("refund.seven-days-edge", SILENT, "The 7 days are 7 times 24 hours from midnight UTC at the beginning of the charge date.", "refunding", "D5"),
    Claim("refund.opted-out", SILENT, "An account may opt out of the 7 days; the table does not know such an account.", "safety-form", "D5"),
    Claim("refund.balance", STATED, "The merchant's balance has to cover the refund.", "refunds"),
    Claim("refund.balance-wait", SILENT, "A balance that does not suffice may do so later; an unknown one does not stand in the way.", "safety-form", "D6"),
    Claim("refund.guard", STATED, "A refund says how much is refunded in all with it, and fails if that is wrong.", "refunds"),
    Claim("refund.guard-pending", SILENT, "That total is what was refunded, what is asked back and not yet confirmed, and this refund.", "refunds", "D7"),
    Claim("refund.no-deadline", SILENT, "No latest moment for a refund is given.", "refunding", "D8"),
    # everything else
    Claim("dispute.blocks", SILENT, "A dispute that the caller has heard of blocks every undo.", None, "D9"),
    Claim("chargeback.after-refund", STATED, "The payer can charge back a refunded payment and is then paid twice.", "safety-form"),
    Claim("prefer", SILENT, "Cancel before refund.", None, "D10"),
    Claim("read.amount", SILENT, "Amounts are whole numbers in minor units, also where they are written as text.", "fixtures", "D11"),
    Claim("read.charge-date", SILENT, "The charge date is the moment of the capture, from submission on.", "fixtures", "D5"),
    Claim("read.refunded", SILENT, "amount_refunded counts refunds from their creation on.", "older-sdks", "D7"),
    # events
    Claim("event.submitted", SILENT, "payments submitted: the debit is with the bank, also one that is tried again; it counts as the authorization.", "event-texts", "D12"),
    Claim("event.confirmed", IMPLIED, "payments confirmed: the whole was collected.", "event-texts"),
    Claim("event.confirmed-date", SILENT, "The event does not tell the charge date, so its own moment counts until the payment is read.", "fixtures", "D5"),
    Claim("event.paid-out", IMPLIED, "payments paid_out: the money was sent to the merchant.", "event-texts"),
    Claim("event.failed", IMPLIED, "payments failed: the debit was not collected, or failed late.", "event-texts"),
    Claim("event.cancelled", IMPLIED, "payments cancelled: the payment was cancelled.", "event-texts"),
    Claim("event.denied", IMPLIED, "payments customer_approval_denied: the payer did not agree.", "event-texts"),
    Claim("event.charged-back", IMPLIED, "payments charged_back: the money was returned to the payer.", "event-texts"),
    Claim("event.chargeback-cancelled", IMPLIED, "payments chargeback_cancelled: the chargeback was withdrawn.", "event-texts"),
    Claim("event.chargeback-cancelled-status", SILENT, "After it the payment is confirmed.", "event-texts", "D13"),
    Claim("event.settled-later", IMPLIED, "payments late_failure_settled, chargeback_settled, surcharge_fee_debited, created: nothing moves between payer and merchant.", "event-texts"),
    Claim("event.unread", SILENT, "payments customer_approval_granted and resubmission_requested are reported as not understood: the payment has to be read.", "event-texts", "D12"),
    Claim("event.refunds", SILENT, "Events of refunds carry neither amount nor payment, so they are reported as not understood.", "fixtures", "D14"),
    Claim("event.refund-paid", IMPLIED, "A refund that was paid leaves the payment in its status.", "event-texts"),
    Claim("event.refund-bounced", STATED, "A refund can fail, also after it was paid and settled; its money comes back to the merchant.", "simulators"),
    Claim("event.refund-after-return", IMPLIED, "A refund may still be paid after the payment failed late or was charged back.", "safety-form"),
    Claim("event.other-resources", IMPLIED, "Events of mandates, payouts, subscriptions and the like change no payment.", "fixtures"),
    Claim("event.unknown", SILENT, "An action that is not listed is reported as not understood.", "event-texts", "D12"),
    Claim("event.list", IMPLIED, "A message carries a list of events, each an event of its own.", "fixtures"),
    # requests
    Claim("request.version", IMPLIED, "Every request names the version of the interface in a header.", "client"),
    Claim("request.cancel", STATED, "A cancel is a POST to the payment's actions/cancel; nothing has to be in its body.", "payments"),
    Claim("request.cancel-key", SILENT, "Keys are for calls that create something, so a cancel has none.", "retrying", "D15"),
    Claim("request.refund", STATED, "A refund is a POST to refunds: its amount, the payment, and the total that is confirmed.", "refunds"),
    Claim("request.refund-key", STATED, "A refund takes a key in the header Idempotency-Key.", "retrying"),
    Claim("request.key-form", IMPLIED, "A UUID v4 is a key.", "service"),
    Claim("request.id", STATED, "Every call names the payment by its id.", "payments"),
    # answers
    Claim("answer.cancelled", IMPLIED, "A cancel is answered with 200 and the payment, in cancelled.", "fixtures"),
    Claim("answer.cancellation-failed", STATED, "422 of type invalid_state to a cancel (cancellation_failed): it is not in pending_submission.", "payments"),
    Claim("answer.refund-created", STATED, "201 to a refund: it is created, and its outcome is an event.", "retrying"),
    Claim("answer.refund-state", STATED, "422 of type invalid_state to a refund: wrong status, wrong total, or too many refunds.", "older-sdks"),
    Claim("answer.invalid", SILENT, "422 of type validation_failed: nothing was done; a balance that is too small is answered so, too.", "fixtures", "D16"),
    Claim("answer.usage", SILENT, "400: the request itself is wrong.", "fixtures", "D16"),
    Claim("answer.conflict", STATED, "409 to a refund: one was created with this key already.", "retrying"),
    Claim("answer.unauthorized", SILENT, "401 and 403: the caller may not do this.", None, "D16"),
    Claim("answer.not-found", SILENT, "404: there is no such payment.", None, "D16"),
    Claim("answer.too-many", SILENT, "429: too many requests; the same call again, later.", None, "D16"),
    Claim("answer.failed", STATED, "A code of 500 and above leaves the outcome unknown.", "retrying"),
    Claim("answer.none", STATED, "Where no answer came the outcome is unknown.", "retrying"),
    Claim("answer.key-life", SILENT, "A key is known for a day at least.", "retrying", "D15"),
    Claim("answer.once", IMPLIED, "A cancel takes the whole, and a second one is refused.", "payments"),
)
