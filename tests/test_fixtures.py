"""Real payloads of the providers, where they are beside this checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from payrules import CallerError, Payment, Undo, decide, fold_each
from payrules.events import Notice, Unread
from payrules.providers.adyen import wire as adyen
from payrules.providers.payroc import wire as payroc
from tests.vectors import ROOT

FIXTURES = ROOT.parent / "shared" / "fixtures"
UNDO = Undo.from_record({"at": "2026-11-20T12:00:00Z"})

# What carries no payment: requests, subscriptions, terminals, settlement reports, errors, fragments.
NO_PAYMENT = (
    "INDEX",
    "event-subscriptions",
    "event_subscriptions",
    "batches",
    "batch_retrieve",
    "disputes",
    "ach-deposits",
    "authorizations",
    "GET_transactions",
    "processing",
    "settlement",
    "errors",
    "uat_status",
    "cloudevent",
    "bank_return_entry",
    "_skill",
)

pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="the providers' published payloads are not beside this checkout"
)


def bodies(name: str) -> list[tuple[Path, Any]]:
    found = []
    for path in sorted((FIXTURES / name).glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(body, dict) and "_provenance" in body:
            body = body["data"]
        found.append((path, body))
    return found


def of_payments() -> list[tuple[Path, Any]]:
    return [(path, body) for path, body in bodies("payroc") if not any(word in path.name for word in NO_PAYMENT)]


def test_every_payroc_payload_with_a_payment_is_read() -> None:
    """Each payment, refund and list of them is read and decided, and says which source told the batch."""
    read: list[Payment] = []
    for path, body in of_payments():
        found = payroc.payments(body, {})
        assert found, path.name
        for payment in found:
            decision = decide(payment, UNDO)
            assert decision.message.endswith("."), path.name
        read += found

    assert 20 <= len(read)
    assert {"refund", "sale", "bank_transfer"} <= {str(payment.kind) for payment in read}
    assert {"ready", "complete", "reversal"} <= {payment.status for payment in read}


def test_a_payroc_payload_without_a_payment_says_so() -> None:
    """What is no payment names the field that it lacks, or is read as one that nothing can be done about."""
    for path, body in bodies("payroc"):
        if any(word in path.name for word in ("event", "errors", "INDEX")):
            with pytest.raises(CallerError, match=r"needs it|is not"):
                payroc.payments(body, {})


def test_every_adyen_payload_is_read_event_by_event() -> None:
    """Each notification gives an event, is ignored on purpose, or is reported; none is lost."""
    events, items = 0, 0
    for path, body in bodies("adyen"):
        if path.name == "INDEX.json":
            continue
        read = adyen.notices(body)
        items += len(list(adyen._items(body)))
        events += len([notice for notice in read if isinstance(notice, Notice)])
        assert all(isinstance(notice, Notice | Unread) for notice in read)
        for folded in fold_each("adyen", read):
            if folded.payment is not None:
                assert decide(folded.payment, UNDO).message

    assert 90 <= items
    assert 60 <= events


def test_every_event_code_that_is_published_is_known() -> None:
    """All but one, which no page of ours names; it is reported, and not lost."""
    codes = {
        item.get("eventCode")
        for path, body in bodies("adyen")
        if path.name != "INDEX.json"
        for item in adyen._items(body)
    }
    known = {*adyen.TRUE, *adyen.FALSE, *adyen.IGNORED, "CANCEL_OR_REFUND", "ORDER_CLOSED", None}

    assert {"DEACTIVATE_RECURRING"} == {
        code for code in codes if code not in known and not str(code).startswith("PAYOUT_")
    }


def test_providers_are_all_there() -> None:
    """Those whose payloads were collected have their folder."""
    assert {"dojo", "payroc", "adyen"} <= {path.name for path in FIXTURES.iterdir()}
