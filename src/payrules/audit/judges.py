"""What an audit says of each row that one edition judges: the finding, what would have been right, and what it cost.

The answer to what was asked (`outcome`) and the answer to what was done, asked about alone (`outcome_alone`), come
from `layers`. Here they are compared with what was done.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from attrs import evolve, frozen

from payrules.audit import layers as table
from payrules.audit import local_days, several
from payrules.audit.conditions import YES, own_part, refused
from payrules.audit.findings import COLUMNS, DONE, NO_WORDS, Finding, selected
from payrules.audit.keys import Keyed, keyed
from payrules.audit.sql import both, case, either, listed, literal, named_as, stacked
from payrules.table import Edition, Provider
from payrules.when import Window
from payrules.words import OPERATIONS, Action, Reason, Rejection, Standing

_AGAINST = "'the provider refused what the table permits'"
_AS_THEY_ARE = ("source", "payment_id", "currency", "done_action", "done_amount")
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

    provider: Provider
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

    def numbered(self, answers: str) -> str:
        """The keys that were answered, each with a number: the same for the same answer."""
        return f"SELECT {', '.join(self.key)}, DENSE_RANK() OVER (ORDER BY {', '.join(_TOLD)}) FROM {answers}"

    def shortened(self, answers: Mapping[tuple[int, ...], Hashable]) -> Judge:
        """The same with no more in the key than tells the answers of the keys that occur apart."""
        return evolve(self, keyed=self.keyed.shortened(answers))

    def as_in(self, short: Judge, answers: str) -> str:
        """What the keys of a shortened judge tell, from the answers to this one's."""
        keys = [named_as(columns) for columns in (self.keyed.as_in(short.keyed),) if columns]
        return f"SELECT DISTINCT {', '.join((*keys, *_TOLD))} FROM {answers}"

    def findings(self, rows: str, answers: str) -> str:
        """The findings of rows, by the answers to their keys."""
        told = {
            **{name: name for name in _AS_THEY_ARE},
            **{name: name for name in _TOLD if name in COLUMNS},
            "provider": literal(self.provider.name),
            "row": "row_number",
            "at": "asked_at",
            "action": "due_action",
            "edition": literal(self.edition.name),
            "amount": _amount("due_from"),
            "remaining": _remaining("due_from"),
            "money": f"CAST(COALESCE(money_over_rows, {_money()}) AS BIGINT)",
            "error": f"COALESCE({several.note()}, note)",
        }
        same = " AND ".join(f"keyed.{name} = told.{name}" for name in self.key) or "TRUE"
        answered = ", ".join(f"told.{name}" for name in _TOLD)
        # An outer join: every key has its answer, and none is looked for on both sides to leave rows out beforehand.
        joined = f"SELECT keyed.*, {answered} FROM {rows} AS keyed LEFT JOIN {answers} AS told ON {same}"
        return selected(told, f"({joined}) AS answered")


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
    return Judge(provider, edition, tuple(table.windows(edition)), keyed(told, layers.numbers, _WORDS))


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
    return case((f"{told} = ''", NO_WORDS), otherwise=f"payrules_words({text})")


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
        (both(DONE, same), literal(Finding.AGREES)),
        (both(DONE, too_much, f"NOT COALESCE({not_sent}, FALSE)"), literal(Finding.GAVE_BACK_TOO_MUCH)),
        (both(DONE, f"outcome_alone >= {YES}"), literal(Finding.NOT_PREFERRED)),
        (both(DONE, f"outcome_alone {_MISSING}"), literal(Finding.UNKNOWN)),
        (DONE, literal(Finding.WOULD_BE_REFUSED)),
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
