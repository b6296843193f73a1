"""From our messages to those of Zalo's Bot Platform: text alone, choices as numbers. Pure."""

from __future__ import annotations

import unicodedata

from core.messages import Message
from core.splitting import pieces

TEXT = 2_000  # letters of one message
BY_NUMBER = "(Trả lời bằng số của mục anh/chị chọn.)"


def render(message: Message) -> list[str]:
    """The texts that deliver one message, in order."""
    return pieces(written(message), TEXT)


def written(message: Message) -> str:
    """The message as one text in NFC (NFD would be longer): links written out, choices numbered.

    The conversation takes the number of a choice for the choice.
    """
    lines = [message.text]
    lines += [f"→ {b.title}: {b.url}" for b in message.buttons if b.url]
    lines += [f"{number}. {b.title}" for number, b in enumerate(message.choices, message.first)]
    if message.choices:
        lines.append(BY_NUMBER)
    return unicodedata.normalize("NFC", "\n".join(lines))
