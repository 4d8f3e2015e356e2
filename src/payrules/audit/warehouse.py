"""An audit as one SQL statement for a warehouse, where the history is too large to be carried out of it."""

from __future__ import annotations

from collections.abc import Sequence

from payrules.audit.dialects import translated
from payrules.audit.history import FIELDS, NAMES
from payrules.audit.several import over_rows
from payrules.audit.spans import spans
from payrules.audit.sql import case, literal
from payrules.audit.whole import all_findings
from payrules.table import Provider
from payrules.when import Window

_HEAD = """\
-- The findings of an audit, for {dialect}: {names}.
-- It reads a table (or a view of yours) called history, a row for each undo decision, with the columns
--   {columns}
-- as records have them: amounts in minor units, instants in UTC without a zone, provider_allows a list.
-- Values are taken as they are: what payrules refuses to read (negative amounts, say) is yours to keep out.
-- A row with a time zone of its own, other than the table's, is `unreadable`: no warehouse knows POSIX rules.
"""


def query(dialect: str, providers: Sequence[Provider], edition: str | None = None) -> str:
    """The statement that audits the rows of these providers, each by the edition in force on its day."""
    names = listed_names(providers)
    judges = [(provider, spans(provider, edition)) for provider in providers]
    text = (
        f"WITH history_read AS (SELECT {_columns(judges)} FROM history WHERE provider IN ({names})),"
        f" over_rows AS ({over_rows('history_read')})"
        f" {all_findings('history_read', judges, over='over_rows')}"
    )
    columns = "source, row, " + ", ".join(FIELDS)
    head = _HEAD.format(dialect=dialect, names=", ".join(item.title for item in providers), columns=columns)
    return head + translated(text, dialect, pretty=True) + ";\n"


def listed_names(providers: Sequence[Provider]) -> str:
    """The names of providers, for `IN`."""
    return ", ".join(literal(item.name) for item in providers)


def _columns(judges: Sequence[tuple[Provider, object]]) -> str:
    told = ["source", '"row" AS row_number', f"{_error(judges)} AS error"]
    for name in FIELDS:
        value = {
            "amount_refund_pending": "COALESCE(amount_refund_pending, 0)",
            "timezone": "CAST(NULL AS VARCHAR)",
        }.get(name, f'"{name}"')
        told.append(f"{value} AS {NAMES.get(name, name)}")
    return ", ".join(told)


def _error(judges: Sequence[tuple[Provider, object]]) -> str:
    own = "'timezone: a zone of its own cannot be told here; payrules audit can'"
    rules = sorted({rule for provider, _ in judges for rule in _rules(provider)})
    known = f" AND timezone NOT IN ({', '.join(literal(rule) for rule in rules)})" if rules else ""
    return case((f"timezone IS NOT NULL{known}", own), otherwise="CAST(NULL AS VARCHAR)")


def _rules(provider: Provider) -> set[str]:
    """The zones that the tables of a provider read the calendar of, as rules."""
    permits = (permit for edition in provider.editions for permit in edition.permits)
    windows = (item for permit in permits for item in permit.when if isinstance(item, Window))
    return {window.zone.rule for window in windows if window.zone}
