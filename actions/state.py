"""What the actions share: the catalogue and the places, read once per process on first use."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import cache

from core import profile, settings
from core.db import engine as engines
from core.paths import ROOT
from core.places import provinces, units
from core.procedures import catalogue
from core.procedures.choices import keep_learning
from core.procedures.guide import Guide
from core.procedures.live import Live


@cache
def guide() -> Guide:
    """The guide over the catalogue: at first that of ``data/procedures``, then what was published over it."""
    return Guide(catalogue.shipped())


@cache
def places() -> list[units.Unit]:
    """The units of the profile's province."""
    return units.load(ROOT / profile.load(settings.load().profile).units)


@cache
def _provinces() -> tuple[list[provinces.Province], str]:
    served = profile.load(settings.load().profile)
    return provinces.load(ROOT / served.provinces), served.province


def elsewhere(text: str) -> str | None:
    """The name of the other province a message is about; a unit of ours in it makes it ours."""
    known, own = _provinces()
    if units.find(places(), text):
        return None
    found = provinces.elsewhere(known, text, own)
    return found.name if found else None


async def learn() -> None:
    """Keep the guide up with what people choose and editors publish, as the application does; never returns."""
    chosen = settings.load()
    engine, province = engines.create(chosen.database_url), profile.load(chosen.profile)
    live = Live(engine, guide().catalogue, lambda: province.today(dt.datetime.now(dt.UTC)), guide().renew)
    try:
        await asyncio.gather(keep_learning(engine, guide()), live.keep())
    finally:
        await engine.dispose()
