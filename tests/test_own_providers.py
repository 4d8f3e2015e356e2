"""A provider of one's own, without a fork: made known by name, brought by a package, or narrowing a shipped one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import pytest
from acme_pay.cashbridge import wire as cashbridge_wire
from acme_pay.cashbridge.table import TABLE as CASHBRIDGE
from acme_pay.dojo_shop.table import TABLE as DOJO_SHOP
from hypothesis import given, settings
from hypothesis import strategies as st

from payrules import (
    Action,
    CallerError,
    Payment,
    Reason,
    Rejection,
    Response,
    Step,
    TableError,
    Undo,
    after,
    check,
    decide,
    explain,
    fold,
    forecast,
    plan,
    plugins,
    providers,
)
from payrules.policy import narrowed
from payrules.table import Claim, Page
from payrules.when import approved_above, whole_amount, within
from payrules.words import Standing
from tests.strategies import questions
from tests.vectors import ROOT

ACME = ROOT / "tests" / "acme"
AT = datetime(2026, 11, 20, 22, tzinfo=UTC)
BODY = {"ref": "C1", "state": "paid", "cents": 1200, "ccy": "USD", "paid": "2026-11-20T15:00:00Z"}
SETTLED = {**BODY, "state": "settled", "returned": 0}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Nothing that a test registers is known to the next."""
    before = list(providers._finders)
    yield
    for name in providers.names():
        providers.unregister(name)
    providers._finders[:] = before


class TestRegistering:
    """A table of one's own is known by its name once it is registered."""

    def test_makes_every_question_answerable(self) -> None:
        """Decide, check, plan, forecast, explain, fold, after: all of them by name alone."""
        providers.register(CASHBRIDGE, cashbridge_wire)
        payment = cashbridge_wire.payment(BODY, {})
        decision = decide(payment, Undo(at=AT))

        assert (Action.REVERSE, "cashbridge.void", "/void/C1") == (
            decision.action,
            decision.rule,
            decision.call and decision.call.path,
        )
        assert "2026-11-21T02:00:00+00:00" == decision.good_until.isoformat() if decision.good_until else False
        assert [Action.REVERSE, Action.REJECT] == [item.action for item in forecast(payment, Undo(at=AT))]
        assert not check(payment, Undo(at=AT))[Action.REFUND].permitted
        assert [decision.action] == [step.action for step in plan(payment, Undo(at=AT))]
        assert "https://cashbridge.example/manual" in explain(decision)
        assert Step.DONE is after(decision, Response(status=200, body={"result": "OK", "ticket": "T"})).step
        events = providers.reported("cashbridge", [{**SETTLED, "id": "1", "returned": None}])
        folded = fold("cashbridge", events)
        assert ("settled", 1200) == (folded.status, folded.amount_captured)

    def test_names_what_the_caller_fills_in(self) -> None:
        """As for a shipped one."""
        providers.register(CASHBRIDGE, cashbridge_wire)
        call = decide(cashbridge_wire.payment(SETTLED, {}), Undo(at=AT, amount=200)).call

        assert call is not None
        assert {"cents": 200, "till": "7"} == call.filled(till="7").body

    def test_takes_no_name_that_is_known(self) -> None:
        """Neither a shipped one nor one of one's own, unless it says so; and then it can be taken back."""
        shop = narrowed(DOJO_SHOP, {}, claims=(), name="dojo")
        with pytest.raises(CallerError, match="replace"):
            providers.register(shop)
        providers.register(shop, replace=True)

        assert "Dojo at Acme" == providers.find("dojo").title
        assert providers.wire("dojo") is None
        assert providers.NAMES == providers.names()
        providers.unregister("dojo")
        assert "Dojo" == providers.find("dojo").title

    def test_what_is_not_known_names_the_nearest(self) -> None:
        """Among one's own too."""
        providers.register(CASHBRIDGE)
        with pytest.raises(CallerError, match="did you mean 'cashbridge'"):
            providers.find("cashbrigde")

    def test_without_it_a_table_is_passed_along(self) -> None:
        """A table without an adapter decides, and has no call."""
        decision = decide(cashbridge_wire.payment(BODY, {}), Undo(at=AT), provider=CASHBRIDGE)

        assert (Action.REVERSE, None) == (decision.action, decision.call)


