"""A year of undo decisions in a small shop, made up, with mistakes planted in it: `python examples/make_history.py`.

It writes `history.csv` beside itself, the same to the byte every time, as the shop's own system might export it: with
its own column names and words. `history.toml` says what they mean. Nothing here asks payrules: each situation is
written down with what is right in it and what mistakes people make.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO
from zoneinfo import ZoneInfo

COLUMNS = (
    *("order", "psp", "psp_payment", "psp_state", "kind", "card", "capture", "currency", "total", "captured"),
    *("released", "refunded", "in_flight", "chargeback", "created", "paid", "batch_close", "decided", "asked"),
    *("decision", "given_back", "comment"),
)
IDS = {"dojo": "pi_sandbox_{}", "payroc": "P{}X", "adyen": "NC6HT9CRT{}"}
COMMENTS = ("", "", "changed their mind", "out of stock", "damaged, see photo", "ordered twice; called")
LONDON, NEW_YORK, AMSTERDAM = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Amsterdam")
DAYS, ORDERS = 365, 2900
NEW_TILL = (datetime(2025, 5, 12, tzinfo=UTC), datetime(2025, 6, 20, tzinfo=UTC))
"""While a new till was in use it went on reversing on the day after."""

Deed = tuple[str, int | None]
DECLINED: Deed = ("declined", None)


@dataclass
class Case:
    """A payment as the shop knew it, what was asked, what is right, and the mistakes that are made with it."""

    facts: dict[str, object]
    paid: datetime
    decided: datetime
    asked: int | None
    right: Deed
    wrong: dict[str, Deed] = field(default_factory=dict)
    finding: str = "agrees"


def main() -> None:
    """Write the file."""
    with Path(__file__).with_name("history.csv").open("w", encoding="utf-8", newline="") as file:
        write(file)


def write(file: TextIO) -> None:
    """Write the rows, without what an audit has to find."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row, _ in history())


def history(seed: int = 2025) -> Iterator[tuple[dict[str, object], str]]:
    """Every row, in the order in which it was decided, with the finding that an audit has to come to."""
    draw = Random(seed)  # noqa: S311 — reproducible, not secret
    rows = [row for number in range(ORDERS) for row in order(draw, number)]
    yield from ((row, finding) for _, row, finding in sorted(rows, key=lambda item: item[0]))


def order(draw: Random, number: int) -> Iterator[tuple[tuple[datetime, int, int], dict[str, object], str]]:
    """The rows of an order: mostly one; a double click, or a part given back once too often, makes two."""
    make = draw.choices((dojo, payroc, adyen), (45, 25, 30))[0]
    case = make(draw, paid_at(draw, {dojo: LONDON, payroc: NEW_YORK, adyen: AMSTERDAM}[make]))
    deed, finding = decided(draw, case, make.__name__)
    rows = [(case.decided, deed, finding)]
    if finding == "agrees" and deed[0] == "refund" and not case.facts["refunded"] and draw.random() < 0.03:
        rows += once_more(draw, case, deed)
    for place, (moment, (decision, amount), told) in enumerate(rows):
        row = dict.fromkeys(COLUMNS, "") | {
            "order": f"W-{10000 + number}",
            "psp": make.__name__.capitalize(),
            "psp_payment": IDS[make.__name__].format(70000 + number),
            **case.facts,
            "decided": moment.isoformat(),
            "asked": "" if case.asked is None else case.asked,
            "decision": decision,
            "given_back": "" if amount is None else amount,
            "comment": draw.choice(COMMENTS),
        }
        if told == "agrees" and len(rows) == 1 and draw.random() < 0.003:
            row |= draw.choice(({"total": "12,50"}, {"decided": "31/02/2025 10:00"}, {"currency": "pounds"}))
            told = "unreadable"
        yield (moment.astimezone(UTC), number, place), row, told


