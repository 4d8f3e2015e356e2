"""`verify` finds each way in which a table can be broken, and nothing new in what ships."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import pytest
from attrs import evolve
from typer.testing import CliRunner

from payrules import Action, Event, Reason, decide, providers
from payrules.cli import app
from payrules.providers.dojo import wire
from payrules.table import Claim, Edition, Permit, Provider, Status, Transition
from payrules.verify import Kind, Report, accepted, verify
from payrules.when import (
    capture_mode_is,
    method_is_not,
    not_disputed,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import CaptureMode, Standing
from tests.vectors import SPECS, shown

DOJO = providers.find("dojo")
NAME = "2022-02"
DECISIONS = (SPECS / "dojo" / "decisions.md").read_text(encoding="utf-8")
SHOWN = shown("dojo")
TODAY = date(2026, 11, 25)


def report(table: Provider = DOJO, **changed: Any) -> Report:
    told = {"today": TODAY, "shown": SHOWN, "produced": wire.EVENTS, "decisions": DECISIONS, **changed}
    return verify(table, edition=NAME, **told)


def with_edition(change: Callable[[Edition], Edition]) -> Provider:
    changed = change(DOJO.edition(NAME))
    return evolve(DOJO, editions=tuple(changed if item.name == NAME else item for item in DOJO.editions))


def with_permits(*more: Permit, without: str = "") -> Provider:
    return with_edition(
        lambda edition: evolve(
            edition, permits=(*(permit for permit in edition.permits if permit.name != without), *more)
        )
    )


def permit(name: str, action: Action, *when: Any) -> Permit:
    because = Reason.CAPTURED if action is Action.REFUND else Reason.NOT_CAPTURED
    return Permit(name, action, because=because, when=(*when, not_disputed(claim="dispute.blocks")))


WHOLE, SOME = whole_amount(claim="cancel.whole"), something_captured(claim="refund.captured")
PARTS = whole_or_part(claim="refund.parts")
PARKED = Status("Parked", "status.created")
AUTHORIZED, CREATED = status_is("Authorized", claim="cancel.created"), status_is("Created", claim="cancel.created")
CAPTURED = status_is("Captured", claim="refund.captured")
FINAL_TOO = status_is("Captured", "Refunded", claim="refund.captured")
NEW_CLAIM = Claim("cancel.new", Standing.STATED, "Nothing in particular.", "cancel")


def without_the_reversal() -> Provider:
    return with_edition(
        lambda edition: evolve(
            edition,
            transitions=tuple(
                row for row in edition.transitions if (row.before, row.event) != (("Authorized",), Event.REVERSED)
            ),
        )
    )


BROKEN: dict[str, dict[str, Any]] = {
    "gap wrong_status Captured": {"table": with_permits(without="refund.captured")},
    "overlap cancel.hold reverse.authorized-same-day": {
        "table": with_permits(permit("cancel.hold", Action.CANCEL, AUTHORIZED, WHOLE))
    },
    "never-holds refund.never": {
        "table": with_permits(permit("refund.never", Action.REFUND, CAPTURED, CREATED, WHOLE))
    },
    "never-wins refund.second": {
        "table": with_permits(permit("refund.second", Action.REFUND, CAPTURED, SOME, WHOLE))
    },
    "idle-condition refund.twice refund.captured": {
        "table": with_permits(
            permit("refund.twice", Action.REFUND, CAPTURED, CAPTURED, SOME, PARTS), without="refund.captured"
        )
    },
    "idle-word refund.word Refunded": {
        "table": with_permits(permit("refund.word", Action.REFUND, FINAL_TOO, SOME, PARTS), without="refund.captured")
    },
    "idle-status Parked": {
        "table": with_edition(lambda edition: evolve(edition, statuses=(*edition.statuses, PARKED)))
    },
    "unreached Parked": {
        "table": with_edition(lambda edition: evolve(edition, statuses=(*edition.statuses, PARKED)))
    },
    "stuck Parked": {"table": with_edition(lambda edition: evolve(edition, statuses=(*edition.statuses, PARKED)))},
    "open-word refund.open method": {
        "table": with_permits(
            permit(
                "refund.open", Action.REFUND, CAPTURED, SOME, PARTS, method_is_not("cash", claim="refund.captured")
            ),
            without="refund.captured",
        )
    },
    "no-transition reverse.authorized-same-day Authorized": {"table": without_the_reversal()},
    "no-permit Created canceled": {"table": with_permits(without="cancel.created")},
    "no-adapter captured": {"produced": wire.EVENTS - {Event.CAPTURED}},
    "unhandled settled": {"produced": wire.EVENTS | {Event.SETTLED}},
    "unused-claim cancel.new": {"table": evolve(DOJO, claims=(*DOJO.claims, NEW_CLAIM))},
    "stale-page cancel": {"today": date(2028, 1, 1)},
    "no-vector cancel.whole": {"shown": SHOWN - {"cancel.whole"}},
}


def test_each_kind_of_finding_is_broken_once() -> None:
    """The cases below are of every kind that there is."""
    assert set(Kind) == {Kind(key.partition(" ")[0]) for key in BROKEN}


@pytest.mark.parametrize("key", BROKEN)
def test_a_broken_table_is_found(key: str) -> None:
    """The finding is there, is new, and its payment, where it has one, shows it."""
    case = BROKEN[key]
    found = {finding.key: finding for finding in report(**case).findings}

    assert key in found
    assert found[key].accepted is None
    finding = found[key]
    if finding.kind is Kind.GAP:
        assert finding.payment is not None
        assert finding.undo is not None
        assert Action.REJECT is decide(finding.payment, finding.undo, provider=case["table"], edition=NAME).action


def with_transition(*rows: Transition) -> Provider:
    """The table with other rows for the first one's statuses and event."""
    return with_edition(
        lambda edition: evolve(
            edition,
            transitions=(
                *(row for row in edition.transitions if (row.before, row.event) != (rows[0].before, rows[0].event)),
                *rows,
            ),
        )
    )


