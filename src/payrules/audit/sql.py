"""A dated table as SQL: the same answers as `decide`, for a whole history at the engine's speed.

1. One function per kind of condition (`tested`), and nothing else knows the kinds. It says where the condition holds,
and numbers its misses: the kind, hardest last, and the rank of the reason. So a permit's own obstacle is the greatest
number of its conditions, and the answer is the least number of the permits, once the kinds stand in the order of
`decide`.
2. What is written here is DuckDB's SQL with a few functions of our own; `dialects` turns it into another engine's.
3. The layers are those of `decide`: the status, the facts filled in, the balances, the permit that holds; then, for
the rows that none settles, the conditions, the verdict of each operation, the outcome. What only an explanation needs
(`needs`, `claims`) stands inside a `CASE`, so that an engine works it out for the few rows that ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import singledispatch

from attrs import evolve, field, frozen

from payrules import when
from payrules.audit import zones
from payrules.table import Edition, Permit, Proof, Provider, Share, Status
from payrules.words import OPERATIONS, Action, Reason, Rejection

YES = 400
"""Outcomes from here on are permits, in the order in which they are preferred; those below are refusals."""

_KINDS = (Rejection.MISSING_FACT, Rejection.WAIT, Rejection.NOT_ALLOWED)
"""What kind of miss a permit's obstacles make: the hardest to remove is the greatest."""

_ANSWERS = (Rejection.ALREADY_DONE, Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)
"""The kinds of no in the order in which an answer looks for them."""

Columns = Mapping[str, str]

_NOTHING = "''"
_AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded")
_HOURS_MAX = 10_000_000


def missed(reason: Reason, rejection: Rejection) -> int:
    """The number of a condition that does not hold."""
    return 100 * (_KINDS.index(rejection) + 1) + reason.rank


def refused(reason: Reason, rejection: Rejection) -> int:
    """The number of an outcome that is a no."""
    return 100 * _ANSWERS.index(rejection) + reason.rank


_UNKNOWN = missed(Reason.UNKNOWN_FACT, Rejection.MISSING_FACT)


# --- pieces of SQL --------------------------------------------------------------------------------


def literal(value: object) -> str:
    """A value as SQL writes it."""
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def listed(values: Iterable[object]) -> str:
    """Values between brackets, for `IN`."""
    return f"({', '.join(literal(value) for value in values)})"


def case(*branches: tuple[str, object], otherwise: object = None) -> str:
    """The value of the first condition that is true; without any branch, what there is otherwise."""
    if not branches:
        return str(otherwise)
    told = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {told}{'' if otherwise is None else f' ELSE {otherwise}'} END"


def both(*conditions: str) -> str:
    """All of these; true where there is none."""
    return " AND ".join(f"({condition})" for condition in conditions) or "TRUE"


def either(*conditions: str) -> str:
    """Any of these."""
    return " OR ".join(conditions if len(conditions) == 1 else (f"({condition})" for condition in conditions))


def joined(texts: Iterable[str]) -> str:
    """Texts one after the other."""
    told = [text for text in texts if text != _NOTHING]
    return " || ".join(told) if told else _NOTHING


def least(values: Sequence[str]) -> str:
    """The least of some numbers, none of which is unknown."""
    return values[0] if len(values) == 1 else f"LEAST({', '.join(values)})"


def greatest(values: Sequence[str]) -> str:
    """The greatest of some numbers, none of which is unknown."""
    return values[0] if len(values) == 1 else f"GREATEST({', '.join(values)})"


def _not_below_0(amount: str) -> str:
    """An amount, or 0 where it is less; without a branch, since engines take branches one row at a time."""
    return f"({amount} * CAST({amount} > 0 AS INTEGER))"


def _lesser(one: str, other: str) -> str:
    """The lesser of two amounts; `one` where the other is unknown."""
    return f"(LEAST({one}, COALESCE({other}, {one})) + 0 * {one})"


# --- what is known --------------------------------------------------------------------------------


@frozen
class Hinge:
    """Where this is so, these fields would tell one that is missing."""

    where: str
    needs: tuple[str, ...]


@frozen
class Known:
    """The SQL of each field of a payment, and of what would tell one that is missing.

    `states` numbers the status words. `own_zones`: rows may have a zone of their own, whose offsets are joined.
    `years`: the first and the last in which most instants lie.
    """

    states: Mapping[str, int]
    fields: Mapping[str, str] = field(factory=dict)
    hinges: Mapping[str, tuple[Hinge, ...]] = field(factory=dict)
    own_zones: bool = False
    years: tuple[int, int] | None = None

    def get(self, name: str) -> str:
        """The value of a field."""
        return self.fields.get(name, name)

    def need(self, name: str) -> str:
        """A text of the fields that would tell this one, a comma before each."""
        hinges = [
            (hinge.where, literal("".join(f",{need}" for need in hinge.needs))) for hinge in self.hinges.get(name, ())
        ]
        return case(*hinges, otherwise=literal(f",{name}"))

    def missing(self, *names: str) -> str:
        """A text of the fields that would tell those of these that nobody knows."""
        return joined(case((f"{self.get(name)} IS NULL", self.need(name)), otherwise=_NOTHING) for name in names)

    def instant(self, names: tuple[str, ...]) -> str:
        """The first of some instants that is known."""
        told = [self.get(name) for name in names]
        return told[0] if len(told) == 1 else f"COALESCE({', '.join(told)})"

    def local_date(self, names: tuple[str, ...], zone: when.Zone) -> str:
        """The calendar day of an instant, in the payment's zone or else this one."""
        moment = self.instant(names)
        day = _day(moment, zone, self.years)
        if not self.own_zones:
            return day
        return f"COALESCE(day_{alias(names)}, {day})"


