"""What a citizen reads; files; a test to oneself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.broadcasts.files import MAX_BYTES, Files
from core.broadcasts.model import Link, trial_subject
from core.broadcasts.wording import OFF, TRIAL
from core.errors import StaffError
from core.reminders.model import Kind, Outgoing
from core.reminders.phrases import wanted
from tests.conftest import rows
from tests.core.broadcasts.made import AUTHOR, HOUR, MORNING, NIGHT, SECOND, Town, content


async def test_the_whole_message(town: Town) -> None:
    office = await town.office("Trung tâm Phục vụ hành chính công phường Buôn Ma Thuột", "22015")
    said = content(office=office, links=(Link("Lịch nghỉ", "https://daklak.gov.vn/lich"),))
    message = await town.many.letters.preview(said)
    assert message.text == (
        "Nghỉ lễ\n\n"
        "Quầy nghỉ từ ngày mai.\n\n"
        "Thông báo của Trung tâm Phục vụ hành chính công phường Buôn Ma Thuột, tỉnh Đắk Lắk.\n"
        "Mã kiểm tra ABCD – gửi “kiểm tra ABCD” để biết tin này có phải do tỉnh Đắk Lắk gửi.\n"
        "Không muốn nhận nữa: nhắn “tắt thông báo chung”."
    )
    assert [(b.title, b.url or b.payload) for b in message.buttons] == [
        ("Lịch nghỉ", "https://daklak.gov.vn/lich"),
        ("Vì sao tôi nhận tin này?", "rm:why:ABCD"),
        ("Tắt “Thông báo chung”", "rm:off:notice"),
    ]


def test_what_the_notice_says_to_write_turns_notices_off() -> None:
    phrase = OFF.partition("“")[2].partition("”")[0]
    said = wanted(phrase, MORNING.date())
    assert said
    assert (said.deed, said.kind) == ("off", Kind.NOTICE)


async def test_of_the_province_and_of_an_emergency(town: Town) -> None:
    message = await town.many.letters.preview(content(emergency=True, why="…"))
    assert message.text.startswith("KHẨN: Nghỉ lễ\n")
    assert "\nThông báo của tỉnh Đắk Lắk.\n" in message.text


async def test_files_are_buttons_that_open_them(town: Town) -> None:
    draft = await town.many.drafts.create(AUTHOR, content())
    file = await town.many.files.attach(AUTHOR, draft.id, 1, "Sơ đồ\nkhu vực", b"\x89PNG\r\n\x1a\n1234")
    draft = await town.get(draft.id)
    assert (draft.version, draft.files) == (2, (file,))
    assert (file.title, file.type, file.size) == ("Sơ đồ khu vực", "image/png", 12)
    message = await town.many.letters.preview(draft.content, draft.files)
    assert message.buttons[0].url == f"https://bot.example/tep/{file.token}"
    stored = await town.many.files.open(file.token)
    assert stored
    assert stored.content == b"\x89PNG\r\n\x1a\n1234"
    assert await town.many.files.open("other") is None
    await town.many.files.detach(AUTHOR, draft.id, 2, file.token)
    assert await town.many.files.open(file.token) is None
    with pytest.raises(StaffError):
        await town.many.files.detach(AUTHOR, draft.id, 3, file.token)


async def test_what_cannot_be_attached(town: Town) -> None:
    draft = await town.many.drafts.create(AUTHOR, content())
    files = town.many.files
    for title, body in (
        ("a.pdf", b"<html>"),
        ("a", b"%PDF-" + b"0" * MAX_BYTES),
        (" ", b"%PDF-"),
        ("a" * 121, b"%PDF-"),
        ("a", b""),
    ):
        with pytest.raises(StaffError) as error:
            await files.attach(AUTHOR, draft.id, 1, title, body)
        assert error.value.field == "file"
    for version in (1, 2, 3):
        await files.attach(AUTHOR, draft.id, version, "a", b"\xff\xd8\xff")
    with pytest.raises(StaffError, match="Nhiều nhất 3"):
        await files.attach(AUTHOR, draft.id, 4, "a", b"%PDF-")
    nowhere = Files(town.engine, town.many.drafts, town.audit, town.clock, None)
    with pytest.raises(StaffError, match="PUBLIC_URL"):
        await nowhere.attach(AUTHOR, draft.id, 4, "a", b"%PDF-")


async def test_a_test_goes_to_ones_own_chats_at_once_and_counts_nowhere(town: Town) -> None:
    town.clock.now = NIGHT
    await town.subscribe("zalo:1")
    draft = await town.many.drafts.create(AUTHOR, content())
    with pytest.raises(StaffError, match="chưa liên kết"):
        await town.many.trial.send(AUTHOR, draft.id)
    await town.chat(AUTHOR, "telegram:7")
    await town.chat(SECOND, "telegram:8")
    assert await town.many.trial.send(AUTHOR, draft.id) == 1
    assert await town.many.trial.send(AUTHOR, draft.id) == 1
    await town.deliver()
    assert town.sent_to() == ["telegram:7", "telegram:7"]
    assert town.sender.sent[0][1].startswith(TRIAL)
    assert (await town.report(draft.id)).recipients == 0
    await town.many.trial.send(AUTHOR, draft.id)
    town.clock.now = NIGHT + HOUR
    await town.deliver()
    assert len(town.sender.sent) == 2  # too late for a test


async def test_words_that_were_changed_after_a_test_are_the_new_ones(town: Town) -> None:
    draft = await town.many.drafts.create(AUTHOR, content())
    row = Outgoing(1, "zalo:1", trial_subject(draft.id), Kind.NOTICE, "t", MORNING, MORNING, "7F3K")
    first = await town.many.letters.notice(row)
    await town.many.drafts.edit(AUTHOR, draft.id, 1, replace(content(), title="Khác"))
    second = await town.many.letters.notice(row)
    assert "Nghỉ lễ" in first.text  # type: ignore[union-attr]
    assert "Khác" in second.text  # type: ignore[union-attr]
    assert "7F3K" in second.text  # type: ignore[union-attr]


async def test_no_text_no_message(town: Town) -> None:
    for named in ("broadcast:99", "H15.50.05-261001-0001"):
        row = Outgoing(1, "zalo:1", named, Kind.NOTICE, "1", MORNING, MORNING, "7F3K")
        assert (await town.many.letters.notice(row)).reason == "no_text"  # type: ignore[union-attr]


async def test_a_text_is_kept_once(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2")
    await town.begun(content())
    assert await rows(town.engine, "SELECT count(*) FROM outbox WHERE body IS NOT NULL") == [(0,)]