class TestAPackage:
    """An installed package brings providers by entry points, which are looked up when a name is not known."""

    @pytest.fixture(autouse=True)
    def _installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What an installer leaves of a package lies on the path."""
        monkeypatch.syspath_prepend(ACME / "installed")

    def test_is_found_by_the_shell_alone(self) -> None:
        """The core looks nowhere; once the shell has asked it to, an unknown name is found, table and adapter."""
        with pytest.raises(CallerError):
            providers.find("cashbridge")
        plugins.enable()
        plugins.enable()

        assert "Cashbridge" == providers.find("cashbridge").title
        assert providers.wire("cashbridge") is not None
        assert 1 == len(providers._finders)
        providers.look_up_with(lambda name: pytest.fail(f"{name} was found already"))
        assert "Dojo at Acme" == providers.find("dojo-shop").title
        providers._finders.pop()
        with pytest.raises(CallerError, match="no provider 'nobody'"):
            providers.find("nobody")

    def test_has_to_bring_the_table_that_it_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An entry point under another name than its table's is a mistake of the package's."""
        monkeypatch.syspath_prepend(ACME / "broken")
        with pytest.raises(CallerError, match=r"acme_pay\.cashbridge\.table\.TABLE is not the table of 'misnamed'"):
            plugins.load("misnamed")

    def test_cannot_bring_what_another_brings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Which of two would win is not left to chance."""
        found = list(metadata.entry_points(group=plugins.GROUP, name="cashbridge"))
        monkeypatch.setattr(metadata, "entry_points", lambda **_: [*found, *found])
        with pytest.raises(CallerError, match="and by"):
            plugins.load("cashbridge")

    def test_may_bring_a_table_without_an_adapter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then there are no calls."""
        monkeypatch.setattr(plugins, "find_spec", lambda _: None)
        plugins.load("cashbridge")

        assert providers.wire("cashbridge") is None

    def test_all_are_listed(self) -> None:
        """The shipped ones first; one that is known already is passed over."""
        plugins.load_all()
        plugins.load_all()

        assert (*providers.NAMES, "cashbridge", "dojo-shop") == providers.names()


def command(*arguments: str, body: Any = None, installed: str = "installed") -> tuple[int, str, str]:
    """The command line in a process of its own, with the package on its path."""
    path = os.pathsep.join([str(ACME), str(ACME / installed)])
    done = subprocess.run(
        [sys.executable, "-m", "payrules.cli", *arguments],
        input="" if body is None else json.dumps(body),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
    )
    return done.returncode, done.stdout, done.stderr


class TestTheCommandLine:
    """Everything works for a provider that a package brings as for a shipped one."""

    def test_decides(self) -> None:
        """From the provider's own JSON, with the call."""
        code, out, _ = command("decide", "cashbridge", "-", "--at", "2026-11-20T22:00:00Z", "--json", body=BODY)
        record = json.loads(out)

        assert (0, "reverse", "/void/C1") == (code, record["action"], record["call"]["path"])

    def test_decides_lines_that_name_it(self) -> None:
        """A name that only a line of records holds is looked up too."""
        payment = cashbridge_wire.payment(BODY, {}).to_record()
        line = {"payment": payment, "undo": {"at": "2026-11-20T22:00:00Z"}}
        code, out, _ = command("decide", "--records", "-", body=line)

        assert (0, "reverse") == (code, json.loads(out)["action"])

    def test_shows_its_table(self) -> None:
        """With its claims and answers."""
        code, out, _ = command("table", "cashbridge")

        assert 0 == code
        assert "Payments settle at nine in the evening in New York." in out

    def test_lists_it(self) -> None:
        """After the shipped ones."""
        code, out, _ = command("providers", "--json")

        assert 0 == code
        assert [*providers.NAMES, "cashbridge", "dojo-shop"] == [item["provider"] for item in json.loads(out)]

    def test_folds_its_events(self) -> None:
        """Through its own adapter."""
        code, out, _ = command("fold", "cashbridge", "-", body={**SETTLED, "id": "1", "returned": None})
        payment = json.loads(out)["payment"]

        assert (0, "settled", 1200) == (code, payment["status"], payment["amount_captured"])

    def test_narrows_a_shipped_one(self) -> None:
        """The company's rule is named as the reason."""
        intent = {
            "id": "pi_1",
            "status": "Captured",
            "captureMode": "Auto",
            "amount": {"value": 60000, "currencyCode": "GBP"},
            "refundedAmount": 0,
            "paymentDetails": {"transactionDateTime": "2026-11-01T10:00:00Z"},
        }
        asked = ("decide", "dojo-shop", "-", "--at", "2026-11-20T22:00:00Z", "--json")
        code, out, _ = command(*asked, body=intent)
        record = json.loads(out)

        assert (3, "wait", "needs_approval") == (code, record["rejection"], record["reason"])
        code, out, _ = command(*asked, "--fact", "amount_approved=60000", body=intent)
        assert (0, "refund") == (code, json.loads(out)["action"])

    def test_names_a_wrong_package(self) -> None:
        """In one line, and without a traceback."""
        code, _, err = command("table", "misnamed", installed="broken")

        assert 2 == code
        assert "is not the table of 'misnamed'" in err
        assert "Traceback" not in err


def shop(**fields: Any) -> Payment:
    plain: dict[str, Any] = {
        "provider": "dojo",
        "payment_id": "pi_1",
        "status": "Captured",
        "capture_mode": "auto",
        "currency": "GBP",
        "amount_authorized": 100000,
        "amount_refunded": 0,
        "authorized_at": "2026-10-25T10:00:00Z",
    }
    return Payment.from_record({**plain, **fields})


