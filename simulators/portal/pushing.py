"""Telling the assistant at once that a dossier changed, signed as a real portal would."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from core.dossiers.portals import push
from core.dossiers.portals.connections import Connection, simulated

WAITS = (0.0, 0.5, 2.0, 5.0)  # seconds before each try


@dataclass
class Pushing:
    """Pushes to one assistant.

    Args:
        to: its address, such as ``http://127.0.0.1:8080``; None while nobody is to be told.
        real: the moment outside the simulation; a signature is good for minutes.
    """

    real: Callable[[], dt.datetime]
    to: str | None = None
    client: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(timeout=5, trust_env=False)
    answers: Counter[str] = field(default_factory=Counter)
    _works: set[asyncio.Task[None]] = field(default_factory=set)

    def tell(self, code: str) -> None:
        """Push a code in the background, when somebody is to be told and the code is one of the assistant's."""
        connection = _keeping(code)
        if self.to is None or connection is None:
            return
        work = asyncio.get_running_loop().create_task(self._tell(self.to, connection, code))
        self._works.add(work)
        work.add_done_callback(self._works.discard)

    async def _tell(self, to: str, connection: Connection, code: str) -> None:
        assert connection.push_secret is not None
        url, body = (
            f"{to.rstrip('/')}/webhooks/portal/{connection.id}",
            json.dumps({"codes": [code]}).encode(),
        )
        async with self.client() as client:
            for wait in WAITS:
                await asyncio.sleep(wait)
                stamp = str(int(self.real().timestamp()))
                signature = push.sign(connection.push_secret.get_secret_value(), stamp, body)
                headers = {push.TIMESTAMP: stamp, push.SIGNATURE: signature}
                try:
                    answer = await client.post(url, content=body, headers=headers)
                except httpx.HTTPError as error:
                    self.answers[type(error).__name__] += 1
                    continue
                self.answers[str(answer.status_code)] += 1
                if answer.status_code not in (429, 503):
                    return


def _keeping(code: str) -> Connection | None:
    """The assistant's connection for a code, as it is with the simulated portals."""
    identifier = code.split("-")[0]
    for connection in simulated("http://127.0.0.1"):
        if any(part.startswith(connection.prefixes) for part in identifier.split(".")):
            return connection
    return None
