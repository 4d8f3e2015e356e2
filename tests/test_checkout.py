"""The example service is played against simulated providers: orders, clicks, webhooks and faults."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from attrs import evolve

from examples.checkout import service
from examples.checkout.app import accounts, create_app
from examples.checkout.service import Checkout
from examples.checkout.store import OPEN, Attempt, Store
from examples.simulated import Payment, World
from payrules import Rejection, Step, after, providers

KINDS = {"dojo": ["Auto", "Manual", "Unpaid"], "payroc": ["sale", "preAuthorization"], "adyen": ["sale", "manual"]}
GIVEN: dict[str, dict[str, Any]] = {"manual": {"capture_mode": "manual"}}
FAULTS = ["none", "none", "none", "lost", "silent", "broken", "crashed"]
ACTIONS = ("cancel", "reverse", "refund")


class Shop:
    """The service and the world around it, with one clock and one source of chance."""

    def __init__(self, seed: int = 0, store: Store | None = None) -> None:
        self.random = Random(seed)  # noqa: S311 — reproducible, not secret
        self.now = datetime(2026, 7, 10, 20, tzinfo=UTC)
        self.world = World(lambda: self.now)
        self.store = store or Store(sqlite3.connect(":memory:"))
        outward = httpx.AsyncClient(transport=httpx.ASGITransport(self.world))
        self.checkout = Checkout(self.store, outward, accounts("http://providers"), lambda: self.now)
        inward = httpx.ASGITransport(create_app(self.checkout))
        self.client = httpx.AsyncClient(transport=inward, base_url="http://shop")
        self.orders: list[str] = []
        self.sent: list[tuple[str, Any]] = []
        self.seen: Counter[str] = Counter()

    async def close(self) -> None:
        await self.client.aclose()
        await self.checkout.client.aclose()

    # --- what happens ---------------------------------------------------------------------------------

    async def order(self, provider: str | None = None, kind: str | None = None, amount: int | None = None) -> str:
        provider = provider or self.random.choice(list(KINDS))
        kind = kind or self.random.choice(KINDS[provider])
        name = f"{provider}-{len(self.orders):05}"
        getattr(self.world, provider).take(f"P{name}", amount or self.random.randint(2, 2000), kind)
        new = {"id": name, "provider": provider, "payment_id": f"P{name}", "given": GIVEN.get(kind, {})}
        assert 201 == (await self.client.post("/orders", json=new)).status_code
        self.orders.append(name)
        while provider == "adyen" and self.random.random() < 0.7 and self.world.outbox:
            await self.deliver(len(self.world.outbox) - 1)
        return name

    async def click(self, order: str, request_id: str, amount: int | None = None) -> dict[str, Any]:
        answer = await self.client.post(f"/orders/{order}/undo", json={"request_id": request_id, "amount": amount})
        assert answer.status_code in (200, 503, 400), answer.text
        self.seen[answer.json().get("state", "unavailable")] += 1
        return dict(answer.json())

    async def deliver(self, number: int, keep: bool = False) -> None:
        """One of the webhooks on their way arrives, and perhaps not for the last time."""
        provider, body = self.world.outbox[number] if keep else self.world.outbox.pop(number)
        assert 200 == (await self.client.post(f"/webhooks/{provider}", json=body)).status_code
        if body not in self.sent:
            self.sent.append((provider, body))

    def person(self) -> None:
        """Somebody compares an attempt that is unclear with what the provider shows, and says what became of it."""
        for attempt in self.store.attempts(states=["unclear"]):
            happened = self.given_back(attempt.order_id) - self.done(attempt.order_id)
            others = [item for item in self.store.attempts(attempt.order_id, OPEN) if item.id != attempt.id]
            if not others:
                self.checkout.settle(attempt.id, happened=happened >= (attempt.decision.amount or 0))
                self.seen["settled by hand"] += 1

    # --- what is true ---------------------------------------------------------------------------------

    def payment(self, order: str) -> Payment:
        found: Payment = getattr(self.world, order.partition("-")[0]).payments[f"P{order}"]
        return found

    def given_back(self, order: str) -> int:
        """What the provider has given back on the shop's calls."""
        return self.payment(order).total(*ACTIONS)

    def done(self, order: str) -> int:
        return _amounts(self.store.attempts(order, ["done"]))

    def check(self, order: str) -> None:
        """No more than there was; and what was given back is what is done, with or without what is open."""
        payment, done = self.payment(order), self.done(order)
        assert payment.left >= 0, order
        assert done <= self.given_back(order) <= done + _amounts(self.store.attempts(order, OPEN)), (
            order,
            payment,
            self.store.attempts(order),
        )

    async def end(self) -> None:
        """The faults are over: what is open is sent again, what was sent arrives, a person looks at the rest."""
        self.world.faults.clear()
        for _ in range(60):
            self.now += timedelta(minutes=2)
            await self.client.post("/work")
            while self.world.adyen.received:
                self.world.adyen.carry_out()
            while self.world.outbox:
                number = self.random.randrange(len(self.world.outbox))
                await self.deliver(number, keep=self.random.random() < 0.2)
            self.person()
            if not self.store.attempts(states=OPEN):
                break
        assert [] == self.store.attempts(states=OPEN)
        for order in self.orders:
            assert self.done(order) == self.given_back(order), order
            if self.payment(order).left == 0:
                assert Rejection.ALREADY_DONE is (await self.checkout.preview(order)).rejection
        for provider, body in self.sent:  # no event is lost
            (named,) = {notice.payment_id for notice in providers.reported(provider, [body])} or {None}
            assert body in self.store.events(provider, named or "")


