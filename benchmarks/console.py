"""How fast the console's pages are at 100,000 subscribers: ``python -m benchmarks.console``.

The database is filled straight away: subscribers, followed dossiers, a notice that went to all of them,
conversations, petitions, ratings, versions of the log of turns. Then each page is opened as an administrator.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import pathlib
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import load
from benchmarks.turns import started
from console import parts as parts_module
from core import profile as profiles
from core import secret as secrets
from core.db import broadcast_tables as many
from core.db import engine as engines
from core.db import feedback_tables, reminder_tables, tables, talk_tables, turn_tables
from core.db.migrate import upgrade
from core.figures.fill import Filler
from core.paths import ROOT
from core.places import units
from core.procedures import catalogue
from core.settings import Settings
from core.staff.accounts import Wanted
from core.staff.offices import Office
from core.staff.rights import Role
from tests import running

PASSWORD = "trâu đen ăn cỏ 9 lần"
PAGES = (
    "/quay", "/quay?tinh-trang=9", "/quay/viec", "/hoi-dap", "/hoi-dap/1", "/thong-bao", "/thong-bao/1",
    "/thong-bao/1/nguoi-nhan", "/gop-y", "/gop-y/phan-anh", "/so-lieu", "/thu-tuc",
    "/thu-tuc/dang-ky-khai-sinh", "/nhan-su", "/nhat-ky",
)  # fmt: skip
_ROWS = 5_000
Filled = tuple[Any, list[dict[str, Any]]]
_STATES = (2, 4, 4, 4, 5, 6, 9, 9, 10)


def rows(size: int, now: dt.datetime) -> Iterator[Filled]:
    """What the database is filled with, table by table."""
    yield from _of_people(size, now)
    yield from _of_staff(now)


def _of_people(size: int, now: dt.datetime) -> Iterator[Filled]:
    """Subscribers, what they follow and rated, a notice that went to all of them, what they asked."""
    who = [f"telegram:{n}" for n in range(size)]
    codes = [f"H15.50.{n % 99 + 1:02}.13-2610{n % 28 + 1:02}-{n // 99:05}" for n in range(size)]
    last, soon = now - dt.timedelta(days=3), now + dt.timedelta(days=2)
    yield many.NoticeSubscriberRow, [{"address": a, "unit": None, "since": last} for a in who]
    yield (
        tables.FollowedRow,
        [{"address": a, "code": c, "label": "", "since": last} for a, c in zip(who, codes, strict=True)],
    )
    yield reminder_tables.WatchRow, [
        {"code": c, "root": "H15", "next_at": soon, "status": _STATES[n % len(_STATES)], "since": last,
         "due_at": now + dt.timedelta(days=n % 20 - 8), "paid": None, "checked_at": last, "failures": 0}
        for n, c in enumerate(codes)
    ]  # fmt: skip
    times = {"due_at": last, "expires_at": soon, "created_at": last, "finished_at": last}
    yield reminder_tables.OutboxRow, [
        {"address": a, "channel": "telegram", "subject": "broadcast:1", "kind": "notice", "occasion": "1",
         "lane": 2, "check": "4F7K", **times, "state": "sent", "tries": 1, "unknowns": 0}
        for a in who
    ]  # fmt: skip
    yield (
        many.BroadcastRecipientRow,
        [{"broadcast": 1, "address": a, "channel": "telegram", "occasion": "1"} for a in who],
    )
    yield many.BroadcastRow, [
        {"id": 1, "state": "done", "version": 1, "title": "Nghỉ lễ", "text": "Các quầy nghỉ ngày mai.",
         "links": [], "audience": {"whom": "subscribers"}, "emergency": False, "why": "", "author": 1,
         "author_name": "Quản trị", "editor": 1, "created_at": last, "updated_at": last, "cursor": "", "expanded": True,
         "attempt": 1}
    ]  # fmt: skip
    yield (
        reminder_tables.RatingRow,
        [
            {"address": a, "code": c, "score": n % 5 + 1, "at": last}
            for n, (a, c) in enumerate(zip(who, codes, strict=True))
        ],
    )
    yield turn_tables.TurnRow, [
        {"at": now - dt.timedelta(days=n % 90), "day": (now - dt.timedelta(days=n % 90)).date(),
         "who": f"{n % 5000}", "channel": "web", "kind": "text", "outcome": "answered", "ms": 40,
         "procedure": "dang-ky-khai-sinh", "identifier": ""}
        for n in range(2 * size)
    ]  # fmt: skip


def _of_staff(now: dt.datetime) -> Iterator[Filled]:
    """Conversations, most of them closed, and petitions."""
    last, soon = now - dt.timedelta(days=3), now + dt.timedelta(days=2)
    yield talk_tables.TalkRow, [
        {"id": n + 1, "address": f"web:{n}", "state": "waiting" if n < 2_000 else "closed", "why": "asked",
         "opened_at": last, "since": last, "last_said_at": last, "unread": 1, "version": 1,
         "closed_at": None if n < 2_000 else last}
        for n in range(20_000)
    ]  # fmt: skip
    yield (
        talk_tables.TalkLineRow,
        [
            {"talk": n % 20_000 + 1, "direction": "citizen", "text": "Cho tôi hỏi thêm", "at": last}
            for n in range(100_000)
        ],
    )
    yield feedback_tables.PetitionRow, [
        {"number": f"PA-2611-{n:05}", "address": f"web:{n}", "state": "received", "text": "Chờ lâu quá",
         "at": last, "due_at": soon}
        for n in range(10_000)
    ]  # fmt: skip


async def fill(url: str, folder: pathlib.Path, size: int) -> None:
    """Make and fill the database, with one administrator."""
    engine, now = engines.create(url), dt.datetime.now(dt.UTC)
    await upgrade(engine)
    profile, held = profiles.load("dak-lak"), catalogue.shipped()
    secret = secrets.load(None, folder / "secret.key")
    parts = parts_module.assemble(Settings(), profile, engine, secret, lambda: now, lambda: held)
    await parts.offices.seed(units.load(ROOT / profile.units))
    async with engine.begin() as connection:
        for n, office in enumerate(await parts.offices.all(), 1):
            code = (f"H15.50.{n:02}",)
            await parts.offices.put(connection, Office(office.id, office.name, office.unit, code))
    await parts.accounts.add(
        None, "quan.tri", Wanted("Quản trị", frozenset({Role.ADMIN}), everywhere=True), PASSWORD
    )
    for table, found in rows(size, now):
        await put(engine, table, found)
    await Filler(engine, parts.zone, lambda: now).tick()
    await parts.portals.close()
    await engine.dispose()


async def put(engine: AsyncEngine, table: Any, found: list[dict[str, Any]]) -> None:
    """Insert rows, some thousand a transaction."""
    for start in range(0, len(found), _ROWS):
        async with engine.begin() as connection:
            await connection.execute(insert(table), found[start : start + _ROWS])


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="subscribers (%(default)s)")
    parser.add_argument("--times", type=int, default=20, help="how often each page is opened (%(default)s)")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = running.environment(folder)
        asyncio.run(fill(env["DATABASE_URL"], folder, given.size))
        stack.enter_context(started([sys.executable, "-m", "console", "serve"], env, ROOT))
        base = f"http://127.0.0.1:{env['CONSOLE_PORT']}"
        load.wait(lambda: _up(base), 60)
        client = stack.enter_context(httpx.Client(base_url=base, timeout=60, trust_env=False))
        client.post("/dang-nhap", data={"name": "quan.tri", "password": PASSWORD})
        print(f"| page, {given.size} subscribers | p50 | slowest of {given.times} |\n|---|---|---|")
        for path in PAGES:
            took = [_opened(client, path) for _ in range(given.times + 1)][
                1:
            ]  # the first one reads from disk
            print(f"| `{path}` | {1000 * statistics.median(took):.0f} ms | {1000 * max(took):.0f} ms |")


def _opened(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - began
    if answer.status_code != 200 or not re.search("<h1", answer.text):
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took


def _up(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz", timeout=1, trust_env=False).is_success
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
