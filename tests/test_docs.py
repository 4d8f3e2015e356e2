"""The documentation: it builds without a warning, nothing in it leads nowhere, and nothing on a page comes from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs
import pytest

from docs.generate import arrows
from payrules import Event, Payment, Reason, providers
from payrules.audit.findings import Finding
from payrules.explain import doubtful
from payrules.words import Rejection, Standing, Step
from tests.vectors import ROOT

DOCS = ROOT / "docs"
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "use": "href"}


class Page(HTMLParser):
    """What a built page links to, loads, and can be linked to by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value for name, value in attrs if value is not None}
        self.ids |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag in LOADED and LOADED[tag] in told and told.get("rel") not in ("canonical", "next", "prev"):
            self.loads.append(told[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as the README says."""
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(built)]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return built


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_no_link_is_dead(pages: dict[Path, Page]) -> None:
    """Every link within the site leads to a page, and every anchor to a place on it."""
    assert [] == [
        (path.name, link) for path, page in pages.items() for link in page.links if _is_dead(path, link, pages)
    ]


def _is_dead(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or path.name == "404.html":  # the page of errors is served at any depth
        return False
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.suffix != ".html":
        return not (target.is_file() or (target / "index.html").is_file())
    return target not in pages or bool(parts.fragment and unquote(parts.fragment) not in pages[target].ids)


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    """No page and no style sheet of ours loads anything from another machine."""
    assert [] == [(path.name, load) for path, page in pages.items() for load in page.loads if urlsplit(load).netloc]
    assert "url(" not in (site / "style.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("provider", providers.NAMES)
def test_every_provider_has_a_page(site: Path, pages: dict[Path, Page], provider: str) -> None:
    """A provider's page draws every edition, and shows every rule, every claim and every decision."""
    table = providers.find(provider)
    path = site / "providers" / f"{provider}.html"
    text = path.read_text(encoding="utf-8")

    assert len(table.editions) == text.count('<div class="diagram"')
    assert {f"claim-{claim.key.replace('.', '-')}" for claim in table.claims} <= pages[path].ids
    assert {str(claim.decision).lower() for claim in doubtful(table)} <= pages[path].ids
    assert [] == [
        permit.name
        for edition in table.editions
        for permit in edition.permits
        if f"<code>{permit.name}</code>" not in text
    ]
    assert f'href="{provider}.html"' in (site / "providers" / "index.html").read_text(encoding="utf-8")


def test_every_public_name_has_a_reference(pages: dict[Path, Page]) -> None:
    """Whatever `payrules` exports stands in the reference."""
    import payrules

    ids = {
        identifier.rpartition(".")[2]
        for page in pages.values()
        for identifier in page.ids
        if "payrules." in identifier
    }
    assert [] == [name for name in payrules.__all__ if name not in ids]


def test_the_reference_lists_fields_and_words(site: Path) -> None:
    """The reference shows each field of a payment and each event, though they have no docstrings."""
    records = (site / "reference" / "records.html").read_text(encoding="utf-8")
    words = (site / "reference" / "words.html").read_text(encoding="utf-8")

    assert [] == [item.name for item in attrs.fields(Payment) if f"<td><code>{item.name}</code></td>" not in records]
    assert [] == [event for event in Event if f"<li><code>{event}</code>: " not in words]


@pytest.mark.parametrize("provider", providers.NAMES)
def test_a_diagram_draws_every_transition(provider: str) -> None:
    """The arrows of a diagram, also those drawn as one, are the transitions of the table and no others."""
    for edition in providers.find(provider).editions:
        listed = {(before, row.event, row.after) for row in edition.transitions for before in row.before}
        drawn = [
            (before, event, after)
            for (words, after), events in arrows(edition).items()
            for before in words
            for event in events
        ]

        assert listed == set(drawn)
        assert len(listed) == len(drawn)


def test_every_reason_has_an_entry() -> None:
    """The page of reasons has one entry each, in the documented order, which says what it means and what to do."""
    entries = list(_sections("reasons.md"))

    assert [reason.value for reason in Reason] == [name for name, _ in entries]
    assert [] == [name for name, text in entries if not re.fullmatch(r"[A-Z][^*]+\. \*Do:\* [^*]+\.", text)]


@pytest.mark.parametrize(
    ("name", "words"),
    [("concepts.md", Rejection), ("concepts.md", Standing), ("checkout.md", Step), ("audit.md", Finding)],
)
def test_every_word_of_a_list_is_explained(name: str, words: type[Rejection | Standing | Step | Finding]) -> None:
    """The lists of kinds of no, standings, steps and findings are whole and in order."""
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [word.value for word in words] == [row for row in rows if row in {word.value for word in words}]


def _sections(name: str) -> Iterator[tuple[str, str]]:
    text = (DOCS / name).read_text(encoding="utf-8")
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        yield heading, body.split("\n## ")[0].strip()
