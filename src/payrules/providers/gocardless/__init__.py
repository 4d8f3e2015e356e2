"""GoCardless: bank debits, as data."""
