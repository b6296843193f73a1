"""What the actions share: the catalogue and the places, read once per process on first use."""

from __future__ import annotations

from functools import cache

from core import profile, settings
from core.db import engine as engines
from core.paths import ROOT
from core.places import provinces, units
from core.procedures import catalogue
from core.procedures.choices import keep_learning
from core.procedures.guide import Guide


@cache
def guide() -> Guide:
    """The guide over the catalogue in ``data/procedures``."""
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
    """Keep the guide up with what people choose, as the application does with its own; never returns."""
    engine = engines.create(settings.load().database_url)
    try:
        await keep_learning(engine, guide())
    finally:
        await engine.dispose()
