"""What was checked, in figures: `python -m tests.figures [--quick] [--json] [NAME …]`.

Each part of the proof offers a function that checks, raises where something is wrong, and gives back what it counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

Figures = dict[str, int]
"""What was counted, by what it is."""

PARTS = {
    "agreement": "tests.agreement:figures",
    "fuzz": "tests.fuzz.__main__:figures",
    "races": "tests.races:figures",
    "mutants": "tests.mutants.tables:figures",
    "surprise": "tests.surprise:figures",
    "time": "tests.test_time:figures",
    "walk": "tests.test_verify:figures",
    "code mutants": "tests.mutants.code:figures",
    "versions": "tests.versions:figures",
}
"""The parts, each with the function that counts; it is told whether to be quick."""


def figures(part: str, quick: bool) -> Figures:
    """The figures of one part; whatever its function raises where something is wrong."""
    module, _, name = PARTS[part].partition(":")
    return cast("Callable[[bool], Figures]", getattr(import_module(module), name))(quick)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; all without one")
    parser.add_argument("--quick", action="store_true", help="small sizes: a minute or two instead of an hour")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    told = parser.parse_args(arguments)
    if unknown := set(told.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    found: dict[str, Figures] = {}
    for part in told.parts or PARTS:
        start = time.perf_counter()
        found[part] = figures(part, told.quick)
        found[part]["seconds"] = round(time.perf_counter() - start)
        if not told.json:
            sys.stdout.write("".join(f"{part:<12} {what:<52} {count:>14,}\n" for what, count in found[part].items()))
            sys.stdout.flush()
    if told.json:
        json.dump(found, sys.stdout, indent=2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
