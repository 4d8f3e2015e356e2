"""Facts that a status or the provider proves, filled in as `fill` does, as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from attrs import evolve, frozen

from payrules import when
from payrules.audit.conditions import Hinge, Known, tested
from payrules.audit.sql import Columns, both, case, listed, literal, not_below_0
from payrules.table import Edition, Proof, Share
from payrules.words import Action


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

    @property
    def no_rest(self) -> str:
        """The column that says that the field is 0: of a rest, that there is none for a claim to be about."""
        return f"no_rest_of_{self.name}"

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


def filled(filling: Filling, known: Known) -> tuple[Known, list[Columns]]:
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


def ground(filling: Filling, known: Known) -> str:
    """The number of the proof that fills a field in, for explanations."""
    return _by_state(
        (numbers, case(*((_proves(proof, known), _number(filling, proof)) for proof in proofs), otherwise=0))
        for numbers, proofs in filling.by_status
    )


def _number(filling: Filling, proof: Proof) -> str:
    number = str(filling.number(proof))
    return case((f"f_{filling.name} IS NULL", "0"), otherwise=number) if proof.value is Share.REST else number


def _proves(proof: Proof, known: Known) -> str:
    """Where a proof counts, unless one before it does: a rest that cannot be told leaves its field unknown."""
    given = [] if proof.beats_given else [f"{proof.name} IS NULL"]
    holds = [tested(condition, known, Action.REJECT).holds for condition in proof.when]
    told = [f"{_value(proof, known)} IS NOT NULL"] if proof.value is Share.WHOLE else []
    return both(*given, *holds, *told)


def _value(proof: Proof, known: Known) -> str:
    authorized, captured = known.get("amount_authorized"), known.get("amount_captured")
    if proof.value is Share.WHOLE:
        return not_below_0(f"({authorized} - COALESCE({known.get('amount_released')}, 0))")
    if proof.value is Share.REST:
        return not_below_0(f"({authorized} - {captured})")
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
