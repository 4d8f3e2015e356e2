"""What is measured, a function each: rows of figures, by name."""

from __future__ import annotations

import importlib.metadata
import json
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks import by_hand, equal, growth, payments
from benchmarks.engines import ENGINES
from benchmarks.engines.rules import facts
from benchmarks.timing import BLOCK, ROUNDS, paired
from payrules import Undo, compiled, decide, decide_many, fold, providers
from payrules.calendar import wall_clock, zone
from payrules.days import place
from payrules.generate import function
from payrules.payment import Payment
from payrules.table import Provider
from payrules.verify import verify

Row = dict[str, Any]
Section = Callable[[int], Iterator[Row]]
Question = tuple[Payment, Undo]

HAND = "by hand"
COLD = 4_000
"""Questions after which every cache is emptied, where caches are to be cold: thirteen of each day of the year."""

EXAMPLES = Path(__file__).parent.parent / "examples"


def beside_by_hand(rounds: int = ROUNDS) -> Iterator[Row]:
    """`decide` beside an equally complete function written by hand, on a shop's ordinary days."""
    for provider, hand in by_hand.FUNCTIONS.items():
        equal.require(provider)
        asked = payments.some(provider, 4_000)
        acting = [question for question in asked if decide(*question).rejection is None]
        refused = [question for question in asked if decide(*question).rejection is not None]
        mixes: list[tuple[str, list[Question], Callable[[], None] | None]] = [
            ("all, caches warm", asked, None),
            ("where a call is made", acting, None),
            ("where none is", refused, None),
        ]
        if days := _days_remembered(provider):
            mixes.append((f"all, caches emptied every {COLD}", asked, partial(_forget, days)))
        functions: dict[str, Callable[..., object]] = {HAND: hand, "decide": decide, "read": _read}
        for mix, questions, before_each in mixes:
            block = COLD if before_each else BLOCK
            first, own, read = paired(questions, functions, rounds=rounds, block=block, before_each=before_each)
            yield {
                "provider": provider,
                "questions": mix,
                "by hand, ns": first.nanoseconds,
                "decide, ns": own.nanoseconds,
                "x by hand": own.ratio,
                "x, three fields read": read.ratio,
            }


def _read(payment: Payment, undo: Undo) -> object:
    decision = decide(payment, undo)
    return decision.action, decision.amount, decision.reason


def _days_remembered(provider: str) -> list[Any]:
    """Where the compiled table of a provider remembers days."""
    found = compiled.compiled(provider, None, None).decide.__globals__.values()
    cells = [cell for item in found for cell in getattr(item, "__closure__", None) or ()]
    return [cell for cell in cells if isinstance(cell.cell_contents, dict)]


def _forget(days: list[Any]) -> None:
    for cell in days:
        cell.cell_contents.clear()
    for remembering in (place, wall_clock, zone):
        remembering.cache_clear()


def beside_engines(rounds: int = ROUNDS) -> Iterator[Row]:
    """General engines on Dojo's rules, told more than half of the work, beside `decide` from the payment on."""
    told = [(*question, found) for question in payments.some("dojo", 1_000) if (found := facts(*question))]
    wanted = [f"{decision.action} {decision.reason}" for decision in (decide(*item[:2]) for item in told)]
    for name, (distribution, build) in ENGINES.items():
        try:
            engine, version = build(), importlib.metadata.version(distribution)
        except ImportError:
            yield {"engine": name, "version": "not installed"}
            continue
        wrong = sum(engine(item[2]) != want for item, want in zip(told, wanted, strict=True))
        functions: dict[str, Callable[..., object]] = {
            "decide": lambda payment, undo, _: decide(payment, undo),
            "whole": lambda payment, undo, _, engine=engine: engine(facts(payment, undo)),
            "engine": lambda _, __, found, engine=engine: engine(found),
        }
        begun = process_time()
        engine(told[0][2])
        few = max(3, min(BLOCK, int(0.002 / (process_time() - begun))))
        ours, whole, alone = paired(told, functions, rounds=rounds, blocks={"whole": few, "engine": few})
        yield {
            "engine": name,
            "version": version,
            "differs": wrong,
            "decide, µs": ours.nanoseconds / 1_000,
            "µs, from the payment": whole.nanoseconds / 1_000,
            "µs, facts ready": alone.nanoseconds / 1_000,
            "x decide": whole.ratio,
            "x decide, facts ready": alone.ratio,
        }


