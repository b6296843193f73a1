"""The whole assistant as ``make run`` starts it, on free ports, for tests that talk to it."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import httpx

from tests.conftest import ROOT, free_port
from tests.platforms import Platforms

START_SECONDS = 180


@dataclass
class Running:
    """A started assistant."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    base: str
    rasa: str
    portal: str

    @property
    def database(self) -> str:
        """The file of its database."""
        return self.environment["DATABASE_URL"].partition("///")[2]

    def stop(self, number: int = signal.SIGINT) -> str:
        """Send a signal to the supervisor and give back everything it printed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.communicate(timeout=30)[0]


def environment(folder: pathlib.Path) -> dict[str, str]:
    """Settings for an assistant of its own: free ports and a database in ``folder``."""
    ports: list[int] = []
    while len(ports) < 5:
        ports = list({*ports, free_port()})
    foreign = ("TELEGRAM_", "ZALO_", "PUBLIC_URL")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(foreign)},
        "PORT": str(ports[0]),
        "RASA_URL": f"http://127.0.0.1:{ports[1]}",
        "ACTIONS_URL": f"http://127.0.0.1:{ports[2]}/webhook",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'assistant.db'}",
        "LOG_FOLDER": str(folder / "log"),
        "SECRET_FILE": str(folder / "secret.key"),
        "PORTAL_SIMULATOR_URL": f"http://127.0.0.1:{ports[3]}",
        "CONSOLE_PORT": str(ports[4]),
    }


def start(folder: pathlib.Path, platforms: Platforms | None = None) -> Running:
    """Start and wait until questions are understood. Fails with what the supervisor printed.

    Args:
        platforms: what else than the web it is reached by.
    """
    env = environment(folder)
    if platforms:
        env |= platforms.environment(env["PORT"])
        platforms.authorize(env)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.up"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(
        process, env, f"http://127.0.0.1:{env['PORT']}", env["RASA_URL"], env["PORTAL_SIMULATOR_URL"]
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{running.base}/readyz", timeout=2, trust_env=False).status_code == 200:
                return running
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"the assistant did not start:\n{running.stop()}")
