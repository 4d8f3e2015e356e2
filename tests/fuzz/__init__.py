"""Bytes from anywhere into everything that reads: a value or one of our errors, never anything else.

`python -m tests.fuzz --seconds 60` runs atheris; without it the committed corpus and its seeded mutations are replayed
by `tests/test_fuzz.py`.
"""
