"""The assistant in the terminal: same conversation, buttons as numbers."""

from __future__ import annotations

import asyncio

from rich.console import Console

from bot.app import parts
from core.messages import Address, Incoming, Message
from core.settings import Settings

console = Console(highlight=False)


def render(messages: tuple[Message, ...]) -> str:
    """Messages as plain lines; choices have the numbers the conversation takes for them."""
    lines = []
    for message in messages:
        lines.append(message.text)
        lines += [f"  {number}. {b.title}" for number, b in enumerate(message.choices, message.first)]
        lines += [f"  → {b.title}: {b.url}" for b in message.buttons if b.url]
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