def test_a_success_that_its_transition_forbids_is_found() -> None:
    """A transition that asks afterwards for what a reversal has just undone is none for it."""
    row = Transition("Authorized", Event.REVERSED, "Reversed", "reverse.before-capture", when=(SOME,))
    keys = [finding.key for finding in verify(with_transition(row), edition=NAME).findings]

    assert "no-transition reverse.authorized-same-day Authorized" in keys


def test_a_success_whose_status_hangs_on_an_unknown_fact_is_none() -> None:
    """Where the capture mode would tell which status a cancel leads to, there is a transition all the same."""
    rows = [
        Transition(
            "Created", Event.CANCELED, after, "cancel.created", when=(capture_mode_is(mode, claim="cancel.created"),)
        )
        for mode, after in ((CaptureMode.AUTO, "Canceled"), (CaptureMode.MANUAL, "Reversed"))
    ]
    keys = [finding.key for finding in verify(with_transition(*rows), edition=NAME).findings]

    assert [] == [key for key in keys if key.startswith("no-transition")]


def test_a_window_from_the_capture_is_walked() -> None:
    """A time of capture beside nothing captured is no payment, so no finding is shown by one."""
    late = permit(
        "refund.late",
        Action.REFUND,
        CAPTURED,
        SOME,
        PARTS,
        within(days=30, of="captured_at", claim="refund.captured"),
    )
    found = verify(with_permits(late, without="refund.captured"), edition=NAME).findings

    assert "gap too_late Captured" in [finding.key for finding in found]
    for finding in found:
        if finding.payment is not None and finding.payment.captured_at is not None:
            assert finding.payment.amount_captured != 0


def test_a_condition_beside_a_permit_with_the_same_answer_is_idle() -> None:
    """What it alone keeps closed would say what another permit says already."""
    no_cash = method_is_not("cash", claim="refund.captured")
    permits = with_permits(permit("refund.by-method", Action.REFUND, CAPTURED, SOME, PARTS, no_cash))
    found = verify(permits, edition=NAME).findings

    assert "idle-condition refund.by-method refund.captured" in [
        finding.key for finding in found if "method" in finding.says
    ]


