"""Authorize.net."""
