"""Acme refunds for 30 days, and asks somebody above 500.00."""

from payrules.policy import narrowed
from payrules.providers.dojo.table import TABLE as DOJO
from payrules.table import Claim, Page
from payrules.when import approved_above, within
from payrules.words import Action, Standing

THIRTY_DAYS = within(days=30, of=("captured_at", "authorized_at"), claim="shop.thirty-days")
APPROVED = approved_above(("GBP", 50000), ("EUR", 60000), claim="shop.approval")

TABLE = narrowed(
    DOJO,
    {Action.REFUND: (THIRTY_DAYS, APPROVED), Action.REVERSE: (APPROVED,)},
    name="dojo-shop",
    title="Dojo at Acme",
    pages=(Page("handbook", "https://acme.example/handbook#refunds", "2026-11-01"),),
    claims=(
        Claim("shop.thirty-days", Standing.STATED, "Nothing is refunded after 30 days.", "handbook"),
        Claim("shop.approval", Standing.STATED, "Above 500.00 somebody approves it.", "handbook"),
    ),
)