def _day(moment: str, zone: when.Zone, years: tuple[int, int] | None) -> str:
    """The calendar day of an instant in a zone: by the engine's zones, and in some years by their offsets.

    An engine asks its calendar for every row; between two changes of the clocks an addition says the same.
    """
    by_name = f"payrules_local_date({moment}, {literal(zone.name)})"
    if years is None:
        return by_name
    told: list[tuple[str, object]] = [(f"{moment} < {_instant(_new_year(years[0]))}", by_name)]
    for year in zones.years(zone.rule, *years):
        end = _new_year(year.year + 1)
        turns = ((year.turn_1, year.minutes_0), (year.turn_2, year.minutes_1), (end, year.minutes_2))
        told += [(f"{moment} < {_instant(turn)}", _by_offset(moment, minutes)) for turn, minutes in turns]
    return case(*told, otherwise=by_name)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _by_offset(moment: str, minutes: int) -> str:
    return f"CAST({f'payrules_add_minutes({moment}, {minutes})' if minutes else moment} AS DATE)"


def _instant(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def alias(names: tuple[str, ...]) -> str:
    """The name under which the offsets of a row's own zone in the year of an instant are joined."""
    return "in_zone_of_" + "_or_".join(names)


def _own_day(names: tuple[str, ...]) -> str:
    """The calendar day of an instant in a row's own zone; null where it has none."""
    moment, turns = Known({}).instant(names), alias(names)
    offset = case(
        (f"{moment} < {turns}.turn_1", f"{turns}.minutes_0"),
        (f"{moment} < {turns}.turn_2", f"{turns}.minutes_1"),
        otherwise=f"{turns}.minutes_2",
    )
    return f"CAST(payrules_add_minutes({moment}, {offset}) AS DATE)"


# --- conditions -----------------------------------------------------------------------------------


@frozen
class Tested:
    """A condition as SQL: where it holds, and what else it is.

    `misses` are the numbers of its misses where something is so, `no` the number where nothing of that is; `needs` is
    a text of the fields that would tell where the number says *unknown*.
    """

    holds: str
    no: int
    misses: tuple[tuple[str, int | str], ...] = ()
    needs: str = _NOTHING

    @property
    def code(self) -> str:
        """The number of the condition: 0 where it holds."""
        return case((self.holds, 0), *self.misses, otherwise=self.no)


@singledispatch
def tested(condition: when.Condition, known: Known, action: Action) -> Tested:
    """A condition of a permit or a proof as SQL; each kind of condition has its function."""
    raise TypeError(f"there is no SQL for {type(condition).__name__}: {condition}")


@tested.register
def _(condition: when.Is, known: Known, action: Action) -> Tested:
    if condition.name == "status":
        return _status(condition, known)
    value, words = known.get(condition.name), [word for word in condition.words if word is not None]
    among = f"{value} IN {listed(words)}" if words else "FALSE"
    if condition.negated:
        among = f"NOT ({among})"
    holds = f"{value} IS NULL OR {among}" if (None in condition.words) is not condition.negated else among
    unknown = () if condition.unknown_fails else ((f"{value} IS NULL", _UNKNOWN),)
    soon = ((f"{value} = {literal(word)}", missed(why, Rejection.WAIT)) for word, why in condition.soon)
    no = missed(condition.reason, condition.rejection)
    return Tested(holds, no, (*unknown, *soon), known.need(condition.name))


def _status(condition: when.Is, known: Known) -> Tested:
    """A condition on the status word, which is compared by its number; 0 is a word that no table lists."""
    unlisted = ("state = 0", missed(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT))
    numbers = [known.states[str(word)] for word in condition.words]
    holds = f"state IN {listed(numbers)}"
    if condition.negated:
        holds = f"state NOT IN {listed([0, *numbers])}"
    soon = ((f"state = {known.states[word]}", missed(why, Rejection.WAIT)) for word, why in condition.soon)
    return Tested(holds, missed(condition.reason, condition.rejection), (unlisted, *soon), literal(",status"))


@tested.register
def _(condition: when.Unlisted, known: Known, action: Action) -> Tested:
    return Tested("state = 0", missed(Reason.WRONG_STATUS, Rejection.NOT_ALLOWED))


@tested.register
def _(condition: when.IsKnown, known: Known, action: Action) -> Tested:
    return Tested(f"{known.get(condition.name)} IS NOT NULL", _UNKNOWN, needs=known.need(condition.name))


@tested.register
def _(condition: when.Lists, known: Known, action: Action) -> Tested:
    value = known.get("provider_allows")
    named = [f"payrules_contains({value}, {literal(word)})" for word in condition.operations]
    enough = [f"{value} IS NULL"] if condition.unknown_is_enough else []
    unknown = () if condition.unknown_is_enough else ((f"{value} IS NULL", _UNKNOWN),)
    no = missed(Reason.NOT_LISTED, condition.rejection)
    return Tested(either(*enough, *named), no, unknown, literal(",provider_allows"))


@tested.register
def _(condition: when.Count, known: Known, action: Action) -> Tested:
    value = known.get(condition.name)
    bounds = [f"{value} >= {condition.least}"] if condition.least is not None else []
    bounds += [f"{value} <= {condition.most}"] if condition.most is not None else []
    enough = [f"{value} IS NULL"] if condition.unknown_is_enough else []
    unknown = () if condition.unknown_is_enough else ((f"{value} IS NULL", _UNKNOWN),)
    no = missed(condition.reason, condition.rejection)
    return Tested(either(*enough, both(*bounds)), no, unknown, known.need(condition.name))


@tested.register
def _(condition: when.Fewer, known: Known, action: Action) -> Tested:
    below = f"{known.get(condition.name)} < {known.get(condition.limit)}"
    return Tested(f"COALESCE({below}, TRUE)", missed(condition.reason, Rejection.NOT_ALLOWED))


@tested.register
def _(condition: when.Untouched, known: Known, action: Action) -> Tested:
    refunded = known.get("amount_refunded")
    untouched = f"COALESCE({refunded}, 0) = 0" if condition.unknown_is_enough else f"{refunded} = 0"
    unknown = () if condition.unknown_is_enough else ((f"{refunded} IS NULL", _UNKNOWN),)
    touched = (f"{refunded} <> 0", missed(Reason.PARTLY_REFUNDED, Rejection.NOT_ALLOWED))
    return Tested(
        both(untouched, "amount_refund_pending = 0"),
        missed(Reason.REFUND_PENDING, Rejection.WAIT),
        (*unknown, touched),
        known.need("amount_refunded"),
    )


@tested.register
def _(condition: when.Refundable, known: Known, action: Action) -> Tested:
    captured, refunded = known.get("amount_captured"), known.get("amount_refunded")
    return Tested(
        f"{captured} {'<>' if condition.something else '='} {refunded}",
        missed(Reason.NOTHING_LEFT, Rejection.NOT_ALLOWED),
        ((f"{captured} IS NULL OR {refunded} IS NULL", _UNKNOWN),),
        known.missing("amount_captured", "amount_refunded"),
    )


@tested.register
def _(condition: when.Held, known: Known, action: Action) -> Tested:
    reason = Reason.ALREADY_CAPTURED if condition.something else Reason.SEVERAL_CAPTURES
    needs = _needs_of_own(Action.CANCEL, known)
    return _whether(_held(known), condition.something, reason, needs)


@tested.register
def _(condition: when.Left, known: Known, action: Action) -> Tested:
    needs = _needs_of_left("left_over", known)
    return _whether("left_over", condition.something, Reason.NOTHING_LEFT, needs)


def _whether(amount: str, something: bool, reason: Reason, needs: str) -> Tested:
    """Whether there is something of a balance, or nothing."""
    return Tested(
        f"{amount} {'>' if something else '<='} 0",
        missed(reason, Rejection.NOT_ALLOWED),
        ((f"{amount} IS NULL", _UNKNOWN),),
        needs,
    )


@tested.register
def _(condition: when.Asks, known: Known, action: Action) -> Tested:
    own, cancels = _own(action, known), action is Action.CANCEL
    counted = condition.part or cancels  # else the whole is all that there is, and need not be counted
    misses: list[tuple[str, int | str]] = []
    holds = [both("asked IS NULL OR asked = outstanding", f"{own} >= 1", "outstanding IS NOT NULL")]
    holds += [f"asked {'<=' if condition.part else '='} {own}"] if counted else []
    if not condition.whole:
        holds = [both(f"asked <= {own}", "COALESCE(asked <> outstanding, TRUE)")]
        no = missed(Reason.NOT_OFFERED, Rejection.NOT_ALLOWED)
        misses.append(("asked IS NULL OR asked = outstanding", no))
    misses.append(("asked IS NULL AND outstanding IS NULL", _UNKNOWN))
    misses.append((f"{own} IS NULL" if counted else f"asked IS NULL AND {own} IS NULL", _UNKNOWN))
    misses.append(("asked IS NULL", _beyond("1", action, known)))
    misses.append(("outstanding IS NULL", _UNKNOWN))
    misses.append((f"asked = outstanding AND {own} IS NULL", _UNKNOWN))
    misses.append(("asked = outstanding", _beyond("1", action, known)))
    if condition.part:
        misses.append(("TRUE", _beyond("asked", action, known)))
    needs_own, needs_all = _needs_of_own(action, known), _needs_of_left("outstanding", known)
    needs = [("asked IS NULL", joined((needs_own, needs_all)))]
    needs += [(f"{own} IS NULL", needs_own)] if counted else []
    needs += [("outstanding IS NULL", needs_all)]
    only_whole = missed(Reason.ONLY_WHOLE_AMOUNT, Rejection.NOT_ALLOWED)
    return Tested(either(*holds), only_whole, tuple(misses), case(*needs, otherwise=needs_own))


def _beyond(asked: str, action: Action, known: Known) -> str:
    """The number of an amount that an operation cannot give out of its own part."""
    later = missed(Reason.REFUND_PENDING, Rejection.WAIT)
    never = missed(Reason.MORE_THAN_IS_LEFT, Rejection.NOT_ALLOWED)
    return case((f"{asked} <= {_unreserved(action, known)}", later), otherwise=never)


@tested.register
def _(condition: when.Approved, known: Known, action: Action) -> Tested:
    own, refunded = _own(action, known), known.get("amount_refunded")
    asked = case(("asked IS NULL OR asked = outstanding", own), otherwise="asked")
    limits = case(*((f"currency = {literal(name)}", most) for name, most in condition.limits), otherwise=0)
    approved = f"COALESCE({known.get('amount_approved')}, 0)"
    needs = case((f"({asked}) IS NULL", _needs_of_own(action, known)), otherwise=known.need("amount_refunded"))
    return Tested(
        f"{refunded} + amount_refund_pending + ({asked}) <= GREATEST({limits}, {approved})",
        missed(Reason.NEEDS_APPROVAL, Rejection.WAIT),
        ((f"({asked}) IS NULL OR {refunded} IS NULL", _UNKNOWN),),
        needs,
    )


@tested.register
def _(condition: when.Unrepeated, known: Known, action: Action) -> Tested:
    given = case(("asked IS NULL OR asked = outstanding", _own(action, known)), otherwise="asked")
    end = _after(known.get("last_refund_at"), condition.lasts, known)
    repeated = both(f"({given}) = {known.get('last_refund_amount')}", f"asked_at < {end}")
    return Tested(f"NOT COALESCE({repeated}, FALSE)", missed(Reason.DUPLICATE_WINDOW, Rejection.WAIT))


@tested.register
def _(condition: when.Window, known: Known, action: Action) -> Tested:
    moment, length = known.instant(condition.of), condition.lasts or condition.starts
    early, late = missed(Reason.TOO_EARLY, Rejection.WAIT), missed(condition.reason, Rejection.NOT_ALLOWED)
    needs = literal("".join(f",{name}" for name in condition.of))
    unknown, no, misses = [f"{moment} IS NULL"], late, []
    if condition.until is not None or condition.until_from is not None:
        raise TypeError(f"there is no SQL for a cut-off: {condition}")
    if condition.zone is not None:
        day, now = known.local_date(condition.of, condition.zone), known.local_date(("asked_at",), condition.zone)
        holds, misses = f"{now} = {day}", [(f"{now} < {day}", early)]
    elif length is None:
        holds = f"asked_at < {moment}"
    else:
        end = _after(moment, length, known)
        holds = f"asked_at >= {end}" if condition.starts else f"asked_at < {end}"
        no = early if condition.starts else late
        if length.hours_from is not None:
            unknown.append(f"{known.get(length.hours_from)} IS NULL")
            needs = case((f"{moment} IS NULL", needs), otherwise=known.need(length.hours_from))
        elif condition.lasts:
            holds, misses = both(f"asked_at >= {moment}", holds), [(f"asked_at < {moment}", early)]
    if condition.unknown_is_enough:
        return Tested(either(*unknown, holds), no, tuple(misses), needs)
    return Tested(holds, no, (*((so, _UNKNOWN) for so in unknown), *misses), needs)


def _after(moment: str, length: when.Duration, known: Known) -> str:
    """The instant this long after another; hours that would lead out of the calendar are as good as many."""
    if length.hours_from is not None:
        hours = known.get(length.hours_from)
        return f"payrules_add_hours({moment}, {case((f'{hours} > {_HOURS_MAX}', _HOURS_MAX), otherwise=hours)})"
    units = {"MONTH": length.months, "DAY": length.days, "HOUR": length.hours, "MINUTE": length.minutes}
    return moment + "".join(f" + INTERVAL {count} {unit}" for unit, count in units.items() if count)


# --- balances: the amounts of `facts`, in their order ---------------------------------------------


def _own(action: Action, known: Known) -> str:
    """What an operation can give back: its own part of what is outstanding."""
    if action not in (Action.CANCEL, Action.REFUND):
        return "outstanding"
    if action is Action.CANCEL:
        return _lesser(_held(known), "outstanding")
    free = _not_below_0(f"({_kept(known)} - amount_refund_pending)")
    return _lesser(_lesser(free, known.get("available_to_refund")), "outstanding")


def _unreserved(action: Action, known: Known) -> str:
    """What an operation could give back if every refund under way had failed."""
    if action not in (Action.CANCEL, Action.REFUND):
        return "left_over"
    part = _held(known) if action is Action.CANCEL else _lesser(_kept(known), known.get("available_to_refund"))
    return _lesser(part, "left_over")


def _kept(known: Known) -> str:
    """What was captured and not refunded."""
    return _not_below_0(f"({known.get('amount_captured')} - {known.get('amount_refunded')})")


def _held(known: Known) -> str:
    """What is held and was not captured."""
    authorized, captured, released, _ = (known.get(name) for name in _AMOUNTS)
    held, gone = _not_below_0(f"({authorized} - {captured} - {released})"), _gone(known)
    return case((gone, 0), otherwise=held) if gone else held


def _gone(known: Known) -> str | None:
    """Where the status proves that no hold is left, though nobody knows how large it was; None: nowhere."""
    told = [item.where for item in known.hinges.get("amount_released", ()) if item.needs == ("amount_authorized",)]
    return either(*told) if told else None


def _balances(known: Known) -> list[Columns]:
    """The balances that every answer takes; the others are worked out where a permit asks for them."""
    authorized, captured, released, refunded = (known.get(name) for name in _AMOUNTS)
    taken, gone = f"COALESCE({captured}, 0)", _gone(known)
    most = f"(GREATEST({authorized}, {taken}) + 0 * {authorized})"  # unknown where nobody knows what was authorized
    left = _not_below_0(f"({most} - {released} - {refunded})")
    at_most = _not_below_0(f"({most} - COALESCE({released}, 0) - COALESCE({refunded}, 0))")
    if gone:
        left = case((gone, _kept(known)), otherwise=left)
        at_most = case((gone, _not_below_0(f"({taken} - COALESCE({refunded}, 0))")), otherwise=at_most)
    outstanding = _not_below_0("(left_over - amount_refund_pending)")
    return [{"left_over": left}, {"left_at_most": f"COALESCE(left_over, {at_most})", "outstanding": outstanding}]


def _needs_of_left(amount: str, known: Known) -> str:
    """A text of the fields that what is left, or outstanding, lacks."""
    left, gone = known.missing("amount_authorized", "amount_released", "amount_refunded"), _gone(known)
    kept = known.missing("amount_captured", "amount_refunded")
    told = case((gone, kept), otherwise=left) if gone else left
    return case((f"{amount} IS NULL", told), otherwise=_NOTHING)


def _needs_of_own(action: Action, known: Known) -> str:
    """A text of the fields that an operation's own part lacks."""
    if action is Action.REFUND:
        return known.missing("amount_captured", "amount_refunded")
    if action is not Action.CANCEL:
        return _needs_of_left("outstanding", known)
    held = known.missing("amount_authorized", "amount_captured", "amount_released")
    return case((f"{_held(known)} IS NULL", held), otherwise=_NOTHING)


# --- facts filled in ------------------------------------------------------------------------------


@frozen
class Filling:
    """How one field is filled in: by which proof, as a number (0: by none), and what hinges on what.

    `proofs` are those of the field, each once; `by_status` the ones that count in each group of statuses, in order.
    """

    name: str
    proofs: tuple[Proof, ...]
    by_status: tuple[tuple[tuple[int, ...], tuple[Proof, ...]], ...]

    @property
    def ground(self) -> str:
        """The column that holds the number of the proof."""
        return f"proof_of_{self.name}"

    def number(self, proof: Proof) -> int:
        """The number of a proof."""
        return 1 + self.proofs.index(proof)


def fillings(edition: Edition) -> tuple[Filling, ...]:
    """The fields that the edition fills in, each after those that its proofs read.

    `fill` goes through the proofs in their order. One that reads a field before another has filled it in has no SQL
    here, and is refused, lest it be answered wrongly.
    """
    rows = [(number, edition.proofs(row.word)) for number, row in enumerate(edition.statuses, 1)]
    rows.append((0, edition.proves))
    names = list(dict.fromkeys(proof.name for _, proofs in rows for proof in proofs))
    reads = {name: {item for _, proofs in rows for item in _reads(name, proofs)} & set(names) for name in names}
    ordered: list[str] = []
    while len(ordered) < len(names):
        ready = [name for name in names if name not in ordered and reads[name] <= set(ordered)]
        if not ready:
            raise TypeError(f"there is no SQL for proofs of {edition.name} that read each other")
        ordered += ready[:1]
    _check_order(edition, rows)
    return tuple(_filling(name, rows) for name in ordered)


def _reads(name: str, proofs: Iterable[Proof]) -> set[str]:
    """The fields that the proofs of a field look at."""
    told: set[str] = set()
    for proof in proofs:
        if proof.name == name:
            told |= {field for condition in proof.when for field in condition.reads}
            told |= {"amount_authorized"} if isinstance(proof.value, Share) else set()
            told |= {"amount_captured"} if proof.value is Share.REST else set()
    return told


def _check_order(edition: Edition, rows: Iterable[tuple[int, Sequence[Proof]]]) -> None:
    for _, proofs in rows:
        for number, proof in enumerate(proofs):
            late = {later.name for later in proofs[number:]}
            if _reads(proof.name, [proof]) & late:
                raise TypeError(f"there is no SQL for a proof of {edition.name} that reads what is proven later")


def _filling(name: str, rows: Iterable[tuple[int, Sequence[Proof]]]) -> Filling:
    alike: dict[tuple[Proof, ...], list[int]] = {}
    for number, proofs in rows:
        alike.setdefault(tuple(proof for proof in proofs if proof.name == name), []).append(number)
    told = tuple(dict.fromkeys(proof for proofs in alike for proof in proofs))
    return Filling(name, told, tuple((tuple(numbers), proofs) for proofs, numbers in alike.items()))


def _by_state(told: Iterable[tuple[tuple[int, ...], str]]) -> str:
    """A value for each group of statuses; the most frequent value is what there is otherwise."""
    states: dict[str, list[int]] = {}
    for numbers, value in told:
        states.setdefault(value, []).extend(numbers)
    otherwise = max(states, key=lambda value: len(states[value]))
    branches = ((f"state IN {listed(states[value])}", value) for value in states if value != otherwise)
    return case(*branches, otherwise=otherwise)


def _filled(filling: Filling, known: Known) -> tuple[Known, list[Columns]]:
    """The column of a field that is filled in, and that of what it hinges on."""
    name, column = filling.name, f"f_{filling.name}"
    value = _by_state(
        (numbers, case(*((_proves(proof, known), _value(proof, known)) for proof in proofs), otherwise=name))
        for numbers, proofs in filling.by_status
    )
    after = evolve(known, fields={**known.fields, name: column})
    hinges, hinge = _hinges(filling, known)
    if not hinges:
        return after, [{column: value}]
    numbered = tuple(Hinge(f"hinge_{name} = {number}", needs) for number, needs in enumerate(hinges, 1))
    return evolve(after, hinges={**known.hinges, name: numbered}), [{column: value}, {f"hinge_{name}": hinge}]


def _ground(filling: Filling, known: Known) -> str:
    """The number of the proof that fills a field in, for explanations."""
    return _by_state(
        (numbers, case(*((_proves(proof, known), filling.number(proof)) for proof in proofs), otherwise=0))
        for numbers, proofs in filling.by_status
    )


def _proves(proof: Proof, known: Known) -> str:
    """Where a proof fills its field in, unless one before it has."""
    given = [] if proof.beats_given else [f"{proof.name} IS NULL"]
    holds = [tested(condition, known, Action.REJECT).holds for condition in proof.when]
    told = [f"{_value(proof, known)} IS NOT NULL"] if isinstance(proof.value, Share) else []
    return both(*given, *holds, *told)


def _value(proof: Proof, known: Known) -> str:
    authorized, captured = known.get("amount_authorized"), known.get("amount_captured")
    if proof.value is Share.WHOLE:
        return _not_below_0(f"({authorized} - COALESCE({known.get('amount_released')}, 0))")
    if proof.value is Share.REST:
        return _not_below_0(f"({authorized} - {captured})")
    return literal(proof.value)


def _hinges(filling: Filling, known: Known) -> tuple[list[tuple[str, ...]], str]:
    """The sets of fields that a missing one may hinge on, and SQL of the number of the one that counts."""
    told: dict[tuple[str, ...], int] = {}
    rows = []
    for numbers, proofs in filling.by_status:
        rests = [hinge for proof in reversed(proofs) for hinge in _rests(filling, proof, proofs, known)]
        found = [*rests, *_tellers(filling, proofs, known)]
        for hinge in found:
            told.setdefault(hinge.needs, 1 + len(told))
        rows.append((numbers, case(*((hinge.where, told[hinge.needs]) for hinge in found), otherwise=0)))
    return list(told), _by_state(rows)


def _rests(filling: Filling, proof: Proof, proofs: Sequence[Proof], known: Known) -> list[Hinge]:
    """A rest that cannot be told hinges on the amounts that are missing."""
    if proof.value is not Share.REST:
        return []
    authorized, captured = known.get("amount_authorized"), known.get("amount_captured")
    free = [f"NOT COALESCE({_proves(other, known)}, FALSE)" for other in proofs[: proofs.index(proof)]]
    given = [] if proof.beats_given else [f"{proof.name} IS NULL"]
    holds = [tested(condition, known, Action.REJECT).holds for condition in proof.when]
    lacks = {
        ("amount_authorized",): (f"{authorized} IS NULL", f"{captured} IS NOT NULL"),
        ("amount_captured",): (f"{authorized} IS NOT NULL", f"{captured} IS NULL"),
        ("amount_authorized", "amount_captured"): (f"{authorized} IS NULL", f"{captured} IS NULL"),
    }
    return [Hinge(both(*free, *given, *holds, *so), needs) for needs, so in lacks.items()]


def _tellers(filling: Filling, proofs: Sequence[Proof], known: Known) -> list[Hinge]:
    """Fields each of whose words would prove this one: the first unknown one is the one to ask for."""
    alone = (proof.when[0] for proof in proofs if len(proof.when) == 1)
    asked = [item for item in alone if isinstance(item, when.Is)]
    found = []
    for unknown in dict.fromkeys(item.name for item in asked):
        words = {word for item in asked if item.name == unknown for word in item.words}
        kinds = {type(word) for word in words if isinstance(word, Enum)}
        if kinds and all(set(kind) <= words for kind in kinds):
            found.append(Hinge(both(f"f_{filling.name} IS NULL", f"{known.get(unknown)} IS NULL"), (unknown,)))
    return found


# --- the layers -----------------------------------------------------------------------------------


def _named_as(columns: Columns) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())


