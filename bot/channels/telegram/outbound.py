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
from core.rendering.telegram import Part, render, short

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
        for part in render(message, self._shared.get(address)):
            await self._deliver(int(address.id), part.text, _markup(part))
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


def _markup(part: Part) -> Markup | None:
    if part.cleared:
        return ReplyKeyboardRemove()
    if part.under:
        return InlineKeyboardMarkup([[_button(b)] for b in part.under])
    if part.below:
        rows = [
            [KeyboardButton(b.title, request_contact=b.contact or None, request_location=b.location or None)]
            for b in part.below
        ]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    return None


def _button(button: Button) -> InlineKeyboardButton:
    title = short(button.title)
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
