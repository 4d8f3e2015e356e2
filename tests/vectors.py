"""The vectors under `specs/`, as the tests see them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

from payrules import providers
from payrules.payment import Payment, Undo

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"
FILES = {"undo": "vectors", "history": "vectors", "after": "after", "requests": "requests"}
"""The files of a provider's cases, each with its schema."""


@frozen
class Vector:
    """One concrete case with one answer."""

    provider: str
    file: str
    case: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.case["id"])

    @property
    def expected(self) -> dict[str, Any]:
        return dict(self.case["expect"])

    @property
    def payment(self) -> Payment:
        if "wire" in self.case:
            wire = providers.wire(self.provider)
            assert wire is not None
            return wire.payment(self.case["wire"], self.case.get("facts", {}))
        return Payment.from_record(self.case["payment"])

    @property
    def undo(self) -> Undo:
        return Undo.from_record(self.case["undo"])

    @property
    def edition(self) -> str | None:
        return self.case.get("edition")

    def __str__(self) -> str:
        flags = f" [{', '.join(self.case['flags'])}]" if self.case["flags"] else ""
        return f"{self.id}: {self.case['shows']}{flags}"


@cache
def read(provider: str, kind: str) -> tuple[Vector, ...]:
    path = SPECS / provider / f"{kind}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["provider"] == provider
    return tuple(Vector(provider, kind, case) for case in document["requests" if kind == "requests" else "vectors"])


def shown(provider: str) -> set[str]:
    """The claims of a provider that some case rests on, without its name."""
    named = (claim for kind in FILES for vector in read(provider, kind) for claim in vector.case["claims"])
    return {claim.removeprefix(f"{provider}.") for claim in named}


def every(kind: str) -> list[Vector]:
    return [vector for provider in providers.NAMES for vector in read(provider, kind)]


def vocabulary() -> dict[str, Any]:
    return dict(json.loads((SPECS / "vocabulary.json").read_text(encoding="utf-8")))
