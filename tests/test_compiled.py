"""A compiled table answers as the interpreted one, whatever is asked of it, and is right before it is fast."""

from __future__ import annotations

import inspect
import linecache
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest
from attrs import evolve, frozen
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from hypothesis import strategies as st

from payrules import CallerError, CaptureMode, Payment, Undo, compiled, decide, decide_many, providers
from payrules.answers import answer
from payrules.days import DAYS_MAX, place
from payrules.decide import Decision
from payrules.facts import Facts
from payrules.fill import fill
from payrules.outcomes import Outcome
from payrules.table import Edition, Permit, Provider
from payrules.when import CutOff, Is, Miss, method_is, method_known_to_be, spell, status_is, whole_amount
from payrules.words import OPERATIONS, Action, Reason, Rejection
from tests import aimed, made_up
from tests.strategies import questions
from tests.vectors import Vector, every

EDITIONS = [(name, edition.name) for name in providers.NAMES for edition in providers.find(name).editions]
every_edition = pytest.mark.parametrize(("provider", "edition"), EDITIONS)

Question = tuple[Payment, Undo]


def interpreted(edition: Edition, payment: Payment, undo: Undo) -> tuple[object, ...]:
    """The reference's answer."""
    told = answer(edition, fill(edition, payment, undo))
    return told.action, told.reason, told.rejection, told.amount, told.remaining, told.permit


def found(decision: Decision) -> tuple[object, ...]:
    """The compiled table's answer."""
    return (
        decision.action,
        decision.reason,
        decision.rejection,
        decision.amount,
        decision.remaining,
        decision.outcome.permit,
    )


def differing(table: Provider, edition: str | None, asked: Iterable[Question]) -> Iterator[Question]:
    """The questions that the two answer differently."""
    dated = table.edition(edition)
    for payment, undo in asked:
        if interpreted(dated, payment, undo) != found(decide(payment, undo, provider=table, edition=edition)):
            yield payment, undo


class TestCompiledEqualsInterpreted:
    """One meaning: the function that a table is compiled to gives the table's own answer."""

    @pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
    def test_on_every_vector(self, vector: Vector) -> None:
        """Action, reason, rejection, amount, remainder and permit, for each operation too."""
        table = providers.find(vector.provider)
        wishes = [evolve(vector.undo, only=only) for only in (vector.undo.only, None, *OPERATIONS)]

        assert [] == list(differing(table, vector.edition, ((vector.payment, undo) for undo in wishes)))

    @every_edition
    def test_on_aimed_payments(self, provider: str, edition: str) -> None:
        """On a seeded stream of payments near every edge."""
        asked = aimed.some(provider, 2_000, edition=edition)

        assert [] == list(differing(providers.find(provider), edition, asked))

    @pytest.mark.long
    @every_edition
    def test_on_a_hundred_thousand_aimed_payments(self, provider: str, edition: str) -> None:
        """On many more of them."""
        asked = aimed.some(provider, 100_000, seed=1, edition=edition)

        assert [] == list(differing(providers.find(provider), edition, asked))

    @every_edition
    @settings(max_examples=60)
    @given(data=st.data())
    def test_on_drawn_payments(self, provider: str, edition: str, data: st.DataObject) -> None:
        """On what the other property tests draw."""
        asked = data.draw(questions(provider))

        assert [] == list(differing(providers.find(provider), edition, [asked]))

    @pytest.mark.parametrize("seed", range(80))
    def test_on_made_up_tables(self, seed: int) -> None:
        """For every kind of condition and of proof, in tables put together at random."""
        random = Random(seed)  # noqa: S311
        table = made_up.table(random)

        assert [] == list(differing(table, None, (made_up.question(random) for _ in range(100))))

    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(1_000, 1_040))
    def test_on_many_made_up_tables(self, seed: int) -> None:
        """For fifty tables a seed."""
        random = Random(seed)  # noqa: S311
        for _ in range(50):
            table = made_up.table(random)
            assert [] == list(differing(table, None, (made_up.question(random) for _ in range(400))))


@frozen
class Odd:
    """A kind of condition that nobody has written a form for: even amounts are asked for."""

    claim: str = made_up.C
    guard: bool = False
    reads: tuple[str, ...] = ("amount_authorized",)

    def test(self, facts: Facts, action: Action) -> Miss | None:
        if facts.undo.amount is None:
            return Miss(Reason.UNKNOWN_FACT, Rejection.MISSING_FACT, ("amount_authorized",))
        return Miss(Reason.TOO_EARLY, Rejection.WAIT) if facts.undo.amount % 2 else None