def from_json(rounds: int = ROUNDS) -> Iterator[Row]:
    """From the provider's JSON, parsed already, to a decision: reading, checking, deciding."""
    undo = {"at": "2026-11-20T23:50:00Z"}
    for provider, name in (
        ("dojo", "dojo/captured-auto.json"),
        ("payroc", "payroc/sale-ready.json"),
        ("adyen", "adyen/webhooks.json"),
    ):
        body, wire = json.loads((EXAMPLES / name).read_text()), providers.wire(provider)
        assert wire is not None  # noqa: S101 — a shipped one
        payment, wish = wire.payments(body, {})[0], Undo.from_record(undo)
        functions: dict[str, Callable[..., object]] = {
            "decide": lambda payment=payment, wish=wish: decide(payment, wish),
            "read and decide": lambda wire=wire, body=body: decide(
                wire.payments(body, {})[0], Undo.from_record(undo)
            ),
        }
        for timed in paired([()] * 20, functions, rounds=max(20, rounds // 4), block=20):
            yield {"provider": provider, "of": timed.name, "µs": timed.nanoseconds / 1_000, "x decide": timed.ratio}


def of_import(rounds: int = ROUNDS) -> Iterator[Row]:
    """Importing the library beside importing what it depends on, each in a process of its own."""
    imports = {
        "python": "pass",
        "its two dependencies": "import attrs, dateutil.parser, dateutil.relativedelta, dateutil.tz",
        "payrules": "import payrules",
        "payrules and Dojo's table, first decision": (
            "import payrules, datetime as d; payrules.decide(payrules.Payment(provider='dojo', status='Created', "
            "currency='GBP'), payrules.Undo(at=d.datetime(2026, 11, 20, tzinfo=d.UTC)))"
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in imports}
    for _ in range(max(5, rounds // 10)):
        for name, script in imports.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    bare = median(times["python"])
    needed = median(times["its two dependencies"]) - bare
    for name, own in times.items():
        yield {"import": name, "ms": (median(own) - bare) * 1_000, "x dependencies": (median(own) - bare) / needed}


def of_memory(rounds: int = ROUNDS) -> Iterator[Row]:
    """Bytes that a payment and a decision keep, and the peak of many decisions that nobody keeps."""
    count = 2_000
    for provider in by_hand.FUNCTIONS:
        decide(*payments.some(provider, 1)[0])
        tracemalloc.start()
        asked = payments.some(provider, count)
        held = tracemalloc.get_traced_memory()[0]
        kept = [decide(*question) for question in asked]
        decided = tracemalloc.get_traced_memory()[0] - held
        tracemalloc.stop()
        yield {"provider": provider, "of": "payment and wish", "bytes": held / count}
        yield {"provider": provider, "of": "decision", "bytes": decided / len(kept)}
    for many in (1_000, 10_000):
        record = {"payment": asked[0][0].to_record(), "undo": asked[0][1].to_record()}
        tracemalloc.start()
        acted = sum(decision.rejection is None for decision in decide_many(record for _ in range(many)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield {"provider": provider, "of": f"peak of decide_many over {many} records, {acted} acting", "bytes": peak}


def of_growth(rounds: int = ROUNDS) -> Iterator[Row]:
    """Synthetic tables of ever more rows, and ever longer histories."""
    for shape in (growth.by_status, growth.by_method):
        functions: dict[str, Callable[..., object]] = {}
        compiling = {}
        for rows in growth.ROWS:
            table, begun = shape(rows), process_time()
            compiled.compiled(table.name, table, None)
            compiling[str(rows)] = (process_time() - begun) * 1_000
            functions[str(rows)] = partial(_nth, growth.questions(table, 1_000), table)
        for timed in paired([(number,) for number in range(1_000)], functions, rounds=rounds):
            yield {
                "of": f"decide, {shape.__name__.replace('_', ' ')}",
                "size": int(timed.name),
                "ns": timed.nanoseconds,
                "x least": timed.ratio,
                "compiled in ms": compiling[timed.name],
            }
    given = {"capture_mode": "auto", "currency": "GBP", "amount_authorized": 10**6}
    first = None
    for events in growth.EVENTS:
        times = []
        for _ in range(3):
            notices, begun = growth.history(events), process_time()
            fold("dojo", notices, given=given)
            times.append((process_time() - begun) / events * 1e9)
        first = first or min(times)
        yield {"of": "fold, an event", "size": events, "ns": min(times), "x least": min(times) / first}


def _nth(asked: list[Question], table: Provider, number: int) -> object:
    return decide(*asked[number], provider=table)


def of_compiling(rounds: int = ROUNDS) -> Iterator[Row]:
    """Turning each shipped edition into a function, from the table to the code."""
    total = 0.0
    for name in providers.NAMES:
        table = providers.find(name)
        for edition in table.editions:
            times = []
            for _ in range(5):
                begun = process_time()
                made = function(table, edition)
                compile(made.source, name, "exec")
                times.append((process_time() - begun) * 1_000)
            total += median(times)
            lines = made.source.count("\n")
            yield {"edition": f"{name} {edition.name}", "ms": median(times), "lines": lines}
    yield {"edition": "all", "ms": total}


def of_verifying(rounds: int = ROUNDS) -> Iterator[Row]:
    """Walking every situation of each shipped edition for findings; once, since it takes seconds."""
    total, situations = 0.0, 0
    for name in providers.NAMES:
        table = providers.find(name)
        for edition in table.editions:
            begun = process_time()
            report = verify(table, edition=edition.name)
            own = process_time() - begun
            total, situations = total + own, situations + report.situations
            yield _walked(f"{name} {edition.name}", own, report.situations)
    yield _walked("all", total, situations)


def _walked(edition: str, seconds: float, situations: int) -> Row:
    return {
        "edition": edition,
        "ms": seconds * 1_000,
        "situations": situations,
        "ns each": seconds / situations * 1e9,
    }


SECTIONS: dict[str, Section] = {
    "by-hand": beside_by_hand,
    "engines": beside_engines,
    "json": from_json,
    "import": of_import,
    "memory": of_memory,
    "growth": of_growth,
    "compiling": of_compiling,
    "verifying": of_verifying,
}
