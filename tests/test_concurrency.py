"""Deciding from many threads at once gives the same answers, with the interpreter's lock and without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import dateutil
import pytest

from tests.test_immutable import telling
from tests.threaded import THREADS
from tests.vectors import ROOT


def free_threaded() -> str | None:
    """A CPython without the interpreter's lock, if this machine has one."""
    found = [shutil.which(f"python3.{minor}t") for minor in range(13, 20)]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [str(path) for path in sorted(versions.glob("*t/bin/python"))]
    return next((path for path in found if path), None)


def asked(interpreter: str) -> dict[str, Any]:
    """What the script reports of a fifth of the questions that tell the answers apart."""
    questions = [
        {"payment": vector.payment.to_record(), "undo": vector.undo.to_record(), "edition": vector.edition}
        for vector in telling()[::5]
    ]
    # The two dependencies are pure Python: any interpreter can take them from where they are.
    path = [str(ROOT / "src"), *(str(Path(str(module.__file__)).parent.parent) for module in (attrs, dateutil))]
    done = subprocess.run(
        [interpreter, str(ROOT / "tests" / "threaded.py")],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )
    return dict(json.loads(done.stdout))


def assert_same(told: dict[str, Any]) -> None:
    assert [told["alone"]] * THREADS == told["together"]
    assert {1} == set(told["shared"])


def test_many_threads_get_the_same_answers() -> None:
    """From a cold start, in different orders, and from decisions that all of them read at once."""
    assert_same(asked(sys.executable))


def test_threads_without_a_lock_get_the_same_answers() -> None:
    """The same on a free-threaded interpreter."""
    interpreter = free_threaded()
    if interpreter is None:
        pytest.skip("this machine has no free-threaded CPython (python3.13t or newer)")
    told = asked(interpreter)

    assert told["parallel"]
    assert_same(told)
