"""What an audit says of each row of a history: the finding, what would have been right, and what it cost.

1. The answer to what was asked (`outcome`) and the answer to what was done, asked about alone (`outcome_alone`), come
from `layers`. Here they are compared with what was done.
2. Some findings take several rows of one payment; only payments with several operations are looked at for them.
3. Every row of a history has one finding, so the counts add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from attrs import frozen

from payrules.audit import layers as table
from payrules.audit.conditions import YES, refused
from payrules.audit.sql import both, case, listed, literal, stacked
from payrules.table import Edition, Provider
from payrules.words import OPERATIONS, Action, Reason, Rejection, Standing, Word


class Finding(Word):
    """What an audit says of a row."""

    AGREES = "agrees"
    WOULD_BE_REFUSED = "would_be_refused"
    NOT_PREFERRED = "not_preferred"
    MISSED = "missed"
    GAVE_BACK_TOO_MUCH = "gave_back_too_much"
    UNDONE_TWICE = "undone_twice"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


COLUMNS = (
    "source",
    "row",
    "provider",
    "payment_id",
    "currency",
    "at",
    "finding",
    "done_action",
    "done_amount",
    "action",
    "amount",
    "remaining",
    "reason",
    "rejection",
    "rule",
    "claims",
    "standing",
    "needs",
    "edition",
    "money",
    "error",
)
"""The columns of the findings, in order."""


@frozen
class Span:
    """The days, of UTC, on which an edition was in force; None for the edition: nobody knows one for these days."""

    edition: Edition | None
    since: date | None = None
    until: date | None = None

    def holds(self, moment: str) -> str:
        """Whether an instant lies in it, as SQL."""
        bounds = [f"{moment} >= {_midnight(self.since)}"] if self.since else []
        bounds += [f"{moment} < {_midnight(self.until)}"] if self.until else []
        return both(*bounds)

    def touches(self, first: datetime, last: datetime) -> bool:
        """Whether a day between two instants, of UTC and without a zone, lies in it."""
        begins = self.since is None or self.since <= last.date()
        return begins and (self.until is None or first.date() < self.until)


def _midnight(day: date) -> str:
    return f"TIMESTAMP '{day.isoformat()} 00:00:00'"


def spans(provider: Provider, edition: str | None = None) -> tuple[Span, ...]:
    """Which edition judges which days: the one named, or the one in force, or the default where none has a date."""
    dated = sorted((item for item in provider.editions if item.since), key=lambda item: str(item.since))
    if edition is not None or not dated:
        return (Span(provider.edition(edition)),)
    told = [Span(None, None, dated[0].since)]
    for number, item in enumerate(dated):
        after = dated[number + 1].since if number + 1 < len(dated) else None
        until = item.until if after is None or (item.until is not None and item.until < after) else after
        told.append(Span(item, item.since, until))
        if until != after:
            told.append(Span(None, until, after))
    return tuple(told)


# --- one row --------------------------------------------------------------------------------------

_DONE = f"done_action IN {listed(OPERATIONS)}"
_AGAINST = "'the provider refused what the table permits'"
_AS_THEY_ARE = ("source", "provider", "payment_id", "currency", "finding", "done_action", "done_amount")
_NO_WORDS = "CAST([] AS VARCHAR[])"
_MISSING = "BETWEEN 200 AND 299"
_WRONG = f"finding <> {literal(Finding.AGREES)}"


def judged(
    provider: Provider,
    edition: Edition,
    relation: str,
    zones: str | None = None,
    years: tuple[int, int] | None = None,
) -> str:
    """The findings of the rows of a relation that one edition judges; `zones` names the rows of `zones.Year`.

    `years`: the first and the last in which most instants lie.
    """
    layers = table.layers(provider, edition, own_zones=zones is not None, years=years)
    return _explained(layers, f"({layers.select(relation, zones)}) AS decided")


def _explained(layers: table.Layers, relation: str) -> str:
    """The findings of rows that may not agree, with what explains those that do not."""
    amount, remaining = layers.amounts()
    alone, _ = layers.amounts("outcome_alone")
    over_it = (
        *layers.closer,
        {"due_amount": amount, "due_remaining": remaining, "amount_alone": alone},
        {"due_action": _due(layers.edition)},
        {"found_here": _finding()},
        {"finding": "COALESCE(found_over_rows, found_here)"},
        {name: case((_WRONG, expression), otherwise=0) for name, expression in layers.grounds.items()},
        {"needs_told": layers.needs, "claims_told": case((_WRONG, layers.claims), otherwise="''")},
    )
    told = {
        **{name: name for name in _AS_THEY_ARE},
        **{name: _word(layers, name) for name in ("reason", "rejection", "rule")},
        "row": "row_number",
        "at": "asked_at",
        "edition": literal(layers.edition.name),
        "action": "due_action",
        "amount": "due_amount",
        "remaining": "due_remaining",
        "claims": _as_list("claims_told", "payrules_without_standing(claims_told)"),
        "standing": _standing(),
        "needs": _as_list("needs_told", "needs_told"),
        "money": f"CAST(COALESCE(money_over_rows, {_money()}) AS BIGINT)",
        "error": f"COALESCE(note_over_rows, {_note(layers)})",
    }
    return _selected(told, f"({stacked(relation, over_it)}) AS told")


def _as_list(told: str, text: str) -> str:
    """A text of words as a list; most are empty, and need no taking apart."""
    return case((f"{told} = ''", _NO_WORDS), otherwise=f"payrules_words({text})")


def _selected(told: Mapping[str, str], relation: str) -> str:
    """Every column of the findings, in order; null where nothing is told."""
    quoted = {"row": '"row"', "at": '"at"'}
    columns = (f"{told.get(name, 'CAST(NULL AS VARCHAR)')} AS {quoted.get(name, name)}" for name in COLUMNS)
    return f"SELECT {', '.join(columns)} FROM {relation}"


def _due(edition: Edition) -> str:
    """The action of an outcome."""
    codes: dict[Action, list[int]] = {}
    for number, permit in enumerate(table.preferred(edition)):
        codes.setdefault(permit.action, []).append(YES + number)
    told = ((f"outcome IN {listed(found)}", literal(action)) for action, found in codes.items())
    return case(*told, otherwise=literal(Action.REJECT))


def _finding() -> str:
    same = f"outcome >= {YES} AND done_action = due_action AND COALESCE(done_amount = due_amount, TRUE)"
    too_much = "done_amount > left_at_most OR done_amount > amount_alone"
    not_sent = "answer = 'refused'"
    rejected = f"outcome {_MISSING} AND COALESCE(done_rejection, '') <> {literal(Rejection.MISSING_FACT)}"
    return case(
        (both(_DONE, same), literal(Finding.AGREES)),
        (both(_DONE, too_much, f"NOT COALESCE({not_sent}, FALSE)"), literal(Finding.GAVE_BACK_TOO_MUCH)),
        (both(_DONE, f"outcome_alone >= {YES}"), literal(Finding.NOT_PREFERRED)),
        (both(_DONE, f"outcome_alone {_MISSING}"), literal(Finding.UNKNOWN)),
        (_DONE, literal(Finding.WOULD_BE_REFUSED)),
        (f"outcome >= {YES}", literal(Finding.MISSED)),
        (rejected, literal(Finding.UNKNOWN)),
        otherwise=literal(Finding.AGREES),
    )


def _money() -> str:
    """The minor units that a mistake is about: given back beyond what was there, sent in vain, or kept back."""
    beyond = (
        "done_amount - LEAST(COALESCE(left_at_most, done_amount), COALESCE(amount_alone, left_at_most, done_amount))"
    )
    gave = "COALESCE(done_amount, amount_alone, asked, outstanding)"
    return case(
        (f"finding = {literal(Finding.GAVE_BACK_TOO_MUCH)}", beyond),
        (f"finding IN {listed((Finding.WOULD_BE_REFUSED, Finding.NOT_PREFERRED))}", gave),
        (f"finding = {literal(Finding.MISSED)}", "due_amount"),
        (f"finding = {literal(Finding.AGREES)}", "0"),
    )


def _word(layers: table.Layers, name: str, outcome: str = "outcome") -> str:
    """A word of an outcome, as SQL."""
    codes: dict[str, list[int]] = {}
    for item in table.outcomes(layers.provider, layers.edition):
        word = getattr(item, name)
        if word is not None:
            codes.setdefault(str(word), []).append(item.code)
    if name == "rejection":  # a hundred numbers each
        return case(
            *((f"{outcome} < {100 + min(found) // 100 * 100}", literal(word)) for word, found in codes.items())
        )
    return case(*((f"{outcome} IN {listed(found)}", literal(word)) for word, found in codes.items()))


def _standing() -> str:
    """The weakest standing of the claims, as `decide` has it."""
    silent = refused(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT)
    weak = [(f"claims_told LIKE '%,{item.rank}%'", literal(item)) for item in reversed(Standing)]
    return case(
        (f"finding = {literal(Finding.AGREES)}", "NULL"),
        (f"outcome = {silent}", literal(Standing.SILENT)),
        *weak,
        otherwise=literal(Standing.IMPLIED),
    )


def _note(layers: table.Layers) -> str:
    """Why what was done would be refused, and where the provider's answer speaks against the table."""
    why = _word(layers, "reason", "outcome_alone")
    though = case(("answer = 'accepted'", "', though the provider accepted it'"), otherwise="''")
    against = f"finding IN {listed((Finding.AGREES, Finding.NOT_PREFERRED))} AND answer = 'refused'"
    return case(
        (f"finding = {literal(Finding.WOULD_BE_REFUSED)}", f"done_action || ' alone: ' || ({why}) || {though}"),
        (against, _AGAINST),
    )