def with_odd(random: Random) -> Provider:
    """A table, some of whose permits and proofs have a condition without a form."""
    table = made_up.table(random, permits=5)
    (edition,) = table.editions
    permits = tuple(
        evolve(permit, when=(*permit.when, Odd())) if random.random() < 0.5 else permit for permit in edition.permits
    )
    first, *others = edition.statuses
    proofs = tuple(evolve(proof, when=(*proof.when, Odd())) for proof in first.proves)
    changed = evolve(edition, permits=permits, statuses=(evolve(first, proves=proofs), *others))
    return evolve(table, editions=(changed,))


class TestANewKindOfCondition:
    """It is right before it is fast."""

    @pytest.mark.parametrize("seed", range(20))
    def test_is_tested_as_it_tests_itself(self, seed: int) -> None:
        """In permits and in proofs, among others that have a form."""
        random = Random(seed)  # noqa: S311
        table = with_odd(random)

        assert [] == list(differing(table, None, (made_up.question(random) for _ in range(100))))


ZONES = {
    "London": "GMT0BST,M3.5.0/1,M10.5.0/2",
    "Kolkata": "IST-5:30",
    "Kathmandu": "NPT-5:45",
    "Lord Howe": "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
    "Troll": "TRO0TST-2,M3.5.0/1,M10.5.0/3",
    "St Johns at midnight": "NST3:30NDT,M3.2.0/0,M11.1.0/0",
    "Chatham": "CHAST-12:45CHADT,M9.5.0/2,M4.1.0/3",
    "Santiago at the end of the day": "CLT4CLST,M9.1.6/24,M4.1.6/24",
    "two hours of summer": "AAA0BBB,M3.5.0/1,M3.5.0/3",
    "summer at the turn of the year": "AAA-3BBB,M1.1.0/0,M12.5.0/23",
    "far east": "LIN-14",
    "far west": "AAA12",
}


class TestDays:
    """Where an instant lies in the local day of another, for every offset and every change of clocks."""

    @pytest.mark.parametrize("until", [None, CutOff(0, 0), CutOff(1, 30), CutOff(18, 0)], ids=str)
    @pytest.mark.parametrize("rule", ZONES.values(), ids=ZONES.keys())
    def test_are_those_of_the_calendar(self, rule: str, until: CutOff | None) -> None:
        """Around every change of clocks and far from any, at the edges and a microsecond from them."""
        random = Random(rule)  # noqa: S311
        placed = place(rule, until)
        for _ in range(60):
            moment = _moment(random)
            start, end = spell(moment, rule, until)
            tick = timedelta(microseconds=1)
            for at in (start - tick, start, moment, end - tick, end):
                expected = -1 if at < start else 1 if at >= end else 0
                assert expected == placed(moment, at), (moment, at)

    @pytest.mark.long
    @pytest.mark.parametrize("rule", ZONES.values(), ids=ZONES.keys())
    def test_are_those_of_the_calendar_for_every_quarter_of_an_hour(self, rule: str) -> None:
        """From 2026 to the end of 2027."""
        placed, moment = place(rule), datetime(2026, 1, 1, tzinfo=UTC)
        while moment < datetime(2028, 1, 1, tzinfo=UTC):
            start, end = spell(moment, rule, None)
            told = [placed(moment, at) for at in (start - timedelta(microseconds=1), start, end)]
            assert told == [-1, 1 if start >= end else 0, 1], moment
            moment += timedelta(minutes=15)

    def test_are_remembered_up_to_a_bound(self) -> None:
        """Of more days than that, all are forgotten, and the answers stay right."""
        rule, moment = "XYZ-1", datetime(2001, 1, 1, 12, tzinfo=UTC)
        placed = place(rule)

        assert {0} == {
            placed(moment + timedelta(days=day), moment + timedelta(days=day)) for day in range(DAYS_MAX + 9)
        }
        assert DAYS_MAX >= max(len(cell.cell_contents) for cell in _dicts(placed))


def _dicts(function: Any) -> list[Any]:
    return [cell for cell in function.__closure__ if isinstance(cell.cell_contents, dict)]


