"""Nothing that is handed out, and nothing that was handed in, can be changed so that a later answer is another."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import attrs
import pytest

from payrules import Notice, Payment, Undo, check, decide, fold_each, forecast, plan, providers
from payrules.decide import Decision
from payrules.readonly import ReadOnly
from tests.test_vectors import known, reported
from tests.vectors import Vector, every

SCALARS = (str, int, float, bool, bytes, type(None), date, timedelta)
REFUSED = (AttributeError, TypeError, attrs.exceptions.FrozenInstanceError)


def telling() -> list[Vector]:
    """A vector for each answer that a provider gives: between them they hold every shape of a decision."""
    found: dict[tuple[str, str | None, str | None], Vector] = {}
    for vector in every("undo"):
        key = (vector.provider, vector.expected.get("action"), vector.expected.get("reason"))
        found.setdefault(key, vector)
    return list(found.values())


def public(value: object) -> list[str]:
    """The names under which an object shows something; a word shows its class's words too, which are not its own."""
    others = type(value).__members__ if isinstance(value, Enum) else ()
    names = [name for name in dir(value) if not name.startswith("_") and name not in others]
    return [name for name in names if not callable(getattr(value, name))]


def reached(value: object, seen: dict[int, object]) -> Iterator[object]:
    """Every object that can be reached from this one by attributes, keys and items."""
    if isinstance(value, SCALARS) and not isinstance(value, Enum):
        return
    if id(value) in seen:
        return
    seen[id(value)] = value
    yield value
    if isinstance(value, Mapping):
        inside = [*value.keys(), *value.values()]
    elif isinstance(value, (tuple, frozenset)):
        inside = list(value)
    else:
        shown = [getattr(value, name) for name in public(value)]
        inside = [item for item in shown if type(item) is not type(value) or item != value]
    for item in inside:
        yield from reached(item, seen)


def broken_into(value: Any) -> list[str]:
    """The attacks on an object that succeed."""
    if isinstance(value, (tuple, frozenset)):
        return []
    attacks: dict[str, Any] = {}
    if isinstance(value, Mapping):
        for method in ("__setitem__", "__delitem__", "pop", "setdefault"):
            attacks[method] = lambda method=method: getattr(value, method)(
                next(iter(value), "x"), *["x"] * (method != "__delitem__")
            )
        attacks |= {name: lambda name=name: getattr(value, name)() for name in ("clear", "popitem")}
        attacks |= {name: lambda name=name: getattr(value, name)({"x": 1}) for name in ("update", "__ior__")}
    elif attrs.has(type(value)) or isinstance(value, Enum):
        for name in public(value):
            attacks[f"set {name}"] = lambda name=name: setattr(value, name, None)
            attacks[f"delete {name}"] = lambda name=name: delattr(value, name)
    else:
        return [f"a {type(value).__name__} is not known to be safe"]
    return [f"{type(value).__name__}: {name}" for name, attack in attacks.items() if _succeeds(attack)]


def _succeeds(attack: Any) -> bool:
    try:
        attack()
    except REFUSED:
        return False
    return True


def everything_returned(vector: Vector) -> list[object]:
    asked: Any = (vector.payment, vector.undo)
    edition = vector.edition
    answers = (decide(*asked, edition=edition), forecast(*asked, edition=edition), plan(*asked, edition=edition))
    return [vector.payment, vector.undo, *answers, check(*asked, edition=edition)]


@pytest.mark.parametrize("provider", providers.NAMES)
def test_nothing_in_an_answer_can_be_changed(provider: str) -> None:
    """Of all that can be reached from a decision (its facts, its call, the table itself) nothing can be set, deleted or
    emptied, and the same question gets the same answer after every attempt."""
    seen: dict[int, object] = {}
    for vector in (vector for vector in telling() if vector.provider == provider):
        before = decide(vector.payment, vector.undo, edition=vector.edition).to_record()
        objects = [item for value in everything_returned(vector) for item in reached(value, seen)]

        assert [] == [attack for item in objects for attack in broken_into(item)], vector.id
        assert before == decide(vector.payment, vector.undo, edition=vector.edition).to_record()


