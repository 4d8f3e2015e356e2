"""What two editions answer differently: every situation that tells them apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import attrs
import pytest
from typer.testing import CliRunner

from payrules import Action, CallerError, Reason, decide, providers
from payrules.cli import app, diffs
from payrules.differences import Change, Compared, compare
from payrules.table import Edition, Provider
from payrules.when import within
from tests import aimed

DOJO = providers.find("dojo")
PAIRS = [("2022-05", "current"), pytest.param(("2022-02", "2022-05"), marks=pytest.mark.long)]
beside = lru_cache(compare)
"""A walk takes a while: what was compared once is not compared again."""


def _small() -> Provider:
    """Two statuses and two rows of Dojo's."""
    now = DOJO.edition()
    small = attrs.evolve(
        now,
        name="now",
        begins="Captured",
        statuses=tuple(status for status in now.statuses if status.word in ("Captured", "Refunded")),
        transitions=tuple(row for row in now.transitions if {row.after, *row.before} <= {"Captured", "Refunded"}),
        permits=tuple(row for row in now.permits if row.name in ("reverse.auto-same-day", "refund.captured")),
    )
    return attrs.evolve(DOJO, editions=(small,), default="now")


SMALL = _small()


@pytest.fixture(scope="module", params=PAIRS, ids=str)
def compared(request: pytest.FixtureRequest) -> Compared:
    """Two of Dojo's editions beside each other."""
    return beside(DOJO, *request.param)


def changed(change: Callable[[Edition], dict[str, Any]]) -> Compared:
    """Small rules beside the same with something changed."""
    now = SMALL.edition()
    other = attrs.evolve(now, name="other", **change(now))
    return beside(attrs.evolve(SMALL, editions=(now, other)), "now", "other")


class TestDifferences:
    """`compare` tells every difference, and shows each."""

    def test_each_is_shown_by_a_payment(self, compared: Compared) -> None:
        """Of which both editions answer as it says."""
        for difference in compared.differences:
            for edition, told in ((compared.before, difference.before), (compared.after, difference.after)):
                answer = decide(difference.payment, difference.undo, edition=edition.name)

                assert (told.action, told.amount, told.remaining) == (answer.action, answer.amount, answer.remaining)
                assert (told.reason, told.rejection) == (answer.reason, answer.rejection)
                assert set(told.needs) == set(answer.needs)
                assert difference.only == difference.undo.only
                assert difference.status == difference.payment.status

    def test_none_is_left_out(self, compared: Compared) -> None:
        """Whatever two editions answer differently to aimed questions is among them."""
        told = {
            (item.status, item.before.action, item.before.reason, item.after.action, item.after.reason)
            for item in compared.differences
        }
        differing = 0
        for payment, undo in aimed.some("dojo", 800):
            before, after = (
                decide(payment, undo, edition=edition.name) for edition in (compared.before, compared.after)
            )
            if before.answer.compared != after.answer.compared:
                differing += 1
                status = payment.status if DOJO.edition().status(payment.status) else "never seen"

                assert (status, before.action, before.reason, after.action, after.reason) in told
        assert differing > 5

    def test_the_same_edition_differs_nowhere(self) -> None:
        """However many situations there are."""
        found = beside(SMALL, "now", "now")

        assert () == found.differences
        assert found.situations > 1000

    def test_the_weightiest_come_first(self, compared: Compared) -> None:
        """What is permitted now, and what no longer is, before another reason for the same no."""
        ranks = [item.change.rank for item in compared.differences]

        assert sorted(ranks) == ranks

    def test_situations_are_counted_once(self, compared: Compared) -> None:
        """However many operations they are asked about."""
        for_any = sum(item.situations for item in compared.differences if item.only is None)

        assert for_any <= compared.differing <= sum(item.situations for item in compared.differences)
        assert compared.differing < compared.situations

    def test_an_edition_that_is_not_there(self) -> None:
        """Names those that are."""
        with pytest.raises(CallerError, match="dojo has no edition '1999', only 2022-02"):
            compare(DOJO, "2022-02", "1999")


