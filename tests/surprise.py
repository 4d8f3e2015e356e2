"""What happens when a fact has a value that no author of a table has seen, or has none.

A table is *closed against surprise* if such a value leads to no call, but for what is written down:

1. an unseen status word is acted on only where the provider's own list names the operation;
2. an unseen word in that list changes nothing; alone it says as much as an empty list;
3. an unseen word of another fact gets past a condition only through a deny-list that a numbered decision accepts;
4. a fact turned to unknown opens a way only where a condition says that unknown is good enough, where the status, the
list or the clock proves what is read in its stead, where the condition names another instant that is known, where
what was captured covers a refund whatever was held, or where `None` has a meaning of its own (`DEFAULTS`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import attrs
from attrs import evolve, frozen

from payrules import CallerError, Payment, Undo, decide, providers
from payrules.decide import Decision
from payrules.table import Permit, Provider
from payrules.when import Condition, Count, Fewer, Is, IsKnown, Lists, Unrepeated, Untouched, Window
from payrules.words import Action, Source
from tests.aimed import some
from tests.vectors import every

UNSEEN = "NeverSeenBefore"

WORDS = ("status", "method")
"""The facts whose words are the provider's own, one word each; those of our own are closed."""

NULLABLE = tuple(item.name for item in attrs.fields(Payment) if item.default is None)

DEFAULTS = {
    "undo_pending": "none was sent: the caller's own book",
    "timezone": "the table's zone",
    "available_to_refund": "what is left of the captures",
}
"""What `None` means where it is not *unknown*, by `records.md`."""

DENY_LISTS = {
    "cancel.separate-capture": "D25",
    "refund.method": "D25",
    "reverse.method": "D25",
    "cancel.single-message-words": "D10",
    "refund.interac-rejected": "D22",
    "refund.method-unknown": "D4",
    "reverse.other-word": "D24",
    "refund.no-window": "D6",
}
"""The claims of the deny-lists that let an unseen word in, each with the decision that accepts it."""


@frozen
class Surprise:
    """A payment with one fact replaced, and how."""

    fact: str
    how: str
    payment: Payment


@frozen
class Opening:
    """A surprise that led to a call, with what excuses it; None: nothing does."""

    surprise: Surprise
    decision: Decision
    excuse: str | None


def surprises(payment: Payment) -> Iterator[Surprise]:
    """Every fact of a payment, once with a word never seen, once unknown."""
    for name in WORDS:
        yield Surprise(name, "unseen", _with(payment, name, UNSEEN))
    listed = payment.provider_allows
    yield Surprise("provider_allows", "unseen", evolve(payment, provider_allows=(UNSEEN,)))
    if listed is not None:
        yield Surprise("provider_allows", "one more unseen", evolve(payment, provider_allows=(*listed, UNSEEN)))
    for name in NULLABLE:
        if getattr(payment, name) is not None:
            yield Surprise(name, "unknown", _with(payment, name, None))


def _with(payment: Payment, name: str, value: str | None) -> Payment:
    return evolve(payment, **{name: value})  # type: ignore[arg-type]


def probe(
    payment: Payment, undo: Undo, *, provider: Provider | None = None, edition: str | None = None
) -> Iterator[Opening | None]:
    """For each surprise that a payment can hold, the opening it makes, if any."""
    table = provider or providers.find(payment.provider)
    for surprise in surprises(payment):
        after = decide(surprise.payment, undo, provider=table, edition=edition)
        if after.action is Action.REJECT:
            yield None
            continue
        before = decide(payment, undo, provider=table, edition=edition)
        calm = _without(surprise, before, after, table, edition)
        yield None if calm else Opening(surprise, after, excuse(surprise, before, after))


def _without(surprise: Surprise, before: Decision, after: Decision, table: Provider, edition: str | None) -> bool:
    """Whether the call is decided without the surprise: as it was before, or as with an empty list."""
    if surprise.fact == "provider_allows" and surprise.how != "unknown":
        bare = before.payment if surprise.how == "one more unseen" else evolve(before.payment, provider_allows=())
        compared = decide(bare, before.undo, provider=table, edition=edition)
        return bool(after.answer == compared.answer)
    if surprise.how == "unknown":
        return before.action is not Action.REJECT
    if surprise.fact in {name for condition in _when(after) for name in condition.reads}:
        return False
    # Another way than before may be left, which does not ask for the fact and was open before as well.
    alone = decide(before.payment, evolve(before.undo, only=after.action), provider=table, edition=edition)
    return bool(after.answer in (before.answer, alone.answer))