def _moment(random: Random) -> datetime:
    """Mostly within two days of a change of clocks somewhere."""
    change = random.choice(["2026-03-08", "2026-03-29", "2026-10-04", "2026-11-01", "2026-10-25", "2026-12-31"])
    near = datetime.fromisoformat(change).replace(tzinfo=UTC) + timedelta(minutes=random.randint(-2_900, 2_900))
    far = near + timedelta(days=random.randint(-4_000, 4_000))
    return random.choice((near, near, far)) + random.choice((0, 0, 1, -1)) * timedelta(microseconds=1)


AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def sale(**fields: Any) -> Payment:
    return Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=1000, **fields)


class TestADecision:
    """It is the same value however it was made."""

    @every_edition
    def test_equals_one_that_is_built(self, provider: str, edition: str) -> None:
        """Equal, of equal hash, shown alike, and the same after pickling."""
        for payment, undo in aimed.some(provider, 20, seed=2, edition=edition):
            decision = decide(payment, undo, edition=edition)
            names = ("payment", "undo", "provider", "table", "outcome", "amount", "remaining")
            built = Decision(*(getattr(decision, name) for name in names))

            assert (built, repr(built)) == (decision, repr(decision))
            assert built.to_record() == decision.to_record() == pickle.loads(pickle.dumps(decision)).to_record()  # noqa: S301

    def test_cannot_be_changed(self) -> None:
        """Though it is put together field by field."""
        decision = decide(sale(), Undo(at=AT))

        assert type(decision) is Decision
        with pytest.raises(FrozenInstanceError):
            decision.amount = 5  # type: ignore[misc]
        with pytest.raises(TypeError):
            bool(decision)

    def test_shares_what_has_no_amount(self) -> None:
        """Two rejections for the same reason hold the same outcome."""
        one, other = (decide(evolve(sale(), status="Canceled"), Undo(at=AT, amount=amount)) for amount in (1, None))

        assert isinstance(one.outcome, Outcome)
        assert one.outcome is other.outcome


