"""What staff see beforehand is what the channels send."""

from __future__ import annotations

import pytest

from core.broadcasts.preview import View, preview
from core.messages import Button, Message
from core.rendering import zalo

LINKS = tuple(Button(f"Trang {n}", url=f"https://a.vn/{n}") for n in range(7))


def views(message: Message) -> dict[str, View]:
    return {view.channel: view for view in preview(message)}


def test_a_short_notice_is_one_bubble_everywhere_without_warning() -> None:
    shown = views(Message("Mai nghỉ lễ.", LINKS[:2]))
    assert list(shown) == ["zalo", "telegram", "web"]
    for view in shown.values():
        assert [b.text for b in view.bubbles] == ["Mai nghỉ lễ."]
        assert [(c.title, c.url) for c in view.bubbles[0].buttons] == [(b.title, b.url) for b in LINKS[:2]]
        assert (view.letters, view.warnings) == (12, ())


def test_a_long_notice_is_shown_in_the_parts_it_is_sent_in() -> None:
    message = Message("Một câu về ngày nghỉ lễ. " * 200)
    shown = views(message)
    assert [b.text for b in shown["zalo"].bubbles] == [body["text"] for body in zalo.render(message)]
    assert [len(shown[name].bubbles) for name in shown] == [3, 2, 1]
    assert "3 tin" in shown["zalo"].warnings[0]
    assert "(2.000 ký tự)" in shown["zalo"].warnings[0]
    assert "2 tin" in shown["telegram"].warnings[0]
    assert "màn hình" in shown["web"].warnings[0]


def test_buttons_beyond_what_a_channel_takes_are_told_and_still_readable() -> None:
    shown = views(Message("Xem", LINKS))
    assert len(shown["zalo"].bubbles[0].buttons) == zalo.BUTTONS
    assert "2 nút còn lại" in shown["zalo"].warnings[0]
    assert "https://a.vn/6" in shown["zalo"].bubbles[0].text
    assert len(shown["telegram"].bubbles[0].buttons) == 7


@pytest.mark.parametrize(("letters", "cut"), [(60, []), (80, ["telegram"]), (110, ["zalo", "telegram"])])
def test_titles_that_are_cut_are_told(letters: int, cut: list[str]) -> None:
    shown = views(Message("Xem", (Button("x" * letters, url="https://a.vn"),)))
    assert [name for name, view in shown.items() if view.warnings] == cut
    for name in cut:
        assert shown[name].bubbles[0].buttons[0].title.endswith("…")


def test_what_comes_back_to_the_assistant_has_no_address() -> None:
    shown = views(Message("Xem", (Button("Cài đặt nhắc", "rm:menu"),)))
    assert {view.bubbles[0].buttons[0].url for view in shown.values()} == {""}
    [bot] = preview(Message("Xem", LINKS[:1]), ["zalobot"])
    assert bot.bubbles[0].text == "Xem\n→ Trang 0: https://a.vn/0"
