"""Whole turns through Rasa, its actions and back: ours against Rasa 3.6.21 as it is suggested, in one run."""

from __future__ import annotations

import argparse
import hashlib
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from benchmarks import load
from core.training import evaluation, model
from tests.conftest import free_port

ROOT = pathlib.Path(__file__).resolve().parents[1]
HOLDOUT = ROOT / "tests" / "nlu" / "holdout"
STOCK_CONFIG = ROOT / "benchmarks" / "stock_config.yml"
STOCK_ENDPOINTS = "action_endpoint:\n  url: ${ACTIONS_URL}\n"
STOCK_CREDENTIALS = "rest:\n"
START_SECONDS = 240


@dataclass
class Side:
    """What one of the two came to."""

    start: float = 0.0
    memory: float = 0.0
    rounds: list[load.Measured] = field(default_factory=list)
    processor: float = 0.0

    def median(self, name: str) -> float:
        """The median over the rounds of ``rate``, ``p50`` or ``p99``."""
        return sorted(getattr(r, name) for r in self.rounds)[len(self.rounds) // 2]


def bodies(number: int, people: int) -> list[dict[str, object]]:
    """Held-out questions and other messages, mixed, from so many people."""
    asked = evaluation.read(HOLDOUT / "questions.tsv") + evaluation.read(HOLDOUT / "others.tsv")
    draw = random.Random(7)
    return [
        {
            "sender": f"bench:{i % people}",
            "message": draw.choice(asked).text,
            "metadata": {"procedure": None},
        }
        for i in range(number)
    ]


def rss(process: subprocess.Popen[bytes]) -> float:
    """Resident megabytes."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time so far."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def started(
    command: Sequence[str], env: dict[str, str], folder: pathlib.Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works in ``folder``, ended afterwards."""
    process = subprocess.Popen(
        list(command), cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """Whether a Rasa server has loaded its model."""
    try:
        return bool(httpx.get(f"{url}/status", timeout=2, trust_env=False).json().get("model_file"))
    except (httpx.HTTPError, ValueError):
        return False


def trained(config: pathlib.Path | None, out: pathlib.Path) -> float:
    """Train to ``out`` and give back the seconds it took, nothing cached."""
    chosen = ["--config", str(config)] if config else []
    command = [str(model.RASA), "train", *chosen, "--force", "--out", str(out.parent)]
    begun = time.perf_counter()
    subprocess.run(
        [*command, "--fixed-model-name", out.name.removesuffix(".tar.gz")],
        check=True,
        cwd=ROOT,
        env=model.environment(),
        capture_output=True,
    )
    return time.perf_counter() - begun


def stock_model() -> pathlib.Path:
    """The stock model of the present data, trained once."""
    digest = hashlib.sha256(STOCK_CONFIG.read_bytes() + (ROOT / "domain.yml").read_bytes())
    for file in sorted((*(ROOT / "data" / "nlu").glob("*.yml"), *(ROOT / "data" / "rules").glob("*.yml"))):
        digest.update(file.read_bytes())
    path = ROOT / "models" / f"stock-{digest.hexdigest()[:16]}" / "stock.tar.gz"
    if not path.exists():
        print("training the stock model once; this takes minutes", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        trained(STOCK_CONFIG, path)
    return path


def ours_command(port: int) -> list[str]:
    """Our server, as ``make run`` starts it."""
    command = [str(model.RASA.parent / "python"), "-m", "nlu.serve", "run", "--enable-api"]
    options = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return [*command, "--model", str(model.path()), *_listening(port), *options]


def stock_command(port: int, folder: pathlib.Path) -> list[str]:
    """Rasa as its documentation starts it."""
    (folder / "endpoints.yml").write_text(STOCK_ENDPOINTS, encoding="utf-8")
    (folder / "credentials.yml").write_text(STOCK_CREDENTIALS, encoding="utf-8")
    options = ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    return [
        *(str(model.RASA), "run", "--enable-api", "--model", str(stock_model())),
        *_listening(port),
        *options,
    ]


def _listening(port: int) -> list[str]:
    return ["--interface", "127.0.0.1", "--port", str(port)]


def paired(rounds: int, turns: int, clients: int) -> dict[str, Side]:
    """Both servers side by side over the same action server; rounds alternate between them."""
    ports = {"stock": free_port(), "ours": free_port()}
    paths = {"stock": "/webhooks/rest/webhook", "ours": "/webhooks/onestop/webhook"}
    actions = f"http://127.0.0.1:{free_port()}/webhook"
    env = {**model.environment(), "ACTIONS_URL": actions}
    sides = {name: Side() for name in ports}
    many = bodies(turns, 200)
    with tempfile.TemporaryDirectory() as folder, started([sys.executable, "-m", "actions"], env):
        commands = {
            "stock": stock_command(ports["stock"], pathlib.Path(folder)),
            "ours": ours_command(ports["ours"]),
        }
        with started(commands["stock"], env) as stock:
            sides["stock"].start = _ready(ports["stock"])
            with started(commands["ours"], env) as ours:
                sides["ours"].start = _ready(ports["ours"])
                processes = {"stock": stock, "ours": ours}
                for name, port in ports.items():
                    load.measure(f"http://127.0.0.1:{port}", paths[name], many[:40], clients)
                used = {name: cpu(process) for name, process in processes.items()}
                for _ in range(rounds):
                    for name, port in ports.items():
                        found = load.measure(f"http://127.0.0.1:{port}", paths[name], many, clients)
                        if not all(found.answers):
                            raise SystemExit(f"{name} left messages without an answer")
                        sides[name].rounds.append(found)
                for name, process in processes.items():
                    sides[name].processor = 1000 * (cpu(process) - used[name]) / (rounds * turns)
                    sides[name].memory = rss(process)
    return sides


def _ready(port: int) -> float:
    return load.wait(lambda: answers(f"http://127.0.0.1:{port}"), START_SECONDS)


def whole_memory() -> float:
    """Resident megabytes of all processes of the embedded assistant after it answered."""
    from benchmarks import startup

    with tempfile.TemporaryDirectory() as folder:
        return sum(startup.assistant(pathlib.Path(folder))[2].values())


def training() -> tuple[float, float]:
    """Seconds to train the stock model and ours, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        stock = trained(STOCK_CONFIG, pathlib.Path(folder) / "stock.tar.gz")
        return stock, trained(None, pathlib.Path(folder) / "ours.tar.gz")


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table of ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds of each side (%(default)s)")
    parser.add_argument("--turns", type=int, default=200, help="turns of a round (%(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="clients at a time (%(default)s)")
    parser.add_argument("--train", action="store_true", help="also train both sides and compare the times")
    given = parser.parse_args(arguments)
    model.ensure(lambda _: None)
    sides = paired(given.rounds, given.turns, given.clients)
    stock, ours = sides["stock"], sides["ours"]
    rows = [
        (f"turns a second, {given.clients} clients", stock.median("rate"), ours.median("rate")),
        ("p50, ms", stock.median("p50"), ours.median("p50")),
        ("p99, ms", stock.median("p99"), ours.median("p99")),
        ("processor time of Rasa a turn, ms", stock.processor, ours.processor),
        ("start until a model is loaded, s", stock.start, ours.start),
        ("memory of the Rasa server after the load, MB", stock.memory, ours.memory),
        (
            "… against the whole assistant: Rasa, actions, app, simulated portal, MB",
            stock.memory,
            whole_memory(),
        ),
    ]
    if given.train:
        rows.append(("training (stock: 3 epochs instead of 100), s", *training()))
    print("| what | stock Rasa | ours | ours / stock |\n|---|---|---|---|")
    for what, one, other in rows:
        print(f"| {what} | {one:.1f} | {other:.1f} | {other / one:.2f}× |")


if __name__ == "__main__":
    main(sys.argv[1:])
