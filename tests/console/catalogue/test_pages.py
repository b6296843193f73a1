"""The catalogue's pages without JavaScript: find, edit, be told, publish, go back; two at once; reports."""

from __future__ import annotations

import datetime as dt

import pytest

from core.messages import Address
from core.procedures.editing.editor import Editor
from core.procedures.reports import Outcome, Reports
from core.reminders.web_mail import WebMail
from core.staff.rights import Role
from tests.conftest import rows
from tests.console.catalogue.conftest import MARRIAGE, published, seen, sent, shipped, text
from tests.console.conftest import Console, Signed

PAGE, EDIT, DRAFT = f"/thu-tuc/{MARRIAGE}", f"/thu-tuc/{MARRIAGE}/sua", f"/thu-tuc/{MARRIAGE}/nhap"


@pytest.fixture
async def lan(console: Console) -> Signed:
    return await console.signed_in("lan", Role.EDITOR)


@pytest.fixture
async def minh(console: Console) -> Signed:
    return await console.signed_in("minh", Role.EDITOR)


async def test_a_procedure_is_found_as_people_write(lan: Signed) -> None:
    for query in ("khai sinh", "KHAI SINH", "giay khai sanh cho be", "1.001193"):
        assert 'href="/thu-tuc/dang-ky-khai-sinh"' in (await lan.get("/thu-tuc", params={"tim": query})).text


async def test_the_list_says_what_wants_attention(console: Console, lan: Signed) -> None:
    nothing = await lan.get("/thu-tuc", params={"tim": "không có thủ tục nào tên thế này"})
    assert "Không có thủ tục nào khớp" in nothing.text
    assert "trang=2" in (await lan.get("/thu-tuc")).text
    console.clock.on(days=400)
    lan = await console.signed_in("lan", Role.EDITOR)
    assert "Cần rà soát" in (await lan.get("/thu-tuc", params={"loc": "can-ra-soat"})).text
    await lan.post(f"{PAGE}/ra-soat", {"source": "dichvucong.gov.vn"})
    due = await lan.get("/thu-tuc", params={"loc": "can-ra-soat", "tim": "đăng ký kết hôn"})
    assert f'"{PAGE}"' not in due.text
    assert "Đối chiếu, không đổi" not in due.text


async def test_editing_a_fee_until_it_is_in_force_and_back(console: Console, lan: Signed) -> None:
    procedure = shipped(console)
    changed = {"channels__0__fee__amount_vnd": "12.000 đồng", "seen": "0", "deed": "save"}
    assert (await lan.post(EDIT, sent(procedure, **changed))).status_code == 303
    draft = await lan.get(DRAFT)
    assert "12.000 đồng" in draft.text
    tried = await lan.get(DRAFT, params={"hoi": "ket hon het bn tien"})
    assert "Trợ lý hiểu là thủ tục này." in tried.text
    told = {"seen": seen(draft), "newest": "0", "note": "theo nghị quyết"}
    refused = await lan.post(f"{PAGE}/cong-bo", told)
    assert refused.status_code == 422
    assert "ghi căn cứ của thay đổi" in refused.text
    assert 'value="theo nghị quyết"' in refused.text, "what was typed stays"
    done = await lan.post(f"{PAGE}/cong-bo", {**told, "source": "12/2026/NQ-HĐND"})
    assert done.status_code == 303
    page = await lan.get(PAGE)
    assert "12.000 đồng" in page.text
    assert "Đã công bố phiên bản 1" in page.text
    version = text(await lan.get(f"{PAGE}/lich-su/1"))
    assert "Căn cứ: 12/2026/NQ-HĐND" in version
    assert "Lệ phí (đồng)" in version
    assert (await lan.post(f"{PAGE}/lich-su/0/khoi-phuc", {"note": ""})).status_code == 422
    await lan.post(f"{PAGE}/lich-su/0/khoi-phuc", {"note": "nhầm"})
    assert "12.000 đồng" not in (await lan.get(PAGE)).text
    audit = await console.parts.audit.page(what="catalogue.")
    assert [r.what for r in audit] == ["catalogue.revert", "catalogue.publish", "catalogue.save"]


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    console: Console, lan: Signed
) -> None:
    wrong = {"code": "abc", "result": "", "channels__0__fee__amount_vnd": "tám nghìn", "checked": "hôm qua"}
    await lan.post(EDIT, {**sent(shipped(console), **wrong), "seen": "0", "deed": "save"})
    page = await lan.get(EDIT)
    assert "còn 4 chỗ cần sửa" in page.text
    for place, typed in (("code", "abc"), ("channels.0.fee.amount_vnd", "tám nghìn"), ("checked", "hôm qua")):
        assert f'id="{place}-error"' in page.text
        assert f'value="{typed}"' in page.text
    draft = await lan.get(DRAFT)
    assert "Chưa công bố được" in draft.text
    assert "Cách nộp, lệ phí, thời hạn, dòng 1: Lệ phí (đồng): Phải là số nguyên" in draft.text
    refused = await lan.post(
        f"{PAGE}/cong-bo", {"seen": seen(draft), "newest": "0", "note": "x", "source": "y"}
    )
    assert refused.status_code == 422
    assert await rows(console.parts.engine, "SELECT number FROM procedure_version") == [(0,)]


