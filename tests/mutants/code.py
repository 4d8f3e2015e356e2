"""Mutants of the engine's code: `python -m tests.mutants.code [MODULE …] [--sample N]`.

cosmic-ray makes each mutant as text. A process forked from this one puts it in place, by giving the function that it is
in its code, or where it is in none by importing the package anew, and runs the checks below, the quick ones first and of
these what noticed the last mutant of the module, until one fails. Nothing on disk is changed. A mutant that no check notices is a *survivor*: it is either explained in
`survivors.md`, by its text and an argument, or a hole in the tests.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import re
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

from attrs import frozen

ROOT = Path(__file__).parent.parent.parent
SRC = ROOT / "src" / "payrules"

MODULES = ("when", "answers", "decide", "apply", "facts", "fill")
"""What is mutated: what an answer follows from."""

NOT_MADE = (
    "Variable",  # it needs to be told which
    "ReplaceComparisonOperator_Is_Eq",  # words, None, True and False are one object each: the same, see survivors.md
    "ReplaceComparisonOperator_IsNot_NotEq",
)
"""The beginnings of operators that are left out."""

AIMED = 100
"""So many aimed payments of each edition are asked about."""

SECONDS_MAX = 300
"""A mutant that keeps a processor busy for longer hangs, which is noticed too; all checks together take a fifth of it."""

FURTHER = {
    "when": ("table",),
    "answers": ("explain", "laws"),
    "decide": ("explain", "calls", "laws"),
    "apply": ("laws",),
    "facts": ("laws",),
    "fill": ("explain", "laws"),
}
"""The test modules beside a module's own, run where vectors and aimed payments have noticed nothing."""

IN_TESTS = ("payroc", "adyen")
"""The providers whose part of these tests is run; the checks before them ask about all."""

EXPLAINED = Path(__file__).parent / "survivors.md"


@frozen
class Mutant:
    """One change of one module."""

    module: str
    place: str
    """The module, and the class and function there that it is in."""
    operator: str
    line: int
    before: str
    after: str
    text: str

    @property
    def key(self) -> str:
        """What identifies it in `survivors.md`, wherever the line moves to."""
        return f"{self.place}: `{self.before}` → `{self.after}`"


# --- making them ------------------------------------------------------------------------------------


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module that cosmic-ray knows how to make and that says something else than the original."""
    source = (SRC / f"{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    body = ast.parse(source).body
    for start, end in _chunks(source):
        chunk = "".join(lines[start:end])
        seen = {_meaning(chunk)}
        for operator, text in _changed(chunk):
            meaning = _meaning(text)
            if meaning is None or meaning in seen:
                continue
            seen.add(meaning)
            line, before, after = _difference(chunk, text)
            whole = "".join([*lines[:start], text, *lines[end:]])
            place = ".".join([module, *_names_at(body, start + line)])
            yield Mutant(module, place, operator.split("/")[-1], start + line, before, after, whole)


def _chunks(source: str) -> Iterator[tuple[int, int]]:
    """The top-level statements, by line, decorators included: parsing one is quick, parsing a module is not."""
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            yield min([node.lineno, *(item.lineno for item in decorators)]) - 1, node.end_lineno or node.lineno


def _names_at(body: Iterable[ast.stmt], line: int) -> Iterator[str]:
    """The names of the classes and functions that a line is in, from the outermost."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            if first <= line <= (node.end_lineno or 0):
                yield node.name
                yield from _names_at(node.body, line)


def _changed(chunk: str) -> Iterator[tuple[str, str]]:
    """The name of an operator and what it makes of a text, for every place that it can change."""
    trees, mutating, plugins = (import_module(f"cosmic_ray.{name}") for name in ("ast", "mutating", "plugins"))
    nodes = list(_nodes(trees.get_ast(chunk)))
    for name in sorted(plugins.operator_names()):
        if name.split("/")[-1].startswith(NOT_MADE):
            continue
        operator = plugins.get_operator(name)()
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes)):
            text = mutating.mutate_code(chunk, operator, occurrence)
            if text is not None:
                yield name, text


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def _difference(chunk: str, text: str) -> tuple[int, str, str]:
    """The first line that differs, as it was and as it is."""
    pairs = enumerate(zip_longest(chunk.splitlines(), text.splitlines(), fillvalue=""), 1)
    line, (before, after) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    return line, before.strip(), after.strip()


