"""Captured event in, what the conversation takes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.inbound import Receipt, RightsRequest, Unfollowed, read, update_of
from core.conversations.inbox import Arrival
from core.messages import Address
from tests.bot.channels.zalo_oa.conftest import CONFIG

OA, PERSON = CONFIG.oa_id, "246845883529197922"
PICTURE = "https://photo-stal-6.zdn.vn/gr/abc.jpg"


def event(name: str, message: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "app_id": CONFIG.app_id,
        "user_id_by_app": "552177279717587730",
        "event_name": name,
        "sender": {"id": PERSON},
        "recipient": {"id": OA},
        "timestamp": "1699003881354",
        **({"message": {"msg_id": "96d3cdf3af150460909", **message}} if message is not None else {}),
        **more,
    }


def attached(kind: str, payload: Any, **message: Any) -> dict[str, Any]:
    return event(f"user_send_{kind}", {**message, "attachments": [{"type": kind, "payload": payload}]})


def followed(name: str) -> dict[str, Any]:
    return {
        "app_id": CONFIG.app_id,
        "oa_id": OA,
        "follower": {"id": PERSON},
        "event_name": name,
        "source": "oa_profile",
        "timestamp": "1699003881354",
    }


def form(phone: Any, **more: Any) -> dict[str, Any]:
    return event("user_submit_info", info={"name": "Hoa", "phone": phone}, **more)


def place(latitude: Any, longitude: Any) -> dict[str, Any]:
    return attached("location", {"coordinates": {"latitude": latitude, "longitude": longitude}})


def text(said: Any) -> dict[str, Any]:
    return event("user_send_text", {"text": said})


PLAIN: dict[str, Any] = {"text": "", "phone": None, "file": None, "location": None}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("text", text("làm khai sinh"), {"kind": "text", "text": "làm khai sinh"}),
    ("pressed button", text("#d:show:H15.50"), {"kind": "payload", "text": "d:show:H15.50"}),
    ("hash and a question", text("#hỏi đất đai"), {"kind": "text", "text": "#hỏi đất đai"}),
    ("hash alone", text("#"), {"kind": "text", "text": "#"}),
    ("too long for a payload", text("#" + "a" * 65), {"kind": "text", "text": "#" + "a" * 65}),
    ("text that is none", text(7), {"kind": "text"}),
    ("broken letters", text("a\x00\ud800b"), {"kind": "text", "text": "ab"}),
    ("picture", attached("image", {"url": PICTURE, "thumbnail": PICTURE}), {"kind": "photo", "file": PICTURE}),
    ("caption", attached("image", {"url": PICTURE}, text="gì?"), {"kind": "photo", "text": "gì?", "file": PICTURE}),
    ("simulator's picture", attached("image", {"url": "http://zalo.test/media/1"}), {"kind": "photo", "file": "http://zalo.test/media/1"}),
    ("picture elsewhere", attached("image", {"url": "https://zdn.vn.evil.test/a.jpg"}), {"kind": "photo"}),
    ("picture inside", attached("image", {"url": "http://169.254.169.254/latest"}), {"kind": "photo"}),
    ("picture by http", attached("image", {"url": "http://photo.zdn.vn/a.jpg"}), {"kind": "photo"}),
    ("picture with a name before", attached("image", {"url": "https://zdn.vn@evil.test/a"}), {"kind": "photo"}),
    ("picture on another port", attached("image", {"url": "https://a.zdn.vn:22/a"}), {"kind": "photo"}),
    ("picture without url", attached("image", {}), {"kind": "photo"}),
    ("location", place("13.08", "109.29"), {"kind": "location", "location": (13.08, 109.29)}),
    ("location as numbers", place(13.08, 109), {"kind": "location", "location": (13.08, 109.0)}),
    ("location off the earth", place("91", "109"), {"kind": "location"}),
    ("location that is none", place("nan", "109"), {"kind": "location"}),
    ("sticker", attached("sticker", {"id": "1"}), {"kind": "sticker"}),
    ("gif", attached("gif", {}), {"kind": "sticker"}),
    ("voice", attached("audio", {}), {"kind": "voice"}),
    ("film", attached("video", {}), {"kind": "file"}),
    ("film with a question", attached("video", {}, text="ở đâu"), {"kind": "text", "text": "ở đâu"}),
    ("file", attached("file", {}), {"kind": "file"}),
    ("link", attached("link", {"url": "https://a.vn"}), {"kind": "text", "text": "https://a.vn"}),
    ("another's card", attached("business_card", {"phone": "0912345678"}), {"kind": "contact"}),
    ("form", form("84912345678"), {"kind": "contact", "phone": "+84912345678"}),
    ("form, local", form("0912 345 678"), {"kind": "contact", "phone": "+84912345678"}),
    ("form, number", form(84912345678), {"kind": "contact", "phone": "+84912345678"}),
    ("form, nonsense", form("12"), {"kind": "contact"}),
    ("form, empty", form(None), {"kind": "contact"}),
    ("form from the account", form("84912345678", sender={"id": OA}, recipient={"id": PERSON}), {"kind": "contact", "phone": "+84912345678"}),
    ("follow", followed("follow"), {"kind": "payload", "text": "/start"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_event_becomes_incoming(body: dict[str, Any], expected: dict[str, Any]) -> None:
    got = read(body, CONFIG)
    assert isinstance(got, Arrival)
    assert str(got.incoming.address) == f"zalo:{PERSON}"
    wanted = {**PLAIN, **expected}
    assert {name: getattr(got.incoming, name) for name in wanted} == wanted


NOTHING = {
    "own echo": event("oa_send_text", {"text": "Chào"}, sender={"id": OA}, recipient={"id": PERSON}),
    "own echo under another name": event("user_send_text", {"text": "x"}, sender={"id": OA}),
    "another account": event("user_send_text", {"text": "x"}, recipient={"id": "1"}),
    "seen": event("user_seen_message", {"msg_ids": ["1"]}),
    "consultation message received": event("user_received_message", {}, sender={"id": OA}),
    "unknown event": event("user_dances", {"text": "x"}),
    "group": event("user_send_group_text", {"text": "x"}),
    "no sender": event("user_send_text", {"text": "x"}, sender={}),
    "sender is no id": event("user_send_text", {"text": "x"}, sender={"id": "a b:c"}),
    "list": [],
    "nothing": None,
    "name is no text": {"event_name": ["follow"]},
}


@pytest.mark.parametrize("body", NOTHING.values(), ids=NOTHING.keys())
def test_what_wants_no_answer_gets_none(body: Any) -> None:
    assert read(body, CONFIG) is None


def test_other_events() -> None:
    person = Address("zalo", PERSON)
    assert read(followed("unfollow"), CONFIG) == Unfollowed(person)
    asked = read(event("user_withdraw"), CONFIG)
    assert isinstance(asked, RightsRequest)
    assert asked.address == person
    delivered = event("user_received_message", {"tracking_id": "nhac-1"}, recipient={"id": "84987654321"})
    assert read(delivered, CONFIG) == Receipt("nhac-1", "96d3cdf3af150460909")


def test_a_form_can_be_distrusted_and_its_number_is_never_shown() -> None:
    got = read(form("84912345678"), replace(CONFIG, trust_form_phone=False))
    assert isinstance(got, Arrival)
    assert got.incoming.phone is None
    assert "912345678" not in repr(read(form("84912345678"), CONFIG))


def test_repeats_share_an_id_and_different_events_do_not() -> None:
    assert update_of(text("a")) == "96d3cdf3af150460909"
    first, later = followed("follow"), {**followed("follow"), "timestamp": "1699003881355"}
    ids = {update_of(e) for e in (first, dict(first), later, followed("unfollow"))}
    assert len(ids) == 3
    assert all(len(i) <= 100 for i in ids)
    assert len(update_of(event("user_send_text", {"msg_id": "x" * 101}))) == 64


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted({c[1]["event_name"] for c in CASES} | {"unfollow", "user_withdraw", "user_received_message"}))  # fmt: skip


@given(NAMES, JSON, JSON, JSON, JSON)
def test_odd_json_never_raises(name: str, sender: Any, message: Any, info: Any, payload: Any) -> None:
    body = {"event_name": name, "sender": sender, "message": message, "info": info}
    read(body, CONFIG)
    attachments = {"attachments": [{"payload": payload}], "msg_id": message, "text": info}
    read({**body, "sender": {"id": PERSON}, "message": attachments, "info": {"phone": payload}}, CONFIG)
