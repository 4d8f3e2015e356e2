"""For support staff: what was done for an order, what could be done now and until when, and settling what is unclear.

python -m examples.support ORDER                      what was done, and what an undo would do now
python -m examples.support ORDER --amount 400         the same for a part, in minor units
python -m examples.support ORDER --settle ID done     somebody has compared: it happened (or: refused)
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
from datetime import UTC, datetime

import httpx

from examples.checkout.app import accounts
from examples.checkout.service import Checkout, Unavailable, Unknown
from examples.checkout.store import Store
from payrules import CallerError, explain


def main(arguments: list[str] | None = None, checkout: Checkout | None = None) -> int:
    """Print the answer; 0 if there is one, 1 if the provider does not give it, 2 for what does not exist."""
    parser = argparse.ArgumentParser(description="What was done for an order, and what could be done now.")
    parser.add_argument("order", metavar="ORDER")
    parser.add_argument("--amount", type=int, help="how much to give back, in minor units; without it everything")
    parser.add_argument("--settle", nargs=2, metavar=("ATTEMPT", "OUTCOME"), help="done or refused")
    given = parser.parse_args(arguments)
    service = checkout or _from_environment()
    try:
        service.order(given.order)
    except Unknown as error:
        print(error)
        return 2
    if given.settle is not None:
        return _settle(service, *given.settle)
    return asyncio.run(_show(service, given.order, given.amount))


def _settle(service: Checkout, attempt: str, outcome: str) -> int:
    unclear = [item.id for item in service.store.attempts(states=["unclear"])]
    if attempt not in unclear or outcome not in ("done", "refused"):
        print(f"Only what is unclear ({', '.join(unclear) or 'nothing is'}) can be settled, as done or refused.")
        return 2
    print(f"{attempt} is {service.settle(attempt, happened=outcome == 'done').state}.")
    return 0


async def _show(service: Checkout, order: str, amount: int | None) -> int:
    print(f"Order {order}")
    for attempt in service.store.attempts(order):
        decision = attempt.decision
        print(f"  {attempt.id}  {decision.action} {decision.amount}  {attempt.state}: {attempt.message}")
    try:
        print(explain(await service.preview(order, amount)))
    except (Unavailable, CallerError) as error:
        print(f"What could be done now is not known: {error}")
        return 1
    return 0


def _from_environment() -> Checkout:
    store = Store(sqlite3.connect(os.environ.get("STORE", "checkout.sqlite")))
    base = os.environ.get("PROVIDERS", "http://127.0.0.1:8801")
    return Checkout(store, httpx.AsyncClient(timeout=10), accounts(base), lambda: datetime.now(UTC))


if __name__ == "__main__":
    raise SystemExit(main())
