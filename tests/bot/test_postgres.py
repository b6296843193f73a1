"""The web chat over a PostgreSQL that is ended under it and comes back."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ROOT, free_port
from tests.postgres import Cluster

START_SECONDS = 60


@pytest.fixture
def log(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "app.log"


@pytest.fixture
def chat(cluster: Cluster, log: pathlib.Path) -> Iterator[httpx.Client]:
    """A client of the application as ``python -m bot serve`` starts it, Rasa away."""
    port = free_port()
    settings = {
        "PORT": str(port),
        "DATABASE_URL": cluster.url(),
        "SECRET_KEY": "k" * 32,
        "RASA_URL": f"http://127.0.0.1:{free_port()}",
        "PORTAL_SIMULATOR_URL": f"http://127.0.0.1:{free_port()}",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env={**kept, **settings},
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
        while not _answers(client):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield client
    process.terminate()
    process.wait(30)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.HTTPError:
        return False


def says(client: httpx.Client, **said: str) -> httpx.Response:
    return client.post("/api/chat", json={"session": "a", **said})


def test_the_web_chat_outlives_its_database(chat: httpx.Client, cluster: Cluster, log: pathlib.Path) -> None:
    asked = says(chat, payload="tt:dang-ky-ket-hon:1").json()
    assert "Giấy tờ" in asked["messages"][0]["text"]

    cluster.kill()
    for _ in range(3):
        refused = says(chat, text="thế lệ phí của Nguyễn Văn A bao nhiêu")
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert "xin gửi lại sau ít phút" in refused.json()["detail"]
    assert chat.get("/healthz").is_success

    cluster.start()
    followed = says(chat, text="thế lệ phí bao nhiêu")
    assert followed.status_code == 200
    assert "Đăng ký kết hôn" in followed.json()["messages"][0]["text"]  # still in hand

    written = log.read_text()
    assert "database_away" in written
    assert "Traceback" not in written
    assert "Nguyễn" not in written
