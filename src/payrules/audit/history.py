"""A history in any form, as rows in one form: the facts of a payment, what was asked, what was done.

1. A history is a file (JSON lines, CSV, Parquet), a folder, a glob, or a table in DuckDB, SQLite or PostgreSQL.
2. What is typed already (Parquet, a DuckDB table) is read where it lies. All else is text, read once into a table of
our own; a line that cannot be read is a row with an error.
3. A `Reading` says which column holds which field, what its words mean, and how instants and amounts are written
where that is not RFC 3339 and minor units. Nothing is guessed: what could be two things is refused with the option
that settles it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from payrules import records
from payrules.audit.sql import case, either, listed, literal
from payrules.errors import CallerError, did_you_mean
from payrules.money import PLACES
from payrules.words import OPERATIONS, Action, Batch, CaptureMode, Kind, Rejection

_WORDS: dict[str, tuple[str, ...]] = {
    "capture_mode": tuple(CaptureMode),
    "kind": tuple(Kind),
    "batch": tuple(Batch),
    "undo_pending": (Action.CANCEL, Action.REVERSE),
    "only": (Action.CANCEL, Action.REVERSE, Action.REFUND),
    "done_action": tuple(Action),
    "done_rejection": tuple(Rejection),
    "answer": ("accepted", "refused"),
}
"""The fields that hold one of our own words."""

_TEXTS = (
    "provider",
    "payment_id",
    "merchant_reference",
    "parent_id",
    "capture_id",
    "version_token",
    "created_as",
    "status",
    "method",
    "scheme",
    "currency",
    "cut_off",
    "timezone",
)
_SHAPES = {
    "currency": ("[A-Z]{3}", "is not three capitals, such as GBP"),
    "cut_off": ("([01][0-9]|2[0-3]):[0-5][0-9]", "is no time of day, such as 17:30"),
}
"""The texts that have a shape, and what is wrong with one of another."""

_FEW_WORDS = (*_WORDS, *_SHAPES, "provider", "status")
"""The fields that hold few words again and again."""

AMOUNTS = (
    "amount_authorized",
    "amount_captured",
    "amount_released",
    "amount_refunded",
    "amount_refund_pending",
    "amount_approved",
    "available_to_refund",
    "last_refund_amount",
)
_COUNTS = ("capture_delay_hours", "captures", "refunds", "max_refunds", "partial_actions")
_FLAGS = (
    "multicapture",
    "split",
    "disputed",
    "chargeback",
    "refund_failed_before",
    "refunds_enabled",
    "partial_refunds",
    "balance_ok",
)
_INSTANTS = (
    "batch_closes_at",
    "created_at",
    "authorized_at",
    "captured_at",
    "settled_at",
    "hold_expires_at",
    "last_refund_at",
    "at",
)
MONEY = (*AMOUNTS, "amount", "done_amount")

FIELDS = (*_TEXTS, *_WORDS, *AMOUNTS, *_COUNTS, *_FLAGS, *_INSTANTS, "provider_allows", "amount", "done_amount")
"""Everything that a row of a history may tell: a payment's record, the wish, what was done and what came back."""

NEEDED = ("provider", "status", "currency", "at", "done_action")
"""What every history has to tell."""

_LOG = {
    **{name: f"payment.{name}" for name in FIELDS},
    **{name: f"undo.{name}" for name in ("at", "amount", "only")},
    "done_action": "decision.action",
    "done_amount": "decision.amount",
    "done_rejection": "decision.rejection",
    "answer": "answer",
}
"""Where the lines of our own decision log hold each field."""


