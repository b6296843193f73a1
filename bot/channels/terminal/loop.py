"""The assistant in the terminal: same conversation, buttons as numbers."""

from __future__ import annotations

import asyncio

from rich.console import Console

from bot.app import parts
from core.messages import Address, Incoming, Message
from core.settings import Settings

console = Console(highlight=False)


def render(messages: tuple[Message, ...]) -> str:
    """Messages as plain lines; buttons are numbered as the conversation numbers them."""
    lines, number = [], 0
    for message in messages:
        lines.append(message.text)
        for button in message.buttons:
            if button.payload:
                number += 1
                lines.append(f"  {number}. {button.title}")
            elif button.url:
                lines.append(f"  → {button.title}: {button.url}")
        lines.append("")
    return "\n".join(lines)


async def talk(settings: Settings) -> None:
    """Read lines until an empty one or the end of input."""
    address = Address("terminal", "local")
    async with parts(settings) as made:
        reply = await made.conversation.answer(Incoming(address, "/start"))
        console.print(render(reply.messages), markup=False)
        while line := await asyncio.to_thread(_line):
            reply = await made.conversation.answer(Incoming(address, line))
            console.print(render(reply.messages), markup=False)


def _line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
