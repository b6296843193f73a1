"""What a province pays to reach people, and whom its counters phone. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.reminders.model import Kind

_Dong = Annotated[int, Field(ge=0, le=10**9)]


class Costs(BaseModel):
    """The ``costs`` of ``reminders:`` in a profile; sums in đồng.

    Args:
        charged: whether a message Zalo charges for (48 hours to 7 days after the person wrote) may be sent;
            it is cheaper than a template.
        charged_price: what Zalo charges for one.
        month: the ceiling of a month; above it every paid step is skipped and the counters are told once. 0 pays
            nothing: money is spent only when the province has decided how much.
        phone: kinds for which the counter is asked to phone the owner when no message reaches them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    charged: bool = True
    charged_price: _Dong = 55
    month: _Dong = 0
    phone: frozenset[Kind] = frozenset({Kind.SUPPLEMENT, Kind.PAYMENT, Kind.PICKUP})
