"""``python -m core.places``: put positions of counters into the units file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import profile as profiles
from core import settings
from core.commands import run
from core.paths import ROOT
from core.places import locations as importing
from core.places import units as places

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Đơn vị hành chính và vị trí quầy.")
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def _places() -> None:
    """Keeps the name of a command in the call, for the commands to come."""


@app.command()
def locations(
    file: Annotated[
        Path, typer.Argument(help="Tệp CSV có các cột code, lat, lon, source, date (và kind nếu cần).")
    ],
    dry: Annotated[bool, typer.Option("--check", help="Chỉ kiểm tra, không ghi gì.")] = False,
    into: Annotated[
        Path | None, typer.Option("--units", help="Tệp đơn vị; mặc định theo hồ sơ cấu hình tỉnh.")
    ] = None,
) -> None:
    """Ghi vị trí quầy (kind: counter) hoặc điểm đại diện của xã (kind: commune_centre); một dòng sai thì không ghi gì."""
    profile = profiles.load(settings.load().profile)
    units = into or ROOT / profile.units
    made = importing.plan(file, units, profile.area, profile.today(dt.datetime.now(dt.UTC)))
    for problem in made.problems:
        errors.print(f"sai  {problem}", style="red", markup=False)
    console.print(
        f"{len(made.locations)} vị trí đúng ({len(made.changed)} thay vị trí cũ), {len(made.problems)} lỗi."
    )
    if made.problems:
        errors.print("Chưa ghi gì. Sửa các dòng sai rồi chạy lại.")
        raise typer.Exit(1)
    if dry:
        console.print("Chỉ kiểm tra, chưa ghi gì.")
        return
    importing.write(made, units)
    known = sum(unit.location is not None for unit in places.load(units))
    console.print(f"Đã ghi vào {units}: {known} đơn vị có vị trí.")


def main() -> None:
    """Entry point."""
    run(app, errors)


if __name__ == "__main__":
    main()
