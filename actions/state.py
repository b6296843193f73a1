"""What the actions share: the catalogue and the places, read once per process on first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.places import units
from core.procedures import catalogue
from core.procedures.guide import Guide

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def guide() -> Guide:
    """The guide over the catalogue in ``data/procedures``."""
    return Guide(catalogue.load(DATA / "procedures"))


@cache
def places() -> list[units.Unit]:
    """The units in ``data/places``."""
    return units.load(DATA / "places" / "units.yml")
