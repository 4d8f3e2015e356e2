"""A dated table as SQL: the same answers as `decide`, for a whole history at the engine's speed.

The layers are those of `decide`: the status, the facts filled in, the balances, the permit that holds; then the
conditions, the verdict of each operation, the outcome, and what explains it (`needs`, `claims`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import frozen

from payrules import when
from payrules.audit import local_days
from payrules.audit.conditions import ANSWERS, YES, Known, Tested, balances, refused, tested
from payrules.audit.proofs import Filling, filled, fillings, ground
from payrules.audit.sql import (
    NOTHING,
    Columns,
    both,
    case,
    greatest,
    joined,
    least,
    listed,
    literal,
)
from payrules.payment import CLOCK
from payrules.table import Edition, Permit, Proof, Provider, Share, Status
from payrules.words import OPERATIONS, Action, Reason, Rejection


@frozen
class Layers:
    """One edition as layers of columns, each made of those before.

    `facts` ends in the balances. `answers` ends in `outcome`, the answer to what was asked, and `outcome_alone`, the
    answer to what was done if it had been asked about alone. `needs`, `claims` and the `grounds` they need explain an
    answer.
    """

    provider: Provider
    edition: Edition
    facts: tuple[Columns, ...]
    answers: tuple[Columns, ...]
    needs: str
    claims: str
    grounds: Columns

    @property
    def numbers(self) -> Mapping[str, int]:
        """The columns that are small numbers, with the greatest."""
        return {"state": len(self.edition.statuses)}


def layers(
    provider: Provider, edition: Edition, *, own_zones: bool = False, years: local_days.Years | None = None
) -> Layers:
    """The layers of an edition, as the head of this file tells them.

    `own_zones`: rows may have a zone of their own, whose offsets are joined. `years`: see `local_days`.
    """
    states = {row.word: number for number, row in enumerate(edition.statuses, 1)}
    known = Known(states, {"provider_allows": "f_provider_allows"})
    state = case(*((f"status = {literal(word)}", number) for word, number in states.items()), otherwise=0)
    stale = case(("asked_at >= batch_closes_at", "NULL"), otherwise="provider_allows")
    days = local_days.columns(windows(edition), own_zones=own_zones, years=years)
    facts: list[Columns] = [{"state": state, "f_provider_allows": stale, **days}]
    fields = fillings(edition)
    grounds = {}
    for filling in fields:
        grounds[filling.ground] = ground(filling, known)
        known, columns = filled(filling, known)
        if any(proof.value is Share.REST for proof in filling.proofs):
            grounds[filling.no_rest] = f"{known.get(filling.name)} = 0"
        facts += columns
    tests = _tests(edition, known)
    answers = (
        {"settled": case(*_settled(edition, known)), **_asked()},
        {f"test_{number}": test.code for number, test in enumerate(tests.values())},
        {f"needs_{number}": test.needs for number, test in enumerate(tests.values())},
        {_column(edition, permit): greatest(_codes(permit, tests)) for permit in edition.permits},
        {"found": _found(edition), **{f"verdict_{action}": _verdict(edition, action) for action in OPERATIONS}},
        _outcomes(),
    )
    needs, claims = _needs(edition, tests), _claims(provider, edition, tests, fields)
    return Layers(provider, edition, (*facts, *balances(known)), answers, needs, claims, grounds)


def cut_offs(providers: Iterable[Provider], own: Iterable[object] = ()) -> list[when.CutOff]:
    """The times of day at which a window of these tables ends; `own` are those that rows have for themselves."""
    found = [item for provider in providers for edition in provider.editions for item in windows(edition)]
    told = local_days.cut_offs(found)
    if any(item.until_from for item in found):
        told += [when.CutOff.at(str(clock)) for clock in own if CLOCK.fullmatch(str(clock))]
    return list(dict.fromkeys(told))


def windows(edition: Edition) -> list[when.Window]:
    """The conditions that ask a calendar."""
    conditions = [condition for permit in edition.permits for condition in permit.when]
    conditions += [
        condition for row in edition.statuses for proof in edition.proofs(row.word) for condition in proof.when
    ]
    return [item for item in conditions if isinstance(item, when.Window) and (item.zone or item.until_from)]


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


def _asked() -> Columns:
    """Whether an operation is asked about, and whether it is asked about alone."""
    only = {f"asks_only_{action}": f"COALESCE(asked_only = {literal(action)}, FALSE)" for action in OPERATIONS}
    return only | {f"asks_{action}": f"COALESCE(asked_only = {literal(action)}, TRUE)" for action in OPERATIONS}


def _found(edition: Edition) -> str:
    """The outcome where it is settled before any permit is looked at, or where a permit holds; null: look closer."""
    held = [
        (both(f"{_column(edition, permit)} = 0", f"asks_{permit.action}"), YES + number)
        for number, permit in enumerate(preferred(edition))
    ]
    return case(("settled IS NOT NULL", "settled"), *held)


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


def _outcomes() -> Columns:
    """The outcome of the question, and of what was done if it had been asked about alone."""
    unlisted = refused(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT)
    nearest = least([f"verdict_{action}" for action in OPERATIONS])
    only = [(f"asks_only_{action}", f"verdict_{action}") for action in OPERATIONS]
    alone = case(*((f"done_action = {literal(action)}", f"verdict_{action}") for action in OPERATIONS))
    return {
        "outcome": case(("found IS NOT NULL", "found"), ("state = 0", unlisted), *only, otherwise=nearest),
        "outcome_alone": case(
            (f"found < {YES}", "found"), (f"({alone}) < {YES} AND state = 0", unlisted), otherwise=alone
        ),
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
        for rejection in ANSWERS
        for reason in Reason
    ]
    return [*held, *no]


def _needs(edition: Edition, tests: Tests) -> str:
    """A text of the fields that would settle a `missing_fact`; empty for every other outcome."""
    low, high = 200, 299
    told = []
    for permit in edition.permits:
        ways = [
            case((f"{code} > 0", code.replace("test", "needs")), otherwise=NOTHING)
            for key, code in zip(_keys(permit), _codes(permit, tests), strict=True)
            if tests[key].needs != NOTHING
        ]
        so = f"{_column(edition, permit)} BETWEEN 100 AND 199 AND asks_{permit.action}"
        told.append(case((so, joined(ways)), otherwise=NOTHING))
    return case(
        (f"outcome NOT BETWEEN {low} AND {high}", NOTHING), ("state = 0", "',status'"), otherwise=joined(told)
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
        (f"outcome = {refused(Reason.UNKNOWN_STATUS, Rejection.MISSING_FACT)}", NOTHING),
        otherwise=joined(
            [
                case(*statuses, otherwise=NOTHING),
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
    codes = _codes(permit, tests)
    told = [(f"{code} = {column}", cite([key[0]])) for key, code in zip(_keys(permit), codes, strict=True)]
    so = both("found IS NULL", f"outcome = {_nearness(column)}", f"asks_{permit.action}", f"{column} > 0")
    return case((so, case(*told, otherwise=NOTHING)), otherwise=NOTHING)


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
            return NOTHING
        numbers: dict[str, list[int]] = {}
        for proof in filling.proofs:
            numbers.setdefault(self._of(proof), []).append(filling.number(proof))
        told = ((f"{filling.ground} IN {listed(found)}", claim) for claim, found in numbers.items())
        return case(*told, otherwise=NOTHING)

    def _of(self, proof: Proof) -> str:
        if proof.value is not Share.REST:
            return self(proof.claim)
        return case((self.fields[proof.name].no_rest, NOTHING), otherwise=self(proof.claim))
