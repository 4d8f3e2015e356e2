"""How the property tests draw: the same cases every time, so that what is green stays so; `--hypothesis-profile=random` draws others, `small` fewer."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("small", derandomize=True, deadline=None, max_examples=10)
settings.register_profile("random", deadline=None)
settings.load_profile("same")

os.environ.pop(
    "COLUMNS", None
)  # how wide a terminal is, a test says itself; a console that is made first would keep it
