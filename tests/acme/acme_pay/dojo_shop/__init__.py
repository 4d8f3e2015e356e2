"""Dojo, as Acme's own rules narrow it."""