def stacked(relation: str, layers: Iterable[Columns]) -> str:
    """A SELECT of a relation's columns and those of layers over it, each made of those before."""
    for number, columns in enumerate(layers, 1):
        if columns:
            relation = f"(SELECT *, {_named_as(columns)} FROM {relation}) AS layer_{number}"
    return f"SELECT * FROM {relation}"


@frozen
class Layers:
    """One edition as layers of columns, each made of those before.

    The last of `columns` is `found`, the outcome where one is found without asking why not. `closer` looks closer: it
    ends in `outcome`, the answer to what was asked, and `outcome_alone`, the answer to what was done if it had been
    asked about alone. `needs`, `claims` and the `grounds` they need explain an answer, and `own` is what each
    operation can give back.
    """

    provider: Provider
    edition: Edition
    columns: tuple[Columns, ...]
    closer: tuple[Columns, ...]
    needs: str
    claims: str
    grounds: Columns
    instants: tuple[tuple[str, ...], ...]
    own: Mapping[Action, str]

    def amounts(self, outcome: str = "outcome") -> tuple[str, str]:
        """The amount of an outcome and what remains, as SQL; null where it is a no."""
        gives: dict[str, list[int]] = {}
        for number, permit in enumerate(preferred(self.edition)):
            gives.setdefault(self.own[permit.gives], []).append(YES + number)
        own = case(*((f"{outcome} IN {listed(numbers)}", column) for column, numbers in gives.items()))
        whole = f"({own}) IS NOT NULL AND COALESCE(asked = outstanding, asked IS NULL AND outstanding IS NOT NULL)"
        asked = f"{outcome} >= {YES}"
        return (
            case((both(asked, whole), own), (asked, "COALESCE(asked, 0)")),
            case((both(asked, whole), f"outstanding - ({own})"), (asked, 0)),
        )

    def select(self, relation: str, offsets: str | None = None) -> str:
        """The rows of a relation with the columns that lead to `found`."""
        joins = "".join(
            f" LEFT JOIN {offsets} AS {alias(names)} ON {alias(names)}.rule = timezone"
            f" AND {alias(names)}.year = EXTRACT(YEAR FROM {Known({}).instant(names)})"
            for names in (self.instants if offsets else ())
        )
        first, *others = self.columns
        return stacked(f"(SELECT history.*, {_named_as(first)} FROM {relation} AS history{joins}) AS layer_0", others)


