"""``python -m core.reminders`` over a database with everything in it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import pathlib

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from core.db import engine as engines
from core.db.migrate import upgrade
from core.db.reminder_tables import PaceRow, TickRow
from core.reminders import ledger
from core.reminders.__main__ import app, main
from core.reminders.contract import Step
from core.reminders.entries import Entry
from core.reminders.model import Kind, StaffTask
from core.reminders.outbox import Outbox
from core.reminders.tasks import Tasks, ceiling, phone

CODE = "H15.50.05.13-261008-0975"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
HOUR = dt.timedelta(hours=1)
run = CliRunner().invoke


@pytest.fixture
def database(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path / 'assistant.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


async def fill(url: str) -> None:
    engine = engines.create(url)
    await upgrade(engine)
    tasks = (
        StaffTask(CODE, Kind.LATE, "late.2026-11-20", "late", "UBND phường TUY HÒA", NOW - HOUR),
        phone(CODE, Kind.PICKUP, "1", "Sở Xây dựng", NOW),
        ceiling("2026-11", NOW),
    )
    assert await Tasks(engine).add(*tasks) == 3
    assert await Tasks(engine).add(*tasks) == 0

    def entry(who: str, due: dt.datetime) -> Entry:
        return Entry(who, CODE, Kind.PICKUP, "1", due, NOW + 99 * HOUR)

    async with engine.begin() as connection:
        waiting = [entry("zalo:1", NOW - HOUR), entry("zalo:2", NOW + HOUR), entry("telegram:3", NOW + HOUR)]
        await Outbox(engine, lambda: NOW).add(connection, waiting)
        await ledger.write(connection, [(1, (Step("template", "zalo:1", "sent", None, 560),))], NOW)
        pace = {"channel": "zalo", "free_at": NOW, "counted_at": NOW, "paused_until": NOW + HOUR}
        await connection.execute(insert(PaceRow), [pace])
        beats = [("deliver", NOW), ("refresh", NOW - HOUR)]
        ticks = [{"name": n, "began_at": at, "well_at": at, "worker": "w", "result": {}} for n, at in beats]
        await connection.execute(insert(TickRow), ticks)
    await engine.dispose()


def test_the_counter_sees_to_its_tasks(database: str) -> None:
    asyncio.run(fill(database))
    told = run(app, ["counter"]).stdout
    assert f"Hồ sơ trễ hẹn: {CODE} – UBND phường TUY HÒA" in told
    assert f"Gọi điện cho chủ hồ sơ (Nhắc nhận kết quả; tin không đến được): {CODE} – Sở Xây dựng" in told
    assert "Tháng 2026-11: đã hết tiền" in told
    assert "3 việc chưa làm." in told
    (row,) = run(app, ["counter", "--agency", "tuy hòa", "--json"]).stdout.splitlines()
    assert json.loads(row)["why"] == "late"
    number = json.loads(row)["id"]
    assert run(app, ["counter", "done", str(number)]).exit_code == 0
    assert str(run(app, ["counter", "done", str(number)]).exception) == f"không có việc số {number} đang chờ"
    assert "2 việc chưa làm." in run(app, ["counter"]).stdout


def test_the_status(database: str) -> None:
    asyncio.run(fill(database))
    told = json.loads(run(app, ["status", "--json"]).stdout)
    assert {"channel": "zalo", "kind": "pickup", "state": "pending", "count": 2} in told["outbox"]
    assert told["oldest_due"] == (NOW - HOUR).isoformat()
    assert told["steps"] == [{"step": "template", "outcome": "sent", "count": 1, "cost": 560}]
    assert (told["ticks"]["deliver"]["stale"], told["ticks"]["refresh"]["stale"]) == (False, True)
    said = run(app, ["status"]).stdout
    assert "zalo | Nhắc nhận kết quả | chờ gửi: 2" in said
    assert "Kênh zalo: TẠM DỪNG đến" in said
    assert said.count("QUÁ LÂU") == 1
    assert "mức tối đa 0 đ (không gửi tin trả phí)" in said
    assert "Việc của quầy chưa làm: 3" in said


def test_an_empty_database_and_help(database: str) -> None:
    assert "Không có việc nào đang chờ." in run(app, ["counter"]).stdout
    assert "Việc của quầy chưa làm: 0" in run(app, ["status"]).stdout
    assert "việc của quầy" in run(app, ["--help"]).stdout
    assert "Liệt kê việc quầy" in run(app, ["counter", "--help"]).stdout


def test_an_error_is_one_line(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["reminders", "counter", "done", "7"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.strip() == "Lỗi: không có việc số 7 đang chờ"
