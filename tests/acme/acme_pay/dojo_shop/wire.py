"""Dojo's JSON, under the name that Acme's rules go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payrules.payment import Payment
from payrules.providers.dojo import wire

EVENTS, notices, call = wire.EVENTS, wire.notices, wire.call


def payment(body: Mapping[str, Any], given: Mapping[str, Any]) -> Payment:
    return wire.payment(body, {"provider": "dojo-shop", **given})


def payments(body: Any, given: Mapping[str, Any]) -> tuple[Payment, ...]:
    return wire.payments(body, {"provider": "dojo-shop", **given})
