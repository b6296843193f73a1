"""Captured update in, what the conversation takes out."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.inbound import arrival, edited, group_spoken_to, incoming, picture

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
    update = Update.de_json(message(**content), None)
    assert picture(update) == file_id
    got = incoming(update)
    assert got is not None
    assert got.file == file_id
    assert got.photo is None


def test_a_location_comes_with_its_degrees() -> None:
    got = incoming(Update.de_json(message(location={"longitude": 108.05, "latitude": 12.66}), None))
    assert got is not None
    assert got.location == (12.66, 108.05)
    assert "12.66" not in repr(got)


PRESSED = next(case[1] for case in CASES if case[0] == "button")


def test_a_message_is_named_so_that_its_edit_finds_it_and_a_press_by_its_update() -> None:
    first, press = arrival(Update.de_json(message(text="sủa"), None)), arrival(Update.de_json(PRESSED, None))
    assert first is not None
    assert press is not None
    assert (first.update, press.update) == ("7:1", "update:1")
    change = edited(Update.de_json({"update_id": 5, "edited_message": message(text="sửa")["message"]}, None))
    assert change is not None
    assert (change[0], change[1].update, change[1].incoming.text) == ("7:1", "update:5", "sửa")


GROUP = {"id": -5, "type": "group", "title": "Nhóm"}


def member(chat: dict[str, Any], status: str) -> dict[str, Any]:
    bot = {"user": {"id": 1, "is_bot": True, "first_name": "M"}, "status": status}
    old = {**bot, "status": "left"}
    if status == "kicked":
        bot["until_date"] = 0
    change = {"chat": chat, "from": FROM, "date": 1, "old_chat_member": old, "new_chat_member": bot}
    return {"update_id": 1, "my_chat_member": change}


@pytest.mark.parametrize(
    ("update", "spoken"),
    [
        (message(text="chào", chat=GROUP), True),
        (message(text="chào", chat={**GROUP, "type": "supergroup"}), True),
        (message(chat=GROUP, migrate_to_chat_id=-100), False),
        (message(chat=GROUP, new_chat_title="Nhóm mới"), False),
        (member(GROUP, "member"), True),
        (member(GROUP, "left"), False),
        (message(text="chào"), False),
        (member(PRIVATE, "member"), False),
    ],
    ids=["text", "supergroup", "moved", "renamed", "added", "removed", "private", "unblocked"],
)
def test_a_group_is_noticed_when_somebody_speaks_or_adds_the_bot(
    update: dict[str, Any], spoken: bool
) -> None:
    assert (group_spoken_to(Update.de_json(update, None)) is not None) is spoken
