"""Captured update in, what the conversation takes out."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.inbound import incoming, picture

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
        ("cái này nộp ở đâu", "photo"),
    ),
    ("picture sent as a file", message(document={**FILE, "mime_type": "image/png"}), ("", "photo")),
    ("picture of an iPhone", message(document={**FILE, "mime_type": "image/heic"}), ("", "file")),
    (
        "film with a question",
        message(video={**FILE, "width": 1, "height": 1, "duration": 1}, caption="ở đâu"),
        ("ở đâu", "text"),
    ),
    (
        "receipt's link",
        message(text="/start H15_50_05_13-261008-0975"),
        ("/start H15_50_05_13-261008-0975", "text"),
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


OWN = {"phone_number": "84912345678", "first_name": "A", "user_id": 7}
ANOTHER = {"type": "user", "date": 1, "sender_user": {"id": 8, "is_bot": False, "first_name": "B"}}


@pytest.mark.parametrize(
    ("content", "phone"),
    [
        ({"contact": OWN}, "+84912345678"),
        ({"contact": {**OWN, "phone_number": "+84912345678"}}, "+84912345678"),
        ({"contact": {**OWN, "user_id": 8}}, None),
        ({"contact": {"phone_number": "84912345678", "first_name": "A"}}, None),
        ({"contact": OWN, "forward_origin": ANOTHER}, None),
        ({"text": "0912345678"}, None),
    ],
    ids=["own", "own with a plus", "another's", "nobody's", "forwarded", "typed"],
)
def test_only_the_senders_own_contact_is_vouched_for(content: dict[str, Any], phone: str | None) -> None:
    got = incoming(Update.de_json(message(**content), None))
    assert got is not None
    assert got.phone == phone
    assert "84912345678" not in repr(got)


def _size(name: str, side: int, weight: int | None = None) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": name, "width": side, "height": side, "file_size": weight}


@pytest.mark.parametrize(
    ("content", "file_id"),
    [
        ({"photo": [_size("s", 90, 900), _size("l", 1280, 90_000), _size("m", 320, 9_000)]}, "l"),
        ({"photo": [_size("s", 90, 900), _size("l", 5000, 5 * 1024 * 1024 + 1)]}, "s"),
        ({"photo": [_size("l", 5000, 5 * 1024 * 1024 + 1)]}, None),
        ({"photo": [_size("unweighed", 1280)]}, "unweighed"),
        ({"document": {**FILE, "mime_type": "image/jpeg", "file_size": 10 * 1024 * 1024}}, "f"),
        ({"document": {**FILE, "mime_type": "image/jpeg", "file_size": 10 * 1024 * 1024 + 1}}, None),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, None),
        ({"text": "chào"}, None),
    ],
    ids=["largest", "largest that fits", "too large", "unweighed", "file", "large file", "pdf", "text"],
)
def test_the_picture_to_fetch(content: dict[str, Any], file_id: str | None) -> None:
    assert picture(Update.de_json(message(**content), None)) == file_id
