"""The laws that every table obeys, each a class whose docstring is the law."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from payrules import (
    Action,
    Event,
    Notice,
    Payment,
    ProviderError,
    Rejection,
    Undo,
    apply,
    check,
    decide,
    explain,
    fold,
    forecast,
    plan,
    providers,
)
from payrules.decide import Decision, succeeded
from payrules.facts import Facts, Missing
from payrules.table import Edition, Provider
from tests import aimed
from tests.strategies import instants, questions

EDITIONS = [
    pytest.param(name, edition.name, marks=() if edition.name == providers.find(name).default else pytest.mark.long)
    for name in providers.NAMES
    for edition in providers.find(name).editions
]
AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded", "amount_refund_pending")
INSTANTS = (
    "created_at",
    "authorized_at",
    "captured_at",
    "batch_closes_at",
    "settled_at",
    "hold_expires_at",
    "last_refund_at",
)

every_edition = pytest.mark.parametrize(("provider", "edition"), EDITIONS)
drawn = settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def asked(data: st.DataObject, provider: str, **fixed: Any) -> tuple[Payment, Undo]:
    return data.draw(questions(provider, **fixed))


def acting(provider: str, edition: str, count: int = 100) -> Iterator[Decision]:
    """Decisions for a call, on aimed payments; one question in several has one."""
    decisions = (decide(*question, edition=edition) for question in aimed.questions(provider, edition=edition))
    return itertools.islice((decision for decision in decisions if decision.action is not Action.REJECT), count)


def with_permits(provider: str, edition: str, permits: Any) -> Provider:
    """The shipped table with other permits in one edition."""
    table = providers.find(provider)
    changed = evolve(table.edition(edition), permits=tuple(permits))
    return evolve(table, editions=tuple(changed if item.name == edition else item for item in table.editions))


@every_edition
class TestTotal:
    """Every well-formed question gets an answer; an unknown status is always rejected unless the provider's own list says otherwise."""

    @drawn
    @given(data=st.data())
    def test_every_question_is_answered(self, provider: str, edition: str, data: st.DataObject) -> None:
        """There is an action, and its amount and remainder go with it."""
        decision = decide(*asked(data, provider), edition=edition)

        acts = decision.action is not Action.REJECT
        assert (
            acts == (decision.amount is not None) == (decision.remaining is not None) == (decision.rejection is None)
        )
        assert (decision.rejection is Rejection.MISSING_FACT) == bool(decision.needs)

    @drawn
    @given(data=st.data(), word=st.text(min_size=1, max_size=12, alphabet="ABCabc "))
    def test_an_unseen_status_never_acts(self, provider: str, edition: str, data: st.DataObject, word: str) -> None:
        """A status word never seen before, and no list of the provider's, leads to no call."""
        known = [status.word for status in providers.find(provider).edition(edition).statuses]
        assume(word not in known)
        payment, undo = asked(data, provider, status=word, provider_allows=None)

        assert Action.REJECT is decide(payment, undo, edition=edition).action


