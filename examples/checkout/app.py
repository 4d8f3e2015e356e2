"""The service over HTTP: orders, undos, webhooks.

Run it on a loopback address: `uvicorn --factory examples.checkout.app:from_environment` (see `examples/README.md`).
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from examples.checkout.service import Account, Checkout, Unavailable, Unknown
from examples.checkout.store import Attempt, Order, Store
from payrules import CallerError, Decision, records


class NewOrder(BaseModel):
    """A payment of the shop's; `given` holds what the provider's JSON does not tell."""

    id: str
    provider: str
    payment_id: str
    given: dict[str, Any] = {}


class Wish(BaseModel):
    """One click on Undo: the same `request_id` again is the same wish. Without an amount: everything."""

    request_id: str
    amount: int | None = None


def create_app(checkout: Checkout) -> FastAPI:
    """The application around a service."""
    app = FastAPI(title="Undo")

    @app.exception_handler(Unavailable)
    async def unavailable(_: Request, error: Unavailable) -> JSONResponse:
        return JSONResponse({"message": f"The provider does not answer; nothing was done. {error}"}, 503)

    @app.exception_handler(Unknown)
    async def unknown(_: Request, error: Unknown) -> JSONResponse:
        return JSONResponse({"message": str(error)}, 404)

    @app.exception_handler(CallerError)
    async def malformed(_: Request, error: CallerError) -> JSONResponse:
        return JSONResponse({"message": str(error), "field": error.field}, 400)

    @app.post("/orders", status_code=201)
    async def add(order: NewOrder) -> dict[str, str]:
        checkout.add(Order(order.id, order.provider, order.payment_id, order.given, 0))
        return {"id": order.id}

    @app.get("/orders/{order_id}/undo")
    async def preview(order_id: str, amount: int | None = None) -> dict[str, Any]:
        return (await checkout.preview(order_id, amount)).to_record()

    @app.post("/orders/{order_id}/undo")
    async def undo(order_id: str, wish: Wish) -> dict[str, Any]:
        return _told(await checkout.undo(order_id, wish.request_id, wish.amount))

    @app.get("/orders/{order_id}/attempts")
    async def attempts(order_id: str) -> list[dict[str, Any]]:
        return [_told(attempt) for attempt in checkout.store.attempts(order_id)]

    @app.post("/webhooks/{provider}")
    async def webhook(provider: str, request: Request) -> str:
        checkout.hear(provider, await request.json())  # written down before it is acknowledged
        return "[accepted]"

    @app.post("/work")
    async def work() -> dict[str, int]:
        return {"sent": await checkout.work()}

    return app


def _told(result: Attempt | Decision) -> dict[str, Any]:
    if isinstance(result, Decision):
        return {"state": "rejected", "message": result.message, **records.plain({"rejection": result.rejection})}
    decision = result.decision
    said = {"id": result.id, "state": result.state, "message": result.message}
    return {**said, "action": decision.action.value, "amount": decision.amount}


def from_environment() -> FastAPI:
    """The application as `uvicorn` starts it: SQLite, and the simulated providers of `examples.simulated`."""
    base = os.environ.get("PROVIDERS", "http://127.0.0.1:8801")
    store = Store(sqlite3.connect(os.environ.get("STORE", "checkout.sqlite"), check_same_thread=False))
    return create_app(Checkout(store, httpx.AsyncClient(timeout=10), accounts(base), lambda: datetime.now(UTC)))


def accounts(base: str) -> dict[str, Account]:
    """The shop's accounts, all at one address; the credentials would come from a safe place."""
    return {
        "dojo": Account(
            f"{base}/dojo",
            headers={"Authorization": "Basic key"},
            reads="/payment-intents/{id}?returnCanceled=true",
        ),
        "payroc": Account(f"{base}/payroc", headers={"Authorization": "Bearer token"}, reads="/payments/{id}"),
        "adyen": Account(f"{base}/adyen", headers={"x-api-key": "key"}, fills={"merchantAccount": "Shop"}),
    }