def layers(
    provider: Provider, edition: Edition, *, own_zones: bool = False, years: tuple[int, int] | None = None
) -> Layers:
    """The layers of an edition, as the head of this file tells them."""
    states = {row.word: number for number, row in enumerate(edition.statuses, 1)}
    known = Known(states, {"provider_allows": "f_provider_allows"}, own_zones=own_zones, years=years)
    state = case(*((f"status = {literal(word)}", number) for word, number in states.items()), otherwise=0)
    stale = case(("asked_at >= batch_closes_at", "NULL"), otherwise="provider_allows")
    windows = _windows(edition)
    instants = (*dict.fromkeys(item.of for item in windows), ("asked_at",)) if windows else ()
    own_days = {f"day_{alias(names)}": _own_day(names) for names in instants} if own_zones else {}
    facts: list[Columns] = [{"state": state, "f_provider_allows": stale, **own_days}]
    fields = fillings(edition)
    grounds = {}
    for filling in fields:
        grounds[filling.ground] = _ground(filling, known)
        known, columns = _filled(filling, known)
        facts += columns
    tests = _tests(edition, known)
    return Layers(
        provider,
        edition,
        (
            *facts,
            *_balances(known),
            {"found": _found(edition, tests, known)},
        ),
        (
            {"looks_closer": f"found IS NULL OR ({_otherwise_done(edition)})"},
            _if_closer({f"test_{number}": test.code for number, test in enumerate(tests.values())}),
            _if_closer({_column(edition, permit): greatest(_codes(permit, tests)) for permit in edition.permits}),
            _if_closer({f"verdict_{action}": _verdict(edition, action) for action in OPERATIONS}),
            _outcomes(edition),
        ),
        _needs(edition, tests),
        _claims(provider, edition, tests, fields),
        grounds,
        instants,
        {action: _own(action, known) for action in OPERATIONS},
    )


