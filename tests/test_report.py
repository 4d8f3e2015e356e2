"""The report: findings as one page for a person."""

from __future__ import annotations

import csv
import json
import re
import shutil
import struct
import subprocess
import zlib
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from payrules import CallerError
from payrules.audit import report
from payrules.cli import app
from tests.findings import findings

ROWS = list(findings(300))
COUNTS = Counter(row["finding"] for row in ROWS)
EVIL = "<script>document.title='run'</script>\"'><img src=x onerror=\"document.title='run'\">]]>&amp;"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of many findings."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    report.write(ROWS, path)
    return path


class Text(HTMLParser):
    """The elements of a page and its text, with one blank between words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


class TestThePage:
    """What the report says."""

    def test_counts_add_up(self, page: Path) -> None:
        """Every finding is in one tile, and the first sentence sums them up."""
        text = Text(page.read_text()).text
        mistakes = sum(COUNTS[kind.name] for kind in report.KINDS if kind.mistake)

        assert "Of 300 decisions from 2026-01" in text
        assert (
            f"{COUNTS['agrees']} ({100 * COUNTS['agrees'] / 300:.1f} %) agree with the providers' rules, {mistakes} ("
            in text
        )
        for kind in report.KINDS:
            assert f"{kind.title} {COUNTS[kind.name]} " in text

    def test_money_is_told_by_currency(self, page: Path) -> None:
        """And never added up over two."""
        text = Text(page.read_text()).text
        for currency in ("GBP", "EUR", "JPY"):
            moved = sum(row["money"] for row in ROWS if row["currency"] == currency)

            assert f"{moved:,}" in text
            assert f"Money involved, {currency}, over time" in text
        assert f"{sum(row['money'] or 0 for row in ROWS):,}" not in text

    @pytest.mark.parametrize("column", ["finding", "provider", "reason"])
    def test_tables_hold_what_the_charts_show(self, page: Path, column: str) -> None:
        """The months of the year, and each as many mistakes as there are."""
        kind = {"finding": "kind"}.get(column, column)
        part = page.read_text().partition(f">Mistakes by {kind}, over time<")[2].partition("</figure>")[0]
        words = Text(part.partition("<table>")[2].partition("</table>")[0]).text
        mistakes = {kind.name for kind in report.KINDS if kind.mistake}
        for month in (f"2026-{number:02}" for number in range(1, 13)):
            number = sum(row["finding"] in mistakes and row["at"][:7] == month for row in ROWS)

            assert re.search(rf"{month} [0-9 ,]*\b{number}\b", words), month

    def test_examples_are_those_with_most_money(self, page: Path) -> None:
        """Each with what was done, what would have been right, why, the statements and their pages."""
        source = page.read_text()
        for kind in report.KINDS:
            rows = [row for row in ROWS if row["finding"] == kind.name != "agrees" and row["currency"] == "GBP"]
            for row in sorted(rows, key=lambda row: (-row["money"], row["row"]))[: report.EXAMPLES_MAX]:
                assert f"orders.csv, row {row['row']}<" in source
        text = Text(source).text
        for part in ("Done", "Right", "no call:", "Concerns GBP 12,000", "is not an integer in minor units", "needs"):
            assert part in text

    def test_links_to_the_providers_pages(self, page: Path) -> None:
        """Beside each statement, with the day it was read; nothing else is linked."""
        links = {attributes["href"] for tag, attributes in Text(page.read_text()).elements if tag == "a"}

        assert links
        assert all(str(link).startswith("https://") for link in links)
        assert ", read 2026-11-" in Text(page.read_text()).text

    def test_opens_without_a_network(self, page: Path) -> None:
        """One file: no script, no picture, font or style from elsewhere, and the page itself forbids them."""
        elements = Text(page.read_text()).elements

        assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {
            tag for tag, _ in elements
        }
        assert not [
            name for _, attributes in elements for name in attributes if name.startswith("on") or name == "src"
        ]
        assert "url(" not in page.read_text()
        assert "default-src 'none'" in page.read_text()

    def test_can_be_read_without_seeing(self, page: Path) -> None:
        """One first heading and no level left out, every chart named and hidden behind its table, every table with
        heads, a language."""
        elements = Text(page.read_text()).elements
        headings = [int(tag[1]) for tag, _ in elements if re.fullmatch("h[1-6]", tag)]
        charts = [attributes for tag, attributes in elements if attributes.get("role") == "img"]
        drawings = [attributes for tag, attributes in elements if tag == "svg"]

        assert 1 == headings[0]
        assert 1 == headings.count(1)
        assert all(after - before <= 1 for before, after in pairwise(headings))
        assert len(charts) == len(drawings) > 5
        assert all(chart["aria-label"] for chart in charts)
        assert all("true" == drawing["aria-hidden"] for drawing in drawings)
        assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")
        assert ("html", {"lang": "en"}) in elements
        assert len([tag for tag, _ in elements if tag == "table"]) >= len(charts)

    def test_every_finding_is_escaped(self, tmp_path: Path) -> None:
        """Whatever stands in it."""
        path = tmp_path / "evil.html"
        texts = [name for name, kind in report.COLUMNS.items() if kind == "VARCHAR" and name not in ("finding", "at")]
        report.write([{**row, **dict.fromkeys(texts, EVIL)} for row in ROWS[:40]], path)
        elements = {tag for tag, _ in Text(path.read_text()).elements}

        assert not {"script", "img"} & elements
        assert "&lt;script&gt;" in path.read_text()

    @pytest.mark.parametrize("at", ["2026-05-01 00:00:00+00", "yesterday"])
    def test_a_time_that_is_none_is_in_no_month(self, tmp_path: Path, at: str | None) -> None:
        """The row is counted all the same."""
        path = tmp_path / "report.html"
        report.write([{**row, "at": at} for row in ROWS], path)
        text = Text(path.read_text()).text

        assert "Of 300 decisions" in text
        assert ("2026-05" in text) is bool(at and at.startswith("2026-05"))

    def test_no_month_is_left_out(self, tmp_path: Path) -> None:
        """Nor are there ever more than ten years of them."""
        path = tmp_path / "report.html"
        (one, other) = [row for row in ROWS if row["finding"] == "missed"][:2]
        report.write([{**one, "at": "2025-11-01"}, {**other, "at": "2026-02-01"}], path)
        assert "2025-12" in path.read_text()
        report.write([{**one, "at": "2000-11-01"}, {**other, "at": "2026-02-01"}], path)
        assert "2025-12" not in path.read_text()

    def test_many_reasons_and_kinds_never_heard_of(self, tmp_path: Path) -> None:
        """Those beyond the commonest are one more; a kind that the report does not know is counted by its name."""
        path = tmp_path / "report.html"
        rows = [row for row in ROWS if row["finding"] == "missed"]
        report.write(
            [{**row, "reason": f"reason_{number}"} for number, row in enumerate(rows)]
            + [{**row, "finding": "unverifiable", "claims": ["acme.refund.ok", "dojo.no-such"]} for row in rows],
            path,
        )
        text = Text(path.read_text()).text

        assert "all others" in text
        assert f"Unverifiable {len(rows)} " in text
        assert "acme.refund.ok" in text

    def test_no_findings(self, tmp_path: Path) -> None:
        """The page says so; and where everything agrees there is no chart to draw."""
        path = tmp_path / "report.html"
        report.write([], path)
        assert "There are no findings." in path.read_text()
        report.write([row for row in ROWS if row["finding"] == "agrees"], path)
        assert "(100.0 %) agree" in Text(path.read_text()).text
        assert "<svg" not in path.read_text()

    @pytest.mark.parametrize(
        ("number", "total", "told"),
        [(0, 0, "0.0"), (0, 9, "0.0"), (9, 9, "100.0"), (1, 9000, "< 0.1"), (8999, 9000, "> 99.9"), (1, 3, "33.3")],
    )
    def test_a_share_is_0_or_100_only_if_it_is(self, number: int, total: int, told: str) -> None:
        """A single mistake in a million does not vanish."""
        assert f"{told}\u00a0%" == report._share(number, total)


class TestReading:
    """Findings come as Parquet, CSV or JSON lines, or as records."""

    @staticmethod
    def as_file(path: Path, rows: list[dict[str, Any]]) -> Path:
        """Findings written as the suffix says."""
        lines = path.with_suffix(".jsonl")
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        if path.suffix == ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(report.COLUMNS))
                writer.writeheader()
                writer.writerows(rows)
        elif path.suffix == ".parquet":
            duckdb.execute(f"COPY (SELECT * FROM read_json('{lines}')) TO '{path}' (FORMAT parquet)")
        return path

    @pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
    def test_every_format_gives_the_same_page(self, tmp_path: Path, page: Path, suffix: str) -> None:
        """However lists and instants are written in it."""
        path = self.as_file(tmp_path / f"findings{suffix}", ROWS)
        report.write(str(path), tmp_path / "report.html")

        def plain(file: Path) -> str:
            text = Text(file.read_text()).text.replace(" 00:00:00+00", "T00:00:00Z")
            return re.sub(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\+00)?", r"\1T\2Z", text)

        assert plain(page) == plain(tmp_path / "report.html")

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("findings.xlsx", b"", "neither .parquet, .csv nor .jsonl"),
            ("findings.csv", b"source,row\n1,2\n", "has no column provider, payment_id"),
            ("findings.jsonl", b'{"source": 1}\n', "has no column row, provider"),
            ("findings.jsonl", b"{", "findings: "),
            ("findings.parquet", b"PAR1", "findings: "),
            ("findings.parquet", b"", "findings: "),
        ],
    )
    def test_what_cannot_be_read_is_one_clear_error(
        self, tmp_path: Path, name: str, content: bytes, message: str
    ) -> None:
        """And leaves no page."""
        path = tmp_path / name
        path.write_bytes(content)

        with pytest.raises(CallerError, match=re.escape(message)) as error:
            report.write(path, tmp_path / "report.html")
        assert "\n" not in str(error.value)
        assert [name] == [file.name for file in tmp_path.iterdir()]

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """Is named."""
        with pytest.raises(CallerError, match="no such file"):
            report.write(tmp_path / "findings.csv", tmp_path / "report.html")

    def test_an_empty_file_has_no_findings(self, tmp_path: Path) -> None:
        """Which is no error."""
        path = tmp_path / "findings.jsonl"
        path.touch()
        report.write(path, tmp_path / "report.html")

        assert "There are no findings." in (tmp_path / "report.html").read_text()

    def test_a_page_is_whole_or_as_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever happens while it is written."""
        path = tmp_path / "report.html"
        path.write_text("the old one")

        def stopped(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            report.write(ROWS[:5], path)
        assert "the old one" == path.read_text()
        assert ["report.html"] == [file.name for file in tmp_path.iterdir()]


class TestTheCommand:
    """`payrules report FINDINGS HTML`."""

    def test_writes_the_page(self, tmp_path: Path) -> None:
        """And says so."""
        path = TestReading.as_file(tmp_path / "findings.csv", ROWS[:20])
        result = CliRunner().invoke(app, ["report", str(path), str(tmp_path / "report.html")])

        assert (0, f"wrote {tmp_path / 'report.html'}\n") == (result.exit_code, result.stdout)
        assert "Of 20 decisions" in Text((tmp_path / "report.html").read_text()).text

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [(("nowhere.csv", "x.html"), "no such file"), (("{}", "/nowhere/x.html"), "No such file or directory")],
    )
    def test_bad_input_is_one_clear_error(self, tmp_path: Path, arguments: tuple[str, str], message: str) -> None:
        """Exit code 2."""
        path = TestReading.as_file(tmp_path / "findings.csv", ROWS[:2])
        result = CliRunner().invoke(app, ["report", arguments[0].format(path), arguments[1]])

        assert 2 == result.exit_code
        assert message in result.stderr


