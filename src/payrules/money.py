"""Decimal money, as some providers write it, to minor units and back, without a float in between.

How many decimal places a currency has is what ISO 4217 says; a provider that counts otherwise passes its own number.
"""

from __future__ import annotations

import re
from decimal import Decimal

from payrules import records
from payrules.errors import CallerError

PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""The currencies of ISO 4217 whose minor unit is not a hundredth, by their decimal places."""

_DECIMAL = re.compile(r"\d{1,16}(?:\.\d{1,8})?", re.ASCII)  # more than a Decimal rounds at


def places(currency: str) -> int:
    """How many decimal places a currency has: 2, unless ISO 4217 says otherwise.

    >>> [places(currency) for currency in ("USD", "JPY", "KWD")]
    [2, 0, 3]
    """
    return next((number for number, words in PLACES.items() if currency in words.split()), 2)


def minor_units(value: object, currency: str, field: str, *, digits: int | None = None) -> int:
    """The minor units of a decimal text or JSON number; `digits` are its places where not those of `places`.

    Raises `CallerError` for what is no such number, is negative, or has a fraction of a minor unit.

    >>> minor_units("10.50", "USD", "amount")
    1050
    >>> minor_units(0.29, "USD", "amount")
    29
    """
    written = repr(value) if type(value) in (int, float) else value
    if type(written) is not str or not _DECIMAL.fullmatch(written):
        raise CallerError(field, f"{records.shown(value)} is not a decimal amount, such as 10.00")
    scaled = Decimal(written).scaleb(places(currency) if digits is None else digits)
    if scaled != scaled.to_integral_value():
        raise CallerError(field, f"{written} has a fraction of {currency}'s minor unit")
    return records.amount(int(scaled), field)


def decimal_text(amount: int, currency: str, *, digits: int | None = None) -> str:
    """An amount of minor units as decimal text, with all of its currency's places.

    >>> decimal_text(1050, "USD"), decimal_text(1050, "JPY"), decimal_text(5, "KWD")
    ('10.50', '1050', '0.005')
    """
    return str(Decimal(amount).scaleb(-(places(currency) if digits is None else digits)))
