"""What reading an event keeps to, whatever the event; the cases are in ``cases/zalo_oa.yml``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.inbound import read, update_of
from core.conversations.inbox import Arrival
from tests.bot.channels.zalo_oa.conftest import CONFIG

OA, PERSON = CONFIG.oa_id, "246845883529197922"


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


def test_a_form_can_be_distrusted_and_its_number_is_never_shown() -> None:
    got = read(form("84912345678"), replace(CONFIG, trust_form_phone=False))
    assert isinstance(got, Arrival)
    assert got.incoming.phone is None
    assert "912345678" not in repr(read(form("84912345678"), CONFIG))


def test_repeats_share_an_id_and_different_events_do_not() -> None:
    assert update_of(event("user_send_text", {"text": "a"})) == "96d3cdf3af150460909"
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
KINDS = "text image location sticker gif audio video file link business_card".split()
OTHERS = ["user_submit_info", "follow", "unfollow", "user_withdraw", "user_received_message"]
NAMES = st.sampled_from([f"user_send_{kind}" for kind in KINDS] + OTHERS)


@given(NAMES, JSON, JSON, JSON, JSON)
def test_odd_json_never_raises(name: str, sender: Any, message: Any, info: Any, payload: Any) -> None:
    body = {"event_name": name, "sender": sender, "message": message, "info": info}
    read(body, CONFIG)
    attachments = {"attachments": [{"payload": payload}], "msg_id": message, "text": info}
    read({**body, "sender": {"id": PERSON}, "message": attachments, "info": {"phone": payload}}, CONFIG)
