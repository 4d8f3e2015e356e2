"""Each condition as a Python expression: what `compiled.py` puts into the function it generates.

1. A form says when a condition holds, and for each way in which it may not the `Miss` that its `test` would return.
Names of fields stand for what is known of the payment, as `Facts.get` gives it; None means that nobody knows.
2. A kind of condition without a form is right and slow: its own `test` is called. To make it fast, add a form here.
3. When a form is asked for, the steps before the permits are done: whatever is asked for is above 0 and no more than
what is outstanding, where that is known, and `everything` holds only where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum
from functools import singledispatch

from attrs import Factory, define, frozen
from dateutil.relativedelta import relativedelta

from payrules.days import place
from payrules.when import (
    Approved,
    Asks,
    Condition,
    Count,
    CutOff,
    Duration,
    Fewer,
    Held,
    Is,
    IsKnown,
    Left,
    Lists,
    Miss,
    Refundable,
    Untouched,
    Window,
    Zone,
)
from payrules.words import Action, Reason, Rejection


@frozen
class Form:
    """When a condition holds, and when it does not, why; `cost` orders tests that have to hold together."""

    holds: str
    misses: tuple[tuple[str, Miss], ...]
    cost: int = 1


@define
class Scope:
    """What the expressions of a function refer to: constants by name, and values that are worked out beforehand."""

    constants: dict[str, object] = Factory(dict)
    derived: dict[str, str] = Factory(dict)

    def constant(self, name: str, value: object) -> str:
        """The name under which a function finds a value."""
        stem = name = identifier(name).upper()
        number = 1
        while name in self.constants and not _same(self.constants[name], value):
            number += 1
            name = f"{stem}_{number}"
        self.constants[name] = value
        return name

    def first_of(self, names: tuple[str, ...]) -> str:
        """The first of some fields that is known."""
        if len(names) == 1:
            return names[0]
        name = "_or_".join(names)
        *others, last = names
        self.derived[name] = " else ".join([*(f"{other} if {other} is not None" for other in others), last])
        return name

    def among(self, name: str, values: Iterable[object]) -> str:
        """That a field has one of some values."""
        values = tuple(dict.fromkeys(values))
        if len(values) == 2 and None in values and any(value is False for value in values):
            return f"{name} is not True"
        tests = [f"{name} is {self._word(value)}" for value in values if _is_one_of_a_kind(value)]
        others = sorted((value for value in values if not _is_one_of_a_kind(value)), key=repr)
        if len(others) == 1:
            tests.append(f"{name} == {others[0]!r}")
        elif others:
            tests.append(f"{name} in {{{', '.join(map(repr, others))}}}")
        return " or ".join(tests) or "False"

    def _word(self, value: object) -> str:
        return self.constant(value.name, value) if isinstance(value, Enum) else repr(value)


def identifier(name: str) -> str:
    """A name as Python may write it."""
    return re.sub(r"\W+|^(?=\d)", "_", name, flags=re.ASCII)


def _same(one: object, other: object) -> bool:
    """Words of two kinds are equal if they are spelt alike, and still not the same."""
    return one is other or (type(one) is type(other) and one == other)


def _is_one_of_a_kind(value: object) -> bool:
    """Whether `is` tells it from any other value that a payment may hold; our words are, once they are read."""
    return value is None or isinstance(value, (bool, Enum))


_UNKNOWN = Miss(Reason.UNKNOWN_FACT, Rejection.MISSING_FACT)
"""Which facts are needed is worked out only when it is asked for."""


def _refused(reason: Reason, rejection: Rejection = Rejection.NOT_ALLOWED) -> Miss:
    return Miss(reason, rejection)


@singledispatch
def form(condition: Condition, gives: Action, scope: Scope) -> Form | None:
    """A condition of a permit that gives back that operation's part; None for a kind that has no form."""
    return None


# --- words and flags ------------------------------------------------------------------------------


