"""The trained model: found by a fingerprint of everything that went into it, trained when missing.

python -m core.training.model          train if needed, print the model's path
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from core.errors import AssistantError
from core.paths import ROOT

RASA = ROOT / "nlu" / ".venv" / "bin" / "rasa"
LOG = ROOT / "var" / "log" / "train.log"
_INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "nlu/vietnamese.py",
    "nlu/syllables.py",
    "nlu/components",
    "nlu/requirements.lock",
)
_STAGES = (
    ("component 'RulePolicy'", "học quy tắc trả lời"),
    ("component 'QuestionClassifier'", "học cách hiểu câu hỏi"),
    ("Finished training component 'QuestionClassifier'", "ghi mô hình"),
)


class TrainingError(AssistantError):
    """Training failed; the message ends with the last lines of its log."""


def fingerprint() -> str:
    """Sixteen hex digits over the names and bytes of every input of training."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        path = ROOT / name
        files = sorted(p for p in path.rglob("*") if p.suffix in (".py", ".yml")) if path.is_dir() else [path]
        for file in files:
            if file.exists():
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + _content(file) + b"\0")
    return digest.hexdigest()[:16]


def _content(file: Path) -> bytes:
    """What training reads of a file: of the domain everything but the sentences Rasa never says (decision 0009)."""
    if file.name != "domain.yml":
        return file.read_bytes()
    domain = yaml.safe_load(file.read_text(encoding="utf-8"))
    return json.dumps({k: v for k, v in domain.items() if k != "sentences"}, sort_keys=True).encode()


def path() -> Path:
    """Where the model of the present inputs lies or will lie."""
    return ROOT / "models" / f"{fingerprint()}.tar.gz"


def environment() -> dict[str, str]:
    """What every Rasa process needs: no telemetry, no flood, our components importable."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "agg",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    return {**os.environ, **quiet}


def ensure(tell: Callable[[str], None]) -> Path:
    """The model of the present inputs, trained first when it is missing.

    Args:
        tell: called with a short Vietnamese line as training goes on.

    Raises:
        TrainingError: Rasa could not train.
    """
    model = path()
    if model.exists():
        return model
    model.parent.mkdir(exist_ok=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    fresh = f"training-{model.name}"
    command = [
        str(RASA),
        "train",
        "--out",
        str(model.parent),
        "--fixed-model-name",
        fresh.removesuffix(".tar.gz"),
    ]
    with LOG.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
        try:
            _watch(process, tell)
        finally:
            if process.poll() is None:
                process.terminate()
    if process.returncode != 0 or not (model.parent / fresh).exists():
        raise TrainingError(f"Huấn luyện không thành công, xem {LOG}:\n{tail(LOG)}")
    (model.parent / fresh).replace(model)  # only a finished model ever has its fingerprint's name
    _prune(model.parent)
    return model


def _prune(folder: Path, keep: int = 3) -> None:
    newest = sorted(folder.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in newest[keep:]:
        old.unlink()


def _watch(process: subprocess.Popen[bytes], tell: Callable[[str], None]) -> None:
    started, stage = time.monotonic(), "chuẩn bị"
    while process.poll() is None:
        seen = LOG.read_text(encoding="utf-8", errors="replace")
        stage = next((name for mark, name in reversed(_STAGES) if mark in seen), stage)
        tell(f"Huấn luyện mô hình: {stage}… {time.monotonic() - started:.0f} giây")
        time.sleep(1)


def tail(file: Path, lines: int = 12) -> str:
    """The last lines of a log, without colours and progress characters."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", file.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(line.rsplit("\r", 1)[-1] for line in text.splitlines()[-lines:])


def _tell(line: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    if sys.stderr.isatty() or line.endswith(("0 giây", "5 giây")):
        print(line, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(ensure(_tell))
    except TrainingError as error:
        raise SystemExit(str(error)) from None
