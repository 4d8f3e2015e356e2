"""What a status proves is filled in where the record is silent, with the claim it rests on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payrules import Action, Batch, CaptureMode, Kind, Payment, Reason, Undo
from payrules.facts import Facts, Filled
from payrules.fill import fill, turns
from payrules.table import Edition, Proof, Share, Status
from payrules.when import Is, after, before, capture_mode_is, kind_is, method_is, provider_lists
from payrules.words import OPERATIONS, Source

AT = datetime(2026, 7, 10, 12, tzinfo=UTC)
WHOLE = Proof("amount_captured", Share.WHOLE, "whole")
REST = Proof("amount_released", Share.REST, "rest")


def filled(*proofs: Proof, at: datetime = AT, **known: Any) -> Facts:
    """The facts of a payment in a status that proves these."""
    edition = Edition(
        name="e",
        begins="there",
        prefer=OPERATIONS,
        prefer_claim="order",
        statuses=(Status("there", "listed", proves=proofs),),
        transitions=(),
        permits=(),
    )
    payment = Payment(provider="none", status=known.pop("status", "there"), currency="GBP", **known)
    return fill(edition, payment, Undo(at=at))


@pytest.mark.parametrize(
    ("known", "whole"),
    [
        ({"amount_authorized": 5}, 5),
        ({"amount_authorized": 5, "amount_released": 2}, 3),
        ({"amount_authorized": 5, "amount_released": 5}, 0),
        ({"amount_authorized": 5, "amount_released": 6}, 0),
    ],
)
def test_the_whole_is_what_was_not_released(known: dict[str, Any], whole: int) -> None:
    """At least 0, and on the claim of its proof."""
    assert {"amount_captured": Filled(whole, Source.STATUS, "whole")} == dict(filled(WHOLE, **known).filled)


def test_a_whole_of_nobody_knows_what_stays_unknown() -> None:
    """And hinges on nothing: what was authorized is asked for by what needs it."""
    facts = filled(WHOLE)

    assert ({}, {}) == (dict(facts.filled), dict(facts.hinges))


@pytest.mark.parametrize(
    ("authorized", "captured", "rest", "claim"),
    [(0, 0, 0, None), (5, 2, 3, "rest"), (5, 4, 1, "rest"), (5, 5, 0, None), (5, 6, 0, None), (5, 0, 5, "rest")],
)
def test_a_rest_of_nothing_rests_on_no_claim(authorized: int, captured: int, rest: int, claim: str | None) -> None:
    """That 5 of 5 leaves none is arithmetic; of a rest that there is the page says what becomes of it."""
    facts = filled(REST, amount_authorized=authorized, amount_captured=captured)

    assert {"amount_released": Filled(rest, Source.STATUS, claim)} == dict(facts.filled)


def test_a_nothing_that_a_page_states_rests_on_its_claim() -> None:
    """0 is no arithmetic where the status proves it by itself."""
    facts = filled(Proof("amount_refunded", 0, "untouched"))

    assert {"amount_refunded": Filled(0, Source.STATUS, "untouched")} == dict(facts.filled)


@pytest.mark.parametrize(
    ("known", "needs"),
    [
        ({}, ("amount_authorized", "amount_captured")),
        ({"amount_authorized": 5}, ("amount_captured",)),
        ({"amount_captured": 5}, ("amount_authorized",)),
    ],
)
def test_a_rest_hinges_on_the_amounts_that_it_lacks(known: dict[str, Any], needs: tuple[str, ...]) -> None:
    """They are asked for in its place."""
    facts = filled(REST, **known)

    assert ({}, {"amount_released": needs}) == (dict(facts.filled), dict(facts.hinges))


def test_a_rest_that_cannot_be_told_is_not_filled_in_by_another_proof() -> None:
    """The proof that holds counts, though it would take one more fact to say how much."""
    nothing = Proof("amount_released", 0, "none")
    proofs = (REST, nothing, Proof("kind", Kind.SALE, "kind"))
    untold, told = (filled(*proofs, amount_captured=3, amount_authorized=total) for total in (None, 5))

    assert (None, 2) == (untold.amount("amount_released"), told.amount("amount_released"))
    assert Kind.SALE is untold.get("kind")
    assert {"amount_released": ("amount_authorized",)} == dict(untold.hinges)


def test_a_given_fact_is_not_filled_in() -> None:
    """Unless its proof beats what is given; what one proof filled in another does not overwrite."""
    sale = Proof("kind", Kind.SALE, "first", beats_given=True)
    other = Proof("kind", Kind.REFUND, "second", beats_given=True)

    assert {} == dict(filled(WHOLE, amount_authorized=5, amount_captured=0).filled)
    assert Filled(Kind.SALE, Source.STATUS, "first") == filled(sale, other, kind=Kind.REFUND).filled["kind"]


def test_a_proof_counts_where_its_conditions_hold() -> None:
    """Of several the first does; each sees what those before it filled in."""
    first = Proof("kind", Kind.SALE, "first", when=(method_is("card", claim="m"),))
    second = Proof("amount_refunded", 0, "second", when=(kind_is(Kind.SALE, claim="k"),))

    assert {"kind", "amount_refunded"} == set(filled(first, second, method="card").filled)
    assert set() == set(filled(first, second, method="bank").filled)
    assert set() == set(filled(second, kind=Kind.REFUND).filled)


KINDS = tuple(Proof("batch", Batch.OPEN, "k", when=(kind_is(kind, claim="k"),)) for kind in Kind)


def test_a_word_of_which_each_would_prove_it_is_asked_for() -> None:
    """The fact that is missing hinges on it; not if a word proves nothing, if it is known, or if others count too."""
    assert {"batch": ("kind",)} == dict(filled(*KINDS).hinges)
    assert {} == dict(filled(*KINDS[1:]).hinges)
    assert {} == dict(filled(*KINDS, batch=Batch.CLOSED).hinges)
    assert {} == dict(filled(*KINDS, kind=Kind.SALE).hinges)
    both = Proof("batch", Batch.OPEN, "k", when=(kind_is(Kind.SALE, claim="k"), method_is("card", claim="m")))
    kinds_but_one = [proof for proof in KINDS if proof.when != (kind_is(Kind.SALE, claim="k"),)]
    assert {} == dict(filled(both, *kinds_but_one).hinges)
    assert {} == dict(filled(Proof("batch", Batch.OPEN, "m", when=(method_is("card", claim="m"),))).hinges)
    partly = (
        capture_mode_is(CaptureMode.AUTO, claim="c"),
        Is("undo_pending", (Action.CANCEL,), "c", Reason.NOT_OFFERED),
    )
    others = tuple(Proof("batch", Batch.OPEN, "k", when=(condition,)) for condition in partly)
    assert {"batch": ("kind",)} == dict(filled(*KINDS, *others).hinges)
    for name in ("amount_captured", "method"):  # what is proven of another field, before it by its letters or after
        other = Proof(name, 0, "k", when=KINDS[0].when)
        assert {} == dict(filled(other, *KINDS[1:]).hinges)


def test_a_rest_is_asked_for_before_a_word() -> None:
    """A rest that lacks an amount hinges on that, though a word would prove the same field."""
    words = tuple(Proof("amount_released", 0, "k", when=(kind_is(kind, claim="k"),)) for kind in Kind)

    assert {"amount_released": ("amount_captured",)} == dict(filled(*words, REST, amount_authorized=5).hinges)


@pytest.mark.parametrize(("late", "stale"), [(-1, False), (0, True), (1, True)])
def test_a_list_is_not_believed_once_the_batch_has_closed(late: int, stale: bool) -> None:
    """From the moment of the close on; nothing proves then what a list would."""
    closes = AT - timedelta(microseconds=late)
    listed = Proof("batch", Batch.OPEN, "l", when=(provider_lists("void", claim="l"),))
    facts = filled(listed, batch_closes_at=closes, provider_allows=("void",))

    told = Filled(None, Source.CLOCK, None) if stale else Filled(Batch.OPEN, Source.STATUS, "l")

    assert {"provider_allows" if stale else "batch": told} == dict(facts.filled)
    assert ("void",) == filled(provider_allows=("void",)).get("provider_allows")
    assert {} == dict(filled(batch_closes_at=closes).filled)


def test_a_status_that_no_table_lists() -> None:
    """It proves nothing by itself, and is said to be unknown."""
    assert (False, {}) == (filled(WHOLE, amount_authorized=5, status="never seen").status_known, {})
    assert {} == dict(filled(WHOLE, amount_authorized=5, status="never seen").filled)
    assert filled(WHOLE).status_known


def test_when_what_is_proven_may_change() -> None:
    """At the edges of the proofs' conditions, and when a list goes stale."""
    closes = AT + timedelta(hours=1)
    open_before = Proof("batch", Batch.OPEN, "b", when=(before("batch_closes_at", claim="b"),))
    closed_after = Proof("batch", Batch.CLOSED, "b", when=(after("settled_at", claim="b"),))
    settled = AT + timedelta(hours=2)

    def found(*proofs: Proof, **known: Any) -> set[datetime]:
        facts = filled(*proofs, **known)
        edition = Edition("e", "there", OPERATIONS, "order", (Status("there", "listed", proves=proofs),), (), ())
        return set(turns(edition, facts))

    assert {closes, settled} == found(open_before, closed_after, batch_closes_at=closes, settled_at=settled)
    assert set() == found(batch_closes_at=closes)
    assert {closes} == found(batch_closes_at=closes, provider_allows=())
    assert set() == found(provider_allows=())
