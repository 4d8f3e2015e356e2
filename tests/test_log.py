"""The decision log: lines, the chain that shows a change, the file that survives a crash."""

from __future__ import annotations

import io
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from filelock import FileLock, Timeout
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from payrules import CallerError, CaptureMode, Decision, Payment, Undo, decide
from payrules.audit import START, Fault, Head, Verified, entry, head_of, log, verify
from payrules.audit.appender import Appender, Handler
from payrules.cli import app
from payrules.digests import canonical, digest, sha256
from tests.test_vectors import validator
from tests.vectors import ROOT, every

DOJO = Payment(
    provider="dojo",
    status="Captured",
    currency="GBP",
    payment_id="pi_1",
    capture_mode=CaptureMode.AUTO,
    amount_authorized=1000,
    amount_refunded=0,
    authorized_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda items: st.lists(items, max_size=2) | st.dictionaries(st.text(max_size=3), items, max_size=2),
    max_leaves=4,
)


def decision(number: int = 0, **changed: Any) -> Decision:
    """One of many decisions, no two alike."""
    at = datetime(2026, 11, 20, 13, tzinfo=UTC) + timedelta(minutes=number)
    return decide(attrs.evolve(DOJO, payment_id=f"pi_{number}", **changed), Undo(at=at))


def written(count: int) -> list[bytes]:
    """The lines of a chained log."""
    lines, head = [], START
    for number in range(count):
        made = decision(number)
        line = entry(made.payment, made.undo, made, after=head).encode()
        head = head_of(line)
        lines.append(line + b"\n")
    return lines


LOG = written(24)
HEAD = head_of(LOG[-1])


def told(found: Verified) -> list[tuple[int, Fault]]:
    """Where something is wrong, and what."""
    return [(problem.line, problem.fault) for problem in found.problems]


def rehashed(lines: list[bytes], start: int) -> list[bytes]:
    """The log, with the chain mended from a place on, as somebody who can write the file would."""
    lines = list(lines)
    for place in range(max(start, 1), len(lines)):
        record = json.loads(lines[place])
        record["prev"] = sha256(lines[place - 1].rstrip(b"\n"))
        lines[place] = canonical(record) + b"\n"
    return lines


def edited(line: bytes, change: Any) -> bytes:
    """A line with another content in the same form."""
    record = json.loads(line)
    change(record)
    return canonical(record) + b"\n"


