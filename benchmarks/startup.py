"""From `make run` to the first answer and to full understanding, against bare imports in the same run."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import httpx

from core.training import model
from tests import running

_PROCESSES = (
    ("rasa", "nlu.serve run"),
    ("actions", "-m actions"),
    ("app", "bot serve"),
    ("portal", "simulators.portal"),
)


def main() -> None:
    """Print the start-up table; the model is trained beforehand."""
    model.ensure(lambda _: None)
    bare = _bare_import()
    with tempfile.TemporaryDirectory() as folder:
        chat, understanding, memory = assistant(pathlib.Path(folder))
    print("| what | seconds | against importing Rasa's server alone |\n|---|---|---|")
    print(f"| import of Rasa's server and stock components | {bare:.1f} | 1.0× |")
    print(f"| web chat answers (buttons, codes, keywords) | {chat:.1f} | {chat / bare:.2f}× |")
    print(f"| questions are understood | {understanding:.1f} | {understanding / bare:.2f}× |")
    print(f"\nModel file: {model.path().stat().st_size / 1e6:.0f} MB")
    print("\nMemory after start: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in memory.items()))


def _bare_import() -> float:
    code = "import rasa.server, rasa.core.agent, rasa.engine.recipes.default_components"
    started = time.perf_counter()
    subprocess.run(
        [str(model.RASA.parent / "python"), "-c", code],
        check=True,
        env=model.environment(),
        capture_output=True,
    )
    return time.perf_counter() - started


def assistant(folder: pathlib.Path) -> tuple[float, float, dict[str, float]]:
    """Start everything: seconds to the chat and to understanding, and the memory of each process."""
    env = running.environment(folder)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.up"], cwd=running.ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        base = f"http://127.0.0.1:{env['PORT']}"
        chat = _until(lambda: _answers(base), started)
        understanding = _until(
            lambda: httpx.get(f"{base}/readyz", trust_env=False).status_code == 200, started
        )
        return chat, understanding, _memory(env["DATABASE_URL"])
    finally:
        process.terminate()
        process.wait(30)


def _answers(base: str) -> bool:
    body = {"session": "bench", "text": "làm khai sinh cần giấy tờ gì"}
    return httpx.post(f"{base}/api/chat", json=body, trust_env=False, timeout=5).is_success


def _until(done, started: float, limit: float = 120) -> float:  # type: ignore[no-untyped-def]
    while time.perf_counter() - started < limit:
        with contextlib.suppress(httpx.HTTPError):  # not listening yet: that is what is being timed
            if done():
                return time.perf_counter() - started
        time.sleep(0.1)
    raise SystemExit("the assistant did not start in time")


def _memory(mark: str) -> dict[str, float]:
    """Resident megabytes of each process of the started assistant."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            if mark not in (entry / "environ").read_bytes().decode(errors="replace"):
                continue
            line = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
            status = (entry / "status").read_text(encoding="utf-8")
        except OSError:
            continue
        name = next(
            (n for n, m in _PROCESSES if m in line),
            None,
        )
        if name:
            found[name] = int(status.split("VmRSS:")[1].split()[0]) / 1024
    return found
