"""Instructions instead of time: what `decide` and a hand-written function execute, counted by callgrind.

The same for the same binary and questions, however busy the machine is. A run that asks nothing more is taken off, so
that starting Python and warming up do not count.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import by_hand, payments
from payrules import decide

ASKED = 5_000


def counted(providers: tuple[str, ...] = tuple(by_hand.FUNCTIONS)) -> Iterator[dict[str, Any]]:
    """Instructions a question, of both."""
    for provider in providers:
        _run(
            [sys.executable, "-m", "benchmarks.instructions", provider, "decide", "0"]
        )  # leaves the byte code behind
        nothing = _instructions(provider, "decide", 0)
        hand = None
        for which in ("by hand", "decide"):
            each = (_instructions(provider, which, ASKED) - nothing) / ASKED
            hand = hand or each
            yield {"provider": provider, "of": which, "instructions": each, "x by hand": each / hand}


def _instructions(provider: str, which: str, count: int) -> int:
    command = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        sys.executable,
        "-m",
        "benchmarks.instructions",
    ]
    told = _run([*command, provider, which, str(count)])
    found = re.search(r"Collected : (\d+)", told)
    if found is None:
        raise SystemExit(told)
    return int(found[1])


def _run(command: list[str]) -> str:
    environment = {"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stderr  # noqa: S603


def main(provider: str, which: str, count: str) -> None:
    functions: dict[str, Callable[..., object]] = {"decide": decide, "by hand": by_hand.FUNCTIONS[provider]}
    asked = payments.some(provider, 500)
    for question in asked:
        for function in functions.values():
            function(*question)
    for number in range(int(count)):
        functions[which](*asked[number % len(asked)])


if __name__ == "__main__":
    main(*sys.argv[1:])
