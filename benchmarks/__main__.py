"""`python -m benchmarks`: every section, or those named."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.instructions import counted
from benchmarks.sections import SECTIONS
from benchmarks.timing import ROUNDS

Rows = list[dict[str, Any]]


def main(arguments: list[str] | None = None) -> None:
    given = _arguments().parse_args(arguments)
    out = Console()
    figures: dict[str, Any] = {"machine": _machine(), "rounds": given.rounds}
    out.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))
    for name in given.section or SECTIONS:
        section = SECTIONS[name]
        figures[name] = _shown(out, section.__doc__ or name, section(given.rounds))
    if given.instructions:
        figures["instructions"] = _shown(out, counted.__doc__ or "", counted())
    if given.json:
        Path(given.json).write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What deciding costs.")
    parser.add_argument("section", nargs="*", help=f"one of {', '.join(SECTIONS)}; without any: all")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each pairing (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--instructions", action="store_true", help="count instructions too, with valgrind; minutes")
    return parser


def _machine() -> dict[str, object]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "processor": model or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": sys.version.split()[0],
    }


def _shown(out: Console, title: str, rows: Iterable[dict[str, Any]]) -> Rows:
    found = list(rows)
    columns = list(dict.fromkeys(name for row in found for name in row))
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        numbers = any(isinstance(row.get(name), (int, float)) for row in found)
        table.add_column(name, justify="right" if numbers else "left")
    for row in found:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    out.print("", table)
    return found


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
