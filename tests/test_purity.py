"""The core reads no clock, file, socket, environment or locale, and imports nothing but its two dependencies."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.vectors import ROOT

WATCH = """
import sys
from datetime import UTC, datetime

import payrules
from payrules import Payment, Undo, providers

for name in providers.NAMES:  # loading a table imports its module, and compiling it is no deciding either
    providers.find(name), providers.wire(name)
    payrules.decide(Payment(provider=name, status="-", currency="GBP"), Undo(at=datetime(2026, 11, 20, tzinfo=UTC)))

told = []
watched = ("open", "os.", "socket.", "subprocess.", "shutil.", "ctypes.", "import", "exec", "compile", "time.")
armed = False

def hook(event, args):
    if armed and event.startswith(watched):
        told.append((event, args))

sys.addaudithook(hook)

import time, os, locale, random
def forbidden(*args, **kwargs):
    told.append(("clock or environment", args))
    raise AssertionError("forbidden")

payment = Payment(provider="dojo", status="Captured", currency="GBP", payment_id="pi_1", capture_mode="auto",
                  amount_authorized=1000, amount_refunded=0, authorized_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
                  timezone="EST5EDT,M3.2.0,M11.1.0")
undo = Undo(at=datetime(2026, 11, 20, 23, tzinfo=UTC))
time.time = time.monotonic = time.localtime = time.gmtime = os.getenv = locale.getlocale = random.random = forbidden
armed = True
for amount in (None, 400, 2000):
    decision = payrules.decide(payment, Undo(at=undo.at, amount=amount))
    decision.to_record()
    payrules.explain(decision)
    payrules.check(payment, undo), payrules.forecast(payment, undo), payrules.plan(payment, undo)
armed = False
print(told)
"""


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


def test_deciding_touches_nothing() -> None:
    """From `decide` to the record and the prose, an audit hook sees no open, socket, import, clock or environment
    read."""
    assert "[]" == run(WATCH)


def test_the_core_imports_its_two_dependencies_alone() -> None:
    """Beyond the standard library, attrs and python-dateutil (which brings six where it still does)."""
    script = (
        "import sys; before = set(sys.modules); import payrules; from payrules import providers; "
        "[(providers.find(n), providers.wire(n)) for n in providers.NAMES]; "
        "print(sorted({m.partition('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    found = {name for name in run(script).strip("[]").replace("'", "").split(", ") if not name.startswith("_")}

    assert {"attr", "attrs", "dateutil", "payrules"} <= found
    assert found <= {"attr", "attrs", "dateutil", "payrules", "six"}


def test_importing_loads_no_provider() -> None:
    """`import payrules` reads no table."""
    assert "[]" == run("import sys, payrules; print([m for m in sys.modules if m.startswith('payrules.providers.')])")


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_hash_seeds_change_nothing(seed: str) -> None:
    """The record of a decision is the same under any hash seed."""
    script = (
        "import json; from datetime import UTC, datetime; from payrules import *; "
        "d = decide(Payment(provider='dojo', status='Captured', currency='GBP', amount_authorized=5), Undo(at=datetime(2026, 1, 1, tzinfo=UTC))); "
        "print(json.dumps(d.to_record()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
    )

    assert run(script) == done.stdout.strip()
