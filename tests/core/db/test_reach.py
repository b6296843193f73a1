"""An address that leads nowhere names its key, says what to do, and tells no password."""

from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core import settings
from core.db import engine as engines
from core.db import reach
from core.errors import SettingsError
from tests.conftest import ROOT, free_port
from tests.postgres import Databases

PASSWORD = "mat-khau-bi-mat"


@pytest.mark.parametrize(
    "url",
    [
        "assistant.db",
        "postgres://a@b/c",
        "postgresql://a:mat-khau-bi-mat@b/c",
        "postgresql+psycopg2://a:mat-khau-bi-mat@b/c",
        "mysql+aiomysql://a@b/c",
        "sqlite:///x.db",
        "postgresql+asyncpg://a:mat-khau-bi-mat@b",
        "postgresql+asyncpg://a:mat-khau-bi-mat@b:54x32/c",
    ],
)
def test_a_misspelt_address_names_its_key(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: .*postgresql\+asyncpg://") as told:
        settings.load()
    assert PASSWORD not in str(told.value)


def test_the_password_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://a:{PASSWORD}@b/c")
    assert PASSWORD not in repr(settings.load())


async def _told(url: str) -> str:
    with pytest.raises(SettingsError) as told:
        await reach.look(url)
    assert PASSWORD not in str(told.value)
    assert str(told.value).startswith("DATABASE_URL: ")
    return str(told.value)


async def test_nobody_there() -> None:
    port = free_port()
    said = await _told(f"postgresql+asyncpg://a:{PASSWORD}@127.0.0.1:{port}/c")
    assert f"127.0.0.1:{port}; khởi động" in said


async def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 0.2)
    let_go = asyncio.Event()
    silent = await asyncio.start_server(lambda _, __: let_go.wait(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    assert "khởi động" in await _told(f"postgresql+asyncpg://a:{PASSWORD}@127.0.0.1:{port}/c")
    let_go.set()
    silent.close()


async def test_a_server_without_the_user_the_database_or_the_right(postgres: Databases) -> None:
    url = make_url(await postgres.lend())
    absent = url.set(database="khong-co")
    assert "createdb khong-co" in await _told(absent.render_as_string(False))
    stranger = url.set(username="nguoi_la", password=PASSWORD)
    assert "“nguoi_la”" in await _told(stranger.render_as_string(False))
    await postgres._run(
        "DROP ROLE IF EXISTS nguoi_doc; CREATE ROLE nguoi_doc LOGIN PASSWORD 'mat-khau-bi-mat'"
    )
    reader = url.set(username="nguoi_doc", password=PASSWORD)
    assert "OWNER TO nguoi_doc" in await _told(reader.render_as_string(False))
    await postgres._run("DROP ROLE nguoi_doc")
    await postgres.give_back(url.render_as_string(False))


async def test_a_database_that_cannot_hold_vietnamese(postgres: Databases) -> None:
    await postgres._run("CREATE DATABASE ascii_only TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    said = await _told(f"{postgres.server.rpartition('/')[0]}/ascii_only")
    await postgres._run("DROP DATABASE ascii_only")
    assert "createdb -T template0 -E UTF8 ascii_only" in said


async def test_a_file_that_is_no_database(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.db").write_text("không phải cơ sở dữ liệu " * 100)
    assert "x.db" in await _told(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    with pytest.raises(SettingsError, match="DATABASE_URL: không tạo được thư mục"):
        engines.create(f"sqlite+aiosqlite:///{tmp_path}/x.db/folder/y.db")


@pytest.mark.parametrize("command", [["bot", "serve"], ["bot.up"], ["core.db.migrate"]], ids=" ".join)
def test_whatever_is_started_says_it_in_one_line(tmp_path: pathlib.Path, command: list[str]) -> None:
    address = f"postgresql+asyncpg://a:{PASSWORD}@127.0.0.1:{free_port()}/c"
    ports = {"RASA_URL": f"http://127.0.0.1:{free_port()}", "ACTIONS_URL": f"http://127.0.0.1:{free_port()}"}
    ports |= {"PORT": str(free_port()), "PORTAL_SIMULATOR_URL": f"http://127.0.0.1:{free_port()}"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **ports, "DATABASE_URL": address, "SECRET_FILE": str(tmp_path / "key")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    printed = " ".join((done.stdout + done.stderr).split())
    assert printed.startswith("Lỗi: DATABASE_URL: không có PostgreSQL nào trả lời")
    assert printed.endswith("sửa địa chỉ")


@pytest.mark.both_databases
async def test_a_fault_of_ours_is_not_taken_for_a_database_away(database_url: str) -> None:
    engine = engines.create(database_url)
    for statement in ("SELECT nothing FROM nowhere", "INSERT INTO counter (key) VALUES ('a')"):
        with pytest.raises(SQLAlchemyError) as fault:
            async with engine.begin() as connection:
                await connection.execute(text(statement))
        postgresql = engine.dialect.name == "postgresql"
        assert not reach.away(fault.value) or (not postgresql and not isinstance(fault.value, IntegrityError))
    await engine.dispose()


@pytest.mark.both_databases
async def test_an_error_does_not_tell_what_was_written(database_url: str) -> None:
    engine = engines.create(database_url)
    with pytest.raises(SQLAlchemyError) as fault:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT x FROM nowhere WHERE a = :said"), {"said": "034567890123"})
    assert "034567890123" not in str(fault.value)
    await engine.dispose()


async def test_nobody_waits_for_ever_behind_a_statement(
    postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 0.1)
    url = await postgres.lend()
    engine = engines.create(url)
    with pytest.raises(engines.AWAY) as ended:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    assert reach.away(ended.value)
    await engine.dispose()
    await postgres.give_back(url)
