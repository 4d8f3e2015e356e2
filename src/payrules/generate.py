"""The Python source of a dated table: tests that stand in order.

First the status; then what it proves; then what is in the way of any undo; then the permits in the order of
preference, each with its cheapest tests first, after a branch on a word that tells several of them apart. Only where
none holds does the function work out why not: each permit's hardest obstacle, and of these the nearest to a yes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import SimpleNamespace
from typing import Any, cast

import attrs
from attrs import frozen

from payrules.answers import yes
from payrules.expressions import Form, Scope, form, identifier
from payrules.facts import Facts
from payrules.fill import fill
from payrules.outcomes import FAR, NO, Outcome, distance, hardness, hindered, no, obstacle
from payrules.payment import Payment, Undo
from payrules.table import Edition, Permit, Proof, Provider, Share, Status
from payrules.when import Condition, Is, IsKnown, Miss, Unlisted
from payrules.words import Action, Reason, Rejection

Lines = list[str]

_FIELDS = [item.name for item in attrs.fields(Payment) if item.name not in ("status", "timezone")]
_UNHEARD, _OTHER = object(), object()
"""A word that the table does not list; one that it lists and that no condition names."""

_CASES_MAX = 4
"""Up to so many, words are compared one after the other; more are looked up, but for ours, whose hash is slow."""

_TOLD_APART = 3
"""So many permits that differ in a word are worth a branch on it."""


@frozen
class Function:
    """A generated function: its name, its source, and the constants that the source refers to."""

    name: str
    source: str
    constants: dict[str, object]


def function(provider: Provider, edition: Edition) -> Function:
    """The function that decides by an edition."""
    return _Generator(provider, edition).function()


@frozen
class _Row:
    """A permit, and those of its conditions that the words known so far do not decide."""

    permit: Permit
    open: tuple[Condition, ...]


_Shut = tuple[Action, str]
"""An operation, and an expression for the distance of the own obstacle of one of its permits that cannot hold."""

_ON_WORDS = (Is, IsKnown, Unlisted)
"""Conditions that a word decides."""


class _Generator:
    def __init__(self, provider: Provider, edition: Edition) -> None:
        self.provider, self.edition = provider, edition
        runtime = (fill, yes, hindered, obstacle)
        self.scope = Scope({"NO": NO, "FAR": FAR, "EDITION": edition, **{item.__name__: item for item in runtime}})
        self.permits = sorted(
            edition.permits,
            key=lambda permit: (edition.prefer.index(permit.action), permit.because.rank, permit.name),
        )
        self.place = {id(permit): number for number, permit in enumerate(self.permits)}
        self.forms: dict[tuple[int, Action], Form | None] = {}
        self.obstacles: dict[tuple[int, tuple[Miss, ...], tuple[int, ...]], str] = {}

    def function(self) -> Function:
        name = identifier(f"{self.provider.name}_{self.edition.name}").lower()
        rows = [_Row(permit, permit.when) for permit in self.permits]
        found = self.split("status", (status.word for status in self.edition.statuses), {}, rows, Counter())
        cases = {status.word: self.status(status, *found[status.word]) for status in self.edition.statuses}
        unheard = self.status(None, *self.parted(rows, {"status": _UNHEARD}, Counter()))
        source = [
            f"def {name}(payment, undo):",
            f"    {f'{self.provider.title}, {self.edition.name}: the outcome, the amount, what remains.'!r}",
            "    status, pending = payment.status, payment.amount_refund_pending",
            "    asked, only, at = undo.amount, undo.only, undo.at",
            *_indented(self.branches("status", cases, unheard)),
        ]
        return Function(name, "\n".join(source) + "\n", self.scope.constants)

    # --- one status --------------------------------------------------------------------------------

    def status(self, status: Status | None, live: list[_Row], shut: Counter[_Shut]) -> Lines:
        """What is done for a payment in a status; None stands for every word that the table does not list."""
        if status is not None and (done := status.final or status.nothing_yet):
            return [f"return {self.scope.constant(done.name, no(Rejection.ALREADY_DONE, done))}"]
        proofs = self.edition.proofs(status.word if status else "")
        proven = self.proven(proofs)
        get, gone = ("payment.{0}", _may_be_gone(proofs)) if proven is not None else ("facts.get({0!r})", True)
        in_the_way = self.in_the_way(status)
        word = status.word if status else _UNHEARD
        after = [] if status is not None and status.awaits else self.ways({"status": word}, live, shut)
        before = [*(proven or []), *_most(gone), *in_the_way]
        if proven is not None and "provider_allows" in _names([*before, *after]):
            before.insert(0, "    provider_allows = None  # a snapshot, not believed once the batch has closed")
            before.insert(
                0, "if provider_allows is not None and batch_closes_at is not None and at >= batch_closes_at:"
            )
        after = [*self.worked_out(after, gone), *after]
        head = ["gone = False"] if gone else []
        if proven is None:
            head = ["facts = fill(EDITION, payment, undo)", "gone = facts.hold_is_gone"]
        first, then = _names(before), _names(after) - _names(before)
        return [*head, *_loads(first, get), *before, *_loads(then, get), *after]

    def in_the_way(self, status: Status | None) -> Lines:
        """What stands in the way of any undo."""
        told = "return hindered(asked, most, amount_captured, amount_refunded, payment.undo_pending"
        if status is not None and status.awaits is not None:
            awaits = NO[distance(Rejection.WAIT, status.awaits)]
            return [f"{told}, {self.scope.constant(status.awaits.name, awaits)})"]
        return [
            "wanted = 1 if asked is None else asked",
            "if wanted < 1 or payment.undo_pending is not None or most is not None and wanted > most - pending:",
            f"    {told})",
        ]

    def worked_out(self, after: Lines, gone: bool) -> Lines:
        """What the permits of a status ask for, each worked out once."""
        hold, let_go = _held_by(gone)
        derived = {
            **self.scope.derived,
            "refundable": "None if amount_captured is None or amount_refunded is None"
            " else 0 if (free := amount_captured - amount_refunded - pending) <= 0"
            " else free if available_to_refund is None or free < available_to_refund else available_to_refund",
            "held": f"None if {hold} is None or amount_captured is None or {let_go} is None"
            f" else rest if (rest := {hold} - amount_captured - {let_go}) > 0 else 0",
            "everything": "outstanding is not None and (asked is None or asked == outstanding)",
            "outstanding": "most - pending"
            f" if most is not None and {let_go} is not None and amount_refunded is not None else None",
        }
        lines: Lines = []
        used = _names(after)
        for name, expression in derived.items():
            if name in used:
                lines.insert(0, f"{name} = {expression}")
                used |= _names([expression])
        return lines

    # --- what a status proves ----------------------------------------------------------------------

    def proven(self, proofs: tuple[Proof, ...]) -> Lines | None:
        """What a status proves, filled in where nobody says; None where only `fill` can tell."""
        lines: Lines = []
        seen: set[str] = set()
        for name, group in groupby(proofs, key=lambda proof: proof.name):
            found = self.proven_of(name, list(group), first=name not in seen)
            if found is None or (name in seen and _may_be_gone(proofs)):
                return None
            lines += found
            seen.add(name)
        return lines

    def proven_of(self, name: str, proofs: list[Proof], *, first: bool) -> Lines | None:
        """What consecutive proofs of one field prove."""
        tests = [self.proof_test(proof) for proof in proofs]
        beats = [proof.beats_given for proof in proofs]
        plain = all(_is_plain(proof) for proof in proofs)
        if None in tests or not all(_can_be_written(proof) for proof in proofs):
            return None
        if any(beats):  # each is tried until one proves it
            if not (plain and first) or name == "provider_allows":
                return None
            asked = [
                _all(test if over else f"{name} is None", "" if over else test)
                for test, over in zip(cast("list[str]", tests), beats, strict=True)
            ]
            return _chain(
                [(test, [f"{name} = {self.value(proof)}"]) for test, proof in zip(asked, proofs, strict=True)]
            )
        lines: Lines = []
        branch = "if"
        for test, proof in zip(cast("list[str]", tests), proofs, strict=True):
            lines += [f"{branch} {_all(f'{name} is None', test)}:", *_indented(self.assigned(name, proof))]
            branch = "elif" if proof.value is Share.REST else "if"  # one that holds counts, told how much or not
        return lines

    def proof_test(self, proof: Proof) -> str | None:
        """That a proof's conditions hold; None if that cannot be said before the amounts are known."""
        forms = [self.form(condition, Action.REJECT) for condition in proof.when]
        tests = [item.holds for item in forms if item is not None]
        return None if None in forms or _names(tests) & _AMOUNTS else _all(*tests)

    def assigned(self, name: str, proof: Proof) -> Lines:
        if proof.value is not Share.REST:
            return [f"{name} = {self.value(proof)}"]
        return [
            "if amount_authorized is not None and amount_captured is not None:",
            f"    {name} = amount_authorized - amount_captured if amount_authorized > amount_captured else 0",
            "elif amount_captured is not None:",
            "    gone = True",
        ]

    def value(self, proof: Proof) -> str:
        if proof.value is Share.WHOLE:
            rest = "amount_authorized - amount_released"
            return f"amount_authorized if not amount_released or amount_authorized is None else max(0, {rest})"
        if proof.value is None or isinstance(proof.value, (bool, int)):
            return repr(proof.value)
        name = getattr(proof.value, "name", None) or f"{proof.name} {proof.value}"
        return self.scope.constant(str(name), proof.value)

    # --- the permits -------------------------------------------------------------------------------

    def form(self, condition: Condition, gives: Action) -> Form | None:
        key = id(condition), gives
        if key not in self.forms:
            self.forms[key] = form(condition, gives, self.scope)
        return self.forms[key]

    def split(
        self, name: str, words: Iterable[object], known: Mapping[str, object], rows: list[_Row], shut: Counter[_Shut]
    ) -> dict[object, tuple[list[_Row], Counter[_Shut]]]:
        """For each word of a field, and for any other, the permits that may still hold, and why the rest cannot.

        A permit that does not name a word is decided as for any other word, and looked at once.
        """
        naming: dict[object, list[_Row]] = {word: [] for word in words}
        for row in rows:
            for word in dict.fromkeys(word for item in row.open for word in _words(item, name)):
                naming.setdefault(word, []).append(row)
        naming.pop(None, None)
        elsewhere = {**known, name: _OTHER}
        others, others_shut = self.parted(rows, elsewhere, shut)
        found = {_OTHER: (others, others_shut)}
        for word, own in naming.items():
            permits = {id(row.permit) for row in own}
            _, elsewhere_shut = self.parted(own, elsewhere, Counter())
            live, shut_here = self.parted(own, {**known, name: word}, others_shut - elsewhere_shut)
            live += [row for row in others if id(row.permit) not in permits]
            found[word] = sorted(live, key=lambda row: self.place[id(row.permit)]), shut_here
        return found

    def parted(
        self, rows: Iterable[_Row], known: Mapping[str, object], shut: Counter[_Shut]
    ) -> tuple[list[_Row], Counter[_Shut]]:
        """The permits that some words leave open, and with what was shut before why the others cannot hold."""
        payment = cast("Payment", SimpleNamespace(**known))
        facts = Facts(payment, cast("Undo", None), {}, {}, known["status"] is not _UNHEARD)
        live, shut = [], shut.copy()
        for row in rows:
            decided = [item for item in row.open if isinstance(item, _ON_WORDS) and item.reads[0] in known]
            misses = [miss for item in decided if (miss := item.test(facts, row.permit.gives))]
            left = _Row(row.permit, tuple(item for item in row.open if not any(item is other for other in decided)))
            if misses:
                shut[row.permit.action, self.obstacle(left, tuple(misses))] += 1
            else:
                live.append(left)
        return live, shut

    def ways(self, known: Mapping[str, object], live: list[_Row], shut: Counter[_Shut]) -> Lines:
        """The permits tried in order, or branches on a word that tells several of them apart."""
        name = _told_apart_by(live)
        if name is None:
            return [*self.tried(live), *self.refused(live, shut, known)]
        found = self.split(name, (), known, live, shut)
        found[None] = self.parted(live, {**known, name: None}, shut)
        cases = {word: self.ways({**known, name: word}, *parts) for word, parts in found.items()}
        return self.branches(name, cases, cases.pop(_OTHER))

    def tried(self, live: list[_Row]) -> Lines:
        """The first permit that holds; a test that all of them share stands in front."""
        tests = {id(row): self.tests(row) for row in live}
        shared = (
            [test for test in tests[id(live[0])] if all(test in own for own in tests.values())] if live[1:] else []
        )
        lines: Lines = []
        for action, rows in groupby(live, key=lambda row: row.permit.action):
            lines.append(f"if only is None or only is {self.scope.constant(action.name, action)}:")
            for row in rows:
                own = [test for test in tests[id(row)] if test not in shared]
                returned = self.returned(row)
                lines += _indented([f"if {_all(*own)}:", *_indented(returned)] if own else returned)
        return [f"if {_all(*shared)}:", *_indented(lines)] if shared else lines

    def tests(self, row: _Row) -> list[str]:
        """What has to hold, the cheapest first."""
        forms = self.forms_of(row)
        if forms is None:
            return [f"obstacle({self.permit(row.permit)}, fill(EDITION, payment, undo)) is None"]
        return [item.holds for item in sorted(forms, key=lambda item: item.cost)]

    def forms_of(self, row: _Row) -> list[Form] | None:
        """The forms of what is open; None where one has none, and the permit is tested as the table has it."""
        forms = [self.form(condition, row.permit.gives) for condition in row.open]
        return None if None in forms else cast("list[Form]", forms)

    def permit(self, permit: Permit) -> str:
        return self.scope.constant(f"permit {permit.name}", permit)

    def returned(self, row: _Row) -> Lines:
        """What a permit gives back: all of its own part, or what is asked."""
        permit = row.permit
        rule = f"{self.provider.name}.{permit.name}"
        outcome = self.scope.constant(permit.name, Outcome(permit.action, permit.because, None, permit, rule))
        if self.forms_of(row) is None:
            return [
                f"given = yes({self.permit(permit)}, fill(EDITION, payment, undo))",
                f"return {outcome}, given.amount, given.remaining",
            ]
        if permit.gives is Action.REVERSE:
            return [f"return {outcome}, outstanding if asked is None else asked, 0"]
        own = "held" if permit.gives is Action.CANCEL else "refundable"
        return [
            "if not everything:",
            f"    return {outcome}, asked, 0",
            f"if {own} >= outstanding:",
            f"    return {outcome}, outstanding, 0",
            f"return {outcome}, {own}, outstanding - {own}",
        ]

    # --- why not -----------------------------------------------------------------------------------

    def refused(self, live: list[_Row], shut: Counter[_Shut], known: Mapping[str, object]) -> Lines:
        """None holds: of each permit the obstacle that is hardest to remove, and of these the nearest to a yes."""
        if known["status"] is _UNHEARD:
            unheard = NO[distance(Rejection.MISSING_FACT, Reason.UNKNOWN_STATUS)]
            return [f"return {self.scope.constant(Reason.UNKNOWN_STATUS.name, unheard)}"]
        by_action: dict[Action, dict[str, None]] = {}
        for row in live:
            by_action.setdefault(row.permit.action, {})[self.obstacle(row, ())] = None
        for action, told in shut:
            by_action.setdefault(action, {})[told] = None
        nearest = [
            f"{self.nearest(told)} if only is None or only is {self.scope.constant(action.name, action)} else FAR"
            for action, told in by_action.items()
        ]
        if len(nearest) <= 1:
            return [f"return NO[{''.join(nearest) or 'FAR'}]"]
        return ["return NO[min(", *(f"    {item}," for item in nearest), ")]"]

    def nearest(self, told: Iterable[str]) -> str:
        """The least of some distances; those that are always the same come down to one."""
        fixed = {cast("int", self.scope.constants[item]): item for item in told if item in self.scope.constants}
        least = [fixed[min(fixed)]] if fixed else []
        open_ = [*sorted(item for item in told if item not in self.scope.constants), *least]
        return f"({open_[0]})" if len(open_) == 1 else f"min({', '.join(open_)})"

    def obstacle(self, row: _Row, misses: tuple[Miss, ...]) -> str:
        """The distance of a permit's own obstacle, where some conditions are known to fail."""
        key = id(row.permit), misses, tuple(map(id, row.open))
        if key not in self.obstacles:
            forms = self.forms_of(row)
            if forms is None:
                self.obstacles[key] = f"obstacle({self.permit(row.permit)}, fill(EDITION, payment, undo))"
            else:
                *arms, (last, _) = _arms(forms, misses)
                chain = (f"{self.distance(miss)} if {test} else " for miss, test in arms)
                self.obstacles[key] = "".join(chain) + self.distance(last)
        return self.obstacles[key]

    def distance(self, miss: Miss) -> str:
        name = f"{miss.rejection.name} {miss.reason.name}"
        return self.scope.constant(name, distance(miss.rejection, miss.reason))

    # --- branches ----------------------------------------------------------------------------------

    def branches(self, name: str, cases: Mapping[Any, Lines], otherwise: Lines) -> Lines:
        """A branch for each word, those that do the same together."""
        same: dict[tuple[str, ...], list[object]] = {}
        for word, lines in cases.items():
            if lines != otherwise:
                same.setdefault(tuple(lines), []).append(word)
        if len(same) <= _CASES_MAX or not all(type(word) is str for word in cases if word is not None):
            return _chain(
                [(self.scope.among(name, words), list(lines)) for lines, words in same.items()] + [("", otherwise)]
            )
        index = {word: number for number, words in enumerate(same.values(), 1) for word in words}
        looked_up = self.scope.constant(f"cases of {name}", index)
        return [f"case = {looked_up}.get({name}, 0)", *_halved([otherwise, *map(list, same)], 0)]


