"""Histories in any form become findings, a row for a row; what cannot be read says why."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest
from attrs import evolve

from payrules import Payment, Undo, decide, providers
from payrules.audit import duck
from payrules.audit.findings import COLUMNS, Finding
from payrules.audit.history import Reading, from_toml
from payrules.audit.sources import LINE_MAX, csv_lines, json_lines, written
from payrules.audit.spans import spans
from payrules.audit.workplace import workplace
from payrules.errors import CallerError
from tests import aimed
from tests.test_history import EXAMPLES, ROWS

BASE = {
    "provider": "dojo",
    "payment_id": "p1",
    "status": "Captured",
    "capture_mode": "auto",
    "currency": "GBP",
    "amount_authorized": "1000",
    "amount_captured": "1000",
    "amount_refunded": "0",
    "authorized_at": "2026-11-20T10:00:00Z",
    "at": "2026-11-20T12:00:00Z",
    "done_action": "reverse",
    "done_amount": "1000",
}
"""A captured payment that was reversed on the same day, as it should be."""

NEXT_DAY = "2026-11-21T12:00:00Z"


def to_csv(path: Path, rows: Sequence[dict[str, str]], *, encoding: str = "utf-8") -> str:
    """Write rows as CSV."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, titles)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def found(tmp_path: Path, sources: Sequence[str], **options: Any) -> list[dict[str, Any]]:
    """The findings of an audit, in the order of the rows."""
    out = tmp_path / "findings.jsonl"
    summary = duck.audit(sources, out=out, **options)
    told = [json.loads(line) for line in out.read_text().splitlines()]

    assert len(told) == summary.rows
    return sorted(told, key=lambda row: (row["source"], row["row"]))


def of(tmp_path: Path, *changes: dict[str, str], **options: Any) -> list[dict[str, Any]]:
    """The findings of rows that differ so from the plain one; each is of a payment of its own unless it says."""
    rows = [{**BASE, "payment_id": f"p{number}", **change} for number, change in enumerate(changes, 1)]
    return found(tmp_path, [to_csv(tmp_path / "history.csv", rows)], **options)


