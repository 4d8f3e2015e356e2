"""Klarna orders."""