def _amounts(attempts: list[Attempt]) -> int:
    return sum(attempt.decision.amount or 0 for attempt in attempts)


def run(play: Callable[[Shop], Awaitable[None]], **options: Any) -> Shop:
    """Play something in a shop, to its end."""

    async def played() -> Shop:
        shop = Shop(**options)
        try:
            await play(shop)
            await shop.end()
        finally:
            await shop.close()
        return shop

    return asyncio.run(played())


# --- one thing happens ----------------------------------------------------------------------------


async def click(shop: Shop, order: str, name: str, amount: int | None) -> None:
    await shop.click(order, name, amount)


async def double_click(shop: Shop, order: str, name: str, amount: int | None) -> None:
    await asyncio.gather(*(shop.click(order, name, amount) for _ in range(2)))


async def two_people(shop: Shop, order: str, name: str, amount: int | None) -> None:
    await asyncio.gather(*(shop.click(order, f"{name}-{person}", amount) for person in range(2)))


async def click_again(shop: Shop, order: str, name: str, amount: int | None) -> None:
    for attempt in shop.store.attempts(order)[-1:]:
        await shop.click(order, attempt.request_id, attempt.undo.amount)


async def time_passes(shop: Shop, order: str, name: str, amount: int | None) -> None:
    shop.now += timedelta(minutes=shop.random.choice([1, 5, 30, 120, 600]))


async def work(shop: Shop, order: str, name: str, amount: int | None) -> None:
    shop.now += timedelta(minutes=1)
    await shop.client.post("/work")


async def hear(shop: Shop, order: str, name: str, amount: int | None) -> None:
    if shop.world.outbox:
        await shop.deliver(shop.random.randrange(len(shop.world.outbox)), keep=shop.random.random() < 0.3)


async def carry_out(shop: Shop, order: str, name: str, amount: int | None) -> None:
    shop.world.adyen.carry_out(shop.random.randrange(10))
    if order.startswith("adyen") and shop.random.random() < 0.3:
        shop.world.adyen.capture(f"P{order}")


async def batch_closes(shop: Shop, order: str, name: str, amount: int | None) -> None:
    shop.world.payroc.close_batch()


async def portal(shop: Shop, order: str, name: str, amount: int | None) -> None:
    """Somebody refunds by hand at the provider."""
    if not order.startswith("adyen"):
        getattr(shop.world, order.partition("-")[0]).by_hand(f"P{order}", amount or 1)


async def person(shop: Shop, order: str, name: str, amount: int | None) -> None:
    shop.person()


HAPPENINGS = {
    click: 20,
    double_click: 8,
    two_people: 6,
    click_again: 6,
    time_passes: 12,
    work: 12,
    hear: 14,
    carry_out: 8,
    batch_closes: 2,
    portal: 3,
    person: 3,
}