def _meaning(text: str) -> str | None:
    """What a text says to the interpreter, which reads no annotations; None if it cannot be read."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


# --- noticing them ----------------------------------------------------------------------------------


def _put(mutant: Mutant) -> bool:
    """The mutant in place of the original, in this process; whether nothing had to be imported anew for it."""
    place = _function(mutant)
    if place is not None:
        function, qualname = place
        code = compile(mutant.text, str(SRC / f"{mutant.module}.py"), "exec")
        mutated = next(item for item in _codes(code) if item.co_qualname == qualname)
        if mutated.co_freevars == function.__code__.co_freevars:
            function.__code__ = mutated
            return True
    for name in [name for name in sys.modules if name.partition(".")[0] in ("payrules", "tests")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _InPlace(mutant.module, mutant.text))
    return False


def _function(mutant: Mutant) -> tuple[Any, str] | None:
    """The function or method in whose body a mutant is, and its name; None where it is in none that can be reached."""
    found = sys.modules[f"payrules.{mutant.module}"]
    for node in _tree(mutant.module).body:
        holder: Any = found
        inside, prefix = [node], ""
        if isinstance(node, ast.ClassDef):
            holder, inside, prefix = getattr(found, node.name), node.body, f"{node.name}."
        for item in inside:
            if isinstance(item, ast.FunctionDef) and item.body[0].lineno <= mutant.line <= (item.end_lineno or 0):
                value = vars(holder).get(item.name)
                value = getattr(value, "fget", None) or getattr(value, "__wrapped__", None) or value
                return (value, prefix + item.name) if isinstance(value, FunctionType) else None
    return None


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((SRC / f"{module}.py").read_text(encoding="utf-8"))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _codes(item)


class _InPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text."""

    def __init__(self, module: str, text: str) -> None:
        self.name, self.text = f"payrules.{module}", text

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(SRC / f"{self.name.split('.')[-1]}.py")
        exec(compile(self.text, module.__file__, "exec"), module.__dict__)  # noqa: S102 — our own code, changed


@frozen
class Check:
    """Something that fails where a mutant is noticed."""

    name: str
    run: Callable[[], None]

    @property
    def is_slow(self) -> bool:
        """Whether it is left to the end."""
        return self.name.startswith("tests")


def checks(module: str) -> list[Check]:
    """Everything that may notice a mutant of a module, the quick first; what can be read is read already."""
    from tests import test_vectors
    from tests.mutants.judge import History
    from tests.vectors import every

    undo = [(vector, vector.payment, vector.undo) for vector in every("undo")]
    histories = [History(vector) for vector in every("history")]
    answered = [Check(f"answer {item[0].id}", partial(_is_answered, *item)) for item in undo]
    folded = [Check(f"history {item.vector.id}", partial(_is_folded, item)) for item in histories]
    decided = [
        Check(f"decide {item[0].id}", partial(test_vectors.test_an_undo_vector_is_answered_as_it_says, item[0]))
        for item in undo
    ]
    quick = [*folded, *answered] if module == "apply" else [*answered, *folded]
    own, *others = (Check(f"tests {name}", partial(_in_tests, name)) for name in (module, *FURTHER[module]))
    return [*quick, own, *decided, *_of_aimed_payments(), *others]


def _is_answered(vector: Any, payment: Any, undo: Any) -> None:
    from payrules import providers
    from payrules.answers import answer
    from payrules.fill import fill
    from tests.agreement import FIELDS, fields

    table = providers.find(vector.provider).edition(vector.edition)
    told, expected = fields(answer(table, fill(table, payment, undo))), vector.expected
    told_of = {
        name: sorted(expected[name]) if name == "needs" else expected[name] for name in FIELDS if name in expected
    }

    assert told_of == {name: told[name] for name in told_of}


def _is_folded(history: Any) -> None:
    assert not history.fails(history.provider)