class TestCompiling:
    """A table is compiled when it is first asked, once, and can be looked at."""

    def test_waits_for_the_first_question(self) -> None:
        """Importing compiles nothing, and does not load what compiling needs."""
        script = (
            "import linecache, sys, payrules; "
            "print([name for name in linecache.cache if name.startswith('<payrules')], 'payrules.generate' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        assert "[] False" == done.stdout.strip()

    def test_happens_once(self) -> None:
        """Also where threads ask at the same time, by name or by default."""
        barrier, got = Barrier(8), []

        def ask(edition: str | None) -> None:
            barrier.wait()
            got.append(compiled.compiled("dojo", table, edition).decide)

        table = evolve(providers.find("dojo"))
        threads = [Thread(target=ask, args=(edition,)) for edition in (None, "2022-05") * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 8 == len(got)
        assert 1 == len(set(got))

    def test_tells_tables_of_the_same_name_apart(self) -> None:
        """A caller's own table is not taken for the shipped one."""
        shipped = providers.find("dojo")
        emptied = evolve(shipped, editions=tuple(evolve(edition, permits=()) for edition in shipped.editions))

        assert Action.CANCEL is decide(sale(), Undo(at=AT)).action
        assert Reason.NOT_OFFERED is decide(sale(), Undo(at=AT), provider=emptied).reason
        assert emptied is decide(sale(), Undo(at=AT), provider=emptied).provider

    def test_keeps_a_bounded_number_of_own_tables(self) -> None:
        """Those asked last; the source of the others is forgotten too."""
        sources = len(linecache.cache)
        for _ in range(compiled.OWN_MAX + 5):
            decide(sale(), Undo(at=AT), provider=evolve(providers.find("dojo")))

        assert compiled.OWN_MAX >= len(compiled._own)
        assert sources + compiled.OWN_MAX >= len(linecache.cache)

    @every_edition
    def test_shows_its_source(self, provider: str, edition: str) -> None:
        """To `inspect`, to a debugger, and in a traceback."""
        table = providers.find(provider)
        function = compiled.compiled(provider, None, edition).decide

        assert compiled.source(table, table.edition(edition)) == inspect.getsource(function)
        with pytest.raises(AttributeError) as caught:
            function(None, None)  # type: ignore[arg-type]
        assert "status, pending = payment.status, payment.amount_refund_pending" in "".join(
            traceback.format_exception(caught.value)
        )

    @pytest.mark.parametrize("edition", ["2022-02", "2022-05", "current"])
    def test_is_the_same_every_time(self, edition: str) -> None:
        """The same table gives the same source."""
        table = providers.find("dojo")
        dated = table.edition(edition)

        assert compiled.source(table, dated) == compiled.source(evolve(table), dated)

    def test_names_what_is_asked_for_and_is_not_there(self) -> None:
        """A provider, or an edition."""
        with pytest.raises(CallerError, match="no edition '1999'"):
            decide(sale(), Undo(at=AT), edition="1999")
        with pytest.raises(CallerError, match="did you mean 'dojo'"):
            decide(evolve(sale(), provider="doj"), Undo(at=AT))


class TestManyRows:
    """A word that tells many permits apart is looked up."""

    def test_are_told_apart_by_a_word(self) -> None:
        """Of 100 permits, one for each method, the one of the payment's method answers."""
        random = Random(5)  # noqa: S311
        methods = tuple(f"m{number}" for number in range(100))
        table = _by_method(methods)
        for method in (*random.sample(methods, 20), None, "never seen"):
            payment = Payment(
                provider="made-up", status="open", currency="EUR", method=method, amount_authorized=5, amount_refunded=0,
                amount_released=0, amount_captured=0,
            )  # fmt: skip
            decision = decide(payment, Undo(at=AT), provider=table)

            assert (f"made-up.{method}" if method in methods else None) == decision.rule
            assert [] == list(differing(table, None, [(payment, Undo(at=AT))]))

    @pytest.mark.parametrize(("condition", "looked_up"), [(method_is, True), (method_known_to_be, False)])
    def test_a_word_that_is_taken_as_any_other_has_no_branch(
        self, condition: Callable[..., Is], looked_up: bool
    ) -> None:
        """Four methods and an unknown one are five cases, unless an unknown one fails as any other does."""
        table = _by_method(("m0", "m1", "m2", "m3"), condition)
        random = Random(7)  # noqa: S311

        assert looked_up is ("CASES_OF_METHOD" in compiled.source(table, table.edition()))
        assert [] == list(differing(table, None, (made_up.question(random) for _ in range(200))))


def _by_method(methods: tuple[str, ...], condition: Callable[..., Is] = method_is) -> Provider:
    table = made_up.table(Random(1), permits=0)  # noqa: S311
    permits = tuple(
        Permit(
            method,
            Action.CANCEL,
            Reason.NOT_CAPTURED,
            (status_is("open", claim=made_up.C), whole_amount(claim=made_up.C), condition(method, claim=made_up.C)),
        )
        for method in methods
    )
    return evolve(table, editions=(evolve(table.editions[0], permits=permits),))


class TestDecideMany:
    """Many questions are answered one after the other."""

    def test_answers_as_one_at_a_time(self) -> None:
        """Pairs and records alike."""
        asked = list(aimed.some("payroc", 50))
        records = [{"payment": payment.to_record(), "undo": undo.to_record()} for payment, undo in asked]
        expected = [decide(payment, undo) for payment, undo in asked]

        assert expected == list(decide_many(asked))
        assert expected == list(decide_many(records))

    def test_holds_one_at_a_time(self) -> None:
        """No question is read before its turn, so an endless stream is no matter."""
        taken = []

        def endless() -> Iterator[Question]:
            for question in aimed.questions("dojo"):
                taken.append(question)
                yield question

        decisions = decide_many(endless())
        next(decisions), next(decisions)

        assert 2 == len(taken)

    def test_takes_a_table_and_an_edition(self) -> None:
        """As `decide` does."""
        asked = [(sale(created_at=AT, capture_mode=CaptureMode.AUTO), Undo(at=AT, only=Action.REVERSE))]

        assert ["reverse"] == [item.action for item in decide_many(asked, edition="2022-02")]
        assert ["reject"] == [item.action for item in decide_many(asked, provider=providers.find("dojo"))]

    def test_goes_on_after_a_record_that_cannot_be_read(self) -> None:
        """The error is raised in its place."""
        good = {"payment": sale().to_record(), "undo": {"at": "2026-11-20T12:00:00Z"}}
        decisions = decide_many([{**good, "payment": {"provider": "dojo"}}, {**good, "more": 1}, good])

        for name in ("status", "more"):
            with pytest.raises(CallerError, match=name):
                next(decisions)
        assert ["cancel"] == [item.action for item in decisions]
