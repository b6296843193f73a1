"""What the commands of core share."""

from __future__ import annotations

from rich.console import Console
from typer import Typer

from core.errors import AssistantError


def run(app: Typer, errors: Console) -> None:
    """Run a command; an error of ours is one clear line and exit status 1."""
    try:
        app()
    except AssistantError as error:
        errors.print(f"Lỗi: {error}", style="red", markup=False, highlight=False)
        raise SystemExit(1) from None
