"""Whether a consultation message is well made: POST /v3.0/oa/message/cs. Nothing is ever cut."""

from __future__ import annotations

from typing import Any

from simulators.zalo.media import Media
from simulators.zalo.refusals import Refusal
from simulators.zalo.switches import Switches

TEXT, PAYLOAD, BUTTONS, TITLE, SUBTITLE = 2000, 1000, 5, 100, 500


def check(message: Any, media: Media, switches: Switches) -> str:
    """The kind of the message, as ``oa_send_<kind>`` calls it. Raises Refusal."""
    if not isinstance(message, dict):
        raise Refusal(-201, "message is empty")
    attachment = message.get("attachment")
    text = message.get("text")
    if text is not None:
        _text(text)
    if attachment is None:
        if text is None:
            raise Refusal(-201, "message is empty")
        return "text"
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict):
        raise Refusal(-201, "attachment is invalid")
    if attachment.get("type") == "file":
        return _file(payload, media)
    if attachment.get("type") != "template":
        raise Refusal(-201, "attachment type is invalid")
    return _template(payload, text, media, switches)


def _text(text: Any) -> None:
    if not isinstance(text, str) or not text.strip():
        raise Refusal(-201, "text is empty")
    if len(text) > TEXT:
        raise Refusal(-210, f"text exceeds {TEXT} characters")


def _file(payload: dict[str, Any], media: Media) -> str:
    if not media.uploaded(str(payload.get("token", ""))):
        raise Refusal(-201, "file token is invalid or expired")
    return "file"


def _template(payload: dict[str, Any], text: Any, media: Media, switches: Switches) -> str:
    match payload.get("template_type", "button"):
        case "button":
            if text is None:
                raise Refusal(-201, "text is empty")
            _buttons(payload.get("buttons"), switches)
            return "text"
        case "media":
            _media(_only(payload), media)
            return "image"
        case "request_user_info":
            _request(_only(payload))
            return "list"
        case "list" if switches.list_template:
            return "list"
        case _:
            raise Refusal(-233)


def _only(payload: dict[str, Any]) -> dict[str, Any]:
    """The single element."""
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise Refusal(-201, "elements must be a list of one")
    return elements[0]


def _media(element: dict[str, Any], media: Media) -> None:
    if element.get("media_type") not in ("image", "gif"):
        raise Refusal(-201, "media_type is invalid")
    url, ident = element.get("url"), element.get("attachment_id")
    if ident is not None:
        if not media.uploaded(str(ident)):
            raise Refusal(-201, "attachment_id is invalid or expired")
    elif not _web(url):
        raise Refusal(-201, "url is invalid")


def _request(element: dict[str, Any]) -> None:
    title, subtitle = str(element.get("title", "")), str(element.get("subtitle", ""))
    if not title or not subtitle or not _web(element.get("image_url")):
        raise Refusal(-201, "title, subtitle and image_url are required")
    if len(title) > TITLE or len(subtitle) > SUBTITLE:
        raise Refusal(-210, f"title exceeds {TITLE} or subtitle {SUBTITLE} characters")


def _buttons(buttons: Any, switches: Switches) -> None:
    if not isinstance(buttons, list) or not buttons:
        raise Refusal(-201, "buttons is empty")
    if len(buttons) > BUTTONS:
        raise Refusal(-210, f"more than {BUTTONS} buttons")
    for button in buttons:
        _button(button if isinstance(button, dict) else {}, switches)


def _button(button: dict[str, Any], switches: Switches) -> None:
    title, payload = button.get("title"), button.get("payload")
    if not isinstance(title, str) or not title.strip():
        raise Refusal(-201, "button title is empty")
    if len(title) > switches.title_limit:
        raise Refusal(-210, f"button title exceeds {switches.title_limit} characters")
    match button.get("type"):
        case "oa.query.show" | "oa.query.hide":
            if not isinstance(payload, str) or not payload:
                raise Refusal(-201, "button payload is empty")
            if len(payload) > PAYLOAD:
                raise Refusal(-210, f"button payload exceeds {PAYLOAD} characters")
        case "oa.open.url":
            if not isinstance(payload, dict) or not _web(payload.get("url")):
                raise Refusal(-201, "button url is invalid")
        case "oa.open.phone":
            if not isinstance(payload, dict) or not str(payload.get("phone_code", "")).isdigit():
                raise Refusal(-201, "button phone_code is invalid")
        case _:
            raise Refusal(-201, "button type is invalid")


def _web(url: Any) -> bool:
    return isinstance(url, str) and url.startswith(("https://", "http://"))
