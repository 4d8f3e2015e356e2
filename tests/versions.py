"""The core's tests on every CPython that this machine has, with the newest dependencies and with the oldest.

`python -m tests.versions` builds the wheel once, and for each interpreter that the package admits makes a
fresh environment with it: first as pip chooses, then with each dependency at the least version that `pyproject.toml`
names. Interpreters are those of pyenv, and `python3.N` on the path.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.vectors import ROOT

CORE = (
    "tests/test_words.py",
    "tests/test_payment.py",
    "tests/test_when.py",
    "tests/test_table.py",
    "tests/test_calendar.py",
    "tests/test_apply.py",
    "tests/test_laws.py::TestTotal",
    "tests/test_vectors.py::test_an_undo_vector_is_answered_as_it_says",
    "tests/test_vectors.py::test_a_history_vector_leaves_the_payment_it_says",
    "tests/test_immutable.py::test_a_decision_goes_through_pickle_copy_and_json",
)
"""What is run: conditions, tables, events and vectors in full, and of the laws the one that asks the most of a table."""

TOOLS = ("pytest", "pytest-xdist", "hypothesis", "jsonschema", "tzdata")


def project() -> dict[str, object]:
    """What `pyproject.toml` says of the package."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def oldest() -> list[str]:
    """Each dependency at the least version that is admitted."""
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    return [item.replace(">=", "==") for item in dependencies]


def interpreters() -> dict[tuple[int, int], str]:
    """The newest CPython of each minor version that is admitted, by version."""
    admitted = re.fullmatch(r">=3\.(\d+)", str(project()["requires-python"]))
    assert admitted is not None
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    paths = [str(path) for path in versions.glob("3.*/bin/python")]
    paths += [path for minor in range(30) if (path := shutil.which(f"python3.{minor}")) and "shims" not in path]
    found: dict[tuple[int, int], tuple[tuple[int, ...], str]] = {}
    for path in [sys.executable, *paths]:
        version = _version(path)
        if version is not None and version >= (3, int(admitted[1])):
            minor = (version[0], version[1])
            found[minor] = max(found.get(minor, ((), "")), (version, path))
    return {minor: path for minor, (_, path) in sorted(found.items())}


def _version(path: str) -> tuple[int, ...] | None:
    script = "import sys; print(sys.implementation.name, *sys.version_info[:3])"
    done = subprocess.run([path, "-c", script], capture_output=True, text=True, check=False)
    name, *numbers = done.stdout.split() or [""]
    return tuple(int(number) for number in numbers) if name == "cpython" else None


def run(command: Sequence[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def check(path: str, wheel: Path, folder: Path) -> int:
    """The core's tests on one interpreter, twice; how many dependencies' versions were tried."""
    pip = (folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    tests = (folder / "bin" / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=small")
    run([path, "-m", "venv", folder])
    run([*pip, wheel, *TOOLS])
    for name, wanted in (("newest", []), ("oldest", oldest())):
        if wanted:
            run([*pip, *wanted])
        sys.stdout.write(f"{_version(path)}, {name} dependencies {' '.join(wanted)}\n")
        sys.stdout.flush()
        run([*tests, *CORE])
    return 2


def figures(_quick: bool) -> dict[str, int]:
    """On how many interpreters the core's tests pass, and with how many sets of dependencies; raises where they fail."""
    found = interpreters()
    with tempfile.TemporaryDirectory() as work:
        run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", work, "."])
        (wheel,) = Path(work).glob("*.whl")
        sets = [check(path, wheel, Path(work) / f"{major}.{minor}") for (major, minor), path in found.items()]
    return {"interpreters": len(found), "runs of the core's tests": sum(sets)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description=__doc__)
    parser.parse_args()
    counted = figures(True)
    sys.stdout.write(f"{counted}\n")


if __name__ == "__main__":
    main()
