"""JSON read strictly: for the command line and the audit, which take files from anywhere.

Python's own reader lets the last of two equal keys win, takes NaN, and turns `1e400` into infinity; here each is an
error that names the place. The core takes values and plain dicts, and never text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from payrules.errors import CallerError

SIZE_MAX = 1 << 20
"""The most bytes that one document or one line may have."""

DEPTH_MAX = 64
"""How deep objects and lists may nest."""

_DIGITS_MAX = 19
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def parse(data: bytes) -> Any:
    """The value of a JSON document in UTF-8; `CallerError` for what two readers could take for two things."""
    if len(data) > SIZE_MAX:
        raise CallerError("$", f"the document is longer than {SIZE_MAX} bytes")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise CallerError("$", "the document begins with a byte-order mark; it has to be plain UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CallerError("$", f"the document is not UTF-8: byte {error.start}") from None
    if not text.strip():
        raise CallerError("$", "the document is empty")
    _check_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
        )
    except json.JSONDecodeError as error:
        raise CallerError("$", f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TEXT_OR_BRACKET.finditer(text):
        found = match[0]
        if found in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise CallerError("$", f"the document nests deeper than {DEPTH_MAX} levels")
        elif found in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CallerError(key, "the key stands twice in one object")
        found[key] = value
    return found


def _constant(word: str) -> NoReturn:
    raise CallerError("$", f"{word} is not a number of JSON's")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS_MAX:
        raise CallerError("$", f"an integer of {len(digits.lstrip('-'))} digits is beyond 64 bits")
    if digits == "-0":
        raise CallerError("$", "-0 is not an integer")
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise CallerError("$", f"{number} is beyond 64 bits")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise CallerError("$", f"{digits[:40]} is not a finite number")
    return number
