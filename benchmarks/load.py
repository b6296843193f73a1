"""A load of JSON requests over kept connections: small, so that the two cores are the server's, not the client's."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse


@dataclass(frozen=True, slots=True)
class Measured:
    """What one load came to: requests a second, and milliseconds."""

    rate: float
    p50: float
    p99: float
    answers: tuple[Any, ...]


class Connection:
    """One HTTP/1.1 connection, opened when first used and kept. Raises OSError when the answer is no 2xx."""

    def __init__(self, url: str) -> None:
        self._host, self._port = urlparse(url).hostname or "", urlparse(url).port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: object, origin: str | None = None) -> Any:
        """The JSON answer. ``origin`` is the network address a proxy would say the request came from."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        head += f"X-Forwarded-For: {origin}\r\n\r\n" if origin else "\r\n"
        writer.write(head.encode() + data)
        answered = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(answered.split(None, 2)[1])
        text = await reader.readexactly(int(answered.split(b"content-length:")[1].split(None, 1)[0]))
        if not 200 <= status < 300:
            raise OSError(f"{path} answered {status}")
        return json.loads(text)

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


async def run(
    url: str, path: str, bodies: Sequence[object], clients: int, origins: Sequence[str] = ()
) -> Measured:
    """Send every body once, ``clients`` at a time, each client on a connection of its own.

    ``origins``, when given, has one network address for each body.
    """
    queue = list(enumerate(bodies))[::-1]
    spent: list[float] = []
    answers: list[Any] = [None] * len(bodies)

    async def work() -> None:
        connection = Connection(url)
        while queue:
            number, body = queue.pop()
            begun = time.perf_counter()
            answers[number] = await connection.post(path, body, origins[number] if origins else None)
            spent.append(1000 * (time.perf_counter() - begun))
        connection.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    rate = len(bodies) / (time.perf_counter() - begun)
    spent.sort()
    return Measured(rate, spent[len(spent) // 2], spent[int(len(spent) * 0.99)], tuple(answers))


def measure(
    url: str, path: str, bodies: Sequence[object], clients: int, origins: Sequence[str] = ()
) -> Measured:
    """:func:`run` from where nothing runs yet."""
    return asyncio.run(run(url, path, bodies, clients, origins))


def wait(ready: Callable[[], bool], seconds: float) -> float:
    """Seconds until ``ready``. Raises SystemExit when it takes longer than allowed."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        if ready():
            return time.perf_counter() - begun
        time.sleep(0.05)
    raise SystemExit(f"not ready after {seconds:.0f} seconds")
