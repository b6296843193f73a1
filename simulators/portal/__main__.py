"""``python -m simulators.portal``: the simulated portal on a port of its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
import uvicorn

from simulators.portal import working
from simulators.portal.server import create
from simulators.portal.world import World, real_time


def main(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8095,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Decides every dossier; the same seed gives the same ones.")] = 1,
    today: Annotated[
        str | None,
        typer.Option(help="Moment to start at, as 2026-11-23 or 2026-11-23T08:00; real time if left out."),
    ] = None,
    push_to: Annotated[
        str | None, typer.Option(help="Address of the assistant that is told at once of changes.")
    ] = None,
) -> None:
    """Run the simulated case system: DVCQG under /dvcqg, iGate under /igate, controls under /_control."""
    try:
        offset = _moment(today) - real_time() if today else dt.timedelta()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--today") from None
    world = World(seed, offset)
    world.pushing.to = push_to
    typer.echo(f"Portal simulator: http://{host}:{port} (controls: http://{host}:{port}/_control/examples)")
    uvicorn.run(create(world), host=host, port=port, log_level="warning")


def _moment(text: str) -> dt.datetime:
    """A day alone means 8 o'clock; without a zone the province's is meant."""
    moment = dt.datetime.fromisoformat(text)
    if len(text) == len("2026-11-23"):
        moment = moment.replace(hour=8)
    return moment if moment.tzinfo else moment.replace(tzinfo=working.PROVINCE.zone)


if __name__ == "__main__":
    typer.run(main)
