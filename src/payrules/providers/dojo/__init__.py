"""Dojo payment intents (UK and Ireland)."""
