"""Trains a Rasa model in a process of its own, loads it, and asks it."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from rasa.core.agent import Agent

from benchmarks.nlu.folder import DataError
from benchmarks.nlu.scoring import Labelled, Understood
from nlu.components.slot_tagger import label_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Training:
    """What training cost; seconds include the start of Rasa."""

    model: Path
    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.0f} s | {self.cpu:.0f} s | {self.model.stat().st_size / 1e6:.2f} MB"


def train(config: Path, data: Path, folder: Path) -> Training:
    """Train NLU only.

    Raises:
        DataError: Rasa could not; the message ends with its last lines.
    """
    name = f"model-{config.stem}"
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(data)]
    command += ["--out", str(folder), "--fixed-model-name", name]
    # A cache of its own: nothing is reused, so the time is true, and nothing of the data stays behind.
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    model = folder / f"{name}.tar.gz"
    if done.returncode != 0 or not model.exists():
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        raise DataError(
            f"training on {data} with {config} failed; `rasa data validate` may tell why:\n{tail}"
        )
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Training(model, wall, spent)


class Loaded:
    """A model in this process."""

    def __init__(self, training: Training) -> None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        started = time.perf_counter()
        self._agent = Agent.load(str(training.model))
        self.loading = time.perf_counter() - started
        self._loop = asyncio.new_event_loop()

    def ask(self, sentences: Sequence[Labelled]) -> tuple[list[Understood], list[float]]:
        """What the model makes of each sentence, and the milliseconds each took."""
        answers, spent = [], []
        for sentence in sentences:
            started = time.perf_counter()
            parsed = self._loop.run_until_complete(self._agent.parse_message(sentence.text))
            spent.append(1000 * (time.perf_counter() - started))
            answers.append(_understood(parsed))
        return answers, spent


def _understood(parsed: dict) -> Understood:
    intent = parsed.get("intent") or {}
    slots = [
        (e["start"], e["end"], label_of(e), float(e.get("confidence_entity") or 1.0))
        for e in parsed.get("entities") or []
    ]
    return Understood(intent.get("name"), float(intent.get("confidence") or 0.0), tuple(slots))