@form.register
def _(condition: Is, gives: Action, scope: Scope) -> Form | None:
    name, words = condition.name, condition.words
    unknown_misses = (None in words) is condition.negated and not condition.unknown_fails
    soon = [(word, reason) for word, reason in condition.soon if (word in words) is condition.negated]
    elsewhere = [word for word, _ in soon] + ([None] if unknown_misses else [])
    among = scope.among(name, words)
    if condition.negated:
        holds, fails = f"not ({among})", scope.among(name, [word for word in words if word not in elsewhere])
    else:
        holds, fails = among, f"not ({scope.among(name, [*words, *elsewhere])})"
    misses = [(fails, _refused(condition.reason, condition.rejection))]
    misses += [(f"{name} is None", _UNKNOWN)] if unknown_misses else []
    misses += [(scope.among(name, [word]), _refused(reason, Rejection.WAIT)) for word, reason in soon]
    return Form(holds, tuple(misses))


@form.register
def _(condition: IsKnown, gives: Action, scope: Scope) -> Form | None:
    return Form(f"{condition.name} is not None", ((f"{condition.name} is None", _UNKNOWN),))


@form.register
def _(condition: Lists, gives: Action, scope: Scope) -> Form | None:
    listed = " or ".join(f"{operation!r} in provider_allows" for operation in condition.operations) or "False"
    not_listed = (f"provider_allows is not None and not ({listed})", _refused(Reason.NOT_LISTED, condition.rejection))
    if condition.unknown_is_enough:
        return Form(f"provider_allows is None or {listed}", (not_listed,), cost=2)
    return Form(
        f"provider_allows is not None and ({listed})", (not_listed, ("provider_allows is None", _UNKNOWN)), cost=2
    )


# --- amounts --------------------------------------------------------------------------------------

_MORE = _refused(Reason.MORE_THAN_IS_LEFT)
_PENDING = _refused(Reason.REFUND_PENDING, Rejection.WAIT)
_ONLY_WHOLE = _refused(Reason.ONLY_WHOLE_AMOUNT)
_NOT_OFFERED = _refused(Reason.NOT_OFFERED)

_OWN = {Action.REVERSE: "outstanding", Action.CANCEL: "held", Action.REFUND: "refundable"}
"""What an operation can give back, but for what is outstanding in all."""

_LEAST = "(1 if everything or asked is None else asked)"

_KEPT = (
    "min(amount_captured - amount_refunded, amount_captured if available_to_refund is None else available_to_refund)"
)
"""What one refund could give back if nothing was pending; only asked where nothing holds."""


@form.register
def _(condition: Asks, gives: Action, scope: Scope) -> Form | None:
    own = {Action.CANCEL: "held", Action.REVERSE: "outstanding", Action.REFUND: "refundable"}.get(gives)
    if own is None:
        return None
    if not (condition.whole or condition.part):
        return _asks_rest(own)
    if gives is Action.REVERSE:
        return _asks_outstanding(condition)
    if gives is Action.CANCEL:
        return _asks_part(condition, "held") if condition.part else _asks_held()
    if not condition.part:
        return _asks_all_refundable()
    return _asks_part(condition, "refundable")


def _asks_outstanding(condition: Asks) -> Form:
    """Of an operation whose own part is all that is outstanding."""
    unknown = ("outstanding is None", _UNKNOWN)
    if not condition.whole:
        whole = ("asked is None or everything", _NOT_OFFERED)
        return Form("not everything and asked is not None and outstanding is not None", (whole, unknown), cost=2)
    if condition.part:
        return Form("outstanding is not None", (unknown,), cost=2)
    return Form("everything", (unknown, ("outstanding is not None and not everything", _ONLY_WHOLE)), cost=2)


def _asks_held() -> Form:
    """Of a cancel, all that is held."""
    return Form(
        "held and (everything or asked == held)",
        (
            ("held is None or outstanding is None and asked != held", _UNKNOWN),
            (
                "held is not None and outstanding is not None and not everything and asked != held",
                _ONLY_WHOLE,
            ),
            ("everything and held == 0", _MORE),
        ),
        cost=2,
    )


def _asks_rest(own: str) -> Form:
    """Exactly an operation's own part of what is outstanding, where that is not everything."""
    return Form(
        f"{own} and not everything and asked == {own}",
        (
            ("asked is None or everything", _NOT_OFFERED),
            (f"{own} is None or outstanding is None and asked != {own}", _UNKNOWN),
            (f"{own} is not None and outstanding is not None and asked != {own}", _ONLY_WHOLE),
        ),
        cost=2,
    )


