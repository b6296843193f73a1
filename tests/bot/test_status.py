"""What an operator sees of the running assistant."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo_oa.inbound import RightsRequest
from bot.channels.zalo_oa.quota import Quota
from bot.channels.zalo_oa.rights import take_rights
from bot.status import collect, lines, routes
from core.conversations.inbox import Arrival, Inbox, now_utc
from core.messages import Address, Incoming
from core.sentences import sentence
from tests.bot.test_worker import FakeChannel
from tests.conftest import NOW, ROOT
from tests.running import Running


class Looked:
    def __init__(self, engine: AsyncEngine) -> None:
        self.inbox, self.channels = Inbox(engine, now_utc), [FakeChannel()]


@pytest.fixture
def looked(engine: AsyncEngine) -> Looked:
    return Looked(engine)


async def _get(app: FastAPI, host: str) -> AsyncIterator[httpx.Response]:
    transport = httpx.ASGITransport(app, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield await client.get("/statusz")


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("::1", 200), ("203.0.113.7", 404)])
async def test_this_machine_only(looked: Looked, host: str, status: int) -> None:
    app = FastAPI()
    app.include_router(routes(lambda: looked))
    async for answer in _get(app, host):
        assert answer.status_code == status


async def test_not_before_the_start(looked: Looked) -> None:
    app = FastAPI()
    app.include_router(routes(lambda: None))
    async for answer in _get(app, "127.0.0.1"):
        assert answer.status_code == 503


async def test_what_waits_is_counted_and_never_shown(looked: Looked) -> None:
    await looked.inbox.put(Arrival("1", Incoming(Address("fake", "0912345678"), "bí mật")))
    told = await collect(looked.inbox, looked.channels)
    assert told["inbox"] is not None
    assert told["inbox"]["waiting"] == 1
    assert told["channels"] == {"fake": {"mode": "fake", "connected": True}}
    assert "bí mật" not in json.dumps(told, ensure_ascii=False)
    assert "0912345678" not in json.dumps(told)


def test_what_must_be_done_is_said() -> None:
    counts = {"waiting": 2, "working": 1, "parked": 3, "maybe_twice": 0, "oldest": "2026-11-23T08:00:00"}
    quota = {"calls_today": 5, "fewest_left": 1, "times_low": 1}
    token = {"stored": False, "works_until": None, "remedy": "python -m bot zalo-authorize"}
    shown = lines(
        {
            "inbox": counts,
            "channels": {
                "telegram": {"mode": "webhook", "connected": False, "waiting": 4, "last_error": "502"},
                "zalo": {"token": token, "quota": quota},
                "zalobot": {"mode": "polling", "connected": True, "quota": {"used": 2400, "of": 3000}},
            },
        }
    )
    assert "2 tin chưa xong" in shown[0]
    assert "cũ nhất từ 2026-11-23T08:00:00" in shown[0]
    assert "CHƯA kết nối; 4 tin còn chờ phía nền tảng; lỗi gần nhất: 502" in shown[1]
    assert "CẦN chạy python -m bot zalo-authorize" in shown[2]
    assert "còn ít nhất: 1" in shown[2]
    assert "2400/3000" in shown[3]
    assert "cơ sở dữ liệu không trả lời" in lines({"inbox": None, "channels": {}})[0]


def test_quotas_are_kept_in_view_for_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    quota = Quota()
    for said in ({"quota_type": "reply", "remain": "7"}, {}, {"remain": "1"}, "odd", {"remain": "unlimited"}):
        quota.note(said, NOW)
    assert quota.told() == {"calls_today": 5, "fewest_left": 1, "times_low": 1}
    assert capsys.readouterr().out.count("zalo_quota_low") == 1
    quota.note({"remain": "8"}, NOW.replace(day=24))
    assert quota.told() == {"calls_today": 1, "fewest_left": 8, "times_low": 0}


async def test_a_data_subjects_request_is_answered_once_and_an_alarm(
    looked: Looked, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = RightsRequest("user_withdraw", Address("zalo", "1"), "u1")
    for _ in range(2):
        await take_rights(looked.inbox, asked)
    claimed = await looked.inbox.claim("me", now_utc())
    assert claimed is not None
    assert claimed.reply == (sentence("data_rights"),)
    assert (await looked.inbox.waiting()).waiting == 1
    assert "zalo_rights_request" in capsys.readouterr().out


@pytest.mark.model
def test_the_command_over_the_running_assistant(assistant: Running) -> None:
    command = [sys.executable, "-m", "bot", "status"]
    run = {"cwd": ROOT, "env": assistant.environment, "capture_output": True, "text": True, "timeout": 60}
    told = json.loads(subprocess.run([*command, "--json"], **run).stdout)
    assert set(told["channels"]) == {"telegram", "zalo", "zalobot"}
    assert all(told["channels"][name]["connected"] for name in ("telegram", "zalobot"))
    assert told["channels"]["zalo"]["token"]["remedy"] is None
    shown = subprocess.run(command, **run).stdout
    assert "Hộp thư đến:" in shown
    for secret in ("TELEGRAM_BOT_TOKEN", "ZALO_BOT_TOKEN", "ZALO_APP_SECRET", "ZALO_OA_SECRET"):
        assert assistant.environment[secret] not in shown + json.dumps(told)


def test_the_command_while_nothing_runs(tmp_path) -> None:
    from tests import running

    env = running.environment(tmp_path)
    command = [sys.executable, "-m", "bot", "status"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "trợ lý không trả lời" in done.stderr