class TestFindings:
    """What an audit says of a row."""

    def test_each_kind(self, tmp_path: Path) -> None:
        """Right, refused, slower than needed, missed, too much, twice, unknown, unreadable; each with its money."""
        told = of(
            tmp_path,
            {},
            {"at": NEXT_DAY},
            {"done_action": "refund"},
            {"done_action": "reject", "done_amount": ""},
            {"at": NEXT_DAY, "done_action": "refund", "done_amount": "1200"},
            {"at": NEXT_DAY, "done_action": "refund", "payment_id": "double"},
            {"at": "2026-11-21T12:00:01Z", "done_action": "refund", "payment_id": "double"},
            {"at": NEXT_DAY, "done_action": "refund", "capture_mode": "manual", "amount_captured": ""},
            {"amount_authorized": "10.00"},
        )

        assert [
            ("agrees", "reverse", 1000, 0),
            ("would_be_refused", "refund", 1000, 1000),
            ("not_preferred", "reverse", 1000, 1000),
            ("missed", "reverse", 1000, 1000),
            ("gave_back_too_much", "reject", None, 200),
            ("agrees", "refund", 1000, 0),
            ("undone_twice", "refund", 1000, 1000),
            ("unknown", "reject", None, None),
            ("unreadable", None, None, None),
        ] == [(row["finding"], row["action"], row["amount"], row["money"]) for row in told]
        assert ["amount_captured"] == told[7]["needs"]
        assert "reverse alone: too_late" == told[1]["error"]
        assert list(COLUMNS) == list(told[0])

    def test_a_finding_carries_its_grounds(self, tmp_path: Path) -> None:
        """Rule, claims, standing and edition are those of the decision."""
        [row] = of(tmp_path, {"done_action": "refund"})
        payment = {name: value for name, value in BASE.items() if name not in ("at", "done_action", "done_amount")}
        amounts = {name: int(value) for name, value in payment.items() if name.startswith("amount")}
        decision = decide(
            Payment.from_record({**payment, **amounts}), Undo.from_record({"at": BASE["at"], "amount": 1000})
        )

        assert (decision.rule, list(decision.claims), str(decision.standing), decision.edition) == (
            row["rule"],
            row["claims"],
            row["standing"],
            row["edition"],
        )

    def test_parts_that_add_up_are_right_and_one_over_is_too_much(self, tmp_path: Path) -> None:
        """Over several rows of one payment what was given back is added up, even where each row's facts are old."""
        part = {"at": NEXT_DAY, "done_action": "refund", "payment_id": "parts"}
        told = of(
            tmp_path, {**part, "done_amount": "400"}, {**part, "done_amount": "600"}, {**part, "done_amount": "1"}
        )

        assert ["agrees", "agrees", "undone_twice"] == [row["finding"] for row in told]
        told = of(tmp_path, {**part, "done_amount": "400"}, {**part, "done_amount": "601"})
        assert ("gave_back_too_much", 1) == (told[1]["finding"], told[1]["money"])

    def test_a_rest_given_back_twice_is_found_though_the_history_begins_later(self, tmp_path: Path) -> None:
        """What the facts of a row say was refunded before counts, though no row of the history did it."""
        rest = {"at": NEXT_DAY, "done_action": "refund", "payment_id": "rest", "amount_refunded": "700"}
        told = of(tmp_path, {**rest, "done_amount": "300"}, {**rest, "done_amount": "300"})

        assert [("agrees", 0), ("undone_twice", 300)] == [(row["finding"], row["money"]) for row in told]
        told = of(tmp_path, {**rest, "done_amount": "200"}, {**rest, "done_amount": "200"})
        assert ("gave_back_too_much", 100) == (told[1]["finding"], told[1]["money"])
        assert "gave back 900 of 1000, if they went through: no answer is recorded" in told[1]["error"]

    def test_what_was_refunded_counts_once(self, tmp_path: Path) -> None:
        """Whether the facts of a later row know of the earlier ones, or are as old as theirs; a rest is what is left."""
        part = {"at": NEXT_DAY, "done_action": "refund", "payment_id": "parts", "done_amount": "400"}
        known = {**part, "amount_refunded": "400", "done_amount": "600"}

        assert ["agrees", "agrees"] == [row["finding"] for row in of(tmp_path, part, known)]
        rest = {**known, "done_amount": ""}
        assert ["agrees", "agrees"] == [row["finding"] for row in of(tmp_path, part, rest)]
        assert ["agrees", "agrees", "undone_twice"] == [row["finding"] for row in of(tmp_path, part, rest, rest)]
        assert ["agrees", "agrees"] == [row["finding"] for row in of(tmp_path, part, {**part, "done_amount": ""})]

    def test_what_the_provider_refused_gave_nothing_back(self, tmp_path: Path) -> None:
        """A refused refund, tried again, is not undone twice; a refusal of what the table permits is noted."""
        refund = {"at": NEXT_DAY, "done_action": "refund", "payment_id": "again"}
        told = of(tmp_path, {**refund, "answer": "refused"}, {**refund, "answer": "accepted"})

        assert ["agrees", "agrees"] == [row["finding"] for row in told]
        assert "the provider refused what the table permits" == told[0]["error"]

    def test_a_row_that_stands_there_twice_says_so(self, tmp_path: Path) -> None:
        """Whether it was done twice or listed twice nobody can tell."""
        told = of(tmp_path, {"payment_id": "same"}, {"payment_id": "same"})

        assert ("undone_twice", "the same as row 1: done twice, or listed twice") == (
            told[1]["finding"],
            told[1]["error"],
        )

    def test_a_payment_has_one_currency(self, tmp_path: Path) -> None:
        """A row in another one than the first cannot be judged."""
        told = of(tmp_path, {"payment_id": "same"}, {"payment_id": "same", "currency": "EUR"})

        assert "currency: EUR here, and GBP in row 1 of the same payment" == told[1]["error"]
        assert ["agrees", "unreadable"] == [row["finding"] for row in told]


class TestEditions:
    """Each row is judged by the edition in force on its day."""

    def test_by_the_day_or_by_name(self, tmp_path: Path) -> None:
        """A reversal after capture was refused in March 2022, and permitted in June; a name judges both alike."""
        days = [
            {"authorized_at": f"{day}T10:00:00Z", "at": f"{day}T12:00:00Z"}
            for day in ("2021-06-01", "2022-03-01", "2022-06-01")
        ]

        assert [("unknown", None), ("would_be_refused", "2022-02"), ("agrees", "2022-05")] == [
            (row["finding"], row["edition"]) for row in of(tmp_path, *days)
        ]
        assert {("agrees", "2022-05")} == {
            (row["finding"], row["edition"]) for row in of(tmp_path, *days, edition="2022-05")
        }

    def test_an_edition_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        """`CallerError` lists those there are."""
        with pytest.raises(CallerError, match="only 2022-02, 2022-05, current"):
            of(tmp_path, {}, edition="2023")

    def test_spans_leave_no_day_out(self) -> None:
        """Dated editions, the days before them, and the default alone where none has a date."""
        told = spans(providers.find("dojo"))

        assert [None, "2022-02", "2022-05"] == [span.edition.name if span.edition else None for span in told]
        assert [None] == [span.since for span in spans(providers.find("payroc"))]


