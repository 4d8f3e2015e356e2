"""Every kind of condition has SQL that says what it says, whatever table it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from attrs import evolve

from payrules import Batch, CaptureMode, Payment, Undo, providers, when
from payrules.audit import conditions, layers
from payrules.audit.proofs import fillings
from payrules.calendar import wall_clock
from payrules.table import Edition, Permit, Proof, Provider, Share, Status
from payrules.words import Action, Reason
from tests import aimed
from tests.histories import answer, decided, rows
from tests.strategies import ZONES
from tests.test_audit_sql import in_duckdb

DOJO, PAYROC, ADYEN = map(providers.find, ("dojo", "payroc", "adyen"))
CLAIM = "prefer"
LONDON = next(
    evolve(item.zone, claim=CLAIM)
    for permit in DOJO.edition().permits
    for item in permit.when
    if isinstance(item, when.Window) and item.zone is not None
)
CONDITIONS: Sequence[when.Condition] = (
    when.something_left(claim=CLAIM),
    when.everything_refunded(claim=CLAIM),
    when.something_held(claim=CLAIM),
    when.nothing_held(claim=CLAIM),
    when.anything_left(claim=CLAIM),
    when.nothing_left(claim=CLAIM),
    when.approved_above(("GBP", 500), claim=CLAIM),
    when.within(months=1, of="authorized_at", claim=CLAIM),
    when.within(days=7, hours=1, of=("created_at", "authorized_at"), claim=CLAIM),
    when.not_before(days=1, of="authorized_at", claim=CLAIM),
    when.within_hours_of_field("capture_delay_hours", of="authorized_at", claim=CLAIM),
    when.before("batch_closes_at", claim=CLAIM),
    when.before("batch_closes_at", claim=CLAIM, unknown_is_enough=True),
    when.after("batch_closes_at", claim=CLAIM),
    when.same_calendar_day(LONDON, of="authorized_at", claim=CLAIM),
    when.Window(("authorized_at",), CLAIM, zone=LONDON, unknown_is_enough=True),
    when.before_cut_off(LONDON, 17, 0, of="authorized_at", claim=CLAIM),
    when.before_cut_off(LONDON, 23, 30, of=("created_at", "authorized_at"), claim=CLAIM),
    when.Window(("authorized_at",), CLAIM, zone=LONDON, until=when.CutOff(12, 0), unknown_is_enough=True),
    when.provider_lists("refund", claim=CLAIM),
    when.provider_lists_if_any("refund", claim=CLAIM),
    when.batch_is(Batch.CLOSED, claim=CLAIM),
    when.known("payment_id", claim=CLAIM),
    when.method_is_not("visa", claim=CLAIM),
    when.method_known_to_be("visa", claim=CLAIM),
    when.capture_mode_is(CaptureMode.AUTO, None, claim=CLAIM),
    when.unknown("amount_captured", reason=Reason.NOT_OFFERED, claim=CLAIM),
    when.not_several_captures(claim=CLAIM),
    when.Count("captures", CLAIM, Reason.SEVERAL_CAPTURES, least=1, most=1),
    when.Untouched(CLAIM, unknown_is_enough=True),
    when.created_as_is("session", claim=CLAIM),
    when.created_as_is_not("session", claim=CLAIM),
    when.refunds_known_to_be_enabled(claim=CLAIM),
    when.balance_suffices(claim=CLAIM),
    when.is_disputed(claim=CLAIM),
    when.no_chargeback(claim=CLAIM),
    when.fewer_refunds_than(3, claim=CLAIM),
    when.fewer_refunds_than_the_limit(claim=CLAIM),
    when.no_refund_pending(claim=CLAIM),
    when.not_repeated(minutes=2, claim=CLAIM),
    when.within(minutes=15, of="created_at", claim=CLAIM),
    when.not_before(minutes=90, of="settled_at", claim=CLAIM),
    when.before("hold_expires_at", claim=CLAIM, unknown_is_enough=True),
    when.before_cut_off_of_account(of="authorized_at", claim=CLAIM),
    when.before_cut_off_of_account(of=("settled_at", "created_at"), claim=CLAIM),
    when.Is("status", ("Captured", "Settled", "ready"), CLAIM, Reason.WRONG_STATUS, negated=True),
    when.Is("method", ("visa", None), CLAIM, Reason.WRONG_METHOD, negated=True),
)


def made(provider: Provider, edition: Edition) -> Provider:
    """The provider with this edition alone."""
    return evolve(provider, editions=(edition,), default=edition.name)


def table(provider: Provider, *conditions: when.Condition) -> Provider:
    """A table of permits that each ask one thing more, of each operation."""
    edition = provider.edition()
    listed = when.Is("status", tuple(row.word for row in edition.statuses), CLAIM, Reason.WRONG_STATUS)
    shapes = (when.whole_or_part(claim=CLAIM), when.whole_amount(claim=CLAIM), when.part_amount(claim=CLAIM))
    permits = tuple(
        Permit(f"p{number}.{action}", action, Reason.CAPTURED, (listed, shapes[number % 3], condition))
        for number, condition in enumerate(conditions)
        for action in (Action.CANCEL, Action.REVERSE, Action.REFUND)[number % 3 :][:1]
    )
    alone = when.rest_alone(claim=CLAIM)
    permits += (Permit("alone", Action.CANCEL, Reason.REST_HELD, (listed, alone, conditions[0])),)
    prefer = (Action.REFUND, Action.REVERSE, Action.CANCEL)
    return made(provider, evolve(edition, permits=permits, prefer=prefer))


def of(provider: Provider) -> list[when.Condition]:
    """The conditions whose status words this provider has."""
    words = {row.word for row in provider.edition().statuses}
    return [
        evolve(item, words=tuple(word for word in item.words if word in words))
        if isinstance(item, when.Is) and item.name == "status"
        else item
        for item in CONDITIONS
    ]


def further(payment: Payment, undo: Undo, random: Random) -> tuple[Payment, Undo]:
    """The question with facts that this provider's own table does not ask for."""
    flags, counts = (None, False, True), (None, 1, 2, 3)
    names = ("chargeback", "refund_failed_before", "refunds_enabled", "partial_refunds", "balance_ok")
    facts: dict[str, Any] = {name: random.choice(flags) for name in names}
    facts |= {name: random.choice(counts) for name in ("refunds", "max_refunds", "partial_actions")}
    asked = undo.amount if undo.amount and undo.amount > 0 else None
    facts["last_refund_amount"] = random.choice((None, 1, asked, payment.amount_captured))
    facts["available_to_refund"] = random.choice((None, None, 0, 1, 333, 1000))
    facts["created_as"] = random.choice((None, "session", "never seen"))
    facts["cut_off"] = random.choice((None, "00:00", "01:00", "15:00", "23:59"))
    steps = [timedelta(minutes=minutes) for minutes in (-90, -15, -2, 0, 2)]
    for name in ("last_refund_at", "settled_at", "hold_expires_at"):
        facts[name] = random.choice((None, *(undo.at + step for step in steps)))
    return evolve(payment, **facts), undo


