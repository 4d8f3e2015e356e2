"""The race between asking and calling: a worker of a shop asks, somebody else acts, the worker calls, and calls again.

In each episode a worker has a wish (some of a payment, or all of it, goes back once) and gets an acting decision. Before
it is sent, one of these happens: nothing; a colleague serves the same wish on the provider's own page; a colleague books
the same wish in the shop's store and sends it later; somebody gives back another amount; the payment moves on by
itself. Then the call is sent, and arrives and is answered, arrives and the answer is lost, is lost on its way, or comes
late; a worker who hears nothing sends again.

Four ways to work:

* `careful`: `expects` is compared with the payment as it is now, `good_until` with the clock, and what is pending is
  booked, in one step, before anything is sent; a retry compares again, and where the payment is as the success leaves
  it, the call has been carried out.
* `keyed`: a retry is the recorded call with its key; otherwise each attempt has a key of its own.

What no way of working prevents, and what is not played: that somebody acts on the provider's own page while a call is
under way.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from attrs import define, evolve, frozen

from payrules import Action, Event, Payment, Undo, decide, fold, providers
from payrules.decide import Decision, succeeded
from tests.simulators.dojo import Refused
from tests.simulators.gateway import ACCOUNTS, BEGINS, Gateway, Request


@frozen
class Way:
    """How a worker goes about it."""

    name: str
    careful: bool
    keyed: bool


WAYS = (
    Way("neither", careful=False, keyed=False),
    Way("key only", careful=False, keyed=True),
    Way("precondition only", careful=True, keyed=False),
    Way("both", careful=True, keyed=True),
)

MEANWHILE = ("nothing", "on the page", "booked", "another amount", "it moves on")
FATES = ("answered", "answered", "answer lost", "lost on its way", "late")


@define
class Shop:
    """What the shop knows: what the provider shows, and its own book of what is pending."""

    provider: str
    gateway: Gateway
    pending: int = 0
    undo_pending: Action | None = None

    def payment(self) -> Payment:
        """The payment as it is now."""
        shown = self.gateway.account.shows()
        if self.provider == "adyen":
            account = self.gateway.account.payment  # type: ignore[attr-defined]
            given = {
                "multicapture": account.several,
                **({"capture_mode": "manual"} if account.mode == "manual" else {}),
            }
            known = fold("adyen", providers.reported("adyen", shown), given=given)
        else:
            wire = providers.wire(self.provider)
            assert wire is not None
            known = wire.payment(shown, self._reversed())
        return evolve(known, amount_refund_pending=self.pending, undo_pending=self.undo_pending)

    def _reversed(self) -> dict[str, int]:
        """A reversal of a part is not in the JSON of a payment, but in the shop's own book."""
        released, _ = self.gateway.account.given_back()
        if self.provider != "payroc" or not released:
            return {}
        payment = self.gateway.account.payment  # type: ignore[attr-defined]
        held = payment.kind == "preAuthorization"
        return {"amount_released": released, "amount_captured": 0 if held else payment.amount - released}

    def book(self, decision: Decision) -> None:
        if decision.action is Action.REFUND:
            self.pending += decision.amount or 0
        else:
            self.undo_pending = decision.action


def request(shop: Shop, decision: Decision, key: str | None) -> Request:
    """The call of a decision, with its own key or, as somebody would who draws one each time, with another."""
    call = decision.call
    assert call is not None
    headers, name = dict(call.headers), shop.gateway.account.key_header
    if name in headers and key is not None:
        headers[name] = key
    body = None if call.body is None else dict(call.body)
    return Request(call.method, call.path, headers, body, headers.get(name))


def episode(random: Random, provider: str, way: Way, counted: Counter[str]) -> None:
    """One wish; counts what becomes of it, if the answer is a call."""
    shop, now = Shop(provider, Gateway(ACCOUNTS[provider](random))), BEGINS + timedelta(minutes=30)
    amount = random.choice((None, None, 1, 2, 300))
    meanwhile, fate, only = (
        random.choice(MEANWHILE),
        random.choice(FATES),
        random.choice((None, None, None, Action.REVERSE)),
    )
    decision = decide(shop.payment(), Undo(at=now, amount=amount, only=only))
    if decision.action is Action.REJECT:
        return
    counted["acting decisions"] += 1
    counted[f"{provider} {decision.action}, {meanwhile}, {fate}"] += 1
    drawn = [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(3)]
    first, second, colleagues = (request(shop, decision, None if way.keyed else key) for key in drawn)
    now, served = _meanwhile(random, shop, decision, meanwhile, now)
    moved = _sent(shop, decision, [first, second], way, fate, now, counted)
    if meanwhile == "booked":
        served += _carry_out(shop, colleagues, now)
    if served >= (decision.amount or 0) and any(moved):
        counted["double refunds beside an operator"] += 1
    if len([amount for amount in moved if amount]) > 1:
        counted["double refunds by a retry"] += 1