def _if_closer(columns: Columns) -> Columns:
    """Columns that only rows need whose answer is no permit, or not what was done."""
    return {name: case(("looks_closer", expression)) for name, expression in columns.items()}


def _windows(edition: Edition) -> list[when.Window]:
    """The conditions that ask a calendar."""
    conditions = [condition for permit in edition.permits for condition in permit.when]
    conditions += [
        condition for row in edition.statuses for proof in edition.proofs(row.word) for condition in proof.when
    ]
    return [item for item in conditions if isinstance(item, when.Window) and item.zone is not None]


# --- permits and verdicts -------------------------------------------------------------------------

_Cite = Callable[[Sequence[when.Condition]], str]
Key = tuple[when.Condition, Action]
Tests = Mapping[Key, Tested]


def _tests(edition: Edition, known: Known) -> Tests:
    """Every condition of a permit once, with the operation that it is asked about."""
    keys = dict.fromkeys((condition, permit.gives) for permit in edition.permits for condition in permit.when)
    return {(condition, gives): tested(condition, known, gives) for condition, gives in keys}


def _keys(permit: Permit) -> list[Key]:
    return [(condition, permit.gives) for condition in permit.when]


def _codes(permit: Permit, tests: Tests) -> list[str]:
    numbers = {key: number for number, key in enumerate(tests)}
    return [f"test_{numbers[key]}" for key in _keys(permit)]