def _arms(forms: list[Form], misses: tuple[Miss, ...]) -> list[tuple[Miss, str]]:
    """What may fail, the hardest to remove first; the last fails for certain if none before it does."""
    found = [(miss, "") for miss in misses]
    found += [(miss, test) for item in forms for test, miss in item.misses]
    found.sort(key=lambda arm: (-hardness(arm[0].rejection, arm[0].reason), arm[1]))
    ends = next((number for number, (_, test) in enumerate(found) if not test), len(found) - 1)
    while ends and found[ends - 1][0] == found[ends][0]:
        ends -= 1
    return found[: ends + 1]


def _halved(bodies: list[Lines], first: int) -> Lines:
    """The body of a number, found by halving."""
    if len(bodies) == 1:
        return bodies[0]
    middle = len(bodies) // 2
    return [
        f"if case < {first + middle}:",
        *_indented(_halved(bodies[:middle], first)),
        "else:",
        *_indented(_halved(bodies[middle:], first + middle)),
    ]


def _chain(arms: list[tuple[str, Lines]]) -> Lines:
    """If, else if, and so on; an arm without a test ends it."""
    lines: Lines = []
    for test, body in arms:
        if not test and not lines:
            return body
        lines += [f"{'elif' if lines else 'if'} {test}:" if test else "else:", *_indented(body)]
        if not test:
            break
    return lines


