"""The conditions of a table as SQL: one function per kind of condition, and nothing else knows the kinds.

1. `tested` says where a condition holds, and numbers its misses: the kind, hardest last, and the rank of the reason.
So a permit's own obstacle is the greatest number of its conditions, and the answer the least number of the permits,
once the kinds stand in the order of `decide`.
2. To add a kind of condition, register a function for it with `tested`. What it may ask: the fields of a payment by
`Known.get`, `asked`, `asked_at`, `asked_only`, `state` (the number of the status word), and the balances `left_over`
and `outstanding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from attrs import field, frozen

from payrules import when
from payrules.audit import local_days, zones
from payrules.audit.sql import NOTHING, Columns, both, case, either, joined, lesser, listed, literal, not_below_0
from payrules.words import Action, Reason, Rejection

YES = 400
"""Outcomes from here on are permits, in the order in which they are preferred; those below are refusals."""

_KINDS = (Rejection.MISSING_FACT, Rejection.WAIT, Rejection.NOT_ALLOWED)
"""What kind of miss a permit's obstacles make: the hardest to remove is the greatest."""

ANSWERS = (Rejection.ALREADY_DONE, Rejection.WAIT, Rejection.MISSING_FACT, Rejection.NOT_ALLOWED)
"""The kinds of no in the order in which an answer looks for them."""

AMOUNTS = ("amount_authorized", "amount_captured", "amount_released", "amount_refunded")
_HOURS_MAX = 10_000_000


def missed(reason: Reason, rejection: Rejection) -> int:
    """The number of a condition that does not hold."""
    return 100 * (_KINDS.index(rejection) + 1) + reason.rank


def refused(reason: Reason, rejection: Rejection) -> int:
    """The number of an outcome that is a no."""
    return 100 * ANSWERS.index(rejection) + reason.rank


UNKNOWN = missed(Reason.UNKNOWN_FACT, Rejection.MISSING_FACT)


# --- what is known --------------------------------------------------------------------------------


@frozen
class Hinge:
    """Where this is so, these fields would tell one that is missing."""

    where: str
    needs: tuple[str, ...]


@frozen
class Known:
    """The SQL of each field of a payment, and of what would tell one that is missing.

    `states` numbers the status words.
    """

    states: Mapping[str, int]
    fields: Mapping[str, str] = field(factory=dict)
    hinges: Mapping[str, tuple[Hinge, ...]] = field(factory=dict)

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
        return joined(case((f"{self.get(name)} IS NULL", self.need(name)), otherwise=NOTHING) for name in names)

    def instant(self, names: tuple[str, ...]) -> str:
        """The first of some instants that is known."""
        return local_days.instant([self.get(name) for name in names])


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
    needs: str = NOTHING

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
    unknown = () if condition.unknown_fails else ((f"{value} IS NULL", UNKNOWN),)
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
    return Tested(f"{known.get(condition.name)} IS NOT NULL", UNKNOWN, needs=known.need(condition.name))


@tested.register
def _(condition: when.Lists, known: Known, action: Action) -> Tested:
    value = known.get("provider_allows")
    named = [f"payrules_contains({value}, {literal(word)})" for word in condition.operations]
    enough = [f"{value} IS NULL"] if condition.unknown_is_enough else []
    unknown = () if condition.unknown_is_enough else ((f"{value} IS NULL", UNKNOWN),)
    no = missed(Reason.NOT_LISTED, condition.rejection)
    return Tested(either(*enough, *named), no, unknown, literal(",provider_allows"))


@tested.register
def _(condition: when.Count, known: Known, action: Action) -> Tested:
    value = known.get(condition.name)
    bounds = [f"{value} >= {condition.least}"] if condition.least is not None else []
    bounds += [f"{value} <= {condition.most}"] if condition.most is not None else []
    enough = [f"{value} IS NULL"] if condition.unknown_is_enough else []
    unknown = () if condition.unknown_is_enough else ((f"{value} IS NULL", UNKNOWN),)
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
    unknown = () if condition.unknown_is_enough else ((f"{refunded} IS NULL", UNKNOWN),)
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
        ((f"{captured} IS NULL OR {refunded} IS NULL", UNKNOWN),),
        known.missing("amount_captured", "amount_refunded"),
    )


@tested.register
def _(condition: when.Held, known: Known, action: Action) -> Tested:
    reason = Reason.ALREADY_CAPTURED if condition.something else Reason.SEVERAL_CAPTURES
    needs = _needs_of_own(Action.CANCEL, known)
    return _whether("held", condition.something, reason, needs)


@tested.register
def _(condition: when.Left, known: Known, action: Action) -> Tested:
    needs = _needs_of_left("left_over", known)
    return _whether("left_over", condition.something, Reason.NOTHING_LEFT, needs)


