"""The source itself: imports run one way, tables hold data only, and the engine knows no provider."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from payrules import providers
from tests.vectors import ROOT

SRC = ROOT / "src" / "payrules"

# A module imports only from those before it. `providers` is the one door to the shipped tables.
LAYERS = (
    "errors",
    "words",
    "readonly",
    "records",
    "money",
    "calendar",
    "payment",
    "facts",
    "when",
    "responses",
    "table",
    "digests",
    "fill",
    "calls",
    "events",
    "providers",
    "policy",
    "plugins",
    "apply",
    "fold",
    "sentences",
    "answers",
    "days",
    "expressions",
    "outcomes",
    "generate",
    "compiled",
    "decide",
    "telling",
    "ways",
    "amounts",
    "situations",
    "verify",
    "after",
    "differences",
    "explain",
    "transport",
    "strict_json",
)
# The audit is a shell round the core: it imports all of that, and its own modules one way too.
AUDIT = (
    *("zones", "sql", "local_days", "conditions", "proofs", "layers", "keys", "dialects", "history", "sources"),
    *("findings", "summary", "spans", "several", "judges", "whole", "warehouse", "workplace", "duck", "spark"),
)
SHELL = [path for path in sorted(SRC.glob("audit/*.py")) if path.stem in AUDIT]
ENGINE = [path for path in sorted(SRC.glob("*.py")) if path.stem != "__init__"]
DATA = [
    path
    for name in ("table", "claims", "methods", "responses")
    for path in sorted(SRC.glob(f"providers/*/{name}.py"))
]


def imported(path: Path) -> set[str]:
    """The modules of payrules that a file imports, without the package's name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "payrules":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("payrules."):
            found.add((node.module or "").removeprefix("payrules."))
    return found


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_imports_run_one_way(path: Path) -> None:
    """A module imports only what stands before it."""
    before = LAYERS[: LAYERS.index(path.stem)]

    assert set() == {name for name in imported(path) if name not in before}


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.stem)
def test_the_audit_imports_one_way(path: Path) -> None:
    """A module of the audit imports the core, and of the audit what stands before it."""
    before = {"audit", *(f"audit.{name}" for name in AUDIT[: AUDIT.index(path.stem)])}
    told = {name for name in imported(path) if name not in (*LAYERS, *AUDIT)}

    assert set() == told - before


@pytest.mark.parametrize("path", DATA, ids=lambda path: f"{path.parent.name}-{path.stem}")
class TestATable:
    """A provider's table is data."""

    def test_imports_only_shapes_and_words(self, path: Path) -> None:
        """Table, when, words, responses, and the data beside it."""
        allowed = {
            "table",
            "when",
            "words",
            "responses",
            f"providers.{path.parent.name}.claims",
            f"providers.{path.parent.name}.methods",
            f"providers.{path.parent.name}.responses",
        }

        assert set() == imported(path) - allowed

    def test_holds_no_logic(self, path: Path) -> None:
        """Imports, assignments, calls, names, tuples, constants, and text with a name in it; no def, lambda, if,
        loop or comprehension."""
        allowed = (
            ast.Module,
            ast.Import,
            ast.ImportFrom,
            ast.alias,
            ast.Assign,
            ast.Expr,
            ast.Call,
            ast.keyword,
            ast.Name,
            ast.Load,
            ast.Store,
            ast.Attribute,
            ast.Tuple,
            ast.Constant,
            ast.Starred,
            ast.JoinedStr,
            ast.FormattedValue,
        )
        found = {
            type(node).__name__ for node in ast.walk(ast.parse(path.read_text())) if not isinstance(node, allowed)
        }

        assert set() == found


@pytest.mark.parametrize("path", [*ENGINE, *SHELL], ids=lambda path: path.stem)
def test_the_engine_names_no_provider(path: Path) -> None:
    """Not in code, and not in a comment; an example in a docstring of a public field may show what a rule is
    called."""
    code = re.sub(r'"""(?:.|\n)*?"""', "", path.read_text())
    found = [name for name in providers.NAMES if re.search(rf"\b{name}\b", code, re.IGNORECASE)]

    assert [] == found


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_core_opens_nothing_and_reads_no_clock(path: Path) -> None:
    """No open, no now, no environment; the command line and the audit are the shell round it."""
    forbidden = re.compile(r"\b(open|now|today|utcnow|getenv|environ|gettz|ZoneInfo|urlopen|socket)\b\(?")
    code = re.sub(r'"""(?:.|\n)*?"""|#.*', "", path.read_text())

    assert [] == [match[0] for match in forbidden.finditer(code) if match[0].endswith("(")]


def test_the_specs_import_nothing() -> None:
    """Under `specs` is no program."""
    assert set() == {path.suffix for path in (ROOT / "specs").rglob("*") if path.is_file()} - {".json", ".md"}


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_functions_are_short(path: Path) -> None:
    """None has more than 70 lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 70, node.name


def test_readings_import_nothing_of_ours() -> None:
    """A second reading stands alone."""
    for path in (ROOT / "tests" / "readings").glob("*.py"):
        assert "payrules" not in {name.partition(".")[0] for name in _modules(path)}, path.name


def _modules(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