class TestACompanysRules:
    """No refunds after 30 days; above 500.00 somebody approves it."""

    @pytest.mark.parametrize(
        ("at", "amount", "fields", "action", "rejection", "reason"),
        [
            ("2026-11-20T10:00:00Z", 50000, {}, "refund", None, "captured"),
            ("2026-11-20T10:00:00Z", 50001, {}, "reject", "wait", "needs_approval"),
            ("2026-11-20T10:00:00Z", 50001, {"amount_approved": 50001}, "refund", None, "captured"),
            ("2026-11-20T10:00:00Z", None, {}, "reject", "wait", "needs_approval"),
            ("2026-11-20T10:00:00Z", None, {"amount_approved": 100000}, "refund", None, "captured"),
            ("2026-11-24T09:59:59Z", 100, {}, "refund", None, "captured"),
            ("2026-11-24T10:00:00Z", 100, {}, "reject", "not_allowed", "too_late"),
            ("2026-11-24T10:00:00Z", None, {"amount_approved": 100000}, "reject", "not_allowed", "too_late"),
            ("2026-10-25T12:00:00Z", None, {}, "reject", "wait", "needs_approval"),
            ("2026-10-25T12:00:00Z", None, {"amount_approved": 100000}, "reverse", None, "same_day"),
            ("2026-11-20T10:00:00Z", 100, {"amount_refunded": 50000}, "reject", "wait", "needs_approval"),
        ],
    )
    def test_narrow_the_shipped_table(
        self, at: str, amount: int | None, fields: dict[str, Any], action: str, rejection: str | None, reason: str
    ) -> None:
        """At the edges of the window and of the limit."""
        decision = decide(shop(**fields), Undo.from_record({"at": at, "amount": amount}), provider=DOJO_SHOP)

        assert (action, rejection, reason) == (decision.action, decision.rejection, decision.reason)

    def test_say_what_they_rest_on(self) -> None:
        """A no names the company's claim and a person is told what is missing; a yes rests on the provider's alone."""
        no = decide(shop(), Undo(at=AT, amount=60000), provider=DOJO_SHOP)
        yes = decide(shop(), Undo(at=AT, amount=60000), provider=providers.find("dojo"))

        assert (Rejection.WAIT, Reason.NEEDS_APPROVAL) == (no.rejection, no.reason)
        assert ("dojo-shop.shop.approval",) == no.claims
        assert (
            "Wait: somebody has to approve GBP 60000 (minor units), as what is given back in all is then above the limit."
            == no.message
        )
        approved = decide(shop(amount_approved=60000), Undo(at=AT, amount=60000), provider=DOJO_SHOP)
        assert [claim.partition(".")[2] for claim in yes.claims] == [
            claim.partition(".")[2] for claim in approved.claims
        ]
        assert 60000 == approved.expects["amount_approved"]

    def test_end_the_answer_when_the_window_ends(self) -> None:
        """The 30 days are part of `good_until`."""
        decision = decide(shop(), Undo(at=AT, amount=100), provider=DOJO_SHOP)

        assert datetime(2026, 11, 24, 10, tzinfo=UTC) == decision.good_until

    @settings(max_examples=60)
    @given(data=st.data())
    def test_never_turn_a_no_into_a_yes(self, data: st.DataObject) -> None:
        """Whatever the company asks, an operation that it permits is permitted without it."""
        payment, undo = data.draw(questions("dojo"))
        narrow, wide = check(payment, undo, provider=DOJO_SHOP), check(payment, undo)

        assert all(wide[action].permitted for action in narrow if narrow[action].permitted)

    def test_take_the_place_of_the_shipped_table(self) -> None:
        """Registered under its name, they hold wherever it is asked for."""
        dojo = providers.find("dojo")
        handbook = Page("handbook", "https://acme.example", "2026-11-01")
        claim = Claim("shop.days", Standing.STATED, "Nothing is refunded after 30 days.", "handbook")
        rule = within(days=30, of="authorized_at", claim="shop.days")
        table = narrowed(dojo, {Action.REFUND: [rule]}, claims=[claim], pages=[handbook])
        providers.register(table, providers.wire("dojo"), replace=True)
        late = Undo(at=datetime(2026, 12, 20, tzinfo=UTC), amount=100)

        assert Reason.TOO_LATE is decide(shop(), late).reason
        providers.unregister("dojo")
        assert Action.REFUND is decide(shop(), late).action

    def test_cite_claims_of_their_own(self) -> None:
        """One that is not given, a second amount, or a rule on what is no operation does not load."""
        dojo = providers.find("dojo")
        with pytest.raises(TableError, match=r"claim 'shop\.x' is not listed"):
            narrowed(dojo, {Action.REFUND: [approved_above(("GBP", 1), claim="shop.x")]}, claims=())
        with pytest.raises(TableError, match="how much may be asked for"):
            narrowed(dojo, {Action.REFUND: [whole_amount(claim="refund.parts")]}, claims=())
        with pytest.raises(CallerError, match="reject is no operation"):
            narrowed(dojo, {Action.REJECT: []}, claims=())
