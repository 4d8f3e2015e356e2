"""Braintree transactions, and the refunds of them."""
