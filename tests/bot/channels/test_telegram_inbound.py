"""What reading an update keeps to; the cases are in ``cases/telegram.yml``."""

from __future__ import annotations

from typing import Any

from telegram import Update

from bot.channels.telegram.inbound import arrival, edited, incoming

PRIVATE = {"id": 7, "type": "private", "first_name": "A"}
FROM = {"id": 7, "is_bot": False, "first_name": "A"}


def message(**content: Any) -> dict[str, Any]:
    base = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": FROM}
    return {"update_id": 1, "message": {**base, **content}}


def test_numbers_and_places_are_never_shown() -> None:
    contact = {"phone_number": "84912345678", "first_name": "A", "user_id": 7}
    place = {"longitude": 108.05, "latitude": 12.66}
    for content in ({"contact": contact}, {"location": place}):
        got = repr(incoming(Update.de_json(message(**content), None)))
        assert "84912345678" not in got
        assert "12.66" not in got


def test_a_message_is_named_so_that_its_edit_finds_it_and_a_press_by_its_update() -> None:
    pressed = {"id": "9", "from": FROM, "chat_instance": "1", "data": "topics"}
    press = arrival(Update.de_json({"update_id": 1, "callback_query": {**pressed, **message()}}, None))
    first = arrival(Update.de_json(message(text="sủa"), None))
    assert first is not None
    assert press is not None
    assert (first.update, press.update) == ("7:1", "update:1")
    change = edited(Update.de_json({"update_id": 5, "edited_message": message(text="sửa")["message"]}, None))
    assert change is not None
    assert (change[0], change[1].update, change[1].incoming.text) == ("7:1", "update:5", "sửa")
