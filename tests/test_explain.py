"""Prose, pages, diagrams and the exported table."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from payrules import Payment, Undo, decide, explain, providers
from payrules.explain import doubtful, exported, markdown, mermaid
from payrules.words import Standing
from tests.vectors import SPECS, every, shown

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
EDITIONS = [(name, edition.name) for name in providers.NAMES for edition in providers.find(name).editions]


def payment(**fields: Any) -> Payment:
    known = {
        "provider": "dojo",
        "status": "Captured",
        "currency": "GBP",
        "payment_id": "pi_1",
        "amount_authorized": 1000,
        **fields,
    }
    return Payment(**known)


@pytest.mark.parametrize(
    ("fields", "wish", "message"),
    [
        (
            {"capture_mode": "auto", "amount_refunded": 700},
            {"amount": 400},
            "No call: GBP 400 (minor units) is asked for, of the GBP 300 (minor units) that is left.",
        ),
        (
            {"status": "Authorized", "capture_mode": "manual", "authorized_at": AT.replace(day=19)},
            {},
            "No call: Dojo permits it only while it is the calendar day of the payment in Europe/London, and that ended at 2026-11-20T00:00:00Z.",
        ),
        (
            {"capture_mode": "auto", "amount_refunded": 0, "amount_refund_pending": 400},
            {"amount": 700},
            "Wait: refunds of GBP 400 (minor units) are under way, and until their outcome is known only GBP 600 (minor units) is free.",
        ),
        (
            {"status": "Frozen"},
            {},
            "No call: the table does not know the status Frozen; read the payment again, or update the library.",
        ),
        (
            {"status": "Authorized"},
            {},
            "No call: it depends on what nobody knows: the capture mode, the time of the payment.",
        ),
        (
            {"status": "Authorized", "capture_mode": "manual"},
            {"amount": 400},
            "No call: Dojo permits it only if the whole is asked for; GBP 400 (minor units) is asked for.",
        ),
        (
            {"capture_mode": "auto", "undo_pending": "reverse"},
            {},
            "Wait: a reversal is under way and its outcome is not known; a second undo could pay twice.",
        ),
        ({"status": "Canceled"}, {}, "No call: the payment is cancelled already, so nothing is left to undo."),
        (
            {"capture_mode": "auto", "amount_refunded": 0, "disputed": True},
            {},
            "No call: a dispute is open, and giving money back now could pay twice.",
        ),
        (
            {"status": "Authorized", "capture_mode": "manual", "authorized_at": AT.replace(day=25)},
            {},
            "Wait: Dojo permits it only while it is the calendar day of the payment in Europe/London, and that begins at 2026-11-25T00:00:00Z.",
        ),
        (
            {"capture_mode": "auto", "amount_refunded": 0, "authorized_at": AT},
            {},
            "Reverse GBP 1000 (minor units): it was captured and the calendar day of the payment (2026-11-20T12:00:00Z) is not over.",
        ),
        (
            {"amount_authorized": None, "capture_mode": "auto"},
            {"amount": 5, "only": "cancel"},
            "No call: Dojo permits it only if the status is Created; the status is Captured.",
        ),
    ],
)
def test_a_message_is_one_sentence_with_this_payments_numbers(
    fields: dict[str, Any], wish: dict[str, Any], message: str
) -> None:
    """It says what to do or why not, with the amounts and times at hand."""
    assert message == decide(payment(**fields), Undo(at=AT, **wish)).message


@pytest.mark.parametrize("vector", every("undo"), ids=lambda vector: vector.id)
def test_every_decision_is_explained(vector: Any) -> None:
    """No message has a hole in it, and the explanation says until when it holds."""
    decision = decide(vector.payment, vector.undo, edition=vector.edition)
    text = explain(decision)

    assert re.fullmatch(r"(Cancel|Reverse|Refund|Wait|No call)\b.*\.", decision.message)
    assert "None" not in text
    assert "holds until" in text or "Time alone" in text


@pytest.mark.parametrize(("provider", "edition"), EDITIONS)
class TestAPage:
    """A provider's table can be read as a page, drawn, and exported."""

    def test_names_everything(self, provider: str, edition: str) -> None:
        """Every status, permit and claim that is used stands on it."""
        table = providers.find(provider)
        page = markdown(table, table.edition(edition))

        for status in table.edition(edition).statuses:
            assert f"| {status.word} |" in page
        for permit in table.edition(edition).permits:
            assert f"`{permit.name}`" in page

    def test_draws_every_transition(self, provider: str, edition: str) -> None:
        """Each is an arrow, and final statuses end."""
        dated = providers.find(provider).edition(edition)
        drawn = mermaid(dated)

        for row in dated.transitions:
            for before in row.before:
                (arrow,) = [line for line in drawn.splitlines() if f"    {before} --> {row.after}: " in line]
                assert row.event in arrow
        for status in dated.statuses:
            assert (f"{status.word} --> [*]" in drawn) is bool(status.final)

    def test_names_a_run_of_codes_by_its_ends(self, provider: str, edition: str) -> None:
        """A row for every code from 400 to 499 does not print a hundred numbers."""
        table = providers.find(provider)
        for line in markdown(table, table.edition(edition)).splitlines():
            assert 10 > len(re.findall(r"\b[45]\d\d\b", line.split("|")[1] if line.startswith("|") else ""))

    def test_exports_plain_json(self, provider: str, edition: str) -> None:
        """Nothing in it needs Python."""
        table = providers.find(provider)
        plain = exported(table, table.edition(edition))

        assert plain == json.loads(json.dumps(plain, allow_nan=False))
        assert len(table.edition(edition).permits) == len(plain["permits"])


@pytest.mark.parametrize("provider", providers.NAMES)
def test_the_providers_page_is_current(provider: str) -> None:
    """The generated part of the page under `specs` is what the table says, and every doubtful claim is listed."""
    page = (SPECS / provider / "README.md").read_text(encoding="utf-8")
    table = providers.find(provider)

    assert markdown(table, table.edition()) in page, f"run: payrules table {provider}"
    for claim in doubtful(table):
        assert f"{claim.key} ({claim.standing}, {claim.decision})" in page


@pytest.mark.parametrize("provider", providers.NAMES)
def test_every_claim_is_cited_or_background(provider: str) -> None:
    """A claim is used by a row, or by a vector as background; and every claim that a row rests on has a vector."""
    from payrules.explain import used

    table = providers.find(provider)
    rows = {claim.key for edition in table.editions for claim in used(table, edition)}
    assert {claim.key for claim in table.claims} == rows | shown(provider)
    assert set() == {
        key for key in rows - shown(provider) if table.claim(key).standing in (Standing.SILENT, Standing.CONTRADICTED)
    }
