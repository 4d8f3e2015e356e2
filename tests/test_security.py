"""SECURITY.md names what is there."""

from __future__ import annotations

import ast
import re

from payrules import records, strict_json
from tests.vectors import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TESTS = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", PAGE)


def test_every_threat_names_a_test_that_exists() -> None:
    """A file under `tests`, and where a test or a class of tests is named, one in it."""
    rows = [line for line in PAGE.split("## Threats")[1].splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(TESTS) > 10
    for file, name in TESTS:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert not name or name in found, f"{file}::{name}"


def test_the_limits_are_those_of_the_code() -> None:
    """The numbers in the table of limits."""
    assert "1 MiB" in PAGE
    assert strict_json.SIZE_MAX == 1 << 20
    assert f"{strict_json.DEPTH_MAX} levels" in PAGE
    assert "10^15" in PAGE
    assert records.AMOUNT_MAX == 10**15
    assert f"{records.YEAR_MIN} to {records.YEAR_MAX}" in PAGE
