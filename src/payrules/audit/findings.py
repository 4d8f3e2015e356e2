"""What an audit says of each row of a history: the finding, what would have been right, and what it cost.

1. The answer to what was asked (`outcome`) and the answer to what was done, asked about alone (`outcome_alone`), come
from `layers`. Here they are compared with what was done.
2. Some findings take several rows of one payment; only payments with several operations are looked at for them.
3. Every row of a history has one finding, so the counts add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from attrs import frozen

from payrules.audit import layers as table
from payrules.audit import local_days
from payrules.audit.conditions import YES, own_part, refused
from payrules.audit.keys import Keyed, keyed
from payrules.audit.sql import Columns, both, case, either, listed, literal, named_as, stacked
from payrules.table import Edition, Provider
from payrules.when import Window
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
_AS_THEY_ARE = ("source", "provider", "payment_id", "currency", "done_action", "done_amount")
_NO_WORDS = "CAST([] AS VARCHAR[])"
_MISSING = "BETWEEN 200 AND 299"
_WRONG = f"finding <> {literal(Finding.AGREES)}"
_OVER = (Finding.UNDONE_TWICE, Finding.GAVE_BACK_TOO_MUCH)
"""The findings that take several rows, of rows that are judged."""


@frozen
class Judge:
    """The findings of the rows that one edition judges, in the three steps in which SQL comes to them.

    `rows` are a history's rows with what the answers need of each; `answers` says for each key among them what can be
    said without an amount; `findings` joins the two.
    """

    edition: Edition
    windows: tuple[Window, ...]
    keyed: Keyed

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the key."""
        return tuple(self.keyed.key)

    def rows(self, relation: str, zones: str | None = None) -> str:
        """The rows of a relation with their key; `zones` names the rows of `zones.Year`."""
        first, *others = self.keyed.rows
        joins = local_days.joins(self.windows, zones) if zones else ""
        facts = f"(SELECT history.*, {named_as(first)} FROM {relation} AS history{joins}) AS layer_0"
        return stacked(facts, [*others, self.keyed.key])

    def keys(self, rows: str) -> str:
        """Each key among rows, once."""
        return f"SELECT DISTINCT {', '.join(self.key)} FROM {rows}"

    def answers(self, keys: str) -> str:
        """What the keys of a relation tell."""
        return f"SELECT {', '.join((*self.key, *_TOLD))} FROM ({stacked(keys, self.keyed.answers)}) AS told"

    def findings(self, rows: str, answers: str) -> str:
        """The findings of rows, by the answers to their keys."""
        told = {
            **{name: name for name in _AS_THEY_ARE},
            **{name: name for name in _TOLD if name in COLUMNS},
            "row": "row_number",
            "at": "asked_at",
            "action": "due_action",
            "edition": literal(self.edition.name),
            "amount": _amount("due_from"),
            "remaining": _remaining("due_from"),
            "money": f"CAST(COALESCE(money_over_rows, {_money()}) AS BIGINT)",
            "error": "COALESCE(note_over_rows, note)",
        }
        same = " AND ".join(f"keyed.{name} = told.{name}" for name in self.key)
        answered = ", ".join(f"told.{name}" for name in _TOLD)
        # An outer join: every key has its answer, and none is looked for on both sides to leave rows out beforehand.
        joined = f"SELECT keyed.*, {answered} FROM {rows} AS keyed LEFT JOIN {answers} AS told ON {same}"
        return _selected(told, f"({joined}) AS answered")


def judge(
    provider: Provider, edition: Edition, *, own_zones: bool = False, years: local_days.Years | None = None
) -> Judge:
    """What judges the rows of one edition; `own_zones` and `years`: see `layers.layers`."""
    layers = table.layers(provider, edition, own_zones=own_zones, years=years)
    told = (
        *layers.facts,
        *layers.answers,
        {
            "due_action": _due(edition),
            "due_from": _source(edition, "outcome"),
            "alone_from": _source(edition, "outcome_alone"),
        },
        {"found_here": _finding()},
        {
            "finding": case(
                *((f"found_over_rows = {literal(item)}", literal(item)) for item in _OVER), otherwise="found_here"
            )
        },
        layers.grounds,
        {"needs_told": layers.needs, "claims_told": case((_WRONG, layers.claims), otherwise="''")},
        {
            **{name: _word(layers, name) for name in ("reason", "rejection", "rule")},
            "claims": _as_list("claims_told", "payrules_without_standing(claims_told)"),
            "standing": _standing(),
            "needs": _as_list("needs_told", "needs_told"),
            "note": _note(layers),
        },
    )
    return Judge(edition, tuple(table.windows(edition)), keyed(told, layers.numbers, _WORDS))