def _asks_all_refundable() -> Form:
    """Of a refund, all that there is."""
    none = "everything and refundable == 0"
    return Form(
        "everything and refundable",
        (
            ("outstanding is None or everything and refundable is None", _UNKNOWN),
            ("outstanding is not None and not everything", _ONLY_WHOLE),
            (f"{none} and {_KEPT} <= 0", _MORE),
            (f"{none} and {_KEPT} > 0", _PENDING),
        ),
        cost=2,
    )


def _asks_part(condition: Asks, own: str) -> Form:
    """Of a cancel or a refund, up to its own part of what is outstanding."""
    short = f"{own} is not None and outstanding is not None and {own} < {_LEAST}"
    misses = [
        (f"{own} is None or outstanding is None and (asked is None or asked > {own})", _UNKNOWN),
    ]
    if own == "held":
        misses.append((short, _MORE))  # what is pending takes nothing from what is held
    else:
        misses += [(f"{short} and {_KEPT} < {_LEAST}", _MORE), (f"{short} and {_KEPT} >= {_LEAST}", _PENDING)]
    fits = f"asked is not None and asked <= {own}"
    if condition.whole:
        return Form(f"{own} and (everything or {fits})", tuple(misses), cost=2)
    return Form(
        f"{own} and not everything and {fits}",
        (("asked is None or everything", _NOT_OFFERED), *misses),
        cost=2,
    )


@form.register
def _(condition: Count, gives: Action, scope: Scope) -> Form | None:
    name = condition.name
    within = [f"{name} >= {condition.least}"] if condition.least is not None else []
    within += [f"{name} <= {condition.most}"] if condition.most is not None else []
    inside = " and ".join(within) or "True"
    fails = (f"{name} is not None and not ({inside})", _refused(condition.reason, condition.rejection))
    if condition.unknown_is_enough:
        return Form(f"{name} is None or {inside}", (fails,))
    return Form(f"{name} is not None and {inside}", (fails, (f"{name} is None", _UNKNOWN)))


@form.register
def _(condition: Fewer, gives: Action, scope: Scope) -> Form | None:
    count, limit = condition.name, condition.limit
    known = f"{count} is not None and {limit} is not None"
    fails = (f"{known} and {count} >= {limit}", _refused(condition.reason))
    return Form(f"{count} is None or {limit} is None or {count} < {limit}", (fails,))


@form.register
def _(condition: Untouched, gives: Action, scope: Scope) -> Form | None:
    misses = [("amount_refunded", _refused(Reason.PARTLY_REFUNDED))]
    if condition.unknown_is_enough:
        return Form("not amount_refunded and not pending", (*misses, ("not amount_refunded and pending", _PENDING)))
    return Form(
        "amount_refunded == 0 and not pending",
        (*misses, ("amount_refunded == 0 and pending", _PENDING), ("amount_refunded is None", _UNKNOWN)),
    )


@form.register
def _(condition: Refundable, gives: Action, scope: Scope) -> Form | None:
    known = "amount_captured is not None and amount_refunded is not None"
    same, other = "amount_captured == amount_refunded", "amount_captured != amount_refunded"
    holds, fails = (other, same) if condition.something else (same, other)
    missing = ("amount_captured is None or amount_refunded is None", _UNKNOWN)
    return Form(f"{known} and {holds}", ((f"{known} and {fails}", _refused(Reason.NOTHING_LEFT)), missing))


@form.register
def _(condition: Held, gives: Action, scope: Scope) -> Form | None:
    if condition.something:
        return Form("held", (("held == 0", _refused(Reason.ALREADY_CAPTURED)), ("held is None", _UNKNOWN)))
    return Form("held == 0", (("held", _refused(Reason.SEVERAL_CAPTURES)), ("held is None", _UNKNOWN)))


@form.register
def _(condition: Left, gives: Action, scope: Scope) -> Form | None:
    known = "outstanding is not None"  # something is always left once the permits are asked
    if condition.something:
        return Form(known, (("outstanding is None", _UNKNOWN),))
    return Form("False", ((known, _refused(Reason.NOTHING_LEFT)), ("outstanding is None", _UNKNOWN)))


