"""Findings such as an audit makes, from real decisions, for the tests of what is made from findings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any

from payrules import Action, decide, providers
from tests import aimed

_MISTAKES = ("would_be_refused", "not_preferred", "missed", "gave_back_too_much", "undone_twice")


def findings(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """So many findings over a year, in three currencies, at every provider."""
    random = Random(seed)  # noqa: S311 — reproducible, not secret
    questions = cycle([question for name in providers.NAMES for question in aimed.some(name, 60)])
    for row, (payment, undo) in zip(range(1, count + 1), questions, strict=False):
        decision = decide(payment, undo)
        month = min(12, 1 + int(12 * random.random() ** 0.7))
        amount = random.choice((900, 2500, 4999, 12000))
        yield {
            "source": "orders.csv",
            "row": row,
            "provider": payment.provider,
            "payment_id": f"{payment.provider}-{row}",
            "currency": random.choice(("GBP", "GBP", "EUR", "JPY")),
            "at": f"2026-{month:02}-{random.randint(1, 28):02}T12:00:00Z",
            "action": decision.action.value,
            "remaining": decision.remaining,
            "reason": decision.reason.value,
            "rejection": decision.rejection and decision.rejection.value,
            "rule": decision.rule,
            "claims": list(decision.claims),
            "standing": decision.standing.value,
            "needs": list(decision.needs),
            "edition": decision.edition,
            "error": None,
            "done_action": decision.action.value,
            "done_amount": amount,
            "amount": None if decision.action is Action.REJECT else amount,
            "money": 0,
            **_finding(random, amount),
        }


def _finding(random: Random, amount: int) -> dict[str, Any]:
    match random.choices(("agrees", "unreadable", "unknown", "mistake"), (85, 1, 2, 12))[0]:
        case "unreadable":
            nothing = dict.fromkeys(("provider", "payment_id", "currency", "at", "action", "amount", "remaining"))
            nothing |= dict.fromkeys(
                ("reason", "rejection", "rule", "standing", "edition", "done_action", "done_amount", "money")
            )
            return {
                "finding": "unreadable",
                **nothing,
                "claims": [],
                "needs": [],
                "error": "amount: '12,00' is not an integer in minor units",
            }
        case "mistake":
            finding = random.choices(_MISTAKES, (5, 4, 3, 1, 1))[0]
            done = random.choice(("cancel", "reverse", "refund", "refund"))
            return {"finding": finding, "done_action": "reject" if finding == "missed" else done, "money": amount}
        case told:
            return {"finding": told}
