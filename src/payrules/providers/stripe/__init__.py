"""Stripe payment intents, and refunds as something to undo."""
