"""The process that atheris takes over: `python -m tests.fuzz.inside TARGET SECONDS FOLDER`.

It leaves the process when the time is up, or at a finding; `python -m tests.fuzz` starts it and reads what it says.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fuzz.mutator import mutated

CORPUS = Path(__file__).parent / "corpus"

SECONDS_MAX, MEGABYTES_MAX, BYTES_MAX = 20, 1024, 4096
"""What one input may take on a busy machine, what the process may, and how long an input is."""


def main(target: str, seconds: str, folder: str) -> None:
    atheris: Any = import_module("atheris")

    def mutate(data: bytes, size_max: int, seed: int) -> bytes:
        """Half of the time a change that keeps the document JSON; a first byte that chooses a command is kept."""
        head, body = (data[:1], data[1:]) if target == "command_line" else (b"", data)
        structured = mutated(body, size_max - len(head), seed) if seed % 2 else None
        return head + structured if structured is not None else bytes(atheris.Mutate(data, size_max))

    with atheris.instrument_imports(include=["payrules"]):
        targets = import_module("tests.fuzz.targets").TARGETS
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_MAX}",
        f"-rss_limit_mb={MEGABYTES_MAX}",
        f"-max_len={BYTES_MAX}",
        "-print_final_stats=1",
        f"-artifact_prefix={folder}/",
    ]
    atheris.Setup([sys.argv[0], *options, folder, str(CORPUS / target)], targets[target], custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