@form.register
def _(condition: Approved, gives: Action, scope: Scope) -> Form | None:
    if gives not in _OWN:
        return None
    own = _OWN[gives]
    least = f"{own} if {own} is None or outstanding is None or {own} <= outstanding else outstanding"
    given = f"(given := ({least}) if everything or asked is None else asked)"
    limits = scope.constant(f"approved {' '.join(map(str, condition.limits))}", dict(condition.limits))
    most = f"max({limits}.get(payment.currency, 0), amount_approved or 0)"
    known, in_all = f"{given} is not None and amount_refunded is not None", "amount_refunded + pending + given"
    return Form(
        f"{known} and {in_all} <= {most}",
        (
            (f"{known} and {in_all} > {most}", _refused(Reason.NEEDS_APPROVAL, Rejection.WAIT)),
            (f"{given} is None or amount_refunded is None", _UNKNOWN),
        ),
        cost=3,
    )


# --- time -----------------------------------------------------------------------------------------


@form.register
def _(condition: Window, gives: Action, scope: Scope) -> Form | None:
    if condition.until_from is not None:  # a time of day that only the payment tells
        return None
    moment = scope.first_of(condition.of)
    length = condition.lasts or condition.starts
    needed = [moment, length.hours_from] if length and length.hours_from else [moment]
    known = " and ".join(f"{name} is not None" for name in needed)
    missing = " or ".join(f"{name} is None" for name in needed)
    inside, early, late = _sides(condition, moment, scope)
    misses = [(f"{known} and {early}", _refused(Reason.TOO_EARLY, Rejection.WAIT))] if early else []
    misses += [(f"{known} and {late}", _refused(condition.reason))] if late else []
    if condition.unknown_is_enough:
        return Form(f"{missing} or {inside}", tuple(misses), cost=4)
    return Form(f"{known} and {inside}", (*misses, (missing, _UNKNOWN)), cost=4)


def _sides(window: Window, moment: str, scope: Scope) -> tuple[str, str | None, str | None]:
    """That `at` lies in a window, before it, and after it; None: it has no such side."""
    if window.zone is not None:
        at = f"{_place(window.zone, window.until, scope)}({moment}, at)"
        return f"{at} == 0", f"{at} < 0", f"{at} > 0"
    if window.starts is not None:
        come = _come(moment, window.starts, scope)
        return come, f"not {come}", None
    if window.lasts is None:
        return f"at < {moment}", None, f"at >= {moment}"
    over = _come(moment, window.lasts, scope)
    if window.lasts.hours_from is not None:
        return f"not {over}", None, over
    return f"at >= {moment} and not {over}", f"at < {moment}", over


def _place(zone: Zone, until: CutOff | None, scope: Scope) -> str:
    """The function that tells on which side of a local day an instant lies, by the payment's zone if it has one."""
    clock = f"_{until.hour:02}_{until.minute:02}" if until else ""
    own = scope.constant(f"{zone.name}{clock}", place(zone.rule, until))
    scope.constants["place"] = place
    also = f", {scope.constant(f'until{clock}', until)}" if until else ""
    return f"({own} if payment.timezone is None else place(payment.timezone{also}))"


def _come(moment: str, length: Duration, scope: Scope) -> str:
    """That a length of time has passed since an instant; months are asked of the calendar only where they matter."""
    if length.hours_from is not None:
        scope.constants["timedelta"] = timedelta
        return f"(at >= {moment} + timedelta(hours={length.hours_from}))"
    name = f"after {length}"
    if not length.months:
        plus = timedelta(minutes=length.minutes, hours=length.hours, days=length.days)
        return f"(at >= {moment} + {scope.constant(name, plus)})" if plus else f"(at >= {moment})"
    rest = timedelta(minutes=length.minutes, hours=length.hours, days=length.days)
    least, most = rest + timedelta(days=28 * length.months), rest + timedelta(days=31 * length.months)
    exact = relativedelta(minutes=length.minutes, hours=length.hours, days=length.days, months=length.months)
    least_name, most_name = scope.constant(f"{name} at least", least), scope.constant(f"{name} at most", most)
    return (
        f"(at >= {moment} + {most_name}"
        f" or at >= {moment} + {least_name} and at >= {moment} + {scope.constant(name, exact)})"
    )
