"""Canonical bytes and digests: of a record, and of a provider's edition, so that "the same" can be checked.

1. The digest of an edition covers what can change an answer: the provider's name, statuses, transitions, permits,
preference, and the key and standing of each claim relied on. The wording of a claim, the day its page was read, and
the days on which an edition was in force change no answer, and not the digest.
2. An attribute that has its default value is left out, so that a kind of condition may learn something new without
every released edition getting another digest.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache
from typing import Any

import attrs

from payrules import records
from payrules.errors import CallerError
from payrules.table import Edition, Provider, cited

_IN_FORCE = ("since", "until")
_EXACT = 2**53 - 1


@lru_cache(maxsize=64)
def digest(provider: Provider, edition: Edition) -> str:
    """The SHA-256 of what an edition answers by, in hexadecimal: the same in every process and Python version."""
    edition = attrs.evolve(edition, replies=None)  # what an answer to a call means changes no decision
    rules = {name: value for name, value in _structure(edition).items() if name not in _IN_FORCE}
    standings = {key: provider.claim(key).standing.value for _, key in cited(edition)}
    return sha256(canonical({"provider": provider.name, "rules": rules, "standings": standings}))


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(record: object) -> bytes:
    """The one way to write a record as JSON, by RFC 8785.

    Python's own writer follows it for what records hold: keys in ASCII, text, true, false, null, and integers that
    every reader of JSON takes without loss. Anything else is a `CallerError`.
    """
    _check(record, "$")
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check(value: object, place: str) -> None:
    match value:
        case None | bool():
            return
        case str():
            if not value.isascii():
                records.text(value, place)
        case int() if abs(value) <= _EXACT:
            return
        case list():
            for item in value:
                _check(item, place)
        case dict():
            if not all(isinstance(key, str) and key.isascii() for key in value):
                raise CallerError(place, f"{records.shown(list(value))} are keys, and not all in ASCII")
            for key, item in value.items():
                _check(item, key)
        case _:
            raise CallerError(place, f"{records.shown(value)} has no canonical form here")


def _structure(value: object) -> Any:
    """A row, condition or length as plain JSON: its kind, and every attribute that is not at its default."""
    if isinstance(value, tuple):
        return [_structure(item) for item in value]
    cls: type[Any] = type(value)
    if not attrs.has(cls):
        return value.isoformat() if isinstance(value, date) else records.plain(value)
    attributes = {item.name: (getattr(value, item.name), item.default) for item in attrs.fields(cls)}
    told = {name: _structure(given) for name, (given, default) in attributes.items() if given != default}
    return {"kind": cls.__name__, **told}
