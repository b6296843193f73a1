"""The real application under `kill -9`, before a simulated Telegram that calls its webhook.

On PostgreSQL it is several processes behind one address, and the database is killed as well.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import insert, select, text

from bot.app import parts
from bot.channels.telegram.service import WEBHOOK_PATH
from core.conversations.inbox import now_utc
from core.db import engine as engines
from core.db.talk_tables import TalkLineRow, TalkRow
from core.messages import Address, Incoming
from core.settings import Settings
from simulators.telegram.server import create
from simulators.telegram.state import World
from tests.conftest import ROOT, free_port, until

TOKEN, SECRET = "123456:simulated", "a-secret-of-this-test"
CHATS, PER_SECOND = 10, 20
HELD = 10  # the chat that staff have, where the assistant is silent and every message is a line for them
WRITTEN_BETWEEN = 8  # messages at least between two kills, however slow the machine
SAID = ("/start", "/help", "/thutuc", "2.001159", "3.000347", "payload:tt:attp-an-uong:2", "payload:gone")


@dataclass
class Outcome:
    """What came of it.

    Args:
        in_flight: messages delivered at a kill that the application could not record.
        maybe_twice: messages that the application itself says may have been sent twice.
        held: what was said to staff, ``lines`` what they have of it.
    """

    kills: int = 0
    written: int = 0
    missing: list[str] = field(default_factory=list)
    twice: int = 0
    in_flight: int = 0
    maybe_twice: int = 0
    unfinished: int = 0
    refused: int = 0
    delays: list[float] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class Play:
    """Citizens who write, an application that is killed, and what they got.

    Args:
        database: address of its database.
        processes: how many share the work.
        seed: of the moments at which one is killed.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        serve: Callable[[object], Awaitable[str]],
        database: str,
        processes: int = 1,
        seed: int = 5,
    ) -> None:
        self._folder, self._serve, self._random = folder, serve, random.Random(seed)
        ticks = itertools.count(0, 10)
        self._world = World(TOKEN, lambda: float(next(ticks)))
        self._processes: dict[int, subprocess.Popen[bytes] | None] = {
            free_port(): None for _ in range(processes)
        }
        self._engine = engines.create(database)
        self._over = False
        self._wanted: dict[int, list[str]] = {chat: [] for chat in range(1, CHATS + 1)}
        self.outcome = Outcome()

    async def run(self, kills: int, crash: Callable[[], None] | None = None) -> Outcome:
        """Write 20 messages a second, kill and start again ``kills`` times, and wait for the last answer.

        Args:
            crash: ends the database and starts it again; done once, before the first kill.
        """
        environment = self._environment(await self._serve(create(self._world)))
        for port in self._processes:
            self._start(port, environment)
        replies = await _replies(environment, self._folder)
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            await self._alive(client)
            await self._hold()
            writing = [asyncio.create_task(self._write(chat, client, replies)) for chat in self._wanted]
            try:
                for number in range(kills):
                    await self._alive(client)
                    await self._let_them_write()
                    if crash and number == 0:
                        await asyncio.to_thread(crash)
                        await asyncio.sleep(self._random.uniform(0.05, 0.5))
                    port = self._random.choice(list(self._processes))
                    await self._kill(port)
                    self._start(port, environment)
                await self._alive(client)
                await asyncio.sleep(0.5)
                self._over = True
                await asyncio.gather(*writing)
                await self._settled()
                await self._judge()
            finally:
                await self._end(writing)
        return self.outcome

    async def _let_them_write(self) -> None:
        """For a moment, and a few messages at least."""
        enough = self.outcome.written + WRITTEN_BETWEEN
        await asyncio.sleep(self._random.uniform(0.05, 1.2))
        await until(lambda: self.outcome.written >= enough, seconds=60)

    def _environment(self, base: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_")}
        return {
            **kept,
            "PUBLIC_URL": f"http://127.0.0.1:{next(iter(self._processes))}",
            "DATABASE_URL": self._engine.url.render_as_string(False),
            "SECRET_KEY": "k" * 32,
            "RASA_URL": f"http://127.0.0.1:{free_port()}",
            "PORTAL_SIMULATOR_URL": f"http://127.0.0.1:{free_port()}",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_BASE_URL": base,
        }

    def _start(self, port: int, environment: dict[str, str]) -> None:
        with (self._folder / "log").open("ab") as log:
            self._processes[port] = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"],
                cwd=ROOT,
                env={**environment, "PORT": str(port)},
                stdout=log,
                stderr=log,
            )

    async def _kill(self, port: int) -> None:
        process = self._processes[port]
        assert process is not None
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        self.outcome.kills += 1
        await asyncio.sleep(0.1)  # what was on its way arrives
        lost = len(self._world.sent) - await self._number("SELECT coalesce(sum(sent), 0) FROM inbound")
        self.outcome.in_flight = max(lost, self.outcome.in_flight)

    async def _end(self, writing: list[asyncio.Task[None]]) -> None:
        for task in writing:
            task.cancel()
        for process in self._processes.values():
            if process:
                process.kill()
                process.wait()
        await self._engine.dispose()

    async def _alive(self, client: httpx.AsyncClient) -> None:
        async with asyncio.timeout(60):
            for port in self._processes:
                while not await _answers(client, f"http://127.0.0.1:{port}/healthz"):
                    await asyncio.sleep(0.05)

    async def _write(self, chat: int, client: httpx.AsyncClient, replies: dict[str, list[str]]) -> None:
        """One citizen, who writes the next thing whether or not the last was answered."""
        for number in itertools.count(chat):
            if self._over:
                return
            said = SAID[number % len(SAID)]
            kind, _, payload = said.partition("payload:")
            update = self._world.press(chat, payload) if payload else self._world.write(chat, text=kind)
            self._world.people.add(chat)
            if chat == HELD:
                self.outcome.held.append("[Nút bấm]" if payload else said)
            else:
                self._wanted[chat] += replies[said]
            self.outcome.written += 1
            began = time.monotonic()
            await self._post(client, update)
            await asyncio.sleep(max(0.0, CHATS / PER_SECOND - (time.monotonic() - began)))

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any]) -> None:
        """As Telegram does: the same update again until it is taken, by whichever process is given it."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        while True:
            began, port = time.monotonic(), self._random.choice(list(self._processes))
            try:
                response = await client.post(
                    f"http://127.0.0.1:{port}{WEBHOOK_PATH}", json=update, headers=headers
                )
                if response.is_success:
                    self.outcome.delays.append(time.monotonic() - began)
                    return
                self.outcome.refused += 1
            except httpx.HTTPError:
                pass  # nobody listens: it is being started
            await asyncio.sleep(0.1)

    async def _hold(self) -> None:
        """Staff take up the conversation with one of them."""
        now = now_utc()
        held = {"address": f"telegram:{HELD}", "state": "held", "why": "asked", "claimed_by": 1, "unread": 0}
        moments = dict.fromkeys(("opened_at", "since", "claimed_at", "last_said_at"), now)
        async with self._engine.begin() as connection:
            await connection.execute(insert(TalkRow).values(**held, **moments))

    async def _settled(self) -> None:
        async with asyncio.timeout(60):
            while await self._number("SELECT count(*) FROM inbound WHERE finished_at IS NULL"):
                await asyncio.sleep(0.1)

    async def _number(self, query: str) -> int:
        async with self._engine.connect() as connection:
            return int(await connection.scalar(text(query)) or 0)

    async def _judge(self) -> None:
        for chat, wanted in self._wanted.items():
            got = self._world.texts(chat)
            once = [text for text, _ in itertools.groupby(got)]
            if once != wanted:
                pairs = enumerate(itertools.zip_longest(once, wanted))
                place, (was, due) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
                self.outcome.missing.append(f"chat {chat}, {place}: {was!r:.60} where {due!r:.60} was due")
            self.outcome.twice += len(got) - len(wanted)
        lines = select(TalkLineRow.text).where(TalkLineRow.direction == "citizen").order_by(TalkLineRow.id)
        async with self._engine.connect() as connection:
            self.outcome.lines = list((await connection.execute(lines)).scalars().all())
        self.outcome.unfinished = await self._number("SELECT count(*) FROM inbound WHERE finished_at IS NULL")
        self.outcome.maybe_twice = await self._number("SELECT sum(twice) FROM inbound")


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        await client.get(address)
    except httpx.HTTPError:
        return False
    return True


async def _replies(environment: dict[str, str], folder: pathlib.Path) -> dict[str, list[str]]:
    """What the application answers to each thing said, from a conversation in this process."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite+aiosqlite:///{folder / 'expected.db'}",
        secret_key=environment["SECRET_KEY"],
        rasa_url=environment["RASA_URL"],
        portal_simulator_url=environment["PORTAL_SIMULATOR_URL"],
    )
    found: dict[str, list[str]] = {}
    async with parts(settings) as made:
        for said in SAID:
            kind, _, payload = said.partition("payload:")
            incoming = Incoming(Address("telegram", "0"), payload or kind, "payload" if payload else "text")
            found[said] = [m.text for m in (await made.conversation.answer(incoming)).messages]
    firsts = [texts[0] for texts in found.values()]
    assert len(set(firsts)) == len(SAID), "answers that follow each other must differ"
    return found
