"""What Payroc says about undoing a payment, in our words, and where.

The table beside it cites these.
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

PAGES = (
    Page("SEED", "https://docs.payroc.com/full-stack-guides/take-payments/payroc-cloud/extend-your-solution/reverse-a-payment.md", "2026-11-21"),
    Page("PY", "https://github.com/payroc/payroc-sdk-python", "2026-11-21"),
    Page("OAS", "https://docs.payroc.com/openapi.yml", "2026-11-21"),
    Page("D-REFUNDS", "https://docs.payroc.com/full-stack-guides/take-payments/payments/refunds.md", "2026-11-21"),
    Page("D-PREAUTH", "https://docs.payroc.com/guides/integrate/run-a-pre-authorization", "2026-11-21"),
    Page("D-CAPT", "https://docs.payroc.com/essentials-guides/hosted-payment-page/extend-your-solution/run-a-pre-authorization/capture-pre-authorization", "2026-11-21"),
    Page("D-EV", "https://docs.payroc.com/knowledge/events/events-list", "2026-11-21"),
    Page("S-STAT", "https://support.payroc.com/en_US/self-care-portal-transaction-management/change-the-status-of-transactions-in-the-open-batch", "2026-11-21"),
    Page("S-PLH", "https://support.payroc.com/view-the-payment-history-of-a-payment-link", "2026-11-21"),
    Page("K-ACH", "https://github.com/payroc/skills", "2026-11-21"),
    Page("K-TAKEACH", "https://github.com/payroc/skills", "2026-11-21"),
    Page("K-CARD", "https://github.com/payroc/skills", "2026-11-21"),
    Page("K-PRE", "https://github.com/payroc/skills", "2026-11-21"),
    Page("D-ERR", "https://docs.payroc.com/api/errors", "2026-11-21"),
    Page("K-IDEM", "https://github.com/payroc/skills", "2026-11-21"),
    Page("WN", "https://github.com/keyme/worldnet-payments", "2026-11-21"),
)

CLAIMS = (
    # reading payroc's json
    Claim("read.amount", STATED, "transactionResult.authorizedAmount is what was authorized; after a partial authorization it is less than order.amount.", "PY"),
    Claim("read.sign", STATED, "A negative amount means money towards the payer; the amounts of refunds come with either sign.", "PY"),
    Claim("read.kind", STATED, "transactionResult.type tells a sale, a pre-authorization, its completion, a bank payment and a refund apart.", "PY"),
    Claim("read.other-types", SILENT, "A type without a word of ours (an account verification) gives no kind.", "PY", "D30"),
    Claim("read.list", STATED, "supportedOperations names the operations that may be performed on the transaction; it is optional, and bank transfers have none.", "OAS"),
    Claim("read.refunds", SILENT, "Of refunds[], those that are complete are given back, those ready, pending or accepted are under way, the others count nowhere.", None, "D6"),
    Claim("read.refunds-absent", SILENT, "A payment body without refunds[] has no refunds.", None, "D5"),
    # what a status proves
    Claim("captured.sale", SILENT, "A card sale or completion that is ready or complete is captured for the whole authorized amount.", "PY", "D1"),
    Claim("captured.pending", CONTRADICTED, "A pending card payment may be captured or not.", "OAS", "D2"),
    Claim("captured.hold", IMPLIED, "Of a pre-authorization nothing is captured.", "D-PREAUTH"),
    Claim("captured.bank", SILENT, "A bank transfer that is ready or complete counts as captured for its whole amount.", None, "D1"),
    Claim("released.none", SILENT, "A payment that is not final has nothing released, unless the caller knows of a partial reversal.", None, "D3"),
    Claim("refunded.open", IMPLIED, "A payment that is ready or pending has no refunds, since a refund in the open batch becomes a reversal.", "D-REFUNDS"),
    Claim("refunded.complete", STATED, "complete says nothing about refunds: a refunded payment stays complete.", "PY"),
    # statuses
    Claim("status.ready", STATED, "ready: approved, in the open batch, goes into the next settlement.", "S-PLH"),
    Claim("status.complete", CONTRADICTED, "complete: settled, the batch is closed; yet a payment processed as a sale is complete at once.", "K-ACH", "D11"),
    Claim("status.pending-bank", SILENT, "pending of a bank transfer: submitted, the bank's confirmation is awaited; not reversed, not refunded.", "K-TAKEACH", "D21"),
    Claim("status.accepted", IMPLIED, "accepted: the processor has it and has not started.", "S-PLH"),
    Claim("status.admin", SILENT, "admin: an administrative hold; a card payment is read again, a bank transfer is not undone.", "K-TAKEACH", "D22"),
    Claim("status.referral", IMPLIED, "referral: flagged by the issuer for review and not approved.", "S-PLH"),
    Claim("status.unknown-words", STATED, "The enumeration of statuses is open, so new words have to be tolerated.", "PY"),
    Claim("status.unknown-listed", SILENT, "Under a word that the table does not know, only what the provider's list names is done.", "OAS", "D23"),
    # final statuses
    Claim("final.reversal", STATED, "A reversed transaction is out of the batch and cannot be changed back.", "S-STAT"),
    Claim("final.declined", STATED, "A declined transaction moved no money.", "PY"),
    Claim("final.pickup", IMPLIED, "pickup: the issuer declined and wants the card kept; no money moved.", "PY"),
    Claim("final.expired", STATED, "A pre-authorization that is not captured expires, and the issuer releases the hold.", "D-CAPT"),
    Claim("final.returned", STATED, "A bank payment that was returned has gone back to the payer's account.", "K-TAKEACH"),
    # the batch
    Claim("batch.list", SILENT, "A list that names a reversal shows an open batch; one that names the refund and no reversal shows a closed one.", "OAS", "D8"),
    Claim("batch.order", SILENT, "The list counts before a given batch, that before the clock, that before the status.", None, "D7"),
    Claim("batch.list-stale", SILENT, "A list is not believed from the moment on at which the batch closes.", None, "D9"),
    Claim("batch.list-final", SILENT, "At a final status the list is not looked at.", "PY", "D10"),
    Claim("batch.clock", STATED, "A terminal with automatic closure closes its batch every day at the set time.", "PY"),
    # reversal
    Claim("reverse.open-batch", STATED, "A payment is reversed only while it is in the open batch and not settled.", "SEED"),
    Claim("reverse.kinds", STATED, "Card sales and pre-authorizations can be reversed.", "SEED"),
    Claim("reverse.completion", SILENT, "A captured pre-authorization in the open batch is reversed like a sale.", "PY", "D16"),
    Claim("reverse.pending", STATED, "A payment set to pending may be voided.", "S-STAT"),
    Claim("reverse.whole", STATED, "Without an amount, or with the whole one, everything is reversed.", "PY"),
    Claim("reverse.full-listed", IMPLIED, "A known list has to name fullyReverse.", "OAS"),
    Claim("reverse.part", STATED, "With an amount, a part is reversed.", "SEED"),
    Claim("reverse.part-listed", SILENT, "A known list has to name partiallyReverse; without a list the page counts.", "OAS", "D12"),
    Claim("reverse.part-ready", SILENT, "A part is reversed only of a payment that is ready.", None, "D12"),
    Claim("reverse.part-never-whole", SILENT, "Where a part cannot be reversed, the whole is not reversed instead; the part is refunded after the close.", None, "D12"),
    Claim("reverse.untouched", SILENT, "The whole is reversed only of a payment of which nothing was refunded.", None, "D19"),
    Claim("reverse.rest", SILENT, "After a partial reversal the payment stays ready, and the rest can be reversed.", None, "D20"),
    Claim("reverse.hold", STATED, "Reversing a pre-authorization releases the hold for good.", "K-PRE"),
    Claim("reverse.hold-whole", SILENT, "Of a pre-authorization only the whole is reversed; a lower amount is an adjustment.", "K-PRE", "D18"),
    Claim("reverse.hold-batch", SILENT, "A pre-authorization, too, is reversed only while the batch is open.", "SEED", "D17"),
    # refund
    Claim("refund.closed-batch", STATED, "A payment in a closed batch is refunded.", "PY"),
    Claim("refund.parts", STATED, "The whole, a part or several parts are refunded, as long as their sum stays within 100 %.", "K-CARD"),
    Claim("refund.cap", SILENT, "The authorized amount is the cap of all refunds together.", "WN", "D26"),
    Claim("refund.no-limit", SILENT, "A referenced refund has no time limit.", None, "D26"),
    Claim("refund.list-no-proof", IMPLIED, "refund in the list does not show that anything is left to refund.", "PY"),
    Claim("refund.open-reverses", STATED, "A refund of a card payment in an open batch is turned into a reversal.", "D-REFUNDS"),
    Claim("refund.open-reverses-bank", STATED, "A referenced refund of a bank transfer in an open batch is turned into a reversal.", "SEED"),
    Claim("refund.open-part", CONTRADICTED, "A refund of a part in an open batch may cancel the whole payment.", "D-REFUNDS", "D13"),
    Claim("refund.batch-closing", SILENT, "While it is not certain that the batch has closed, a refund of the whole is right in both cases.", "D-REFUNDS", "D14"),
    Claim("refund.complete-open", SILENT, "A complete payment in an open batch takes a refund of the whole, which becomes a reversal.", "WN", "D11"),
    Claim("refund.pad", STATED, "A PAD payment in a closed batch is refunded, wholly or in part.", "K-ACH"),
    Claim("refund.ach", CONTRADICTED, "An ACH payment in a closed batch has no referenced refund.", "K-ACH", "D24"),
    # bank transfers and refund records
    Claim("bank.reverse", STATED, "A bank transfer in the open batch is reversed.", "PY"),
    Claim("bank.whole-only", STATED, "The reversal of a bank transfer takes no amount.", "PY"),
    Claim("bank.closing", SILENT, "A ready bank transfer whose batch has closed is neither reversed nor refunded; it becomes complete first.", None, "D15"),
    Claim("refund-record.reverse", STATED, "A refund in the open batch can itself be reversed.", "PY"),
    Claim("refund-record.whole", STATED, "The reversal of a refund takes no amount.", "PY"),
    Claim("refund-record.facts", SILENT, "A refund that is complete counts as captured for its whole amount, and of one that is held up nothing was given back; in other statuses nothing asks.", None, "D25"),
    Claim("refund-record.complete", STATED, "A refund that is complete can no longer be reversed, and nothing else undoes it.", "K-CARD"),
    # the rest
    Claim("amount.positive", STATED, "An amount has to be greater than 0.", "K-ACH"),
    Claim("cancel.none", STATED, "There is no cancel: a reversal is how a payment is cancelled.", "PY"),
    Claim("dispute.blocks", SILENT, "An open dispute blocks every undo.", None, "D27"),
    Claim("undo.in-flight", SILENT, "While the outcome of an undo is not known, no other is sent.", None, "D28"),
    Claim("prefer", SILENT, "Reverse before refund.", None, "D29"),
    # events
    Claim("event.settled", STATED, "When the batch closes and settles, ready becomes complete.", "S-STAT"),
    Claim("event.reversed", STATED, "After a reversal of the whole the status is reversal.", "SEED"),
    Claim("event.refunded", STATED, "A refund leaves the payment complete.", "PY"),
    Claim("event.refund-undone", SILENT, "A refund that failed or came back gives its balance back.", None, "D31"),
    Claim("event.captured", IMPLIED, "A capture leaves the payment ready.", "PY"),
    Claim("event.adjusted", STATED, "While it is in the open batch, the amount of a payment can be adjusted.", "PY"),
    Claim("event.own-book", IMPLIED, "No event about payments is published; the caller's own book tells what happened.", "D-EV"),
    # requests
    Claim("request.headers", STATED, "Every POST names its content type, and carries a UUID v4 as its key.", "SEED"),
    Claim("request.reverse", STATED, "A reversal is a POST to the payment's reverse; with an amount a part, without one the whole.", "SEED"),
    Claim("request.reverse-amount", SILENT, "A reversal of a card sale always names its amount, also where that is the whole.", "PY", "D36"),
    Claim("request.reverse-bare", STATED, "Reversals of bank transfers and of refunds take no body.", "PY"),
    Claim("request.refund", STATED, "A refund is a POST to the payment's refund; it needs an amount and a description of 1 to 100 characters.", "PY"),
    # answers
    Claim("answer.ok", STATED, "A reversal or refund that was carried out is answered with 200 and the payment.", "PY"),
    Claim("answer.reversal", STATED, "Where a refund was turned into a reversal the answer's status is reversal.", "K-ACH"),
    Claim("answer.later", SILENT, "Response code E to a refund of a card payment means that it is processed later.", "K-CARD", "D37"),
    Claim("answer.declined", SILENT, "Response codes D, R and C to a refund mean that it was declined.", "PY", "D37"),
    Claim("answer.conflict", SILENT, "400, and 409 cannot-be-modified, say that the payment's state does not permit it.", "D-ERR", "D38"),
    Claim("answer.wrong", STATED, "400 with a type of its own (a key is missing, a capability is missing, a card type is not supported), 406, 413 and 415 say that the request is wrong.", "D-ERR"),
    Claim("answer.key-in-use", SILENT, "409 of any other type may speak of the same call.", "K-IDEM", "D39"),
    Claim("answer.denied", STATED, "401 and 403 say that the caller may not do it.", "D-ERR"),
    Claim("answer.not-found", STATED, "404 says that there is no such payment.", "D-ERR"),
    Claim("answer.failed", SILENT, "A code of 500 and above leaves the outcome unknown.", "D-ERR", "D40"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D40"),
    Claim("answer.key-life", STATED, "A key is known for 7 days; the same key, path and body get the first answer again, and nothing runs twice.", "K-IDEM"),
)