class TestForms:
    """The same history in any form has the same findings."""

    ROWS: ClassVar = [
        {**BASE, "payment_id": f"p{number}", "at": at} for number, at in enumerate((BASE["at"], NEXT_DAY), 1)
    ]
    RIGHT: ClassVar = ["agrees", "would_be_refused"]

    def test_a_log_of_decisions(self, tmp_path: Path) -> None:
        """Lines of payment, undo and decision, replayed, agree, whatever else a line holds."""
        lines = []
        for provider in providers.NAMES:
            for number, (payment, undo) in enumerate(aimed.some(provider, 40, seed=5)):
                record = {**payment.to_record(), "payment_id": payment.payment_id and f"{provider}-{number}"}
                told = decide(Payment.from_record(record), undo).to_record()
                lines.append(
                    json.dumps({"payment": record, "undo": undo.to_record(), "decision": told, "seq": number})
                )
        path = tmp_path / "log.jsonl"
        path.write_text("\n".join(lines) + "\n")
        summary = duck.audit([str(path)])

        assert (len(lines), len(lines)) == (summary.rows, summary.of(Finding.AGREES))
        assert 0 == summary.mistakes

    def test_files_folders_globs_and_tables(self, tmp_path: Path) -> None:
        """CSV with a byte-order mark, flat JSON lines, Parquet, a DuckDB and an SQLite table, a folder, a glob."""
        folder = tmp_path / "histories"
        folder.mkdir()
        path = to_csv(folder / "a.csv", self.ROWS, encoding="utf-8-sig")
        (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in self.ROWS))
        with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
            connection.execute(f"CREATE TABLE undos AS SELECT * FROM read_csv('{path}', all_varchar = true)")
            connection.execute(
                "CREATE VIEW typed AS SELECT * REPLACE (amount_authorized::INTEGER AS amount_authorized,"
                ' amount_captured::BIGINT AS amount_captured, "at"::TIMESTAMPTZ AS "at") FROM undos'
            )
            connection.execute(f"COPY (SELECT * FROM typed) TO '{folder}/c.parquet'")
        with sqlite3.connect(tmp_path / "shop.sqlite") as database:
            database.execute(f"CREATE TABLE undos ({', '.join(f'[{title}]' for title in BASE)})")
            database.executemany(
                f"INSERT INTO undos VALUES ({', '.join('?' * len(BASE))})", [tuple(row.values()) for row in self.ROWS]
            )
        sources = [str(folder), f"{folder}/*.csv", f"{tmp_path}/shop.duckdb#undos", f"{tmp_path}/shop.sqlite#undos"]
        told = found(tmp_path, sources)
        read = {(Path(row["source"]).name, row["row"]) for row in told}

        names = ("a.csv", "b.jsonl", "c.parquet", "shop.duckdb#undos", "shop.sqlite#undos")
        assert {(name, number) for name in names for number in (1, 2)} == read
        assert {"agrees", "would_be_refused", "undone_twice"} == {row["finding"] for row in told}
        assert 10 == len(told)  # a.csv is named twice, and read once

    def test_a_mapping_reads_an_export_as_it_is(self, tmp_path: Path) -> None:
        """Other columns, other words, what is the same in every row, local times and decimals."""
        (tmp_path / "mapping.toml").write_text(
            'assume_zone = "Europe/London"\nminor_units = "currency"\n[columns]\npayment_id = "Id"\nstatus = "State"\n'
            'at = "When"\nauthorized_at = "Paid"\namount_authorized = "Total"\ndone_action = "Operation"\n'
            'done_amount = "Given"\n[values.status]\nPAID = "Captured"\n[values.done_action]\nVOID = "reverse"\n'
            '[constants]\nprovider = "dojo"\ncapture_mode = "auto"\namount_refunded = "0"\n'
        )
        export = [
            {
                "Id": "1",
                "State": "PAID",
                "When": "2026-07-10 00:30:00",
                "Paid": "2026-07-10 00:10:00",
                "currency": "GBP",
            },
            {
                "Id": "2",
                "State": "PAID",
                "When": "2026-07-10 00:30:00",
                "Paid": "2026-07-09 23:50:00",
                "currency": "JPY",
            },
        ]
        money = {"Total": "10.50", "Given": "10.50", "Operation": "VOID"}
        rows = [{**export[0], **money}, {**export[1], **money, "Total": "1050", "Given": "1050"}]
        told = found(
            tmp_path, [to_csv(tmp_path / "export.csv", rows)], reading=Reading(**from_toml(tmp_path / "mapping.toml"))
        )

        assert [("agrees", 1050), ("would_be_refused", 1050)] == [
            (row["finding"], row["done_amount"]) for row in told
        ]


