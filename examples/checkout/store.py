"""What the service must not forget: orders, what was sent for them, what came back, and what providers reported.

SQLite, or PostgreSQL through psycopg; the statements are the same. An order's `version` grows with everything that is
written about it: `open_attempt` compares it, so of two who decide from the same facts one is told to look again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from attrs import frozen

from payrules import Decision, Payment, Response, Undo, decide, records
from payrules.calls import Call

SCHEMA = """
create table if not exists orders (
    id text primary key, provider text not null, payment_id text not null, given text not null,
    version integer not null
);
create table if not exists attempts (
    id text primary key, order_id text not null references orders (id), request_id text not null,
    number integer not null, payment text not null, undo text not null, edition text not null, call text not null,
    state text not null, message text not null, reference text, due_at text, unique (order_id, request_id, number)
);
create table if not exists responses (
    attempt_id text not null references attempts (id), number integer not null, response text not null,
    primary key (attempt_id, number)
);
create table if not exists events (
    provider text not null, payment_id text not null, digest text not null, body text not null,
    primary key (provider, payment_id, digest)
);
"""

OPEN = ("open", "accepted", "unclear")
"""An attempt in one of these may still give money back, or has done so without our knowing."""


@frozen
class Order:
    """A payment of the shop's; `given` holds facts that the provider's JSON does not carry."""

    id: str
    provider: str
    payment_id: str
    given: dict[str, Any]
    version: int


@frozen
class Attempt:
    """One decided call: `open` (send it), `accepted`, `done`, `refused`, `changed` (decide again), or `unclear`."""

    id: str
    order_id: str
    request_id: str
    number: int
    payment: Payment
    undo: Undo
    edition: str
    call: Call
    state: str
    message: str
    reference: str | None
    due_at: datetime | None

    @property
    def decision(self) -> Decision:
        """The decision that led to it: the same facts give the same answer, so only the facts are kept."""
        return decide(self.payment, self.undo, edition=self.edition)


class Store:
    """All that is written down, over a DB-API connection whose placeholders are `mark`."""

    def __init__(self, connection: Any, mark: str = "?") -> None:
        self._connection, self._mark = connection, mark
        with self.transaction() as write:
            for statement in SCHEMA.split(";")[:-1]:
                write(statement)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Statements that are written together, or not at all."""
        cursor = self._connection.cursor()

        def write(statement: str, *values: object) -> int:
            cursor.execute(statement.replace("?", self._mark), values)
            return int(cursor.rowcount)

        try:
            yield write
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def _rows(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute(statement.replace("?", self._mark), values)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        self._connection.commit()
        return found

    # --- orders ---------------------------------------------------------------------------------------

    def add_order(self, order: Order) -> None:
        """Write an order down, once."""
        with self.transaction() as write:
            row = (order.id, order.provider, order.payment_id, json.dumps(order.given), 0)
            write("insert into orders values (?, ?, ?, ?, ?) on conflict do nothing", *row)

    def orders(self, **sought: str) -> list[Order]:
        """The orders whose columns have these values."""
        where = " and ".join(f"{name} = ?" for name in sought) or "true"
        rows = self._rows(f"select * from orders where {where} order by id", *sought.values())  # noqa: S608 — our own names
        return [Order(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows]

    # --- attempts -------------------------------------------------------------------------------------

    def attempts(self, order_id: str | None = None, states: Sequence[str] = ()) -> list[Attempt]:
        """The attempts of an order or of all, in these states or in any, oldest first."""
        where, values = ["true"], list[object]()
        if order_id is not None:
            where, values = [*where, "order_id = ?"], [*values, order_id]
        if states:
            where, values = [*where, f"state in ({', '.join('?' * len(states))})"], [*values, *states]
        columns = "id, order_id, request_id, number, payment, undo, edition, call, state, message, reference, due_at"
        statement = f"select {columns} from attempts where {' and '.join(where)} order by id"  # noqa: S608 — our own names
        return [_attempt(row) for row in self._rows(statement, *values)]

    def open_attempt(self, order: Order, request_id: str, decision: Decision, call: Call, due_at: datetime) -> bool:
        """Write a call down before it is sent; False where something was written of the order since it was read."""
        known = self.attempts(order.id)
        number = sum(item.request_id == request_id for item in known)
        asked = (_json(decision.payment), _json(decision.undo), decision.edition)
        told = (_json(call), "open", decision.message, None, records.written(due_at))
        with self.transaction() as write:
            current = (order.id, order.version)
            if not write("update orders set version = version + 1 where id = ? and version = ?", *current):
                return False
            row = (f"{order.id}-{len(known):04}", order.id, request_id, number, *asked, *told)
            write("insert into attempts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
        return True

    def add_response(self, attempt: Attempt, response: Response) -> list[Response]:
        """Write down what came back, and give all that ever did."""
        with self.transaction() as write:
            number = len(self._rows("select 1 from responses where attempt_id = ?", attempt.id))
            write("insert into responses values (?, ?, ?)", attempt.id, number, _json(response))
        rows = self._rows("select response from responses where attempt_id = ? order by number", attempt.id)
        return [Response.from_record(json.loads(row[0])) for row in rows]

    def change(self, attempt: Attempt) -> None:
        """Write down what became of an attempt."""
        due_at = attempt.due_at and records.written(attempt.due_at)
        with self.transaction() as write:
            write("update orders set version = version + 1 where id = ?", attempt.order_id)
            write(
                "update attempts set state = ?, message = ?, reference = ?, due_at = ? where id = ?",
                *(attempt.state, attempt.message, attempt.reference, due_at, attempt.id),
            )

    # --- events ---------------------------------------------------------------------------------------

    def add_event(self, provider: str, payment_ids: Iterable[str], body: Any) -> None:
        """Write an event down under each payment that it is about, once, however often it comes."""
        digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with self.transaction() as write:
            for payment_id in payment_ids:
                row = (provider, payment_id, digest, json.dumps(body))
                if write("insert into events values (?, ?, ?, ?) on conflict do nothing", *row) == 1:
                    write("update orders set version = version + 1 where provider = ? and payment_id = ?", *row[:2])

    def events(self, provider: str, payment_id: str) -> list[Any]:
        """What a provider has reported of a payment."""
        where = "where provider = ? and payment_id = ? order by digest"
        return [json.loads(row[0]) for row in self._rows(f"select body from events {where}", provider, payment_id)]  # noqa: S608 — our own names


def _json(record: object) -> str:
    return json.dumps(records.plain(record))


def _attempt(row: tuple[Any, ...]) -> Attempt:
    payment, undo, call = (json.loads(text) for text in (row[4], row[5], row[7]))
    due_at = None if row[11] is None else records.instant(row[11], "due_at")
    return Attempt(
        id=row[0],
        order_id=row[1],
        request_id=row[2],
        number=row[3],
        payment=Payment.from_record(payment),
        undo=Undo.from_record(undo),
        edition=row[6],
        call=Call(call["method"], call["path"], call["headers"], call["body"]),
        state=row[8],
        message=row[9],
        reference=row[10],
        due_at=due_at,
    )