def shoot(page: Path, picture: Path, width: int, *options: str) -> tuple[int, int, int]:
    """The colour in the corner of a page as headless Chromium shows it; the picture is kept."""
    chromium = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
    own = [f"--user-data-dir={picture.with_suffix('')}", f"--window-size={width},1600", f"--screenshot={picture}"]
    subprocess.run([*chromium, *quiet, *own, *options, page.as_uri()], capture_output=True, check=True, timeout=120)
    data = picture.read_bytes()
    chunks = re.findall(rb"IDAT", data)
    assert chunks
    pixels, place = b"", 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            pixels += data[place + 8 : place + 8 + length]
        place += length + 12
    red, green, blue = zlib.decompress(pixels)[1:4]  # the first pixel of the first row is stored as it is
    return red, green, blue


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt install chromium")
class TestInABrowser:
    """The page in headless Chromium."""

    def test_follows_the_readers_choice_of_dark_or_light(self, page: Path, tmp_path: Path) -> None:
        """White paper by day, dark by night."""
        assert (255, 255, 255) == shoot(page, tmp_path / "light.png", 1280, "--blink-settings=preferredColorScheme=1")
        assert (20, 23, 26) == shoot(page, tmp_path / "dark.png", 500, "--blink-settings=preferredColorScheme=0")

    def test_runs_nothing(self, tmp_path: Path) -> None:
        """What stands in a finding stays text."""
        path = tmp_path / "evil.html"
        report.write([{**row, "payment_id": EVIL, "error": EVIL, "reason": EVIL} for row in ROWS[:40]], path)
        chromium = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'own'}",
        ]
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"]
        done = subprocess.run(
            [*chromium, *quiet, path.as_uri()], capture_output=True, text=True, check=True, timeout=120
        )

        assert "<title>Undo decisions, judged</title>" in done.stdout
