"""Cashbridge, which does not exist."""
