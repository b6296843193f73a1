"""``python -m simulators.zalo``: the simulated Zalo on a port of its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
import uvicorn

from simulators.zalo.server import create
from simulators.zalo.world import World


def main(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8096,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    webhook: Annotated[str, typer.Option(help="Webhook of the Official Account.")] = "",
    today: Annotated[
        str | None,
        typer.Option(help="Moment to start at, as 2026-11-23T08:00; real time if left out."),
    ] = None,
) -> None:
    """Run the simulated Zalo: OAuth, Official Account, ZBS templates, Bot Platform, controls under /_control."""
    world = World()
    if today:
        try:
            world.clock.set(dt.datetime.fromisoformat(today))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--today") from None
    world.media.base = f"http://{host}:{port}"
    world.hooks.configure(webhook)
    world.tokens.issue()
    typer.echo(f"Zalo simulator: {world.media.base} (controls: {world.media.base}/_control/state)")
    uvicorn.run(create(world, pump=0.1), host=host, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
