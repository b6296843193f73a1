"""Messages that arrived, kept before the platform is told so, and answered in order.

A process that is killed leaves nothing behind but leases that run out: another takes its messages up.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.messages import Address, Incoming


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event of a platform that wants an answer.

    Args:
        update: the platform's id of the event within its channel; a repeat has the same.
        incoming: what it says; a picture by reference (``Incoming.file``), never by its bytes.
    """

    update: str
    incoming: Incoming


def to_json(incoming: Incoming) -> dict[str, Any]:
    """An Incoming as it is kept; pictures' bytes are not."""
    kept = {f.name: getattr(incoming, f.name) for f in dataclasses.fields(incoming) if f.name != "photo"}
    return {**kept, "address": str(incoming.address)}


def from_json(data: dict[str, Any]) -> Incoming:
    """The inverse of :func:`to_json`."""
    location = data.get("location")
    return Incoming(
        **{**data, "address": Address.parse(data["address"]), "location": tuple(location) if location else None}
    )


def now_utc() -> dt.datetime:
    """The moment, with its zone."""
    return dt.datetime.now(dt.UTC)
