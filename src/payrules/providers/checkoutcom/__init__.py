"""Checkout.com: payments that carry their balances, as data."""