def _whether(amount: str, something: bool, reason: Reason, needs: str) -> Tested:
    """Whether there is something of a balance, or nothing."""
    return Tested(
        f"{amount} {'>' if something else '<='} 0",
        missed(reason, Rejection.NOT_ALLOWED),
        ((f"{amount} IS NULL", UNKNOWN),),
        needs,
    )


@tested.register
def _(condition: when.Asks, known: Known, action: Action) -> Tested:
    own, cancels = own_part(action), action is Action.CANCEL
    counted = condition.part or cancels or not condition.whole  # else the whole is all there is, and is not counted
    misses: list[tuple[str, int | str]] = []
    holds = [both("asked IS NULL OR asked = outstanding", f"{own} >= 1", "outstanding IS NOT NULL")]
    holds += [f"asked {'<=' if condition.part else '='} {own}"] if counted else []
    if not condition.whole:
        holds = [both(f"asked {'<=' if condition.part else '='} {own}", "COALESCE(asked <> outstanding, TRUE)")]
        no = missed(Reason.NOT_OFFERED, Rejection.NOT_ALLOWED)
        misses.append(("asked IS NULL OR asked = outstanding", no))
    misses.append(("asked IS NULL AND outstanding IS NULL", UNKNOWN))
    misses.append((f"{own} IS NULL" if counted else f"asked IS NULL AND {own} IS NULL", UNKNOWN))
    misses.append(("asked IS NULL", _beyond("1", action)))
    misses.append(("outstanding IS NULL", UNKNOWN))
    misses.append((f"asked = outstanding AND {own} IS NULL", UNKNOWN))
    misses.append(("asked = outstanding", _beyond("1", action)))
    if condition.part:
        misses.append(("TRUE", _beyond("asked", action)))
    needs_own, needs_all = _needs_of_own(action, known), _needs_of_left("outstanding", known)
    needs = [("asked IS NULL", joined((needs_own, needs_all)))]
    needs += [(f"{own} IS NULL", needs_own)] if counted else []
    needs += [("outstanding IS NULL", needs_all)]
    only_whole = missed(Reason.ONLY_WHOLE_AMOUNT, Rejection.NOT_ALLOWED)
    return Tested(either(*holds), only_whole, tuple(misses), case(*needs, otherwise=needs_own))


def _beyond(asked: str, action: Action) -> str:
    """The number of an amount that an operation cannot give out of its own part."""
    later = missed(Reason.REFUND_PENDING, Rejection.WAIT)
    never = missed(Reason.MORE_THAN_IS_LEFT, Rejection.NOT_ALLOWED)
    return case((f"{asked} <= {_unreserved(action)}", later), otherwise=never)


@tested.register
def _(condition: when.Approved, known: Known, action: Action) -> Tested:
    own, refunded = own_part(action), known.get("amount_refunded")
    asked = case(("asked IS NULL OR asked = outstanding", own), otherwise="asked")
    limits = case(*((f"currency = {literal(name)}", most) for name, most in condition.limits), otherwise=0)
    approved = f"COALESCE({known.get('amount_approved')}, 0)"
    needs = case((f"({asked}) IS NULL", _needs_of_own(action, known)), otherwise=known.need("amount_refunded"))
    return Tested(
        f"{refunded} + amount_refund_pending + ({asked}) <= GREATEST({limits}, {approved})",
        missed(Reason.NEEDS_APPROVAL, Rejection.WAIT),
        ((f"({asked}) IS NULL OR {refunded} IS NULL", UNKNOWN),),
        needs,
    )


@tested.register
def _(condition: when.Unrepeated, known: Known, action: Action) -> Tested:
    given = case(("asked IS NULL OR asked = outstanding", own_part(action)), otherwise="asked")
    end = _after(known.get("last_refund_at"), condition.lasts, known)
    repeated = both(f"({given}) = {known.get('last_refund_amount')}", f"asked_at < {end}")
    return Tested(f"NOT COALESCE({repeated}, FALSE)", missed(Reason.DUPLICATE_WINDOW, Rejection.WAIT))