_WORDS = frozenset(
    name
    for word in ("capture_mode", "kind", "method", "batch", "undo_pending", "disputed", "split", "multicapture")
    for name in (word, f"f_{word}")
) | {"asked_only", "done_action", "done_rejection", "answer", "found_over_rows"}
"""The columns that hold a word, or yes or no, as given or filled in."""

_TOLD = (
    "finding",
    "due_action",
    "due_from",
    "alone_from",
    "reason",
    "rejection",
    "rule",
    "claims",
    "standing",
    "needs",
    "note",
)
"""What the key of a row tells."""


def judged(
    provider: Provider,
    edition: Edition,
    relation: str,
    zones: str | None = None,
    years: local_days.Years | None = None,
) -> str:
    """The findings of the rows of a relation that one edition judges, as one statement."""
    return in_one_statement(judge(provider, edition, own_zones=zones is not None, years=years), relation, zones)


def in_one_statement(told: Judge, relation: str, zones: str | None) -> str:
    """The findings of the rows of a relation, with the answers to their keys worked out on the way."""
    keys = f"({told.keys('keyed_rows')}) AS layer_0"
    return (
        f"WITH keyed_rows AS ({told.rows(relation, zones)}),"
        f" told_of_keys AS ({told.answers(keys)})"
        f" {told.findings('keyed_rows', 'told_of_keys')}"
    )


class Way(Protocol):
    """How an engine comes to the findings of the rows of a relation."""

    def __call__(self, told: Judge, relation: str, zones: str | None, /) -> str:
        """The SQL of the findings."""


# Where an amount comes from: all of an operation's own part of what is outstanding, or what was asked for.
_PARTS = tuple(dict.fromkeys(own_part(action) for action in OPERATIONS))
_ASKED = len(_PARTS) + 1


def _source(edition: Edition, outcome: str) -> str:
    """The number of what an outcome's amount comes from; null where it is a no."""
    gives: dict[str, list[int]] = {}
    for number, permit in enumerate(table.preferred(edition)):
        gives.setdefault(own_part(permit.gives), []).append(YES + number)
    everything = "COALESCE(asked = outstanding, asked IS NULL AND outstanding IS NOT NULL)"
    wholes = [
        (both(f"{outcome} IN {listed(codes)}", f"{part} IS NOT NULL", everything), 1 + _PARTS.index(part))
        for part, codes in gives.items()
    ]
    return case(*wholes, (f"{outcome} >= {YES}", _ASKED))


def _amount(source: str) -> str:
    """The amount that comes from there."""
    return _by_source(source, [*_PARTS, "COALESCE(asked, 0)"])


def _remaining(source: str) -> str:
    """What it leaves of what was asked for."""
    return _by_source(source, [*(f"outstanding - {part}" for part in _PARTS), "0"])


def _compared(comparison: str, source: str) -> str:
    """Whether what was done is so, compared with the amount that comes from there."""
    return _by_source(source, [f"done_amount {comparison} {part}" for part in (*_PARTS, "COALESCE(asked, 0)")])


