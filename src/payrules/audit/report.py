"""Findings as one HTML page for a person, which opens without a network.

1. Findings are counted in DuckDB, so that there may be millions of them; what is rendered is a few hundred rows.
2. Nothing of a finding is trusted: the template escapes, and the page forbids scripts and every connection.
3. Amounts are in minor units, as everywhere; those of different currencies are never added up.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from payrules import providers
from payrules.audit import charts
from payrules.audit.charts import Series
from payrules.errors import CallerError
from payrules.table import Claim, Page

COLUMNS = {
    "source": "VARCHAR",
    "row": "BIGINT",
    "provider": "VARCHAR",
    "payment_id": "VARCHAR",
    "currency": "VARCHAR",
    "at": "VARCHAR",
    "finding": "VARCHAR",
    "done_action": "VARCHAR",
    "done_amount": "BIGINT",
    "action": "VARCHAR",
    "amount": "BIGINT",
    "remaining": "BIGINT",
    "reason": "VARCHAR",
    "rejection": "VARCHAR",
    "rule": "VARCHAR",
    "claims": "VARCHAR",
    "standing": "VARCHAR",
    "needs": "VARCHAR",
    "edition": "VARCHAR",
    "money": "BIGINT",
    "error": "VARCHAR",
}
"""The columns of findings, as the report reads them; lists are read from whatever text they were written as."""

EXAMPLES_MAX = 3
"""How many examples of a kind and currency are shown: those that moved most money."""

SERIES_MAX = 7
"""How many providers, reasons or currencies are shown apart; the rest is one more."""

MONTHS_MAX = 120
OTHERS = "all others"


@frozen
class Kind:
    """A kind of finding: what it says of what was done, and whether that was a mistake."""

    name: str
    title: str
    means: str
    mistake: bool = False

    @property
    def colour(self) -> str:
        """The variable of its colour."""
        return f"--{self.name.replace('_', '-')}"


KINDS = (
    Kind(
        "undone_twice",
        "Undone twice",
        "An earlier decision had already given everything back.",
        mistake=True,
    ),
    Kind(
        "gave_back_too_much",
        "Gave back too much",
        "More was given back than was left of the payment, in one decision or over several.",
        mistake=True,
    ),
    Kind("would_be_refused", "Would be refused", "The provider does not permit what was done.", mistake=True),
    Kind("missed", "Missed", "It was refused to the customer, though an operation was permitted.", mistake=True),
    Kind(
        "not_preferred",
        "Not preferred",
        "It was permitted, and so was an operation that moves less money or is quicker.",
        mistake=True,
    ),
    Kind("unknown", "Unknown", "Facts that decide are missing from the history."),
    Kind("unreadable", "Unreadable", "The row could not be read."),
    Kind("agrees", "Agrees", "What was done is what the provider's rules give."),
)
_KIND = {kind.name: kind for kind in KINDS}
_MISTAKES = tuple(kind.name for kind in KINDS if kind.mistake)


def write(findings: str | os.PathLike[str] | Iterable[Mapping[str, Any]], html: str | os.PathLike[str]) -> None:
    """The report of some findings: those of a Parquet, CSV or JSON-lines file, or records of the same columns.

    Until the page is whole there is nothing under its name. Raises `CallerError` for a file that cannot be read, or
    that has not the columns of findings.
    """
    page = Path(html)
    with _loaded(findings) as database:
        text = _ENVIRONMENT.get_template("report.html").render(_told(database))
    handle, half = tempfile.mkstemp(dir=page.parent, prefix=f".{page.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(half).chmod(0o644)
        Path(half).replace(page)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


# --- reading --------------------------------------------------------------------------------------


@contextmanager
def _loaded(findings: str | os.PathLike[str] | Iterable[Mapping[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the findings as a view, whatever they came as, and a table of their counts."""
    with tempfile.TemporaryDirectory(prefix="payrules-") as folder, duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute("SET temp_directory = ?", [folder])
        if not isinstance(findings, (str, os.PathLike)):
            findings = _as_lines(findings, Path(folder) / "findings.jsonl")
        try:
            source = _source(database, Path(findings))
            names = [f"TRY_CAST({_quoted(name)} AS {kind}) AS {_quoted(name)}" for name, kind in COLUMNS.items()]
            database.execute(f"CREATE VIEW findings AS SELECT {', '.join(names)} FROM {source}")
            database.execute(_COUNTED)
        except duckdb.Error as error:
            raise CallerError("findings", str(error).partition("\n")[0]) from None
        yield database