def test_nothing_in_a_fold_can_be_changed() -> None:
    """Neither in the payment, nor in a report, nor in one that did not go in."""
    seen: dict[int, object] = {}
    for vector in every("history"):
        reports = reported(vector)
        if not vector.expected.get("refused"):
            reports += list(fold_each(vector.provider, reports, edition=vector.edition, **known(vector)))  # type: ignore[arg-type]
        assert [] == [attack for report in reports for item in reached(report, seen) for attack in broken_into(item)]


def test_a_record_is_the_callers_own() -> None:
    """A record is written anew each time: emptying one changes neither the decision nor the next record."""
    vector = telling()[0]
    decision = decide(vector.payment, vector.undo, edition=vector.edition)
    before = copy.deepcopy(decision.to_record())
    _empty(decision.to_record())
    _empty(decision.payment.to_record())

    assert before == decision.to_record()


def _empty(value: Any) -> None:
    for item in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []:
        _empty(item)
    if isinstance(value, (dict, list)):
        value.clear()


def test_what_was_handed_in_can_change_afterwards() -> None:
    """A payment and a report keep what they were built from, whatever happens to that."""
    listed, tells, record = ["refund"], {"method": "visa"}, {"event": "captured", "tells": {"method": "visa"}}
    payment = Payment(provider="payroc", status="complete", currency="USD", provider_allows=listed)  # type: ignore[arg-type]
    notice, read = Notice(event="captured", tells=tells), Notice.from_record(record)  # type: ignore[arg-type]
    listed.clear()
    tells.clear()
    record["tells"].clear()  # type: ignore[attr-defined]

    assert ("refund",) == payment.provider_allows
    assert {"method": "visa"} == notice.tells == read.tells


class Slippery(datetime):
    """A time that compares as it likes."""

    def __lt__(self, other: object) -> bool:
        return True

    def __ge__(self, other: object) -> bool:
        return False


def test_an_instant_is_a_plain_datetime() -> None:
    """A subclass with its own idea of comparing becomes one."""
    at = Undo(at=Slippery(2026, 11, 20, 23, 50, 1, 7, tzinfo=UTC)).at

    assert datetime is type(at)
    assert datetime(2026, 11, 20, 23, 50, 1, 7, tzinfo=UTC) == at


def test_a_decision_goes_through_pickle_copy_and_json() -> None:
    """It comes back the same, still closed; its call's body is JSON, and a dict of it is the caller's to fill in."""
    for vector in telling()[::5]:
        decision = decide(vector.payment, vector.undo, edition=vector.edition)
        for again in (copy.deepcopy(decision), pickle.loads(pickle.dumps(decision))):  # noqa: S301 — our own
            assert isinstance(again, Decision)
            assert decision.to_record() == again.to_record()
            assert [] == [attack for item in reached(again.known, {}) for attack in broken_into(item)]
        if decision.call is not None:
            assert decision.call.body == json.loads(json.dumps(decision.call.body))


def test_a_call_is_filled_in_on_a_copy() -> None:
    """What the caller has to add goes into a call of its own; the decision's still needs it."""
    payment = Payment(provider="adyen", status="Authorised", currency="EUR", payment_id="psp", amount_authorized=10)
    decision = decide(payment, Undo(at=datetime(2026, 11, 20, tzinfo=UTC)))
    assert decision.call is not None
    assert decision.call.body is not None

    assert {"merchantAccount": "Shop"} == decision.call.filled(merchantAccount="Shop").body
    assert ({}, ("merchantAccount",)) == (decision.call.body, decision.call.needs)


@pytest.mark.parametrize("name", providers.NAMES)
def test_a_shipped_table_cannot_be_changed(name: str) -> None:
    """Every row, condition, claim and page of it is closed."""
    assert [] == [attack for item in reached(providers.find(name), {}) for attack in broken_into(item)]


def test_a_read_only_mapping_is_pickled_and_copied_as_one() -> None:
    """What comes back is equal, and cannot be changed either."""
    told = ReadOnly(amount=400)
    for again in (pickle.loads(pickle.dumps(told)), copy.deepcopy(told)):  # noqa: S301 — our own bytes
        assert told == again
        with pytest.raises(TypeError, match="read-only"):
            again["amount"] = 500
