"""Captured update in, what the conversation takes out."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.inbound import incoming

PRIVATE = {"id": 7, "type": "private", "first_name": "A"}
FROM = {"id": 7, "is_bot": False, "first_name": "A"}
FILE = {"file_id": "f", "file_unique_id": "u"}


def message(**content: Any) -> dict[str, Any]:
    base = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": FROM}
    return {"update_id": 1, "message": {**base, **content}}


CASES = [
    ("text", message(text="làm khai sinh"), ("làm khai sinh", "text")),
    ("command", message(text="/thutuc đất"), ("/thutuc đất", "text")),
    (
        "sticker",
        message(
            sticker={
                **FILE,
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        ),
        ("", "sticker"),
    ),
    ("voice", message(voice={**FILE, "duration": 3}), ("", "voice")),
    ("photo", message(photo=[{**FILE, "width": 1, "height": 1}]), ("", "photo")),
    (
        "photo with a question",
        message(photo=[{**FILE, "width": 1, "height": 1}], caption="cái này nộp ở đâu"),
        ("cái này nộp ở đâu", "text"),
    ),
    ("document", message(document=FILE), ("", "file")),
    ("location", message(location={"longitude": 108.0, "latitude": 12.0}), ("", "location")),
    ("contact", message(contact={"phone_number": "0900000000", "first_name": "B"}), ("", "contact")),
    (
        "button",
        {
            "update_id": 1,
            "callback_query": {
                "id": "9",
                "from": FROM,
                "chat_instance": "1",
                "data": "topics",
                "message": {"message_id": 1, "date": 1, "chat": PRIVATE},
            },
        },
        ("topics", "payload"),
    ),
]


@pytest.mark.parametrize(("update", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_update_becomes_incoming(update: dict[str, Any], expected: tuple[str, str]) -> None:
    got = incoming(Update.de_json(update, None))
    assert got is not None
    assert (got.text, got.kind) == expected
    assert str(got.address) == "telegram:7"


@pytest.mark.parametrize(
    "update",
    [
        message(text="chào cả nhóm", chat={"id": -5, "type": "group", "title": "Nhóm"}),
        {"update_id": 1, "edited_message": message(text="sửa")["message"]},
        {"update_id": 1},
    ],
    ids=["group", "edit", "nothing"],
)
def test_what_wants_no_answer_gets_none(update: dict[str, Any]) -> None:
    assert incoming(Update.de_json(update, None)) is None
