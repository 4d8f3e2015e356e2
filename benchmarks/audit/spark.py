"""`python -m benchmarks.audit.spark [ROWS]`: an audit on Spark against a query by hand on Spark, in one session.

Each round runs both, one after the other, and the ratio is of that pair. Processor time is that of the JVM.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from benchmarks.audit import by_hand, history
from payrules.audit import spark

ROUNDS = 5


def session() -> Any:
    """Spark on two threads of this machine."""
    builder = SparkSession.builder.master("local[2]").appName("benchmark")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "4g"}
    for name, value in (settings | spark.SETTINGS).items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def seconds(made: Any, work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes by the wall and by the JVM's processors."""
    machine = made.sparkContext._gateway.proc.pid
    before, start = _processor(machine), time.perf_counter()
    work()
    return time.perf_counter() - start, _processor(machine) - before


def _processor(pid: int) -> float:
    """The processor time of a process, in seconds, as Linux counts it."""
    after_its_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_its_name[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and print a line and JSON."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    made = session()
    with tempfile.TemporaryDirectory(prefix="payrules-bench-") as folder:
        path = Path(folder) / "history.parquet"
        history.write(path, rows)
        out = f"{folder}/out"
        frame = made.read.parquet(str(path))
        numbered = frame.selectExpr(
            "*", "INPUT_FILE_NAME() AS filename", "MONOTONICALLY_INCREASING_ID() AS file_row_number"
        )
        numbered.createOrReplaceTempView("by_hand_rows")

        def audited() -> None:
            spark.audit(frame).write.mode("overwrite").parquet(out)

        def queried() -> None:
            made.sql(by_hand.spark_query("by_hand_rows")).write.mode("overwrite").parquet(out)

        pairs = [(seconds(made, audited), seconds(made, queried)) for _ in range(ROUNDS + 1)][
            1:
        ]  # the first warms up
    made.stop()
    wall = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    processor = statistics.median(ours[1] / theirs[1] for ours, theirs in pairs)
    rate = rows / statistics.median(ours[0] for ours, _ in pairs)
    print(f"Spark: {wall:.2f} x the query by hand (processor {processor:.2f} x), {rate:,.0f} rows/s")
    print(json.dumps({"rows": rows, "wall": wall, "processor": processor, "rows_a_second": rate}))


if __name__ == "__main__":
    main()