@tested.register
def _(condition: when.Window, known: Known, action: Action) -> Tested:
    moment, length = known.instant(condition.of), condition.lasts or condition.starts
    early, late = missed(Reason.TOO_EARLY, Rejection.WAIT), missed(condition.reason, Rejection.NOT_ALLOWED)
    needs = literal("".join(f",{name}" for name in condition.of))
    unknown, no, misses = [f"{moment} IS NULL"], late, []
    if condition.until_from is not None:
        own = (condition.until_from, "timezone")
        unknown += [f"{known.get(name)} IS NULL" for name in own]
        needs = case((unknown[0], needs), otherwise=known.missing(*own))
        same_day = f"{local_days.asked(condition)} = {local_days.column(condition.of, condition)}"
        holds, misses = both(f"asked_at >= {moment}", same_day), [(f"asked_at < {moment}", early)]
    elif condition.zone is not None:
        if condition.until and (problem := zones.problem(condition.zone.rule, condition.until)):
            raise TypeError(f"there is no SQL for {condition}: {problem}")
        if any(name in known.fields for name in condition.of):
            raise TypeError(f"there is no SQL for a day of what is filled in: {condition}")
        day, now = local_days.column(condition.of, condition), local_days.asked(condition)
        before = f"{now} < {day}"
        if condition.until is not None:  # from the instant itself, not from the cut-off before it
            before = f"asked_at < {moment}"
        holds = f"{now} = {day}" if condition.until is None else both(f"asked_at >= {moment}", f"{now} = {day}")
        misses = [(before, early)]
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
    return Tested(holds, no, (*((so, UNKNOWN) for so in unknown), *misses), needs)


def _after(moment: str, length: when.Duration, known: Known) -> str:
    """The instant this long after another; hours that would lead out of the calendar are as good as many."""
    if length.hours_from is not None:
        hours = known.get(length.hours_from)
        return f"payrules_add_hours({moment}, {case((f'{hours} > {_HOURS_MAX}', _HOURS_MAX), otherwise=hours)})"
    units = {"MONTH": length.months, "DAY": length.days, "HOUR": length.hours, "MINUTE": length.minutes}
    return moment + "".join(f" + INTERVAL {count} {unit}" for unit, count in units.items() if count)


# --- balances: the amounts of `facts`, in their order ---------------------------------------------


def own_part(action: Action) -> str:
    """The column of what an operation can give back: its own part of what is outstanding."""
    return f"own_{action}" if action in (Action.CANCEL, Action.REFUND) else "outstanding"


def _unreserved(action: Action) -> str:
    """The column of what an operation could give back if every refund under way had failed."""
    return f"unreserved_{action}" if action in (Action.CANCEL, Action.REFUND) else "left_over"


def _gone(known: Known) -> str | None:
    """Where the status proves that no hold is left, though nobody knows how large it was; None: nowhere."""
    told = [item.where for item in known.hinges.get("amount_released", ()) if item.needs == ("amount_authorized",)]
    return either(*told) if told else None


def balances(known: Known) -> list[Columns]:
    """What was captured and not refunded, what is held, what is left in all, and the part of each operation in it."""
    authorized, captured, released, refunded = (known.get(name) for name in AMOUNTS)
    taken, gone = f"COALESCE({captured}, 0)", _gone(known)
    most = f"({case((f'{taken} > {authorized}', taken), otherwise=authorized)})"
    kept, available = not_below_0(f"({captured} - {refunded})"), known.get("available_to_refund")
    held = not_below_0(f"({authorized} - {captured} - {released})")
    left = not_below_0(f"({most} - {released} - {refunded})")
    at_most = not_below_0(f"({most} - COALESCE({released}, 0) - COALESCE({refunded}, 0))")
    if gone:
        held = case((gone, 0), otherwise=held)
        left = case((gone, kept), otherwise=left)
        at_most = case((gone, not_below_0(f"({taken} - COALESCE({refunded}, 0))")), otherwise=at_most)
    return [
        {"kept": kept, "held": held, "left_over": left},
        {
            "left_at_most": f"COALESCE(left_over, {at_most})",
            "outstanding": not_below_0("(left_over - amount_refund_pending)"),
            "refundable": lesser(not_below_0("(kept - amount_refund_pending)"), available),
            "unreserved": lesser("kept", available),
        },
        {
            own_part(Action.CANCEL): lesser("held", "outstanding"),
            own_part(Action.REFUND): lesser("refundable", "outstanding"),
            _unreserved(Action.CANCEL): lesser("held", "left_over"),
            _unreserved(Action.REFUND): lesser("unreserved", "left_over"),
        },
    ]


def _needs_of_left(amount: str, known: Known) -> str:
    """A text of the fields that what is left, or outstanding, lacks."""
    left, gone = known.missing("amount_authorized", "amount_released", "amount_refunded"), _gone(known)
    kept = known.missing("amount_captured", "amount_refunded")
    told = case((gone, kept), otherwise=left) if gone else left
    return case((f"{amount} IS NULL", told), otherwise=NOTHING)


def _needs_of_own(action: Action, known: Known) -> str:
    """A text of the fields that an operation's own part lacks."""
    if action is Action.REFUND:
        return known.missing("amount_captured", "amount_refunded")
    if action is not Action.CANCEL:
        return _needs_of_left("outstanding", known)
    held = known.missing("amount_authorized", "amount_captured", "amount_released")
    return case(("held IS NULL", held), otherwise=NOTHING)
