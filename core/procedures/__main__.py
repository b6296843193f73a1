"""``python -m core.procedures``: check the catalogue, or import records into it."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import commands, profile, settings
from core.db import engine as engines
from core.errors import CatalogueError
from core.paths import ROOT
from core.procedures import catalogue as catalogues
from core.procedures import overlay
from core.procedures.editing import export as exporting
from core.procedures.editing.version import Version
from core.procedures.importing import run

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Danh mục thủ tục hành chính.")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
FOLDER = ROOT / "data" / "procedures"
Folder = Annotated[Path, typer.Option(help="Thư mục danh mục.")]


@app.command()
def check(folder: Folder = FOLDER) -> None:
    """Validate every record, and the names of those not held when the shipped catalogue is checked."""
    loaded = catalogues.shipped() if folder == FOLDER else catalogues.load(folder)
    doubtful = sum(p.confidence != "verified" for p in loaded.values())
    console.print(f"{len(loaded)} thủ tục hợp lệ, {doubtful} thủ tục còn chỗ chưa đối chiếu.")
    console.print(f"{len(loaded.not_held)} thủ tục chỉ biết tên, để nói rõ là chưa có.")


@app.command(name="import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="Tệp JSON hoặc JSON Lines: bản ghi LayThuTuc hoặc bộ dữ liệu công bố.")
    ],
    dry: Annotated[
        bool, typer.Option("--check", help="Chỉ kiểm tra và báo khác biệt, không ghi gì.")
    ] = False,
    skip: Annotated[bool, typer.Option("--skip-bad", help="Ghi các bản ghi đúng dù có bản ghi sai.")] = False,
    folder: Folder = FOLDER,
) -> None:
    """Import records; a wrong record stops the import and is named with its row and field."""
    found = run.records(file)
    outcome = run.plan(found, catalogues.load(folder), folder, dt.date.today(), f"tệp {file.name}")
    for procedure in outcome.new.values():
        console.print(f"mới      {procedure.code}  {procedure.name}", markup=False)
    for code, fields in outcome.differences.items():
        console.print(f"thay đổi {code}  {', '.join(fields)}", markup=False)
    for problem in outcome.problems:
        errors.print(f"sai      {problem}", style="red", markup=False)
    console.print(
        f"{len(found)} bản ghi: {len(outcome.new)} mới, {len(outcome.changed)} thay đổi,"
        f" {outcome.same} không đổi, {len(outcome.problems)} lỗi."
    )
    if outcome.problems and not (skip and not dry):
        errors.print("Chưa ghi gì. Sửa các bản ghi sai, hoặc thêm --skip-bad để ghi phần đúng.")
        raise typer.Exit(1)
    if dry:
        console.print("Chỉ kiểm tra, chưa ghi gì.")
        return
    run.write(outcome)
    console.print(f"Đã ghi {len(outcome.new) + len(outcome.changed)} tệp vào {folder}.")


@app.command()
def export(
    into: Annotated[Path, typer.Argument(help="Thư mục sẽ ghi các tệp; có tệp cùng tên thì ghi đè.")],
    day: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ngày áp dụng, mặc định hôm nay.")
    ] = None,
) -> None:
    """Write what was published in the console as files like those of the catalogue."""
    chosen = settings.load()
    today = day.date() if day else profile.load(chosen.profile).today(dt.datetime.now(dt.UTC))
    versions = asyncio.run(_in_force(chosen.database_url, today))
    written, gone = exporting.export(versions, exporting.places(FOLDER), into)
    for place in written:
        console.print(f"ghi      {place}", markup=False)
    for ident in gone:
        console.print(f"đã ngừng {ident}: xóa tệp này khỏi danh mục nếu có", markup=False)
    console.print(f"{len(written)} thủ tục đã sửa trong trang quản trị, {len(gone)} thủ tục đã ngừng.")


async def _in_force(url: str, day: dt.date) -> list[Version]:
    engine = engines.create(url)
    try:
        return await overlay.in_force(engine, day)
    except engines.AWAY as error:
        raise CatalogueError(f"DATABASE_URL: không đọc được ({type(error).__name__})") from None
    finally:
        await engine.dispose()


def main() -> None:
    """Entry point."""
    commands.run(app, errors)


if __name__ == "__main__":
    main()
