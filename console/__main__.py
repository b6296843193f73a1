"""``python -m console``: serve the staff console, make the first administrator, help somebody who is locked out."""

from __future__ import annotations

import asyncio
import datetime as dt
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import structlog
import typer
from rich.console import Console

from console import parts as parts_module
from console.parts import Parts
from core import profile as profiles
from core import secret as secrets
from core import settings
from core.commands import run
from core.db import engine as engines
from core.db import reach
from core.db.migrate import upgrade
from core.errors import AssistantError
from core.paths import ROOT
from core.places import units
from core.procedures import catalogue
from core.staff.accounts import Wanted
from core.staff.rights import Role

T = TypeVar("T")
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Trang cán bộ của Bộ phận Một cửa.")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def serve() -> None:
    """Chạy trang cán bộ (CONSOLE_HOST, CONSOLE_PORT)."""
    import uvicorn

    from console.app import create_app

    loaded = settings.load()
    asyncio.run(reach.look(loaded.database_url))
    uvicorn.run(
        create_app(loaded),
        host=loaded.console_host,
        port=loaded.console_port,
        log_level="warning",
        access_log=False,
    )


@app.command()
def admin(
    name: Annotated[str, typer.Option("--name", prompt="Tên đăng nhập", help="Ví dụ: nguyen.an")],
    full_name: Annotated[str, typer.Option("--full-name", prompt="Họ và tên")],
    invented: Annotated[
        bool, typer.Option("--invent", help="Đặt mật khẩu ngẫu nhiên, in ra một lần, không hỏi.")
    ] = False,
) -> None:
    """Tạo một người quản trị (người đầu tiên, hoặc khi không ai vào được nữa)."""
    password = "" if invented else _password()
    given = _run(lambda parts: _admin(parts, name, full_name, password))
    if invented:
        console.print(f"Mật khẩu ban đầu (đổi khi đăng nhập lần đầu): {given}", markup=False)
    loaded = settings.load()
    console.print(
        f"Đã tạo người quản trị “{name.strip().lower()}”. Đăng nhập: http://{loaded.console_host}:{loaded.console_port}/"
    )


@app.command()
def reset(name: Annotated[str, typer.Argument(metavar="TÊN", help="Tên đăng nhập.")]) -> None:
    """Đặt lại mật khẩu và tắt xác thực hai bước của một người; mật khẩu mới in ra một lần."""
    console.print(f"Mật khẩu ban đầu mới của “{name}”: {_run(lambda p: _reset(p, name))}", markup=False)


@app.command()
def audit() -> None:
    """Kiểm tra nhật ký thao tác còn nguyên vẹn."""
    broken = _run(lambda parts: parts.audit.broken())
    if broken is not None:
        raise AssistantError(f"nhật ký thao tác không còn nguyên vẹn từ dòng {broken}")
    console.print("Nhật ký thao tác nguyên vẹn.")


async def _admin(parts: Parts, name: str, full_name: str, password: str) -> str:
    wanted = Wanted(full_name, frozenset({Role.ADMIN}), everywhere=True)
    _, given = await parts.accounts.add(None, name, wanted, password)
    await parts.offices.seed(units.load(ROOT / parts.profile.units))
    return given


async def _reset(parts: Parts, name: str) -> str:
    found = next((a for a in await parts.accounts.all() if a.staff.name == name.strip().lower()), None)
    if found is None:
        raise AssistantError(f"không có tài khoản “{name}”")
    return await parts.accounts.reset(None, found.staff.id)


def _password() -> str:
    """Typed twice, or one line of standard input where nobody can be asked."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Mật khẩu (ít nhất 12 ký tự): ")
    if first != getpass.getpass("Nhập lại: "):
        raise AssistantError("hai lần nhập chưa giống nhau")
    return first


def _run(deed: Callable[[Parts], Awaitable[T]]) -> T:
    """Do something with the database of the settings, and leave it."""

    async def work() -> T:
        loaded = settings.load()
        await reach.look(loaded.database_url)
        engine = engines.create(loaded.database_url)
        try:
            await upgrade(engine)
            key = loaded.secret_key.get_secret_value() if loaded.secret_key else None
            secret, profile = secrets.load(key, loaded.secret_file), profiles.load(loaded.profile)
            held = catalogue.shipped()
            return await deed(
                parts_module.assemble(
                    loaded, profile, engine, secret, lambda: dt.datetime.now(dt.UTC), lambda: held
                )
            )
        finally:
            await engine.dispose()

    return asyncio.run(work())


def main() -> None:
    """Run a command; an error of ours is one clear line and exit status 1."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    run(app, errors)


if __name__ == "__main__":
    main()