# --- rows that no edition judges ------------------------------------------------------------------


def not_judged(relation: str, finding: Finding, error: str) -> str:
    """The findings of rows that cannot be judged, with the reason as SQL."""
    told = {
        "source": "source",
        "row": "row_number",
        "at": "asked_at",
        "finding": literal(finding),
        "claims": _NO_WORDS,
        "needs": _NO_WORDS,
        "error": error,
        **{name: name for name in ("provider", "payment_id", "currency", "done_action", "done_amount")},
        **dict.fromkeys(("amount", "remaining", "money"), "CAST(NULL AS BIGINT)"),
    }
    return _selected(told, relation)


# --- several rows of one payment ------------------------------------------------------------------

_GAVE = f"{_DONE} AND COALESCE(answer, '') <> 'refused'"
_MOST = "GREATEST(COALESCE(amount_authorized, amount_captured), COALESCE(amount_captured, amount_authorized))"
_OTHER_CURRENCY = "currency <> currency_first"
_TWICE = "gave > 0 AND gave_before >= most"
_TOO_MUCH = "gave > 0 AND gave_before + gave > most"
_THE_SAME = "at_before = asked_at AND action_before = done_action AND gave_by_it = gave"


def over_rows(history: str) -> str:
    """Rows whose finding takes other rows of the same payment: `source`, `row_number`, finding, money, and a note.

    What a provider is known to have refused gave nothing back.
    """
    several = (
        f"SELECT provider, payment_id FROM {history} WHERE error IS NULL AND payment_id IS NOT NULL"
        f" GROUP BY provider, payment_id"
        f" HAVING COUNT(CASE WHEN {_GAVE} THEN 1 END) > 1 OR MIN(currency) <> MAX(currency)"
    )
    gave = case((_GAVE, f"COALESCE(done_amount, asked, {_MOST}, 0)"), otherwise=0)
    rows = (
        f"SELECT history.*, {_MOST} AS most, {gave} AS gave FROM {history} AS history"
        f" WHERE error IS NULL AND EXISTS (SELECT 1 FROM ({several}) AS several"
        " WHERE several.provider = history.provider AND several.payment_id = history.payment_id)"
    )
    told = {"found_over_rows": _found_over_rows(), "money_over_rows": _money_over_rows(), "note_over_rows": _story()}
    columns = ", ".join(f"{expression} AS {name}" for name, expression in told.items())
    return (
        f"SELECT source, row_number, {columns} FROM (SELECT *, {_before()} FROM ({rows}) AS rows_) AS running"
        f" WHERE ({_OTHER_CURRENCY}) OR ({_TWICE}) OR ({_TOO_MUCH})"
    )