BAD: list[tuple[dict[str, str], str]] = [
    ({"status": ""}, "status: a row needs it"),
    ({"provider": "nobody"}, "provider: nobody is no provider whose table is here"),
    ({"amount_captured": "ten"}, "amount_captured: ten is not an integer in minor units"),
    ({"amount_captured": "-5"}, "amount_captured: -5 is negative"),
    ({"amount_captured": "9" * 18}, "amount_captured: an integer beyond 1000000000000000 is out of range"),
    ({"amount_refunded": "1001"}, "amount_refunded: 1001 is more than amount_captured, 1000"),
    ({"currency": "gbp"}, "currency: gbp is not three capitals, such as GBP"),
    ({"at": "2026-11-20T12:00:00"}, "at: 2026-11-20T12:00:00 is not an instant with an offset"),
    ({"at": "2026-11-20T23:59:60Z"}, "at: 2026-11-20T23:59:60Z is not an instant with an offset"),
    ({"at": "2026-02-30T12:00:00Z"}, "at: 2026-02-30T12:00:00Z is not an instant with an offset"),
    ({"at": "1999-01-01T00:00:00Z"}, "is not between 2000 and 2100"),
    ({"at": "2026-11-20T12:00:00+15:00"}, "is not an instant with an offset"),
    ({"done_action": "void"}, "done_action: void is not one of cancel, reverse, refund, reject"),
    ({"disputed": "maybe"}, "disputed: maybe is neither true nor false"),
    ({"timezone": "Europe/London"}, "timezone: 'Europe/London' is not a POSIX zone rule"),
    ({"timezone": "EST5EDT,M3.2.0,M11.1.0", "cut_off": "02:30"}, "has days that clocks end twice or never"),
    ({"cut_off": "24:00"}, "cut_off: 24:00 is no time of day, such as 17:30"),
    ({"captured_at": "2026-11-20T09:00:00Z", "created_at": NEXT_DAY}, "captured_at: the capture lies before"),
]
"""What is wrong with a row, and what its finding says."""


