"""What is fuzzed: each target takes bytes, and raises only what is a finding."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

from payrules import (
    Notice,
    Outcome,
    Payment,
    PayrulesError,
    Response,
    Undo,
    after,
    check,
    decide,
    fold_each,
    forecast,
    providers,
    strict_json,
)
from payrules.cli import app

UNDO = Undo.from_record({"at": "2026-11-20T23:50:00Z"})

Target = Callable[[bytes], None]


def _document(data: bytes) -> Any:
    """JSON as Python's own reader takes it, NaN, endless numbers and lone surrogates included; None if it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _ask(payment: Payment) -> None:
    """Everything that is worked out of a payment can be worked out, and written."""
    for answer in (decide(payment, UNDO), *forecast(payment, UNDO)):
        json.dumps(answer.to_record(), allow_nan=False).encode()
    check(payment, UNDO)


def strictly(data: bytes) -> None:
    """The strict reader: what it takes, Python's own reader takes for the same."""
    try:
        value = strict_json.parse(data)
    except PayrulesError as error:
        str(error).encode("utf-8", "backslashreplace")
        return
    assert value == json.loads(data)


def records(data: bytes) -> None:
    """The readers of our own records, and a decision on what they take."""
    document = _document(data)
    asked = document if isinstance(document, Mapping) else {"payment": document}
    with suppress(PayrulesError):
        payment = Payment.from_record(asked.get("payment"))
        undo = Undo.from_record(asked.get("undo", UNDO.to_record()))
        assert payment == Payment.from_record(payment.to_record())
        json.dumps(decide(payment, undo).to_record(), allow_nan=False)
    with suppress(PayrulesError):
        notice = Notice.from_record(asked.get("event"))
        assert json.dumps(notice.to_record()) == json.dumps(Notice.from_record(notice.to_record()).to_record())
        list(fold_each(str(asked.get("provider")), [notice]))


def _adapter(name: str) -> Target:
    def target(data: bytes) -> None:
        document, wire = _document(data), providers.wire(name)
        assert wire is not None
        with suppress(PayrulesError):
            for payment in wire.payments(document, {}):
                _ask(payment)
        with suppress(PayrulesError):
            _ask(wire.payment(document, {}))
        with suppress(PayrulesError):
            list(fold_each(name, wire.notices(document), given={"currency": "EUR", "amount_authorized": 10}))

    return target


DECIDED = [
    decide(Payment.from_record({"currency": "EUR", "amount_authorized": 10, "payment_id": "P", **fields}), UNDO)
    for fields in (
        {"provider": "dojo", "status": "Created"},
        {"provider": "dojo", "status": "Captured", "capture_mode": "auto", "amount_refunded": 1},
        {"provider": "payroc", "status": "complete", "kind": "sale", "amount_refunded": 0},
        {"provider": "adyen", "status": "Received"},
    )
]


def answers(data: bytes) -> None:
    """What the answer to a call means: a next step for whatever JSON the body is, and a refusal only by a row."""
    document = _document(data)
    given = document if isinstance(document, Mapping) else {}
    for decision in DECIDED:
        for status in (200, 201, 400, 409, 422, 500, given.get("status")):
            response = Response(status=status if type(status) is int else 0, body=document)
            then = after(decision, response)
            json.dumps(then.to_record(), allow_nan=False).encode()
            assert then.rule is not None or then.outcome is Outcome.UNKNOWN


COMMANDS = (
    ("decide", "dojo", "-"),
    ("decide", "payroc", "-", "--json"),
    ("decide", "adyen", "-", "--amount", "1"),
    ("decide", "--records", "-"),
    ("fold", "adyen", "-"),
    ("fold", "dojo", "--records", "-"),
    ("plan", "payroc", "-"),
    ("explain", "dojo", "-"),
)


class _Standard(io.TextIOWrapper):
    """A standard stream over bytes in memory."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", errors="strict")


def command_line(data: bytes) -> None:
    """The first byte chooses the command, the rest is its standard input: an exit code, and no traceback."""
    command = COMMANDS[data[0] % len(COMMANDS)] if data else COMMANDS[0]
    if "--records" not in command and "fold" not in command:
        command = (*command, "--at", "2026-11-20T23:50:00Z")
    stdin, sys.stdin = sys.stdin, _Standard(data[1:])
    try:
        with redirect_stdout(_Standard()), redirect_stderr(_Standard()):
            code = app(list(command), standalone_mode=False)
    finally:
        sys.stdin = stdin
    assert code in (None, 0, 1, 2, 3), code


TARGETS: Mapping[str, Target] = {
    "strict_json": strictly,
    "records": records,
    **{name: _adapter(name) for name in providers.NAMES},
    "answers": answers,
    "command_line": command_line,
}
