"""What Klarna says about undoing an order, in our words, and where; the table beside it cites these.

Two interfaces with different rules, chosen by the merchant's integration and not by date: Order Management, and
the newer Klarna Network (also sold as Klarna Direct).
"""

from payrules.table import Claim, Page
from payrules.words import Standing

STATED, IMPLIED = Standing.STATED, Standing.IMPLIED
SILENT, CONTRADICTED = Standing.SILENT, Standing.CONTRADICTED

_DOCS = "https://docs.klarna.com"
_NETWORK = "after-payments/manage-payment-transactions"

PAGES = (
    Page(
        "api",
        "https://github.com/api-evangelist/klarna/blob/fdadf01/openapi/_original/order-management-api-openapi.yml",
        "2026-11-21",
    ),
    Page(
        "cancel",
        f"{_DOCS}/order-management/manage-orders-with-the-api/view-and-change-orders/cancel-an-order/",
        "2026-11-21",
    ),
    Page(
        "release",
        f"{_DOCS}/order-management/manage-orders-with-the-api/refund-and-extend-orders/release-order-authorization/",
        "2026-11-26",
    ),
    Page(
        "refund",
        f"{_DOCS}/payments/after-payments/order-management/manage-orders-with-the-api/refund-orders-and-manage-authorizations",
        "2026-11-26",
    ),
    Page(
        "errors",
        f"{_DOCS}/acquirer/klarna/after-payments/order-management/manage-orders-with-the-api/overview/",
        "2026-11-26",
    ),
    Page("expiry", "https://docs.dintero.com/docs/integrations/support/duration-of-authorizations", "2026-11-21"),
    Page(
        "plugin",
        "https://github.com/krokedil/klarna-payments-for-woocommerce/blob/1c4ab75/src/OrderManagement.php",
        "2026-11-21",
    ),
    Page("void", f"{_DOCS}/acquirer/klarna-direct/{_NETWORK}/void-a-payment-transaction/", "2026-11-26"),
    Page("states", f"{_DOCS}/acquirer/klarna-direct/{_NETWORK}/", "2026-11-26"),
    Page("void-network", f"{_DOCS}/klarna-network-distribution/{_NETWORK}/void-payment-transactions", "2026-11-26"),
)