class TestBadInput:
    """What is wrong is named, and nothing is dropped."""

    def test_a_bad_value_is_a_finding(self, tmp_path: Path) -> None:
        """It names the field and the value; the rows about it are judged all the same."""
        told = of(
            tmp_path, {}, *(change for change, _ in BAD), {"authorized_at": "2026-11-20T12:00:00.123456789+02:00"}
        )

        assert ["agrees", *["unreadable"] * len(BAD), "agrees"] == [row["finding"] for row in told]
        assert [error for _, error in BAD] == [
            error if error in row["error"] else row["error"] for (_, error), row in zip(BAD, told[1:-1], strict=True)
        ]

    def test_a_column_that_is_missing_is_named_with_those_there_are(self, tmp_path: Path) -> None:
        """And the nearest, and the option that helps."""
        row = {title: value for title, value in BASE.items() if title != "status"} | {"state": "Captured"}
        path = to_csv(tmp_path / "history.csv", [row])

        with pytest.raises(
            CallerError, match=r"status: no column 'status'; did you mean 'state'.*--map status=COLUMN"
        ):
            duck.audit([path])
        with pytest.raises(CallerError, match="method: no column 'Way'; the columns are provider"):
            duck.audit([path], reading=Reading(columns={"status": "state", "method": "Way"}))
        with pytest.raises(CallerError, match="statsu: a history has no field of this name; did you mean 'status'"):
            Reading(columns={"statsu": "state"})

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ("-1 AS amount_refunded", "amount_refunded: -1 is negative"),
            ("2000000000000000 AS amount_captured", "amount_captured: an integer beyond 1000000000000000 is out of"),
            ("TIMESTAMPTZ '1999-12-31 00:00:00Z' AS \"at\"", "is not between 2000 and 2100"),
            ("TIMESTAMPTZ '2101-01-01 00:00:00Z' AS authorized_at", "is not between 2000 and 2100"),
            ('NULL AS "at"', "at: a row needs it"),
            ("NULL AS status", "status: a row needs it"),
            ("'' AS status", "status: '' is not text"),
            ("'' AS payment_id", "payment_id: '' is not text"),
            ("'nobody' AS provider", "provider: nobody is no provider whose table is here"),
            ("'gbp' AS currency", "currency: gbp is not three capitals"),
            ("1001 AS amount_refunded", "amount_refunded: 1001 is more than amount_captured, 1000"),
        ],
    )
    def test_a_bad_value_among_typed_ones_is_a_finding(self, tmp_path: Path, change: str, message: str) -> None:
        """One row of a Parquet file that holds it is unreadable, and those about it are judged."""
        path, parquet = to_csv(tmp_path / "history.csv", [BASE]), tmp_path / "history.parquet"
        numbers = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in BASE if "amount" in name)
        typed = f'{numbers}, CAST("at" AS TIMESTAMPTZ) AS "at", CAST(authorized_at AS TIMESTAMPTZ) AS authorized_at'
        plain = f"SELECT * EXCLUDE (payment_id) REPLACE ({typed}) FROM read_csv('{path}', all_varchar = true)"
        rows = [f"SELECT *, 'p{number}' AS payment_id FROM ({plain})" for number in range(3)]
        rows[1] = f"SELECT * REPLACE ({change}) FROM ({rows[1]})"
        duckdb.sql(f"COPY ({' UNION ALL '.join(rows)}) TO '{parquet}'")
        told = found(tmp_path, [str(parquet)])

        assert ["agrees", "unreadable", "agrees"] == [row["finding"] for row in told]
        assert message in told[1]["error"]

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            (
                "amount_captured::DOUBLE AS amount_captured",
                "amount_captured: the column is of type DOUBLE.*--minor-units",
            ),
            ('"at"::TIMESTAMPTZ::TIMESTAMP AS "at"', "at: the column is of type TIMESTAMP.*--assume-zone"),
            ('0 AS "at"', "at: the column is of type INTEGER, and that is no instant"),
            ("0 AS disputed", "disputed: the column is of type INTEGER, and that is neither true nor false"),
            ("[1] AS status", "status: the column is of type INTEGER.., and that is no text"),
            ("1.5 AS captures", "captures: the column is of type DECIMAL.*, and that is no whole number"),
            ("1 AS provider_allows", "provider_allows: the column is of type INTEGER, and that is no list of words"),
        ],
        ids=["decimals", "local", "number", "flag", "list", "count", "words"],
    )
    def test_a_column_of_another_type_is_refused(self, tmp_path: Path, column: str, message: str) -> None:
        """Before a row is read, with the option that settles it where there is one."""
        path, parquet = to_csv(tmp_path / "history.csv", [BASE]), tmp_path / "history.parquet"
        replace = f"* REPLACE ({column})" if column.split()[-1].strip('"') in BASE else f"*, {column}"
        duckdb.sql(f"COPY (SELECT {replace} FROM read_csv('{path}', all_varchar = true)) TO '{parquet}'")

        with pytest.raises(CallerError, match=message):
            duck.audit([str(parquet)])

    def test_an_amount_that_is_no_number_is_refused_with_decimals_too(self, tmp_path: Path) -> None:
        """However many decimals an amount has, a truth value is none."""
        path, parquet = to_csv(tmp_path / "history.csv", [BASE]), tmp_path / "history.parquet"
        duckdb.sql(
            f"COPY (SELECT * REPLACE (true AS amount_captured) FROM read_csv('{path}', all_varchar = true)) TO '{parquet}'"
        )

        with pytest.raises(
            CallerError, match="amount_captured: the column is of type BOOLEAN, and that is no amount"
        ):
            duck.audit([str(parquet)], reading=Reading(minor_units=2))

    def test_columns_of_their_own_types_are_read_as_they_are(self, tmp_path: Path) -> None:
        """A flag, a list of words, a local time whose zone is told, and a part of a nested column."""
        path, parquet = to_csv(tmp_path / "history.csv", [BASE]), tmp_path / "history.parquet"
        local = "'2026-07-01 10:00:00'::TIMESTAMP"
        duckdb.sql(
            f'COPY (SELECT * EXCLUDE (status) REPLACE ({local} AS authorized_at, {local} + INTERVAL 2 HOUR AS "at"),'
            " {'state': {'word': status}} AS \"order\", true AS disputed, ['refund'] AS provider_allows"
            f" FROM read_csv('{path}', all_varchar = true)) TO '{parquet}'"
        )
        reading = Reading(columns={"status": "order.state.word"}, assume_zone="Europe/London")
        (told,) = found(tmp_path, [str(parquet)], reading=reading)

        assert datetime(2026, 7, 1, 11, tzinfo=UTC) == datetime.fromisoformat(told["at"])
        assert ("would_be_refused", "disputed") == (told["finding"], told["reason"])
        assert "reverse alone: disputed" == told["error"]

    def test_local_times_and_decimals_once_they_are_told(self, tmp_path: Path) -> None:
        """An hour that clocks skip is an error of its row, and so are more decimals than the currency has."""
        local = {"authorized_at": "2026-03-29 00:30:00", "at": "2026-03-29 02:30:00"}
        money = {"amount_authorized": "10.00", "amount_captured": "10", "done_amount": "10.00"}
        told = of(
            tmp_path,
            {**local, **money},
            {**money, **local, "at": "2026-03-29 01:30:00"},
            {**money, **local, "amount_captured": "9.999"},
            {**money, "at": "2026-11-20 12:00:00"},
            reading=Reading(assume_zone="Europe/London", minor_units=2),
        )

        assert ["agrees", "unreadable", "unreadable", "agrees"] == [row["finding"] for row in told]
        assert "at: 2026-03-29 01:30:00 does not exist: clocks skipped it" == told[1]["error"]
        assert "amount_captured: 9.999 has more decimals than the currency" == told[2]["error"]

    def test_lines_that_cannot_be_read_keep_their_numbers(self, tmp_path: Path) -> None:
        """Not JSON, not an object, not UTF-8, too short, too long: the rest is judged."""
        good = json.dumps(BASE).encode()
        (tmp_path / "history.jsonl").write_bytes(b"\n".join([good, b"{", b"[]", b'{"status": "\xff"}', b"", good]))
        told = found(tmp_path, [str(tmp_path / "history.jsonl")])

        assert [None, "$: not JSON", "$: the line is no object"] == [row["error"] for row in told[:3]]
        assert f"$: not UTF-8 at byte {len(good) + 18}" == told[3]["error"]
        assert (5, "undone_twice") == (told[4]["row"], told[4]["finding"])
        path = to_csv(tmp_path / "history.csv", [BASE])
        Path(path).write_bytes(
            Path(path).read_bytes() + b"dojo,short\r\n" + b"\xff" + b"," * (len(BASE) - 1) + b"\r\n"
        )
        told = found(tmp_path, [path])
        assert ["agrees", "unreadable", "unreadable"] == [row["finding"] for row in told]
        assert ["$: line 3 has 2 values, and the first line names 12 columns", "$: line 4 is not UTF-8"] == [
            row["error"] for row in told[1:]
        ]

    def test_histories_that_are_none(self, tmp_path: Path) -> None:
        """Not there, without a name, empty, of no known kind, cut short, a table that is not there."""
        (tmp_path / "empty.csv").touch()
        (tmp_path / "notes.txt").write_text("x")
        (tmp_path / "short.parquet").write_bytes(b"PAR1" + b"x" * 100)
        (tmp_path / "text.parquet").write_text("provider,status")
        (tmp_path / "text.duckdb").write_text("provider,status")
        (tmp_path / "none").mkdir()
        sqlite3.connect(tmp_path / "empty.sqlite").execute("CREATE TABLE t (x)")
        for source, message in [
            ("nowhere.csv", "there is no"),
            ("none", "no file in"),
            ("empty.csv", "is empty"),
            ("notes.txt", "is none of .parquet, .csv"),
            ("short.parquet", "short.parquet"),
            ("text.parquet", "is no Parquet file: it does not begin with PAR1"),
            ("text.duckdb#undos", "text.duckdb: "),
            ("nowhere.duckdb#undos", "there is no"),
            ("empty.sqlite#undos", "no such table"),
            ("empty.sqlite#", "names no table"),
        ]:
            with pytest.raises(CallerError, match=message):
                duck.audit([str(tmp_path / source)])

    def test_a_server_that_is_not_there_is_said_without_the_password(self) -> None:
        """What PostgreSQL's library says of it, and where it was looked for."""
        pytest.importorskip("psycopg")

        with pytest.raises(CallerError, match=r"127\.0\.0\.1:1/shop#undos: ") as caught:
            duck.audit(["postgresql://clerk:secret@127.0.0.1:1/shop#undos"])
        assert "secret" not in str(caught.value)

    def test_a_history_without_a_row_has_no_finding(self, tmp_path: Path) -> None:
        """A head alone, or a file of no lines."""
        path = to_csv(tmp_path / "history.csv", [BASE])
        Path(path).write_text(Path(path).read_text().splitlines()[0] + "\n")

        assert 0 == duck.audit([path]).rows


