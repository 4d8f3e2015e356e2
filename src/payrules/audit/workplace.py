"""A folder for what a run writes until it is whole; what a run that was killed has left is cleared away by the next.

A run holds a lock on its folder, and the system lets go of it when the run ends, however it ends.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = ".payrules-"
_LOCK = "in-use"
_UNLOCKED_MAX = 3600
"""Seconds that a folder may have no lock: its run is about to take it."""


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """A folder of ours beside what it is for: on the same disk, so that moving what is written is one step."""
    _clear(place)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    with FileLock(work / _LOCK):
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _clear(place: Path) -> None:
    """Remove the folders of runs that are no more."""
    for folder in place.glob(f"{_PREFIX}*"):
        if folder.is_dir() and not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    lock = folder / _LOCK
    try:
        if not lock.exists():
            return time.time() - folder.stat().st_mtime < _UNLOCKED_MAX
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):  # held; gone meanwhile, or somebody else's
        return True