def _meanwhile(random: Random, shop: Shop, decision: Decision, what: str, now: datetime) -> tuple[datetime, int]:
    """What happens between asking and calling, and how much of the same wish somebody else has served."""
    gateway, amount = shop.gateway, decision.undo.amount
    if what == "on the page":
        return now + timedelta(minutes=1), gateway.operator(amount, now)
    if what == "booked":
        shop.book(decision)
    if what == "another amount":
        gateway.operator(1, now)
    return (gateway.drift(random, now) if what == "it moves on" else now + timedelta(minutes=1)), 0


def _sent(
    shop: Shop, decision: Decision, attempts: list[Request], way: Way, fate: str, now: datetime, counted: Counter[str]
) -> list[int]:
    """The first attempt, the second if nothing was heard, and the first again if it comes late; what each moved."""
    if way.careful and not _still_so(shop, decision, now):
        counted["conflicts"] += 1
        return []
    first, second = attempts
    moved = []
    if fate in ("answered", "answer lost"):
        moved.append(_effect(shop, decision, first, now, counted))
    if fate == "answered":
        return moved
    now += timedelta(seconds=30)
    if not way.careful or _still_so(shop, decision, now):
        moved.append(_effect(shop, decision, second, now, counted))
    else:
        counted["seen to be done" if _as_after(shop, decision) else "conflicts"] += 1
    if fate == "late":
        moved.append(_effect(shop, decision, first, now, counted))
    return moved


def _still_so(shop: Shop, decision: Decision, now: datetime) -> bool:
    """The facts that the decision expects are those of the payment, and its time has not run out."""
    payment = shop.payment()
    held = all(getattr(payment, name) == value for name, value in decision.expects.items())
    return held and (decision.good_until is None or now < decision.good_until)


def _as_after(shop: Shop, decision: Decision) -> bool:
    """The payment is as the success of the call leaves it."""
    wanted, payment = succeeded(decision), shop.payment()
    status = wanted.status == payment.status
    return status and (wanted.amount_refunded or 0) == (payment.amount_refunded or 0)


def _effect(shop: Shop, decision: Decision, call: Request, now: datetime, counted: Counter[str]) -> int:
    """What a call moved; something other than was decided is counted."""
    lines = len(shop.gateway.ledger)
    try:
        entry = shop.gateway.send(call, now, "worker")
    except Refused:
        counted["refused by the provider"] += 1
        return 0
    if len(shop.gateway.ledger) == lines:
        counted["replays"] += 1
        return 0
    permit = decision.answer.permit
    assert permit is not None
    refund = permit.brings is Event.REFUNDED
    kind = decision.action is Action.REVERSE or bool(entry.refunded) is refund
    if entry.amount != decision.amount or not kind:
        counted["effects other than decided"] += 1
    return entry.amount


def _carry_out(shop: Shop, call: Request, now: datetime) -> int:
    try:
        return shop.gateway.send(call, now, "colleague").amount
    except Refused:
        return 0


def race(way: Way, decisions: int, seed: int = 0) -> Counter[str]:
    """Episodes of all providers in turn, until so many decisions have acted; the same for the same seed."""
    counted: Counter[str] = Counter()
    number = 0
    while counted["acting decisions"] < decisions:
        episode(Random(f"{seed} {number}"), PROVIDERS[number % len(PROVIDERS)], way, counted)  # noqa: S311 — reproducible
        number += 1
    return counted


PROVIDERS = tuple(ACCOUNTS)

DAMAGE = ("double refunds beside an operator", "double refunds by a retry", "effects other than decided")


def figures(quick: bool) -> dict[str, int]:
    """What each way of working lets happen, of the same decisions; raises if the careful and keyed one lets anything."""
    found = {way.name: race(way, 2_000 if quick else 25_000) for way in WAYS}
    assert not any(found["both"][name] for name in DAMAGE), found["both"]
    counted = (
        "acting decisions",
        *DAMAGE,
        "conflicts",
        "replays",
        "seen to be done",
        "refused by the provider",
    )
    return {f"{way}: {name}": found[way][name] for way in found for name in counted}
