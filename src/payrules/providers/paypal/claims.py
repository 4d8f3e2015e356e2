"""What PayPal says about undoing a payment, in our words, and where; the table beside it cites these.

More information: https://developer.paypal.com/docs/api/payments/v2/
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_API = "https://github.com/paypal/paypal-rest-api-specifications/blob/ec4d8f3/openapi"
_DOCS = "https://developer.paypal.com"

PAGES = (
    Page("payments", f"{_API}/payments_payment_v2.json", "2026-11-21"),
    Page("orders", f"{_API}/checkout_orders_v2.json", "2026-11-21"),
    Page("honor", f"{_DOCS}/docs/checkout/advanced/authorization-honor", "2026-11-21"),
    Page("webhooks", f"{_DOCS}/api/rest/webhooks/event-names.md", "2026-11-21"),
    Page("uncaptured", f"{_DOCS}/payment-methods/uncaptured-payments.md", "2026-11-21"),
    Page("refund-window", f"{_DOCS}/api/nvp-soap/paypal-payments-standard/admin/refunds", "2026-11-21"),
    Page("max-refunds", f"{_DOCS}/api/payments/v2/errors/max_number_of_refunds_exceeded", "2026-11-26"),
    Page("dispute-webhooks", f"{_DOCS}/docs/disputes/webhooks", "2026-11-26"),
    Page("idempotency", f"{_DOCS}/reference/guidelines/idempotency.md", "2026-11-26"),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.created", STATED, "CREATED: an authorization is open and nothing of it was captured, released or refunded.", "payments"),
    Claim("status.partially-captured", STATED, "PARTIALLY_CAPTURED: less than the authorization was captured, and the rest is still held: nothing was released.", "payments"),
    Claim("status.captured", STATED, "CAPTURED: an authorization was captured in full; nothing of it is held any more.", "payments"),
    Claim("status.captured-rest", SILENT, "CAPTURED is also written where a part was captured and the rest was released: the rest counts as released.", None, "D3"),
    Claim("status.completed", STATED, "COMPLETED: the whole of one capture was taken and nothing of it refunded.", "payments"),
    Claim("status.partially-refunded", STATED, "PARTIALLY_REFUNDED: the whole of one capture was taken, and a part of it refunded.", "payments"),
    Claim("status.one-word", SILENT, "A record has the authorization's word where there is an authorization, and else the capture's.", None, "D1"),
    Claim("status.pending", SILENT, "PENDING is an authorization, or a capture, that PayPal has not decided; the record has it as soon as one capture is pending.", "payments", "D2"),
    Claim("status.order", SILENT, "An order without a payment holds and takes nothing: SAVED, APPROVED, PAYER_ACTION_REQUIRED, and CREATED, which is written as PAYER_ACTION_REQUIRED.", "orders", "D4"),
    Claim("status.unknown-words", SILENT, "A status word that is not listed decides nothing, and neither does unknown.", None, "D5"),
    Claim("final.voided", STATED, "VOIDED: the authorization was released, or has expired, and nothing of it was captured.", "payments"),
    Claim("final.denied", STATED, "DENIED, DECLINED and FAILED: no money was held or taken.", "payments"),
    Claim("final.refunded", STATED, "REFUNDED: the whole capture was given back.", "payments"),
    # cancel
    Claim("cancel.hold", STATED, "An authorization of which nothing was captured can be voided.", "payments"),
    Claim("cancel.rest", STATED, "An authorization of which a part was captured can be voided, only a fully captured one cannot.", "payments"),
    Claim("cancel.whole", STATED, "A void has no amount: it takes all that is held.", "payments"),
    Claim("cancel.parent", STATED, "An authorization that a reauthorization made cannot be voided itself; the original one is.", "payments"),
    Claim("cancel.origin-unknown", SILENT, "Where nobody says how an authorization was made, it is an original one.", "payments", "D6"),
    Claim("cancel.expiry", CONTRADICTED, "A hold can be voided until the object's own expiration_time; 29 days on one page, 30 on another.", "webhooks", "D7"),
    # refund
    Claim("refund.captured", STATED, "Captured money can be refunded: COMPLETED, PARTIALLY_REFUNDED, and the captures of an authorization.", "payments"),
    Claim("refund.one-capture", STATED, "A refund addresses one capture and gives back no more than is left of it.", "payments"),
    Claim("refund.several-captures", SILENT, "Of several captures each needs a refund of its own; what is left of the one addressed has to be known.", "payments", "D8"),
    Claim("refund.captures-unknown", SILENT, "Where nobody says how many captures there are, one refund is tried.", "payments", "D8"),
    Claim("refund.pending-capture", STATED, "A capture that is pending cannot be refunded before it completes.", "payments"),
    Claim("refund.window", SILENT, "A capture can be refunded for 180 days: that there is a limit is said of this interface, the number only of an older one.", "refund-window", "D9"),
    Claim("refund.whole", STATED, "The whole of what is left of a capture can be refunded, also while the transaction is disputed.", "payments"),
    Claim("refund.part", STATED, "A part of a capture can be refunded, or several parts.", "payments"),
    Claim("refund.part-allowed", STATED, "Some captures allow no partial refund.", "payments"),
    Claim("refund.disputed-part", STATED, "While a transaction is disputed no part of it can be refunded.", "payments"),
    Claim("refund.chargeback", STATED, "A capture that was charged back cannot be refunded.", "payments"),
    Claim("refund.count", SILENT, "The number of refunds of a capture is limited; the number is not published, so the caller has to know it.", "max-refunds", "D10"),
    Claim("refund.balance", STATED, "A refund fails where the merchant's funds do not suffice.", "payments"),
    # everything else
    Claim("dispute.blocks", SILENT, "An open dispute or a chargeback blocks the void of a hold.", None, "D11"),
    Claim("prefer", SILENT, "What is held is voided before what was captured is refunded.", None, "D12"),
    Claim("reverse.none", STATED, "There is no reversal: a void ends a hold, a refund gives captured money back, and REVERSED is PayPal's own act.", "webhooks"),
    # how its JSON is read
    Claim("read.authorization", STATED, "An authorization has id, status, amount, create_time and expiration_time; so have those in an order's purchase units, beside its captures and refunds.", "payments"),
    Claim("read.capture", STATED, "A capture has id, status, amount and create_time; supplementary_data.related_ids names its order and its authorization.", "payments"),
    Claim("read.intent", STATED, "The order's intent says who captures: CAPTURE is automatic, AUTHORIZE is on request.", "orders"),
    Claim("read.amount", SILENT, "An amount is a decimal text beside its currency_code; HUF, JPY and TWD have no decimals, all others two.", "payments", "D13"),
    Claim("read.pick", SILENT, "Of several captures the one of which most is left, pending refunds taken off, is addressed: capture_id, available_to_refund, captured_at and refunds are its own.", None, "D8"),
    Claim("read.voided", SILENT, "A voided authorization with captures is read as CAPTURED, and what was not captured as released.", None, "D3"),
    Claim("read.refunds", STATED, "A refund is PENDING, COMPLETED, CANCELLED or FAILED; its link `up` names its capture.", "payments"),
    # events
    Claim("event.authorized", STATED, "PAYMENT.AUTHORIZATION.CREATED: an amount is held.", "webhooks"),
    Claim("event.voided", STATED, "PAYMENT.AUTHORIZATION.VOIDED: the hold, or what was left of it, was released or has expired.", "webhooks"),
    Claim("event.captured", STATED, "PAYMENT.CAPTURE.COMPLETED: an amount was taken.", "webhooks"),
    Claim("event.capture-pending", STATED, "PAYMENT.CAPTURE.PENDING: the outcome of a capture is awaited; nothing has moved.", "webhooks"),
    Claim("event.capture-declined", STATED, "PAYMENT.CAPTURE.DECLINED and .DENIED: the attempt to capture failed and nothing was taken; what was never counted is not taken back.", "webhooks"),
    Claim("event.capture-failed-hold", SILENT, "A capture that failed leaves the record of an authorization as it was; the pending one is read again.", None, "D14"),
    Claim("event.refunded", STATED, "PAYMENT.CAPTURE.REFUNDED: a refund of the capture that its link `up` names.", "webhooks"),
    Claim("event.reversed", STATED, "PAYMENT.CAPTURE.REVERSED: PayPal took the money of a capture back.", "webhooks"),
    Claim("event.reversed-means", SILENT, "PAYMENT.CAPTURE.REVERSED is a chargeback.", "webhooks", "D15"),
    Claim("event.disputed", STATED, "CUSTOMER.DISPUTE.CREATED: a dispute was opened; disputed_transactions names the capture as seller_transaction_id.", "dispute-webhooks"),
    Claim("event.dispute-resolved", SILENT, "CUSTOMER.DISPUTE.RESOLVED: won with the outcome RESOLVED_SELLER_FAVOUR or CANCELED_BY_BUYER, lost with any other.", "dispute-webhooks", "D16"),
    Claim("event.approval-reversed", STATED, "CHECKOUT.PAYMENT-APPROVAL.REVERSED: an order of an alternative method was not captured in time and is cancelled.", "uncaptured"),
    Claim("event.refund-status", STATED, "A refund of everything gives REFUNDED, of a part PARTIALLY_REFUNDED.", "payments"),
    Claim("event.authorization-refunded", SILENT, "A refund leaves an authorization's word as it is, until all is given back and nothing is held: then it is REFUNDED.", None, "D1"),
    # requests
    Claim("request.cancel", STATED, "A void is a POST to the void of the authorization, or of its parent, without a body.", "payments"),
    Claim("request.refund", STATED, "A refund is a POST to the refund of the capture, with the amount as value and currency_code; an empty body is all that is left of it.", "payments"),
    Claim("request.amount", SILENT, "A refund of ours always names its amount.", "payments", "D17"),
    Claim("request.key", STATED, "Both have an idempotency key in the header PayPal-Request-Id.", "payments"),
    # answers
    Claim("answer.voided", STATED, "204 to a void, or 200 with the authorization in VOIDED, means that it has happened.", "payments"),
    Claim("answer.refunded", STATED, "201 to a refund, or 200 to one that was sent before, with the status COMPLETED means that it has happened.", "payments"),
    Claim("answer.refund-pending", STATED, "A refund answered with the status PENDING is under way.", "payments"),
    Claim("answer.refund-failed", STATED, "A refund answered with the status FAILED or CANCELLED has moved nothing.", "payments"),
    Claim("answer.state", STATED, "422 names an issue in details; those about the payment's own state say that it does not permit the call.", "payments"),
    Claim("answer.funds", STATED, "422 REFUND_FAILED_INSUFFICIENT_FUNDS: the refund was tried and failed.", "payments"),
    Claim("answer.amount", STATED, "422 REFUND_AMOUNT_TOO_LOW and REFUND_CAPTURE_CURRENCY_MISMATCH: the request itself is wrong.", "payments"),
    Claim("answer.restricted", STATED, "422 REFUND_IS_RESTRICTED: only the caller that captured may refund.", "payments"),
    Claim("answer.other-issue", SILENT, "422 with any other issue says that the payment's state does not permit the call.", "payments", "D18"),
    Claim("answer.bad-request", STATED, "400 says that the request is not well formed.", "payments"),
    Claim("answer.access", STATED, "401 and 403 say that the caller may not do this.", "payments"),
    Claim("answer.not-found", STATED, "404 says that there is no such authorization or capture.", "payments"),
    Claim("answer.in-progress", STATED, "409 says that an earlier call is still being worked on.", "payments"),
    Claim("answer.failed", STATED, "A call that failed with 500 or above, or that no answer came to, is sent again with the same key.", "idempotency"),
    Claim("answer.key-life", STATED, "A key is known for 45 days.", "payments"),
)