def _column(edition: Edition, permit: Permit) -> str:
    return f"permit_{edition.permits.index(permit)}"


def preferred(edition: Edition) -> tuple[Permit, ...]:
    """The permits in the order in which they are taken; an outcome counts them from `YES` on."""
    return tuple(
        sorted(edition.permits, key=lambda item: (edition.prefer.index(item.action), item.because.rank, item.name))
    )


def _nearness(column: str) -> str:
    """A permit's own obstacle as the outcome that it leads to: of these the least is the answer."""
    return case((f"{column} >= 300", column), (f"{column} >= 200", f"{column} - 100"), otherwise=f"{column} + 100")


def _verdict(edition: Edition, action: Action) -> str:
    """What the permits of one operation say."""
    ways = [permit for permit in preferred(edition) if permit.action is action]
    if not ways:
        return str(_NOT_OFFERED)
    numbers = {permit.name: YES + number for number, permit in enumerate(preferred(edition))}
    held = [(f"{_column(edition, permit)} = 0", numbers[permit.name]) for permit in ways]
    return case(*held, otherwise=least([_nearness(_column(edition, permit)) for permit in ways]))


_NOT_OFFERED = refused(Reason.NOT_OFFERED, Rejection.NOT_ALLOWED)


def _found(edition: Edition, tests: Tests, known: Known) -> str:
    """The outcome where it is settled before any permit is looked at, or where a permit holds; null: look closer."""
    held = [(_holds(permit, tests), YES + number) for number, permit in enumerate(preferred(edition))]
    return case(*_settled(edition, known), *held)


