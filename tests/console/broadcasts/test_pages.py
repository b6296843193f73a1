"""The pages of notices over HTTP: what is typed stays, four eyes, scopes, deeds, lists, exports."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest

from core.staff.rights import Role
from tests.conftest import rows
from tests.console.broadcasts.world import World
from tests.console.conftest import Console, Signed

FORM = {"title": "Nghỉ lễ 02/9", "text": "Trung tâm nghỉ từ 01/9.\nLàm lại 03/9.", "whom": "subscribers"}


async def made(who: Signed, **more: Any) -> str:
    """Compose a draft; gives the address of its page."""
    answer = await who.post("/thong-bao/soan", {**FORM, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def version(page: str) -> str:
    return re.findall(r'name="version" value="(\d+)"', page)[0]


async def submitted(who: Signed, at: str) -> str:
    """Submit it as the page offers it; gives the page afterwards."""
    counted = (await who.get(f"{at}/dem")).text
    await who.post(f"{at}/gui-duyet", {"version": version(counted)})
    return (await who.get(at)).text


async def test_the_list_is_empty_then_has_groups(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    assert "Bấm “Soạn thông báo” để bắt đầu" in (await writer.get("/thong-bao")).text
    await made(writer)
    assert "Nghỉ lễ 02/9" in (await writer.get("/thong-bao?nhom=nhap")).text
    assert "Chưa có thông báo nào ở nhóm này" in (await writer.get("/thong-bao?nhom=xong")).text
    viewer = await console.signed_in("xem.thoi", Role.VIEWER)
    page = (await viewer.get("/thong-bao")).text
    assert "Nghỉ lễ 02/9" in page
    assert "Soạn thông báo" not in page


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"title": ""}, "title", "Chưa có tiêu đề"),
        ({"text": "x" * 1501}, "text", "nhiều nhất 1500"),
        ({"send_at": "mai"}, "send_at", "31/12/2026 08:00"),
        ({"expires_at": "2020-01-01T08:00"}, "expires_at", "Hết hạn phải sau"),
        ({"emergency": "1", "why": "gấp"}, "why", "ghi rõ lý do"),
        ({"link_label_1": "Xem", "link_url_1": "http://a.vn"}, "links", "https://"),
        ({"whom": "followers"}, "audience", "chọn cơ quan"),
    ],
    ids=lambda one: one if isinstance(one, str) and " " not in one else "",
)
async def test_wrong_input_comes_back_beside_its_field(
    console: Console, world: World, wrong: dict[str, str], field: str, said: str
) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    typed = {
        **FORM,
        "units": ["22015", "22045"],
        "link_label_2": "Cổng",
        "link_url_2": "https://b.vn",
        **wrong,
    }
    answer = await writer.post("/thong-bao/soan", typed)
    assert answer.status_code == 422
    [error] = re.findall(rf'id="{field}-error" class="wrong">([^<]*)<', answer.text)
    assert said in error
    for value in ("Làm lại 03/9." if "text" not in wrong else "Nghỉ lễ", 'value="https://b.vn"'):
        assert value in answer.text
    assert len(re.findall(r'name="units" value="\d+" checked', answer.text)) == 2
    assert await rows(console.parts.engine, "SELECT * FROM broadcast") == []


async def test_preview_and_count_follow_what_is_typed(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    await world.subscribe(3)
    await world.subscribe(2, "telegram", None)
    shown = (await writer.post("/thong-bao/xem-truoc", FORM)).text
    assert shown.count("Làm lại 03/9.") == 3
    assert "Xem trước trên Zalo" in shown
    unfinished = (await writer.post("/thong-bao/xem-truoc", {"title": "", "text": ""})).text
    assert "(chưa có tiêu đề)" in unfinished
    everybody = (await writer.post("/thong-bao/dem", FORM)).text
    assert "5</span> người nhận: Zalo 3, Telegram 2" in everybody
    here = (await writer.post("/thong-bao/dem", {**FORM, "units": "22015"})).text
    assert "3</span> người nhận" in here
    assert "Chưa cho biết xã, phường" in here
    assert "chọn cơ quan" not in (await writer.post("/thong-bao/dem", {**FORM, "whom": "listed"})).text


async def test_a_small_notice_goes_without_and_a_large_one_with_a_second_person(
    console: Console, world: World
) -> None:
    writer = await console.signed_in("an.thi", Role.APPROVER)
    await world.subscribe(2)
    at = await made(writer)
    assert "Gửi cho 2 người" in (await writer.get(f"{at}/dem")).text
    assert "Gửi cho 2 người" in (await writer.get(f"{at}?dem=1")).text, "without scripts"
    assert "Đã duyệt, chờ gửi" in await submitted(writer, at)
    await world.subscribe(51, "telegram")
    large = await made(writer, title="Nhiều người")
    assert "Gửi duyệt" in (await writer.get(f"{large}/dem")).text
    page = await submitted(writer, large)
    assert "Chờ duyệt" in page
    assert "Duyệt gửi" not in page, "nobody approves their own"
    await writer.post(f"{large}/duyet", {"version": "1"})
    assert "không tự duyệt" in (await writer.get(large)).text
    second = await console.signed_in("binh.le", Role.APPROVER)
    page = (await second.get(large)).text
    assert "53</span> người nhận lúc gửi duyệt" in page
    answer = await second.post(f"{large}/tra-lai", {"version": version(page), "why": ""})
    assert answer.status_code == 422
    assert "Ghi lý do trả lại" in answer.text
    await second.post(f"{large}/tra-lai", {"version": version(page), "why": "Sai ngày"})
    assert "Bị trả lại: Sai ngày" in (await writer.get(large)).text
    page = await submitted(writer, large)
    await second.post(f"{large}/duyet", {"version": version((await second.get(large)).text)})
    assert "Binh.Le duyệt" in (await writer.get(large)).text


async def test_what_somebody_else_changed_is_not_overwritten(console: Console, world: World) -> None:
    one = await console.signed_in("an.thi", Role.COUNTER)
    at = await made(one)
    two = await console.signed_in("binh.le", Role.COUNTER)
    old = version((await one.get(f"{at}/sua")).text)
    await two.post(f"{at}/sua", {**FORM, "version": old, "title": "Bình sửa"})
    answer = await one.post(f"{at}/sua", {**FORM, "version": old, "title": "An sửa"})
    assert answer.status_code == 422
    assert "người khác thay đổi" in answer.text
    assert "An sửa" in answer.text, "what was typed stays"
    assert "Bình sửa" in (await one.get(at)).text


async def test_another_office_s_notice_is_not_there(console: Console, world: World) -> None:
    first, second = console.offices
    an = await console.signed_in("an.thi", Role.COUNTER, offices=(first.id,))
    at = await made(an, office=str(first.id))
    stranger = await console.signed_in("la.nguoi", Role.APPROVER, offices=(second.id,))
    for path in (at, f"{at}/sua", f"{at}/dem", f"{at}/tien-do", f"{at}/nguoi-nhan", f"{at}/ket-qua.csv"):
        assert (await stranger.get(path)).status_code == 404, path
    for deed in (
        "gui-duyet",
        "duyet",
        "rut-lai",
        "huy",
        "xoa",
        "tep",
        "danh-sach",
        "sua",
        "tra-lai",
        "gui-thu",
    ):
        assert (await stranger.post(f"{at}/{deed}", {"version": "1"})).status_code == 404, deed
    assert "Nghỉ lễ" not in (await stranger.get("/thong-bao")).text
    answer = await an.post("/thong-bao/soan", {**FORM, "office": str(second.id)})
    assert answer.status_code == 422
    await world.subscribe(3)
    await world.subscribe(2, "telegram", "22045")
    counted = (await an.post("/thong-bao/dem", {**FORM, "office": str(first.id)})).text
    assert "3</span> người nhận" in counted


async def test_send_pause_cancel_report_and_retry(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    people = await world.subscribe(6)
    world.senders["zalo"].broken = set(people[:2])
    at = await made(writer)
    await submitted(writer, at)
    await world.fix()
    page = (await writer.get(at)).text
    assert "Đang gửi" in page
    assert 'hx-trigger="every 2s"' in page
    polled = await writer.get(f"{at}/tien-do?tu=sending&da=0")
    assert "hx-refresh" not in polled.headers
    assert "hx-swap-oob" not in polled.text, "nothing new is said aloud"
    await writer.post(f"{at}/tam-dung")
    await world.deliver()
    assert world.arrived() == []
    assert "Tạm dừng" in (await writer.get(at)).text
    assert (await writer.get(f"{at}/tien-do?tu=sending&da=0")).headers["hx-refresh"] == "true"
    await writer.post(f"{at}/tiep-tuc")
    await world.deliver()
    assert sorted(world.arrived()) == people[2:]
    done = (await writer.get(at)).text
    assert "Đã gửi xong" in done
    assert "every 2s" not in done, "it has ended: nobody asks any more"
    assert "Gửi lại 2 tin hỏng" in done
    failed = (await writer.get(f"{at}/nguoi-nhan?tinh-trang=failed")).text
    assert failed.count("Zalo …00") == 2
    assert people[0].partition(":")[2] not in failed, "addresses are masked"
    world.senders["zalo"].broken = set()
    await writer.post(f"{at}/gui-lai")
    await world.fix()
    await world.deliver()
    assert sorted(world.arrived()) == people, "each of them once"
    table = list(csv.reader(io.StringIO((await writer.get(f"{at}/ket-qua.csv")).text.removeprefix("\ufeff"))))
    assert len(table) == 7
    assert {row[3] for row in table[1:]} == {"Đã gửi"}


async def test_cancelling_before_and_while_it_is_sent(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    await world.subscribe(3)
    for begun in (False, True):
        at = await made(writer)
        await submitted(writer, at)
        if begun:
            await world.fix()
        await writer.post(f"{at}/huy")
        assert "Đã hủy" in (await writer.get(at)).text
    await world.fix()
    await world.deliver()
    assert world.arrived() == []


async def test_a_test_goes_to_my_own_chats_only(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    await world.subscribe(3)
    at = await made(writer)
    assert "Liên kết chat để gửi thử" in (await writer.get(at)).text
    await writer.post(f"{at}/gui-thu")
    assert "chưa liên kết" in (await writer.get(at)).text
    await world.link(console.made["an.thi"], "telegram:77")
    assert "Gửi thử cho tôi" in (await writer.get(at)).text
    await writer.post(f"{at}/gui-thu")
    await world.deliver()
    assert world.arrived("Trung tâm nghỉ") == ["telegram:77"]


async def upload(who: Signed, at: str, text: str, **more: str) -> Any:
    page = (await who.get(at)).text
    file = {"file": ("ds.csv", text.encode(), "text/csv")}
    return await who.post(f"{at}/danh-sach", {"version": version(page), **more}, files=file)


async def test_a_list_is_uploaded_and_its_faults_are_named(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    [person] = await world.subscribe(1)
    at = await made(writer, whom="listed")
    assert "Chưa có ai nhận được" in (await writer.get(f"{at}/dem")).text
    bad = await upload(writer, at, f"Mã hồ sơ;Địa chỉ nhắn tin\n;{person}\nabc;\n")
    assert bad.status_code == 422
    assert "Dòng 3, cột “Mã hồ sơ”: “abc” không phải mã hồ sơ" in bad.text
    assert "Chưa có ai nhận được" in (await writer.get(f"{at}/dem")).text, "nothing was taken"
    good = await upload(writer, at, f"Mã hồ sơ;Địa chỉ nhắn tin\n;{person}\nabc;\n;{person}\n", partly="1")
    assert good.status_code == 200
    assert "Dòng 4 trùng với dòng 2" in good.text
    assert "Gửi cho 1 người" in (await writer.get(f"{at}/dem")).text
    assert "Không thấy cột" in (await upload(writer, at, "x\ny\n")).text
    assert "Chưa chọn tệp" in (await writer.post(f"{at}/danh-sach", {"version": "1"})).text


async def test_files_are_attached_and_taken_off(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    state = console.app.state
    state.parts = replace(
        state.parts, settings=state.parts.settings.model_copy(update={"public_url": "https://bot.example"})
    )
    at = await made(writer)

    async def attach(content: bytes, title: str = "") -> Any:
        page = (await writer.get(at)).text
        file = {"file": ("Lich_nghi.pdf", content, "application/pdf")}
        return await writer.post(f"{at}/tep", {"version": version(page), "file_title": title}, files=file)

    wrong = await attach(b"MZ not a paper", "Lịch nghỉ lễ")
    assert "Chỉ nhận tệp PDF" in wrong.text
    assert 'value="Lịch nghỉ lễ"' in wrong.text
    assert (await attach(b"%PDF-1.7 x")).status_code == 303
    page = (await writer.get(at)).text
    assert "Lich nghi" in page
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    await writer.post(f"{at}/tep/bo", {"version": version(page), "token": token})
    assert "Chưa có tệp nào" in (await writer.get(at)).text


async def test_text_of_staff_is_shown_as_text(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    at = await made(writer, title="<b>Đậm</b>", text="<script>alert(1)</script>")
    page = (await writer.get(at)).text
    assert "<script>alert" not in page
    assert "&lt;b&gt;Đậm" in page


async def test_what_has_begun_cannot_be_edited(console: Console, world: World) -> None:
    writer = await console.signed_in("an.thi", Role.COUNTER)
    await world.subscribe(1)
    at = await made(writer)
    await submitted(writer, at)
    await world.fix()
    answer = await writer.get(f"{at}/sua")
    assert answer.status_code == 303
    assert "không sửa được nữa" in (await writer.get(at)).text
