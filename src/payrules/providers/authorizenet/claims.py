"""What Authorize.net says about undoing a transaction, in our words, and where; the table beside it cites these.

More information: https://support.authorize.net/knowledgebase/Knowledgearticle/?code=000001221
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_SUPPORT = "https://support.authorize.net/knowledgebase/Knowledgearticle"
_GITHUB = "https://github.com"

PAGES = (
    Page("refund", f"{_SUPPORT}/?code=000001221", "2026-11-21", as_of="2026-04-27"),
    Page("batch", f"{_SUPPORT}/?code=000001244", "2026-11-26", as_of="2024-10-14"),
    Page(
        "cut-off",
        "https://account.authorize.net/helpCP/Account/Settings/Business_Settings/Transaction_Cut-Off_Time.htm",
        "2026-11-26",
    ),
    Page("void", "https://tan-link.zendesk.com/hc/en-us/articles/360030281091", "2026-11-21"),
    Page("codes", f"{_GITHUB}/bradberger/goauthorize/blob/0f085a8/transaction/codes.go", "2026-11-26"),
    Page(
        "duplicates",
        "https://docs.zuora.com/en/zuora-payments/manage-payment-gateway-integrations-and-payment-methods/"
        "set-up-payment-gateway-integrations/authorize.net-gateway/troubleshoot-authorize.net-gateway-errors/"
        "response-codes-for-troubleshooting-refunds",
        "2026-11-21",
    ),
    Page(
        "connector",
        f"{_GITHUB}/juspay/connector-service/blob/79cfb69/"
        "crates/integrations/connector-integration/src/connectors/authorizedotnet/transformers.rs",
        "2026-11-21",
    ),
    Page(
        "sdk",
        f"{_GITHUB}/AuthorizeNet/sdk-java/blob/8ff2789/"
        "src/main/java/net/authorize/data/xml/reporting/TransactionStatusType.java",
        "2026-11-26",
    ),
    Page("samples", f"{_GITHUB}/AuthorizeNet/sample-code-python/tree/0fc71a2/PaymentTransactions", "2026-11-26"),
    Page("replies", f"{_GITHUB}/thephpleague/omnipay-authorizenet/tree/1b9c64e/tests/Mock", "2026-11-21"),
    Page("events", f"{_GITHUB}/AuthorizeNet/webhooks-sample-app", "2026-11-26"),
    Page(
        "refund-event",
        "https://community.developer.authorize.net/t5/Integration-and-Testing/Handle-Refunds-from-portal/m-p/75514",
        "2026-11-26",
    ),
)

CLAIMS = (
    # statuses and what they prove
    Claim("status.authorized", IMPLIED, "In authorizedPendingCapture the amount is held and waits for its capture.", "connector"),
    Claim("status.captured", IMPLIED, "In capturedPendingSettlement money was taken and waits for its settlement.", "connector"),
    Claim("status.captured-sale", IMPLIED, "A sale is authorized and captured in one step, so the whole was taken.", "connector"),
    Claim("status.captured-rest", SILENT, "After a capture of less, the rest of the hold counts as released.", "codes", "D6"),
    Claim("status.unrefunded", IMPLIED, "What is not settled was not refunded, since only what is settled can be.", "codes"),
    Claim("status.settled", IMPLIED, "In settledSuccessfully money was taken and the batch is closed.", "connector"),
    Claim("status.review", SILENT, "A transaction held for review waits until somebody approves or declines it.", "connector", "D8"),
    Claim("status.could-not-void", SILENT, "Nothing is offered for a transaction in couldNotVoid.", "connector", "D9"),
    Claim("status.refund", SILENT, "Nothing is offered for a refund, which is a transaction of its own.", "connector", "D9"),
    Claim("status.unknown", SILENT, "A caller who does not know the status writes unknown, which proves nothing.", None, "D10"),
    Claim("final.voided", SILENT, "Nothing leaves voided, whether a hold or a capture was voided.", "connector", "D7"),
    Claim("final.declined", IMPLIED, "A transaction that was declined took nothing.", "connector"),
    Claim("final.error", IMPLIED, "A transaction in generalError took nothing.", "connector"),
    Claim("final.expired", SILENT, "A hold in expired has lapsed.", "sdk", "D12"),
    # the batch
    Claim("batch.daily", STATED, "A batch of what was captured is made once in 24 hours, right after the account's cut-off time.", "batch"),
    Claim("batch.setting", STATED, "The merchant sets the cut-off time; what is submitted later goes into the next batch.", "cut-off"),
    Claim("batch.known", SILENT, "Where the close of the batch is known itself, it counts before the cut-off time.", None, "D3"),
    Claim("batch.cut-off", SILENT, "A batch is open from the capture until the first cut-off after it, and closed at any other moment.", "cut-off", "D3"),
    Claim("batch.unsettled", SILENT, "Where no clock says more, capturedPendingSettlement means that the batch is open.", "connector", "D4"),
    # cancel and reverse: the void
    Claim("cancel.hold", STATED, "What is authorized and not captured can be voided.", "refund"),
    Claim("cancel.whole", IMPLIED, "A void has no amount: it takes the whole transaction.", "void"),
    Claim("reverse.unsettled", STATED, "What is captured and not settled can be voided.", "refund"),
    Claim("reverse.captured", IMPLIED, "What is voided as captured was captured.", "refund"),
    Claim("reverse.batch", SILENT, "A capture is voided only while its batch is open.", "batch", "D4"),
    Claim("reverse.whole", IMPLIED, "A void takes the whole; for a part the settlement is waited for.", "void"),
    Claim("reverse.untouched", SILENT, "A transaction of which anything was refunded or asked back is not voided.", None, "D14"),
    Claim("reverse.status-unknown", IMPLIED, "With an unknown status, a capture whose batch is open by the clock is voided; a refusal costs a call.", "batch"),
    # refund
    Claim("refund.settled", STATED, "Only a settled transaction can be refunded; until then a refund waits.", "codes"),
    Claim("refund.status-unknown", SILENT, "A transaction whose time of settlement is known is settled, also where its status is unknown.", None, "D10"),
    Claim("refund.captured", STATED, "A refund gives back what was captured.", "codes"),
    Claim("refund.parts", STATED, "The whole or parts, together no more than the original amount.", "codes"),
    Claim("refund.window", CONTRADICTED, "A transaction can be refunded until 180 days after its settlement.", "refund", "D1"),
    Claim("refund.duplicate", IMPLIED, "The same amount sent again within two minutes is taken for a duplicate.", "duplicates"),
    Claim("refund.status", SILENT, "A refund leaves the transaction in settledSuccessfully.", None, "D15"),
    # everything else
    Claim("dispute.blocks", SILENT, "An open dispute blocks every undo.", None, "D13"),
    Claim("prefer", SILENT, "Cancel before reverse before refund.", None, "D16"),
    Claim("read.amounts", STATED, "Amounts are decimal numbers with two places; settleAmount is what was captured once something was.", "sdk"),
    Claim("read.times", SILENT, "A sale is captured when it is submitted; of a capture that came later no time is told.", "sdk", "D17"),
    # events
    Claim("event.authorized", IMPLIED, "authorization.created tells of a hold.", "events"),
    Claim("event.sale", IMPLIED, "authcapture.created tells of a sale, authorized and captured at once.", "events"),
    Claim("event.captured", IMPLIED, "priorAuthCapture.created and capture.created tell of a capture.", "events"),
    Claim("event.voided", SILENT, "void.created names the transaction that was voided, a hold or a capture.", "events", "D18"),
    Claim("event.refunded", IMPLIED, "refund.created names the refund, not the transaction that it refunds.", "refund-event"),
    Claim("event.approved", SILENT, "Only a notification whose response code is 1 tells that something happened.", "refund-event", "D18"),
    Claim("event.own-book", SILENT, "Settlement, expiry, disputes and declines come from no notification; the caller's own book tells them.", None, "D19"),
    # requests
    Claim("request.shape", STATED, "Every request is a POST of JSON to one path; it is a createTransactionRequest with a transactionRequest.", "samples"),
    Claim("request.void", STATED, "A void names its type and the transaction, and no amount.", "samples"),
    Claim("request.refund", STATED, "A refund names its type, an amount, the card and the transaction, in this order.", "samples"),
    Claim("request.card", STATED, "The card of a refund is its last four digits and its expiry.", "refund"),
    Claim("request.credentials", SILENT, "The credentials stand in the body, in front; the request leaves them to its sender.", "samples", "D20"),
    # answers
    Claim("answer.approved", IMPLIED, "Response code 1 says that the void or the refund was carried out.", "replies"),
    Claim("answer.declined", IMPLIED, "Response code 2 says that it was declined.", "codes"),
    Claim("answer.held", SILENT, "Response code 4 says that it is held for review.", "codes", "D21"),
    Claim("answer.void-error", SILENT, "Response code 3 to a void says that the transaction's state does not permit it.", "codes", "D21"),
    Claim("answer.unsettled", STATED, "50 and 54 to a refund say that the transaction does not meet the conditions, as one not settled.", "codes"),
    Claim("answer.too-much", STATED, "51 and 55 to a refund say that all refunds together are above the original amount.", "codes"),
    Claim("answer.not-found", STATED, "15 and 16 to a refund say that there is no such transaction.", "codes"),
    Claim("answer.duplicate", SILENT, "11 to a refund says that the same was sent less than two minutes before, so the first may stand.", "duplicates", "D11"),
    Claim("answer.try-again", STATED, "19 to 23 to a refund say that the processor did not answer, so nobody knows.", "codes"),
    Claim("answer.access", STATED, "E00005 to E00008, E00010 and E00011 say that the caller may not do this.", "codes"),
    Claim("answer.wrong", STATED, "E00003, E00013, E00014 and E00015 say that the request is wrong.", "codes"),
    Claim("answer.failed", SILENT, "E00001, or a code of 500 and above, leaves the outcome unknown.", "codes", "D21"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D21"),
    Claim("answer.once", IMPLIED, "A void takes the whole, and cannot happen twice.", "void"),
)