def _holds(permit: Permit, tests: Tests) -> str:
    """Where a permit holds: what is cheap to tell and tells most comes first."""
    conditions = sorted(permit.when, key=lambda item: (isinstance(item, when.Window), not _is_status(item)))
    asked = f"asked_only IS NULL OR asked_only = {literal(permit.action)}"
    return both(*(tests[condition, permit.gives].holds for condition in conditions), asked)


def _is_status(condition: when.Condition) -> bool:
    return condition.reads == ("status",)


def _otherwise_done(edition: Edition) -> str:
    """Where an operation was done that is not the one to do."""
    told: dict[Action, list[int]] = {}
    for number, permit in enumerate(preferred(edition)):
        told.setdefault(permit.action, []).append(YES + number)
    same = [both(f"done_action = {literal(action)}", f"found IN {listed(codes)}") for action, codes in told.items()]
    return f"done_action IN {listed(OPERATIONS)} AND found >= {YES} AND NOT ({either(*same)})"


def _settled(edition: Edition, known: Known) -> list[tuple[str, object]]:
    """What is answered before any permit is looked at."""
    done = [(number, row.final or row.nothing_yet) for number, row in enumerate(edition.statuses, 1)]
    waits = [(number, row.awaits) for number, row in enumerate(edition.statuses, 1)]
    already = Rejection.ALREADY_DONE
    left, asks = "left_at_most", "COALESCE(asked, 1)"
    captured, refunded = known.get("amount_captured"), known.get("amount_refunded")
    return [
        *_where_state(done, already),
        (
            f"{left} = 0",
            case(
                (f"{captured} <> 0 AND {captured} <= {refunded}", refused(Reason.ALREADY_REFUNDED, already)),
                otherwise=refused(Reason.NOTHING_LEFT, already),
            ),
        ),
        ("asked <= 0", refused(Reason.AMOUNT_NOT_POSITIVE, Rejection.NOT_ALLOWED)),
        (f"asked > {left}", refused(Reason.MORE_THAN_IS_LEFT, Rejection.NOT_ALLOWED)),
        ("undo_pending IS NOT NULL", refused(Reason.UNDO_PENDING, Rejection.WAIT)),
        *_where_state(waits, Rejection.WAIT),
        (f"{asks} > {left} - amount_refund_pending", refused(Reason.REFUND_PENDING, Rejection.WAIT)),
    ]


def _where_state(told: Iterable[tuple[int, Reason | None]], rejection: Rejection) -> list[tuple[str, object]]:
    states: dict[Reason, list[int]] = {}
    for number, reason in told:
        if reason is not None:
            states.setdefault(reason, []).append(number)
    return [(f"state IN {listed(found)}", refused(reason, rejection)) for reason, found in states.items()]


