"""Adyen payments through Checkout (worldwide)."""
