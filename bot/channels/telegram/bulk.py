"""By what we speak first on Telegram: connections of its own, and no limiter before them.

The limiter of replies waits after a 429 and makes everybody wait; here the channel's pause in the database is
kept instead (``core.reminders.pace``), and a reply is never held up by it. Several small pools, because httpcore
looks through a whole pool several times a request: with fifty connections in one that costs more than sending.
"""

from __future__ import annotations

import asyncio

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.channels.telegram.outbound import TelegramSender
from core.messages import Address, Message
from core.settings import Settings

POOLS, CONNECTIONS = 10, 10


class Bulk:
    """Implements :class:`core.messages.Sender`; opens connections when they are needed.

    Args:
        read_timeout: seconds after which a message without an answer is of unknown outcome.
    """

    def __init__(self, settings: Settings, read_timeout: float = 5.0) -> None:
        self._settings, self._read_timeout = settings, read_timeout
        self._bots: list[Bot] = []
        self._senders: list[TelegramSender] = []
        self._free = [asyncio.Semaphore(CONNECTIONS) for _ in range(POOLS)]
        self._busy = [0] * POOLS

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message by the pool with the most room. Raises SendError only."""
        number = min(range(POOLS), key=self._busy.__getitem__)
        self._busy[number] += 1
        while number >= len(self._senders):  # a start must not pay for pools that nobody needs
            self._open()
        try:
            async with self._free[number]:
                await self._senders[number].send(address, message)
        finally:
            self._busy[number] -= 1

    def _open(self) -> None:
        bot = _bot(self._settings, self._read_timeout)
        self._bots.append(bot)
        self._senders.append(TelegramSender(bot, paid=self._settings.telegram_paid_broadcast))

    async def stop(self) -> None:
        """Close the connections."""
        for bot in self._bots:
            await bot.request.shutdown()


def _bot(settings: Settings, read_timeout: float) -> Bot:
    assert settings.telegram_bot_token is not None
    base = (settings.telegram_api_base_url or "https://api.telegram.org").rstrip("/")
    request = HTTPXRequest(
        connection_pool_size=CONNECTIONS, proxy=settings.telegram_proxy, read_timeout=read_timeout
    )
    token = settings.telegram_bot_token.get_secret_value()
    return Bot(
        token, base_url=f"{base}/bot", request=request, get_updates_request=request
    )  # it polls nothing