def excuse(surprise: Surprise, before: Decision, after: Decision) -> str | None:
    """What is written down that lets this surprise lead to a call."""
    permit = after.answer.permit
    assert permit is not None
    if surprise.fact == "status" and surprise.how == "unseen":
        return "the provider lists it" if _listed(permit, after) else None
    if surprise.how != "unknown":
        return _deny_list(surprise.fact, permit)
    if surprise.fact in DEFAULTS:
        return f"None means {DEFAULTS[surprise.fact]}"
    read = sorted({name for condition in _asked(permit, after) for name in condition.reads})
    moved = [name for name in read if before.known.get(name) != after.known.get(name)]
    excuses = [_unknown_is_enough(name, permit, after) or _known_otherwise(name, permit, after) for name in moved]
    return " and ".join(sorted({item for item in excuses if item})) if excuses and all(excuses) else None


def _when(decision: Decision) -> tuple[Condition, ...]:
    return decision.answer.permit.when if decision.answer.permit else ()


def _asked(permit: Permit, after: Decision) -> Iterator[Condition]:
    """What the call rests on: the conditions of its permit, and of the proofs that hold in its status."""
    yield from permit.when
    for proof in after.table.proofs(after.payment.status):
        if not any(condition.test(after.known, Action.REJECT) for condition in proof.when):
            yield from proof.when


def _listed(permit: Permit, after: Decision) -> bool:
    listed = after.known.get("provider_allows")
    asked = [condition for condition in permit.when if isinstance(condition, Lists)]
    return isinstance(listed, tuple) and any(set(condition.operations) & set(listed) for condition in asked)


def _deny_list(fact: str, permit: Permit) -> str | None:
    reading = [item for item in permit.when if fact in item.reads and not isinstance(item, IsKnown)]
    denying = [item for item in reading if isinstance(item, Is) and item.negated and item.claim in DENY_LISTS]
    if not reading or len(denying) != len(reading):
        return None
    return f"a deny-list that {DENY_LISTS[denying[0].claim]} accepts"


def _unknown_is_enough(name: str, permit: Permit, after: Decision) -> str | None:
    """A condition of the permit, or of a proof that counts, says of this very fact that unknown is good enough."""
    if after.known.get(name) is not None:
        return None
    for condition in _asked(permit, after):
        match condition:
            case Is(name=read, words=words, negated=False) if read == name and None in words:
                return "a condition asks for unknown"
            case Is(name=read, negated=True, claim=claim) if read == name and claim in DENY_LISTS:
                return f"a deny-list that {DENY_LISTS[claim]} accepts"
            case Count(name=read, unknown_is_enough=True) if read == name:
                return "a condition asks for unknown"
            case Lists(unknown_is_enough=True) | Untouched(unknown_is_enough=True) if name in condition.reads:
                return "a condition asks for unknown"
            case Window(unknown_is_enough=True) if name in condition.reads:
                return "a condition asks for unknown"
            case Fewer() | Unrepeated() if name in condition.reads:
                return "a condition asks for unknown"
            case Window(of=of) if name in of and any(after.known.get(other) is not None for other in of):
                return "the condition names another instant"
    return None


def _known_otherwise(name: str, permit: Permit, after: Decision) -> str | None:
    """The table proves it in its stead, the list is current again, or nothing hangs on it."""
    source, amount = after.known.source(name), after.amount or 0
    if source in (Source.STATUS, Source.CLOCK, Source.PROVIDER_ALLOWS):
        return f"the {source.value} proves it"
    if name == "provider_allows" and _listed(permit, after):
        return "the provider lists it"
    kept = after.known.refundable
    if name in ("amount_authorized", "amount_released") and permit.gives is Action.REFUND and isinstance(kept, int):
        return "what was captured covers it" if amount <= kept else None
    return None


def questions(aimed: int) -> Iterator[tuple[Payment, Undo, str]]:
    """Every vector, and so many aimed questions for each edition."""
    for vector in every("undo"):
        yield vector.payment, vector.undo, vector.edition or providers.find(vector.provider).default
    for name in providers.NAMES:
        for edition in providers.find(name).editions:
            yield from ((payment, undo, edition.name) for payment, undo in some(name, aimed, edition=edition.name))


def look(asked: Iterable[tuple[Payment, Undo, str]]) -> tuple[Counter[str], list[Opening]]:
    """How many surprises there were, and of the openings how many by excuse; and those that nothing excuses."""
    counted: Counter[str] = Counter()
    bad: list[Opening] = []
    for payment, undo, edition in asked:
        counted["questions"] += 1
        try:
            for opening in probe(payment, undo, edition=edition):
                counted["surprises"] += 1
                if opening is not None and opening.excuse is not None:
                    counted[f"calls since {opening.excuse}"] += 1
                elif opening is not None:
                    bad.append(opening)
        except CallerError:
            counted["payments that cannot be"] += 1
    return counted, bad


def figures(quick: bool) -> dict[str, int]:
    """Surprises, and the calls that they led to by excuse; raises for one that nothing excuses."""
    counted, bad = look(questions(60 if quick else 20_000))
    assert not bad, bad[0]
    return {**dict(sorted(counted.items(), key=lambda item: -item[1])), "exceptions": len(bad)}