def _outcomes(edition: Edition) -> Columns:
    """The outcome of the question, and of what was done if it had been asked about alone."""
    unlisted = refused(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT)
    nearest = least([f"verdict_{action}" for action in OPERATIONS])
    alone = case(*((f"done_action = {literal(action)}", f"verdict_{action}") for action in OPERATIONS))
    only = [(f"asked_only = {literal(action)}", f"verdict_{action}") for action in OPERATIONS]
    refusal = case(("state = 0", unlisted), *only, otherwise=nearest)
    done = case((f"{alone} < {YES} AND state = 0", unlisted), otherwise=alone)
    return {
        "outcome": case(("found IS NULL", refusal), otherwise="found"),
        "outcome_alone": case((f"looks_closer AND done_action IN {listed(OPERATIONS)}", done), otherwise="found"),
    }


# --- what an outcome says -------------------------------------------------------------------------


@frozen
class Outcome:
    """What a number of an outcome stands for."""

    code: int
    action: Action
    reason: Reason
    rejection: Rejection | None
    rule: str | None


def outcomes(provider: Provider, edition: Edition) -> list[Outcome]:
    """The outcomes that the edition can have."""
    held = [
        Outcome(YES + number, permit.action, permit.because, None, f"{provider.name}.{permit.name}")
        for number, permit in enumerate(preferred(edition))
    ]
    no = [
        Outcome(refused(reason, rejection), Action.REJECT, reason, rejection, None)
        for rejection in _ANSWERS
        for reason in Reason
    ]
    return [*held, *no]


def _needs(edition: Edition, tests: Tests) -> str:
    """A text of the fields that would settle a `missing_fact`; empty for every other outcome."""
    low, high = 200, 299
    told = []
    for permit in edition.permits:
        ways = [
            case((f"{code} > 0", tests[key].needs), otherwise=_NOTHING)
            for key, code in zip(_keys(permit), _codes(permit, tests), strict=True)
            if tests[key].needs != _NOTHING
        ]
        column = _column(edition, permit)
        asked = f"COALESCE(asked_only, {literal(permit.action)}) = {literal(permit.action)}"
        told.append(case((f"{column} BETWEEN 100 AND 199 AND {asked}", joined(ways)), otherwise=_NOTHING))
    return case(
        (f"outcome NOT BETWEEN {low} AND {high}", _NOTHING), ("state = 0", "',status'"), otherwise=joined(told)
    )


def _claims(provider: Provider, edition: Edition, tests: Tests, fields: Sequence[Filling]) -> str:
    """A text of the claims that an outcome rests on, each after a comma and the number of its standing."""
    cite = _Cites(provider, {item.name: item for item in fields})
    statuses = [
        (f"state = {number} AND outcome IN {listed(codes)}", cite(row.claim))
        for number, row in enumerate(edition.statuses, 1)
        if (codes := _status_codes(row))
    ]
    held, grounds = [], []
    for number, permit in enumerate(preferred(edition)):
        conditions = [condition for condition in permit.when if not condition.guard]
        held.append((f"outcome = {YES + number}", cite.all(conditions)))
        grounds.append((f"outcome = {YES + number}", cite.fills(conditions)))
    named = [_named(edition, permit, tests, cite.all) for permit in edition.permits]
    filled_in = [_named(edition, permit, tests, cite.fills) for permit in edition.permits]
    return case(
        (f"outcome = {refused(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT)}", _NOTHING),
        otherwise=joined(
            [
                case(*statuses, otherwise=_NOTHING),
                case(*held, otherwise=joined(named)),
                case(*grounds, otherwise=joined(filled_in)),
            ]
        ),
    )


def _status_codes(row: Status) -> list[int]:
    codes = [refused(reason, Rejection.ALREADY_DONE) for reason in (row.final, row.nothing_yet) if reason]
    return codes + ([refused(row.awaits, Rejection.WAIT)] if row.awaits else [])


def _named(edition: Edition, permit: Permit, tests: Tests, cite: _Cite) -> str:
    """What is cited for a permit whose own obstacle the outcome names."""
    column = _column(edition, permit)
    asked = f"COALESCE(asked_only, {literal(permit.action)}) = {literal(permit.action)}"
    codes = _codes(permit, tests)
    told = [(f"{code} = {column}", cite([key[0]])) for key, code in zip(_keys(permit), codes, strict=True)]
    so = both("found IS NULL", f"outcome = {_nearness(column)}", asked, f"{column} > 0")
    return case((so, case(*told, otherwise=_NOTHING)), otherwise=_NOTHING)


@frozen
class _Cites:
    """The claims of conditions, and of the facts that were filled in for them, as texts."""

    provider: Provider
    fields: Mapping[str, Filling]

    def __call__(self, key: str) -> str:
        return literal(f",{self.provider.claim(key).standing.rank}{self.provider.name}.{key}")

    def all(self, conditions: Sequence[when.Condition]) -> str:
        keys = dict.fromkeys(key for condition in conditions for key in when.claims(condition))
        text = "".join(self(key)[1:-1] for key in keys)
        return f"'{text}'"

    def fills(self, conditions: Sequence[when.Condition]) -> str:
        names = dict.fromkeys(name for condition in conditions for name in condition.reads)
        return joined(self._fill(name) for name in names)

    def _fill(self, name: str) -> str:
        filling = self.fields.get(name)
        if filling is None:
            return _NOTHING
        numbers: dict[str, list[int]] = {}
        for proof in filling.proofs:
            numbers.setdefault(self._of(proof), []).append(filling.number(proof))
        told = ((f"{filling.ground} IN {listed(found)}", claim) for claim, found in numbers.items())
        return case(*told, otherwise=_NOTHING)

    def _of(self, proof: Proof) -> str:
        if proof.value is not Share.REST:
            return self(proof.claim)
        return case((f"f_{proof.name} = 0", _NOTHING), otherwise=self(proof.claim))  # no rest for a claim to be about
