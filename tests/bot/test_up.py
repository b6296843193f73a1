"""The supervisor: starts everything, stops everything, names what died and what is in the way."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from bot import up
from core.settings import Settings
from tests import running
from tests.conftest import ROOT


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]


def _children(port_or_name: str) -> list[int]:
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environ = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if port_or_name in environ and "bot.up" not in line:
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("key", ["PORT", "RASA_URL", "ACTIONS_URL", "PORTAL_SIMULATOR_URL"])
def test_a_port_in_use_is_one_clear_line(tmp_path: pathlib.Path, key: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        value = {
            "PORT": str(port),
            "RASA_URL": f"http://127.0.0.1:{port}",
            "ACTIONS_URL": f"http://127.0.0.1:{port}/webhook",
            "PORTAL_SIMULATOR_URL": f"http://127.0.0.1:{port}",
        }
        env = {**running.environment(tmp_path), key: value[key]}
        done = subprocess.run(
            [sys.executable, "-m", "bot.up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert f"cổng {port}" in done.stdout
    assert key in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_bad_setting_is_one_clear_line(tmp_path: pathlib.Path) -> None:
    env = {**running.environment(tmp_path), "PORT": "abc"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "PORT" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.model
def test_a_process_that_dies_is_named_and_nothing_stays_behind(tmp_path: pathlib.Path) -> None:
    started = running.start(tmp_path)
    mine = _children(started.environment["DATABASE_URL"])
    actions = next(pid for pid in mine if b"-m\0actions" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(actions, signal.SIGKILL)
    printed = started.process.communicate(timeout=30)[0]
    assert started.process.returncode == 1
    assert "“actions” đã dừng ngoài ý muốn" in printed
    deadline = time.monotonic() + 10
    while any(map(_alive, mine)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in mine if _alive(pid)]


def test_rasa_and_actions_listen_on_this_machine_only() -> None:
    commands = up.commands(Settings(_env_file=None), "m.tar.gz")  # type: ignore[call-arg]
    assert "--interface 127.0.0.1" in commands["rasa"]
