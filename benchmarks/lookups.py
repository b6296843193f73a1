"""Look-ups of dossiers per second: from memory, through the drivers, and calling the simulator directly."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence

import httpx
import structlog

from core.db import engine as engines
from core.db.migrate import upgrade
from core.dossiers.codes import DossierCode
from core.dossiers.lookup import Lookup
from core.dossiers.portals import router
from core.dossiers.portals.connections import Limits
from core.dossiers.portals.http import client_for
from core.dossiers.portals.sessions import SharedSessions
from core.dossiers.snapshots import Snapshots
from core.secret import Secret

CLIENTS, LOOKUPS = 8, 600
Deed = Callable[[DossierCode], Awaitable[object]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _rate(deed: Deed, codes: Sequence[DossierCode]) -> tuple[float, float]:
    """Look-ups per second and the 99th percentile in milliseconds, CLIENTS at a time."""
    queue, spent = list(codes), []

    async def work() -> None:
        while queue:
            code, begun = queue.pop(), time.perf_counter()
            await deed(code)
            spent.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    return len(codes) / (time.perf_counter() - begun), 1000 * sorted(spent)[int(len(spent) * 0.99)]


async def _measure(base: str, folder: str) -> None:
    async with httpx.AsyncClient(trust_env=False, base_url=base) as client:
        examples = (await client.get("/_control/examples")).json()
        codes = [
            DossierCode.parse(row["code"])
            for rows in examples.values()
            for row in rows
            if ".H45" not in row["code"] and row["code"].startswith("H15")
        ]
        engine = engines.create(f"sqlite+aiosqlite:///{folder}/bench.db")
        await upgrade(engine)
        secret = Secret("k" * 32)

        def clock() -> dt.datetime:
            return dt.datetime.now(dt.UTC)

        sessions = SharedSessions(engine, secret, clock)
        connections = router.simulated(base)
        async with router.build(connections, sessions, clock, lambda _: client_for(Limits())) as portals:
            snapshots = Snapshots(engine, secret)
            kept = Lookup(portals, snapshots, clock, fresh=dt.timedelta(hours=1))
            never = Lookup(portals, snapshots, clock, fresh=dt.timedelta())

            async def direct(code: DossierCode) -> None:
                await client.get("/igate/pa/dossier-search/dvc", params={"code": code.text, "spec": "slice"})

            many = (codes * LOOKUPS)[:LOOKUPS]
            await _rate(kept.find, codes)  # everything is remembered, everything is warm
            rows = {
                "one request to the simulator, nothing read": await _rate(direct, many),
                "portal asked each time (sign-in shared, search, detail, fees, saved)": await _rate(
                    never.find, many
                ),
                "from memory, with its time": await _rate(kept.find, many),
            }
        await engine.dispose()
    reference = rows["one request to the simulator, nothing read"][0]
    print("| look-up | per second | against one direct request | p99 |\n|---|---|---|---|")
    for name, (rate, p99) in rows.items():
        print(f"| {name} | {rate:.0f} | {rate / reference:.2f}× | {p99:.0f} ms |")


def main() -> None:
    """Start a simulated portal, measure, end it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    simulator = subprocess.Popen(
        [sys.executable, "-m", "simulators.portal", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{base}/_control/clock", timeout=1, trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_measure(base, folder))
    finally:
        simulator.terminate()
        simulator.wait(10)


if __name__ == "__main__":
    main()
