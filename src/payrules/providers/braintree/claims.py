"""What Braintree says about undoing a transaction, in our words, and where; the table beside it cites these.

The words of statuses and methods are those of its SDKs; its GraphQL interface writes the statuses in capitals. There is one
edition, 2026-11.

More information: https://developer.paypal.com/braintree/articles/control-panel/transactions/refunds-voids-credits
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_DOCS = "https://developer.paypal.com/braintree/docs"
_ARTICLES = "https://developer.paypal.com/braintree/articles"
_GRAPHQL = "https://developer.paypal.com/braintree/graphql"
_SDK = "https://github.com/braintree/braintree_python/blob/80b03f4"

PAGES = (
    Page("refunds", f"{_ARTICLES}/control-panel/transactions/refunds-voids-credits", "2026-11-21"),
    Page("statuses", f"{_DOCS}/reference/general/statuses", "2026-11-21"),
    Page("void", f"{_DOCS}/reference/request/transaction/void/python", "2026-11-21"),
    Page("refund", f"{_DOCS}/reference/request/transaction/refund", "2026-11-21"),
    Page("authorizations", f"{_ARTICLES}/aib-af/transactions/authorizations", "2026-11-21"),
    Page("settlement-codes", f"{_DOCS}/reference/general/processor-responses/settlement-responses/", "2026-11-21"),
    Page("partial", f"{_DOCS}/reference/request/transaction/submit-for-partial-settlement/python/", "2026-11-26"),
    Page("sdk", f"{_SDK}/braintree/transaction.py", "2026-11-21"),
    Page("sdk-errors", f"{_SDK}/braintree/error_codes.py", "2026-11-21"),
    Page("sdk-webhooks", f"{_SDK}/braintree/webhook_notification.py", "2026-11-21"),
    Page("sdk-tests", f"{_SDK}/tests/integration/test_transaction.py", "2026-11-21"),
    Page("schema", "https://github.com/braintree/graphql-api/blob/2252d47/schema.graphql", "2026-11-21"),
    Page("reverse", f"{_GRAPHQL}/reference/mutations/reverse-transaction.md", "2026-11-21"),
    Page("reverse-input", f"{_GRAPHQL}/reference/types/reverse-transaction-input", "2026-11-26"),
    Page("refund-input", f"{_GRAPHQL}/reference/types/refund-transaction-input.md", "2026-11-26"),
    Page("reverse-refund-input", f"{_GRAPHQL}/reference/types/reverse-refund-input.md", "2026-11-26"),
    Page("void-payload", f"{_GRAPHQL}/reference/types/void-transaction-payload.md", "2026-11-26"),
    Page("calls", f"{_GRAPHQL}/guides/making_api_calls", "2026-11-26"),
    Page("ids", f"{_GRAPHQL}/guides/migrating", "2026-11-26"),
    Page(
        "graphql-errors",
        "https://developer.paypal.com/braintree/in-person/guides/graphql-error-handling",
        "2026-11-26",
    ),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.authorizing", STATED, "In authorizing the processor has not authorized anything yet.", "statuses"),
    Claim("status.authorized", STATED, "In authorized the amount is held and waits to be submitted for settlement.", "statuses"),
    Claim("status.authorized-amounts", IMPLIED, "In authorized nothing is captured, released or refunded.", "statuses"),
    Claim("status.submitted", STATED, "In submitted_for_settlement the money is captured and in the open batch.", "statuses"),
    Claim("status.settling", STATED, "In settling the batch is closed and the money is on its way.", "statuses"),
    Claim("status.settled", STATED, "In settled the money was moved.", "statuses"),
    Claim("status.whole", IMPLIED, "From submission on all is captured that was authorized and not released.", "statuses"),
    Claim("status.rest", SILENT, "Where less was submitted than was authorized, the rest counts as released.", None, "D1"),
    Claim("status.not-refunded", IMPLIED, "Nothing is refunded before settlement has begun.", "sdk-errors"),
    Claim("status.pending", STATED, "In settlement_pending the outcome of the capture is open, so nobody knows what is captured.", "statuses"),
    Claim("status.pending-amounts", IMPLIED, "In settlement_pending nothing is released or refunded.", "statuses"),
    Claim("status.parent", STATED, "settlement_confirmed is the parent of partial settlements; its children carry the money.", "sdk"),
    Claim("status.unknown", SILENT, "unknown is the word of a caller who does not know the status; it proves nothing.", "reverse", "D17"),
    Claim("final.voided", STATED, "A voided transaction was released or reversed; nothing follows.", "statuses"),
    Claim("final.voided-word", SILENT, "A voided transaction counts as cancelled, whatever it was before.", None, "D2"),
    Claim("final.expired", STATED, "In authorization_expired the hold has lapsed.", "statuses"),
    Claim("final.declined", STATED, "In settlement_declined, failed, processor_declined and gateway_rejected nothing was paid.", "statuses"),
    # cancel
    Claim("cancel.authorized", STATED, "A transaction in authorized can be voided.", "void"),
    Claim("void.whole", STATED, "A void names the transaction alone: it takes the whole.", "void"),
    Claim("cancel.children", SILENT, "A parent of which a part was captured is not voided.", None, "D3"),
    # reversal
    Claim("reverse.submitted", STATED, "A transaction in submitted_for_settlement can be voided.", "void"),
    Claim("reverse.pending", STATED, "A PayPal transaction in settlement_pending can be voided, no other.", "void"),
    Claim("reverse.pending-children", SILENT, "In settlement_pending one of which a part was captured is not voided.", None, "D3"),
    Claim("reverse.untouched", SILENT, "A transaction of which something was refunded or asked back is not reversed.", None, "D4"),
    Claim("reverse.hold-stays", STATED, "Voiding what is submitted does not by itself release the original hold.", "authorizations"),
    Claim("unknown.reverse", STATED, "reverseTransaction voids what is not settled and refunds what is.", "reverse"),
    Claim("unknown.whole", STATED, "reverseTransaction takes the whole.", "reverse"),
    # refund
    Claim("refund.settled", STATED, "A transaction in settled can be refunded.", "refund"),
    Claim("refund.settling", CONTRADICTED, "A transaction in settling can be refunded too.", "refund", "D5"),
    Claim("refund.waits", STATED, "Before settlement has begun a refund, and so any part, waits for it.", "sdk-errors"),
    Claim("refund.not-the-whole", IMPLIED, "Who asks for a part before settlement waits; the whole is never voided for it.", "sdk-tests"),
    Claim("refund.parts", STATED, "The whole, a part, or several parts.", "refunds"),
    Claim("refund.cap", STATED, "Refunds together come to no more than the transaction.", "sdk-errors"),
    Claim("refund.paypal-window", STATED, "PayPal and Venmo: within 180 days of the capture.", "refunds"),
    Claim("refund.no-window", STATED, "Other methods: without a limit of time, while the method is still active.", "refunds"),
    Claim("refund.method-unknown", IMPLIED, "A method that nobody knows has the window too; once that is over the method has to be known.", "refunds"),
    Claim("refund.new-method", SILENT, "A method never heard of has no window.", None, "D6"),
    Claim("refund.enabled", STATED, "A merchant account may have no refunds.", "sdk-errors"),
    Claim("refund.children", STATED, "A partial settlement makes a child transaction, and the child is refunded.", "partial"),
    # the refund's own void
    Claim("refund-record.void", STATED, "A refund is voided by reverseRefund, as a whole.", "schema"),
    Claim("refund-record.statuses", SILENT, "A refund can be voided in authorized and submitted_for_settlement, and later not.", None, "D7"),
    Claim("refund-record.only", IMPLIED, "Of a refund there is no other operation.", "schema"),
    # everything else
    Claim("kind.unknown", IMPLIED, "What undoes a charge does not ask for the kind, unless it is a refund; a refund's own void does.", "sdk"),
    Claim("dispute.blocks", SILENT, "A dispute that is known of blocks every undo.", None, "D8"),
    Claim("prefer", SILENT, "Cancel before reverse before refund.", None, "D9"),
    # reading
    Claim("read.ids", SILENT, "A payment that is read has GraphQL's id, an event the SDKs' id, which is GraphQL's legacyId.", "ids", "D10"),
    Claim("read.webhook-id", IMPLIED, "A webhook names its transaction by the SDKs' id, and so does a refund the one that it refunds.", "sdk"),
    Claim("read.status", IMPLIED, "GraphQL writes the SDKs' status words in capitals.", "schema"),
    Claim("read.amount", STATED, "amount is what is charged; of a parent partly captured it is what was captured so far.", "schema"),
    Claim("read.history", STATED, "statusHistory tells when each status was reached, and of which amount.", "schema"),
    Claim("read.refunds", SILENT, "A refund counts as given back once it is submitted, as under way while it is authorizing, authorized or settlement_pending.", "schema", "D11"),
    Claim("read.disputes", SILENT, "A dispute that was not won stands.", "schema", "D8"),
    Claim("read.parent", STATED, "A parent names its children and what was authorized in all.", "schema"),
    # events
    Claim("event.booked", SILENT, "Authorization, submission and void are told by no webhook: they are the caller's own book.", "sdk-webhooks", "D12"),
    Claim("event.settled", STATED, "transaction_settled: the transaction is settled.", "sdk-webhooks"),
    Claim("event.settlement-declined", STATED, "transaction_settlement_declined: the capture was rejected.", "sdk-webhooks"),
    Claim("event.refunded", IMPLIED, "A refund leaves the transaction in its status.", "refunds"),
    Claim("event.refund-failed", STATED, "refund_failed: a refund that had been taken on failed.", "sdk-webhooks"),
    Claim("event.disbursed", STATED, "transaction_disbursed tells of the merchant's payout, and of nothing new.", "sdk-webhooks"),
    Claim("event.disputes", STATED, "dispute_opened, dispute_won and dispute_lost.", "sdk-webhooks"),
    Claim("event.expired", STATED, "A hold lapses by itself, when depends on scheme, initiator and category.", "statuses"),
    Claim("event.unknown", SILENT, "After a reversal in unknown it is voided, or settled and refunded.", "reverse", "D13"),
    # requests
    Claim("request.graphql", STATED, "Every request is a POST of a mutation and its input to /graphql, with a dated version in a header.", "calls"),
    Claim("request.void", STATED, "A void is voidTransaction with transactionId.", "void-payload"),
    Claim("request.void-key", SILENT, "A void is sent without a key.", None, "D14"),
    Claim("request.reverse", STATED, "Where the status is unknown: reverseTransaction with transactionId and apiRequestKey.", "reverse-input"),
    Claim("request.refund", STATED, "A refund is refundTransaction with transactionId, apiRequestKey and refund.amount, a decimal text in the currency's units.", "refund-input"),
    Claim("request.reverse-refund", STATED, "A refund is voided by reverseRefund with refundId and apiRequestKey.", "reverse-refund-input"),
    # answers
    Claim("answer.errors", STATED, "Every answer has the code 200; errors tell what went wrong, each with errorClass and legacyCode.", "graphql-errors"),
    Claim("answer.voided", STATED, "The payload of a void is the transaction, in VOIDED.", "void-payload"),
    Claim("answer.reversal", STATED, "The payload of reverseTransaction is the voided transaction, or a refund.", "reverse"),
    Claim("answer.refund", SILENT, "A refund in SUBMITTED_FOR_SETTLEMENT, SETTLING or SETTLED has happened; one in AUTHORIZING, AUTHORIZED or SETTLEMENT_PENDING is awaited.", "refund-input", "D11"),
    Claim("answer.declined", STATED, "A refund in PROCESSOR_DECLINED, GATEWAY_REJECTED, FAILED or SETTLEMENT_DECLINED, or refused with 915200 or 915201, has failed.", "sdk-errors"),
    Claim("answer.not-voidable", STATED, "91504: the transaction is not in a status that can be voided.", "sdk-errors"),
    Claim("answer.not-refundable", STATED, "91506, 91512, 91521 and 91574: not settled yet, refunded wholly, more than is left, still settling.", "sdk-errors"),
    Claim("answer.no-refunds", STATED, "91547: the merchant account has no refunds.", "sdk-errors"),
    Claim("answer.denied", STATED, "AUTHENTICATION and AUTHORIZATION: the caller may not do this.", "reverse-input"),
    Claim("answer.not-found", STATED, "NOT_FOUND: there is no such transaction.", "reverse-input"),
    Claim("answer.validation", STATED, "A second request with the key of one that is still worked on is answered with VALIDATION.", "reverse-input"),
    Claim("answer.failed", STATED, "After INTERNAL nobody knows what became of the request.", "reverse-input"),
    Claim("answer.server", SILENT, "SERVICE_AVAILABILITY, and a code of 500 and above, leave the outcome unknown.", None, "D15"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D15"),
    Claim("answer.key-life", STATED, "A refund's key is known for 30 days.", "refund-input"),
    Claim("answer.once", IMPLIED, "A void and a reversal take the whole, and a second one is refused.", "sdk-errors"),
)
