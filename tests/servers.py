"""A real PostgreSQL for the tests: Debian's, in a folder of its own, as an unprivileged user, on a socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def postgres_programs() -> Path | None:
    """Where `initdb` and `postgres` are; None: nowhere."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """A server, as a connection string, for as long as it is used."""
    home = Path(tempfile.mkdtemp(prefix="payrules-pg-"))
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(home, user)
    data, options = home / "data", ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "jit=off", "-k", str(home)]
    as_user = {"user": user} if os.geteuid() == 0 else {}
    initialise = [programs / "initdb", "-D", data, "-U", "payrules", "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initialise, check=True, capture_output=True, cwd=home, **as_user)  # type: ignore[call-overload]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *options], stderr=subprocess.DEVNULL, cwd=home, **as_user
    )  # type: ignore[call-overload]
    try:
        _await(home / ".s.PGSQL.5432")
        yield f"postgresql://payrules@/postgres?host={home}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _await(socket: Path) -> None:
    deadline = time.monotonic() + 60
    while not socket.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no server at {socket}")
        time.sleep(0.05)
    time.sleep(0.2)
