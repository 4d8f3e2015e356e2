"""The amounts that follow from what is known, over every relation that amounts can stand in to each other.

The expected ones are those of `specs/README.md`, worked out here on their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from payrules import Action, Payment, Undo
from payrules.errors import CallerError
from payrules.facts import Facts, Filled, Missing
from payrules.words import Source

AT = datetime(2026, 7, 10, 12, tzinfo=UTC)
NAMES = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")
GONE = {"amount_released": ("amount_authorized",)}
"""What a status leaves that proves the rest of the hold gone, where nobody knows how large it was."""


def facts(*, asked: int | None = None, hinges: Mapping[str, tuple[str, ...]] | None = None, **known: Any) -> Facts:
    payment = Payment(provider="none", status="any", currency="GBP", **known)
    return Facts(payment, Undo(at=AT, amount=asked), {}, hinges or {})


def grid() -> Iterator[dict[str, Any]]:
    """Amounts below, at and beyond each other, and unknown; those that no payment can have are left out."""
    values = ((None, 0, 5), (None, 0, 2, 6), (None, 0, 1, 6), (None, 0, 2, 6), (0, 1, 7), (None, 1))
    for amounts in product(*values):
        told = dict(zip((*NAMES, "available_to_refund"), amounts, strict=True))
        captured, refunded = told["amount_captured"], told["amount_refunded"]
        if captured is None or refunded is None or refunded <= captured:
            yield told


def needs(told: dict[str, Any], *names: str) -> Missing | None:
    unknown = tuple(name for name in names if told[name] is None)
    return Missing(unknown) if unknown else None


def expected(told: dict[str, Any]) -> dict[str, Any]:
    """The four amounts, and the bound of the first, in the order of the specification."""
    authorized, captured, released, refunded, pending = (told[name] for name in NAMES)
    most = told["available_to_refund"]
    left: Any = needs(told, "amount_authorized", "amount_released", "amount_refunded")
    if left is None:
        left = max(max(authorized, captured or 0) - released - refunded, 0)
    at_most = None
    if authorized is not None:
        at_most = max(max(authorized, captured or 0) - (released or 0) - (refunded or 0), 0)
    outstanding = left if isinstance(left, Missing) else max(left - pending, 0)
    held: Any = needs(told, "amount_authorized", "amount_captured", "amount_released")
    if held is None:
        held = max(authorized - captured - released, 0)
    refundable: Any = needs(told, "amount_captured", "amount_refunded")
    if refundable is None:
        refundable = max(captured - refunded - pending, 0)
        refundable = refundable if most is None else min(refundable, most)
    return {
        "left": left,
        "left_at_most": at_most,
        "outstanding": outstanding,
        "held": held,
        "refundable": refundable,
    }


def found(item: Facts) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("left", "left_at_most", "outstanding", "held", "refundable")}


def test_the_amounts_are_those_of_the_specification() -> None:
    """None is ever below 0, and each names what it lacks."""
    for told in grid():
        assert expected(told) == found(facts(**told)), told


def test_the_amounts_where_the_rest_of_the_hold_is_gone() -> None:
    """What is left is what was captured and not refunded, and nothing is held, whatever is known of the hold."""
    for told in grid():
        if told["amount_authorized"] is not None or told["amount_released"] is not None:
            continue
        pending, most = told["amount_refund_pending"], told["available_to_refund"]
        kept: Any = needs(told, "amount_captured", "amount_refunded")
        outstanding = refundable = kept
        if kept is None:
            kept = told["amount_captured"] - told["amount_refunded"]
            outstanding = max(kept - pending, 0)
            refundable = outstanding if most is None else min(outstanding, most)
        shown = {
            "left": kept,
            "left_at_most": max((told["amount_captured"] or 0) - (told["amount_refunded"] or 0), 0),
            "outstanding": outstanding,
            "held": 0,
            "refundable": refundable,
        }

        assert shown == found(facts(hinges=GONE, **told)), told


def test_an_operation_gives_its_own_part_of_what_is_outstanding() -> None:
    """A cancel takes from what is held, a refund from what is refundable, and neither gives more than is outstanding."""
    for told in grid():
        item = facts(**told)
        own: dict[Action, int | Missing] = {Action.CANCEL: item.held, Action.REFUND: item.refundable}
        for action, part in own.items():
            known = isinstance(part, int) and isinstance(item.outstanding, int)

            assert (min(part, item.outstanding) if known else part) == item.balance(action), (told, action)
        assert item.outstanding == item.balance(Action.REVERSE) == item.balance(Action.REJECT), told


def test_what_everything_means() -> None:
    """No amount, or exactly what is outstanding; where that is unknown nobody can tell of an amount."""
    for told in grid():
        outstanding = facts(**told).outstanding
        for asked in (None, 0, 2, 3, 4, 6):
            whole = (
                True if asked is None else outstanding if isinstance(outstanding, Missing) else asked == outstanding
            )

            assert whole == facts(asked=asked, **told).asks_everything, (told, asked)


def test_what_an_operation_could_give_if_every_refund_under_way_failed() -> None:
    """As if none was pending; for the rest nothing is another."""
    for told in grid():
        free = facts(**{**told, "amount_refund_pending": 0})
        for action in Action:
            assert free.balance(action) == facts(**told).balance_if_refunds_fail(action), (told, action)


def test_a_fact_that_is_filled_in_goes_before_a_given_one() -> None:
    """Its source is told with it; a given fact is given; what nobody knows has no source."""
    filled = {
        "amount_captured": Filled(5, Source.STATUS, "a-claim"),
        "provider_allows": Filled(None, Source.CLOCK, None),
    }
    given = facts(amount_captured=3, amount_authorized=0, provider_allows=("refund",))
    item = Facts(given.payment, given.undo, filled, {})

    assert (5, Source.STATUS) == (item.get("amount_captured"), item.source("amount_captured"))
    assert (None, Source.CLOCK) == (item.get("provider_allows"), item.source("provider_allows"))
    assert (0, Source.GIVEN) == (item.get("amount_authorized"), item.source("amount_authorized"))
    assert (None, None) == (item.get("amount_released"), item.source("amount_released"))


def test_a_status_is_known_unless_it_is_said_not_to_be() -> None:
    """As that of most payments is."""
    assert facts().status_known


def test_the_first_instant_that_is_known() -> None:
    """In the order in which they are named; none, where none is known."""
    item = facts(created_at=AT, authorized_at=AT.replace(hour=13))

    assert AT.replace(hour=13) == item.instant("captured_at", "authorized_at", "created_at")
    assert None is item.instant("captured_at", "settled_at")


def test_what_is_missing_is_named_once() -> None:
    """By its own name, or by those of the fields that would tell it."""
    item = facts(amount_authorized=5, hinges={"amount_captured": ("kind", "batch"), "amount_refunded": ("kind",)})

    assert None is item.missing("amount_authorized")
    assert Missing(("kind", "batch", "amount_released")) == item.missing(
        "amount_authorized", "amount_captured", "amount_refunded", "amount_released"
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_payment_has_an_amount_below_0(name: str) -> None:
    """So the amounts that follow need no bound but that at 0."""
    with pytest.raises(CallerError, match=name):
        Payment.from_record({"provider": "none", "status": "any", "currency": "GBP", name: -1})
