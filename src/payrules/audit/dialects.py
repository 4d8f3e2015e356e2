"""The engines that run the SQL of an audit, and the few functions of ours that each spells in its own way.

Instants are UTC without a zone in every engine; a text of words has a comma before each word.
"""

from __future__ import annotations

from typing import cast

import sqlglot
from sqlglot import exp

from payrules.errors import CallerError, did_you_mean

_ARGUMENTS = {
    "payrules_local_date": ("moment", "zone"),
    "payrules_local_date_from": ("moment", "zone", "many"),
    "payrules_contains": ("items", "word"),
    "payrules_add_minutes": ("moment", "many"),
    "payrules_add_hours": ("moment", "many"),
    "payrules_without_standing": ("told",),
    "payrules_words": ("told",),
}
"""Our functions: the calendar day of an instant in a zone, the same where days begin some minutes after midnight,
whether a list has a word, an instant so much later, a text of claims without the numbers of their standings, and a
text of words as a list, each once, in order."""

_BODIES = {
    "duckdb": {
        "payrules_local_date": "CAST(timezone(zone, make_timestamptz(epoch_us(moment))) AS DATE)",
        "payrules_local_date_from": (
            "CAST(timezone(zone, make_timestamptz(epoch_us(moment))) - to_minutes(many) AS DATE)"
        ),
        "payrules_contains": "list_contains(items, word)",
        "payrules_add_minutes": "make_timestamp(epoch_us(moment) + 60000000::BIGINT * many)",
        "payrules_add_hours": "moment + to_hours(many)",
        "payrules_without_standing": "regexp_replace(told, ',[0-4]', ',', 'g')",
        "payrules_words": (
            "list_filter(string_split(substr(told, 2), ','), lambda item, place: item <> ''"
            " AND list_position(string_split(substr(told, 2), ','), item) = place)"
        ),
    },
    "postgres": {
        "payrules_local_date": "CAST((moment AT TIME ZONE 'UTC') AT TIME ZONE zone AS DATE)",
        "payrules_local_date_from": (
            "CAST((moment AT TIME ZONE 'UTC') AT TIME ZONE zone - many * INTERVAL '1 minute' AS DATE)"
        ),
        "payrules_contains": "word = ANY(items)",
        "payrules_add_minutes": "moment + many * INTERVAL '1 minute'",
        "payrules_add_hours": "moment + many * INTERVAL '1 hour'",
        "payrules_without_standing": "REGEXP_REPLACE(told, ',[0-4]', ',', 'g')",
        "payrules_words": (
            "ARRAY(SELECT item FROM UNNEST(STRING_TO_ARRAY(SUBSTR(told, 2), ','))"
            " WITH ORDINALITY AS items(item, place) WHERE item <> '' GROUP BY item ORDER BY MIN(place))"
        ),
    },
    "spark": {
        "payrules_local_date": "CAST(CONVERT_TIMEZONE('UTC', zone, moment) AS DATE)",
        "payrules_local_date_from": (
            "CAST(CONVERT_TIMEZONE('UTC', zone, moment) - MAKE_DT_INTERVAL(0, 0, many) AS DATE)"
        ),
        "payrules_contains": "ARRAY_CONTAINS(items, word)",
        "payrules_add_minutes": "moment + MAKE_DT_INTERVAL(0, 0, many)",
        "payrules_add_hours": "moment + MAKE_DT_INTERVAL(0, many)",
        "payrules_without_standing": "REGEXP_REPLACE(told, ',[0-4]', ',')",
        "payrules_words": "FILTER(ARRAY_DISTINCT(SPLIT(SUBSTRING(told, 2), ',')), item -> item <> '')",
    },
    "snowflake": {
        "payrules_local_date": "CAST(CONVERT_TIMEZONE('UTC', zone, moment) AS DATE)",
        "payrules_local_date_from": ("CAST(DATEADD(MINUTE, -many, CONVERT_TIMEZONE('UTC', zone, moment)) AS DATE)"),
        "payrules_contains": "ARRAY_CONTAINS(CAST(word AS VARIANT), items)",
        "payrules_add_minutes": "DATEADD(MINUTE, many, moment)",
        "payrules_add_hours": "DATEADD(HOUR, many, moment)",
        "payrules_without_standing": "REGEXP_REPLACE(told, ',[0-4]', ',')",
        "payrules_words": "FILTER(ARRAY_DISTINCT(SPLIT(SUBSTR(told, 2), ',')), item -> item <> '')",
    },
    "bigquery": {
        "payrules_local_date": "DATE(TIMESTAMP(moment), zone)",
        "payrules_local_date_from": ("DATE(DATETIME_SUB(DATETIME(TIMESTAMP(moment), zone), INTERVAL many MINUTE))"),
        "payrules_contains": "word IN UNNEST(items)",
        "payrules_add_minutes": "DATETIME_ADD(moment, INTERVAL many MINUTE)",
        "payrules_add_hours": "DATETIME_ADD(moment, INTERVAL many HOUR)",
        "payrules_without_standing": "REGEXP_REPLACE(told, ',[0-4]', ',')",
        "payrules_words": (
            "ARRAY(SELECT item FROM UNNEST(SPLIT(SUBSTR(told, 2), ',')) AS item WITH OFFSET AS place"
            " WHERE item <> '' GROUP BY item ORDER BY MIN(place))"
        ),
    },
}

DIALECTS = tuple(_BODIES)
"""The engines that the SQL of a table is written for."""

MACROS = {f"{name}({', '.join(_ARGUMENTS[name])})": body for name, body in _BODIES["duckdb"].items()}
"""Our functions as macros of DuckDB's, by signature."""


def translated(text: str, dialect: str, *, pretty: bool = False) -> str:
    """A statement in the words of another engine, without functions of ours."""
    if dialect not in DIALECTS:
        raise CallerError("sql", f"{dialect!r} is none of {', '.join(DIALECTS)}{did_you_mean(dialect, DIALECTS)}")
    tree = cast("exp.Expression", sqlglot.parse_one(text, read="duckdb"))
    calls = [node for node in tree.find_all(exp.Anonymous) if node.name.lower() in _ARGUMENTS]
    for call in reversed(calls):  # the innermost first: they stand inside others
        call.replace(_spelt(call, dialect))
    if dialect == "postgres":
        _fence(tree)
    return tree.sql(dialect=dialect, pretty=pretty, unsupported_level=sqlglot.ErrorLevel.IGNORE)


def _spelt(call: exp.Anonymous, dialect: str) -> exp.Expression:
    """A call of a function of ours as the engine spells it."""
    body = cast("exp.Expression", sqlglot.parse_one(_BODIES[dialect][call.name.lower()], read=dialect))
    given = dict(zip(_ARGUMENTS[call.name.lower()], call.expressions, strict=True))
    for column in list(body.find_all(exp.Column)):
        if not column.table and column.name in given:
            column.replace(exp.paren(given[column.name].copy()))
    return exp.paren(body)


def _fence(tree: exp.Expression) -> None:
    """Keep PostgreSQL from writing each layer into the next, which would make one expression of them all."""
    for layer in tree.find_all(exp.Subquery):
        if isinstance(layer.this, exp.Select) and layer.alias.startswith("layer_"):
            layer.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
