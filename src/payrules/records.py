"""Records to and from plain dicts: the words of `specs/schemas`, strictly.

1. Instants are RFC 3339 with an offset, become UTC here, and are written in UTC with `Z`. Digits beyond
microseconds are cut.
2. A key that is not known is an error that names the nearest known one; `null` and an absent key both mean *unknown*.
3. Types are tested exactly: `True` is no amount, and neither is a subclass of `int` with its own idea of comparing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

import attrs
from attrs import AttrsInstance
from dateutil.parser import isoparse
from dateutil.tz import datetime_exists

from payrules.errors import CallerError, did_you_mean

T = TypeVar("T", bound=AttrsInstance)
W = TypeVar("W", bound=Enum)

AMOUNT_MAX = 10**15
"""The largest amount that a record may hold, in minor units: JSON numbers carry it without loss, with room to add."""

YEAR_MIN, YEAR_MAX = 2000, 2100

_RFC_3339 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)"
    r"(?P<fraction>\.\d+)?(?P<offset>[Zz]|[+-]\d\d:[0-5]\d)",
    re.ASCII,
)


def instant(value: object, field: str) -> datetime:
    """The instant that an RFC 3339 text names, in UTC; fractions are cut after microseconds.

    >>> instant("2024-07-25T08:49:20.973410318Z", "at")
    datetime.datetime(2024, 7, 25, 8, 49, 20, 973410, tzinfo=datetime.timezone.utc)
    """
    match = _RFC_3339.fullmatch(value) if type(value) is str else None
    if match is None:
        raise CallerError(field, f"{shown(value)} is not an instant with an offset, such as 2026-11-20T23:50:00Z")
    fraction = (match["fraction"] or "")[:7]
    offset = "+00:00" if match["offset"] in "Zz" else match["offset"]
    try:
        parsed = isoparse(f"{match['date']}T{match['time']}{fraction}{offset}")
    except (ValueError, OverflowError) as error:
        raise CallerError(field, f"{shown(value)} is not an instant: {error}") from None
    return in_utc(parsed, field)


def latest(texts: Iterable[object], field: str) -> object:
    """The last of these instants as it is written, whatever its offset; None where there is none.

    >>> latest(["2026-07-01T10:00:00+02:00", None, "2026-07-01T09:00:00Z"], "at")
    '2026-07-01T09:00:00Z'
    """
    return max((text for text in texts if text is not None), key=lambda text: instant(text, field), default=None)


def in_utc(value: object, field: str) -> datetime:
    """The same instant in UTC; naive, impossible and far-away times are errors."""
    if not isinstance(value, datetime):
        raise CallerError(field, f"{shown(value)} is not a datetime")
    offset = value.utcoffset()
    if offset is None:
        raise CallerError(field, f"{value.isoformat()} has no time zone; a naive time is ambiguous")
    if not timedelta(hours=-12) <= offset <= timedelta(hours=14):
        raise CallerError(field, f"{value.isoformat()} has an offset that no place uses")
    if not YEAR_MIN <= value.year <= YEAR_MAX:
        raise CallerError(field, f"{value.isoformat()} is not between {YEAR_MIN} and {YEAR_MAX}")
    if value.tzinfo is not UTC and not datetime_exists(value):
        raise CallerError(field, f"{value.isoformat()} does not exist: clocks skipped it")
    moment = value.astimezone(UTC)
    if type(moment) is datetime:
        return moment
    return datetime.combine(moment.date(), moment.time(), UTC)  # a subclass may compare as it likes, and change


def written(value: datetime) -> str:
    """The instant as records write it.

    >>> written(datetime(2026, 11, 20, 23, 50, tzinfo=UTC))
    '2026-11-20T23:50:00Z'
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def amount(value: object, field: str) -> int:
    """An amount in minor units, from 0 to `AMOUNT_MAX`."""
    number = integer(value, field)
    if number < 0:
        raise CallerError(field, f"{number} is negative")
    return number


def integer(value: object, field: str) -> int:
    """An integer no further from 0 than `AMOUNT_MAX`; neither a bool, a float nor text."""
    if type(value) is not int:
        raise CallerError(field, f"{shown(value)} is not an integer in minor units")
    if abs(value) > AMOUNT_MAX:
        raise CallerError(field, f"an integer beyond {AMOUNT_MAX} is out of range")
    return value


def text(value: object, field: str) -> str:
    """Text that is not empty and can be written as UTF-8."""
    if type(value) is not str or not value:
        raise CallerError(field, f"{shown(value)} is not text")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in value):
        raise CallerError(field, "the text is not well formed")
    return value


def flag(value: object, field: str) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise CallerError(field, f"{shown(value)} is neither true nor false")
    return value


def mapping(value: object, field: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise CallerError(field, f"{shown(value)} is not an object")
    return value


def listed(value: object, field: str) -> list[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        raise CallerError(field, f"{shown(value)} is not a list")
    return value


def word(words: type[W]) -> Callable[[object, str], W]:
    """A reader of one of our closed words."""

    def read(value: object, field: str) -> W:
        if isinstance(value, words):
            return value
        known = [str(member.value) for member in words]
        if type(value) is not str or value not in known:
            hint = did_you_mean(value, known) if type(value) is str else ""
            raise CallerError(field, f"{shown(value)} is not one of {', '.join(known)}{hint}")
        return words(value)

    return read


def optional(read: Callable[[object, str], object]) -> Callable[[object, str], object]:
    """The same reader, where null means *unknown*."""
    return lambda value, field: None if value is None else read(value, field)


def reads(read: Callable[[object, str], object], **metadata: object) -> dict[str, object]:
    """The metadata of a field that is read so; see `converted`."""
    return {"read": read, **metadata}


def converted(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """An attrs field transformer: every field is converted by what its metadata says, under its own name."""
    return [
        item.evolve(converter=_converter(item.metadata["read"])) if "read" in item.metadata else item
        for item in fields
    ]


def _converter(read: Callable[[object, str], object]) -> Any:
    return attrs.Converter(lambda value, item: read(value, item.name), takes_field=True)


def from_record(cls: type[T], record: object, what: str) -> T:
    """The record class that a plain dict describes; instants are text."""
    told = mapping(record, what)
    fields = {field.name: field for field in attrs.fields(cls)}
    for key in told:
        if key not in fields:
            hint = did_you_mean(key, fields) if isinstance(key, str) else ""
            raise CallerError(str(key), f"no field of a {what} has this name{hint}")
    given = {key: value for key, value in told.items() if value is not None}
    for name, field in fields.items():
        if field.default is attrs.NOTHING and name not in given:
            raise CallerError(name, f"a {what} needs it")
        if name in given and field.metadata.get("instant"):
            given[name] = instant(given[name], name)
    return cls(**given)


_PLAIN = frozenset({type(None), bool, int, float, str})


def plain(value: object) -> Any:
    """A value as JSON has it: instants as text, closed words as their value, tuples as lists."""
    if type(value) in _PLAIN:  # most are, and the rest takes longer to ask
        return value
    match value:
        case Enum():
            return value.value
        case datetime():
            return written(value)
        case tuple() | list():
            return [plain(item) for item in value]
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
    cls: type[Any] = type(value)
    if attrs.has(cls):
        return {item.name: plain(getattr(value, item.name)) for item in attrs.fields(cls)}
    return value


def shown(value: object) -> str:
    """A short rendering of a wrong value, so that an error never prints a page."""
    try:
        rendered = repr(value)
    except (ValueError, RecursionError):  # digits beyond the interpreter's limit, or a bottomless list
        rendered = type(value).__name__
    return rendered if len(rendered) <= 60 else rendered[:57] + "..."
