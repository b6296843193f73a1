"""What happens when somebody asks for what the law grants about their data (Luật 91/2025/QH15)."""

from __future__ import annotations

import structlog

from bot.channels.zalo_oa.inbound import RightsRequest
from core.conversations.inbox import Arrival, Inbox
from core.messages import Incoming
from core.sentences import sentence

log = structlog.get_logger()


async def take_rights(inbox: Inbox, request: RightsRequest) -> None:
    """Tell the person once what comes next, and raise the alarm: the law sets a time limit.

    Raises whatever the inbox raises, so that Zalo sends the event again.
    """
    log.error("zalo_rights_request", name=request.event, remedy="see the request at oa.zalo.me")
    if request.address:
        asked = Arrival(f"rights:{request.update}", Incoming(request.address, ""))
        await inbox.put(asked, (sentence("data_rights"),))
