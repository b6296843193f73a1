"""How each channel will show a notice, by the very functions that send it: its parts, its buttons, what is cut. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.messages import Button, Message
from core.rendering import telegram, web, zalo, zalobot
from core.splitting import units

CHANNELS = ("zalo", "telegram", "web")
LONG = 1_000  # letters: about one and a half phone screens; more is read by few


@dataclass(frozen=True, slots=True)
class Choice:
    """A button as it is shown; ``url`` is empty where it comes back to the assistant."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as somebody gets it."""

    text: str
    buttons: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What a channel shows.

    Args:
        letters: of all bubbles, counted as the platform counts them.
        most: letters one message may have there; 0 where nothing limits it.
        warnings: what staff should know, in Vietnamese.
    """

    channel: str
    title: str
    bubbles: tuple[Bubble, ...]
    letters: int
    most: int
    warnings: tuple[str, ...]


def preview(message: Message, channels: Sequence[str] = CHANNELS) -> tuple[View, ...]:
    """The views of a message that is ready to be sent, in the order of the channels.

    Raises KeyError for a channel without a view.
    """
    return tuple(_view(name, message) for name in channels)


def _view(channel: str, message: Message) -> View:
    shape = _SHAPES[channel]
    bubbles = shape.bubbles(message)
    letters = sum(units(bubble.text) for bubble in bubbles)
    warnings = tuple(_warnings(shape, message, bubbles, letters))
    return View(channel, shape.title, bubbles, letters, shape.text, warnings)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A channel's limits; 0 for none."""

    title: str
    bubbles: Callable[[Message], tuple[Bubble, ...]]
    text: int = 0
    buttons: int = 0
    button: int = 0


def _zalo(message: Message) -> tuple[Bubble, ...]:
    found = []
    for body in zalo.render(message):
        shown = body.get("attachment", {}).get("payload", {}).get("buttons", ())
        buttons = tuple(Choice(b["title"], b["payload"]["url"] if "url" in b["type"] else "") for b in shown)
        found.append(Bubble(body["text"], buttons))
    return tuple(found)


def _telegram(message: Message) -> tuple[Bubble, ...]:
    parts = telegram.render(message)
    return tuple(Bubble(part.text, tuple(_choice(b) for b in part.under)) for part in parts)


def _choice(button: Button) -> Choice:
    return Choice(telegram.short(button.title), button.url or "")


def _web(message: Message) -> tuple[Bubble, ...]:
    shown = web.render(message)
    return (Bubble(shown["text"], tuple(Choice(b["title"], b.get("url", "")) for b in shown["buttons"])),)


def _zalobot(message: Message) -> tuple[Bubble, ...]:
    return tuple(Bubble(text) for text in zalobot.render(message))


_SHAPES = {
    "zalo": _Shape("Zalo", _zalo, zalo.TEXT, zalo.BUTTONS, zalo.TITLE),
    "telegram": _Shape("Telegram", _telegram, telegram.TEXT, 0, telegram.TITLE),
    "web": _Shape("Trang web", _web),
    "zalobot": _Shape("Zalo Bot", _zalobot, zalobot.TEXT),
}


def _warnings(shape: _Shape, message: Message, bubbles: Sequence[Bubble], letters: int) -> list[str]:
    said = []
    if len(bubbles) > 1:
        most = f"{shape.text:,}".replace(",", ".")
        said.append(f"Dài quá một tin ({most} ký tự): sẽ gửi thành {len(bubbles)} tin liền nhau.")
    elif letters > LONG:
        said.append("Tin dài hơn một màn hình điện thoại; nên rút gọn, để phần chi tiết trong đường dẫn.")
    if shape.buttons and len(message.buttons) > shape.buttons:
        rest = len(message.buttons) - shape.buttons
        said.append(f"Chỉ hiện được {shape.buttons} nút; {rest} nút còn lại viết thành dòng chữ.")
    cut = [b.title for b in message.buttons if shape.button and units(b.title) > shape.button]
    said += [f"Tên nút “{title[:30]}…” dài hơn {shape.button} ký tự nên bị cắt." for title in cut]
    return said
