"""Which payment methods cannot do what, as far as Adyen's pages and its plugins tell (decision D14)."""

GIFT_CARDS = ("giftcard", "svs", "givex", "valuelink", "genericgiftcard")

NO_SEPARATE_CAPTURE = (
    "ideal",
    "bcmc",
    "bcmc_mobile",
    "blik",
    "eps",
    "giropay",
    "directEbanking",
    "alipay",
    "wechatpayQR",
    "swish",
    "bizum",
    "mbway",
    "multibanco",
    "oxxo",
    "paysafecard",
    "trustly",
    "onlineBanking_PL",
    "ebanking_FI",
    "fpx",
    "billdesk_online",
    "molpay_ebanking_TH",
    "gcash",
    "momo_wallet",
    *GIFT_CARDS,
)
"""Captured by their authorisation, so there is nothing to cancel."""

NO_REFUND = ("oxxo", "carnet", "molpay_ebanking_TH")

FULL_REFUND_ONLY = ("paysafecard", "billdesk_online")