def _before() -> str:
    """What the rows of the same payment before say, in the order of time."""
    order = "PARTITION BY provider, payment_id ORDER BY asked_at, source, row_number"
    until_now = f"{order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    told = {
        "gave_before": f"COALESCE(SUM(gave) OVER ({until_now}), 0)",
        "currency_first": f"FIRST_VALUE(currency) OVER ({order})",
        "row_first": f"FIRST_VALUE(row_number) OVER ({order})",
        "row_before": f"LAG(row_number) OVER ({order})",
        "at_before": f"LAG(asked_at) OVER ({order})",
        "action_before": f"LAG(done_action) OVER ({order})",
        "gave_by_it": f"LAG(gave) OVER ({order})",
    }
    return ", ".join(f"{expression} AS {name}" for name, expression in told.items())


def _found_over_rows() -> str:
    return case(
        (_OTHER_CURRENCY, literal(Finding.UNREADABLE)),
        (_TWICE, literal(Finding.UNDONE_TWICE)),
        otherwise=literal(Finding.GAVE_BACK_TOO_MUCH),
    )


def _money_over_rows() -> str:
    return case((_OTHER_CURRENCY, "CAST(NULL AS BIGINT)"), (_TWICE, "gave"), otherwise="gave_before + gave - most")


def _story() -> str:
    """What the rows before have to do with it."""
    currency = (
        "'currency: ' || currency || ' here, and ' || currency_first"
        " || ' in row ' || CAST(row_first AS VARCHAR) || ' of the same payment'"
    )
    same = "'the same as row ' || CAST(row_before AS VARCHAR) || ': done twice, or listed twice'"
    given = (
        "'rows of this payment before gave back ' || CAST(gave_before AS VARCHAR) || ' of ' || CAST(most AS VARCHAR)"
    )
    return case((_OTHER_CURRENCY, currency), (f"({_TWICE}) AND {_THE_SAME}", same), otherwise=given)


