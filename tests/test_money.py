"""Decimal money is minor units written differently: nothing is rounded, and nothing else is taken for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payrules import CallerError
from payrules.money import decimal_text, minor_units, places
from payrules.records import AMOUNT_MAX

CURRENCIES = ("USD", "JPY", "KWD", "CLF")
amounts = st.integers(min_value=0, max_value=AMOUNT_MAX)


@given(amount=amounts, currency=st.sampled_from(CURRENCIES))
def test_an_amount_comes_back(amount: int, currency: str) -> None:
    """What is written as text reads as the same amount, and has all of its currency's places."""
    text = decimal_text(amount, currency)

    assert amount == minor_units(text, currency, "amount")
    assert places(currency) == len(text.partition(".")[2])


@given(amount=st.integers(min_value=0, max_value=10**12))
def test_a_number_of_json_reads_as_its_text(amount: int) -> None:
    """Cents that no float holds exactly come back exactly all the same."""
    assert amount == minor_units(amount / 100, "USD", "amount")


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("10", "USD", 1000),
        ("10.5", "USD", 1050),
        ("10.5000", "USD", 1050),
        (10, "USD", 1000),
        ("1234", "JPY", 1234),
        ("1234.00", "JPY", 1234),
        (1018.88, "USD", 101888),
        ("00.01", "USD", 1),
    ],
)
def test_what_is_read(value: object, currency: str, expected: int) -> None:
    """Fewer or more places than the currency's are read, as long as nothing is lost."""
    assert expected == minor_units(value, currency, "amount")


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            True,
            [],
            "",
            " 1",
            "1 ",
            "+1",
            "-1",
            "-0.01",
            -1,
            -0.5,
            "1,00",
            "1e3",
            "1.",
            ".5",
            "0x1",
            "\u0661",
            "10.005",
        ),
        *(0.005, 1e30, 1e-7, float("nan"), float("inf"), "9" * 17, "1." + "0" * 9, "99999999999999.99"),
    ],
)
def test_what_is_no_amount(value: Any) -> None:
    """Signs, exponents, other digits, a fraction of a cent, and what no record may hold are the caller's mistakes."""
    with pytest.raises(CallerError):
        minor_units(value, "USD", "amount")


def test_a_provider_may_count_otherwise() -> None:
    """Its own number of places wins over that of the standard."""
    assert (7, "7") == (minor_units("7", "HUF", "amount", digits=0), decimal_text(7, "HUF", digits=0))