async def step(shop: Shop, number: int) -> None:
    """One thing happens; then everything about one order is compared with the provider's ledger."""
    if number % 6 == 0:
        await shop.order()
    order = shop.random.choice(shop.orders[-12:])
    total = shop.payment(order).amount
    amount = shop.random.choice([None, shop.random.randint(1, total), max(1, total // 5), max(1, total // 10)])
    shop.world.faults[:] = [shop.random.choice(FAULTS) for _ in range(3)]
    (happening,) = shop.random.choices(list(HAPPENINGS), list(HAPPENINGS.values()))
    await happening(shop, order, f"r{number}", amount)
    shop.check(order)


def _a_key_for_each_try(patch: pytest.MonkeyPatch) -> None:
    send = Checkout.send

    async def with_another_key(service: Checkout, attempt: Attempt) -> Attempt:
        headers = {
            name: str(uuid4()) if "dempotency" in name else value for name, value in attempt.call.headers.items()
        }
        return await send(service, evolve(attempt, call=evolve(attempt.call, headers=headers)))

    patch.setattr(Checkout, "send", with_another_key)


def _no_compare_and_set(patch: pytest.MonkeyPatch) -> None:
    write = Store.open_attempt
    patch.setattr(
        Store, "open_attempt", lambda store, order, *rest: write(store, store.orders(id=order.id)[0], *rest)
    )


def _unknown_is_refused(patch: pytest.MonkeyPatch) -> None:
    state = service._state
    patch.setattr(service, "_state", lambda step, outcome: "changed" if step is Step.RETRY else state(step, outcome))


def _one_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(service, "after", lambda decision, *responses, at: after(decision, responses[-1], at=at))


SABOTAGE = {
    "a key for each try": _a_key_for_each_try,
    "no compare and set": _no_compare_and_set,
    "unknown is refused": _unknown_is_refused,
    "one answer": _one_answer,
}


class TestTheServiceSurvives:
    """Whatever happens: no double undo, no lost event, and every order's money is accounted for."""

    @pytest.mark.parametrize("seed", range(2))
    def test_a_few_hundred_steps(self, seed: int) -> None:
        """A short run, in which calls are done, open, taken on and rejected."""

        async def play(shop: Shop) -> None:
            for number in range(200):
                await step(shop, number)

        shop = run(play, seed=seed)

        assert {"done", "open", "accepted", "rejected"} <= set(shop.seen)

    @pytest.mark.long
    def test_ten_thousand_steps(self) -> None:
        """A long one, in which everything else happens too: refusals, and attempts that a person has to settle."""

        async def play(shop: Shop) -> None:
            for number in range(10_000):
                await step(shop, number)

        shop = run(play, seed=2026)

        assert {"done", "open", "accepted", "rejected", "unclear", "settled by hand"} <= set(shop.seen)
        assert {"done", "refused", "changed"} == {attempt.state for attempt in shop.store.attempts()}

    @pytest.mark.long
    @pytest.mark.parametrize("name", ["a key for each try", "no compare and set", "unknown is refused", "one answer"])
    def test_the_run_bites(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without one of its precautions the service gives money back twice, or loses sight of it."""

        async def play(shop: Shop) -> None:
            for number in range(250):
                await step(shop, number)

        def runs() -> None:
            for seed in range(4):
                run(play, seed=seed)

        SABOTAGE[name](monkeypatch)
        with pytest.raises(AssertionError):
            runs()


def played(play: Callable[[Shop], Awaitable[None]], **options: Any) -> Shop:
    shop = run(play, **options)
    for order in shop.orders:
        shop.check(order)
    return shop


class TestAnOrderIsCancelled:
    """One story each, from the click to the book."""

    @pytest.mark.parametrize(
        ("provider", "kind", "action"),
        [
            ("dojo", "Auto", "reverse"),
            ("dojo", "Manual", "reverse"),
            ("dojo", "Unpaid", "cancel"),
            ("payroc", "sale", "reverse"),
            ("payroc", "preAuthorization", "reverse"),
        ],
    )
    def test_in_full(self, provider: str, kind: str, action: str) -> None:
        """At once, at a provider that answers."""

        async def play(shop: Shop) -> None:
            order = await shop.order(provider, kind, 1000)
            told = await shop.click(order, "click")
            assert ("done", action, 1000) == (told["state"], told["action"], told["amount"])

        shop = played(play)
        assert [(action, 1000)] == shop.payment(shop.orders[0]).given_back

    def test_before_and_after_midnight(self) -> None:
        """At ten to twelve in London a payment is reversed; twenty minutes later it is refunded; the preview tells."""

        async def play(shop: Shop) -> None:
            first, second = [await shop.order("dojo", "Auto", 1000) for _ in range(2)]
            shop.now = datetime(2026, 7, 10, 22, 50, tzinfo=UTC)
            preview = (await shop.client.get(f"/orders/{first}/undo")).json()
            assert ("reverse", "2026-07-10T23:00:00Z") == (preview["action"], preview["good_until"])
            assert "reverse" == (await shop.click(first, "click"))["action"]
            shop.now += timedelta(minutes=20)
            assert "refund" == (await shop.click(second, "click"))["action"]

        shop = played(play)
        assert [[("reverse", 1000)], [("refund", 1000)]] == [shop.payment(order).given_back for order in shop.orders]

    def test_in_part(self) -> None:
        """Two parts and then the rest; a fourth finds nothing left."""

        async def play(shop: Shop) -> None:
            order = await shop.order("dojo", "Auto", 1000)
            for name, amount, state in (
                ("a", 400, "done"),
                ("b", 400, "done"),
                ("c", None, "done"),
                ("d", None, "rejected"),
            ):
                assert state == (await shop.click(order, name, amount))["state"]

        shop = played(play)
        assert [("refund", 400), ("refund", 400), ("refund", 200)] == shop.payment(shop.orders[0]).given_back

    @pytest.mark.parametrize("fault", ["lost", "silent", "broken", "crashed"])
    @pytest.mark.parametrize(("provider", "kind"), [("dojo", "Auto"), ("payroc", "sale")])
    @pytest.mark.parametrize("amount", [None, 400])
    def test_by_a_provider_that_fails_once(self, fault: str, provider: str, kind: str, amount: int | None) -> None:
        """The call is open, a second wish for everything waits, and the same call sent again settles it: once."""

        async def play(shop: Shop) -> None:
            order = await shop.order(provider, kind, 1000)
            shop.world.faults = [fault]
            told = await shop.click(order, "click", amount)
            assert "open" == told["state"], told
            assert "open" == (await shop.click(order, "click", amount))["state"]
            if amount is None:
                other = await shop.click(order, "another")
                assert ("rejected", "wait") == (other["state"], other["rejection"]) or fault in ("silent", "crashed")
            assert 1 == len(shop.world.requests)
            shop.now += timedelta(minutes=2)
            assert {"sent": 1} == (await shop.client.post("/work")).json()
            assert {"sent": 0} == (await shop.client.post("/work")).json()

        shop = played(play)
        assert [amount or 1000] == [given for _, given in shop.payment(shop.orders[0]).given_back]

    def test_by_two_people_at_once(self) -> None:
        """One of them sends; the other, who read the same facts, looks again and is told to wait, or that it is done."""

        async def play(shop: Shop) -> None:
            order = await shop.order("dojo", "Auto", 1000)
            states = await asyncio.gather(*(shop.click(order, f"person-{number}") for number in range(2)))
            assert ["done", "rejected"] == sorted(item["state"] for item in states)
            assert 1 == len(shop.world.requests)

        played(play)

    @pytest.mark.parametrize("shuffle", range(3))
    def test_with_webhooks_that_are_late_doubled_and_out_of_order(self, shuffle: int) -> None:
        """An acceptance is no success: the money counts once the webhook has come, once, whatever came when."""

        async def play(shop: Shop) -> None:
            order = await shop.order("adyen", "manual", 1000)
            while shop.world.outbox:
                await shop.deliver(0)
            shop.world.adyen.capture(f"P{order}")
            while shop.world.outbox:
                await shop.deliver(0)
            assert "accepted" == (await shop.click(order, "a", 300))["state"]
            assert "accepted" == (await shop.click(order, "b", 200))["state"]
            more = await shop.click(order, "c", 600)
            assert ("rejected", "wait") == (more["state"], more["rejection"])
            shop.now += timedelta(minutes=1)
            shop.world.adyen.carry_out(1)
            shop.world.adyen.carry_out(0)
            arrived = shop.world.outbox * 2
            Random(shuffle).shuffle(arrived)  # noqa: S311 — only an order
            for provider, body in arrived:
                await shop.client.post(f"/webhooks/{provider}", json=body)
            told = (await shop.client.get(f"/orders/{order}/attempts")).json()
            assert ["done", "done"] == [item["state"] for item in told]
            assert "accepted" == (await shop.click(order, "d"))["state"]

        shop = played(play)
        assert 1000 == shop.given_back(shop.orders[0])

    def test_before_its_payment_is_known(self) -> None:
        """Where only webhooks tell, and none has come, the service says so and sends nothing."""

        async def play(shop: Shop) -> None:
            shop.random.seed(1)
            name = "adyen-early"
            new = {"id": name, "provider": "adyen", "payment_id": "Pearly"}
            await shop.client.post("/orders", json=new)
            answer = await shop.client.post(f"/orders/{name}/undo", json={"request_id": "r"})
            assert 400 == answer.status_code
            assert [] == shop.world.requests

        played(play)

    def test_that_is_not_known(self) -> None:
        """An order, or a provider, that is not there is not found; an order that comes twice stays as it is."""

        async def play(shop: Shop) -> None:
            new = {"id": "A1", "provider": "nobody", "payment_id": "P"}
            assert 404 == (await shop.client.post("/orders", json=new)).status_code
            assert 404 == (await shop.client.get("/orders/A1/undo")).status_code
            assert 404 == (await shop.client.post("/orders/A1/undo", json={"request_id": "r"})).status_code
            for payment_id in ("P1", "P2"):
                again = {"id": "A1", "provider": "dojo", "payment_id": payment_id}
                assert 201 == (await shop.client.post("/orders", json=again)).status_code
            assert "P1" == shop.checkout.order("A1").payment_id

        played(play)

    def test_with_a_webhook_that_nobody_can_read(self) -> None:
        """It is kept all the same, and acknowledged."""

        async def play(shop: Shop) -> None:
            for provider, body in (("adyen", {"eventCode": 7}), ("nobody", {"hello": "there"})):
                assert 200 == (await shop.client.post(f"/webhooks/{provider}", json=body)).status_code
                assert [body] == shop.store.events(provider, "")

        played(play)

    def test_while_the_provider_cannot_be_read(self) -> None:
        """Then nothing is decided."""

        async def play(shop: Shop) -> None:
            new = {"id": "dojo-gone", "provider": "dojo", "payment_id": "pi_unheard"}
            await shop.client.post("/orders", json=new)
            answer = await shop.client.post("/orders/dojo-gone/undo", json={"request_id": "r"})
            assert 503 == answer.status_code

        played(play)


def postgresql() -> Iterator[Store]:
    """A store on a server of its own, where Debian's package is installed."""
    import psycopg

    if not SERVERS or os.geteuid() != 0:
        pytest.skip("no PostgreSQL of Debian's, or nobody who may start it as its own user")
    server = SERVERS[-1]
    with tempfile.TemporaryDirectory() as folder:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        subprocess.run(
            [*as_user, str(server / "initdb"), "-D", f"{folder}/data", "-A", "trust"], check=True, capture_output=True
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = [*as_user, str(server / "pg_ctl"), "-D", f"{folder}/data", "-w"]
        subprocess.run([*control, "-o", options, "-l", f"{folder}/log", "start"], check=True, capture_output=True)
        try:
            with psycopg.connect(f"host={folder} user=postgres dbname=postgres") as connection:
                yield Store(connection, mark="%s")
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def test_postgresql_is_as_good_a_store() -> None:
    """The same run on a real server."""

    async def play(shop: Shop) -> None:
        for number in range(40):
            await step(shop, number)

    for store in postgresql():
        run(play, seed=1, store=store)


def test_over_real_connections() -> None:
    """The service and the providers each on a loopback address: a refund whose answer does not come in time is sent
    again, and is done once."""
    world = World(lambda: datetime.now(UTC), silence=60)
    world.dojo.take("pi_1", 1000, "Auto")
    world.faults = ["silent"]
    with served(world) as providers_at:
        store = Store(sqlite3.connect(":memory:", check_same_thread=False))
        clock = [datetime.now(UTC)]
        client = httpx.AsyncClient(timeout=httpx.Timeout(30, read=3))
        checkout = Checkout(store, client, accounts(providers_at), lambda: clock[0])
        with served(create_app(checkout)) as shop_at, httpx.Client(base_url=shop_at) as browser:
            browser.post("/orders", json={"id": "A1", "provider": "dojo", "payment_id": "pi_1"}).raise_for_status()
            told = browser.post("/orders/A1/undo", json={"request_id": "click", "amount": 400}).json()
            assert "open" == told["state"]
            clock[0] += timedelta(minutes=2)
            assert {"sent": 1} == browser.post("/work").json()
            told = browser.post("/orders/A1/undo", json={"request_id": "click", "amount": 400}).json()
            assert ("done", 400) == (told["state"], told["amount"])

    assert [("refund", 400)] == world.dojo.payments["pi_1"].given_back
    assert 2 == len(world.requests)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application on a loopback address of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
