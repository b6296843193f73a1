"""A private PostgreSQL for the tests: made in a folder of its own, gone with the tests.

Run as a program it keeps a cluster for as long as any test process holds the lock that says so; the
operating system lets go of that lock however the process ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

import core.db.reminder_tables
import core.db.turn_tables  # noqa: F401  the tables of both are emptied too
from core.db import engine as engines
from core.db.migrate import upgrade
from core.db.tables import Base
from tests.conftest import ROOT, free_port

MISSING = "PostgreSQL is not installed (Debian: apt-get install postgresql) and TEST_POSTGRES_URL is not set"
_START_SECONDS = 30
# Nothing of a test has to outlive a power cut; what was committed does outlive a killed server.
_SETTINGS = ("fsync=off", "full_page_writes=off", "autovacuum=off")


def binaries() -> pathlib.Path | None:
    """Where initdb and postgres are, the newest version first."""
    found = [pathlib.Path(p).parent for p in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(pathlib.Path(on_path).resolve().parent)
    return max(found, key=lambda p: [int(n) for n in p.parts if n.isdecimal()], default=None)


class Cluster:
    """One server with its data in ``folder``; root, whom PostgreSQL refuses, runs it as ``postgres``."""

    def __init__(self) -> None:
        found = binaries()
        assert found, MISSING
        self._binaries, self.port = found, free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="one-stop-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            other = pwd.getpwnam("postgres")
            os.chown(self.folder, other.pw_uid, other.pw_gid)
            self._user = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        options = ("-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        command = [str(found / "initdb"), *options, "--locale=C.UTF-8", "--no-instructions"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self._user)

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as DATABASE_URL wants it."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = ["-D", f"{self.folder}/data", "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        for setting in _SETTINGS:
            options += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), *options], stdout=log, stderr=log, cwd="/", **self._user
            )
        deadline = time.monotonic() + _START_SECONDS
        ask = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ask).returncode:
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash does: every connection breaks, and the next start recovers."""
        self._end(signal.SIGQUIT)

    def crash(self) -> None:
        """End it for a moment, then start it again."""
        self.kill()
        time.sleep(0.7)
        self.start()

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: int) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.wait(_START_SECONDS)
            self._process = None


@dataclass(frozen=True)
class Databases:
    """Makes and drops databases on one server, each a copy of a migrated one.

    Args:
        server: address of a database of the server, of somebody who may create databases.
        spare: emptied ones, for emptying takes a tenth of making.
    """

    server: str
    template: str
    spare: list[str] = field(default_factory=list)

    async def lend(self) -> str:
        """The address of an empty migrated database."""
        return self.spare.pop() if self.spare else await self.make()

    async def give_back(self, url: str) -> None:
        """Empty a database for the next test; one that has other tables now is dropped."""
        emptied = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)
        counted_anew = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
        try:
            await self._run(f"SET lock_timeout = 2000; {emptied}; {counted_anew}", url)
        except asyncpg.PostgresError:
            await self.drop(url)
        else:
            self.spare.append(url)

    async def make(self, template: str | None = None) -> str:
        """The address of a new migrated database; ``template0`` gives an empty one."""
        name = _name()
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template or self.template} STRATEGY file_copy")
        return _at(self.server, name)

    async def drop(self, url: str) -> None:
        """Drop a database that :meth:`make` made."""
        await self._run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def _run(self, statement: str, url: str | None = None) -> None:
        connection = await asyncpg.connect((url or self.server).replace("+asyncpg", ""))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def databases(server: str) -> Iterator[Databases]:
    """The databases of a server, over a migrated template."""
    made = Databases(server, _name())

    _aside(lambda: made._run(f"CREATE DATABASE {made.template} TEMPLATE template0 ENCODING 'UTF8'"))
    migrate(_at(server, made.template))
    yield made
    for url in (*made.spare, _at(server, made.template)):
        _aside(partial(made.drop, url))


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""

    async def deed() -> None:
        engine = engines.create(url)
        await upgrade(engine)
        await engine.dispose()

    _aside(deed)


@contextmanager
def shared(folder: pathlib.Path) -> Iterator[str]:
    """The address of a server that every test process which names the same folder shares."""
    with (folder / "postgres.users").open("a") as users, (folder / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is stopping
        address = folder / "postgres.url"
        if not address.exists():
            _keep(folder)
        fcntl.flock(lock, fcntl.LOCK_UN)
        yield address.read_text()


def _keep(folder: pathlib.Path) -> None:
    """Start the process that keeps a cluster, and wait for it."""
    log = folder / "postgres.log"
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres", str(folder)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests; it ends after them
        )
    while not (folder / "postgres.url").exists():
        assert keeper.poll() is None, f"PostgreSQL did not start:\n{log.read_text()}"
        time.sleep(0.05)


def main(folder: pathlib.Path) -> None:
    """Keep a cluster until nobody uses it."""
    cluster, address = Cluster(), folder / "postgres.url"
    try:
        cluster.start()
        (folder / "postgres.new").write_text(cluster.url())
        (folder / "postgres.new").rename(address)
        with (folder / "postgres.users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink()
    finally:
        cluster.stop()


def _name() -> str:
    return f"test_{uuid.uuid4().hex}"


def _at(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


def _aside(deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine on a thread of its own, away from the event loops of tests."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(deed())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
