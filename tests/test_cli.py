"""The command line, as a person types it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from payrules import providers, strict_json
from payrules.cli import app
from tests.vectors import ROOT

INTENT = str(ROOT / "examples" / "dojo" / "captured-auto.json")
EVENING = "2026-11-20T23:50:00Z"
LINE: dict[str, Any] = {
    "payment": {
        "provider": "dojo",
        "status": "Created",
        "currency": "GBP",
        "amount_authorized": 5,
        "payment_id": "pi_1",
    },
    "undo": {"at": EVENING},
}


def run(*arguments: str, text: bytes = b"") -> Result:
    return CliRunner().invoke(app, list(arguments), input=text)


def said(result: Result) -> str:
    """The output with folded lines joined."""
    return " ".join(result.output.split())


class TestDecide:
    """`payrules decide PROVIDER FILE` answers for one payment."""

    def test_says_what_to_do_and_why(self) -> None:
        """Action, reason, claims with pages, best-before and the other operations."""
        result = run("decide", "dojo", INTENT, "--at", EVENING)
        told = said(result)

        assert 0 == result.exit_code
        for part in (
            "Reverse GBP 1000",
            "good until 2026-11-21T00:00:00Z",
            "dojo.reverse.auto-same-day",
            "refund permitted too",
            "no, wrong_status",
            "docs.dojo.tech",
            "standing: silent",
            "inferred amount_captured is 1000 (from: status)",
        ):
            assert part in told

    def test_minutes_after_midnight(self) -> None:
        """The same question gets another answer."""
        assert "Refund GBP 1000" in said(run("decide", "dojo", INTENT, "--at", "2026-11-21T00:00:00Z"))

    def test_prints_the_record_with_json(self) -> None:
        """Exactly the decision, nothing else."""
        result = run("decide", "dojo", INTENT, "--at", EVENING, "--amount", "400", "--only", "refund", "--json")
        record = json.loads(result.stdout)

        assert 0 == result.exit_code
        assert ("refund", 400, ["refund"]) == (record["action"], record["amount"], list(record["verdicts"]))
        assert {"amount": 400} == record["call"]["body"]

    def test_exits_with_3_on_a_rejection(self) -> None:
        """A no is an answer, and a script can tell it from a yes."""
        result = run("decide", "dojo", INTENT, "--at", EVENING, "--amount", "400", "--only", "reverse")

        assert 3 == result.exit_code
        assert "No call (not_allowed): Dojo permits it only if the whole is asked for" in said(result)

    def test_names_what_it_needs(self) -> None:
        """A missing fact is listed, and `--fact` supplies it."""
        body = json.loads(Path(INTENT).read_text())
        del body["refundedAmount"]
        text = json.dumps(body).encode()
        without = run("decide", "dojo", "-", "--at", EVENING, text=text)
        supplied = run(
            "decide",
            "dojo",
            "-",
            "--at",
            EVENING,
            "--fact",
            "amount_refunded=0",
            "--fact",
            "merchant_reference=order-1",
            text=text,
        )

        assert 3 == without.exit_code
        assert "needs amount_refunded" in said(without)
        assert 0 == supplied.exit_code

    def test_takes_the_present_moment_if_none_is_given(self) -> None:
        """Only the command line knows what time it is, and it says so."""
        assert "asked at 20" in said(run("decide", "dojo", INTENT))

    def test_takes_an_edition(self) -> None:
        """Under the rules of early 2022 a capture is refunded."""
        assert "Refund" in said(run("decide", "dojo", INTENT, "--at", EVENING, "--edition", "2022-02"))

    def test_arithmetic_needs_no_claim(self) -> None:
        """A decision that rests on no claim says so."""
        assert "arithmetic alone" in said(run("decide", "dojo", INTENT, "--at", EVENING, "--amount", "0"))


@pytest.mark.parametrize(
    ("arguments", "text", "told"),
    [
        (("decide", "doja", "-"), b"{}", "did you mean 'dojo'?"),
        (("decide", "dojo", "/nowhere/intent.json"), b"", "/nowhere/intent.json: file: No such file"),
        (("decide", "dojo", "/"), b"", "file: Is a directory"),
        (("decide", "dojo", "-"), b"", "standard input: $: the document is empty"),
        (("decide", "dojo", "-"), b"\xff", "not UTF-8"),
        (("decide", "dojo", "-"), b"[]", "nothing in it is about a payment"),
        (("decide", "dojo", "-"), b"[1]", "1 is not an object"),
        (("decide", "dojo", "-"), b"{}", "id: a payment intent needs it"),
        (("decide", "dojo", "-"), b'{"id": "a", "id": "b"}', "id: the key stands twice"),
        (("decide", "dojo", "-"), b"[" * 5000, "nests deeper"),
        (("decide", "dojo", "-"), b'{"id": "pi", "status": "Created", "amount": {"value": NaN}}', "NaN"),
        (
            ("decide", "dojo", "-"),
            b'{"id": "pi", "status": "Created", "amount": {"value": 1e3, "currencyCode": "GBP"}}',
            "amount.value: 1000.0 is not an integer",
        ),
        (
            ("decide", "dojo", INTENT, "--at", "2026-11-20T23:50:00"),
            b"",
            "--at: '2026-11-20T23:50:00' is not an instant with an offset",
        ),
        (("decide", "dojo", INTENT, "--only", "void"), b"", "only: 'void' is not one of cancel, reverse, refund"),
        (("decide", "dojo", INTENT, "--edition", "1999"), b"", "edition: dojo has no edition '1999'"),
        (("decide", "dojo", INTENT, "--fact", "disputed"), b"", "--fact: 'disputed' is not NAME=VALUE"),
        (
            ("decide", "dojo", INTENT, "--fact", "dispute=true"),
            b"",
            "dispute: no field of a payment has this name; did you mean 'disputed'?",
        ),
        (("decide", "dojo"), b"", "PROVIDER and FILE are needed"),
        (("decide", "dojo", INTENT, "--records", "-"), b"", "--records takes no PROVIDER"),
        (("decide", "--records", "/nowhere"), b"", "/nowhere: file: No such file"),
        (("decide", "dojo", INTENT, "--amount", "4.5"), b"", "integer"),
        (("table", "doja"), b"", "did you mean 'dojo'?"),
        (("plan", "dojo", "-"), b"{", "not JSON"),
    ],
)
def test_bad_input_is_one_clear_error(arguments: tuple[str, ...], text: bytes, told: str) -> None:
    """Exit code 2, the place named, no traceback, and nothing on standard output."""
    result = run(*arguments, text=text)

    assert 2 == result.exit_code
    assert " ".join(told.split()) in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.output
    assert "" == result.stdout


class TestRecords:
    """`payrules decide --records FILE` answers line by line."""

    def test_answers_each_line_in_order(self) -> None:
        """A decision a line, and exit code 0 though some are rejections."""
        refused = {**LINE, "undo": {"at": EVENING, "amount": 4}}
        text = b"".join(json.dumps(line).encode() + b"\r\n" for line in (LINE, refused, LINE))
        result = run("decide", "--records", "-", text=text)

        assert 0 == result.exit_code
        assert ["cancel", "reject", "cancel"] == [json.loads(line)["action"] for line in result.stdout.splitlines()]

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            (b"", "$"),
            (b"{", "$"),
            (b"[]", "$"),
            (b"null", "$"),
            (b"\xff", "$"),
            (b"[" * 5000, "$"),
            (b'{"payment": {}, "undo": {}}', "provider"),
            (b'{"payment": null, "undo": {}}', "payment"),
            (b'{"paymnt": {}}', "paymnt"),
            (json.dumps({**LINE, "undo": {"at": EVENING, "amont": 1}}).encode(), "amont"),
            (json.dumps({**LINE, "payment": {**LINE["payment"], "provider": "doja"}}).encode(), "provider"),
            (
                json.dumps({**LINE, "payment": {**LINE["payment"], "amount_captured": True}}).encode(),
                "amount_captured",
            ),
            (json.dumps({**LINE, "undo": {"at": EVENING, "amount": 10**25}}).encode(), "$"),
            (b'"' + b"x" * (3 * strict_json.SIZE_MAX) + b'"', "$"),
        ],
    )
    def test_a_bad_line_is_answered_in_its_place(self, line: bytes, field: str) -> None:
        """The others are answered, the error names line and field, and the exit code is 1."""
        good = json.dumps(LINE).encode()
        result = run("decide", "--records", "-", text=good + b"\n" + line + b"\n" + good)
        first, bad, last = (json.loads(answer) for answer in result.stdout.splitlines())

        assert 1 == result.exit_code
        assert ("cancel", "cancel") == (first["action"], last["action"])
        assert (2, field) == (bad["error"]["line"], bad["error"]["field"])
        assert bad["error"]["message"]

    def test_an_empty_file_has_no_lines(self) -> None:
        """And no answers."""
        result = run("decide", "--records", "-")

        assert (0, "") == (result.exit_code, result.stdout)

    def test_reads_and_writes_as_a_stream(self, tmp_path: Path) -> None:
        """A file is answered without being held in memory, and a reader that leaves is no error."""
        path = tmp_path / "lines.jsonl"
        path.write_text((json.dumps(LINE) + "\n") * 2000)
        command = [sys.executable, "-m", "payrules.cli", "decide", "--records", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)

        assert 2000 == len(done.stdout.splitlines())
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert b"" == process.stderr.read()


ADYEN = {
    "amount": {"currency": "EUR", "value": 1000},
    "eventCode": "AUTHORISATION",
    "eventDate": "2026-03-02T10:00:00Z",
    "paymentMethod": "visa",
    "pspReference": "P1",
    "success": "true",
}


class TestFold:
    """`payrules fold PROVIDER` turns events into payments."""

    def test_a_file_of_events(self) -> None:
        """A payment a line, and the events that were not understood."""
        unknown = {**ADYEN, "eventCode": "SOMETHING_NEW"}
        body = json.dumps([ADYEN, unknown, {**ADYEN, "pspReference": "P2"}]).encode()
        result = run("fold", "adyen", "-", "--fact", "capture_mode=manual", text=body)
        one, two = (json.loads(line) for line in result.stdout.splitlines())

        assert 0 == result.exit_code
        assert ("P1", "Authorised", 0) == (
            one["payment"]["payment_id"],
            one["payment"]["status"],
            one["payment"]["amount_captured"],
        )
        assert ["SOMETHING_NEW true"] == [item["what"] for item in one["unfolded"]]
        assert ("P2", []) == (two["payment"]["payment_id"], two["unfolded"])

    def test_a_file_without_a_payment_says_so(self) -> None:
        """A report notice is no error."""
        result = run("fold", "adyen", "-", text=json.dumps({**ADYEN, "eventCode": "REPORT_AVAILABLE"}).encode())

        assert (0, {"payment": None, "unfolded": []}) == (result.exit_code, json.loads(result.stdout))

    def test_lines_of_events(self) -> None:
        """Each line with what is given, the wish and the payment it asks for; a bad line is answered in its place."""
        request = {"event": "refund_requested", "amount": 300, "payment_id": "P1"}
        lines = [
            {"events": [ADYEN, request], "given": {"capture_mode": "auto"}, "undo": {"at": EVENING, "amount": 800}},
            {"events": [ADYEN], "payment_id": "P9"},
            {"events": {}},
            {"events": [], "given": 7},
            {"evnts": []},
            {"events": [ADYEN], "payment_id": "P1"},
        ]
        result = run("fold", "adyen", "--records", "-", text="\n".join(map(json.dumps, lines)).encode())
        told = [json.loads(line) for line in result.stdout.splitlines()]

        assert 1 == result.exit_code
        assert ("wait", "refund_pending") == (told[0]["decision"]["rejection"], told[0]["decision"]["reason"])
        assert ["payment_id", "events", "given", "evnts"] == [item["error"]["field"] for item in told[1:5]]
        assert "decision" not in told[5]

    def test_a_file_or_lines(self) -> None:
        """One of the two is needed."""
        assert 2 == run("fold", "adyen").exit_code
        assert 2 == run("fold", "adyen", "-", "--records", "-").exit_code

    def test_decide_reads_events_and_lists(self) -> None:
        """What a file of notifications folds to is decided, payment by payment; `plan` wants one."""
        body = json.dumps([ADYEN, {**ADYEN, "pspReference": "P2"}]).encode()
        result = run("decide", "adyen", "-", "--at", "2026-03-03T10:00:00Z", text=body)
        listed = json.loads(run("decide", "adyen", "-", "--at", "2026-03-03T10:00:00Z", "--json", text=body).stdout)

        assert 0 == result.exit_code
        assert "Payment P1" in said(result)
        assert ["reverse", "reverse"] == [item["action"] for item in listed]
        assert 2 == run("plan", "adyen", "-", text=body).exit_code


class TestTheOtherCommands:
    """`plan`, `forecast`, `explain`, `table` and `providers`."""

    def test_plan(self) -> None:
        """The calls, one after the other."""
        assert "reverse GBP 1000 0" in said(run("plan", "dojo", INTENT, "--at", EVENING))
        assert ["reverse"] == [
            step["action"] for step in json.loads(run("plan", "dojo", INTENT, "--at", EVENING, "--json").stdout)
        ]

    def test_forecast(self) -> None:
        """The answers that time brings, each with its beginning."""
        steps = json.loads(run("forecast", "dojo", INTENT, "--at", EVENING, "--json").stdout)

        assert [(EVENING, "reverse"), ("2026-11-21T00:00:00Z", "refund")] == [
            (step["at"], step["action"]) for step in steps
        ]
        assert "refund" in said(run("forecast", "dojo", INTENT, "--at", EVENING))

    def test_explain(self) -> None:
        """Prose with every claim."""
        told = said(run("explain", "dojo", INTENT, "--at", EVENING))

        assert "The answer holds until 2026-11-21T00:00:00Z" in told
        assert "dojo.reverse.zone: That day is London's. (silent, decision D3; no page says)" in told

    @pytest.mark.parametrize("name", providers.NAMES)
    def test_table(self, name: str) -> None:
        """A page, a diagram, plain JSON, and the function that it is compiled to."""
        assert "### What is permitted" in run("table", name).stdout
        assert run("table", name, "--format", "mermaid").stdout.startswith("stateDiagram-v2\n")
        assert run("table", name, "--format", "python").stdout.startswith(f"def {name}_")
        assert name == json.loads(run("table", name, "--format", "json").stdout)["provider"]

    def test_providers(self) -> None:
        """Each with its editions."""
        assert "dojo 2022-02, 2022-05, current 2022-05" in said(run("providers"))
        assert list(providers.NAMES) == [item["provider"] for item in json.loads(run("providers", "--json").stdout)]

    def test_help_names_every_command(self) -> None:
        """And every command has help of its own."""
        told = said(run("--help"))
        for name in ("decide", "plan", "forecast", "explain", "table", "providers"):
            assert name in told
            assert 0 == run(name, "--help").exit_code

    def test_a_narrow_terminal_loses_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """At 40 columns every value is still there."""
        done = subprocess.run(
            [sys.executable, "-m", "payrules.cli", "decide", "dojo", INTENT, "--at", EVENING],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "40"},
        )

        assert max(map(len, done.stdout.splitlines())) <= 40
        assert "2026-11-21T00:00:00Z" in "".join(done.stdout.split())


def test_a_terminal_shows_progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With standard error a terminal and standard output a file, there is a bar, and it is gone in the end."""
    from rich.console import Console

    from payrules.cli import console

    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(LINE) + "\n")
    drawn = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=drawn, force_terminal=True, width=80))
    answered = json.loads(run("decide", "--records", str(path)).stdout)["action"]

    assert "cancel" == answered
    assert "deciding" in drawn.getvalue()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("payroc", "payroc/sale-ready.json"), "Reverse USD 4999"),
        (
            ("payroc", "payroc/sale-ready.json", "--amount", "1000"),
            "Wait: the batch has to close, and the payment to settle, first",
        ),
        (("adyen", "adyen/webhooks.json", "--amount", "300"), "Refund EUR 300"),
        (("dojo", "dojo/captured-auto.json", "--amount", "300"), "Refund GBP 300"),
        (("stripe", "stripe/part-captured.json"), "Cancel EUR 6000"),
        (("checkoutcom", "checkoutcom/card-partly-captured.json"), "Reverse EUR 1000"),
        (("braintree", "braintree/submitted.json"), "Reverse USD 4999"),
        (("square", "square/completed.json", "--amount", "300"), "Refund USD 300"),
        (("paypal", "paypal/order-two-captures.json"), "Cancel EUR 2500"),
        (("paypal", "paypal/order-two-captures.json", "--only", "refund"), "Refund EUR 3500"),
    ],
)
def test_the_examples_are_answered(arguments: tuple[str, ...], told: str) -> None:
    """Each file under `examples` is read and decided."""
    provider, file, *options = arguments

    assert told in said(run("decide", provider, str(ROOT / "examples" / file), "--at", EVENING, *options))