def _indented(lines: Iterable[str]) -> Lines:
    return [f"    {line}" for line in lines]


def _all(*tests: str) -> str:
    """That several tests hold together."""
    given = [test for test in tests if test]
    return " and ".join(f"({test})" if " or " in test and len(given) > 1 else test for test in given)


def _loads(names: set[str], get: str) -> Lines:
    return [f"{name} = {get.format(name)}" for name in _FIELDS if name in names]


_NAME = re.compile(r"(?<![\w.'])[a-z_]+(?![\w'])")


def _names(lines: Iterable[str]) -> set[str]:
    """The names that lines mention by themselves, and not as a field of something."""
    return set(_NAME.findall("\n".join(lines)))


_AMOUNTS = {"outstanding", "everything", "held", "refundable"}


def _is_plain(proof: Proof) -> bool:
    """Whether it proves a value whatever else is known."""
    return proof.value is not None and not isinstance(proof.value, Share)


def _can_be_written(proof: Proof) -> bool:
    """Whether what it proves can be said without the fields it would need being told."""
    return not isinstance(proof.value, tuple) and (proof.value is not Share.REST or proof.name == "amount_released")


def _may_be_gone(proofs: tuple[Proof, ...]) -> bool:
    """Whether a status may prove that nothing is held though nobody knows how much was."""
    return any(proof.name == "amount_released" and proof.value is Share.REST for proof in proofs)