async def test_rows_come_and_go_without_saving_anything(console: Console, lan: Signed) -> None:
    procedure, count = shipped(console), len(shipped(console).documents)
    more = await lan.post(
        EDIT, {**sent(procedure, title="Tên đang gõ"), "seen": "0", "deed": "add:documents"}
    )
    assert more.text.count("<legend>Giấy tờ ") == count + 1
    assert "autofocus" in more.text
    assert 'value="Tên đang gõ"' in more.text
    fewer = await lan.post(EDIT, {**sent(procedure), "seen": "0", "deed": "remove:documents.0"})
    assert fewer.text.count("<legend>Giấy tờ ") == count - 1
    assert await rows(console.parts.engine, "SELECT 1 FROM procedure_version") == []


async def test_the_second_of_two_editors_is_told_and_loses_nothing(
    console: Console, lan: Signed, minh: Signed
) -> None:
    procedure = shipped(console)
    await lan.post(EDIT, {**sent(procedure, result="Giấy của Lan"), "seen": "0", "deed": "save"})
    told = await minh.post(EDIT, {**sent(procedure, result="Giấy của Minh"), "seen": "0", "deed": "save"})
    assert told.status_code == 409
    assert "Lan vừa lưu bản nháp" in text(told)
    assert "Giấy của Lan" in told.text
    assert 'value="Giấy của Minh"' in told.text
    again = {**sent(procedure, result="Giấy của Minh"), "seen": seen(told), "deed": "save"}
    assert (await minh.post(EDIT, again)).status_code == 303
    assert 'value="Giấy của Minh"' in (await lan.get(EDIT)).text
    discarded = await lan.post(f"{PAGE}/bo-nhap", {"seen": "1"})
    assert discarded.status_code == 422
    assert "người khác sửa" in discarded.text


async def test_publishing_what_somebody_passed_is_shown_first(
    console: Console, lan: Signed, minh: Signed
) -> None:
    procedure = shipped(console)
    await lan.post(EDIT, {**sent(procedure, result="Giấy"), "seen": "0", "deed": "save"})
    draft = await lan.get(DRAFT)
    await minh.post(f"{PAGE}/ra-soat", {"source": "dichvucong.gov.vn"})
    told = {"seen": seen(draft), "newest": "0", "note": "x", "source": "y"}
    refused = await lan.post(f"{PAGE}/cong-bo", told)
    assert refused.status_code == 422
    assert "Minh đã công bố phiên bản 1" in text(refused)
    assert (await lan.post(f"{PAGE}/cong-bo", {**told, "newest": "1"})).status_code == 303


async def test_days_of_validity_are_told(console: Console, lan: Signed) -> None:
    later = console.parts.profile.today(console.clock()) + dt.timedelta(days=5)
    procedure = shipped(console)
    await lan.post(EDIT, {**sent(procedure, result="Giấy mới"), "seen": "0", "deed": "save"})
    told = {"seen": seen(await lan.get(DRAFT)), "newest": "0", "note": "x", "source": "y"}
    wrong = await lan.post(
        f"{PAGE}/cong-bo", {**told, "valid_from": later.isoformat(), "valid_until": "2020-01-01"}
    )
    assert "Ngày kết thúc trước ngày bắt đầu" in wrong.text
    assert "Ngày chưa đúng" in (await lan.post(f"{PAGE}/cong-bo", {**told, "valid_from": "mai"})).text
    await lan.post(f"{PAGE}/cong-bo", {**told, "valid_from": later.isoformat()})
    assert f"có hiệu lực từ {later:%d/%m/%Y}" in text(await lan.get(PAGE))
    assert shipped(console).result != "Giấy mới"
    console.clock.on(days=5)
    lan = await console.signed_in("lan", Role.EDITOR)
    assert "Kết quả – Đăng ký kết hôn: Giấy mới" in text(await lan.get(PAGE))