class TestKilled:
    """Findings have their name once they are whole, and what a killed run leaves goes away with the next."""

    def test_at_the_last_moment(self, tmp_path: Path) -> None:
        """A process that is killed before it moves the findings leaves nothing under the final name."""
        path, out = to_csv(tmp_path / "history.csv", [BASE]), tmp_path / "findings.parquet"
        script = (
            "import os; from pathlib import Path; from payrules.audit import duck;"
            " os.replace = lambda *paths: os.kill(os.getpid(), 9);"
            f" duck.audit(['{path}'], out=Path('{out}'))"
        )

        assert -signal.SIGKILL == subprocess.run([sys.executable, "-c", script]).returncode
        assert not out.exists()
        assert 1 == len(list(tmp_path.glob(".payrules-*")))
        duck.audit([path], out=out)
        assert [] == list(tmp_path.glob(".payrules-*"))

    def test_folders_that_are_in_use_are_left_alone(self, tmp_path: Path) -> None:
        """Those of a run under way, of one about to begin, and files that happen to be called so."""
        begun, file = tmp_path / ".payrules-begun", tmp_path / ".payrules-file"
        begun.mkdir()
        file.touch()
        with workplace(tmp_path) as first, workplace(tmp_path) as second:
            assert first.is_dir() and second.is_dir()  # noqa: PT018 — both, while both are held

        assert {begun, file} == set(tmp_path.iterdir())
        long_ago = time.time() - 86400
        os.utime(begun, (long_ago, long_ago))
        with workplace(tmp_path):
            assert not begun.exists()

    @pytest.mark.long
    def test_in_the_middle(self, tmp_path: Path) -> None:
        """Nor does one that is killed while it writes."""
        path, out = tmp_path / "history.parquet", tmp_path / "findings.parquet"
        source = to_csv(tmp_path / "history.csv", [BASE])
        duckdb.sql(
            f"COPY (SELECT * REPLACE (payment_id || i AS payment_id) FROM read_csv('{source}', all_varchar = true),"
            f" range(1000000) AS n(i)) TO '{path}'"
        )
        script = (
            f"from pathlib import Path; from payrules.audit import duck; duck.audit(['{path}'], out=Path('{out}'))"
        )
        process = subprocess.Popen([sys.executable, "-c", script])
        deadline = time.monotonic() + 120
        while not any(tmp_path.glob(".payrules-*/findings.parquet")) and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        assert any(tmp_path.glob(".payrules-*/findings.parquet"))
        assert not out.exists()


