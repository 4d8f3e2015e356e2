"""Files from anywhere: one meaning, or an error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payrules import CallerError
from payrules.strict_json import DEPTH_MAX, SIZE_MAX, parse


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "byte-order mark"),
        ('{"a": 1}'.encode("utf-16"), "byte-order mark"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"amount": 1, "\\u0061mount": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": Infinity}', "Infinity"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e400}', "finite"),
        (b'{"a": -0}', "-0"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a": 9223372036854775808}', "64 bits"),
        (b"[" * 100_000, "deeper"),
        (b'{"a":' * (DEPTH_MAX + 1), "deeper"),
        (b"{} x", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b'"' + b"x" * SIZE_MAX + b'"', "longer"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(data: bytes, message: str) -> None:
    """Each is an error that says what is wrong."""
    with pytest.raises(CallerError, match=message):
        parse(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": 1.5, "b": [true, null, "x"]}', {"a": 1.5, "b": [True, None, "x"]}),
        (b'"[[[[[\\"[[["', '[[[[["[[['),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, None),
    ],
)
def test_ordinary_json_is_read(data: bytes, value: object) -> None:
    """Brackets inside text are no depth, and 64 bits are enough."""
    assert value is None or value == parse(data)
    parse(data)


@given(st.binary(max_size=64) | st.text(alphabet='{}[]",:0123456789.eE+-truefalsn\\ ', max_size=40).map(str.encode))
def test_any_bytes_give_a_value_or_our_error(data: bytes) -> None:
    """Nothing else is raised."""
    with suppress(CallerError):
        parse(data)