async def test_a_new_procedure_and_one_that_ends(console: Console, lan: Signed) -> None:
    assert (await lan.post("/thu-tuc/moi", {"name": "", "code": "1.001193"})).status_code == 422
    begun = await lan.post("/thu-tuc/moi", {"name": "Cấp thẻ thư viện tỉnh", "code": ""})
    assert begun.headers["location"] == "/thu-tuc/cap-the-thu-vien-tinh/sua"
    assert "/thu-tuc/cap-the-thu-vien-tinh" in (await lan.get("/thu-tuc", params={"loc": "nhap"})).text
    assert "Chưa công bố" in (await lan.get("/thu-tuc/cap-the-thu-vien-tinh")).text
    assert "-2/sua" in (await lan.post("/thu-tuc/moi", {"name": "Cấp thẻ thư viện tỉnh"})).headers["location"]
    refused = await lan.post(f"{PAGE}/ngung", {"notice": "", "note": "bãi bỏ"})
    assert refused.status_code == 422
    assert 'value="bãi bỏ"' in refused.text
    await lan.post(f"{PAGE}/ngung", {"notice": "Nay không phải làm nữa.", "note": "bãi bỏ"})
    assert "“Nay không phải làm nữa.”" in (await lan.get(PAGE)).text
    assert "Đã ngừng" in (await lan.get("/thu-tuc", params={"loc": "ngung"})).text


async def test_a_newer_file_waits_for_a_choice(console: Console, lan: Signed) -> None:
    await published(lan, shipped(console), result="Giấy của tỉnh")
    async with console.parts.engine.begin() as connection:  # as if the files had been others then
        await connection.exec_driver_sql("UPDATE procedure_version SET base = 'other'")
    assert "So sánh và chọn" in (await lan.get(PAGE)).text
    assert PAGE in (await lan.get("/thu-tuc", params={"loc": "ban-moi"})).text
    compared = text(await lan.get(f"{PAGE}/ban-moi"))
    assert "Giấy của tỉnh" in compared
    assert (await lan.post(f"{PAGE}/ban-moi", {"choice": "?"})).status_code == 422
    await lan.post(f"{PAGE}/ban-moi", {"choice": "keep"})
    page = await lan.get(PAGE)
    assert "So sánh và chọn" not in page.text
    assert "Giấy của tỉnh" in page.text


async def test_a_viewer_sees_and_changes_nothing(console: Console) -> None:
    viewer = await console.signed_in("xem", Role.VIEWER)
    page = await viewer.get(PAGE)
    assert "Người dân thấy" in page.text
    assert "/sua" not in page.text
    assert (await viewer.post(f"{PAGE}/ra-soat", {"source": "x"})).status_code == 403


async def test_a_report_is_answered_and_the_citizen_told(console: Console, lan: Signed) -> None:
    parts = console.parts
    reports = Reports(parts.engine, parts.secret, lambda: console.clock().date())
    number = await reports.take(
        Address("web", "abc"), None, "xã thu 50 nghìn, không phải miễn phí", console.clock()
    )
    listed = await lan.get("/thu-tuc/bao-sai")
    assert "xã thu 50 nghìn" in listed.text
    here = f"/thu-tuc/bao-sai/{number}"
    await lan.post(f"{here}/thu-tuc", {"procedure": MARRIAGE})
    assert "1 báo sai" in (await lan.get("/thu-tuc", params={"loc": "bao-sai"})).text
    assert "xã thu 50 nghìn" in (await lan.get(PAGE)).text
    unchosen = await lan.post(here, {"answer": "Mức mới từ 01/12."})
    assert unchosen.status_code == 422
    assert "Mức mới từ 01/12." in unchosen.text
    await lan.post(here, {"outcome": "fixed", "answer": "Mức mới từ 01/12."})
    (letter,) = await WebMail(parts.engine, console.clock).fetch(Address("web", "abc"), 0)
    assert letter.message.text.startswith(f"Về báo sai số {number} (“Đăng ký kết hôn”): anh/chị nói đúng")
    assert letter.message.text.endswith("Mức mới từ 01/12.")
    again = await lan.post(here, {"outcome": "correct"})
    assert "vừa được người khác trả lời" in again.text
    assert [r.state for r in await reports.page(None)] == [Outcome.FIXED]
    (row,) = await parts.audit.page(what="catalogue.report", subject=f"report:{number}", limit=1)
    assert "50 nghìn" not in str(row), "what a citizen wrote is not in the log"


async def test_an_editor_without_the_shell_changes_what_the_console_shows(
    console: Console, lan: Signed
) -> None:
    """Another console process published: the next page here knows it."""
    parts = console.parts
    seed = console.app.state.live.seed
    other = Editor(
        parts.engine, parts.audit, seed, console.clock, lambda: parts.profile.today(console.clock())
    )
    account = await parts.accounts.get(console.made["lan"])
    assert account
    await other.withdraw(account.staff, MARRIAGE, "Tạm ngừng.", "thử")
    assert "“Tạm ngừng.”" in (await lan.get(PAGE)).text
