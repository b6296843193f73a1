"""``python -m core.reminders``: what counters have to see to, and how what we say first stands."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from core import profile as profiles
from core import settings
from core.commands import run
from core.db import engine as engines
from core.db import reach
from core.db.migrate import upgrade
from core.errors import AssistantError
from core.profile import Profile
from core.reminders import overview
from core.reminders.tasks import CEILING, Task, Tasks
from core.reminders.wording import TITLES

T = TypeVar("T")
app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Nhắc việc: việc của quầy và tình trạng gửi."
)
counter_app = typer.Typer(add_completion=False)
app.add_typer(counter_app, name="counter")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@counter_app.callback(invoke_without_command=True)
def counter(
    context: typer.Context,
    agency: Annotated[str, typer.Option("--agency", help="Chỉ cơ quan có tên chứa chữ này.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi việc một dòng JSON.")] = False,
) -> None:
    """Liệt kê việc quầy chưa làm (hồ sơ trễ hẹn, người cần gọi điện); “counter done SỐ” khi đã làm xong."""
    if context.invoked_subcommand:
        return
    tasks = _run(lambda engine, _: Tasks(engine).waiting(agency))
    if as_json:
        for task in tasks:
            print(json.dumps(dataclasses.asdict(task) | {"at": task.at.isoformat()}, ensure_ascii=False))
        return
    zone = ZoneInfo(_profile().timezone)
    for task in tasks:
        console.print(line(task, zone), markup=False)
    console.print(f"{len(tasks)} việc chưa làm." if tasks else "Không có việc nào đang chờ.")


@counter_app.command()
def done(ident: Annotated[int, typer.Argument(metavar="SỐ", help="Số ở đầu dòng của việc.")]) -> None:
    """Đánh dấu một việc đã làm xong."""
    now = dt.datetime.now(dt.UTC)
    if not _run(lambda engine, _: Tasks(engine).done(ident, now)):
        raise AssistantError(f"không có việc số {ident} đang chờ")
    console.print(f"Đã ghi: việc số {ident} làm xong.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Một đối tượng JSON.")] = False,
) -> None:
    """Tin chờ gửi theo trạng thái, loại và kênh; nhịp và tạm dừng; việc định kỳ; chi phí tháng này."""
    now = dt.datetime.now(dt.UTC)
    told = _run(lambda engine, profile: overview.collect(engine, profile, now))
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for text in overview.lines(told, _profile()):
        console.print(text, markup=False)


def line(task: Task, zone: ZoneInfo) -> str:
    """A task as a counter reads it."""
    since = f"{task.at.astimezone(zone):%d/%m/%Y %H:%M}"
    if task.why == CEILING:
        return f"{task.id}. [{since}] Tháng {task.subject}: đã hết tiền gửi tin trả phí; các tin sau chỉ gửi miễn phí"
    said = {str(kind): title for kind, title in TITLES.items()}.get(task.kind, task.kind)
    what = "Hồ sơ trễ hẹn" if task.why == "late" else f"Gọi điện cho chủ hồ sơ ({said}; tin không đến được)"
    where = f" – {task.agency}" if task.agency else ""
    return f"{task.id}. [{since}] {what}: {task.subject}{where}"


def _profile() -> Profile:
    return profiles.load(settings.load().profile)


def _run(deed: Callable[[AsyncEngine, Profile], Awaitable[T]]) -> T:
    """Do something with the database of the settings, and leave it."""

    async def work() -> T:
        url = settings.load().database_url
        await reach.look(url)
        engine = engines.create(url)
        try:
            await upgrade(engine)
            return await deed(engine, _profile())
        finally:
            await engine.dispose()

    return asyncio.run(work())


def main() -> None:
    """Entry point."""
    run(app, errors)


if __name__ == "__main__":
    main()
