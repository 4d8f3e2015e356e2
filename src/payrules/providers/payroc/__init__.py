"""Payroc card payments, bank transfers and refunds (North America)."""