def once_more(draw: Random, case: Case, deed: Deed) -> list[tuple[datetime, Deed, str]]:
    """The same again, since nobody noted the first: a double click, or somebody else on the next day."""
    left = int(str(case.facts["total"]))
    again = case.decided + timedelta(seconds=draw.randint(1, 40))
    if deed[1] == left:
        return [(again, deed, "undone_twice")]
    return [(again + timedelta(days=1), deed, "gave_back_too_much")] if 2 * (deed[1] or 0) > left else []


def decided(draw: Random, case: Case, provider: str) -> tuple[Deed, str]:
    """What was done: the right thing, but for a mistake now and then, and more often in a bad month."""
    if case.finding != "agrees" or not case.wrong:
        return case.right, case.finding
    finding = draw.choice(sorted(case.wrong))
    risk = 0.045
    if provider == "dojo" and NEW_TILL[0] <= case.decided < NEW_TILL[1] and "would_be_refused" in case.wrong:
        finding, risk = "would_be_refused", 0.35
    if provider == "payroc" and case.decided.month >= 10 and "not_preferred" in case.wrong:
        finding, risk = "not_preferred", 0.25
    return (case.wrong[finding], finding) if draw.random() < risk else (case.right, "agrees")


def paid_at(draw: Random, zone: ZoneInfo) -> datetime:
    """When somebody paid, by the clock of the place: more in the evening, more before Christmas."""
    day = draw.randrange(DAYS) if draw.random() < 0.8 else draw.randrange(305, DAYS - 8)
    hour = draw.choices((8, 10, 12, 14, 16, 18, 20, 22), (3, 6, 9, 8, 8, 10, 12, 6))[0]
    local = datetime(2025, 1, 1, tzinfo=zone) + timedelta(days=day, hours=hour, minutes=draw.randrange(60))
    return local.replace(second=draw.randrange(60))


def same_day(draw: Random, paid: datetime) -> datetime:
    """Some time before midnight, by the clock of the place."""
    left = (paid.replace(hour=23, minute=59, second=59) - paid).seconds
    return paid + timedelta(seconds=draw.randint(60, max(60, left)) if left > 120 else left)


def later(draw: Random, paid: datetime, days: int = 30) -> datetime:
    """On another day."""
    return paid.replace(hour=9, minute=0) + timedelta(days=draw.randint(1, days), minutes=draw.randrange(600))


def price(draw: Random) -> int:
    """An amount such as shops charge, in minor units."""
    return draw.choice((499, 899, 1250, 1999, 2400, 3450, 4999, 7999, 12900)) * draw.choice((1, 1, 1, 2, 3))


def whole_or(draw: Random, amount: int) -> int | None:
    """Everything is asked for: as a rule without an amount."""
    return None if draw.random() < 0.6 else amount


