"""Rows that no comparison tells apart have one answer: their comparisons are a key, and the answer is SQL of it.

1. A table compares amounts with amounts, instants with instants and words with words, and nothing else of a row
decides. A column is *finite* if its value hangs on comparisons alone: it is a literal, or made of finite columns.
2. So a row needs only its comparisons, as bits of a few integers. Of millions of rows some hundreds differ in them,
and what is costly (conditions, verdicts, explanations) is worked out once for each of these.
   Once it is known which keys occur and what they say, a few of the comparisons tell the answers apart.
3. The comparisons are found in the SQL itself, and replaced by bits of the key there. Nothing can be forgotten: SQL
that still asked for a column of a row would find none beside the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import and_
from typing import cast

import sqlglot
from attrs import Factory, define, evolve, frozen
from sqlglot import exp

from payrules.audit.sql import Columns, case

_BITS_MAX = 30
"""How many bits of a column of the key are used: an INTEGER is what engines add fastest."""


_OTHER = "'(another word)'"

_STRICT = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Neg),
    *(exp.Cast, exp.DataType, exp.Interval, exp.Var, exp.In, exp.Between),
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE),
)
"""What a comparison may be made of that is unknown just where one of its columns is."""


@frozen
class _Part:
    """What takes some bits of the key.

    `branches` say where its number is which, else it is 0; without any it is a number itself. `read` is how SQL of
    the key comes to its value, the number in place of `{0}`; `after` are the parts that this asks for.
    """

    name: str
    sql: str
    branches: tuple[tuple[str, int], ...]
    most: int
    read: str
    after: tuple[str, ...] = ()

    @property
    def bits(self) -> int:
        """How many bits it takes."""
        return self.most.bit_length()

    def packed(self, shift: int) -> str:
        """Its bits, in their place."""
        if not self.branches:
            return f"{self.sql} * {1 << shift}"
        return case(*((where, number << shift) for where, number in self.branches), otherwise=0)

    def number(self, column: str, shift: int) -> str:
        """Its number, out of a column of the key."""
        return f"(({column} >> {shift}) & {(1 << self.bits) - 1})"


def _word(name: str, literals: Iterable[str]) -> _Part:
    """A column that is compared with some words alone: their numbers, 0 for another word and the last for unknown."""
    words = sorted(literals)
    is_flag = bool(words) and set(words) <= {"TRUE", "FALSE"}
    words = ["TRUE"] if is_flag else words
    branches = [(name if is_flag else f"{name} = {word}", number) for number, word in enumerate(words, 1)]
    unknown = len(words) + 1
    told = [(f"{{0}} = {number}", word) for number, word in enumerate(words, 1)]
    read = case(*told, (f"{{0}} = {unknown}", "NULL"), otherwise="FALSE" if is_flag else _OTHER)
    return _Part(name, name, (*branches, (f"{name} IS NULL", unknown)), unknown, read)


@frozen
class Keyed:
    """Layers of columns, taken apart: what each row needs, its key, and what the key alone tells.

    `values` are the columns that are not finite, `parts` what makes the key, `told` the layers over it.
    """

    layers: tuple[Columns, ...]
    values: tuple[str, ...]
    parts: tuple[_Part, ...]
    told: tuple[Columns, ...]

    @property
    def rows(self) -> tuple[Columns, ...]:
        """What each row needs, in layers."""
        row = self._needed([*self.values, *(name for part in self.parts for name in _named(part.sql))])
        return tuple({name: told for name, told in columns.items() if name in row} for columns in self.layers)

    @property
    def key(self) -> Columns:
        """The columns of the key, over a row."""
        return self._columns(lambda part, shift: part.packed(shift))

    @property
    def answers(self) -> tuple[Columns, ...]:
        """What the key tells, in layers; of the bits first what others ask for."""
        bits: tuple[dict[str, str], dict[str, str]] = ({}, {})
        for part, column, shift in self._places():
            bits[bool(part.after)][part.name] = part.read.format(part.number(column, shift))
        return (*bits, *self.told)

    def shortened(self, answers: Mapping[tuple[int, ...], Hashable]) -> Keyed:
        """The same with no more parts than tell the answers of these keys apart; the costliest are spared first."""
        kept = list(self.parts)
        for part in sorted(self.parts, key=self._cost, reverse=True):
            fewer = [item for item in kept if item is not part]
            if self._tells_apart(fewer, answers):
                kept = fewer
        return evolve(self, parts=tuple(kept))

    def as_in(self, short: Keyed) -> Columns:
        """The columns of a shortened key, over this one."""
        places = {part.name: (column, shift) for part, column, shift in self._places()}
        return short._columns(lambda part, shift: f"{part.number(*places[part.name])} * {1 << shift}")

    def _cost(self, part: _Part) -> tuple[int, int]:
        """How many columns a row needs for a part, and how long it is."""
        return len(self._needed(_named(part.sql))), len(part.sql)

    def _needed(self, waiting: list[str]) -> set[str]:
        """Some columns, and all that they are made of."""
        made_of = {name: sql for columns in self.layers for name, sql in columns.items()}
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in made_of and name not in found:
                found.add(name)
                waiting += _named(made_of[name])
        return found

    def _tells_apart(self, parts: Iterable[_Part], answers: Mapping[tuple[int, ...], Hashable]) -> bool:
        """Whether these parts of the key are enough to tell its answer."""
        names = {part.name for part in parts}
        masks: dict[str, int] = {}
        for part, column, shift in self._places():
            mask = ((1 << part.bits) - 1) << shift if part.name in names else 0
            masks[column] = masks.get(column, 0) | mask
        seen: dict[tuple[int, ...], Hashable] = {}
        return all(
            seen.setdefault(tuple(map(and_, key, masks.values())), told) == told for key, told in answers.items()
        )

    def _columns(self, packed: Callable[[_Part, int], str]) -> Columns:
        columns: dict[str, list[str]] = {}
        for part, column, shift in self._places():
            columns.setdefault(column, []).append(packed(part, shift))
        return {column: " + ".join(told) for column, told in columns.items()}

    def _places(self) -> Iterator[tuple[_Part, str, int]]:
        """Each part with its column of the key and its place there."""
        column, used = 0, _BITS_MAX
        for part in self.parts:
            if used + part.bits > _BITS_MAX:
                column, used = column + 1, 0
            yield part, f"key_{column}", used
            used += part.bits


def keyed(layers: Sequence[Columns], numbers: Mapping[str, int], words: Container[str] = ()) -> Keyed:
    """Layers of columns over a row, taken apart.

    `numbers` are columns that are small numbers, with the greatest; `words` those that hold a word, or yes or no.
    """
    split = _Split(words)
    for columns in layers:
        split.add(columns, numbers)
    return Keyed(tuple(layers), tuple(split.values), tuple(split.all_parts()), tuple(split.answers))


@define
class _Split:
    """Layers being taken apart."""

    words: Container[str]
    parts: dict[str, _Part] = Factory(dict)
    literals: dict[str, set[str]] = Factory(dict)
    answers: list[Columns] = Factory(list)
    finite: set[str] = Factory(set)
    values: list[str] = Factory(list)

    def add(self, columns: Columns, numbers: Mapping[str, int]) -> None:
        """The next layer."""
        told: dict[str, str] = {}
        for name, sql in columns.items():
            if name in numbers:
                self.parts[name] = _Part(name, name, (), numbers[name], "CAST({0} AS INTEGER)")
                told[name] = name
            elif self.finite.issuperset(_named(sql)):
                told[name] = sql
            elif self._is_finite(tree := _parsed(sql)):
                told[name] = _written(self._without_comparisons(tree))
            else:
                self.values.append(name)
        self.finite |= set(told)
        self.answers.append({name: sql for name, sql in told.items() if name not in numbers})

    def all_parts(self) -> list[_Part]:
        """What makes the key."""
        return [*self.parts.values(), *(_word(name, told) for name, told in self.literals.items())]

    def _is_finite(self, *trees: exp.Expression) -> bool:
        return all(name in self.finite for tree in trees for name in _values(tree))

    def _without_comparisons(self, tree: exp.Expression) -> exp.Expression:
        """A finite expression with a bit of the key in place of each comparison of what is not finite."""
        if self._compares_a_word(tree):
            return tree
        if isinstance(tree, exp.Column) and tree.name not in self.finite:
            return exp.column(self._part(tree).name)
        if isinstance(tree, (exp.Predicate, exp.Anonymous)) and not self._is_finite(*tree.iter_expressions()):
            return exp.column(self._part(tree).name)
        for child in list(tree.iter_expressions()):
            child.replace(self._without_comparisons(child))
        return tree

    def _compares_a_word(self, tree: exp.Expression) -> bool:
        """Whether it compares one word with others that are named; the key then holds the word."""
        if not isinstance(tree, (exp.EQ, exp.NEQ, exp.In, exp.Is)):
            return False
        [*names] = {column.name for column in tree.find_all(exp.Column)}
        if len(names) != 1 or names[0] not in self.words or tree.find(exp.Anonymous):
            return False
        told = {_written(item) for item in tree.find_all(exp.Literal, exp.Boolean)}
        if any("{" in word for word in told) or any(not item.is_string for item in tree.find_all(exp.Literal)):
            return False
        self.literals.setdefault(names[0], set()).update(told)
        return True

    def _part(self, tree: exp.Expression) -> _Part:
        sql = _written(tree)
        if sql not in self.parts:
            name = f"is_{len(self.parts)}"
            if isinstance(tree, exp.Is) and isinstance(tree.expression, exp.Null):
                self.parts[sql] = _Part(name, sql, ((sql, 1),), 1, "{0} = 1")
            elif columns := self._all_it_asks(tree):
                unknown = tuple(self._part(_parsed(f"{column} IS NULL")).name for column in columns)
                read = case(("{0} = 1", "TRUE"), (f"NOT ({' OR '.join(unknown)})", "FALSE"))
                self.parts[sql] = _Part(f"is_{len(self.parts)}", sql, ((sql, 1),), 1, read, unknown)
            else:
                read = case(("{0} = 1", "TRUE"), ("{0} = 0", "FALSE"))
                self.parts[sql] = _Part(name, sql, ((sql, 1), (f"({sql}) IS NULL", 2)), 2, read)
        return self.parts[sql]

    def _all_it_asks(self, tree: exp.Expression) -> list[str]:
        """The columns of a comparison that is unknown just where one of them is; none if it is another one."""
        names = sorted({column.name for column in tree.find_all(exp.Column)})
        strict = all(isinstance(node, _STRICT) for node in tree.walk())
        return names if strict and not self.finite.intersection(names) else []


# --- SQL as a tree --------------------------------------------------------------------------------


_TEXT = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"\b[a-z_][a-z_0-9]*\b(?!\()")


def _named(sql: str) -> list[str]:
    """The columns that SQL of ours names; keywords and types are written in capitals."""
    return _NAME.findall(_TEXT.sub("", sql))


def _parsed(sql: str) -> exp.Expression:
    return cast("exp.Expression", sqlglot.parse_one(sql, read="duckdb"))


def _written(tree: exp.Expression) -> str:
    return tree.sql(dialect="duckdb", normalize_functions=False)


def _values(tree: exp.Expression) -> Iterator[str]:
    """The columns whose values an expression may have, or make its value of; not those that only choose."""
    if isinstance(tree, exp.Column):
        yield tree.name
    elif isinstance(tree, exp.Case):
        for branch in tree.args["ifs"]:
            yield from _values(branch.args["true"])
        if tree.args.get("default"):
            yield from _values(tree.args["default"])
    elif not isinstance(tree, (exp.Predicate, exp.Connector, exp.Not)):
        for child in tree.iter_expressions():
            yield from _values(child)
