"""Ratings and petitions by HTTP: whose, what nobody sees, what is refused and keeps what was typed, tables."""

from __future__ import annotations

import csv
import io

from core.feedback.petition_model import Aim, Petition
from core.feedback.petitions import Petitions
from core.feedback.surveys import Surveys
from core.messages import Address
from core.reminders.ratings import Ratings
from core.staff.rights import Role
from tests.console.conftest import Console


async def sent(console: Console, office: int | None, text: str = "Đèn đường tắt cả tháng") -> Petition:
    """A petition that somebody has sent."""
    made, now = Petitions(console.parts.engine, console.parts.profile), console.clock()
    draft = await made.draft(Address.parse("zalo:nguoigui"), text, Aim(office), None, now)
    done = await made.send(draft, now)
    assert done is not None
    return done


async def rated(console: Console, office: int, scores: tuple[int, ...], comment: str = "") -> None:
    """Ratings of an office."""
    engine, now = console.parts.engine, console.clock()
    surveys, ratings = Surveys(engine, console.parts.profile), Ratings(engine)
    for number, score in enumerate(scores):
        who, subject = (
            Address("zalo", f"nguoicham{office}{number}"),
            f"H15.50.05.13-261008-{office}{number:03d}",
        )
        await ratings.rate(who, subject, score, now, office)
        for question, value in (
            ("time", 2),
            ("visits", 1 + number % 3),
            ("attitude", score),
            ("accuracy", 1),
        ):
            await surveys.answer(who, subject, question, value, now)
        if comment:
            await surveys.comment(who, subject, comment, now)


async def test_an_office_sees_its_own_ratings_and_nobodys_name(console: Console) -> None:
    first, second = (office.id for office in console.offices)
    await rated(console, first, (5, 4, 1), "=Chờ lâu")
    await rated(console, second, (2,), "Nơi kia")
    clerk = await console.signed_in("hoa", Role.COUNTER, offices=(first,))
    told = (await clerk.get("/gop-y")).text
    assert "66,7 %" in told
    assert "=Chờ lâu" in told
    assert "Nơi kia" not in told
    assert "nguoicham" not in told
    assert "261008" not in told
    assert (await clerk.get(f"/gop-y?noi={second}")).status_code == 404
    table = await clerk.get("/gop-y/danh-gia.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode()[1:])))
    assert [console.offices[0].name, "Điểm chung", "5/5", "1"] in rows
    assert {row[0] for row in rows[1:]} == {console.offices[0].name}
    boss = await console.signed_in("le.an", Role.ADMIN)
    assert "Nơi kia" in (await boss.get("/gop-y?ky=365")).text


async def test_a_petition_goes_its_way(console: Console) -> None:
    first, second = (office.id for office in console.offices)
    one = await sent(console, first, "=HYPERLINK(1) Gọi 0905123456 không ai nghe")
    here = await console.signed_in("hoa", Role.COUNTER, offices=(first,))
    there = await console.signed_in("binh", Role.COUNTER, offices=(second,))
    path = f"/gop-y/phan-anh/{one.id}"
    assert one.number in (await here.get("/gop-y/phan-anh")).text
    assert one.number not in (await there.get("/gop-y/phan-anh")).text
    for deed in ("", "/tra-loi", "/chuyen", "/ket-thuc"):
        foreign = await (there.post(path + deed) if deed else there.get(path))
        assert foreign.status_code == 404
    refused = await here.post(f"{path}/chuyen", {"office": "", "note": "Ghi chú đã gõ"})
    assert refused.status_code == 422
    assert "Xin chọn nơi nhận" in refused.text
    assert "Ghi chú đã gõ" in refused.text
    assert (await here.post(f"{path}/ket-thuc")).status_code == 422
    refused = await here.post(f"{path}/tra-loi", {"answer": "x" * 1900})
    assert refused.status_code == 422
    assert "x" * 1900 in refused.text
    moved = await here.post(f"{path}/chuyen", {"office": str(second), "note": "Thuộc địa bàn bên đó"})
    assert moved.headers["location"] == "/gop-y/phan-anh"
    assert (await here.get(path)).status_code == 404
    told = (await there.get(path)).text
    assert "Thuộc địa bàn bên đó" in told
    assert "nguoigui" not in told
    assert "0905" not in told
    assert (await there.post(f"{path}/tra-loi", {"answer": "Đã sửa.", "close": "true"})).status_code == 303
    assert "Đã kết thúc" in (await there.get(path)).text
    rows = list(csv.reader(io.StringIO((await there.get("/gop-y/phan-anh.csv")).content.decode()[1:])))
    assert rows[1][:3] == [one.number, "Đã kết thúc", console.offices[1].name]
    assert rows[1][8].startswith("'=HYPERLINK")
    editor = await console.signed_in("bien.tap", Role.EDITOR)
    assert "Gửi trả lời" not in (await editor.get(path)).text
