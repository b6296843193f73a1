"""Signing in: wrong passwords, lock-out, two steps, sessions that end, forms of another session."""

from __future__ import annotations

import pyotp
import pytest

from core.staff.rights import Role
from core.staff.sessions import IDLE, LOCKED, LONGEST, TRIES
from tests.console.conftest import PASSWORD, Console


async def test_nobody_sees_anything_before_signing_in(console: Console) -> None:
    client = console.client()
    answer = await client.get("/nhan-su/3?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?tiep=/nhan-su/3%3Fx%3D1"
    assert "python -m console admin" in (await client.get("/dang-nhap")).text


async def test_one_goes_on_to_where_one_wanted_to_go_and_nowhere_else(console: Console) -> None:
    await console.account("admin.a", Role.ADMIN)
    for wanted, leads in (
        ("/nhat-ky", "/nhat-ky"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
    ):
        told = {"name": "admin.a", "password": PASSWORD, "tiep": wanted}
        done = await console.client().post("/dang-nhap", data=told)
        assert done.headers["location"] == leads
        assert "httponly" in done.headers["set-cookie"].lower()


async def test_wrong_passwords_lock_for_a_while_and_names_that_do_not_exist_look_the_same(
    console: Console,
) -> None:
    await console.account("lan.le", Role.COUNTER)
    texts = {}
    for name in ("lan.le", "khong.co"):
        tries = [
            await console.client().post("/dang-nhap", data={"name": name, "password": "sai rồi"})
            for _ in range(TRIES)
        ]
        texts[name] = [t.text.replace(name, "") for t in tries]
        assert "chưa đúng" in texts[name][0]
        assert "tạm khóa" in texts[name][-1]
    assert texts["lan.le"] == texts["khong.co"]
    right = {"name": "lan.le", "password": PASSWORD}
    assert (await console.client().post("/dang-nhap", data=right)).status_code == 422
    console.clock.on(seconds=LOCKED.total_seconds() + 1)
    assert (await console.client().post("/dang-nhap", data=right)).status_code == 303


async def test_an_authenticator_is_asked_for_and_its_code_opens_once(console: Console) -> None:
    me = await console.signed_in("binh", Role.COUNTER)
    offered = (await me.get("/tai-khoan/hai-buoc")).text
    sealed = offered.split('name="sealed" value="')[1].split('"')[0]
    secret = offered.split("<code>")[1].split("</code>")[0].replace(" ", "")
    totp = pyotp.TOTP(secret)
    wrong = await me.post("/tai-khoan/hai-buoc", {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    used = totp.at(console.clock().timestamp())
    assert (await me.post("/tai-khoan/hai-buoc", {"sealed": sealed, "code": used})).status_code == 303
    client = console.client()
    step = await client.post("/dang-nhap", data={"name": "binh", "password": PASSWORD})
    assert "Mã 6 số" in step.text
    halfway = step.text.split('name="halfway" value="')[1].split('"')[0]
    again = await client.post("/dang-nhap/ma", data={"halfway": halfway, "code": used})
    assert again.status_code == 422, "a code that was used opens nothing"
    console.clock.on(seconds=60)
    fresh = totp.at(console.clock().timestamp())
    done = await client.post("/dang-nhap/ma", data={"halfway": halfway, "code": fresh})
    assert done.status_code == 303
    console.clock.on(minutes=6)
    late = totp.at(console.clock().timestamp())
    old = await console.client().post("/dang-nhap/ma", data={"halfway": halfway, "code": late})
    assert "quá 5 phút" in old.text
    assert secret not in str(await console.parts.audit.page())


async def test_a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day(console: Console) -> None:
    me = await console.signed_in("mai", Role.VIEWER)
    for _ in range(int(LONGEST / IDLE) + 1):
        console.clock.on(seconds=IDLE.total_seconds() - 60)
        answer = await me.get("/tai-khoan")
    assert answer.status_code == 303, "twelve hours are over"
    me = await console.signed_in("mai", Role.VIEWER)
    console.clock.on(seconds=IDLE.total_seconds() - 60)
    polled = await me.get("/tai-khoan", headers={"HX-Request": "true"})
    assert polled.status_code == 200
    console.clock.on(seconds=120)
    assert (await me.get("/tai-khoan")).status_code == 303, (
        "a page that looks by itself keeps nobody signed in"
    )
    await console.parts.sessions.forget_old(console.clock())


async def test_a_form_of_another_session_changes_nothing(console: Console) -> None:
    me, other = await console.signed_in("a.quan", Role.ADMIN), await console.signed_in("b.quan", Role.ADMIN)
    for csrf in (other.csrf, "", "é"):
        told = {
            "csrf": csrf,
            "name": "moi",
            "full_name": "Người Mới",
            "roles": "viewer",
            "everywhere": "true",
        }
        assert (await me.client.post("/nhan-su/them", data=told)).status_code == 403
    assert len(await console.parts.accounts.all()) == 2
    await me.post("/dang-xuat")
    assert (await me.get("/nhan-su")).status_code == 303


async def test_a_password_to_begin_with_has_to_be_changed_first(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    told = {"name": "moi.vao", "full_name": "Người Mới", "roles": ["admin"], "everywhere": "true"}
    made = (await boss.post("/nhan-su/them", told)).text
    given = made.split('<code class="figure">')[1].split("<")[0]
    client = console.client()
    await client.post("/dang-nhap", data={"name": "moi.vao", "password": given})
    assert (await client.get("/nhan-su")).headers["location"] == "/tai-khoan/mat-khau"
    form = (await client.get("/tai-khoan/mat-khau")).text
    csrf = form.split('name="csrf" value="')[1].split('"')[0]
    for new, again, said in (
        ("ngắn", "ngắn", "ít nhất 12"),
        ("moi.vao123456", "moi.vao123456", "dễ đoán"),
        (PASSWORD, PASSWORD + "x", "chưa giống nhau"),
    ):
        told = {"csrf": csrf, "old": given, "password": new, "again": again}
        assert said in (await client.post("/tai-khoan/mat-khau", data=told)).text
    told = {"csrf": csrf, "old": given, "password": PASSWORD, "again": PASSWORD}
    assert (await client.post("/tai-khoan/mat-khau", data=told)).status_code == 303
    assert (await client.get("/nhan-su")).status_code == 200


async def test_a_closed_account_is_out_at_once_and_one_administrator_stays(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    lan = await console.signed_in("lan", Role.COUNTER, offices=(console.offices[0].id,))
    assert (await lan.get("/tai-khoan")).status_code == 200
    assert (await boss.post(f"/nhan-su/{console.made['lan']}/khoa")).status_code == 303
    assert (await lan.get("/tai-khoan")).status_code == 303
    me = console.made["boss"]
    assert (await boss.post(f"/nhan-su/{me}/khoa")).status_code == 422
    told = {"full_name": "Boss", "roles": ["viewer"], "everywhere": "true"}
    assert "ít nhất một người quản trị" in (await boss.post(f"/nhan-su/{me}", told)).text


@pytest.mark.parametrize("size", [13 * 1024 * 1024])
async def test_what_is_too_large_is_refused(console: Console, size: int) -> None:
    answer = await console.client().post("/dang-nhap", content=b"a" * size)
    assert answer.status_code == 413
