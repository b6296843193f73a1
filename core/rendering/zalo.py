"""From our messages to Zalo's: within its limits, in NFC, at most five buttons. Pure."""

from __future__ import annotations

import unicodedata
from typing import Any

from core.messages import Button, Message
from core.splitting import head, pieces, units

TEXT, BUTTONS, TITLE, SUBTITLE = 2000, 5, 100, 500
CHOOSE = "Mời anh/chị chọn:"
BY_NUMBER = "Hoặc trả lời bằng số:"
CONTACT_SUBTITLE = "Bấm vào đây để gửi số điện thoại của chính anh/chị. Số chỉ dùng để đối chiếu với hồ sơ."


def render(message: Message, contact_image: str | None = None) -> list[dict[str, Any]]:
    """The ``message`` objects of the calls that deliver one message, in order.

    More than five choices: the first five become buttons, the others a list whose numbers can be answered
    with. The numbers are those the conversation takes (``Message.first``). Zalo takes its form
    for the telephone number as a message of its own, which needs ``contact_image``.
    """
    plain = [b for b in message.buttons if not b.contact and _is_usable(b)]
    text, shown = _with_list(_nfc(message.text).strip(), plain, message.first)
    bodies: list[dict[str, Any]] = [
        {"text": part} for part in pieces(text or (CHOOSE if shown else ""), TEXT)
    ]
    if shown:
        bodies[-1]["attachment"] = {"type": "template", "payload": {"buttons": [_button(b) for b in shown]}}
    if contact_image:
        bodies += [_form(b, contact_image) for b in message.buttons if b.contact]
    return bodies


def short(title: str, limit: int = TITLE) -> str:
    """A title within its limit."""
    title = " ".join(_nfc(title).split()) or "…"
    return title if units(title) <= limit else head(title, limit - 1).rstrip() + "…"


def _with_list(text: str, buttons: list[Button], number: int) -> tuple[str, list[Button]]:
    shown, rest = buttons[:BUTTONS], buttons[BUTTONS:]
    if not rest:
        return text, shown
    first = number + sum(1 for b in shown if not b.url)
    choices = [b for b in rest if not b.url]
    lines = [f"{number}. {short(b.title)}" for number, b in enumerate(choices, first)]
    listed = [f"{BY_NUMBER}\n" + "\n".join(lines)] if lines else []
    links = ["\n".join(f"{short(b.title)}: {b.url}" for b in rest if b.url)]
    return "\n\n".join(filter(None, [text, *listed, *links])), shown


def _is_usable(button: Button) -> bool:
    return button.url.startswith(("https://", "http://")) if button.url else bool(button.payload)


def _button(button: Button) -> dict[str, Any]:
    title = short(button.title)
    if button.url:
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    return {"title": title, "type": "oa.query.hide", "payload": f"#{button.payload}"}


def _form(button: Button, image: str) -> dict[str, Any]:
    element = {"title": short(button.title), "subtitle": CONTACT_SUBTITLE, "image_url": image}
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