class TestAnEntry:
    """`entry` writes what is needed to decide again."""

    def test_is_one_line_in_canonical_form(self) -> None:
        """Keys in order, no blanks, no end of line."""
        made = decision()
        line = entry(made.payment, made.undo, made)

        assert "\n" not in line
        assert canonical(json.loads(line)).decode() == line
        assert line.startswith('{"decision":{"action":"reverse","amount":1000,')

    def test_holds_payment_wish_decision_edition_and_digest(self) -> None:
        """All of it as records write it."""
        made = decision()
        record = json.loads(entry(made.payment, made.undo, made))

        assert made.payment == Payment.from_record(record["payment"])
        assert made.undo == Undo.from_record(record["undo"])
        assert made.to_record() == record["decision"]
        assert ("2022-05", digest(made.provider, made.table)) == (record["edition"], record["digest"])
        assert {"format", "library", "payment", "undo", "decision", "edition", "digest"} == set(record)

    def test_is_chained_to_the_line_before(self) -> None:
        """By number and by the SHA-256 of its bytes, which any tool can work out."""
        first, second = (json.loads(line) for line in LOG[:2])

        assert (1, None) == (first["seq"], first["prev"])
        assert (2, sha256(LOG[0][:-1])) == (second["seq"], second["prev"])

    @pytest.mark.parametrize("line", [LOG[0], LOG[1]], ids=["first", "second"])
    def test_is_a_record_of_the_schema(self, line: bytes) -> None:
        """With its links or without; with one of them alone it is not."""
        record = json.loads(line)
        alone = {name: value for name, value in record.items() if name not in ("seq", "prev")}

        validator("entry").validate(record)
        validator("entry").validate(alone)
        assert not validator("entry").is_valid(alone | {"seq": 1})

    def test_takes_no_answer_to_another_question(self) -> None:
        """Payment, wish and decision belong together."""
        made = decision()

        with pytest.raises(CallerError, match="another question"):
            entry(decision(1).payment, made.undo, made)

    def test_is_not_chained_to_a_head_without_a_number(self) -> None:
        """The digest alone does not say which line comes next."""
        made = decision()

        with pytest.raises(CallerError, match="with its number"):
            entry(made.payment, made.undo, made, after=Head(None, HEAD.digest))

    @pytest.mark.parametrize("number", ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005"])
    @pytest.mark.parametrize("name", ["payment_id", "merchant_reference"])
    def test_refuses_what_looks_like_a_card_number(self, name: str, number: str) -> None:
        """An id is none, and a log must not hold one."""
        payment = Payment.from_record({**DOJO.to_record(), name: number})
        made = decide(payment, Undo(at=datetime(2026, 11, 20, 13, tzinfo=UTC)))

        with pytest.raises(CallerError, match=f"{name}: it looks like the number of a card"):
            entry(payment, made.undo, made)
        assert number in entry(payment, made.undo, made, card_numbers=True)

    @pytest.mark.parametrize(
        "reference", ["4111111111111112", "8815658961765250", "411111111111", "pi_4111111111111111"]
    )
    def test_takes_other_long_numbers(self, reference: str) -> None:
        """A wrong check digit, a number that no card begins with, one too short, an id of letters and digits."""
        payment = attrs.evolve(DOJO, payment_id=reference)
        made = decide(payment, Undo(at=datetime(2026, 11, 20, 13, tzinfo=UTC)))

        assert reference in entry(payment, made.undo, made)


class TestVerifying:
    """`verify` finds what is not as it was written, and where."""

    def test_an_intact_log_has_no_problem(self) -> None:
        """And tells its head, which is worth keeping."""
        found = verify(LOG, head=HEAD)

        assert ([], 24, True, HEAD, 24) == (told(found), found.lines, found.chained, found.head, found.anchored)

    def test_an_empty_log_is_intact(self) -> None:
        """Unless something was written."""
        assert ([], None, None) == (told(verify([])), verify([]).chained, verify([]).head)
        assert [(0, Fault.CUT)] == told(verify([], head=HEAD))

    def test_a_head_of_yesterday_is_found_where_it_was(self) -> None:
        """What came after it is newer."""
        assert 10 == verify(LOG, head=head_of(LOG[9])).anchored
        assert 10 == verify(LOG, head=Head.parse(str(head_of(LOG[9]).digest))).anchored

    @pytest.mark.parametrize(
        ("lines", "problems"),
        [
            (LOG[:4] + LOG[5:], [(5, Fault.MISSING)]),
            (LOG[1:], [(1, Fault.MISSING)]),
            (LOG[:4] + LOG[9:], [(5, Fault.MISSING)]),
            ([*LOG[:4], LOG[5], LOG[4], *LOG[6:]], [(6, Fault.REORDERED)]),
            ([*LOG[:4], LOG[8], *LOG[4:8], *LOG[9:]], [(line, Fault.REORDERED) for line in range(6, 10)]),
            ([*LOG[:4], LOG[9], *LOG[5:9], LOG[4], *LOG[10:]], [(5, Fault.CHANGED), (10, Fault.CHANGED)]),
            (LOG[:4] + LOG[6:9] + LOG[10:12] + LOG[9:10] + LOG[12:], [(5, Fault.MISSING), (10, Fault.REORDERED)]),
            ([*LOG[:5], LOG[4], *LOG[5:]], [(6, Fault.REPEATED)]),
            ([*LOG[:9], LOG[4], *LOG[9:]], [(10, Fault.REPEATED)]),
            ([*LOG[:4], b"{}\n", *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([*LOG[:4], b"[]\n", *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([*LOG[:4], b"\xff\n", *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([*LOG[:4], b"\n", *LOG[4:]], [(5, Fault.UNREADABLE), (6, Fault.REPEATED)]),
            ([*LOG[:4], LOG[4][:90] + LOG[5], *LOG[6:]], [(5, Fault.UNREADABLE), (6, Fault.MISSING)]),
            ([*LOG[:-1], LOG[-1][:-1]], [(24, Fault.UNFINISHED)]),
            ([*LOG[:-1], LOG[-1][:50]], [(24, Fault.UNFINISHED)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(edition="2022-02")), *LOG[5:]], [(5, Fault.CHANGED)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(seq=999)), *LOG[5:]], [(5, Fault.CHANGED)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(seq=2)), *LOG[5:]], [(5, Fault.CHANGED)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(prev="0" * 64)), *LOG[5:]], [(4, Fault.CHANGED), (5, Fault.CHANGED)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(prev="x")), *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(format=2)), *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([*LOG[:4], edited(LOG[4], lambda record: record.update(more=2)), *LOG[5:]], [(5, Fault.UNREADABLE)]),
            ([edited(LOG[0], lambda record: record.update(prev="0" * 64))], [(1, Fault.CHANGED)]),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_and_where(self, lines: list[bytes], problems: list[tuple[int, Fault]]) -> None:
        """The line of the file, and one word for it; a log that is not as it was has no head to keep."""
        found = verify(lines)

        assert problems == told(found)
        assert found.head is None

    def test_a_cut_end_shows_against_the_head(self) -> None:
        """Only against it: what was never there leaves no gap."""
        assert [] == told(verify(LOG[:-3]))
        assert [(21, Fault.CUT)] == told(verify(LOG[:-3], head=HEAD))
        assert [(21, Fault.REWRITTEN)] == told(verify(LOG[:-3], head=Head(None, HEAD.digest)))

    def test_a_log_written_anew_shows_against_the_head(self) -> None:
        """Whoever can write the file can mend the chain, but not the head that is kept elsewhere."""
        lines = rehashed([*LOG[:4], edited(LOG[4], lambda record: record.update(edition="x")), *LOG[5:]], 5)

        assert [] == told(verify(lines))
        assert [(24, Fault.REWRITTEN)] == told(verify(lines, head=HEAD))

    def test_a_log_goes_on_in_another_file(self) -> None:
        """Its first line follows the head of the file before."""
        assert [] == told(verify(LOG[10:], after=head_of(LOG[9]), head=HEAD))
        assert [(1, Fault.CHANGED)] == told(verify(LOG[10:], after=Head(10, "0" * 64)))
        assert [(1, Fault.MISSING)] == told(verify(LOG[11:], after=head_of(LOG[9])))
        with pytest.raises(CallerError, match="with its number"):
            verify(LOG, after=Head(None, HEAD.digest))

    def test_lines_of_both_kinds_do_not_mix(self) -> None:
        """A line that is not chained could be anybody's."""
        made = decision(99)
        alone = entry(made.payment, made.undo, made).encode() + b"\n"

        assert [(5, Fault.UNCHAINED)] == told(verify([*LOG[:4], alone, *LOG[4:]]))
        assert [(2, Fault.UNCHAINED)] == told(verify([alone, LOG[0], alone]))
        assert ([], False, None) == (told(verify([alone, alone])), verify([alone]).chained, verify([alone]).head)
        with pytest.raises(CallerError, match="not chained"):
            head_of(alone)

    def test_stops_where_there_is_no_log_left(self) -> None:
        """A thousand problems are enough."""
        found = verify([b"x\n"] * 5000)

        assert log.PROBLEMS_MAX + 1 <= len(found.problems) <= log.PROBLEMS_MAX + 2
        assert Fault.TOO_MANY is found.problems[-1].fault

    def test_reads_no_line_of_any_length_into_memory(self) -> None:
        """One that is too long is one problem, and the next line is read."""
        text = b"".join([*LOG[:2], b'"' + b"x" * (3 << 20) + b'"\n', *LOG[3:]])

        assert [(3, Fault.UNREADABLE)] == told(verify(log.lines_of(io.BytesIO(text))))
        assert LOG == list(log.lines_of(io.BytesIO(b"".join(LOG))))
        assert [b"x" * (2 << 20)] != list(log.lines_of(io.BytesIO(b"x" * (2 << 20))))

    @settings(max_examples=40)
    @given(st.lists(st.binary() | st.sampled_from(LOG), max_size=6))
    def test_takes_any_bytes(self, lines: list[bytes]) -> None:
        """Whatever stands in a file, there is a verdict and no error."""
        found = verify(lines, replay=True)

        assert all(1 <= problem.line <= len(lines) for problem in found.problems)

    @settings(max_examples=40)
    @given(st.sampled_from(["payment", "undo", "decision", ""]), st.data())
    def test_takes_any_values(self, part: str, data: st.DataObject) -> None:
        """Whatever stands in a field of a line."""
        record = json.loads(LOG[0])
        inside = record[part] if part else record
        inside[data.draw(st.sampled_from([*inside, "new"]))] = data.draw(JSON)
        line = json.dumps(record).encode() + b"\n"

        assert len(verify([line], replay=True).problems) <= 2

    @pytest.mark.parametrize("seed", range(60))
    def test_every_tampering_is_found(self, seed: int) -> None:
        """Edits, drops, swaps, repeats and mended chains at random places, against the head that was kept; but for a
        mended chain, the place is named."""
        draw = random.Random(seed)  # noqa: S311
        place, other = draw.sample(range(len(LOG)), 2)
        lines = list(LOG)
        match kind := ("edit", "drop", "swap", "repeat", "mend", "byte")[seed % 6]:
            case "edit":
                lines[place] = edited(
                    lines[place], lambda record: record["payment"].update(amount_authorized=draw.randrange(10**6))
                )
            case "drop":
                del lines[place]
            case "swap":
                lines[place], lines[other] = lines[other], lines[place]
            case "repeat":
                lines.insert(other, lines[place])
            case "mend":
                lines[place] = edited(lines[place], lambda record: record["undo"].update(at="2026-11-20T00:00:00Z"))
                lines = rehashed(lines, place + 1)
            case "byte":
                at = draw.randrange(len(lines[place]) - 1)
                lines[place] = lines[place][:at] + bytes([lines[place][at] ^ 1]) + lines[place][at + 1 :]
        found = verify(lines, head=HEAD)
        near = {place + 1, other + 1, place, place + 2, other + 2}

        assert found.problems, kind
        assert kind == "mend" or near & {problem.line for problem in found.problems}, kind


class TestReplaying:
    """With `replay` each decision is made again."""

    def test_the_same_answers_come_out(self) -> None:
        """Of one in eight of the vectors."""
        lines, head = [], START
        for vector in every("undo")[::12]:
            made = decide(vector.payment, vector.undo, edition=vector.edition)
            line = entry(made.payment, made.undo, made, after=head).encode()
            head = head_of(line)
            lines.append(line + b"\n")
        found = verify(lines, replay=True)

        assert ([], len(lines)) == (told(found), found.replayed)
        assert len(lines) > 30

    @pytest.mark.parametrize(
        ("change", "fault", "message"),
        [
            (lambda record: record["decision"].update(action="refund"), Fault.DECIDED_OTHERWISE, "action was refund and is reverse"),
            (lambda record: record["undo"].update(at="2026-11-21T00:00:00Z"), Fault.DECIDED_OTHERWISE, "action was reverse and is refund"),
            (lambda record: record.update(edition="1999"), Fault.UNVERIFIABLE, "no edition '1999'"),
            (lambda record: record["payment"].update(provider="sumup"), Fault.UNVERIFIABLE, "no provider 'sumup'"),
            (lambda record: record["payment"].update(status=1), Fault.UNVERIFIABLE, "status: 1 is not text"),
            (lambda record: record.update(decision=[]), Fault.UNVERIFIABLE, "[] is not an object"),
            (lambda record: record.update(digest="0" * 64), Fault.UNVERIFIABLE, "from another table than edition 2022-05"),
        ],
    )  # fmt: skip
    def test_says_what_comes_out_otherwise(self, change: Any, fault: Fault, message: str) -> None:
        """A decision that cannot be made again is not called wrong."""
        made = decision()
        line = edited(entry(made.payment, made.undo, made).encode(), change)
        (problem,) = verify([line], replay=True).problems

        assert (1, fault) == (problem.line, problem.fault)
        assert message in problem.message


class TestAppending:
    """An `Appender` writes whole lines, and never loses one."""

    def test_goes_on_where_the_log_ends(self, tmp_path: Path) -> None:
        """In the same process or the next; the head it returns is that of the file."""
        path = tmp_path / "undo.jsonl"
        heads = [Appender(path, fsync=True).append(decision(number)) for number in range(3)]
        with path.open("rb") as stream:
            found = verify(log.lines_of(stream), head=heads[-1])

        assert ([], 3, heads[2]) == (told(found), found.lines, found.head)

    def test_goes_on_from_another_file(self, tmp_path: Path) -> None:
        """A rotated log is one chain."""
        path = tmp_path / "undo.jsonl"
        Appender(path, after=HEAD).append(decision())

        assert [] == told(verify([path.read_bytes()], after=HEAD))

    def test_writes_lines_that_stand_alone(self, tmp_path: Path) -> None:
        """Where no chain is wanted."""
        path = tmp_path / "undo.jsonl"
        appender = Appender(path, chained=False)

        assert [None, None] == [appender.append(decision()), appender.append(decision(1))]
        assert False is verify(path.read_bytes().splitlines(keepends=True)).chained

    def test_reads_the_end_of_a_long_file_alone(self, tmp_path: Path) -> None:
        """However long the last line is."""
        path = tmp_path / "undo.jsonl"
        appender = Appender(path)
        for number, length in enumerate((1, 70_000, 1)):
            appender.append(decision(number, merchant_reference="x" * length))

        assert [] == told(verify(path.read_bytes().splitlines(keepends=True)))

    @pytest.mark.parametrize("left", [1, 50, -1])
    def test_sets_aside_what_a_crash_left(self, tmp_path: Path, left: int, caplog: pytest.LogCaptureFixture) -> None:
        """Part of a line, or all but its end, is kept in another file, told, and the log goes on without it."""
        path = tmp_path / "undo.jsonl"
        torn = LOG[2][:left]
        path.write_bytes(b"".join(LOG[:2]) + torn)
        Appender(path).append(decision(7))

        assert [] == told(verify(path.read_bytes().splitlines(keepends=True)))
        assert 3 == len(path.read_bytes().splitlines())
        assert torn + b"\n" == (tmp_path / "undo.jsonl.torn").read_bytes()
        assert f"{len(torn)} bytes of an unfinished line were set aside" in caplog.text

    def test_does_not_chain_to_what_is_no_log(self, tmp_path: Path) -> None:
        """A file of something else is left as it is."""
        path = tmp_path / "notes.txt"
        path.write_text("a shopping list\n")

        with pytest.raises(CallerError, match="not JSON"):
            Appender(path).append(decision())
        assert "a shopping list\n" == path.read_text()

    def test_takes_back_what_it_could_not_write(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a full disk the error is raised and the file is as before."""
        path = tmp_path / "undo.jsonl"
        appender = Appender(path, fsync=True)
        appender.append(decision())
        before = path.read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                appender.append(decision(1))

        assert before == path.read_bytes()
        appender.append(decision(1))
        assert [] == told(verify(path.read_bytes().splitlines(keepends=True)))

    def test_waits_for_another_writer_no_longer_than_told(self, tmp_path: Path) -> None:
        """Then it raises, and nothing was written."""
        path = tmp_path / "undo.jsonl"
        with FileLock(f"{path}.lock"), pytest.raises(Timeout):
            Appender(path, timeout=0.01).append(decision())
        assert not path.exists()

    def test_threads_take_turns(self, tmp_path: Path) -> None:
        """One appender or one each, the chain holds."""
        path = tmp_path / "undo.jsonl"
        shared = Appender(path)
        threads = [
            threading.Thread(target=lambda own: [own.append(decision(number)) for number in range(10)], args=(own,))
            for own in (shared, shared, Appender(path), Appender(path))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = verify(path.read_bytes().splitlines(keepends=True))

        assert ([], 40) == (told(found), found.lines)

    WRITER = """
import sys
from payrules import Payment, Undo, decide
from payrules.audit.appender import Appender
payment = Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=5)
decision = decide(payment, Undo.from_record({"at": "2026-11-20T12:00:00Z"}))
appender = Appender(sys.argv[1])
if sys.argv[2] == "slow":  # every line in pieces, so that a kill comes in the middle of one
    os_write = type(appender)._write
    def in_pieces(self, file, data):
        for start in range(0, len(data), 7):
            os_write(self, file, data[start:start + 7])
    type(appender)._write = in_pieces
for number in range(int(sys.argv[3])):
    appender.append(decision)
    if number == 0:
        print("begun", flush=True)
"""

    def test_two_processes_take_turns(self, tmp_path: Path) -> None:
        """Every line of both is there, whole and in one chain."""
        path = tmp_path / "undo.jsonl"
        command = [sys.executable, "-c", self.WRITER, str(path), "fast", "60"]
        both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]

        assert [0, 0] == [process.wait(60) for process in both]
        found = verify(path.read_bytes().splitlines(keepends=True))
        assert ([], 120) == (told(found), found.lines)

    def test_a_killed_writer_leaves_a_log(self, tmp_path: Path) -> None:
        """Killed in the middle of a line, time and again: the next one goes on, and what was cut off is set aside."""
        path = tmp_path / "undo.jsonl"
        draw = random.Random(7)  # noqa: S311
        for _ in range(4):
            command = [sys.executable, "-c", self.WRITER, str(path), "slow", "100000"]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                assert b"begun\n" == process.stdout.readline()
                time.sleep(draw.random() / 10)
                process.send_signal(signal.SIGKILL)
        whole = path.read_bytes().rpartition(b"\n")[0].count(b"\n") + 1
        Appender(path).append(decision())
        found = verify(path.read_bytes().splitlines(keepends=True))

        assert ([], whole + 1) == (told(found), found.lines)


class TestHandling:
    """`Handler` lets `logging` write decisions."""

    def test_appends_decisions_and_nothing_else(self, tmp_path: Path) -> None:
        """As the message, or beside one."""
        path = tmp_path / "undo.jsonl"
        logger = logging.Logger("shop")
        logger.addHandler(Handler(Appender(path)))
        logger.info(decision(0))
        logger.info("undone", extra={"decision": decision(1)})
        logger.info("a word about the weather")
        logger.info("nothing", extra={"decision": None})
        found = verify(path.read_bytes().splitlines(keepends=True))

        assert ([], 2) == (told(found), found.lines)

    def test_does_not_stop_the_program(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """As of every handler, an error is printed."""
        logger = logging.Logger("shop")
        logger.addHandler(Handler(Appender(tmp_path)))
        logger.info(decision(0))

        assert "IsADirectoryError" in capsys.readouterr().err


class TestTheCommand:
    """`payrules log verify FILE`."""

    @staticmethod
    def run(*arguments: str, text: bytes = b"".join(LOG)) -> Any:
        """What the command says of a log on standard input."""
        return CliRunner().invoke(app, ["log", "verify", "-", *arguments], input=text, env={"COLUMNS": "200"})

    def test_an_intact_log(self) -> None:
        """Exit code 0, the head, and whether it was anchored."""
        result = self.run()

        assert 0 == result.exit_code
        assert "24 lines, no problem" in result.stdout
        assert f"head {HEAD}" in result.stdout
        assert "Not anchored" in result.stdout
        assert "Anchored at line 24." in self.run("--head", str(HEAD)).stdout
        assert "Anchored at line 20; 4 lines are newer." in self.run("--head", str(head_of(LOG[19]))).stdout

    def test_a_log_with_problems(self) -> None:
        """Exit code 1, and a row for each."""
        result = self.run("--replay", text=b"".join(LOG[:4] + LOG[5:]))

        assert 1 == result.exit_code
        assert "23 lines, 23 decided again, 1 problem" in result.stdout
        assert "5     missing  line 5 is missing before it" in result.stdout

    def test_prints_a_record_with_json(self) -> None:
        """For a program."""
        result = self.run("--json", "--after", str(head_of(LOG[9])), text=b"".join(LOG[10:12]) + b"?")

        assert 1 == result.exit_code
        assert {
            "lines": 2,
            "chained": True,
            "head": None,
            "anchored": None,
            "replayed": 0,
            "problems": [
                {"line": 3, "fault": "unfinished", "message": "the line has no end: its writing was cut off"}
            ],
        } == json.loads(result.stdout)

    def test_lines_that_stand_alone_prove_little(self) -> None:
        """The command says so."""
        made = decision()

        assert "Not chained" in self.run(text=entry(made.payment, made.undo, made).encode() + b"\n").stdout

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--head", "abc"), "head: 'abc' is neither a SHA-256 nor NUMBER:SHA-256"),
            (("--after", "0" * 64), "after: the head of the file before is needed with its number"),
        ],
    )
    def test_bad_input_is_one_clear_error(self, arguments: tuple[str, ...], message: str) -> None:
        """Exit code 2."""
        result = self.run(*arguments)

        assert 2 == result.exit_code
        assert message in result.stderr