class TestChanges:
    """What becomes of an answer."""

    @staticmethod
    def of(found: Compared) -> set[tuple[Change, str, Action | None]]:
        """The changes, with status and wish."""
        return {(item.change, item.status, item.only) for item in found.differences}

    def test_a_row_is_gone(self) -> None:
        """Its operation is no longer permitted, and another is taken."""
        found = changed(lambda now: {"permits": now.permits[1:]})

        assert (("reverse.auto-same-day",), (), ()) == (found.gone, found.new, found.other)
        assert (Change.OTHERWISE, "Captured", None) in self.of(found)
        assert Change.PERMITTED not in {item.change for item in found.differences}

    def test_a_row_is_new(self) -> None:
        """Here one that asks when the capture was: facts that cannot stand together are no situation."""
        week = within(days=7, of="captured_at", claim="reverse.same-day")
        found = changed(
            lambda now: {
                "permits": (
                    *now.permits,
                    attrs.evolve(
                        now.permits[1], name="late", action=Action.CANCEL, when=(*now.permits[1].when, week)
                    ),
                )
            }
        )

        assert ("late",) == found.new
        assert (Change.OTHERWISE, "Captured", None) in self.of(found)
        assert Change.FORBIDDEN not in {item.change for item in found.differences}

    def test_a_row_is_another(self) -> None:
        """Here only its reason."""
        found = changed(
            lambda now: {
                "permits": (now.permits[0], *(attrs.evolve(row, because=Reason.REST_HELD) for row in now.permits[1:]))
            }
        )

        assert ("refund.captured",) == found.other
        assert {Change.REASON} == {item.change for item in found.differences}

    def test_a_row_gives_back_another_part(self) -> None:
        """Another amount."""
        found = changed(lambda now: {"permits": tuple(attrs.evolve(row, gives=Action.CANCEL) for row in now.permits)})

        assert Change.AMOUNT in {item.change for item in found.differences}

    def test_a_status_is_final_no_longer(self) -> None:
        """Another kind of no."""
        found = changed(lambda now: {"statuses": (now.statuses[0], attrs.evolve(now.statuses[1], final=None))})

        assert (Change.NO, "Refunded", None) in self.of(found)
        assert {"Refunded"} == {item.status for item in found.differences}

    def test_a_status_proves_less(self) -> None:
        """What it proved is unknown."""
        found = changed(lambda now: {"statuses": (attrs.evolve(now.statuses[0], proves=()), now.statuses[1])})

        assert (Change.FORBIDDEN, "Captured", None) in self.of(found)

    def test_dates_change_nothing(self) -> None:
        """An edition that ends answers as before."""
        assert () == changed(lambda now: {"until": "2027-01-01"}).differences


class TestTheCommand:
    """`payrules diff PROVIDER EDITION EDITION`."""

    @pytest.fixture(autouse=True)
    def _walk_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(diffs, "compare", beside)

    @staticmethod
    def run(*arguments: str) -> Any:
        """The command, on a wide terminal."""
        return CliRunner().invoke(app, ["diff", *arguments], env={"COLUMNS": "200"})

    def test_says_what_changed(self) -> None:
        """The rows, what is permitted now and what no longer is, each with a payment; exit code 1 as of any diff."""
        result = self.run("dojo", "2022-05", "current")

        assert 1 == result.exit_code
        for part in (
            "Dojo, from 2022-05 to current",
            "rows new: reverse.hold-7-days",
            "now permitted",
            "Authorized, asked to undo (82): reject (not_allowed too_late) → reverse 6 (not_captured)",
            '{"payment":{"provider":"dojo","status":"Authorized"',
            "Elsewhere both say no, of another kind or for another reason (--all)",
        ):
            assert part in result.stdout
        assert "another reason\n" not in result.stdout

    def test_shows_the_rest_with_all(self) -> None:
        """Where only the no is another."""
        assert "another reason\n" in self.run("dojo", "2022-05", "current", "--all").stdout

    def test_prints_a_record_with_json(self) -> None:
        """Whose payments can be asked about again."""
        told = json.loads(self.run("dojo", "2022-05", "current", "--json").stdout)
        lines = "".join(
            json.dumps({name: item[name] for name in ("payment", "undo")}) + "\n" for item in told["differences"]
        )
        for edition, side in (("2022-05", "before"), ("current", "after")):
            result = CliRunner().invoke(app, ["decide", "--records", "-", "--edition", edition], input=lines)
            answers = [json.loads(line) for line in result.stdout.splitlines()]

            assert [item[side]["reason"] for item in told["differences"]] == [item["reason"] for item in answers]

    def test_is_silent_about_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit code 0."""
        monkeypatch.setattr(providers, "find", lambda _: SMALL)
        result = self.run("dojo", "now", "now")

        assert 0 == result.exit_code
        assert "0 of " in result.stdout

    def test_bad_input_is_one_clear_error(self) -> None:
        """Exit code 2."""
        assert (2, True) == ((result := self.run("dojo", "a", "b")).exit_code, "no edition 'a'" in result.stderr)