def test_what_ships_has_nothing_new() -> None:
    """Every finding in the oldest edition is accepted by a decision."""
    found = report()

    assert () == found.new
    assert {"D9", "D11", "D14", "D16"} == {finding.accepted for finding in found.findings}
    assert found.situations > found.classes > 1_000


@pytest.mark.parametrize(
    "key", ["gap wrong_status Captured", "stuck Parked", "no-transition reverse.authorized-same-day Authorized"]
)
def test_the_command_fails_on_a_broken_table(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is 1, and the finding is printed with a payment that shows it."""
    monkeypatch.setattr(providers, "find", lambda _: BROKEN[key]["table"])
    done = CliRunner().invoke(app, ["verify", "dojo", "--edition", NAME, "--specs", str(SPECS)])

    assert 1 == done.exit_code
    assert key in done.output


def test_the_command_says_what_is_accepted() -> None:
    """With `--all` and as JSON each finding carries the number of its decision; the exit code is 0."""
    done = CliRunner().invoke(app, ["verify", "dojo", "--edition", NAME, "--specs", str(SPECS), "--json"])
    (record,) = json.loads(done.stdout)
    shown = CliRunner().invoke(app, ["verify", "dojo", "--edition", NAME, "--specs", str(SPECS), "--all"])

    assert 0 == done.exit_code == shown.exit_code
    assert 0 == record["new"]
    assert {"kind", "subject", "says", "accepted", "payment", "undo"} == set(record["findings"][0])
    assert "gap disputed Created (D9)" in shown.output


def test_the_reports_stand_in_the_order_of_the_table() -> None:
    """Whichever of them is done first."""
    done = CliRunner().invoke(app, ["verify", "klarna", "dojo", "--specs", str(SPECS), "--json"])
    names = [(record["provider"], record["edition"]) for record in json.loads(done.stdout)]

    assert [(name, item.name) for name in ("klarna", "dojo") for item in providers.find(name).editions] == names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--today", "yesterday"), "no day such as"),
        (("--specs", "nowhere"), "there is no folder"),
        (("--edition", "2021"), "no edition '2021'"),
    ],
)
def test_odd_input_is_said(arguments: tuple[str, str], told: str) -> None:
    """Exit code 2, and what is wrong."""
    done = CliRunner().invoke(app, ["verify", "dojo", *arguments])

    assert 2 == done.exit_code
    assert told in " ".join(done.output.split())


@pytest.mark.long
@pytest.mark.parametrize("provider", providers.NAMES)
def test_everything_that_ships_is_meant(provider: str) -> None:
    """`verify` exits with 0 for every edition, and every acceptance accepts something."""
    done = CliRunner().invoke(app, ["verify", provider, "--specs", str(SPECS), "--json", "--today", "2026-11-25"])
    keys = {f"{item['kind']} {item['subject']}" for record in json.loads(done.stdout) for item in record["findings"]}

    assert 0 == done.exit_code, [
        item for record in json.loads(done.stdout) for item in record["findings"] if not item["accepted"]
    ]

    decisions = (SPECS / provider / "decisions.md").read_text(encoding="utf-8")
    assert [] == [pattern for pattern in accepted(decisions) if not any(fnmatchcase(key, pattern) for key in keys)]


def figures(quick: bool) -> dict[str, int]:
    """How many situations were walked, in how many classes, and what was found."""
    found: Counter[str] = Counter()
    for name in providers.NAMES:
        decisions = (SPECS / name / "decisions.md").read_text(encoding="utf-8")
        for edition in providers.find(name).editions:
            told = verify(providers.find(name), edition=edition.name, decisions=decisions)
            assert () == told.new
            found.update(
                {"situations": told.situations, "classes": told.classes, "findings, all accepted": len(told.findings)}
            )
    return dict(found)
