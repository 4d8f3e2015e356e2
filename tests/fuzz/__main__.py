"""`python -m tests.fuzz [--seconds 60] [--target NAME …] [--json]`: atheris on each target, the time shared among them."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.vectors import ROOT

FINDINGS = ("crash", "timeout", "oom", "slow")
"""What the files begin with that hold an input that was one."""


def fuzz(target: str, seconds: int) -> int:
    """How many inputs atheris ran in this time without a finding; `SystemExit` with the report for one."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.inside", target, str(seconds), folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        inputs = [path.read_bytes() for path in Path(folder).iterdir() if path.name.split("-")[0] in FINDINGS]
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode != 0 or runs is None:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("#")]
        raise SystemExit("\n".join([f"{target}: {inputs}", *said[-40:]]))
    return int(runs[1])


def figures(quick: bool) -> dict[str, int]:
    """Inputs that each target was given, none of them a finding."""
    return {f"inputs, {target}": fuzz(target, 10 if quick else 300) for target in TARGETS}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together (60)")
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="only this one; repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    told = parser.parse_args(arguments)
    targets = told.target or list(TARGETS)
    counted = {}
    for target in targets:
        counted[target] = fuzz(target, max(1, told.seconds // len(targets)))
        if not told.json:
            sys.stdout.write(f"{target:<14} {counted[target]:>10,} inputs, no finding\n")
            sys.stdout.flush()
    if told.json:
        json.dump(counted, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
