"""``python -m core.figures``: figures of a period as a workbook or as JSON, and counting them anew."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
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
from core.figures import export as exporting
from core.figures import par, whole
from core.figures.fill import Filler
from core.figures.model import Period, Slice
from core.procedures import catalogue as catalogues
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.staff.offices import Offices

T = TypeVar("T")
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Số liệu: xuất và đếm lại.")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
MOST_DAYS = 3660

First = Annotated[str, typer.Option("--from", metavar="NGÀY", help="Từ ngày, ví dụ 2026-11-01.")]
Last = Annotated[str, typer.Option("--to", metavar="NGÀY", help="Đến hết ngày, ví dụ 2026-11-30.")]


@app.command()
def export(
    first: First,
    last: Last,
    out: Annotated[Path | None, typer.Option("--out", help="Ghi sổ tính vào tệp này (.xlsx).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In ra dạng JSON.")] = False,
) -> None:
    """Xuất mọi bảng số liệu của một thời gian và bảng chỉ số PAR INDEX - 766."""
    period = period_of(first, last)
    if out is None and not as_json:
        raise AssistantError("cần --out TỆP.xlsx hoặc --json")
    book = _run(lambda engine, profile: _whole(engine, profile, period))
    if out:
        try:
            out.write_bytes(exporting.to_workbook(book.tables, book.heading))
        except OSError as error:
            raise AssistantError(f"không ghi được {out}: {error.strerror}") from None
        if not as_json:
            console.print(f"Đã ghi {out}", markup=False)
    if as_json:
        print(json.dumps(book.as_dict(), ensure_ascii=False, default=str))


@app.command()
def count(first: First, last: Last) -> None:
    """Đếm lại số liệu theo ngày từ nhật ký còn giữ; làm nhiều lần cũng ra như nhau."""
    period = period_of(first, last)

    async def deed(engine: AsyncEngine, profile: Profile) -> int:
        filler = Filler(engine, ZoneInfo(profile.timezone), _now)
        return await filler.again(period, profile.figures.keep_days)

    console.print(f"Đã đếm lại {_run(deed)} ngày.")


def period_of(first: str, last: str) -> Period:
    """A period as it is typed. Raises AssistantError when it is none."""
    try:
        found = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    except ValueError:
        raise AssistantError("--from và --to là ngày, viết như 2026-11-30") from None
    if not 1 <= found.days <= MOST_DAYS:
        raise AssistantError("--from phải trước hoặc trùng --to, nhiều nhất mười năm")
    return found


async def _whole(engine: AsyncEngine, profile: Profile, period: Period) -> whole.Book:
    held: Catalogue = catalogues.shipped()
    today = profile.today(_now())
    offices = await Offices(engine).all(also_closed=True)
    numbers, report = await whole.read(engine, period, Slice(), offices, held, profile.figures)
    indicators = par.indicators(numbers, list(held.values()), profile.figures, today)
    return whole.book(profile.province, numbers, report, indicators)


def _run(deed: Callable[[AsyncEngine, Profile], Awaitable[T]]) -> T:
    """Do something over the database of the settings. Raises AssistantError."""

    async def working() -> T:
        loaded = settings.load()
        await reach.look(loaded.database_url)
        engine = engines.create(loaded.database_url)
        try:
            await upgrade(engine)
            return await deed(engine, profiles.load(loaded.profile))
        finally:
            await engine.dispose()

    return asyncio.run(working())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


if __name__ == "__main__":
    run(app, errors)
