"""What Zalo's error numbers mean for a sender. Failures come with HTTP 200; the number decides. Pure.

Numbers of the Official Account's API and of template messages (ZBS); they do not overlap.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from bot.channels.transport import SOON
from core.errors import SendError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = dt.time(6, 5)
TOKEN = frozenset({-216, -220, -124})
RATE_SECONDS = 60.0

Meaning = Literal["rate", "passing", "stop", "gone", "window", "tomorrow", "night", "permanent"]

_MEANINGS: dict[Meaning, tuple[int, ...]] = {
    "rate": (-32,),
    "passing": (-100, -200),
    "stop": (-204, -205, -209, -221, -224, -223, -320, -321, -131, -109, -115),
    "gone": (-213, -217, -227, -108, -118, -114, -119, -139, -141),
    "window": (-230, -232),
    "tomorrow": (-211, -218, -144, -147),
    "night": (-234, -133),
    "permanent": (-201, -210, -233, -240, -244, -248, -249, -112, -1121, -1122, -1123, -1124),
}
# A telephone that takes no template, or somebody who wants none, can still be written to when they write first.
_TEMPLATE_ONLY = frozenset({-108, -114, -118, -119, -139, -141})
_NOT_BY_UID = -249  # a matter of the template, not of the person
MEANING = {code: meaning for meaning, codes in _MEANINGS.items() for code in codes}


def failure(code: int, now: dt.datetime) -> SendError:
    """The SendError for an ``error`` other than 0. Numbers nobody documented are permanent.

    Args:
        code: as Zalo gave it.
        now: for "tomorrow" and "after the night".
    """
    said, meaning = f"zalo error {code}", MEANING.get(code, "permanent")
    if code in TOKEN:
        return SendError(f"{said}: token refused", retry_after=RATE_SECONDS)
    if meaning == "rate":
        return SendError(said, retry_after=RATE_SECONDS, rate=True)
    if meaning == "passing":
        return SendError(said, retry_after=SOON)
    if meaning in ("tomorrow", "night"):
        then = _morning(now, tomorrow=meaning == "tomorrow")
        return SendError(said, retry_after=(then - now).total_seconds(), not_before=then)
    return SendError(
        said, gone=meaning == "gone", outside_window=meaning == "window", configuration=meaning == "stop"
    )


def template_failure(code: int, now: dt.datetime) -> SendError:
    """As :func:`failure`, for a template: what is refused to a template says nothing of other messages."""
    if code == _NOT_BY_UID:
        return SendError(f"zalo error {code}", configuration=True)
    return SendError(f"zalo error {code}") if code in _TEMPLATE_ONLY else failure(code, now)


def unreadable(status: int) -> SendError:
    """The SendError when something else than the API answered (a gateway, a firewall, a cut answer)."""
    said = f"zalo: HTTP {status}, no envelope"
    if status == 429:
        return SendError(said, retry_after=RATE_SECONDS, rate=True)
    if status == 503:
        return SendError(said, retry_after=SOON)
    if 300 <= status < 500:
        return SendError(said, configuration=True)
    return SendError(said, unknown=True)


def _morning(now: dt.datetime, *, tomorrow: bool) -> dt.datetime:
    """The next 06:05 in Vietnam; of tomorrow when today's counts are used up."""
    local = now.astimezone(ZONE)
    then = dt.datetime.combine(local.date(), MORNING, ZONE)
    return then + dt.timedelta(days=1) if tomorrow or then <= local else then