@every_edition
class TestOrderFree:
    """The order of the permits means nothing."""

    @drawn
    @given(data=st.data())
    def test_shuffled_permits_answer_the_same(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Action, amount, reason and needs are those of the unshuffled table."""
        payment, undo = asked(data, provider)
        permits = providers.find(provider).edition(edition).permits
        shuffled = with_permits(provider, edition, data.draw(st.permutations(permits)))

        before, after = (
            decide(payment, undo, edition=edition),
            decide(payment, undo, edition=edition, provider=shuffled),
        )
        assert (before.compared, before.rule) == (after.compared, after.rule)
        assert set(before.needs) == set(after.needs)


@every_edition
class TestNarrowing:
    """Dropping a permit never turns a no into a yes."""

    @drawn
    @given(data=st.data())
    def test_one_permit_less_permits_no_more(self, provider: str, edition: str, data: st.DataObject) -> None:
        """What is rejected with all permits is rejected without one of them."""
        payment, undo = asked(data, provider)
        assume(decide(payment, undo, edition=edition).action is Action.REJECT)
        permits = providers.find(provider).edition(edition).permits
        dropped = data.draw(st.integers(0, len(permits) - 1))
        narrowed = with_permits(provider, edition, permits[:dropped] + permits[dropped + 1 :])

        assert Action.REJECT is decide(payment, undo, edition=edition, provider=narrowed).action


@every_edition
class TestNeverGivesBackMoreThanWasTaken:
    """A call gives back at most what is outstanding, and at most what was asked; the rest is what remains."""

    def test_an_amount_fits(self, provider: str, edition: str) -> None:
        """The amount is above 0 and within what is left once pending refunds are taken off."""
        for decision in acting(provider, edition):
            wish, outstanding = decision.undo.amount, decision.known.outstanding
            assert decision.amount is not None
            assert decision.remaining is not None

            assert 0 < decision.amount
            if not isinstance(outstanding, Missing):
                assert decision.amount + decision.remaining <= outstanding
            if wish is not None:
                assert decision.amount + decision.remaining == wish

    @drawn
    @given(data=st.data())
    def test_over_any_plan(self, provider: str, edition: str, data: st.DataObject) -> None:
        """The steps of a plan together give back no more than was asked and was outstanding."""
        payment, undo = asked(data, provider)
        steps = plan(payment, undo, edition=edition)
        given_back = sum(step.amount or 0 for step in steps)
        outstanding = steps[0].known.outstanding

        if undo.amount is not None:
            assert given_back <= max(0, undo.amount)
        if not isinstance(outstanding, Missing):
            assert given_back <= outstanding


@every_edition
class TestFinalMeansFinal:
    """After a final status everything is rejected as already done, and no event is accepted."""

    @drawn
    @given(data=st.data(), event=st.sampled_from(Event))
    def test_nothing_leaves_it(self, provider: str, edition: str, data: st.DataObject, event: Event) -> None:
        """Whatever is asked or reported."""
        finals = [status.word for status in providers.find(provider).edition(edition).statuses if status.final]
        payment, undo = asked(data, provider, status=data.draw(st.sampled_from(finals)))

        assert Rejection.ALREADY_DONE is decide(payment, undo, edition=edition).rejection
        with pytest.raises(ProviderError):
            apply(payment, Notice(event=event), edition=edition)


@every_edition
class TestClosedLoop:
    """What `decide` says, `apply` accepts; the new status is one the table lists, and the money has moved."""

    def test_a_decided_call_can_succeed(self, provider: str, edition: str) -> None:
        """The event of its success is possible, and lessens what is outstanding by the amount."""
        statuses = {status.word for status in providers.find(provider).edition(edition).statuses}
        for decision in acting(provider, edition):
            if decision.payment.amount_authorized is None or not decision.known.status_known:
                continue  # of a word that nobody listed no table says what becomes of it
            if not _is_possible(decision.known):
                continue
            moved, before = succeeded(decision), decision.known.outstanding

            assert moved.status in statuses
            after = decide(moved, evolve(decision.undo, amount=None, only=None), edition=edition)
            if after.rejection is not Rejection.ALREADY_DONE and not isinstance(before, Missing):
                assert after.known.outstanding == before - (decision.amount or 0)


def _is_possible(facts: Facts) -> bool:
    """No more was refunded than the record and its status say was captured."""
    captured, refunded = facts.amount("amount_captured"), facts.amount("amount_refunded")
    return captured is None or refunded is None or refunded <= captured


@every_edition
class TestLive:
    """A captured payment that is known in full, undisputed and with nothing under way, can be given back."""

    @drawn
    @given(data=st.data())
    def test_there_is_a_way_back(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Some operation takes the whole of it, on any day; where a moment opens a window, while that is open."""
        known = captured(data, provider, edition) | {
            "amount_refund_pending": 0,
            "undo_pending": None,
            "disputed": None,
            "refunds_enabled": True,
        }
        payment, undo = asked(data, provider, **known)
        if provider in OPENS:
            name, ago = OPENS[provider]
            payment = evolve(payment, **{"created_at": None, name: undo.at - timedelta(days=ago)})  # type: ignore[arg-type]

        assert Action.REJECT is not decide(payment, Undo(at=undo.at), edition=edition).action


def captured(data: st.DataObject, provider: str, edition: str) -> dict[str, Any]:
    """The facts of a payment that was captured in full, and perhaps refunded in part."""
    table = providers.find(provider).edition(edition)
    return {
        "status": data.draw(
            st.sampled_from([status.word for status in table.statuses if _is_captured(table, status.word)])
        ),
        "amount_authorized": 1000,
        "amount_captured": 1000,
        "amount_released": 0,
        "amount_refunded": data.draw(st.sampled_from([0, 1, 999])),
        **(KNOWN_IN_FULL if provider != "dojo" else {}),
    }


OPENS = {
    "authorizenet": ("settled_at", 0),
    "square": ("created_at", 0),
    "paypal": ("captured_at", 0),
    "gocardless": ("captured_at", 7),
}
"""The instant from which a provider's refunds are counted, and how many days later their window is open."""

KNOWN_IN_FULL = {
    "last_refund_at": None,
    "refunds": 1,
    "refund_failed_before": False,
    "kind": "sale",
    "method": "visa",
    "scheme": None,
    "balance_ok": None,
    "payment_id": "psp",
    "batch": None,
    "batch_closes_at": None,
    "provider_allows": None,
    "captures": 1,
    "available_to_refund": None,
    "chargeback": None,
    "max_refunds": None,
}
UNSETTLED_OR_DISPUTED = ("ready", "Chargeback", "SecondChargeback", "unknown")


def _is_captured(table: Edition, word: str) -> bool:
    status = table.status(word)
    refunds = [row for row in table.transitions if word in row.before and row.event is Event.REFUNDED]
    if status is None or status.final or status.nothing_yet:
        return False
    return bool(refunds) and word not in UNSETTLED_OR_DISPUTED


@every_edition
class TestShift:
    """Moving all times by whole weeks within one daylight period changes nothing."""

    @drawn
    @given(data=st.data(), weeks=st.integers(1, 4))
    def test_weeks_later(self, provider: str, edition: str, data: st.DataObject, weeks: int) -> None:
        """The answer is the same, and holds until the same moment weeks later."""
        payment, undo = asked(data, provider)
        assume(all(moment is None or moment.month in (1, 7) for moment in _instants(payment, undo)))
        shift = timedelta(weeks=weeks)
        assume(all(moment is None or (moment + shift).month in (1, 2, 7, 8) for moment in _instants(payment, undo)))
        moved = evolve(
            payment, **{name: getattr(payment, name) and getattr(payment, name) + shift for name in INSTANTS}
        )
        before, after = (
            decide(payment, undo, edition=edition),
            decide(moved, evolve(undo, at=undo.at + shift), edition=edition),
        )

        assert before.compared == after.compared
        assert (before.good_until and before.good_until + shift) == after.good_until


def _instants(payment: Payment, undo: Undo) -> list[Any]:
    return [undo.at, *(getattr(payment, name) for name in INSTANTS)]


@every_edition
class TestScale:
    """Multiplying all amounts by k changes nothing but the amounts."""

    @drawn
    @given(data=st.data(), factor=st.integers(2, 1000))
    def test_k_times_the_money(self, provider: str, edition: str, data: st.DataObject, factor: int) -> None:
        """Action, reason and rejection are the same, and amounts are k times as large."""
        payment, undo = asked(data, provider)
        amounts: dict[str, Any] = {name: _times(getattr(payment, name), factor) for name in AMOUNTS}
        larger = evolve(payment, **amounts)
        before = decide(payment, undo, edition=edition)
        after = decide(larger, evolve(undo, amount=_times(undo.amount, factor)), edition=edition)

        assert (before.action, before.reason, before.rejection) == (after.action, after.reason, after.rejection)
        assert (_times(before.amount, factor), _times(before.remaining, factor)) == (after.amount, after.remaining)


def _times(amount: int | None, factor: int) -> int | None:
    return None if amount is None else amount * factor


@every_edition
class TestBestBefore:
    """The answer stays the same until `good_until`, and is another then."""

    @drawn
    @given(data=st.data(), part=st.floats(0, 1, exclude_max=True))
    def test_good_until_is_tight(self, provider: str, edition: str, data: st.DataObject, part: float) -> None:
        """Any moment before it gives the same answer, and the moment itself another; without one nothing changes in ten years."""
        payment, undo = asked(data, provider)
        decision = decide(payment, undo, edition=edition)
        end = decision.good_until or undo.at + timedelta(days=3650)
        between = decide(payment, evolve(undo, at=undo.at + (end - undo.at) * part), edition=edition)
        last = decide(payment, evolve(undo, at=max(undo.at, end - timedelta(microseconds=1))), edition=edition)

        assert decision.compared == between.compared == last.compared
        if decision.good_until is not None:
            assert decision.compared != decide(payment, evolve(undo, at=end), edition=edition).compared

    @drawn
    @given(data=st.data())
    def test_a_forecast_lists_every_answer(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Each begins where the one before ends, no two neighbours are alike, and the last holds for ever."""
        decisions = forecast(*asked(data, provider), edition=edition)

        for earlier, later in itertools.pairwise(decisions):
            assert earlier.good_until == later.undo.at
            assert earlier.compared != later.compared
        assert decisions[-1].good_until is None


@every_edition
class TestReserved:
    """Pending undos reserve balance: two live undos never exceed it."""

    @drawn
    @given(data=st.data())
    def test_a_second_refund_fits_beside_the_first(self, provider: str, edition: str, data: st.DataObject) -> None:
        """After a refund was sent, another is decided only within what it leaves."""
        payment, undo = asked(data, provider, **captured(data, provider, edition), undo_pending=None, disputed=None)
        first = decide(payment, undo, edition=edition)
        assume(first.action is Action.REFUND)
        sent = apply(payment, Notice(event=Event.REFUND_REQUESTED, amount=first.amount), edition=edition)
        second = decide(sent, undo, edition=edition)
        taken, refunded = first.known.amount("amount_captured"), first.known.amount("amount_refunded")
        assert taken is not None
        assert refunded is not None

        if second.action is Action.REFUND:
            assert refunded + payment.amount_refund_pending + (first.amount or 0) + (second.amount or 0) <= taken

    @drawn
    @given(data=st.data(), undo_pending=st.sampled_from([Action.CANCEL, Action.REVERSE]))
    def test_nothing_is_sent_beside_an_undo_under_way(
        self, provider: str, edition: str, data: st.DataObject, undo_pending: Action
    ) -> None:
        """While a cancel or reversal has no known outcome, no call is made."""
        payment, undo = asked(data, provider, undo_pending=undo_pending)

        assert Action.REJECT is decide(payment, undo, edition=edition).action


@every_edition
class TestDisputed:
    """While a dispute is open no money is given back."""

    @drawn
    @given(data=st.data())
    def test_no_call_while_disputed(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Whatever else is known."""
        payment, undo = asked(data, provider, disputed=True)

        assert Action.REJECT is decide(payment, undo, edition=edition).action


@every_edition
class TestExplained:
    """Every claim relied on is in the text, with its standing and day."""

    @drawn
    @given(data=st.data())
    def test_claims_are_told(self, provider: str, edition: str, data: st.DataObject) -> None:
        """The explanation names each, and its message is one sentence."""
        decision = decide(*asked(data, provider), edition=edition)
        text = explain(decision)

        assert decision.message in text
        assert decision.message.endswith(".")
        for claim in decision.grounds:
            page = decision.provider.page(claim)
            assert f"{decision.provider.name}.{claim.key}: {claim.says} ({claim.standing}" in text
            assert page is None or page.read_on.isoformat() in text


@every_edition
class TestUnknownNeverHelps:
    """Forgetting a fact never turns a no into a yes, unless the permit that then holds asks for *unknown*."""

    @drawn
    @given(data=st.data())
    def test_forgetting_permits_no_more(self, provider: str, edition: str, data: st.DataObject) -> None:
        """A payment of which less is known gets no call that the same payment, known better, does not get."""
        payment, undo = asked(data, provider)
        guards = {
            "disputed",
            "split",
            "captures",
            "timezone",
            "undo_pending",
            "provider_allows",
            "multicapture",
            "method",
        }
        names = [
            name
            for name in (*AMOUNTS[:4], "capture_mode", "authorized_at", "kind")
            if getattr(payment, name) is not None
        ]
        assume(names)
        name = data.draw(st.sampled_from(sorted(set(names) - guards)))
        before = decide(payment, undo, edition=edition)
        assume(before.rejection is Rejection.NOT_ALLOWED or before.rejection is Rejection.ALREADY_DONE)
        forgotten: dict[str, Any] = {name: None}
        after = decide(evolve(payment, **forgotten), undo, edition=edition)
        proven = after.known.source(name) is not None
        asks = [
            row
            for row in (after.outcome.permit.when if after.outcome.permit else ())
            if None in getattr(row, "words", ())
        ]

        assert after.action is Action.REJECT or proven or bool(asks)

    @drawn
    @given(data=st.data())
    def test_what_it_needs_settles_it(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Once the fields in `needs` have values, they are asked for no more."""
        known = captured(data, provider, edition) | {
            "amount_refund_pending": 0,
            "undo_pending": None,
            "disputed": None,
        }
        forgotten = data.draw(st.sets(st.sampled_from(AMOUNTS[:4]), min_size=1))
        payment, undo = asked(data, provider, **known | dict.fromkeys(forgotten))
        decision = decide(payment, undo, edition=edition)
        assume(decision.rejection is Rejection.MISSING_FACT)
        values: dict[str, Any] = dict.fromkeys(AMOUNTS, 0) | {
            "amount_authorized": 5000,
            "amount_captured": 5000,
            "capture_mode": "auto",
            "authorized_at": undo.at,
            "created_at": undo.at,
            "method": "visa",
            "kind": "sale",
            "captures": 1,
            "multicapture": False,
            "capture_delay_hours": 1,
            "batch": "open",
            "provider_allows": (),
            "merchant_reference": "order-1",
            "payment_id": "psp",
            "settled_at": undo.at,
            "parent_id": "parent",
            "created_as": "reauthorization",
            "captured_at": max(undo.at, payment.created_at or undo.at),
            "available_to_refund": 5000,
        }
        settled = evolve(payment, **{name: values[name] for name in decision.needs})
        after = decide(settled, undo, edition=edition)

        assert set() == set(decision.needs) & set(after.needs)


@every_edition
class TestFolding:
    """Duplicated or reordered events fold to the same payment."""

    @drawn
    @given(data=st.data(), start=instants())
    def test_any_order_any_number(self, provider: str, edition: str, data: st.DataObject, start: Any) -> None:
        """A history that the provider can send, shuffled and repeated, leaves what it leaves in order."""
        history = data.draw(histories(provider, edition, start))
        begins = {
            "amount_authorized": 1000,
            "currency": "GBP",
            "payment_id": "pi_1",
            "capture_mode": data.draw(st.sampled_from(["auto", "manual"])),
        }
        repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=3))
        shuffled = data.draw(st.permutations(repeated))

        expected = fold(provider, history, given=begins, edition=edition)
        assert expected == fold(provider, shuffled, given=begins, edition=edition)


@st.composite
def histories(draw: st.DrawFn, provider: str, edition: str, start: Any) -> list[Notice]:
    """A walk through the table's transitions, each event an hour after the one before."""
    table = providers.find(provider).edition(edition)
    status, history = table.begins, []
    for number in range(draw(st.integers(1, 6))):
        rows = [row for row in table.transitions if status in row.before]
        if not rows:
            break
        row = draw(st.sampled_from(rows))
        amount = draw(st.sampled_from([None, 100, 400])) if row.event in (Event.CAPTURED, Event.REFUNDED) else None
        at = (start + timedelta(hours=number)).astimezone(UTC)
        history.append(Notice(event=row.event, amount=amount, at=at, reference=f"event-{number}", payment_id="pi_1"))
        status = row.after
    return history


@every_edition
class TestCheckAgrees:
    """`check` says of each operation what `decide` says of it alone."""

    @drawn
    @given(data=st.data())
    def test_a_verdict_is_the_answer_to_only(self, provider: str, edition: str, data: st.DataObject) -> None:
        """Permitted or not, with the same reason and rule."""
        payment, undo = asked(data, provider)
        for action, verdict in check(payment, undo, edition=edition).items():
            alone = decide(payment, evolve(undo, only=action), edition=edition)

            assert (alone.action is action, alone.reason, alone.rejection, alone.rule) == (
                verdict.permitted,
                verdict.reason,
                verdict.rejection,
                verdict.rule,
            )