def _as_lines(rows: Iterable[Mapping[str, Any]], file: Path) -> Path:
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps({name: row.get(name) for name in COLUMNS}, default=str) + "\n")
    return file


def _source(database: duckdb.DuckDBPyConnection, file: Path) -> str:
    """What DuckDB selects the findings from."""
    path = _literal(str(file))
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() not in (".gz", ".zst")]
    match suffixes[-1:]:
        case [".parquet"]:
            source = f"read_parquet({path})"
        case [".csv"]:
            source = f"read_csv({path}, all_varchar = true, header = true)"
        case [".jsonl" | ".ndjson" | ".json"]:
            names = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in COLUMNS)
            source = f"read_json({path}, format = 'newline_delimited', columns = {{{names}}})"
        case _:
            raise CallerError("findings", f"{file.name} is neither .parquet, .csv nor .jsonl")
    if not file.is_file():
        raise CallerError("findings", f"{file}: there is no such file")
    there = _column_names(database, source, path)
    if missing := [name for name in COLUMNS if name not in there] if there else []:
        raise CallerError("findings", f"{file.name} has no column {', '.join(missing)}, only {', '.join(there)}")
    return source


def _column_names(database: duckdb.DuckDBPyConnection, source: str, path: str) -> list[str]:
    if not source.startswith("read_json"):
        return [row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    keys = database.execute(f"SELECT json_keys(json) FROM read_ndjson_objects({path}) LIMIT 1").fetchone()
    return list(keys[0]) if keys else []


def _quoted(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_COUNTED = """
CREATE TABLE counted AS
SELECT provider, finding, reason, currency, edition,
       CASE WHEN regexp_matches("at", '^[0-9]{4}-[01][0-9]-') THEN "at"[1:7] END AS month,
       min("at") AS first, max("at") AS last, count(*) AS number, sum(money) AS money
FROM findings GROUP BY ALL
"""


# --- what is told ---------------------------------------------------------------------------------


@frozen
class Figure:
    """A chart with its legend, and the same numbers as a table."""

    title: str
    svg: Markup
    legend: Sequence[Series]
    head: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@frozen
class Ground:
    """A statement of a provider's that mistakes are judged by; `claim` is None where no shipped table has it."""

    key: str
    number: int
    claim: Claim | None
    page: Page | None


@frozen
class Example:
    """One finding, with what it rests on."""

    row: Mapping[str, Any]
    grounds: Sequence[Ground]


def _told(database: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Everything that the page says."""
    numbers = dict(_rows(database, "SELECT finding, sum(number) FROM counted GROUP BY 1"))
    kinds = (*KINDS, *(Kind(name, name.replace("_", " ").capitalize(), "") for name in numbers if name not in _KIND))
    first, last = _rows(database, "SELECT min(first)[1:10], max(last)[1:10] FROM counted WHERE month IS NOT NULL")[0]
    return {
        "kinds": [(kind, numbers.get(kind.name, 0)) for kind in kinds],
        "total": sum(numbers.values()),
        "right": numbers.get("agrees", 0),
        "mistakes": sum(numbers.get(name, 0) for name in _MISTAKES),
        "first": first,
        "last": last,
        "figures": list(_figures(database)),
        "money": _money_table(database),
        "examples": _examples(database, kinds),
        "grounds": _grounds(database),
        "tables": _rows(database, _TABLES, [_MISTAKES]),
        "sources": _rows(database, _SOURCES, [_MISTAKES]),
        "names": {kind.name: kind.title.lower() for kind in kinds},
    }


def _rows(database: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    return database.execute(query, list(values)).fetchall()


_TABLES = """
SELECT coalesce(provider, 'no provider'), edition, sum(number) AS number,
       coalesce(sum(number) FILTER (list_contains(?, finding)), 0) AS mistakes
FROM counted GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST LIMIT 50
"""
_SOURCES = """
SELECT coalesce(source, 'not named'), count(*) AS number, count(*) FILTER (list_contains(?, finding)) AS mistakes
FROM findings GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""
_CLAIM = "[A-Za-z0-9_-]+(?:[.][A-Za-z0-9_-]+)+"
_GROUNDS = f"""
SELECT unnest(regexp_extract_all(claims, '{_CLAIM}')) AS claim, count(*) AS number
FROM findings WHERE list_contains(?, finding) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 25
"""
_EXAMPLES = f"""
SELECT finding, currency, max_by(
    struct_pack({", ".join(f"{_quoted(name)} := {_quoted(name)}" for name in COLUMNS)}),
    struct_pack(money := coalesce(money, 0), place := -"row", source := source), {EXAMPLES_MAX}) AS rows
FROM findings WHERE finding <> 'agrees' GROUP BY 1, 2 ORDER BY count(*) DESC, 2
"""


def _grounds(database: duckdb.DuckDBPyConnection) -> list[Ground]:
    return [_ground(key, number) for key, number in _rows(database, _GROUNDS, [_MISTAKES])]


def _ground(key: str, number: int = 1) -> Ground:
    """A claim by its key, provider's name first; findings may come from a table that is not shipped here."""
    name, _, rest = key.partition(".")
    try:
        provider = providers.find(name)
        claim = provider.claim(rest)
    except (CallerError, StopIteration):
        return Ground(key, number, None, None)
    return Ground(key, number, claim, provider.page(claim))


def _examples(database: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> list[tuple[Kind, list[Example]]]:
    """Of each kind and currency those with most money, kinds in their order."""
    found: dict[str, list[Example]] = {}
    for finding, _, rows in _rows(database, _EXAMPLES):
        examples = found.setdefault(finding, [])
        if len(examples) < 2 * EXAMPLES_MAX:
            examples += [
                Example(row, [_ground(key) for key in re.findall(_CLAIM, row["claims"] or "")]) for row in rows
            ]
    return [(kind, found[kind.name]) for kind in kinds if kind.name in found]


def _money_table(database: duckdb.DuckDBPyConnection) -> list[tuple[str, list[tuple[int, int]], int]]:
    """By currency: how many mistakes of each kind and what they concern, and that in all."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    query = (
        "SELECT currency, finding, sum(number), coalesce(sum(money), 0) FROM counted "
        "WHERE list_contains(?, finding) AND currency IS NOT NULL GROUP BY 1, 2"
    )
    for currency, finding, number, money in _rows(database, query, [_MISTAKES]):
        found.setdefault(currency, {})[finding] = (number, money)
    table = [
        (currency, [kinds.get(name, (0, 0)) for name in _MISTAKES], sum(money for _, money in kinds.values()))
        for currency, kinds in found.items()
    ]
    return sorted(table, key=lambda row: (-sum(number for number, _ in row[1]), row[0]))


# --- figures --------------------------------------------------------------------------------------


def _figures(database: duckdb.DuckDBPyConnection) -> Iterator[Figure]:
    """By kind, then by month: kinds, providers, reasons, and the money of each of the commonest currencies."""
    kinds = [Series(kind.name, kind.colour) for kind in KINDS if kind.mistake]
    rows = _rows(database, "SELECT finding, sum(number) FROM counted GROUP BY 1")
    counts = {name: number for name, number in rows if name in _KIND and name != "agrees"}
    if counts:
        series = [Series(kind.name, kind.colour) for kind in KINDS if kind.name in counts]
        bars = [{"name": _KIND[item.name].title, "number": counts[item.name]} for item in series]
        titled = [Series(_KIND[item.name].title, item.colour) for item in series]
        drawn = Markup(charts.by_name(bars, titled))  # noqa: S704 — the library escapes what it draws
        yield Figure(
            "Findings by kind", drawn, (), ("kind", "findings"), [(bar["name"], bar["number"]) for bar in bars]
        )
    yield from _over_time(database, "Mistakes by kind, over time", "finding", kinds)
    for name in ("provider", "reason"):
        yield from _over_time(database, f"Mistakes by {name}, over time", name, _commonest(database, name))
    for currency in _commonest(database, "currency")[:4]:
        where = f"currency = {_literal(currency.name)}"
        yield from _over_time(
            database, f"Money involved, {currency.name}, over time", "finding", kinds, "money", where
        )


def _commonest(database: duckdb.DuckDBPyConnection, column: str) -> list[Series]:
    query = (
        f"SELECT {column} FROM counted WHERE list_contains(?, finding) AND {column} IS NOT NULL "
        f"GROUP BY 1 ORDER BY sum(number) DESC, 1 LIMIT {SERIES_MAX}"
    )
    found = _rows(database, query, [_MISTAKES])
    return [Series(row[0], f"--series-{number}") for number, row in enumerate(found, 1)]


def _over_time(
    database: duckdb.DuckDBPyConnection,
    title: str,
    column: str,
    series: Sequence[Series],
    value: str = "number",
    where: str = "true",
) -> Iterator[Figure]:
    """Mistakes by month, in one colour for each of the series and one for whatever is none of them."""
    query = (
        f"SELECT month, coalesce({column}, 'unknown'), sum({value})::BIGINT FROM counted "
        f"WHERE list_contains(?, finding) AND month IS NOT NULL AND {where} GROUP BY 1, 2 HAVING sum({value}) > 0"
    )
    known = {item.name for item in series}
    numbers: dict[tuple[str, str], int] = {}
    for month, name, number in _rows(database, query, [_MISTAKES]):
        place = month, name if name in known else OTHERS
        numbers[place] = numbers.get(place, 0) + number
    if not numbers:
        return
    months = _months(sorted({month for month, _ in numbers}))
    shown = [item for item in (*series, Series(OTHERS, "--others")) if any(name == item.name for _, name in numbers)]
    bars = [{"month": month, "name": name, "number": number} for (month, name), number in numbers.items()]
    table = [
        (month, *each, sum(each))
        for month in months
        for each in [[numbers.get((month, item.name), 0) for item in shown]]
    ]
    drawn = Markup(charts.over_time(bars, months, shown))  # noqa: S704 — the library escapes what it draws
    yield Figure(title, drawn, shown, ("month", *(item.name for item in shown), "all"), table)


def _months(found: Sequence[str]) -> list[str]:
    """Every month from the first to the last; if these are too many, the latest in which something was found."""
    (year, month), (last_year, last_month) = ((int(text[:4]), int(text[5:])) for text in (found[0], found[-1]))
    count = (last_year - year) * 12 + last_month - month + 1
    if count > MONTHS_MAX:
        return list(found[-MONTHS_MAX:])
    return [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02}" for n in range(count)]


# --- the page -------------------------------------------------------------------------------------


def _number(value: int) -> str:
    return f"{value:,}"


def _share(number: int, total: int) -> str:
    """A share in percent that is neither 0 nor 100 unless it is."""
    share = 100 * number / total if total else 0.0
    if 0 < share < 0.1:
        return "< 0.1\u00a0%"
    return "> 99.9\u00a0%" if 99.9 < share < 100 else f"{share:.1f}\u00a0%"


def _amount(value: int | None, currency: str | None) -> str:
    return "an unknown amount" if value is None else f"{currency or ''} {value:,}".strip()


def _moment(at: str | None) -> str | None:
    """An instant to the minute; findings have theirs in UTC."""
    if at is None or not (told := re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)[:0-9.]*(?:Z|\+00(?::00)?)?", at)):
        return at
    return f"{told[1]} {told[2]} UTC"


def _file(source: str) -> str:
    return re.split(r"[/\\]", source)[-1]


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


_ENVIRONMENT = Environment(
    loader=PackageLoader("payrules.audit"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "number": _number,
    "amount": _amount,
    "words": _words,
    "share": _share,
    "host": _host,
    "moment": _moment,
    "file": _file,
}