def test_the_example_has_the_findings_that_were_planted(tmp_path: Path) -> None:
    """Row for row, as whoever made the history up wrote them down."""
    out = tmp_path / "findings.csv"
    told = from_toml(EXAMPLES / "history.toml")
    duck.audit([str(EXAMPLES / "history.csv")], reading=Reading(**told), out=out)
    found = duckdb.execute(f"SELECT finding FROM '{out}' ORDER BY \"row\"").fetchall()

    assert [finding for _, finding in ROWS] == [finding for (finding,) in found]


def test_many_keys_are_not_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which comparisons tell answers apart is asked of some keys alone; without it the findings are the same."""
    source = to_csv(tmp_path / "history.csv", [BASE, {**BASE, "at": NEXT_DAY}, {**BASE, "done_amount": "2000"}])
    paths = [tmp_path / name for name in ("few.csv", "many.csv")]
    for path in paths:
        duck.audit([source], out=path)
        monkeypatch.setattr(duck, "_KEYS_MAX", 0)
    few, many = (duckdb.execute(f"SELECT * FROM '{path}' ORDER BY \"row\"").fetchall() for path in paths)

    assert few == many


def test_a_log_of_many_long_lines_takes_little_memory(tmp_path: Path) -> None:
    """A line is taken apart once for all its fields, not once for each."""
    path = tmp_path / "history.jsonl"
    told = {
        **BASE,
        **dict.fromkeys(("amount_authorized", "amount_captured", "done_amount"), 1000),
        "amount_refunded": 0,
    }
    with path.open("w") as stream:
        for number in range(4000):
            stream.write(json.dumps({**told, "payment_id": f"p{number}", "merchant": "x" * 8000}) + "\n")

    assert 4000 == duck.audit([str(path)], memory="250MB", threads=2).of(Finding.AGREES)


class TestText:
    """Text is read line by line, whatever is in it."""

    def test_json_lines(self, tmp_path: Path) -> None:
        """A byte-order mark is no part of the first line; a line too long is an error, and the next is read."""
        path = tmp_path / "history.jsonl"
        path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n' + b"x" * (2 * LINE_MAX + 7) + b'\n{"b": "\xff"}\n{"c": 2}')
        told = list(json_lines(str(path)))

        assert ['{"a": 1}', None, None, '{"c": 2}'] == [line.values[0] for line in told]
        assert "longer than" in (told[1].error or "")
        assert "not UTF-8 at byte" in (told[2].error or "")
        assert [1, 2, 3, 4] == [line.number for line in told]

    def test_csv_lines(self, tmp_path: Path) -> None:
        """Quoted line ends belong to a value; semicolons and tabs separate as well; a field too long is an error."""
        path = tmp_path / "history.csv"
        path.write_text('a;b\n1;"x\ny"\n;\n\n1;2;3\n1;' + "z" * (LINE_MAX + 1) + "\n2;3\n")
        head, rows = csv_lines(str(path))
        told = list(rows)

        assert ["a", "b"] == head
        assert [["1", "x\ny"], [None, None]] == [line.values for line in told[:2]]
        assert "line 6 has 3 values" in (told[2].error or "")
        assert "field larger than field limit" in (told[3].error or "")

    def test_two_columns_of_one_name_are_refused(self, tmp_path: Path) -> None:
        """Nobody can tell which is meant."""
        path = tmp_path / "history.csv"
        path.write_text("a,b,a\n")

        with pytest.raises(CallerError, match="two columns are called 'a'"):
            csv_lines(str(path))

    def test_values_of_a_database(self) -> None:
        """As the text of a record."""
        noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

        assert [None, "x", "true", "false", "2026-11-20T12:00:00+00:00", "2026-11-20", '["a"]', "1.50"] == [
            written(value) for value in (None, "x", True, False, noon, noon.date(), ["a"], Decimal("1.50"))
        ]


class TestOptions:
    """What the caller may say about a run."""

    def test_progress_is_told_up_to_the_end(self, tmp_path: Path) -> None:
        """How much is done, from 0 to 1, and of how many rows; an error on the way is raised."""
        told: list[tuple[float, int]] = []
        path = to_csv(tmp_path / "history.csv", [BASE])
        duck.audit([path], out=tmp_path / "f.parquet", progress=lambda done, rows=0, /: told.append((done, rows)))

        assert (1.0, 1) == told[-1]
        with duckdb.connect() as connection, pytest.raises(duckdb.Error):
            duck.watched(connection, "SELECT * FROM nowhere", lambda done, rows=0, /: None, 0)

    def test_what_cannot_be_is_said(self, tmp_path: Path) -> None:
        """An amount of memory, a folder to write to, a mapping with a key that nobody knows."""
        path = to_csv(tmp_path / "history.csv", [BASE])
        (tmp_path / "mapping.toml").write_text("colums = 1")
        with pytest.raises(CallerError, match="'much' is no amount of memory"):
            duck.audit([path], memory="much")
        with pytest.raises(CallerError, match="memory: 2MB is too little for this history"):
            duck.audit([path], memory="2MB")
        with pytest.raises(CallerError, match="there is no folder"):
            duck.audit([path], out=tmp_path / "nowhere" / "f.csv")
        with pytest.raises(CallerError, match="did you mean 'columns'"):
            from_toml(tmp_path / "mapping.toml")

        assert 1 == duck.audit([path], memory="500MB", threads=1).rows

    def test_too_little_memory_is_said_while_text_is_read_too(self, tmp_path: Path) -> None:
        """Whatever part of an audit it is that does not fit."""
        path = to_csv(tmp_path / "history.csv", [BASE] * 50_000)

        with pytest.raises(CallerError, match="memory: 4MB is too little for this history"):
            duck.audit([path], memory="4MB", threads=1)

    def test_what_does_not_fit_is_done_with_more_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Unless the caller has said how much it may be."""
        path = to_csv(tmp_path / "history.csv", [BASE])
        for name in ("_TO_COUNT", "_TO_JUDGE"):
            monkeypatch.setattr(duck, name, (2, 0))

        assert 1 == duck.audit([path]).rows

    def test_a_provider_of_ones_own(self, tmp_path: Path) -> None:
        """Its table judges its rows."""
        mine = evolve(providers.find("dojo"), name="acme")
        path = to_csv(tmp_path / "history.csv", [{**BASE, "provider": "acme"}])

        assert 0 == duck.audit([path], tables_of=[mine]).mistakes

    def test_one_provider_alone(self, tmp_path: Path) -> None:
        """The rows of the others are not counted."""
        path = to_csv(tmp_path / "history.csv", [BASE, {**BASE, "provider": "adyen"}, {**BASE, "provider": "nobody"}])

        assert [3, 1] == [duck.audit([path], provider=name).rows for name in (None, "dojo")]

    def test_editions_with_days_between_them(self) -> None:
        """A day that no edition is known for has none."""
        dojo = providers.find("dojo")
        first, second = (evolve(item) for item in dojo.editions[:2])
        apart = evolve(dojo, editions=(evolve(first, until="2022-03-01"), second), default=second.name)

        assert [None, "2022-02", None, "2022-05"] == [
            span.edition.name if span.edition else None for span in spans(apart)
        ]