def a_part(draw: Random, left: int) -> int:
    """Less than everything."""
    return max(1, left * draw.choice((20, 30, 50, 60, 75)) // 100)


def stamped(moment: datetime) -> str:
    """An instant as the shop writes it."""
    return moment.isoformat()


# --- Dojo: intents in pounds ----------------------------------------------------------------------


def dojo(draw: Random, paid: datetime) -> Case:
    """An intent: nobody paid, held, or captured by hand or by itself."""
    total = price(draw)
    facts: dict[str, object] = {"currency": "GBP", "total": total, "captured": 0, "refunded": 0}
    situation = draw.choices((intent, hold, taken_today, taken_before, over_dojo), (8, 20, 24, 40, 8))[0]
    return situation(draw, paid, facts, total)


def intent(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Nobody has paid yet: it is cancelled, and nothing can be refunded."""
    facts |= {"psp_state": "Created", "capture": draw.choice(("automatic", "by hand")), "created": stamped(paid)}
    return Case(
        facts,
        paid,
        later(draw, paid, 3),
        whole_or(draw, total),
        ("void", total),
        {"would_be_refused": ("refund", total), "missed": DECLINED},
    )


def hold(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Held and not captured: reversed on the day itself, and on no other."""
    facts |= {"psp_state": "Authorized", "capture": "by hand", "paid": stamped(paid)}
    if draw.random() < 0.7:
        return Case(
            facts,
            paid,
            same_day(draw, paid),
            whole_or(draw, total),
            ("reversal", total),
            {"would_be_refused": ("refund", total), "missed": DECLINED},
        )
    return Case(
        facts, paid, later(draw, paid, 5), whole_or(draw, total), DECLINED, {"would_be_refused": ("reversal", total)}
    )


def taken_today(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Captured by itself today: the whole is reversed, a part refunded."""
    facts |= {"psp_state": "Captured", "capture": "automatic", "captured": total, "paid": stamped(paid)}
    if draw.random() < 0.75:
        return Case(
            facts,
            paid,
            same_day(draw, paid),
            whole_or(draw, total),
            ("reversal", total),
            {"not_preferred": ("refund", total), "missed": DECLINED},
        )
    part = a_part(draw, total)
    return Case(
        facts,
        paid,
        same_day(draw, paid),
        part,
        ("refund", part),
        {"would_be_refused": ("reversal", part), "gave_back_too_much": ("refund", total + part)},
    )


def taken_before(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Captured on another day: what is left is refunded, whole or in part."""
    capture = draw.choice(("automatic", "automatic", "by hand"))
    facts |= {"psp_state": "Captured", "capture": capture, "captured": total, "paid": stamped(paid)}
    decided = later(draw, paid)
    if draw.random() < 0.25:
        before = a_part(draw, total)
        facts["refunded"] = before
        return Case(
            facts,
            paid,
            decided,
            None,
            ("refund", total - before),
            {"gave_back_too_much": ("refund", total), "missed": DECLINED},
        )
    part = a_part(draw, total)
    asked = part if draw.random() < 0.5 else total
    return Case(
        facts, paid, decided, asked, ("refund", asked), {"would_be_refused": ("reversal", asked), "missed": DECLINED}
    )


def over_dojo(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """A dispute is open, everything was given back, or nobody noted what was captured."""
    facts |= {"psp_state": "Captured", "capture": "automatic", "captured": total, "paid": stamped(paid)}
    decided = later(draw, paid)
    match draw.randrange(3):
        case 0:
            facts["chargeback"] = "yes"
            return Case(facts, paid, decided, None, DECLINED, {"would_be_refused": ("refund", total)})
        case 1:
            facts |= {"psp_state": "Refunded", "refunded": total}
            return Case(facts, paid, decided, None, DECLINED, {"gave_back_too_much": ("refund", total)})
    facts |= {"capture": "by hand", "captured": ""}
    return Case(facts, paid, decided, None, ("refund", total), finding="unknown")


# --- Payroc: cards and bank transfers in dollars --------------------------------------------------


def payroc(draw: Random, paid: datetime) -> Case:
    """A payment in the open batch, or in one that has closed."""
    total = price(draw)
    facts: dict[str, object] = {
        "currency": draw.choice(("USD", "USD", "CAD")),
        "kind": "card sale",
        "psp_state": "ready",
        "total": total,
        "captured": total,
        "released": 0,
        "refunded": 0,
        "paid": stamped(paid),
    }
    situation = draw.choices((in_batch, part_in_batch, settled, pre_authorized, by_bank), (34, 12, 36, 8, 10))[0]
    return situation(draw, paid, facts, total)


def batch_close(paid: datetime) -> datetime:
    """Batches close in the early morning."""
    return paid.replace(hour=3, minute=0, second=0) + timedelta(days=1)


def in_batch(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """In the open batch the whole is reversed; a refund is turned into one, and takes longer."""
    facts["batch_close"] = stamped(batch_close(paid))
    return Case(
        facts,
        paid,
        same_day(draw, paid),
        whole_or(draw, total),
        ("reversal", total),
        {"not_preferred": ("refund", total), "missed": DECLINED},
    )


def part_in_batch(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """A part is reversed too; a refund of it could undo the whole."""
    facts["batch_close"] = stamped(batch_close(paid))
    part = a_part(draw, total)
    return Case(facts, paid, same_day(draw, paid), part, ("reversal", part), {"would_be_refused": ("refund", part)})


def settled(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """In a closed batch it is refunded, whole or in part."""
    facts["psp_state"] = "complete"
    asked = a_part(draw, total) if draw.random() < 0.4 else total
    return Case(
        facts,
        paid,
        later(draw, paid, 60),
        asked,
        ("refund", asked),
        {
            "would_be_refused": ("reversal", asked),
            "gave_back_too_much": ("refund", total + asked),
            "missed": DECLINED,
        },
    )


def pre_authorized(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """A hold is reversed while its batch is open."""
    facts |= {"kind": "hold", "captured": 0, "batch_close": stamped(batch_close(paid))}
    return Case(
        facts,
        paid,
        same_day(draw, paid),
        None,
        ("reversal", total),
        {"would_be_refused": ("refund", total), "missed": DECLINED},
    )


def by_bank(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """A Canadian debit can be refunded, a US one cannot; one that the bank returned is over."""
    facts |= {"kind": "bank", "psp_state": "complete"}
    decided = later(draw, paid, 20)
    match draw.randrange(3):
        case 0:
            facts |= {"card": "pad", "currency": "CAD"}
            return Case(facts, paid, decided, None, ("refund", total), {"missed": DECLINED})
        case 1:
            facts |= {"card": "ach", "currency": "USD"}
            return Case(facts, paid, decided, None, DECLINED, {"would_be_refused": ("refund", total)})
    facts |= {"card": "ach", "currency": "USD", "psp_state": "returned"}
    return Case(facts, paid, decided, None, DECLINED)


# --- Adyen: payments in euros ---------------------------------------------------------------------


def adyen(draw: Random, paid: datetime) -> Case:
    """A payment held, captured, or nobody knows."""
    total = price(draw)
    facts: dict[str, object] = {
        "currency": "EUR",
        "card": draw.choice(("visa", "mc")),
        "capture": "by hand",
        "psp_state": "Authorised",
        "total": total,
        "captured": 0,
        "released": 0,
        "refunded": 0,
        "paid": stamped(paid),
    }
    situation = draw.choices((held, who_knows, captured, over_adyen), (26, 14, 46, 14))[0]
    return situation(draw, paid, facts, total)


def held(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Known not to be captured: it is cancelled, and a reversal would do as well."""
    return Case(
        facts,
        paid,
        later(draw, paid, 4),
        whole_or(draw, total),
        ("void", total),
        {"not_preferred": ("reversal", total), "would_be_refused": ("refund", total), "missed": DECLINED},
    )


def who_knows(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Nobody noted who captures: a reversal finds out."""
    facts |= {"capture": "", "captured": ""}
    return Case(facts, paid, later(draw, paid, 4), whole_or(draw, total), ("reversal", total), {"missed": DECLINED})


def captured(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Known to be captured: it is refunded, whole or in part, and no longer cancelled."""
    facts |= {"psp_state": draw.choice(("SentForSettle", "Settled", "Settled")), "captured": total}
    asked = a_part(draw, total) if draw.random() < 0.4 else total
    return Case(
        facts,
        paid,
        later(draw, paid, 45),
        asked,
        ("refund", asked),
        {"would_be_refused": ("void", asked), "gave_back_too_much": ("refund", total + asked), "missed": DECLINED},
    )


def over_adyen(draw: Random, paid: datetime, facts: dict[str, object], total: int) -> Case:
    """Cancelled already, a refund of everything still under way, or a voucher that takes no part."""
    decided = later(draw, paid, 45)
    match draw.randrange(3):
        case 0:
            facts["psp_state"] = "Cancelled"
            return Case(facts, paid, decided, None, DECLINED, {"would_be_refused": ("void", total)})
        case 1:
            facts |= {"psp_state": "Settled", "captured": total, "in_flight": total}
            return Case(facts, paid, decided, None, DECLINED, {"would_be_refused": ("refund", total)})
    part = a_part(draw, total)
    facts |= {"psp_state": "Settled", "captured": total, "card": "paysafecard"}
    return Case(facts, paid, decided, part, DECLINED, {"would_be_refused": ("refund", part)})


if __name__ == "__main__":
    main()