@frozen
class Reading:
    """How a history is to be read: which column is which field, and what is not written as records have it.

    `columns` names the column of a field, `values` what its words mean, `constants` what is the same in every row.
    `assume_zone` is the IANA zone of local times. `minor_units` is the number of decimals of an amount, or `currency`
    for those of ISO 4217; None where amounts are whole minor units.
    """

    columns: Mapping[str, str] = field(factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(factory=dict)
    constants: Mapping[str, str] = field(factory=dict)
    assume_zone: str | None = None
    minor_units: int | str | None = None

    def __attrs_post_init__(self) -> None:
        for name in (*self.columns, *self.values, *self.constants):
            if name not in FIELDS:
                raise CallerError(name, f"a history has no field of this name{did_you_mean(name, FIELDS)}")
        if isinstance(self.minor_units, str) and self.minor_units != "currency":
            raise CallerError("minor_units", f"{self.minor_units!r} is neither a number of decimals nor 'currency'")


def from_toml(path: Path) -> dict[str, Any]:
    """The parts of a `Reading` that a TOML file holds: `[columns]`, `[values.FIELD]`, `[constants]`, and two keys."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallerError("mapping", f"{path}: {error}") from None
    known = ("columns", "values", "constants", "assume_zone", "minor_units")
    for key in told:
        if key not in known:
            raise CallerError(key, f"a mapping has the keys {', '.join(known)}{did_you_mean(key, known)}")
    return told


@frozen
class Column:
    """One column of a history: its SQL, and its type in DuckDB."""

    sql: str
    type: str


@frozen
class Table:
    """A history as a relation of DuckDB's: its columns by name, and the SQL of a row's source, number and error."""

    relation: str
    columns: Mapping[str, Column]
    source: str
    row: str
    error: str = "NULL"
    nested: bool = False


# --- fields ---------------------------------------------------------------------------------------


@frozen
class Read:
    """A field as SQL: its value, and what is wrong with it where something is; null: nothing."""

    value: str
    problems: tuple[tuple[str, str], ...] = ()


SQL_TYPES = {
    **dict.fromkeys((*AMOUNTS, *_COUNTS, "amount", "done_amount"), "BIGINT"),
    **dict.fromkeys(_FLAGS, "BOOLEAN"),
    **dict.fromkeys(_INSTANTS, "TIMESTAMP"),
    "provider_allows": "VARCHAR[]",
}
"""The types of the fields that are not text."""

NAMES = {"amount": "asked", "at": "asked_at", "only": "asked_only"}
"""What the SQL of a table calls the fields of the wish."""


def doubts(table: Table, reading: Reading, providers: Sequence[str]) -> dict[str, str]:
    """SQL of whether a column holds a wrong value, by field, where few of its values tell sooner than all rows do.

    They are the few words of a column that holds the same again and again, or its least and its greatest number.
    """
    reads = _reads(table, reading, providers)
    told = {}
    for name, column in columns(table, reading).items():
        few = _few(name, column, reading)
        if few is not None and column in table.columns.values() and name not in reading.values:
            told[name] = f"SELECT BOOL_OR({_any(reads[name])}) FROM (SELECT {few} FROM {table.relation})"
    return told


def _few(name: str, column: Column, reading: Reading) -> str | None:
    """The values of a column that tell whether any is wrong, or missing where it is needed; None: all of them do."""
    if name in _FEW_WORDS:
        return f"DISTINCT {column.sql}"
    is_scaled = name in MONEY and reading.minor_units is not None
    if (column.type in _WHOLE and not is_scaled) or (name in _INSTANTS and column.type == _WITH_ZONE):
        values = [f"MIN({column.sql})", f"MAX({column.sql})"]
        if name in NEEDED:  # neither of the two tells that one is missing
            values.append(f"CASE WHEN COUNT({column.sql}) = COUNT(*) THEN MAX({column.sql}) END")
        return f"UNNEST([{', '.join(values)}]) AS {column.sql}"
    return None


def normalised(
    table: Table,
    reading: Reading,
    providers: Sequence[str],
    unsound: Mapping[str, str] | None = None,
    sound: Container[str] = (),
) -> str:
    """A SELECT of every field of every row, typed, and of the `error` that keeps a row from being judged.

    `providers` are those whose tables are there; `unsound` maps zone rules that cannot be judged to the reason;
    `sound` are fields none of whose values is wrong.
    """
    reads = _reads(table, reading, providers)
    problems = [(f"{table.error} IS NOT NULL", table.error)] if table.error != "NULL" else []
    problems += [problem for name, read in reads.items() if name not in sound for problem in read.problems]
    problems += _across({name: read.value for name, read in reads.items()})
    zone = reads["timezone"].value
    problems += [(f"{zone} = {literal(rule)}", _told("timezone", why)) for rule, why in (unsound or {}).items()]
    told = [f"{table.source} AS source", f"{table.row} AS row_number", f"{case(*problems)} AS error"]
    told += [f"{_defaulted(name, reads[name].value)} AS {NAMES.get(name, name)}" for name in FIELDS]
    return f"SELECT {', '.join(told)} FROM {table.relation}"


def _reads(table: Table, reading: Reading, providers: Sequence[str]) -> dict[str, Read]:
    """Every field, with what is wrong where a row lacks it, or names a provider whose table is not here."""
    found = columns(table, reading)
    currency = found["currency"].sql
    reads = {name: _read(name, found.get(name), reading, currency) for name in FIELDS}
    if "amount" not in found:  # a history that tells only what was done: that is what was asked for
        done = f"{reads['done_action'].value} IN {listed(OPERATIONS)}"
        reads["amount"] = Read(case((done, reads["done_amount"].value), otherwise="CAST(NULL AS BIGINT)"))
    for name in NEEDED:
        reads[name] = _also(reads[name], f"{reads[name].value} IS NULL", _told(name, "a row needs it"))
    name = reads["provider"].value
    no_table = "is no provider whose table is here, which are " + ", ".join(providers)
    unknown = _wrong("provider", name, no_table)
    return {**reads, "provider": _also(reads["provider"], f"{name} NOT IN {listed(providers)}", unknown)}


def _also(read: Read, where: str, message: str) -> Read:
    return evolve(read, problems=(*read.problems, (where, message)))


def _any(read: Read) -> str:
    return either(*(where for where, _ in read.problems)) if read.problems else "FALSE"


def _defaulted(name: str, value: str) -> str:
    return f"COALESCE({value}, 0)" if name == "amount_refund_pending" else value


def _told(name: str, message: str) -> str:
    return literal(f"{name}: {message}")


def columns(table: Table, reading: Reading) -> dict[str, Column]:
    """The column of each field that is told; `CallerError` names one that is missing, and those there are."""
    found: dict[str, Column] = {}
    for name in FIELDS:
        if name in reading.constants:
            found[name] = Column(literal(reading.constants[name]), "VARCHAR")
            continue
        wanted = reading.columns.get(name, _LOG[name] if table.nested else name)
        taken = name not in reading.columns and wanted in reading.columns.values()  # it stands for another field
        column = None if taken else _column(table, wanted)
        if column is not None:
            found[name] = column
        elif name in reading.columns or name in NEEDED:
            hint = did_you_mean(wanted, table.columns)
            raise CallerError(
                name,
                f"no column {wanted!r}{hint}; the columns are {', '.join(table.columns) or 'none'}."
                f" --map {name}=COLUMN names another, --set {name}=VALUE a value for every row",
            )
    return found


def _column(table: Table, wanted: str) -> Column | None:
    if wanted in table.columns:
        return table.columns[wanted]
    head, _, rest = wanted.partition(".")
    outer = table.columns.get(head)
    if rest and outer is not None and outer.type.startswith("STRUCT"):
        path = "".join(f"[{literal(part)}]" for part in rest.split("."))
        return Column(f"CAST({outer.sql}{path} AS VARCHAR)", "VARCHAR")
    return None


def _read(name: str, column: Column | None, reading: Reading, currency: str) -> Read:
    if column is None:
        return Read(f"CAST(NULL AS {SQL_TYPES.get(name, 'VARCHAR')})")
    values = reading.values.get(name)
    if values:
        raw = f"CAST({column.sql} AS VARCHAR)"
        mapped = case(
            *((f"{raw} = {literal(theirs)}", literal(ours)) for theirs, ours in values.items()), otherwise=raw
        )
        column = Column(f"({mapped})", "VARCHAR")
    if name in MONEY:
        return _money(name, column, reading, currency)
    if name in _COUNTS:
        return _integer(name, column)
    if name in _FLAGS:
        return _flag(name, column)
    if name in _INSTANTS:
        return _instant(name, column, reading)
    if name == "provider_allows":
        return _list(name, column)
    return _text(name, column)


def _refused(name: str, column: Column, what: str) -> CallerError:
    return CallerError(name, f"the column is of type {column.type}, and that is {what}")


def _raw(value: str) -> str:
    """A wrong value as a message shows it."""
    return f"CASE WHEN length({value}) > 60 THEN {value}[:57] || '...' ELSE {value} END"


def _wrong(name: str, value: str, message: str) -> str:
    return f"{literal(name + ': ')} || {_raw(value)} || {literal(' ' + message)}"


def _text(name: str, column: Column) -> Read:
    if column.type.endswith("[]") or column.type.startswith(("STRUCT", "MAP")):
        raise _refused(name, column, "no text")
    value = column.sql if column.type == "VARCHAR" else f"CAST({column.sql} AS VARCHAR)"
    if name in _WORDS:
        return Read(
            value,
            (
                (
                    f"{value} NOT IN {listed(_WORDS[name])}",
                    _wrong(name, value, f"is not one of {', '.join(_WORDS[name])}"),
                ),
            ),
        )
    if name in _SHAPES:
        shape, why = _SHAPES[name]
        return Read(value, ((f"NOT regexp_full_match({value}, '{shape}')", _wrong(name, value, why)),))
    return Read(value, ((f"{value} = ''", _told(name, "'' is not text")),))


_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")


def _integer(name: str, column: Column) -> Read:
    """A whole number that is not negative, unless it is what was asked for."""
    if column.type in _WHOLE:
        value = column.sql if column.type == "BIGINT" else f"TRY_CAST({column.sql} AS BIGINT)"
        shown = f"CAST({column.sql} AS VARCHAR)"
        return Read(value, _bounds(name, column.sql, shown))
    if column.type != "VARCHAR":
        raise _refused(name, column, "no whole number")
    value = f"TRY_CAST({column.sql} AS BIGINT)"
    digits = f"NOT regexp_full_match({column.sql}, '-?[0-9]{{1,18}}')"
    message = _wrong(name, column.sql, "is not an integer in minor units" if name in MONEY else "is not an integer")
    return Read(value, ((digits, message), *_bounds(name, value, column.sql)))


def _bounds(name: str, value: str, shown: str) -> tuple[tuple[str, str], ...]:
    most = records.AMOUNT_MAX
    beyond = (f"{value} > {most} OR {value} < -{most}", _told(name, f"an integer beyond {most} is out of range"))
    return (beyond,) if name == "amount" else (beyond, (f"{value} < 0", _wrong(name, shown, "is negative")))


def _money(name: str, column: Column, reading: Reading, currency: str) -> Read:
    whole = column.type in _WHOLE
    if whole and reading.minor_units is None:
        return _integer(name, column)
    if column.type == "VARCHAR" and reading.minor_units is None:
        return _integer(name, column)
    if reading.minor_units is None:
        raise _refused(name, column, "no integer in minor units; --minor-units says how many decimals an amount has")
    if not whole and column.type != "VARCHAR" and not column.type.startswith(("DECIMAL", "DOUBLE", "FLOAT")):
        raise _refused(name, column, "no amount")
    exact = f"TRY_CAST({column.sql} AS DECIMAL(38, 9))"
    shown = column.sql if column.type == "VARCHAR" else f"CAST({column.sql} AS VARCHAR)"
    scaled = f"({exact} * {_scale(reading, currency)})"
    value = f"TRY_CAST({scaled} AS BIGINT)"
    problems = (
        (f"{column.sql} IS NOT NULL AND {exact} IS NULL", _wrong(name, shown, "is not an amount")),
        (f"{scaled} <> trunc({scaled})", _wrong(name, shown, "has more decimals than the currency")),
    )
    return Read(value, (*problems, *_bounds(name, value, shown)))


def _scale(reading: Reading, currency: str) -> str:
    """How many minor units one unit has."""
    if reading.minor_units != "currency":
        return str(10 ** int(reading.minor_units or 0))
    branches = ((f"{currency} IN {listed(words.split())}", 10**digits) for digits, words in PLACES.items())
    return case(*branches, otherwise=100)


def _flag(name: str, column: Column) -> Read:
    if column.type == "BOOLEAN":
        return Read(column.sql)
    if column.type != "VARCHAR":
        raise _refused(name, column, "neither true nor false")
    word = f"lower({column.sql})"
    value = case((f"{word} = 'true'", "TRUE"), (f"{word} = 'false'", "FALSE"))
    return Read(
        f"({value})", ((f"{word} NOT IN ('true', 'false')", _wrong(name, column.sql, "is neither true nor false")),)
    )


_LOCAL = r"\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
_OFFSET = r"([Zz]|\+(0\d|1[0-3]):[0-5]\d|\+14:00|-(0\d|1[01]):[0-5]\d|-12:00)"


_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"


def _instant(name: str, column: Column, reading: Reading) -> Read:
    """An instant in UTC without a zone, which is what every engine compares fastest."""
    zone = reading.assume_zone
    if column.type == _WITH_ZONE:
        value = f"make_timestamp(epoch_us({column.sql}))"  # what timezone('UTC', …) says, without a calendar
        return Read(value, _years(name, value))
    if column.type.startswith("TIMESTAMP"):
        if zone is None:
            raise _refused(name, column, "a local time without a zone; --assume-zone says which")
        local = f"CAST({column.sql} AS TIMESTAMP)"
        return _of_local(name, local, f"CAST({column.sql} AS VARCHAR)", zone)
    if column.type != "VARCHAR":
        raise _refused(name, column, "no instant such as 2026-11-20T23:50:00Z")
    text = column.sql
    cut = f"regexp_replace(upper({text}), '(\\.\\d{{6}})\\d+', '\\1')"
    with_offset = f"regexp_full_match({text}, {literal(_LOCAL + _OFFSET)})"
    value = case((with_offset, f"timezone('UTC', TRY_CAST({cut} AS TIMESTAMP WITH TIME ZONE))"))
    told = "is not an instant with an offset, such as 2026-11-20T23:50:00Z"
    if zone is None:
        return Read(
            f"({value})",
            ((f"{text} IS NOT NULL AND ({value}) IS NULL", _wrong(name, text, told)), *_years(name, f"({value})")),
        )
    is_local = f"regexp_full_match({text}, {literal(_LOCAL)})"
    in_zone = _of_local(name, f"TRY_CAST({cut} AS TIMESTAMP)", text, zone)
    value = f"CASE WHEN {with_offset} THEN ({value}) WHEN {is_local} THEN {in_zone.value} END"
    skipped = tuple((f"({is_local}) AND ({where})", message) for where, message in in_zone.problems[:1])
    return Read(
        f"({value})",
        (
            *skipped,
            (f"{text} IS NOT NULL AND ({value}) IS NULL", _wrong(name, text, told)),
            *_years(name, f"({value})"),
        ),
    )


def _of_local(name: str, local: str, shown: str, zone: str) -> Read:
    """A local time in a zone; of one that clocks show twice, the first."""
    instant = f"timezone({literal(zone)}, {local})"
    earlier = f"timezone({literal(zone)}, {local} - INTERVAL 3 HOUR) + INTERVAL 3 HOUR"
    twice = f"timezone({literal(zone)}, {earlier}) = {local} AND {earlier} < {instant}"
    first = case((twice, earlier), otherwise=instant)
    value = f"timezone('UTC', {first})"
    skipped = f"timezone({literal(zone)}, {instant}) <> {local}"
    return Read(value, ((skipped, _wrong(name, shown, "does not exist: clocks skipped it")), *_years(name, value)))


def _years(name: str, value: str) -> tuple[tuple[str, str], ...]:
    first, last = records.YEAR_MIN, records.YEAR_MAX
    far = f"{value} < TIMESTAMP '{first}-01-01' OR {value} >= TIMESTAMP '{last + 1}-01-01'"
    return ((far, _wrong(name, f"CAST({value} AS VARCHAR)", f"is not between {first} and {last}")),)


def _list(name: str, column: Column) -> Read:
    if column.type == "VARCHAR[]":
        return Read(column.sql)
    if column.type != "VARCHAR":
        raise _refused(name, column, "no list of words")
    text = column.sql
    as_json = f"json_valid({text}) AND json_type({text}) = 'ARRAY'"
    words = f"list_transform(string_split_regex({text}, '[|;]'), lambda word: trim(word))"
    split = f"list_filter({words}, lambda word: word <> '')"
    value = f"CASE WHEN {as_json} THEN CAST(json({text}) AS VARCHAR[]) ELSE {split} END"
    return Read(f"({value})")


def _across(value: Mapping[str, str]) -> list[tuple[str, str]]:
    """What no payment can have together."""
    captured, refunded = value["amount_captured"], value["amount_refunded"]
    created, captured_at = value["created_at"], value["captured_at"]
    more = f"'amount_refunded: ' || {refunded} || ' is more than amount_captured, ' || {captured}"
    return [
        (f"{refunded} > {captured}", more),
        (
            f"{captured} = 0 AND {captured_at} IS NOT NULL",
            _told("captured_at", "a time of capture stands beside amount_captured 0"),
        ),
        (f"{captured_at} < {created}", _told("captured_at", "the capture lies before created_at")),
    ]