def _of_aimed_payments() -> Iterator[Check]:
    """The table, its function and the second reading agree on them, `good_until` included."""
    from tests.agreement import EDITIONS, agree
    from tests.aimed import some

    for provider, edition in EDITIONS:
        for number, (payment, undo) in enumerate(some(provider, AIMED, edition=edition)):
            yield Check(f"aimed {provider} {edition} {number}", partial(agree, payment, undo, edition))


def _in_tests(name: str) -> None:
    """A test module run by pytest in this process, without what asks about the other providers."""
    import pytest

    from payrules import providers

    others = " and ".join(f"not {provider}" for provider in providers.NAMES if provider not in IN_TESTS)
    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=small"]
    assert pytest.main([*options, "-k", others, str(ROOT / "tests" / f"test_{name}.py")]) == 0


def is_noticed(mutant: Mutant, asked: list[Check]) -> bool:
    """Whether a check notices, in a process of its own; the one that does is asked first the next time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _ask(mutant, asked, writing)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        number = told.read(4)
    if status and number and not (found := asked[int.from_bytes(number)]).is_slow:
        asked.remove(found)
        asked.insert(0, found)
    return status != 0


def _ask(mutant: Mutant, asked: list[Check], writing: int) -> NoReturn:
    """The checks one after the other, and the end of this process: 0 if none fails, else the number of one is written."""
    number = None
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        if _put(mutant):
            for number, check in enumerate(asked):  # noqa: B007 — it is written below
                check.run()
        else:
            for check in checks(mutant.module):  # those of the package that was imported anew
                check.run()
    except BaseException:  # whatever it is, it was noticed
        if number is not None:
            os.write(writing, number.to_bytes(4))
        os._exit(1)
    os._exit(0)


def explained() -> set[str]:
    """The keys of the survivors that are argued to be equivalent."""
    return set(re.findall(r"^- ([\w.]+: `.*` → `.*`)$", EXPLAINED.read_text(encoding="utf-8"), re.MULTILINE))


def run(modules: tuple[str, ...], step: int = 1) -> tuple[Counter[str], list[Mutant]]:
    """How many mutants were made, noticed and explained, and those that are neither."""
    sys.path.insert(0, str(SRC.parent))
    asked = {module: checks(module) for module in modules}
    import_module("pytest")  # once, before forking
    assert not import_module("payrules.compiled")._shipped, "a table was compiled before the mutant is in place"
    counted: Counter[str] = Counter()
    alive: list[Mutant] = []
    known = explained()
    for module in modules:
        for mutant in list(mutants(module))[::step]:
            counted["made"] += 1
            if mutant.key in known:
                counted["survive, and are explained"] += 1
            elif not is_noticed(mutant, asked[module]):
                alive.append(mutant)
                sys.stderr.write(f"survives: {mutant.module}:{mutant.line} {mutant.operator}\n  {mutant.key}\n")
            else:
                counted["killed"] += 1
            if counted["made"] % 50 == 0:
                sys.stderr.write(f"{module}: {dict(counted)}, {len(alive)} alive\n")
    return counted, alive


def figures(quick: bool) -> dict[str, int]:
    """Mutants made, killed and explained; raises for one that is neither. Quick: every fortieth."""
    counted, alive = _in_a_process(40 if quick else 1)
    assert not alive, alive
    return counted


def _in_a_process(step: int) -> tuple[dict[str, int], list[str]]:
    """Another process, as this one may have imported the package."""
    import json
    import subprocess

    command = [sys.executable, "-m", "tests.mutants.code", "--step", str(step), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout)
    return told["counted"], told["alive"]


def main() -> int:
    import json

    parser = argparse.ArgumentParser(prog="python -m tests.mutants.code", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; all without one")
    parser.add_argument("--step", type=int, default=1, help="only every so many-th mutant")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    told = parser.parse_args()
    counted, alive = run(tuple(told.modules) or MODULES, told.step)
    if told.json:
        json.dump({"counted": counted, "alive": [mutant.key for mutant in alive]}, sys.stdout)
    else:
        noticed = counted["made"] - len(alive) - counted["survive, and are explained"]
        sys.stdout.write(f"{dict(counted)}, {100 * noticed / max(1, counted['made']):.1f} % killed\n")
    return 1 if alive else 0


if __name__ == "__main__":
    raise SystemExit(main())