def _by_source(source: str, values: Sequence[str]) -> str:
    return case(*((f"{source} = {number}", value) for number, value in enumerate(values, 1)))


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
    done_so = either(
        *(both(f"done_action = {literal(action)}", f"due_action = {literal(action)}") for action in OPERATIONS)
    )
    same = both(f"outcome >= {YES}", done_so, f"COALESCE({_compared('=', 'due_from')}, TRUE)")
    too_much = either("done_amount > left_at_most", _compared(">", "alone_from"))
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
    alone = _amount("alone_from")
    beyond = f"done_amount - LEAST(COALESCE(left_at_most, done_amount), COALESCE({alone}, left_at_most, done_amount))"
    return case(
        (f"finding = {literal(Finding.AGREES)}", "0"),
        (f"finding = {literal(Finding.GAVE_BACK_TOO_MUCH)}", beyond),
        (
            f"finding IN {listed((Finding.WOULD_BE_REFUSED, Finding.NOT_PREFERRED))}",
            f"COALESCE(done_amount, {alone}, asked, outstanding)",
        ),
        (f"finding = {literal(Finding.MISSED)}", _amount("due_from")),
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
    done = case(*((f"done_action = {literal(action)}", literal(f"{action} alone: ")) for action in OPERATIONS))
    though = case(("answer = 'accepted'", "', though the provider accepted it'"), otherwise="''")
    against = f"finding IN {listed((Finding.AGREES, Finding.NOT_PREFERRED))} AND answer = 'refused'"
    return case(
        (f"finding = {literal(Finding.WOULD_BE_REFUSED)}", f"({done}) || ({why}) || {though}"),
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
_TOLD_OF = ("source", "row_number", "provider", "payment_id", "asked_at", "done_action", "currency")
_OTHER_CURRENCY = "currency <> currency_first"
_TWICE = "gave > 0 AND gave_before >= most"
_TOO_MUCH = "gave > 0 AND NOT is_rest AND gave_before + gave > most"
_TOLD_BEFORE = "COALESCE(amount_refunded, 0) + COALESCE(amount_released, 0)"
_THE_SAME = "at_before = asked_at AND action_before = done_action AND gave_by_it = gave"


def over_rows(history: str, several: str | None = None) -> str:
    """Rows whose finding takes other rows of the same payment: `source`, `row_number`, finding, money, and a note.

    What a provider is known to have refused gave nothing back. Where no answer was recorded, nobody can tell that it
    did not: a retry of it counts, and the note says so. `several` says of which payments there may be several rows,
    where an engine tells that faster than by what is written here.
    """
    told_of = ", ".join(_TOLD_OF)
    rest = f"{_MOST} - ({_TOLD_BEFORE})"
    told = {
        "most": _MOST,
        "told_before": _TOLD_BEFORE,
        "is_rest": "done_amount IS NULL AND asked IS NULL",
        "gave": case(
            (_GAVE, f"COALESCE(done_amount, asked, {case((f'{rest} > 0', rest), otherwise=0)}, 0)"), otherwise=0
        ),
        "unanswered": case((f"{_GAVE} AND answer IS NULL", 1), otherwise=0),
    }
    if several is None:
        payments = (
            f"SELECT provider, payment_id FROM {history} WHERE error IS NULL AND payment_id IS NOT NULL"
            " GROUP BY provider, payment_id HAVING COUNT(*) > 1"
        )
        several = (
            f"EXISTS (SELECT 1 FROM ({payments}) AS several"
            " WHERE several.provider = history.provider AND several.payment_id = history.payment_id)"
        )
    rows = (
        f"SELECT {told_of}, {named_as(told)} FROM {history} AS history"
        f" WHERE error IS NULL AND payment_id IS NOT NULL AND {several}"
    )
    found = {"found_over_rows": _found_over_rows(), "money_over_rows": _money_over_rows(), "note_over_rows": _story()}
    running = f"SELECT *, {named_as(_before())} FROM ({rows}) AS rows_"
    return (
        f"SELECT source, row_number, {named_as(found)} FROM (SELECT *, {_known_before()} FROM ({running}) AS running)"
        f" AS counted WHERE ({_OTHER_CURRENCY}) OR ({_TWICE}) OR ({_TOO_MUCH})"
    )


_ORDER = "PARTITION BY provider, payment_id ORDER BY asked_at, source, row_number"
_UNTIL_NOW = f"{_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


def _known_before() -> str:
    """What had been given back before a row: by the rows since one of them, and before that as that one tells.

    What was refunded before the history begins is counted too, and nothing twice: of all rows, the one by which it is
    most.
    """
    return f"in_rows_before + COALESCE(MAX(told_before - in_rows_before) OVER ({_UNTIL_NOW}), 0) AS gave_before"


def _before() -> Columns:
    """What the rows of the same payment before say, in the order of time."""
    order = _ORDER
    return {
        "in_rows_before": f"COALESCE(SUM(gave) OVER ({_UNTIL_NOW}), 0)",
        "unanswered_before": f"COALESCE(SUM(unanswered) OVER ({_UNTIL_NOW}), 0)",
        "currency_first": f"FIRST_VALUE(currency) OVER ({order})",
        "row_first": f"FIRST_VALUE(row_number) OVER ({order})",
        "row_before": f"LAG(row_number) OVER ({order})",
        "at_before": f"LAG(asked_at) OVER ({order})",
        "action_before": f"LAG(done_action) OVER ({order})",
        "gave_by_it": f"LAG(gave) OVER ({order})",
    }


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
    unsure = case(("unanswered_before > 0", "', if they went through: no answer is recorded'"), otherwise="''")
    given = (
        "'rows of this payment before gave back ' || CAST(gave_before AS VARCHAR) || ' of ' || CAST(most AS VARCHAR)"
        f" || {unsure}"
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
    years: local_days.Years | None = None,
    way: Way = in_one_statement,
) -> str:
    """The findings of every row of a history; `over` is the relation of those that take several rows.

    `unread` and `mixed`: whether there may be rows with an error, and payments in several currencies. `years`: see
    `local_days`.
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
                told_by = judge(provider, span.edition, own_zones=zones is not None, years=years)
                parts.append(f"SELECT * FROM ({way(told_by, relation, zones)}) AS judged")
    return " UNION ALL ".join(parts) or not_judged(f"{history} AS nothing", Finding.UNREADABLE, "error")
