"""Decisions appended to a file, by any number of threads and processes, and a `logging` handler that does so.

1. A line is written whole, under a lock on `FILE.lock` that ends with its process.
2. What a crash left of a line is set aside in `FILE.torn` before anything is appended: never lost, never read as a
line, and told through the logger `payrules.audit`.
3. A write that fails, as on a full disk, is taken back, and raises.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from io import FileIO
from pathlib import Path

from filelock import FileLock

from payrules.audit.log import START, Head, entry, head_of
from payrules.decide import Decision

_LOG = logging.getLogger("payrules.audit")
_BLOCK = 1 << 16
_POLL_SECONDS = 0.001


class Appender:
    """A decision log in a file.

    `chained` lines carry their number and the digest of the line before; `after` is the head of the file before,
    where this one goes on. With `fsync` a line is on disk when `append` returns; without it a crash of the machine,
    though not one of the process, may lose the last lines. `card_numbers` accepts ids that look like them. Another
    writer is waited for `timeout` seconds, then `filelock.Timeout` is raised; less than 0: for ever.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        chained: bool = True,
        after: Head = START,
        fsync: bool = False,
        card_numbers: bool = False,
        timeout: float = -1,
    ) -> None:
        self.path = Path(path)
        self._first = after if chained else None
        self._fsync = fsync
        self._card_numbers = card_numbers
        self._lock = FileLock(f"{self.path}.lock", timeout=timeout)
        self._head_of = lru_cache(maxsize=1)(head_of)  # as a rule nobody else has written since

    def append(self, decision: Decision) -> Head | None:
        """Write a decision down; the new head of the log, which is worth keeping elsewhere, if it is chained."""
        with self._lock.acquire(poll_interval=_POLL_SECONDS), self.path.open("ab+", buffering=0) as file:
            last = self._set_aside_what_is_torn(file)
            after = self._first and (self._head_of(last) if last else self._first)
            line = entry(
                decision.payment, decision.undo, decision, after=after, card_numbers=self._card_numbers
            ).encode()
            self._write(file, line + b"\n")
        return after and self._head_of(line)

    def _set_aside_what_is_torn(self, file: FileIO) -> bytes:
        """The last whole line, once what follows it has been moved into another file."""
        end = file.seek(0, os.SEEK_END)
        last, torn = _tail(file, end)
        if torn:
            with self.path.with_name(f"{self.path.name}.torn").open("ab") as aside:
                aside.write(torn + b"\n")
                aside.flush()
                os.fsync(aside.fileno())
            file.truncate(end - len(torn))
            _LOG.warning("%s: %d bytes of an unfinished line were set aside in %s", self.path, len(torn), aside.name)
        return last

    def _write(self, file: FileIO, data: bytes) -> None:
        size = file.seek(0, os.SEEK_END)
        try:
            while data:
                data = data[file.write(data) or 0 :]
            if self._fsync:
                os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise


def _tail(file: FileIO, end: int) -> tuple[bytes, bytes]:
    """The last whole line of a file without its end, and what stands after it."""
    tail = b""
    while end and tail.count(b"\n") < 2:
        start = max(0, end - _BLOCK)
        file.seek(start)
        tail = file.read(end - start) + tail
        end = start
    lines = tail.split(b"\n")
    return (lines[-2] if len(lines) > 1 else b""), lines[-1]


class Handler(logging.Handler):
    """Appends the decisions that are logged, and takes no other record.

    `logging.getLogger("undo").info(decision)`, or `.info("…", extra={"decision": decision})`. As of every handler of
    `logging`, errors are printed and not raised: where no decision may go unwritten, call the appender itself.
    """

    def __init__(self, appender: Appender, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.appender = appender

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record's decision, if it has one."""
        decision = _decision(record)
        if decision is None:
            return
        try:
            self.appender.append(decision)
        except Exception:  # as `logging` wants it: an error in a handler does not stop the program
            self.handleError(record)


def _decision(record: logging.LogRecord) -> Decision | None:
    told = (record.msg, getattr(record, "decision", None))
    return next((item for item in told if isinstance(item, Decision)), None)