# --- a whole history ------------------------------------------------------------------------------

MIXED = f"COALESCE(found_over_rows, '') = {literal(Finding.UNREADABLE)}"


def all_findings(
    history: str,
    judges: Iterable[tuple[Provider, Sequence[Span]]],
    *,
    over: str,
    zones: str | None = None,
    unread: bool = True,
    mixed: bool = True,
    years: tuple[int, int] | None = None,
) -> str:
    """The findings of every row of a history; `over` is the relation of those that take several rows.

    `unread` and `mixed`: whether there may be rows with an error, and payments in several currencies. `years`: see
    `judged`.
    """
    rows = (
        f"(SELECT history.*, found_over_rows, money_over_rows, note_over_rows FROM {history} AS history"
        f" LEFT JOIN {over} AS over_it"
        " ON over_it.source = history.source AND over_it.row_number = history.row_number)"
    )
    parts = []
    if unread:
        bad = f"(SELECT * FROM {history} WHERE error IS NOT NULL) AS unread"
        parts.append(not_judged(bad, Finding.UNREADABLE, "error"))
    if mixed:
        bad = f"(SELECT * FROM {rows} AS rows_ WHERE error IS NULL AND {MIXED}) AS mixed"
        parts.append(not_judged(bad, Finding.UNREADABLE, "note_over_rows"))
    for provider, told in judges:
        for span in told:
            mine = [f"provider = {literal(provider.name)}", span.holds("asked_at")]
            mine += ["error IS NULL"] if unread else []
            mine += [f"NOT ({MIXED})"] if mixed else []
            relation = f"(SELECT * FROM {rows} AS rows_ WHERE {both(*mine)})"
            if span.edition is None:
                why = literal(f"no edition of {provider.name} is known for that day; --edition names one")
                parts.append(not_judged(f"{relation} AS undated", Finding.UNKNOWN, why))
            else:
                parts.append(judged(provider, span.edition, relation, zones, years))
    return " UNION ALL ".join(parts) or not_judged(f"{history} AS nothing", Finding.UNREADABLE, "error")
