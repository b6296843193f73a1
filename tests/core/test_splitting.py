"""Where long texts are cut; what the platforms make of it is in the tables of their channels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Button, Message, numbered
from core.splitting import pieces, split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa bbbb. cccc dd", ["aaaa bbbb.", "cccc dd"]),
        ("aaaa\n\nbbbb cc dd", ["aaaa\n\nbbbb", "cc dd"]),  # a paragraph too short for a part
        ("aaaaaaaaaaaaaaa", ["aaaaaaaaaa", "aaaaa"]),
        ("aaaaaa bb\ncc", ["aaaaaa bb", "cc"]),
        ("", []),
        ("ngắn", ["ngắn"]),
    ],
)
def test_where_it_is_cut(text: str, parts: list[str]) -> None:
    assert pieces(text, 10) == parts


@given(st.text(st.sampled_from("aắ. \n😀\u0301;"), max_size=200))
def test_nothing_is_lost_and_every_part_fits(text: str) -> None:
    parts = pieces(text.strip(), 12)
    assert all(part and len(part.encode("utf-16-le")) // 2 <= 12 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_buttons_and_their_numbers_go_under_the_last_part() -> None:
    parts = split(Message("aaaa bbbb. cccc dd", (Button("Tiếp", "x"),), 4), 10)
    assert parts == [Message("aaaa bbbb."), Message("cccc dd", (Button("Tiếp", "x"),), 4)]
    assert split(Message("", (Button("Tiếp", "x"),)), 10) == [Message("", (Button("Tiếp", "x"),))]


def test_choices_are_numbered_through_an_answer() -> None:
    two = (Button("Một", "1"), Button("Cổng", url="https://a.vn"), Button("Hai", "2"))
    answer = numbered([Message("a", two), Message("b"), Message("c", (Button("Số", contact=True), *two))])
    assert [m.first for m in answer] == [1, 3, 3]
    assert [b.title for m in answer for b in m.choices] == ["Một", "Hai", "Một", "Hai"]
    assert [Message.from_dict(m.as_dict()) for m in answer] == list(answer)