def _held_by(gone: bool) -> tuple[str, str]:
    """The names of what was held, and of what of it was let go."""
    return ("hold", "let_go") if gone else ("amount_authorized", "amount_released")


def _most(gone: bool) -> Lines:
    """The most that can be left; where the hold is gone, what was captured stands in its place."""
    hold, let_go = _held_by(gone)
    held = ["hold, let_go = amount_authorized, amount_released", "if gone:", "    hold, let_go = amount_captured, 0"]
    return [
        *(held if gone else []),
        f"most = {hold}",
        "if most is not None:",
        "    if amount_captured is not None and amount_captured > most:",
        "        most = amount_captured",
        f"    if {let_go}:",
        f"        most -= {let_go}",
        "    if amount_refunded:",
        "        most -= amount_refunded",
        "    if most < 0:",
        "        most = 0",
    ]


def _told_apart_by(live: list[_Row]) -> str | None:
    """The field whose words tell the most permits apart, if that is worth a branch."""
    named: dict[str, list[tuple[object, ...]]] = {}
    for row in live:
        for condition in row.open:
            if isinstance(condition, Is) and not (condition.guard or condition.negated):
                named.setdefault(condition.name, []).append(condition.words)
    worth = {name: len(words) for name, words in named.items() if len(words) >= _TOLD_APART and len(set(words)) > 1}
    return max(worth, key=lambda name: worth[name], default=None)


def _words(condition: Condition, name: str) -> Iterator[object]:
    if isinstance(condition, Is) and condition.name == name:
        yield from condition.words
        yield from (word for word, _ in condition.soon)
