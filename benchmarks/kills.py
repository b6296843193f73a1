"""`kill -9` at random moments under 20 messages a second: what is lost, what comes twice."""

from __future__ import annotations

import asyncio
import pathlib
import tempfile
from typing import Any

import uvicorn

from tests.bot.killing import PER_SECOND, Outcome, Play
from tests.conftest import free_port

KILLS = 50


def main() -> None:
    """Print the table of kills."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(_play(pathlib.Path(folder)))
    delays = sorted(outcome.delays)
    print("| what | number |\n|---|---|")
    print(f"| kills, under {PER_SECOND} messages a second | {outcome.kills} |")
    print(f"| messages written | {outcome.written} |")
    print(f"| conversations with something missing or out of order | {len(outcome.missing)} |")
    print(f"| messages left unanswered | {outcome.unfinished} |")
    print(f"| sent twice | {outcome.twice} |")
    print(f"| being sent at a kill | {outcome.in_flight} |")
    print(f"| webhook refused (503), sent again | {outcome.refused} |")
    print(f"| webhook, 99 % within | {delays[int(len(delays) * 0.99)] * 1000:.0f} ms |")


async def _play(folder: pathlib.Path) -> Outcome:
    servers: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def serve(app: Any) -> str:
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
        servers.append((server, asyncio.create_task(server.serve())))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    try:
        return await Play(folder, serve, f"sqlite+aiosqlite:///{folder / 'kill.db'}", seed=1).run(KILLS)
    finally:
        for server, task in servers:
            server.should_exit = True
            await task


if __name__ == "__main__":
    main()
