"""Which units are near a position. Pure; positions are (latitude, longitude) in degrees."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from core.places.units import Location, Unit
from core.profile import Area

_EARTH_KM = 6371.0088  # mean radius (IUGG)
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Near:
    """A unit, where it is recorded to be, and how far that is as the crow flies."""

    unit: Unit
    location: Location
    km: float


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance (haversine): within 0.6 % of the true one, far closer than a road is to either."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def nearest(units: Iterable[Unit], here: Position, within_km: float, limit: int = 3) -> list[Near]:
    """The nearest recorded units, nearest first; those farther than ``within_km`` are not near."""
    found = [
        Near(unit, at, distance_km(here, (at.lat, at.lon)))
        for unit in units
        if (at := unit.location) is not None
    ]
    near = sorted((one for one in found if one.km <= within_km), key=lambda one: (one.km, one.unit.code))
    return near[:limit]


def within(area: Area | None, here: Position) -> bool:
    """Whether a position may lie in the province; an unknown area holds everything."""
    if area is None:
        return True
    return area.south <= here[0] <= area.north and area.west <= here[1] <= area.east
