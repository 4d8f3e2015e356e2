"""`python -m benchmarks.audit [ROWS [MOST]]`: an audit against a query by hand and a loop over `decide`, in one run.

The rounds run both in turn, and the best of each are compared, by the processor's time and by the clock: the machine
is never quiet, and what disturbs a run makes it no faster. Peak memory is that of a process of its own, with the limit
that an audit has by default, at a fifth of the rows, at all of them, at five times as many while they are fewer than
MOST, and at MOST.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from benchmarks.audit import by_hand, history
from payrules import Payment, Undo, decide
from payrules.audit import duck

ROUNDS = 5

LOOPED = 20_000
"""How many rows the loop over `decide` goes through."""


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes by the wall and by the processor."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, processor


def audited(path: Path, threads: int) -> None:
    """An audit, from Parquet to findings."""
    duck.audit([str(path)], out=path.with_name("findings.parquet"), threads=threads)


def queried(path: Path, threads: int) -> None:
    """The query by hand, from Parquet to findings."""
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'")
        told = by_hand.query(str(path))
        out = path.with_name("by_hand.parquet")
        connection.execute(f"COPY ({told}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def looped(path: Path, rows: int) -> int:
    """A loop over `decide`, as far as so many rows; the rows done."""
    names = ("provider", "payment_id", "status", "capture_mode", "currency", "amount_authorized", "amount_captured")
    more = ("amount_refunded", "amount_refund_pending", "disputed", "authorized_at")
    wrong = done = 0
    for batch in pq.ParquetFile(path).iter_batches(batch_size=10_000):
        for row in batch.to_pylist():
            payment = Payment(**{name: row[name] for name in (*names, *more)})
            decision = decide(payment, Undo(at=row["at"], amount=row["amount"]))
            wrong += decision.action != row["done_action"]
            done += 1
            if done == rows:
                return done
    return done


def agreement(path: Path) -> float:
    """The share of rows in which audit and query have the same finding, action, amount and money."""
    found, wanted = path.with_name("findings.parquet"), path.with_name("by_hand.parquet")
    same = duckdb.execute(
        "SELECT AVG(CAST(f.finding = w.finding AND f.action = w.action AND f.amount IS NOT DISTINCT FROM w.amount"
        f" AND f.money IS NOT DISTINCT FROM CAST(w.money AS BIGINT) AS INTEGER)) FROM '{found}' AS f"
        f' JOIN \'{wanted}\' AS w ON f."row" = w."row"'
    ).fetchone()
    return float(same[0]) if same else 0.0


def peak(path: Path) -> float:
    """The peak memory of an audit in a process of its own, in MB."""
    script = (
        "import sys; from pathlib import Path; from payrules.audit import duck;"
        " duck.audit([sys.argv[1]], out=Path(sys.argv[2]), threads=2);"
        # Not ru_maxrss, which a process takes over from the one that starts it.
        " print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    out = str(path.with_name("findings.parquet"))
    done = subprocess.run([sys.executable, "-c", script, str(path), out], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def sizes(rows: int, most: int) -> list[int]:
    """How many rows memory is measured at."""
    told = [rows // 5, rows]
    while told[-1] * 5 < most:
        told.append(told[-1] * 5)
    return [*told, most] if most > rows else told


def best(times: list[tuple[float, float]]) -> tuple[float, float]:
    """The least seconds of some runs, by the wall and by the processor."""
    walls, processors = zip(*times, strict=True)
    return min(walls), min(processors)


def speed(path: Path, rows: int) -> dict[str, object]:
    """An audit against the query by hand on one thread and on two, and a loop over `decide` against it."""
    told: dict[str, object] = {}
    some = min(rows, LOOPED)
    loop = best([seconds(partial(looped, path, some)) for _ in range(ROUNDS)])
    for threads in (1, 2):
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(partial(audited, path, threads)))
            theirs.append(seconds(partial(queried, path, threads)))
        (wall, processor), (their_wall, their_processor) = best(ours), best(theirs)
        ratios = {
            "wall": wall / their_wall,
            "processor": processor / their_processor,
            "rows_a_second": rows / wall,
            "loop_wall": loop[0] / some * rows / wall,
            "loop_processor": loop[1] / some * rows / processor,
        }
        told[f"{threads}_threads"] = ratios
        print(
            f"{threads} threads: {ratios['wall']:.2f} x the query by hand (processor {ratios['processor']:.2f} x),"
            f" {ratios['rows_a_second']:,.0f} rows/s; a loop over decide takes {ratios['loop_wall']:.0f} x as long"
            f" (processor {ratios['loop_processor']:.0f} x)",
            flush=True,
        )
    told["same_as_by_hand"] = agreement(path)
    print(f"same findings as by hand: {told['same_as_by_hand']:.2%}", flush=True)
    return told


def main() -> None:
    """Measure, and print figures and JSON."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    most = int(sys.argv[2]) if len(sys.argv) > 2 else rows
    with tempfile.TemporaryDirectory(prefix="payrules-bench-") as folder:
        path = Path(folder) / "history.parquet"
        history.write(path, rows)
        told = {"rows": rows, **speed(path, rows)}
        for many in sizes(rows, most):
            large = path if many == rows else Path(folder) / "large.parquet"
            if many != rows:
                history.write(large, many)
            told[f"peak_mb_{many}"] = peak(large)
            print(f"peak memory at {many:,} rows: {told[f'peak_mb_{many}']:.0f} MB", flush=True)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