CLAIMS = (
    # statuses of an order, and what they prove
    Claim("status.authorized", IMPLIED, "AUTHORIZED: nothing was captured or refunded, and nothing released unless the order was lowered.", "api"),
    Claim("status.part-captured", IMPLIED, "PART_CAPTURED: at least one capture was made, and the rest is held; how much, the order says.", "api"),
    Claim("status.captured", IMPLIED, "CAPTURED: nothing is held any more; what was captured, the order says.", "api"),
    Claim("status.expired", IMPLIED, "EXPIRED: nothing is held any more.", "api"),
    Claim("status.closed", SILENT, "CLOSED: no operation is possible, whatever was captured.", "api", "D1"),
    Claim("final.cancelled", STATED, "CANCELLED: the order was cancelled, and nothing leaves it.", "api"),
    # cancel
    Claim("cancel.order", STATED, "An order without captures is cancelled as a whole.", "cancel"),
    Claim("cancel.no-captures", STATED, "A cancel is refused where a capture was made: CANCEL_NOT_ALLOWED.", "cancel"),
    Claim("cancel.count", SILENT, "The count and the amount captured each show that there was a capture.", "api", "D17"),
    Claim("cancel.whole", IMPLIED, "Neither the cancel nor the release has an amount: they take all that is held.", "api"),
    Claim("cancel.part", STATED, "A part of an order without captures is released by lowering its order_amount.", "api"),
    Claim("cancel.rest", STATED, "Once a capture was made, the rest of the authorization is released; without captures that is refused.", "api"),
    Claim("cancel.rest-part", SILENT, "Once a capture was made, a part of the rest is not released.", "api", "D2"),
    Claim("cancel.fraud", IMPLIED, "An order whose fraud_status is PENDING waits with its capture; it can be cancelled or lowered all the same.", "plugin"),
    Claim("cancel.fraud-rejected", SILENT, "An order whose fraud_status is REJECTED is cancelled like any other.", None, "D3"),
    Claim("cancel.expiry", CONTRADICTED, "The status tells that a hold has lapsed, not the clock.", "expiry", "D4"),
    # refund
    Claim("refund.captured", STATED, "What was captured is refunded, the whole or a part.", "refund"),
    Claim("refund.cap", STATED, "Refunds are together no more than was captured.", "refund"),
    Claim("refund.part-captured", IMPLIED, "An order that is captured in part can be refunded while its rest is held.", "api"),
    Claim("refund.expired", SILENT, "What was captured of an order that has expired since can be refunded.", None, "D5"),
    Claim("refund.status", IMPLIED, "A refund leaves the status as it is.", "api"),
    # everything else
    Claim("dispute.blocks", SILENT, "An open dispute blocks every undo.", None, "D6"),
    Claim("prefer", SILENT, "Cancel before refund.", None, "D7"),
    # Klarna Network
    Claim("network.authorized", STATED, "AUTHORIZED: an amount is still held; captures may have been made.", "states"),
    Claim("network.authorized-released", IMPLIED, "In AUTHORIZED nothing was released, since a void ends it.", "void"),
    Claim("network.no-captures", IMPLIED, "Without captures nothing was captured or refunded.", "states"),
    Claim("network.completed", STATED, "COMPLETED: nothing is held any more, and something was captured.", "states"),
    Claim("network.closed", STATED, "CLOSED: the transaction was voided, or has lapsed, without captures; nothing leaves it.", "void"),
    Claim("network.expired", STATED, "EXPIRED: the hold has reached its end.", "states"),
    Claim("network.void", STATED, "What is held of a transaction in AUTHORIZED is voided, before and after captures.", "void"),
    Claim("network.void-whole", SILENT, "A void takes all that is held.", "void", "D8"),
    Claim("network.void-expired", CONTRADICTED, "An expired transaction is not voided.", "void-network", "D9"),
    Claim("network.void-count", SILENT, "The limit of 200 captures or voids is left to Klarna.", "void", "D10"),
    Claim("network.refund", STATED, "What was captured is refunded, in COMPLETED, and in AUTHORIZED after a capture.", "states"),
    Claim("network.refund-parts", SILENT, "It is refunded as a whole or in parts, no more than was captured.", "states", "D8"),
    Claim("network.void-before", STATED, "A void without captures leads to CLOSED.", "void"),
    Claim("network.void-after", STATED, "A void after captures leads to COMPLETED; what was captured stays.", "void"),
    # reading its JSON
    Claim("read.amount", SILENT, "What was held in the first place is the larger of original_order_amount and order_amount.", "api", "D11"),
    Claim("read.captured", STATED, "captured_amount and refunded_amount are what was captured and refunded.", "api"),
    Claim("read.released", IMPLIED, "What was held, and is neither captured nor in remaining_authorized_amount, was released.", "api"),
    Claim("read.captures", IMPLIED, "The list captures counts the captures; where it is absent the amount captured tells whether there is any.", "api"),
    Claim("read.expiry", STATED, "expires_at is when the hold lapses.", "api"),
    # events
    Claim("event.captured", IMPLIED, "A capture of a part leads to PART_CAPTURED, one of all that is held to CAPTURED.", "api"),
    Claim("event.cancelled", STATED, "A cancel leads to CANCELLED.", "cancel"),
    Claim("event.lowered", IMPLIED, "A lowering releases a part of the hold; the order stays AUTHORIZED.", "api"),
    Claim("event.released", IMPLIED, "A release after captures leaves an order that is CAPTURED.", "release"),
    Claim("event.expired", IMPLIED, "A hold that lapses leads to EXPIRED.", "api"),
    Claim("event.none", SILENT, "What happens to an order is told by its JSON and by answers; no webhook is read.", None, "D12"),
    # requests
    Claim("request.cancel", STATED, "A cancel is a POST to the order's cancel, without a body.", "cancel"),
    Claim("request.release", STATED, "A release is a POST to the order's release-remaining-authorization, without a body.", "release"),
    Claim("request.lower", STATED, "A lowering is a PATCH of the order's authorization with the new order_amount.", "api"),
    Claim("request.refund", STATED, "A refund is a POST to the order's refunds with refunded_amount in minor units.", "refund"),
    Claim("request.key", STATED, "Klarna-Idempotency-Key makes retries safe; a UUID of version 4 is recommended.", "refund"),
    Claim("request.network", SILENT, "For a transaction of Klarna Network no request is made.", None, "D13"),
    # answers
    Claim("answer.done", STATED, "A cancel, a release and a lowering are answered with 204: it has happened.", "release"),
    Claim("answer.refunded", STATED, "A refund is answered with 201 and its id: it has happened.", "refund"),
    Claim("answer.not-allowed", STATED, "403 with CANCEL_NOT_ALLOWED, REFUND_NOT_ALLOWED or NOT_ALLOWED: the order's state does not permit it.", "cancel"),
    Claim("answer.forbidden", SILENT, "401, and 403 with any other code, say that the caller may not do this.", None, "D14"),
    Claim("answer.not-found", SILENT, "404 says that there is no such order.", None, "D14"),
    Claim("answer.bad-value", SILENT, "400, 413 and 422 say that the request itself is wrong.", "errors", "D14"),
    Claim("answer.conflict", SILENT, "409 says that another request stands in the way; the same one is sent again.", "errors", "D14"),
    Claim("answer.busy", STATED, "429 says that there were too many requests.", "errors"),
    Claim("answer.failed", SILENT, "A code of 500 and above leaves the outcome unknown.", "errors", "D15"),
    Claim("answer.none", SILENT, "Where no answer came the outcome is unknown.", None, "D15"),
    Claim("answer.once", IMPLIED, "An order is cancelled or released once, and lowered to a new total: neither does more when it is sent again.", "api"),
    Claim("answer.key-life", SILENT, "A key is known for a day at least.", "refund", "D16"),
)
