"""From our messages to Telegram's: within its limits, one keyboard a message. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.messages import Button, Message
from core.splitting import split

TEXT = 4096  # letters of one message, as UTF-16 counts them (Bot API, sendMessage)
TITLE = 64  # letters of a button that a phone shows in one line
CONTACT_HINT = "Bấm nút ở bàn phím bên dưới để gửi số điện thoại của chính anh/chị."
PLACE_HINT = "Bấm nút ở bàn phím bên dưới để chia sẻ vị trí của anh/chị."


@dataclass(frozen=True, slots=True)
class Part:
    """One message to Telegram.

    Args:
        under: buttons under the message, one a row (Vietnamese titles are long).
        below: keys below the input, which ask for a telephone number or a place; never together with ``under``.
        cleared: the keys below the input are taken away.
    """

    text: str
    under: tuple[Button, ...] = ()
    below: tuple[Button, ...] = ()
    cleared: bool = False


def render(message: Message, received: str | None = None) -> list[Part]:
    """The messages that deliver one of ours, in order: each within Telegram's limit and with one keyboard.

    Args:
        received: what to say while the keys below the input are taken away; None leaves them.
    """
    parts: list[Part] = []
    for number, one in enumerate(split(message, TEXT)):
        parts += _sends(one, received if number == 0 else None)
    return parts


def short(title: str) -> str:
    """A button's title within its limit."""
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _sends(message: Message, received: str | None) -> list[Part]:
    under = tuple(b for b in message.buttons if not (b.contact or b.location))
    below = tuple(b for b in message.buttons if b.contact or b.location)
    cleared = bool(received) and not below
    if not under or not (below or cleared):
        return [Part(message.text, under, below, cleared)]
    if cleared:
        return [Part(received or "", cleared=True), Part(message.text, under)]
    hint = CONTACT_HINT if any(b.contact for b in below) else PLACE_HINT
    return [Part(message.text, under), Part(hint, below=below)]
