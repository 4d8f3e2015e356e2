"""What `python -m tests.versions` runs on: it is run by `.ci/run`, and takes minutes."""

from __future__ import annotations

import sys

from tests.vectors import ROOT
from tests.versions import CORE, interpreters, oldest


def test_the_interpreter_that_runs_this_is_one_of_them() -> None:
    """And none is older than the package admits."""
    assert sys.version_info[:2] in interpreters()
    assert (3, 11) <= min(interpreters())


def test_the_oldest_dependencies_are_exact() -> None:
    """Each of the two at one version."""
    assert ["attrs", "python-dateutil"] == [item.partition("==")[0] for item in oldest()]


def test_the_core_tests_are_there() -> None:
    """Every file that is named exists."""
    assert [] == [name for name in CORE if not (ROOT / name.partition("::")[0]).exists()]
