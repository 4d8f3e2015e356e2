"""How the time of a decision grows with the rows of a table, and that of a fold with the events of a payment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from payrules import Notice, Payment, Undo
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Status
from payrules.when import (
    Condition,
    method_is,
    not_disputed,
    something_captured,
    status_is,
    whole_amount,
    whole_or_part,
    within,
)
from payrules.words import Action, Event, Reason, Standing

C = "said"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS = (10, 100, 1_000)
EVENTS = (10, 100, 1_000)


def by_status(rows: int) -> Provider:
    """Rows spread over statuses, ten to each, told apart by method: a provider with ever more states."""
    return _provider([(f"s{number // 10}", f"m{number % 10}") for number in range(rows)])


def by_method(rows: int) -> Provider:
    """Rows of one status, one for each method: a provider with ever more methods."""
    return _provider([("s0", f"m{number}") for number in range(rows)])


def questions(provider: Provider, count: int) -> list[tuple[Payment, Undo]]:
    """About the rows of a table, each as likely as any other, wholly and in part."""
    random = Random(provider.name)  # noqa: S311
    permits = provider.editions[0].permits
    asked = []
    for _ in range(count):
        status, method = random.choice(permits).name.split("-")
        payment = Payment(
            provider="synthetic",
            status=status,
            method=method,
            currency="EUR",
            amount_authorized=100,
            authorized_at=AT,
        )
        asked.append((payment, Undo(at=AT + timedelta(days=random.randint(0, 40)), amount=random.choice((None, 40)))))
    return asked


def history(count: int) -> list[Notice]:
    """A payment of a provider that reports refund after refund, all in order."""
    return list(_history(count))


def _history(count: int) -> Iterator[Notice]:
    yield Notice(event=Event.CAPTURED, at=AT, reference="c", payment_id="p")
    for number in range(count - 1):
        at = AT + timedelta(minutes=number + 1)
        yield Notice(event=Event.REFUNDED, amount=1, at=at, reference=f"r{number}", payment_id="p")


def _provider(rows: list[tuple[str, str]]) -> Provider:
    permits = tuple(_permit(status, method, number) for number, (status, method) in enumerate(rows))
    proofs = (Proof("amount_captured", 100, C), Proof("amount_released", 0, C), Proof("amount_refunded", 0, C))
    edition = Edition(
        name=str(len(rows)),
        begins="s0",
        prefer=(Action.REVERSE, Action.REFUND),
        prefer_claim=C,
        statuses=tuple(Status(word, C, proves=proofs) for word in dict.fromkeys(status for status, _ in rows)),
        transitions=(),
        permits=permits,
    )
    page, claim = Page("p", "https://example.com", "2026-01-01"), Claim(C, Standing.STATED, "It says so.", "p")
    return Provider("synthetic", "Synthetic", (page,), (claim,), (edition,), edition.name)


def _permit(status: str, method: str, number: int) -> Permit:
    when: list[Condition] = [status_is(status, claim=C), method_is(method, claim=C), not_disputed(claim=C)]
    if number % 2:
        when += [whole_amount(claim=C), within(days=7, of="authorized_at", claim=C)]
        return Permit(f"{status}-{method}", Action.REVERSE, Reason.SAME_DAY, tuple(when))
    when += [something_captured(claim=C), whole_or_part(claim=C)]
    return Permit(f"{status}-{method}", Action.REFUND, Reason.CAPTURED, tuple(when))