@pytest.mark.parametrize("provider", [DOJO, PAYROC, ADYEN], ids=lambda item: item.name)
def test_every_kind_of_condition_has_sql(provider: Provider) -> None:
    """In permits of their own, with every shape of amount, they are answered as the core answers."""
    mine = table(provider, *of(provider))
    random = Random(3)  # noqa: S311 — reproducible, not secret
    questions = [further(*item, random) for item in aimed.some(provider.name, 600, seed=3)]
    told = in_duckdb(mine, mine.edition(), rows(questions, decided(mine, mine.default, questions)))
    wanted = [answer(decision) for decision in decided(mine, mine.default, questions)]

    assert (
        []
        == [
            (question, one, other)
            for question, one, other in zip(questions, wanted, told, strict=True)
            if one != other
        ][:2]
    )


KNOWN = ("amount_captured", "amount_released", "amount_refunded")


def about_the_change_of_clocks(hour: int, minute: int) -> Iterator[tuple[Payment, Undo]]:
    """Questions a microsecond each side of a cut-off, on days on which the clocks of some zone change, and others."""
    tick = timedelta(microseconds=1)
    days = [
        datetime(2025, month, day, tzinfo=UTC)
        for month, day in ((3, 9), (3, 29), (3, 30), (7, 1), (10, 25), (10, 26))
    ]
    for day, rule, ahead in product([*days, datetime(2027, 3, 28, tzinfo=UTC)], ZONES, (0, 1)):
        end = wall_clock(day.date() + timedelta(days=ahead), hour, minute, rule or LONDON.rule)
        for authorized, at in product((day, end - tick, end), (end - tick, end, end + timedelta(days=1) - tick)):
            told: dict[str, Any] = {"amount_authorized": 1000, **dict.fromkeys(KNOWN, 0), "timezone": rule}
            payment = Payment(provider="dojo", status="Captured", currency="GBP", authorized_at=authorized, **told)
            yield payment, Undo(at=at)


@pytest.mark.parametrize(("hour", "minute"), [(17, 0), (0, 30), (23, 59)])
def test_a_cut_off_ends_where_the_core_has_it_end(hour: int, minute: int) -> None:
    """To the microsecond, in a payment's own zone and in the table's, by offsets and by the engine's own calendar."""
    mine = table(DOJO, when.before_cut_off(LONDON, hour, minute, of="authorized_at", claim=CLAIM))
    questions = list(about_the_change_of_clocks(hour, minute))
    decisions = decided(mine, mine.default, questions)

    assert {"captured", "too_late", "too_early"} <= {str(decision.reason) for decision in decisions}
    assert [answer(decision) for decision in decisions] == in_duckdb(mine, mine.edition(), rows(questions, decisions))


class TestRefused:
    """What has no SQL says so, rather than being answered wrongly."""

    def test_a_cut_off_that_clocks_skip(self) -> None:
        """On the last Sunday of March it never comes, and in October it comes twice."""
        mine = table(DOJO, when.before_cut_off(LONDON, 1, 30, of="authorized_at", claim=CLAIM))

        with pytest.raises(
            TypeError, match=r"no SQL for it is before 01:30 .*: .* days that clocks end twice or never"
        ):
            layers.layers(mine, mine.edition())

    def test_a_kind_that_is_not_ours(self) -> None:
        """A condition that somebody else made up."""
        with pytest.raises(TypeError, match="no SQL for object"):
            conditions.tested(object(), conditions.Known({}), Action.REFUND)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "proofs",
        [
            (
                Proof("amount_captured", Share.WHOLE, CLAIM, when=(when.batch_is(Batch.OPEN, claim=CLAIM),)),
                Proof("batch", Batch.OPEN, CLAIM, when=(when.nothing_captured(claim=CLAIM),)),
            ),
            (
                Proof("amount_released", Share.REST, CLAIM),
                Proof("amount_captured", 0, CLAIM),
            ),
        ],
        ids=["each other", "what comes later"],
    )
    def test_proofs_that_wait_for_each_other(self, proofs: tuple[Proof, ...]) -> None:
        """A fact is filled in from those before it alone."""
        edition = DOJO.edition()
        rows_ = (Status(edition.statuses[0].word, edition.statuses[0].claim, proves=proofs), *edition.statuses[1:])
        with pytest.raises(TypeError, match="no SQL for"):
            fillings(evolve(edition, statuses=rows_))
