"""What a payment's status and the provider's list prove, filled in where the record is silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from attrs import evolve

from payrules.facts import Facts, Filled
from payrules.payment import Payment, Undo
from payrules.readonly import ReadOnly
from payrules.table import Edition, Proof, Share
from payrules.when import Is, edges
from payrules.words import Action, Source


def fill(edition: Edition, payment: Payment, undo: Undo) -> Facts:
    """The facts of a payment at the moment of asking, each given or proven; what nothing proves stays unknown."""
    status, proofs = edition.status(payment.status), edition.proofs(payment.status)
    filled: dict[str, Filled] = {}
    hinges: dict[str, tuple[str, ...]] = {}
    facts = Facts(payment, undo, filled, hinges, status is not None)  # sees what is filled in as it is
    if _list_is_stale(payment, undo):
        filled["provider_allows"] = Filled(None, Source.CLOCK, None)
    for proof in proofs:
        if facts.get(proof.name) is not None and not (proof.beats_given and proof.name not in filled):
            continue
        if proof.name in hinges:  # another proof holds, and would say how much if more were known
            continue
        if any(condition.test(facts, Action.REJECT) for condition in proof.when):
            continue
        value = _value(proof, facts)
        if isinstance(value, tuple):
            hinges[proof.name] = value
        elif value is not None:
            arithmetic = proof.value is Share.REST and value == 0  # there is no rest for a claim to be about
            filled[proof.name] = Filled(value, proof.source, None if arithmetic else proof.claim)
    for name in {proof.name for proof in proofs} - set(hinges):
        if facts.get(name) is None and (word := _would_tell(proofs, name, facts)):
            hinges[name] = (word,)
    return evolve(facts, filled=ReadOnly(filled), hinges=ReadOnly(hinges))


def _would_tell(proofs: tuple[Proof, ...], name: str, facts: Facts) -> str | None:
    """An unknown field each of whose words would prove another one: then it is the one to ask for."""
    alone = (proof.when[0] for proof in proofs if proof.name == name and len(proof.when) == 1)
    asked = [item for item in alone if isinstance(item, Is)]
    for unknown in dict.fromkeys(item.name for item in asked if facts.get(item.name) is None):
        words = {word for item in asked if item.name == unknown for word in item.words}
        kinds = {type(word) for word in words if isinstance(word, Enum)}
        if kinds and all(set(kind) <= words for kind in kinds):
            return unknown
    return None


def _list_is_stale(payment: Payment, undo: Undo) -> bool:
    """The provider's list is a snapshot; it is not believed once the batch has closed."""
    return (
        payment.provider_allows is not None
        and payment.batch_closes_at is not None
        and undo.at >= payment.batch_closes_at
    )


def _value(proof: Proof, facts: Facts) -> object:
    """What a proof says of this payment; a tuple names the fields without which it cannot tell."""
    authorized, captured = facts.amount("amount_authorized"), facts.amount("amount_captured")
    if proof.value is Share.WHOLE:
        return None if authorized is None else max(0, authorized - (facts.amount("amount_released") or 0))
    if proof.value is Share.REST:
        missing = facts.missing("amount_authorized", "amount_captured")
        return missing.needs if missing else max(0, (authorized or 0) - (captured or 0))
    return proof.value


def turns(edition: Edition, facts: Facts) -> Iterator[datetime]:
    """The instants at which what is proven may change."""
    for proof in edition.proofs(facts.payment.status):
        for condition in proof.when:
            yield from edges(condition, facts)
    if facts.payment.provider_allows is not None and facts.payment.batch_closes_at is not None:
        yield facts.payment.batch_closes_at
