"""Sending to Telegram. Every failure becomes a SendError that says what to do about it."""

from __future__ import annotations

import datetime as dt

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import MessageLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels import transport
from core.errors import SendError
from core.messages import Address, Button, Kind, Message
from core.splitting import split

_TITLE = 64


CONTACT_HINT = "Bấm nút ở bàn phím bên dưới để gửi số điện thoại của chính anh/chị."
PLACE_HINT = "Bấm nút ở bàn phím bên dưới để chia sẻ vị trí của anh/chị."
CONTACT_RECEIVED = "Tôi đã nhận được liên hệ anh/chị gửi."
PLACE_RECEIVED = "Tôi đã nhận được vị trí anh/chị gửi."
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class TelegramSender:
    """Delivers messages as plain text: nothing in them is read as markup.

    Args:
        paid: pay for every message (0.1 Star) to be let through at up to 1,000 a second instead of 30.
    """

    def __init__(self, bot: Bot, *, paid: bool = False) -> None:
        self._bot, self._paid = bot, paid or None
        self._shared: dict[Address, str] = {}

    def shared(self, address: Address, kind: Kind) -> None:
        """A telephone number (``contact``) or a ``location`` came: the keyboard that asked for it goes with the
        next message to ``address``.

        Remembered by this process only: the keyboard is shown once and hides by itself all the same.
        """
        self._shared[address] = PLACE_RECEIVED if kind == "location" else CONTACT_RECEIVED

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message, split where Telegram's limit asks for it. Raises SendError only."""
        received = self._shared.get(address)
        for number, part in enumerate(split(message, MessageLimit.MAX_TEXT_LENGTH)):
            for text, markup in _sends(part, received if number == 0 else None):
                await self._deliver(int(address.id), text, markup)
        self._shared.pop(address, None)

    async def _deliver(self, chat: int, text: str, markup: Markup | None) -> None:
        try:
            await self._bot.send_message(chat, text, reply_markup=markup, allow_paid_broadcast=self._paid)
        except ChatMigrated as moved:
            await self._once_more(moved.new_chat_id, text, markup)
        except TelegramError as error:
            raise failure(error) from error

    async def _once_more(self, chat: int, text: str, markup: Markup | None) -> None:
        try:
            await self._bot.send_message(chat, text, reply_markup=markup, allow_paid_broadcast=self._paid)
        except TelegramError as error:
            raise failure(error) from error


def _sends(message: Message, received: str | None) -> list[tuple[str, Markup | None]]:
    """What is sent for one message: Telegram takes one keyboard a message, under it or below the input.

    Args:
        received: what to say while the keyboard below the input is taken away; None leaves it.
    """
    inline = keyboard(tuple(b for b in message.buttons if not (b.contact or b.location)))
    below: Markup | None = _asking_keyboard(message.buttons)
    if below is None and received:
        below = ReplyKeyboardRemove()
    if inline is None or below is None:
        return [(message.text, inline or below)]
    if isinstance(below, ReplyKeyboardRemove):
        return [(received or "", below), (message.text, inline)]
    hint = CONTACT_HINT if any(b.contact for b in message.buttons) else PLACE_HINT
    return [(message.text, inline), (hint, below)]


def _asking_keyboard(buttons: tuple[Button, ...]) -> ReplyKeyboardMarkup | None:
    rows = [
        [KeyboardButton(b.title, request_contact=b.contact or None, request_location=b.location or None)]
        for b in buttons
        if b.contact or b.location
    ]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True) if rows else None


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """One button a row (Vietnamese titles are long); None without buttons."""
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_button(b)] for b in buttons])


def _button(button: Button) -> InlineKeyboardButton:
    title = button.title if len(button.title) <= _TITLE else button.title[: _TITLE - 1] + "…"
    if button.url:
        return InlineKeyboardButton(title, url=button.url)
    return InlineKeyboardButton(title, callback_data=button.payload)


def failure(error: TelegramError) -> SendError:
    """What a Telegram error means for the sender (error table of Bot API 10.0 as PTB 22.8 maps it)."""
    name = type(error).__name__
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, dt.timedelta) else wait
        return SendError(name, retry_after=seconds, rate=True)
    if isinstance(error, Forbidden):
        return SendError(name, gone=True)
    if isinstance(error, BadRequest):  # PTB makes it a NetworkError; it is permanent all the same
        return SendError(f"{name}: {error.message}", gone="chat not found" in error.message.lower())
    if isinstance(error, InvalidToken):
        return SendError("TELEGRAM_BOT_TOKEN was refused by Telegram", configuration=True)
    if isinstance(error.__cause__, httpx.HTTPError):
        return transport.failure("telegram", error.__cause__)
    if isinstance(error, NetworkError) and not isinstance(error, TimedOut):
        return SendError(name, retry_after=transport.SOON)  # 5xx: Telegram's own advice is "later"
    # Timed out, or something else than the Bot API answered: it may have been delivered.
    return SendError(name, unknown=isinstance(error, TimedOut) or type(error) is TelegramError)
