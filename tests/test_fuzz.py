"""The committed corpus, seeded mutations of it, and documents that grow: without atheris, the same every time."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from payrules import providers
from tests.fuzz.__main__ import figures
from tests.fuzz.inside import CORPUS
from tests.fuzz.mutator import mutated, places
from tests.fuzz.targets import TARGETS, command_line

FILES = sorted(path for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_corpus_is_read(path: Path) -> None:
    """Each input of the corpus, and a few that are like it, give a value or one of our errors."""
    target, data = TARGETS[path.parent.name], path.read_bytes()
    target(data)
    head, body = (data[:1], data[1:]) if target is command_line else (b"", data)
    for seed in range(3 if target is command_line else 10):
        target(head + (mutated(body, 1 << 16, seed) or body[: len(body) // (seed + 2)]))


OF_ANOTHER_TYPE: tuple[Any, ...] = ({}, [{}], 1.5)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name in providers.NAMES], ids=lambda path: path.stem
)
def test_any_member_may_be_of_another_type(path: Path) -> None:
    """Each member of a provider's document, an object, a list or a fraction in its place: a value or one of our errors."""
    held = [json.loads(path.read_bytes())]  # so that the document is a member too
    for holder, key in list(places(held)):
        member = holder[key]
        for holder[key] in OF_ANOTHER_TYPE:
            TARGETS[path.parent.name](json.dumps(held[0]).encode())
        holder[key] = member


def test_every_target_has_a_corpus() -> None:
    """And every corpus a target."""
    assert set(TARGETS) == {path.parent.name for path in FILES}


def refunds(count: int) -> Any:
    return {
        "paymentId": "P",
        "order": {"amount": 10**9, "currency": "USD"},
        "transactionResult": {"type": "sale", "status": "complete", "authorizedAmount": 10**9},
        "refunds": [{"refundId": f"R{number}", "amount": -1, "status": "complete"} for number in range(count)],
    }


def captures(count: int) -> Any:
    one = {"amount": {"value": 1}, "status": "Successful", "createdAt": "2026-11-20T10:15:00Z"}
    return {
        "id": "pi",
        "status": "Captured",
        "amount": {"value": count, "currencyCode": "GBP"},
        "captures": [one] * count,
    }


def words(count: int) -> Any:
    return {"provider": "payroc", "status": "s" * count, "currency": "USD", "provider_allows": ["refund"] * count}


GROWING: dict[str, Callable[[int], Any]] = {
    "payroc": refunds,
    "dojo": captures,
    "records": words,
    "strict_json": lambda count: {"digits": "9" * count, "list": list(range(count)), "text": "\\u00e9[" * count},
    "command_line": captures,
}


@pytest.mark.parametrize("target", GROWING)
def test_memory_is_bounded_by_the_size_of_the_input(target: str) -> None:
    """A document ten times as long takes at most some twenty times the memory, and never 100 times its own size."""
    peaks = []
    for count in (30, 300, 3000):
        data = (b"\x00" if target == "command_line" else b"") + json.dumps(GROWING[target](count)).encode()
        TARGETS[target](data)  # what is cached once is not what grows
        tracemalloc.start()
        TARGETS[target](data)
        peaks.append((len(data), tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    (size, peak) = peaks[-1]

    assert peak < 100 * size, peaks
    assert all(larger < 20 * smaller + 200_000 for (_, smaller), (_, larger) in pairwise(peaks)), peaks


@pytest.mark.parametrize("depth", [64, 65, 1_000, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_no_nesting_is_too_deep(depth: int, opening: str) -> None:
    """However deep a document nests, every target answers."""
    for target in TARGETS:
        data = (opening * depth + "1" + {"[": "]"}.get(opening, "}") * depth).encode()
        TARGETS[target](b"\x03" + data if target == "command_line" else data)


@pytest.mark.long
def test_atheris_finds_nothing() -> None:
    """Ten seconds on each target; `python -m tests.fuzz` takes as long as it is told."""
    if find_spec("atheris") is None:
        pytest.skip("atheris is not installed: it is in the extra `fuzz`")

    assert all(count > 100 for count in figures(quick=True).values())
